"""Questions about the database as a whole: is the file sound, and does it agree with itself? Changes nothing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from pipeline.records import StoredFile
from pipeline.store.database import MALFORMED_NAME, NOT_UNICODE, reading, unusable
from pipeline.store.stored import believable
from pipeline.store.versions import HEADER, SCHEMA, schema_damage

BELIEVED = {
    "inbox": "true",
    "runs": "true",
    "prompts": "json_valid(schema)",
    "documents": "length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'",
    "files": "true",
    "attempts": "true",
    "kept_replies": "true",
    "summaries": "believable(CAST(fields AS BLOB), CAST(evidence AS BLOB), CAST(notices AS BLOB))",
    "outcomes": "true",
}
"""Parents first, and what a row must fulfil to be believed."""
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_PATIENCE = 30.0
"""Seconds to wait for a lock."""

_PLACED = """
    SELECT f.id, f.document_id, d.sha256, f.name, f.folder, f.place, f.put_away_at IS NOT NULL, o.status
    FROM files f
    JOIN documents d ON d.id = f.document_id
    LEFT JOIN outcomes o ON o.document_id = f.document_id
    WHERE f.place IS NOT NULL
"""
_HELD_BY_NOBODY = """
    SELECT count(*) FROM outcomes o
    WHERE o.status = 'done'
      AND NOT EXISTS (SELECT 1 FROM files f WHERE f.document_id = o.document_id AND f.place IS NOT NULL)
"""
_STANDINGS = "SELECT d.sha256, o.status FROM documents d JOIN outcomes o ON o.document_id = d.id"
_UNDECIDED = """
    SELECT DISTINCT f.name FROM files f
    WHERE f.place IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.document_id = f.document_id)
"""
_WITHOUT_SUMMARY = """
    SELECT coalesce((SELECT name FROM files f WHERE f.document_id = o.document_id ORDER BY f.id LIMIT 1),
                    'document ' || o.document_id)
    FROM outcomes o
    WHERE o.status = 'done' AND NOT EXISTS (SELECT 1 FROM summaries s WHERE s.document_id = o.document_id)
"""
_SUMMED = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens", "cost_nanodollars")
_SUMS = " UNION ALL ".join(
    f"SELECT {attempts} AS attempts, {', '.join(f'sum({name}) AS {name}' for name in _SUMMED)} FROM {source}"  # noqa: S608  # our own names
    for attempts, source in (
        ("count(*)", "attempts"),
        ("coalesce(sum(attempts), 0)", "document_costs"),
        ("coalesce(sum(attempts), 0)", "spend_by_day"),
    )
)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the database says that a file lies."""

    file: StoredFile
    is_put_away: bool
    """False: its move was written down, and not that it was made."""
    status: str | None


@contextlib.contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there, as it is, and close it again. Raises sqlite3.DatabaseError."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(address, timeout=_PATIENCE, isolation_level=None, uri=True)) as connection:
        connection.create_function("believable", 3, believable)
        try:
            yield connection
        except UnicodeDecodeError as error:
            damaged = sqlite3.DatabaseError(MALFORMED_NAME)
            damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise damaged from error


def damage(path: Path) -> str | None:
    """Return what is wrong with the file itself; None: it is sound. Raises StoreError where it cannot be looked at."""
    try:
        with connected(path) as connection:
            [words] = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if words == "ok":
                return wrong_header(connection) or _unbelievable(connection)
    except sqlite3.DatabaseError as error:
        if is_corrupt(error):
            return str(error)
        raise unusable(path, error) from error
    return " ".join(str(words).split())


def wrong_header(connection: sqlite3.Connection) -> str | None:
    """Return how the bytes that say whose file this is disagree with its tables; None: they do not. See schema_damage."""
    version, application = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in HEADER)
    return schema_damage(version, application, connection.execute(SCHEMA))


def _unbelievable(connection: sqlite3.Connection) -> str | None:
    """Return which table has a row that a run or an export would stumble over. SQLite looks at pages, not at what texts say."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in filter(there.__contains__, BELIEVED):
        try:
            believed = all(ok for *_, ok in connection.execute(f"SELECT *, {BELIEVED[table]} FROM {table}"))  # noqa: S608  # our own names
        except sqlite3.OperationalError as error:
            if NOT_UNICODE not in str(error):
                raise
            believed = False
        if not believed:
            return f"a row of {table} cannot be read"
    return None


def is_corrupt(error: sqlite3.DatabaseError) -> bool:
    """Tell whether an error says that the file is damaged, and not merely busy or out of reach."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _CORRUPT


def dangling(engine: Engine) -> int:
    """Return how many rows point to a row that is not there."""
    return len(_rows(engine, "PRAGMA foreign_key_check"))


def undecided(engine: Engine) -> list[str]:
    """Return the names of files that were put away although nothing is known of what became of them."""
    return [name for (name,) in _rows(engine, _UNDECIDED)]


def without_summary(engine: Engine) -> list[str]:
    """Return the names of documents that are done and have no summary."""
    return [name for (name,) in _rows(engine, _WITHOUT_SUMMARY)]


def placed(engine: Engine) -> list[Placed]:
    """Return all files that lie somewhere, or are about to."""
    return [Placed(StoredFile(*row[:6]), bool(row[6]), row[7]) for row in _rows(engine, _PLACED)]


def held_by_nobody(engine: Engine) -> int:
    """Return how many done documents have no file any more: changed in hand, or taken away."""
    return int(_rows(engine, _HELD_BY_NOBODY)[0][0])


def standings(engine: Engine) -> dict[str, str]:
    """Return the status of every document, by SHA-256."""
    return dict(tuple(row) for row in _rows(engine, _STANDINGS))


def unequal_sums(engine: Engine) -> tuple[list[str], int]:
    """Return which sums differ by the way they are added (attempts, documents, days), and how many attempts there are."""
    ways = _rows(engine, _SUMS)
    names = ("attempts", *_SUMMED)
    return [name for index, name in enumerate(names) if len({way[index] for way in ways}) > 1], int(ways[0][0])


def _rows(engine: Engine, query: str) -> Sequence[Any]:
    with reading(engine) as connection:
        return connection.execute(text(query)).all()
