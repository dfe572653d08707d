"""Readers in processes that can be killed: a hang, a crash or a memory bomb costs one document and no other.

Shaped like a `concurrent.futures.Executor`, so that a cluster's executor can stand in its place:
what goes in is bytes, what comes out is an Extraction.

Each worker has a pebble pool of its own, since workers of one pool share its pipes and locks: one that the kernel
kills while it is idle breaks the pool for all, and one that is killed while it holds a lock stops them all. This way
a lost worker costs its own pool, which is thrown away with it.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipeline.errors import LimitError, WorkerError
from pipeline.extract.worker import Reply, prepare, work

P = ParamSpec("P")
T = TypeVar("T")

_GROWN = 400 * 2**20
"""Bytes: a worker that once had so much memory is replaced, as little of it comes back. An ordinary one has 60 MiB."""
_GLANCE = 0.2
"""Seconds between two looks whether a pool that owes an answer still works."""
_GRACE = 1.0
"""Seconds after which pebble ends what the kernel should have ended. Pebble trusts a clock that may be set."""
_UNSEEN = 255
"""Exit code of a process whose end nobody saw, as the server that forked it was killed."""


class ReaderPool(Executor):
    """Worker processes with a time limit (seconds) and a memory limit (MiB) for each task."""

    def __init__(self, workers: int, timeout: float, memory: int) -> None:
        self._given_up = threading.Event()
        self._threads = ThreadPoolExecutor(workers, "reader")
        self._idle = [_Worker(timeout, memory, self._given_up) for _ in range(workers)]
        """As many as there are threads, so a thread always finds one. The last one used is the first to be used again."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run fn in a worker. The future raises LimitError where that was killed or died, WorkerError where none starts."""
        return self._threads.submit(self._run, functools.partial(fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop the workers; what they are reading is given up when `wait` is False."""
        at_once = cancel_futures or not wait
        if at_once:
            self._given_up.set()
        self._threads.shutdown(cancel_futures=at_once)
        for worker in self._idle:
            worker.stop()
        for worker in self._idle:
            worker.end()

    def _run(self, task: Callable[[], T]) -> T:
        worker = self._idle.pop()
        try:
            return worker.run(task)
        finally:
            self._idle.append(worker)


class _Worker:
    """A process, started with the first task and replaced when it was killed, died or grew. One task at a time."""

    def __init__(self, timeout: float, memory: int, given_up: threading.Event) -> None:
        self._timeout = timeout
        self._memory = memory
        self._given_up = given_up
        self._pool: ProcessPool | None = None
        self._lifeline: tuple[Connection, Connection] | None = None
        """Both ends; the process ends when the second one is closed, which the kernel sees to when this program is killed."""

    def run(self, task: Callable[[], T]) -> T:
        """Return what a task returns; where a process was lost, and not by the task, what it returns in another."""
        for _ in range(2):
            try:
                return self._ask(task)
            except _LostError:
                continue
        try:
            self._ask(os.getpid)
        except _LostError as lost:  # so it was not the task
            raise WorkerError("no process that reads documents can be started") from lost
        raise LimitError("the reader crashed on it")

    def stop(self) -> None:
        """Begin to end the process."""
        if self._pool:
            self._pool.stop()

    def end(self) -> None:
        """End the process, whatever it does; the next task starts another one."""
        self.stop()
        if self._pool:
            self._pool.join()
        self._pool = None

    def _ask(self, task: Callable[[], T]) -> T:
        """Return what a task returns, or raise what it raises. A process that does not answer, or has grown, is ended."""
        is_sound = False
        try:
            reply = self._answer(task)
            is_sound = reply.memory < _GROWN
        except ProcessExpired as expired:
            raise self._verdict(expired.exitcode) from expired
        except (RuntimeError, OSError, EOFError, ImportError) as error:  # what pebble and the system say
            raise _LostError from error
        finally:
            if not is_sound:
                self.end()
        if reply.error is not None:
            raise reply.error
        result: T = reply.result
        return result

    def _answer(self, task: Callable[[], T]) -> Reply:
        if self._pool is None:
            context = _context()
            self._lifeline = context.Pipe(duplex=False)
            self._pool = ProcessPool(1, 0, prepare, (self._memory, self._lifeline[0]), context)
        future: Future[Reply] = self._pool.schedule(work, (self._timeout, task), timeout=self._timeout + _GRACE)
        while not wait([future], _GLANCE).done:
            if self._given_up.is_set():
                raise CancelledError
            if not self._pool.active:  # pebble may forget a future of a pool that breaks
                raise BrokenProcessPool
        return future.result()

    def _verdict(self, exitcode: int) -> Exception:
        """Return what the end of a process says of the task it was at."""
        if exitcode == _UNSEEN:
            return _LostError()
        if exitcode == -signal.SIGALRM:
            return LimitError(f"reading it took longer than {self._timeout:g} seconds")
        return LimitError("the reader crashed on it")


class _LostError(Exception):
    """A process did not start, or ended before it began a task, or by nothing that the task did."""


def _context() -> multiprocessing.context.ForkServerContext:
    """Return how processes start: forked from a server that knows the modules, and never had the parent's memory."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipeline.extract.formats", "pipeline.extract.worker", "pebble"])
    return context
