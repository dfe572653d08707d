"""What kind of document this is.

Promise: one of the kinds of the schemas; a document that shows no sign of any kind is "other", not a guess.
"""

from __future__ import annotations

import functools
import itertools
import re

from pipeline.inference.offline.cv.sections import find_headings
from pipeline.inference.offline.heading_words import Heading
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import Phrases, letters_only, phrases, split_words, word_list
from pipeline.schemas.dates import find_dates

CV = "cv"
OTHER = "other"
_TITLE_LINES = 20
_TITLED_IN_CELLS = ("invoice", "other")
_ORDINAL = re.compile(r"^\d{1,2}\.\s+(?=[^\W\d_])")
"""In front of "Abschlagsrechnung"."""
_YEAR_WORD = re.compile(r"(?<=\d)\s[грr]\.$")
"""Behind a year in Russian, Ukrainian and Polish."""
_FIRST_LINES = 4
TITLE_CASE = re.compile(r"(?:[A-Z][\w-]+|(?:of|for|and|the|to|in)\b)(?: (?:[A-Z][\w-]+|(?:of|for|and|the|to|in)\b))+")
"""As titles are written in English: "Personal Loan Agreement"."""
_LONGEST_TITLE, _SHORTEST_HEAD = 70, 3
_SEARCHED_LINES, _SEARCHED_CHARACTERS = 400, 400
_TITLE_WEIGHT, _MOST_CUES = 4, 6
_ENOUGH = 3
_ENOUGH_FOR_CV, _FEWEST_PARTS = 6, 2
_CV_SECTIONS = frozenset(
    {"work", "education", "skills", "languages", "certificates", "licences", "hobbies", "references"}
)


def kind_of_document(lines: list[Line], *, expected_cv: bool = False) -> str:
    """Return the kind of a document. Where a CV is expected, only a clear sign of another kind says otherwise."""
    cv = _cv_points(lines, find_headings(lines[:_SEARCHED_LINES]))
    points = {kind: _points(kind, lines) for kind in word_list("business")["titles"]}
    kind, most = max(points.items(), key=lambda item: item[1])
    head = lines[:_SEARCHED_LINES]
    if kind == "invoice" and title_line(OTHER, head) and not title_line(kind, head):
        # An order confirmation has all the words of an invoice but the one above them.
        kind, most = OTHER, points[OTHER]
    if expected_cv:
        return kind if most >= _TITLE_WEIGHT + 1 and cv < _ENOUGH_FOR_CV else CV
    # It asks for skills, languages and education as a CV names them.
    is_offer = kind == "job_ad" and (most > _TITLE_WEIGHT or _has_parts_of_offer(lines))
    is_deed = kind == "contract" and any(
        line.text in phrases("business", "titles", kind) for line in lines[:_FIRST_LINES]
    )
    if cv >= _ENOUGH_FOR_CV and cv >= most and not (is_offer or is_deed):
        return CV
    return kind if most >= _ENOUGH else OTHER


def _has_parts_of_offer(lines: list[Line]) -> bool:
    """Tell whether lines stand by themselves that head the parts of a job offer: "Your profile", "What we offer"."""
    texts = {line.text.strip(" :").casefold() for line in lines[:_SEARCHED_LINES]}
    return sum(text in phrases("business", "cues", "job_ad") for text in texts) >= _FEWEST_PARTS


def _cv_points(lines: list[Line], headings: dict[int, Heading]) -> int:
    kinds = {heading.kind for heading in headings.values()} & _CV_SECTIONS
    titles = {letters_only(title) for title in word_list("headings")["title"]}
    is_titled = any(letters_only(line.text) in titles for line in lines[:4] if len(line.text) < _LONGEST_TITLE)
    return 2 * len(kinds) + 4 * is_titled


def _points(kind: str, lines: list[Line]) -> int:
    searched = lines[:_SEARCHED_LINES]
    title = title_line(kind, searched)
    cues = phrases("business", "cues", kind)
    found = {words for line in searched for words in _found(cues, line.text[:_SEARCHED_CHARACTERS])}
    return (_TITLE_WEIGHT if title else 0) + min(_MOST_CUES, len(found))


def _found(cues: Phrases, text: str) -> list[str]:
    words = split_words(text)
    return [" ".join(word.key for word in words[at : at + count]) for at, count in cues.find(words)]


def title_line(kind: str, lines: list[Line]) -> str | None:
    """Return the line among the first ones that is titled as documents of this kind are."""
    known = phrases("business", "titles", kind)
    head = [line.text for line in lines[:_TITLE_LINES]]
    titled = [text for text in head if _begins_with_title(kind, text)]
    titles = sorted((text for text in titled if not is_dated(text)), key=is_numbered_label)
    if kind == OTHER:  # "Delivery note" may stand below "Order of 04.05.2026"
        titles.sort(key=lambda text: text not in known)
    capitals = (text for text in head if text.isupper() and _ends_in(known, text))
    in_title_case = (text for text in head[:_FIRST_LINES] if TITLE_CASE.fullmatch(text) and _ends_in(known, text))
    cell = _titled_cell(head, known) if kind in _TITLED_IN_CELLS else None
    return next(itertools.chain(titles, capitals, filter(None, [cell]), in_title_case, titled), None)


