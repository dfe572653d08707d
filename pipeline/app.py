"""Wiring: the one module that knows every room. What is external (clock, network, worker processes) is passed in."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import functools
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import filelock
import httpx

from pipeline import evidence, export, telemetry
from pipeline import prompts as prompt_files
from pipeline.clock import Clock, SystemClock
from pipeline.errors import BusyError, SettingsError, StoreError
from pipeline.extract.limits import Limits
from pipeline.extract.ocr import Ocr, find
from pipeline.extract.pool import ReaderPool
from pipeline.inbox.folders import Folders
from pipeline.inbox.looking import Look
from pipeline.inference.budget import Budget
from pipeline.inference.circuit import Circuit
from pipeline.inference.client import Client, Ledger, Purse
from pipeline.inference.local.plan import named, own_pace, plan
from pipeline.inference.local.server import serving
from pipeline.inference.pace import Pace
from pipeline.inference.pricing import NANODOLLARS, Prices
from pipeline.inference.providers.table import LOCAL, OFFLINE, Endpoint, endpoint
from pipeline.inference.sending import Sender
from pipeline.inference.shards import network
from pipeline.landing import Arrive, GiveWay, Landing, Turnstile
from pipeline.process import Line
from pipeline.prompts import Prompts
from pipeline.reading import Reading
from pipeline.run import Brake, Progress, Run, pause
from pipeline.schemas.overview import field_paths
from pipeline.settings import Configuration, InferenceSettings, Settings
from pipeline.store.backup import backups
from pipeline.store.reading import Reader
from pipeline.store.rows import stamp
from pipeline.store.salvage import incident
from pipeline.store.store import Store

_READER_WORKERS = min(4, os.cpu_count() or 1)
_ROOM, _ROOM_PER_CALL = 2**20, 2**17
"""Bytes of disk that must be free for a request to leave: a reply without room for it would be paid for again."""
_GLANCE = 0.25
"""Seconds. `pipeline status` holds the lock for a moment, to see whether somebody else does."""
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


class House:
    """The rooms of the program, put together for one configuration."""

    def __init__(self, configuration: Configuration, world: World | None = None) -> None:
        self.configuration = configuration
        self.settings = configuration.settings
        self.world = world or World()
        self.clock = self.world.clock
        self.data = self.settings.data_dir
        self.database = self.data / "pipeline.db"
        self.exports = self.data / "exports"
        self.backups = self.data / "backups"
        self.prices = Prices(self.settings.prices)
        self.limits = _limits(self.settings)
        self.folders = Folders(self.data, self.settings.inbox.settle)

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

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """Open the database for writing; make it where there is none."""
        least_room = _ROOM + _ROOM_PER_CALL * self.settings.inference.concurrency
        store = Store(self.database, self.clock, least_room=least_room)
        try:
            yield store
        finally:
            store.close()

    @contextlib.contextmanager
    def reader(self) -> Iterator[Reader]:
        """Open the database for reading. Raises SettingsError where there is none yet."""
        self.must_not_be_lost()
        if not self.database.exists():
            raise SettingsError(
                f"there is no database in {self.data} yet", "put files into the inbox and type: pipeline run"
            )
        with self.store() as store:
            yield Reader(store.engine)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of this data folder; the kernel gives it back after a crash. Raises BusyError."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = filelock.FileLock(self.data / "pipeline.lock", timeout=_GLANCE, poll_interval=_GLANCE / 5, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise BusyError(f"another run is going on in {self.data}; nothing was done") from None
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def opened(self) -> Iterator[Store]:
        """Lock, folders, log and database, for a command that changes things."""
        with self.locked():
            if self.is_new:
                self.must_not_be_lost()
                self.folders.make()
            handler = telemetry.configure(self.data / "pipeline.log")
            try:
                with self.store() as store:
                    self.enter_inbox(store)
                    self._finish_moves(store)
                    yield store
            finally:
                telemetry.close(handler)

    @property
    def is_new(self) -> bool:
        """Tell whether there is no database yet; one that was cut off while it was made is none."""
        return not self.database.exists() or not self.database.stat().st_size

    def must_not_be_lost(self) -> None:
        """A database that is gone while there are backups of it is restored, not begun anew. Raises StoreError."""
        if self.is_new and incident(self.data):
            raise StoreError(f"the recovery of {self.database} was cut off", "begin it again: pipeline recover")
        if self.is_new and backups(self.backups):
            raise StoreError(
                f"the database {self.database} is gone, but there are backups",
                f"type: pipeline recover; or remove {self.backups} to begin anew",
            )

    def enter_inbox(self, store: Store) -> None:
        """Be sure that the inbox is the one of this database; the first time, mark it. Raises InboxError."""
        is_marked = self.know_inbox(store)
        self.folders.must_be_there()
        if not is_marked:
            self.mark_inbox(store)
        self.folders.make()

    def know_inbox(self, store: Store) -> bool:
        """Take nothing for the inbox but the folder that the database knows; False: it was never marked."""
        mark = store.inbox_mark().result()
        if mark:
            self.folders.know(mark)
        return mark is not None

    def mark_inbox(self, store: Store) -> None:
        """Take the folder that is there now for the inbox. Marked first: killed in between, it is marked again."""
        mark = self.folders.mark(secrets.token_hex(8))
        store.mark_inbox(mark).result()
        self.folders.know(mark)

    def _finish_moves(self, store: Store) -> None:
        """Write down the moves that were made just before a crash."""
        for move in store.unfinished().result():
            # One that cannot be ended holds up no other: the run meets it in the inbox, and says what is wrong.
            with contextlib.suppress(OSError):
                if self.folders.finish(move.place, move.name, move.folder):
                    store.put_away(move.file_id, move.place).result()

    def look(self, store: Store | None) -> Look:
        """Look at the inbox. What was done before and stays there is not looked at again. Raises InboxError."""
        kept = None if self.settings.inbox.move or store is None else store.kept().result()
        return self.folders.look(self.clock.monotonic(), kept)

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
        inference, whom = self.settings.inference, self.endpoint(need_key=need_key)
        chosen = plan(whom, self.configuration) if whom.name == LOCAL else None
        if chosen:
            inference, whom = own_pace(inference), named(whom, chosen)
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
            async with self._connections(inference, whom) as connections:
                there = contextlib.nullcontext((whom, connections))
                async with serving(whom, chosen, connections) if chosen and need_key else there as (reached, transport):
                    yield Tools(transport, reading, pace, prompts, reached, arrive, Turnstile())
        finally:
            await asyncio.to_thread(readers.shutdown)

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
        self, tools: Tools, store: Store, ledger: Ledger, purse: Purse, *, brake: Brake, as_of: dt.date | None
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
        line = self.line(tools, store, store.ledger(run_id), purse, brake=brake, as_of=as_of)
        workers = _in_hand(self.settings.inference.concurrency)
        moves = self.settings.inbox.move
        run = Run(run_id, line, self.folders, store, progress=progress, brake=brake, workers=workers, moves=moves)
        yield run
        message = brake.error.message if brake.error else None
        try:
            await asyncio.wrap_future(store.finish_run(run_id, run.report.exit_code, message))
        except StoreError as error:
            brake.fail(error)

    def exports_are_old(self, reader: Reader) -> bool:
        """Tell whether the exports lack something, since what should have written them was killed."""
        newest, file = reader.newest(), self.exports / "summaries.csv"
        if not file.exists():
            return newest is not None
        written = file.stat().st_mtime
        return written == 0 or stamp(dt.datetime.fromtimestamp(written, dt.UTC)) < (newest or "")

    def make_exports_old(self) -> None:
        """Let the exports be written anew, by whoever comes next if not by us: rows change that are not new."""
        with contextlib.suppress(FileNotFoundError):
            os.utime(self.exports / "summaries.csv", (0, 0))

    def write_exports(self, reader: Reader, form: str, **filters: Any) -> list[Path]:
        """Write data/exports/. `filters`: since, prompt, run, quarantined; see Reader.results."""
        templates = self.prompts.by_name
        names = [name for name in templates if filters.get("prompt") in (None, name)]
        own = {name: list(field_paths(templates[name].schema.json_schema)) for name in names}
        return export.write(self.exports, form, reader.results(**filters), own)
