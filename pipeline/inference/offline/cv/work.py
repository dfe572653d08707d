"""Jobs: which part of a heading is the employer and which the position.

The two parts that lean apart most are the pair. Where the words do not tell, the order in which this CV prints the two
elsewhere does. Promise: an entry that names only a position, under an employer that is named above, is a further job
there; nothing else is filled in.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.inference.offline.address import is_land
from pipeline.inference.offline.cv.entries import Entry, dated_entries
from pipeline.inference.offline.cv.heads import comma_parts, labelled_value, looks_like_title, pieces
from pipeline.inference.offline.cv.parts import LIKELY, SURE, Part, PartReader, is_prose
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.postcodes import is_state
from pipeline.inference.offline.ranges import Span
from pipeline.inference.offline.scores import Scores, has_legal_form, names_unit
from pipeline.inference.offline.text import without_brackets
from pipeline.inference.offline.words import phrases, split_words, word_list
from pipeline.inference.offline.wraps import joined_names
from pipeline.schemas.cv import is_break

_LONGEST_UNDATED = 180
_LONGEST_HIGHLIGHT = 600
_MOST_PARTS = 8
_FEWEST_OF_OTHER = 3
"""Parts of a heading that names an employer of its own, although no word tells which part it is."""
_FEWEST_GATHERED = 2
"""Positions that tell an employer by their dates."""
_FEWEST_PAIRS = 2
_MOST_WORDS = 6
_ORDER_WEIGHT = 0.5
_UNIT = 0.4  # less than any word says: "Department of Chemistry" is an employer where no university is named
_USUAL_ORDER = 0.25  # position first, where nothing else is known


@dataclass(frozen=True, slots=True)
class Job:
    """One job."""

    name: str | None = None
    position: str | None = None
    location: str | None = None
    span: Span | None = None
    highlights: tuple[str, ...] = ()


class WorkReader:
    """Reads the jobs of one CV. `titles` are phrases known to be positions (the line under the name)."""

    def __init__(self, scores: Scores, titles: Collection[str] = (), city: str | None = None) -> None:
        self._reader = PartReader(scores, titles, city)

    def read(self, lines: list[Line]) -> list[Job]:
        """Return the jobs of a section."""
        lines = joined_names(lines)
        entries = _without_projects(dated_entries(lines, self._takes)) or self._undated(lines)
        texts = [self._reader.texts(entry.heads) for entry in entries]
        on_one_line = any(len(own) == 1 and self._reader.names_both(own) for own in texts) or self._are_pairs(texts)
        parts = self._reader.learned([self._reader.parts(own, on_one_line=on_one_line) for own in texts])
        order, usual = _order(parts), _usual_places(parts)
        jobs = [
            self._with_body(_labelled_job(entry) or _job(own, order, usual), entry)
            for entry, own in zip(entries, parts, strict=True)
        ]
        jobs = _with_gatherers(jobs, [self.may_be_under(job) for job in jobs])
        return _with_employers(jobs, [self.may_be_under(job) for job in jobs], list(map(_has_own_line, jobs, entries)))

    def contracts(self, lines: list[Line], jobs: Collection[Job]) -> list[Job]:
        """Return the projects that name a client and a role, and were not done while employed: those of a freelancer."""
        entries = [entry for entry in dated_entries(lines, self._takes) if _labelled(entry, "client")]
        found = [self._with_body(job, entry) for entry in entries if (job := _labelled_job(entry))]
        employed = [job.span for job in jobs if job.span and job.name]
        return [
            job
            for job in found
            if job.span and job.span.is_range and not any(_covers(span, job.span) for span in employed)
        ]

    def may_be_under(self, job: Job) -> bool:
        """Tell whether a job is named by a known position alone: "Raising two children" is none."""
        return bool(job.position) and self._reader.leaning(str(job.position)) >= LIKELY

    def is_sure(self, job: Job) -> bool:
        """Tell whether the words alone say that this is a job."""
        if not job.span or not job.name or not job.position:
            return False
        return self._reader.leaning(job.name) <= -SURE and self._reader.leaning(job.position) > 0

    def _takes(self, heads: list[str], text: str, behind_dates: bool) -> bool:
        """Tell whether a heading still lacks a position or an employer, and this line may be it."""
        whole = self._reader.texts(heads)
        texts = self._reader.without_addresses(whole)
        if not texts:
            return True
        here, known = self._reader.leaning(text), [self._reader.leaning(one) for one in texts]
        if self._reader.names_ward_only(texts):
            return here <= -SURE and not names_unit(text)
        if len(texts) > 1 or self._reader.names_both(texts):
            is_placed = len(heads) == 1 or behind_dates  # "Tradewind<tab>Hull", or on two lines above the dates
            return is_placed and len(texts) == 2 and max(known) <= 0 and self._is_position(text)
        has_firm = len(texts) < len(whole) and any(map(self._reader.is_firm_in_town, whole))
        if has_firm or self._reader.is_place_line(text, behind_dates=behind_dates):
            return False
        if here and known[0] and (here > 0) == (known[0] > 0):
            return False
        may_be_it = looks_like_title(text) and len(texts) == len(whole)
        return may_be_it and here <= -SURE if self._reader.may_be_pair(texts[0]) else bool(here) or may_be_it

    def _are_pairs(self, texts: list[list[str]]) -> bool:
        """Tell whether most headings may be "position, employer" by their form, and none names an employer otherwise."""
        pairs = sum(len(own) == 1 and self._reader.may_be_pair(own[0]) for own in texts)
        has_others = any(self._reader.leaning(text) <= -LIKELY for own in texts if len(own) > 1 for text in own)
        return pairs >= _FEWEST_PAIRS and 2 * pairs >= len(texts) and not has_others

    def _is_position(self, text: str) -> bool:
        """Tell whether a line is but a known position, under "Tradewind<tab>Hull"."""
        is_short = len(text.split()) <= _MOST_WORDS and looks_like_title(text)
        return is_short and self._reader.leaning(text) >= SURE

    def _undated(self, lines: list[Line]) -> list[Entry]:
        """Take lines that name both position and employer for jobs, in a section without any dates."""
        short = [line for line in lines if len(line.text) <= _LONGEST_UNDATED and not is_sentence(line.text)]
        pairs = {line.text for line in short if self._is_pair(line.text)}
        likely = {line.text for line in short if not line.bullet and self._begins_with_position(line.text)}
        jobs = pairs | likely if pairs else pairs
        return [Entry((line.text,)) for line in short if line.text in jobs]

    def _begins_with_position(self, text: str) -> bool:
        """Tell whether a text may be "Sales Assistant, Hobbs, Hull"."""
        first, *others = comma_parts(text)
        return bool(others) and self._is_position(first) and looks_like_title(text)

    def _is_pair(self, text: str) -> bool:
        leanings = [self._reader.leaning(part) for whole in self._reader.texts([text]) for part in comma_parts(whole)]
        return max(leanings, default=0) >= LIKELY and min(leanings, default=0) <= -SURE

    def _with_body(self, job: Job, entry: Entry) -> Job:
        """Add the dates and what stands under the heading; a place right under it is where the job is."""
        location, highlights = job.location, _highlights(entry)
        if highlights and self._reader.is_place_line(highlights[0], behind_dates=True):
            location = location or labelled_value(highlights[0], "address") or highlights[0]
            highlights = highlights[1:]
        return replace(job, location=location, span=entry.span, highlights=highlights)


def _order(entries: list[list[Part]]) -> float:
    """Return the weight for "position first" that this CV's clear entries give; negative: employer first."""
    votes = [parts[0].leaning - parts[1].leaning for parts in entries if len(parts) >= 2]
    clear = [vote for vote in votes if abs(vote) >= SURE]
    first = sum(vote > 0 for vote in clear)
    if first * 2 == len(clear):
        return _USUAL_ORDER
    return _ORDER_WEIGHT if first * 2 > len(clear) else -_ORDER_WEIGHT


