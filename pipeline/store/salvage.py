"""A damaged database: set aside, replaced by its newest backup, and asked for whatever it can still tell.

The new database grows in a hidden file whose name tells the incident. Renaming it ends the incident: killed
before that, the next attempt finds the file, knows where the damaged one was put, and begins again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from pipeline import __version__
from pipeline.disk import to_disk
from pipeline.store.backup import empty, fill, name_for, remove, seal
from pipeline.store.database import open_engine, translated, unusable, writing
from pipeline.store.examine import BELIEVED, connected
from pipeline.store.rows import stamp

_NEVER_CHANGED = ("prompts", "summaries")
"""The backup's row is as good as the damaged database's, and surely whole."""
_REPORTED = ("documents", "summaries", "attempts")
_AT_ONCE = 2000
"""Rows that are asked for together."""
_LEAST_ROW = 32
"""Bytes; no row takes less, so a file cannot hold more rows than this allows."""
_MOST_FAILURES = 300_000
"""Reads that may fail in one table: some seconds."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was taken over from a damaged database that its backup did not know."""

    taken: dict[str, int]
    """Documents, summaries, attempts."""
    unreadable: str = ""
    """Why nothing could be read of it."""


def incident(data: Path) -> Path | None:
    """Return the file in which a new database grows; None: nothing was begun."""
    return next(iter(sorted(data.glob(".pipeline-*.db.part"))), None)


def set_aside(database: Path, folder: Path, moment: dt.datetime) -> None:
    """Move a damaged database into a folder, with what lies beside it: a new one may not find its old journal."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = incident(database.parent)
    if partial and database.exists() and _aside(partial, folder).exists():
        remove(partial)  # somebody mended that one by hand, and this is another one
        partial = None
    if partial is None:
        partial = database.with_name(f".{name_for(folder, moment).name}.part")
        empty(partial)
        to_disk(database.parent)
    for ending in ("", "-wal", "-shm"):
        source = Path(f"{database}{ending}")
        if source.exists():
            source.rename(f"{_aside(partial, folder)}{ending}")
    to_disk(folder)


def restore(database: Path, backup: Path | None, folder: Path, moment: dt.datetime) -> Salvaged:
    """Put a new database in place: the backup, or an empty one, and what the damaged one can still tell."""
    partial = incident(database.parent) or database.with_name(f".{name_for(folder, moment).name}.part")
    try:
        empty(partial)
        if backup:
            fill(backup, partial)
        open_engine(partial).dispose()  # makes or migrates the tables
        damaged = _aside(partial, folder)
        salvaged = take_over(damaged, partial) if damaged.exists() else Salvaged(dict.fromkeys(_REPORTED, 0))
        mend(partial, moment)
        seal(partial)
    except sqlite3.DatabaseError as error:
        raise unusable(partial, error) from error
    partial.replace(database)
    to_disk(database.parent)
    return salvaged


def take_over(damaged: Path, database: Path) -> Salvaged:
    """Copy every row that can be read and believed. Numbers are stable, so a row replaces its older self."""
    most = sum(path.stat().st_size for path in damaged.parent.glob(f"{damaged.name}*")) // _LEAST_ROW
    with connected(database) as new, connected(damaged) as old, _transaction(new):
        try:
            old.execute("PRAGMA writable_schema = ON")  # one damaged view does not hide the tables
            theirs = {table: _columns(old, table) for table in BELIEVED}
        except sqlite3.DatabaseError as error:
            return Salvaged(dict.fromkeys(_REPORTED, 0), str(error))
        before = {table: _count(new, table) for table in _REPORTED}
        for table, columns in theirs.items():
            common = [name for name in _columns(new, table) if name in columns]
            if common:
                _take_table(old, new, table, common, most)
        return Salvaged({table: _count(new, table) - before[table] for table in _REPORTED})


def _take_table(old: sqlite3.Connection, new: sqlite3.Connection, table: str, columns: list[str], most: int) -> None:
    word = "IGNORE" if table in _NEVER_CHANGED else "REPLACE"
    listed, values = ", ".join(columns), ", ".join("?" * len(columns))
    insert = f"INSERT OR {word} INTO {table} ({listed}) VALUES ({values})"  # noqa: S608  # our own names
    query = f"SELECT {listed} FROM {table} WHERE id BETWEEN ? AND ? AND {BELIEVED[table]}"  # noqa: S608
    for row in _readable(old, query, _last(old, table, most)):
        with contextlib.suppress(sqlite3.IntegrityError):  # it can be read and makes no sense
            new.execute(insert, row)


def _readable(old: sqlite3.Connection, query: str, last: int) -> Iterator[tuple[object, ...]]:
    """Yield the rows up to a number; a range that cannot be read is halved until what is damaged stands alone."""
    ranges = deque((low, min(low + _AT_ONCE - 1, last)) for low in range(1, last + 1, _AT_ONCE))
    failures = 0
    while ranges and failures < _MOST_FAILURES:
        low, high = ranges.popleft()
        try:
            yield from old.execute(query, (low, high)).fetchall()
        except sqlite3.DatabaseError:
            failures += 1
            middle = (low + high) // 2
            if low < high:
                ranges += [(low, middle), (middle + 1, high)]


def mend(database: Path, moment: dt.datetime) -> None:
    """Make the rows agree with each other again: nothing points to nowhere, what is done has a summary. Raises StoreError."""
    try:
        with connected(database) as connection, _transaction(connection):
            _mend(connection, stamp(moment))
    except sqlite3.DatabaseError as error:
        raise unusable(database, error) from error


def _mend(connection: sqlite3.Connection, now: str) -> None:
    """Stand-ins first: that the run or the prompt of a paid result is lost is no reason to pay for it again."""
    connection.execute(_LOST_RUNS, {"now": now, "version": __version__})
    connection.execute(_LOST_PROMPTS, {"now": now})
    while loose := connection.execute("PRAGMA foreign_key_check").fetchall():
        for table, row_id, *_ in loose:
            connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))  # noqa: S608  # SQLite's own answer
    for statement in _AGREE:
        connection.execute(statement)


_LOST_RUNS = """
    INSERT INTO runs (id, trigger, started_at, finished_at, message, version)
    SELECT DISTINCT run_id, 'lost', :now, :now, 'its row was lost', :version
    FROM (SELECT run_id FROM files UNION SELECT run_id FROM attempts
          UNION SELECT run_id FROM summaries UNION SELECT run_id FROM outcomes)
    WHERE run_id NOT IN (SELECT id FROM runs)
