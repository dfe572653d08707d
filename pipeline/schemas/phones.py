"""Phone numbers: E.164 to store, spaced to read. Source: Google's libphonenumber."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

_BY_ZEROS = re.compile(r"^\s*\(?00\)?\s*(?=[1-9])")
_STORED = re.compile(r"\+\d{7,15}")


def e164(printed: str, country: str | None = None) -> str:
    """Return a phone number in E.164 where its country is known, else as printed.

    The country is known from "+", from "00", or from `country` (ISO 3166-1 alpha-2).
    """
    international = _BY_ZEROS.sub("+", printed.strip())
    if not international.startswith(("+", "(+")) and not country:
        return printed.strip()
    return _formatted(international, country, PhoneNumberFormat.E164) or printed.strip()


def spaced(stored: str) -> str:
    """Return an E.164 number with blanks ("+31 6 12345678"), so that no spreadsheet takes it for a number or a sum."""
    if not _STORED.fullmatch(stored):
        return stored
    return (_formatted(stored, None, PhoneNumberFormat.INTERNATIONAL) or stored).replace("-", " ")


def parted(stored: str) -> tuple[str, str] | None:
    """Return the digits of the country and those of the rest of an E.164 number; None: it is none."""
    if not _STORED.fullmatch(stored):
        return None
    try:
        number = phonenumbers.parse(stored)
    except NumberParseException:
        return None
    return str(number.country_code), phonenumbers.national_significant_number(number)


def _formatted(text: str, country: str | None, form: int) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    # E.164 has no place for an extension, so a number that has one stays as it is printed.
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, form)