def _usual_places(entries: list[list[Part]]) -> dict[int, tuple[int, int]]:
    """Return where position and employer stand among so many parts, as this CV's clear entries tell."""
    usual: dict[int, tuple[int, int]] = {}
    for parts in entries:
        leanings = [part.leaning for part in parts if not part.is_place]
        if len(leanings) > 2 and max(leanings) >= LIKELY and min(leanings) <= -LIKELY:
            usual.setdefault(len(leanings), (leanings.index(max(leanings)), leanings.index(min(leanings))))
    return usual


def _job(parts: list[Part], order: float, usual: Mapping[int, tuple[int, int]]) -> Job:
    """Return the job that some parts name."""
    places = [part.text for part in parts if part.is_place]
    named = [part for part in parts if not part.is_place] or parts[:1]
    if not named:
        return Job()
    if len(named) == 1:
        text, place = named[0].text, named[0].tail or next(iter(places), None)
        is_employer = named[0].leaning < 0 and not _works_alone(text)
        return Job(_without_note(text), None, place) if is_employer else Job(None, text, place)
    position, employer = _pair(named[:_MOST_PARTS], order, usual.get(len(named)))
    if _works_alone(position.text) and employer.text.islower():
        return Job(None, position.text)  # "Career break – caring for parent"
    others = [
        part.text for part in named if part is not position and part is not employer and not names_unit(part.text)
    ]
    place = next(filter(None, (*places, employer.tail, position.tail, *others)), None)
    return Job(_without_note(employer.text), position.text, place)


