"""Readers in processes that can be killed: a hang, a crash or a memory bomb costs one document and no other.

Shaped like a `concurrent.futures.Executor`, so that a cluster's executor can stand in its place:
what goes in is bytes, what comes out is an Extraction.

Each process has a thread of ours and a pipe of its own, so a lost one costs nobody else. Handing something to a thread or
a process takes longer than reading a short letter, so small tasks that wait are handed over several at a time.
"""

from __future__ import annotations

import functools
import math
import pickle
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from typing import Any, ParamSpec, TypeVar

from pipeline.errors import LimitError, WorkerError
from pipeline.extract.workers.reader import LostError, Reader, warm

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 16
"""Tasks in a batch: what comes behind a slow one waits for it."""
_SPAN = 0.05
"""Seconds that a batch should take. Slow tasks go one by one: beside them, handing over costs nothing."""
_SMALL = 2**16
"""Bytes of documents in a batch. What is larger goes alone."""
_TRIES = 2
"""Processes that may be lost in a row before we ask whether it is the task, or whether none can be started."""


class ReaderPool(Executor):
    """Worker processes with a time limit (seconds of the processor) and a memory limit (MiB) for each task."""

    def __init__(self, workers: int, timeout: float, memory: int) -> None:
        self._waiting: deque[_Task] = deque()
        self._change = threading.Condition()
        """Held to change what waits and whether the pool is closed; notified of both."""
        self._is_closed = False
        self._given_up = False
        self._readers = [Reader(timeout, memory) for _ in range(workers)]
        self._threads = [
            threading.Thread(target=self._serve, args=(reader,), name=f"reader {number}", daemon=True)
            for number, reader in enumerate(self._readers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run fn in a worker. The future raises LimitError where that was killed or died, WorkerError where none starts."""
        task = _Task(functools.partial(fn, *args, **kwargs))
        with self._change:
            if self._is_closed:
                raise RuntimeError("the pool is shut down")
            self._waiting.append(task)
            self._change.notify()
        return task.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop the workers; what they are reading is given up when `wait` is False."""
        with self._change:
            self._is_closed = True
            if cancel_futures or not wait:
                self._given_up = True
                while self._waiting:
                    self._waiting.popleft().future.cancel()
            self._change.notify_all()
        if self._given_up:
            for reader in self._readers:
                reader.give_up()
        for thread in self._threads:
            thread.join()

    def _serve(self, reader: Reader) -> None:
        """Be the thread of a process."""
        warm()
        while tasks := self._take(reader.pace):
            self._read(reader, tasks)
        reader.end()

    def _take(self, pace: float) -> deque[_Task]:
        """Wait for tasks, and return a fair share of those that wait. Empty: the pool is closed.

        `pace`: seconds that a task takes.
        """
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._is_closed)
            tasks: deque[_Task] = deque()
            share = math.ceil(len(self._waiting) / len(self._readers))
            share, room = min(share, _MOST, max(1, int(_SPAN / pace))), _SMALL
            while len(tasks) < share and (not tasks or self._waiting[0].size <= room):
                tasks.append(self._waiting.popleft())
                room -= tasks[-1].size
            return tasks

    def _read(self, reader: Reader, tasks: deque[_Task]) -> None:
        """Have tasks done. Where a process is lost, and not by a task, another one takes its place."""
        losses = 0
        while packed := _packed(tasks):
            try:
                reader.send(packed)
                packed.clear()  # a document in hand need not be there twice
                for _ in range(len(tasks)):
                    reply = reader.receive()
                    tasks.popleft().settle(reply.result, reply.error)
                    losses = 0
                    if reply.is_last:
                        break
            except (LimitError, LostError) as error:
                losses = losses + 1 if isinstance(error, LostError) else 0
                if self._given_up:
                    _fail(tasks, CancelledError())
                elif not losses:
                    tasks.popleft().settle(error=error)
                elif losses == _TRIES and reader.is_able():
                    tasks.popleft().settle(error=LimitError("the reader crashed on it"))
                    losses = 0
                elif losses == _TRIES:
                    _fail(tasks, WorkerError("no process that reads documents can be started"))


class _Task:
    """Something to be called in a process, and who waits for what it returns."""

    def __init__(self, call: functools.partial[Any]) -> None:
        self.call = call
        self.future: Future[Any] = Future()
        self.size = sum(len(argument) for argument in call.args if isinstance(argument, bytes))

    def settle(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tell what came of it. It may be cancelled until then, also while it is done."""
        if not self.future.set_running_or_notify_cancel():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


def _packed(tasks: deque[_Task]) -> list[bytes]:
    """Return tasks as they are sent. Those that cannot be, or that nobody waits for any more, are settled and leave."""
    packed = []
    for _ in range(len(tasks)):
        task = tasks.popleft()
        if task.future.cancelled():
            task.settle()
            continue
        try:
            packed.append(pickle.dumps(task.call))
        except Exception as error:  # a foreign object raises what it likes
            task.settle(error=error)
        else:
            tasks.append(task)
    return packed


def _fail(tasks: deque[_Task], error: Exception) -> None:
    while tasks:
        tasks.popleft().settle(error=error)
