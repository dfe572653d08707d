"""Ranges of dates in a line: "03/2019 – present", "seit 2021", "Sept 2015 – juin 2017", "2011".

Promise: dates exactly as precise as printed, and the text before and after them, so that what they belong to can be read.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from pipeline.inference.offline.lines import has_long_word
from pipeline.inference.offline.postcodes import is_state
from pipeline.inference.offline.scores import is_legal_form
from pipeline.inference.offline.words import Phrases, Word, any_of, phrases, split_words, word_list
from pipeline.schemas.dates import (
    ROMAN_MONTHS,
    PrintedDate,
    find_dates,
    month_names,
    months_behind_years,
    present_words,
)

_SEPARATORS = " \t|•·‧,;:–—−-/~〜"
_MAY_BE_DATED = re.compile(r"\d\d|[成和]\s?[元\d]")  # a year of an era of Japan may have one digit
_DASHES, _DASH_BEFORE = re.compile(r"\s*[-–—−]\s*"), re.compile(r"\s*[-–—−]\s*$")
_PARTING = re.compile(r"[|•·‧\t]")
_YEAR_WORD = re.compile(rf"\s?(?:{any_of('ranges', 'year_words')})(?!\w)", re.IGNORECASE)
_WORDS_BEFORE = 30  # characters before a date in which "since" is looked for
_SHORT_MONTH = re.compile(r"(?:(?<![\w/.\-])|(?<=[/.]\d\d-))(0?[1-9]|1[0-2])\s?[/.]\s?(\d\d)(?![\d/.])")
_NAMED_SHORT = re.compile(r"(?<!\w)([^\W\d_]{3,})\.?\s(\d\d)(?!\d)")
_SHORT_END = re.compile(r"(?<!\d)((?:19|20)\d\d)(\s?[-–/]\s?)(\d\d)(?![\d/.-])")
_FIRST_UNSPACED = "\u2e80"
"""From here on there are scripts without blanks, of which a word of three letters is a long one."""
_SINCE_BEHIND = re.compile(rf"(?:['’][^\W\d_]{{1,4}})?\s*(?:{any_of('ranges', 'since_behind')})(?!\w)", re.IGNORECASE)
_UNTIL_BEHIND = re.compile(rf"-?(?:{any_of('ranges', 'until_behind')})(?!\w)", re.IGNORECASE)
_ROMAN = re.compile(r"(?<!\w)([IVX]{1,4})[ ./]$")  # "I. 2019" is numbered
_ACADEMIC = re.compile(rf"(?<!\w)(?:{any_of('ranges', 'academic')})\s*$", re.IGNORECASE)
_MORE_YEARS = re.compile(r"(?:\s?[,;&]\s?(?:19|20)\d\d(?![\d./-]))+")
_QUARTER = re.compile(r"(?<!\w)[QTK]$", re.IGNORECASE)  # "Q3/2022" is no March
_NEXT_YEAR = re.compile(r"(?<=\d\d\d\d)/(\d\d)(?![\d/.-])")
_SEASON = re.compile(rf"(?<=\s)(?:{any_of('ranges', 'seasons')})\s*$", re.IGNORECASE)  # "seit Herbst 2019"
_MONTH_ALONE = re.compile(r"(?<![\w/.])(?P<name>[^\W\d_]{3,20}\.?)|(?<![\w/.])(?P<number>0[1-9]|1[0-2])(?!\d)")
_DATE_ENDS = re.compile(r"\s*(?:[-–—−\t]|$)")  # "2014 Oct – 2016 May"
_MONTH_FIRST = re.compile(r"\d\d?\s?[./-]")
_DURATION = re.compile(
    r"[(\[]?\s*\d{1,2}[.,]?\d?\s*\+?\s*(?P<unit>[^\W\d_]{1,10})\.?(?:\s*(?:,|and|und|et|y|i|en)?\s*\d{1,2}\s*[^\W\d_]{1,10}\.?)?\s*[)\]]?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A range of dates, or one date, in a line."""

    start: str | None
    end: str | None
    current: bool
    before: str
    """The line's text in front of it, separators stripped."""
    after: str
    """The line's text behind it."""
    is_range: bool = True
    """False: one date only."""
    parted: bool = False
    """A bracket or another separator keeps it apart from the text around it."""
    between_commas: bool = False
    """A comma stands before it, a comma or a full stop behind it."""

    @property
    def at_edge(self) -> bool:
        """Tell whether the line begins or ends with it."""
        return not self.before or not self.after


