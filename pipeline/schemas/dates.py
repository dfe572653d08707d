"""Dates as people print them, in any language, and the months between them.

A *partial date* is ISO 8601 cut to what is printed: "2019", "2019-04" or "2019-04-01". Day comes
before month where both could be meant, as everywhere but in the United States; the other reading is
kept beside it, for who knows the document. Month names come from CLDR. Models do no arithmetic: experience is counted here.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.schemas.lists import read_list, read_words
from pipeline.schemas.numbers import usual_digits

# Where two languages use one word for two months (Polish and Croatian "listopad"), the first wins.
MONTH_LANGUAGES = tuple(
    (
        "en de fr es it pt nl pl cs sk sl sv da nb fi ro hu el tr ru uk bg sr mk hr bs et lv lt ca gl eu ga cy is mt sq "
        "ar he fa id ms vi"
    ).split()
)

_REST = re.compile(r"[ .]*(?:[гр]\.?)?[ .]*")
"""What may follow a date that is all there is: a full stop, and in Russian and Ukrainian the word for year."""
_YEAR_FIRST_LANGUAGES = ("hu", "lt", "lv", "eu")
"""Elsewhere a word after a year is no month ("2021 led the team": Czech for January), but in English with a capital."""

# A pattern that begins with a digit or a letter, and looks behind that, is three times as fast as one that begins by
# looking behind: `re` runs to the next place where it may fit. So an edge is told with what stands after it.
_NO_DATE, _NO_RANGE = r"(?<![\d/.\-]{})", r"(?<![\d/.]{})"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_NAME = r"(?<![^\W\d_])(?P<name>[^\W\d_]{3,20}|[^\W\d_]{2}\.)\.?"
_LATE_NAME = r"(?P<late>[^\W\d_]{3,20})\.?"
OF_WORDS = ("de", "del", "of", "di", "do")
"""What may stand between a day, a month and a year: "5 de mayo de 2019"."""
_OF_WORD = rf"(?:(?:{'|'.join(OF_WORDS)})\s+|d['’])?"
_OF = rf"(?:\s*[-/,]\s*|\s+|(?<=\.)){_OF_WORD}"
_END = r"(?![\d]|[/.\-]\d)"


def _year(edge: str) -> str:
    return _YEAR + edge.format(".{4}")


def _month(edge: str = "") -> str:
    edge = edge.format(".")
    return rf"(?P<m>0{edge}[1-9]|[1-9]{edge}|1{edge}[0-2])"


def _day(edge: str = "") -> str:
    edge = edge.format(".")
    return rf"(?P<d>0{edge}[1-9]|[1-9]{edge}|[12]{edge}\d|3{edge}[01])"


def _first(edge: str) -> str:
    return rf"(?P<a>\d{edge.format('.')}\d?)"


_AFTER_NAME = r"[\s./,-](?<=[^\W\d_][\s\S])[\s./,-]*"
_LONGEST_DATE = 100
"""Characters of a text that may be a date as a whole."""
_BEFORE_ERA = {"昭和": 1925, "平成": 1988, "令和": 2018}
"""The year before the first one of each era of Japan since 1926."""
ERAS = "|".join(_BEFORE_ERA)
"""The same as a pattern."""
_LONGEST_NAME = 24
"""Characters that a name and what ends it have at most."""

# In this order: the most precise reading that fits at a place wins. A pattern that begins with a name could begin at
# every word, so what must follow the name is found first: the second of the two.
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), re.compile(ending, re.IGNORECASE) if ending else None)
    for pattern, ending in (
        (rf"{_year(_NO_DATE)}(?P<s>[-/.])\s?(?P<m>\d\d?)(?P=s)\s?(?P<d>\d\d?){_END}", ""),
        (
            rf"{_year(_NO_RANGE)}(?P<s>[/.])\s?(?P<m>\d\d?)(?P=s)\s?(?P<d>\d\d?)(?!\d|[/.]\d)",
            "",
        ),  # "2019.03.01-2021.02.28"
        (rf"{_YEAR}\s*年\s*(?P<m>\d\d?)\s*月(?:\s*(?P<d>\d\d?)\s*日)?", ""),
        (rf"(?P<era>{ERAS})\s*(?P<n>元|\d\d?)\s*年(?:\s*(?P<m>\d\d?)\s*月(?:\s*(?P<d>\d\d?)\s*日)?)?", ""),
        (rf"{_YEAR}\s*년\s*(?P<m>\d\d?)\s*월(?:\s*(?P<d>\d\d?)\s*일)?", ""),
        # A hyphen may stand between two of these: 01.01.2019-31.12.2020.
        (rf"{_first(_NO_RANGE)}(?P<s>[/.])\s?(?P<b>\d\d?)(?P=s)\s?{_YEAR}(?!\d|[/.]\d)", ""),
        (rf"{_first(_NO_DATE)}(?P<s>-)\s?(?P<b>\d\d?)(?P=s)\s?{_YEAR}{_END}", ""),
        (rf"th(?<!\w..)(?:[áa]ng|g)\s+{_month()}(?:\s*[,/]\s*|\s+(?:năm\s+)?){_YEAR}{_END}", ""),
        (rf"{_day(_NO_DATE)}(?:st|nd|rd|th|º|°|er|\.)?{_OF}{_NAME}{_OF}{_YEAR}{_END}", ""),
        (rf"{_day(_NO_DATE)}\s?(?:st|nd|rd|t\s?h)\s+day\s+of\s+{_NAME}{_OF}{_YEAR}{_END}", ""),
        (rf"{_day(_NO_DATE)}-{_NAME}-(?P<yy>\d\d){_END}", ""),
        (rf"(?P<d>\d{_NO_DATE.format('.')}\d)\.(?P<m>\d\d)\.(?P<yy>\d\d){_END}", ""),
        (rf"{_first(_NO_DATE)}(?P<s>/)(?P<b>\d\d?)/(?P<yy>1[3-9]|[2-9]\d){_END}", ""),
        (
            rf"{_NAME}\s+{_day()}(?:st|nd|rd|th)?(?:,\s*|\s+){_YEAR}{_END}",
            rf"{_AFTER_NAME}\d\d?(?:st|nd|rd|th)?(?:,\s*|\s+)(?:19|20)\d\d",
        ),
        (rf"{_NAME}{_OF}{_YEAR}{_END}", rf"{_AFTER_NAME}{_OF_WORD}(?:19|20)\d\d"),
        (rf"{_year(_NO_DATE)}\.?[ \t]+(?:(?:m\.|g\.|gada)[ \t]+)?{_LATE_NAME}(?:\s+{_day()}\.?(?!\d))?", ""),
        (rf"{_month(_NO_RANGE)}\s?[/.]\s?{_YEAR}(?!\d|[/.]\d)", ""),
        (rf"{_month(_NO_DATE)}-{_YEAR}{_END}", ""),  # before the next: "03-2016 - 08-2019" holds no "2016 - 08"
        (rf"{_year(_NO_RANGE)}\s?[-/.]\s?(?P<m>0[1-9]|1[0-2])(?!\d)", ""),
        (rf"{_year(_NO_RANGE)}[/.](?P<m>[1-9])(?!\d|[/.]\d)", ""),
        (rf"{_month(_NO_DATE)}\s?-\s?{_YEAR}{_END}", ""),
        (rf"{_NAME}\s?['’](?P<yy>\d\d)(?!\d)", r"['’]\d\d"),
        (rf"{_YEAR}(?<!\d.{{4}})(?<!\d:.{{4}})(?:\s*年|(?!\d))", ""),
    )
)
_LOOSE = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{1,2}|[Xx?]{2}|Q[1-4])(?:-([0-9]{1,2}|[Xx?]{2}))?")
"""As models write dates: a month of one digit, and signs for what is not printed."""
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?")
_ISO = re.compile(r"(?:19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|1[0-9]|2[0-8]))?)?")
"""A partial date as it is stored, of a day that every month has."""


ROMAN_MONTHS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
"""As months are printed in Poland, in small letters."""
_NUMBERS = re.compile(r"(?<![\d/.-])(\d\d?)([/-])(\d\d?)\2(?:(?:19|20)\d\d|(?<=/)\d\d)(?![\d/-])")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date that stands in a text."""

    start: int
    """Offset of its first character."""
    end: int
    """Offset after its last character."""
    iso: str
    """The partial date it means."""
    american: str | None = None
    """What it means where the month comes first; None: the same."""


