"""One value, as a spreadsheet should see it: never a formula, numbers as numbers, lists as readable text."""

from __future__ import annotations

import re
from typing import Any

from pipeline.schemas.phones import spaced

Cell = str | int | None

_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_HARMLESS = re.compile(r"\+\d[\d ()]*|[+-]?\d+([.,]\d+)*%?")
"""A phone number or a number: begins like a formula and is none."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\s*[\r\n]+\s*")


def cell(value: Any) -> Cell:
    """Return a value for a cell. None is an empty cell; a number is written as one, without an exponent."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        shown = f"{value:.9f}".rstrip("0").rstrip(".")
        return "0" if shown == "-0" else shown
    text = readable(value)
    if not text.isprintable():
        text = _CONTROL.sub("", _LINE_END.sub(" ", text))
    text = text.strip()
    is_formula = _FORMULA.match(text) and not _HARMLESS.fullmatch(text)
    return "'" + text if is_formula else text


def readable(value: Any) -> str:
    """Return any JSON value as text: lists joined with "; ", objects as their values in a row."""
    if value is None or value is False:
        return ""
    if isinstance(value, str):
        return spaced(value) if value.startswith("+") else value
    if isinstance(value, list | tuple):
        return "; ".join(text for text in map(readable, value) if text)
    if isinstance(value, dict):
        return ", ".join(text for text in (_entry(key, item) for key, item in value.items()) if text)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _entry(key: str, item: Any) -> str:
    """Return one value of an object; a flag is its name ("current"), a list stands in brackets."""
    if item is True:
        return key
    text = readable(item)
    return f"({text})" if text and isinstance(item, list | dict) else text
