"""What a run writes down: documents, attempts, summaries, outcomes. One transaction for each outcome.

Writing methods return futures that are done when the row is on the disk.
"""

from __future__ import annotations

import functools
import math
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Engine, Table, and_, func, select
from sqlalchemy.dialects.sqlite import insert

from pipeline import __version__
from pipeline.clock import Clock
from pipeline.errors import ExitCode, StoreBusyError
from pipeline.records import Document, Extraction, Outcome, Past, Prompt, StoredFile
from pipeline.store import lookups, statements
from pipeline.store.database import open_engine, reading, room
from pipeline.store.known import Known
from pipeline.store.ledger import RunLedger
from pipeline.store.lookups import Arrival, Move
from pipeline.store.rows import extraction_row, outcome_row, prompt_key, prompt_row, stamp, summary_row
from pipeline.store.tables import attempts, documents, files, inbox, outcomes, prompts, runs
from pipeline.store.writer import Writer

_ROOM_SECONDS = 0.05
"""So long a look at the room on the disk holds."""
_NOWHERE = {"place": None, "put_away_at": None, "seal": None}
"""Of a file that is not in our hands: it waits in the inbox, or somebody took it."""


class Store:
    """The open database. Close it: what is queued is written first."""

    def __init__(self, path: Path, clock: Clock, *, least_room: int = 0) -> None:
        """Open or make the database. Raises StoreError.

        `least_room`: bytes that the disk must take for a request to leave, so that its reply can be kept.
        """
        self.path, self._clock, self._least_room = path, clock, least_room
        self._had_room_at = -math.inf
        self._engine = open_engine(path)
        try:
            self._writer = Writer(self._engine, path)
        except BaseException:
            self._engine.dispose()
            raise
        self._written_prompts: set[tuple[str, str]] = set()

    def close(self) -> None:
        """Write what is queued and close the file."""
        self._writer.close()
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """For the modules that only read, such as reading.py and examine.py."""
        return self._engine

    def begin_run(self, trigger: str) -> Future[int]:
        """Write down that a run began; return its number."""
        row = {"trigger": trigger, "started_at": self._now(), "version": __version__}
        return self._writer.submit(lambda connection: _insert(connection, runs, row))

    def finish_run(self, run_id: int, exit_code: ExitCode, message: str | None) -> Future[None]:
        """Write down how a run ended."""
        row = {"finished_at": self._now(), "exit_code": int(exit_code), "message": message}
        return self._writer.submit(lambda connection: _change(connection, runs, run_id, row))

    def introduce(self, document: Document, extraction: Extraction | None, prompt: Prompt) -> Future[None]:
        """Write down a document and the prompt chosen for it, where they are new, before all that comes later about them."""
        key = (prompt.name, prompt.hash)
        is_written = key in self._written_prompts

        def job(connection: Connection) -> None:
            self._add_document(connection, document, extraction)
            if not is_written:
                self._add_prompt(connection, prompt)

        def remember(done: Future[None]) -> None:
            if not done.exception():
                self._written_prompts.add(key)

        future = self._writer.post(job)
        future.add_done_callback(remember)
        return future

    def read_with(self, document: Document) -> Future[str | None]:
        """Return the name of the prompt that read a document last; None: none did."""
        return self._writer.submit(lambda connection: lookups.read_with(connection, document.sha256))

    def past(self, document: Document, prompt: Prompt, model: str) -> Future[Past]:
        """Return what is known of a document, a prompt and a model, so that nothing is computed or paid for twice."""
        return self._writer.submit(lambda connection: lookups.past(connection, document.sha256, prompt.hash, model))

    def is_new(self, document: Document) -> bool:
        """Tell at once whether nothing is known of a document; from now on something may be."""
        is_new = document.sha256 not in self._known
        self._known.add(document.sha256)
        return is_new

    @functools.cached_property
    def _known(self) -> Known:
        """What the database had when it was first asked for. Only who holds the lock adds to it, which is us."""
        with reading(self._engine) as connection:
            return Known(connection.scalars(select(func.substr(documents.c.sha256, 1, 16))))

    def arrived(self, document: Document) -> Future[Arrival]:
        """Return what became of this file before."""
        return self._writer.submit(lambda connection: lookups.arrival(connection, document))

    def inbox_mark(self) -> Future[str | None]:
        """Return what the marker of the inbox says; None: it has not been marked yet."""
        return self._writer.submit(lambda connection: connection.execute(select(inbox.c.mark)).scalar())

    def mark_inbox(self, mark: str) -> Future[None]:
        """Write down what the marker of the inbox says from now on."""
        row = {"mark": mark, "marked_at": self._now()}
        added = insert(inbox).values(id=1, **row).on_conflict_do_update(index_elements=["id"], set_=row)

        def job(connection: Connection) -> None:
            connection.execute(added)

        return self._writer.submit(job)

    def kept(self) -> Future[dict[str, dict[str, str]]]:
        """Return the seals of files that were done and stay in the inbox, by folder and name."""
        query = select(files.c.folder, files.c.name, files.c.seal).where(files.c.seal.is_not(None))

        def job(connection: Connection) -> dict[str, dict[str, str]]:
            found: dict[str, dict[str, str]] = {}
            for folder, name, seal in connection.execute(query):
                found.setdefault(folder, {})[name] = seal
            return found

        return self._writer.submit(job)

    def forgive(self, sha256: str) -> Future[None]:
        """Write down that a person put a quarantined document back: what was tried before does not count any more."""

        def job(connection: Connection) -> None:
            document_id = _document_id(connection, sha256)
            _update(connection, files, files.c.document_id == document_id, _NOWHERE)
            self._forgive(connection, document_id)

        return self._writer.submit(job)

    def unfinished(self) -> Future[list[Move]]:
        """Return all files whose move was never written down."""
        query = select(files.c.id, files.c.place, files.c.name, files.c.folder)
        query = query.where(files.c.put_away_at.is_(None), files.c.place.is_not(None))
        return self._writer.submit(lambda connection: [Move(*row) for row in connection.execute(query)])

    def commit(
        self, outcome: Outcome, run_id: int, place: str | None, seal: str | None = None, *, is_new: bool = False
    ) -> Future[int]:
        """Write summary, outcome and where the file will go, all or nothing; return the number of the file's row.

        `place` None: the document waits for the next run. `seal`: the file stays where it is, which is its place.
        `is_new`: no file is known that holds this document, so none is looked for.
        """
        where = {"place": place, "seal": seal, "put_away_at": self._now() if seal else None}

        def job(connection: Connection) -> int:
            self._decide(connection, outcome, run_id)
            if seal:  # what lay there under this name before is no more
                there = {"in_folder": outcome.document.folder, "of_name": outcome.document.name}
                statements.execute(connection, statements.UNSEAL, there)
            row = {"run_id": run_id, "name": outcome.document.name, "folder": outcome.document.folder, **where}
            return _place(connection, row | {"document_sha256": outcome.document.sha256}, is_new=is_new)

        return self._writer.submit(job)

    def commit_again(self, outcome: Outcome, run_id: int) -> Future[None]:
        """Write a new summary of a document that was done before; its file stays where it lies."""

        def job(connection: Connection) -> None:
            self._decide(connection, outcome, run_id)

        return self._writer.submit(job)

    def put_away(self, file_id: int, place: str) -> Future[None]:
        """Write down that a file has been moved, and where to. Nobody waits for it: a run ends with `written`."""
        row = {"put_away_at": self._now(), "place": place}
        return self._writer.post(lambda connection: _change(connection, files, file_id, row))

    def written(self) -> Future[None]:
        """Be sure that all that was queued before is on the disk; the future raises what went wrong where nobody waited."""
        return self._writer.written()

    def let_go(self, file_id: int) -> Future[None]:
        """Write down that somebody changed or took away a file while it was in hand."""
        return self._writer.submit(lambda connection: _change(connection, files, file_id, _NOWHERE))

    def take_back(self, file: StoredFile) -> Future[None]:
        """Write down that a quarantined file is in the inbox again, unless a run beside us has found it there already."""

        def job(connection: Connection) -> None:
            as_known = and_(files.c.id == file.file_id, files.c.place == file.place)
            if connection.execute(files.update().where(as_known).values(**_NOWHERE)).rowcount:
                self._forgive(connection, file.document_id)

        return self._writer.submit(job)

    def ledger(self, run_id: int) -> RunLedger:
        """Return the ledger of one run, for the client that sends."""
        return RunLedger(self._writer, run_id, self._must_have_room)

    def _must_have_room(self) -> None:
        """Look at the disk, unless somebody just did: for each of a thousand requests a second, it is the same."""
        now = self._clock.monotonic()
        if now - self._had_room_at < _ROOM_SECONDS:
            return
        free = room(self.path)
        if free < self._least_room:
            raise StoreBusyError(
                f"the disk of {self.path} is nearly full: {free // 1024:,} KiB are free", "make room, then run again"
            )
        self._had_room_at = now

    def _now(self) -> str:
        return stamp(self._clock.now())

    def _forgive(self, connection: Connection, document_id: int) -> None:
        last = select(func.max(attempts.c.id)).scalar_subquery()
        row = {"retried_at": self._now(), "forgiven_attempt": last}
        _update(connection, documents, documents.c.id == document_id, row)
        waits = {"status": "waiting", "reason": None, "message": "put back by hand", "hint": None}
        quarantined = and_(outcomes.c.document_id == document_id, outcomes.c.status == "quarantined")
        _update(connection, outcomes, quarantined, waits)

    def _add_document(self, connection: Connection, document: Document, extraction: Extraction | None) -> None:
        """Write a document where it is new, and what was read of it."""
        row = {"sha256": document.sha256, "size": document.size, "seen_at": self._now()}
        if extraction is None:
            statements.execute(connection, statements.ADD_UNREAD, row)
        else:
            statements.execute(connection, statements.ADD_READ, row | extraction_row(extraction))

    def _add_prompt(self, connection: Connection, prompt: Prompt) -> None:
        """Write a prompt where it is new. To look first is cheaper than to write down its schema for each document."""
        key = prompt_key(prompt.name, prompt.hash)
        if statements.execute(connection, statements.FIND_PROMPT, key).first():
            return
        _insert(connection, prompts, prompt_row(prompt) | {"first_used_at": self._now()})

    def _decide(self, connection: Connection, outcome: Outcome, run_id: int) -> None:
        """Write summary and outcome, and the document where that was not written when its prompt was chosen."""
        if outcome.model is None:
            self._add_document(connection, outcome.document, outcome.extraction)
        whose = {"document_sha256": outcome.document.sha256, "run_id": run_id, "model": outcome.model}
        whose |= prompt_key(outcome.prompt_name, outcome.prompt_hash)
        if outcome.summary:
            row = whose | summary_row(outcome.summary) | {"created_at": self._now()}
            statements.execute(connection, statements.ADD_SUMMARY, row)
        decide = statements.SET_OUTCOME_OF_COPY if outcome.known else statements.SET_OUTCOME
        statements.execute(connection, decide, whose | outcome_row(outcome) | {"decided_at": self._now()})
        if outcome.status != "waiting":
            statements.execute(connection, statements.FORGET_REPLIES, whose)


def _place(connection: Connection, row: dict[str, Any], *, is_new: bool) -> int:
    """Write where a file goes; a row of the same file that has not been put away, or stayed in the inbox, is used again."""
    found = None if is_new else statements.execute(connection, statements.FIND_FILE, row).scalar()
    if found is None:
        return _key(statements.execute(connection, statements.ADD_FILE, row))
    del row["document_sha256"]  # it is the same one
    _change(connection, files, found, row)
    return int(found)


def _document_id(connection: Connection, sha256: str) -> int:
    return int(connection.execute(select(documents.c.id).where(documents.c.sha256 == sha256)).scalar_one())


def _insert(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    return _key(statements.execute(connection, statements.add(table), row))


def _key(added: CursorResult[Any]) -> int:
    return int(added.lastrowid)


def _change(connection: Connection, table: Table, which: int, row: dict[str, Any]) -> None:
    statements.execute(connection, statements.change(table), row | {"which": which})


def _update(connection: Connection, table: Table, where: ColumnElement[bool], row: dict[str, Any]) -> None:
    connection.execute(table.update().where(where).values(**row))
