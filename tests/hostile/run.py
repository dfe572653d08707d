"""Give the program every hostile file, and look whether each ends done or in quarantine with the true reason.

    python tests/hostile/run.py
    python tests/hostile/run.py --sample 120 --seed 5
    python tests/hostile/run.py --keep some/folder

The real program reads them, batch by batch, from an inbox of its own. Then database, folders, log and exports are
looked at, and each file is read once more by itself, to see what it costs.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from case import DONE, Case, Trap
from everything import chosen
from measure import Reading, measured
from oddities import oddities

from pipeline.errors import DocumentError
from pipeline.extract.limits import USUAL
from pipeline.extract.workers.pool import ReaderPool
from pipeline.inbox.looking import shown
from pipeline.settings import ExtractSettings

_LONGEST = 65.0
"""Seconds to read one document, by the clock: thrice what it has of the processor, and some."""
_READERS = 2
_BATCH = 40
_BATCH_SECONDS = 600
_EVENT = re.compile(r"\S+Z (?:INFO|WARNING) +document\.(?:done|quarantined) id=(\w+)(?: [a-z]+=[\w.]+)*")
_SETTLED = """
    SELECT d.sha256, f.place, coalesce(o.reason, o.status)
    FROM files f JOIN documents d ON d.id = f.document_id JOIN outcomes o ON o.document_id = d.id
"""


@dataclass
class Books:
    """What was found out."""

    outcomes: Counter[str] = field(default_factory=Counter)
    left_alone: int = 0
    readings: dict[str, Reading] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the table."""
        yield f"{'files':<24}{self.outcomes.total():>6}"
        for outcome in sorted(self.outcomes, key=lambda outcome: (outcome != DONE, outcome)):
            yield f"  {outcome:<22}{self.outcomes[outcome]:>6}"
        yield f"{'left alone':<24}{self.left_alone:>6}"
        slowest = max(self.readings, key=lambda name: self.readings[name].seconds)
        largest = max(self.readings, key=lambda name: self.readings[name].mebibytes)
        yield f"{'worst seconds':<24}{self.readings[slowest].seconds:>6.1f}  {shown(slowest)}"
        yield f"{'worst memory, MiB':<24}{self.readings[largest].mebibytes:>6.0f}  {shown(largest)}"
        yield f"{'violations':<24}{len(self.violations):>6}"
        yield from (f"  {violation}" for violation in self.violations)


class Program:
    """The program on a data folder of its own."""

    def __init__(self, home: Path) -> None:
        """Take the folder in which it works."""
        self._home, self.data = home, home / "data"
        self.inbox = self.data / "inbox"
        self._log, self._read = self.data / "pipeline.log", 0
        self.inbox.mkdir(parents=True)
        (home / "pipeline.toml").write_text(
            '[inference]\nprovider = "offline"\n[inbox]\nsettle = 0\n[extract]\nocr = "off"\n'
        )

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end. Raises TimeoutExpired."""
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=self._home,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_BATCH_SECONDS,
            check=False,
        )

    def settled(self) -> dict[str, tuple[Path, str]]:
        """Return where each document is, and its outcome, by its hash."""
        with contextlib.closing(sqlite3.connect(self.data / "pipeline.db")) as connection:
            return {sha256: (self.data / place, outcome) for sha256, place, outcome in connection.execute(_SETTLED)}

    def new_events(self) -> list[str]:
        """Return the lines that the log has got since the last call."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        lines, self._read = lines[self._read :], len(lines)
        return lines


