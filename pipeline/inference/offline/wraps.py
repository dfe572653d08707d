"""Lines that a narrow column broke, put together again.

Promise: two lines become one only where the first shows that it goes on: a range of dates without its end, a comma, a
dash, an open bracket. Joining never crosses a list item, and makes no line without bound.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pipeline.inference.offline.address import looks_capitalised
from pipeline.inference.offline.lines import MAX_LINE, Line, has_long_word
from pipeline.inference.offline.scores import is_legal_form, school
from pipeline.inference.offline.words import any_of, phrases
from pipeline.schemas.dates import OF_WORDS, find_dates, is_present, month_names, present_words

_TAIL = 40  # characters at a line's end that are looked at
_OPEN_RANGE = re.compile(
    rf"(?:[-–—−~〜]|\s(?:{any_of('ranges', 'to')}))\s*(?P<month>[^\W\d_]{{2,}}\.?)?$", re.IGNORECASE
)
_BESIDE_JOINT = re.compile(r"\s*[-–—]\s+(?=[^\W\d_])")
_OPEN_WORD = re.compile(rf"\s(?:{any_of('labels', 'open_words')})$")
_DASHES = re.compile(r"\s*[-–—]\s*")
_DASH_AND_WORD = re.compile(r"\d\s*[-–—]\s*\S+$")
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_YEAR_AT_END, _YEAR_SIGN = re.compile(r"[-–—~～至]\s*(?:19|20)\d\d$"), re.compile(r"[年년]\s?\d{1,2}\s?[月월]")
_OF_ENTRIES = ("employer", "position", "institution", "degree")
_FROM_TO = 2  # years
_LONGEST_NAME = 3  # words
_OPEN_MARKS = (",", "–", "—", " -", "&", "(", "/")


def joined_dates(lines: list[Line]) -> list[Line]:
    """Join "11/2007 – Feb" and "2012", "Sept." and "2019 – today", "May", "2020 –", "Apr" and "2022"."""
    joined: list[Line] = []
    for line in _with_years(_with_months(lines)):
        if joined and (cells := _with_cell(joined[-1].text, line.text)):
            joined[-1], rest = replace(joined[-1], text=cells[0]), cells[1]
            joined += [replace(line, text=rest)] if rest else []
        elif joined and _fit(joined[-1], line) and _is_cut(joined[-1].text) and _goes_on(joined[-1].text, line.text):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        elif joined and (whole := _with_end(joined[-1].text, line.text)):
            joined[-1] = replace(joined[-1], text=whole)
        elif joined and _fit(joined[-1], line) and _ends_within_present(joined[-1].text, line.text):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        elif joined and line.bullet and _is_date(line.text) and _ends_in_date(joined[-1].text[-_TAIL:]):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} – {line.text}")  # its dash began the line
        elif joined and _YEAR_AT_END.search(joined[-1].text) and _YEAR_SIGN.match(line.text):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text}{line.text}")
        elif joined and _fit(joined[-1], line) and is_present(line.text) and _ends_in_date(joined[-1].text):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} – {line.text}")
        else:
            joined.append(line)
    return joined


def _with_months(lines: list[Line]) -> Iterator[Line]:
    """Close the wide blank of a justified column between a month and its year: "september<tab>2012 – julio"."""
    for line in lines:
        month, _, rest = line.text.partition("\t")
        is_date = rest and _is_month(month) and _YEAR.match(rest)
        yield replace(line, text=f"{month} {rest}") if is_date else line


def _with_years(lines: Iterable[Line]) -> list[Line]:
    """Join the two years that a narrow column sets below each other, "2004" and "2008"; a third makes them a list."""
    found: list[Line] = []
    for is_year, run in itertools.groupby(lines, key=lambda line: bool(_YEAR.fullmatch(line.text))):
        own = list(run)
        is_range = is_year and len(own) == _FROM_TO and own[0].text <= own[1].text and not own[1].gap
        found += [replace(own[0], text=f"{own[0].text} – {own[1].text}")] if is_range else own
    return found


def _fit(above: Line, line: Line) -> bool:
    """Tell whether two lines make one of bounded length: without bound, joining and reading it would be quadratic."""
    return len(above.text) + len(line.text) < MAX_LINE


def _with_cell(above: str, text: str) -> tuple[str, str] | None:
    """Close a range that a narrow cell broke: "2014 à juil.<tab>Cook" and "2016<tab>Hotel Meridian" are "2014 à juil. 2016<tab>Cook" and the rest."""
    (begun, _, beside), (end, _, rest) = above.partition("\t"), text.partition("\t")
    dates = find_dates(end[:_TAIL]) if beside else []
    is_end = is_present(end) or (len(dates) == 1 and (dates[0].start, dates[0].end) == (0, len(end)))
    return (f"{begun} {end}\t{beside}", rest) if beside and is_end and _is_cut(begun) and _goes_on(begun, end) else None


def _with_end(above: str, text: str) -> str | None:
    """Return "05/2018 – oggi" and what stands beside it, of a cell whose end slipped to the line below: "05/2018 – Cook" and "oggi".

    A date below may be that of the next entry.
    """
    if has_long_word(above) or not is_present(text):
        return None
    dates = find_dates(above)
    joint = _BESIDE_JOINT.match(above, dates[0].end) if len(dates) == 1 and dates[0].start == 0 else None
    if joint is None or is_present(re.split(r"[\t ]", above[joint.end() :], maxsplit=1)[0]):
        return None
    return f"{above[: joint.end()].rstrip()} {text}\t{above[joint.end() :]}"


def _ends_within_present(above: str, text: str) -> bool:
    """Tell whether a range ends in two lines: "2018 – alla data" and "attuale"."""
    begun = _DASHES.split(above[-_TAIL:])[-1]
    return " " not in text and begun != above and not is_present(begun) and is_present(f"{begun} {text}")


def _is_cut(text: str) -> bool:
    """Tell whether a line ends within a range of dates."""
    if _is_month(text):
        return True
    if not re.search(r"\d\d", text) or has_long_word(text):
        return False
    found = _OPEN_RANGE.search(text[-_TAIL:])
    if found:
        word = found["month"]
        return not word or _is_month(word) or word in phrases("ranges", "to")
    return _is_month(text.rsplit(maxsplit=1)[-1]) and bool(_DASH_AND_WORD.search(text[-_TAIL:]))


def _is_date(text: str) -> bool:
    """Tell whether a line is but a date, with a full stop at most."""
    dates = find_dates(text[:_TAIL])
    return len(dates) == 1 and dates[0].start == 0 and dates[0].end == len(text.removesuffix("."))


def _ends_in_date(text: str) -> bool:
    """Tell whether a line ends in a date that no other date comes before."""
    dates = [] if has_long_word(text) else find_dates(text)
    return len(dates) == 1 and dates[0].end == len(text)


def _is_month(text: str) -> bool:
    """Tell whether a text is but a month, "since" before it and "of" behind it left aside: "Depuis mars", "mayo de"."""
    words = text[:_TAIL].casefold().split()
    if len(words) > 1 and words[-1] in OF_WORDS:
        words = words[:-1]
    before = " ".join(words[:-1])
    is_alone = not before or before in phrases("ranges", "since") or before in phrases("ranges", "noise")
    return bool(words) and is_alone and words[-1].strip(".,") in month_names()


def _goes_on(above: str, text: str) -> bool:
    """Tell whether a line begins with the rest of the range above."""
    start = text[:_TAIL].strip()
    if _YEAR.match(start) or (is_present(start) and not _is_month(above)):
        return True
    if _is_month(start):  # of the end: "May", "2020 –", "Apr", "2022"
        return bool(_OPEN_RANGE.search(above[-_TAIL:].rstrip()))
    dates = [] if has_long_word(start) else find_dates(start)
    if dates and dates[0].start == 0:
        return bool(_OPEN_RANGE.search(above[-_TAIL:].rstrip()))
    folded = start.casefold()
    word = next((word for word in present_words() if len(word) > 2 and folded.startswith(word)), "")
    return bool(word) and not folded[len(word) :][:1].isalpha()


def joined_open(lines: Iterable[Line], is_open: Callable[[Line], bool] | None = None) -> list[Line]:
    """Join a line that ends in a comma, a dash or an open bracket, or that `is_open`, with the one below."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1] if joined else None
        if above and not line.bullet and _fit(above, line) and (is_open(above) if is_open else _is_open(above.text)):
            joined[-1] = replace(above, text=f"{above.text} {line.text}")
        else:
            joined.append(line)
    return joined


