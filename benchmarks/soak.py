"""`pipeline watch` for days, in minutes: random arrivals, a provider that fails, other commands beside it.

    .venv/bin/python benchmarks/soak.py --documents 10000 --rate 14
    .venv/bin/python benchmarks/soak.py --documents 300

Documents come at random moments: one by one, in bursts, written in two halves, renamed from `.part`,
as copies of what came before; some are broken. The provider is a process of its own and spoils a share
of the calls. In the end every file must have one place, every document one outcome, every call one line
in the ledger, and the process must be no larger than it was after the beginning.

A latency is from the moment a file was whole until its summary is on the disk.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import heapq
import io
import itertools
import json
import multiprocessing
import os
import platform
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import httpx
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # reportlab ships no types

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fakes import Answer, FakeProvider, Fault, random_faults
from pipeline.app import House
from pipeline.clock import SystemClock
from pipeline.inbox.folders import MARKER
from pipeline.settings import load
from pipeline.store.reading import Reader
from server import FAULTS, serving

PROJECT = Path(__file__).resolve().parent.parent
SETTLE, EVERY, CONCURRENCY = 0.5, 0.25, 16
EMPTY_WITHIN = 300.0
"""Seconds that the last documents may take."""
GROWTH = 1.15
"""So much larger may the process be at the end than after the beginning."""
EXPORTS_EVERY = 30
"""Seconds between two exports of `watch`."""
LASTING = 1000
"""One document in so many is refused whenever it is sent."""
CV = """Ida Sample {number}
ida{number}@example.org

Profile
{padding}

Work experience
Welder, Anvil Works
01/2019 - 12/2021
Welded frames and gates from drawings.

Education
Apprenticeship, Central School
2018

Skills
welding, reading drawings, plasma cutting
"""
CLOCK = SystemClock()


class Provider(FakeProvider):
    """Takes a moment, asks for pauses, and keeps no bodies: thousands would be this process's leak."""

    def __init__(self, seed: int, share: float) -> None:
        super().__init__(self._plan)
        self._passing = random_faults(seed, share, FAULTS)

    def _plan(self, document: str, number: int) -> Fault | None:
        return "422" if int(document, 16) % LASTING == 0 else self._passing(document, number)

    def answer(self, content: bytes, key: str | None) -> Answer:
        """Answer one request body."""
        time.sleep(random.uniform(0.02, 0.25))
        answer = super().answer(content, key)
        self.requests.clear()
        self.keys.clear()
        if answer.status == httpx.codes.TOO_MANY_REQUESTS:
            answer.headers["retry-after"] = "1"
        return answer


def serve(seed: int, share: float, pipe: Connection) -> None:
    """Serve in a process of its own; tell the address, and at the end its own count."""
    provider = Provider(seed, share)
    with serving(provider) as url:
        pipe.send(url)
        pipe.recv()
    pipe.send(
        {
            "calls": provider.calls.total(),
            "documents": len(provider.calls),
            "faults": dict(provider.faults),
            "input": provider.input_tokens,
            "output": provider.output_tokens,
        }
    )


