"""What a person can ask for, one function each. Words on the screen are the command line's business."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any, TypeVar

from pipeline.app import House
from pipeline.errors import (
    BusyError,
    ChangedError,
    ExitCode,
    ExportError,
    InboxError,
    PipelineError,
    RunError,
    SettingsError,
)
from pipeline.estimate import Forecast, NoHistory, forecast
from pipeline.export.files import whole_file, write_one
from pipeline.inbox.looking import Look, Waiting, read_file, read_waiting
from pipeline.records import Document, StoredFile
from pipeline.run import Brake, Progress, Report, Run
from pipeline.store.reading import Reader
from pipeline.store.store import Store
from pipeline.watch import Rhythm, Watch

T = TypeVar("T")

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_EXPORT_EVERY = 30.0
"""Seconds between two exports while watching."""
_SHARE_FOR_EXPORTS = 0.05
"""Of the time; all rows are written each time."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks of one run."""

    trigger: str = "hand"
    as_of: dt.date | None = None
    """The day that "present" means; None: today."""
    limit: int | None = None
    """At most so many documents."""
    only: str | None = None
    """Only files of this name, or the file with this path."""

    def choose(self, look: Look, inbox: Path) -> list[Waiting]:
        """Return the files to take of those in the inbox. Raises PipelineError where none has the name that was asked for."""
        chosen = [waiting for waiting in look.ready if self._is_meant(waiting)][: self.limit]
        if not chosen and self.only is not None and not any(map(self._is_meant, look.unsettled)):
            raise PipelineError(f"no file {self.only!r} is waiting in the inbox", f"see what is there: {inbox}")
        return chosen

    def _is_meant(self, waiting: Waiting) -> bool:
        if self.only is None or waiting.name in _spellings(self.only):
            return True
        return os.sep in self.only and Path(self.only).absolute() == waiting.path.absolute()


@dataclass(frozen=True, slots=True)
class Result:
    """How a run went."""

    report: Report
    files: int
    """Files that were there to be taken."""
    unsettled: int = 0
    """Files that were still being written."""
    cost: dict[str, Any] | None = None
    """Attempts, tokens and cost of this run, from the ledger; None: there was nothing to do."""
    exports: tuple[Path, ...] = ()

    @property
    def calls(self) -> int:
        """Return the number of requests that left."""
        return self.cost["attempts"] if self.cost else 0


async def run(house: House, order: Order, progress: Progress) -> Result:
    """Summarise everything that is ready in the inbox, once."""
    with _signals(Brake()) as brake, house.opened() as store:
        house.must_be_ready()  # also where nothing waits: it is not to come out in the night that something does
        look = await house.settled(store, brake)
        files = order.choose(look, house.folders.inbox)
        report = Report(brake=brake)
        if files and not brake.pulled:
            async with (
                house.tools() as tools,
                house.run(store, tools, progress, brake, trigger=order.trigger, as_of=order.as_of) as running,
            ):
                await running.take(files)
            report = running.report
        return _result(house, store, report, len(files), len(look.unsettled))


async def redo(house: House, prompt: str, since: str | None, order: Order, progress: Progress) -> Result:
    """Summarise documents anew that were done with this prompt, where there is no result for its newest version."""
    with _signals(Brake()) as brake, house.opened() as store:
        files = _there(house, _done(house, Reader(store.engine), prompt, since))[: order.limit]
        async with (
            house.tools() as tools,
            house.run(store, tools, progress, brake, trigger="redo", as_of=order.as_of) as running,
        ):
            await running.again(files)
        return _result(house, store, running.report, len(files))


async def watch(house: House, progress: Progress, alert: Callable[[RunError], None]) -> ExitCode:
    """Summarise what comes in until told to stop."""
    inbox = house.settings.inbox
    with _signals(Brake()) as brake, house.opened() as store:
        async with house.tools() as tools:
            runs = _Watching(house, store, lambda: house.run(store, tools, progress, brake, trigger="watch"))
            watching = Watch(
                lambda: house.look(store),
                runs.begin,
                house.clock,
                brake=brake,
                rhythm=Rhythm(inbox.every, inbox.settle),
                alert=alert,
                rest=runs.export_when_due,
            )
            try:
                return await watching.go()
            finally:
                runs.export()


class _Watching:
    """The runs of one watch, and an export now and then."""

    def __init__(self, house: House, store: Store, begin: Callable[[], AbstractAsyncContextManager[Run]]) -> None:
        self._house, self._store, self._begin = house, store, begin
        self._is_running = self._is_changed = False
        self._due = house.clock.monotonic()

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[Run]:
        self._is_running = self._is_changed = True
        try:
            async with self._begin() as run:
                yield run
        finally:
            self._is_running = False

    def export_when_due(self) -> None:
        if self._is_changed and self._house.clock.monotonic() >= self._due:
            self.export()

    def export(self) -> None:
        """Write what has changed. The more there is to write, the less often it is done."""
        if not self._is_changed:
            return
        begun = self._house.clock.monotonic()
        self._is_changed = self._is_running
        try:
            self._house.write_exports(Reader(self._store.engine), "csv")
        finally:
            ended = self._house.clock.monotonic()
            self._due = ended + max(_EXPORT_EVERY, (ended - begun) / _SHARE_FOR_EXPORTS)


