"""The dates of a business document: its own, and others with their labels.

Promise: only full dates as printed; the document's own date is one that says so, stands alone, or is the only one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.inference.offline.address import ends_in_town
from pipeline.inference.offline.kinds import title_line
from pipeline.inference.offline.lines import Line, has_long_word, is_sentence
from pipeline.inference.offline.words import Word, any_of, phrases, split_words
from pipeline.schemas.dates import PrintedDate, find_dates, month_comes_first

_MOST = 100
_LONGEST_LABEL, _LONGEST_DATE_LINE, _LONGEST_LINE = 50, 60, 800
_LONGEST_SENTENCE = 120
"""Characters of one that leads to the day until which it is to be paid."""
_LONGEST_BEFORE = 80
"""Characters in front of a date in which a contract says that it was made then."""
_HEAD_LINES, _FOOT_LINES, _SEARCHED_LINES = 30, 8, 2_000
_MOST_OF_TOWN, _FEWEST_OF_SENTENCE, _MOST_OF_LABEL = 5, 5, 4
"""Words of "Vila Real de Santo António", of a sentence that a line breaks off, and of a label."""
_OTHERS = ("foreign_date", "due", "start")
_MADE_IN_SENTENCES = ("contract", "certificate")
"""Kinds of documents that say in a sentence when they were made."""
_WHOLE = 10  # characters of a full ISO date
_BEHIND_TOWN = re.compile(rf"(?:,|\s(?:{any_of('ranges', 'behind_town')})|,\s(?:{any_of('ranges', 'behind_comma')}))$")
_ZIP = re.compile(rf",\s(?:{any_of('addresses', 'american_states')})\s\d{{5}}(?!\d)")
_STATE = re.compile(rf",\s(?:{any_of('addresses', 'american_states')})$", re.MULTILINE)
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}|[\u2e80-\u9fff\uac00-\ud7af]")
_NUMBERED = re.compile(r"\s\S*\d{3,}$")
"""What the date beside "TICKET 00451" is the date of, it does not say."""
_OTHER_MONEY = re.compile("[€£]")
_END_OF_SENTENCE = re.compile(r"[^\W\d_]{4,}\.\s")  # "Term. This agreement ends on", not "St. Gallen, on"


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and the words before it."""

    kind: str | None
    """date, due, start, foreign_date or other_date; None: another label."""
    label: str
    iso: str


def labelled_dates(lines: list[Line], *, american: bool) -> list[Moment]:
    """Return the dates that stand behind a label, or under one. `american`: see month_leads."""
    found: list[Moment] = []
    above = ""
    for line in lines[:_SEARCHED_LINES]:
        found += [Moment(_kind(label), label, iso) for label, iso in _with_labels(line.text, above, american)]
        above = line.text
    return found[:_MOST]


def month_leads(lines: list[Line]) -> bool:
    """Tell whether dates have the month first: other dates of the document tell, else addresses in the United States."""
    text = "\n".join(line.text for line in lines[:_SEARCHED_LINES])
    told = month_comes_first(text)
    is_there = _ZIP.search(text) or ("$" in text and _STATE.search(text))
    return bool(is_there and not _OTHER_MONEY.search(text)) if told is None else told


def _with_labels(text: str, above: str, american: bool) -> Iterator[tuple[str, str]]:
    end = 0
    heads, cells = above.split("\t"), text.split("\t")
    for date in _full_dates(text, american):
        label = text[end : date.start].rpartition(". ")[2].strip(" \t,;|•·(").rpartition("\t")[2]
        end = date.end
        if not _kind(label.rstrip(": \t")) and (
            head := _head(heads, cells, text[: date.start].count("\t"), text[date.start : date.end])
        ):
            label = head
        bare = label.rstrip(": \t")
        is_row = text.count("\t") == 1 and text[: date.start].endswith("\t")
        is_label = label != bare or (is_row and not _NUMBERED.search(bare)) or _kind(bare)
        longest = _LONGEST_SENTENCE if _is_deadline(split_words(bare)) else _LONGEST_LABEL
        if _TWO_LETTERS.search(bare) and len(bare) <= longest and is_label:
            yield bare, date.iso


