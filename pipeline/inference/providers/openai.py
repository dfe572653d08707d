"""The OpenAI-compatible dialect (Chat Completions): builds a request, reads a response, sends nothing."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

from pipeline.inference.providers.asking import encoded, headers, instruction
from pipeline.inference.providers.reading import count, json_object, line, part, request_id
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.retries import AttemptError, Verdict
from pipeline.records import Completion, Cost, Prompt, Usage

_FINISH = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence"), "stop"),
    **dict.fromkeys(("length", "model_length", "max_tokens", "max_output_tokens"), "length"),
    **dict.fromkeys(("content_filter", "refusal", "safety", "recitation", "prohibited_content"), "content_filter"),
}
"""In small letters; servers that speak for models of others hand their words on."""
_NANODOLLARS = 1_000_000_000
_LONGEST_THOUGHT = 200_000
"""Tokens; a total that is further off than this is a mistake, not reasoning."""


def build_request(endpoint: Endpoint, prompt: Prompt, max_output_tokens: int, correction: str | None) -> httpx.Request:
    """Return the request for one document, its static part first. `correction`: what was wrong with the last reply."""
    provider = endpoint.provider
    system = instruction(prompt, has_schema=provider.shows_schema and endpoint.structured in _ENFORCED)
    system += f"\n\n{correction}" if correction else ""
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt.user}],
        provider.max_tokens_field: max_output_tokens,
        **_response_format(endpoint.structured, prompt),
        **provider.extra_body,
    }
    if provider.cache_key_field:
        # One key for all documents of a prompt: they share everything but the document.
        body[provider.cache_key_field] = hashlib.sha256(f"{prompt.name} {prompt.hash}".encode()).hexdigest()[:32]
    told = {"content-type": "application/json", **headers(endpoint)}
    return httpx.Request("POST", f"{endpoint.address}/chat/completions", headers=told, content=encoded(body))


def read_response(response: httpx.Response) -> Completion:
    """Return the completion in a 200 reply. Raises AttemptError for a body that holds none."""
    body = json_object(response)
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    if choice is None:
        raise AttemptError("no_choices", Verdict.RETRY, "the reply holds no answer")
    message = part(choice, "message")
    content = _text(message.get("content"))
    if choice.get("error") and not content:  # OpenRouter: the host behind it failed in the middle
        raise AttemptError("error_choice", Verdict.RETRY, "the host behind it failed")
    finish = line(str(choice.get("finish_reason") or "stop"))
    return Completion(
        text=content,
        finish_reason=_FINISH.get(finish.lower(), finish),
        usage=_usage(part(body, "usage")),
        refusal=bool(message.get("refusal")) and not content,
        request_id=request_id(response),
        model=line(str(body["model"])) if body.get("model") else None,
        cost=_own_cost(part(body, "usage")),
    )


def _text(content: Any) -> str | None:
    """Return a message's text; in parts, as some reasoning models answer, it is the parts that are text."""
    if not isinstance(content, list):
        return content if isinstance(content, str) else None
    texts = (piece.get("text") for piece in content if isinstance(piece, dict) and piece.get("type") == "text")
    return "".join(text for text in texts if isinstance(text, str)) or None


def _response_format(structured: str, prompt: Prompt) -> dict[str, Any]:
    if structured == "json_schema":
        wanted = {"name": prompt.name, "strict": True, "schema": prompt.schema}
        return {"response_format": {"type": "json_schema", "json_schema": wanted}}
    if structured == "json_object_schema":
        return {"response_format": {"type": "json_object", "schema": prompt.schema}}
    return {"response_format": {"type": "json_object"}} if structured == "json_object" else {}


_ENFORCED = ("json_schema", "json_object_schema")
"""Modes in which the schema goes along in a field of its own; in the others it is said in words."""


def _usage(usage: dict[str, Any]) -> Usage:
    """Return tokens as told, with cached ones as a part of the input and reasoning ones as a part of the output.

    Where the total is more than input and output, there was reasoning beside the output (Gemini), told or
    not: it is charged as output. DeepSeek has a field of its own for what came from its cache.
    """
    inputs, outputs, total = (count(usage.get(key)) for key in ("prompt_tokens", "completion_tokens", "total_tokens"))
    cached = count(part(usage, "prompt_tokens_details").get("cached_tokens"), usage.get("prompt_cache_hit_tokens"))
    reasoning = count(part(usage, "completion_tokens_details").get("reasoning_tokens"))
    if inputs is not None and outputs is not None and total is not None:
        beside = total - inputs - outputs
        outputs += beside if 0 < beside <= _LONGEST_THOUGHT else 0
    written = count(part(usage, "prompt_tokens_details").get("cache_write_tokens"))
    return Usage(inputs, cached, outputs, reasoning, written)


def _own_cost(usage: dict[str, Any]) -> Cost | None:
    """Return the price in the reply itself (OpenRouter: usage.cost, US dollars).

    With a key of one's own at the host behind it, that is OpenRouter's fee; the host's price comes on top.
    """
    told = [usage.get("cost")]
    if usage.get("is_byok") is True:
        told.append(part(usage, "cost_details").get("upstream_inference_cost"))
    parts = [_nanodollars(dollars) for dollars in told]
    return None if None in parts else Cost(sum(filter(None, parts)), "provider")


def _nanodollars(dollars: Any) -> int | None:
    """Return a plausible price; None: it is none."""
    if isinstance(dollars, int | float) and not isinstance(dollars, bool) and 0 <= dollars < 10**6:
        return round(dollars * _NANODOLLARS)
    return None
