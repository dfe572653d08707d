"""One data folder: its lock, its database, its inbox, its exports; what is wrong with one of them is said here.

Knows nothing of prompts and providers: whom to ask is app.py's to say.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
from collections.abc import Iterator

import filelock

from pipeline import telemetry
from pipeline.clock import Clock
from pipeline.errors import BusyError, SettingsError, StoreError
from pipeline.inbox.folders import Folders
from pipeline.inbox.looking import Look
from pipeline.settings import Settings
from pipeline.store.backup import backups
from pipeline.store.reading import Reader
from pipeline.store.rows import stamp
from pipeline.store.salvage import incident
from pipeline.store.store import Store

_ROOM, _ROOM_PER_CALL = 2**20, 2**17
"""Bytes of disk that must be free for a request to leave: a reply without room for it would be paid for again."""
_GLANCE = 0.25
"""Seconds. `pipeline status` holds the lock for a moment, to see whether somebody else does."""


class DataFolder:
    """Everything a run makes, below one folder."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings, self.clock = settings, clock
        self.data = settings.data_dir
        self.database = self.data / "pipeline.db"
        self.exports = self.data / "exports"
        self.backups = self.data / "backups"
        self.folders = Folders(self.data, settings.inbox.settle)

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """Open the database for writing; make it where there is none."""
        least_room = _ROOM + _ROOM_PER_CALL * self.settings.inference.concurrency
        store = Store(self.database, self.clock, least_room=least_room)
        try:
            yield store
        finally:
            store.close()

    @contextlib.contextmanager
    def reader(self) -> Iterator[Reader]:
        """Open the database for reading. Raises SettingsError where there is none yet."""
        self.must_not_be_lost()
        if not self.database.exists():
            raise SettingsError(
                f"there is no database in {self.data} yet", "put files into the inbox and type: pipeline run"
            )
        with self.store() as store:
            yield Reader(store.engine)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of this data folder; the kernel gives it back after a crash. Raises BusyError."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.data / "pipeline.lock"
        lock = filelock.FileLock(file, timeout=_GLANCE, poll_interval=_GLANCE / 5, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise BusyError(f"another run is going on in {self.data}; nothing was done") from None
        except OSError as error:  # of a lock the system does not say which file it is about
            raise OSError(error.errno, error.strerror, str(file)) from None
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def opened(self) -> Iterator[Store]:
        """Lock, folders, log and database, for a command that changes things."""
        with self.locked():
            if self.is_new:
                self.must_not_be_lost()
                self.folders.make()
            handler = telemetry.configure(self.data / "pipeline.log")
            try:
                with self.store() as store:
                    self.enter_inbox(store)
                    self._finish_moves(store)
                    yield store
            finally:
                telemetry.close(handler)

    @property
    def is_new(self) -> bool:
        """Tell whether there is no database yet; one that was cut off while it was made is none."""
        return not self.database.exists() or not self.database.stat().st_size

    def must_not_be_lost(self) -> None:
        """A database that is gone while there are backups of it is restored, not begun anew. Raises StoreError."""
        if self.is_new and incident(self.data):
            raise StoreError(f"the recovery of {self.database} was cut off", "begin it again: pipeline recover")
        if self.is_new and backups(self.backups):
            raise StoreError(
                f"the database {self.database} is gone, but there are backups",
                f"type: pipeline recover; or remove {self.backups} to begin anew",
            )

    def enter_inbox(self, store: Store) -> None:
        """Be sure that the inbox is the one of this database; the first time, mark it. Raises InboxError."""
        is_marked = self.know_inbox(store)
        self.folders.must_be_there()
        if not is_marked:
            self.mark_inbox(store)
        self.folders.make()

    def know_inbox(self, store: Store) -> bool:
        """Take nothing for the inbox but the folder that the database knows; False: it was never marked."""
        mark = store.inbox_mark().result()
        if mark:
            self.folders.know(mark)
        return mark is not None

    def mark_inbox(self, store: Store) -> None:
        """Take the folder that is there now for the inbox. Marked first: killed in between, it is marked again."""
        mark = self.folders.mark(secrets.token_hex(8))
        store.mark_inbox(mark).result()
        self.folders.know(mark)

    def _finish_moves(self, store: Store) -> None:
        """Write down the moves that were made just before a crash."""
        for move in store.unfinished().result():
            # One that cannot be ended holds up no other: the run meets it in the inbox, and says what is wrong.
            with contextlib.suppress(OSError):
                if self.folders.finish(move.place, move.name, move.folder):
                    store.put_away(move.file_id, move.place).result()

    def look(self, store: Store | None) -> Look:
        """Look at the inbox. What was done before and stays there is not looked at again. Raises InboxError."""
        kept = None if self.settings.inbox.move or store is None else store.kept().result()
        return self.folders.look(self.clock.monotonic(), kept)

    def exports_are_old(self, reader: Reader) -> bool:
        """Tell whether the exports lack something, since what should have written them was killed."""
        newest, file = reader.newest(), self.exports / "summaries.csv"
        if not file.exists():
            return newest is not None
        written = file.stat().st_mtime
        return written == 0 or stamp(dt.datetime.fromtimestamp(written, dt.UTC)) < (newest or "")

    def make_exports_old(self) -> None:
        """Let the exports be written anew, by whoever comes next if not by us: rows change that are not new."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self.exports / "summaries.csv", (0, 0))
