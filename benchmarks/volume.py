"""Does the twentieth thousand of documents cost what the first one did? In time, in memory, in dollars.

    .venv/bin/python benchmarks/volume.py
    .venv/bin/python benchmarks/volume.py --documents 400 --few 100 --pictures FOLDER

Our line and the bare loop over all documents, our line again with faults, and over half and few of them for the memory;
the loops that a person would write (rivals.py) over the fewest. Draws time.svg and cost.svg. No provider is asked: tokens
are those of the one on loopback, prices those of the public list.
"""

from __future__ import annotations

import itertools
import sqlite3
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genai_prices import Usage, calc_price

from rig import HERE, Measured, Provider, arguments, contend, cvs, has_instructor, here, provider, source
from svg import Chart, Line

LATENCY, CONCURRENCY = 0.3, 64
FAULTS = "500:0.03,503:0.03,reset:0.02,cut:0.02,notjson:0.02"
MODEL = "gpt-5-mini"
PARTS = 20
"""So many parts of the documents are looked at, one by one."""
MILLION = 1_000_000
BLUE, ORANGE, GREEN, VIOLET, GREY = "#1b6ec2", "#d9730d", "#2e8b57", "#8a4fbf", "#777"


@dataclass(frozen=True)
class Volume:
    """One run of our line, and what it cost."""

    measured: Measured
    dollars: list[float]
    """For a thousand documents, part by part."""
    unseen: int
    """Calls without a whole reply: nobody saw their tokens, so they have no price."""


@contextmanager
def priced() -> Iterator[Path]:
    """Yield a configuration with the model's price as the public list has it: its maker is not whom we ask."""
    usages = Usage(input_tokens=MILLION, output_tokens=0), Usage(input_tokens=0, output_tokens=MILLION)
    fresh, made = (calc_price(usage, MODEL, provider_id="openai").total_price for usage in usages)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pipeline.toml"
        file.write_text(f'[prices."{MODEL}"]\ninput = {fresh}\noutput = {made}\n')
        yield file


def line(whom: Provider, folder: Path, **options: Any) -> Volume:
    """Let our line work, and read in its ledger what that cost."""
    whom.set(latency=LATENCY, **options)
    with tempfile.TemporaryDirectory() as own, priced() as config:
        data = Path(own) / "data"
        measured = contend("line", whom, folder, data, concurrency=CONCURRENCY, model=MODEL, config=config)
        query = """SELECT sum(cost_nanodollars) / 1e6, sum(status IS NULL)
                   FROM attempts GROUP BY document_id ORDER BY document_id"""
        with closing(sqlite3.connect(data / "pipeline.db")) as connection:
            rows = connection.execute(query).fetchall()
    dollars = [statistics.fmean(part) for part in _parts([dollars or 0.0 for dollars, _ in rows])]
    return Volume(measured, dollars, sum(unseen for _, unseen in rows))


