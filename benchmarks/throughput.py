"""How much slower is the whole line than a loop that only asks? Ratios within one run, on a loopback provider.

    make bench
    .venv/bin/python benchmarks/throughput.py --documents 500 --latency 0.3 --concurrency 64

The bare loop sends the same requests over one httpx.AsyncClient and throws the replies away. The
line extracts, routes, asks, validates, looks up evidence, stores, moves and exports. "Ideal" is
documents x latency / concurrency.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fakes import Answer, FakeProvider, Listener
from pipeline.app import House
from pipeline.clock import SystemClock
from pipeline.commands import Order, run
from pipeline.settings import load
from server import serving

CV = """Ida Sample {number}
ida{number}@example.org

Work experience
Welder, Anvil Works
01/2019 - 12/2021
Welded frames and gates from drawings.

Education
Apprenticeship, Central School
2018

Skills
welding, reading drawings, plasma cutting
"""


class Slow(FakeProvider):
    """Answers after a fixed time."""

    def __init__(self, latency: float) -> None:
        super().__init__()
        self.latency = latency

    def answer(self, content: bytes, key: str | None) -> Answer:
        """Wait, then answer."""
        time.sleep(self.latency)
        return super().answer(content, key)


def serve(latency: float, urls: Any, stop: Event) -> None:
    """Serve in a process of its own, so that its time is not ours."""
    with serving(Slow(latency)) as url:
        urls.put(url)
        stop.wait()


def timed(work: Any) -> tuple[float, float]:
    """Return wall and CPU seconds (of this process) of a coroutine."""
    clock = SystemClock()
    wall, cpu = clock.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    asyncio.run(work)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return clock.monotonic() - wall, used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime


async def bare(url: str, bodies: list[bytes], concurrency: int) -> None:
    """Send the bodies and forget the replies."""
    turn = asyncio.Semaphore(concurrency)
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, timeout=60) as http:

        async def one(body: bytes) -> None:
            async with turn:
                (await http.post(f"{url}/chat/completions", content=body)).raise_for_status()

        await asyncio.gather(*map(one, bodies))


def house(folder: Path, url: str, options: argparse.Namespace) -> House:
    """Return a house with so many documents in its inbox."""
    environ = {
        "PIPELINE_INBOX__SETTLE": "0",
        "PIPELINE_INFERENCE__PROVIDER": "custom",
        "PIPELINE_INFERENCE__BASE_URL": url,
        "PIPELINE_INFERENCE__MODEL": "some-model",
        "PIPELINE_INFERENCE__CONCURRENCY": str(options.concurrency),
    }
    made = House(load(None, folder / "data", environ))
    made.folders.inbox.mkdir(parents=True)
    for number in range(options.documents):
        (made.folders.inbox / f"{number}.txt").write_text(CV.format(number=number))
    return made


def bodies(made: House) -> list[bytes]:
    """Return what the line would send, for the bare loop."""
    template = made.prompts.by_name["cv"]
    wanted = {"name": "cv", "strict": True, "schema": template.schema.json_schema}
    return [
        json.dumps(
            {
                "model": "some-model",
                "messages": [
                    {"role": "system", "content": template.system},
                    {"role": "user", "content": file.read_text()},
                ],
                "response_format": {"type": "json_schema", "json_schema": wanted},
            }
        ).encode()
        for file in made.folders.inbox.iterdir()
    ]


def measure(url: str, options: argparse.Namespace) -> dict[str, tuple[float, float]]:
    """Return wall and CPU seconds of both ways."""
    with tempfile.TemporaryDirectory() as folder:
        made = house(Path(folder), url, options)
        loop = timed(bare(url, bodies(made), options.concurrency))
        line = timed(run(made, Order(), Listener()))
        assert len(list(made.folders.done.rglob("*.txt"))) == options.documents
    return {"bare loop": loop, "whole line": line}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--latency", type=float, default=0.1, help="seconds a reply takes")
    parser.add_argument("--concurrency", type=int, default=16)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    urls, stop = context.Queue(), context.Event()
    server = context.Process(target=serve, args=(options.latency, urls, stop), daemon=True)
    server.start()
    try:
        found = measure(urls.get(timeout=30), options)
    finally:
        stop.set()
        server.join()
    ideal = options.documents * options.latency / options.concurrency
    base_wall, base_cpu = found["bare loop"]
    print(
        f"{options.documents} documents, {options.latency:g} s a reply, {options.concurrency} at once; ideal {ideal:.2f} s"
    )
    print(f"{'':<12}{'wall s':>8}{'of ideal':>10}{'of bare':>9}{'CPU ms/doc':>12}{'of bare':>9}")
    for name, (wall, cpu) in found.items():
        each = cpu / options.documents * 1000
        print(f"{name:<12}{wall:>8.2f}{wall / ideal:>10.2f}{wall / base_wall:>9.2f}{each:>12.1f}{cpu / base_cpu:>9.2f}")


if __name__ == "__main__":
    main()
