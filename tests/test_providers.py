"""Every row of the table of providers, held against the official SDKs: what we send, what we read back, what it costs.

Nobody is asked. The SDKs' request types are the strictest statement of what a provider takes, so every
body is validated against them with nothing extra allowed; their response types shape the replies. Both
SDKs are for development only, and take seconds to import: only what needs one imports it.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import genai_prices
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, ValidationError

from conftest import PROJECT
from fakes import FakeClock
from pipeline.errors import SettingsError
from pipeline.inference import sending
from pipeline.inference.offline.transport import OfflineTransport
from pipeline.inference.pricing import Prices
from pipeline.inference.probe import probe
from pipeline.inference.providers.table import PROVIDERS, Endpoint, endpoint
from pipeline.inference.retries import AttemptError, Verdict
from pipeline.inference.sending import Exchange, Forms, Sender, build_request
from pipeline.prompts import load
from pipeline.records import Completion, Cost, Extraction, Prompt, Usage
from pipeline.settings import InferenceSettings, ModelPrice

KEY = "sk-secret-4711"
MODES = ["json_schema", "json_object_schema", "json_object", "none"]
CORRECTION = "Your last reply to this document could not be used: work: a list is missing."
WORDS = "Ida Sample\nWelder, Anvil Works\n2019 - 2021\n"
TEMPLATES = load(PROJECT / "prompts", "document", 4000).by_name
"""cv and document have built-in schemas, invoice one of its own."""
BASE_URLS = {
    "azure": "https://acme.openai.azure.com/openai/v1",
    "custom": "http://127.0.0.1:9/v1",
}
"""For rows that leave it to the settings."""
UNKNOWN_TO_THE_SDK: dict[str, dict[str, Any]] = {"openrouter": {"provider": {"require_parameters": True}}}
"""Fields that OpenAI does not have and a provider documents (openrouter.ai/docs: provider routing)."""
SAMPLING = {
    *("temperature", "top_p", "top_k", "top_a", "min_p", "n", "seed", "frequency_penalty", "presence_penalty"),
    *("repetition_penalty", "logit_bias", "stop", "stop_sequences", "logprobs", "top_logprobs", "stream"),
}
STRICT_KEYS = {"type", "enum", "description", "properties", "required", "additionalProperties", "items"}


def whom(name: str, mode: str | None = None, model: str | None = "some-model") -> Endpoint:
    """Return the endpoint as the settings would choose it, with a key for every variable that a row may name."""
    settings = InferenceSettings.model_validate(
        {"provider": name, "model": model, "base_url": BASE_URLS.get(name), "structured": mode}
    )
    variable = PROVIDERS[name].key_variable
    return endpoint(settings, {variable: KEY} if variable else {})


def prompt_for(name: str, text: str = WORDS) -> Prompt:
    return TEMPLATES[name].render(Extraction(text, (0,), "text/plain", "test"))


def asked(name: str, prompt: Prompt, mode: str | None = None, correction: str | None = None) -> httpx.Request:
    return build_request(whom(name, mode), prompt, prompt.max_output_tokens, correction)


def body_of(request: httpx.Request) -> dict[str, Any]:
    body = json.loads(request.content)
    assert isinstance(body, dict)
    return body


def system_of(body: dict[str, Any]) -> str:
    """Return what stands before the document."""
    if "system" in body:
        return "".join(block["text"] for block in body["system"])
    return str(body["messages"][0]["content"])


def schema_of(body: dict[str, Any]) -> Any:
    """Return the schema that goes along in a field; None: there is none."""
    if "output_config" in body:
        return body["output_config"]["format"]["schema"]
    wanted = body.get("response_format", {})
    return wanted.get("schema") or wanted.get("json_schema", {}).get("schema")


@functools.cache
def requests_of(dialect: str) -> TypeAdapter[Any]:
    """Return the SDK's own type of some requests, with nothing extra allowed."""
    # A TypedDict takes no configuration from outside; what it stands in does, and hands it down to every part.
    forbid = ConfigDict(extra="forbid")
    if dialect == "anthropic":
        from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

        return TypeAdapter(list[MessageCreateParamsNonStreaming], config=forbid)
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

    return TypeAdapter(list[CompletionCreateParamsNonStreaming], config=forbid)


def validate(dialect: str, body: dict[str, Any]) -> None:
    """Hold a body against the SDK's own type, lazy parts included. Raises ValidationError."""
    used_up(requests_of(dialect).validate_python([body]))


def used_up(value: Any) -> None:
    """Walk through a validated value: an Iterable in a type is only looked at when somebody does."""
    if isinstance(value, dict):
        for item in value.values():
            used_up(item)
    elif not isinstance(value, str | bytes) and hasattr(value, "__iter__"):
        for item in value:
            used_up(item)


def without_extras(name: str, body: dict[str, Any]) -> dict[str, Any]:
    """Take off what the row documents as its own, and nothing else."""
    documented = UNKNOWN_TO_THE_SDK.get(name, {})
    assert {key: body.get(key) for key in documented} == documented
    body = {key: value for key, value in body.items() if key not in documented}
    wanted = body.get("response_format", {})
    if wanted.get("type") == "json_object" and "schema" in wanted:  # llama.cpp's way, which the mode is named after
        body["response_format"] = {key: value for key, value in wanted.items() if key != "schema"}
    return body


