"""Opens the SQLite file: its settings, its version, its migrations."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, RootTransaction, event
from sqlalchemy.exc import DBAPIError

from pipeline.errors import StoreBusyError, StoreError
from pipeline.store import versions
from pipeline.store.versions import APPLICATION_ID, HEADER, SCHEMA, schema_damage

_OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables."""
_BUSY_SECONDS = 30
_PASSING = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE, errno.EDQUOT)
"""What the system says where nothing is wrong with the file's permissions: a later try may find it gone."""
_LOOK_AT_LIMITS = (
    "look at the disk (df, dmesg) and at limits (ulimit -f, ulimit -n, quota), then run again; nothing is lost"
)
MALFORMED_NAME = "malformed name in its schema"
"""What SQLite would say, had its words not that name in them: Python's sqlite3 raises UnicodeDecodeError instead."""
NOT_UNICODE = "Could not decode to UTF-8"
"""How Python's sqlite3 begins to say that a text is damaged; it goes on with the text."""
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # a paid reply is worth the 4 ms
    "foreign_keys = ON",
    "secure_delete = ON",
    f"busy_timeout = {_BUSY_SECONDS * 1000}",
)


def open_engine(path: Path) -> Engine:
    """Open the database, make or migrate it where needed. Raises StoreError with what to do."""
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreError(
            f"this Python brings SQLite {sqlite3.sqlite_version}", "use a Python with SQLite 3.37 or newer"
        )
    engine = sqlalchemy.create_engine(
        f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True
    )
    event.listen(engine, "connect", _configure)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _create_private(path)
        _must_be_writable(path)
        if not _is_current(engine):
            with engine.connect() as connection:
                _migrate(connection, path)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError | OSError | UnicodeDecodeError):
            raise unusable(path, error) from error
        raise
    return engine


def unusable(path: Path, error: Exception) -> StoreError:
    """Say in words what a database error means for the person who has to mend it."""
    words = str(error.orig if isinstance(error, DBAPIError) else error)
    if isinstance(error, UnicodeDecodeError):
        words = MALFORMED_NAME
    if NOT_UNICODE in words:
        words = "malformed text"
    if any(sign in words for sign in ("not a database", "malformed", "no such table", "no such column")):
        return damaged(path, words)
    if "locked" in words:
        return StoreBusyError(
            f"{path} is held by another program for over {_BUSY_SECONDS} seconds", "close it, then run again"
        )
    if "full" in words or "No space" in words:
        return StoreBusyError(f"the disk of {path} is full", "make room, then run again; nothing is lost")
    if "I/O error" in words or "locking protocol" in words:
        return StoreBusyError(f"{path} cannot be read or written ({words})", _LOOK_AT_LIMITS)
    cause = error if isinstance(error, OSError) else _refusal(path) if "unable to open" in words else None
    if cause and cause.errno in _PASSING:
        return StoreBusyError(f"{path} cannot be opened ({cause.strerror})", _LOOK_AT_LIMITS)
    return StoreError(f"{path} cannot be used ({words})", "look at the permissions of the file and of its folder")


def damaged(path: Path, how: str) -> StoreError:
    """Return what to say and do about a database that is not whole."""
    hint = "type: pipeline recover (it says what it would do, then puts the newest backup in its place)"
    return StoreError(f"{path} is damaged ({how})", hint)


def _refusal(path: Path) -> OSError | None:
    """Return why the system lets nobody open a database, which SQLite does not say; None: it does not tell.

    The folder is opened, not the file: to close a file would take from SQLite the locks that it has on it in this process.
    """
    try:
        path.stat()
        os.close(os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY))
        return OSError(errno.EIO, "a moment ago, not any more") if _is_open(path) else None
    except OSError as error:
        return error


def _is_open(path: Path) -> bool:
    """Tell whether nothing but a passing trouble can have kept SQLite from a database and the files beside it."""
    there = [place for place in (path, *(Path(f"{path}{ending}") for ending in ("-wal", "-shm"))) if place.exists()]
    return path.is_file() and all(os.access(place, os.R_OK | os.W_OK) for place in (path.parent, *there))


@contextlib.contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn a database error into what a person can mend. Raises StoreError."""
    try:
        yield
    except (DBAPIError, UnicodeDecodeError) as error:
        raise unusable(Path(str(engine.url.database)), error) from error


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Connect, to read the database as it is at one moment. Raises StoreError."""
    with translated(engine), engine.connect() as connection, _begun(connection, "BEGIN"):
        yield connection


def writing(connection: Connection) -> AbstractContextManager[RootTransaction]:
    """Begin a transaction that takes its lock at once: one that reads, then writes, fails with "database is locked"."""
    return _begun(connection, "BEGIN IMMEDIATE")


def room(path: Path) -> int:
    """Return how many bytes more the disk of a file takes."""
    return shutil.disk_usage(path.parent).free


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another one of its name; None: there is none. Raises OSError."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _create_private(path: Path) -> None:
    """Make the file readable by its owner only: it holds what CVs say."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _must_be_writable(path: Path) -> None:
    """Refuse a file that we may not write before SQLite makes others beside it with the same rights."""
    for place, rights in ((path.parent, os.R_OK | os.W_OK | os.X_OK), (path, os.R_OK | os.W_OK)):
        if not os.access(place, rights, effective_ids=os.access in os.supports_effective_ids):
            raise StoreError(f"{place} may not be read and written", f"give yourself the right: chmod u+rwX '{place}'")


def _configure(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves; see _begun
    for pragma in _PRAGMAS:
        dbapi_connection.execute(f"PRAGMA {pragma}")


@contextlib.contextmanager
def _begun(connection: Connection, how: str) -> Iterator[RootTransaction]:
    """Say BEGIN here, not in a listener to SQLAlchemy's event: with one, every statement asks for others, a tenth more."""
    with connection.begin() as transaction:
        connection.exec_driver_sql(how)
        yield transaction


def _is_current(engine: Engine) -> bool:
    """Tell whether there is nothing to migrate. Asks for no lock, so that `status` waits for nobody."""
    with engine.connect() as connection, _begun(connection, "BEGIN"):
        return _header(connection) == (len(list(versions.migrations())), APPLICATION_ID)


def _header(connection: Connection) -> tuple[int, int]:
    version, application = (int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()) for name in HEADER)
    return version, application


def _migrate(connection: Connection, path: Path) -> None:
    steps = list(versions.migrations())
    with writing(connection):
        version, application = _header(connection)
        foreign = application != APPLICATION_ID
        there = [(str(name), str(sql)) for name, sql in connection.exec_driver_sql(SCHEMA)]
        if version > len(steps) and not foreign:
            raise StoreError(
                f"{path} was made by a newer version of this program (database version {version}, known {len(steps)})",
                "update the program; if there is no newer one, the file is damaged: pipeline recover",
            )
        broken = schema_damage(version, application, there)
        if broken:
            raise damaged(path, broken)
        if foreign and there:
            raise StoreError(f"{path} is the database of another program", "choose another data_dir")
        for number, script in enumerate(steps[version:], version + 1):
            for statement in versions.statements(script):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version = {number}")
        if foreign:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
