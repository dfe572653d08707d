"""Dates, amounts and telephone numbers, in the forms in which they are printed in any country."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.evidence.text import Span, Text
from pipeline.schemas.dates import PrintedDate, find_dates, month_comes_first
from pipeline.schemas.numbers import decimal_text, usual_digits
from pipeline.schemas.phones import parted
from pipeline.schemas.short_dates import find_short_dates

IS_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
IS_FIGURE = re.compile(rf"{IS_DATE.pattern}|{_DECIMAL.pattern}")
"""A date or an amount as it is stored: 1678 may be either."""
_NUMBER = re.compile(r"[-−]?\d(?:[\d .,'’  ]*\d)?")
_PIECE, _MONEY, _THOUSANDS = re.compile(r"[^ ]+"), re.compile(r"[.,'’]\d\d?(?= |\Z)"), re.compile(r"\d{3}(?!\d)")
_MOST_GROUPS = 3
_SAME = 0.005
_SIGN = r"(?:[^\W\d_]{1,3}|[$£¥€\u20a0-\u20c0])?"
_MINUS_BEFORE = re.compile(rf"(?P<minus>(?<!\d)[-−–‐‑] ?|\() ?{_SIGN} ?\Z")
_MINUS_AFTER = re.compile(rf" ?{_SIGN} ?\)|-(?![\w-])")
_DATE_BEFORE, _DATE_AFTER = re.compile(r"\d[/-]\Z"), re.compile(r"/\d")

_DIGIT = re.compile(r"\(0\)|(\d)")
_NO_DIGITS = re.compile(r"\D+")
_IN_A_NUMBER = re.compile(r"(?:\(0\)|[ \n()/.‐‑–-]){0,4}")
_BEFORE_A_NUMBER = re.compile(r"[+(]{0,2}(?<!\d)(?:[0\u0660\u06f0\uff10]{0,2}|8|06)\Z")
"""What a country has before a number that is called from inside: mostly a 0."""
_COUNTRY = re.compile(r"(?:\+|(?<!\d)00) ?\(?(\d{1,3})[ ()./‐‑–-]*(?:\(?0\)?[ ()./‐‑–-]*)?\Z")
_SHORTEST_PHONE = 6


class Figures:
    """The dates, amounts and digits of a text; each list is made when it is asked for."""

    def __init__(self, text: Text) -> None:
        self._text = text

    @staticmethod
    def is_a_date(before: str, after: str) -> bool:
        """Tell whether a date does not reach from one into the next: "12/2015-06/2017"."""
        return not _DATE_BEFORE.search(before) and not _DATE_AFTER.match(after)

    def date(self, wanted: str) -> Span | None:
        """Return where a partial date is printed, or one that lies within it."""
        if not IS_DATE.fullmatch(wanted):
            return None
        exact = (span for iso, span in self._dates if iso == wanted)
        within = (span for iso, span in self._dates if iso.startswith(wanted))
        return next(exact, None) or next(within, None) or self._short_dates.get(wanted)

    @functools.cached_property
    def _printed_dates(self) -> list[PrintedDate]:
        return find_dates(self._text.text)

    @functools.cached_property
    def _dates(self) -> list[tuple[str, Span]]:
        """All dates. Where others show whether the document puts the month first, a date has one reading only."""
        dates, month_first = self._printed_dates, month_comes_first(self._text.text)
        usual = [(date.iso, (date.start, date.end)) for date in dates if not (month_first and date.american)]
        american = [(date.american, (date.start, date.end)) for date in dates if date.american]
        return usual if month_first is False else usual + american

    @functools.cached_property
    def _short_dates(self) -> dict[str, Span]:
        """Where what may be a date stands first; looked for where a date is not found otherwise."""
        return find_short_dates(self._text.text, self._printed_dates)

    def number(self, wanted: str) -> Span | None:
        """Return where an amount is printed."""
        target = float(wanted) if _DECIMAL.fullmatch(wanted) else float("nan")
        for number, span in self._numbers:
            if abs(number - target) < _SAME or (target < 0 and abs(number + target) < _SAME and self._is_minus(*span)):
                return span
        return None

    @functools.cached_property
    def _numbers(self) -> list[tuple[float, Span]]:
        text = usual_digits(self._text.text)
        found = (span for number in _NUMBER.finditer(text) for span in (number.span(), *_columns(text, *number.span())))
        return [(float(decimal_text(text[start:end])), (start, end)) for start, end in found]

    def _is_minus(self, start: int, end: int) -> bool:
        """Tell whether an amount is printed as a negative one: "- 5", "-€5", "5-", "(5)"."""
        before, after = self._text.around(start, end)
        head, tail = _MINUS_BEFORE.search(before), _MINUS_AFTER.match(after)
        in_brackets = tail is not None and tail[0].endswith(")")
        if head and head["minus"] == "(":
            return in_brackets
        return head is not None or (tail is not None and not in_brackets)

    def phone(self, wanted: str) -> Span | None:
        """Return where a telephone number is printed, with its country or without, but not with another one."""
        country, national = parted(wanted) or ("", _NO_DIGITS.sub("", wanted))
        national = national.lstrip("0")
        whole = self._printed(country + national, "") if country else None
        return whole or (self._printed(national, country) if len(national) >= _SHORTEST_PHONE else None)

    def _printed(self, number: str, country: str) -> Span | None:
        """Return where these digits stand, with no more between two of them than a telephone number has."""
        numerals, places = self._numerals
        at = numerals.find(number)
        while at >= 0:
            digits = places[at : at + len(number)]
            start, end = digits[0], digits[-1] + 1
            before, after = self._text.around(start, end)
            head, other = _BEFORE_A_NUMBER.search(before), _COUNTRY.search(before)
            is_another = other and country and usual_digits(other[1]) != country
            if head and not is_another and not after[:1].isdecimal() and self._are_near(digits):
                return start - len(head[0]), end
            at = numerals.find(number, at + 1)
        return None

    def _are_near(self, digits: Sequence[int]) -> bool:
        return all(_IN_A_NUMBER.fullmatch(self._text.text, before + 1, after) for before, after in pairwise(digits))

    @functools.cached_property
    def _numerals(self) -> tuple[str, list[int]]:
        """The digits of the text, and where each of them stands; the (0) of "+49 (0)30" is none."""
        text = self._text.text
        places = [found.start() for found in _DIGIT.finditer(text) if found[1]]
        return usual_digits("".join(text[place] for place in places)), places


def _columns(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the numbers of a row of a table whose columns are parted by no more than a blank: "2 45.00 1 090.00"."""
    if " " not in text[start:end] or not _MONEY.search(text[start:end]):
        return
    pieces = [piece.span() for piece in _PIECE.finditer(text, start, end)]
    for number, (begin, first_end) in enumerate(pieces):
        stop = first_end
        yield begin, stop
        for following in pieces[number + 1 : number + 1 + _MOST_GROUPS]:
            if not text[begin:stop].replace(" ", "").isdecimal() or not _THOUSANDS.match(text, following[0]):
                break
            stop = following[1]
            yield begin, stop
