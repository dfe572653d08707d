"""What a business document is called: its subject, the job it offers, or its title.

Promise: a line as printed, or what stands behind "Subject:"; never a letterhead where the document has a title.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from pipeline.inference.offline.address import ends_in_town, is_street
from pipeline.inference.offline.business.mailing import addressed_names, signature
from pipeline.inference.offline.business.moments import is_date_line
from pipeline.inference.offline.kinds import TITLE_CASE, is_dated, is_numbered_label, title_line
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.scores import has_legal_form
from pipeline.inference.offline.words import phrases, split_words

_HEAD_LINES, _SEARCHED_LINES, _LETTERHEAD_LINES = 20, 60, 4
_LONGEST_TITLE, _LONGEST_SALUTATION = 90, 70
_MOST_WORDS_OF_OFFER, _MOST_WORDS_OF_TOWN = 9, 4
_MOST_WORDS_OF_SALUTATION = 5
_HEAD_SHARE = 0.6
"""Of the length of a line of running text, the most that a heading above it has."""
_THREE_LETTERS = re.compile(r"[^\W\d_]{3}")
"""What names a matter: "Ref: 4711" does not."""
_JOB_LINE = re.compile(r"\((?:m|w|f|d|h|x|k|v)(?:\s?[/|]\s?(?:m|w|f|d|h|x|k|v|div))+\)", re.IGNORECASE)
_THIS = re.compile(rf"\bT(?:his|HIS) ((?:{TITLE_CASE.pattern}))")
_NO_SUBJECT = re.compile(r"@|:\s|:$|^\D{0,12}\d(?:[\s./-]?\d){6}")
"""An address, a label or a long number that no words lead to."""


def find_title(kind: str, lines: list[Line], parties: Sequence[str] = ()) -> str | None:
    """Return the title as printed: a subject line, the job offered, a line titled like its kind, or the first line."""
    title = _title(kind, lines, parties)
    return title.replace("\t", " ") if title else None


def _title(kind: str, lines: list[Line], parties: Sequence[str]) -> str | None:
    head = [line.text for line in lines[:_HEAD_LINES]]
    subject = next(filter(None, map(_subject, head)), None)
    named = title_line(kind, lines)
    titled = (_subject(named) or named) if named and not is_dated(named) else None
    if kind == "job_ad":
        offer = next(itertools.chain(filter(_JOB_LINE.search, head), filter(offers_job, head)), None)
        return subject or offer or titled or _first_title([text for text in head if text not in parties])
    if kind == "other":
        names = frozenset(addressed_names(lines))
        about = next((text for text in _set_off(lines) if text not in names), None)
        is_number = named is not None and is_numbered_label(named)
        return (
            (None if is_number else titled)
            or subject
            or about
            or titled
            or (None if signature(lines) else _first_title(head))
        )
    if kind == "contract":  # what it calls its subject is what it is about: "Předmět: osobní automobil"
        return titled or subject or next(_called_itself(lines), None)
    by_salutation = next(_by_salutation(lines), None) if kind in ("cover_letter", "invoice") else None
    return subject or titled or by_salutation


def _called_itself(lines: list[Line]) -> Iterator[str]:
    """Yield what a contract without a title of its own line calls itself: 'This Marketing Agreement (this "Agreement") ...'."""
    for line in lines[:_HEAD_LINES]:
        for found in _THIS.finditer(line.text):
            if found[1].rpartition(" ")[2] in phrases("business", "titles", "contract"):
                yield found[1]


def _subject(text: str) -> str | None:
    """Return what stands behind "Subject:"."""
    end = phrases("business", "labels", "subject").prefix(text)
    is_label = end and text[end:].lstrip()[:1] == ":"
    return text[end:].strip(" :\t") if is_label and _THREE_LETTERS.search(text, end) else None


def offers_job(text: str) -> bool:
    """Tell whether a line such as "HGV driver wanted" offers a job; "Your responsibilities" is a heading in the offer."""
    if _JOB_LINE.search(text):
        return True
    words = split_words(text)
    cues = list(phrases("business", "cues", "job_ad").find(words))
    is_more = bool(cues) and sum(count for _, count in cues) < len(words)
    is_short = 2 <= len(words) <= _MOST_WORDS_OF_OFFER and not is_sentence(text) and not text.endswith(":")
    return is_more and is_short and "@" not in text


def _first_title(head: list[str]) -> str | None:
    first = next((text for text in head if not is_date_line(text)), "")
    is_other = is_sentence(first) or "@" in first or phrases("business", "salutations").prefix(first)
    return first if 3 <= len(first) <= _LONGEST_TITLE and not is_other else None


def _set_off(lines: list[Line]) -> Iterator[str]:
    """Yield what a letter is about: the line of its own beside the salutation, or behind the date."""
    yield from _by_salutation(lines)
    letterhead = [line.text for line in lines[:_LETTERHEAD_LINES]]
    if any(map(ends_in_town, letterhead)) or has_legal_form("".join(letterhead[:1])):
        for line, after, below in zip(lines, lines[1:], lines[2:_SEARCHED_LINES], strict=False):
            is_alone = after.gap and below.gap  # of several lines the first is the name above an address
            if is_date_line(line.text) and is_alone and _may_be_subject(after.text):
                yield after.text


def _by_salutation(lines: list[Line]) -> Iterator[str]:
    """Yield the line of its own above "Dear Ms Hall,", or the one below it."""
    has_gaps = any(line.gap for line in lines)  # of a page's blank lines no reader of PDFs tells
    for at, line in enumerate(lines[:_SEARCHED_LINES]):
        below = lines[at + 1 : at + 3]
        is_alone = below[0].gap if below and has_gaps else line.text in phrases("business", "salutations")
        if not _is_salutation(line.text, is_alone=is_alone):
            continue
        if at and (lines[at - 1].gap or (at > 1 and _ends_block(lines[at - 2].text))):
            yield from filter(_may_be_subject, [lines[at - 1].text])
        if len(below) == 2 and (all(line.gap for line in below) if has_gaps else _is_head_of(*below)):
            yield from (text for text in [below[0].text] if text.istitle() or _may_be_subject(text))
        return


def _is_head_of(line: Line, below: Line) -> bool:
    """Tell whether a line heads the paragraph below it: that one begins anew, and is much longer."""
    return below.text[:1].isupper() and len(line.text) < _HEAD_SHARE * len(below.text)


def _is_salutation(text: str, *, is_alone: bool) -> bool:
    end = phrases("business", "salutations").prefix(text)
    is_to_person = len(text.split()) <= _MOST_WORDS_OF_SALUTATION and _is_addressed(text[end:].lstrip())
    is_marked = text.endswith((",", "!", ":")) or is_alone or is_to_person  # the British leave the comma out
    return len(text) <= _LONGEST_SALUTATION and is_marked and end > 0


def _is_addressed(text: str) -> bool:
    """Tell whether a text begins with how a person is addressed: it is whom a letter is to, "Mr Osei"."""
    return phrases("business", "address_forms").prefix(text) > 0


def _ends_block(text: str) -> bool:
    return (ends_in_town(text) and len(text.split()) <= _MOST_WORDS_OF_TOWN) or is_date_line(text)


def _may_be_subject(text: str) -> bool:
    has_words = len(text.split()) >= 2 and len(text) <= _LONGEST_TITLE and _THREE_LETTERS.search(text)
    is_other = _NO_SUBJECT.search(text) or "\t" in text or _ends_block(text) or is_street(text) or _is_addressed(text)
    return bool(has_words and not is_other and not text.endswith((".", ",", ";", "!")) and text[0].isupper())
