"""What a run would cost, before anything is sent: everything but the call."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Protocol

from pipeline.errors import DocumentError
from pipeline.inference.pricing import Prices
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.tokens import likely_reply_tokens, likely_tokens
from pipeline.process import route
from pipeline.prompts import Prompts
from pipeline.reading import Reading
from pipeline.records import Document, Extraction, Usage


class History(Protocol):
    """What earlier runs know."""

    def read_with(self, sha256: str) -> str | None:
        """Return the name of the prompt that read a document last; None: none did."""

    def known(self, sha256: str, prompt_hash: str, model: str) -> bool:
        """Tell whether this was summarised already."""

    def usual_output(self, prompt: str, model: str) -> int | None:
        """Return the mean number of output tokens of this prompt and model; None: no history."""


class NoHistory:
    """Stands for the database where there is none yet."""

    def read_with(self, sha256: str) -> str | None:
        """None did."""
        del sha256
        return None

    def known(self, sha256: str, prompt_hash: str, model: str) -> bool:
        """Nothing was."""
        del sha256, prompt_hash, model
        return False

    def usual_output(self, prompt: str, model: str) -> int | None:
        """There is no history."""
        del prompt, model
        return None


@dataclass(slots=True)
class Estimate:
    """Calls, tokens and price for one prompt and model."""

    prompt: str
    model: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    nanodollars: int | None = 0
    """None: the price is not known."""

    def add(self, input_tokens: int, output_tokens: int, price: int | None) -> None:
        """Add one call."""
        self.calls += 1
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        self.nanodollars = None if price is None or self.nanodollars is None else self.nanodollars + price


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run over some files would do."""

    by_prompt: tuple[Estimate, ...]
    known: int
    """Documents that are summarised already: no call."""
    unreadable: int
    """Documents that would go to quarantine: no call."""
    gone: int = 0
    """Documents whose file does not lie in its place any more: no call."""


async def forecast(
    documents: Iterable[Document],
    reading: Reading,
    prompts: Prompts,
    *,
    endpoint: Endpoint,
    prices: Prices,
    history: History,
) -> Forecast:
    """Read and route every document, and count. A copy of another one is known."""
    found: dict[tuple[str, str], Estimate] = {}
    tally: Counter[str] = Counter()
    seen, chosen = set[tuple[str, str]](), dict[str, str]()
    usual_output = cache(history.usual_output)  # it looks at every attempt there was
    async for document, extraction in _read(documents, reading):
        if extraction is None:
            tally["unreadable"] += 1
            continue
        before = chosen.get(document.sha256) or history.read_with(document.sha256)
        template, prompt = route(document, extraction, prompts, before)
        chosen[document.sha256] = template.name
        whom = endpoint.for_model(prompt.model)
        key = (document.sha256, prompt.hash)
        if key in seen or history.known(*key, whom.model):
            tally["known"] += 1
            continue
        seen.add(key)
        text = likely_tokens(prompt.user)
        tokens = likely_tokens(template.instruction) + text
        output = usual_output(prompt.name, whom.model) or likely_reply_tokens(prompt.schema, text)
        price = prices.cost(whom, Usage(tokens, 0, output, 0)).nanodollars
        found.setdefault((prompt.name, whom.model), Estimate(prompt.name, whom.model)).add(tokens, output, price)
    return Forecast(tuple(found.values()), tally["known"], tally["unreadable"])


async def _read(documents: Iterable[Document], reading: Reading) -> AsyncIterator[tuple[Document, Extraction | None]]:
    """Read documents, as many at once as there are readers, and give them in their order. None: one cannot be read."""
    queue = iter(documents)
    while some := list(islice(queue, reading.pages_at_once)):
        for document, extraction in zip(
            some, await asyncio.gather(*(_text(one, reading) for one in some)), strict=True
        ):
            yield document, extraction


async def _text(document: Document, reading: Reading) -> Extraction | None:
    try:
        return await reading.read(document)
    except DocumentError:
        return None
