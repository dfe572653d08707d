"""The parts of a job's heading, each with its leaning towards position or employer.

Promise: a part is printed as it is; what stood behind a comma and may be a town is kept apart from the employer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from pipeline.inference.offline.address import is_land
from pipeline.inference.offline.cv.degrees import names_field
from pipeline.inference.offline.cv.heads import comma_parts, labelled_value, looks_like_title, pieces
from pipeline.inference.offline.lines import is_abbreviation, is_sentence
from pipeline.inference.offline.postcodes import is_state
from pipeline.inference.offline.scores import Scores, has_legal_form, is_legal_form, names_unit
from pipeline.inference.offline.text import without_brackets
from pipeline.inference.offline.words import Word, phrases, split_words

SURE = 2.0
"""A leaning that settles which is which."""
LIKELY = 1.0
_HEADED = 1.5
"""That of a known position with a word of a firm in front: "Software Engineer"."""
_REPEATED = 0.5
_FIRM_TOWN_STATE, _CODE = 3, 2
"""Parts, and letters of the state."""
_LONGEST = 90
_STOP = re.compile(r"(?P<word>[^\W\d_]{4,})\.\s+(?=[^\W\d_])")
_LONGEST_ABBREVIATION = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a heading."""

    text: str
    leaning: float
    """Above zero towards position, below towards employer."""
    tail: str | None = None
    """What stood behind a comma: often a town."""
    is_place: bool = False
    """It is a town or country that this CV names elsewhere, too."""


