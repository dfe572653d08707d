"""Where results of other threads come into the event loop: it is woken once for all that are there."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

Arrive = Callable[["Future[Any]"], Awaitable[Any]]
"""Waits for a future of another thread: asyncio.wrap_future, which wakes the loop for each of them, or a Landing."""


class Landing:
    """One for an event loop. The store answers many documents at once, after one commit: that is one wake, not fifty."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._landed: deque[tuple[Future[Any], asyncio.Future[Any]]] = deque()
        self._is_called = False

    def __call__(self, future: Future[T]) -> asyncio.Future[T]:
        """Return a future of the loop with the same result."""
        waiting: asyncio.Future[T] = self._loop.create_future()
        future.add_done_callback(lambda done: self._land(done, waiting))
        return waiting

    def _land(self, done: Future[T], waiting: asyncio.Future[T]) -> None:
        """Runs in the other thread. Two that come here at once may wake the loop twice, which does no harm."""
        self._landed.append((done, waiting))
        if not self._is_called:
            self._is_called = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        self._is_called = False  # first: what lands from here on calls again
        while self._landed:
            done, waiting = self._landed.popleft()
            if waiting.done():  # it was cancelled
                continue
            error = done.exception()
            if error is None:
                waiting.set_result(done.result())
            else:
                waiting.set_exception(error)
