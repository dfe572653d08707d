"""How work comes into the event loop: results together, work for the processor one by one, large files as there is room."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

from pipeline.errors import WorkerError

P = ParamSpec("P")
T = TypeVar("T")

_BEAT = 1.0
"""Seconds until a wake that was lost is made up for."""

Arrive = Callable[["Future[Any]"], Awaitable[Any]]
"""Waits for a future of another thread: asyncio.wrap_future, which wakes the loop for each of them, or a Landing."""

GiveWay = Callable[[], Awaitable[None]]
"""Lets others go first: a Turnstile, or `at_once`, which lets nobody."""


async def at_once() -> None:
    """Give way to nobody."""


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do something in a thread. A StopIteration comes as a RuntimeError: no future takes one, and who waits would wait for ever."""

    def whole() -> T:
        try:
            return work(*args, **kwargs)
        except StopIteration as error:
            raise RuntimeError("nothing came next") from error

    try:
        return await asyncio.to_thread(whole)
    except RuntimeError as error:
        raise no_thread(error) from None


def no_thread(error: RuntimeError) -> Exception:
    """Return what it means that no thread can be started, which Python does not tell from its other RuntimeErrors."""
    return WorkerError("no thread can be started") if "start new thread" in str(error) else error


@contextlib.asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Let the event loop look around now and then, whether it is woken or not.

    Other threads wake it by a byte over a socket. Where the system has no memory for that byte, asyncio says nothing, and the
    loop would sleep for ever with the result at hand.
    """

    async def beat() -> None:
        while True:  # noqa: ASYNC110  # there is nothing to wait for
            await asyncio.sleep(_BEAT)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()


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
            if waiting.done():  # nobody waits any more
                continue
            if done.cancelled():
                waiting.cancel()
            elif (error := done.exception()) is None:
                waiting.set_result(done.result())
            else:
                waiting.set_exception(error)


class Turnstile:
    """Lets one through in each pass of the event loop, so that what came over the network is seen to in between.

    To judge a reply and find its evidence takes longer than to hand a free turn to the next request. Where replies come
    in a wave, the turns of all of them are handed on before the processor is at the second reply.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self) -> None:
        """Wait until it is one's turn."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[None] = loop.create_future()
        self._waiting.append(waiting)
        if len(self._waiting) == 1:
            loop.call_soon(self._next, loop)
        await waiting

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting = self._waiting.popleft()
        if not waiting.done():  # it was cancelled
            waiting.set_result(None)
        if self._waiting:
            loop.call_soon(self._next, loop)


class Room:
    """Memory for documents between disk and reader: in order of arrival, as many at once as fit. One larger than all of it goes alone."""

    def __init__(self, most: int) -> None:
        """Take the room in bytes."""
        self._most = self._free = most
        self._turn = asyncio.Lock()
        """Held by the first in the queue."""
        self._is_left = asyncio.Event()

    @contextlib.asynccontextmanager
    async def for_(self, size: int) -> AsyncIterator[Callable[[], None]]:
        """Wait until there is room for so many bytes; gives what is called, once or oftener, to leave it before the end."""
        taken = min(size, self._most)
        async with self._turn:
            while self._free < taken:
                self._is_left.clear()
                await self._is_left.wait()
            self._free -= taken

        def leave() -> None:
            nonlocal taken
            self._free, taken = self._free + taken, 0
            self._is_left.set()

        try:
            yield leave
        finally:
            leave()
