"""The OpenAI-compatible dialect (Chat Completions): builds a request, reads a response, sends nothing."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx

from pipeline.inference.providers.asking import compact, encoded, headers, instruction
from pipeline.inference.providers.counting import own_cost, usage_of
from pipeline.inference.providers.loading import object_in
from pipeline.inference.providers.reading import (
    json_object,
    line,
    part,
    request_id,
    terms,
    unbroken,
    without_answer,
)
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.providers.wording import meaning, words_of
from pipeline.inference.retries import BY_CODE, AttemptError, Verdict
from pipeline.records import Completion, Prompt

_FINISH = {
    **dict.fromkeys(("stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "completed"), "stop"),
    **dict.fromkeys(("length", "model_length", "max_tokens", "max_output_tokens", "max_length"), "length"),
    **dict.fromkeys(("content_filter", "content_filtered", "refusal", "safety", "recitation"), "content_filter"),
    **dict.fromkeys(("prohibited_content", "blocklist", "spii", "sensitive", "blocked"), "content_filter"),
    **dict.fromkeys(("guardrail_intervened", "image_safety"), "content_filter"),
    **dict.fromkeys(("error", "abort", "aborted", "cancelled", "timeout", "engine_overloaded"), "error"),
    **dict.fromkeys(("network_error", "insufficient_system_resource"), "error"),
}
"""In small letters; servers that speak for models of others hand their words on."""
_THOUGHTS = ("reasoning_content", "reasoning")
"""Where servers put what a model thinks; with its thinking switched off, some put its answer there."""
_TEXT_PARTS = ("text", "output_text")


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
    """Return the completion in a 200 reply. Raises AttemptError for a body that holds none, with the tokens it tells of."""
    body = json_object(response)
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    message = part(choice or {}, "message")
    content = _text(message) or _said((choice or {}).get("text"))  # the last as older servers answer
    is_broken = choice is not None and bool(choice.get("error"))
    finish = line(str((choice or {}).get("finish_reason") or ("error" if is_broken else "stop")))
    completion = Completion(
        text=content,
        finish_reason=_FINISH.get(finish.partition(":")[0].lower(), finish),  # Gemini: "content_filter: SAFETY"
        usage=usage_of(part(body, "usage")),
        refusal=bool(message.get("refusal")) and not content,
        request_id=request_id(response),
        model=line(str(body["model"])) if body.get("model") else None,
        cost=own_cost(part(body, "usage"), response.headers),
        terms=terms(body, "service_tier"),
    )
    if choice is None:
        raise _nothing(words_of(body), completion)
    return unbroken(completion, finish)


def _nothing(said: str, completion: Completion) -> AttemptError:
    """Return what a reply means that holds no answer, and perhaps says why."""
    meant = meaning(said, httpx.codes.OK)
    word = BY_CODE[meant.code] if meant else Verdict.RETRY
    words = f"the reply holds no answer{': ' if said else ''}{said}"
    return without_answer(AttemptError(meant.code if meant else "no_choices", word, words), completion)


def _text(message: dict[str, Any]) -> str | None:
    """Return a message's text. Some servers put it where a tool's arguments or the model's thoughts belong."""
    content = _said(message.get("content"))
    if (content and content.strip()) or message.get("refusal"):
        return content
    calls = message.get("tool_calls")
    functions = [part(call, "function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    functions.append(part(message, "function_call"))
    elsewhere = [_said(function.get("arguments")) for function in functions]
    elsewhere += [_said(message.get(key)) for key in _THOUGHTS]
    return next(filter(_is_object, elsewhere), content)


def _said(content: Any) -> str | None:
    """Return a text; in parts, as some reasoning models answer, it is the parts that are text; some unpack the JSON in it."""
    if isinstance(content, dict):
        return compact(content)
    if not isinstance(content, list):
        return content if isinstance(content, str) else None
    pieces = (piece for piece in content if isinstance(piece, dict) and piece.get("type", "text") in _TEXT_PARTS)
    return "".join(text for piece in pieces if isinstance(text := piece.get("text"), str)) or None


def _is_object(text: str | None) -> bool:
    """Tell whether a text is one whole JSON object and nothing else."""
    return object_in(text or "") is not None


def _response_format(structured: str, prompt: Prompt) -> dict[str, Any]:
    if structured == "json_schema":
        wanted = {"name": prompt.name, "strict": True, "schema": prompt.schema}
        return {"response_format": {"type": "json_schema", "json_schema": wanted}}
    if structured == "json_object_schema":
        return {"response_format": {"type": "json_object", "schema": prompt.schema}}
    return {"response_format": {"type": "json_object"}} if structured == "json_object" else {}


_ENFORCED = ("json_schema", "json_object_schema")
"""Modes in which the schema goes along in a field of its own; in the others it is said in words."""
