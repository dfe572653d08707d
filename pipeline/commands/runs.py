"""A run over the inbox, and one over what was done before: what a person asks of it, and how it went."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.app import House
from pipeline.commands.documents import spellings, to_redo
from pipeline.commands.signals import signals
from pipeline.errors import ExportError, PipelineError
from pipeline.inbox.looking import Look, Waiting
from pipeline.run import Brake, Progress, Report
from pipeline.store.reading import Reader
from pipeline.store.store import Store


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
        if self.only is None or waiting.name in spellings(self.only):
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
    with signals(Brake()) as brake, house.opened() as store:
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
    with signals(Brake()) as brake, house.opened() as store:
        redoing = to_redo(house, Reader(store.engine), prompt, since)
        files, report = redoing.files[: order.limit], Report(brake=brake)
        if files and not brake.pulled:
            async with (
                house.tools() as tools,
                house.run(store, tools, progress, brake, trigger="redo", as_of=order.as_of) as running,
            ):
                await running.again(files)
            report = running.report
        if redoing.known:
            report.counts["known"] += redoing.known
        return replace(_result(house, store, report, len(files)), files=len(files) + redoing.known)


def _result(house: House, store: Store, report: Report, files: int, unsettled: int = 0) -> Result:
    reader, exports = Reader(store.engine), list[Path]()
    try:
        if files or house.exports_are_old(reader):
            exports = house.write_exports(reader)
    except ExportError as error:
        report.brake.fail(error)
    cost = reader.cost_of_last_run() if files else None
    return Result(report, files, unsettled, cost, tuple(exports))
