"""Wiring: the one module that knows every room. What is external (clock, network, worker processes) is passed in."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pipeline import evidence, export
from pipeline import prompts as prompt_files
from pipeline.clock import Clock, SystemClock
from pipeline.data_folder import DataFolder
from pipeline.errors import SettingsError, StoreError
from pipeline.extract.limits import Limits
from pipeline.extract.ocr.tesseract import Ocr, find
from pipeline.extract.workers.pool import ReaderPool
from pipeline.inbox.looking import Look
from pipeline.inference.budget import Budget
from pipeline.inference.circuit import Circuit
from pipeline.inference.client import Client, Ledger, Purse
from pipeline.inference.local.plan import Plan, named, own_pace, plan
from pipeline.inference.local.server import serving
from pipeline.inference.pace import Pace
from pipeline.inference.pricing import NANODOLLARS, Prices
from pipeline.inference.providers.table import LOCAL, OFFLINE, Endpoint, endpoint
from pipeline.inference.sending import Sender
from pipeline.inference.shards import network
from pipeline.landing import Arrive, GiveWay, Landing, Turnstile, beating, in_thread
from pipeline.process import Line
from pipeline.prompts import Prompts
from pipeline.reading import Reading
from pipeline.run import Brake, Progress, Run, pause
from pipeline.schemas.overview import field_paths
from pipeline.settings import Configuration, InferenceSettings, Settings
from pipeline.store.reading import Reader
from pipeline.store.rows import stamp
from pipeline.store.store import Store

_READER_WORKERS = min(4, os.cpu_count() or 1)
_LEAST_DOWN = 20
_DOWN_PER_CALL = 5
"""A provider is down after 20 failures in a row, or 5 for each call at once: no success between them."""


def _nanodollars(dollars: float) -> int:
    return round(dollars * NANODOLLARS)


def _in_hand(concurrency: int) -> int:
    """Return how many documents are worked at at once: beside those that are asked about, some are read, some are stored."""
    return concurrency + concurrency // 2 + 2 * _READER_WORKERS


def _limits(settings: Settings) -> Limits:
    extract = settings.extract
    return Limits(
        max_bytes=extract.max_file_mib * 2**20,
        max_pages=extract.max_pages,
        max_characters=extract.max_characters,
        max_part_bytes=extract.max_part_mib * 2**20,
        max_inflated_bytes=extract.max_inflated_mib * 2**20,
        max_entries=extract.max_entries,
        max_pixels=extract.max_megapixels * 10**6,
        ocr_pixels=extract.ocr_megapixels * 10**6,
        truncate=settings.inference.truncate,
    )


def _pool(settings: Settings) -> Executor:
    return ReaderPool(_READER_WORKERS, settings.extract.timeout, settings.extract.memory)


def _network() -> httpx.AsyncBaseTransport | None:
    return None  # the endpoint tells which one: connections, or the embedded engine


@dataclass(frozen=True, slots=True)
class World:
    """What is outside of the program. Tests pass a clock they control, a transport that answers, workers that run at once."""

    clock: Clock = field(default_factory=SystemClock)
    transport: Callable[[], httpx.AsyncBaseTransport | None] = _network
    readers: Callable[[Settings], Executor] = _pool


@dataclass(frozen=True, slots=True)
class Tools:
    """What lives as long as a command: connections, worker processes, limits."""

    transport: httpx.AsyncBaseTransport
    reading: Reading
    pace: Pace
    prompts: Prompts
    endpoint: Endpoint
    arrive: Arrive
    give_way: GiveWay


class House(DataFolder):
    """The rooms of the program, put together for one configuration: a data folder, and whom to ask about what lies in it."""

    def __init__(self, configuration: Configuration, world: World | None = None) -> None:
        self.world = world or World()
        super().__init__(configuration.settings, self.world.clock)
        self.configuration = configuration
        self.prices = Prices(self.settings.prices)
        self.limits = _limits(self.settings)

    @functools.cached_property
    def prompts(self) -> Prompts:
        """The prompt files as they were when they were first asked for. Raises PromptError."""
        inbox, inference = self.settings.inbox, self.settings.inference
        return prompt_files.load(
            self.configuration.folder("prompts"), inbox.default_prompt, inference.max_output_tokens
        )

    def endpoint(self, *, need_key: bool = True) -> Endpoint:
        """Return whom we ask. Raises SettingsError with what is missing."""
        return endpoint(self.settings.inference, self.configuration.environ, need_key=need_key)

    def asked(self, *, need_key: bool = True) -> tuple[Endpoint, Plan | None]:
        """Return whom we ask, as the ledger knows it, and what a model of this machine needs. Raises SettingsError."""
        whom = self.endpoint(need_key=need_key)
        chosen = plan(whom, self.configuration) if whom.name == LOCAL else None
        return (named(whom, chosen), chosen) if chosen else (whom, None)

    def must_be_ready(self) -> None:
        """Be sure that the settings name somebody to ask, with a key, and that every prompt is sound. Raises SettingsError."""
        self.endpoint()
        _ = self.prompts

    def ocr(self) -> Ocr | None:
        """Look for tesseract. None: it is off, or not installed. Raises SettingsError."""
        extract = self.settings.extract
        return find(extract.ocr, self.configuration.environ, extract.ocr_timeout, extract.memory)

    def _hint_of_scans(self) -> str:
        is_off = self.settings.extract.ocr == "off"
        return 'set ocr = "auto" under [extract] in pipeline.toml, then: pipeline retry' if is_off else ""

    async def settled(self, store: Store | None, brake: Brake) -> Look:
        """Look at the inbox twice, where there is something that has not been seen to lie still."""
        look = self.look(store)
        if look.unsettled:
            await pause(self.settings.inbox.settle, self.clock, brake)
            look = self.look(store)
        return look

    @contextlib.asynccontextmanager
    async def tools(self, *, need_key: bool = True) -> AsyncIterator[Tools]:
        """Open connections and workers. One path serves a network and the embedded engine.

        A local model's server is started unless no key is needed, which says that nothing will be sent.
        """
        whom, chosen = self.asked(need_key=need_key)
        inference = own_pace(self.settings.inference) if chosen else self.settings.inference
        pace = Pace(self.clock, inference.concurrency, inference.requests_per_minute, inference.tokens_per_minute)
        ocr = self.ocr()
        readers = self.world.readers(self.settings)
        try:  # the processes start while we load what every document needs, here and in `line`
            prompts = self.prompts
            arrive = Landing(asyncio.get_running_loop())
            turns = asyncio.Semaphore(_READER_WORKERS)
            reading = Reading(
                readers, self.limits, ocr, self.clock, turns, _READER_WORKERS, arrive, self._hint_of_scans()
            )
            async with beating(), self._connections(inference, whom) as connections:
                there = contextlib.nullcontext((whom, connections))
                async with serving(whom, chosen, connections) if chosen and need_key else there as (reached, transport):
                    yield Tools(transport, reading, pace, prompts, reached, arrive, Turnstile())
        finally:
            await in_thread(readers.shutdown)

    def _connections(self, inference: InferenceSettings, whom: Endpoint) -> httpx.AsyncBaseTransport:
        """Return what sends. For the embedded engine that is the engine itself: then there is nothing that reaches a network."""
        if whom.name == OFFLINE:
            # A tenth of the start, and nobody who asks a model needs it.
            from pipeline.inference.offline.transport import OfflineTransport  # noqa: PLC0415

            return OfflineTransport()
        try:
            # No proxy of the environment stands between us and a server that we start ourselves.
            own = self.world.transport()
            return own or network(whom.base_url, inference.concurrency, trust_env=whom.name != LOCAL)
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:
            raise SettingsError(
                f"HTTP_PROXY, HTTPS_PROXY, ALL_PROXY or SSL_CERT_FILE cannot be used: {error}",
                "correct the variable, or unset it for this program; SOCKS proxies are not supported",
            ) from None

    def purse(self, tools: Tools, store: Store) -> Purse:
        """Return what may be spent from now on. Raises SettingsError where a budget meets a model without a price."""
        budget = self.settings.budget
        limits = {name: getattr(budget, name) for name in ("per_run", "per_day", "per_month")}
        now, reader = stamp(self.clock.now()), Reader(store.engine)
        periods = {"per_day": now[:10], "per_month": now[:7]}
        spent = {name: reader.spent(period) for name, period in periods.items() if limits[name] is not None}
        per_document = None if budget.per_document is None else _nanodollars(budget.per_document)
        money = Budget({name: _nanodollars(limit) for name, limit in limits.items() if limit is not None}, spent)
        purse = Purse(self.prices, money, per_document)
        if purse.is_limited:
            self._refuse_unpriced(tools)
        return purse

    def _load(self, tools: Tools) -> None:
        """Load lists of prices and names, a quarter of a second, before the first document waits for them."""
        for template in tools.prompts.by_name.values():
            self.prices.context_window(tools.endpoint.for_model(template.model))
        evidence.load()

    def _refuse_unpriced(self, tools: Tools) -> None:
        for template in tools.prompts.by_name.values():
            whom = tools.endpoint.for_model(template.model)
            if self.prices.ceiling(whom, 1, 1) is None:
                raise SettingsError(
                    f"[budget] cannot hold: no price is known for model {whom.model!r} (prompt {template.name})",
                    f'add it: [prices."{whom.model}"] with input and output, in dollars for a million tokens',
                )

    def line(
        self,
        tools: Tools,
        store: Store,
        ledger: Ledger,
        purse: Purse,
        *,
        progress: Progress,
        brake: Brake,
        as_of: dt.date | None,
    ) -> Line:
        """Return the line that documents walk. `as_of` None: today."""
        inference = self.settings.inference
        self._load(tools)
        client = Client(
            Sender(tools.transport, self.clock, inference.timeout),
            tools.endpoint,
            tools.pace,
            ledger,
            purse,
            clock=self.clock,
            circuit=Circuit(max(_LEAST_DOWN, _DOWN_PER_CALL * inference.concurrency), inference.down_share),
            stopping=lambda: brake.pulled,
            waits=progress.waits,
            arrive=tools.arrive,
            give_way=tools.give_way,
        )
        today = self.clock.now().astimezone().date()
        return Line(
            tools.reading,
            tools.prompts,
            client,
            store,
            self.clock,
            as_of or today,
            truncate=inference.truncate,
            arrive=tools.arrive,
            give_way=tools.give_way,
        )

    @contextlib.asynccontextmanager
    async def run(
        self,
        store: Store,
        tools: Tools,
        progress: Progress,
        brake: Brake,
        *,
        trigger: str,
        as_of: dt.date | None = None,
    ) -> AsyncIterator[Run]:
        """Begin a run in the database, give it a line to work on, and write down how it ended."""
        purse = self.purse(tools, store)
        run_id = await asyncio.wrap_future(store.begin_run(trigger))
        line = self.line(tools, store, store.ledger(run_id), purse, progress=progress, brake=brake, as_of=as_of)
        workers = _in_hand(self.settings.inference.concurrency)
        moves = self.settings.inbox.move
        run = Run(run_id, line, self.folders, store, progress=progress, brake=brake, workers=workers, moves=moves)
        yield run
        message = brake.error.message if brake.error else None
        try:
            await asyncio.wrap_future(store.finish_run(run_id, run.report.exit_code, message))
        except StoreError as error:
            brake.fail(error)

    def write_exports(self, reader: Reader, *, anew: bool = False) -> list[Path]:
        """Bring the tables in data/exports/ up to date. `anew`: from the beginning."""
        with reader.moment() as still:
            return export.update(self.exports, still, self.own_fields(), anew=anew)

    def write_part(self, reader: Reader, form: str, **filters: Any) -> list[Path]:
        """Write into data/exports/ what a person asks for. `filters`: since, prompt, run, quarantined; see Reader.results."""
        return export.write(self.exports, form, reader.results(**filters), self.own_fields(filters.get("prompt")))

    def own_fields(self, prompt: str | None = None) -> dict[str, list[tuple[str, ...]]]:
        """Return the paths of the fields of each prompt, by its name; where one prompt is asked for, of that one only."""
        templates = self.prompts.by_name
        names = [name for name in templates if prompt in (None, name)]
        return {name: list(field_paths(templates[name].schema.json_schema)) for name in names}
