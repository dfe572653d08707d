"""The versions of the database: the scripts that lead from one to the next, and what tells that a file is ours."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
from collections.abc import Iterable, Iterator
from importlib import resources

APPLICATION_ID = 0x1B0C5
"""Written into the file, so that another program's database is never taken for ours."""
HEADER = ("user_version", "application_id")
SCHEMA = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"


def schema_damage(version: int, application: int, schema: Iterable[tuple[str, str]]) -> str | None:
    """Return how a database differs from what its header says it is: ours, and of which version; None: it may be right.

    Tables cannot become ours by chance, and each version's are different: where they say one thing and the header
    another, the header is damaged, and the remedy is not to choose another folder or to update the program.
    """
    there, made = set(schema), _schemas()
    same = [number for number, whole in enumerate(made, 1) if whole == there]
    if same and (version not in same or application != APPLICATION_ID):
        return f"its header says version {version} of program {application:#x}, its tables version {same[-1]} of ours"
    if same or application != APPLICATION_ID or not 0 < version <= len(made):
        return None  # sound, another program's, or a newer version's
    wanted, found = ({name for name, _ in whole} for whole in (made[version - 1], there))
    lacking = wanted - found  # more may be there: people add views
    return f"it lacks {min(lacking)}" if lacking else None


@functools.cache
def _schemas() -> tuple[frozenset[tuple[str, str]], ...]:
    """Return what the database consists of after each script."""
    made = []
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for script in migrations():
            connection.executescript(script)
            made.append(frozenset(connection.execute(SCHEMA)))
    return tuple(made)


def migrations() -> Iterator[str]:
    """Yield the scripts in the order of their numbers. A script is history: it is never changed, a new one is added."""
    folder = resources.files(__package__).joinpath("migrations")
    for script in sorted(folder.iterdir(), key=lambda file: file.name):
        if script.name.endswith(".sql"):
            yield script.read_text(encoding="utf-8")


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