@dataclass
class Arrivals:
    """Drops documents into an inbox at random moments, and remembers when each was whole."""

    inbox: Path
    count: int
    rate: float
    chance: random.Random
    whole: dict[str, float] = field(default_factory=dict)
    """By name: the moment (UTC, seconds) at which the file was whole."""
    broken: int = 0
    _last: bytes = b""
    _events: list[tuple[float, int, Callable[[float], None]]] = field(default_factory=list)

    def run(self, told: Callable[[int], None]) -> None:
        """Drop all of them; `told` hears after each event how many are whole."""
        moment = CLOCK.monotonic()
        for number, pause in self._numbers():
            moment += pause
            self._at(moment, functools.partial(self._drop, number))
        while self._events:
            moment, _, event = heapq.heappop(self._events)
            time.sleep(max(0.0, moment - CLOCK.monotonic()))
            event(moment)
            told(len(self.whole))

    def _numbers(self) -> Iterator[tuple[int, float]]:
        """Yield numbers and the seconds before each: now and then twenty come at once."""
        burst = 0
        for number in range(self.count):
            burst = burst - 1 if burst else 20 * (self.chance.random() < 0.01)
            yield number, 0.0 if burst else self.chance.expovariate(self.rate / 1.2)

    def _at(self, moment: float, event: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (moment, len(self._events) + self.chance.getrandbits(40), event))

    def _drop(self, number: int, now: float) -> None:
        """Write one file in the way that chance chooses."""
        name, data = self._document(number)
        path, way = self.inbox / name, self.chance.random()
        if way < 0.1:  # in two halves
            half = len(data) // 2
            path.write_bytes(data[:half])
            self._at(now + self.chance.uniform(0.02, 0.2), lambda _: self._append(path, data[half:]))
        elif way < 0.2:  # under another name first
            part = path.with_name(name + ".part")
            part.write_bytes(data)
            self._at(now + self.chance.uniform(0.1, 2.0), lambda _: self._rename(part, path))
        else:
            path.write_bytes(data)
            self._note(path)

    def _append(self, path: Path, rest: bytes) -> None:
        with path.open("ab") as file:
            file.write(rest)
        self._note(path)

    def _rename(self, part: Path, path: Path) -> None:
        part.rename(path)
        self._note(path)

    def _note(self, path: Path) -> None:
        self.whole[path.name] = CLOCK.now().timestamp()

    def _document(self, number: int) -> tuple[str, bytes]:
        kind = self.chance.random()
        text = CV.format(number=number, padding="Reads drawings well. " * self.chance.randrange(1, 150))
        if kind < 0.01:
            self.broken += 1
            return f"{number:06}.pdf", f"%PDF-1.7 broken {number}".encode()
        if kind < 0.04 and self._last:
            return f"{number:06} copy.txt", self._last
        if kind < 0.16:
            return f"{number:06}.pdf", _pdf(text)
        if kind < 0.26:
            return f"{number:06}.html", f"<html><body><pre>{text}</pre></body></html>".encode()
        self._last = text.encode()
        return f"{number:06}.txt", self._last


def _pdf(text: str) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    page = canvas.beginText(50, 800)
    for line in text.splitlines():
        page.textLine(line[:90])
    canvas.drawText(page)
    canvas.save()
    return file.getvalue()


@dataclass(frozen=True)
class Size:
    """How large the watch is at a moment."""

    documents: int
    parent: int
    """KiB of resident memory."""
    readers: int
    """KiB of all processes below it."""
    files: int
    threads: int