class PartReader:
    """Parts the headings of one CV. What is learned from one entry (towns, repeated titles) helps with the others."""

    def __init__(self, scores: Scores, titles: Collection[str], city: str | None) -> None:
        self._scores = scores
        self._titles = {title.casefold() for title in titles}
        self._places = {city.casefold()} if city else set[str]()
        self._labelled = set[str]()

    def leaning(self, text: str) -> float:
        """Return how much a text names a position (above zero) or an employer (below)."""
        return SURE + LIKELY if text.casefold() in self._titles else self._scores.leaning(text)

    def names_both(self, texts: Iterable[str]) -> bool:
        """Tell whether some texts name a position and an employer, parted by commas if by nothing else."""
        leanings = [self.leaning(part) for whole in texts for part in comma_parts(whole)]
        return max(leanings, default=0) >= LIKELY and min(leanings, default=0) <= -LIKELY

    def may_be_pair(self, text: str) -> bool:
        """Tell whether a text may be "Bookkeeper, Dairy of the Vale": beside a known position a name that no word tells."""
        parts = sorted(comma_parts(text), key=self.leaning)
        if len(parts) != 2 or self.leaning(parts[1]) < _HEADED or self.leaning(parts[0]) > 0:
            return False
        name = parts[0]
        is_other = self._is_place(name) or names_unit(name) or names_field(name)
        return name[:1].isupper() and looks_like_title(name) and not is_other

    def names_ward_only(self, texts: list[str]) -> bool:
        """Tell whether the only employer of "Staff Nurse, Acute Medical Unit" is a part of one."""
        first, *others = comma_parts(texts[0]) if len(texts) == 1 else ("",)
        return bool(others) and self.leaning(first) >= LIKELY and all(map(names_unit, others))

    def is_place_line(self, text: str, *, behind_dates: bool) -> bool:
        """Tell whether a line is but a place: "Rotterdam, Netherlands". Above dates, that may be a firm and its country."""
        parts = comma_parts(text)
        if not parts or len(parts) > 3 or "\t" in text or not self._is_place(parts[-1]) or self.leaning(text):
            return False
        if self.is_firm_in_town(text):
            return False
        return (behind_dates and is_land(parts[-1])) or is_state(parts[-1]) or all(map(self._is_place, parts))

    def is_firm_in_town(self, text: str) -> bool:
        """Tell whether a text may be "Larkspur Payments, Austin, TX"."""
        parts = comma_parts(text)
        is_town = len(parts) == _FIRM_TOWN_STATE and len(parts[-1]) == _CODE and is_state(parts[-1])
        return is_town and text not in self._labelled and not self._is_place(parts[0])

    def _is_place(self, text: str) -> bool:
        return text.casefold() in self._places or is_land(text)

    def is_address(self, text: str) -> bool:
        """Tell whether a text is a town with its state or country, or labelled as a place."""
        parts = comma_parts(text)
        is_whole = 2 <= len(parts) <= 3 and is_land(parts[-1]) and abs(self.leaning(", ".join(parts[:-1]))) < LIKELY
        return is_whole or text in self._labelled

    def without_addresses(self, texts: list[str]) -> list[str]:
        """Leave out the addresses, where anything else is left."""
        return [text for text in texts if not self.is_address(text)] or texts

    def texts(self, heads: Iterable[str]) -> list[str]:
        """Return the texts that some heading lines hold; "Engineer at Acme" and "Hotel Meridian (Sous Chef)" hold two."""
        found = [piece for head in heads for piece in pieces(self._without_labels(head))]
        named = [piece for piece in found if not is_prose(piece)] or self._opening(found)
        named = [_without_lead(piece) for piece in named]
        return [
            text for piece in named for text in self._at_joint(piece) or self._at_bracket(piece) or self._at_as(piece)
        ]

    def _without_labels(self, head: str) -> str:
        value = labelled_value(head, "position", "employer", "client")
        places = {cell: place for cell in head.split("\t") if (place := labelled_value(cell, "address"))}
        self._labelled |= set(places.values())
        return value or "\t".join(places.get(cell, cell) for cell in head.split("\t"))

    def _opening(self, texts: list[str]) -> list[str]:
        """Return the first sentence of a heading that runs on, where it names a position and an employer."""
        first = texts[0][:_LONGEST] if texts else ""
        stop = next(filter(_ends_sentence, _STOP.finditer(first)), None)
        opening = first[: stop.end("word")] if stop else ""
        return [opening] if self.names_both([opening]) else []

    def _at_joint(self, text: str) -> list[str] | None:
        both = self._parted(text, "words")
        if both and (self._scores.role(both[0]) or self._is_sure_pair(*both)):
            return both
        both = self._parted(text, "weak")
        return both if both and self.leaning(both[0]) >= LIKELY and self.leaning(both[1]) <= -LIKELY else None

    def _at_as(self, text: str) -> list[str]:
        """Part "Najd Transport as Heavy Driver"; "Assistant as of May" has no employer in front."""
        both = self._parted(text, "as")
        return both if both and self.leaning(both[1]) >= LIKELY and self._scores.role(both[0]) <= 0 else [text]

    def _is_sure_pair(self, position: str, employer: str) -> bool:
        """Tell whether an employer stands behind something unknown: "Police Constable at Yarrow Consulting Ltd"."""
        return self.leaning(employer) <= -LIKELY and self.leaning(position) >= 0 and looks_like_title(position)

    def _at_weak_joint(self, text: str) -> list[str] | None:
        """Part "Brand Manager for Zephyro", where nothing else names an employer; "for" is also before what is managed."""
        both = self._parted(text, "weak")
        if not both or self.leaning(both[0]) < SURE or self.leaning(both[1]) > 0:
            return None
        return both if all(map(looks_like_title, both)) and both[1][:1].isupper() else None

    def _at_in(self, text: str) -> list[str] | None:
        """Part "Recepcionista en Hotel Miramar", where nothing else names an employer: "Experto en marketing" is whole."""
        both = self._parted(text, "in")
        return both if both and self.leaning(both[0]) >= LIKELY and self.leaning(both[1]) <= -LIKELY else None

    def _parted(self, text: str, kind: str) -> list[str] | None:
        """Return what stands before and behind the one joint of this kind."""
        words = split_words(text)
        joints = [joint for joint in phrases("roles", "at", kind).find(words) if 0 < joint[0] < len(words) - joint[1]]
        if len(joints) != 1:
            return None
        at, count = joints[0]
        return [text[: words[at].start].strip(" ,"), text[words[at + count - 1].end :].strip(" ,")]

    def _at_bracket(self, text: str) -> list[str] | None:
        name, inner = without_brackets(text)
        return [name, inner] if inner and self.leaning(inner) >= LIKELY > self.leaning(name) else None

    def parts(self, texts: list[str], *, on_one_line: bool) -> list[Part]:
        """Return the parts of a heading. `on_one_line`: other entries of this CV read "position, employer"."""
        addresses = [text for text in texts if self.is_address(text)]
        others = [text for text in texts if text not in addresses]
        places = [Part(text, 0.0, is_place=True) for text in addresses]
        own = self._firm_in_town(addresses, others)
        are_labelled = all(text in self._labelled or is_state(comma_parts(text)[-1]) for text in texts)
        if own or (places and not others and are_labelled):
            return own
        if places and len(others) == 1 and self._is_pair(others[0]):
            return [Part(text, self.leaning(text)) for text in comma_parts(others[0])] + places
        if places and len(others) == 1 and self._scores.organisation(others[0]) > 0 >= self.leaning(others[0]):
            return [self._part(text) for text in self._at_employer(others[0])] + places
        if places and len(others) > 1:
            return [self._part(text) for text in others] + places
        texts = (self._at_weak_joint(texts[0]) or self._at_in(texts[0]) if len(texts) == 1 else None) or texts
        parted = (self.names_both(texts[:1]) and not self._names_field(texts)) or (
            len(texts) == 1
            and (self._ends_in_employer(texts[0], on_one_line) or (on_one_line and self.may_be_pair(texts[0])))
        )
        if texts and parted:
            return self._with_town(comma_parts(texts[0]))
        return [self._part(text) for text in texts]

    def _firm_in_town(self, addresses: list[str], others: list[str]) -> list[Part]:
        """Return the parts where all that stands beside "Larkspur Payments, Austin, TX" is a position."""
        is_one = len(addresses) == 1 and self.is_firm_in_town(addresses[0])
        if not is_one or not others or min(map(self.leaning, others)) < _HEADED:
            return []
        firm, *town = comma_parts(addresses[0])
        return [*map(self._part, others), Part(firm, self.leaning(firm)), Part(", ".join(town), 0.0, is_place=True)]

    def _with_town(self, texts: list[str]) -> list[Part]:
        """Return a part for each text, the town with its state as one: "Nurse, Mercy Hospital, Des Moines, Iowa"."""
        rest, town = texts[:-2], texts[-2:]
        if len(rest) < 2 or not is_state(town[1]) or abs(self.leaning(town[0])) >= LIKELY:
            return list(map(self._part, texts))
        return [*map(self._part, rest), Part(", ".join(town), 0.0, is_place=True)]

    def _names_field(self, texts: list[str]) -> bool:
        """Tell whether a comma parts but a field or ward from a position, before an employer: "Manager, Finance – Hale Foods"."""
        fields = [part for whole in texts[:1] for part in comma_parts(whole)[1:]]
        return (
            all(names_field(field) or names_unit(field) for field in fields)
            and min(map(self.leaning, texts[1:]), default=0) <= -LIKELY
        )

    def _at_employer(self, text: str) -> list[str]:
        """Part "PROJECT MANAGER ALDERWICK LTD", as the Europass prints it, where a known position begins it."""
        words = split_words(text)
        ends = (count for count in range(len(words) - 2, 0, -1) if self._is_position_then_firm(text, words, count))
        count = next(ends, 0)
        return [text[: words[count - 1].end], text[words[count].start :]] if count else [text]

    def _is_position_then_firm(self, text: str, words: list[Word], count: int) -> bool:
        last = text[words[count - 1].start : words[count - 1].end]
        return has_legal_form(text[words[count].start :]) and self._scores.role(last) >= SURE

    def _is_pair(self, text: str) -> bool:
        """Tell whether a text beside an address names position and employer: "Nexivo, Research Intern"."""
        leanings = [self.leaning(part) for part in comma_parts(text)]
        return len(leanings) > 1 and max(leanings) >= LIKELY and min(leanings) <= 0

    def _ends_in_employer(self, text: str, on_one_line: bool) -> bool:
        """Tell whether a heading of one text names something else, then behind a comma an employer."""
        parts = comma_parts(text)
        first, *others = [self.leaning(part) for part in parts]
        has_form = on_one_line and not has_legal_form(parts[0]) and any(map(has_legal_form, parts[1:]))
        if not others or has_form or first < 0:
            return has_form  # "Various finance roles, Merritt Stowe LLP"
        follows = first >= LIKELY and others[0] <= 0 and not self._is_place(parts[1])
        return min(others) <= -SURE or (follows and (on_one_line or len(parts) > 2))

    def _part(self, text: str) -> Part:
        main, *tail = comma_parts(text)
        leaning = self.leaning(text)
        if tail and leaning > 0 and not all(map(self._is_place, tail)):
            return Part(text, leaning)  # "Staff Nurse, Orthopaedic Ward"
        name, inner = without_brackets(main)
        if inner and leaning <= 0 and looks_like_title(inner) and not inner.isupper():
            main, tail = name, tail or [inner]
        return Part(main, self.leaning(main) or leaning, ", ".join(tail) or None)

    def learned(self, entries: list[list[Part]]) -> list[list[Part]]:
        """Let a text that is repeated be a position rather than an employer, and towns behind employers be towns."""
        for parts in entries:
            self._places |= {part.tail.casefold() for part in parts if part.tail and part.leaning <= -SURE}
        counted = Counter(part.text.casefold() for parts in entries for part in parts)
        repeated = {text for text, count in counted.items() if count > 1}
        return [[self._compared(part, repeated, may_be_place=len(parts) > 2) for part in parts] for parts in entries]

    def _compared(self, part: Part, repeated: Collection[str], *, may_be_place: bool) -> Part:
        if may_be_place and self._is_place(part.text):
            return replace(part, is_place=True)
        is_repeated = part.leaning >= 0 and part.text.casefold() in repeated
        return replace(part, leaning=part.leaning + _REPEATED) if is_repeated else part


