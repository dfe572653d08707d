"""Names that fit and are free, notes beside quarantined files, and moves that leave no half file anywhere."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pipeline.disk import to_disk
from pipeline.errors import ChangedError
from pipeline.inbox.looking import Stamp, read_start, shown, stamp_of
from pipeline.records import Failure

_LONGEST_NAME = 255
"""Bytes of a file name on every common file system."""
_LONGEST_SUFFIX = 20
NOTE = ".txt"


def free(folder: Path, name: str, is_taken: Callable[[Path], bool], *, with_note: bool) -> Path:
    """Return a path in a folder that nothing has: the name itself, else "name (2).pdf".

    Of a thousand files of one name, the last one is not held against all before it: of numbers in a row the end is sought.
    """

    def path(number: int) -> Path:
        return folder / numbered(name, number, with_note=with_note)

    def is_free(number: int) -> bool:
        wanted = path(number)
        return not is_taken(wanted) and not (with_note and is_taken(note_path(wanted)))

    taken, found = 0, 1
    while not is_free(found):
        taken, found = found, 2 * found
    while found - taken > 1:
        middle = (taken + found) // 2
        taken, found = (taken, middle) if is_free(middle) else (middle, found)
    return path(found)


def numbered(name: str, number: int, *, with_note: bool) -> str:
    """Return the name with " (2)" before its suffix, cut so that it, and its note's name, fit a file system."""
    stem, suffix = os.path.splitext(shown(name))  # noqa: PTH122  # on a name, not on a path
    if len(suffix.encode()) > _LONGEST_SUFFIX:
        stem, suffix = stem + suffix, ""
    tag = "" if number == 1 else f" ({number})"
    room = _LONGEST_NAME - len((tag + suffix).encode()) - (len(NOTE) if with_note else 0)
    return stem.encode()[:room].decode(errors="ignore") + tag + suffix


def note_path(path: Path) -> Path:
    """Return where the note about a quarantined file lies."""
    return path.with_name(path.name + NOTE)


def is_note(path: Path) -> bool:
    """Tell a note of ours by its first words: a document may be called like one."""
    subject = path.name.removesuffix(NOTE)
    try:
        return read_start(path).startswith(f"{subject} was not summarised.\n".encode(errors="ignore"))
    except OSError:
        return False


def write_note(path: Path, failure: Failure) -> None:
    """Write why a file is in quarantine and what to do, or nothing at all. Raises OSError."""
    text = (
        f"{shown(path.name)} was not summarised.\n\n"
        f"Why:        {failure.message} [{failure.reason}]\n"
        f"What to do: {failure.hint}\n\n"
        "To have it tried again, put the file back into the inbox, or type: pipeline retry\n"
    )
    write_private(note_path(path), text)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, or nothing at all. Raises OSError.

    What has its name goes: a link would lead the words into another file, and a pipe would have us wait.
    """
    path.unlink(missing_ok=True)
    number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)  # half a note would keep the name from the file it is about
        raise


def move(source: Path, target: Path, stamp: Stamp | None = None) -> None:
    """Rename; across file systems copy under a hidden name first, so that no half file is ever seen.

    Raises OSError, and ChangedError where the file is not any more what its stamp says: then it lies where it was.
    """
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _move_across(source, target, stamp or stamp_of(source.lstat()))
        return
    # Not the whole stamp: there are network shares where a rename changes all of it but the size.
    if stamp and target.lstat().st_size != stamp[0]:
        target.rename(free(source.parent, source.name, os.path.lexists, with_note=False))
        raise ChangedError("it was replaced at the last moment")


def _move_across(source: Path, target: Path, stamp: Stamp) -> None:
    """Copy, which may take a while, and remove the source only where it is still what was copied."""
    _copy(source, target)
    if not os.path.lexists(source) or stamp_of(source.lstat()) != stamp:
        target.unlink()
        raise ChangedError("it changed while it was moved")
    try:
        source.unlink()
    except OSError:
        if os.path.lexists(source):  # nobody may take it away from there: every night would make one copy more
            target.unlink()
        raise


def finish(source: Path, target: Path) -> None:
    """Take away what is left of a move across file systems that ended after the copy: the same bytes in both places."""
    if source.is_file() and _digest(source) == _digest(target):
        source.unlink()


def _copy(source: Path, target: Path) -> None:
    """Copy whole or not at all, and be sure that it is on the disk before the source goes."""
    partial = target.with_name(f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.part")
    try:
        shutil.copyfile(source, partial)
        with contextlib.suppress(OSError):  # there are shares that keep neither rights nor times
            shutil.copystat(source, partial)
        to_disk(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    to_disk(target.parent)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
