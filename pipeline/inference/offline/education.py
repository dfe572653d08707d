"""Courses of study: school, award, subject and dates.

Promise: the award and the subject together are what is printed; a result ("Grade: 1.7") is part of neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.inference.offline.entries import (
    Entry,
    comma_parts,
    dated_entries,
    labelled_value,
    looks_like_title,
    pieces,
)
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import Span
from pipeline.inference.offline.scores import award, has_legal_form, school
from pipeline.inference.offline.words import phrases, split_words

_LONGEST = 110


@dataclass(frozen=True, slots=True)
class Course:
    """A course of study."""

    institution: str | None = None
    area: str | None = None
    study_type: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    leaning: float
    """Above zero: an award; below: a school."""


def read_education(lines: list[Line]) -> list[Course]:
    """Return the courses of a section."""
    entries = dated_entries(lines, _takes) or _undated(lines)
    courses = [replace(_labelled_course(entry) or _course(_parts(entry)), span=entry.span) for entry in entries]
    return [course for course in courses if course.institution or course.area or course.study_type]


def leaning(text: str) -> float:
    """Return how much a text names an award (above zero) rather than a school (below)."""
    return award(text) - school(text) - 0.5 * has_legal_form(text)


def _takes(heads: list[str], text: str) -> bool:
    """Tell whether a heading lacks its school or its award, and this line may be it."""
    parts = [part for head in heads for part in _split(head)]
    if not parts:
        return True
    known = [leaning(part) for part in parts]
    if len(parts) >= 2 and (min(known) < 0 or max(known) <= 0):
        return False
    if _is_result(text):
        return False
    here = leaning(text)
    if here and (max(known) > 0) != (here < 0) and (min(known) < 0) != (here > 0):
        return False
    return bool(here) or looks_like_title(text)


def _undated(lines: list[Line]) -> list[Entry]:
    """Read courses without dates: each line that names a school closes or opens one."""
    entries: list[Entry] = []
    for line in lines:
        if len(line.text) > _LONGEST or is_sentence(line.text) or _is_result(line.text):
            continue
        heads = entries[-1].heads if entries else ()
        has_school = any(leaning(part) < 0 for head in heads for part in _split(head))
        here = min((leaning(part) for part in _split(line.text)), default=0.0)
        if heads and len(heads) < 2 and has_school != (here < 0):
            entries[-1] = Entry((*heads, line.text))
        elif here or award(line.text):
            entries.append(Entry((line.text,)))
    return entries


def _parts(entry: Entry) -> list[_Part]:
    texts = [part for head in entry.heads for part in _split(head)]
    return [_Part(text, leaning(text)) for text in texts if not _is_result(text) and len(text) <= _LONGEST]


def _split(head: str) -> list[str]:
    """Return the parts of a line; at commas only where they part a school from an award."""
    found: list[str] = []
    for piece in pieces(head):
        parts = comma_parts(piece)
        leanings = [leaning(part) for part in parts]
        if len(parts) > 1 and min(leanings) < 0 and (max(leanings) > 0 or leanings[0] >= 0):
            found += _around_school(parts, leanings)
        else:
            found.append(piece)
    return found


def _around_school(parts: list[str], leanings: list[float]) -> list[str]:
    """Keep a town with its school and a subject with its award."""
    at = leanings.index(min(leanings))
    before, after = parts[:at], parts[at + 1 :]
    later_award = next((number for number, value in enumerate(leanings[at + 1 :]) if value > 0), None)
    if later_award is not None:
        towns, rest = after[:later_award], after[later_award:]
    else:
        towns, rest = after, []
    grouped = [", ".join(before), ", ".join([parts[at], *towns]), ", ".join(rest)]
    return [text for text in grouped if text]


def _course(parts: list[_Part]) -> Course:
    if not parts:
        return Course()
    lowest = min(range(len(parts)), key=lambda at: parts[at].leaning)
    if len(parts) == 1 and parts[0].leaning >= 0:
        return _named(None, parts[0].text)
    if parts[lowest].leaning >= 0:  # the words do not tell: the award first, as most CVs have it
        highest = max(range(len(parts)), key=lambda at: (parts[at].leaning, -at))
        lowest = next(at for at in range(len(parts)) if at != highest)
    degree = [part.text for at, part in enumerate(parts) if at != lowest]
    best = max(range(len(degree)), key=lambda at: (leaning(degree[at]), -at), default=None)
    if best is None:
        return Course(institution=parts[lowest].text)
    subject = next((text for at, text in enumerate(degree) if at == best + 1 and not award(text)), None)
    return _named(parts[lowest].text, degree[best], subject)


def _named(institution: str | None, degree: str, subject: str | None = None) -> Course:
    study_type, area = split_degree(degree)
    return Course(institution, area or (subject if study_type and _is_subject(subject) else None), study_type)


def _is_subject(text: str | None) -> bool:
    return bool(text) and looks_like_title(text or "") and not re.search(r"\d", text or "")


def split_degree(text: str) -> tuple[str | None, str | None]:
    """Return (award, subject): "BSc in Physics" gives "BSc" and "Physics"."""
    text = _without_result(text)
    words = split_words(text)
    known = phrases("degrees", "awards")
    first, count = next(known.find(words), (0, 0))
    if not count:
        return None, text or None
    last_word = words[first + count - 1]
    end = last_word.end + (text[last_word.end : last_word.end + 1] == ")")
    before = text[: words[first].start].strip(" ,(–-")
    after = _without_joint(text[end:])
    named = text[words[first].start : end].strip(" ,")
    if before and after:
        return None, text
    return _without_last_joint(named), (before or after or None)


def _without_joint(text: str) -> str:
    text = text.strip(" ,:–-()" if text.count("(") != 1 or text.strip().startswith("(") else " ,:–-")
    end = phrases("degrees", "joints").prefix(text)
    return text[end:].strip(" ,:–-") if end and end < len(text) else text


def _without_last_joint(text: str) -> str:
    words = split_words(text)
    if len(words) > 1 and words[-1].key in phrases("degrees", "joints"):
        return text[: words[-1].start].strip()
    return text


def _without_result(text: str) -> str:
    text = re.sub(r"\([^()]*\d[.,:]\d[^()]*\)", "", text)
    parts = [part for part in comma_parts(text) if not _is_result(part)]
    return ", ".join(parts).strip(" ,;") if len(parts) < len(comma_parts(text)) else text.strip(" ,;")


def _is_result(text: str) -> bool:
    return bool(phrases("degrees", "grades").prefix(text))


def _labelled_course(entry: Entry) -> Course | None:
    """Read an entry that says which is which, as the Europass does."""
    lines = [*entry.heads, *(line.text for line in entry.below)]
    degree = next(filter(None, (labelled_value(line, "degree") for line in lines)), None)
    institution = next(filter(None, (labelled_value(line, "institution") for line in lines)), None)
    return _named(institution, degree) if degree and institution else None
