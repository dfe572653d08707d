"""Files, written whole or not at all: a reader sees the old one or the new one, never half."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Protocol

from pipeline.export.cells import Cell
from pipeline.export.tables import common_table, dollars, own_table
from pipeline.records import StoredResult

_PARTIAL = re.compile(r"\..+\.(\d+)\.part")
"""A file that is being written, and the process that writes it."""


class Results(Protocol):
    """Where rows come from; asked once for each table."""

    def __call__(self, *, prompt: str | None = None) -> Iterable[StoredResult]:
        """Return the results, or those of one prompt."""


def write(folder: Path, form: str, results: Results, own: Mapping[str, Sequence[tuple[str, ...]]]) -> list[Path]:
    """Write the exports into a folder and return their paths.

    `form` "jsonl": one file. "csv": one table for all documents, and one for each prompt in `own` (its
    name and the paths of its fields) that has results.
    """
    if form == "jsonl":
        path = folder / "summaries.jsonl"
        with whole_file(path) as file:
            write_jsonl(file, results())
        return [path]
    paths = [folder / "summaries.csv"]
    with whole_file(paths[0]) as file:
        write_csv(file, common_table(results()))
    for name, fields in own.items():
        if any(True for _ in results(prompt=name)):
            paths.append(folder / f"{name}.csv")
            with whole_file(paths[-1]) as file:
                write_csv(file, own_table(results(prompt=name), fields))
    return paths


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Open a file that appears under its name only when it is complete. Its owner alone may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def leftovers(folder: Path) -> list[Path]:
    """Return the unfinished files in a folder of exports whose writer is not alive any more."""
    found = ((path, _PARTIAL.fullmatch(path.name)) for path in sorted(folder.glob(".*.part")))
    return [path for path, name in found if name and not _is_alive(int(name[1]))]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def write_one(file: IO[str], form: str, results: Iterable[StoredResult]) -> None:
    """Write the table of all documents, or JSONL, into one open file."""
    if form == "jsonl":
        write_jsonl(file, results)
    else:
        write_csv(file, common_table(results))


def write_csv(file: IO[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write CSV as Excel and LibreOffice open it right: byte order mark, commas, CRLF (RFC 4180)."""
    file.write("\ufeff")
    csv.writer(file).writerows(rows)


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
