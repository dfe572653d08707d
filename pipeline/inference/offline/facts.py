"""Single facts of a document by name: what a property of a user's own schema can be filled with.

Promise: a fact is what the other readers found, or what stands behind its label; None where the document prints none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.inference.offline.business import Business, read_business
from pipeline.inference.offline.contact import SURE, find_email, find_phone
from pipeline.inference.offline.kinds import CV
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.parties import labelled, tidy_name
from pipeline.inference.offline.resume import EMPTY, read_resume
from pipeline.inference.offline.words import phrase_key, phrases, split_words

_MOST_TEXT = 200_000
_LONGEST_VALUE = 200
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?!\w)")
_VAT_ID = re.compile(r"(?<!\w)(?:[A-Z]{2,3}[ ]?)?[A-Z0-9][\d .\-/]{5,16}[A-Z0-9](?!\w)")
_REFERENCE = re.compile(r"[^\s:,;#]*\d[^\s,;]*")


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
        """Return what the document prints behind a label of this very name: "Cost centre: 4711"."""
        wanted = phrase_key(name)
        for line in self.lines:
            label, separator, value = line.text[:_LONGEST_VALUE].replace("\t", ":").partition(":")
            if separator and value.strip(" :") and wanted and phrase_key(label) == wanted:
                return value.strip(" :")
        return None


def _amount(facts: Facts, kind: str) -> str | None:
    """Return the last amount with a label of this kind."""
    named = [one.money.amount for one in facts.business.amounts if one.kind == kind]
    return named[-1] if named else None


def _date(facts: Facts, kind: str) -> str | None:
    return next((one.iso for one in facts.business.dates if one.kind == kind), None)


def _number(facts: Facts) -> str | None:
    """Return the number of the document: the first token with a digit behind its label."""
    known = phrases("business", "labels", "number")
    for line in facts.lines:
        words = split_words(line.text[:_LONGEST_VALUE])
        for at, count in known.find(words):
            rest = line.text[words[at + count - 1].end : _LONGEST_VALUE].lstrip(" .:#°º\t")
            found = _REFERENCE.match(rest)
            if found and (count > 1 or line.text[: words[at].start].rstrip(" ")[-1:] in ("", "\t")):
                return found[0].rstrip(".")
    return None


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
    "net": lambda facts: _amount(facts, "net"),
    "tax": lambda facts: _amount(facts, "tax"),
    "currency": lambda facts: facts.business.currency,
    "iban": lambda facts: _labelled_match(facts, "iban", _IBAN),
    "vat_id": lambda facts: _labelled_match(facts, "vat_id", _VAT_ID),
    "email": lambda facts: find_email(facts.text),
    "phone": lambda facts: find_phone(facts.text, least=SURE),
    "name": _person,
    "city": _city,
    "summary": lambda facts: facts.business.summary,
    "skills": lambda facts: [skill["name"] for skill in facts.resume["skills"]],
    "languages": lambda facts: [spoken["language"] for spoken in facts.resume["languages"]],
}
"""How each fact is read. The names are those of `properties` in words/business.toml; rows of goods are read elsewhere."""