def find_span(text: str) -> Span | None:
    """Return the first range of dates in a line, or its first date."""
    if not _MAY_BE_DATED.search(text) or has_long_word(text):
        return None
    dates = _dates(text)
    if not dates:
        return None
    for at, date in enumerate(dates):
        following = dates[at + 1] if at + 1 < len(dates) else None
        span = _range_at(text, date, following)
        if span:
            return span
    return _single(text, dates[0])


def _dates(text: str) -> list[PrintedDate]:
    """Return the dates of a line; two-digit years count only in pairs or behind "since", where they are no fractions."""
    dates = _short_ends(text) or [_checked(text, date) for date in find_dates(text)]
    if dates:
        month = _month_before(text, dates[0])
        return [month, *dates] if month else dates
    short = [*_short_dates(text)]
    paired = len(short) == 2 and _is_joint(text[short[0].end : short[1].start])
    open_ended = len(short) == 1 and (_present_end(text, short[0].end) or _opens(text, short[0].start))
    return short if paired or open_ended else []


def _month_before(text: str, date: PrintedDate) -> PrintedDate | None:
    """Return the month in front of a date that shares its year: "March – September 2019", "03 – 09/2018"."""
    begin = max(0, date.start - _WORDS_BEFORE)
    found = [*_MONTH_ALONE.finditer(text[begin : date.start])]
    if _MONTH_FIRST.match(text, date.start):
        last = found[-1] if found and found[-1]["number"] else None
    else:
        last = next((one for one in reversed(found) if _bare_month(one["name"] or "") in month_names()), None)
    if not last or len(date.iso) != len("2019-09") or text.startswith(date.iso[:4], date.start):
        return None
    between = text[begin + last.end() : date.start]
    month = int(last["number"] or month_names()[_bare_month(last["name"])])
    if "\t" in between or not between.strip(" .") or not _is_joint(between) or month >= int(date.iso[5:7]):
        return None
    return PrintedDate(begin + last.start(), begin + last.end(), f"{date.iso[:4]}-{month:02d}")


def _bare_month(name: str) -> str:
    return name.casefold().rstrip(".")


def _checked(text: str, date: PrintedDate) -> PrintedDate:
    """Take the word behind a year for its month only where months stand there ("2019. május", not "2019 led a team")."""
    start, end, iso = date.start, date.end, date.iso
    year_first = re.match(r"\d{4}\.?\s+(?![年년])([^\W\d_]+)", text[start:end])
    is_foreign = year_first and year_first[1].casefold() not in months_behind_years()
    if is_foreign and not _DATE_ENDS.match(text, end):
        end, iso = start + 4, iso[:4]
    if len(iso) == len("2019-04") and _QUARTER.search(text, max(0, start - 2), start):
        return PrintedDate(end - 4, end, iso[:4])
    if len(iso) == len("2019-04") and _ACADEMIC.search(text, max(0, start - _WORDS_BEFORE), start):
        iso = _academic(text[start:end], iso)
    if len(iso) == len("2019"):
        start, iso = _with_roman_month(text, start, iso)
        end = _behind_next_year(text, end, iso)
    more = _YEAR_WORD.match(text, end)  # "2019 r.", "2019 года"
    return PrintedDate(start, more.end() if more else end, iso)


