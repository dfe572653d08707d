"""What happens where a provider has limits, makes mistakes, or the program is killed? Nobody is told the limits.

    .venv/bin/python benchmarks/pacing.py
    .venv/bin/python benchmarks/pacing.py --share 0.2 --provider SCRIPT

The same cases for our line and for the loop around the openai SDK with its usual retries (rivals.py). Ideal is the least
time in which anybody could finish as many: what does not come at once is served evenly, and each fault costs a call.
`failed` was given up, `left` is for the next run. `calls` are by the provider's count; so are tokens, which ours counts
for replies that it sent whole. Last, the program is killed (SIGKILL) when half of the documents are done, and run again.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from job import settings
from rig import Measured, Provider, arguments, contend, cvs, environ, here, provider, source

LATENCY, CONCURRENCY = 0.3, 64
BURST = 0.05
"""Share of a minute."""
FAULTS = "500:0.03,503:0.03,reset:0.02,cut:0.02,notjson:0.02"
MINUTE = 60
LONG = 25
"""Seconds that the case of tokens takes at best."""
PATIENCE = 4
"""So many times the ideal may a contender take, and PAUSE seconds more; then it is stopped."""
PAUSE = 20
HEAD = (
    f"{'':<14}{'':<8}{'documents':>10}{'finished':>10}{'failed':>8}{'left':>6}{'calls':>7}{'429':>7}{'faults':>8}"
    f"{'wall s':>9}{'ideal s':>9}{'of ideal':>10}"
)


@dataclass(frozen=True)
class Case:
    """A provider that is difficult."""

    name: str
    documents: int
    options: dict[str, Any]
    at_once: int = 0
    """Calls it takes at once; 0: as many as come."""
    a_second: float = 0.0
    """Documents it takes, after those that may come at once."""
    first: float = 0.0
    """Documents that may come at once."""

    def ideal(self, finished: int, faults: int = 0) -> float:
        """Return the least seconds in which so many documents can be finished."""
        if self.at_once:
            return (finished + faults) * LATENCY / self.at_once
        return max(0.0, finished - self.first) / self.a_second + LATENCY


def cases(share: float, tokens: int) -> list[Case]:
    """Return all cases, at this share of their size; a call takes so many tokens."""
    few, many, most = (round(share * count) for count in (300, 400, 500))
    rpm = 600
    tpm = round(few * tokens / (share * LONG / MINUTE + BURST))
    return [
        Case("rpm 600", few, {"rpm": rpm, "burst": BURST}, a_second=rpm / MINUTE, first=rpm * BURST),
        Case("8 at once", many, {"max_concurrency": 8}, at_once=8),
        Case(
            f"tpm {tpm}",
            few,
            {"tpm": tpm, "burst": BURST},
            a_second=tpm / tokens / MINUTE,
            first=tpm * BURST / tokens,
        ),
        Case("faults, 32", most, {"max_concurrency": 32, "faults": FAULTS}, at_once=32),
    ]


def tokens_of_a_call(whom: Provider, folder: Path) -> int:
    """Ask once, and see what is counted."""
    whom.set(latency=0)
    with (folder / "bodies").open("rb") as bodies:
        httpx.post(f"{whom.url}/chat/completions", content=bodies.readline(), trust_env=False)
    counted = whom.stats()
    return int(counted["prompt_tokens"] + counted["completion_tokens"])


def attempt(case: Case, name: str, whom: Provider, folder: Path) -> None:
    """Let a contender work at a case, and print what came of it."""
    whom.set(latency=LATENCY, **case.options)
    limit = PATIENCE * case.ideal(case.documents) + PAUSE
    with tempfile.TemporaryDirectory() as own:
        data = Path(own) / "data"
        measured = contend(name, whom, folder, data, concurrency=CONCURRENCY, limit=limit)
        counted = whom.stats()
        row(case, name, measured, counted)
        if name == "line" and case.options.get("faults"):
            books(data, counted)


def row(case: Case, name: str, measured: Measured, counted: dict[str, Any]) -> None:
    """Print a row."""
    faults, refused = sum(counted["by_fault"].values()), counted["by_status"].get("429", 0)
    calls, ideal = counted["requests"], case.ideal(measured.finished, faults)
    left = case.documents - measured.finished - measured.failed
    print(
        f"{case.name:<14}{name:<8}{case.documents:>10}{measured.finished:>10}{measured.failed:>8}{left:>6}{calls:>7}"
        f"{refused / calls:>7.1%}{faults:>8}{measured.wall:>9.1f}{ideal:>9.1f}{measured.wall / ideal:>10.2f}"
    )


def books(data: Path, counted: dict[str, Any]) -> None:
    """Print calls and tokens of the ledger beside the provider's own count."""
    query = """SELECT count(*), sum(input_tokens), sum(output_tokens), sum(status IS NULL) FROM attempts"""
    [(attempts, spent_in, spent_out, unseen)] = rows(data, query)
    documents = counted["documents"]
    print(
        f"  {counted['requests'] / (documents + sum(counted['by_fault'].values())):.3f} calls for each document and fault\n"
        f"  ledger:   {attempts} calls, tokens {spent_in:,} in, {spent_out:,} out; {unseen} calls without a whole reply\n"
        f"  provider: {counted['requests']} calls, tokens {counted['prompt_tokens']:,} in, "
        f"{counted['completion_tokens']:,} out; {counted['by_fault']}"
    )