"""
_LOST_PROMPTS = """
    INSERT INTO prompts (id, name, hash, system, schema, max_output_tokens, first_used_at)
    SELECT DISTINCT prompt_id, 'lost', 'lost-' || prompt_id, '', '{}', 0, :now
    FROM (SELECT prompt_id FROM attempts UNION SELECT prompt_id FROM summaries UNION SELECT prompt_id FROM outcomes)
    WHERE prompt_id IS NOT NULL AND prompt_id NOT IN (SELECT id FROM prompts)
"""
_AGREE = (
    "DELETE FROM outcomes WHERE status = 'done' AND document_id NOT IN (SELECT document_id FROM summaries)",
    """
    INSERT INTO outcomes (document_id, run_id, prompt_id, status, model, seconds, decided_at)
    SELECT document_id, run_id, prompt_id, 'done', model, 0.0, created_at FROM summaries s
    WHERE id = (SELECT max(id) FROM summaries WHERE document_id = s.document_id)
      AND document_id NOT IN (SELECT document_id FROM outcomes)
    """,
    """
    UPDATE files SET place = NULL, put_away_at = NULL, seal = NULL
    WHERE place IS NOT NULL AND document_id NOT IN (SELECT document_id FROM outcomes)
    """,
)


def adopt(engine: Engine, sha256: str, name: str, place: str, moment: dt.datetime) -> None:
    """Write down where a file of a known document lies; a row of its that lies nowhere is used again."""
    values = {"sha256": sha256, "name": name, "place": place, "now": stamp(moment)}
    with translated(engine), engine.connect() as connection, writing(connection):
        if not connection.execute(_FOUND_AGAIN, values).rowcount:
            connection.execute(_FOUND_NEW, values)


_FOUND_AGAIN = text("""
    UPDATE files SET place = :place, put_away_at = :now, seal = NULL
    WHERE id = (SELECT f.id FROM files f JOIN documents d ON d.id = f.document_id
                WHERE d.sha256 = :sha256 AND f.place IS NULL ORDER BY f.name <> :name, f.id LIMIT 1)
""")
_FOUND_NEW = text("""
    INSERT INTO files (document_id, run_id, name, folder, place, put_away_at)
    SELECT d.id, o.run_id, :name, '', :place, :now
    FROM documents d JOIN outcomes o ON o.document_id = d.id WHERE d.sha256 = :sha256
""")


def _aside(partial: Path, folder: Path) -> Path:
    """Return where the damaged database of this incident lies."""
    return folder / partial.name.removeprefix(".").removesuffix(".part")


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("COMMIT")


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  # our own names


def _last(connection: sqlite3.Connection, table: str, most: int) -> int:
    """Return the highest number in a table, or where that cannot be read, the highest there could be."""
    try:
        return min(connection.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0, most)  # noqa: S608
    except sqlite3.DatabaseError:
        return most
