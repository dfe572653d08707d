"""What headings of a CV are called, in any of the languages of `words/headings.toml`: which section a text is a heading of."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from pipeline.inference.offline.ranges import is_duration
from pipeline.inference.offline.words import Phrases, any_of, letters_only, phrases, word_list

HEAD = "head"
"""The section that has no heading: what stands above the first one."""
LONGEST = 60
_SHORTEST_MISSPELT, _LONGEST_MISSPELT = 8, 4
"""Letters from which on, and words up to which, a heading may have a slip in it."""
_NO_SECTIONS = ("inside", "extras", "weak", "leads", "tails", "nouns")
_JOINERS = re.compile(rf"\s*[&+/,]\s*|\s+(?:{any_of('skills', 'and')})\s+")
_NUMBERING = re.compile(r"^(?:[IVX]{1,4}|\d{1,2}|[A-H])[.)]\s+")
_NOTE = re.compile(r"(?<=\w)\s*\([^()\d]*\)[\s:]*$")  # "Projects (selected)"
_LENGTH = re.compile(r"(?<=\w)\s*[-–—:,(]\s*(?=\d)")  # "Опыт работы — 6 лет 2 месяца", as job boards sum it up


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found at a line."""

    kind: str
    text: str
    rest: str = ""
    """What stands behind it on the same line."""
    lines: int = 1
    """How many lines it takes up."""


def is_heading_text(text: str) -> bool:
    """Tell whether a text by itself is a heading or what a CV calls itself."""
    return len(text) <= LONGEST and (is_title(text) or kind_of(text) is not None)


def is_title(text: str) -> bool:
    """Tell whether a CV calls itself so."""
    return letters_only(text) in _titles()


def listed_kind(text: str) -> str | None:
    """Return the section that has a heading of these very letters."""
    return _kinds().get(letters_only(text))


def kind_of(text: str) -> str | None:
    """Return the section that this text is a heading of."""
    bare = _NOTE.sub("", _NUMBERING.sub("", _without_length(text.strip()))).strip(" :.-–—_|•·")
    if not letters_only(bare):
        return None
    kind = listed_kind(bare) or listed_kind(bare := _without_tail(bare))
    if kind:
        return kind
    parts = [letters_only(part) for part in _JOINERS.split(bare.casefold())]
    kinds = [_kinds().get(part) or ("extra" if part in _extras() else None) for part in parts if part]
    if len(kinds) < 2 or not all(kinds):
        return None
    return "certificates" if {*kinds} == {"licences", "certificates"} else kinds[0]


def misspelt_kind(text: str) -> str | None:
    """Return the section of a heading with one letter wrong, missing, too much or out of place: "Work Experiance".

    A letter more or less at the end makes another word rather: "Communication".
    """
    letters = letters_only(text)
    if not _SHORTEST_MISSPELT <= len(letters) <= LONGEST or len(text.split()) > _LONGEST_MISSPELT:
        return None
    near = {heading for shorter in _one_less(letters) for heading in _misspelt().get(shorter, ())}
    slips = (
        one
        for one in near
        if OSA.distance(letters, one) == 1 and not letters.startswith(one) and not one.startswith(letters)
    )
    kinds = {_kinds()[one] for one in slips}
    return kinds.pop() if len(kinds) == 1 else None


def _one_less(letters: str) -> Iterator[str]:
    """Yield a word and what is left of it without one letter: two words that share one of these differ by a slip or two."""
    yield letters
    yield from (letters[:at] + letters[at + 1 :] for at in range(len(letters)))


@functools.cache
def _misspelt() -> dict[str, list[str]]:
    """Return the longer headings of Latin letters by what a slip may leave of them. A comparison with each would take too long."""
    found: dict[str, list[str]] = {}
    for heading in _kinds():
        if len(heading) >= _SHORTEST_MISSPELT and heading.isascii() and heading not in _weak():
            for shorter in _one_less(heading):
                found.setdefault(shorter, []).append(heading)
    return found


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
    return f"{text}s" if " " in text and not tail and listed_kind(f"{text}s") else text


def is_weak(text: str) -> bool:
    """Tell whether a heading is a word of running text as well: it counts where it is set as the others are."""
    return letters_only(text) in _weak()


@functools.cache
def strong_headings() -> Phrases:
    """Return all headings that are no word of running text."""
    return Phrases.of(heading for heading, _ in _listed() if not is_weak(heading))


@functools.cache
def _kinds() -> dict[str, str]:
    """Return the section of each heading. One that two sections have is the first one's."""
    kinds: dict[str, str] = {}
    for heading, kind in _listed():
        kinds.setdefault(letters_only(heading), kind)
    return kinds


def _listed() -> Iterator[tuple[str, str]]:
    """Yield each heading and its section, all languages together."""
    for kind, table in word_list("headings").items():
        if isinstance(table, dict) and kind not in _NO_SECTIONS:
            yield from ((heading, kind) for language in table.values() for heading in language)


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