@functools.cache
def month_names(languages: tuple[str, ...] = MONTH_LANGUAGES) -> dict[str, int]:
    """Return every month name and abbreviation (casefolded, no final dot) with its number, 1 to 12."""
    names = dict(read_words()["months"]) if languages == MONTH_LANGUAGES else {}
    for language in languages:
        for table in _months_of_languages()[language].values():
            for name, number in table.items():
                names.setdefault(name, number)
    return names


@functools.cache
def months_behind_years() -> frozenset[str]:
    """Return the month names of the languages that put the year first, as they are inside a date."""
    return frozenset(name for language in _YEAR_FIRST_LANGUAGES for name in _months_of_languages()[language]["format"])


@functools.cache
def _months_of_languages() -> dict[str, dict[str, dict[str, int]]]:
    months: dict[str, dict[str, dict[str, int]]] = read_list("months")["months"]
    return months


def is_present(text: str) -> bool:
    """Tell whether this stands for "until now" in a date range."""
    return _squeeze(text) in _present()


@functools.cache
def _present() -> frozenset[str]:
    return frozenset(_squeeze(word) for word in read_words()["present"])


def _squeeze(text: str) -> str:
    return re.sub(r"[\s().]+", " ", text.casefold()).strip()


def present_words() -> list[str]:
    """Return the words for "until now", longest first."""
    return sorted(read_words()["present"], key=len, reverse=True)