def is_numbered_label(text: str) -> bool:
    """Tell whether a line is the label of a number and its value: "Invoice No.: 4711" may stand above "Credit note"."""
    label, colon, _ = text.partition(":")
    return bool(colon) and any(label in phrases("business", "labels", kind) for kind in ("number", "other_number"))


def _begins_with_title(kind: str, line: str) -> bool:
    # The subject of an application names the vacancy that it is for.
    text = _ORDINAL.sub("", line if kind == "job_ad" else _behind_subject(line))
    end = phrases("business", "titles", kind).prefix(text)
    if end and end < phrases("business", "titles").prefix(text):  # "Recibo de vencimento" is no "Recibo"
        return False
    end = end or _compound(kind, text)
    return bool(end) and not _is_name(text, end) and len(line) <= _LONGEST_TITLE and _is_title(text, end)


def _behind_subject(line: str) -> str:
    """Return what stands behind "Subject:", as most letters name there what they are."""
    label, colon, subject = line.partition(":")
    is_label = bool(colon) and label in phrases("business", "labels", "subject")
    return subject[:1].upper() + subject[1:] if is_label and (subject := subject.strip()) else line


def begins_like_title(text: str) -> bool:
    """Tell whether a text begins like the title of a document of any kind, and not like "Bill Turner"."""
    end = phrases("business", "titles").prefix(text)
    return end > 0 and not _is_name(text, end)


def _is_name(text: str, end: int) -> bool:
    """Tell whether the word for a title is a first name here, as a word with a capital follows it."""
    is_other = text[end:].lstrip()[:1].isupper() and not text.isupper()
    return is_other and text[:end] in phrases("business", "also_names")


def is_titled(text: str) -> bool:
    """Tell whether a text is the title of a document of any kind, and so no name."""
    return text in phrases("business", "titles")


def is_dated(text: str) -> bool:
    """Tell whether a line is but a date behind its label, which begins like a title: "Contract date: 12.01.2026"."""
    dates = find_dates(text[: 2 * _LONGEST_TITLE])
    label = text[: dates[0].start].rstrip() if dates else ""
    return label.endswith(":") or any(label in phrases("business", "labels", kind) for kind in ("date", "due"))


def _compound(kind: str, text: str) -> int:
    """Return the end of one of the first two words when it is a compound that names this kind: "Untermietvertrag".

    "Opzegging onderhoudscontract" is what its first word says.
    """
    if phrases("business", "titles").prefix(text):
        return 0
    return next((word.end for word in split_words(text[:_LONGEST_TITLE])[:2] if _kind_of_compound(word.key) == kind), 0)


@functools.lru_cache(maxsize=2048)  # each word is asked about for each kind
def _kind_of_compound(word: str) -> str | None:
    """Return the kind with the longest ending that a word has: "Gehaltsabrechnung" is no "Rechnung"."""
    table: dict[str, list[str]] = word_list("business")["endings"]
    fitting = [
        (len(ending), kind)
        for kind, endings in table.items()
        for ending in endings
        if word.endswith(ending) and len(word) >= len(ending) + _SHORTEST_HEAD
    ]
    return max(fitting)[1] if fitting else None


def _titled_cell(head: list[str], known: Phrases) -> str | None:
    """Return a title to the right of a letterhead: but for a number it says nothing else."""
    for text in head:
        left, tab, cell = text.partition("\t")
        end = known.prefix(cell) if tab and not left.endswith(":") else 0
        if end and (not cell[end:].strip() or re.search(r"\d", cell[end:])) and _is_title(cell, end):
            return cell
    return None


def _ends_in(known: Phrases, text: str) -> bool:
    """Tell whether a short line ends in a title: "RESIDENTIAL LEASE AGREEMENT"."""
    words = split_words(text[: _LONGEST_TITLE + 1])
    return len(words) <= 6 and any(known.match(words[-count:], 0) == count for count in range(1, len(words)))


def _is_title(text: str, end: int) -> bool:
    """Tell whether a line that begins like a title is one, not a sentence or a label ("Contract date: ...")."""
    rest = _YEAR_WORD.sub("", text[end:].strip())
    return (
        text[0].upper() == text[0]
        and not any(text in phrases("business", "labels", kind) for kind in ("buyer", "delivery"))
        and not rest.endswith((".", ",", ";"))
        and "@" not in rest
        and not (rest.startswith(":") and "\t" in rest)
    )
