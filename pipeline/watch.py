"""Look, summarise, wait, look again, until told to stop."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.clock import Clock
from pipeline.errors import ExitCode, RunError
from pipeline.inbox.looking import Look, Waiting
from pipeline.run import Brake, Report, pause

_LONGEST_PAUSE = 600.0
"""Seconds between two tries while the provider or the inbox is away."""
_SHORTEST_PAUSE = 0.5
"""Seconds between two looks while a file is settling."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often to look. Seconds."""

    every: float
    settle: float

    def pause(self, *, unsettled: bool, failures: int) -> float:
        """Return how long to wait: shorter while a file is settling, doubled with every failure in a row."""
        if failures:
            return min(_LONGEST_PAUSE, self.every * 2.0 ** min(failures, 16))
        return min(self.every, max(self.settle, _SHORTEST_PAUSE)) if unsettled else self.every


async def watch(
    look: Callable[[], Look],
    summarise: Callable[[Sequence[Waiting]], Awaitable[Report]],
    clock: Clock,
    *,
    brake: Brake,
    rhythm: Rhythm,
    alert: Callable[[RunError], None],
    rest: Callable[[], None],
) -> ExitCode:
    """Summarise whatever is ready, again and again. Ends when the brake is pulled or when only a person can help.

    `alert` is told of trouble that passes, `rest` is called when nothing is in hand.
    """
    failures = 0
    while not brake.interrupted:
        unsettled = stuck = False
        with _noted(brake):
            found = look()
            unsettled = bool(found.unsettled)
            if found.ready:
                report = await summarise(found.ready)
                stuck = report.counts["waiting"] > 0
        with _noted(brake):
            rest()
        trouble, brake.error = brake.error, None
        if trouble is not None:
            alert(trouble)
            if trouble.exit_code == ExitCode.CONFIGURATION:
                return trouble.exit_code
        failures = failures + 1 if stuck or trouble else 0
        await pause(rhythm.pause(unsettled=unsettled, failures=failures), clock, brake)
    return ExitCode.DONE


@contextlib.contextmanager
def _noted(brake: Brake) -> Iterator[None]:
    try:
        yield
    except RunError as error:
        brake.fail(error)
