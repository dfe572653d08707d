"""Requests spread over small pools: none has more under way than it has connections, and each gives back what it took."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from pipeline.inference.shards import Shards


class Pool(httpx.AsyncBaseTransport):
    """An inner transport that counts."""

    def __init__(self, limits: httpx.Limits, most: Counter[int]) -> None:
        self.limits, self.under_way, self.is_closed, self._most = limits, 0, False, most

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/away":
            raise httpx.ConnectError("away", request=request)
        self.under_way += 1
        self._most[id(self)] = max(self._most[id(self)], self.under_way)
        return httpx.Response(200, stream=Body(self), request=request)

    async def aclose(self) -> None:
        self.is_closed = True


class Body(httpx.AsyncByteStream):
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        await asyncio.sleep(0)
        yield b"x"

    async def aclose(self) -> None:
        self._pool.under_way -= 1


@pytest.mark.parametrize(
    ("concurrency", "pools", "each"), [(1, 1, 1), (2, 1, 2), (8, 2, 4), (64, 16, 4), (1000, 16, 63)]
)
def test_no_pool_has_more_under_way_than_connections(concurrency: int, pools: int, each: int) -> None:
    made, most = list[Pool](), Counter[int]()

    def make(limits: httpx.Limits) -> Pool:
        made.append(Pool(limits, most))
        return made[-1]

    async def run() -> None:
        turns = asyncio.Semaphore(concurrency)
        async with httpx.AsyncClient(transport=Shards(concurrency, make)) as http:

            async def one(number: int) -> None:
                async with turns:
                    if number % 5 == 0:
                        with pytest.raises(httpx.ConnectError):
                            await http.get("http://provider.test/away")
                    else:
                        assert (await http.get("http://provider.test/")).content == b"x"

            await asyncio.gather(*map(one, range(3 * concurrency)))

    asyncio.run(run())
    assert {(pool.limits.max_connections, pool.limits.max_keepalive_connections) for pool in made} == {(each, each)}
    assert len(made) == pools
    assert max(most.values()) <= each
    assert all(pool.is_closed and pool.under_way == 0 for pool in made)
