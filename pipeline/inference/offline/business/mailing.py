"""Names where letters print them: above a postal address, or in front of a word of honour.

Promise: the first line of an address as printed, never its street, its town or what stands above it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.inference.offline.address import ends_in_town, is_street, names_country
from pipeline.inference.offline.business.labels import is_labelled, numbers_party
from pipeline.inference.offline.kinds import begins_like_title
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.scores import has_legal_form
from pipeline.inference.offline.words import phrases, word_list
from pipeline.schemas.dates import find_dates

_HEAD_LINES, _MOST_LINES, _LONGEST_LINE, _FOOT_LINES = 40, 6, 60, 3
_TWO_COLUMNS, _LONGEST_PARTICLE = 2, 3
_STREET = re.compile(r"[^:]*[^\W\d_]{3}\.? \d{1,4}[a-z]?")
"""With its house, as "Lindenweg 4"."""
_PARTS = re.compile(r"\s?[·•●|]\s?|\s[–—-]\s")
_COMMAS = re.compile(rf",\s|{_PARTS.pattern}")
"""The same where it stands right above a name."""
_VALUE = re.compile(r"(?=\D*\d)[^\s:]+(?: [^\s:]+)?")
_OUTSIDE = re.compile(r"[:@·•●|]|\s[-–—]\s.*\d|\d(?:[\s./-]?\d){6}|^www\.")
"""What no line of an address has: a label's colon, the marks of a letterhead in one line, a long number, a web site.

