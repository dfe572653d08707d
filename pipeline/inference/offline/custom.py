"""A schema that a user wrote: each property is filled by what its name or description asks for.

Promise: a property is filled with a fact that the other readers found, or with what the document prints behind a label
that its name or its description is; a property that asks for anything else stays null.
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from typing import Any

from pipeline.inference.offline.business.tables import charged, item_rows, table_rows
from pipeline.inference.offline.facts import Facts
from pipeline.inference.offline.lines import Line, has_long_word
from pipeline.inference.offline.words import phrases, split_words, word_list
from pipeline.schemas.dates import find_dates
from pipeline.schemas.numbers import amount

_LONGEST_DATE, _LONGEST_LABEL = 200, 60
_IN_DESCRIPTION = ("due", "start", "number", "iban", "vat_id")
_TICKED = re.compile(r"\[x\]([^\[\]]*)", re.IGNORECASE)
"""A box that is ticked, as readers write it, and what stands beside it."""
_BETWEEN_PARTS, _BETWEEN_WORDS = re.compile("[;；]"), re.compile(r",(?!\d)|[、，،]")


def read_custom(lines: list[Line], language: str | None, schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a document says about the properties of a schema; the result still has to be shaped."""
    return _object(schema, Facts(lines, language), about=None)


def _object(node: dict[str, Any], facts: Facts, about: str | None, within: str = "") -> dict[str, Any]:
    """Return the values of an object. `about` is the party whose details it holds, `within` what it is called."""
    return {name: _property(name, part, facts, about, within) for name, part in node.get("properties", {}).items()}


def _property(name: str, node: dict[str, Any], facts: Facts, about: str | None, within: str) -> Any:
    asked = concept_of(name, node.get("description") or "")
    kinds = _kinds(node)
    if "object" in kinds:
        return _object(node, facts, asked if asked in ("seller", "buyer") else None, _label(name))
    if "array" in kinds:
        return _list(name, asked, node.get("items") or {}, facts)
    whole = facts.behind_label(f"{within} {_label(name)}") if within else None  # "Keeper's address"
    whole = whole or (facts.behind_label(within) if within and asked == "name" else None)
    if whole:
        return _typed(whole, name, node, american=facts.american)
    if about:  # of one party only the name is sure: other details may be the other party's
        return facts.of(about) if asked in ("name", about) else None
    own = facts.behind_label(_described_label(node)) if asked == "name" else None  # of persons' names there are many
    value = own or (facts.of(asked) if asked else None)
    if isinstance(value, list):
        value = ", ".join(value) or None
    return _typed(value or _printed(name, node, facts), name, node, american=facts.american)


def _printed(name: str, node: dict[str, Any], facts: Facts) -> str | None:
    """Return what stands behind a label that is called like a property, or as its description says."""
    label = _label(name)
    labels = [label, label.removesuffix(" name"), _described_label(node)]
    return next(filter(None, map(facts.behind_label, labels)), None)


def _described_label(node: dict[str, Any]) -> str:
    """Return a description that is short enough to be a label, or nothing."""
    description: str = node.get("description") or ""
    return description if len(description) <= _LONGEST_LABEL else ""


def _list(name: str, asked: str | None, item: dict[str, Any], facts: Facts) -> list[Any]:
    value = facts.of(asked) if asked else None
    texts = value if isinstance(value, list) else []
    if "object" not in _kinds(item):
        if asked == "line_items" and not texts:
            texts = charged(facts.lines)
        label = _label(name)
        listed = texts if asked else facts.listed_below(label) or _listed(facts.behind_label(label))
        return [_typed(text, name, item, american=facts.american) for text in listed]
    properties: dict[str, Any] = item.get("properties", {})
    if texts:
        return [{key: text if concept_of(key, "") in ("name", asked) else None for key in properties} for text in texts]
    return _rows(properties, facts, is_items=concept_of(name, "") == "line_items")


def _listed(printed: str | None) -> list[str]:
    """Return what stands in a row behind a label."""
    items = (_BETWEEN_PARTS if printed and _BETWEEN_PARTS.search(printed) else _BETWEEN_WORDS).split(printed or "")
    return [item.strip() for item in items if item.strip()]


def _rows(properties: dict[str, Any], facts: Facts, *, is_items: bool) -> list[dict[str, Any]]:
    """Fill a list of objects from a table with a heading row, or from rows of goods that prove themselves."""
    rows: list[dict[str, Any]] = [
        dict(row) for row in table_rows(facts.lines, {key: _column_titles(key) for key in properties})
    ]
    if not rows and is_items:
        rows = [{key: getattr(row, _column(key) or "", None) for key in properties} for row in item_rows(facts.lines)]
    american = facts.american
    return [
        {key: _typed(row.get(key), key, part, american=american) for key, part in properties.items()} for row in rows
    ]


