"""What lies in done/ and quarantine/ as a whole: files nobody knows, our notes, and what a crash left behind."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.inbox.folders import Folders
from pipeline.inbox.looking import why_ignored

_PARTIAL = re.compile(r"\.[0-9a-f]{16}\.part")
"""A copy across file systems that was cut off."""
_NOTE = ".txt"


@dataclass(frozen=True, slots=True)
class Survey:
    """What lies in done/ and quarantine/. Places are below the data folder."""

    places: frozenset[str]
    orphans: tuple[str, ...]
    """Documents that nobody knows."""
    leftovers: tuple[str, ...]
    """Half copies, and notes without the file that they are about."""


def survey(folders: Folders, known: Collection[str], coming: Collection[str]) -> Survey:
    """Look at everything in done/ and quarantine/.

    `known`: where the database says that files lie. `coming`: those of them whose move was cut off, perhaps
    after the note was written.
    """
    places = frozenset(_places(folders))
    noted = places.union(coming)
    strange = sorted(place for place in places if place not in known and not _is_note_about(place, noted))
    leftovers = tuple(place for place in strange if _is_leftover(folders.data / place))
    others = set(strange).difference(leftovers)
    orphans = tuple(place for place in sorted(others) if _is_document(folders.data / place))
    return Survey(places, orphans, leftovers)


def _places(folders: Folders) -> Iterator[str]:
    for folder in (folders.done, folders.quarantine):
        for path, _, names in os.walk(folder):
            below = Path(path).relative_to(folders.data).as_posix()
            yield from (f"{below}/{name}" for name in names)


def _is_note_about(place: str, noted: Collection[str]) -> bool:
    return place.endswith(_NOTE) and place.removesuffix(_NOTE) in noted


def _is_leftover(path: Path) -> bool:
    return bool(_PARTIAL.fullmatch(path.name)) or (path.name.endswith(_NOTE) and _is_note(path))


def _is_note(path: Path) -> bool:
    """Tell a note of ours by its first words: a document may be called like one."""
    subject = path.name.removesuffix(_NOTE)
    try:
        with path.open("rb") as file:
            return file.read(2000).startswith(f"{subject} was not summarised.\n".encode(errors="ignore"))
    except OSError:
        return False


def _is_document(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False  # taken away meanwhile
    return why_ignored(path.name.lower(), status) is None
