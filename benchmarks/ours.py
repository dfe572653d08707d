"""Contenders made of our own parts: the whole line, and its reading alone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable

from job import Job, Tally, settings
from pipeline.app import House
from pipeline.commands import Order, run
from pipeline.inbox.looking import read_file
from pipeline.settings import load

Work = Callable[[], Awaitable[object]]


def house(job: Job) -> House:
    """Return a house with the documents in its inbox."""
    made = House(load(job.config, job.data, settings(job.url, job.model, job.concurrency)))
    shutil.copytree(job.source / "inbox", made.folders.inbox)
    return made


def line(job: Job, tally: Tally) -> Work:
    """Everything: look, read, route, ask, validate, look up evidence, keep the ledger, store, move, export."""
    made = house(job)
    return lambda: run(made, Order(), tally)


def reading(job: Job, tally: Tally) -> Work:
    """Read the documents' text in the program's workers, and ask nobody."""
    made = house(job)

    async def work() -> None:
        turns = asyncio.Semaphore(job.concurrency)
        async with made.tools() as tools, asyncio.TaskGroup() as group:

            async def one(name: str) -> None:
                document = read_file(made.folders.inbox / name, name, "", made.limits.max_bytes)
                await tools.reading.read(document)
                turns.release()
                tally.note(is_finished=True)

            for file in job.files:
                await turns.acquire()
                group.create_task(one(file.name))

    return work
