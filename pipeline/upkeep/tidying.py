"""Files and database brought together again, one kind of trouble after the other.

Each step leaves both so that a recovery which is killed can be begun again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pipeline.app import House
from pipeline.errors import ChangedError
from pipeline.inbox.looking import Waiting, read_file, read_waiting, shown, stamp_of
from pipeline.store.examine import Placed, standings
from pipeline.store.reading import Reader
from pipeline.store.salvage import Salvaged, adopt
from pipeline.store.store import Store
from pipeline.upkeep.inspection import Findings, inspect, waits

T = TypeVar("T")

Deed = Callable[[], Salvaged | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a recovery would do."""

    kind: str
    do: Deed
    """Does it, and returns what was taken over from a damaged database."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    names: Sequence[str] = ()
    """Of the files that it is about."""


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file that the database does not know, and what it knows of the document in it."""

    place: str
    sha256: str
    status: str | None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.place.rpartition("/")[2]

    @property
    def is_in_its_place(self) -> bool:
        """Tell whether it lies where its outcome put it."""
        folder = {"done": "done/", "quarantined": "quarantine/"}.get(self.status or "")
        return folder is not None and self.place.startswith(folder) and shown(self.name) == self.name


def file_steps(house: House) -> list[Step]:
    """Return what brings files and database together again, and the exports up to date."""
    if house.is_new:
        return []
    with house.store() as store:
        found = inspect(house, store)
        known = standings(store.engine) if found.orphans else {}
        is_old = house.exports_are_old(Reader(store.engine))
    orphans, unread = [], dict[str, OSError]()
    for place in found.orphans:
        try:
            orphans.append(_identified(house, place, known))
        except OSError as error:
            unread[place] = error
    steps = [step for step in _steps_for(house, found, orphans) if step.names]
    if unread:
        steps.append(Step("unread", partial(_raise_first, list(unread.values())), names=list(unread)))
    if steps or is_old:
        steps.append(Step("exports", partial(_export, house)))
    return steps


def _steps_for(house: House, found: Findings, orphans: Sequence[Orphan]) -> Iterator[Step]:
    """Yield every kind of step, also those about no file."""
    rows = [row.file.name for row in found.unfinished], [row.file.name for row in found.missing]
    yield Step("finish", partial(_finish, house, found.unfinished), names=rows[0])
    yield Step("let_go", partial(_let_go, house, found.missing), names=rows[1])
    adopted = [orphan for orphan in orphans if orphan.is_in_its_place]
    yield Step("adopt", partial(_adopt, house, adopted), names=[orphan.name for orphan in adopted])
    back = [orphan for orphan in orphans if not orphan.is_in_its_place]
    calls = {"calls": sum(orphan.status != "done" for orphan in back)}
    yield Step("back", partial(_take_back, house, back), calls, [orphan.name for orphan in back])
    yield Step("remove", partial(_remove, house, found.leftovers), names=found.leftovers)


def _identified(house: House, place: str, known: Mapping[str, str]) -> Orphan:
    sha256 = read_file(house.data / place, place, "", 0).sha256
    return Orphan(place, sha256, known.get(sha256))


def _finish(house: House, rows: Sequence[Placed]) -> None:
    with house.store() as store:
        _each(rows, lambda row: _finish_one(house, store, row))


def _finish_one(house: House, store: Store, row: Placed) -> None:
    """End a move that was cut off: before, in the middle, or just after it was made."""
    file = row.file
    if house.folders.finish(file.place, file.name, file.folder):
        store.put_away(file.file_id, file.place).result()
    elif waits(house, row):
        path = house.folders.inbox / file.folder / file.name
        waiting = Waiting(path, stamp_of(path.lstat()), file.folder)
        move = store.arrived(read_waiting(waiting, 0)).result().interrupted
        where = house.folders.put_away(waiting, move.place, move.failure) if move else None
        if move and where:
            store.put_away(move.file_id, where).result()
        else:  # another document lies there now
            store.let_go(file.file_id).result()


def _let_go(house: House, rows: Sequence[Placed]) -> None:
    """Write down that files lie nowhere. One that waits in the inbox again was put back by hand: it is tried again."""
    waiting = names_in(house.folders.inbox)
    with house.store() as store:
        futures = [
            store.take_back(row.file)
            if row.status == "quarantined" and {row.file.name, Path(row.file.place).name} & waiting
            else store.let_go(row.file.file_id)
            for row in rows
        ]
        for future in futures:
            future.result()


def _adopt(house: House, orphans: Sequence[Orphan]) -> None:
    with house.store() as store:
        for orphan in orphans:
            adopt(store.engine, orphan.sha256, orphan.name, orphan.place, house.clock.now())


def _take_back(house: House, orphans: Sequence[Orphan]) -> None:
    """Forgive first, then move: killed in between, the file is an orphan still."""
    with house.store() as store:
        _each(orphans, lambda orphan: _take_one_back(house, store, orphan))


def _take_one_back(house: House, store: Store, orphan: Orphan) -> None:
    if orphan.status == "quarantined":
        store.forgive(orphan.sha256).result()
    house.folders.take_back(orphan.place, "")


def _remove(house: House, places: Sequence[str]) -> None:
    _each(places, lambda place: (house.data / place).unlink(missing_ok=True))


def _each(items: Iterable[T], work: Callable[[T], None]) -> None:
    """Do something with every file, also where one cannot be read or moved. Raises OSError of the first one, at the end."""
    troubles = []
    for item in items:
        try:
            work(item)
        except ChangedError:
            pass  # somebody is at work on it: the next run sees what it became
        except OSError as error:
            troubles.append(error)
    if troubles:
        _raise_first(troubles)


def _raise_first(errors: Sequence[OSError]) -> NoReturn:
    raise errors[0]


def _export(house: House) -> None:
    with house.reader() as reader:
        house.write_exports(reader, anew=True)


def names_in(folder: Path) -> set[str]:
    """Return the names of the files in a folder and its sub-folders, hidden ones left out."""
    return {shown(name) for _, _, names in os.walk(folder) for name in names if not name.startswith(".")}