def _academic(printed: str, iso: str) -> str:
    """Read the academic year of "WS 2001/02", which by itself may be a February."""
    is_next = re.fullmatch(r"\d{4}/\d\d", printed) and int(iso[5:]) == (int(iso[2:4]) + 1) % 100
    return iso[:4] if is_next else iso


def _with_roman_month(text: str, start: int, year: str) -> tuple[int, str]:
    """Read the month of "III 2009" where a date can begin: at an edge, behind "since" or "to"; "Engineer II 2009" has none."""
    found = _ROMAN.search(text, max(0, start - 6), start)
    if not found or found[1].casefold() not in ROMAN_MONTHS:
        return start, year
    before = text[max(0, found.start() - _WORDS_BEFORE) : found.start()].rstrip(" ")
    if before and before[-1] not in "\t|•·,;:(–—-" and before.split()[-1] not in _joining_words():
        return start, year
    return found.start(), f"{year}-{ROMAN_MONTHS.index(found[1].casefold()) + 1:02d}"


def _behind_next_year(text: str, end: int, year: str) -> int:
    """Return the end of an academic year, "2012/13", that begins in this year."""
    found = _NEXT_YEAR.match(text, end)
    return found.end() if found and int(found[1]) == (int(year[2:4]) + 1) % 100 else end


def _short_dates(text: str) -> list[PrintedDate]:
    found = [
        PrintedDate(match.start(), match.end(), f"{_century(match[2])}-{int(match[1]):02d}")
        for match in _SHORT_MONTH.finditer(text)
    ]
    for match in _NAMED_SHORT.finditer(text):
        month = month_names().get(match[1].casefold())
        if month:
            found.append(PrintedDate(match.start(), match.end(), f"{_century(match[2])}-{month:02d}"))
    return sorted(found, key=lambda date: date.start)


def _short_ends(text: str) -> list[PrintedDate]:
    """Read "2015/16" and "2015–18" as two years."""
    found = _SHORT_END.search(text)
    if not found or len(find_dates(text)) > 1:
        return []
    first, joint, last = found.groups()
    if int(last) <= int(first[2:]) or (int(last) <= 12 and "–" not in joint):
        return []
    return [
        PrintedDate(found.start(1), found.end(1), first),
        PrintedDate(found.start(3), found.end(3), first[:2] + last),
    ]


def _century(two_digits: str) -> str:
    return ("20" if int(two_digits) < 50 else "19") + two_digits


def _range_at(text: str, date: PrintedDate, following: PrintedDate | None) -> Span | None:
    if following and _is_joint(text[date.end : following.start]):
        first, last = (date, following) if date.iso[:4] <= following.iso[:4] else (following, date)
        if first is date or _DASHES.fullmatch(text, date.end, following.start):  # "2019 - 2016", as in Hebrew
            behind = _UNTIL_BEHIND.match(text, following.end)  # "2020-tól 2024-ig"
            end = behind.end() if behind else following.end
            return _span(text, date.start, end, (first.iso, _last_year(text, last), False))
    edges = _open_edges(text, date)
    if edges:
        return _span(text, *edges, (date.iso, None, True))
    if _closes(text, date.start):
        return _span(text, date.start, date.end, (None, date.iso, False))
    return None


def _open_edges(text: str, date: PrintedDate) -> tuple[int, int] | None:
    """Return where a range begins and ends that lasts until now."""
    end = _present_end(text, date.end)
    start = _present_start(text, date.start)
    behind = _SINCE_BEHIND.match(text, date.end)
    if end or start is not None:
        return date.start if end or start is None else start, end or date.end
    if behind:
        return date.start, behind.end()
    is_open = _opens(text, date.start) or _is_left_open(text[date.end :])
    return (date.start, date.end) if is_open else None