Between a name and a trade a dash may stand: "Léa Marchetti — Traductrice".
"""


def addressed_names(lines: list[Line]) -> Iterator[str]:
    """Yield the name above each postal address in the head of a document."""
    found = (
        (at, side, name)
        for side, cell in enumerate((_left, _right))
        for at, name in _addressed([replace(line, text=cell(line.text)) for line in lines[:_HEAD_LINES]])
    )
    yield from (name for *_, name in sorted(found))


def sender_lines(lines: list[Line]) -> Iterator[str]:
    """Yield who writes, by the line above the addressee in the window of an envelope: "Ida Berg · Uferweg 5 · 04229 Leipzig"."""
    addressed = set(addressed_names(lines))
    for line, below in itertools.pairwise(lines[:_HEAD_LINES]):
        between = _COMMAS if _left(below.text) in addressed else _PARTS
        name, *address = (part.strip() for part in between.split(line.text))
        has_street = any(_STREET.fullmatch(part) or is_street(part) for part in address[:-1])
        if has_street and any(map(ends_in_town, address)) and ":" not in line.text and "\t" not in line.text:
            yield name


def above_in_address(lines: list[Line], text: str) -> str | None:
    """Return the first line of the address in which a text without a legal form stands below it: "Old Mill Yard" is no firm."""
    if has_legal_form(text):
        return None
    head = [replace(line, text=_left(line.text)) for line in lines[:_HEAD_LINES]]
    for first, name in _addressed(head):
        block = itertools.takewhile(lambda line: not ends_in_town(line.text), head[first + 1 :])
        if any(line.text == text for line in block):
            return name
    return None


def _addressed(head: list[Line]) -> Iterator[tuple[int, str]]:
    """Yield where the address of each name begins, and the name."""
    last = -1
    for at, line in enumerate(head):
        if not ends_in_town(line.text) or ":" in line.text:  # "Power: 1450 W" is no town
            continue
        first = _first_of_block(head, at, last)
        last = at
        name = head[first].text
        is_house = is_street(name) or (first == at - 1 and _STREET.fullmatch(name))
        if first < at and not is_house and not name[0].isdigit():
            yield first, name
        elif first == at and "," in name and _is_addressed(name):  # "Herrn Falk Petersen, Uferweg 5, 04229 Leipzig"
            yield first, name.partition(",")[0]


def _right(text: str) -> str:
    """Return the right one of two columns: the addressee's address stands there beside the sender's."""
    cells = text.split("\t")
    return cells[1] if len(cells) == _TWO_COLUMNS else ""


def _left(text: str) -> str:
    """Return the left one of two columns; of a label and its value, which may stand above an address, nothing."""
    cells = text.split("\t")
    is_value = len(cells) == 2 and (_VALUE.fullmatch(cells[1]) or any(not date.start for date in find_dates(cells[1])))
    are_addresses = all(map(_STREET.fullmatch, cells)) or all(map(ends_in_town, cells))
    return "" if is_value and not are_addresses else cells[0]


def _first_of_block(lines: list[Line], town: int, last: int) -> int:
    """Return the place of the first line of an address; `last`: where the address before it ends."""
    first = town
    while (
        first - 1 > last and town - first < _MOST_LINES - 1 and not lines[first].gap and _may_belong(lines[first - 1])
    ):
        first -= 1
    text, below = lines[first].text, lines[first + 1].text if first < town else ""
    is_form = text.strip(" :") in phrases("business", "address_forms")
    is_alone = " " not in text and _is_addressed(below)
    is_sent = text.strip(" -*").replace("&", "and") in phrases("business", "sent_how")
    is_other = is_form or is_alone or is_sent or is_department(text) or _is_above_firm(text, below)
    return first + 1 if first < town and is_other else first


def is_head(text: str) -> bool:
    """Tell whether a line stands above what it announces: "Hotel details"."""
    words = text.split()
    return bool(words) and words[-1] in phrases("business", "labels", "other_heads")


def is_department(text: str) -> bool:
    """Tell whether a line of an address names no firm, but a part of one: "The Recruitment Team"."""
    first, _, rest = text.partition(" ")
    bare = rest if first.casefold() in word_list("business")["label_articles"] else text
    return bare.strip(" ,") in phrases("business", "departments")


def _is_above_firm(text: str, below: str) -> bool:
    """Tell whether a line only says what stands below it, the name of a firm: "Datos del cliente", not "Hannah Colley"."""
    words = text.split()
    is_said = len(words) == 1 or any(word[0].islower() and len(word) > _LONGEST_PARTICLE for word in words)
    return is_said and has_legal_form(below) and not has_legal_form(text)


def _is_addressed(text: str) -> bool:
    """Tell whether a line is a name with how it is addressed: a single word above, as "Nota", is no part of the address."""
    return 0 < phrases("business", "address_forms").prefix(text) < len(text)


def _may_belong(line: Line) -> bool:
    text = line.text
    return (
        0 < len(text) <= _LONGEST_LINE
        and not _OUTSIDE.search(text)
        and not ends_in_town(text)
        and not is_sentence(text)
        and not begins_like_title(text)
        and not _is_label(text)
        and not names_country(text)
        and not is_head(text)
        and not is_labelled(text)
        and not numbers_party(text)
        and text.strip(" ,") not in phrases("business", "valedictions")
        and not any(len(date.iso) > len("2026") for date in find_dates(text))
    )


def _is_label(text: str) -> bool:
    return any(
        text in phrases("business", "labels", kind) for kind in ("seller", "buyer", "delivery", "number", "date", "due")
    )


def signature(lines: list[Line]) -> list[str]:
    """Return who writes a letter: the line that it begins with, where it ends with it as well."""
    first = lines[0].text if lines else ""
    is_name = not is_sentence(first) and not begins_like_title(first) and not any(sign.isdigit() for sign in first)
    return [first] if is_name and any(line.text == first for line in lines[1:][-_FOOT_LINES:]) else []


def signed_names(lines: list[Line]) -> Iterator[str]:
    """Yield what stands below "Yours sincerely"."""
    known = phrases("business", "valedictions")
    return (below.text for line, below in itertools.pairwise(lines) if line.text.strip(" ,.") in known)


def honoured_names(lines: list[Line]) -> Iterator[str]:
    """Yield the names in front of a word of honour, as letters in East Asia address them: "株式会社みどり商事 御中"."""
    honours = tuple(word_list("business")["honours"])
    for line in lines[:_HEAD_LINES]:
        for cell in line.text.split("\t"):
            if cell.strip().endswith(honours):
                yield cell.strip()
