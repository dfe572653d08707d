"""Amounts as people print them, in any country, to one decimal text."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?:[-−]?(?<![\d.,])[.,]?|[-−])\d(?:[\d\s.,'’]*\d)?(?:-(?![\d,]))?")

_DIGIT = re.compile(r"\d")


def amount(text: str) -> str | None:
    """Return the one number in a text as a decimal text: "2.707,68 €" is "2707.68". None: no number, or several."""
    found = _NUMBER.findall(text)
    return decimal_text(found[0]) if len(found) == 1 else None


def usual_digits(text: str) -> str:
    """Return a text of the same length with the digits of every script as 0 to 9."""
    return text if text.isascii() else _DIGIT.sub(lambda digit: str(int(digit[0])), text)


def decimal_text(printed: str) -> str:
    """Return a printed number with a point for the decimals and nothing between thousands.

    The last separator is the decimal one unless it groups exactly three digits; where only one
    kind of separator occurs and it occurs once before three digits ("1.250"), it groups thousands.
    """
    sign = "-" if {printed[0], printed[-1]} & set("-−") else ""
    bare = usual_digits(re.sub(r"[\s'’−-]", "", printed))
    head, separator, tail = _split_decimals(bare)
    digits = re.sub(r"\D", "", head).lstrip("0") or "0"
    return f"{sign}{digits}.{tail}" if separator else f"{sign}{digits}"


def _split_decimals(bare: str) -> tuple[str, str, str]:
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return bare, "", ""
    head, separator, tail = bare[:last], bare[last], bare[last + 1 :]
    other_kind = ("," if separator == "." else ".") in head
    if separator in head or (len(tail) == 3 and not other_kind and len(head) <= 3 and head.strip("0")):
        return bare, "", ""
    return head, separator, tail