def rows(data: Path, query: str) -> list[Any]:
    """Return what the database says."""
    with closing(sqlite3.connect(data / "pipeline.db")) as connection:
        return connection.execute(query).fetchall()


def killed(whom: Provider, folder: Path, documents: int) -> None:
    """Kill the program when half of the documents are done, run it again, and print what that cost."""
    whom.set(latency=LATENCY)
    command = [sys.executable, "-m", "pipeline", "run", "--data"]
    variables = environ() | settings(whom.url, concurrency=CONCURRENCY)
    with tempfile.TemporaryDirectory() as own, (Path(own) / "said").open("w") as said:
        data = Path(own) / "data"
        shutil.copytree(folder / "inbox", data / "inbox")
        first = subprocess.Popen([*command, str(data)], cwd=own, env=variables, stdout=said, stderr=said)
        while done(data) < documents / 2:
            assert first.poll() is None, "it ended before it was killed"
            time.sleep(0.02)
        before, in_flight = done(data), whom.stats()["in_flight"]
        first.kill()
        first.wait()
        [(unsettled,)] = rows(data, "SELECT count(*) FROM attempts WHERE seconds IS NULL")
        second = subprocess.run([*command, str(data)], cwd=own, env=variables, stdout=said, stderr=said, check=False)
        after, counted = done(data), whom.stats()
    print(
        f"\nSIGKILL with {before} of {documents} done and {in_flight} calls in flight "
        f"by the provider's count, {unsettled} by the ledger.\n"
        f"Run again: ended with {second.returncode}, {after} done, {counted['requests'] - documents} calls more than documents."
    )


def done(data: Path) -> int:
    """Return how many documents were put away."""
    return sum(path.is_file() for path in (data / "done").rglob("*"))


def main() -> None:
    """Run all cases and print a table."""
    parser = arguments(__doc__, share=1.0)
    parser.add_argument("--only", nargs="+", default=["line", "openai"], choices=["line", "openai"], help="contenders")
    options = parser.parse_args()
    print(f"{here()}\n{1000 * LATENCY:.0f} ms a reply, {CONCURRENCY} at once\n{HEAD}")
    with provider(options.provider) as whom:
        with source(cvs(1)) as folder:
            tokens = tokens_of_a_call(whom, folder)
        for case in cases(options.share, tokens):
            with source(cvs(case.documents)) as folder:
                for name in options.only:
                    attempt(case, name, whom, folder)
        documents = round(options.share * 500)
        with source(cvs(documents)) as folder:
            killed(whom, folder, documents)


if __name__ == "__main__":
    main()