def keys_in(value: Any) -> Iterator[str]:
    """Yield all keys of a body but those of a schema."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            if key != "schema":
                yield from keys_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys_in(item)


def nodes_of(schema: dict[str, Any], depth: int = 1) -> Iterator[tuple[dict[str, Any], int]]:
    yield schema, depth
    for part in schema.get("properties", {}).values():
        yield from nodes_of(part, depth + 1)
    if "items" in schema:
        yield from nodes_of(schema["items"], depth + 1)


# --- what is sent


@pytest.mark.parametrize(
    "slip",
    [
        {"temprature": 0},
        {"messages": [{"role": "system", "contnet": "x"}]},
        {"messages": [{"role": "system", "content": "x", "cache": True}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "txt": "x"}]}]},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "shema": {}}}},
        {"response_format": {"type": "json_object", "schema": {}}},
        {"max_tokens": "many"},
    ],
)
def test_the_openai_sdk_notices_a_slip_at_any_depth(slip: dict[str, Any]) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    validate("openai", body)

    with pytest.raises(ValidationError):
        validate("openai", body | slip)


@pytest.mark.parametrize(
    "slip",
    [
        {"max_completion_tokens": 5},
        {"system": [{"type": "text", "text": "x", "cache_contrl": {"type": "ephemeral"}}]},
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "time": "5m"}}]},
        {"messages": [{"role": "user", "content": "x", "cache": True}]},
        {"output_config": {"format": {"type": "json_schema", "schema": {}, "strict": True}}},
        {"output_format": {"type": "json_schema", "schema": {}}},
    ],
)
def test_the_anthropic_sdk_notices_a_slip_at_any_depth(slip: dict[str, Any]) -> None:
    body = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}
    validate("anthropic", body)

    with pytest.raises(ValidationError):
        validate("anthropic", body | slip)


@pytest.mark.parametrize("mode", [None, *MODES])
@pytest.mark.parametrize("name", PROVIDERS)
def test_every_request_of_every_provider_is_one_that_the_official_sdk_could_send(name: str, mode: str | None) -> None:
    for prompt in map(prompt_for, TEMPLATES):
        for correction in (None, CORRECTION):
            body = body_of(asked(name, prompt, mode, correction))

            validate(PROVIDERS[name].dialect, without_extras(name, body))


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_a_row_wants_with_every_request_goes_along(name: str) -> None:
    body = body_of(asked(name, prompt_for("cv")))

    assert {key: body.get(key) for key in PROVIDERS[name].extra_body} == PROVIDERS[name].extra_body
    assert UNKNOWN_TO_THE_SDK.get(name, {}).items() <= PROVIDERS[name].extra_body.items()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROVIDERS)
def test_nothing_is_said_about_sampling(name: str, mode: str) -> None:
    for correction in (None, CORRECTION):
        assert not SAMPLING & set(keys_in(body_of(asked(name, prompt_for("invoice"), mode, correction))))


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_room_for_the_reply_stands_in_the_field_that_the_provider_knows(name: str) -> None:
    body = body_of(asked(name, replace(prompt_for("cv"), max_output_tokens=1234)))

    fields = {"max_tokens", "max_completion_tokens"} & set(body)
    expected = "max_completion_tokens" if name in {"openai", "azure"} else "max_tokens"
    assert fields == {expected}
    assert body[expected] == 1234


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_key_is_in_its_header_and_nowhere_else(name: str, mode: str) -> None:
    request = asked(name, prompt_for("cv"), mode, CORRECTION)
    headers = {key: value for key, value in request.headers.items() if KEY in value}
    has_key = PROVIDERS[name].key_variable is not None

    expected = {"azure": {"api-key": KEY}, "anthropic": {"x-api-key": KEY}}
    assert headers == (expected.get(name, {"authorization": f"Bearer {KEY}"}) if has_key else {})
    assert KEY.encode() not in request.content
    assert KEY not in str(request.url)
    assert KEY not in repr(whom(name, mode))


@pytest.mark.parametrize("slash", ["", "/", "//"])
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_address_is_the_base_url_and_the_dialects_own_path(name: str, slash: str) -> None:
    row = PROVIDERS[name]
    base_url = row.base_url or BASE_URLS[name]
    settings = InferenceSettings(provider=name, model="some-model", base_url=base_url + slash)
    chosen = endpoint(settings, {row.key_variable: KEY} if row.key_variable else {})

    request = build_request(chosen, prompt_for("cv"), 100, None)

    assert request.method == "POST"
    assert str(request.url) == base_url + ("/messages" if row.dialect == "anthropic" else "/chat/completions")
    assert request.headers["content-type"] == "application/json"
    assert ("anthropic-version" in request.headers) == (row.dialect == "anthropic")


def test_the_version_of_anthropics_interface_is_the_one_that_knows_output_config() -> None:
    assert asked("anthropic", prompt_for("cv")).headers["anthropic-version"] == "2026-10-21"


@pytest.mark.parametrize("name", PROVIDERS)
def test_an_embedded_engine_has_its_own_model_and_the_others_the_settings(name: str) -> None:
    body = body_of(build_request(whom(name), prompt_for("cv"), 100, None))

    assert body["model"] == (PROVIDERS[name].model or "some-model")


@pytest.mark.parametrize("correction", [None, CORRECTION])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROVIDERS)
def test_two_documents_of_a_prompt_differ_in_the_last_message_only(
    name: str, mode: str, correction: str | None
) -> None:
    first, second = (
        body_of(asked(name, prompt_for("cv", text), mode, correction)) for text in (WORDS, "Adam Byrne\nBaker\n")
    )
    assert (first["messages"].pop()["role"], second["messages"].pop()["role"]) == ("user", "user")
    first_words, second_words = (
        asked(name, prompt_for("cv", text), mode).content for text in (WORDS, "Adam Byrne\nBaker\n")
    )

    assert first == second
    assert len(first["messages"]) == (0 if PROVIDERS[name].dialect == "anthropic" else 1)
    static = json.dumps(TEMPLATES["cv"].system, ensure_ascii=False)[1:-1].encode()
    assert first_words.index(static) < first_words.index(b"Ida Sample")
    assert second_words.index(static) < second_words.index(b"Adam Byrne")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROVIDERS)
def test_a_correction_comes_after_all_that_a_cache_can_hold(name: str, mode: str) -> None:
    plain, corrected = (body_of(asked(name, prompt_for("cv"), mode, words)) for words in (None, CORRECTION))

    assert system_of(plain).startswith(TEMPLATES["cv"].system)
    assert system_of(corrected).startswith(system_of(plain))
    assert CORRECTION in system_of(corrected)
    assert corrected["messages"][-1] == plain["messages"][-1]


def test_anthropic_caches_the_instruction_and_not_the_correction() -> None:
    blocks = body_of(asked("anthropic", prompt_for("cv"), None, CORRECTION))["system"]

    assert [block.get("cache_control") for block in blocks] == [{"type": "ephemeral"}, None]
    assert blocks[0]["text"] == TEMPLATES["cv"].system


def test_documents_of_a_prompt_meet_in_one_cache_and_other_prompts_in_another() -> None:
    def key(prompt: Prompt) -> Any:
        return body_of(asked("openai", prompt))["prompt_cache_key"]

    same = {key(prompt_for("cv", text)) for text in (WORDS, "Adam Byrne\n", "")}
    other = {key(prompt_for(name)) for name in TEMPLATES}
    newer = key(replace(prompt_for("cv"), hash="p1-0000"))

    assert len(same) == 1
    assert len(other) == len(TEMPLATES) == 3
    assert newer not in other
    assert all(re.fullmatch(r"[0-9a-f]{32}", found) for found in (*same, *other))


@pytest.mark.parametrize("name", [name for name, row in PROVIDERS.items() if row.cache_key_field is None])
def test_only_who_knows_cache_keys_gets_one(name: str) -> None:
    assert "prompt_cache_key" not in body_of(asked(name, prompt_for("cv")))


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_schema_is_in_the_subset_that_all_providers_enforce(template: str) -> None:
    schema = schema_of(body_of(asked("openai", prompt_for(template))))
    found = list(nodes_of(schema))

    assert schema["type"] == "object"
    for node, _ in found:
        assert set(node) <= STRICT_KEYS, node
        if "properties" in node:
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
        assert "enum" not in node or ("null" in node.get("type", ())) == (None in node["enum"])
    assert max(depth for _, depth in found) <= 10
    assert sum(len(node.get("properties", ())) for node, _ in found) <= 5000
    assert sum(len(node.get("enum", ())) for node, _ in found) <= 1000


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_schemas_name_is_one_that_providers_take(template: str) -> None:
    wanted = body_of(asked("openai", prompt_for(template)))["response_format"]["json_schema"]

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", wanted["name"])
    assert wanted["strict"] is True


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_model_is_told_the_schema_in_a_field_or_else_in_words(name: str, mode: str) -> None:
    for template in TEMPLATES:
        prompt = prompt_for(template)
        body = body_of(asked(name, prompt, mode))
        in_words = json.dumps(prompt.schema, ensure_ascii=False, separators=(",", ":"))

        in_field = schema_of(body)
        assert in_field in (None, prompt.schema)
        assert (in_words in system_of(body)) == (in_field is None or not PROVIDERS[name].shows_schema)


@pytest.mark.parametrize("name", [name for name, row in PROVIDERS.items() if not row.free])
def test_the_free_question_who_is_there_carries_the_key_as_a_request_does(name: str) -> None:
    seen: list[httpx.Request] = []

    async def ask() -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(200, json={"data": []})

        await probe(httpx.MockTransport(answer), whom(name))

    asyncio.run(ask())

    request = asked(name, prompt_for("cv"))
    secret = {key: value for key, value in request.headers.items() if KEY in value}
    assert {key: value for key, value in seen[0].headers.items() if KEY in value} == secret
    assert seen[0].headers.get("anthropic-version") == request.headers.get("anthropic-version")


# --- what comes back


def exchange(name: str, response: httpx.Response, model: str = "some-model") -> Exchange:
    """Send one request to a provider that gives this response."""

    async def send() -> Exchange:
        to = whom(name, model=model)
        request = build_request(to, prompt_for("cv"), 100, None)
        return await Sender(httpx.MockTransport(lambda _request: response), FakeClock(), 5).exchange(request, to)

    return asyncio.run(send())


def completion(name: str, usage: dict[str, Any] | None, **more: Any) -> Completion:
    """Read a reply of the SDK's shape with this usage. `more` goes beside it."""
    if PROVIDERS[name].dialect == "anthropic":
        from anthropic.types import Message

        shape: dict[str, Any] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "some-model-2026",
            "content": [{"type": "text", "text": "{}", "citations": None}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": usage,
        }
        content = Message.model_validate(shape | more).model_dump_json()
    else:
        from openai.types.chat import ChatCompletion

        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{}"}}
        shape = {"id": "1", "object": "chat.completion", "created": 1, "model": "some-model-2026", "usage": usage}
        content = ChatCompletion.model_validate({"choices": [choice]} | shape | more).model_dump_json()
    reply = exchange(name, httpx.Response(200, text=content, headers={"x-request-id": "req_7"}))
    assert isinstance(reply.result, Completion), reply.result
    return reply.result


