"""Jobs: which line of an entry is the employer and which the position.

Each part of a heading is scored as a position and as an employer; the pair that differs most wins. Where the words do
not tell, the order in which this CV prints the two elsewhere does. Promise: an entry that names only a position, under
an employer that is named above, is a further job there; nothing else is filled in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
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
from pipeline.inference.offline.scores import Scores
from pipeline.inference.offline.words import phrases, split_words
from pipeline.schemas.names import country_code

_LONGEST_PART = 90
_LONGEST_HIGHLIGHT = 600
_ORDER_WEIGHT = 0.5
_USUAL_ORDER = 0.25  # position first, where nothing else is known
_SURE = 2.0


@dataclass(frozen=True, slots=True)
class Job:
    """One job."""

    name: str | None = None
    position: str | None = None
    location: str | None = None
    span: Span | None = None
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a heading, with its leaning: above zero to position, below to employer."""

    text: str
    leaning: float
    tail: str | None = None
    """What stood behind a comma: often a town."""


class WorkReader:
    """Reads the jobs of one CV. `titles` are phrases known to be positions (the line under the name)."""

    def __init__(self, scores: Scores, titles: Collection[str] = (), city: str | None = None) -> None:
        self._scores = scores
        self._titles = {title.casefold() for title in titles}
        self._places = {city.casefold()} if city else set[str]()

    def read(self, lines: list[Line]) -> list[Job]:
        """Return the jobs of a section."""
        entries = dated_entries(lines, self._takes) or self._undated(lines)
        parts = [self._parts(entry) for entry in entries]
        parts = self._learned(parts)
        order = self._order(parts)
        jobs: list[Job] = []
        for entry, own in zip(entries, parts, strict=True):
            job = _labelled_job(entry) or self._job(own, order)
            jobs.append(replace(job, span=entry.span, highlights=_highlights(entry)))
        return _with_employers(jobs)

    def _takes(self, heads: list[str], text: str) -> bool:
        """Tell whether a heading still lacks a position or an employer, and this line may be it."""
        parts = [part for head in heads for part in pieces(head)]
        if len(parts) >= 2 or self._names_both(parts):
            return False
        if not parts:
            return True
        leaning, known = self._leaning(text), self._leaning(parts[0])
        if leaning and known and (leaning > 0) == (known > 0):
            return False
        return bool(leaning) or looks_like_title(text)

    def _names_both(self, parts: list[str]) -> bool:
        """Tell whether one part names position and employer around a comma."""
        leanings = [self._leaning(part) for whole in parts for part in comma_parts(whole)]
        return max(leanings, default=0) >= _SURE / 2 and min(leanings, default=0) <= -_SURE / 2

    def _leaning(self, text: str) -> float:
        if text.casefold() in self._titles:
            return _SURE + 1
        return self._scores.leaning(text)

    def _undated(self, lines: list[Line]) -> list[Entry]:
        """Take lines that name both position and employer for jobs, in a section without any dates."""
        return [
            Entry((line.text,)) for line in lines if len(line.text) <= _LONGEST_PART * 2 and self._is_pair(line.text)
        ]

    def _is_pair(self, text: str) -> bool:
        leanings = [self._leaning(part) for piece in pieces(text) for part in comma_parts(piece)]
        return not is_sentence(text) and max(leanings, default=0) >= _SURE and min(leanings, default=0) <= -_SURE

    def _parts(self, entry: Entry) -> list[_Part]:
        texts = [part for head in entry.heads for part in self._split(head)]
        texts = [text for text in texts if not _is_prose(text)]
        if texts and self._names_both(texts[:1]):
            return [_Part(text, self._leaning(text)) for text in comma_parts(texts[0])]
        return [self._part(text) for text in texts]

    def _split(self, head: str) -> list[str]:
        """Return the parts of one line; "Engineer at Acme" has two where the words agree."""
        found: list[str] = []
        for piece in pieces(head):
            words = split_words(piece)
            joints = [
                (at, count) for at, count in phrases("roles", "at", "words").find(words) if 0 < at < len(words) - count
            ]
            if len(joints) == 1 and self._scores.role(piece[: words[joints[0][0]].start]):
                at, count = joints[0]
                found += [piece[: words[at].start].strip(" ,"), piece[words[at + count - 1].end :].strip(" ,")]
            else:
                found.append(piece)
        return found

    def _part(self, text: str) -> _Part:
        main, *tail = comma_parts(text)
        leaning = self._leaning(text)
        if tail and leaning > 0 and not all(part.casefold() in self._places or country_code(part) for part in tail):
            return _Part(text, leaning)
        return _Part(main, self._leaning(main) or leaning, ", ".join(tail) or None)

    def _learned(self, entries: list[list[_Part]]) -> list[list[_Part]]:
        """Let a text that is a position in one entry be one in the others, and towns behind employers be towns."""
        for parts in entries:
            self._places |= {part.tail.casefold() for part in parts if part.tail and part.leaning <= -_SURE}
        repeated = Counter(part.text.casefold() for parts in entries for part in parts)
        return [
            [
                replace(part, leaning=part.leaning + 0.5)
                if repeated[part.text.casefold()] > 1 and part.leaning >= 0
                else part
                for part in parts
                if len(parts) < 3 or not self._is_place(part.text)
            ]
            for parts in entries
        ]

    def _is_place(self, text: str) -> bool:
        return text.casefold() in self._places or (len(text) > 2 and country_code(text) is not None)

    def _order(self, entries: list[list[_Part]]) -> float:
        """Return the weight for "position first" that this CV's clear entries give; negative: employer first."""
        votes = [
            first.leaning - second.leaning for first, second in (parts[:2] for parts in entries if len(parts) >= 2)
        ]
        clear = [vote for vote in votes if abs(vote) >= _SURE]
        first = sum(vote > 0 for vote in clear)
        if not clear or first * 2 == len(clear):
            return _USUAL_ORDER
        return _ORDER_WEIGHT if first * 2 > len(clear) else -_ORDER_WEIGHT

    def _job(self, parts: list[_Part], order: float) -> Job:
        if not parts:
            return Job()
        if len(parts) == 1:
            part = parts[0]
            is_employer = part.leaning < 0
            return Job(part.text, None, part.tail) if is_employer else Job(None, part.text, part.tail)
        pairs = [(a, b) for a in range(len(parts)) for b in range(len(parts)) if a != b]
        position, employer = max(
            pairs,
            key=lambda pair: (
                parts[pair[0]].leaning - parts[pair[1]].leaning + (order if pair[0] < pair[1] else -order),
                -abs(pair[0] - pair[1]),
                -pair[0],
            ),
        )
        others = [part.text for at, part in enumerate(parts) if at not in (position, employer)]
        return Job(
            parts[employer].text,
            parts[position].text,
            parts[employer].tail or parts[position].tail or next(iter(others), None),
        )


