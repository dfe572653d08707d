r"""How near is `pipeline run --dry-run` to the bill? Documents with their true summaries, and a real tokenizer.

    npm install gpt-tokenizer
    .venv/bin/python benchmarks/forecast.py FOLDER --counter "node benchmarks/count_o200k.mjs"

The folder holds files/ and gold/<file name>.json. The counter is any program that reads one JSON string a line and
answers with one number a line. The bill of a document is what the counter makes of instruction, document and schema
as they are sent, and of the gold put into the schema's shape, on one line, without and with spaces.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shlex
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fakes import InlineExecutor
from pipeline.clock import SystemClock
from pipeline.errors import DocumentError
from pipeline.estimate import NoHistory, forecast
from pipeline.extract.limits import USUAL
from pipeline.inbox.looking import read_file
from pipeline.inference.pricing import Prices
from pipeline.inference.providers.table import PROVIDERS, Endpoint
from pipeline.process import route
from pipeline.prompts import Prompts, load
from pipeline.reading import Reading
from pipeline.records import Document, Usage

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"


@dataclass
class Sums:
    """Tokens and nano-dollars of some documents: said, and true."""

    calls: int = 0
    said_in: int = 0
    true_in: int = 0
    said_out: int = 0
    true_out: int = 0
    spaced_out: int = 0
    said_cost: int = 0
    true_cost: int = 0
    spaced_cost: int = 0

    def __iadd__(self, other: Sums) -> Self:
        """Add one by one."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self


class Counter:
    """A tokenizer in a process of its own."""

    def __init__(self, command: str) -> None:
        self._process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, text: str) -> int:
        """Return how many tokens a text makes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def compact(value: Any) -> str:
    """Return JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shaped(node: dict[str, Any], value: Any) -> Any:
    """Return a value with all keys of a schema and no others."""
    if "properties" in node:
        return {name: shaped(part, (value or {}).get(name)) for name, part in node["properties"].items()}
    return [shaped(node["items"], item) for item in value or []] if "items" in node else value


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    prompts: Prompts
    to: Endpoint
    count: Counter
    reading: Reading = field(
        default_factory=lambda: Reading(InlineExecutor(), USUAL, None, SystemClock(), asyncio.Semaphore(1))
    )
    prices: Prices = field(default_factory=lambda: Prices({}))

    async def measure(self, document: Document, gold: dict[str, Any]) -> tuple[str, Sums]:
        """Return the prompt of one document, and its sums. Raises DocumentError."""
        _, prompt = route(document, await self.reading.read(document), self.prompts)
        said = await forecast(
            [document], self.reading, self.prompts, endpoint=self.to, prices=self.prices, history=NoHistory()
        )
        part = said.by_prompt[0]
        reply, count = shaped(prompt.schema, gold), self.count
        true_in = sum(map(count, (prompt.system, prompt.user, compact(prompt.schema))))
        true_out, spaced_out = count(compact(reply)), count(json.dumps(reply, ensure_ascii=False))
        costs = (
            self.prices.cost(self.to, Usage(true_in, 0, output, 0)).nanodollars for output in (true_out, spaced_out)
        )
        told = (part.output_tokens, true_out, spaced_out, *(cost or 0 for cost in (part.nanodollars, *costs)))
        return prompt.name, Sums(1, part.input_tokens, true_in, *told)


async def main() -> None:
    """Measure a folder and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--counter", required=True)
    parser.add_argument("--model", default="gpt-4.1-mini", help="one of OpenAI's, for its price")
    chosen = parser.parse_args()
    to = Endpoint("openai", PROVIDERS["openai"], "https://api.openai.com/v1", chosen.model, None)
    bench = Bench(load(PROMPTS, "document", 4000), to, Counter(chosen.counter))
    sums: defaultdict[str, Sums] = defaultdict(Sums)
    unread = 0
    for path in sorted((chosen.folder / "files").iterdir()):
        gold = json.loads((chosen.folder / "gold" / f"{path.name}.json").read_text(encoding="utf-8"))
        document = read_file(path, path.name, "", USUAL.max_bytes)
        try:
            name, one = await bench.measure(document, gold)
        except DocumentError:
            unread += 1
            continue
        for group in (f"language {gold['language']}", f"prompt {name}", "total"):
            sums[group] += one
    print(f"{'':14}{'calls':>6}{'tokens in':>11}{'':8}{'out':>8}{'':8}{'spaced':>8}{'dollars':>10}{'':8}{'spaced':>8}")
    for group, found in sorted(sums.items()):
        print(
            f"{group:14}{found.calls:6}{found.said_in:11,}{found.said_in / found.true_in - 1:+8.1%}"
            f"{found.said_out:8,}{found.said_out / found.true_out - 1:+8.1%}{found.said_out / found.spaced_out - 1:+8.1%}"
            f"{found.said_cost / 1e9:10.4f}{found.said_cost / found.true_cost - 1:+8.1%}"
            f"{found.said_cost / found.spaced_cost - 1:+8.1%}"
        )
    print(f"{unread} files cannot be read: no call. Percentages: what was said, against the bill.")


if __name__ == "__main__":
    asyncio.run(main())
