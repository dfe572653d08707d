"""Whom a contract is between, as its first sentences or its head say.

Promise: two names as printed, or none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from pipeline.inference.offline.business.naming import NUMBERING, tidy_name
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.scores import has_legal_form
from pipeline.inference.offline.words import phrases, split_words

_SEARCHED_LINES, _LINES_OF_PARTIES = 60, 14
_SIDES = 2
_NO_NAMES = ("party", "seller", "buyer", "party_name", "address", "parties", "foreign_date")
_LONGEST_PARTICLE = 3
_AND_IS_A = ("cs", "pl", "sk")
"""Languages in which "a" is an "and", not an article."""
_LABEL = re.compile(r"^(?:[^\W\d_]+ ){0,2}[^\W\d_]+:\s+(?=\S)")


def contract_parties(lines: list[Line], language: str | None = None) -> list[str]:
    """Return the two names below "Parties" or behind "between"."""
    return (
        list(_below_heading(lines, language))
        or list(_between(lines, language))
        or _called(lines)
        or _on_each_side(lines)
    )


def _on_each_side(lines: list[Line]) -> list[str]:
    """Return the two names behind "De una parte, ..." and "Y de otra, ..."."""
    known = phrases("business", "one_side")
    names = [line.text for line in lines[:_SEARCHED_LINES] if known.prefix(line.text) and tidy_name(line.text)]
    return names if len(names) == _SIDES else []


def _called(lines: list[Line]) -> list[str]:
    """Return the two names in front of what each side is called: "ООО «Волна», именуемое в дальнейшем ..., и ..."."""
    known = phrases("business", "called")
    for at, line in enumerate(lines[:_SEARCHED_LINES]):
        if not known.any_in(split_words(line.text)):
            continue
        text = _paragraph(line.text, lines[at + 1 : at + _LINES_OF_PARTIES])
        words = split_words(text)
        calls = [words[first].start for first, _ in known.find(words)]
        before = [text[start:end] for start, end in itertools.pairwise([0, *calls])]
        names = [text[joint[1] :] if (joint := _last_and(text)) else text for text in before]
        if len(names) >= _SIDES and all(map(tidy_name, names[:_SIDES])):
            return names[:_SIDES]
    return []


def _last_and(text: str) -> tuple[int, int] | None:
    """Return where the last "and" behind a comma begins and ends."""
    ands = [word for word in split_words(text) if word.key in phrases("skills", "and")]
    joint = next((word for word in reversed(ands) if text[: word.start].rstrip().endswith(",")), None)
    return (joint.start, joint.end) if joint else None


def _below_heading(lines: list[Line], language: str | None) -> Iterator[str]:
    """Read the two names below "Parties" on lines of their own: numbered, firms, or called something from here on."""
    for at, line in enumerate(lines[:_SEARCHED_LINES]):
        if line.text.strip(" :").casefold() in phrases("business", "labels", "parties"):
            below = [text.text for text in lines[at + 1 : at + _LINES_OF_PARTIES]]
            names = _alike(list(filter(_is_party, below)))
            joined = list(filter(tidy_name, _two_parties(below, language))) if below else []
            if len(names) >= _SIDES and all(map(tidy_name, names[:_SIDES])):
                yield from names[:_SIDES]
            elif len(joined) == _SIDES:
                yield from joined
            return


def _alike(names: list[str]) -> list[str]:
    """Return those that are numbered, or not, as the first is: below two names the first clause may be numbered."""
    numbered = [bool(NUMBERING.match(name)) for name in names]
    return [name for name, is_numbered in zip(names, numbered, strict=True) if is_numbered == numbered[0]]


def _is_party(text: str) -> bool:
    calls = phrases("business", "cues", "contract").find(split_words(text))
    is_called = next((at for at, _ in calls), 0) > 0  # a name stands before it
    return bool(NUMBERING.match(text) or is_called or has_legal_form(tidy_name(text) or ""))


def _between(lines: list[Line], language: str | None) -> Iterator[str]:
    """Read "between X and Y", in one sentence or with each name on a line of its own."""
    for at, line in enumerate(lines[:_SEARCHED_LINES]):
        words = split_words(line.text)
        place = next(phrases("business", "labels", "between").find(words), None)
        if not place:
            continue
        rest = line.text[words[sum(place) - 1].end :].strip(" :/")
        rest = rest[phrases("business", "labels", "between").prefix(rest) :].strip(" :")  # "between / zwischen"
        block = [*filter(None, [rest]), *(below.text for below in lines[at + 1 : at + _LINES_OF_PARTIES])]
        running = [_paragraph(rest, lines[at + 1 : at + _LINES_OF_PARTIES])]
        is_apart = not rest or any(map(_is_and, block))
        for text in (block, running) if is_apart else (running, block):
            parties = list(filter(is_party, map(_without_label, _two_parties(text, language)))) if any(text) else []
            if len(parties) == _SIDES:
                yield from parties
                return


def _paragraph(first: str, below: list[Line]) -> str:
    """Return running text that goes on over line ends: the sides of a contract may stand anywhere in it."""
    return " ".join([first, *(line.text for line in itertools.takewhile(lambda line: not line.gap, below))])


def _without_label(text: str) -> str:
    """Return a party without what it is in the contract: "zaměstnavatelem: Pekařství Koláček s.r.o."."""
    return _LABEL.sub("", text)


def _two_parties(block: list[str], language: str | None) -> Iterator[str]:
    """Yield the name that a block begins with and the one behind its "and"."""
    first = block[0]
    joint = _and_in(first, language)
    yield first[: joint[0]] if joint else first
    if joint:
        yield first[joint[1] :] or (block[1] if len(block) > 1 else "")
        return
    for at, text in enumerate(block[1:], 1):
        if _is_and(text) and at + 1 < len(block):
            yield block[at + 1]
            return
        if _ends_in_and(block[at - 1]):
            yield text
            return
        end = phrases("skills", "and").prefix(text)
        if end and text[end:].strip() and text[:end] != "A":  # "A deposit of £500"
            yield text[end:].strip()
            return


def _is_and(text: str) -> bool:
    """Tell whether a line is but an "and", be it in two languages: "and / und"."""
    return all(word.strip(" ,.:-–—") in phrases("skills", "and") for word in text.split("/"))


def is_party(text: str) -> bool:
    """Tell whether a text begins with the name of a side: no role ("Distributor"), no "WHEREAS", no "hours of business"."""
    name = tidy_name(text) or ""
    is_sentence = phrases("business", "labels", "between").prefix(name) > 0 or name in phrases("business", "recitals")
    if not name or is_sentence or not (name[0].isalpha() or has_legal_form(name)):
        return False
    role = max(phrases("business", "labels", path).prefix(name) for path in _NO_NAMES)
    small = [word.islower() for word in name.split() if len(word) > _LONGEST_PARTICLE]
    is_said = name[0].islower() or 2 * sum(small) > len(small)
    is_said = is_said or name.split()[-1] in phrases("business", "titles")
    return has_legal_form(name) or not (is_said or (role and not name[role:].strip()[:1].isupper()))


def _ends_in_and(text: str) -> bool:
    """Tell whether the other side stands on the next line: '... ("the Landlord"); and'."""
    rest, _, last = text.rstrip(" :").rpartition(" ")
    return rest.endswith((",", ";", ")")) and last.casefold() in phrases("skills", "and")


def _and_in(text: str, language: str | None) -> tuple[int, int] | None:
    """Return where an "and" between two capitalised names begins and ends."""
    firm = tidy_name(text) or ""
    start = text.find(firm) + len(firm) if has_legal_form(firm) else 0  # "Rossi, Bianchi e Neri s.r.l. e Ida Berg"
    words = [word for word in split_words(text) if word.end >= start]
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        capitals = (
            not text[before.start].islower()
            or text[: word.start].rstrip().endswith((",", ")", "."))
            or before.key in phrases("business", "one_side")
        )
        is_and = word.key in phrases("skills", "and") and word.key != "&"
        is_addressed = phrases("business", "address_forms").prefix(text[after.start :]) > 0  # "e la Sig.ra Benetti"
        is_article = word.key == "a" and language not in _AND_IS_A and text[: word.start].rstrip().endswith(",")
        if is_and and capitals and (is_addressed or not (is_article or text[after.start].islower())):
            return word.start, word.end
    return None
