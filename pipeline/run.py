"""Many documents in one run: workers, the order of commit and move, and an orderly end.

A file is moved only after its outcome is on the disk. Killed in between, the next run finishes the
move and pays for nothing again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol, TypeVar

from pipeline.clock import Clock
from pipeline.errors import ChangedError, ExitCode, RunError, UndecidedError, UnexpectedError
from pipeline.inbox.folders import Folders
from pipeline.inbox.looking import Waiting, read_file, read_waiting
from pipeline.landing import Room, in_thread
from pipeline.process import Line, process
from pipeline.records import Document, Failure, Outcome, StoredFile
from pipeline.store.lookups import Arrival
from pipeline.store.store import Store

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)

_NOTHING = Arrival(interrupted=None, quarantined=())
_SMALL = 2**20
"""Bytes, which take a millisecond."""
_ROOM = 2**28
"""Bytes that all files may have in memory which are not small: a hundred scans in hand would be gigabytes."""
_STOP_CHECK = 0.5
"""Seconds between two looks at the brake."""


class Progress(Protocol):
    """Who is told while a run goes on. The command line has one that prints, tests have one that remembers."""

    def begin(self, total: int) -> None:
        """A run over so many files begins."""

    def waits(self, seconds: float) -> None:
        """The provider may not be asked for so many seconds yet; 0: it is asked. Told twice a second."""

    def document(self, outcome: Outcome) -> None:
        """A document has its outcome."""

    def trouble(self, name: str, message: str, hint: str) -> None:
        """A file could not be read or moved; it stays where it is."""

    def end(self) -> None:
        """The run is over."""


@dataclass(slots=True)
class Brake:
    """Pulled once to end a run in order: what is in hand is finished, nothing new is begun."""

    error: RunError | None = None
    interrupted: bool = False

    @property
    def pulled(self) -> bool:
        """Tell whether the run is to end."""
        return self.interrupted or self.error is not None

    def fail(self, error: RunError) -> None:
        """End the run because of trouble that is everybody's; the first one is kept."""
        self.error = self.error or error


async def pause(seconds: float, clock: Clock, brake: Brake) -> None:
    """Wait, unless the brake is pulled meanwhile."""
    while seconds > 0 and not brake.interrupted:
        await clock.sleep(min(seconds, _STOP_CHECK))
        seconds -= _STOP_CHECK


@dataclass(slots=True)
class Report:
    """How a run went."""

    counts: Counter[str] = field(default_factory=Counter)
    """By outcome: done, known, quarantined, waiting, trouble, changed."""
    brake: Brake = field(default_factory=Brake)
    seconds: float = 0.0

    @property
    def exit_code(self) -> ExitCode:
        """Return what to tell the shell."""
        if self.brake.error:
            return self.brake.error.exit_code
        if self.brake.interrupted:
            return ExitCode.INTERRUPTED
        attention = self.counts["quarantined"] + self.counts["waiting"] + self.counts["trouble"]
        return ExitCode.ATTENTION if attention else ExitCode.DONE


