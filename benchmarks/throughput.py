"""How much slower is the whole line than a loop that only asks, and than what a person would write instead?

    .venv/bin/python benchmarks/throughput.py
    .venv/bin/python benchmarks/throughput.py --documents 200 --rounds 1 --latencies 0.064
    .venv/bin/python benchmarks/throughput.py --instructor

All contenders ask the same provider, a process of its own on loopback, about the same CVs, each in a fresh process, by
turns; medians. `bare` sends what our line sends over connections like ours and stores nothing. `line` reads, asks,
validates, looks up evidence, keeps the ledger, stores, moves and exports. `openai` and `instructor` are loops with a
semaphore and SQLite (rivals.py). Ideal is documents x latency / concurrency.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from rig import Measured, Provider, arguments, contend, cvs, has_instructor, here, install_instructor, provider, source

CONTENDERS = ["bare", "line", "openai", "instructor"]
HEAD = (
    f"{'':<12}{'wall s':>8}{'of ideal':>10}{'of bare':>9}{'CPU ms/doc':>12}{'of bare':>9}"
    f"{'peak MiB':>10}{'with workers':>14}{'finished':>10}"
)


def by_turns(
    names: list[str], whom: Provider, folder: Path, rounds: int, concurrency: int
) -> dict[str, list[Measured]]:
    """Let each contender run once, then each again, and so on."""
    found: dict[str, list[Measured]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            with tempfile.TemporaryDirectory() as own:
                data = Path(own) / "data"
                found[name].append(contend(name, whom, folder, data, concurrency=concurrency))
    return found


def table(found: dict[str, list[Measured]], documents: int, ideal: float) -> None:
    """Print medians, and ratios of medians."""
    wall, cpu, peak, family = (
        {name: statistics.median(getattr(run, field) for run in runs) for name, runs in found.items()}
        for field in ("wall", "cpu", "peak", "family")
    )
    print(HEAD)
    for name, runs in found.items():
        of_ideal = f"{wall[name] / ideal:.2f}" if ideal else ""
        print(
            f"{name:<12}{wall[name]:>8.2f}{of_ideal:>10}{wall[name] / wall['bare']:>9.2f}"
            f"{1000 * cpu[name] / documents:>12.2f}{cpu[name] / cpu['bare']:>9.2f}"
            f"{peak[name]:>10.0f}{max(peak[name], family[name]):>14.0f}{min(run.finished for run in runs):>10}"
        )


def main() -> None:
    """Measure and print a table for each latency."""
    parser = arguments(__doc__, documents=1000, concurrency=64, rounds=3)
    parser.add_argument("--latencies", type=float, nargs="+", default=[0.0, 0.064, 0.3], help="seconds a reply takes")
    parser.add_argument("--instructor", action="store_true", help="install instructor first, if it is not there")
    options = parser.parse_args()
    if options.instructor and not has_instructor():
        install_instructor()
    names = [name for name in CONTENDERS if name != "instructor" or has_instructor()]
    documents, concurrency = options.documents, options.concurrency
    print(f"{here()}\n{documents} documents, {concurrency} at once, medians of {options.rounds}")
    if "instructor" not in names:
        print("instructor did not install" if options.instructor else "instructor is not installed; see --instructor")
    with source(cvs(documents)) as folder, provider(options.provider) as whom:
        for latency in options.latencies:
            whom.set(latency=latency)
            found = by_turns(names, whom, folder, options.rounds, concurrency)
            counted = whom.stats()
            ideal = documents * latency / concurrency
            print(f"\n{1000 * latency:.0f} ms a reply, ideal {ideal:.2f} s", end="; ")
            print(f"the provider used {1000 * counted['server_cpu_s'] / counted['requests']:.2f} ms CPU a call")
            table(found, documents, ideal)


if __name__ == "__main__":
    main()
