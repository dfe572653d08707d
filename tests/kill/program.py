"""The program in a folder of its own, in processes that can be killed; and what they leave running."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from pipeline.inbox.folders import MARKER
from test_line import CV

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
_PATIENCE = 120.0
"""Seconds to wait for what is to happen on any machine, however busy."""
_LIFE_AFTER = 20.0
"""Seconds in which what a killed program had started has to end. It takes a few hundredths on a machine that is idle."""


class Process(Protocol):
    """One start of the program."""

    pid: int

    def kill(self) -> object:
        """End it, and nothing else, as the kernel would."""

    def wait(self) -> int:
        """Return its exit code, that of a signal below zero."""

    def orphans(self) -> set[int]:
        """Return the processes that it started and that are still there."""


class Starter(Protocol):
    """A way to start the program."""

    def __call__(self, folder: Path, environ: dict[str, str], point: str, *words: str) -> Process:
        """Start it with a kill point, or with "" for none."""


class Fresh:
    """A process that starts from nothing, leader of a session by which its offspring is found."""

    def __init__(self, folder: Path, environ: dict[str, str], point: str, *words: str) -> None:
        armed = [str(HERE / "zygote.py"), point]
        command = [sys.executable, *(armed if point else ["-m", "pipeline"]), *words]
        with (folder / "said.txt").open("ab") as said:
            self._process = subprocess.Popen(
                command, cwd=folder, env=_whole(environ), stdout=said, stderr=said, start_new_session=True
            )
        self.pid = self._process.pid

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        return self._process.wait(_PATIENCE)

    def orphans(self) -> set[int]:
        return session(self.pid).keys() - {self.pid}


class Zygote:
    """Forks the program from a process that has it loaded; see zygote.py."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        """Take a folder and settings for a first run, in which everything is loaded."""
        with (folder / "said.txt").open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, str(HERE / "zygote.py")],
                cwd=folder,
                env=_whole(environ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                start_new_session=True,
            )
        self._answer()

    def __call__(self, folder: Path, environ: dict[str, str], point: str, *words: str) -> Process:
        """Fork the program."""
        return Forked(self, self.ask("fork", folder=str(folder), environ=environ, point=point, words=words))

    def ask(self, verb: str, **details: Any) -> int:
        """Have something done; return what came of it."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"verb": verb, **details}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def strangers(self) -> set[int]:
        """Return the workers: what runs beside the zygote and its children, which are the program, their server, the tracker."""
        zygote = self._process.pid
        return {pid for pid, parent in session(zygote).items() if zygote not in (pid, parent)}

    def close(self) -> None:
        """End it; what it had started ends with it."""
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


class Forked:
    """A child of the zygote, which alone may wait for it."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        """Take the one that forked it."""
        self._zygote, self.pid = zygote, pid

    def kill(self) -> None:
        """End it, and nothing else. Its number is its own until the zygote waits for it."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Return its exit code."""
        return self._zygote.ask("wait", pid=self.pid)

    def orphans(self) -> set[int]:
        """Return its workers that are still there."""
        return self._zygote.strangers()


class Program:
    """The program on a data folder of its own, and what was put into its inbox."""

    def __init__(self, home: Path, url: str) -> None:
        """Take a folder to work in, and the provider's address."""
        self.home, self.data = home, home / "data"
        self.inbox, self.database = self.data / "inbox", self.data / "pipeline.db"
        self.environ = settings(url)
        self.dropped: Counter[str] = Counter()
        """Hashes of the files."""
        self.marked: dict[str, str] = {}
        """Hashes of those that can be read, by the mark that stands in their text and nowhere else."""
        (self.inbox / "july").mkdir(parents=True)

    def drop(self, name: str, data: bytes, mark: str = "") -> None:
        """Put a file into the inbox. `mark`: what its text has to itself, such as "Reference 000017"; empty: it has none."""
        (self.inbox / name).write_bytes(data)
        self.dropped[sha256(data)] += 1
        if mark:
            self.marked[mark] = sha256(data)

    def waiting(self) -> int:
        """Return how many files are in the inbox."""
        return sum(path.is_file() and path.name != MARKER for path in self.inbox.rglob("*"))

    def run(self, start: Starter, point: str = "") -> int:
        """Run the program to its end; return its exit code."""
        return start(self.home, self.environ, point, "run").wait()

    def said(self) -> str:
        """Return what it printed lately."""
        return (self.home / "said.txt").read_text(encoding="utf-8")[-2000:]


def settings(url: str) -> dict[str, str]:
    """Return the environment in which the program asks a provider of ours."""
    return {
        "PIPELINE_INBOX__SETTLE": "0",
        "PIPELINE_EXTRACT__OCR": "off",
        "PIPELINE_INFERENCE__PROVIDER": "custom",
        "PIPELINE_INFERENCE__BASE_URL": url,
        "PIPELINE_INFERENCE__MODEL": "some-model",
        "PIPELINE_API_KEY": "sk-test",
    }


def cv(number: int) -> tuple[str, str]:
    """Return a document, and the mark in it."""
    mark = f"Reference {number:06}"
    return f"{CV}{mark}\n", mark


def sha256(data: bytes) -> str:
    """Return the identity of a document."""
    return hashlib.sha256(data).hexdigest()


def session(leader: int) -> dict[int, int]:
    """Return the processes of a session and their parents, zombies excepted. Empty where there is no /proc."""
    members = (one for one in _processes() if int(one[2][3]) == leader and one[2][0] != "Z")
    return {pid: int(fields[1]) for pid, _, fields in members}


def is_called(leader: int, name: str) -> bool:
    """Tell whether a process of a session is called so."""
    return any(int(fields[3]) == leader and called == name for _, called, fields in _processes())


def eventually(condition: Callable[[], object], seconds: float = _PATIENCE) -> bool:
    """Wait until something holds; False: it does not, after so many seconds."""
    deadline = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > deadline:
            return False
        time.sleep(0.01)
    return True


def all_gone(process: Process) -> bool:
    """Wait until nothing is left of what a killed process had started."""
    return eventually(lambda: not process.orphans(), _LIFE_AFTER)


def _processes() -> Iterator[tuple[int, str, list[str]]]:
    """Yield every process with its name and what /proc says of it: state, parent, group, session and so on."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            name, _, fields = path.read_text(errors="replace").rpartition(") ")
            yield int(path.parent.name), name.partition(" (")[2], fields.split()


def _whole(environ: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), **environ}  # noqa: TID251  # handed on to a process
