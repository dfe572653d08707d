"""The contender that the others are compared with: a loop that only asks. It imports nothing else of the program."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from job import Job, Tally
from pipeline.inference.shards import network


def bare(job: Job, tally: Tally) -> Callable[[], Awaitable[object]]:
    """Send what our line would send, over connections like ours, and forget the replies."""
    headers = {"content-type": "application/json", "accept": "application/json"}
    turns = asyncio.Semaphore(job.concurrency)

    async def work() -> None:
        transport = network(job.url, job.concurrency, trust_env=False)
        async with httpx.AsyncClient(transport=transport, timeout=60) as http, asyncio.TaskGroup() as group:
            with (job.source / "bodies").open("rb") as bodies:
                for body in bodies:
                    await turns.acquire()
                    group.create_task(one(http, body.rstrip(b"\n")))

    async def one(http: httpx.AsyncClient, body: bytes) -> None:
        response = await http.post(f"{job.url}/chat/completions", content=body, headers=headers)
        turns.release()
        tally.note(is_finished=response.is_success)

    return work
