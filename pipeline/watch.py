"""Look, summarise, wait, look again, until told to stop.

A document that has to wait rests longer each time, and holds up no other: what is new is taken at the next look. Only
where nothing new gets further, or the trouble is everybody's, the looks themselves become rare.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pipeline.clock import Clock
from pipeline.errors import ExitCode, LostServerError, RunError, UnexpectedError
from pipeline.inbox.looking import Look, Waiting
from pipeline.run import Brake, Report, pause

T = TypeVar("T")

_log = logging.getLogger(__name__)

_LONGEST_PAUSE = 600.0
"""Seconds between two tries while the provider or the inbox is away."""
_DOUBLINGS = 16
"""Of a pause; it is cut long before that, and weeks of failures make a number that no float holds."""
_LONGEST_RUN = 600.0
"""Seconds after which a run is given nothing new, so that its row and the day's budget are closed now and then."""
_SHORTEST_PAUSE = 0.5
"""Seconds between two looks while a file is settling."""
_FURTHER = ("done", "known", "quarantined")
"""Outcomes that a provider which is away gives nobody."""
_STAYING = ("waiting", "trouble")
"""What became of files that lie in the inbox still: no answer, or nobody may read or move them."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often to look. Seconds."""

    every: float
    settle: float

    def pause(self, *, unsettled: bool, failures: int) -> float:
        """Return how long to wait: shorter while a file is settling, doubled with every failure in a row."""
        if failures:
            return min(_LONGEST_PAUSE, self.every * 2.0 ** min(failures, _DOUBLINGS))
        return min(self.every, max(self.settle, _SHORTEST_PAUSE)) if unsettled else self.every


class _Later:
    """Files that got no answer: each is tried again after a pause of its own, twice as long every time."""

    def __init__(self, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self._due: dict[Waiting, tuple[int, float]] = {}
        """How often each was tried, and when it is tried again."""

    def __contains__(self, file: Waiting) -> bool:
        return file in self._due

    def __bool__(self) -> bool:
        return bool(self._due)

    def put(self, files: Iterable[Waiting], now: float) -> None:
        """Put files off, the longer the oftener."""
        for file in files:
            tried = self._due.get(file, (0, now))[0] + 1
            self._due[file] = tried, now + self._rhythm.pause(unsettled=False, failures=tried)

    def awake(self, ready: Sequence[Waiting], now: float) -> Sequence[Waiting]:
        """Return those of the files in the inbox that may be taken; forget what is not there any more."""
        if not self._due:
            return ready
        self._due = {file: self._due[file] for file in ready if file in self._due}
        return [file for file in ready if file not in self._due or self._due[file][1] <= now]


class Taking(Protocol):
    """A run that goes on; see run.py."""

    report: Report

    async def take(self, files: Sequence[Waiting]) -> None:
        """Summarise files; may be called again while the others are in hand."""


class Watch:
    """One watch over an inbox. Looking and resting have a thread, so that what is in hand goes on meanwhile.

    One thread, always the same: each keeps the memory that an export once took.
    """

    def __init__(
        self,
        look: Callable[[], Look],
        begin: Callable[[], AbstractAsyncContextManager[Taking]],
        clock: Clock,
        *,
        brake: Brake,
        rhythm: Rhythm,
        alert: Callable[[RunError], None],
        rest: Callable[[], None],
    ) -> None:
        """`begin` begins a run, `alert` is told of trouble that passes, `rest` is called now and then."""
        self._look, self._begin, self._clock, self._rest = look, begin, clock, rest
        self._brake, self._rhythm, self._alert = brake, rhythm, alert
        self._unsettled = False
        self._later = _Later(rhythm)
        self._barren = 0
        """Rounds in a row in which something was new, and nothing got further than to wait."""
        self._thread = ThreadPoolExecutor(1, "watch")

    async def go(self) -> ExitCode:
        """Summarise whatever is ready, again and again. Ends when the brake is pulled or when only a person or a new start can help."""
        failures, said = 0, ""
        while not self._brake.interrupted:
            await self._round()
            trouble, self._brake.error = self._brake.error, None
            if trouble is not None:
                if trouble.message != said:  # for hours the same, it is said once
                    self._alert(trouble)
                if trouble.exit_code == ExitCode.CONFIGURATION or isinstance(trouble, LostServerError):
                    return trouble.exit_code
            said = trouble.message if trouble else ""
            failures = failures + 1 if trouble else 0
            await pause(self._pause(failures or max(0, self._barren - 1)), self._clock, self._brake)
        return ExitCode.DONE

    async def _round(self) -> None:
        """Look, and where there is something, have one run take it."""
        with self._noted():
            if ready := await self._ready():
                async with self._begin() as run:
                    given = await self._feed(run, ready)
                self._note_waiting(run.report, given)
        with self._noted():
            await self._aside(self._rest)

    def _note_waiting(self, report: Report, given: set[Waiting]) -> None:
        """Put off what a run could not finish. Trouble that is everybody's is no file's."""
        if self._brake.error:
            return
        if any(report.counts[word] for word in _FURTHER):
            self._barren = 0
        elif any(waiting not in self._later for waiting in given):
            self._barren += 1
        if any(report.counts[word] for word in _STAYING):
            self._later.put(given, self._clock.monotonic())

    async def _feed(self, run: Taking, ready: Sequence[Waiting]) -> set[Waiting]:
        """Give a run what is ready, and what gets ready while it goes on: one slow document holds up no other.

        Returns all that it was given.
        """
        begun, given, in_hand = self._clock.monotonic(), set[Waiting](), set[asyncio.Task[None]]()
        while not self._brake.pulled and self._clock.monotonic() - begun < _LONGEST_RUN:
            new = [waiting for waiting in ready if waiting not in given]
            given.update(new)
            if new:
                in_hand.add(asyncio.create_task(run.take(new)))
            if not in_hand:
                return given
            in_hand = await self._glance(in_hand)
            ready = ()
            with self._noted():
                await self._aside(self._rest)
                ready = await self._ready()
        await asyncio.gather(*in_hand)
        return given

    async def _glance(self, in_hand: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait until it is time to look again, or nothing is in hand; return what still is. Raises what a task raised."""
        bell = asyncio.create_task(pause(self._pause(0), self._clock, self._brake))
        while in_hand and not bell.done():
            done, _ = await asyncio.wait({*in_hand, bell}, return_when=asyncio.FIRST_COMPLETED)
            in_hand = in_hand - done
            for task in done:
                task.result()
        bell.cancel()
        return in_hand

    async def _ready(self) -> Sequence[Waiting]:
        found = await self._aside(self._look)
        self._unsettled = bool(found.unsettled)
        awake = self._later.awake(found.ready, self._clock.monotonic())
        self._barren = self._barren if self._later else 0
        return awake

    async def _aside(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _pause(self, failures: int) -> float:
        return self._rhythm.pause(unsettled=self._unsettled, failures=failures)

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except RunError as error:
            self._brake.fail(error)
        except Exception as error:  # what is in hand is finished, and a later look may do better
            _log.exception("watch.error", extra={"facts": {}})
            self._brake.fail(UnexpectedError(f"an error in this program ({type(error).__name__})"))