def _parts(values: list[float]) -> list[list[float]]:
    """Return neighbouring values together, so many times."""
    edges = [len(values) * number // PARTS for number in range(PARTS + 1)]
    return [values[start:end] for start, end in itertools.pairwise(edges)]


def rival(name: str, whom: Provider, folder: Path) -> Measured:
    """Let another contender work."""
    whom.set(latency=LATENCY)
    with tempfile.TemporaryDirectory() as own:
        return contend(name, whom, folder, Path(own) / "data", concurrency=CONCURRENCY)


def seconds(measured: Measured, documents: int) -> list[float]:
    """Return how long each part of the documents took."""
    ends = [documents * number // PARTS for number in range(1, PARTS + 1)]
    moments = [0.0] + [_moment(measured, end) for end in ends]
    return [after - before for before, after in itertools.pairwise(moments)]


def _moment(measured: Measured, count: int) -> float:
    """Return when so many were finished; at the latest when all was over."""
    return next((moment for moment, finished in measured.curve if finished >= count), measured.wall)


def table(calm: Volume, bare: Measured, faulty: Volume, documents: int) -> None:
    """Print what each part took and cost; the last row is the whole, with what comes after the last document."""
    print(f"\n{'documents':>12}{'line s':>9}{'bare s':>9}{'$/1,000 calm':>15}{'with faults':>13}")
    columns = seconds(calm.measured, documents), seconds(bare, documents), calm.dollars, faulty.dollars
    for number, (ours, theirs, dollars, more) in enumerate(zip(*columns, strict=True), 1):
        print(f"{documents * number // PARTS:>12,}{ours:>9.2f}{theirs:>9.2f}{dollars:>15.4f}{more:>13.4f}")
    means = statistics.fmean(calm.dollars), statistics.fmean(faulty.dollars)
    print(f"{'all':>12}{calm.measured.wall:>9.2f}{bare.wall:>9.2f}{means[0]:>15.4f}{means[1]:>13.4f}")
    print(
        f"finished: {calm.measured.finished:,}; with faults {faulty.measured.finished:,}, {faulty.unseen:,} calls without a whole reply"
    )


def memory(runs: dict[int, Measured]) -> None:
    """Print the peak for each number of documents."""
    print(f"\n{'documents':>12}{'peak MiB':>10}{'with workers':>14}{'CPU ms/doc':>12}")
    for documents, run in runs.items():
        each = 1000 * run.cpu / documents
        print(f"{documents:>12,}{run.peak:>10.0f}{max(run.peak, run.family):>14.0f}{each:>12.2f}")


def time_chart(line: Measured, bare: Measured, rivals: dict[str, Measured], documents: int, few: int) -> Chart:
    """Return documents against seconds."""
    ideal = LATENCY / CONCURRENCY
    drawn = [
        Line(f"the whole line: {line.wall:.1f} s", _curve(line), BLUE),
        Line(f"bare loop that stores nothing: {bare.wall:.1f} s", _curve(bare), ORANGE),
        Line(f"ideal: {ideal * documents:.1f} s", [(0, 0), (documents, ideal * documents)], GREY, is_dashed=True),
    ]
    for (name, run), colour in zip(rivals.items(), (GREEN, VIOLET), strict=False):
        words = (
            f"{name} loop with SQLite, {run.finished:,} documents: {run.wall:.1f} s (line: {_moment(line, few):.1f} s)"
        )
        drawn.append(Line(words, [(run.finished, run.wall)], colour))
    told = f"{1000 * LATENCY:.0f} ms a reply, {CONCURRENCY} at once, a provider on loopback"
    return Chart("Time against volume", [told, here()], "documents finished", "seconds", drawn)


def _curve(measured: Measured) -> list[tuple[float, float]]:
    return [(0, 0), *((finished, moment) for moment, finished in measured.curve)]


def cost_chart(calm: Volume, faulty: Volume, documents: int) -> Chart:
    """Return dollars for a thousand documents, part by part."""
    means = statistics.fmean(calm.dollars), statistics.fmean(faulty.dollars)
    words = (
        f"with faults (12 % of calls): ${means[1]:.3f}, and {faulty.unseen:,} calls without a reply, of unknown price"
    )
    drawn = [
        Line(words, _costs(faulty, documents), ORANGE),
        Line(f"calm: ${means[0]:.3f}", _costs(calm, documents), BLUE),
    ]
    told = f"No provider was asked: tokens are those of a fake one on this machine, prices those of the public list for {MODEL}."
    return Chart(
        "Cost of a thousand documents", [told, here()], "documents finished", "US dollars for 1,000 documents", drawn
    )


def _costs(volume: Volume, documents: int) -> list[tuple[float, float]]:
    return [(documents * number / PARTS, dollars) for number, dollars in enumerate(volume.dollars, 1)]


def main() -> None:
    """Measure, print tables, draw pictures."""
    parser = arguments(__doc__, documents=20_000, few=1000, pictures=HERE / "pictures")
    options = parser.parse_args()
    documents, few = options.documents, options.few
    names = ["openai", "instructor"] if has_instructor() else ["openai"]
    print(f"{here()}\n{documents:,} documents, {1000 * LATENCY:.0f} ms a reply, {CONCURRENCY} at once")
    with provider(options.provider) as whom:
        with source(cvs(few)) as folder:
            rivals = {name: rival(name, whom, folder) for name in names}
            runs = {few: line(whom, folder).measured}
        with source(cvs(documents // 2)) as folder:
            runs[documents // 2] = line(whom, folder).measured
        with source(cvs(documents)) as folder:
            calm, bare = line(whom, folder), rival("bare", whom, folder)
            faulty = line(whom, folder, faults=FAULTS)
    table(calm, bare, faulty, documents)
    memory(runs | {documents: calm.measured})
    options.pictures.mkdir(exist_ok=True)
    time_chart(calm.measured, bare, rivals, documents, few).write(options.pictures / "time.svg")
    cost_chart(calm, faulty, documents).write(options.pictures / "cost.svg")


if __name__ == "__main__":
    main()