RECORDED: dict[str, tuple[dict[str, Any], Usage]] = {
    "openai": (
        {
            "prompt_tokens": 2006,
            "completion_tokens": 300,
            "total_tokens": 2306,
            "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0, "cache_write_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 120,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        Usage(2006, 1920, 300, 120, 0),
    ),
    "azure": (
        {
            "prompt_tokens": 2006,
            "completion_tokens": 300,
            "total_tokens": 2306,
            "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
        Usage(2006, 1024, 300, 0, None),
    ),
    "anthropic": (
        {
            "input_tokens": 86,
            "cache_creation_input_tokens": 1200,
            "cache_read_input_tokens": 900,
            "cache_creation": {"ephemeral_5m_input_tokens": 1200, "ephemeral_1h_input_tokens": 0},
            "output_tokens": 300,
            "output_tokens_details": {"thinking_tokens": 40},
            "service_tier": "standard",
        },
        Usage(2186, 900, 300, 40, 1200),
    ),
    "gemini": (
        {
            "prompt_tokens": 20,
            "completion_tokens": 198,
            "total_tokens": 623,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 405},
        },
        Usage(20, 0, 603, 405, None),
    ),
    "mistral": (
        {"prompt_tokens": 15, "completion_tokens": 42, "total_tokens": 57, "prompt_audio_seconds": {}},
        Usage(15, None, 42, None, None),
    ),
    "openrouter": (
        {
            "prompt_tokens": 194,
            "completion_tokens": 22,
            "total_tokens": 216,
            "cost": 0.00014,
            "is_byok": False,
            "cost_details": {"upstream_inference_cost": 0.00014},
            "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 12},
        },
        Usage(194, 64, 22, 12, None),
    ),
    "groq": (
        {
            "queue_time": 0.037493756,
            "prompt_tokens": 18,
            "prompt_time": 0.000680594,
            "completion_tokens": 556,
            "completion_time": 0.463333333,
            "total_tokens": 574,
            "total_time": 0.464013927,
            "prompt_tokens_details": {"cached_tokens": 16},
        },
        Usage(18, 16, 556, None, None),
    ),
    "deepseek": (
        {
            "prompt_tokens": 1040,
            "completion_tokens": 92,
            "total_tokens": 1132,
            "prompt_cache_hit_tokens": 1024,
            "prompt_cache_miss_tokens": 16,
            "completion_tokens_details": {"reasoning_tokens": 60},
        },
        Usage(1040, 1024, 92, 60, None),
    ),
    "ollama": (
        {"prompt_tokens": 26, "completion_tokens": 298, "total_tokens": 324},
        Usage(26, None, 298, None, None),
    ),
    "vllm": (
        {"prompt_tokens": 26, "total_tokens": 38, "completion_tokens": 12, "prompt_tokens_details": None},
        Usage(26, None, 12, None, None),
    ),
    "llamacpp": (
        {
            "completion_tokens": 48,
            "prompt_tokens": 44,
            "total_tokens": 92,
            "prompt_tokens_details": {"cached_tokens": 43},
        },
        Usage(44, 43, 48, None, None),
    ),
    "lmstudio": (
        {
            "prompt_tokens": 24,
            "completion_tokens": 34,
            "total_tokens": 58,
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
        Usage(24, None, 34, 0, None),
    ),
    "local": (
        {
            "completion_tokens": 48,
            "prompt_tokens": 44,
            "total_tokens": 92,
            "prompt_tokens_details": {"cached_tokens": 0},
        },
        Usage(44, 0, 48, None, None),
    ),
    "custom": ({"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}, Usage(5, None, 6, None, None)),
}
"""Usage as each provider reports it: SDK types, INFERENCE facts, the providers' own pages."""


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name != "offline"])
def test_the_usage_of_every_provider_is_read_as_it_is_meant(name: str) -> None:
    assert name in RECORDED, "a new row wants a recorded usage"
    usage, expected = RECORDED[name]

    reply = completion(name, usage)

    assert reply.usage == expected
    assert (reply.text, reply.finish_reason, reply.refusal) == ("{}", "stop", False)
    assert (reply.request_id, reply.model) == ("req_7", "some-model-2026")
    assert reply.cost == (Cost(140_000, "provider") if name == "openrouter" else None)


def test_the_embedded_engine_answers_in_the_sdks_shape() -> None:
    from openai.types.chat import ChatCompletion

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=OfflineTransport()) as http:
            return await http.send(asked("offline", prompt_for("cv")))

    reply = ChatCompletion.model_validate_json(asyncio.run(send()).content)

    assert reply.usage
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.choices[0].finish_reason == "stop"


def test_reasoning_that_is_part_of_the_output_is_not_added_again() -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200}
    details = {"completion_tokens_details": {"reasoning_tokens": 100}}

    assert completion("openai", usage | details).usage.output_tokens == 100


