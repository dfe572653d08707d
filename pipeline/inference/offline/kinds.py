"""What kind of document this is.

Promise: one of the kinds of the schemas; a document that shows no sign of any kind is "other", not a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.sections import Heading, find_headings
from pipeline.inference.offline.words import Phrases, letters_only, phrases, split_words, word_list

CV = "cv"
OTHER = "other"
_TITLE_LINES = 15
_TITLED_IN_CELLS = ("invoice", "other")
_ORDINAL = re.compile(r"^\d{1,2}\.\s+(?=[^\W\d_])")
"""In front of "Abschlagsrechnung"."""
_YEAR_WORD = re.compile(r"(?<=\d)\s[гр]\.$|(?<=\d)\sr\.$")
_LONGEST_TITLE = 70
_SEARCHED_LINES, _SEARCHED_CHARACTERS = 400, 400
_TITLE_WEIGHT, _MOST_CUES = 4, 6
_ENOUGH = 3
_ENOUGH_FOR_CV = 6
_CV_SECTIONS = frozenset(
    {"work", "education", "skills", "languages", "certificates", "licences", "hobbies", "references"}
)


def kind_of_document(lines: list[Line], *, expected_cv: bool = False) -> str:
    """Return the kind of a document. Where a CV is expected, only a clear sign of another kind says otherwise."""
    cv = _cv_points(lines, find_headings(lines[:_SEARCHED_LINES]))
    points = {kind: _points(kind, lines) for kind in word_list("business")["titles"]}
    kind, most = max(points.items(), key=lambda item: item[1])
    if expected_cv:
        return kind if most >= _TITLE_WEIGHT + 1 and cv < _ENOUGH_FOR_CV else CV
    if cv >= _ENOUGH_FOR_CV and cv >= most:
        return CV
    return kind if most >= _ENOUGH else OTHER


def _cv_points(lines: list[Line], headings: dict[int, Heading]) -> int:
    kinds = {heading.kind for heading in headings.values()} & _CV_SECTIONS
    titles = {letters_only(title) for title in word_list("headings")["title"]}
    is_titled = any(letters_only(line.text) in titles for line in lines[:4] if len(line.text) < _LONGEST_TITLE)
    return 2 * len(kinds) + 4 * is_titled


def _points(kind: str, lines: Iterable[Line]) -> int:
    searched = list(lines)[:_SEARCHED_LINES]
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
    for line in lines[:_TITLE_LINES]:
        text = _ORDINAL.sub("", line.text)
        end = known.prefix(text)
        if end and len(line.text) <= _LONGEST_TITLE and _is_title(text, end):
            return line.text
    head = [line.text for line in lines[:_TITLE_LINES]]
    capitals = (text for text in head if text.isupper() and _ends_in(known, text))
    return next(capitals, None) or (_titled_cell(head, known) if kind in _TITLED_IN_CELLS else None)


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
        and text not in phrases("business", "labels", "buyer")
        and not rest.endswith((".", ",", ";"))
        and not (rest.startswith(":") and "\t" in rest)
    )
