"""The folders below one data folder, and the marker that tells the inbox from an empty mount point."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import ChangedError, InboxError
from pipeline.inbox.looking import Ignored, Kept, Look, Stamp, Waiting, read_start, stamp_of, walk
from pipeline.inbox.moving import finish, free, is_note, move, note_path, write_note, write_private
from pipeline.inbox.near import are_near
from pipeline.records import Failure

MARKER = ".inbox-pipeline"
_ABOUT = (
    "This folder is the inbox of Inbox Pipeline. By this file it knows that the right share is mounted: leave it here."
)
_MEND = "connect the share again; if this is the right folder, type: pipeline recover"


class Folders:
    """The folders below one data folder."""

    def __init__(self, data: Path, settle: float) -> None:
        """Take the data folder, and the seconds between the two looks at which a file must be the same."""
        self.data = data
        self.inbox, self.done, self.quarantine = data / "inbox", data / "done", data / "quarantine"
        self.marker = self.inbox / MARKER
        self._settle = settle
        self._token: str | None = None
        self._seen: dict[Path, tuple[Stamp, float]] = {}
        self._reserved: set[str] = set()

    def make(self) -> None:
        """Make the folders, readable by their owner only. Raises OSError, InboxError."""
        for folder in (self.data, self.inbox, self.done, self.quarantine):
            try:
                _make(folder)
            except FileExistsError:
                raise InboxError(f"{folder} is no folder", "something else has its name: move that away") from None

    @property
    def are_near(self) -> bool:
        """Tell whether files come and go on one disk of this machine."""
        return are_near((self.inbox, self.done, self.quarantine))

    def mark(self, token: str) -> str:
        """Mark the inbox; return its mark. One that is there stays: a person's, or that of another database. Raises InboxError."""
        kept = self.mark_found()
        if kept:
            return kept
        try:
            write_private(self.marker, f"{token}\n\n{_ABOUT}\n")
        except OSError as error:
            raise InboxError(
                f"the inbox {self.inbox} cannot be marked: {error.strerror}",
                f"connect the share again; if nobody may write there, let its owner make {self.marker} with any word in it",
            ) from None
        return token

    def mark_found(self) -> str | None:
        """Return the mark of the folder that stands in the inbox's place; None: it has none, or is not there."""
        with contextlib.suppress(OSError):
            return self._mark()
        return None

    def _mark(self) -> str | None:
        """Return what the marker says; None: nothing. Raises OSError."""
        first, *_ = read_start(self.marker).splitlines() or [b""]
        with contextlib.suppress(UnicodeDecodeError):
            return first.decode().strip() or None
        return None

    def know(self, token: str) -> None:
        """Take nothing for the inbox, from now on, but the folder with this mark."""
        self._token = token

    def must_be_there(self) -> None:
        """Be sure that the inbox is there: what has vanished is never taken for empty. Raises InboxError."""
        if not os.path.isdir(self.inbox):  # noqa: PTH112  # False also where a share is stale, not an error
            raise InboxError(f"the inbox {self.inbox} is not there", _MEND)
        try:
            mark = self._token and self._mark()
        except FileNotFoundError:
            mark = None
        except OSError as error:  # it may be the right one for all we know: not to be marked anew
            raise InboxError(
                f"{self.marker} cannot be read: {error.strerror}", "look at the disk or the share"
            ) from None
        if mark != self._token:
            lost = "has another mark" if mark else f"has no file {MARKER}"
            raise InboxError(f"{self.inbox} is not the inbox it was: it {lost}", _MEND)

    def look(self, now: float, kept: Kept | None = None) -> Look:
        """Look at the inbox. `now` is monotonic seconds; a file is ready once it was the same `settle` seconds ago.

        `kept`: files that were done before and stay. Raises InboxError.
        """
        self.must_be_there()
        ready: list[Waiting] = []
        unsettled: list[Waiting] = []
        ignored: list[Ignored] = []
        untouched = 0
        seen: dict[Path, tuple[Stamp, float]] = {}
        for found in self._walk(kept or {}):
            if isinstance(found, int):
                untouched += found
            elif isinstance(found, Ignored):
                ignored.append(found)
            else:
                stamp, since = self._seen.get(found.path, (found.stamp, now))
                since = since if stamp == found.stamp else now
                seen[found.path] = (found.stamp, since)
                (ready if now - since >= self._settle else unsettled).append(found)
        self._seen = seen
        ready.sort(key=lambda waiting: (waiting.stamp[1], waiting.path))
        ignored = sorted((item for item in ignored if item.name != MARKER), key=lambda item: item.name)
        return Look(tuple(ready), tuple(unsettled), tuple(ignored), untouched)

    def _walk(self, kept: Kept) -> Iterator[Waiting | Ignored | int]:
        try:
            yield from walk(str(self.inbox), kept)
        except OSError as error:
            raise InboxError(
                f"the inbox {self.inbox} cannot be read: {error.strerror}", "look at its permissions"
            ) from None

    def place_for(self, name: str, failure: Failure | None, today: dt.date) -> str:
        """Choose where a file will go, free and reserved: done/<day>/<name> or quarantine/<reason>/<name>."""
        quarantined = failure is not None and failure.reason is not None
        folder = self.quarantine / str(failure.reason) if failure and quarantined else self.done / today.isoformat()
        place = free(folder, name, self._is_taken, with_note=quarantined)
        self._reserved.add(_spelling(place))
        return place.relative_to(self.data).as_posix()

    def place_of(self, waiting: Waiting) -> str:
        """Return where a file of the inbox lies, below the data folder."""
        return "/".join(filter(None, (self.inbox.name, waiting.folder, waiting.name)))

    def put_away(self, waiting: Waiting, place: str, failure: Failure | None) -> str | None:
        """Move a file to its place, with a note beside it when it is quarantined; return where it went.

        None: the file changed or vanished meanwhile, so it is left to the next look. Raises OSError, InboxError.
        """
        target = reserved = self.data / place
        try:
            if stamp_of(waiting.path.lstat()) != waiting.stamp:
                return None
            if os.path.lexists(target):
                target = free(target.parent, target.name, self._is_taken, with_note=failure is not None)
            if failure:
                _make(target.parent)
                write_note(target, failure)
            _move_into(waiting.path, target, waiting.stamp)
        except (FileNotFoundError, ChangedError):
            self.must_be_there()
            if failure:
                note_path(target).unlink(missing_ok=True)
            return None
        finally:
            self._reserved.discard(_spelling(reserved))
        return place if target is reserved else target.relative_to(self.data).as_posix()

    def finish(self, place: str, name: str, folder: str) -> bool:
        """Tell whether a file arrived at its place, and end its move where that was cut off after the copy.

        Where it did not, its place is kept free for it.
        """
        if not self.holds(place):
            self._reserved.add(_spelling(self.data / place))
            return False
        finish(self.inbox / folder / name, self.data / place)
        return True

    def take_back(self, place: str, folder: str) -> Path | None:
        """Move a file from quarantine into the inbox again; return where it is now. None: it is not there any more."""
        source = self.data / place
        if not source.is_file():
            return None
        target = free(self.inbox / folder, source.name, self._is_taken, with_note=False)
        _make(target.parent)
        move(source, target)
        note_path(source).unlink(missing_ok=True)
        return target

    def forget(self, place: str) -> None:
        """Remove our note about a file that is not in quarantine any more. What cannot be removed does no harm."""
        note = note_path(self.data / place)
        if is_note(note):
            with contextlib.suppress(OSError):
                note.unlink()

    def holds(self, place: str) -> bool:
        """Tell whether there is a file at a place."""
        return (self.data / place).is_file()

    def _is_taken(self, path: Path) -> bool:
        return os.path.lexists(path) or _spelling(path) in self._reserved


def _spelling(path: Path) -> str:
    """Return what two names have in common that are one on a share of Windows or a Mac: the second would replace the first."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _move_into(source: Path, target: Path, stamp: Stamp) -> None:
    """Move, and make the folder where it is missing: to look first costs as much as the move. Raises as `move` does."""
    try:
        move(source, target, stamp)
    except FileNotFoundError:
        if target.parent.is_dir():
            raise
        _make(target.parent)
        move(source, target, stamp)
