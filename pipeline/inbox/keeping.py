"""What lies in done/ and quarantine/ as a whole: files nobody knows, our notes, and what a crash left behind."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.inbox.folders import Folders
from pipeline.inbox.looking import why_ignored
from pipeline.inbox.moving import NOTE, is_note

_PARTIAL = re.compile(r"\.[0-9a-f]{16}\.part")
"""A copy across file systems that was cut off."""


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
    return place.endswith(NOTE) and place.removesuffix(NOTE) in noted


def _is_leftover(path: Path) -> bool:
    return bool(_PARTIAL.fullmatch(path.name)) or (path.name.endswith(NOTE) and is_note(path))


def _is_document(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False  # taken away meanwhile
    return why_ignored(path.name.lower(), status) is None
