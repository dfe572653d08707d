"""Pace, with a clock that only moves when somebody waits."""

from __future__ import annotations

import asyncio

import pytest

from fakes import FakeClock
from pipeline.inference.limits import Limits


async def starts(limits: Limits, clock: FakeClock, count: int, tokens: int = 0, hold: float = 0.0) -> list[float]:
    """Return the seconds at which so many requests, all wanting to go at once, were let go."""
    found: list[float] = []

    async def one() -> None:
        async with limits.turn(tokens):
            found.append(clock.monotonic())
            if hold:
                await clock.sleep(hold)

    await asyncio.gather(*(one() for _ in range(count)))
    return sorted(found)


def test_requests_per_minute_are_spread_evenly(clock: FakeClock) -> None:
    found = asyncio.run(starts(Limits(clock, 10, 60, None), clock, 5))

    assert found == pytest.approx([0, 1, 2, 3, 4])


def test_tokens_per_minute_keep_the_next_one_back(clock: FakeClock) -> None:
    found = asyncio.run(starts(Limits(clock, 10, None, 6000), clock, 4, tokens=300))

    assert found == pytest.approx([0, 3, 6, 9])


def test_the_tighter_limit_rules(clock: FakeClock) -> None:
    found = asyncio.run(starts(Limits(clock, 10, 600, 6000), clock, 3, tokens=300))

    assert found == pytest.approx([0, 3, 6])


def test_what_was_really_used_is_settled(clock: FakeClock) -> None:
    async def run() -> list[float]:
        limits = Limits(clock, 1, None, 6000)
        first = await starts(limits, clock, 1, tokens=300)
        limits.settle(-200)
        return first + await starts(limits, clock, 1, tokens=300)

    assert asyncio.run(run()) == pytest.approx([0, 1])


def test_never_more_at_once_than_allowed() -> None:
    async def run() -> int:
        limits = Limits(FakeClock(), 3, None, None)
        inside = most = 0

        async def one() -> None:
            nonlocal inside, most
            async with limits.turn(1):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.001)
                inside -= 1

        await asyncio.gather(*(one() for _ in range(20)))
        return most

    assert asyncio.run(run()) == 3


def test_a_pause_holds_everybody(clock: FakeClock) -> None:
    async def run() -> list[float]:
        limits = Limits(clock, 10, None, None)
        limits.pause(7)
        return await starts(limits, clock, 4)

    assert asyncio.run(run()) == pytest.approx([7, 7, 7, 7])