def _column(name: str) -> str | None:
    """Return the column of a list of goods that a property is: "qty" is the quantity."""
    table: dict[str, list[str]] = word_list("business")["columns"]
    return next((column for column, names in table.items() if _words(name) in names), None)


def _column_titles(name: str) -> list[str]:
    others = word_list("business")["columns"].get(_column(name) or "", [])
    return [title.replace("_", " ") for title in (_words(name), *others)]


def _typed(value: Any, name: str, node: dict[str, Any], *, american: bool) -> Any:
    """Return a value as the type that a property has."""
    kinds = _kinds(node)
    if value is None:
        return None
    if "enum" in node:
        chosen = _chosen(str(value)).casefold()
        return next((choice for choice in node["enum"] if str(choice).casefold() == chosen), None)
    if "number" in kinds or "integer" in kinds:
        return _as_number(value, whole="integer" in kinds)
    if "boolean" in kinds:
        return _as_flag(str(value))
    text = f"{value:g}" if isinstance(value, float) else _chosen(str(value))
    words, known = set(_words(name).split("_")), word_list("business")
    if not words.isdisjoint(known["date_words"]):
        return _iso_date(text, american=american)
    may_be_date = american or not words.isdisjoint(known["perhaps_date_words"])
    return (may_be_date and _iso_date(text, american=american, is_all=True)) or text


def _chosen(printed: str) -> str:
    """Return what stands beside the boxes that are ticked, where there are any."""
    ticked = [found[1].strip() for found in _TICKED.finditer(printed)]
    return ", ".join(filter(None, ticked)) or printed


def _as_number(value: Any, *, whole: bool) -> float | int | None:
    printed = value if isinstance(value, float) else amount(str(value))
    if printed is None:
        return None
    if not whole:
        return float(printed)
    number = Decimal(printed)  # a float has no room for more than 15 digits
    return int(number) if number == number.to_integral_value() else None


def _as_flag(printed: str) -> bool | None:
    """Return what "yes", or the word beside the box that is ticked, says; None: neither yes nor no."""
    ticked = _TICKED.search(printed)
    said = ticked[1] if ticked else printed.replace("[ ]", "")
    if not said.strip():
        return ticked is not None
    is_yes, is_no = (said in phrases("business", "flags", word) for word in ("yes", "no"))
    return is_yes if is_yes or is_no else None


def _iso_date(text: str, *, american: bool, is_all: bool = False) -> str | None:
    """Return the first date in a text. `american`: its month comes first. `is_all`: the text is a date and nothing else."""
    found = [] if has_long_word(text) else find_dates(text[:_LONGEST_DATE])
    if is_all and found and (found[0].start, found[0].end) != (0, len(text)):
        return None
    return ((american and found[0].american) or found[0].iso) if found else None


def _kinds(node: dict[str, Any]) -> list[str]:
    kinds = node.get("type")
    return kinds if isinstance(kinds, list) else [str(kinds)]


def concept_of(name: str, description: str) -> str | None:
    """Return the fact that a property asks for, by its name, else by a label in its description."""
    words = _words(name)
    prefix, _, rest = words.partition("_")
    is_generic = (
        prefix in word_list("business")["generic"]
    )  # "invoice_date" asks for the date, "po_number" not for the number
    for candidate in (words, words.removesuffix("_name"), rest if is_generic else ""):
        if candidate in _concepts():
            return _concepts()[candidate]
    found = {kind for kind in _IN_DESCRIPTION if _is_described(kind, description)}
    return found.pop() if len(found) == 1 else None


def _is_described(kind: str, description: str) -> bool:
    """Tell whether a description names a fact by two words or more ("due date"); single words are everyday words."""
    known = phrases("business", "labels", kind)
    return any(count > 1 for _, count in known.find(split_words(description[:200])))


@functools.cache
def _concepts() -> dict[str, str]:
    table: dict[str, list[str]] = word_list("business")["properties"]
    return {name: concept for concept, names in reversed(table.items()) for name in names}


def _label(name: str) -> str:
    """Return a property's name as a document prints it."""
    return _words(name).replace("_", " ")


def _words(name: str) -> str:
    """Return a property's name in snake case: "invoiceDate" is "invoice_date"."""
    return re.sub(r"[\s\-.]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).casefold().strip("_")
