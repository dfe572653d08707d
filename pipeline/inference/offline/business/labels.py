"""What stands behind a label, beside it or below it: "Bill to: Anker Ltd".

Promise: the value as printed; the words that are labels are in words/business.toml.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from pipeline.inference.offline.kinds import begins_like_title
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.person import looks_like_name
from pipeline.inference.offline.scores import ANY_LANGUAGE, has_legal_form
from pipeline.inference.offline.words import Phrases, phrases, word_list

_GENDER = re.compile(r"(?<=[^\W\d_]{4})(?:[/*:_]-?in(?:nen)?|/-?(?:e|a|ka)|\((?:in|e|a|ka|s)\))(?=\s*(?:[:\t]|$))")
"""Behind a label: "Mieter/in:", "Salarié(e)"."""
_DATES = ("other_date", "foreign_date", "start")
_FEWEST_HEADS = 4
"""Cells without a colon that are the heads of a table."""
_IN_BRACKETS = re.compile(r"^\([^()]*\)\s*|\s*\([^()]*\)$")
_STROKE = re.compile(r"\s?/\s?")
_MOST_NUMBERS = 3
"""Of a party, above its name."""
_SHORTEST_LABEL, _MOST_WORDS = 5, 4
"""Characters of a label without a colon, and words of a name behind it."""


def labelled(lines: list[Line], *kinds: str) -> Iterator[str]:
    """Yield the values behind labels of these kinds ("seller", "party.tenant"), on the same line or on the next."""
    for at, line in enumerate(lines):
        cells = _GENDER.sub("", line.text).split("\t")
        below: list[str] | None = None  # until a label wants it
        for kind, (column, cell) in itertools.product(kinds, enumerate(cells)):
            end = _end_of_label(cell, phrases("business", "labels", *kind.split(".")))
            rest = _IN_BRACKETS.sub("", cell[end:].strip())
            rest = rest.strip(",")  # "To," stands above the name in Indian letters
            if not end or (rest and rest[0] != ":" and (numbers_party(rest) or not _goes_on(cell[:end], rest))):
                continue
            beside = cells[column + 1] if column + 1 < len(cells) else ""
            below = _below(lines, at) if below is None else below
            is_head = not cell.endswith(":") and len(below) == len(cells) and ANY_LANGUAGE.leaning(beside) >= 1
            beside = "" if is_head else beside  # "BAUHERR" beside "ARCHITEKT" above the names of both
            if rest.strip(" :"):
                yield rest.strip(" :")
            elif not rest and len(cells) >= _FEWEST_HEADS:
                if len(below) == len(cells) and end >= _SHORTEST_LABEL:  # "From" and "To" stand above flights
                    yield below[column]
            elif beside and not (
                _is_label(beside) or is_labelled(beside) or numbers_party(beside) or begins_like_title(beside)
            ):
                yield beside
            elif below and (rest or cell.isupper() or cell.endswith(",") or len(cell) > 3):
                yield _without_name_label(below[column] if len(below) == len(cells) else "\t".join(below))


def _end_of_label(cell: str, known: Phrases) -> int:
    """Return where a label ends; with an article it is one where nothing follows or a colon: "Le bailleur :"."""
    article, _, rest = cell.partition(" ")
    if article.casefold() not in word_list("business")["label_articles"]:
        end = known.prefix(cell)
        stroke = _STROKE.match(cell, end) if end else None
        other = known.prefix(cell[stroke.end() :]) if stroke else 0  # "Buyer/Recipient:"
        return stroke.end() + other if stroke and other else end
    end = known.prefix(rest)
    return len(cell) - len(rest) + end if end and rest[end:].strip()[:1] in ("", ":") else 0


def _goes_on(label: str, rest: str) -> bool:
    """Tell whether a name follows a label without a colon: "Prepared for Mrs Hannah Colley", "Mieter Petra Lindemann"."""
    if " " not in label:
        is_name = has_legal_form(rest) or looks_like_name(rest, ANY_LANGUAGE)
        return len(label) >= _SHORTEST_LABEL and is_name and len(rest.split()) <= _MOST_WORDS
    return not is_sentence(rest) and all(word[0].isupper() or len(word) <= 3 for word in rest.split())


def _below(lines: list[Line], at: int) -> list[str]:
    """Return the cells of the next line that is no label as well: "BILL TO" may stand above "SHIP TO".

    A party's number may stand above its name: "Customer no: 4711".
    """
    texts = [line.text for line in lines[at + 1 : at + 2 + _MOST_NUMBERS]]
    named = itertools.dropwhile(numbers_party, texts)
    return next((text.split("\t") for text in itertools.islice(named, 2) if not _is_label(text)), [])


def numbers_party(text: str) -> bool:
    """Tell whether a line is a label for a number of a party, and that number."""
    end = phrases("business", "labels", "party_number").prefix(text)
    return end > 0 and (not text[end:].strip(" .:\t") or any(map(str.isdecimal, text[end:])))


def _without_name_label(text: str) -> str:
    """Return what stands behind "Name:"."""
    end = phrases("business", "labels", "party_name").prefix(text)
    rest = text[end:].lstrip(" \t")
    return rest.lstrip(" :\t") if end and rest[:1] == ":" else text


def is_labelled(text: str) -> bool:
    """Tell whether a text is another label with its value, which begins a column of its own: "Invoice date: 1 May 2026"."""
    label, colon, _ = text.partition(":")
    if not colon and any(map(str.isdecimal, text)):  # "Invoice no 2026-088", with nothing between
        return any(phrases("business", "labels", kind).prefix(text) for kind in ("number", "date", "due"))
    return bool(colon) and (_is_label(label) or any(label in phrases("business", "labels", kind) for kind in _DATES))


def _is_label(text: str) -> bool:
    kinds = ("seller", "author", "buyer", "delivery", "party", "date", "due", "number", "other_number", "other_heads")
    bare = _IN_BRACKETS.sub("", text).strip(" :")
    return any(bare in phrases("business", "labels", kind) for kind in kinds)
