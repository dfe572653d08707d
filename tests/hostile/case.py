"""What a hostile file is, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

DONE = "done"
PERSON = "Ada Kowalczyk"
WORDS = f"{PERSON}, warehouse shift supervisor, Leeds"
"""What a person can read in a file that is only odd."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file, and the only outcomes that are true of it: "done", or a reason for quarantine."""

    name: str
    data: bytes | Callable[[], bytes]
    """Where it is large, made when it is needed."""
    expected: frozenset[str]
    says: str = ""
    """Stands in the text that is read, if it is done."""
    silent: str = ""
    """Never stands in the text that is read."""

    def bytes(self) -> bytes:
        """Return what the file holds."""
        return self.data if isinstance(self.data, bytes) else self.data()


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in the inbox that is no file to be read, and why it is left alone."""

    name: str
    put: Callable[[Path], object]
    """Makes it at a path."""
    why: str
    """As `pipeline status` says it; empty: it is not even mentioned."""


@dataclass(frozen=True, slots=True)
class Trap:
    """What no reader may touch: a file outside of the inbox, and a page on this machine."""

    file: str
    """URL of a file."""
    page: str
    """URL of a page, at which somebody listens."""


def case(name: str, data: bytes | Callable[[], bytes], *expected: str, says: str = "", silent: str = "") -> Case:
    """Make a case; done ones say WORDS unless told otherwise."""
    return Case(name, data, frozenset(expected), says or (PERSON if expected == (DONE,) else ""), silent)


Maker = Callable[[Trap], Iterator[Case]]