@dataclass(slots=True)
class _Copies:
    """Files in hand at this moment that hold the same document."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    in_hand: int = 0


class Run:
    """One run over files of the inbox, or over files that were done before."""

    def __init__(
        self,
        run_id: int,
        line: Line,
        folders: Folders,
        store: Store,
        *,
        progress: Progress,
        brake: Brake,
        workers: int,
        moves: bool = True,
    ) -> None:
        """Take `workers`, the number of documents in hand at once. `moves` False: files of the inbox stay there."""
        self.report = Report(brake=brake)
        self._run_id, self._line, self._folders, self._store = run_id, line, folders, store
        self._progress, self._brake, self._workers, self._moves = progress, brake, workers, moves
        self._in_hand: dict[str, _Copies] = {}
        self._hands = asyncio.Semaphore(workers)
        self._near = folders.are_near
        self._deferred: list[Failure] = []
        self._room, self._most = Room(_ROOM), line.reading.limits.max_bytes

    async def take(self, files: Iterable[Waiting]) -> None:
        """Summarise files of the inbox and put them away; may be called again while others are in hand."""
        await self._each(list(files), self._take, lambda waiting: waiting.name)

    async def again(self, files: Iterable[StoredFile]) -> None:
        """Summarise files anew that were done before; they stay where they lie."""
        await self._each(list(files), self._again, lambda stored: stored.name)

    async def _each(self, items: list[T], handle: Callable[[T], Awaitable[None]], name: Callable[[T], str]) -> None:
        started = self._line.clock.monotonic()
        self._progress.begin(len(items))
        queue, undecided = iter(items), list[tuple[T, UndecidedError]]()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._workers, len(items))):
                    group.create_task(self._work(queue, handle, name, undecided))
            if undecided or self._deferred:
                await self._decide(undecided, handle, name)
            await self._line.arrive(self._store.written())
        except RunError as error:  # what nobody waited for is mended by the next run, without a call
            self._brake.fail(error)
        except Exception as error:
            _log.exception("run.error", extra={"facts": {}})
            self._brake.fail(UnexpectedError(f"an error in this program ({type(error).__name__})"))
        finally:
            self._progress.end()
            self.report.seconds += self._line.clock.monotonic() - started

    async def _decide(
        self,
        undecided: list[tuple[T, UndecidedError]],
        handle: Callable[[T], Awaitable[None]],
        name: Callable[[T], str],
    ) -> None:
        """Give up those that got no answer although others did; where several asked and nobody did, none is to blame."""
        trouble = self._line.client.doubts.everyones(self._deferred)
        if trouble and not self._brake.pulled:
            self._brake.fail(trouble)
        if undecided and self._brake.pulled:
            self.report.counts["waiting"] += len(undecided)
            return
        await self._work(iter([item for item, _ in undecided]), handle, name, [])

    async def _work(
        self,
        queue: Iterator[T],
        handle: Callable[[T], Awaitable[None]],
        name: Callable[[T], str],
        undecided: list[tuple[T, UndecidedError]],
    ) -> None:
        """Take the next file until there is none. The workers share one queue."""
        for item in queue:
            if self._brake.pulled:
                return
            try:
                async with self._hands:
                    await handle(item)
            except UndecidedError as error:
                undecided.append((item, error))
            except RunError as error:
                self._brake.fail(error)
            except OSError as error:
                self._not_read(name(item), error)
            except Exception as error:  # one document's trouble, even our own mistake, stays its own
                _log.exception("document.error", extra={"facts": {}})
                self._trouble(name(item), f"an error in this program ({type(error).__name__})", "see pipeline.log")

    async def _take(self, waiting: Waiting) -> None:
        async with self._room_for(waiting.size) as when_read:
            try:
                document = await self._at_files(waiting.size, read_waiting, waiting, self._most)
            except (ChangedError, FileNotFoundError):
                self._folders.must_be_there()
                self._changed()
                return
            async with self._alone(document.sha256):
                is_new = self._store.is_new(document)
                arrival = _NOTHING if is_new else await self._line.arrive(self._store.arrived(document))
                if arrival.interrupted and self._moves:
                    move = arrival.interrupted
                    await self._put_away(waiting, move.file_id, move.place, _moved_late(document, move.failure))
                    return
                if arrival.quarantined and not any(map(self._folders.holds, arrival.quarantined)):
                    # Somebody put it back by hand, or a `retry` was killed.
                    await self._line.arrive(self._store.forgive(document.sha256))
                    for place in arrival.quarantined:
                        self._folders.forget(place)
                walk = process(document, self._line, is_new=is_new, when_read=when_read)
                del document  # its bytes would stay until the reply is there
                await self._conclude(waiting, await walk, is_new=is_new)

    async def _conclude(self, waiting: Waiting, outcome: Outcome, *, is_new: bool) -> None:
        """Commit the outcome of a file, and move it unless it is to stay where it is."""
        if outcome.status != "waiting" and self._moves:
            await self._move(waiting, outcome, is_new=is_new)
            return
        stays = (None, None) if outcome.status == "waiting" else (self._folders.place_of(waiting), waiting.seal)
        await self._line.arrive(self._store.commit(outcome, self._run_id, *stays, is_new=is_new))
        self._finished(outcome)

    async def _move(self, waiting: Waiting, outcome: Outcome, *, is_new: bool) -> None:
        """Commit an outcome, and only then move the file."""
        today = self._line.clock.now().astimezone().date()
        place = self._folders.place_for(outcome.document.name, outcome.failure, today)
        file_id = await self._line.arrive(self._store.commit(outcome, self._run_id, place, is_new=is_new))
        await self._put_away(waiting, file_id, place, outcome)

    async def _put_away(self, waiting: Waiting, file_id: int, place: str, outcome: Outcome) -> None:
        try:
            where = await self._at_files(0, self._folders.put_away, waiting, place, outcome.failure)
        except OSError as error:
            hint = (
                f"look at the space and the rights of {waiting.path.parent} and {self._folders.data}; "
                "the next run moves it, without a call (if it is to stay: move = false under [inbox])"
            )
            self._trouble(waiting.name, f"its result is stored, but it cannot be moved: {_words(error)}", hint)
            return
        if where:
            self._store.put_away(file_id, where)
        else:  # what is there now is another document
            await self._line.arrive(self._store.let_go(file_id))
            _log.warning("file.changed", extra={"facts": {"id": outcome.document.short}})
        self._finished(outcome)

    async def _at_files(self, size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something with a file of so many bytes: at once on a disk of our own, as a thread takes longer than the disk."""
        if self._near and size <= _SMALL:
            return work(*args, **kwargs)
        return await in_thread(work, *args, **kwargs)

    async def _again(self, stored: StoredFile) -> None:
        path = self._folders.data / stored.place
        size = (await in_thread(path.stat)).st_size
        async with self._room_for(size) as when_read:
            document = await in_thread(read_file, path, stored.name, stored.folder, self._most)
            async with self._alone(document.sha256):
                walk = process(document, self._line, when_read=when_read)
                del document
                outcome = await walk
                if outcome.failure is None:
                    await self._line.arrive(self._store.commit_again(outcome, self._run_id))
                self._finished(outcome)

    def _room_for(self, size: int) -> AbstractAsyncContextManager[Callable[[], None]]:
        """Wait for memory for a file of so many bytes. A small one waits for none, and one too large is not loaded."""
        return self._room.for_(size) if _SMALL < size <= self._most else nullcontext(_nothing)

    @asynccontextmanager
    async def _alone(self, sha256: str) -> AsyncIterator[None]:
        """Let two copies of one document go one after the other, so that the second one finds the first one's summary."""
        copies = self._in_hand.setdefault(sha256, _Copies())
        copies.in_hand += 1
        try:
            async with copies.lock:
                yield
        finally:
            copies.in_hand -= 1
            if not copies.in_hand:
                del self._in_hand[sha256]

    def _finished(self, outcome: Outcome) -> None:
        word = "known" if outcome.known and not outcome.failure else outcome.status
        self.report.counts[word] += 1
        if outcome.failure and word == "waiting":
            self._deferred.append(outcome.failure)
        level = logging.INFO if outcome.failure is None else logging.WARNING
        _log.log(level, f"document.{word}", extra={"facts": _facts(outcome)})
        self._progress.document(outcome)

    def _changed(self) -> None:
        """A file was changed or taken away before it was read: nothing was done, the next look sees what there is."""
        self.report.counts["changed"] += 1
        _log.info("file.changed", extra={"facts": {}})

    def _not_read(self, name: str, error: OSError) -> None:
        try:
            self._folders.must_be_there()
        except RunError as gone:
            self._brake.fail(gone)
        else:
            is_denied = isinstance(error, PermissionError)
            hint = "give this program the right to read it" if is_denied else "look at the disk or the share it is on"
            self._trouble(name, f"it cannot be read: {_words(error)}", hint)

    def _trouble(self, name: str, message: str, hint: str) -> None:
        self.report.counts["trouble"] += 1
        _log.warning("document.trouble", extra={"facts": {"message": message}})
        self._progress.trouble(name, message, hint)


def _nothing() -> None:
    """There is no room to leave."""


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _moved_late(document: Document, failure: Failure | None) -> Outcome:
    return Outcome(document, 0.0, known=True, failure=failure)


def _facts(outcome: Outcome) -> dict[str, object]:
    """Return what a log line may say about a document: numbers and our own words."""
    attempts = outcome.attempts
    known_costs = [attempt.cost.nanodollars for attempt in attempts if attempt.cost.nanodollars is not None]
    return {
        "id": outcome.document.short,
        "kind": outcome.prompt_name,
        "reason": outcome.failure.reason if outcome.failure else None,
        "pages": len(outcome.extraction.page_starts) if outcome.extraction else None,
        "attempts": len(attempts),
        "in": sum(attempt.usage.input_tokens or 0 for attempt in attempts),
        "out": sum(attempt.usage.output_tokens or 0 for attempt in attempts),
        "usd": sum(known_costs) / 1e9 if known_costs else None,
        "s": round(outcome.seconds, 1),
    }
