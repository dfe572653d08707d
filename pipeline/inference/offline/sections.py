"""The sections of a CV, told by their headings in any of the languages of `words/headings.toml`.

Promise: every line belongs to exactly one section, in order; what stands above the first heading, and what begins
with the person's name further down (a side bar came first), is the section "head".
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.inference.offline.address import REACHABLE
from pipeline.inference.offline.certificates import read_licences
from pipeline.inference.offline.heads import looks_like_title
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import find_span, is_duration
from pipeline.inference.offline.scores import ANY_LANGUAGE, award, school
from pipeline.inference.offline.words import Phrases, any_of, letters_only, phrases, split_words, word_list

HEAD = "head"
_LONGEST = 60
_LONGEST_RUN_IN = 40
_FACTS = frozenset({"work", "education", "skills", "languages", "certificates", "licences", "profile", "contact"})
_OF_EACH_JOB = ("profile", "projects")
_NO_SECTIONS = ("inside", "extras", "weak", "leads", "tails", "nouns")
# Where one job or course may have its own "Skills: ..." line, only these begin a section in mid-line.
_ALWAYS_RUN_IN = ("languages", "hobbies", "references")
# "Contact: ...", "Date of birth: ..." and the like label one detail.
_NEVER_BEFORE_COLON = ("contact", "licences", "work", "references", "other", "projects")
_LISTS = ("skills", "languages", "certificates", "licences", "hobbies")
_MAY_HIDE_JOBS = (HEAD, "profile", "contact", "education", "skills", "languages", "certificates", "licences")
_JOINERS = re.compile(rf"\s*[&+/,]\s*|\s+(?:{any_of('skills', 'and')})\s+")
_LIST_MARKS = re.compile(r"[;•·|]")
_NUMBERING = re.compile(r"^(?:[IVX]{1,4}|\d{1,2}|[A-H])[.)]\s+")
_NOTE = re.compile(r"(?<=\w)\s*\([^()\d]*\)[\s:]*$")  # "Projects (selected)"
_LENGTH = re.compile(r"(?<=\w)\s*[-–—:,(]\s*(?=\d)")  # "Опыт работы — 6 лет 2 месяца", as job boards sum it up
_TABLE_HEADINGS = 3
_FEWEST_PLAIN = 3
_FARTHEST_DATES = 4
_MOST_DESCRIBED = 5
"""Words of a heading such as "Sales and Marketing Experience"."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of lines under one heading."""

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found at a line."""

    kind: str
    text: str
    rest: str = ""
    """What stands behind it on the same line."""
    lines: int = 1
    """How many lines it takes up."""


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
    styles = {_style(lines[at].text) for at, heading in whole.items() if not _is_weak(heading.text)}
    if styles:
        whole = {at: one for at, one in whole.items() if not _is_weak(one.text) or _style(one.text) in styles}
        whole = dict(_described(lines, whole, styles)) | whole
    whole = {at: one for at, one in whole.items() if not _is_item(at, whole, lines)}
    known = whole | _run_in(lines, whole) | _table_like(lines, whole)
    known = dict(_shouted(lines, known)) | known
    known |= _taught_work(lines, known)
    return known | _unnamed_work(lines, known)


def _shouted(lines: list[Line], known: Mapping[int, Heading]) -> Iterator[tuple[int, Heading]]:
    """Find what ends a list without naming a section that is known, set as all headings are: "THE KITCHENS" in capitals."""
    if len(known) < _TABLE_HEADINGS - 1 or not all(lines[at].gap and one.text.isupper() for at, one in known.items()):
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


def _taught_work(lines: list[Line], known: Mapping[int, Heading]) -> dict[int, Heading]:
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


def _unnamed_work(lines: list[Line], known: Mapping[int, Heading]) -> dict[int, Heading]:
    """Find what heads the jobs where no list knows it ("My journey so far"): a line that says nothing, above dates and a role."""
    if any(heading.kind == "work" for heading in known.values()):
        return {}
    section, begin = HEAD, 0
    for at, line in enumerate(lines):
        if at in known:
            section, begin = known[at].kind, at + known[at].lines
            continue
        span = find_span(line.text) if section in _MAY_HIDE_JOBS and not line.bullet else None
        first = max(begin, at - _FARTHEST_DATES) if span and span.is_range else at
        above = [other for other in range(at - 1, first - 1, -1) if _may_head_jobs(lines[other], known)]
        if above and _names_position(lines[above[0] + 1 : at + 2]):
            return {above[0]: Heading("work", lines[above[0]].text)}
    return {}


def _may_head_jobs(line: Line, known: Mapping[int, Heading]) -> bool:
    """Tell whether a line is set as this document's headings are, and names neither position nor employer nor course."""
    text = line.text.rstrip(" :?")
    is_short = len(text.split()) <= _MOST_DESCRIBED and text[:1].isupper()
    if line.bullet or not is_short or re.search(r"[\d,;|\t@:.(]", text) or letters_only(text) in _titles():
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
    above = max((other for other in whole if other < at), default=at)
    return whole[above].kind == "certificates" and not read_licences(lines[at + 1 : at + 2])


