"""Courses of study: school, award, subject and dates.

Promise: a school is told by the words of its name, an award by the words for awards; where neither is known, the award
comes first, as most CVs print it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.inference.offline.address import is_land
from pipeline.inference.offline.cv.degrees import (
    is_result,
    labelled_subject,
    names_field,
    split_degree,
    without_results,
)
from pipeline.inference.offline.cv.entries import Entry, dated_entries
from pipeline.inference.offline.cv.heads import comma_parts, labelled_value, looks_like_title, pieces
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import Span
from pipeline.inference.offline.scores import ANY_LANGUAGE, award, has_legal_form, names_unit, school
from pipeline.inference.offline.text import without_brackets
from pipeline.inference.offline.words import phrases, split_words
from pipeline.inference.offline.wraps import joined_names

_CHAMBER = re.compile(r"\s\([A-Z]{3,4}\)")  # before whom it was passed: "Koch (IHK)"
_LONGEST = 110
_MOST_WORDS_OF_SUBJECT = 6
_LINES_BELOW = 3  # in which the subject of a course is looked for


@dataclass(frozen=True, slots=True)
class Course:
    """A course of study."""

    institution: str | None = None
    area: str | None = None
    study_type: str | None = None
    span: Span | None = None


def read_education(lines: list[Line]) -> list[Course]:
    """Return the courses of a section."""
    lines = joined_names(lines)
    lines = [replace(line, text=_without_height(without_results(line.text))) for line in lines]
    entries = dated_entries(lines, _takes) or _undated(lines)
    ends_in_school = any(_ends_in_school(entry) for entry in entries)
    courses = [replace(_read(entry, ends_in_school=ends_in_school), span=entry.span) for entry in entries]
    courses = _with_schools(courses, entries)
    return [course for course in courses if course.institution or course.area or course.study_type]


def _without_height(text: str) -> str:
    """Leave out how high a school is in front of its name or of what was learnt there: "Tertiary: Far Plains University"."""
    end = phrases("degrees", "heights").prefix(text)
    rest = text[end:].lstrip(" ")
    return rest[1:].strip() or text if end and rest[:1] in (":", "\t") else text


def _read(entry: Entry, *, ends_in_school: bool) -> Course:
    course = _labelled_course(entry) or _course(_parts(entry))
    if ends_in_school and not course.institution:
        course = _with_last_as_school(entry) or course
    below = (labelled_subject(line.text) for line in entry.below[:_LINES_BELOW])
    return course if course.area else replace(course, area=next(filter(None, below), None))


def _ends_in_school(entry: Entry) -> bool:
    """Tell whether a course is printed on one line, "MA, Leadership Studies, Piedmont University"."""
    parts = comma_parts(entry.heads[0]) if len(entry.heads) == 1 else [""]
    return len(parts) > 1 and _leaning(parts[0]) >= 0 > _leaning(parts[-1])


def _with_last_as_school(entry: Entry) -> Course | None:
    """Read "BA, History, The Citadel" where the other courses end in their school."""
    *degree, last = comma_parts(entry.heads[0]) if len(entry.heads) == 1 else [""]
    is_school = degree and _leaning(degree[0]) > 0 and looks_like_title(last) and not (award(last) or is_land(last))
    return _named(last, ", ".join(degree), None) if is_school and (len(degree) > 1 or " " in degree[0]) else None


def _with_schools(courses: list[Course], entries: list[Entry]) -> list[Course]:
    """Give an award the school above it where that stands on a line of its own, as a heading of both."""
    found: list[Course] = []
    heading: str | None = None
    for course, entry in zip(courses, entries, strict=True):
        if course.institution:
            first = entry.heads[0] if entry.heads else ""
            is_own_line = _leaning(first) < 0 and not any(_leaning(part) > 0 for part in _split(first))
            heading = course.institution if is_own_line and len(entry.heads) > 1 else None
        elif heading and course.study_type and len(entry.heads) == 1:
            found.append(replace(course, institution=heading))
            continue
        found.append(course)
    return found


def _leaning(text: str) -> float:
    """Return how much a text names an award (above zero) rather than a school (below)."""
    return award(text) - school(_CHAMBER.sub("", text)) - 0.5 * has_legal_form(text)


def _takes(heads: list[str], text: str, _behind_dates: bool) -> bool:
    """Tell whether a heading lacks its school or its award, and this line may be it."""
    known = [_leaning(part) for head in heads for part in _split(head) if not _is_address(part)]
    if not known:
        return True
    has_award, has_school = max(known) > 0, min(known) < 0
    if has_school and not has_award and names_unit(text):
        return True  # the faculty below its university
    here = _leaning(text)
    lacks_award = has_school and not has_award and here > 0  # below a university and its faculty
    lacks_more = lacks_award or (has_award and has_school and len(known) == 2 and _is_subject_below(heads, text))
    if is_result(text) or (len(known) >= 2 and (has_school or not has_award) and not lacks_more):
        return False
    if here and has_award != (here < 0) and has_school != (here > 0):
        return False
    return bool(here) or looks_like_title(text)


def _is_subject_below(heads: list[str], text: str) -> bool:
    """Tell whether a line is the subject below an award and a school that stand on a line each."""
    has_subject = any(split_degree(head)[1] for head in heads if award(head))
    return len(heads) == 2 and not has_subject and names_field(text)


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
        halves = [half for part in comma_parts(piece) for half in _at_joint(part)]
        halves = [half for part in halves for half in _shouted_award(part)]
        parts = [half for part in halves for half in _award_and_school(part)]
        leanings = [_leaning(part) for part in parts]
        if len(parts) == 2 and leanings[1] > 0 == leanings[0] and _may_be_school(parts[0], parts[1]):
            found += parts
            continue
        names_both = max(leanings) > 0 or leanings[0] >= 0 or any(map(_is_known_subject, parts))
        found += _around_school(parts, leanings) if min(leanings) < 0 and names_both else [piece]
    return found


def _may_be_school(text: str, degree: str) -> bool:
    """Tell whether a text may be the school before "BA in History", which has its subject already."""
    return " " in text and looks_like_title(text) and not names_field(text) and split_degree(degree)[1] is not None


def _at_joint(text: str) -> list[str]:
    """Part "B.Com (Commerce) from Gujarat University" where an award stands before the joint and a school behind it."""
    words = split_words(text)
    for at, count in phrases("degrees", "from").find(words):
        if 0 < at < len(words) - count:
            before, behind = text[: words[at].start].strip(), text[words[at + count].start :]
            if award(before) and not school(before) and school(behind):
                return [before, behind]
    return [text]


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


def _shouted_award(text: str) -> list[str]:
    """Part "BACHELOR OF ECONOMICS Faculty of Economics", as the Europass prints them."""
    end = re.match(r"(?:[^a-zß-ÿ\s]{2,}\s+){2,}(?=[^\W\d_]+[a-zß-ÿ])", text)
    before, rest = (text[: end.end()].strip(), text[end.end() :]) if end else (text, "")
    return [before, rest] if award(before) and school(rest) else [text]


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
    return leanings[at] > 0 or _is_known_subject(parts[at]) or before_award


def _is_known_subject(text: str) -> bool:
    """Tell whether a part is a subject by its label or its noun: "major: Art", "Computer Engineering"."""
    return labelled_subject(text) is not None or (names_field(text) and not _leaning(text))


def _course(parts: list[str]) -> Course:
    subject = next(filter(None, map(labelled_subject, parts)), None)
    parts = [part for part in parts if not labelled_subject(part)]
    leanings = [_leaning(part) for part in parts]
    if not parts or (len(parts) == 1 and leanings[0] >= 0):
        return _in_firm(parts[0], subject) if parts else Course(area=subject)
    school_at = min(range(len(parts)), key=lambda at: (leanings[at], names_unit(parts[at])))
    if leanings[school_at] >= 0:  # the words do not tell
        school_at = 1 if leanings.index(max(leanings)) == 0 else 0
    others = [at for at in range(len(parts)) if at != school_at]
    institution = _without_town(parts[school_at])
    if not others:
        return Course(institution=institution, area=subject)
    best = max(others, key=lambda at: (leanings[at], split_degree(parts[at])[1] is not None, -at))
    behind = [parts[best + 1]] if best + 1 in others and _may_be_subject(parts[best + 1]) else []
    beside = (*behind, *(parts[at] for at in (best + 1, best - 1) if at in others and _is_subject(parts[at])))
    fields = (parts[at] for at in others if at != best and names_field(parts[at]))
    return _named(institution, parts[best], subject or next(iter(beside), None) or next(fields, None))


def _in_firm(degree: str, subject: str | None) -> Course:
    """Read a training that no school is named for; a firm may be: "Ausbildung zum Elektroniker, Stadtwerke Friedberg"."""
    first, *others = comma_parts(degree)
    firm = next((at for at, part in enumerate(others) if ANY_LANGUAGE.organisation(part) >= 1), None)
    if firm is not None and (award(degree) or ANY_LANGUAGE.role(first)):
        return _named(", ".join(others[firm:]), ", ".join([first, *others[:firm]]), subject)
    return _named(None, degree, subject)


def _named(institution: str | None, degree: str, subject: str | None) -> Course:
    study_type, area = split_degree(degree)
    if subject and not study_type:
        return Course(institution, subject, area)
    return Course(institution, area or subject, study_type)


def _may_be_subject(text: str) -> bool:
    """Tell whether a part right behind an award is its subject: "inżynier – budowa maszyn"."""
    is_short = len(text.split()) <= _MOST_WORDS_OF_SUBJECT and not re.search(r"[\d:.]", text)
    return is_short and not award(text) and not school(text)


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
