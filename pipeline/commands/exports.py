"""Tables and JSONL: all of them, or the part that a person asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from pipeline.app import House
from pipeline.commands.documents import no_such_prompt
from pipeline.errors import PipelineError
from pipeline.export.files import whole_file, write_one
from pipeline.store.reading import Reader


def export(house: House, form: str, output: Path | None, **filters: Any) -> list[Path]:
    """Write data/exports/, or one file. `filters`: since, prompt, run, quarantined; see Reader.results."""
    with house.reader() as reader:
        _must_be_known(house, reader, filters)
        if output is None:
            if form == "csv" and not any(filters.values()):
                return house.write_exports(reader, anew=True)
            paths = house.write_part(reader, form, **filters)
            if form == "csv":
                house.make_exports_old()  # a part stands where people look for the whole: the next run writes it
            return paths
        if output.is_dir():
            raise PipelineError(f"{output} is a folder", "name a file in it")
        if not output.parent.is_dir():  # it is not made: a share that is not connected would be taken for a folder
            raise PipelineError(f"there is no folder {output.parent}", "connect the share, or make the folder")
        with whole_file(output) as file:
            _write(house, reader, file, form, filters)
        return [output]


def export_to(house: House, file: IO[str], form: str, **filters: Any) -> None:
    """Write to an open file, such as standard output."""
    with house.reader() as reader:
        _must_be_known(house, reader, filters)
        _write(house, reader, file, form, filters)


def _write(house: House, reader: Reader, file: IO[str], form: str, filters: Mapping[str, Any]) -> None:
    """Write one table: that of the prompt which is asked for, else that of all documents."""
    prompt = filters.get("prompt")
    own = house.own_fields(prompt).get(prompt) if prompt else None
    write_one(file, form, reader.results(**filters), own)


def _must_be_known(house: House, reader: Reader, filters: Mapping[str, Any]) -> None:
    """Raise where a part is asked for that cannot be: an empty one would stand where people look for the whole.

    PipelineError for a run that never was, and for a prompt that is not there and never read a document.
    """
    prompt, run_id = filters.get("prompt"), filters.get("run")
    if prompt is not None and not _is_prompt(house, reader, prompt):
        raise no_such_prompt(house, prompt)
    if run_id is not None and not reader.has_run(run_id):
        raise PipelineError(f"there is no run {run_id}", "see the last one with: pipeline status")


def _is_prompt(house: House, reader: Reader, name: str) -> bool:
    """Tell whether there is a prompt of this name, or was one that read a document."""
    return name in house.prompts.by_name or name in (row["prompt"] for row in reader.costs("prompt", None))
