"""Awards, subjects and results: "BSc (Hons) in Physics, First Class" is an award, a subject and a result.

Promise: award and subject together are what is printed, results left out.
"""

from __future__ import annotations

import re

from pipeline.inference.offline.cv.heads import comma_parts
from pipeline.inference.offline.text import trimmed
from pipeline.inference.offline.words import phrases, split_words

_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_MARK = re.compile(r"[\d.,:/ %*+–-]{1,9}[A-D]?[*+-]?")
_YEAR = re.compile(r"(?:19|20)\d\d")


def without_results(text: str) -> str:
    """Leave out marks: "(2:1)", "(Note 1,4)", ", First Class Honours"; what a tab sets apart stays."""
    return "\t".join(map(_without_results, text.split("\t")))


def _without_results(text: str) -> str:
    text = _BRACKET.sub(lambda found: "" if _is_bracketed_result(found[1]) else found[0], text)
    course, _, last = text.rpartition(". ")
    if course and is_result(last):  # "BSc Biology, 2016. First class honours."
        text = course
    parts = comma_parts(text)
    kept = list(filter(None, map(_behind_result, parts)))
    return ", ".join(kept) if kept and len(kept) < len(parts) else text


def _behind_result(text: str) -> str:
    """Return a part that is no result, or what a dash sets apart behind one: "mention Bien – Lycée Descartes"."""
    result, _, rest = text.partition(" – ")
    return rest if is_result(result) else text


def _is_bracketed_result(text: str) -> bool:
    is_mark = bool(_MARK.fullmatch(text)) and not _YEAR.search(text)
    return is_result(text) or is_mark


def is_result(text: str) -> bool:
    """Tell whether a text is the result of a course: "Grade: 1.7", "magna cum laude"."""
    known = phrases("degrees", "grades")
    mark = _MARK.match(text)
    rest = text[mark.end() :].strip() if mark else text
    is_mark = not rest or (mark is not None and rest in known)  # "91.2%", "110/110 e lode"
    is_share = is_mark and re.search(r"\d\s?[%/]", text) and not _YEAR.search(text)
    return bool(is_share or known.prefix(text))


def labelled_subject(text: str) -> str | None:
    """Return the subject behind its label: "kierunek: Finanse" gives "Finanse"."""
    end = phrases("degrees", "subjects").prefix(text)
    return trimmed(text[end:]) or None if end and text[end:].lstrip().startswith(":") else None


def split_degree(text: str) -> tuple[str | None, str | None]:
    """Return (award, subject): "BSc in Physics" gives "BSc" and "Physics"."""
    text = trimmed(without_results(text))
    words = split_words(text)
    first, count = next(phrases("degrees", "awards").find(words), (0, 0))
    if not count:
        return None, text or None
    last = words[first + count - 1].end
    end = last + (text[last : last + 1] == ")")
    before, after = _without_joint(text[: words[first].start]), _without_joint(text[end:])
    after = "" if is_result(after) else after  # "Matura mit Auszeichnung"
    if before and after:
        return None, text
    return _without_last_joint(trimmed(text[words[first].start : end], " ,")), before or after or None


def _without_joint(text: str) -> str:
    """Leave out "in", "of", "als" at the beginning of a subject."""
    text = trimmed(text)
    end = phrases("degrees", "joints").prefix(text)
    return trimmed(text[end:]) if end and end < len(text) else text


def _without_last_joint(text: str) -> str:
    words = split_words(text)
    if len(words) > 1 and words[-1].key in phrases("degrees", "joints"):
        return text[: words[-1].start].strip()
    return text


def names_field(text: str) -> bool:
    """Tell whether a text that stands where a town could is a field of study: "Computer Engineering"."""
    words = split_words(text)
    fields = phrases("degrees", "fields")
    return bool(words) and bool(fields.match(words, 0) or fields.match(words[-1:], 0))