def _labelled_job(entry: Entry) -> Job | None:
    """Read an entry that says which is which: "Position: ...", "Employer: ..."."""
    lines = [*entry.heads, *(line.text for line in entry.below)]
    position = next(filter(None, (labelled_value(line, "position") for line in lines)), None)
    employer = next(filter(None, (labelled_value(line, "employer") for line in lines)), None)
    if not position or not employer:
        return None
    main, *tail = comma_parts(employer)
    return Job(main, position, ", ".join(tail) or None)


def _is_prose(text: str) -> bool:
    several_sentences = re.search(r"[^\W\d_]{4,}\.\s+[^\W\d_]", text)
    return len(text) > _LONGEST_PART or bool(several_sentences) or (is_sentence(text) and len(text.split()) > 3)


def _with_employers(jobs: list[Job]) -> list[Job]:
    """Give a job without employer the one printed above it, and drop a heading that only gathers the jobs under it."""
    found: list[Job] = []
    for job in jobs:
        above = found[-1] if found else None
        if job.position and not job.name and above and above.name and not _works_alone(job.position):
            if not above.position and above.span and job.span and _covers(above.span, job.span):
                found.pop()
            job = replace(job, name=above.name)
        if job.name or job.position:
            found.append(job)
    return found


def _covers(whole: Span, part: Span) -> bool:
    starts = (whole.start or "") <= (part.start or "9")
    return starts and (whole.current or (part.end or "9") <= (whole.end or ""))


def _works_alone(position: str) -> bool:
    return any(True for _ in phrases("roles", "alone", "words").find(split_words(position)))


def _highlights(entry: Entry) -> tuple[str, ...]:
    """Return what was done in a job: prose of its heading, then the lines below, wrapped ones joined."""
    found = [part for head in entry.heads for part in pieces(head) if _is_prose(part)]
    for line in entry.below:
        if found and not line.bullet and line.text[:1].islower() and not found[-1].endswith((".", ";", "!", "?")):
            found[-1] = f"{found[-1]} {line.text}"
        else:
            found.append(line.text.replace("\t", " "))
    return tuple(text for text in found if 2 < len(text) <= _LONGEST_HIGHLIGHT)
