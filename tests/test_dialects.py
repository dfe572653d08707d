"""Providers as they answer in the wild: what each error means, where answers hide, and what the invoice will say.

provider_errors.json holds error bodies in the shapes that providers publish or users reported, with invented names.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_providers import exchange, whom

from pipeline.errors import DeniedError, ExitCode, PipelineError, UnavailableError
from pipeline.inference.pricing import Prices
from pipeline.inference.probe import probe
from pipeline.inference.providers.wording import meaning
from pipeline.inference.retries import AttemptError, Verdict, final_error
from pipeline.records import Completion, Cost, Usage
from pipeline.settings import ModelPrice
from test_bad_replies import (
    Ask,
    Piece,
    all_said,
    always,
    answering,
    at_first,
    changed,
    error,
    errors_of,
    good,
    good_body,
    nobody_is_blamed,
    reply,
)
from test_bad_replies import ask as ask  # noqa: PLC0414  # a fixture
from test_line import go, names, one, rows

ERRORS = json.loads(Path(__file__).with_name("provider_errors.json").read_text(encoding="utf-8"))
ANSWER = '{"a": "x"}'
TOLD = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
MILLION = 1_000_000


# --- errors


@pytest.mark.parametrize("told", ERRORS, ids=[f"{told['status']}-{told['what']}" for told in ERRORS])
def test_an_error_means_what_its_words_say(told: dict[str, Any]) -> None:
    found = exchange(told["provider"], httpx.Response(told["status"], json=told["body"])).result

    assert isinstance(found, AttemptError)
    assert found.verdict is Verdict[told["verdict"]]
    assert told["hint"] in final_error(found, "it").hint if told["hint"] else True


@pytest.mark.parametrize("told", ERRORS)
def test_whoever_reads_of_an_error_reads_the_providers_words(told: dict[str, Any]) -> None:
    found = exchange(told["provider"], httpx.Response(told["status"], json=told["body"])).result

    assert isinstance(found, AttemptError)
    assert re.search(r"\w\w", found.detail)


def test_what_a_server_repeats_of_the_document_is_not_taken_for_its_words() -> None:
    wrong = {"loc": ["body", "x"], "msg": "Field required", "input": "insufficient balance, invalid api key"}

    found = exchange("custom", httpx.Response(422, json={"detail": [wrong]})).result

    assert isinstance(found, AttemptError)
    assert (found.verdict, found.detail) == (Verdict.REJECTED, "body.x: Field required")


@pytest.mark.parametrize(
    "words",
    [
        "Rate limit reached for requests per minute. Upgrade your plan at https://example.org/billing",
        "Too many tokens, please wait before trying again.",
        "You exceeded your current quota, please check your plan and billing details.",
    ],
)
def test_a_limit_for_a_while_is_no_empty_account(words: str) -> None:
    assert meaning(words, 429) is None


def test_one_document_alone_is_not_blamed_for_a_model_that_does_not_exist(ask: Ask) -> None:
    with answering(always(reply(400, '{"error": {"message": "foo is not a valid model ID", "code": 400}}'))) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert "[inference] model" in all_said(house, result)
    nobody_is_blamed(house, 1)


def test_a_server_that_cannot_chat_blames_no_document(ask: Ask) -> None:
    said = {"error": {"code": 501, "message": "This server does not support it.", "type": "not_supported_error"}}
    with answering(always(reply(501, json.dumps(said)))) as door:
        house = ask(door.url, 3)

        go(house)

    nobody_is_blamed(house, 3)


def test_a_proxys_page_with_400_blames_no_document_and_tells_of_the_address(ask: Ask) -> None:
    page = "<html>400 The plain HTTP request was sent to HTTPS port</html>"
    with answering(always(reply(400, page, kind="text/html"))) as door:
        house = ask(door.url)

        result = go(house)

    nobody_is_blamed(house, 1)
    assert "https instead of http" in all_said(house, result)


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ([{"error": {"message": "quota", "details": [{"@type": "RetryInfo", "retryDelay": "34.5s"}]}}], 34.5),
        ({"error": {"message": "Rate limit reached. Please try again in 1m2.5s."}}, 62.5),
        ({"error": {"message": "Please retry after 26 seconds."}}, 26.0),
        ({"error": {"message": "Rate limit reached. Please try again in 250ms."}}, 0.25),
        ({"error": {"message": "Please try again later."}}, None),
    ],
)
def test_how_long_to_wait_is_read_where_no_header_says_it(body: Any, seconds: float | None) -> None:
    found = exchange("custom", httpx.Response(429, json=body)).result

    assert isinstance(found, AttemptError)
    assert found.retry_after == seconds


def test_a_header_says_it_better() -> None:
    body = {"error": {"message": "Please try again in 20s."}}
    found = exchange("custom", httpx.Response(429, json=body, headers={"retry-after": "3"})).result

    assert isinstance(found, AttemptError)
    assert found.retry_after == 3


def test_words_of_the_host_behind_a_router_that_quote_the_document_are_left_out(ask: Ask) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        document = json.loads(content)["messages"][-1]["content"]
        raw = json.dumps({"error": {"message": f"cannot read {document[-200:]}"}})
        body = {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": raw}}}
        return [reply(400, json.dumps(body))]

    with answering(script) as door:
        house = ask(door.url)

        result = go(house)

    assert "quote the document" in all_said(house, result)


def test_a_model_that_has_no_room_for_twice_as_long_a_reply_ends_no_run(ask: Ask) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        body = json.loads(content)
        if body["max_tokens"] > 4000:
            return [
                error(400, None, "max_tokens is too large: 8000. This model supports at most 4096 completion tokens")
            ]
        if b"Endless" not in content:
            return [good(content)]
        cut = json.loads(good_body(content))
        cut["choices"][0] |= {"finish_reason": "length", "message": {"content": '{"a": '}}
        return [reply(200, json.dumps(cut))]

    with answering(script) as door:
        house = ask(door.url, 3, concurrency=1, max_output_tokens=4000)
        (house.folders.inbox / "0.txt").write_text("Endless list")

        result = go(house)

    assert result.report.counts == {"done": 2, "quarantined": 1}
    assert names(house.folders.quarantine / "invalid_reply") == ["0.txt", "0.txt.txt"]


def test_a_slow_model_is_told_from_one_that_is_away(ask: Ask) -> None:
    with answering(always(1.0)) as door:
        house = ask(door.url, 1, timeout=0.1)

        result = go(house)

    assert "raise timeout under [inference]" in all_said(house, result)


# --- answers


def chat(message: dict[str, Any], finish: str = "stop", usage: Any = None, **more: Any) -> httpx.Response:
    choice = {"index": 0, "message": {"role": "assistant", "content": None} | message, "finish_reason": finish}
    return httpx.Response(200, json={"model": "some-model", "choices": [choice], "usage": usage or TOLD} | more)


def completed(response: httpx.Response, name: str = "custom") -> Completion:
    found = exchange(name, response).result
    assert isinstance(found, Completion), found
    return found


@pytest.mark.parametrize(
    "message",
    [
        {"reasoning_content": ANSWER},
        {"content": "", "reasoning": ANSWER},
        {"content": "\n\n", "reasoning_content": ANSWER},
        {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "cv", "arguments": ANSWER}}]},
        {"function_call": {"name": "cv", "arguments": ANSWER}},
        {"content": [{"text": ANSWER}]},
        {"content": [{"type": "reasoning", "text": "no"}, {"type": "output_text", "text": ANSWER}]},
        {"content": {"a": "x"}},
    ],
)
def test_an_answer_is_found_where_the_server_puts_it(message: dict[str, Any]) -> None:
    assert json.loads(completed(chat(message)).text or "") == {"a": "x"}


def test_thoughts_are_no_answer_and_a_refusal_is_none() -> None:
    assert completed(chat({"reasoning": 'perhaps {"a": "x"} will do'})).text is None
    assert completed(chat({"refusal": "No.", "reasoning": ANSWER})).refusal


@pytest.mark.parametrize("finish", ["content_filter: PROHIBITED_CONTENT", "SPII", "BLOCKLIST", "guardrail_intervened"])
def test_a_filter_is_known_by_any_of_its_names(finish: str) -> None:
    assert completed(chat({}, finish)).finish_reason == "content_filter"


@pytest.mark.parametrize("finish", ["insufficient_system_resource", "abort", "error", "network_error"])
def test_a_host_that_fails_in_the_middle_is_tried_again_and_its_tokens_are_booked(ask: Ask, finish: str) -> None:
    broken = chat({"content": '{"a": '}, finish, TOLD | {"cost": 0.002}).content
    with answering(at_first(reply(200, broken))) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    assert errors_of(house) == ["error_choice", None]
    first = "SELECT input_tokens, output_tokens, cost_nanodollars FROM attempts ORDER BY id LIMIT 1"
    assert rows(house, first) == [(10, 5, 2_000_000)]
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 0


def test_an_answer_that_is_whole_counts_whatever_its_end_is_called() -> None:
    assert completed(chat({"content": ANSWER}, "error")).text == ANSWER


def test_a_reply_without_an_answer_keeps_its_tokens() -> None:
    found = exchange("gemini", httpx.Response(200, json={"choices": [], "usage": TOLD})).result

    assert isinstance(found, AttemptError)
    assert found.completion
    assert found.completion.usage == Usage(10, None, 5, None, None)


def chunks(*deltas: dict[str, Any], finish: str | None = "stop") -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [
        {"model": "some-model", "choices": [{"index": 0, "delta": delta}]} for delta in deltas
    ]
    ending = {"model": "some-model", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
    return [*parts, *([ending] if finish else []), {"choices": [], "usage": TOLD}]


def streamed(*events: dict[str, Any] | str, newline: str = "\n") -> httpx.Response:
    lines = [event if isinstance(event, str) else f"data: {json.dumps(event)}" for event in events]
    body = "".join(line + 2 * newline for line in lines)
    return httpx.Response(200, text=body, headers={"content-type": "text/event-stream"})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", [["data: [DONE]"], []])
def test_a_stream_that_nobody_asked_for_is_an_answer(newline: str, end: list[str]) -> None:
    parts = chunks({"role": "assistant", "content": ""}, {"content": '{"a": '}, {"content": '"x"}'})

    found = completed(streamed(": keep-alive", *parts, *end, newline=newline))

    assert (found.text, found.finish_reason, found.model) == (ANSWER, "stop", "some-model")
    assert found.usage == Usage(10, None, 5, None, None)


def test_a_stream_is_paid_for_once(ask: Ask) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        message = json.loads(good_body(content))["choices"][0]["message"]
        return [reply(200, streamed(*chunks(message), "data: [DONE]").content, kind="text/event-stream")]

    with answering(script) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert door.calls == 1


def test_a_stream_that_breaks_off_is_a_passing_fault() -> None:
    found = exchange("custom", streamed(*chunks({"content": '{"a": '}, finish=None))).result

    assert isinstance(found, AttemptError)
    assert (found.kind, found.verdict) == ("error_choice", Verdict.RETRY)


def test_an_error_in_a_stream_is_one() -> None:
    told = {"error": {"code": 429, "message": "Rate limit exceeded"}}
    found = exchange("openrouter", streamed(*chunks({"content": "{"}, finish=None), told)).result

    assert isinstance(found, AttemptError)
    assert found.verdict is Verdict.SLOW_DOWN


def events(*deltas: dict[str, Any], ending: bool = True) -> list[dict[str, Any]]:
    """Return a message as Anthropic streams it."""
    usage = {"input_tokens": 10, "cache_read_input_tokens": 4, "output_tokens": 1}
    message: dict[str, Any] = {"id": "msg_1", "model": "some-model", "content": [], "stop_reason": None, "usage": usage}
    last: dict[str, Any] = {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}}
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        *([{"type": "message_delta", **last}, {"type": "message_stop"}] if ending else []),
    ]


@pytest.mark.parametrize(
    "deltas",
    [
        [{"type": "text_delta", "text": '{"a": '}, {"type": "text_delta", "text": '"x"}'}],
        [{"type": "thinking_delta", "thinking": "hm"}, {"type": "text_delta", "text": ANSWER}],
        [{"type": "input_json_delta", "partial_json": '{"a": '}, {"type": "input_json_delta", "partial_json": '"x"}'}],
    ],
)
def test_a_stream_of_anthropics_that_nobody_asked_for_is_an_answer(deltas: list[dict[str, Any]]) -> None:
    found = completed(streamed(*events(*deltas)), "anthropic")

    assert json.loads(found.text or "") == {"a": "x"}
    assert (found.finish_reason, found.model, found.usage) == ("stop", "some-model", Usage(14, 4, 5, None, None))


def test_a_stream_of_anthropics_that_breaks_off_is_a_passing_fault_whose_output_nobody_knows() -> None:
    found = exchange("anthropic", streamed(*events({"text": '{"a": '}, ending=False))).result

    assert isinstance(found, AttemptError)
    assert (found.kind, found.verdict) == ("error_choice", Verdict.RETRY)
    assert found.completion
    assert found.completion.usage == Usage(14, 4, None, None, None)


def test_an_error_in_a_stream_of_anthropics_is_one() -> None:
    told = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    found = exchange("anthropic", streamed(*events({"text": "{"}, ending=False), told)).result

    assert isinstance(found, AttemptError)
    assert (found.kind, found.verdict) == ("overloaded_error", Verdict.RETRY)


def test_an_answer_of_anthropics_in_the_input_of_a_tool_is_one() -> None:
    blocks = [{"type": "tool_use", "id": "t", "name": "cv", "input": {"a": "x"}}]
    told = {"content": blocks, "stop_reason": "tool_use", "usage": {"input_tokens": 10, "output_tokens": 5}}

    assert json.loads(completed(httpx.Response(200, json=told), "anthropic").text or "") == {"a": "x"}


def test_remarks_before_a_body_do_no_harm() -> None:
    body = ": PROCESSING\n\n: PROCESSING\n\n" + chat({"content": ANSWER}).text

    assert completed(httpx.Response(200, text=body)).text == ANSWER


@pytest.mark.parametrize("body", ["data: ", "data: x\n\ndata: 7", ":", "event: x\n\n", "data: [DONE]"])
def test_a_stream_of_nothing_is_no_answer(body: str) -> None:
    found = exchange("custom", httpx.Response(200, text=body)).result

    assert isinstance(found, AttemptError)
    assert found.verdict is Verdict.RETRY


def test_a_body_that_was_packed_unasked_is_said_to_be(ask: Ask) -> None:
    with answering(at_first(reply(200, b"\x1b\x00", "content-encoding: br"))) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert errors_of(house) == ["unreadable_body", None]


CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"


def endless(content: bytes) -> bytes:
    body = good_body(content)
    return CHUNKED + b"%x\r\n%s\r\n" % (len(body), body)


def too_long_a_length(content: bytes) -> bytes:
    body = good_body(content)
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body) + 9, body)


@pytest.mark.parametrize("made", [endless, too_long_a_length])
@pytest.mark.parametrize("then", [None, 2.0])
def test_an_answer_that_is_all_there_counts_though_its_end_never_comes(
    ask: Ask, made: Callable[[bytes], bytes], then: Piece
) -> None:
    with answering(lambda _number, content: [made(content), then]) as door:
        house = ask(door.url, timeout=0.5)

        assert go(house).report.counts == {"done": 1}
    assert door.calls == 1
    assert one(house, "SELECT count(*) FROM attempts WHERE output_tokens > 0") == 1


def test_a_part_of_an_answer_is_none(ask: Ask) -> None:
    def script(number: int, content: bytes) -> Iterable[Piece]:
        return [endless(content)[:-40] if number == 1 else good(content), None]

    with answering(script) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert errors_of(house) == ["disconnected", None]


# --- tokens and money


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({"input_tokens": 10, "output_tokens": 5, "input_tokens_details": {"cached_tokens": 4}}, Usage(10, 4, 5)),
        (TOLD | {"cached_tokens": 6}, Usage(10, 6, 5)),
        (TOLD | {"prompt_tokens_details": {"cached_tokens": 4, "cache_creation_tokens": 3}}, Usage(10, 4, 5, None, 3)),
        ({"prompt_tokens": 20, "total_tokens": 1020}, Usage(20, None, 1000)),
        (
            {"prompt_tokens": 10, "completion_tokens": 5, "completion_tokens_details": {"reasoning_tokens": 90}},
            Usage(10, None, 95, 90),
        ),
        (
            {"prompt_tokens": 32, "completion_tokens": 9, "total_tokens": 135, "reasoning_tokens": 94},
            Usage(32, None, 103, 94),
        ),
        (
            TOLD | {"cache_read_input_tokens": 900, "cache_creation_input_tokens": 1200},
            Usage(2110, 900, 5, None, 1200),
        ),
        (
            {"prompt_tokens": 1000, "completion_tokens": 5, "total_tokens": 1905, "cached_tokens": 900},
            Usage(1900, 900, 5),
        ),
    ],
)
def test_tokens_are_read_by_whatever_name_and_none_is_lost(told: dict[str, Any], meant: Usage) -> None:
    assert completed(chat({"content": ANSWER}, usage=told)).usage == meant


def test_a_server_that_counts_nothing_tells_nothing(ask: Ask) -> None:
    none = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    with answering(changed(lambda body: body.update(usage=none))) as door:
        house = ask(door.url)

        go(house)

    assert one(house, "SELECT count(*) FROM unknown_attempts") == 1


@pytest.mark.parametrize(
    ("usage", "headers", "cost"),
    [
        (TOLD | {"cost_in_usd_ticks": 37756000}, {}, 3_775_600),
        (TOLD | {"estimated_cost": 1.5e-06}, {}, 1_500),
        (TOLD | {"cost": {"request_cost": 0.005, "total_cost": 0.00502}}, {}, 5_020_000),
        (TOLD, {"x-litellm-response-cost": "0.00042"}, 420_000),
        (TOLD, {"x-litellm-response-cost": "0.0"}, None),
        (TOLD, {"x-litellm-response-cost": "None"}, None),
        (TOLD, {}, None),
    ],
)
def test_a_price_that_the_reply_tells_is_the_price(
    usage: dict[str, Any], headers: dict[str, str], cost: int | None
) -> None:
    response = chat({"content": ANSWER}, usage=usage)
    response.headers.update(headers)

    assert completed(response).cost == (None if cost is None else Cost(cost, "provider"))


def cost_of(found: Completion, name: str, model: str) -> float | None:
    cost = Prices({}).cost(whom(name, model=model), found.usage, found.model, found.cost, found.terms)
    return None if cost.nanodollars is None else cost.nanodollars / 1e9


@pytest.mark.parametrize(
    ("tier", "dollars"),
    [("priority", 0.45), ("flex", 0.125), ("default", 0.25), (None, 0.25), ("a b", 0.25), ("new", 0.25)],
)
def test_the_tier_that_served_a_request_decides_its_price(tier: str | None, dollars: float) -> None:
    used = {"prompt_tokens": MILLION, "completion_tokens": 0, "total_tokens": MILLION}
    found = completed(chat({"content": ANSWER}, usage=used, model="gpt-5-mini", service_tier=tier), "openai")

    assert cost_of(found, "openai", "gpt-5-mini") == dollars


def test_speed_has_its_price() -> None:
    used = {"input_tokens": MILLION, "output_tokens": 0, "speed": "fast", "service_tier": "standard"}
    body = {"model": "claude-opus-4-8", "content": [{"type": "text", "text": ANSWER}], "usage": used}

    assert cost_of(completed(httpx.Response(200, json=body), "anthropic"), "anthropic", "claude-opus-4-8") == 10


@pytest.mark.parametrize(("name", "dollars"), [("anthropic", 2.5), ("openai", 2.5), ("custom", 2.0)])
def test_writing_to_a_cache_costs_more_where_it_does_with_a_price_of_ones_own_as_well(
    name: str, dollars: float
) -> None:
    own = Prices({"some-model": ModelPrice(input=2, output=8)})

    cost = own.cost(whom(name, model="some-model"), Usage(MILLION, 0, 0, 0, MILLION))

    assert cost == Cost(round(dollars * 1e9), "[prices]")


def test_who_asks_says_so_and_wants_nothing_packed(ask: Ask) -> None:
    with answering(at_first()) as door:
        go(ask(door.url))

    assert "user-agent: inbox-pipeline/" in door.heads[0].lower()
    assert "accept-encoding: identity" in door.heads[0].lower()


# --- is the key right?


def asked(name: str, response: httpx.Response, model: str = "some-model") -> str | PipelineError:
    async def ask() -> str:
        return await probe(httpx.MockTransport(lambda _request: response), whom(name, model=model))

    try:
        return asyncio.run(ask())
    except PipelineError as found:
        return found


def test_a_key_that_is_refused_with_400_is_refused() -> None:
    told = [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]

    assert isinstance(asked("gemini", httpx.Response(400, json=told)), DeniedError)


def test_an_empty_account_is_known_before_the_first_document() -> None:
    told = {"error": {"message": "Your account is suspended, insufficient balance"}}

    assert isinstance(asked("custom", httpx.Response(429, json=told)), UnavailableError)


def test_a_page_is_no_provider() -> None:
    page = httpx.Response(200, text="<html>log in</html>", headers={"content-type": "text/html"})

    assert isinstance(asked("custom", page), DeniedError)


@pytest.mark.parametrize(
    "response", [httpx.Response(404, json={"error": {"message": "no such place"}}), httpx.Response(405)]
)
def test_who_has_no_list_of_models_may_be_a_provider(response: httpx.Response) -> None:
    assert "not in its list" not in str(asked("custom", response))


@pytest.mark.parametrize(
    ("listed", "model", "is_known"),
    [
        ("some-model", "some-model", True),
        ("models/some-model", "some-model", True),
        ("some-model-20261001", "some-model", True),
        ("vendor/some-model", "vendor/some-model:nitro", True),
        ("other", "some-model", False),
    ],
)
def test_a_model_that_is_in_no_list_is_told(listed: str, model: str, *, is_known: bool) -> None:
    found = asked("custom", httpx.Response(200, json={"object": "list", "data": [{"id": listed}]}), model)

    assert ("not in its list" in str(found)) is not is_known


def test_what_openrouter_shows_to_anybody_is_not_asked_for() -> None:
    seen: list[str] = []

    async def ask() -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request.url.path)
            return httpx.Response(200, json={"data": {"label": "x"}})

        await probe(httpx.MockTransport(answer), whom("openrouter"))

    asyncio.run(ask())
    assert seen == ["/api/v1/key"]
