"""The sections of a CV, told by their headings in any of the languages of `words/headings.toml`.

Promise: every line belongs to exactly one section, in order; what stands above the first heading, and what begins
with the person's name further down (a side bar came first), is the section "head".
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.inference.offline.address import REACHABLE
from pipeline.inference.offline.cv.certificates import read_licences
from pipeline.inference.offline.cv.heads import looks_like_title
from pipeline.inference.offline.cv.spoken import language_in
from pipeline.inference.offline.cv.unlisted import (
    FARTHEST_DATES,
    MOST_WORDS,
    in_columns,
    shouted,
    taught_work,
    unnamed_courses,
    unnamed_work,
)
from pipeline.inference.offline.heading_words import (
    HEAD,
    LONGEST,
    Heading,
    is_title,
    is_weak,
    kind_of,
    listed_kind,
    misspelt_kind,
    strong_headings,
)
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import find_span
from pipeline.inference.offline.scores import ANY_LANGUAGE
from pipeline.inference.offline.words import letters_only, phrases, split_words, word_list
from pipeline.schemas.cv import is_break

_LONGEST_RUN_IN = 40
_FACTS = frozenset({"work", "education", "skills", "languages", "certificates", "licences", "profile", "contact"})
_MAY_BE_MISSPELT = frozenset({"work", "education", "skills", "languages", "certificates", "references", "hobbies"})
_OF_EACH_JOB = ("profile", "projects")
# Where one job or course may have its own "Skills: ..." line, only these begin a section in mid-line.
_ALWAYS_RUN_IN = ("languages", "hobbies", "references")
# "Contact: ...", "Date of birth: ..." and the like label one detail.
_NEVER_BEFORE_COLON = ("contact", "licences", "work", "references", "other", "projects")
_LIST_MARKS = re.compile(r"[;•·|]")
_NO_HEADING = re.compile(r"[\d,;|\t@(]")
_TABLE_HEADINGS = 3
_FEWEST_PLAIN = 3


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of lines under one heading."""

    kind: str
    lines: tuple[Line, ...]


def sections(lines: list[Line], breaks: Collection[int] = ()) -> list[Section]:
    """Cut lines into sections. At `breaks` the head begins anew."""
    headings = find_headings(lines)
    found: list[Section] = []
    kind, content = HEAD, list[Line]()
    at = 0
    while at < len(lines):
        heading = headings.get(at)
        if heading or at in breaks:
            found.append(Section(kind, tuple(content)))
            kind, content = (heading.kind if heading else HEAD), []
        if heading and heading.rest:
            content.append(replace(lines[at], text=heading.rest, gap=False))
        elif not heading:
            content.append(lines[at])
        at += heading.lines if heading else 1
    return [*found, Section(kind, tuple(content))]


def find_headings(lines: list[Line]) -> dict[int, Heading]:
    """Return the headings of a document by the line they stand on."""
    whole = _without_small(_without_repeated(_without_listed(dict(_whole_lines(lines)), lines)))
    styles = {_style(lines[at].text) for at, heading in whole.items() if not is_weak(heading.text)}
    if styles:
        whole = {at: one for at, one in whole.items() if not is_weak(one.text) or _style(one.text) in styles}
        whole = dict(_described(lines, whole, styles)) | whole
    whole = {at: one for at, one in whole.items() if not (_is_item(at, whole, lines) or _is_break(at, whole, lines))}
    whole = _without_tongues(whole, lines)
    known = whole | _run_in(lines, whole) | _table_like(lines, whole)
    known = dict(shouted(lines, known)) | known
    known |= dict(in_columns(lines, known))
    known |= taught_work(lines, known)
    known |= unnamed_work(lines, known)
    return known | unnamed_courses(lines, known)


def _without_listed(whole: dict[int, Heading], lines: list[Line]) -> dict[int, Heading]:
    """Leave out items of lists ("• Workshops"), where the headings are none."""
    plain = {at: heading for at, heading in whole.items() if not lines[at].bullet}
    has_lists = sum(line.bullet for line in lines) > len(whole) - len(plain) + _FEWEST_PLAIN
    return plain if has_lists and len(plain) >= _FEWEST_PLAIN else whole


def _without_repeated(whole: dict[int, Heading]) -> dict[int, Heading]:
    """Leave out "Highlights" where each job has some."""
    counted = Counter(letters_only(heading.text) for heading in whole.values() if heading.kind in _OF_EACH_JOB)
    return {at: heading for at, heading in whole.items() if counted[letters_only(heading.text)] < 2}