class Listener:
    """A page at which nobody may knock."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/page"
        self.knocks = 0
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            self.knocks += 1
            connection.close()


def run_batch(program: Program, batch: Iterable[Case], books: Books) -> dict[str, Path]:
    """Give the program a batch; return where each of its files is now."""
    hashes = {case.name: _put(program.inbox / case.name, case.bytes()) for case in batch}
    try:
        done = program.call("run", "--verbose")
    except subprocess.TimeoutExpired:
        books.violations.append(f"the program is stuck on one of {', '.join(map(shown, hashes))}")
        program.new_events()
        for name in hashes:  # so that the next batch is not stuck on it as well
            (program.inbox / name).unlink(missing_ok=True)
        return {}
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        books.violations.append(f"the program ended with {done.returncode}: {done.stderr[-2000:]}")
    books.violations += _wrong_events(program.new_events(), hashes)
    settled, places = program.settled(), {}
    for case in batch:
        place, outcome = settled.get(hashes[case.name], (program.inbox / case.name, "lost"))
        books.outcomes[outcome] += 1
        books.violations += _wrong_outcome(case, outcome)
        if os.path.lexists(program.inbox / case.name) or _hash(place) != hashes[case.name]:
            books.violations.append(f"{shown(case.name)} is not where it belongs")
        else:
            places[case.name] = place
    return places


def _put(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _hash(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _wrong_outcome(case: Case, outcome: str) -> Iterator[str]:
    if outcome not in case.expected:
        yield f"{shown(case.name)} ended {outcome}, not {' or '.join(sorted(case.expected))}"


def _wrong_events(lines: list[str], hashes: dict[str, str]) -> Iterator[str]:
    """Yield what the log says beyond one line for each file; two of a batch may hold the same."""
    found = [_EVENT.fullmatch(line) for line in lines]
    yield from (f"the log says: {line}" for line, event in zip(lines, found, strict=True) if not event)
    counts = Counter(event[1] for event in found if event)
    copies = Counter(hashes.values())
    for name, sha256 in hashes.items():
        count = sum(counts[short] for short in counts if sha256.startswith(short))
        if count != copies[sha256]:
            yield f"the log has {count} lines for {shown(name)}"


def left_alone(program: Program, books: Books) -> None:
    """Put what is no file into the inbox: it is still there after a run, and the program says why."""
    odd = list(oddities())
    for oddity in odd:
        oddity.put(program.inbox / oddity.name)
    program.call("run", "--verbose")
    said = {item["name"]: item["why"] for item in json.loads(program.call("status", "--json").stdout)["ignored"]}
    for oddity in odd:
        books.left_alone += 1
        if not os.path.lexists(program.inbox / oddity.name) or said.get(oddity.name, "") != oddity.why:
            books.violations.append(f"{oddity.name}: status says {said.get(oddity.name)!r}, not {oddity.why!r}")


def measure(cases: Iterable[Case], places: dict[str, Path], books: Books) -> None:
    """Read each file once more by itself: what it says, how long it takes, how much memory."""
    limits = ExtractSettings()
    pool = ReaderPool(_READERS, limits.timeout, limits.memory)
    small = [case for case in cases if case.name in places and places[case.name].stat().st_size <= USUAL.max_bytes]
    with ThreadPoolExecutor(_READERS) as threads:
        for case, reading in zip(
            small, threads.map(lambda case: _read(pool, places[case.name], case), small), strict=True
        ):
            books.readings[case.name] = reading
            books.violations += _wrong_outcome(case, reading.outcome)
            books.violations += _wrong_reading(case, reading)
    pool.shutdown()


def _read(pool: ReaderPool, path: Path, case: Case) -> Reading:
    began = time.perf_counter()
    try:
        return pool.submit(measured, path, shown(case.name)).result()
    except DocumentError as error:  # the worker was ended: what it held is not known
        return Reading(error.reason.value, "", time.perf_counter() - began, 0.0)
    except Exception as error:  # whatever else a reader raises is its mistake, and is told
        return Reading(type(error).__name__, "", time.perf_counter() - began, 0.0)


def _wrong_reading(case: Case, reading: Reading) -> Iterator[str]:
    if reading.seconds > _LONGEST:
        yield f"{shown(case.name)} took {reading.seconds:.1f} seconds"
    if reading.outcome == DONE and case.says not in reading.text:
        yield f"{shown(case.name)} does not say {case.says!r}"
    if case.silent and case.silent in reading.text:
        yield f"{shown(case.name)} says {case.silent!r}"


def leaks(data: Path, secret: str) -> Iterator[str]:
    """Yield the files that hold what stands in a file outside of the inbox."""
    for path in data.rglob("*"):
        if path.is_file() and not path.is_symlink() and secret.encode() in path.read_bytes():
            yield f"{path.relative_to(data)} holds what stands in another file"


def look(home: Path, seed: int, sample: int | None) -> Books:
    """Run everything in a folder, and return what was found out."""
    secret, outside, listener, books = secrets.token_hex(16), home / "outside.txt", Listener(), Books()
    outside.write_text(secret)
    cases = chosen(Trap(outside.as_uri(), listener.url), seed, sample)
    program, places = Program(home), dict[str, Path]()
    for start in range(0, len(cases), _BATCH):
        places |= run_batch(program, cases[start : start + _BATCH], books)
    left_alone(program, books)
    measure(cases, places, books)
    books.violations += leaks(program.data, secret)
    books.violations += [f"somebody knocked {listener.knocks} times at {listener.url}"] * bool(listener.knocks)
    if any(secret in reading.text for reading in books.readings.values()):
        books.violations.append("a reader read another file")
    return books


def main() -> int:
    """Run, print the table, and tell the shell whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="so many files; if none, all")
    parser.add_argument("--seed", type=int, default=5, help="chooses the sample and the damage")
    parser.add_argument("--keep", type=Path, help="a new folder to work in, which is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        books = look(home.resolve(), options.seed, options.sample)
    sys.stdout.writelines(f"{line}\n" for line in books.lines())
    return bool(books.violations)


if __name__ == "__main__":
    sys.exit(main())