def find_dates(text: str) -> list[PrintedDate]:
    """Return all dates in a text, in order, none overlapping."""
    text = usual_digits(text)
    taken: list[PrintedDate] = []
    covered = bytearray(len(text))
    for pattern, ending in _PATTERNS:
        for found in _named(pattern, ending, text) if ending else pattern.finditer(text):
            start, end = found.span()
            iso = _iso(found) if covered.find(1, start, end) < 0 else None
            if iso:
                covered[start:end] = b"\x01" * (end - start)
                taken.append(PrintedDate(start, end, iso, _american(found)))
    return sorted(taken, key=lambda date: date.start)


def _named(pattern: re.Pattern[str], ending: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield what a pattern finds that begins with a name and goes on with this ending."""
    after = 0
    for place in ending.finditer(text):
        begin, after = max(after, place.start() - _LONGEST_NAME), place.end()
        found = pattern.search(text, begin, after + 2)  # the pattern looks at two characters behind its end
        if found:
            yield found


def partial_date(text: str) -> str | None:
    """Return the partial date that this text is as a whole, or None."""
    text = text.strip()
    return _partial_date(text) if len(text) <= _LONGEST_DATE else None


@functools.lru_cache(maxsize=4096)  # the months of decades, in a few spellings: most dates are in many documents
def _partial_date(text: str) -> str | None:
    if _ISO.fullmatch(text):
        return text
    if moment := _MOMENT.fullmatch(text):
        text = moment[1]
    if loose := _LOOSE.fullmatch(text):
        text = _padded(loose[1], *(part for part in loose.groups()[1:] if part))
    found = find_dates(text)
    whole = len(found) == 1 and found[0].start == 0 and _REST.fullmatch(text, found[0].end)
    return found[0].iso if whole else None


def _padded(year: str, *parts: str) -> str:
    """Return a date with two digits for the month and the day, as far as they are known."""
    known = [f"{int(part):02d}" if part.isdecimal() and int(part) else "" for part in parts]
    return "-".join([year, *known]).rstrip("-")  # "2020--10", a day without its month, is no date


def month_comes_first(text: str) -> bool | None:
    """Tell by the dates of a text that can only be read one way whether it puts the month first; None: by none of them."""
    pairs = [(int(found[1]), int(found[3])) for found in _NUMBERS.finditer(text)]
    if any(first > 12 for first, _ in pairs):
        return False
    return any(second > 12 for _, second in pairs) or None


def _american(found: re.Match[str]) -> str | None:
    """Return the other reading of a date whose numbers may both be the month; dots are not printed in America."""
    part = found.groupdict()
    first, second = int(part.get("a") or 0), int(part.get("b") or 0)
    is_open = part.get("s") in ("/", "-") and first != second and min(first, second) >= 1 and max(first, second) <= 12
    return f"{(_iso(found) or '')[:4]}-{first:02d}-{second:02d}" if is_open else None


def _iso(found: re.Match[str]) -> str | None:
    part = found.groupdict()
    return iso_of(year_of(part), *_month_and_day(part))


def iso_of(year: int, month: int | None, day: int | None) -> str | None:
    """Return a partial date as it is stored; None: there is no such month or day."""
    if month == 0 or (month and month > 12):
        return None
    if day is None:
        return f"{year:04d}-{month:02d}" if month else f"{year:04d}"
    try:
        return dt.date(year, month or 0, day).isoformat()
    except ValueError:
        return None


def year_of(part: dict[str, str | None]) -> int:
    """Return the year that a pattern found: with four digits (`y`), two (`yy`), or in an era (`era`, `n`)."""
    if part.get("era"):
        return _BEFORE_ERA[str(part["era"])] + int((part["n"] or "").replace("元", "1"))  # its first year has a name
    return int(part["y"] or 0) if part.get("y") else _century(int(part["yy"] or 0))


def _month_and_day(part: dict[str, str | None]) -> tuple[int | None, int | None]:
    """Return month and day; month 0: the word is no month."""
    if part.get("a") and part.get("b"):
        first, second = int(part["a"] or 0), int(part["b"] or 0)
        return (second, first) if second <= 12 else (first, second)
    day = int(part["d"] or 0) if part.get("d") else None
    if part.get("late"):
        late = part["late"] or ""
        languages = _YEAR_FIRST_LANGUAGES + (("en",) if late[0].isupper() else ())
        return month_names(languages).get(late.casefold(), 0), day
    if part.get("name"):
        name = (part["name"] or "").casefold().strip(".")
        return month_names().get(name) or month_names().get(name.removeprefix("ב"), 0), day  # Hebrew: "in January"
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
