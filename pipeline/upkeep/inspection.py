"""The database held against the folders: what lies where it should not, and what is where nobody knows. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from pipeline.app import House
from pipeline.errors import InboxError
from pipeline.export.files import leftovers
from pipeline.inbox.keeping import survey
from pipeline.store.examine import Placed, placed
from pipeline.store.store import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Findings:
    """What does not fit."""

    files: int
    """That the database says lie somewhere."""
    unfinished: tuple[Placed, ...] = ()
    """Their move was cut off; the next run ends it."""
    missing: tuple[Placed, ...] = ()
    """They lie nowhere."""
    orphans: tuple[str, ...] = ()
    """Documents in done/ and quarantine/ that the database does not know; below the data folder."""
    leftovers: tuple[str, ...] = ()
    """What a crash left behind: half copies, notes about nothing, exports that were never finished."""

    def also_in(self, later: Findings) -> Findings:
        """Return what a second look saw as well: a run that goes on has files in hand."""
        return Findings(
            later.files,
            _both(self.unfinished, later.unfinished),
            _both(self.missing, later.missing),
            _both(self.orphans, later.orphans),
            _both(self.leftovers, later.leftovers),
        )


def inspect(house: House, store: Store) -> Findings:
    """Hold every file against the database. An inbox that is not there says nothing about the files in it."""
    # The database first: what a run puts away meanwhile is an orphan for a moment, never missing.
    rows = placed(store.engine)
    coming = {row.file.place for row in rows if not row.is_put_away}
    kept = survey(house.folders, {row.file.place for row in rows}, coming)
    inbox_is_there = not inbox_trouble(house, store)
    own = f"{house.folders.inbox.name}/"
    judged = [row for row in rows if inbox_is_there or (row.is_put_away and not row.file.place.startswith(own))]
    away = [row for row in judged if row.file.place not in kept.places and not house.folders.holds(row.file.place)]
    missing = sorted((row for row in away if row.is_put_away or not waits(house, row)), key=_by_place)
    partial = [*leftovers(house.exports), *sorted(house.data.glob(".pipeline-*.db.part*"))]
    return Findings(
        len(rows),
        tuple(sorted((row for row in judged if not row.is_put_away and row not in missing), key=_by_place)),
        tuple(missing),
        kept.orphans,
        (*kept.leftovers, *(path.relative_to(house.data).as_posix() for path in partial)),
    )


def inbox_trouble(house: House, store: Store) -> InboxError | None:
    """Return why the folder in the inbox's place is not taken for the inbox; None: it is the inbox."""
    house.know_inbox(store)
    try:
        house.folders.must_be_there()
    except InboxError as error:
        return error
    return None


def waits(house: House, row: Placed) -> bool:
    """Tell whether a file lies in the inbox still, where it came from."""
    return (house.folders.inbox / row.file.folder / row.file.name).is_file()


def _both(first: Collection[T], second: Collection[T]) -> tuple[T, ...]:
    seen = set(first)
    return tuple(item for item in second if item in seen)


def _by_place(row: Placed) -> str:
    return row.file.place