def test_reasoning_without_an_answer_is_output() -> None:
    usage = {"prompt_tokens": 21, "completion_tokens": 0, "total_tokens": 81}

    assert (
        completion("gemini", usage | {"completion_tokens_details": {"reasoning_tokens": 60}}).usage.output_tokens == 60
    )


def test_reasoning_that_only_the_total_tells_of_is_output() -> None:
    usage = {"prompt_tokens": 20, "completion_tokens": 198, "total_tokens": 623}

    assert completion("gemini", usage).usage.output_tokens == 603


@pytest.mark.parametrize("total", [None, 0, 5, 299, 300])
def test_a_total_that_is_not_larger_changes_nothing(total: int | None) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 200} | ({} if total is None else {"total_tokens": total})
    body = {"choices": [{"message": {"content": "{}"}}], "usage": usage}

    result = exchange("custom", httpx.Response(200, json=body)).result

    assert isinstance(result, Completion)
    assert result.usage == Usage(100, None, 200, None, None)


def test_with_ones_own_key_openrouters_fee_and_the_hosts_price_are_the_cost() -> None:
    usage = RECORDED["openrouter"][0]
    own_key = {"is_byok": True, "cost": 0.00001, "cost_details": {"upstream_inference_cost": 0.0002}}

    assert completion("openrouter", usage | own_key).cost == Cost(210_000, "provider")


@pytest.mark.parametrize("cost", [-0.1, "0.1", None, True, 10**7])
def test_a_cost_that_makes_no_sense_is_not_believed(cost: Any) -> None:
    assert completion("openrouter", RECORDED["openrouter"][0] | {"cost": cost}).cost is None


def test_azures_own_fields_beside_the_reply_do_no_harm() -> None:
    safe = {"hate": {"filtered": False, "severity": "safe"}}
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": "{}", "refusal": None},
        "content_filter_results": safe,
    }
    beside = {"prompt_filter_results": [{"prompt_index": 0, "content_filter_results": safe}], "choices": [choice]}

    assert completion("azure", RECORDED["azure"][0], **beside).usage == RECORDED["azure"][1]


