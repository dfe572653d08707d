"""Pace, in virtual time: the limits that a person sets, and those of a provider that must be found out."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import math
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, replace

import httpx
import pytest

from fakes import Ledger, document_in, random_faults
from pipeline.errors import RunError, UnavailableError
from pipeline.inference.budget import Budget
from pipeline.inference.circuit import Circuit
from pipeline.inference.client import Client, Purse
from pipeline.inference.meter import Turn
from pipeline.inference.pace import Pace
from pipeline.inference.pricing import Prices
from pipeline.inference.providers.table import PROVIDERS, Endpoint
from pipeline.inference.quota import Quota
from pipeline.inference.sending import Sender
from pipeline.records import Attempt, Inference, Prompt, Usage
from pipeline.schemas.schema import built_in
from virtual import Metered, VirtualClock, timed

SCHEMA = built_in("document")
assert SCHEMA is not None
READ = SCHEMA.read
PROMPT = Prompt("document", "p1-x", None, "Read it.", "", SCHEMA.json_schema, 100)
WORKERS = 16
"""Documents in hand beyond the calls at once."""


@dataclass
class Told:
    """How many documents went through a client, and what became of them."""

    results: list[Inference]
    seconds: float
    ledger: Ledger
    refused: int
    calls: int

    @property
    def done(self) -> int:
        return sum(result.error is None for result in self.results)

    @property
    def refused_share(self) -> float:
        return self.refused / self.calls


class SlowLedger(Ledger):
    """A ledger on a disk that takes its time."""

    def begin(self, attempt: Attempt) -> Future[int]:
        key, written = super().begin(attempt).result(), Future[int]()
        asyncio.get_running_loop().call_later(0.05, written.set_result, key)
        return written


def ask(
    provider: Metered,
    documents: int,
    concurrency: int = 64,
    *,
    ledger: Ledger | None = None,
    prompt: Prompt = PROMPT,
    beside: Coroutine[None, None, None] | None = None,
    **limits: int,
) -> Told:
    """Ask a provider for so many documents, as a run does. `beside`: what happens at the same time."""
    ledger = ledger or Ledger()

    async def everybody() -> list[Inference]:
        clock, numbers = VirtualClock(), iter(range(documents))
        results: list[Inference] = []
        client = Client(
            Sender(provider, clock, 60.0),
            Endpoint("custom", PROVIDERS["custom"], "http://provider.test/v1", "some-model", None),
            Pace(clock, concurrency, **limits),
            ledger,
            Purse(Prices({}), Budget({}, {})),
            clock=clock,
            circuit=Circuit(5 * concurrency, 1.0),
        )

        async def worker() -> None:
            for number in numbers:
                asked = replace(prompt, user=f"<document>\n{number} {'word ' * (number % 90)}\n</document>")
                results.append(await client.infer(f"{number:064}", asked, READ))

        async with asyncio.TaskGroup() as group:
            if beside:
                group.create_task(beside)
            for _ in range(concurrency + WORKERS):
                group.create_task(worker())
        return results

    results, seconds = timed(everybody())
    return Told(results, seconds, ledger, provider.statuses[429], sum(provider.calls.values()))


@contextlib.asynccontextmanager
async def held(pace: Pace, guess: float, look: Callable[[float], None] = lambda _wait: None) -> AsyncIterator[Turn]:
    turn = await pace.turn(guess, look)
    try:
        yield turn
    finally:
        pace.give_back()


async def starts(pace: Pace, count: int, tokens: float = 0, hold: float = 0.0) -> list[float]:
    """Return the seconds at which so many requests, all wanting to go at once, were let go."""
    found: list[float] = []

    async def one() -> None:
        async with held(pace, tokens):
            found.append(asyncio.get_running_loop().time())
            await asyncio.sleep(hold)

    await asyncio.gather(*(one() for _ in range(count)))
    return found


def pace(concurrency: int = 10, **limits: int) -> Pace:
    return Pace(VirtualClock(), concurrency, **limits, output=0)


async def started(count: int, concurrency: int = 10, **limits: int) -> list[float]:
    return await starts(pace(concurrency, **limits), count, tokens=300)


# --- what a person sets


def test_requests_per_minute_are_spread_evenly() -> None:
    assert timed(started(5, requests=60))[0] == pytest.approx([0, 1, 2, 3, 4])


def test_tokens_per_minute_keep_the_next_one_back() -> None:
    assert timed(started(4, tokens=6000))[0] == pytest.approx([0, 3, 6, 9])


def test_the_tighter_limit_rules() -> None:
    assert timed(started(3, requests=600, tokens=6000))[0] == pytest.approx([0, 3, 6])


def test_what_was_really_used_is_settled_and_expected_of_the_next_ones() -> None:
    async def run() -> list[float]:
        ours = pace(tokens=6000)
        async with held(ours, 300) as turn:
            ours.settle(turn, Usage(100, 0, 0, 0))
        return await starts(ours, 1, tokens=300) + await starts(ours, 1, tokens=300)

    # 100 tokens take a second; of the next 300, a tenth of what was too much is not expected any more.
    assert timed(run())[0] == pytest.approx([1, 1 + 2.8], abs=0.001)


def test_an_unknown_usage_counts_as_expected() -> None:
    async def run() -> list[float]:
        ours = pace(tokens=6000)
        async with held(ours, 300) as turn:
            ours.settle(turn, Usage())
        return await starts(ours, 1, tokens=300)

    assert timed(run())[0] == pytest.approx([3])


def test_never_more_at_once_than_allowed() -> None:
    provider = Metered(0.3)

    told = ask(provider, 100, concurrency=3)

    assert told.done == 100
    assert told.seconds == pytest.approx(100 / 3 * 0.3, rel=0.03)
    assert max(attempt.number for attempt in told.ledger.attempts) == 1


def test_nobody_overtakes_the_first_in_line() -> None:
    async def run() -> list[int]:
        ours, order = pace(tokens=6000), list[int]()

        async def one(number: int, tokens: int) -> None:
            async with held(ours, tokens):
                order.append(number)

        await asyncio.gather(one(0, 600), one(1, 6000), one(2, 1), one(3, 1))
        return order

    assert timed(run())[0] == [0, 1, 2, 3]


def test_who_waits_may_change_his_mind() -> None:
    async def run() -> None:
        ours = pace(requests=1)
        await starts(ours, 1)

        def look(_wait: float) -> None:
            if asyncio.get_running_loop().time() > 7:
                raise RunError("no more", "go")

        async with held(ours, 1, look):
            raise AssertionError

    with pytest.raises(RunError):
        timed(run())


# --- what a provider says


def test_a_limit_of_requests_that_only_headers_tell_is_kept() -> None:
    told = ask(Metered(0.3, requests=600, burst=0.05), 300)

    assert told.done == 300
    assert told.seconds <= 1.15 * (300 - 30) / 10
    assert told.refused_share < 0.02


@pytest.mark.parametrize("latency", [0.0, 0.05, 2.0])
def test_it_is_kept_whatever_a_reply_takes(latency: float) -> None:
    told = ask(Metered(latency, requests=600, burst=0.05), 300)

    assert told.done == 300
    assert told.seconds <= 1.15 * (300 - 30) / 10 + latency
    assert told.refused_share < 0.03


@pytest.mark.parametrize("burst", [0.01, 0.05, 1.0])
def test_a_limit_of_tokens_that_only_headers_tell_is_kept(burst: float) -> None:
    provider = Metered(0.3, tokens=300_000, burst=burst)

    told = ask(provider, 300)

    ideal = (provider.tokens_in + provider.tokens_out - 300_000 * burst) / 5000
    assert told.done == 300
    assert told.seconds <= 1.15 * max(ideal, 300 / 64 * 0.3) + 0.3
    assert told.refused_share < 0.02


def test_a_limit_that_is_told_from_afar_is_kept() -> None:
    told = ask(Metered(0.3, requests=600, burst=0.05, distance=0.1), 300)

    assert told.done == 300
    assert told.seconds <= 1.15 * (300 - 30) / 10
    assert told.refused_share < 0.2  # those that had left before the first word came


class PerSecond(Metered):
    """Takes ten in each second of the clock; its headers tell when the next one begins, or not even that, and not that it is a second."""

    second, taken, tells_reset = -1, 0, True

    def _refusal(self, tokens: int) -> float:  # noqa: ARG002  # calls are counted
        now = asyncio.get_running_loop().time()
        if int(now) != self.second:
            self.second, self.taken = int(now), 0
        self.taken += 1
        return 0.0 if self.taken <= 10 else 1.0 - now % 1

    def _headers(self) -> dict[str, str]:
        told = {"limit": "10", "remaining": str(max(0, 10 - self.taken))}
        if self.tells_reset:
            told["reset"] = f"{1.0 - asyncio.get_running_loop().time() % 1:.3f}"
        return {f"x-ratelimit-{name}-requests": value for name, value in told.items()}


@pytest.mark.parametrize("tells_reset", [True, False])
def test_a_limit_that_does_not_say_that_it_is_for_a_second_is_not_taken_to_be_for_a_minute(
    *, tells_reset: bool
) -> None:
    provider = PerSecond(0.2)
    provider.tells_reset = tells_reset

    told = ask(provider, 200)

    assert told.done == 200
    assert told.seconds <= 2 * 200 / 10
    assert told.refused_share < 0.2


@pytest.mark.parametrize("latency", [0.3, 3.0])
def test_a_provider_that_counts_all_the_output_that_is_allowed_is_found_out(latency: float) -> None:
    provider = Metered(latency, tokens=600_000, burst=0.2, counts_most=True)

    told = ask(provider, 300, prompt=replace(PROMPT, max_output_tokens=4000))

    assert told.done == 300
    assert told.refused_share < 0.05
    assert told.seconds <= 1.1 * (provider.tokens_in + 300 * 4000 - 120_000) / 10_000 + latency


@pytest.mark.parametrize("left", [0, 1])
def test_a_limit_that_more_were_answered_than_does_not_end_the_run(left: int) -> None:
    async def run() -> list[float]:
        ours = pace(concurrency=64)

        async def one() -> None:
            async with held(ours, 1) as turn:
                await asyncio.sleep(1.0 + turn.number)
                ours.answered(turn, (Quota("requests", 1, left),))

        await asyncio.gather(*(one() for _ in range(64)), starts(ours, 1))
        return await starts(ours, 1)

    assert timed(run())[0][0] < 65 + 2 * 62


def test_a_generous_limit_holds_nobody_back() -> None:
    told = ask(Metered(0.3, requests=60_000, tokens=100_000_000), 640)

    assert told.refused == 0
    assert told.seconds <= 1.1 * 640 / 64 * 0.3


def test_a_quota_for_a_day_that_is_used_up_ends_the_run() -> None:
    async def run() -> None:
        ours = pace()
        async with held(ours, 1) as turn:
            ours.answered(turn, (Quota("requests", 100, 0, 20_000, 86_400),))
        await starts(ours, 1)

    with pytest.raises(UnavailableError, match="quota of requests for this hour or day is used up"):
        timed(run())


def test_an_old_word_does_not_undo_a_newer_one() -> None:
    async def run() -> list[float]:
        ours = pace()
        async with held(ours, 1) as first, held(ours, 1) as second:
            ours.answered(second, (Quota("requests", 60, 0),))
            ours.answered(first, (Quota("requests", 60, 59),))
        return await starts(ours, 2)

    assert timed(run())[0][1] > 1


# --- what a provider does not say


def test_a_provider_that_takes_less_at_once_is_found_out() -> None:
    told = ask(Metered(0.3, at_once=8), 400)

    assert told.done == 400
    assert told.seconds <= 1.2 * 400 / 8 * 0.3
    assert told.refused_share < 0.03


@pytest.mark.parametrize(("at_once", "latency"), [(1, 0.3), (2, 1.0), (32, 0.3), (20, 5.0), (8, 0.01)])
def test_whatever_it_takes_at_once(at_once: int, latency: float) -> None:
    told = ask(Metered(latency, at_once=at_once), 20 * at_once)

    assert told.done == 20 * at_once
    assert told.refused_share < 0.1
    assert told.seconds <= 1.2 * 20 * latency + 3.5


@pytest.mark.parametrize("status", [503, 529])
@pytest.mark.parametrize(("at_once", "latency"), [(1, 4.0), (6, 0.5)])
def test_a_busy_server_that_says_so_with_another_status_is_no_provider_that_is_down(
    status: int, at_once: int, latency: float
) -> None:
    told = ask(Metered(latency, at_once=at_once, busy=status), 60, 8)

    assert told.done == 60
    assert told.calls < 2.5 * 60
    assert told.seconds <= 1.2 * 60 / at_once * latency + 3.5


def test_a_single_503_now_and_then_slows_nobody_down() -> None:
    told = ask(Metered(0.3, fault=lambda document, call: "503" if call == 1 and "7" in document[-3:] else None), 400, 8)

    assert told.done == 400
    assert told.seconds <= 1.3 * told.calls / 8 * 0.3


@pytest.mark.parametrize("slots", [1, 2])
def test_a_server_that_lets_requests_wait_in_a_queue_is_asked_for_no_more_than_it_can_answer_in_time(
    slots: int,
) -> None:
    told = ask(Metered(18.0, slots=slots), 20, 8)  # it is given up after 60 seconds

    assert told.done == 20
    assert told.calls <= 20 + 8
    assert told.seconds <= 1.5 * 20 / slots * 18.0


# --- a provider that is away for a while


def away(begin: float, end: float, fault: str) -> Callable[[str, int], str | None]:
    return lambda _document, _call: fault if begin <= asyncio.get_running_loop().time() < end else None


@pytest.mark.parametrize("fault", ["500", "reset"])
@pytest.mark.parametrize("begin", [0, 2])
@pytest.mark.parametrize("concurrency", [4, 16])
def test_a_provider_that_is_away_for_a_while_costs_a_few_calls_and_no_run(
    fault: str, begin: int, concurrency: int
) -> None:
    documents = 10 * concurrency
    told = ask(Metered(0.3, fault=away(begin, begin + 12, fault)), documents, concurrency)

    assert told.done == documents
    assert told.calls <= documents + 2 * concurrency + 16
    assert told.seconds <= 1.2 * 10 * 0.3 + 12 + 12


@pytest.mark.parametrize("fault", ["503", "reset"])
def test_a_restart_of_a_minute_is_waited_for_where_it_has_answered(fault: str) -> None:
    told = ask(Metered(0.3, fault=away(2, 62, fault)), 40, 4)

    assert told.done == 40
    assert told.calls <= 40 + 25
    assert told.seconds <= 60 + 20


def test_a_document_that_fails_while_others_are_answered_is_not_waited_for() -> None:
    def poison(document: str, _call: int) -> str | None:
        return "500" if document in first else None

    first: set[str] = set()
    provider = Metered(0.3, fault=poison)
    asked = provider.handle_async_request

    async def remember(request: httpx.Request) -> httpx.Response:
        first.update([document_in(json.loads(request.content))] if not first else [])
        return await asked(request)

    provider.handle_async_request = remember  # type: ignore[method-assign]
    told = ask(provider, 40, 4)

    assert told.done == 39
    assert told.calls <= 39 + 6
    assert told.seconds <= 40


def test_a_provider_that_stays_away_ends_the_run_in_less_than_a_minute() -> None:
    async def run() -> tuple[list[float], float]:
        ours, asked = pace(4), []
        loop = asyncio.get_running_loop()
        while not ours.is_down:
            async with held(ours, 1) as turn:
                asked.append(loop.time())
                ours.failed(turn)
        return asked, loop.time()

    (asked, seconds), _ = timed(run())

    assert 30 <= seconds < 60
    assert len(asked) < 16


def test_a_free_provider_is_used_fully() -> None:
    told = ask(Metered(0.3), 1000)

    assert told.seconds <= 1.06 * 1000 / 64 * 0.3
    assert told.refused == 0


def test_a_provider_that_takes_more_later_is_asked_for_more() -> None:
    provider = Metered(0.3, at_once=8)

    async def run() -> int:
        ours = Pace(VirtualClock(), 64)

        async def one() -> None:
            async with held(ours, 100) as turn:
                provider.under_way += 1
                refused = provider.under_way > provider.at_once
                await asyncio.sleep(0.0 if refused else 0.3)
                provider.under_way -= 1
                if refused:
                    ours.refused(turn, (), 1.0)
                else:
                    ours.answered(turn, ())

        await asyncio.gather(*(one() for _ in range(200)))
        provider.at_once = 1000
        await asyncio.gather(*(one() for _ in range(8000)))
        return ours.width

    assert timed(run())[0] == 64


@pytest.mark.parametrize("latency", [0.05, 0.3])
def test_a_limit_of_requests_that_nothing_tells_is_found_out(latency: float) -> None:
    told = ask(Metered(latency, requests=600, burst=0.05, tells=False), 300)

    assert told.done == 300
    assert told.refused_share < 0.2
    assert told.seconds <= 2 * (300 - 30) / 10


# --- what a 429 means


def test_a_429_pauses_everybody_and_then_turns_are_handed_out_one_at_a_time() -> None:
    async def run() -> list[float]:
        ours = pace()
        await starts(ours, 10, hold=0.3)
        async with held(ours, 1) as turn:
            ours.refused(turn, (), 7.0)
        return await starts(ours, 4, hold=1.0)

    found, _ = timed(run())
    assert found[0] > 7
    assert all(later - earlier >= 0.002 for earlier, later in itertools.pairwise(found))


def test_what_was_written_down_before_a_pause_waits_it_out() -> None:
    provider, ledger = Metered(0.3, at_once=4), SlowLedger()

    told = ask(provider, 40, concurrency=8, ledger=ledger)

    refusals = [attempt for attempt in ledger.attempts if attempt.status == 429]
    assert told.done == 40
    assert 0 < len(refusals) <= 2
    for refused in refusals:  # it was answered at once, with "come back in a second"
        began = refused.started_at
        assert not any(0 < (other.started_at - began).total_seconds() < 0.9 for other in ledger.attempts)


def test_the_disk_costs_no_turn() -> None:
    told = ask(Metered(0.3), 160, concurrency=8, ledger=SlowLedger())

    assert told.seconds <= 1.05 * 160 / 8 * 0.3


@pytest.mark.parametrize(("told", "pause"), [(86_400.0, 120), (0.0, 0.5)])
def test_no_pause_is_longer_than_two_minutes_and_none_is_nothing(told: float, pause: float) -> None:
    async def run() -> list[float]:
        ours = pace()
        async with held(ours, 1) as turn:
            ours.refused(turn, (), told)
        return await starts(ours, 1)

    assert timed(run())[0] == pytest.approx([pause])


def test_refusals_in_a_row_pause_for_longer_and_longer() -> None:
    async def run() -> list[float]:
        ours, found = pace(), list[float]()
        for _ in range(5):
            async with held(ours, 1) as turn:
                found.append(asyncio.get_running_loop().time())
                ours.refused(turn, (), None)
        return found

    assert timed(run())[0] == pytest.approx([0, 0.5, 1.5, 3.5, 7.5], abs=0.01)


def test_however_often_it_is_refused_the_pause_stays_a_pause() -> None:
    async def run() -> list[float]:
        ours = pace()
        ours._refused_in_a_row = 1100  # days of `watch` with nothing but refusals
        async with held(ours, 1) as turn:
            ours.refused(turn, (), None)
        began = asyncio.get_running_loop().time()
        return [moment - began for moment in await starts(ours, 1)]

    assert timed(run())[0] == pytest.approx([120], abs=0.01)


def test_an_echo_of_a_refusal_teaches_only_how_few_were_taken() -> None:
    async def run() -> int:
        ours = pace()

        async def one(refused: bool) -> None:
            async with held(ours, 1) as turn:
                await asyncio.sleep(0.1 if refused else 1.0)
                if refused:
                    ours.refused(turn, (), None)
                else:
                    ours.answered(turn, ())

        await asyncio.gather(*(one(number >= 4) for number in range(10)))
        return ours.width

    assert timed(run())[0] == 4


def test_a_refusal_of_who_is_alone_says_nothing_about_how_many() -> None:
    """The window of a limit per minute is empty: whoever asks first after the pause is refused as well."""

    async def run() -> tuple[int, list[float]]:
        ours = pace()

        async def one() -> None:
            async with held(ours, 1) as turn:
                await asyncio.sleep(1.0)
                ours.answered(turn, ())

        await asyncio.gather(*(one() for _ in range(10)))
        for _ in range(5):
            async with held(ours, 1) as turn:
                ours.refused(turn, (), None)
        return ours.width, await starts(ours, 2)

    width, (first, second) = timed(run())[0]
    assert width == 9
    assert 0.05 < second - first < 0.07  # 2 ms, doubled five times


@pytest.mark.parametrize(("share", "documents", "concurrency"), [(0.01, 500, 64), (0.03, 500, 64), (0.1, 300, 16)])
def test_refusals_at_random_do_not_bring_everybody_to_a_standstill(
    share: float, documents: int, concurrency: int
) -> None:
    """They are about the load of others: each costs its pause, and asking more slowly would not save a single one."""
    provider = Metered(0.3, fault=random_faults(3, share, ["429"], most=99))

    told = ask(provider, documents, concurrency)

    assert told.done == documents
    assert told.seconds <= told.calls / concurrency * 0.3 + 0.8 * told.refused


class Moody(Metered):
    """Refuses half of all at once, whatever is asked of it."""

    chance = random.Random(11)

    def _refusal(self, tokens: int) -> float:  # noqa: ARG002  # the base class counts them
        return float(self.chance.random() < 0.5)


def test_where_half_of_all_are_refused_at_random_nobody_asks_more_slowly() -> None:
    told = ask(Moody(0.3), 160, 16)

    assert told.done == 160
    assert told.seconds <= 4 * told.refused


@pytest.mark.parametrize(("concurrency", "status"), [(4, "529"), (32, "503")])
def test_a_server_that_is_busy_at_random_is_not_asked_by_one_alone(concurrency: int, status: str) -> None:
    documents = 20 * concurrency
    provider = Metered(0.3, fault=random_faults(3, 0.5, [status], most=99))

    told = ask(provider, documents, concurrency)

    assert told.done == documents
    assert told.seconds <= told.calls / concurrency * 0.3 + 30


def test_a_silent_limit_that_becomes_tighter_is_found_out_again() -> None:
    provider = Metered(0.3, requests=1200, burst=0.05, tells=False)

    async def tighter() -> None:
        await asyncio.sleep(15)
        provider.per_minute["requests"] = 300

    told = ask(provider, 600, beside=tighter())

    assert told.done == 600
    assert told.refused_share < 0.25
    assert told.seconds <= 1.2 * (15 + (600 - 60 - 15 * 20) / 5)


def test_after_a_long_while_of_refusals_everybody_is_as_fast_as_before() -> None:
    provider = Metered(0.3)

    async def closed() -> None:
        await asyncio.sleep(3)
        provider.at_once = 0
        await asyncio.sleep(60)
        provider.at_once = math.inf

    told = ask(provider, 500, 16, beside=closed())

    assert told.done == 500
    assert told.seconds <= 1.2 * (500 / 16 * 0.3 + 60)


def test_a_provider_that_refuses_for_ever_ends_the_run_after_a_while() -> None:
    provider = Metered(0.3, at_once=0)

    with pytest.raises(ExceptionGroup) as caught:
        ask(provider, 50)

    assert caught.group_contains(UnavailableError, match="has refused every request for a long time")
    assert sum(provider.calls.values()) < 50 * 20


def test_the_pace_never_leaks_a_turn() -> None:
    async def run() -> list[float]:
        ours = pace(concurrency=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                async with held(ours, 1):
                    raise ZeroDivisionError
        waiting = asyncio.ensure_future(starts(ours, 1))
        waiting.cancel()
        return await starts(ours, 2)

    assert len(timed(run())[0]) == 2


# --- when things go wrong


@pytest.mark.parametrize(("documents", "unavailable"), [(500, "500"), (1000, "503")])
def test_faults_of_every_kind_cost_a_call_each_and_little_time(documents: int, unavailable: str) -> None:
    """A 503 of this provider asks to wait for a second, which at the very end everybody sees: then more documents."""
    kinds = ["500"] * 3 + [unavailable] * 3 + ["reset"] * 2 + ["cut"] * 2 + ["prose"] * 2
    provider = Metered(0.3, at_once=32, fault=random_faults(3, 0.12, kinds, most=99))

    told = ask(provider, documents)

    faults = sum(attempt.error is not None and attempt.status != 429 for attempt in told.ledger.attempts)
    used = [attempt.usage for attempt in told.ledger.attempts]
    assert told.done >= 0.99 * documents
    assert all(result.error is None or result.attempts for result in told.results)
    assert told.calls <= 1.15 * (documents + faults)
    assert told.seconds <= 1.3 * (documents + faults) / 32 * 0.3
    assert sum(usage.input_tokens or 0 for usage in used) == provider.tokens_in
    assert sum(usage.output_tokens or 0 for usage in used) == provider.tokens_out


def test_a_turn_says_how_many_were_under_way() -> None:
    async def run() -> list[Turn]:
        ours = pace()
        async with held(ours, 1) as first, held(ours, 1) as second:
            pass
        async with held(ours, 1) as third:
            return [first, second, third]

    assert [(turn.number, turn.at_once) for turn in timed(run())[0]] == [(1, 1), (2, 2), (3, 1)]
