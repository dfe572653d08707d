"""Backup and recovery: what there is to do is found first, said, and only then done, one step after the other.

Each step leaves the folders and the database so that a recovery which is killed can be begun again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from functools import partial
from pathlib import Path

import filelock

from pipeline.app import House
from pipeline.errors import BusyError, InboxError, SettingsError
from pipeline.store.backup import backups, made_at, name_for, newest_sound, prune, write
from pipeline.store.examine import damage, dangling, undecided, without_summary
from pipeline.store.salvage import Salvaged, incident, mend, restore, set_aside
from pipeline.upkeep.inspection import inbox_trouble
from pipeline.upkeep.tidying import Step, file_steps, names_in

_PATIENCE = 600.0
"""Seconds that a backup waits for another one."""


def backup(house: House, keep: int, output: Path | None) -> Path:
    """Copy the database, beside a run that goes on, into data/backups or one file. Raises StoreError where it is damaged."""
    house.must_not_be_lost()
    if house.is_new:
        raise SettingsError(f"there is no database in {house.data} yet", "put files into the inbox: pipeline run")
    if output:
        output = name_for(output, house.clock.now()) if output.is_dir() else output
        if output.resolve().parent == house.data.resolve():
            raise SettingsError(f"{output} lies beside the database itself", "name a file in another folder")
        if not output.parent.is_dir():  # it is not made: a share that is not connected would be taken for a folder
            raise SettingsError(f"there is no folder {output.parent}", "connect the share, or make the folder")
        write(house.database, output)
        return output
    house.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with filelock.FileLock(house.backups / ".lock", timeout=_PATIENCE, mode=0o600):
            path = name_for(house.backups, house.clock.now())
            write(house.database, path)
            prune(house.backups, keep, path)
    except filelock.Timeout:
        raise BusyError(f"another backup is going on in {house.backups}; nothing was done") from None
    return path


def plans(house: House) -> Generator[list[Step], None, None]:
    """Yield what is to be done to the database, then to the inbox, then to the files: each looks at what the last one left.

    Raises BusyError, InboxError, StoreError.
    """
    if not house.data.is_dir():
        return
    with house.locked():
        for look in (_database_steps, _inbox_steps, file_steps):
            steps = look(house)
            if steps:
                yield steps


def carry_out(house: House, steps: Sequence[Step]) -> Iterator[tuple[Step, Salvaged | None]]:
    """Do one step after the other. A file that cannot be read or moved holds up no other. Raises OSError of the first, at the end."""
    if any(step.kind != "inbox" for step in steps):
        house.make_exports_old()
    troubles = []
    for step in steps:
        try:
            salvaged = step.do()
        except OSError as error:
            if not step.names:  # it is about the database or the exports
                raise
            troubles.append(error)
        else:
            yield step, salvaged
    if troubles:
        raise troubles[0]


def _database_steps(house: House) -> list[Step]:
    if house.is_new and not incident(house.data) and not backups(house.backups):
        return []
    broken = None if house.is_new else damage(house.database)
    if not house.is_new and not broken:
        return _mend_steps(house)
    steps = []
    if any(Path(f"{house.database}{ending}").exists() for ending in ("", "-wal", "-shm")):
        folder = house.data / "damaged"
        steps.append(
            Step(
                "aside", partial(_set_aside, house), {"folder": folder, "broken": broken or "nothing of it can be used"}
            )
        )
    found = newest_sound(house.backups)
    facts = {"backup": found, "made_at": made_at(found) if found else None}
    kind = "begin" if not found else "restore" if steps or incident(house.data) else "replace"
    return [*steps, Step(kind, partial(_restore, house, found), facts)]


def _set_aside(house: House) -> None:
    set_aside(house.database, house.data / "damaged", house.clock.now())


def _restore(house: House, found: Path | None) -> Salvaged:
    return restore(house.database, found, house.data / "damaged", house.clock.now())


def _mend_steps(house: House) -> list[Step]:
    with house.store() as store:
        loose, lost = dangling(store.engine), [*undecided(store.engine), *without_summary(store.engine)]
    return [Step("mend", partial(_mend, house), {"loose": loose}, lost)] if loose or lost else []


def _mend(house: House) -> None:
    mend(house.database, house.clock.now())


def _inbox_steps(house: House) -> list[Step]:
    if house.is_new:
        return []
    inbox = house.folders.inbox
    with house.store() as store:
        trouble = inbox_trouble(house, store)
    if trouble is None:
        return []
    if not inbox.is_dir():
        raise InboxError(
            trouble.message, f"connect the share again, or make the folder {inbox}; then: pipeline recover"
        )
    facts = {
        "inbox": inbox,
        "files": len(names_in(inbox)),
        "mark": "another mark" if house.folders.mark_found() else "no mark",
    }
    return [Step("inbox", partial(_mark, house), facts)]


def _mark(house: House) -> None:
    with house.store() as store:
        house.mark_inbox(store)
