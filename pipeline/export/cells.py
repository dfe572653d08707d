"""One value, as a spreadsheet should see it: never a formula, numbers as numbers, lists as readable text."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipeline.schemas.phones import spaced

Cell = str | int | None

_FORMULA_SIGNS = "=+-@＝＋－＠"
_FORMULA_STARTS = _FORMULA_SIGNS + "\t\r"
_LOOK_AT = frozenset(_FORMULA_STARTS + " ")
"""A text of printable characters that begins with none of these, and ends with no blank, is left as it is."""
_FORMULA = re.compile(f"[{re.escape(_FORMULA_STARTS)}]")
_FORMULA_BEHIND = re.compile(rf"(?<=[;\t])([^\S\t]*+)([{re.escape(_FORMULA_SIGNS)}][^;\t]*+)")
"""Where a spreadsheet parts cells at semicolons, as in countries that write 1,5, or at tabs, one begins in the middle."""
_HARMLESS = re.compile(r"\+\d[\d ()]*|[+-]?\d+([.,]\d+)*%?")
"""A phone number or a number: begins like a formula and is none."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIGITS_LOST = re.compile(r"([+-]?)(0[0-9]{8,}|[0-9]{16,})")
"""A spreadsheet would take it for a number, without its zero, or rounded to 15 digits."""
_EXACT = 10**15
"""A spreadsheet rounds longer numbers to 15 digits."""
_MOST_CHARACTERS = 32_767
"""Of a cell in Excel, which puts the rest of a longer one into the rows below."""
_LINE_END = re.compile(r"[\r\n]+")
_spaced = lru_cache(maxsize=16)(spaced)  # a document's number stands in both its tables, and takes long to lay out


def cell(value: Any) -> Cell:
    """Return a value for a cell. None is an empty cell; a number is written as one, without an exponent."""
    if value is None or (type(value) is int and -_EXACT < value < _EXACT):
        return value
    if type(value) is str and _is_plain(value):
        return value  # what most cells are; a text that begins with the "+" of a phone number is not plain
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _plainly(value)
    text = readable(value)
    if not _is_plain(text):
        text = _harmless(text)
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def _plainly(value: float) -> str:
    """Return a number without an exponent, and without the noise that a float has behind the comma."""
    shown = f"{Decimal(repr(round(value, 9))):f}"  # not f"{value:.9f}": 12345678901.55 has noise in its seventh place
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown == "-0" else shown


def _is_plain(text: str) -> bool:
    """Tell whether a text can stand in a cell as it is."""
    return (
        text.isprintable()
        and text[:1] not in _LOOK_AT
        and text[-1:] != " "
        and len(text) <= _MOST_CHARACTERS
        and not text.isdecimal()
        and not (";" in text and _FORMULA_BEHIND.search(text))
    )


def _harmless(text: str) -> str:
    """Return a text on one line, without control characters, quoted where a spreadsheet would run it, or a part of it.

    Digits that it would lose stand in groups, which makes them a text.
    """
    if not text.isprintable():
        lines = map(str.strip, _LINE_END.split(text))  # a pattern with the blanks in it tries each of a thousand
        text = _CONTROL.sub("", " ".join(filter(None, lines)))
    text = text.strip()
    lost = _DIGITS_LOST.fullmatch(text)
    if lost:
        sign, digits = lost.groups()
        text = sign + " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
    return _FORMULA_BEHIND.sub(lambda found: found[1] + _quoted(found[2]), _quoted(text))


def _quoted(text: str) -> str:
    is_formula = _FORMULA.match(text) and not _HARMLESS.fullmatch(text.rstrip())
    return "'" + text if is_formula else text


def readable(value: Any) -> str:
    """Return any JSON value as text: lists joined with "; ", objects as their values in a row."""
    if isinstance(value, str):
        return value if value[:1] != "+" else _spaced(value)
    if value is None or value is False:
        return ""
    # What most items are, a text that is no phone number, is taken without a call: of lists there are many.
    if isinstance(value, dict):
        entries = [
            item if type(item) is str and item[:1] != "+" else _entry(key, item)
            for key, item in value.items()
            if item is not None
        ]
        return ", ".join(filter(None, entries))
    if isinstance(value, list | tuple):
        texts = [item if type(item) is str and item[:1] != "+" else readable(item) for item in value]
        return "; ".join(filter(None, texts))
    return _plainly(value) if isinstance(value, float) else str(value)


def _entry(key: str, item: Any) -> str:
    """Return one value of an object; a flag is its name ("current"), a list stands in brackets."""
    if item is True:
        return key
    text = readable(item)
    return f"({text})" if text and isinstance(item, list | dict) else text
