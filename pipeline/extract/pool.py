"""Readers in processes that can be killed: a hang, a crash or a memory bomb costs one document and no other.

Shaped like a `concurrent.futures.Executor`, so that a cluster's executor can stand in its place:
what goes in is bytes, what comes out is an Extraction.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from pipeline.errors import LimitError

P = ParamSpec("P")
T = TypeVar("T")

_TASKS_PER_WORKER = 200
"""Then a worker is replaced, so that what a document left behind in memory goes."""


class ReaderPool(Executor):
    """Worker processes with a time limit (seconds) and a memory limit (MiB) for each task."""

    def __init__(self, workers: int, timeout: float, memory: int) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipeline.extract.formats"])
        self._timeout = timeout
        self._waiting: set[Future[Any]] = set()
        self._pool = ProcessPool(workers, _TASKS_PER_WORKER, _prepare, (memory,), context)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run fn in a worker. The future raises LimitError where the worker was killed or died."""
        outer: Future[T] = Future()
        self._waiting.add(outer)
        outer.add_done_callback(self._waiting.discard)
        inner = self._pool.schedule(fn, args=args, kwargs=kwargs, timeout=self._timeout)
        inner.add_done_callback(lambda done: self._pass_on(done, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop the workers; what they are reading is given up when `wait` is False."""
        end: Callable[[], None] = self._pool.close if wait and not cancel_futures else self._pool.stop
        end()
        self._pool.join()
        for forgotten in list(self._waiting):  # pebble's stop() leaves futures that would never be done
            forgotten.cancel()

    def _pass_on(self, inner: Future[T], outer: Future[T]) -> None:
        """Translate what became of a worker. The inner future is never cancelled: pebble would lose its place."""
        if not outer.set_running_or_notify_cancel():
            return
        try:
            outer.set_result(inner.result())
        except TimeoutError:
            outer.set_exception(LimitError(f"reading it took longer than {self._timeout:g} seconds"))
        except ProcessExpired:
            outer.set_exception(LimitError("the reader crashed on it"))
        except BaseException as error:  # whatever the task raised belongs to whoever waits for it
            outer.set_exception(error)


def _prepare(memory: int) -> None:
    """Set up a worker: no key in its environment, no Ctrl-C of its own, a ceiling on its memory."""
    os.environ.clear()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    logging.disable(logging.CRITICAL)  # pypdf complains about every crooked file
    resource.setrlimit(resource.RLIMIT_AS, (memory * 2**20, memory * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