def _described(
    lines: list[Line], whole: Mapping[int, Heading], styles: Collection[tuple[bool, bool]]
) -> Iterator[tuple[int, Heading]]:
    """Find headings that say which experience, set as the others are, with dates soon below them: "SALES EXPERIENCE"."""
    spaced = any(lines[at].gap for at in whole)
    for at, line in enumerate(lines):
        kind = _kind_described(line) if line.gap >= spaced and _style(line.text) in styles else None
        below = (find_span(one.text) for one in lines[at + 1 : at + 1 + _FARTHEST_DATES] if kind)
        if kind and any(span and (span.is_range or kind == "education") for span in below):
            yield at, Heading(kind, line.text)


def _kind_described(line: Line) -> str | None:
    words = [word.key for word in split_words(line.text)]
    is_short = 1 <= len(words) <= _MOST_DESCRIBED and not re.search(r"[\d,|\t]", line.text)
    if line.bullet or not is_short or not looks_like_title(line.text) or "of" in words:  # "Ministry of Education"
        return None
    nouns = word_list("headings")["nouns"]
    behind, before = " ".join(words[:-1]), " ".join(words[1:])
    if behind and words[-1] in nouns["education"]:
        return "education"
    described = behind if words[-1] in nouns["behind"] else before if words[0] in nouns["before"] else ""
    is_compound = len(words) == 1 and words[0].endswith(tuple(nouns["endings"]))
    return "work" if is_compound or (described and described not in nouns["never"]) else None


def is_heading_text(text: str) -> bool:
    """Tell whether a text by itself is a heading or what a CV calls itself."""
    return len(text) <= _LONGEST and (letters_only(text) in _titles() or kind_of(text) is not None)


def kind_of(text: str) -> str | None:
    """Return the section that this text is a heading of."""
    bare = _NOTE.sub("", _NUMBERING.sub("", _without_length(text.strip()))).strip(" :.-–—_|•·")
    key = letters_only(bare)
    if not key or key in _kinds():
        return _kinds().get(key)
    bare = _without_tail(bare)
    if letters_only(bare) in _kinds():
        return _kinds()[letters_only(bare)]
    parts = [letters_only(part) for part in _JOINERS.split(bare.casefold())]
    kinds = [_kinds().get(part) or ("extra" if part in _extras() else None) for part in parts if part]
    if len(kinds) < 2 or not all(kinds):
        return None
    return "certificates" if {*kinds} == {"licences", "certificates"} else kinds[0]


def _without_length(text: str) -> str:
    """Leave out how long all that a heading is of took together."""
    cut = _LENGTH.search(text)
    return text[: cut.start()] if cut and is_duration(text[cut.end() :].rstrip(")")) else text