def _without_small(whole: dict[int, Heading]) -> dict[int, Heading]:
    """Leave out "communication" among skills, where the headings begin with a capital."""
    capitals = {at: heading for at, heading in whole.items() if not heading.text[:1].islower()}
    return capitals if len(capitals) >= _FEWEST_PLAIN else whole


def _is_item(at: int, whole: dict[int, Heading], lines: list[Line]) -> bool:
    """Tell whether "Driver's License" is one of the certificates that are listed, with no classes below it."""
    if whole[at].kind != "licences":
        return False
    return _above(at, whole) == "certificates" and not read_licences(lines[at + 1 : at + 2])


def _above(at: int, whole: Mapping[int, Heading]) -> str:
    """Return the section that a line would stand in."""
    above = [other for other in whole if other < at]
    return whole[max(above)].kind if above else HEAD


def _is_break(at: int, whole: dict[int, Heading], lines: list[Line]) -> bool:
    """Tell whether "Elternzeit" is one of the jobs, with its dates right above or below."""
    near = (find_span(line.text) for line in (*lines[at - 1 : at], *lines[at + 1 : at + 3]))
    return is_break(whole[at].text) and _above(at, whole) == "work" and any(span and span.is_range for span in near)


def _without_tongues(whole: dict[int, Heading], lines: list[Line]) -> dict[int, Heading]:
    """Leave out "Languages" among the skills where those of computers are listed below."""
    ends = dict(itertools.pairwise([*sorted(whole), len(lines)]))
    return {
        at: one
        for at, one in whole.items()
        if one.kind != "languages"
        or _above(at, whole) != "skills"
        or any(language_in(line.text) for line in lines[at + 1 : ends[at]])
    }


def _described(
    lines: list[Line], whole: Mapping[int, Heading], styles: Collection[tuple[bool, bool]]
) -> Iterator[tuple[int, Heading]]:
    """Find headings that say which experience, set as the others are, with dates soon below them: "SALES EXPERIENCE"."""
    spaced = any(lines[at].gap for at in whole)
    for at, line in enumerate(lines):
        kind = _kind_described(line) if line.gap >= spaced and _style(line.text) in styles else None
        below = (find_span(one.text) for one in lines[at + 1 : at + 1 + FARTHEST_DATES] if kind)
        if kind and any(span and (span.is_range or kind == "education") for span in below):
            yield at, Heading(kind, line.text)


def _kind_described(line: Line) -> str | None:
    words = [word.key for word in split_words(line.text)]
    is_short = 1 <= len(words) <= MOST_WORDS and not re.search(r"[\d,|\t]", line.text)
    if line.bullet or not is_short or not looks_like_title(line.text) or "of" in words:  # "Ministry of Education"
        return None
    nouns = word_list("headings")["nouns"]
    behind, before = " ".join(words[:-1]), " ".join(words[1:])
    if behind and words[-1] in nouns["education"]:
        return "education"
    described = behind if words[-1] in nouns["behind"] else before if words[0] in nouns["before"] else ""
    is_compound = len(words) == 1 and words[0].endswith(tuple(nouns["endings"]))
    return "work" if is_compound or (described and described not in nouns["never"]) else None


def _whole_lines(lines: list[Line]) -> Iterator[tuple[int, Heading]]:
    at = 0
    while at < len(lines):
        heading = _heading_at(lines, at)
        if heading:
            yield at, heading
        at += heading.lines if heading else 1


def _heading_at(lines: list[Line], at: int) -> Heading | None:
    text = lines[at].text
    if len(text) > LONGEST or "\t" in text or (text[:1].islower() and text.endswith(".")):
        return None  # "experience." ends a sentence of the line above
    if at == 0 and is_title(text):
        return None  # "Resume", which is a heading in French
    if at + 1 < len(lines) and len(lines[at + 1].text) <= _LONGEST_RUN_IN:
        both = f"{text} {lines[at + 1].text}"
        if kind := listed_kind(both):
            return Heading(kind, both, lines=2)
    kind = kind_of(text) or _misspelt_kind(lines[at])
    return Heading(kind, text) if kind else None


def _misspelt_kind(line: Line) -> str | None:
    """Return the section of a heading with a slip in it: it is set as one, and no position ("Referent")."""
    text = line.text.strip("= ")
    stands_out = line.gap or text.isupper() or text.endswith(":")
    if line.bullet or not stands_out or not text[:1].isupper() or _NO_HEADING.search(text):
        return None
    kind = misspelt_kind(text)
    return kind if kind in _MAY_BE_MISSPELT and ANY_LANGUAGE.role(line.text) < 1 else None


