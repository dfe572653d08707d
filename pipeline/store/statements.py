"""The statements that every document needs, built once and compiled once.

SQLAlchemy finds what it has compiled by looking through the whole statement, and goes through the values of each row: half
of the time that a statement takes. So values are no part of a statement: they are handed in beside it, under the names of
their columns and under those given here, and what is compiled is kept with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    CursorResult,
    Insert,
    ScalarSelect,
    Table,
    Update,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert as SQLiteInsert
from sqlalchemy.dialects.sqlite import insert

from pipeline.store.tables import attempts, documents, files, kept_replies, outcomes, prompts, summaries

_DIALECT = sqlite.dialect(paramstyle="named")


@cache
def add(table: Table) -> Insert:
    """Return what adds a row."""
    return table.insert()


@cache
def change(table: Table) -> Update:
    """Return what changes a row. Asks for `which`: its number."""
    return table.update().where(table.c.id == bindparam("which"))


def execute(connection: Connection, statement: ClauseElement, row: Mapping[str, Any]) -> CursorResult[Any]:
    """Run a statement with what it asks for out of a row; as Connection.execute does, in half the time."""
    sql, names, fixed = _compiled(statement, tuple(row))
    return connection.exec_driver_sql(sql, {name: row[name] for name in names} | fixed)


@cache
def _compiled(statement: ClauseElement, given: tuple[str, ...]) -> tuple[str, list[str], dict[str, Any]]:
    """Return SQL, what it asks for of that which is given, and values that are its own."""
    compiled = statement.compile(dialect=_DIALECT, column_keys=list(given))
    own = {name: value for name, value in compiled.params.items() if name not in given}
    return str(compiled), [name for name in compiled.params if name in given], own


def _taking(
    new: SQLiteInsert, key: str, names: Iterable[str], where: ColumnElement[bool] | None = None
) -> SQLiteInsert:
    """Let a row that is there already take these values of the new one."""
    values = {name: new.excluded[name] for name in names}
    return new.on_conflict_do_update(index_elements=[key], set_=values, where=where)


FIND_PROMPT = select(prompts.c.id).where(
    prompts.c.name == bindparam("prompt_name"), prompts.c.hash == bindparam("prompt_hash")
)
_PROMPT: ScalarSelect[Any] = FIND_PROMPT.scalar_subquery()
_DOCUMENT: ScalarSelect[Any] = (
    select(documents.c.id).where(documents.c.sha256 == bindparam("document_sha256")).scalar_subquery()
)

_READ = ("media_type", "pages", "characters", "extractor", "language")
ADD_READ = _taking(insert(documents), "sha256", _READ)
ADD_UNREAD = insert(documents).on_conflict_do_nothing()

ADD_ATTEMPT = attempts.insert().values(document_id=_DOCUMENT, prompt_id=_PROMPT)
KEEP_REPLY = kept_replies.insert()
FORGET_REPLIES = kept_replies.delete().where(
    kept_replies.c.id.in_(select(attempts.c.id).where(attempts.c.document_id == _DOCUMENT))
)
ADD_SUMMARY = insert(summaries).values(document_id=_DOCUMENT, prompt_id=_PROMPT).on_conflict_do_nothing()

_OUTCOME = insert(outcomes).values(document_id=_DOCUMENT, prompt_id=_PROMPT)
_DECIDED = [column.name for column in outcomes.c if column.name not in {"id", "document_id"}]
SET_OUTCOME = _taking(_OUTCOME, "document_id", _DECIDED)
SET_OUTCOME_OF_COPY = _taking(_OUTCOME, "document_id", _DECIDED, outcomes.c.status == "waiting")
"""A copy changes nothing about what became of the document."""

FIND_FILE = select(files.c.id).where(
    files.c.document_id == _DOCUMENT,
    files.c.name == bindparam("name"),
    files.c.folder == bindparam("folder"),
    or_(
        files.c.put_away_at.is_(None),
        files.c.seal.is_not(None),
        files.c.place.is_not_distinct_from(bindparam("place")),
    ),
)
"""Finds the row of a file that has not been put away, or stayed in the inbox: it is used again."""
ADD_FILE = files.insert().values(document_id=_DOCUMENT)
UNSEAL = (
    files.update()
    .where(
        and_(files.c.folder == bindparam("in_folder"), files.c.name == bindparam("of_name"), files.c.seal.is_not(None))
    )
    .values(seal=None)
)
