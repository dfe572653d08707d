"""Single facts of a document by name: what a property of a user's own schema can be filled with.

Promise: a fact is what the other readers found, or what stands behind its label; None where the document prints none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from pipeline.inference.offline.behind import label_key, labelled_values, listed_values
from pipeline.inference.offline.business.document import Business, read_business
from pipeline.inference.offline.business.iban import find_iban
from pipeline.inference.offline.business.labels import is_labelled, labelled
from pipeline.inference.offline.business.naming import tidy_name
from pipeline.inference.offline.business.totals import net_and_tax
from pipeline.inference.offline.cv.contact import SURE, find_email, find_phone
from pipeline.inference.offline.cv.resume import EMPTY, read_resume
from pipeline.inference.offline.kinds import CV, is_titled, title_line
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.words import phrases, split_words
from pipeline.schemas.dates import find_dates

_MOST_TEXT = 200_000
_LONGEST_VALUE = 200
_VAT_ID = re.compile(r"(?<!\w)(?:[A-Z]{2,3}[ ]?)?[A-Z0-9][\d .\-/]{5,16}[A-Z0-9](?!\w)")
_YEAR, _WHOLE_DATE = re.compile(r"(?:19|20)\d\d"), len("2026-01-31")
_GROUPED = re.compile(r"\d{1,4}(?: \d{3,4})+(?=\t|$)")
_LONE_NUMBER = re.compile(r"(?=.*\d{2})[A-Z\d]+(?:[-/][A-Z\d]+)+")
_REFERENCE = re.compile(r"[^\s:,;#]*\d[^\s,;]*")
_TOKEN = re.compile(r"[\w/-]{1,12}")
"""The rest of a number that broke at a hyphen."""
_WITH_SERIES = re.compile(rf"(?:[A-Z]{{2,3}} )?{_REFERENCE.pattern}")


@dataclass(frozen=True)
class Facts:
    """What is known of a document."""

    lines: list[Line]
    language: str | None

    @functools.cached_property
    def business(self) -> Business:
        """Return the document as a business document."""
        return read_business(self.lines, self.language)

    @functools.cached_property
    def resume(self) -> dict[str, Any]:
        """Return the CV that the document is; of another document, an empty one."""
        return read_resume(self.lines, self.language) if self.business.kind == CV else EMPTY

    @functools.cached_property
    def text(self) -> str:
        """Return the document's text, as far as single details are looked for."""
        return "\n".join(line.text for line in self.lines)[:_MOST_TEXT]

    def of(self, name: str) -> Any:
        """Return a fact: text, a list of texts, or None."""
        return READERS[name](self) if name in READERS else None

    def behind_label(self, name: str) -> str | None:
        """Return what the document prints behind a label of this name, or the sentences below it.

        Other lines below a label may be the next thing that a form prints.
        """
        below = self.listed_below(name)
        text = " ".join(below) if below and is_sentence(below[-1]) else None
        return self._labelled.get(label_key(name)) or text

    def listed_below(self, name: str) -> list[str]:
        """Return what the document lists below a label of this name."""
        return self._listed.get(label_key(name), [])

    @functools.cached_property
    def _listed(self) -> dict[str, list[str]]:
        return listed_values(self.lines)

    @functools.cached_property
    def _labelled(self) -> dict[str, str]:
        return labelled_values(self.lines)

    @property
    def american(self) -> bool:
        """Tell whether dates have the month first."""
        return self.business.american


def _date(facts: Facts, kind: str) -> str | None:
    return next((one.iso for one in facts.business.dates if one.kind == kind), None)


def _number(facts: Facts) -> str | None:
    """Return the number of the document: of an invoice before that of an order, and behind any such word in its title."""
    title = title_line(facts.business.kind, facts.lines) or ""
    at = next((at for at, line in enumerate(facts.lines) if title and line.text.endswith(title)), len(facts.lines))
    titles = facts.lines[at : at + 2]
    below = next((line.text for line in titles[1:] if line.text.startswith("#")), "")  # "INVOICE", and "#CL-00417"
    return (
        _reference(facts.lines, "number")
        or _behind_title(facts.business.kind, f"{title} {below}")
        or _reference(titles, "other_number", anywhere=True)
        or _alone(facts.lines, title)
        or _reference(facts.lines, "other_number")
    )


def _alone(lines: list[Line], title: str) -> str | None:
    """Return a number that has a line of its own right above the date, or below the title."""
    for before, line, below in zip_longest([Line(""), *lines], lines, lines[1:], fillvalue=Line("")):
        is_dated = is_labelled(below.text) and phrases("business", "labels", "date").prefix(below.text) > 0
        is_below = before.text == title and is_titled(title)
        if (is_dated or is_below) and _LONE_NUMBER.fullmatch(line.text) and not _is_date(line.text):
            return line.text
    return None


