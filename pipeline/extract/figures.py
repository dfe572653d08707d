"""Figures and dates in the cells of a table, as far as reading order depends on them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DATE = re.compile(r"(?<!\d)(?<![A-Z]{3})(?:19|20)\d\d(?!\d)|[\u0660-\u0669\u06f0-\u06f9]{4}")
_LONGEST_DATE = 40
_DASHES = "-\u2013\u2014"
"""At the end of dates: they go on on the next line."""
_MOST_LETTERS = 3
"""Of a figure: "EUR", "Stk"."""
_FEWEST_CELLS, _FEWEST_FIGURES = 3, 2
"""Of a row of figures."""
_NUMBER = re.compile(r"[-+(]?[€$£]?\d[\d.,'’]*[)%€$£]?")
_DECIMALS = re.compile(r"\d[.,]\d{1,3}\D?\Z")
_THOUSANDS, _REST = re.compile(r"[-+(]?[€$£]?\d{1,3}"), re.compile(r"\d{3}(?!\d)")
"""Groups of one number that a blank may part."""


def is_date(text: str) -> bool:
    """Tell whether a text is short and names a year."""
    return len(text) <= _LONGEST_DATE and _DATE.search(text) is not None


def are_dates_and_town(above: str, below: str) -> bool:
    """Tell whether two lines are dates and something without a number, and the dates are whole."""
    return is_date(above) and above[-1] not in _DASHES and not any(map(str.isdecimal, below))


def is_figure(text: str) -> bool:
    """Tell whether a text is a number, with a currency or a unit at most."""
    letters = sum(letter.isalpha() for letter in text)
    return letters <= _MOST_LETTERS and any(letter.isdecimal() for letter in text)


def is_row_of_figures(cells: Iterable[str]) -> bool:
    """Tell whether these are the cells of a row such as an invoice has, the lines of which mean nothing; dates are no figures."""
    filled = [cell for cell in map(str.strip, cells) if cell]
    figures = sum(is_figure(cell) and not is_date(cell) for cell in filled)
    return len(filled) >= _FEWEST_CELLS and figures >= _FEWEST_FIGURES


def are_two_figures(before: str, after: str) -> bool:
    """Tell whether two words are numbers, one of them with decimals, that cannot be parts of one."""
    if _THOUSANDS.fullmatch(before) and _REST.match(after):
        return False
    are_numbers = _NUMBER.fullmatch(before) and _NUMBER.fullmatch(after)
    return bool(are_numbers and (_DECIMALS.search(before) or _DECIMALS.search(after)))
