"""Named moments at which the program kills itself, as a power cut would: with SIGKILL, in the middle of what it does.

`arm` puts one in place in the process that is to die; nothing of the program knows of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

SLOW, STUCK = 1.5, 60.0
"""Seconds in a reader."""
READING, _SET_NAME = "reading", 15


def arm(name: str) -> None:
    """Let this process end at a named moment."""
    _POINTS[name]()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: Any, name: str, which: Callable[..., bool] = lambda *_: True, number: int = 2) -> None:
    """Die instead of the so-manieth call that is meant. Not the first: by then others have got through."""
    original, calls = getattr(owner, name), itertools.count(1)

    def armed(*arguments: Any, **named: Any) -> Any:
        if which(*arguments) and next(calls) == number:
            _die()
        return original(*arguments, **named)

    setattr(owner, name, armed)


def _after_the_reply() -> None:
    from pipeline.store.ledger import RunLedger

    _before(RunLedger, "settle")


def _after_the_ledger() -> None:
    from pipeline.store.store import Store

    _before(Store, "commit")


def _before_any_commit() -> None:
    from pipeline.store.store import Store

    _before(Store, "commit", number=1)


def _after_the_commit() -> None:
    from pipeline.inbox.folders import Folders

    _before(Folders, "put_away")


def _after_the_move() -> None:
    from pipeline.store.store import Store

    _before(Store, "put_away")


def _across() -> None:
    """Let the inbox lie on another file system than the rest."""

    def refuse(_source: Path, _target: Path) -> Path:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    Path.rename = refuse  # type: ignore[method-assign,assignment]


def _while_copying() -> None:
    _across()
    _before(Path, "replace")


def _after_the_copy() -> None:
    _across()
    _before(Path, "unlink", lambda path, *_: "inbox" in path.parts)


def _inside_the_export() -> None:
    from pipeline.export import files

    original = files.whole_file

    class Half:
        def __init__(self, file: IO[str]) -> None:
            self._file, self._rows = file, itertools.count(1)

        def write(self, row: str) -> None:
            self._file.write(row)
            if next(self._rows) == 2:
                self._file.flush()
                _die()

    @contextlib.contextmanager
    def half(path: Path) -> Iterator[Any]:
        with original(path) as file:
            yield Half(file)

    files.whole_file = half


def _inside_a_migration() -> None:
    from pipeline.store import versions

    statements = versions.statements

    def some(script: str) -> Iterator[str]:
        yield from itertools.islice(statements(script), 2)
        _die()

    versions.statements = some


def _before_the_first_table() -> None:
    from pipeline.store import database

    _before(database, "_migrate", number=1)


def look_slowly(seconds: float, *arguments: Any) -> Any:
    """Read a document, and take a while; sent to a worker, which is called READING from then on."""
    from pipeline.extract.formats import look

    ctypes.CDLL(None).prctl(_SET_NAME, READING.encode())
    time.sleep(seconds)
    return look(*arguments)


def _slow_reader(seconds: float) -> None:
    from pipeline import reading

    # The module's own name for it; a worker is sent ours.
    vars(reading)["look"] = functools.partial(look_slowly, seconds)


EXPORTING = "inside the export"
UNDECIDED = "after the ledger, before any summary is committed"
MAKING = "inside the making of the tables"
ACROSS = "across file systems"
COPYING = "while the file is copied to another file system"
COPIED = "after the copy to another file system, before the source is gone"
KILLS: dict[str, Callable[[], None]] = {
    "after the reply, before it is in the ledger": _after_the_reply,
    UNDECIDED: _before_any_commit,
    "after the ledger, before the next summary is committed": _after_the_ledger,
    "after the commit, before the move": _after_the_commit,
    COPYING: _while_copying,
    COPIED: _after_the_copy,
    "after the move, before it is written down": _after_the_move,
    EXPORTING: _inside_the_export,
    "before the first table is made": _before_the_first_table,
    MAKING: _inside_a_migration,
}
_POINTS = KILLS | {
    # How things are, for a kill that comes from outside and for the run after one.
    ACROSS: _across,
    "slow reader": functools.partial(_slow_reader, SLOW),
    "stuck reader": functools.partial(_slow_reader, STUCK),
}
