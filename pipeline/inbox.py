"""The folders that people see: what waits in the inbox, and where each file goes. The only room that moves their files.

We look at the inbox, we do not listen: file events get lost on network shares. A file is ready when
two looks, `settle` seconds apart, find it the same in size, time of change and inode.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import itertools
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InboxError
from pipeline.records import Document, Failure

UNFINISHED_SUFFIXES = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart", ".!ut")
"""Names under which browsers and copy programs write a file before it is whole."""
_IGNORED_NAMES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: name.startswith("."), "hidden"),
    (lambda name: name.startswith("~$"), "lock file of an office program"),
    (lambda name: name.endswith(UNFINISHED_SUFFIXES), "still being downloaded"),
)
_IGNORED_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "symbolic link"),
    (stat.S_ISFIFO, "named pipe"),
    (stat.S_ISSOCK, "socket"),
)
_LONGEST_NAME = 255
"""Bytes of a file name on every common file system."""
_LONGEST_SUFFIX = 20
_CHUNK = 2**20

Stamp = tuple[int, int, int, int]
"""Size, mtime_ns, inode, ctime_ns: a file with the same stamp has not been touched."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file in the inbox."""

    path: Path
    stamp: Stamp

    @property
    def name(self) -> str:
        """The name as it is shown and stored."""
        return shown(self.path.name)


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something in the inbox that is left alone, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the inbox found."""

    ready: tuple[Waiting, ...]
    """Finished files, oldest first."""
    unsettled: tuple[Waiting, ...]
    """Files that are new or still changing."""
    ignored: tuple[Ignored, ...]


def shown(name: str) -> str:
    r"""Return a file name as text that can be stored and printed; bytes that are not Unicode become `\xNN`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


class Folders:
    """The folders below one data folder."""

    def __init__(self, data: Path, settle: float) -> None:
        """Take the data folder, and the seconds between the two looks at which a file must be the same."""
        self.data = data
        self.inbox, self.done, self.quarantine = data / "inbox", data / "done", data / "quarantine"
        self._settle = settle
        self._seen: dict[Path, tuple[Stamp, float]] = {}
        self._reserved: set[Path] = set()

    def prepare(self, *, is_new: bool) -> None:
        """Make the folders. An inbox that was there and is gone is an error, never an empty inbox."""
        if not is_new and not self.inbox.is_dir():
            raise InboxError(
                f"the inbox {self.inbox} is not there",
                "connect the share again; if you removed the folder, make it anew",
            )
        for folder in (self.data, self.inbox, self.done, self.quarantine):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def look(self, now: float) -> Look:
        """Look at the inbox. `now` is monotonic seconds; a file is ready once it was the same `settle` seconds ago."""
        ready: list[Waiting] = []
        unsettled: list[Waiting] = []
        ignored: list[Ignored] = []
        seen: dict[Path, tuple[Stamp, float]] = {}
        for found in self._walk(self.inbox):
            if isinstance(found, Ignored):
                ignored.append(found)
                continue
            stamp, since = self._seen.get(found.path, (found.stamp, now))
            since = since if stamp == found.stamp else now
            seen[found.path] = (found.stamp, since)
            (ready if now - since >= self._settle else unsettled).append(found)
        self._seen = seen
        ready.sort(key=lambda waiting: (waiting.stamp[1], waiting.path))
        return Look(tuple(ready), tuple(unsettled), tuple(ignored))

    def _walk(self, folder: Path) -> Iterator[Waiting | Ignored]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            if folder == self.inbox:
                raise InboxError(
                    f"the inbox {folder} cannot be read: {error.strerror}", "look at its permissions"
                ) from None
            yield Ignored(shown(folder.name), f"the folder cannot be read: {error.strerror}")
            return
        for entry in entries:
            why = _why_ignored(entry)
            if why:
                yield Ignored(shown(entry.name), why)
            elif entry.is_dir(follow_symlinks=False):
                yield from self._walk(Path(entry.path))
            else:
                yield _waiting(entry)

    def read(self, waiting: Waiting, most: int) -> Document:
        """Read a file and hash it. One of more than `most` bytes is hashed, not loaded. Raises OSError."""
        folder = waiting.path.parent.relative_to(self.inbox).as_posix()
        return read_file(waiting.path, waiting.name, "" if folder == "." else shown(folder), most)

    def place_for(self, name: str, failure: Failure | None, today: dt.date) -> str:
        """Choose where a file will go, free and reserved: done/<day>/<name> or quarantine/<reason>/<name>."""
        quarantined = failure is not None and failure.reason is not None
        folder = self.quarantine / str(failure.reason) if failure and quarantined else self.done / today.isoformat()
        place = self._free(folder, name, with_note=quarantined)
        self._reserved.add(place)
        return place.relative_to(self.data).as_posix()

    def put_away(self, waiting: Waiting, place: str, failure: Failure | None) -> str | None:
        """Move a file to its place, with a note beside it when it is quarantined; return where it went.

        None: the file changed or vanished meanwhile, so it is left to the next look.
        """
        target = self.data / place
        try:
            if _stamp(waiting.path.lstat()) != waiting.stamp:
                return None
            if os.path.lexists(target):
                target = self._free(target.parent, target.name, with_note=failure is not None)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if failure:
                _note_path(target).write_text(_note(shown(target.name), failure), encoding="utf-8")
            _move(waiting.path, target)
        except FileNotFoundError:
            return None
        finally:
            self._reserved.discard(self.data / place)
        return target.relative_to(self.data).as_posix()

    def take_back(self, place: str, folder: str) -> Path | None:
        """Move a file from quarantine into the inbox again; return where it is now. None: it is not there any more."""
        source = self.data / place
        if not source.is_file():
            return None
        target = self._free(self.inbox / folder, source.name, with_note=False)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _move(source, target)
        _note_path(source).unlink(missing_ok=True)
        return target

    def holds(self, place: str) -> bool:
        """Tell whether there is a file at a place."""
        return (self.data / place).is_file()

    def _free(self, folder: Path, name: str, *, with_note: bool) -> Path:
        """Return a path in a folder that nothing has: the name itself, else "name (2).pdf"."""
        for number in itertools.count(1):
            path = folder / _numbered(name, number, with_note=with_note)
            taken = os.path.lexists(path) or path in self._reserved
            if not taken and not (with_note and os.path.lexists(_note_path(path))):
                return path
        raise AssertionError  # itertools.count does not end


