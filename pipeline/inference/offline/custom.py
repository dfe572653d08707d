"""A schema that a user wrote: each property is filled by what its name or description asks for.

Promise: a property is filled with a fact that the other readers found, or with what the document prints behind a label
of that very name; a property that asks for anything else stays null.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

from pipeline.inference.offline.business import Business, read_business
from pipeline.inference.offline.contact import find_email, find_phone
from pipeline.inference.offline.kinds import CV
from pipeline.inference.offline.lines import Line, has_long_word
from pipeline.inference.offline.parties import labelled, tidy_name
from pipeline.inference.offline.resume import read_resume
from pipeline.inference.offline.tables import item_rows, table_rows
from pipeline.inference.offline.words import Phrases, phrases, split_words, word_list
from pipeline.schemas.dates import find_dates
from pipeline.schemas.numbers import amount

_MOST_TEXT = 200_000
_LONGEST_VALUE = 300
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?!\w)")
_VAT_ID = re.compile(r"(?<!\w)(?:[A-Z]{2,3}[ ]?)?[A-Z0-9][\d .\-/]{6,16}[A-Z0-9](?!\w)")
_REFERENCE = re.compile(r"[^\s:,;#]*\d[^\s,;]*")
_IN_DESCRIPTION = ("due", "start", "number", "iban", "vat_id")


def read_custom(lines: list[Line], language: str | None, schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a document says about the properties of a schema; the result still has to be shaped."""
    facts = _Facts(lines, language, read_business(lines, language))
    value = _filled(schema, facts, "")
    return value if isinstance(value, dict) else {}


def _filled(node: dict[str, Any], facts: _Facts, about: str) -> Any:
    """Return the value of one part of a schema. `about` is the party that an enclosing object describes."""
    properties = node.get("properties")
    if not properties:
        return None
    return {str(name): _property(str(name), part, facts, about) for name, part in properties.items()}


def _property(name: str, node: dict[str, Any], facts: _Facts, about: str) -> Any:
    asked = concept_of(name, node.get("description") or "")
    kinds = _kinds(node)
    if "object" in kinds:
        party = asked if asked in ("seller", "buyer") else ""
        return _filled(node, facts, party)
    if "array" in kinds:
        return _list(name, asked, node.get("items") or {}, facts)
    if about:  # of a party nothing but the name is told apart from the other party's details
        return facts.of(about) if asked in ("name", about) else None
    value = facts.of(asked) if asked else None
    if value is None or isinstance(value, list | dict):
        value = facts.labelled_as(name) if not isinstance(value, list | dict) else ", ".join(map(str, value)) or None
    return _typed(value, name, node, kinds)


def _kinds(node: dict[str, Any]) -> list[str]:
    kinds = node.get("type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind]


def _list(name: str, asked: str | None, item: dict[str, Any], facts: _Facts) -> list[Any]:
    if "object" not in _kinds(item):
        value = facts.of(asked) if asked else None
        return [str(one) for one in value] if isinstance(value, list) and "string" in _kinds(item) else []
    if asked == "parties":
        return [{key: party if concept_of(key, "") == "name" else None for key in item["properties"]} for party in facts.business.parties]
    return _rows(name, item, facts.lines)


def _rows(name: str, item: dict[str, Any], lines: list[Line]) -> list[dict[str, Any]]:
    """Fill a list of objects from a table with a heading row, or from rows of goods that prove themselves."""
    properties: dict[str, Any] = item.get("properties", {})
    columns = {str(key): [str(key).replace("_", " "), *_column_titles(str(key))] for key in properties}
    rows = table_rows(lines, columns)
    if rows:
        return [{key: _typed(row.get(key), key, part, _kinds(part)) for key, part in properties.items()} for row in rows]
    if concept_of(name, "") != "line_items":
        return []
    found = item_rows(lines)
    return [
        {key: _typed(getattr(row, column, None) if (column := _column(key)) else None, key, part, _kinds(part)) for key, part in properties.items()}
        for row in found
    ]


def _column(name: str) -> str | None:
    table: dict[str, list[str]] = word_list("business")["columns"]
    return next((column for column, names in table.items() if _snake(name) in names), None)


def _column_titles(name: str) -> list[str]:
    column = _column(name)
    return [title.replace("_", " ") for title in word_list("business")["columns"].get(column, [])] if column else []


def _typed(value: Any, name: str, node: dict[str, Any], kinds: list[str]) -> Any:
    """Return a value as the type that a property has."""
    if value is None or "boolean" in kinds:
        return None
    if "enum" in node:
        return next((choice for choice in node["enum"] if choice is not None and str(choice).casefold() == str(value).casefold()), None)
    if "number" in kinds or "integer" in kinds:
        number = amount(str(value)) if not isinstance(value, float) else str(value)
        if number is None:
            return None
        return float(number) if "number" in kinds else int(float(number)) if float(number).is_integer() else None
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return _iso_date(text) if _asks_for_date(name) else text


def _asks_for_date(name: str) -> bool:
    return bool({"date", "datum", "fecha", "data", "dato"} & set(_snake(name).split("_"))) or _snake(name).endswith("_on")


def _iso_date(text: str) -> str | None:
    found = [] if has_long_word(text) else find_dates(text[:_LONGEST_VALUE])
    return found[0].iso if found else None


def concept_of(name: str, description: str) -> str | None:
    """Return the fact that a property asks for, by its name, else by a label in its description."""
    known = _concepts()
    words = _snake(name)
    for candidate in (words, words.split("_", 1)[-1] if words.count("_") else "", words.removesuffix("_name")):
        if candidate in known:
            return known[candidate]
    found = {kind for kind in _IN_DESCRIPTION if _mentions(phrases("business", "labels", kind), description)}
    return found.pop() if len(found) == 1 else None


def _mentions(known: Phrases, text: str) -> bool:
    return any(count > 1 or text[: 1].isupper() for _, count in known.find(split_words(text[:200]))) if text else False


@functools.cache
def _concepts() -> dict[str, str]:
    table: dict[str, list[str]] = word_list("business")["properties"]
    return {name: concept for concept, names in reversed(table.items()) for name in names}


def _snake(name: str) -> str:
    return re.sub(r"[\s\-.]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).casefold().strip("_")


@dataclass(frozen=True)
class _Facts:
    """What is known of a document, each fact by its name."""

    lines: list[Line]
    language: str | None
    business: Business

    @functools.cached_property
    def resume(self) -> dict[str, Any]:
        """Return the CV that the document is, or nothing."""
        return read_resume(self.lines, self.language) if self.business.kind == CV else {}

    @functools.cached_property
    def text(self) -> str:
        """Return the document's text, as far as single details are looked for."""
        return "\n".join(line.text for line in self.lines)[:_MOST_TEXT]

    def of(self, concept: str) -> Any:
        """Return a fact, or None where the document does not print it."""
        reader = getattr(self, f"_{concept}", None)
        return reader() if reader else None