def _present_start(text: str, at: int) -> int | None:
    """Return where "present – " begins, which stands before a date where the whole is read the other way round."""
    dash = _DASH_BEFORE.search(text, max(0, at - _WORDS_BEFORE), at)
    words = split_words(text[: dash.start()])[-3:] if dash else []
    for first, word in enumerate(words):
        begins = word.start == 0 or text[word.start - 1] in "\t|("
        phrase = " ".join(one.key for one in words[first:])
        if begins and phrase in _present().keys - _weak_present():
            return word.start
    return None


def _last_year(text: str, date: PrintedDate) -> str:
    """Return a date, and of an academic year ("2015/16") the year in which it ends."""
    is_academic = len(date.iso) == len("2015") and "/" in text[date.start : date.end]
    return str(int(date.iso) + 1) if is_academic else date.iso


def _single(text: str, date: PrintedDate) -> Span:
    more = _MORE_YEARS.match(text, date.end)  # "Summers 2008, 2009 and 2010"
    return _span(text, date.start, more.end() if more else date.end, (date.iso, date.iso, False), is_range=False)


def _is_joint(between: str) -> bool:
    """Tell whether what stands between two dates makes them a range."""
    words = between.strip(" \t.,()").casefold().replace("\u00a0", " ")
    if not words:
        return "\t" in between
    words = _without_times_of_year(re.sub(r"^([-–—])(?=\w)", r"\1 ", words))  # "ht 2013–vt 2015"
    return (
        bool(re.fullmatch(r"[-–—−~〜/→>]{1,2}", words))
        or words in phrases("ranges", "to")
        or words.strip("-–— ") in phrases("ranges", "to")
    )


def _without_times_of_year(text: str) -> str:
    """Leave out what stands between two dates and belongs to one of them: "– summer", "- 2. Quartal"."""
    words = split_words(text)
    noise = {at + one for at, count in _times_of_year().find(words) for one in range(count)}
    return " ".join(text[word.start : word.end] for at, word in enumerate(words) if at not in noise)


def _present_end(text: str, at: int) -> int:
    """Return the offset behind "– present" that begins here; 0: there is none."""
    joint = re.match(r"[\s.,(]*(?:[-–—−~〜→]+|[^\W\d_][^\d\s]{0,4})?\s*[(]?\s*", text[at : at + 30])
    rest = text[at : at + 60]
    for skip in {joint.end() if joint else 0, len(rest) - len(rest.lstrip(" \t-–—−~→("))}:
        count = _present().match(split_words(rest[skip:]), 0)
        if count and _is_present_joint(rest[:skip]):
            words = split_words(rest[skip:])
            if rest[:skip].strip() or " ".join(word.key for word in words[:count]) not in _weak_present():
                return at + skip + words[count - 1].end
    return 0


def _is_present_joint(joint: str) -> bool:
    bare = joint.strip(" \t.,()-–—−~〜→").casefold()
    return not bare or bare in phrases("ranges", "to")


def _opens(text: str, at: int) -> bool:
    """Tell whether "since" stands in front of a date. Words that also mean "of" must begin the line or a part of it."""
    phrase, before = _last_phrase(_SEASON.sub("", text[:at]), "since")
    return bool(phrase) and (phrase not in phrases("ranges", "begins") or not before or before[-1] in "|\t,(")


def _closes(text: str, at: int) -> bool:
    """Tell whether "until" stands in front of a date and begins the line."""
    phrase, before = _last_phrase(text[:at], "until")
    return bool(phrase) and not before


def _last_phrase(text: str, kind: str) -> tuple[str, str]:
    """Return the phrase of this kind that a text ends in, and what stands before it; empty: there is none."""
    tail = text.rstrip(" (:")[-_WORDS_BEFORE:]
    words = split_words(tail)
    for count in range(min(3, len(words)), 0, -1):
        phrase = " ".join(word.key for word in words[-count:])
        if phrase in phrases("ranges", kind):
            return phrase, tail[: words[-count].start].rstrip(" ")
    return "", ""