def _without_tail(text: str) -> str:
    """Leave out what adds nothing, "Selected seminars attended", and let a longer heading be in the singular."""
    lead = phrases("headings", "leads", "words").prefix(text)
    text = text[lead:].strip() if text[lead : lead + 1] == " " else text  # "Selected publications"
    words = text.casefold()
    tail = next((tail for tail in word_list("headings")["tails"]["words"] if words.endswith(f" {tail}")), "")
    text = text[: len(text) - len(tail)].strip()
    return f"{text}s" if " " in text and not tail and letters_only(f"{text}s") in _kinds() else text


def _whole_lines(lines: list[Line]) -> Iterator[tuple[int, Heading]]:
    at = 0
    while at < len(lines):
        heading = _heading_at(lines, at)
        if heading:
            yield at, heading
        at += heading.lines if heading else 1


def _heading_at(lines: list[Line], at: int) -> Heading | None:
    text = lines[at].text
    if len(text) > _LONGEST or "\t" in text or (text[:1].islower() and text.endswith(".")):
        return None  # "experience." ends a sentence of the line above
    if at + 1 < len(lines) and len(lines[at + 1].text) <= _LONGEST_RUN_IN:
        both = f"{text} {lines[at + 1].text}"
        if letters_only(both) in _kinds():
            return Heading(_kinds()[letters_only(both)], both, lines=2)
    kind = kind_of(text)
    return Heading(kind, text) if kind else None


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
        stands_out = line.gap or "\t" in line.text or bool(heading and heading.text.isupper())
        if heading and _may_run_in(heading, section, elsewhere, stands_out=stands_out):
            found[at] = heading
            section = heading.kind
    return found


def _run_in_heading(text: str, *, may_be_weak: bool = False) -> Heading | None:
    cut = re.match(rf"(.{{2,{_LONGEST_RUN_IN}}}?)\s*([:\t])\s*(?=\S)", text)
    if not cut or (_is_weak(cut[1]) and not (may_be_weak and cut[2] == "\t")):
        return None
    kind = kind_of(cut[1])
    is_referee = kind == "references" and REACHABLE.search(text, cut.end())
    if kind not in _FACTS and _is_range(text[cut.end() :]):
        return None  # "Career break<tab>2017 – 2023" is one of the jobs
    if not kind or (cut[2] == ":" and kind in _NEVER_BEFORE_COLON and not is_referee):
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
    end = _strong_headings().prefix(text)
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


def _is_weak(text: str) -> bool:
    return letters_only(text) in _weak()


@functools.cache
def _kinds() -> dict[str, str]:
    """Return the section of each heading, all languages together."""
    kinds: dict[str, str] = {}
    for kind, table in word_list("headings").items():
        if isinstance(table, dict) and kind not in _NO_SECTIONS:
            for heading in (heading for language in table.values() for heading in language):
                kinds.setdefault(letters_only(heading), kind)
    return kinds


@functools.cache
def _strong_headings() -> Phrases:
    headings = [
        heading
        for kind, table in word_list("headings").items()
        if isinstance(table, dict) and kind not in _NO_SECTIONS
        for language in table.values()
        for heading in language
        if not _is_weak(heading)
    ]
    return Phrases.of(headings)


@functools.cache
def _titles() -> frozenset[str]:
    return frozenset(letters_only(title) for title in word_list("headings")["title"])


@functools.cache
def _weak() -> frozenset[str]:
    return frozenset(letters_only(word) for word in word_list("headings")["weak"]["words"])


@functools.cache
def _extras() -> frozenset[str]:
    return frozenset(letters_only(word) for word in word_list("headings")["extras"]["words"])


@functools.cache
def inside_words() -> frozenset[str]:
    """Return the headings that belong to one job ("Responsibilities")."""
    return frozenset(letters_only(word) for word in word_list("headings")["inside"]["words"])
