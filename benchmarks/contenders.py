"""One contender, alone in a fresh process: it prepares itself, then the clock starts. Prints one line of JSON.

    .venv/bin/python benchmarks/contenders.py line --url http://127.0.0.1:8099/v1 --source FOLDER --data NEW

`--source` is made by rig.py. Imports nothing of weight itself: the workers of our line import this file as their main
module, and each contender pays for its own memory only.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import resource
import threading
from collections.abc import Awaitable, Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, Self

from job import Job, Tally

CONTENDERS = {"line": "ours", "bare": "bare", "reading": "ours", "openai": "rivals", "instructor": "rivals"}
"""By name: the module that holds a function of that name."""
EVERY = 0.5
"""Seconds between two looks at the memory."""


class Family:
    """The memory of this process and all below it: shared pages are counted once (PSS), the highest look is kept."""

    def __init__(self) -> None:
        self.peak = 0
        """KiB."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no longer."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            pids = [os.getpid(), *_below(os.getpid())]
            self.peak = max(self.peak, sum(_kib(pid, "smaps_rollup", "Pss:") for pid in pids))


def _below(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):  # each thread has children of its own
        with contextlib.suppress(OSError):  # it has just ended
            for child in map(int, task.read_text().split()):
                yield child
                yield from _below(child)


def _kib(pid: int, file: str, name: str) -> int:
    with contextlib.suppress(OSError):  # it has just ended
        for row in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if row.startswith(name):
                return int(row.split()[1])
    return 0


def _cpu() -> float:
    """Return seconds of this process and of children that have ended."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def _end_fork_server() -> None:
    """Let the server that forked our workers end, if there is one: only then what they used is counted as ours."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # noqa: SLF001  # there is no public way


def measure(name: str, job: Job, limit: float) -> dict[str, Any]:
    """Let a contender work, for so many seconds at most; return what it did and took."""
    import asyncio  # noqa: PLC0415  # workers import this file, and do without

    async def within(work: Callable[[], Awaitable[object]]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await work()

    tally = Tally(len(job.files))
    work = getattr(importlib.import_module(CONTENDERS[name]), name)(job, tally)
    before = _cpu()
    with Family() as family:
        tally.start()
        asyncio.run(within(work))
        wall = tally.seconds
    _end_fork_server()
    return {
        "wall": wall,
        "cpu": _cpu() - before,
        "peak": _kib(os.getpid(), "status", "VmHWM:") / 1024,
        "family": family.peak / 1024,
        "finished": tally.finished,
        "failed": tally.failed,
        "curve": tally.curve,
    }


def main() -> None:
    """Measure one contender."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("--url", required=True, help="of the provider, with /v1")
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--model", default="some-model")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds")
    options = vars(parser.parse_args())
    name, limit = options.pop("name"), options.pop("limit")
    print(json.dumps(measure(name, Job(**options), limit)))


if __name__ == "__main__":
    main()