def _head(heads: list[str], cells: list[str], column: int, date: str) -> str | None:
    """Return the label that stands above a date: above its cell or, where cells are empty, the only one for the only date.

    Below "Date" among other heads stand the days of what is charged.
    """
    if cells[column].strip(" .") != date:
        return None
    if len(heads) == len(cells):
        kinds = [heads[column]]
    else:
        kinds = [head for head in heads if _kind(head.rstrip(": "))]
        dates = [cell for cell in cells if _date_line(cell, american=False)]
        kinds = kinds if len(kinds) == len(dates) == 1 and len(cells) < len(heads) else []
    days = phrases("business", "columns", "date")
    return next((head for head in kinds if _kind(head.rstrip(": ")) and (len(heads) == 1 or head not in days)), None)


def _full_dates(text: str, american: bool) -> list[PrintedDate]:
    if len(text) > _LONGEST_LINE:
        text = text[:_LONGEST_LINE].rpartition(" ")[0]  # a paragraph, which begins with "This agreement of ..."
    if not re.search(r"\d{2}", text) or has_long_word(text):
        return []
    dates = [date for date in find_dates(text) if len(date.iso) == _WHOLE]
    return [replace(date, iso=date.american or date.iso) for date in dates] if american else dates


def _kind(label: str) -> str | None:
    """Return what a label names: the words right before the date count, as in "employment starts on"."""
    words = split_words(label)
    while words and words[-1].key in phrases("business", "weekdays"):
        words.pop()
    if _is_deadline(words):
        return "due"
    for kind in ("foreign_date", "due", "start", "other_date", "date"):
        known = phrases("business", "labels", kind)
        counts = (count for count in range(min(4, len(words)), 0, -1) if known.match(words[-count:], 0) == count)
        if any(count == len(words) or not _is_small(words[-count:]) for count in counts):
            return kind
    return None


def _is_deadline(words: list[Word]) -> bool:
    """Tell whether words lead to the day until which all is to be paid: "Bitte überweisen Sie bis zum"; a discount ends earlier."""
    known = phrases("business", "labels", "until")
    count = next((count for count in range(min(3, len(words)), 0, -1) if known.match(words[-count:], 0) == count), 0)
    paying, less = phrases("business", "amounts", "paying"), phrases("business", "amounts", "early")
    return bool(count) and paying.any_in(words[:-count]) and not less.any_in(words)


def _is_small(words: list[Word]) -> bool:
    """Tell whether a label may stand in front of any date: "born on den", "prend effet le" name no date of a document."""
    return " ".join(word.key for word in words) in phrases("business", "small_date_labels")


def document_date(kind: str, lines: list[Line], dates: list[Moment], *, american: bool) -> str | None:
    """Return the date of the document itself. `dates`: those with a label."""
    labels = [one for one in dates if one.kind == "date"]
    named = next((one.iso for one in labels if len(one.label.split()) <= _MOST_OF_LABEL), None)
    within = next((one.iso for one in labels), None)  # a sentence: "our invoice 4711 of the date ..." is another paper
    if kind in ("contract", "certificate"):
        named = next(_concluded(lines, american), None) or named
    edges = [*lines[:_HEAD_LINES], *lines[-_FOOT_LINES:]]
    towns = [cell for line in edges for cell in line.text.split("\t") if ends_in_town(cell)]
    counts = Counter(line.text for line in lines)  # what stands on each page says when it was printed or filed
    edges = [line for line in edges if counts[line.text] == 1 or ":" not in line.text]
    lone = (
        _date_line(cell, american, towns)
        for before, line in pairwise([Line(""), *edges])
        if not _goes_on(before, line)
        for cell in [line.text, *_signed(line.text)]
    )
    alone = next(filter(None, lone), None)
    titled = next((date.iso for date in _full_dates(title_line(kind, lines) or "", american)), None)
    other = next((one.iso for one in dates if one.kind == "other_date"), None) if kind == "other" else None
    if named or alone or titled or within or other:
        return named or alone or titled or within or other
    searched = (line.text for line in lines[:_SEARCHED_LINES] if counts[line.text] == 1)
    told = (text for text in searched if kind in _MADE_IN_SENTENCES or not _tells(text))
    every = [date.iso for text in told for date in _full_dates(text, american) if not _is_earlier(text, date)]
    # A contract without a date of its own is filed under the first it names, the day it begins.
    is_only = len(set(every)) == 1 or (kind == "contract" and every)
    is_anothers = kind == "job_ad" or any(one.iso == every[0] and _is_anothers(one, kind) for one in dates if every)
    return every[0] if is_only and not is_anothers else None


