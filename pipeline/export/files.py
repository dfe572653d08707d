"""Files, written whole or not at all: a reader sees the old one or the new one, never half."""

from __future__ import annotations

import contextlib
import csv
import errno
import glob
import json
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, TextIO

from pipeline.disk import to_disk
from pipeline.errors import ExportError
from pipeline.export.cells import Cell
from pipeline.export.tables import Cells, Table, common_table, dollars, own_table, state
from pipeline.records import StoredResult

ALL = "summaries"
"""The table of all documents, as a file is called without its ending."""
_SHA256 = 64
"""Hexadecimal digits."""
_PARTIAL = re.compile(r"\.(.+)\.(\d+)\.part")
"""A file that is being written, and the process that writes it."""


@dataclass(frozen=True, slots=True)
class Before:
    """Tables that are there already."""

    names: Collection[str] = ()
    newest: str = ""
    """When the last document in them was decided."""


def write_tables(
    folder: Path, results: Iterable[StoredResult], own: Mapping[str, Table], before: Before = Before()
) -> list[Path]:
    """Write one table for all documents, and one for each prompt in `own` that has results; return their paths.

    All in one go through the results, the oldest first. Tables that are there keep their rows; what was decided before their
    newest one has its new row in the place of its old one. Raises ExportError.
    """
    tables, changed = {**own, ALL: common_table()}, defaultdict[str, dict[str, Cells]](dict)
    writers: dict[str, Any] = {}
    with contextlib.ExitStack() as opened:

        def begun(name: str) -> Any:
            if name not in writers:
                file = opened.enter_context(whole_file(folder / f"{name}.csv"))
                if name in before.names:
                    writers[name] = csv.writer(file)
                    _copy_rows(folder / f"{name}.csv", file, writers[name], changed[name])
                else:
                    writers[name] = _csv_writer(file)
                    writers[name].writerow(tables[name].header)
            return writers[name]

        for result in results:
            end = state(result)
            for name in (ALL, result.prompt):
                if name in tables:
                    row = tables[name].row(result, end)
                    if result.decided_at <= before.newest:
                        changed[name][result.sha256] = row
                    else:
                        begun(name).writerow(row)
        for name in (ALL, *changed):
            begun(name)
    return [folder / f"{name}.csv" for name in dict.fromkeys([*writers, *before.names])]


def _copy_rows(path: Path, file: TextIO, writer: Any, changed: Mapping[str, Cells]) -> None:
    """Copy a table into another file, with the rows of some documents, by SHA-256, in the place of those that it has.

    A row is one line, and ends with the SHA-256.
    """
    with path.open(encoding="utf-8", newline="\r\n") as lines:
        for line in lines:
            row = changed.get(line[-2 - _SHA256 : -2])
            if row:
                writer.writerow(row)
            else:
                file.write(line)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a file that appears under its name only when it is complete. Its owner alone may read it. Raises ExportError.

    What is no file is written into: a terminal, a pipe that somebody reads.
    """
    try:
        if path.exists() and not path.is_file():
            with open(path, "w", encoding="utf-8", newline="", opener=_if_read) as file:  # Path.open takes no opener
                yield file
        else:
            with _replacing(path.resolve()) as file:  # a link stays, and what it leads to is replaced
                yield file
    except OSError as error:
        why, remedy = str(error.strerror), "make room, or mend the rights of its folder"
        if error.errno == errno.ENXIO:
            why, remedy = "it is a pipe that nobody reads", "start first what reads it, or remove it"
        raise ExportError(f"{path} cannot be written: {why}", f"{remedy}, then type: pipeline export") from error


def _if_read(path: str, flags: int) -> int:
    """Open what is no file, and wait for nobody where it is a pipe."""
    number = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(number, True)
    return number


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in leftovers(path.parent, path.name):
            left.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        to_disk(partial)
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def leftovers(folder: Path, name: str = "") -> list[Path]:
    """Return what processes that are gone have left of a file, or of all: they were killed while they wrote it."""
    found = ((path, _PARTIAL.fullmatch(path.name)) for path in sorted(folder.glob(f".{glob.escape(name)}*.part")))
    return [path for path, parts in found if parts and name in ("", parts[1]) and not _is_alive(int(parts[2]))]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as error:
        return isinstance(error, PermissionError)  # it is somebody else's
    return True


def write_one(
    file: IO[str], form: str, results: Iterable[StoredResult], own: Sequence[tuple[str, ...]] | None = None
) -> None:
    """Write JSONL or one table into an open file: with the fields at the paths in `own`, or that of all documents."""
    if form == "jsonl":
        write_jsonl(file, results)
    else:
        write_csv(file, (common_table() if own is None else own_table(own)).rows(results))


def write_csv(file: IO[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write CSV as Excel and LibreOffice open it right: byte order mark, commas, CRLF (RFC 4180)."""
    _csv_writer(file).writerows(rows)


def _csv_writer(file: IO[str]) -> Any:
    file.write("\ufeff")
    return csv.writer(file)


def write_jsonl(file: IO[str], results: Iterable[StoredResult]) -> None:
    """Write one JSON object a line."""
    for result in results:
        file.write(json.dumps(_line(result), ensure_ascii=False) + "\n")


def _line(result: StoredResult) -> dict[str, Any]:
    return {
        "file": result.file,
        "sha256": result.sha256,
        "prompt": result.prompt,
        "model": result.model,
        "summary": result.fields,
        "usage": asdict(result.usage)
        | {
            "attempts": result.attempts,
            "unknown_attempts": result.unknown_attempts,
            "unpriced_attempts": result.unpriced_attempts,
        },
        "cost_usd": dollars(result.nanodollars),
        "status": result.status,
        "reason": result.reason,
    }
