"""What a run would cost: calls, tokens and dollars, with nothing sent, moved or made."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from pipeline.app import House
from pipeline.commands.documents import existing_store, to_redo
from pipeline.commands.runs import Order
from pipeline.errors import ChangedError, SettingsError
from pipeline.estimate import Forecast, NoHistory, forecast
from pipeline.inbox.looking import read_file, read_waiting
from pipeline.records import Document, StoredFile
from pipeline.run import Brake

T = TypeVar("T")


async def forecast_run(house: House, order: Order) -> Forecast:
    """Say what a run over the inbox would cost. Nothing is sent, moved or made."""
    if house.is_new and not house.folders.inbox.is_dir():
        return Forecast((), 0, 0)
    with existing_store(house) as store:
        files = order.choose(await house.settled(store, Brake()), house.folders.inbox)
    return await _forecast(house, _documents(files, lambda file: read_waiting(file, house.limits.max_bytes)))


async def forecast_redo(house: House, prompt: str, since: str | None, limit: int | None) -> Forecast:
    """Say what redo() would cost."""
    with house.reader() as reader:
        redoing = to_redo(house, reader, prompt, since)

    def read(file: StoredFile) -> Document:
        return read_file(house.data / file.place, file.name, file.folder, house.limits.max_bytes)

    nothing = Forecast((), 0, 0)
    told = await _forecast(house, _documents(redoing.files[:limit], read)) if redoing.files else nothing
    return replace(told, known=told.known + redoing.known, gone=redoing.gone)


def must_be_asked(house: House, prompt: str, model: str) -> None:
    """Raise SettingsError where a model that a person names would not be the one that reads."""
    whom, template = house.endpoint(need_key=False), house.prompts.by_name.get(prompt)
    if template and template.model and not whom.provider.free and template.model != model:
        raise SettingsError(f"prompt {prompt} is for model {template.model}", "change `model` in its file instead")
    if whom.model != model:
        raise SettingsError(f"provider {whom.name!r} has no model but {whom.model}", "see [inference] in pipeline.toml")


async def _forecast(house: House, documents: Iterable[Document]) -> Forecast:
    with contextlib.ExitStack() as stack:
        history = stack.enter_context(house.reader()) if house.database.exists() else NoHistory()
        async with house.tools(need_key=False) as tools:
            return await forecast(
                documents,
                tools.reading,
                tools.prompts,
                endpoint=tools.endpoint,
                prices=house.prices,
                history=history,
            )


def _documents(files: Iterable[T], read: Callable[[T], Document]) -> Iterator[Document]:
    """Read files; one that cannot be read is left out, as a run would leave it."""
    for file in files:
        with contextlib.suppress(OSError, ChangedError):
            yield read(file)