def _without_note(employer: str) -> str:
    """Leave out what a bracket tells about an employer: "Tarn Group (sold in 2019)", "Hale Labs (Remote)"."""
    name, inner = without_brackets(employer)
    is_note = inner and (inner in phrases("roles", "terms", "words") or (inner[0].islower() and " " in inner))
    return name if is_note else employer


def _pair(parts: list[Part], order: float, usual: tuple[int, int] | None) -> tuple[Part, Part]:
    """Return the position and the employer: the two that lean apart most, the usual places and order first.

    Behind a position its employer is the next part; before it, the first: "Tradewind | Hull | Logistics Planner".
    """

    def fitness(pair: tuple[int, int]) -> tuple[float, bool, int, int]:
        position, employer = pair
        apart = parts[position].leaning - parts[employer].leaning
        ordered = apart + (order if position < employer else -order) - _UNIT * names_unit(parts[employer].text)
        far = employer - position if employer > position else employer
        return ordered, pair == usual, -far, -position

    position, employer = max(itertools.permutations(range(len(parts)), 2), key=fitness)
    return parts[position], parts[employer]


def _without_projects(entries: list[Entry]) -> list[Entry]:
    """Leave out what was done for a client of the employer, where employers are labelled as well."""
    employed = [bool(_labelled(entry, "employer")) for entry in entries]
    if not any(employed):
        return entries
    both = zip(entries, employed, strict=True)
    return [entry for entry, has_employer in both if has_employer or not _labelled(entry, "client")]


def _labelled(entry: Entry, kind: str) -> str | None:
    """Return what an entry says behind a label of this kind."""
    lines = [*entry.heads, *(line.text for line in entry.below)]
    return next(filter(None, (labelled_value(line, kind) for line in lines)), None)


def _labelled_job(entry: Entry) -> Job | None:
    """Read an entry that says which is which: "Position: ...", "Employer: ..."; contractors name a client."""
    position = _labelled(entry, "position")
    employer = _labelled(entry, "employer") or _labelled(entry, "client")
    if not position or not employer:
        return None
    main, *tail = comma_parts(employer)
    return Job(main, position, ", ".join(tail) or None)


def _has_own_line(job: Job, entry: Entry) -> bool:
    """Tell whether the employer stands on a line without the position, and so may head the jobs below as well."""
    on_both_sides = entry.span and entry.span.before and entry.span.after
    return not on_both_sides and any(
        job.name and job.name in head and not (job.position and job.position in head) for head in entry.heads
    )


def _with_gatherers(jobs: list[Job], known: list[bool]) -> list[Job]:
    """Let what no word tells be an employer where known positions follow whose dates together are its own."""
    found = list(jobs)
    for at, job in enumerate(jobs):
        if not job.span or job.name or known[at]:
            continue
        spans = list(_spans_within(job.span, jobs[at + 1 :], known[at + 1 :]))
        starts, ends = {span.start for span in spans}, {(span.current, span.end) for span in spans}
        if len(spans) >= _FEWEST_GATHERED and job.span.start in starts and (job.span.current, job.span.end) in ends:
            found[at] = replace(job, name=job.position, position=None)
    return found


