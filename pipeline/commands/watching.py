"""Runs until told to stop, and an export now and then."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from pipeline.app import House
from pipeline.commands.signals import signals
from pipeline.errors import ExitCode, RunError
from pipeline.run import Brake, Progress, Run
from pipeline.store.reading import Reader
from pipeline.store.store import Store
from pipeline.watch import Rhythm, Watch

_EXPORT_EVERY = 30.0
"""Seconds between two exports while watching."""
_SHARE_FOR_EXPORTS = 0.05
"""Of the time; all rows are written each time."""


async def watch(house: House, progress: Progress, alert: Callable[[RunError], None]) -> ExitCode:
    """Summarise what comes in until told to stop."""
    inbox = house.settings.inbox
    with signals(Brake()) as brake, house.opened() as store:
        async with house.tools() as tools:
            runs = Watching(house, store, lambda: house.run(store, tools, progress, brake, trigger="watch"))
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


class Watching:
    """The runs of one watch, and an export now and then."""

    def __init__(self, house: House, store: Store, begin: Callable[[], AbstractAsyncContextManager[Run]]) -> None:
        self._house, self._store, self._begin = house, store, begin
        self._is_running = self._is_changed = False
        self._due = house.clock.monotonic()

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[Run]:
        """Begin a run; its rows are to be exported."""
        self._is_running = self._is_changed = True
        try:
            async with self._begin() as run:
                yield run
        finally:
            self._is_running = False

    def export_when_due(self) -> None:
        """Write what has changed, where the last time is long enough ago."""
        if self._is_changed and self._house.clock.monotonic() >= self._due:
            self.export()

    def export(self) -> None:
        """Write what has changed. The more there is to write, the less often it is done."""
        if not self._is_changed:
            return
        begun = self._house.clock.monotonic()
        self._is_changed = self._is_running
        try:
            self._house.write_exports(Reader(self._store.engine))
        finally:
            ended = self._house.clock.monotonic()
            self._due = ended + max(_EXPORT_EVERY, (ended - begun) / _SHARE_FOR_EXPORTS)
