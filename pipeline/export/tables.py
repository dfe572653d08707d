"""Rows of the two kinds of table: one for all documents, one for each prompt with its own fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import StoreError
from pipeline.export.cells import Cell, cell
from pipeline.records import StoredResult
from pipeline.schemas.overview import BROKEN, Overview, overview

_EMPTY = Overview(kind=None, about=None, language=None, summary=None)

Column = tuple[str, Callable[[StoredResult, Overview], Any]]

COMMON: tuple[Column, ...] = (
    ("file", lambda result, _: result.file),
    ("kind", lambda result, seen: seen.kind or result.prompt),
    ("about", lambda _, seen: seen.about),
    ("language", lambda result, seen: seen.language or result.language),
    ("summary", lambda _, seen: seen.summary),
    ("email", lambda _, seen: seen.email),
    ("phone", lambda _, seen: seen.phone),
    ("city", lambda _, seen: seen.city),
    ("current_position", lambda _, seen: seen.position),
    ("current_employer", lambda _, seen: seen.employer),
    ("experience_months", lambda _, seen: seen.experience_months),
    ("skills", lambda _, seen: seen.skills),
    ("languages", lambda _, seen: seen.languages),
    ("date", lambda _, seen: seen.date),
    ("parties", lambda _, seen: seen.parties),
    ("total", lambda _, seen: _number(seen.total)),
    ("currency", lambda _, seen: seen.currency),
)
"""What a document says. Names and order are public: people's spreadsheets depend on them."""

STATE: tuple[Column, ...] = (
    ("status", lambda result, _: result.status),
    ("reason", lambda result, _: result.reason),
    ("not_found_in_text", lambda result, _: result.absent),
    ("notices", lambda result, _: result.notices),
    ("prompt", lambda result, _: result.prompt),
    ("model", lambda result, _: result.model),
    ("pages", lambda result, _: result.pages),
    ("attempts", lambda result, _: result.attempts),
    ("input_tokens", lambda result, _: result.usage.input_tokens),
    ("cached_input_tokens", lambda result, _: result.usage.cached_input_tokens),
    ("output_tokens", lambda result, _: result.usage.output_tokens),
    ("reasoning_tokens", lambda result, _: result.usage.reasoning_tokens),
    ("cost_usd", lambda result, _: dollars(result.nanodollars)),
    ("unknown_attempts", lambda result, _: result.unknown_attempts),
    ("unpriced_attempts", lambda result, _: result.unpriced_attempts),
    ("processed_at", lambda result, _: result.decided_at),
    ("other_names", lambda result, _: result.other_names),
    ("sha256", lambda result, _: result.sha256),
)
"""What the program did with it. Public as well. The last one tells whose row it is: files.py looks for it there."""
_PUBLIC = frozenset(("file", *(name for name, _ in STATE)))
"""Names of columns that every table has."""


Cells = list[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """What stands in the first line, and how a document becomes a row: of its result, and of its cells of STATE."""

    header: Sequence[str]
    row: Callable[[StoredResult, Cells], Cells]

    def rows(self, results: Iterable[StoredResult]) -> Iterator[Sequence[Cell]]:
        """Yield the header, then one row for each document."""
        yield self.header
        for result in results:
            yield self.row(result, state(result))


def state(result: StoredResult) -> Cells:
    """Return the cells of STATE, which end the row of a document in every table."""
    return [cell(value(result, _EMPTY)) for _, value in STATE]


def common_table() -> Table:
    """Return the table for documents of any kind."""

    def row(result: StoredResult, end: Cells) -> Cells:
        seen = _seen(result)
        return [cell(value(result, seen)) for _, value in COMMON] + end

    return Table([name for name, _ in COMMON + STATE], row)


def _seen(result: StoredResult) -> Overview:
    try:
        return overview(result.fields) if result.fields else _EMPTY
    except BROKEN:
        raise StoreError(
            f"the summary of {result.file} in the database is damaged",
            "type: pipeline recover (it says what it would do first)",
        ) from None


def own_table(paths: Sequence[tuple[str, ...]]) -> Table:
    """Return the table for documents of one kind, with the fields of its own schema in the schema's order."""

    def row(result: StoredResult, end: Cells) -> Cells:
        fields = result.fields or {}
        return [cell(result.file), *[cell(_at(fields, path)) for path in paths], *end]

    return Table(["file", *_columns(paths), *(name for name, _ in STATE)], row)


def _columns(paths: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the names of fields' columns. No two have the same: one would hide the other from whoever asks by name."""
    names: list[str] = []
    for path in paths:
        name = ".".join(path)
        while name in _PUBLIC or name in names:  # "a.b" may be a field, and the b of a
            name = f"summary.{name}"
        names.append(name)
    return names


def dollars(nanodollars: int | None) -> float | None:
    """Return US dollars; None: not known."""
    return None if nanodollars is None else nanodollars / 1e9


def _number(value: str | float | None) -> float | str | None:
    """Return a decimal text as a number, so that a spreadsheet can add it up."""
    try:
        return None if value is None else float(value)
    except ValueError:
        return value


def _at(fields: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        fields = fields.get(key) if isinstance(fields, dict) else None
    return fields
