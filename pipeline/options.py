"""What several commands can be told, and how a day, a name and a place are typed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from pipeline.store.rows import stamp

_FIRST_YEAR, _LAST_YEAR = 1970, 9998
"""Elsewhere a day cannot be told in another time zone."""
MOST = 2**63 - 1
"""The largest number that SQLite holds."""


def day(text: str) -> dt.date:
    """Return the day that a person typed."""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("a day is written 2026-11-24") from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise typer.BadParameter(f"the year is to be from {_FIRST_YEAR} to {_LAST_YEAR}")
    return found


def name(text: str) -> str:
    """Return the name that a person typed. An empty one would be taken for none at all, and so for another wish."""
    if not text:
        raise typer.BadParameter("it is empty; is a variable not set?")
    return text


def place(text: str) -> Path:
    """Return the path that a person typed. Path("") would be the working folder, which nobody meant."""
    return Path(name(text))


Data = Annotated[
    Path | None,
    typer.Option("--data", parser=place, metavar="DIR", help="Folder with inbox, database and exports."),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", parser=place, metavar="FILE", help="Settings to use instead of pipeline.toml."),
]
Json = Annotated[bool, typer.Option("--json", help="Print data as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say every document, also where there is no terminal.")]
Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Take at most N documents.")]
AsOf = Annotated[
    dt.date | None, typer.Option(parser=day, metavar="DATE", help='The day that "present" means; default: today.')
]
Since = Annotated[
    dt.date | None,
    typer.Option(parser=day, metavar="DATE", help="Only what was decided on this day (local time) or later."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say calls, tokens and dollars; send nothing.")]
Wanted = typer.Argument(parser=name, metavar="FILE|ID", help="A file name, a number, or the start of a SHA-256.")


def midnight(begin: dt.date | None) -> str | None:
    """Return the beginning of a local day as the database writes moments."""
    return stamp(dt.datetime.combine(begin, dt.time.min).astimezone()) if begin else None
