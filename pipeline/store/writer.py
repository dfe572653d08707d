"""One thread that writes: whatever is waiting goes into one transaction, so that documents share an fsync."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from pipeline.errors import StoreBusyError, StoreError, WorkerError
from pipeline.store.database import identity, unusable, writing

T = TypeVar("T")

_MOST_AT_ONCE = 256
"""Functions in one transaction: where one fails, all of them run again."""

Job = tuple[Callable[[Connection], Any], "Future[Any]"]
Result = tuple[Any, Exception | None]


class Writer:
    """Runs functions on one connection, in order. A function's future is done when its effect is on the disk."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine, self._path = engine, path
        self._file = identity(path)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._untold: BaseException | None = None
        """What went wrong with a job that nobody waits for."""
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:
            raise StoreBusyError(f"{path} cannot be opened ({error})", WorkerError.hint) from error

    def submit(self, job: Callable[[Connection], T]) -> Future[T]:
        """Queue a function; its result comes after the commit. The future raises what the function or the commit raised.

        It may run twice, the first time for nothing, so it changes nothing but the database.
        Raises StoreError where a job that nobody waited for could not be written.
        """
        self._tell()
        future: Future[T] = Future()
        self._jobs.put((job, future))
        return future

    def post(self, job: Callable[[Connection], T]) -> Future[T]:
        """Queue a function that nobody needs to wait for: it is done before all that is queued after it.

        Where the database fails, the next one who submits something is told; else who asks whether all is written.
        """
        future: Future[T] = Future()
        future.add_done_callback(self._heed)
        self._jobs.put((job, future))
        return future

    def written(self) -> Future[None]:
        """Be sure that all that was queued before is done; the future raises what went wrong where nobody waited for it."""
        future: Future[None] = Future()

        def tell(last: Future[None]) -> None:
            untold, self._untold = self._untold, None
            _settle(future, None, last.exception() or untold)

        self.submit(lambda _: None).add_done_callback(tell)
        return future

    def close(self) -> None:
        """Finish what is queued, then stop."""
        self._jobs.put(None)
        self._thread.join()

    def _heed(self, done: Future[Any]) -> None:
        self._untold = self._untold or done.exception()

    def _tell(self) -> None:
        """Raise what is everybody's. A mistake in one job is not laid on whoever comes next: the end of the run tells it."""
        if isinstance(self._untold, StoreError):
            error, self._untold = self._untold, None
            raise error

    def _work(self) -> None:
        with self._engine.connect() as connection:
            while (first := self._jobs.get()) is not None:
                group, ended = self._gather(first)
                self._commit(connection, group)
                if ended:
                    return

    def _gather(self, first: Job) -> tuple[list[Job], bool]:
        """Take everything that is waiting already; nobody is kept waiting for more."""
        group = [first]
        while len(group) < _MOST_AT_ONCE:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _commit(self, connection: Connection, group: list[Job]) -> None:
        try:
            results = _run(connection, [job for job, _ in group])
            self._must_be_there()
        except Exception as error:  # nobody may wait for ever for a future that this thread forgot
            broken = unusable(self._path, error) if isinstance(error, DBAPIError) else error
            results = [(None, broken)] * len(group)
        for (_, future), (result, problem) in zip(group, results, strict=True):
            _settle(future, result, problem)

    def _must_be_there(self) -> None:
        """Raise StoreError where the file was taken away meanwhile: the system lets us write on, into what nobody will find."""
        if identity(self._path) != self._file:
            raise StoreError(
                f"{self._path} was taken away or replaced while it was in use",
                "put it back before the next run, which would begin a new one; the documents stay in the inbox",
            )


def _run(connection: Connection, jobs: list[Callable[[Connection], Any]]) -> list[Result]:
    """Run functions in one transaction and commit it. Where one of them fails, all is undone and each runs in a savepoint.

    Savepoints cost as much as the work itself, so they wait until they are needed. Raises what the database has against
    all of them; an error of COMMIT is one of those, since nobody can know that it is safe to run again.
    """
    with writing(connection) as transaction:
        try:
            return [(job(connection), None) for job in jobs]
        except Exception as error:
            _raise_if_everybodys(error)
            transaction.rollback()
    with writing(connection):
        return [_run_alone(connection, job) for job in jobs]


def _run_alone(connection: Connection, job: Callable[[Connection], Any]) -> Result:
    """Run one function in a savepoint: its failure is its own and undoes nobody else's work."""
    savepoint = connection.begin_nested()
    try:
        result = job(connection)
        savepoint.commit()
    except Exception as error:
        _raise_if_everybodys(error)
        savepoint.rollback()
        return None, error
    return result, None


def _raise_if_everybodys(error: Exception) -> None:
    """Raise where the database itself is in trouble (held, full, malformed): nobody in this transaction can be sure."""
    if type(error) in (OperationalError, DatabaseError):
        raise error


def _settle(future: Future[Any], result: Any, problem: BaseException | None) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if problem is not None:
        future.set_exception(problem)
    else:
        future.set_result(result)
