"""Who may ask when: calls at once, requests and tokens per minute, and the pause that a 429 means for everybody.

Turns are spaced evenly instead of in bursts: with R requests per minute one request starts every
60 / R seconds, and a request of T tokens keeps the next one back for T x 60 / TPM seconds. What a
request really used is settled afterwards. A pause moves the next start; waiting holds no slot of
anybody who is already talking.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pipeline.clock import Clock


class Limits:
    """One for all documents of a run. Rates are per minute; None: no limit."""

    def __init__(self, clock: Clock, concurrency: int, requests: int | None, tokens: int | None) -> None:
        self._clock = clock
        self._slots = asyncio.Semaphore(concurrency)
        self._per_request = 60 / requests if requests else 0.0
        self._per_token = 60 / tokens if tokens else 0.0
        self._next = 0.0
        """The monotonic second at which the next request may start."""

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[None]:
        """Wait for a slot and a start time; `tokens` is what the request is expected to use."""
        async with self._slots:
            await self._start(tokens)
            yield

    def pause(self, seconds: float) -> None:
        """Let nobody start for some seconds: the provider said that it is too much."""
        self._next = max(self._next, self._clock.monotonic() + seconds)

    def settle(self, difference: int) -> None:
        """Correct the estimate: positive, more tokens were used than expected."""
        self._next += difference * self._per_token

    async def _start(self, tokens: int) -> None:
        while (wait := self._next - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait)
        self._next = max(self._next, self._clock.monotonic()) + max(self._per_request, tokens * self._per_token)
