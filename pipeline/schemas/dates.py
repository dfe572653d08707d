"""Dates as people print them, in any language, and the months between them.

A *partial date* is ISO 8601 cut to what is printed: "2019", "2019-04" or "2019-04-01". Day comes
before month where both could be meant, as everywhere but in the United States. Month names come
from CLDR (Babel). Models do no arithmetic: experience is counted here.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

import babel

# Where two languages use one word for two months (Polish and Croatian "listopad"), the first wins.
MONTH_LANGUAGES = (
    "en de fr es it pt nl pl cs sk sl sv da nb fi ro hu el tr ru uk bg sr mk hr bs et lv lt ca gl eu ga cy is mt sq "
    "ar he fa id ms vi"
).split()

_YEAR = r"(?P<y>(?:19|20)\d\d)"
_MONTH = r"(?P<m>0?[1-9]|1[0-2])"
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_NAME = r"(?P<name>[^\W\d_]{3,}|[^\W\d_]{2,}\.)\.?"
_OF = r"(?:\s*[-/,]\s*|\s+)(?:(?:de|del|of|di|do)\s+)?"
_EDGE, _END = r"(?<![\d/.\-])", r"(?![\d]|[/.\-]\d)"

# In this order: the most precise reading that fits at a place wins.
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_EDGE}{_YEAR}(?P<s>[-/.])(?P<m>\d\d?)(?P=s)(?P<d>\d\d?){_END}",
        rf"{_YEAR}\s*年\s*(?P<m>\d\d?)\s*月(?:\s*(?P<d>\d\d?)\s*日)?",
        rf"{_YEAR}\s*년\s*(?P<m>\d\d?)\s*월(?:\s*(?P<d>\d\d?)\s*일)?",
        rf"{_EDGE}(?P<a>\d\d?)(?P<s>[-/.])\s?(?P<b>\d\d?)(?P=s)\s?{_YEAR}{_END}",
        rf"{_EDGE}{_DAY}(?:st|nd|rd|th|º|er|\.)?{_OF}{_NAME}{_OF}{_YEAR}{_END}",
        rf"{_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}{_END}",
        rf"{_NAME}{_OF}{_YEAR}{_END}",
        rf"{_EDGE}{_YEAR}\.?\s+{_NAME}(?:\s+{_DAY}\.?(?!\d))?",
        rf"(?<![\d/.]){_MONTH}\s?[/.]\s?{_YEAR}(?!\d|[/.]\d)",
        rf"(?<![\d/.]){_YEAR}\s?[-/.]\s?(?P<m>0[1-9]|1[0-2])(?!\d)",
        rf"{_EDGE}{_MONTH}\s?-\s?{_YEAR}{_END}",
        rf"{_NAME}\s?['’](?P<yy>\d\d)(?!\d)",
        rf"(?<!\d){_YEAR}(?:\s*年|(?!\d))",
    )
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date that stands in a text."""

    start: int
    """Offset of its first character."""
    end: int
    """Offset after its last character."""
    iso: str
    """The partial date it means."""


@functools.cache
def month_names() -> dict[str, int]:
    """Return every month name and abbreviation (casefolded, no final dot) with its number, 1 to 12."""
    names: dict[str, int] = {"sept": 9, "mrt": 3, "mär": 3, "maerz": 3, "juin": 6, "juil": 7, "août": 8, "aout": 8}
    for language in MONTH_LANGUAGES:
        months = babel.Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    names.setdefault(name.casefold().strip(". "), number)
    return names


@functools.cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def is_present(text: str) -> bool:
    """Tell whether this stands for "until now" in a date range."""
    return _squeeze(text) in _present()


@functools.cache
def _present() -> frozenset[str]:
    return frozenset(_squeeze(word) for word in _words()["present"])


def _squeeze(text: str) -> str:
    return re.sub(r"[\s().]+", " ", text.casefold()).strip()


def present_words() -> list[str]:
    """Return the words for "until now", longest first."""
    return sorted(_words()["present"], key=len, reverse=True)


def find_dates(text: str) -> list[PrintedDate]:
    """Return all dates in a text, in order, none overlapping."""
    taken: list[PrintedDate] = []
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            iso = _iso(found)
            if iso and all(found.end() <= other.start or found.start() >= other.end for other in taken):
                taken.append(PrintedDate(found.start(), found.end(), iso))
    return sorted(taken, key=lambda date: date.start)


def partial_date(text: str) -> str | None:
    """Return the partial date that this text is as a whole, or None."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?", text):
        text = text[:10]
    found = find_dates(text)
    whole = len(found) == 1 and found[0].start == 0 and not text[found[0].end :].strip(" .")
    return found[0].iso if whole else None


def _iso(found: re.Match[str]) -> str | None:
    part = found.groupdict()
    year = int(part["y"]) if part.get("y") else _century(int(part["yy"]))
    month, day = _month_and_day(part)
    if month == 0 or (month and month > 12):
        return None
    if day is None:
        return f"{year:04d}-{month:02d}" if month else f"{year:04d}"
    try:
        return dt.date(year, month or 0, day).isoformat()
    except ValueError:
        return None


def _month_and_day(part: dict[str, str | None]) -> tuple[int | None, int | None]:
    """Return month and day; month 0: the word is no month."""
    if part.get("a") and part.get("b"):
        first, second = int(part["a"] or 0), int(part["b"] or 0)
        return (second, first) if second <= 12 else (first, second)
    day = int(part["d"] or 0) if part.get("d") else None
    if part.get("name"):
        return month_names().get((part["name"] or "").casefold().strip("."), 0), day
    return (int(part["m"] or 0) if part.get("m") else None), day


def _century(two_digits: int) -> int:
    return (2000 if two_digits < 50 else 1900) + two_digits


def experience_months(intervals: Iterable[tuple[str | None, str | None, bool]], as_of: dt.date) -> int:
    """Count the months covered by (start, end, current), both end months included, overlaps once.

    A start that is only a year begins in January, an end that is only a year ends in December, a
    current interval ends in the month of `as_of`. An interval without a start, without an end and
    not current, or running backwards counts nothing.
    """
    months: set[int] = set()
    for start, end, current in intervals:
        months.update(_months(start, end, current, as_of))
    return len(months)


def _months(start: str | None, end: str | None, current: bool, as_of: dt.date) -> Iterator[int]:
    today = as_of.year * 12 + as_of.month - 1
    if not start or not (end or current):
        return
    last = today if current else _month_index(end or "", 12)
    yield from range(_month_index(start, 1), min(last, today) + 1)


def _month_index(partial: str, default_month: int) -> int:
    return int(partial[:4]) * 12 + (int(partial[5:7]) if len(partial) >= 7 else default_month) - 1