@pytest.mark.parametrize(
    ("name", "told", "meant"),
    [
        ("openai", "stop", "stop"),
        ("openai", "length", "length"),
        ("openai", "content_filter", "content_filter"),
        ("mistral", "model_length", "length"),
        ("custom", "MAX_TOKENS", "length"),
        ("custom", "STOP", "stop"),
        ("custom", "eos", "stop"),
        ("custom", "SAFETY", "content_filter"),
        ("mistral", "error", "error"),
        ("anthropic", "end_turn", "stop"),
        ("anthropic", "stop_sequence", "stop"),
        ("anthropic", "max_tokens", "length"),
        ("anthropic", "model_context_window_exceeded", "length"),
        ("anthropic", "refusal", "content_filter"),
    ],
)
def test_why_a_reply_ended_is_said_in_our_words(name: str, told: str, meant: str) -> None:
    if PROVIDERS[name].dialect == "anthropic":
        body: dict[str, Any] = {"content": [{"type": "text", "text": "{}"}], "stop_reason": told}
    else:
        body = {"choices": [{"finish_reason": told, "message": {"content": "{}"}}]}

    result = exchange(name, httpx.Response(200, json=body)).result

    assert isinstance(result, Completion)
    assert result.finish_reason == meant


def test_anthropics_text_is_joined_and_its_thinking_left_out() -> None:
    blocks = [
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": '{"a":'},
        {"type": "text", "text": " 1}"},
    ]

    assert completion("anthropic", {"input_tokens": 1, "output_tokens": 1}, content=blocks).text == '{"a": 1}'


# --- errors


def openai_error(message: str, kind: str, code: str | None, param: str | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "param": param, "type": kind}}


def anthropic_error(kind: str, message: str, code: str | None = None) -> dict[str, Any]:
    details = {"error_code": code} if code else None
    return {"type": "error", "error": {"type": kind, "message": message, "details": details}, "request_id": "req_1"}


def google_error(code: int, status: str, message: str, reason: str | None = None) -> list[dict[str, Any]]:
    """Return an error as Gemini's compatible address wraps it."""
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
    error = {"code": code, "message": message, "status": status}
    return [{"error": error | ({"details": [info]} if reason else {})}]


