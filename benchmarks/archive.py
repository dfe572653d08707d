"""Does a night cost what the first one did, when a hundred thousand documents are done already?

    .venv/bin/python benchmarks/archive.py
    .venv/bin/python benchmarks/archive.py --documents 20000 --night 100

`pipeline run` reads a night's CVs into an empty data folder. Then the rows of that night are written down again and again,
as summarising so many would take a while, `pipeline export` lays out all of them, and `pipeline run` reads another night's.
"""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from job import settings
from pipeline.clock import SystemClock
from rig import Provider, arguments, cvs, environ, here, provider

TABLES = ("documents", "files", "attempts", "summaries", "outcomes")
STEP = 10_000_000
"""Between the numbers of a row and its next copy."""


def command(whom: Provider, data: Path, *words: str) -> float:
    """Return how many seconds a command took."""
    clock = SystemClock()
    begun = clock.monotonic()
    line = [sys.executable, "-m", "pipeline", words[0], "--data", str(data), *words[1:]]
    subprocess.run(
        line, env=environ() | settings(whom.url), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return clock.monotonic() - begun


def night(whom: Provider, data: Path, start: int, count: int) -> float:
    """Drop CVs that were not there before, and return how long a run over them took."""
    (data / "inbox").mkdir(parents=True, exist_ok=True)
    for name, text in itertools.islice(cvs(start + count), start, None):
        (data / "inbox" / name).write_bytes(text)
    return command(whom, data, "run")


def multiply(database: Path, documents: int, times: int) -> None:
    """Write every row of so many documents down again, as if others like them had come in."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in TABLES:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            for number in range(1, times):
                values = ", ".join(_value(name, number) for name in names)
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE id <= {documents}"
                )


def _value(name: str, number: int) -> str:
    """Return a column of a row's copy: what tells documents apart is another, all else the same."""
    if name in ("id", "document_id"):
        return f"{name} + {STEP * number}"
    if name == "sha256":
        return f"printf('%08x', {number}) || substr(sha256, 9)"
    return f"replace({name}, '.txt', ' {number}.txt')" if name in ("name", "place") else name


def main() -> None:
    """Measure and print."""
    options = arguments(__doc__, documents=100_000, night=100).parse_args()
    count, times = options.night, options.documents // options.night
    print(here())
    with tempfile.TemporaryDirectory() as folder, provider(options.provider) as whom:
        whom.set()
        data = Path(folder) / "data"
        first = night(whom, data, 0, count)
        multiply(data / "pipeline.db", count, times)
        whole = command(whom, data, "export")
        later = night(whom, data, count, count)
        size = sum(path.stat().st_size for path in (data / "exports").glob("*.csv")) / 2**20
    print(f"a night of {count:,}: {first:.1f} s; with {count * times:,} documents done before it: {later:.1f} s")
    print(f"(`pipeline export`, which lays out all of them: {whole:.1f} s; the tables have {size:.0f} MiB)")


if __name__ == "__main__":
    main()
