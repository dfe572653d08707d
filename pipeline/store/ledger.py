"""The attempts of one run: each is written down before its request leaves, and again when it is known what became of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from sqlalchemy import Connection

from pipeline.records import Attempt
from pipeline.store import statements
from pipeline.store.rows import attempt_row, prompt_key
from pipeline.store.tables import attempts
from pipeline.store.writer import Writer


class RunLedger:
    """The attempts of one run."""

    def __init__(self, writer: Writer, run_id: int, must_have_room: Callable[[], None]) -> None:
        self._writer, self._run_id, self._must_have_room = writer, run_id, must_have_room

    def begin(self, attempt: Attempt) -> Future[int]:
        """Commit an attempt before its request leaves. Raises StoreBusyError where there is no room for what comes back."""
        row = attempt_row(attempt) | prompt_key(attempt.prompt_name, attempt.prompt_hash)
        row |= {"run_id": self._run_id, "document_sha256": attempt.document_sha256}

        def job(connection: Connection) -> int:
            self._must_have_room()
            return int(statements.execute(connection, statements.ADD_ATTEMPT, row).lastrowid)

        return self._writer.submit(job)

    def withdraw(self, attempt_id: int) -> Future[None]:
        """Take an attempt back whose request did not leave. Nobody waits for it."""

        def job(connection: Connection) -> None:
            connection.execute(attempts.delete().where(attempts.c.id == attempt_id))

        return self._writer.post(job)

    def settle(self, attempt_id: int, attempt: Attempt) -> Future[None]:
        """Write down what became of an attempt, and keep its reply until the document has its outcome.

        Nobody waits for it: what is written about the document next comes after it.
        """
        row = attempt_row(attempt) | {"which": attempt_id}

        def job(connection: Connection) -> None:
            statements.execute(connection, statements.change(attempts), row)
            if attempt.reply is not None:
                text = attempt.reply.encode("utf-8", "replace").decode()  # half a character cannot be stored
                statements.execute(connection, statements.KEEP_REPLY, {"id": attempt_id, "reply": text})

        return self._writer.post(job)