def _behind_title(kind: str, title: str) -> str | None:
    """Return the number right behind the name of the kind: "Invoice 10087", not "Invoice 14/10/2026"."""
    end = phrases("business", "titles", kind).prefix(title)
    rest = title[end:_LONGEST_VALUE].lstrip(" .:#\t")
    rest = rest[phrases("business", "labels", "other_number").prefix(rest) :].lstrip(" .:º°#\t")
    found = _WITH_SERIES.match(rest) if end else None
    if not found or _YEAR.fullmatch(found[0]) or _is_date(found[0]):
        return None
    return found[0].rstrip(".")


def _reference(lines: list[Line], kind: str, *, anywhere: bool = False) -> str | None:
    """Return the first token with a digit behind or below a label of this kind; a single word is one that begins a cell."""
    known = phrases("business", "labels", kind)
    for line, below in zip_longest(lines, lines[1:], fillvalue=Line("")):
        words = split_words(line.text[:_LONGEST_VALUE])
        for at, count in known.find(words):
            start, end = words[at].start, words[at + count - 1].end
            rest = line.text[end:_LONGEST_VALUE].lstrip(" .:#°º\t")
            is_head = not re.search(r"\d", rest)  # "Invoice No" stands above its value, with other heads beside it
            rest = _beneath(line.text, start, below.text) if is_head else rest
            found = _REFERENCE.match(
                f"{rest}{below.text}" if rest.endswith("-") and _TOKEN.fullmatch(below.text) else rest
            )
            is_label = anywhere or count > 1 or line.text[:start].rstrip(" ")[-1:] in ("", "\t")
            if found and is_label and not _is_date(found[0]):
                grouped = _GROUPED.match(rest)  # "10 442 118 771"
                return (grouped or found)[0].rstrip(".")
    return None


def _is_date(text: str) -> bool:
    return any(len(date.iso) == _WHOLE_DATE for date in find_dates(text))


def _beneath(text: str, start: int, below: str) -> str:
    """Return the cell that stands below the one that begins here."""
    cells, column = below[:_LONGEST_VALUE].split("\t"), text[:start].count("\t")
    return cells[column].strip() if column < len(cells) else ""


def _labelled_match(facts: Facts, kind: str, pattern: re.Pattern[str]) -> str | None:
    for line in facts.lines:
        words = split_words(line.text[:_LONGEST_VALUE])
        for at, count in phrases("business", "labels", kind).find(words):
            found = pattern.search(line.text, words[at + count - 1].end)
            if found and found.start() - words[at + count - 1].end <= 4:
                return found[0]
    return None


def _party(facts: Facts, kind: str) -> str | None:
    """Return one side: behind its label, or in its usual place."""
    named = next(filter(None, map(tidy_name, labelled(facts.lines, kind))), None)
    if not named and kind == "buyer" and facts.business.kind != "invoice":
        named = next(filter(None, map(tidy_name, labelled(facts.lines, "delivery"))), None)
    parties = facts.business.parties
    if named or not parties or facts.business.kind != "invoice":
        return named
    return parties[0] if kind == "seller" else parties[1] if len(parties) > 1 else None


def _person(facts: Facts) -> str | None:
    """Return the person that the document is about."""
    if facts.business.kind == "certificate":
        return next(iter(facts.business.parties), None)
    name: str | None = facts.resume["basics"].get("name")
    return name


def _city(facts: Facts) -> str | None:
    city: str | None = facts.resume["basics"].get("location", {}).get("city")
    return city


def _side(facts: Facts, kind: str) -> str | None:
    """Return who stands behind a label for one side of a contract."""
    return next(filter(None, map(tidy_name, labelled(facts.lines, f"party.{kind}"))), None)


_SIDES = ("employer", "employee", "landlord", "tenant", "lender", "borrower", "account_holder")

READERS: dict[str, Callable[[Facts], Any]] = {
    "document_type": lambda facts: facts.business.kind,
    "language": lambda facts: facts.language,
    "title": lambda facts: facts.business.title,
    "date": lambda facts: facts.business.date,
    "due": lambda facts: _date(facts, "due"),
    "start": lambda facts: _date(facts, "start"),
    "number": _number,
    "parties": lambda facts: facts.business.parties,
    "seller": lambda facts: _party(facts, "seller"),
    "buyer": lambda facts: _party(facts, "buyer"),
    "total": lambda facts: facts.business.total.amount if facts.business.total else None,
    "net": lambda facts: net_and_tax(facts.business.amounts)[0],
    "tax": lambda facts: net_and_tax(facts.business.amounts)[1],
    "currency": lambda facts: facts.business.currency,
    "iban": lambda facts: find_iban(facts.text),
    "vat_id": lambda facts: _labelled_match(facts, "vat_id", _VAT_ID),
    "email": lambda facts: find_email(facts.text),
    "phone": lambda facts: find_phone(facts.text, least=SURE),
    "name": _person,
    "city": _city,
    "summary": lambda facts: facts.business.summary,
    "skills": lambda facts: [skill["name"] for skill in facts.resume["skills"]],
    "languages": lambda facts: [spoken["language"] for spoken in facts.resume["languages"]],
    **{side: functools.partial(_side, kind=side) for side in _SIDES},
}
"""How each fact is read. The names are those of `properties` in words/business.toml; rows of goods are read elsewhere."""
