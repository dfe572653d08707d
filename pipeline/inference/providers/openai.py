"""The OpenAI-compatible dialect (Chat Completions): builds a request, reads a response, sends nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from pipeline.inference.providers.table import Endpoint
from pipeline.inference.retries import BY_CODE, AttemptError, Verdict
from pipeline.records import Completion, Cost, Prompt, Usage

_LONGEST_LINE = 200
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
"""What goes into ledger and log; anything longer or freer may quote what it was sent."""
_FINISH = {"stop": "stop", "length": "length", "model_length": "length", "content_filter": "content_filter"}
_NANODOLLARS = 1_000_000_000


def build_request(endpoint: Endpoint, prompt: Prompt, max_output_tokens: int, correction: str | None) -> httpx.Request:
    """Return the request for one document. `correction`: what was wrong with the model's last reply."""
    system = prompt.system if correction is None else f"{prompt.system}\n\n{correction}"
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt.user}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": prompt.name, "strict": True, "schema": prompt.schema},
        },
        endpoint.provider.max_tokens_field: max_output_tokens,
    }
    if endpoint.provider.store_false:
        body["store"] = False
    headers = {"content-type": "application/json", "accept": "application/json"}
    if endpoint.key:
        headers["authorization"] = f"Bearer {endpoint.key}"
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return httpx.Request("POST", f"{endpoint.base_url}/chat/completions", headers=headers, content=content)


def read_response(response: httpx.Response) -> Completion:
    """Return the completion in a 200 reply. Raises AttemptError for a body that holds none."""
    body = _json(response)
    if not isinstance(body, dict):
        raise AttemptError("unreadable_body", Verdict.RETRY, "the reply is not JSON")
    if isinstance(body.get("error"), dict) and not body.get("choices"):
        code = error_code(response)
        raise AttemptError(code or "error_body", BY_CODE.get(code or "", Verdict.RETRY), error_detail(response))
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    if choice is None:
        raise AttemptError("no_choices", Verdict.RETRY, "the reply holds no answer")
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    content, refusal = message.get("content"), message.get("refusal")
    finish = _line(str(choice.get("finish_reason") or "stop"))
    return Completion(
        text=content if isinstance(content, str) else None,
        finish_reason=_FINISH.get(finish, finish),
        usage=_usage(body.get("usage")),
        refusal=bool(refusal) and not content,
        request_id=request_id(response),
        model=_line(str(body["model"])) if body.get("model") else None,
        cost=_own_cost(body.get("usage")),
    )


def request_id(response: httpx.Response) -> str | None:
    """Return the provider's name for this request, for its support."""
    name = response.headers.get("x-request-id") or response.headers.get("request-id")
    return _line(name) if name else None


def error_code(response: httpx.Response) -> str | None:
    """Return the provider's code for an error, or its type; None: neither is a word. Codes may be numbers or null."""
    error = _error(response)
    words = [str(error.get(key) or "") for key in ("code", "type")]
    return next((word for word in words if _CODE.fullmatch(word)), None)


def error_detail(response: httpx.Response) -> str:
    """Return the provider's own words, shortened to one line."""
    words = str(_error(response).get("message") or "")
    if not words and "html" in response.headers.get("content-type", ""):
        words = "a web page came instead of JSON; does base_url end in /v1?"
    return _line(words)


def _error(response: httpx.Response) -> dict[str, Any]:
    body = _json(response)
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else {}


def _line(words: str) -> str:
    """Return one short, printable line: what a provider writes ends up in a database and on a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_LONGEST_LINE]


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _usage(usage: Any) -> Usage:
    """Return tokens as told. Cached and reasoning tokens are parts of input and output here, never added."""
    if not isinstance(usage, dict):
        return Usage()
    return Usage(
        _count(usage.get("prompt_tokens")),
        _count(_part(usage, "prompt_tokens_details").get("cached_tokens")),
        _count(usage.get("completion_tokens")),
        _count(_part(usage, "completion_tokens_details").get("reasoning_tokens")),
    )


def _part(usage: dict[str, Any], key: str) -> dict[str, Any]:
    part = usage.get(key)
    return part if isinstance(part, dict) else {}


def _count(value: Any) -> int | None:
    """Return a number of tokens; what is no plausible number is not known."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def _own_cost(usage: Any) -> Cost | None:
    """Return the price in the reply itself (OpenRouter: usage.cost, US dollars)."""
    cost = usage.get("cost") if isinstance(usage, dict) else None
    if isinstance(cost, int | float) and not isinstance(cost, bool) and 0 <= cost < 10**6:
        return Cost(round(cost * _NANODOLLARS), "provider")
    return None
