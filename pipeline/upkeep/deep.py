"""`pipeline check --deep`: is the database sound, does it agree with itself, and with what lies in the folders?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.app import House
from pipeline.errors import PipelineError
from pipeline.store.backup import backups, made_at
from pipeline.store.examine import damage, dangling, held_by_nobody, undecided, unequal_sums, without_summary
from pipeline.store.store import Store
from pipeline.upkeep.inspection import Findings, inbox_trouble, inspect

_RECOVER = "type: pipeline recover (it says what it would do first)"
_MOST_NAMES = 5
_MOMENT = 1.0
"""Seconds between two looks beside a run: what it has in hand is put away by then."""
_HOUR, _DAY = 3600, 86400


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was looked at."""

    name: str
    ok: bool
    """False: a run would fail, or something is not where it belongs."""
    found: str
    remedy: str = ""


async def look_deep(house: House) -> list[Answer]:
    """Look at every row and every file. Changes nothing."""
    if house.is_new:
        return [Answer("integrity", ok=True, found="there is no database yet"), _backups(house)]
    try:
        broken = damage(house.database)
        if broken:
            return [Answer("integrity", ok=False, found=f"damaged: {broken}", remedy=_RECOVER), _backups(house)]
        with house.store() as store:
            return [*_of_database(store), *await _of_files(house, store), _backups(house)]
    except PipelineError as error:
        return [Answer("integrity", ok=False, found=error.message, remedy=error.hint)]


def _of_database(store: Store) -> Iterator[Answer]:
    loose = dangling(store.engine)
    yield _judged(
        "integrity", "every page is sound, every reference leads somewhere", _counted(loose, "rows point to nothing")
    )
    files, documents = undecided(store.engine), without_summary(store.engine)
    yield _judged(
        "outcomes",
        "every file that was put away has an outcome, every done document a summary",
        _named(files, "files were put away without an outcome"),
        _named(documents, "documents are done without a summary"),
    )
    unequal, attempts = unequal_sums(store.engine)
    differ = f"these differ by the way they are added: {', '.join(unequal)}" if unequal else ""
    yield _judged("sums", f"{attempts:,} attempts add up the same by document and by day", differ)


async def _of_files(house: House, store: Store) -> list[Answer]:
    trouble = inbox_trouble(house, store)
    found = inspect(house, store)
    if found.missing or found.orphans:  # a run that goes on has files in hand
        await house.clock.sleep(_MOMENT)
        found = found.also_in(inspect(house, store))
    inbox = (
        Answer("inbox", ok=False, found=trouble.message, remedy=trouble.hint)
        if trouble
        else Answer("inbox", ok=True, found=f"{house.folders.inbox} is the inbox of this database")
    )
    return [inbox, _files(found, held_by_nobody(store.engine)), _orphans(found)]


def _files(found: Findings, gone: int) -> Answer:
    missing = _named([row.file.name for row in found.missing], "files do not lie in their place")
    good = f"{found.files - len(found.missing) - len(found.unfinished):,} files lie in their place"
    aside = _counted(gone, "done documents were changed or taken away by hand")
    moving = _named([row.file.name for row in found.unfinished], "moves were cut off; the next run ends them")
    return _judged("files", "; ".join(filter(None, (good, aside, moving))), missing)


def _orphans(found: Findings) -> Answer:
    strange = _named(found.orphans, "files in done/ and quarantine/ are not in the database")
    left = _named(found.leftovers, "leftovers of a crash")
    if left and not strange:
        return Answer("orphans", ok=True, found=left, remedy=_RECOVER)
    return _judged("orphans", "nothing lies in done/ and quarantine/ that the database does not know", strange, left)


def _backups(house: House) -> Answer:
    kept = backups(house.backups)
    if not kept:
        return Answer("backups", ok=True, found="there is none", remedy="type: pipeline backup (or let cron do it)")
    moment = made_at(kept[-1])
    age = max(0.0, (house.clock.now() - moment).total_seconds())
    ago = f"{age / _DAY:.0f} days" if age >= 2 * _DAY else f"{age / _HOUR:.0f} hours"
    return Answer("backups", ok=True, found=f"{len(kept)}; the newest is {ago} old: {kept[-1].name}")


def _judged(name: str, good: str, *troubles: str) -> Answer:
    """Return an answer that is good unless there is some trouble."""
    bad = "; ".join(filter(None, troubles))
    return Answer(name, ok=not bad, found=bad or good, remedy=_RECOVER if bad else "")


def _counted(number: int, words: str) -> str:
    return f"{number:,} {words}" if number else ""


def _named(names: Sequence[str], words: str) -> str:
    """Return how many there are, with some of their names."""
    examples = ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")
    return f"{len(names):,} {words}: {examples}" if names else ""
