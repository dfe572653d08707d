"""Amounts as people print them, in any country, to one decimal text."""

from __future__ import annotations

import re

from pipeline.schemas.lists import read_words

_MARKS = dict(zip("٫٬．，", ".,.,", strict=True))
_NUMBER = re.compile(r"(?:[-−]?(?<![\d.,])[.,]?|[-−])\d(?:[\d\s.,'’]*\d)?(?:-(?![\d,]))?")

_MINUS = re.compile(r"\s*(?:[^\W\d_]{1,3}\s?)?[-−–]\s?(?:[^\W\d_]{1,3}\s?|[^\w\s]\s?)?\d")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*")
_NEXT_WORD = re.compile(r"\s?([^\W\d_]+)")
_FOREIGN = re.compile(rf"[\u0660-\u1c59\ua620-\uabf9\uff0c-\U0010ffff](?<=[\d{''.join(_MARKS)}])")
"""A digit or a mark that is not ours. The first part is fast, and passes over most texts: all of them stand in these blocks."""


def amount(text: str) -> str | None:
    """Return the one number in a text as a decimal text: "2.707,68 €" is "2707.68". None: no number, or several."""
    text = usual_digits(text)
    found = list(_NUMBER.finditer(text))
    if len(found) != 1 or _is_multiplied(text[found[0].end() :]):
        return None
    number = decimal_text(found[0][0])
    is_minus = not number.startswith("-") and (_MINUS.match(text) or _IN_BRACKETS.fullmatch(text))
    return f"-{number}" if is_minus else number


def _is_multiplied(rest: str) -> bool:
    word = _NEXT_WORD.match(rest)
    return word is not None and word[1].casefold() in read_words()["multiples"]


def usual_digits(text: str) -> str:
    """Return a text of the same length with the digits of every script as 0 to 9, and the marks between them as ours."""
    if text.isascii():
        return text
    return _FOREIGN.sub(lambda found: _MARKS.get(found[0]) or str(int(found[0])), text)


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
