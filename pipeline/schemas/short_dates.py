"""Dates that are printed in part, or like other numbers: for who knows which date to look for.

They are too uncertain to be read ("04/16" may be April 2016, or nothing of the kind). But where a model says
"2016-04", they are what it has read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.schemas.dates import ERAS, ROMAN_MONTHS, PrintedDate, iso_of, month_names, year_of
from pipeline.schemas.numbers import usual_digits

_YEAR = r"(?P<y>(?:19|20)\d\d)"
_NAME = r"(?P<name>[^\W\d_]{3,20})"
_DASH = r"\s?[-–—−/~〜～]\s?"
_TIGHT_END = r"(?![\d/,]|\.\d|-(?!(?:0?[1-9]|1[0-2])[/.]\d\d(?!\d)|[^\W\d_]{3}))"
"""What may follow a month and a short year: the other end of a range as well, "02/23-04/25" and "05/25-now"."""
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:(?<![\d/.,-])|(?<=[/.]\d\d-))(?P<m>0?[1-9]|1[0-2])[/.-](?P<yy>\d\d)" + _TIGHT_END,
        r"(?<![\d/.,-])(?P<d>\d\d?)[/.] ?(?P<m>\d\d?)[/.] ?(?P<yy>\d\d)(?![\d/,-]|\.\d)",
        r"(?<![\d/.,-])(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<yy>\d\d)(?![\d/,-]|\.\d)",
        rf"(?<![\d/.,-])(?P<d>\d\d)[ \t](?P<m>\d\d)[ \t]{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}(?P<m>\d\d)(?P<d>\d\d)(?!\d)",
        rf"(?<!\d)(?P<d>\d\d?)(?P<name>[^\W\d_]{{3,4}}){_YEAR}(?!\d)",
        rf"(?<!\d)(?:{_YEAR}|(?P<era>{ERAS}) ?(?P<n>元|\d\d?))[ \t](?P<m>1[0-2]|0?[1-9])[ \t](?=\D{{0,40}}[\u3040-\u9fff])",
        rf"(?ai:(?<!\w)(?P<roman>{'|'.join(ROMAN_MONTHS)})[ ./-]{_YEAR}(?!\d))",  # ASCII: "İ" and "ı" are none
        r"(?<![\w'’])['’](?P<yy>\d\d)(?![\w'’])",
    )
)
_YEAR_AFTER = re.compile(rf"(?<![\d/.-]){_YEAR}(?P<mark>[-–—/])(?P<yy>\d\d)(?![\d.,]|[-/]\d)")
"""The second year of "2015–17" and of "2018/19"."""
_SHARING = re.compile(
    rf"(?<![\w/.-])(?<!\d\.\s)(?:(?P<d>\d\d?)\.?\s{{0,2}}(?:(?P<m>(?:(?<=\.)|(?<=\.\s))\d\d?)|(?:de\s)?{_NAME})?"
    rf"|(?P<only>[^\W\d_]{{3,20}})|(?P<day>\d\d?)/(?P<month>\d\d?))\.?{_DASH}(?:de\s|d['’])?\Z"
)
"""What stands before a date and shares its year: "March" in "March – May 2019", "20.07." in "20.07. - 28.08.2004"."""
_LONGEST_SHARING = 40
_LONGEST_PERIOD = 30
"""Years that a period with a short end may have."""


def find_short_dates(text: str, dates: Iterable[PrintedDate]) -> dict[str, tuple[int, int]]:
    """Return start and end of what may be a date, by the partial date that it may mean: the first place of each.

    `dates`: those that are printed in full, as find_dates returns them.
    """
    text = usual_digits(text)
    places: dict[str, tuple[int, int]] = {}
    for date in (*_printed(text), *_sharing_a_year(text, dates), *_second_years(text)):
        places.setdefault(date.iso, (date.start, date.end))
    return places


def _printed(text: str) -> Iterator[PrintedDate]:
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            part = found.groupdict()
            iso = iso_of(year_of(part), _month(part), _number(part.get("d")))
            if iso:
                yield PrintedDate(*found.span(), iso)


def _month(part: dict[str, str | None]) -> int | None:
    """Return the month, None where only a year is printed, 0 where there should be one and is none."""
    if part.get("roman"):
        return ROMAN_MONTHS.index(str(part["roman"]).casefold()) + 1
    if part.get("name"):
        return month_names().get(str(part["name"]).casefold(), 0)
    return _number(part.get("m"))


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _sharing_a_year(text: str, dates: Iterable[PrintedDate]) -> Iterator[PrintedDate]:
    for date in dates:
        begin = max(0, date.start - _LONGEST_SHARING)
        found = _SHARING.search(text[begin : date.start]) if len(date.iso) > len("2019") else None
        if found and (iso := _shared(date.iso, found.groupdict())):
            yield PrintedDate(begin + found.start(), date.end, iso)


def _shared(whole: str, part: dict[str, str | None]) -> str | None:
    """Return the date that takes its year, and its month where it names none, from a whole one after it."""
    year, day = int(whole[:4]), _number(part["d"] or part["day"])
    if part["only"]:
        only = month_names().get(part["only"].casefold(), 0)
        return iso_of(year, only, None) if len(whole) == len("2019-05") else None
    if len(whole) == len("2019-05"):
        return iso_of(year, day or 0, None) if not (part["m"] or part["name"] or part["month"]) else None
    printed = {"m": part["m"] or part["month"], "name": part["name"]}
    month = _month(printed)
    return iso_of(year, int(whole[5:7]) if month is None else month, day)


def _second_years(text: str) -> Iterator[PrintedDate]:
    for found in _YEAR_AFTER.finditer(text):
        first = int(found["y"])
        second = first // 100 * 100 + int(found["yy"])
        second += 100 if second < first else 0
        is_year = int(found["yy"]) > 12 or found["mark"] != "-"  # "2005-06" is June
        if is_year and 0 < second - first <= _LONGEST_PERIOD:
            yield PrintedDate(*found.span(), f"{second:04d}")