async def forecast_run(house: House, order: Order) -> Forecast:
    """Say what a run over the inbox would cost. Nothing is sent, moved or made."""
    if house.is_new and not house.folders.inbox.is_dir():
        return Forecast((), 0, 0)
    with _existing_store(house) as store:
        files = order.choose(await house.settled(store, Brake()), house.folders.inbox)
    return await _forecast(house, _documents(files, lambda file: read_waiting(file, house.limits.max_bytes)))


def must_be_asked(house: House, prompt: str, model: str) -> None:
    """Raise SettingsError where a model that a person names would not be the one that reads."""
    whom, template = house.endpoint(need_key=False), house.prompts.by_name.get(prompt)
    if template and template.model and not whom.provider.free and template.model != model:
        raise SettingsError(f"prompt {prompt} is for model {template.model}", "change `model` in its file instead")
    if whom.model != model:
        raise SettingsError(f"provider {whom.name!r} has no model but {whom.model}", "see [inference] in pipeline.toml")


async def forecast_redo(house: House, prompt: str, since: str | None, limit: int | None) -> Forecast:
    """Say what redo() would cost."""
    with house.reader() as reader:
        done = _done(house, reader, prompt, since)
    files = _there(house, done)

    def read(file: StoredFile) -> Document:
        return read_file(house.data / file.place, file.name, file.folder, house.limits.max_bytes)

    told = await _forecast(house, _documents(files[:limit], read))
    return replace(told, gone=len(done) - len(files))


async def _forecast(house: House, documents: Iterable[Document]) -> Forecast:
    with contextlib.ExitStack() as stack:
        history = stack.enter_context(house.reader()) if house.database.exists() else NoHistory()
        async with house.tools(need_key=False) as tools:
            return await forecast(
                documents,
                tools.reading,
                tools.prompts,
                endpoint=tools.endpoint,
                prices=house.prices,
                history=history,
            )


def export(house: House, form: str, output: Path | None, **filters: Any) -> list[Path]:
    """Write data/exports/, or one file. `filters`: since, prompt, run, quarantined; see Reader.results."""
    with house.reader() as reader:
        _must_be_known(house, reader, filters)
        if output is None:
            paths = house.write_exports(reader, form, **filters)
            if any(filters.values()) and form == "csv":
                house.make_exports_old()  # a part stands where people look for the whole: the next run writes it
            return paths
        if output.is_dir():
            raise PipelineError(f"{output} is a folder", "name a file in it")
        if not output.parent.is_dir():  # it is not made: a share that is not connected would be taken for a folder
            raise PipelineError(f"there is no folder {output.parent}", "connect the share, or make the folder")
        with whole_file(output) as file:
            write_one(file, form, reader.results(**filters))
        return [output]


def export_to(house: House, file: IO[str], form: str, **filters: Any) -> None:
    """Write to an open file, such as standard output."""
    with house.reader() as reader:
        _must_be_known(house, reader, filters)
        write_one(file, form, reader.results(**filters))


def _must_be_known(house: House, reader: Reader, filters: Mapping[str, Any]) -> None:
    """Raise where a part is asked for that cannot be: an empty one would stand where people look for the whole.

    PipelineError for a run that never was, and for a prompt that is not there and never read a document.
    """
    prompt, run_id = filters.get("prompt"), filters.get("run")
    if prompt is not None and not _is_prompt(house, reader, prompt):
        raise _no_such_prompt(house, prompt)
    if run_id is not None and not reader.has_run(run_id):
        raise PipelineError(f"there is no run {run_id}", "see the last one with: pipeline status")


def _is_prompt(house: House, reader: Reader, name: str) -> bool:
    """Tell whether there is a prompt of this name, or was one that read a document."""
    return name in house.prompts.by_name or name in (row["prompt"] for row in reader.costs("prompt", None))


def find(house: House, reader: Reader, wanted: str) -> list[int]:
    """Return the numbers of the documents that a person means by name, number, hash, or the path where a file lies."""
    found = next(filter(None, map(reader.find, _spellings(wanted))), [])
    if found or os.sep not in wanted:
        return found
    path = Path(wanted).absolute()
    named = find(house, reader, path.name)
    return [number for number in named if path in _paths(house, reader, number)]


def _paths(house: House, reader: Reader, number: int) -> list[Path]:
    """Return where the files of a document lie."""
    return [house.data / file["place"] for file in reader.document(number)["files"] if file["place"]]


