"""The contender that the others are compared with: a loop that only asks. It imports nothing else of the program."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import httpx

from job import Job, Tally
from pipeline.inference.shards import Shards


def bare(job: Job, tally: Tally) -> Callable[[], Awaitable[object]]:
    """Send what our line would send, over pools like ours of httpx's own connections, and forget the replies."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used, but made for each pool where none is given
    headers = {"content-type": "application/json", "accept": "application/json"}
    turns = asyncio.Semaphore(job.concurrency)

    async def work() -> None:
        transport = Shards(job.concurrency, lambda limits: httpx.AsyncHTTPTransport(verify=tls, limits=limits))
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
