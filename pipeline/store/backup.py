"""Copies of the database that can be carried away: one file, whole, tested, made while others write."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sqlite3
from itertools import count
from pathlib import Path

from pipeline.disk import to_disk
from pipeline.errors import StoreError
from pipeline.store.database import unusable
from pipeline.store.examine import connected, damage, wrong_header
from pipeline.store.versions import APPLICATION_ID

_NAME = re.compile(r"pipeline-(\d{8}T\d{6}Z)(?:-(\d+))?\.db")
_STAMP = "%Y%m%dT%H%M%SZ"
BESIDE = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""


def name_for(folder: Path, moment: dt.datetime) -> Path:
    """Return a name for a copy of this moment that nothing in the folder has."""
    stamp = moment.astimezone(dt.UTC).strftime(_STAMP)
    for number in count(1):
        path = folder / (f"pipeline-{stamp}.db" if number == 1 else f"pipeline-{stamp}-{number}.db")
        if not any(os.path.lexists(f"{path}{ending}") for ending in ("", *BESIDE)):
            return path
    raise AssertionError  # count does not end


def made_at(backup: Path) -> dt.datetime:
    """Return the moment that a backup's name tells."""
    found = _NAME.fullmatch(backup.name)
    assert found
    return dt.datetime.strptime(found[1], _STAMP).replace(tzinfo=dt.UTC)


def backups(folder: Path) -> list[Path]:
    """Return the backups in a folder, oldest name first. What has no name of ours is not ours."""
    if not folder.is_dir():
        return []
    return sorted((path for path in folder.iterdir() if _is_backup(path) and path.is_file()), key=_age)


def write(database: Path, target: Path) -> None:
    """Write a backup that appears under its name only when it is whole and sound. Raises StoreError, OSError."""
    if target.exists() and not target.is_file():
        raise StoreError(f"{target} is no file that a backup could replace", "name another one after --output")
    partial = target.with_name(f".{target.name}.part")
    try:
        _must_be_ours(database)
        empty(partial)
        fill(database, partial)
        seal(partial)
        partial.replace(target)
        to_disk(target.parent)
    except sqlite3.DatabaseError as error:
        is_full = "full" in str(error)  # what is read takes no room
        raise unusable(target if is_full else database, error) from error
    finally:
        remove(partial)


def prune(folder: Path, keep: int, newest: Path) -> None:
    """Remove the oldest backups beyond `keep`. The newest stays whatever its name says: clocks are set back."""
    others = [path for path in backups(folder) if path != newest]
    for path in others[: max(0, len(others) - (keep - 1))]:
        path.unlink(missing_ok=True)
    for partial in folder.glob(".pipeline-*.db.part*"):  # of one that was killed
        partial.unlink(missing_ok=True)


def newest_sound(folder: Path) -> Path | None:
    """Return the sound backup that knows most. Not the newest by name: clocks are set back, numbers are not."""
    knowing = sorted(((_knows(path), _age(path), path) for path in backups(folder)), reverse=True)
    return next((path for knows, _, path in knowing if knows and not damage(path)), None)


def empty(path: Path) -> None:
    """Make an empty file that its owner alone may read, or empty the one that a killed process left."""
    for ending in BESIDE:
        Path(f"{path}{ending}").unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))


def fill(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, in one step. Raises sqlite3.DatabaseError."""
    with connected(source) as old, connected(target) as new:
        old.backup(new)


def seal(path: Path) -> None:
    """Make a database a single file on the disk, and be sure that it is sound. Raises sqlite3.DatabaseError."""
    with connected(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    broken = damage(path)
    if broken:
        raise sqlite3.DatabaseError(f"malformed: {broken}")
    to_disk(path)


def remove(path: Path) -> None:
    """Remove a database of ours that is not needed any more, with what lies beside it."""
    for ending in ("", *BESIDE):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _is_backup(path: Path) -> bool:
    try:
        return bool(_NAME.fullmatch(path.name)) and bool(made_at(path))
    except ValueError:  # no moment at all
        return False


def _must_be_ours(database: Path) -> None:
    with connected(database) as connection:
        if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
            broken = wrong_header(connection)
            if broken:
                raise sqlite3.DatabaseError(f"malformed: {broken}")
            raise StoreError(f"{database} is the database of another program", "choose another data_dir")


def _age(backup: Path) -> tuple[str, int]:
    found = _NAME.fullmatch(backup.name)
    assert found
    return found[1], int(found[2] or 1)


def _knows(backup: Path) -> int:
    """Return how far the numbers of a backup have come; 0: it is not one of ours, or cannot be read."""
    query = "SELECT total(top) FROM (SELECT max(id) AS top FROM runs UNION ALL SELECT max(id) FROM attempts)"
    with contextlib.suppress(sqlite3.DatabaseError), connected(backup) as connection:
        if connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,):
            return 1 + int(connection.execute(query).fetchone()[0])
    return 0
