"""How long does a run look at files that are done already and stay in the inbox? And which of them does it open?

    .venv/bin/python benchmarks/rescan.py --files 100000

The files and their rows are made by hand, as summarising so many would take a while; then a House looks at
them as `pipeline run` does, three times, beside a bare walk that only asks the system for each file's times.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.app import House
from pipeline.clock import SystemClock
from pipeline.inbox.looking import seal, stamp_of
from pipeline.run import Brake
from pipeline.settings import load
from rig import here

FOLDERS = 100


def fill(house: House, files: int) -> None:
    """Put files into the inbox, and into the database as a run leaves them there."""
    with house.opened():
        pass
    with sqlite3.connect(house.database) as connection:
        connection.execute("INSERT INTO runs VALUES (1, 'hand', 'x', 'x', 0, NULL, 'x')")
        connection.executemany(
            "INSERT INTO documents (id, sha256, size, seen_at) VALUES (?, ?, 1, 'x')", _documents(files)
        )
        connection.executemany(
            "INSERT INTO files (document_id, run_id, name, folder, place, put_away_at, seal) VALUES (?, 1, ?, ?, ?, 'x', ?)",
            _files(house.folders.inbox, files),
        )
    connection.close()


def _documents(files: int) -> Iterator[tuple[int, str]]:
    return ((number, f"{number:064}") for number in range(1, files + 1))


def _files(inbox: Path, files: int) -> Iterator[tuple[int, str, str, str, str]]:
    for number in range(1, files + 1):
        folder, name = f"{number % FOLDERS:02}", f"CV number {number}.txt"
        path = inbox / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        yield number, name, folder, f"inbox/{folder}/{name}", seal(stamp_of(path.lstat()))


def bare(inbox: Path) -> int:
    """Ask for each file's times, and do nothing with them."""
    count = 0
    for folder, _, names in os.walk(inbox):
        for name in names:
            os.lstat(os.path.join(folder, name))  # noqa: PTH118  # as bare as it gets
            count += 1
    return count


def look(house: House) -> tuple[int, int]:
    """Look as a run does; return how many files are known and how many are to be taken."""
    house = House(house.configuration)
    with house.opened() as store:
        found = asyncio.run(house.settled(store, Brake()))
    return found.kept, len(found.ready) + len(found.unsettled)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds and result."""
    clock = SystemClock()
    begun = clock.monotonic()
    result = work()
    return clock.monotonic() - begun, result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = House(load(None, Path(folder) / "data", {"PIPELINE_INBOX__MOVE": "false"}))
        fill(house, options.files)
        opened: list[str] = []
        inbox = str(house.folders.inbox)
        sys.addaudithook(
            lambda event, args: opened.append(args[0]) if event == "open" and _below(args[0], inbox) else None
        )
        walks = [timed(lambda: bare(house.folders.inbox))[0] for _ in range(3)]
        looks = [timed(lambda: look(house)) for _ in range(3)]
    print(here())
    print(
        f"{options.files:,} files that are done and stay: bare walk {min(walks):.2f} s, look {min(s for s, _ in looks):.2f} s"
    )
    print(
        f"(others: {', '.join(f'{seconds:.2f}' for seconds, _ in sorted(looks)[1:])}); known and to be taken: {looks[0][1]}"
    )
    print(f"files of the inbox that were opened: {sorted({Path(name).name for name in opened}) or 'none'}")


def _below(name: object, folder: str) -> bool:
    return isinstance(name, str | os.PathLike) and os.fspath(name).startswith(folder)


if __name__ == "__main__":
    main()
