"""Kill the program again and again in the middle of its work, and look whether anything is lost, double or unknown.

    PYTHONPATH=tests python tests/kill/kills.py
    PYTHONPATH=tests python tests/kill/kills.py --kills 30 --fresh 0.1 --seed 7

Documents come in while it is killed: texts, PDFs, damaged ones, copies, some under one name. A kill counts when the provider
still owed replies after it. In the end the program may finish, and books.py says which laws are broken.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from books import Losses, SlowProvider, violations
from fakes import FakeProvider
from program import Fresh, Program, Starter, Zygote, all_gone, cv, eventually, settings
from server import serving
from test_extract import pdf

_WAITING = 24
"""Documents in the inbox before each start: more than are done before the kill."""
_LONGEST = 0.6
"""Seconds between the first call of a run and the kill."""
_LONGEST_FRESH = 3.0
"""The same where the program starts from nothing: what it loads with its first reply takes it a second."""
_EARLY = 0.1
"""Share of kills that do not wait for a call."""
_NAMES = 60
_FAULTS = 0.05
_COPIES = 0.1
_EACH_BROKEN, _EACH_PDF = 25, 15


@dataclass
class Figures:
    """What was counted."""

    seed: int
    documents: int = 0
    files: int = 0
    starts: int = 0
    fresh: int = 0
    kills: int = 0
    """With calls in flight."""
    idle_kills: int = 0
    ended: int = 0
    """Runs that came to their end before the kill."""
    in_flight: int = 0
    """Replies that the provider still owed after the kills."""
    most_lost: int = 0
    lost: int = 0
    """Documents that were in hand at kills: called for and not summarised."""
    calls: int = 0
    faults: int = 0
    again: int = 0
    """Calls beyond one for each document and one for each fault."""
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield the table."""
        rows = {
            "seed": self.seed,
            "files (copies included)": self.files,
            "documents": self.documents,
            "starts": f"{self.starts}, {self.fresh} of them from nothing",
            "kills with calls in flight": self.kills,
            "kills without": self.idle_kills,
            "ended before the kill": self.ended,
            "replies owed at kills": self.in_flight,
            "documents in hand at kills": f"{self.lost}, at most {self.most_lost} at once",
            "calls": self.calls,
            "faults of the provider": self.faults,
            "calls made again": self.again,
            "seconds": round(self.seconds),
            "violations": len(self.violations),
        }
        yield from (f"{name:<28}{value:>6}" for name, value in rows.items())
        yield from (f"  {violation}" for violation in self.violations)


class Trial:
    """One series of kills on one data folder."""

    def __init__(self, home: Path, forks: Starter, seed: int, fresh: float = 0.0, *, waiting: int = _WAITING) -> None:
        """Take a folder to work in, what forks the program, and the share of starts that start from nothing instead."""
        self._home, self._forks, self._fresh, self._waiting = home, forks, fresh, waiting
        self._random = random.Random(seed)
        self._provider = SlowProvider(seed, _FAULTS)
        self.figures = Figures(seed)

    def run(self, kills: int) -> Figures:
        """Kill so many times, let it finish, and return what was counted."""
        began = time.perf_counter()
        with serving(self._provider) as url:
            program = Program(self._home, url)
            losses = Losses(program)
            while self.figures.kills < kills and not self.figures.violations:
                self._fill(program)
                self._start(program, losses, self._starter(), url)
            self._finish(program, losses)
        self.figures.seconds = time.perf_counter() - began
        return self.figures

    def _starter(self) -> Starter:
        self.figures.starts += 1
        if self._random.random() >= self._fresh:
            return self._forks
        self.figures.fresh += 1
        return Fresh

    def _fill(self, program: Program) -> None:
        for _ in range(self._waiting - program.waiting()):
            number = program.dropped.total()
            is_copy = self._random.random() < _COPIES
            data, suffix, mark = _made(self._random.randrange(number + 1) if is_copy else number)
            name = f"{number % _NAMES}{suffix}"
            # The same name may be in two folders at once, and come again when it is gone.
            free = [place for place in (name, f"july/{name}") if not (program.inbox / place).exists()]
            program.drop(self._random.choice(free or [f"{number}{suffix}"]), data, mark)

    def _start(self, program: Program, losses: Losses, start: Starter, url: str) -> None:
        """Start the program and kill it, unless it is quicker."""
        process = start(program.home, program.environ, "", "run")
        if self._random.random() >= _EARLY:
            eventually(lambda: self._provider.in_flight)
        time.sleep(self._random.uniform(0, _LONGEST if start is not Fresh else _LONGEST_FRESH))
        process.kill()
        owed = in_flight(url)
        self._count(process.wait(), owed)
        losses.note()
        if not all_gone(process):
            self.figures.violations.append(f"processes {process.orphans()} are left")

    def _count(self, code: int, owed: int) -> None:
        if code >= 0:
            self.figures.ended += 1
        elif owed:
            self.figures.kills += 1
            self.figures.in_flight += owed
        else:
            self.figures.idle_kills += 1

    def _finish(self, program: Program, losses: Losses) -> None:
        code = program.run(self._forks)
        figures, provider = self.figures, self._provider
        if code not in (0, 1):
            figures.violations.append(f"the last run ended with {code}: {program.said()}")
        figures.violations += violations(program, provider, losses)
        figures.files, figures.documents = program.dropped.total(), len(program.dropped)
        figures.lost, figures.most_lost = losses.by_document.total(), losses.most
        figures.calls, figures.faults = provider.calls.total(), provider.faults.total()
        figures.again = figures.calls - figures.faults - len(provider.calls)


def _made(number: int) -> tuple[bytes, str, str]:
    """Return a document, its suffix and its mark: mostly a text."""
    text, mark = cv(number)
    if number % _EACH_BROKEN == 3:
        return f"%PDF-1.7 broken {number}".encode(), ".pdf", ""
    if number % _EACH_PDF == 7:
        return pdf(text), ".pdf", mark
    return text.encode(), ".txt", mark


def zygote(home: Path) -> Zygote:
    """Start one in a folder; its own first run has an inbox and a provider that nobody counts."""
    with serving(FakeProvider()) as url:
        Program(home, url).drop("first.txt", cv(0)[0].encode())
        return Zygote(home, settings(url))


def in_flight(url: str) -> int:
    """Ask the provider how many replies it owes at this moment."""
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stats", timeout=60) as reply:
        return int(json.load(reply)["in_flight"])


def main() -> int:
    """Run, print the table, and tell the shell whether a law was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="so many with calls in flight")
    parser.add_argument("--fresh", type=float, default=0.2, help="share of starts that start from nothing")
    parser.add_argument("--seed", type=int, default=5, help="chooses documents, faults and moments")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        with closing(zygote(home / "zygote")) as forks:
            figures = Trial(home / "trial", forks, options.seed, options.fresh).run(options.kills)
    sys.stdout.writelines(f"{line}\n" for line in figures.lines())
    return bool(figures.violations)


if __name__ == "__main__":
    sys.exit(main())