def _spellings(name: str) -> list[str]:
    """Return the ways in which one name may be written in Unicode, the given one first: a Mac writes "é" as two letters."""
    return list(dict.fromkeys([name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)]))


def status(house: House) -> dict[str, Any]:
    """Return what is waiting, done and in quarantine, and how the last run went."""
    facts: dict[str, Any] = {"documents": {}, "quarantine": {}, "last_run": None}
    cost, look, missing = None, Look(), None
    with _existing_store(house) as store:
        if store:
            reader = Reader(store.engine)
            facts, cost = reader.status(), reader.total_cost()
        try:
            look = house.look(store) if store or house.folders.inbox.is_dir() else look
        except InboxError as error:
            missing = str(error)
    return facts | {
        "inbox": str(house.folders.inbox),
        "missing": missing,
        "waiting": len(look.ready) + len(look.unsettled),
        "kept": look.kept,
        "ignored": [asdict(item) for item in look.ignored],
        "running": house.data.is_dir() and is_running(house),
        "cost": cost,
    }


def retry(house: House, wanted: str | None, trouble: Callable[[str, str, str], None] = lambda *_: None) -> list[Path]:
    """Take quarantined files back into the inbox: all, or those of one name, number or hash. Works beside a run.

    `trouble` is told the name of a file that cannot be moved, why, and what to do; it holds up no other.
    """
    with house.store() as store:
        reader = Reader(store.engine)
        chosen = None if wanted is None else set(find(house, reader, wanted))
        house.enter_inbox(store)
        files = [file for file in reader.quarantined() if chosen is None or file.document_id in chosen]
        taken = []
        for file in files:
            try:
                taken.append(_take_back(house, store, file))
            except OSError as error:
                rights = f"the rights of {house.folders.inbox} and {(house.data / file.place).parent}"
                why = f"it cannot be moved: {error.strerror or type(error).__name__}"
                trouble(file.name, why, f"look at the space and {rights}, then: pipeline retry")
        return [path for path in taken if path]


def _take_back(house: House, store: Store, file: StoredFile) -> Path | None:
    """Move a file first, then write it down: killed in between, a run finds it in the inbox and knows who put it there."""
    stays = file.place.startswith(f"{house.folders.inbox.name}/")
    path = house.data / file.place if stays else house.folders.take_back(file.place, file.folder)
    if path:
        store.take_back(file).result()
    return path


def is_running(house: House) -> bool:
    """Tell whether another run holds the lock."""
    try:
        with house.locked():
            return False
    except BusyError:
        return True


def _done(house: House, reader: Reader, prompt: str, since: str | None) -> list[StoredFile]:
    if prompt not in house.prompts.by_name:
        raise _no_such_prompt(house, prompt)
    # As if they lay in the prompt's own folder: they are not routed anew.
    return [replace(file, folder=prompt) for file in reader.done(prompt, since)]


def _there(house: House, files: Sequence[StoredFile]) -> list[StoredFile]:
    """Return the files that still lie in their place: of what was done, some may be removed on purpose."""
    return [file for file in files if house.folders.holds(file.place)]


def _no_such_prompt(house: House, prompt: str) -> PipelineError:
    return PipelineError(f"there is no prompt {prompt!r}", f"there are: {', '.join(house.prompts.by_name)}")


def _result(house: House, store: Store, report: Report, files: int, unsettled: int = 0) -> Result:
    reader, exports = Reader(store.engine), list[Path]()
    try:
        if files or house.exports_are_old(reader):
            exports = house.write_exports(reader, "csv")
    except ExportError as error:
        report.brake.fail(error)
    cost = reader.cost_of_last_run() if files else None
    return Result(report, files, unsettled, cost, tuple(exports))


@contextlib.contextmanager
def _existing_store(house: House) -> Iterator[Store | None]:
    """Open the database, if there is one, and know its inbox; make and move nothing."""
    house.must_not_be_lost()
    if house.is_new:
        yield None
        return
    with house.store() as store:
        house.know_inbox(store)
        yield store


def _documents(files: Iterable[T], read: Callable[[T], Document]) -> Iterator[Document]:
    """Read files; one that cannot be read is left out, as a run would leave it."""
    for file in files:
        with contextlib.suppress(OSError, ChangedError):
            yield read(file)


@contextlib.contextmanager
def _signals(brake: Brake) -> Iterator[Brake]:
    """Let Ctrl-C, SIGTERM and a terminal that goes away end the run in order; a second one leaves at once."""

    def stop(_number: int, _frame: object) -> None:
        if brake.interrupted:
            os._exit(ExitCode.INTERRUPTED)
        brake.interrupted = True

    # What is ignored stays ignored: nohup, or a shell that put us into the background.
    numbers = [number for number in _STOPPING if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield brake
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
