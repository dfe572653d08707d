"""An event loop in which waiting takes no time, and a provider that lives in the same hours.

When nothing is left to do at a moment, the loop's clock jumps to the next one. What is measured in this time is the
same in each run, however slow or busy the machine is.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import math
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import httpx

from fakes import NOON, document_in, instance

T = TypeVar("T")


class _Jump(selectors.DefaultSelector):
    """Looks at the network without waiting, and says how long one would have waited."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else None)
        if not ready:
            self.passed += max(0.0, timeout or 0.0)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._jump.passed


class VirtualClock:
    """The loop's own time."""

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def timed(work: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Run something in virtual time; return its result and the seconds that it took."""

    async def measured() -> tuple[T, float]:
        return await work, asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(measured())


class Metered(httpx.AsyncBaseTransport):
    """A provider with limits of its own: at once, requests and tokens per minute, with headers or without."""

    def __init__(
        self,
        latency: float = 0.0,
        *,
        at_once: float = math.inf,
        requests: int = 0,
        tokens: int = 0,
        burst: float = 1.0,
        tells: bool = True,
        distance: float = 0.0,
        counts_most: bool = False,
        busy: int = 429,
        slots: int = 10_000,
        fault: Callable[[str, int], str | None] = lambda _document, _number: None,
    ) -> None:
        """Take seconds a reply takes, and limits; `burst` is a share of a minute, `distance` the seconds a word takes.

        `busy` is the status of a refusal; of what is taken, `slots` are worked on at once, and the others wait in a queue.
        `counts_most`: a request takes all the output from the limit of tokens that it allows, as OpenAI and Azure count.
        """
        self.latency, self.at_once, self.tells, self.distance, self.fault = latency, at_once, tells, distance, fault
        self.counts_most, self.busy, self.queue = counts_most, busy, asyncio.Semaphore(slots)
        self.burst, self.per_minute = burst, {"requests": requests, "tokens": tokens}
        self.level = {name: max(1.0, limit * burst) for name, limit in self.per_minute.items()}
        self.filled_at = self.under_way = 0.0
        self.calls: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.tokens_in = self.tokens_out = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a chat completion as its limits allow."""
        await asyncio.sleep(self.distance)
        response = await self._answer(request)
        self.statuses[response.status_code] += 1
        await asyncio.sleep(self.distance)
        return response

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        document = document_in(body)
        self.calls[document] += 1
        text = json.dumps(instance(body["response_format"]["json_schema"]["schema"], document))
        used = {"prompt_tokens": len(request.content) // 4, "completion_tokens": len(text) // 4}
        most = used["prompt_tokens"] + body["max_tokens"] if self.counts_most else 0
        wait = self._refusal(most or sum(used.values()))
        headers = self._headers()
        if wait:
            again = {"retry-after": str(math.ceil(wait)), "retry-after-ms": str(math.ceil(wait * 1000))}
            return httpx.Response(self.busy, json={"error": {"message": "try again later"}}, headers=headers | again)
        self.under_way += 1
        async with self.queue:
            await asyncio.sleep(self.latency)
        self.under_way -= 1
        return self._reply(text, used, self.fault(document, self.calls[document]), headers)

    def _refusal(self, tokens: int) -> float:
        """Return seconds to wait, or take what a request takes."""
        if self.under_way >= self.at_once:
            return 1.0
        now = asyncio.get_running_loop().time()
        needs = {"requests": 1, "tokens": tokens}
        waits = [0.0]
        for name, limit in self.per_minute.items():
            if limit:
                size = max(1.0, limit * self.burst)
                self.level[name] = min(size, self.level[name] + (now - self.filled_at) * limit / 60)
                waits.append((min(needs[name], size) - self.level[name]) / limit * 60)
        self.filled_at = now
        if max(waits) > 0:
            return max(waits)
        for name, limit in self.per_minute.items():
            self.level[name] -= needs[name] if limit else 0
        return 0.0

    def _headers(self) -> dict[str, str]:
        told = {}
        for name, limit in self.per_minute.items():
            if limit and self.tells:
                full_in = (max(1.0, limit * self.burst) - self.level[name]) / limit * 60
                told[f"x-ratelimit-limit-{name}"] = str(limit)
                told[f"x-ratelimit-remaining-{name}"] = str(max(0, int(self.level[name])))
                told[f"x-ratelimit-reset-{name}"] = f"{full_in:.3f}s"
        return told

    def _reply(self, text: str, used: dict[str, int], fault: str | None, headers: dict[str, str]) -> httpx.Response:
        if fault in ("reset", "cut"):
            raise httpx.ReadError("")
        if fault and fault.isdigit():
            again = {"retry-after": "1"} if fault == "503" else {}
            return httpx.Response(int(fault), json={"error": {"code": "injected"}}, headers=headers | again)
        self.tokens_in += used["prompt_tokens"]
        self.tokens_out += used["completion_tokens"]
        message = {"content": "I am sorry." if fault == "prose" else text}
        body = {"choices": [{"finish_reason": "stop", "message": message}], "usage": used}
        return httpx.Response(200, json=body, headers=headers)