def _signed(text: str) -> list[str]:
    """Return the cells of a line that begin with no date: town and day stand beside a signature, a day alone beside its label."""
    cells = text.split("\t")
    return [cell for cell in cells if not any(date.start == 0 for date in find_dates(cell))] if len(cells) > 1 else []


def _tells(text: str) -> bool:
    """Tell whether a line is a sentence, which tells of another day than its own: "I paid £329.00 on 21 June 2026."."""
    return is_sentence(text) and len(text.split()) >= _FEWEST_OF_SENTENCE


def _goes_on(before: Line, line: Line) -> bool:
    """Tell whether a line is the rest of a sentence that the line above broke off: "has worked here since / 1 May 2012."."""
    words = before.text.split()
    is_open = len(words) >= _FEWEST_OF_SENTENCE and words[-1][-1:].islower()
    return is_open and line.text.endswith(".") and line.text[:1].isdigit() and not line.gap


def _is_anothers(moment: Moment, kind: str) -> bool:
    return moment.kind in ("due", "foreign_date") or (moment.kind == "start" and kind != "contract")


def _concluded(lines: list[Line], american: bool) -> Iterator[str]:
    """Yield the dates on which a contract or certificate says it was made: "entered into as of 9 March 2026", "te Naaldwijk op ..."."""
    known = phrases("business", "labels", "concluded")
    for line in [*lines[:_HEAD_LINES], *lines[-_FOOT_LINES:]]:
        for date in _full_dates(line.text, american):
            if known.any_in(_words_before(line.text, date)) and not _is_earlier(line.text, date):
                yield date.iso


def _words_before(text: str, date: PrintedDate) -> list[Word]:
    return split_words(text[max(0, date.start - _LONGEST_BEFORE) : date.start])


def _is_earlier(text: str, date: PrintedDate) -> bool:
    """Tell whether a date is that of another paper: "have previously entered into the Agreement dated January 22, 2007"."""
    return phrases("business", "labels", "earlier").any_in(_words_before(text, date))


def is_date_line(text: str) -> bool:
    """Tell whether a line is a date and at most a town before it."""
    return _date_line(text, american=False) is not None


def _date_line(text: str, american: bool, towns: Sequence[str] = ()) -> str | None:
    """Return the date of a line that is a date and at most a town before it: "Köln, den 03.02.2026".

    `towns`: lines of addresses; the town that one ends in needs no comma ("Göteborg 2026-01-26").
    """
    found = _full_dates(text, american) if len(text) <= _LONGEST_DATE_LINE else []
    if len(found) != 1 or text[found[0].end :].strip(" .,rг"):
        return None
    before = text[: found[0].start].strip()
    label, colon, town = before.rpartition(": ")
    if colon and _kind(label) == "date":  # "Ort und Datum: Köln, den"
        before = town.strip()
    if _kind(before) in _OTHERS:  # "Imprimé le"
        return None
    is_known = before[:1].isupper() and any(line.endswith(f" {before}") for line in towns)
    return found[0].iso if not before or is_known or _is_town(before) else None


def _is_town(before: str) -> bool:
    """Tell whether what stands before a date is a town, as letters begin and end: "Köln, den", not "This ends on"."""
    behind = _BEHIND_TOWN.search(before)
    words = before[: behind.start()].split() if behind else []
    return 0 < len(words) <= _MOST_OF_TOWN and not words[-1][0].islower() and not _END_OF_SENTENCE.search(before)