def joined_labels(lines: Iterable[Line]) -> list[Line]:
    """Put a label that a narrow column broke in front of its value: "Title of qualification", "awarded", "BSc Physics"."""
    joined: list[Line] = []
    for line in lines:
        label = " ".join(above.text for above in joined[-2:])
        if len(joined) > 1 and any(label in phrases("labels", kind) for kind in _OF_ENTRIES):
            joined[-2:] = [replace(joined[-2], text=f"{label}\t{line.text}")]
        else:
            joined.append(line)
    return joined


def joined_headings(lines: Iterable[Line]) -> list[Line]:
    """Join a heading that is too long for its column: it ends in a comma or in "of", and is no list item."""

    def is_open(line: Line) -> bool:
        runs_on = line.text.endswith(",") or ("\t" not in line.text and ends_openly(line.text))
        return runs_on and not line.bullet

    return joined_open(lines, is_open)


def joined_names(lines: Iterable[Line]) -> list[Line]:
    """Join a name that a narrow column broke before what cannot begin one: "Mühlviertler Straßenbau" and "GmbH, Linz"."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1] if joined else None
        if above and not (line.bullet or line.gap) and _fit(above, line) and _ends_name(above.text, line.text):
            joined[-1] = replace(above, text=f"{above.text} {line.text}")
        else:
            joined.append(line)
    return joined


def _ends_name(above: str, text: str) -> bool:
    """Tell whether a line begins with a bare legal form, or a bare word for a school below a name behind a comma."""
    words, last = text.split(",", maxsplit=1)[0].split(), re.split(r"[,\t]|\s[–—-]\s", above)[-1].split()
    if len(words) != 1 or not last or above[-1:] in ".,;:" or not last[-1][0].isupper():
        return False  # "ТОВ «Веселка»" begins with its form
    if is_legal_form(words[0]):
        return not is_legal_form(last[-1])
    is_name = len(last) < len(above.split()) and len(last) <= _LONGEST_NAME and looks_capitalised(" ".join(last))
    return is_name and words[0] in phrases("organisations", "schools", "words") and not school(" ".join(last))


def ends_openly(text: str) -> bool:
    """Tell whether a text ends in a word that another must follow: "Assistant de"."""
    return bool(_OPEN_WORD.search(text[-_TAIL:]))


def _is_open(text: str) -> bool:
    return text.endswith(_OPEN_MARKS) or text.count("(") > text.count(")")
