"""Attempts: what is retried, what is repaired, what ends the run, and that the ledger knows of each."""

from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import httpx
import pytest

from fakes import NOON, FakeClock, FakeProvider, Ledger
from pipeline.errors import (
    DeferredError,
    DeniedError,
    GaveUpError,
    InvalidReplyError,
    RefusedError,
    TooLongError,
    UnavailableError,
    UndecidedError,
)
from pipeline.inference.budget import Budget
from pipeline.inference.case import Case
from pipeline.inference.circuit import Circuit
from pipeline.inference.client import Client, Purse
from pipeline.inference.judging import believed
from pipeline.inference.pace import Pace
from pipeline.inference.pricing import Prices
from pipeline.inference.providers.table import PROVIDERS, Endpoint
from pipeline.inference.retries import BY_CODE, BY_STATUS, Verdict, retry_after, verdict
from pipeline.inference.sending import Sender
from pipeline.records import Attempt, Inference, Prompt, Usage
from pipeline.schemas.schema import built_in

SCHEMA = built_in("document")
assert SCHEMA is not None
PROMPT = Prompt("document", "p1-x", None, "Read it.", "<document x>\nHello\n</document x>", SCHEMA.json_schema, 100)
KEY = "sk-secret-4711"


class Book(Ledger):
    """A ledger that also knows the order of things."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []

    def begin(self, attempt: Attempt) -> Future[int]:
        self.events.append("begin")
        return super().begin(attempt)

    def settle(self, attempt_id: int, attempt: Attempt) -> Future[None]:
        self.events.append("settle")
        return super().settle(attempt_id, attempt)


class Asked:
    """One document asked for, with everything that can be looked at afterwards."""

    def __init__(self, provider: FakeProvider | Callable[[httpx.Request], httpx.Response], **options: Any) -> None:
        self.book, self.clock = Book(), FakeClock()
        self.endpoint = Endpoint("custom", PROVIDERS["custom"], "http://provider.test/v1", "some-model", KEY)
        handler = provider.transport() if isinstance(provider, FakeProvider) else httpx.MockTransport(provider)
        self.prompt: Prompt = options.pop("prompt", PROMPT)
        self.paid: int = options.pop("paid", 0)
        self.outcome = asyncio.run(self._ask(handler, options))

    async def _ask(self, handler: httpx.AsyncBaseTransport, options: dict[str, Any]) -> Inference | Exception:
        assert SCHEMA is not None
        pace = Pace(self.clock, 2)
        sender = Sender(handler, self.clock, options.pop("timeout", 5.0))
        purse = Purse(Prices({}), options.pop("budget", Budget({}, {})), options.pop("per_document", None))
        settings = {"circuit": Circuit(20, 1.0), "jitter": lambda _low, high: high, **options}
        client = Client(sender, self.endpoint, pace, self.book, purse, clock=self.clock, **settings)
        try:
            return await client.infer("ab" * 32, self.prompt, SCHEMA.read, self.paid)
        except Exception as error:
            return error

    @property
    def error(self) -> Any:
        return self.outcome if isinstance(self.outcome, Exception) else self.outcome.error

    @property
    def fields(self) -> Any:
        assert isinstance(self.outcome, Inference)
        return self.outcome.fields


def first(*faults: str) -> FakeProvider:
    """Return a provider whose first calls go wrong in these ways."""
    plan = dict(enumerate(faults, 1))
    return FakeProvider(lambda _document, number: plan.get(number))


def always(fault: str) -> FakeProvider:
    return FakeProvider(lambda _document, _number: fault)


def failing(
    status: int, code: str | None = None, headers: dict[str, str] | None = None
) -> Callable[[httpx.Request], httpx.Response]:
    body = {"error": {"message": "no", "type": "t", "code": code}} if code else {}
    return lambda _request: httpx.Response(status, json=body, headers=headers)


def test_a_good_reply_is_one_attempt_with_its_usage() -> None:
    provider = FakeProvider()

    asked = Asked(provider)

    [attempt] = asked.book.attempts
    assert asked.error is None
    assert asked.fields["document_type"] == "cv"
    assert (attempt.status, attempt.error, attempt.finish_reason) == (200, None, "stop")
    assert (attempt.usage.input_tokens, attempt.usage.output_tokens) == (provider.input_tokens, provider.output_tokens)
    assert attempt.answered_by == "some-model-2026"
    assert attempt.request_id == "req_1"
    assert provider.keys == [f"Bearer {KEY}"]


def test_the_attempt_is_in_the_ledger_before_its_request_leaves_and_settled_before_the_reply_is_judged() -> None:
    order: list[str] = []

    def handler(_request: httpx.Request) -> httpx.Response:
        order.append("sent")
        return httpx.Response(
            200,
            json={
                "choices": [{"message": {"content": "prose"}}],
                "usage": {"prompt_tokens": 7, "completion_tokens": 3},
            },
        )

    class Recording(Book):
        def begin(self, attempt: Attempt) -> Future[int]:
            order.append("begin")
            assert (attempt.error, attempt.usage.input_tokens, attempt.seconds) == ("unknown_usage", None, None)
            return super().begin(attempt)

        def settle(self, attempt_id: int, attempt: Attempt) -> Future[None]:
            order.append(f"settle {attempt.usage.input_tokens} {attempt.error}")
            return super().settle(attempt_id, attempt)

    asked = Asked.__new__(Asked)
    asked.book, asked.clock, asked.prompt, asked.paid = Recording(), FakeClock(), PROMPT, 0
    asked.endpoint = Endpoint("custom", PROVIDERS["custom"], "http://provider.test/v1", "m", None)
    asyncio.run(asked._ask(httpx.MockTransport(handler), {}))

    assert order == ["begin", "sent", "settle 7 None", "settle 7 invalid_reply"] * 2


PASSING = ["500", "502", "503", "504", "529", "408", "409", "425", "429", "drop", "cut", "garbage", "wait"]


@pytest.mark.parametrize("fault", PASSING)
def test_a_passing_fault_is_tried_again(fault: str) -> None:
    provider = first(fault, fault)

    asked = Asked(provider)

    assert asked.error is None
    assert [attempt.number for attempt in asked.book.attempts] == [1, 2, 3]
    assert sum(provider.calls.values()) == 3


@pytest.mark.parametrize("fault", ["500", "503"])
def test_after_six_passing_faults_the_document_waits_for_the_next_run(fault: str) -> None:
    provider = always(fault)

    asked = Asked(provider)

    assert isinstance(asked.error, DeferredError)
    assert sum(provider.calls.values()) == 6


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, UndecidedError),
        (422, UndecidedError),
        (501, UndecidedError),
        (413, TooLongError),
        (401, DeniedError),
        (403, UndecidedError),
        (404, DeniedError),
        (402, UnavailableError),
        (302, DeniedError),
    ],
)
def test_a_status_that_no_retry_can_mend_is_asked_once(status: int, error: type[Exception]) -> None:
    asked = Asked(failing(status))

    assert isinstance(asked.error, error)
    assert len(asked.book.attempts) == 1
    assert asked.book.attempts[0].status == status


@pytest.mark.parametrize(("code", "expected"), BY_CODE.items())
def test_a_code_decides_before_the_status(code: str, expected: Verdict) -> None:
    assert verdict(429, code, {}) is expected
    assert verdict(400, code, {"x-should-retry": "true"}) is expected


@pytest.mark.parametrize(("status", "expected"), BY_STATUS.items())
def test_every_row_of_the_status_table(status: int, expected: Verdict) -> None:
    assert verdict(status, None, {}) is expected
    assert verdict(status, "some_new_code", {}) is expected


@pytest.mark.parametrize(
    ("status", "told", "expected"),
    [
        (500, "false", Verdict.LATER),
        (400, "true", Verdict.RETRY),
        (402, "true", Verdict.NO_MONEY),
        (500, "true", Verdict.RETRY),
        (599, "", Verdict.RETRY),
    ],
)
def test_the_server_may_say_whether_to_retry_but_never_about_money(status: int, told: str, expected: Verdict) -> None:
    assert verdict(status, None, {"x-should-retry": told}) is expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": str(int(NOON.timestamp()) + 20)}, 20.0),
        ({"retry-after": "1m30s"}, 90.0),
        ({"retry-after-ms": "-1", "retry-after": "2s"}, 2.0),
        ({"retry-after": "2026-11-24T12:00:09Z"}, 9.0),
        ({}, None),
    ],
)
def test_how_long_a_reply_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOON) == seconds


def test_what_the_provider_asks_to_wait_is_a_floor() -> None:
    replies = iter([httpx.Response(503, headers={"retry-after": "7"}), httpx.Response(503)])

    asked = Asked(lambda _request: next(replies, httpx.Response(400)))

    assert 7 + 0.5 + 1 <= sum(asked.clock.slept) <= 7 * 1.1 + 0.5 + 1


def test_it_is_told_how_long_nobody_may_ask() -> None:
    replies = iter([httpx.Response(429, headers={"retry-after": "7"})])
    told: list[float] = []

    Asked(lambda _request: next(replies, httpx.Response(400)), waits=told.append)

    assert told[0] == told[-1] == 0
    assert told[1:-1] == sorted(told[1:-1], reverse=True)
    assert (round(told[1]), round(told[-2])) == (7, 0)


def test_a_wait_of_more_than_two_minutes_is_left_to_the_next_run() -> None:
    asked = Asked(failing(429, "rate_limit_exceeded", {"retry-after": "600"}))

    assert isinstance(asked.error, DeferredError)
    assert len(asked.book.attempts) == 1


def test_the_backoff_grows_and_has_a_ceiling() -> None:
    asked = Asked(always("500"))

    assert sum(asked.clock.slept) == pytest.approx(0.5 + 1 + 2 + 4 + 8)


@pytest.mark.parametrize("fault", ["prose", "schema", "empty"])
def test_a_reply_that_does_not_fit_gets_one_repair_that_says_why(fault: str) -> None:
    provider = first(fault)

    asked = Asked(provider)

    assert asked.error is None
    assert [attempt.error for attempt in asked.book.attempts] == ["invalid_reply", None]
    system = [request["messages"][0]["content"] for request in provider.requests]
    assert system[1].startswith(system[0])
    assert "could not be used" in system[1]
    assert provider.requests[0]["messages"][1] == provider.requests[1]["messages"][1]


def test_a_second_reply_that_does_not_fit_is_the_last() -> None:
    provider = always("schema")

    asked = Asked(provider)

    assert isinstance(asked.error, InvalidReplyError)
    assert sum(provider.calls.values()) == 2


def test_a_reply_that_was_cut_off_gets_one_call_with_twice_the_room() -> None:
    provider = first("length")

    asked = Asked(provider)

    assert asked.error is None
    assert [request["max_tokens"] for request in provider.requests] == [100, 200]
    assert isinstance(Asked(always("length")).error, InvalidReplyError)


def test_a_refusal_is_final_and_its_tokens_are_kept() -> None:
    provider = always("refusal")

    asked = Asked(provider)

    assert isinstance(asked.error, RefusedError)
    assert [attempt.usage.input_tokens for attempt in asked.book.attempts] == [provider.input_tokens]


def test_five_paid_attempts_over_all_runs_are_the_last() -> None:
    provider = FakeProvider()

    asked = Asked(provider, paid=5)

    assert isinstance(asked.error, GaveUpError)
    assert sum(provider.calls.values()) == 0
    assert len(Asked(always("garbage"), paid=3).book.attempts) == 2


def test_attempts_that_nobody_can_charge_for_do_not_count_as_paid() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    asked = Asked(refuse, paid=4)

    assert isinstance(asked.error, DeferredError)
    assert {attempt.error for attempt in asked.book.attempts} == {"unreachable"}


def test_a_few_failures_at_the_start_are_no_half_of_what_a_circuit_looks_back_on() -> None:
    """They come sooner than answers do."""
    circuit = Circuit(20, 1.0)
    for number in range(1, 11):
        circuit.note(failed=True)
        assert circuit.is_overrun == (number == 10)


def test_a_provider_that_is_down_ends_the_run() -> None:
    asked = Asked(always("503"), circuit=Circuit(4, 1.0))

    assert isinstance(asked.error, UnavailableError)
    assert len(asked.book.attempts) == 4


def test_too_many_requests_do_not_mean_that_the_provider_is_down() -> None:
    asked = Asked(first("429", "429", "429", "429", "429", "429", "429"), circuit=Circuit(4, 1.0))

    assert asked.error is None
    assert len(asked.book.attempts) == 8


def test_a_provider_that_only_says_too_many_requests_is_asked_no_more_after_a_while() -> None:
    asked = Asked(always("429"))

    assert isinstance(asked.error, UnavailableError)
    assert asked.clock.seconds >= 600


def test_nothing_is_sent_once_the_run_is_being_stopped() -> None:
    provider = FakeProvider()

    asked = Asked(provider, stopping=lambda: True)

    assert isinstance(asked.error, DeferredError)
    assert asked.book.events == []
    assert sum(provider.calls.values()) == 0


def test_what_waits_for_its_turn_when_the_run_is_stopped_leaves_no_trace() -> None:
    provider, looks = FakeProvider(), itertools.count()

    asked = Asked(provider, stopping=lambda: next(looks) > 0)

    assert isinstance(asked.error, DeferredError)
    assert asked.book.events == ["begin"]
    assert asked.book.attempts == []
    assert sum(provider.calls.values()) == 0


def test_a_document_that_is_done_is_let_go_at_once() -> None:
    gc.collect()
    gc.disable()
    try:
        Asked(FakeProvider())
        held = [thing for thing in gc.get_objects() if type(thing) is Case]
    finally:
        gc.enable()

    assert held == []


def test_a_reply_without_usage_is_booked_as_unknown_and_not_as_zero() -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"choices": [{"message": {"content": "x"}}]})

    [attempt, _] = Asked(handler).book.attempts

    assert (attempt.usage.input_tokens, attempt.usage.output_tokens, attempt.cost.nanodollars) == (None, None, None)


@pytest.mark.parametrize("count", [-5, 10**15, "-12", "a dozen", None, True, 1.5])
def test_an_absurd_count_of_tokens_is_not_believed(count: Any) -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        usage = {"prompt_tokens": count, "completion_tokens": 5}
        return httpx.Response(200, json={"choices": [{"message": {"content": "x"}}], "usage": usage})

    assert Asked(handler).book.attempts[0].usage.input_tokens is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b'{"choices": []}',
        b'{"choices": [null]}',
        b'{"choices": {}}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"error": "overloaded"}',
        b'{"error": {"message": "busy"}}',
    ],
)
def test_a_body_that_holds_no_answer_is_tried_again_and_never_crashes(body: bytes) -> None:
    asked = Asked(lambda _request: httpx.Response(200, content=body))

    assert isinstance(asked.error, UndecidedError)
    assert len(asked.book.attempts) == 5


def test_a_reply_that_never_ends_is_cut_off() -> None:
    async def endless() -> Any:
        while True:
            yield b"x" * 1_000_000

    asked = Asked(lambda _request: httpx.Response(200, content=endless()))

    assert {attempt.error for attempt in asked.book.attempts} == {"unreadable_body"}


def test_a_reply_that_drips_is_timed_out_as_a_whole() -> None:
    async def dripping() -> Any:
        while True:
            await asyncio.sleep(0.01)
            yield b" "

    asked = Asked(lambda _request: httpx.Response(200, content=dripping()), timeout=0.05)

    assert {attempt.error for attempt in asked.book.attempts} == {"timeout"}
    assert {attempt.usage.input_tokens for attempt in asked.book.attempts} == {None}


@pytest.mark.parametrize("fault", ["401", "400", "prose", "429", "drop"])
def test_no_error_shows_the_key_or_the_document(fault: str) -> None:
    prompt = replace(PROMPT, user="<document x>\nMarked Person\n</document x>")

    asked = Asked(always(fault), prompt=prompt)

    assert KEY not in str(asked.error)
    assert "Marked Person" not in str(asked.error)


def test_a_prompt_may_name_its_own_model() -> None:
    provider = FakeProvider()

    asked = Asked(provider, prompt=replace(PROMPT, model="big-model"))

    assert [request["model"] for request in provider.requests] == ["big-model"]
    assert asked.book.attempts[0].model == "big-model"


def test_a_providers_words_that_quote_the_document_or_the_key_are_left_out() -> None:
    prompt = replace(PROMPT, user="<document x>\nIda Marked Sample of Leeds\n</document x>")

    def answer(message: str) -> Callable[[httpx.Request], httpx.Response]:
        return lambda _request: httpx.Response(400, json={"error": {"message": message, "code": "Ida Marked Sample"}})

    quoting = Asked(answer("cannot read 'Ida Marked Sample of Leeds'"), prompt=prompt)
    telling = Asked(answer(f"bad key {KEY}, sorry"), prompt=prompt)

    assert "Marked" not in str(quoting.error)
    assert quoting.book.attempts[0].error == "http_400"
    assert "bad key [key], sorry" in str(telling.error)


def test_what_a_provider_writes_can_be_stored_and_printed() -> None:
    body = (
        b'{"model": "m\\ud800\\u001b[2J", "choices": [{"finish_reason": "st\\ud800op", "message": {"content": "x"}}]}'
    )

    attempt = Asked(lambda _request: httpx.Response(200, content=body)).book.attempts[0]

    assert f"{attempt.answered_by}{attempt.finish_reason}".isprintable()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (Usage(900, 300, 400, 100, 50), Usage(900, 300, 400, 100, 50)),
        (Usage(9_000, 0, 4_000, 0), Usage(9_000, 0, 4_000, 0)),
        (Usage(900, 300, 40_001, 100), Usage(900, 300, None, None)),
        (Usage(10_001, 300, 400, 100, 50), Usage(None, None, 400, 100, None)),
        (Usage(), Usage()),
    ],
)
def test_counts_that_cannot_be_are_not_known(told: Usage, kept: Usage) -> None:
    assert believed(told, 1_000, 4_000) == kept
