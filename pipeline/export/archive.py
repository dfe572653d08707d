"""The exports in data/exports/. Where the last ones still stand, and so does what they were made of, only what is new is written.

An archive of some years has a hundred thousand documents: to lay them all out takes longer than to read a night's hundred.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from pipeline import __version__
from pipeline.export.files import ALL, Before, whole_file, write_jsonl, write_tables
from pipeline.export.tables import common_table, own_table
from pipeline.records import Extent, StoredResult

_NOTE = ".exports.json"
"""What is known of the last exports. Who removes it has them written from the beginning."""


class Archive(Protocol):
    """The database, as it is at one moment; see store/reading.py."""

    def extent(self, before: Extent | None = None) -> Extent:
        """Return how far the finished documents reach. `before`: as far as they did then, with today's sums."""

    def results(self, *, beyond: Extent | None = None) -> Iterator[StoredResult]:
        """Yield what is known of each finished document, oldest first. `beyond`: of those only of which more is known."""


def write(
    folder: Path, form: str, results: Iterable[StoredResult], own: Mapping[str, Sequence[tuple[str, ...]]]
) -> list[Path]:
    """Write the exports of some documents into a folder and return their paths. Raises ExportError.

    `form` "jsonl": one file. "csv": one table for all documents, and one for each prompt in `own` (its
    name and the paths of its fields) that has results.
    """
    if form == "jsonl":
        path = folder / f"{ALL}.jsonl"
        with whole_file(path) as file:
            write_jsonl(file, results)
        return [path]
    return write_tables(folder, results, {name: own_table(paths) for name, paths in own.items()})


def update(
    folder: Path, archive: Archive, own: Mapping[str, Sequence[tuple[str, ...]]], *, anew: bool = False
) -> list[Path]:
    """Bring the tables of all documents up to date and return their paths. `anew`: from the beginning. Raises ExportError."""
    tables = {name: own_table(paths) for name, paths in own.items()}
    shape = [__version__, common_table().header, {name: table.header for name, table in tables.items()}]
    last = None if anew else _last(folder, shape)
    if last and archive.extent(last.extent) == last.extent:
        before = Before(last.tables, last.extent.newest or "")
        paths = write_tables(folder, archive.results(beyond=last.extent), tables, before)
    else:
        paths = write_tables(folder, archive.results(), tables)
    note = {"shape": shape, "extent": asdict(archive.extent()), "files": {path.stem: _seal(path) for path in paths}}
    with whole_file(folder / _NOTE) as file:
        json.dump(note, file)
    return paths


@dataclass(frozen=True, slots=True)
class _Last:
    """The last exports, as they still stand."""

    extent: Extent
    tables: Collection[str]


def _last(folder: Path, shape: list[Any]) -> _Last | None:
    """Return what the last exports held; None: there are none, somebody touched them, or tables have another shape now."""
    try:
        note = json.loads((folder / _NOTE).read_text("utf-8"))
        files, extent = note["files"], note["extent"]
        if note["shape"] != shape or any(_seal(folder / f"{name}.csv") != seal for name, seal in files.items()):
            return None
        return _Last(Extent(**extent | {"sums": tuple(extent["sums"])}), files)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # whatever stands there, it is not ours
        return None


def _seal(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]