def _is_left_open(rest: str) -> bool:
    return bool(re.match(r" ?[-–—−~〜]{1,2} ?(?:\s*$|\.{3}|…|\)|\t)", rest))


def _span(
    text: str, start: int, end: int, dates: tuple[str | None, str | None, bool], *, is_range: bool = True
) -> Span:
    before, after = text[:start], text[end:]
    parted = before.rstrip()[-1:] in tuple("|•·([\t") or before.endswith("\t") or after.lstrip()[:1] in tuple("|•·)](")
    between_commas = before.rstrip().endswith(",") and after.lstrip().startswith((",", ". "))
    return Span(*dates, _trimmed_end(before), _trimmed_start(after), is_range, parted, between_commas)


def _trimmed_end(text: str) -> str:
    """Strip separators and words that belong to the date ("since", "Summer") from the end of what stands before it."""
    shorter = _without_date_words(text)
    while shorter != text:
        text, shorter = shorter, _without_date_words(shorter)
    return "" if is_duration(text) else text


def _without_date_words(text: str) -> str:
    bare = text.rstrip(_SEPARATORS + "([")
    words = split_words(bare)
    if _PARTING.search(text, len(bare)) or (words and _is_name(bare, words[-1])):
        return bare
    for count in range(min(3, len(words)), 0, -1):
        start = words[-count].start
        begins = start == 0 or bare[start - 1].isspace() or bare[start - 1] in _SEPARATORS + "(["
        phrase = " ".join(word.key for word in words[-count:])
        is_apart = start == 0 or bare[start - 1] in "\t|(["  # "estate 2019", but not "Real estate 2019"
        if (begins and phrase in _date_words()) or (is_apart and phrase in phrases("ranges", "seasons")):
            return bare[:start]
    return bare


def _is_name(text: str, last: Word) -> bool:
    """Tell whether the last word only looks like one of a date: a firm's legal form, or the state in "San Diego, CA"."""
    return _names_firm(text, last) or (text[: last.start].rstrip().endswith(",") and is_state(text[last.start :]))


def _names_firm(text: str, last: Word) -> bool:
    """Tell whether the last word is a legal form that is spelt like "since": "Solrosen AB"."""
    return text[last.start :].isupper() and last.start > 0 and not text.isupper() and is_legal_form(text[last.start :])


def _trimmed_start(text: str) -> str:
    text = text.lstrip(_SEPARATORS + ".)]")
    cell, tab, rest = text.partition("\t")
    if tab and cell.strip() in phrases("ranges", "noise"):
        text = rest.lstrip(_SEPARATORS)  # "2015 sommar"
    found = _DURATION.match(text)
    if found and found["unit"].casefold() in phrases("ranges", "units"):
        text = text[found.end() :].lstrip(_SEPARATORS + ")]")
    return text


def is_duration(text: str) -> bool:
    """Tell whether a text is but a length of time: "(2 years 3 months)"."""
    found = _DURATION.fullmatch(text.strip()[:60])
    return found is not None and found["unit"].casefold() in phrases("ranges", "units")


@functools.cache
def _date_words() -> Phrases:
    lists = word_list("ranges")
    return Phrases.of([*lists["since"], *lists["until"], *lists["noise"]])


@functools.cache
def _times_of_year() -> Phrases:
    return Phrases.of([*word_list("ranges")["noise"], *word_list("ranges")["seasons"]])


@functools.cache
def _joining_words() -> Phrases:
    lists = word_list("ranges")
    return Phrases.of([*lists["since"], *lists["until"], *lists["to"]])


@functools.cache
def _present() -> Phrases:
    return Phrases.of([*present_words(), *word_list("ranges")["present"]])


@functools.cache
def _weak_present() -> frozenset[str]:
    """Words that mean "until now" only behind a dash or "to"."""
    short = [word for word in present_words() if len(word) <= 3 and word < _FIRST_UNSPACED]
    return Phrases.of([*short, *word_list("ranges")["present"]]).keys