def _without_lead(text: str) -> str:
    """Leave out "Working as" in front of a position, and through whom somebody came: "Driver (via Driveforce Ltd)"."""
    bare, inner = without_brackets(text)
    text = bare if inner and phrases("roles", "via", "words").prefix(inner) else text
    end = phrases("roles", "leads", "words").prefix(text)
    return text[end:].strip() or text


def is_prose(text: str) -> bool:
    """Tell whether a part of a heading is what was done in the job, run on behind it."""
    if len(text) > _LONGEST or any(_ends_sentence(stop) for stop in _STOP.finditer(text)):
        return True
    return is_sentence(text) and len(text.split()) > 3


def _ends_sentence(stop: re.Match[str]) -> bool:
    """Tell whether a full stop ends a sentence rather than an abbreviation: "Wiss. Mitarbeiter", "Univ. Hospital"."""
    word, rest = stop["word"], stop.string[stop.end() :]
    if is_legal_form(word) and word not in phrases("organisations", "abbreviations"):
        return True  # "Foo GmbH. Responsible for ..."
    if is_abbreviation(f"{word}."):
        return False
    may_be_short = stop.start() == 0 or (word[0].isupper() and len(word) <= _LONGEST_ABBREVIATION)
    return not (may_be_short and looks_like_title(rest))
