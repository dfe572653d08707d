"""Is everything in order? Each question with its answer and, where something is wrong, its remedy. Costs nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from shlex import quote

from pipeline.app import House
from pipeline.errors import InboxError, PipelineError, SettingsError
from pipeline.inference.local.plan import look_over, plan
from pipeline.inference.probe import probe
from pipeline.inference.providers.table import LOCAL
from pipeline.matching import MatchRules
from pipeline.records import Usage
from pipeline.upkeep.deep import Answer, look_deep
from pipeline.upkeep.inspection import inbox_trouble

_LITTLE_SPACE = 2**29
"""Bytes."""
_MILLION = 1_000_000


async def check(house: House, *, deep: bool = False) -> list[Answer]:
    """Look at settings, prompts, provider, price, folders, database and disk. Nothing is paid for, made or moved.

    `deep`: hold database and files against each other as well.
    """
    questions: list[tuple[str, Callable[[House], Awaitable[str]]]] = [
        ("settings", _settings),
        ("prompts", _prompts),
        ("provider", _provider),
        ("price", _price),
        ("folders", _folders),
        ("database", _database),
        ("disk", _disk),
        ("ocr", _ocr),
    ]
    answers = [await _answer(house, name, ask) for name, ask in questions]
    return [*answers, *await look_deep(house)] if deep else answers


async def _answer(house: House, name: str, ask: Callable[[House], Awaitable[str]]) -> Answer:
    try:
        return Answer(name, ok=True, found=await ask(house))
    except PipelineError as error:
        return Answer(name, ok=False, found=error.message, remedy=error.hint)


async def _settings(house: House) -> str:
    return str(house.configuration.file or "built-in values; there is no pipeline.toml")


async def _prompts(house: House) -> str:
    return ", ".join(
        f"{name} ({template.title}{_of_match(template.match)})" for name, template in house.prompts.by_name.items()
    )


def _of_match(match: MatchRules) -> str:
    """Say where rules can claim no document: that is right for a prompt asked for by its folder, and easily a mistake."""
    most = match.most_points
    return f"; by its folder only: of {match.points} points its rules give {most}" if 0 < most < match.points else ""


async def _provider(house: House) -> str:
    whom = house.endpoint()
    if whom.name == LOCAL:
        return look_over(plan(whom, house.configuration))
    async with house.tools() as tools:
        return await probe(tools.transport, tools.endpoint)


async def _price(house: House) -> str:
    endpoint = house.endpoint(need_key=False)
    price = house.prices.cost(endpoint, Usage(_MILLION, 0, _MILLION, 0))
    if price.nanodollars is None:
        return f"not known for {endpoint.model}; tokens are counted, cost stays empty"
    return f"{price.nanodollars / 1e9:g} dollars for a million tokens in and a million out ({price.source})"


async def _folders(house: House) -> str:
    if not house.data.exists():
        return f"{house.data} will be made by the first run"
    for folder in (house.data, house.folders.inbox, house.folders.done, house.folders.quarantine):
        if folder.is_dir():
            _must_be_open(folder, is_written=house.settings.inbox.move or folder != house.folders.inbox)
        elif house.database.exists():
            raise InboxError(f"{folder} is not there", "connect the share again, or make the folder")
    if not house.is_new:
        with house.store() as store:
            trouble = inbox_trouble(house, store)
        if trouble:
            raise trouble
    return str(house.data)


def _must_be_open(folder: Path, *, is_written: bool) -> None:
    """Raise SettingsError where we lack a right. An inbox whose files stay there need not be ours."""
    rights = os.R_OK | os.X_OK | (os.W_OK if is_written else 0)
    if not os.access(folder, rights, effective_ids=os.access in os.supports_effective_ids):
        raise SettingsError(
            f"{folder} cannot be read{' and written' if is_written else ''}",
            f"give yourself the right: chmod u+rwx {quote(str(folder))}",
        )


async def _database(house: House) -> str:
    house.must_not_be_lost()
    if not house.database.exists():
        return f"{house.database} will be made by the first run"
    with house.reader() as reader:
        counts = reader.status()["documents"]
    return f"{house.database}: {sum(counts.values())} documents"


async def _disk(house: House) -> str:
    place = next(folder for folder in (house.data, *house.data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if free < _LITTLE_SPACE:
        raise SettingsError(f"{free // 2**20} MiB are free at {place}", "make room before the next run")
    return f"{free / 2**30:.0f} GiB free"


async def _ocr(house: House) -> str:
    if house.settings.extract.ocr == "off":
        return "off; scans go to quarantine"
    ocr = house.ocr()
    return ocr.said() if ocr else "tesseract is not installed; scans go to quarantine (apt install tesseract-ocr)"
