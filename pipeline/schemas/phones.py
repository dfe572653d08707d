"""Phone numbers to E.164. Source: Google's libphonenumber."""

from __future__ import annotations

import re

import phonenumbers


def e164(printed: str, country: str | None = None) -> str:
    """Return a phone number in E.164 where its country is known, else as printed.

    The country is known from "+", from "00", or from `country` (ISO 3166-1 alpha-2).
    """
    international = re.sub(r"^\s*(?:\(?00\)?)\s*(?=[1-9])", "+", printed.strip())
    if not international.startswith(("+", "(+")) and not country:
        return printed.strip()
    try:
        number = phonenumbers.parse(international, country)
    except phonenumbers.NumberParseException:
        return printed.strip()
    if not phonenumbers.is_possible_number(number):
        return printed.strip()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