def read_file(path: Path, name: str, folder: str, most: int) -> Document:
    """Read one file as a document. Raises OSError."""
    digest, kept, size = hashlib.sha256(), bytearray(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if size <= most:
                kept += chunk
    data = bytes(kept) if size <= most else None
    return Document(digest.hexdigest(), name, folder, path, size, data)


def _why_ignored(entry: os.DirEntry[str]) -> str | None:
    """Return why an entry of the inbox is left alone; None: it is a folder or a file to read."""
    why = next((why for is_so, why in _IGNORED_NAMES if is_so(entry.name.lower())), None)
    if why:
        return why
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    if stat.S_ISREG(status.st_mode):
        return None if status.st_size else "empty"
    kind = next((why for is_so, why in _IGNORED_KINDS if is_so(status.st_mode)), "not a regular file")
    return None if stat.S_ISDIR(status.st_mode) else kind


def _waiting(entry: os.DirEntry[str]) -> Waiting:
    return Waiting(Path(entry.path), _stamp(entry.stat(follow_symlinks=False)))


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns


def _numbered(name: str, number: int, *, with_note: bool) -> str:
    """Return the name with " (2)" before its suffix, cut so that it, and its note's name, fit a file system."""
    stem, suffix = os.path.splitext(shown(name))  # noqa: PTH122  # on a name, not on a path
    if len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, suffix = stem + suffix, ""
    tag = "" if number == 1 else f" ({number})"
    room = _LONGEST_NAME - len((tag + suffix).encode()) - (len(".txt") if with_note else 0)
    return stem.encode()[:room].decode(errors="ignore") + tag + suffix


def _note_path(path: Path) -> Path:
    return path.with_name(path.name + ".txt")


def _note(name: str, failure: Failure) -> str:
    return (
        f"{name} was not summarised.\n\n"
        f"Why:        {failure.message} [{failure.reason}]\n"
        f"What to do: {failure.hint}\n\n"
        "To have it tried again, put the file back into the inbox, or type: pipeline retry\n"
    )


def _move(source: Path, target: Path) -> None:
    """Rename; across file systems copy under a hidden name first, so that no half file is ever seen."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = target.with_name(f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.part")
        shutil.copy2(source, partial)
        with partial.open("rb") as copy:
            os.fsync(copy.fileno())
        partial.replace(target)
        source.unlink()