ERRORS: list[tuple[str, int, Any, str, Verdict]] = [
    (
        "openai",
        401,
        openai_error("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
        "invalid_api_key",
        Verdict.DENIED,
    ),
    (
        "openai",
        404,
        openai_error("The model `x` does not exist", "invalid_request_error", "model_not_found"),
        "model_not_found",
        Verdict.DENIED,
    ),
    (
        "openai",
        429,
        openai_error("You exceeded your quota", "insufficient_quota", "insufficient_quota"),
        "insufficient_quota",
        Verdict.NO_MONEY,
    ),
    (
        "openai",
        429,
        openai_error("You exceeded your quota", "insufficient_quota", None),
        "insufficient_quota",
        Verdict.NO_MONEY,
    ),
    (
        "openai",
        429,
        openai_error("Rate limit reached", "tokens", "rate_limit_exceeded"),
        "rate_limit_exceeded",
        Verdict.SLOW_DOWN,
    ),
    (
        "openai",
        429,
        openai_error("Resource unavailable", "resource_unavailable", "resource_unavailable"),
        "resource_unavailable",
        Verdict.SLOW_DOWN,
    ),
    (
        "openai",
        400,
        openai_error("maximum context length", "invalid_request_error", "context_length_exceeded", "messages"),
        "context_length_exceeded",
        Verdict.TOO_LONG,
    ),
    (
        "openai",
        400,
        openai_error("Unsupported", "invalid_request_error", "unsupported_parameter", "max_tokens"),
        "unsupported_parameter",
        Verdict.DENIED,
    ),
    (
        "openai",
        400,
        openai_error("Invalid schema", "invalid_request_error", None, "response_format.json_schema"),
        "unsupported_parameter",
        Verdict.DENIED,
    ),
    (
        "openai",
        400,
        openai_error("no", "invalid_request_error", None, "messages"),
        "invalid_request_error",
        Verdict.REJECTED,
    ),
    ("openai", 500, openai_error("The server had an error", "server_error", None), "server_error", Verdict.RETRY),
    (
        "openai",
        503,
        openai_error("Slow down", "service_unavailable_error", "slow_down"),
        "slow_down",
        Verdict.SLOW_DOWN,
    ),
    (
        "azure",
        400,
        {
            "error": {
                "message": "The response was filtered due to the prompt triggering Azure OpenAI's policy.",
                "type": None,
                "param": "prompt",
                "code": "content_filter",
                "status": 400,
                "innererror": {
                    "code": "ResponsibleAIPolicyViolation",
                    "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}},
                },
            }
        },
        "content_filter",
        Verdict.REFUSED,
    ),
    (
        "azure",
        401,
        {"error": {"code": "401", "message": "Access denied due to invalid subscription key."}},
        "http_401",
        Verdict.DENIED,
    ),
    (
        "azure",
        404,
        {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}},
        "DeploymentNotFound",
        Verdict.DENIED,
    ),
    (
        "azure",
        429,
        {"error": {"code": "429", "message": "Requests have exceeded call rate limit."}},
        "http_429",
        Verdict.SLOW_DOWN,
    ),
    (
        "anthropic",
        401,
        anthropic_error("authentication_error", "invalid x-api-key"),
        "authentication_error",
        Verdict.DENIED,
    ),
    (
        "anthropic",
        402,
        anthropic_error("billing_error", "Your credit balance is too low"),
        "billing_error",
        Verdict.NO_MONEY,
    ),
    (
        "anthropic",
        400,
        anthropic_error("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        "billing_error",
        Verdict.NO_MONEY,
    ),
    (
        "anthropic",
        400,
        anthropic_error("invalid_request_error", "max_tokens: 64000 > 8192, the maximum for this model"),
        "unsupported_parameter",
        Verdict.DENIED,
    ),
    (
        "gemini",
        400,
        [{"error": {"code": 400, "message": "User location is not supported.", "status": "FAILED_PRECONDITION"}}],
        "FAILED_PRECONDITION",
        Verdict.DENIED,
    ),
    (
        "groq",
        413,
        {"error": {"message": "Request too large: Limit 6000, Requested 8000", "code": "rate_limit_exceeded"}},
        "rate_limit_exceeded",
        Verdict.REJECTED,
    ),
    ("anthropic", 403, anthropic_error("permission_error", "no"), "permission_error", Verdict.FORBIDDEN),
    ("anthropic", 404, anthropic_error("not_found_error", "model: x"), "not_found_error", Verdict.DENIED),
    ("anthropic", 429, anthropic_error("rate_limit_error", "slow"), "rate_limit_error", Verdict.SLOW_DOWN),
    (
        "anthropic",
        429,
        anthropic_error("rate_limit_error", "limit", "enforced_spend_limit_reached"),
        "enforced_spend_limit_reached",
        Verdict.NO_MONEY,
    ),
    (
        "anthropic",
        400,
        anthropic_error("invalid_request_error", "limit", "linked_organization_spend_limit_reached"),
        "linked_organization_spend_limit_reached",
        Verdict.NO_MONEY,
    ),
    (
        "anthropic",
        429,
        anthropic_error("rate_limit_error", "ramp", "ramp_limit_exceeded"),
        "ramp_limit_exceeded",
        Verdict.SLOW_DOWN,
    ),
    (
        "anthropic",
        400,
        anthropic_error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
        "context_length_exceeded",
        Verdict.TOO_LONG,
    ),
    ("anthropic", 500, anthropic_error("api_error", "Internal server error"), "api_error", Verdict.RETRY),
    ("anthropic", 504, anthropic_error("timeout_error", "Timeout"), "timeout_error", Verdict.RETRY),
    ("anthropic", 529, anthropic_error("overloaded_error", "Overloaded"), "overloaded_error", Verdict.RETRY),
    (
        "gemini",
        400,
        google_error(400, "INVALID_ARGUMENT", "API key not valid.", "API_KEY_INVALID"),
        "API_KEY_INVALID",
        Verdict.DENIED,
    ),
    (
        "gemini",
        400,
        google_error(400, "INVALID_ARGUMENT", "API key not valid.", "API_KEY_INVALID")[0],
        "API_KEY_INVALID",
        Verdict.DENIED,
    ),
    ("gemini", 429, google_error(429, "RESOURCE_EXHAUSTED", "quota"), "RESOURCE_EXHAUSTED", Verdict.SLOW_DOWN),
    ("gemini", 503, google_error(503, "UNAVAILABLE", "overloaded"), "UNAVAILABLE", Verdict.RETRY),
    ("gemini", 404, google_error(404, "NOT_FOUND", "models/x is not found"), "NOT_FOUND", Verdict.DENIED),
    (
        "openrouter",
        402,
        {"error": {"code": 402, "message": "Insufficient credits", "metadata": {}}},
        "http_402",
        Verdict.NO_MONEY,
    ),
    ("openrouter", 401, {"error": {"code": 401, "message": "No auth credentials found"}}, "http_401", Verdict.DENIED),
    (
        "openrouter",
        429,
        {"error": {"code": 429, "message": "Rate limit exceeded", "metadata": {"headers": {}}}},
        "http_429",
        Verdict.SLOW_DOWN,
    ),
    (
        "openrouter",
        503,
        {"error": {"code": 503, "message": "There is no available model provider"}},
        "http_503",
        Verdict.RETRY,
    ),
    (
        "llamacpp",
        400,
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 6000,
                "n_ctx": 4096,
            }
        },
        "context_length_exceeded",
        Verdict.TOO_LONG,
    ),
    (
        "llamacpp",
        503,
        {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
        "unavailable_error",
        Verdict.RETRY,
    ),
    (
        "llamacpp",
        401,
        {"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}},
        "authentication_error",
        Verdict.DENIED,
    ),
    (
        "deepseek",
        402,
        {
            "error": {
                "message": "Insufficient Balance",
                "type": "unknown_error",
                "param": None,
                "code": "invalid_request_error",
            }
        },
        "invalid_request_error",
        Verdict.NO_MONEY,
    ),
    (
        "ollama",
        404,
        {
            "error": {
                "message": 'model "x" not found, try pulling it first',
                "type": "not_found_error",
                "param": None,
                "code": None,
            }
        },
        "not_found_error",
        Verdict.DENIED,
    ),
    ("mistral", 401, {"message": "Unauthorized", "request_id": "x"}, "http_401", Verdict.DENIED),
]


@pytest.mark.parametrize(
    ("name", "status", "body", "kind", "verdict"),
    ERRORS,
    ids=[f"{number}-{name}-{status}-{kind}" for number, (name, status, _, kind, _) in enumerate(ERRORS)],
)
def test_the_errors_of_the_providers_are_understood(
    name: str, status: int, body: Any, kind: str, verdict: Verdict
) -> None:
    error = exchange(name, httpx.Response(status, json=body)).result

    assert isinstance(error, AttemptError)
    assert (error.kind, error.verdict) == (kind, verdict)


CONTEXT_WORDS: list[tuple[str, int, Any]] = [
    (
        "vllm",
        400,
        {
            "error": {
                "message": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
                "type": "BadRequestError",
                "param": None,
                "code": 400,
            }
        },
    ),
    (
        "vllm",
        400,
        {
            "object": "error",
            "message": "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
            "type": "BadRequestError",
            "param": None,
            "code": 400,
        },
    ),
    (
        "anthropic",
        400,
        anthropic_error(
            "invalid_request_error", "input length and `max_tokens` exceed context limit: 198000 + 4000 > 200000"
        ),
    ),
]


@pytest.mark.parametrize(("name", "status", "body"), CONTEXT_WORDS)
def test_a_prompt_that_is_too_long_is_recognised_where_only_words_say_so(name: str, status: int, body: Any) -> None:
    error = exchange(name, httpx.Response(status, json=body)).result

    assert isinstance(error, AttemptError)
    assert error.verdict is Verdict.TOO_LONG


def test_the_errors_of_openai_and_anthropic_are_what_their_sdks_type() -> None:
    from anthropic.types.shared import ErrorResponse
    from openai.types.shared import ErrorObject

    told = [*((name, body) for name, _, body, _, _ in ERRORS), *((name, body) for name, _, body in CONTEXT_WORDS)]
    for name, body in told:
        if name == "openai":
            error = body["error"]
            assert ErrorObject.model_validate(error, strict=True).model_dump(include=set(error)) == error
        elif name == "anthropic":
            assert ErrorResponse.model_validate(body).model_dump() == body


# --- what it costs

MILLION = Usage(1_000_000, 0, 1_000_000, 0)
OWN = ModelPrice(input=2.0, output=8.0, cached_input=0.5)
counts = st.integers(0, 200_000)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Draw a usage whose parts fit into each other."""
    inputs, outputs = draw(counts), draw(counts)
    cached = draw(st.integers(0, inputs))
    return Usage(inputs, cached, outputs, draw(st.integers(0, outputs)), draw(st.integers(0, inputs - cached)))


def summed(first: Usage, second: Usage) -> Usage:
    pairs = zip(
        (first.input_tokens, first.cached_input_tokens, first.output_tokens, first.reasoning_tokens),
        (second.input_tokens, second.cached_input_tokens, second.output_tokens, second.reasoning_tokens),
        strict=True,
    )
    return Usage(*((one or 0) + (other or 0) for one, other in pairs))


PRICED = [
    whom("openai", model="gpt-4.1-mini"),
    whom("openai", model="gpt-5-mini"),
    whom("azure", model="gpt-4.1-mini"),
    whom("anthropic", model="claude-haiku-4-5"),
    whom("gemini", model="gemini-2.5-flash"),
    whom("mistral", model="mistral-small-latest"),
    whom("openrouter", model="openai/gpt-4.1-mini"),
    whom("groq", model="llama-3.3-70b-versatile"),
    whom("deepseek", model="deepseek-chat"),
]


def dear(to: Endpoint, usage: Usage, prices: Prices | None = None) -> int:
    """Return a cost that has to be known."""
    found = (prices or Prices({})).cost(to, usage).nanodollars
    assert found is not None
    return found


@pytest.mark.parametrize("to", PRICED, ids=lambda to: to.name + " " + to.model)
def test_the_usual_model_of_every_provider_has_a_price(to: Endpoint) -> None:
    cost = Prices({}).cost(to, MILLION)

    assert cost.source == "genai-prices 0.2.3"
    assert 10**8 < (cost.nanodollars or 0) < 10**11


def test_the_price_list_says_what_a_person_reads_there() -> None:
    to = whom("openai", model="gpt-4.1-mini")

    assert dear(to, Usage(1_000_000, 0, 0, 0)) == 400_000_000
    assert dear(to, Usage(1_000_000, 1_000_000, 0, 0)) == 100_000_000
    assert dear(to, Usage(0, 0, 1_000_000, 0)) == 1_600_000_000
    assert dear(to, Usage(1000, 600, 200, 50)) == 400 * 400 + 600 * 100 + 200 * 1600


def test_the_providers_own_figure_comes_first_then_the_users_then_the_list_then_nothing() -> None:
    to, told = whom("openai", model="gpt-4.1-mini"), Cost(7, "provider")
    own = Prices({"gpt-4.1-mini": OWN})

    assert own.cost(to, MILLION, told=told) == told
    assert own.cost(to, MILLION) == Cost(10_000_000_000, "[prices]")
    assert Prices({}).cost(to, MILLION) == Cost(2_000_000_000, "genai-prices 0.2.3")
    assert Prices({}).cost(whom("custom", model="gpt-4.1-mini"), MILLION) == Cost()


def test_the_providers_figure_stands_even_where_it_did_not_count_tokens() -> None:
    assert Prices({}).cost(whom("openrouter"), Usage(), told=Cost(7, "provider")) == Cost(7, "provider")


def test_the_users_price_holds_for_the_model_asked_for_whatever_name_answers() -> None:
    own = Prices({"my-deployment": OWN})
    to = whom("azure", model="my-deployment")

    assert own.cost(to, MILLION, "gpt-4.1-mini-2025-04-14") == Cost(10_000_000_000, "[prices]")
    assert own.ceiling(to, 1_000_000, 1_000_000) == 10_000_000_000


def test_a_deployment_with_a_name_of_its_own_is_priced_by_the_model_that_answers() -> None:
    to = whom("azure", model="my-deployment")

    assert Prices({}).cost(to, MILLION, "gpt-4.1-mini-2025-04-14").nanodollars == 2_000_000_000


@pytest.mark.parametrize(
    "model", ["ft:gpt-4.1-mini-2025-04-14:acme::abc", "gpt-99", "gpt-4.1-mini-2031-01-01", "GPT 4", ""]
)
def test_a_model_without_a_price_costs_nobody_knows_and_never_nothing(model: str) -> None:
    to = replace(whom("openai"), model=model)

    assert Prices({}).cost(to, MILLION) == Cost()
    assert Prices({}).cost(to, Usage(0, 0, 0, 0)) == Cost()
    assert Prices({}).ceiling(to, 100, 100) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v1", "https://llm.acme.example/v1"])
def test_a_known_name_at_an_unknown_address_has_no_price(url: str) -> None:
    assert Prices({}).cost(replace(whom("custom", model="gpt-4.1-mini"), base_url=url), MILLION) == Cost()


def test_what_runs_on_this_machine_is_free_whatever_anybody_says() -> None:
    for name in ("offline", "local"):
        assert Prices({}).cost(whom(name), MILLION, told=Cost(7, "provider")) == Cost(0, name)
        assert Prices({}).ceiling(whom(name), 10**6, 10**6) == 0


@pytest.mark.parametrize(
    "usage", [Usage(), Usage(5), Usage(None, None, 5), Usage(None, 5, None, 5)], ids=["none", "in", "out", "parts"]
)
def test_half_a_usage_has_no_price(usage: Usage) -> None:
    assert Prices({}).cost(whom("openai", model="gpt-4.1-mini"), usage) == Cost()


@pytest.mark.parametrize("to", PRICED, ids=lambda to: to.name + " " + to.model)
@given(usage=usages())
def test_what_comes_from_the_cache_is_never_dearer_and_nothing_is_negative(to: Endpoint, usage: Usage) -> None:
    fresh = replace(usage, cached_input_tokens=0, cache_write_input_tokens=0)
    cached = replace(fresh, cached_input_tokens=usage.cached_input_tokens)

    assert 0 <= dear(to, cached) <= dear(to, fresh)
    assert dear(to, usage) >= 0


@pytest.mark.parametrize("to", PRICED, ids=lambda to: to.name + " " + to.model)
@given(usage=usages())
def test_a_price_is_to_the_nanodollar_what_the_price_list_calculates(to: Endpoint, usage: Usage) -> None:
    inputs = usage.input_tokens or 0
    read = min(usage.cached_input_tokens or 0, inputs)
    written = min(usage.cache_write_input_tokens or 0, inputs - read)
    asked = genai_prices.Usage(
        input_tokens=inputs, cache_read_tokens=read, cache_write_tokens=written, output_tokens=usage.output_tokens
    )

    listed = genai_prices.calc_price(asked, to.model, provider_api_url=to.base_url)

    assert dear(to, usage) == round(listed.total_price * 10**9)


@pytest.mark.parametrize("to", PRICED, ids=lambda to: to.name + " " + to.model)
@given(usage=usages())
def test_no_call_costs_more_than_was_set_aside_for_it(to: Endpoint, usage: Usage) -> None:
    ceiling = Prices({}).ceiling(to, usage.input_tokens or 0, usage.output_tokens or 0)

    assert ceiling is not None
    assert dear(to, usage) <= ceiling


@given(first=usages(), second=usages())
def test_two_calls_cost_what_each_of_them_does(first: Usage, second: Usage) -> None:
    to = whom("openai", model="gpt-4.1-mini")
    first, second = (replace(usage, cache_write_input_tokens=0) for usage in (first, second))

    assert dear(to, first) + dear(to, second) == dear(to, summed(first, second))


prices = st.decimals(0, 100, places=4).map(float)


@given(price=st.builds(ModelPrice, input=prices, output=prices, cached_input=prices | st.none()), usage=usages())
def test_the_users_table_is_plain_arithmetic(price: ModelPrice, usage: Usage) -> None:
    own = Prices({"some-model": price})
    inputs, cached, outputs = usage.input_tokens or 0, usage.cached_input_tokens or 0, usage.output_tokens or 0
    of_cached = price.input if price.cached_input is None else price.cached_input

    found = dear(whom("custom"), usage, own)

    # One dollar for a million tokens is a thousand nano-dollars for one.
    expected = 1000 * (price.input * (inputs - cached) + of_cached * cached + price.output * outputs)
    assert found >= 0
    assert found == pytest.approx(expected, rel=1e-9, abs=1)


def test_who_takes_a_price_for_each_call_takes_it_once() -> None:
    to = replace(whom("custom", model="sonar"), base_url="https://api.perplexity.ai")

    listed = genai_prices.calc_price(
        genai_prices.Usage(input_tokens=1000, output_tokens=100), to.model, provider_api_url=to.base_url
    )

    assert dear(to, Usage(1000, 0, 100, 0)) == round(listed.total_price * 10**9)
    assert listed.model_price.requests_kcount


def test_a_long_prompt_has_the_price_of_long_ones() -> None:
    to = whom("gemini", model="gemini-2.5-pro")
    short, long = (dear(to, Usage(count, 0, 0, 0)) for count in (100_000, 400_000))

    assert long > 4 * short


def test_more_from_the_cache_than_there_was_input_is_not_believed() -> None:
    own = Prices({"some-model": OWN})

    assert dear(whom("custom"), Usage(100, 500, 0, 0), own) == dear(whom("custom"), Usage(100, 100, 0, 0), own)
    assert dear(whom("openai", model="gpt-4.1-mini"), Usage(100, 500, 0, 0)) == 100 * 100


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("user", ['Ida "the welder"\n\\ \ud800 日本 5f0d0c8e', ""])
def test_a_form_makes_the_request_that_would_be_built_anew(name: str, user: str) -> None:
    forms, to = Forms(), whom(name)
    for kind in ("cv", "document"):
        prompt = replace(prompt_for(kind), user=user)
        for tokens in (100, 200, 100):
            built, filled = build_request(to, prompt, tokens, None), forms.request(to, prompt, tokens)
            assert (filled.method, filled.url, filled.content) == (built.method, built.url, built.content)
            assert sorted(filled.headers.raw) == sorted(built.headers.raw)


def test_a_prompt_that_holds_the_mark_of_a_form_is_built_anew() -> None:
    prompt = replace(prompt_for("cv"), system=sending._MARK, user="Ida")

    assert (
        Forms().request(whom("openai"), prompt, 100).content == build_request(whom("openai"), prompt, 100, None).content
    )


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:99999/v1",
        "http://host:abc/v1",
        "http://host/v1?key=x",
        "http://host/v1#f",
        "host/v1",
        "http://my host/v1",
        " http://host/v1",
    ],
)
def test_an_address_that_no_request_can_be_sent_to_is_refused_at_once(address: str) -> None:
    settings = InferenceSettings(provider="custom", model="some-model", base_url=address)

    with pytest.raises(SettingsError, match="no web address"):
        endpoint(settings, {})