class Witness:
    """Measures a process from outside, and runs other commands beside it, until it is told to stop."""

    def __init__(self, pid: int, command: Callable[..., list[str]], environ: dict[str, str], every: float) -> None:
        self.sizes: list[Size] = []
        self.seconds: dict[str, list[float]] = {"export": [], "status": []}
        self.complaints: list[str] = []
        self.documents = 0
        self._pid, self._command, self._environ, self._every = pid, command, environ, every
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._measure, self._run_beside)]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def count(self, documents: int) -> None:
        """Hear how many documents are there by now."""
        self.documents = documents

    def at(self, share: float) -> Size:
        """Return the median of ten measurements around a share of the way, the first 500 documents not counted."""
        later = [size for size in self.sizes if size.documents >= min(500, self.sizes[-1].documents // 4)]
        middle = round(share * (len(later) - 1))
        some = later[max(0, min(middle - 5, len(later) - 10)) :][:10]
        values = [
            int(statistics.median(getattr(size, name) for size in some))
            for name in ("documents", "parent", "readers", "files", "threads")
        ]
        return Size(*values)

    def _measure(self) -> None:
        while not self._over.wait(1.0):
            below = [_resident(pid) for pid in _below(self._pid)]
            status = _status(self._pid)
            self.sizes.append(
                Size(
                    self.documents,
                    int(status["VmRSS"].split()[0]),
                    sum(below),
                    len(os.listdir(f"/proc/{self._pid}/fd")),  # noqa: PTH208  # a count of names is all we want
                    int(status["Threads"]),
                )
            )

    def _run_beside(self) -> None:
        while not self._over.wait(self._every):
            for name, words in (("export", ("export", "--output", "-")), ("status", ("status", "--json"))):
                begun = CLOCK.monotonic()
                done = subprocess.run(
                    self._command(*words), env=self._environ, capture_output=True, text=True, check=False
                )
                self.seconds[name].append(CLOCK.monotonic() - begun)
                # The first one may be there before the database is.
                if (done.returncode or done.stderr) and self.documents > CONCURRENCY:
                    self.complaints.append(f"{name}: {done.returncode} {done.stderr.strip()}")


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _resident(pid: int) -> int:
    try:
        return int(_status(pid)["VmRSS"].split()[0])
    except (FileNotFoundError, ProcessLookupError, KeyError):  # it has just ended
        return 0


def _below(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):  # each thread has children of its own
        try:
            children = task.read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in map(int, children):
            yield child
            yield from _below(child)


@contextmanager
def provider(seed: int, share: float) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """Yield the provider's address, and a function that stops it and returns its own count."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(seed, share, theirs), daemon=True)
    process.start()

    def stop() -> dict[str, Any]:
        ours.send("stop")
        counted: dict[str, Any] = ours.recv()
        return counted

    try:
        yield ours.recv(), stop
    finally:
        process.kill()
        process.join()


def soak(options: argparse.Namespace, folder: Path) -> None:
    """Run the watch, drop the documents, and look at what became of them."""
    data = folder / "data"
    with provider(options.seed, options.faults) as (url, stop_provider):
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PIPELINE_")},  # noqa: TID251  # handed on
            "PYTHONPATH": str(PROJECT),
            "PIPELINE_DATA_DIR": str(data),
            "PIPELINE_INBOX__SETTLE": str(SETTLE),
            "PIPELINE_INBOX__EVERY": str(EVERY),
            "PIPELINE_INFERENCE__PROVIDER": "custom",
            "PIPELINE_INFERENCE__BASE_URL": url,
            "PIPELINE_INFERENCE__MODEL": "some-model",
            "PIPELINE_INFERENCE__CONCURRENCY": str(CONCURRENCY),
        }
        begun = CLOCK.monotonic()
        with (folder / "said").open("w+") as said:
            watch = subprocess.Popen(_command("watch"), cwd=folder, env=environ, stderr=said)
            try:
                inbox = data / "inbox"
                _until(inbox.is_dir, 30)
                arrivals = Arrivals(inbox, options.documents, options.rate, random.Random(options.seed))
                with Witness(watch.pid, _command, environ, options.beside) as witness:
                    arrivals.run(witness.count)
                    came = CLOCK.monotonic() - begun
                    _until(lambda: not _left(inbox), EMPTY_WITHIN)
                    wall = CLOCK.monotonic() - begun
                watch.send_signal(signal.SIGTERM)
                code = watch.wait(60)
            finally:
                watch.kill()
            said.seek(0)
            words = said.read().splitlines()
        counted = stop_provider()
    print(
        f"{options.documents} files in {came:.0f} s, all done after {wall:.0f} s; watch ended with {code}, "
        f"{len(words)} lines on stderr ({sum(line.startswith('waiting') for line in words)} of documents that waited)"
    )
    problems = [f"watch ended with {code}"] if code else []
    problems += witness.complaints + books(data, arrivals, counted)
    latencies(data, arrivals)
    problems += sizes(data, witness, options.documents)
    exports(data, witness)
    print("\n".join(f"WRONG: {problem}" for problem in problems) or "All is well.")
    sys.exit(bool(problems))


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", *words]


def _left(inbox: Path) -> list[str]:
    """Return what is still to be taken."""
    return [path.name for path in inbox.iterdir() if path.name != MARKER]


def _until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = CLOCK.monotonic() + seconds
    while not is_so() and CLOCK.monotonic() < deadline:
        time.sleep(0.1)


def rows(data: Path, query: str) -> list[Any]:
    """Return what the database says."""
    connection = sqlite3.connect(data / "pipeline.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def books(data: Path, arrivals: Arrivals, counted: dict[str, Any]) -> list[str]:
    """Print outcomes and calls; return what does not agree."""
    outcomes = rows(
        data, "SELECT status || coalesce(' ' || reason, ''), count(*) FROM outcomes GROUP BY 1 ORDER BY 2 DESC"
    )
    [(documents, files, attempts, spent_in, spent_out, runs)] = rows(
        data,
        """SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM files WHERE put_away_at IS NOT NULL),
                  (SELECT count(*) FROM attempts), (SELECT sum(input_tokens) FROM attempts),
                  (SELECT sum(output_tokens) FROM attempts), (SELECT count(*) FROM runs)""",
    )
    lying = Counter(
        path.name for place in ("done", "quarantine") for path in (data / place).rglob("*") if path.is_file()
    )
    notes = Counter(path.name for path in (data / "quarantine").rglob("*.txt") if path.stem in lying)
    faults = ", ".join(f"{name} {number}" for name, number in sorted(counted["faults"].items()))
    print(f"outcomes      {', '.join(f'{name} {number}' for name, number in outcomes)}")
    print(
        f"              {documents} documents in {files} files ({files - documents} copies, {arrivals.broken} broken), {runs} rounds"
    )
    print(f"calls         {attempts} in the ledger, {counted['calls']} by the provider's count; {faults}")
    print(f"              {counted['calls'] / counted['documents']:.3f} a document that was sent")
    print(
        f"tokens        {spent_in:,} in, {spent_out:,} out; provider: {counted['input']:,} in, {counted['output']:,} out"
    )
    agree = {
        "a file is lost or double": (sorted((lying - notes).elements()), sorted(arrivals.whole)),
        "a file is not in the database": (files, len(arrivals.whole)),
        "a document has no outcome": (sum(number for _, number in outcomes), documents),
        "a call is not in the ledger": (attempts, counted["calls"]),
        "tokens": ((spent_in, spent_out), (counted["input"], counted["output"])),
        "a file is left in the inbox": (_left(data / "inbox"), []),
    }
    return [problem for problem, (one, other) in agree.items() if one != other]


def latencies(data: Path, arrivals: Arrivals) -> None:
    """Print seconds from a whole file to its outcome, copies not counted."""
    found = rows(
        data,
        """SELECT f.name, o.decided_at FROM files f JOIN outcomes o USING (document_id)
           WHERE o.status = 'done' AND f.name NOT LIKE '%copy%' ORDER BY 2""",
    )
    decided = [dt.datetime.fromisoformat(moment).timestamp() for _, moment in found]
    took = [moment - arrivals.whole[name] for moment, (name, _) in zip(decided, found, strict=True)]
    pauses = [after - before for before, after in itertools.pairwise(decided)]
    print(
        f"latency       of these settling {SETTLE} s, looking every {EVERY} s, a reply 0.02 to 0.25 s\n"
        f"{'':<14}{'p50 s':>8}{'p99 s':>8}{'longest s':>11}{'longest pause between two s':>29}"
    )
    tenth = len(took) // 10
    for name, part in (("all", slice(None)), ("first tenth", slice(tenth)), ("last tenth", slice(-tenth, None))):
        some = sorted(took[part])
        p50, p99 = (some[int(share * (len(some) - 1))] for share in (0.5, 0.99))
        print(f"  {name:<12}{p50:>8.2f}{p99:>8.2f}{some[-1]:>11.2f}{max(pauses[part]):>29.2f}")


def sizes(data: Path, witness: Witness, documents: int) -> list[str]:
    """Print what the process and its files take; return what has grown."""
    start, middle, end = (witness.at(share) for share in (0.0, 0.5, 1.0))
    print(f"{'after files':<24}{start.documents:>9}{middle.documents:>9}{end.documents:>9}")
    for label, name, unit in (
        ("memory, MiB", "parent", 1024),
        ("readers' memory, MiB", "readers", 1024),
        ("open files", "files", 1),
        ("threads", "threads", 1),
    ):
        print(f"{label:<24}" + "".join(f"{getattr(size, name) // unit:>9}" for size in (start, middle, end)))
    logs = sum(path.stat().st_size for path in data.glob("pipeline.log*"))
    database = (data / "pipeline.db").stat().st_size
    print(
        f"database      {database / documents / 1024:.1f} KiB a document; log {logs / documents:.0f} bytes a document"
    )
    grown = ("parent", "readers", "files", "threads")
    return [f"{name} has grown" for name in grown if getattr(end, name) > GROWTH * getattr(start, name) + 2]


def exports(data: Path, witness: Witness) -> None:
    """Print what an export costs: as a command beside the watch, and what the watch spends on its own."""
    for name, seconds in witness.seconds.items():
        first, last = (statistics.median(some) for some in (seconds[:3], seconds[-3:]))
        print(f"{name:<14}beside it {len(seconds)} times: {first:.1f} s at first, {last:.1f} s at the end")
    house = House(load(None, data, {}))
    with house.store() as store:
        begun = CLOCK.monotonic()
        house.write_exports(Reader(store.engine))
        own = CLOCK.monotonic() - begun
    print(f"              in the watch {own:.1f} s where little is new, every {EXPORTS_EVERY} s")


def main() -> None:
    """Soak and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument(
        "--faults", type=float, default=0.1, help="share of calls that go wrong, at most two a document"
    )
    parser.add_argument("--rate", type=float, default=14.0, help="documents a second, on average")
    parser.add_argument("--beside", type=float, default=10.0, help="seconds between two commands beside the watch")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(
        f"{CLOCK.now():%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, {json.dumps(vars(options))}"
    )
    with tempfile.TemporaryDirectory() as folder:
        soak(options, Path(folder))


if __name__ == "__main__":
    main()