def _run_in(lines: list[Line], whole: dict[int, Heading]) -> dict[int, Heading]:
    """Find "Languages: English, German" and "Summary<tab>..."."""
    found: dict[int, Heading] = {}
    elsewhere = {heading.kind for heading in whole.values()}
    has_column = sum("\t" in line.text and _run_in_heading(line.text) is not None for line in lines) >= _TABLE_HEADINGS
    section = HEAD
    for at, line in enumerate(lines):
        if at in whole:
            section = whole[at].kind
            continue
        heading = _run_in_heading(line.text, may_be_weak=has_column and "\t" in line.text)
        is_cell = "\t" in line.text
        stands_out = line.gap or is_cell or bool(heading and heading.text.isupper())
        others = elsewhere - {"other"} if has_column and is_cell else elsewhere  # of which a CV has several
        if heading and _may_run_in(heading, section, others, stands_out=stands_out):
            found[at] = heading
            section = heading.kind
    return found


def _run_in_heading(text: str, *, may_be_weak: bool = False) -> Heading | None:
    cut = re.match(rf"(.{{2,{_LONGEST_RUN_IN}}}?)\s*([:\t])\s*(?=\S)", text)
    if not cut:
        return None
    kind = kind_of(cut[1])
    is_shouted = kind == "other" and cut[1].isupper()  # "AWARDS: ..."
    if is_weak(cut[1]) and not is_shouted and not (may_be_weak and cut[2] == "\t"):
        return None
    is_referee = kind == "references" and REACHABLE.search(text, cut.end())
    if kind not in _FACTS and _is_range(text[cut.end() :]):
        return None  # "Career break<tab>2017 – 2023" is one of the jobs
    if not kind or (cut[2] == ":" and kind in _NEVER_BEFORE_COLON and not (is_referee or is_shouted)):
        return None
    return Heading(kind, cut[1], text[cut.end() :])


def _is_range(text: str) -> bool:
    span = find_span(text)
    return bool(span and span.is_range and not span.before and not span.after)


def _may_run_in(heading: Heading, section: str, elsewhere: Collection[str], *, stands_out: bool) -> bool:
    if heading.kind == section or (heading.kind == "languages" and section == "skills"):
        return False  # among skills, languages are told apart line by line: there are programming languages too
    if section in ("work", "education", "projects", "skills", "certificates", "references"):
        return (stands_out or heading.kind in _ALWAYS_RUN_IN) and heading.kind not in elsewhere
    return True


def _table_like(lines: list[Line], whole: dict[int, Heading]) -> dict[int, Heading]:
    """Find headings that stand to the left of their section, so that the first line follows on the same line."""
    present = {heading.kind for heading in whole.values()}
    found: dict[str, tuple[int, Heading]] = {}
    for at, line in enumerate(lines):
        heading = None if at in whole else _left_heading(line.text)
        if heading and heading.kind not in present and heading.kind not in found:
            found[heading.kind] = (at, heading)
    if len(found.keys() & _FACTS) >= _TABLE_HEADINGS:
        return dict(found.values())
    return {at: heading for at, heading in found.values() if not lines[at].bullet and _shows_list(heading)}


def _shows_list(heading: Heading) -> bool:
    """Tell whether what stands behind a heading shows that it is one: levels of languages, skills with marks between them."""
    is_list = heading.kind == "skills" and bool(_LIST_MARKS.search(heading.rest))
    return is_list or (heading.kind == "languages" and _tells_level(heading.rest))


def _tells_level(text: str) -> bool:
    """Tell whether a level of a language stands in a text: "Português – língua materna"."""
    words = split_words(text)
    return any(found for kind in ("native", "others") for found in phrases("levels", kind).find(words))


def _left_heading(text: str) -> Heading | None:
    end = strong_headings().prefix(text)
    rest = text[end:].strip(" \t:")
    if not end or not rest or not text[0].isupper() or _reads_on(rest):
        return None
    kind = kind_of(text[:end])
    return Heading(kind, text[:end], rest) if kind else None


def _reads_on(rest: str) -> bool:
    """Tell whether what follows makes the heading the beginning of a sentence: "Experience in sales"."""
    is_dated = re.search(r"\d{4}", rest[:30])
    return rest[0] in "-–—&/." or (rest[0].islower() and not is_dated and is_sentence(rest))


def _style(text: str) -> tuple[bool, bool]:
    return text.isupper(), text.rstrip().endswith(":")