def _spans_within(whole: Span, jobs: list[Job], known: list[bool]) -> Iterator[Span]:
    """Yield the dates of the jobs that begin a list, as long as they are but known positions within some dates."""
    for job, is_known in zip(jobs, known, strict=True):
        if not is_known or job.name or not job.span or not job.span.is_range or not _covers(whole, job.span):
            return
        yield job.span


def _with_employers(jobs: list[Job], known: list[bool], own_line: list[bool]) -> list[Job]:
    """Give a job without employer the one printed above it, and drop a heading that only gathers the jobs under it.

    `known` tells of each job whether it is surely a position, `own_line` whether its employer stands on a line of its
    own; one of the two is needed.
    """
    found: list[Job] = []
    gathers = False
    heading = Job()
    for printed, is_known, has_line in zip(jobs, known, own_line, strict=True):
        job = printed if has_line else _within(heading, printed)
        heading = printed if printed.name and not printed.position else heading
        above = found[-1] if found else None
        if above and gathers and not has_line:
            job = _in_ward_of(above, job)
        if above and (gathers or is_known) and _belongs_under(above, job):
            if not above.position and above.span and job.span and _covers(above.span, job.span):
                found.pop()
            found.append(replace(job, name=above.name))
        elif job.name or job.position:
            found.append(job)
            gathers = has_line
    return found


def _within(heading: Job, job: Job) -> Job:
    """Read "Vice President, Finance" and "Platoon Leader, Fort Hood, TX" below an employer with the dates of the whole.

    What stands behind the position is then a field or a town, unless it is a firm by its form.
    """
    if not (heading.name and heading.span and job.name and job.position and job.span and job.span.is_range):
        return job
    is_inside = _covers(heading.span, job.span) and heading.span.start != heading.span.end
    if not is_inside or has_legal_form(job.name) or len(job.name.split()) > _MOST_WORDS:
        return job
    if job.location and is_state(job.location):
        return replace(job, name=None, location=f"{job.name}, {job.location}")
    return job if job.location else replace(job, name=None, position=f"{job.position}, {job.name}")


def _in_ward_of(above: Job, job: Job) -> Job:
    """Read "Staff Nurse, Elderly Care" below jobs at a hospital as a post there: a ward is an employer only where no other is."""
    if not (job.name and job.position and names_unit(job.name)) or names_unit(above.name or ""):
        return job
    post = replace(job, name=None, position=f"{job.position}, {job.name}")
    return post if _belongs_under(above, post) else job


def _belongs_under(above: Job, job: Job) -> bool:
    if not job.position or job.name or not above.name or _works_alone(job.position):
        return False
    parts = comma_parts(", ".join(filter(None, (job.position, job.location))))
    return len(parts) < _FEWEST_OF_OTHER or is_land(parts[-1])  # "Jefa de cocina, Hotel Plaza Mayor, Gijón"


def _works_alone(text: str) -> bool:
    """Tell whether a position has no employer: "Freelance", "Parental leave"."""
    words = split_words(text)
    begins = tuple(word_list("roles")["alone"]["begins"])
    is_alone = phrases("roles", "alone", "words").any_in(words) or any(word.key.startswith(begins) for word in words)
    return is_alone or is_break(text)


def _covers(whole: Span, part: Span) -> bool:
    starts = (whole.start or "") <= (part.start or "9")
    return starts and (whole.current or (part.end or "9") <= (whole.end or ""))


def _highlights(entry: Entry) -> tuple[str, ...]:
    """Return what was done in a job: prose of its heading, then the lines below, wrapped ones joined."""
    found = [part for head in entry.heads for part in pieces(head) if is_prose(part)]
    for line in entry.below:
        if labelled_value(line.text, "employer", "client", "position", "dates"):
            continue
        if found and not line.bullet and line.text[:1].islower() and not found[-1].endswith((".", ";", "!", "?")):
            found[-1] = f"{found[-1]} {line.text}"
        else:
            found.append(line.text.replace("\t", " "))
    return tuple(text for text in found if 2 < len(text) <= _LONGEST_HIGHLIGHT)
