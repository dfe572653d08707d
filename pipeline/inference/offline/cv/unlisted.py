"""Headings of a CV that no list of words knows, by how they are set and what stands below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pipeline.inference.offline.address import REACHABLE
from pipeline.inference.offline.cv.heads import columns_kind
from pipeline.inference.offline.heading_words import HEAD, Heading, is_title
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.ranges import find_span
from pipeline.inference.offline.scores import ANY_LANGUAGE, award, school

_FEWEST = 2
_LISTS = ("skills", "languages", "certificates", "licences", "hobbies")
_MAY_HIDE_JOBS = (HEAD, "profile", "contact", "education", "skills", "languages", "certificates", "licences")
_BEFORE_TABLES = (HEAD, "profile", "contact", "work", "education")
FARTHEST_DATES = 4
"""Lines below a heading in which the first of its dates stand."""
MOST_WORDS = 5
"""Words of a heading such as "Sales and Marketing Experience"."""


def shouted(lines: list[Line], known: Mapping[int, Heading]) -> Iterator[tuple[int, Heading]]:
    """Find what ends a list without naming a section that is known, set as all headings are: "THE KITCHENS" in capitals."""
    if len(known) < _FEWEST or not all(lines[at].gap and one.text.isupper() for at, one in known.items()):
        return
    section = HEAD
    for at, line in enumerate(lines):
        section = known[at].kind if at in known else section
        if at in known or section not in _LISTS or not line.gap or line.bullet or not line.text.isupper():
            continue
        below = lines[at + 1 : at + 2]
        is_heading = len(line.text.split()) > 1 and not re.search(r"[\d,;|\t@:.(/]", line.text)
        if is_heading and below and not (below[0].gap or below[0].text.isupper()):
            yield at, Heading("other", line.text)


def taught_work(lines: list[Line], known: Mapping[int, Heading]) -> dict[int, Heading]:
    """Take the first of two headings for education for the jobs, where no other is and positions stand below it: "Academic career"."""
    taught = sorted(at for at, heading in known.items() if heading.kind == "education")
    if len(taught) < 2 or any(heading.kind == "work" for heading in known.values()):
        return {}
    first, end = taught[0], min(other for other in known if other > taught[0])
    dated = [line for line in lines[first + known[first].lines : end] if _has_range(line)]
    positions, awards = sum(_names_position([line]) for line in dated), sum(award(line.text) > 0 for line in dated)
    return {first: replace(known[first], kind="work")} if positions > awards else {}


def _has_range(line: Line) -> bool:
    span = find_span(line.text)
    return bool(span and span.is_range)


def unnamed_work(lines: list[Line], known: Mapping[int, Heading]) -> dict[int, Heading]:
    """Find what heads the jobs where no list knows it ("My journey so far"): a line that says nothing, above dates and a role."""
    if any(heading.kind == "work" for heading in known.values()):
        return {}
    section, begin = HEAD, 0
    for at, line in enumerate(lines):
        if at in known:
            section, begin = known[at].kind, at + known[at].lines
            continue
        is_dated = section in _MAY_HIDE_JOBS and not line.bullet and _has_range(line)
        first = max(begin, at - FARTHEST_DATES) if is_dated else at
        first = max([first, *(other + 1 for other in range(first, at) if REACHABLE.search(lines[other].text))])
        above = [other for other in range(at - 1, first - 1, -1) if _may_head_jobs(lines[other], known)]
        if above and _names_position(lines[above[0] + 1 : at + 2]):
            return {above[0]: Heading("work", lines[above[0]].text)}
        if is_dated and not above and line.text.count("\t") >= _FEWEST and _names_position([line]):
            return {at: Heading("work", "", line.text)}  # a table without any heading
    return {}


def in_columns(lines: list[Line], known: Mapping[int, Heading]) -> Iterator[tuple[int, Heading]]:
    """Find the titles of columns that head jobs or courses where nothing else does: "Period<tab>Company<tab>Job title"."""
    section, given = HEAD, {heading.kind for heading in known.values()}
    for at, line in enumerate(lines):
        section = known[at].kind if at in known else section
        kind = columns_kind(line.text) if at not in known and section in _BEFORE_TABLES else None
        if kind in ("work", "education") and kind not in given:
            section = kind
            yield at, Heading(kind, line.text)


def unnamed_courses(lines: list[Line], known: Mapping[int, Heading]) -> dict[int, Heading]:
    """Find where courses follow the jobs in one table: each row with dates from there on names an award and a school."""
    if any(heading.kind == "education" for heading in known.values()):
        return {}
    section, first = HEAD, None
    for at, line in enumerate(lines):
        section = known[at].kind if at in known else section
        if section == "work" and line.text.count("\t") >= _FEWEST and find_span(line.text):
            is_course = award(line.text) > 0 and school(line.text) > 0
            first = (at if first is None else first) if is_course else None
    return {first: Heading("education", "", lines[first].text)} if first is not None and first not in known else {}


def _may_head_jobs(line: Line, known: Mapping[int, Heading]) -> bool:
    """Tell whether a line is set as this document's headings are, and names neither position nor employer nor course."""
    text = line.text.rstrip(" :?")
    is_short = len(text.split()) <= MOST_WORDS and text[:1].isupper()
    if line.bullet or not is_short or re.search(r"[\d,;|\t@:.(]", text) or is_title(text):
        return False
    capitals = {heading.text.isupper() for heading in known.values() if not heading.rest}
    is_styled = not capitals or text.isupper() in capitals
    return is_styled and abs(ANY_LANGUAGE.leaning(text)) < 1 and not school(text) and award(text) <= 1


def _names_position(lines: Iterable[Line]) -> bool:
    """Tell whether some lines name a position; that of an award ("Diplôme d'État, Ambulancier") is none."""
    texts = [
        text for line in lines if not line.bullet and not award(line.text) for text in re.split(r"[\t,|–(@]", line.text)
    ]
    return any(ANY_LANGUAGE.role(text) >= 1 for text in texts)
