"""Anthropic's own dialect (Messages): builds a request, reads a response, sends nothing."""

from __future__ import annotations

from typing import Any

import httpx

from pipeline.inference.providers.asking import compact, encoded, headers, instruction
from pipeline.inference.providers.reading import count, json_object, line, part, request_id, terms, unbroken
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.retries import AttemptError, Verdict
from pipeline.records import Completion, Prompt, Usage

_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}


def build_request(endpoint: Endpoint, prompt: Prompt, max_output_tokens: int, correction: str | None) -> httpx.Request:
    """Return the request for one document. The static part comes first and is marked for Anthropic's cache."""
    has_schema = endpoint.structured == "json_schema"
    static = instruction(prompt, has_schema=has_schema)
    system: list[dict[str, Any]] = [{"type": "text", "text": static, "cache_control": {"type": "ephemeral"}}]
    if correction:
        system.append({"type": "text", "text": correction})
    body: dict[str, Any] = {
        "model": endpoint.model,
        "max_tokens": max_output_tokens,
        "system": system,
        "messages": [{"role": "user", "content": prompt.user}],
    }
    if has_schema:
        body["output_config"] = {"format": {"type": "json_schema", "schema": prompt.schema}}
    told = {"content-type": "application/json", **headers(endpoint)}
    return httpx.Request("POST", f"{endpoint.address}/messages", headers=told, content=encoded(body))


def read_response(response: httpx.Response) -> Completion:
    """Return the completion in a 200 reply. Raises AttemptError for a body that holds none."""
    body = json_object(response)
    content = body.get("content")
    if isinstance(content, str):  # as some gateways hand it on
        content = [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise AttemptError("no_choices", Verdict.RETRY, "the reply holds no answer")
    stop = line(str(body.get("stop_reason") or "end_turn"))
    completion = Completion(
        text=_text([block for block in content if isinstance(block, dict)]),
        finish_reason=_FINISH.get(stop, stop),
        usage=_usage(part(body, "usage")),
        refusal=stop == "refusal",
        request_id=request_id(response),
        model=line(str(body["model"])) if body.get("model") else None,
        terms=terms(part(body, "usage"), "service_tier", "speed"),
    )
    return unbroken(completion, stop)


def _text(blocks: list[dict[str, Any]]) -> str | None:
    """Return a message's text; some gateways hold a model to a schema by a tool, and hand on its input as it is."""
    texts = [text for block in blocks if block.get("type") == "text" and isinstance(text := block.get("text"), str)]
    inputs = (block.get("input") for block in blocks if block.get("type") == "tool_use")
    return "".join(texts) or next((compact(given) for given in inputs if isinstance(given, dict)), None)


def _usage(usage: dict[str, Any]) -> Usage:
    """Return tokens in our words. Anthropic counts what it read from and wrote to its cache beside the input."""
    fresh = count(usage.get("input_tokens"))
    read, written = count(usage.get("cache_read_input_tokens")), count(usage.get("cache_creation_input_tokens"))
    inputs = None if fresh is None else fresh + (read or 0) + (written or 0)
    reasoning = count(part(usage, "output_tokens_details").get("thinking_tokens"))
    return Usage(inputs, read, count(usage.get("output_tokens")), reasoning, written)
