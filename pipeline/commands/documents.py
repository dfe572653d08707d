"""Documents that are known: found by what a person calls them, counted, taken back from quarantine."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.app import House
from pipeline.errors import BusyError, InboxError, PipelineError
from pipeline.inbox.looking import Look
from pipeline.records import StoredFile
from pipeline.store.reading import Reader
from pipeline.store.store import Store


def find(house: House, reader: Reader, wanted: str) -> list[int]:
    """Return the numbers of the documents that a person means by name, number, hash, or the path where a file lies."""
    found = next(filter(None, map(reader.find, spellings(wanted))), [])
    if found or os.sep not in wanted:
        return found
    path = Path(wanted).absolute()
    named = find(house, reader, path.name)
    return [number for number in named if path in _paths(house, reader, number)]


def _paths(house: House, reader: Reader, number: int) -> list[Path]:
    """Return where the files of a document lie."""
    return [house.data / file["place"] for file in reader.document(number)["files"] if file["place"]]


def spellings(name: str) -> list[str]:
    """Return the ways in which one name may be written in Unicode, the given one first: a Mac writes "é" as two letters."""
    return list(dict.fromkeys([name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)]))


def status(house: House) -> dict[str, Any]:
    """Return what is waiting, done and in quarantine, and how the last run went."""
    facts: dict[str, Any] = {"documents": {}, "quarantine": {}, "last_run": None}
    cost, look, missing = None, Look(), None
    with existing_store(house) as store:
        if store:
            reader = Reader(store.engine)
            facts, cost = reader.status(), reader.total_cost()
        try:
            if store or house.folders.inbox.is_dir():
                look = house.look(store)
            else:
                missing = f"{house.folders.inbox} is not there yet; the first run makes it"
        except InboxError as error:
            missing = str(error)
    return facts | {
        "inbox": str(house.folders.inbox),
        "missing": missing,
        "waiting": len(look.ready) + len(look.unsettled),
        "kept": look.kept,
        "ignored": [asdict(item) for item in look.ignored],
        "running": house.data.is_dir() and is_running(house),
        "cost": cost,
    }


def is_running(house: House) -> bool:
    """Tell whether another run holds the lock."""
    try:
        with house.locked():
            return False
    except BusyError:
        return True


def retry(house: House, wanted: str | None, trouble: Callable[[str, str, str], None] = lambda *_: None) -> list[Path]:
    """Take quarantined files back into the inbox: all, or those of one name, number or hash. Works beside a run.

    `trouble` is told the name of a file that cannot be moved, why, and what to do; it holds up no other.
    """
    with house.store() as store:
        reader = Reader(store.engine)
        chosen = None if wanted is None else set(find(house, reader, wanted))
        house.enter_inbox(store)
        files = [file for file in reader.quarantined() if chosen is None or file.document_id in chosen]
        taken = []
        for file in files:
            try:
                taken.append(_take_back(house, store, file))
            except OSError as error:
                rights = f"the rights of {house.folders.inbox} and {(house.data / file.place).parent}"
                why = f"it cannot be moved: {error.strerror or type(error).__name__}"
                trouble(file.name, why, f"look at the space and {rights}, then: pipeline retry")
        return [path for path in taken if path]


def _take_back(house: House, store: Store, file: StoredFile) -> Path | None:
    """Move a file first, then write it down: killed in between, a run finds it in the inbox and knows who put it there."""
    stays = file.place.startswith(f"{house.folders.inbox.name}/")
    path = house.data / file.place if stays else house.folders.take_back(file.place, file.folder)
    if path:
        store.take_back(file).result()
    return path


@dataclass(frozen=True, slots=True)
class Redoing:
    """What there is to read again of the documents that one prompt read last."""

    files: list[StoredFile]
    """One for each document without a result for the prompt's newest version."""
    known: int
    """Documents that have one: they are not even opened."""
    gone: int
    """Documents whose file does not lie in its place any more: of what was done, some may be removed on purpose."""


def to_redo(house: House, reader: Reader, prompt: str, since: str | None) -> Redoing:
    """Return what a prompt is to read again. Raises PipelineError where there is no such prompt."""
    template = house.prompts.by_name.get(prompt)
    if template is None:
        raise no_such_prompt(house, prompt)
    whom, _ = house.asked(need_key=False)
    known = reader.summarised(template.hash, whom.for_model(template.model).model)
    done = reader.done(prompt, since)
    new = [file for file in done if file.document_id not in known]
    # As if they lay in the prompt's own folder: they are not routed anew.
    there = [replace(file, folder=prompt) for file in new if house.folders.holds(file.place)]
    return Redoing(there, len(done) - len(new), len(new) - len(there))


def no_such_prompt(house: House, prompt: str) -> PipelineError:
    """Return what to say where somebody asks for a prompt that is not there."""
    return PipelineError(f"there is no prompt {prompt!r}", f"there are: {', '.join(house.prompts.by_name)}")


@contextlib.contextmanager
def existing_store(house: House) -> Iterator[Store | None]:
    """Open the database, if there is one, and know its inbox; make and move nothing."""
    house.must_not_be_lost()
    if house.is_new:
        yield None
        return
    with house.store() as store:
        house.know_inbox(store)
        yield store
