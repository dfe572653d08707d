"""Courses of study: school, award, subject and dates.

Promise: a school is told by the words of its name, an award by the words for awards; where neither is known, the award
comes first, as most CVs print it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.inference.offline.address import is_land
from pipeline.inference.offline.degrees import is_result, labelled_subject, split_degree, without_results
from pipeline.inference.offline.entries import Entry, dated_entries
from pipeline.inference.offline.heads import comma_parts, labelled_value, looks_like_title, pieces
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import Span
from pipeline.inference.offline.scores import Scores, award, has_legal_form, school
from pipeline.inference.offline.text import without_brackets
from pipeline.inference.offline.words import phrases, split_words

_LONGEST = 110
_ANY_LANGUAGE = Scores(None)


@dataclass(frozen=True, slots=True)
class Course:
    """A course of study."""

    institution: str | None = None
    area: str | None = None
    study_type: str | None = None
    span: Span | None = None


def read_education(lines: list[Line]) -> list[Course]:
    """Return the courses of a section."""
    lines = [replace(line, text=without_results(line.text)) for line in lines]
    entries = dated_entries(lines, _takes) or _undated(lines)
    courses = [replace(_labelled_course(entry) or _course(_parts(entry)), span=entry.span) for entry in entries]
    return [course for course in courses if course.institution or course.area or course.study_type]


def _leaning(text: str) -> float:
    """Return how much a text names an award (above zero) rather than a school (below)."""
    return award(text) - school(text) - 0.5 * has_legal_form(text)


def _takes(heads: list[str], text: str, _behind_dates: bool) -> bool:
    """Tell whether a heading lacks its school or its award, and this line may be it."""
    known = [_leaning(part) for head in heads for part in _split(head) if not _is_address(part)]
    if not known:
        return True
    has_award, has_school = max(known) > 0, min(known) < 0
    if is_result(text) or (len(known) >= 2 and (has_school or not has_award)):
        return False
    here = _leaning(text)
    if here and has_award != (here < 0) and has_school != (here > 0):
        return False
    return bool(here) or looks_like_title(text)


def _undated(lines: list[Line]) -> list[Entry]:
    """Read courses without dates: two lines of which one names a school, or one line that names either."""
    entries: list[Entry] = []
    for line in lines:
        if len(line.text) > _LONGEST or is_sentence(line.text) or is_result(line.text):
            continue
        heads = entries[-1].heads if entries else ()
        has_school = any(_leaning(part) < 0 for head in heads for part in _split(head))
        here = min((_leaning(part) for part in _split(line.text)), default=0.0)
        if len(heads) == 1 and has_school != (here < 0):
            entries[-1] = Entry((*heads, line.text))
        elif here or award(line.text):
            entries.append(Entry((line.text,)))
    return entries


def _parts(entry: Entry) -> list[str]:
    parts = [part for head in entry.heads for part in _split(head)]
    texts = [part for part in parts if not _is_address(part)] or parts
    return [text for text in texts if not is_result(text) and len(text) <= _LONGEST]


def _split(head: str) -> list[str]:
    """Return the parts of a line; at commas only where they part a school from an award."""
    found: list[str] = []
    for piece in pieces(labelled_value(head, "degree", "institution") or head, at_colons=False):
        parts = [half for part in comma_parts(piece) for half in _award_and_school(part)]
        leanings = [_leaning(part) for part in parts]
        names_both = max(leanings) > 0 or leanings[0] >= 0 or any(map(labelled_subject, parts))
        found += _around_school(parts, leanings) if min(leanings) < 0 and names_both else [piece]
    return found


def _award_and_school(text: str) -> list[str]:
    """Part "PhD Larchmont University", but not "Diploma in Nursing School Management"."""
    words = split_words(text)
    count = phrases("degrees", "awards").match(words, 0)
    at_joint = any(word.key in phrases("degrees", "joints") for word in words[max(0, count - 1) : count + 1])
    if not count or count == len(words) or at_joint:
        return [text]
    rest = text[words[count].start :]
    is_school = school(rest) and not award(rest) and rest[0].isupper()
    return [text[: words[count - 1].end], rest] if is_school else [text]


def _is_address(text: str) -> bool:
    """Tell whether a part is but a town with its state or country: "Ithaca, NY"."""
    parts = comma_parts(text)
    return len(parts) in (2, 3) and is_land(parts[-1]) and not _leaning(text)


def _around_school(parts: list[str], leanings: list[float]) -> list[str]:
    """Group the parts around the school: a faculty and a town stay with it, a subject with its award."""
    at = leanings.index(min(leanings))
    end = next((number for number in range(at + 1, len(parts)) if _begins_award(parts, leanings, number)), len(parts))
    grouped = [", ".join(parts[:at]), ", ".join(parts[at:end]), ", ".join(parts[end:])]
    return [text for text in grouped if text]


def _begins_award(parts: list[str], leanings: list[float], at: int) -> bool:
    """Tell whether a part behind a school no longer belongs to it: an award, a subject, or words before an award."""
    before_award = leanings[at] == 0 and " " in parts[at] and max(leanings[at:]) > 0
    return leanings[at] > 0 or labelled_subject(parts[at]) is not None or before_award


def _course(parts: list[str]) -> Course:
    subject = next(filter(None, map(labelled_subject, parts)), None)
    parts = [part for part in parts if not labelled_subject(part)]
    leanings = [_leaning(part) for part in parts]
    if not parts or (len(parts) == 1 and leanings[0] >= 0):
        return _in_firm(parts[0], subject) if parts else Course(area=subject)
    school_at = leanings.index(min(leanings))
    if leanings[school_at] >= 0:  # the words do not tell
        school_at = 1 if leanings.index(max(leanings)) == 0 else 0
    others = [at for at in range(len(parts)) if at != school_at]
    institution = _without_town(parts[school_at])
    if not others:
        return Course(institution=institution, area=subject)
    best = max(others, key=lambda at: (leanings[at], split_degree(parts[at])[1] is not None, -at))
    beside = (parts[at] for at in (best + 1, best - 1) if at in others and _is_subject(parts[at]))
    return _named(institution, parts[best], subject or next(beside, None))


def _in_firm(degree: str, subject: str | None) -> Course:
    """Read a training that no school is named for; a firm may be: "Ausbildung zum Elektroniker, Stadtwerke Friedberg"."""
    *before, last = comma_parts(degree)
    if before and _ANY_LANGUAGE.organisation(last) >= 1 and award(degree):
        return _named(last, ", ".join(before), subject)
    return _named(None, degree, subject)


def _named(institution: str | None, degree: str, subject: str | None) -> Course:
    study_type, area = split_degree(degree)
    if subject and not study_type:
        return Course(institution, subject, area)
    return Course(institution, area or subject, study_type)


def _is_subject(text: str) -> bool:
    return looks_like_title(text) and not award(text) and not re.search(r"\d", text)


def _without_town(text: str) -> str:
    """Leave out a town in brackets; an abbreviation in brackets is part of the name."""
    name, inner = without_brackets(text)
    is_name = inner and inner.isupper()
    return name if inner and not is_name and (looks_like_title(inner) or inner[0].islower()) else text


def _labelled_course(entry: Entry) -> Course | None:
    """Read an entry that says which is which, as the Europass does."""
    lines = [*entry.heads, *(line.text for line in entry.below)]
    degree = next(filter(None, (labelled_value(line, "degree") for line in lines)), None)
    institution = next(filter(None, (labelled_value(line, "institution") for line in lines)), None)
    return _named(institution, degree, None) if degree and institution else None
