"""What a run asks the database about a document that is in its hands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, TextualSelect, column, text

from pipeline.errors import Reason
from pipeline.records import Document, Failure, Past


def _asking(names: str, query: str) -> TextualSelect:
    """Return a query and the names of its columns, so that SQLAlchemy need not find them out each time."""
    return text(query).columns(*map(column, names.split()))


# Attempts that our own crash orphaned do not count, nor those before a person asked to try again. Ten more are forgiven:
# of those with a usable reply that a crash or a full disk took from us, and of those in runs that ended (75) because
# nobody got an answer.
_PAST = _asking(
    "attempts promised reason message hint known reply",
    """
    SELECT paid.attempts, paid.promised, failed.reason, failed.message, failed.hint,
           EXISTS (SELECT 1 FROM summaries s
                   JOIN documents d ON d.id = s.document_id
                   JOIN prompts p ON p.id = s.prompt_id
                   WHERE d.sha256 = :sha256 AND p.hash = :hash AND s.model = :model) AS known,
           (SELECT k.reply FROM kept_replies k
            JOIN attempts a ON a.id = k.id
            JOIN documents d ON d.id = a.document_id
            JOIN prompts p ON p.id = a.prompt_id
            WHERE d.sha256 = :sha256 AND p.hash = :hash AND a.model = :model
              AND a.error IS NULL AND a.id > coalesce(d.forgiven_attempt, 0)
            ORDER BY a.id DESC LIMIT 1) AS reply
    FROM (SELECT max(count(*) - 10, count(a.error) FILTER (WHERE coalesce(r.exit_code, 0) <> 75 OR EXISTS (
                     SELECT 1 FROM attempts o WHERE o.run_id = r.id AND o.error IS NULL))) AS attempts,
                 coalesce(sum(coalesce(a.cost_nanodollars, a.reserved_nanodollars)), 0) AS promised
          FROM chargeable_attempts a
          JOIN documents d ON d.id = a.document_id
          JOIN prompts p ON p.id = a.prompt_id
          JOIN runs r ON r.id = a.run_id
          WHERE d.sha256 = :sha256 AND p.hash = :hash AND a.model = :model
            AND a.id > coalesce(d.forgiven_attempt, 0) AND coalesce(a.error, '') <> 'unknown_usage') paid
    LEFT JOIN (SELECT o.reason, o.message, o.hint FROM outcomes o
               JOIN documents d ON d.id = o.document_id
               JOIN prompts p ON p.id = o.prompt_id
               WHERE d.sha256 = :sha256 AND p.hash = :hash AND o.model = :model
                 AND o.status = 'quarantined') failed
    """,
)
_READ_WITH = _asking(
    "name",
    """
    SELECT p.name FROM summaries s
    JOIN documents d ON d.id = s.document_id
    JOIN prompts p ON p.id = s.prompt_id
    WHERE d.sha256 = :sha256
    ORDER BY s.id DESC LIMIT 1
    """,
)
_FILES = _asking(
    "id name folder place put_away_at status reason message hint",
    """
    SELECT f.id, f.name, f.folder, f.place, f.put_away_at, o.status, o.reason, o.message, o.hint FROM files f
    JOIN documents d ON d.id = f.document_id
    JOIN outcomes o ON o.document_id = f.document_id
    WHERE d.sha256 = :sha256 AND f.place IS NOT NULL
    ORDER BY f.id
    """,
)


@dataclass(frozen=True, slots=True)
class Move:
    """A file on its way out of the inbox: written down, and not yet that it was made."""

    file_id: int
    place: str
    """Below the data folder."""
    name: str
    folder: str
    """Where it lay below the inbox."""
    failure: Failure | None = None
    """Why it goes to quarantine; None: it is done."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the database knows of a file that is in the inbox."""

    interrupted: Move | None
    """The program was killed between writing it down and making it."""
    quarantined: tuple[str, ...]
    """Where files of this document were put into quarantine; below the data folder."""


def past(connection: Connection, sha256: str, prompt_hash: str, model: str) -> Past:
    """Return what earlier runs know of one document, prompt and model."""
    row = connection.execute(_PAST, {"sha256": sha256, "hash": prompt_hash, "model": model}).one()
    failure = _failure(row.reason, row.message, row.hint)
    return Past(bool(row.known), failure, int(row.attempts), int(row.promised), row.reply)


def read_with(connection: Connection, sha256: str) -> str | None:
    """Return the name of the prompt that read a document last; None: none did."""
    name: str | None = connection.execute(_READ_WITH, {"sha256": sha256}).scalar()
    return name


def arrival(connection: Connection, document: Document) -> Arrival:
    """Return what became of a file before: a move that a crash interrupted, or a place in quarantine."""
    rows = connection.execute(_FILES, {"sha256": document.sha256}).all()
    moving = (
        Move(row.id, row.place, row.name, row.folder, _failure(row.reason, row.message, row.hint))
        for row in rows
        if row.name == document.name and not row.put_away_at
    )
    quarantined = (row.place for row in rows if row.put_away_at and row.status == "quarantined")
    return Arrival(next(moving, None), tuple(quarantined))


def _failure(reason: str | None, message: str, hint: str) -> Failure | None:
    return Failure(Reason(reason), message, hint) if reason else None
