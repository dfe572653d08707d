"""What lies in a folder, what of it is left alone, and the bytes of a file that nobody touched meanwhile.

We look at the inbox, we do not listen: file events get lost on network shares. A file is ready when
two looks, `settle` seconds apart, find it the same in size, time of change and inode.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.errors import ChangedError
from pipeline.records import Document

UNFINISHED_SUFFIXES = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart", ".!ut")
"""Names under which browsers and copy programs write a file before it is whole."""
_SYSTEM_NAMES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini"))
"""What Windows leaves in folders that somebody looks at."""
_IGNORED_NAMES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: name.startswith("."), "hidden"),
    (lambda name: name in _SYSTEM_NAMES, "a file of the system's own"),
    (lambda name: name.startswith("~$"), "lock file of an office program"),
    (lambda name: name.endswith(UNFINISHED_SUFFIXES), "still being downloaded"),
)
_IGNORED_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "symbolic link"),
    (stat.S_ISFIFO, "named pipe"),
    (stat.S_ISSOCK, "socket"),
)
LARGEST = 2**30
"""Bytes. The settings let no reader take more, so of a larger file not all is read to name it: one that says it has
16 TiB, all of them holes, would take hours in which nothing could end the run."""
_CHUNK = 2**20
_START = 4096
_NEVER_WAIT = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""What was a file a moment ago may be a link or a pipe by now."""

Stamp: TypeAlias = tuple[int, int, int, int]
"""Size, mtime_ns, inode, ctime_ns: a file with the same stamp has not been touched."""

Kept: TypeAlias = Mapping[str, Mapping[str, str]]
"""Seals of files that were done and stay in the inbox, by folder and name."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file in the inbox."""

    path: Path
    stamp: Stamp
    folder: str = ""
    """Where it lies below the inbox: "" for the inbox itself, else "cv" or "acme/july"."""

    @property
    def name(self) -> str:
        """The name as it is shown and stored."""
        return shown(self.path.name)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.stamp[0]

    @property
    def seal(self) -> str:
        """The stamp as it is stored."""
        return seal(self.stamp)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something in the inbox that is left alone, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the inbox found."""

    ready: tuple[Waiting, ...] = ()
    """Finished files, oldest first."""
    unsettled: tuple[Waiting, ...] = ()
    """Files that are new or still changing."""
    ignored: tuple[Ignored, ...] = ()
    kept: int = 0
    """Files that were done before and stay where they are."""


def shown(name: str) -> str:
    r"""Return a file name as text that can be stored and printed; bytes that are not Unicode become `\xNN`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def seal(stamp: Stamp) -> str:
    """Return a stamp as text."""
    size, changed, inode, touched = stamp
    return f"{size}-{changed}-{inode}-{touched}"


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what tells whether a file was touched."""
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns


def walk(inbox: str, kept: Kept) -> Iterator[Waiting | Ignored | int]:
    """Yield everything in a folder and its sub-folders; of files that were done and not touched since, only how many.

    `kept` holds the seals of those. Raises OSError where the folder itself cannot be read.
    """
    folders = [(inbox, "")]
    while folders:
        path, below = folders.pop()
        try:
            with os.scandir(path) as entries:
                found = [_seen(entry, below, kept.get(below, {})) for entry in entries]
        except OSError as error:
            if path == inbox:
                raise
            yield Ignored(below, f"the folder cannot be read: {error.strerror}")
            continue
        yield found.count(None)
        for one in found:
            if isinstance(one, os.DirEntry):
                folders.append((one.path, f"{below}/{shown(one.name)}" if below else shown(one.name)))
            elif one is not None:
                yield one


def _seen(entry: os.DirEntry[str], below: str, kept: Mapping[str, str]) -> Waiting | Ignored | os.DirEntry[str] | None:
    """Return what an entry of a folder is: itself where it is a folder too, None where it was done before."""
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Ignored(shown(entry.name), f"cannot be looked at: {error.strerror}")
    if kept and kept.get(entry.name) == seal(stamp_of(status)):
        return None
    name = shown(entry.name)
    why = why_ignored(name.lower(), status)
    if why:
        return Ignored(name, why)
    if stat.S_ISDIR(status.st_mode):
        return entry
    waiting = Waiting(Path(entry.path), stamp_of(status), below)
    return None if kept.get(name) == waiting.seal else waiting


def why_ignored(name: str, status: os.stat_result) -> str | None:
    """Return why something is left alone; None: it is a folder or a file to read."""
    why = next((why for is_so, why in _IGNORED_NAMES if is_so(name)), None)
    if why or stat.S_ISDIR(status.st_mode):
        return why
    if stat.S_ISREG(status.st_mode):
        return None if status.st_size else "empty"
    return next((why for is_so, why in _IGNORED_KINDS if is_so(status.st_mode)), "not a regular file")


def read_waiting(waiting: Waiting, most: int) -> Document:
    """Read a file of the inbox. Raises OSError, and ChangedError where it is not what was seen lying still."""
    number = os.open(waiting.path, _NEVER_WAIT)
    try:
        _must_be_same(number, waiting)
        sha256, size, data = _contents(number, waiting.size, most)
        _must_be_same(number, waiting)
        return Document(sha256, waiting.name, waiting.folder, waiting.path, size, data)
    finally:
        os.close(number)


def read_start(path: Path) -> bytes:
    """Read the first bytes of a file, and wait for nobody where it is a pipe. Raises OSError."""
    number = os.open(path, _NEVER_WAIT & ~os.O_NOFOLLOW)
    try:
        return os.read(number, _START)
    finally:
        os.close(number)


def read_file(path: Path, name: str, folder: str, most: int) -> Document:
    """Read one file as a document. Raises OSError."""
    with path.open("rb") as file:
        sha256, size, data = _contents(file.fileno(), os.fstat(file.fileno()).st_size, most)
        return Document(sha256, name, folder, path, size, data)


def _must_be_same(file: int, waiting: Waiting) -> None:
    if stamp_of(os.fstat(file)) != waiting.stamp:
        raise ChangedError("it changed while it was read")


def _contents(file: int, there: int, most: int) -> tuple[str, int, bytes | None]:
    """Return SHA-256, size and bytes of an open file of `there` bytes. Of more than `most`, the bytes are not kept.

    Of more than LARGEST, the SHA-256 is that of the size, the first and the last bytes: the same for the same file.

    Asks the system itself: a file object would ask five times more, and while it answers, other threads take the lock.
    """
    if there > LARGEST:
        ends = os.pread(file, _CHUNK, 0) + os.pread(file, _CHUNK, there - _CHUNK)
        return hashlib.sha256(b"%d bytes: " % there + ends).hexdigest(), there, None
    digest, kept, size = hashlib.sha256(), bytearray(), 0
    while size < there and (chunk := os.read(file, min(_CHUNK, there - size))):
        digest.update(chunk)
        size += len(chunk)
        if size <= most:
            kept += chunk
    return digest.hexdigest(), size, bytes(kept) if size <= most else None
