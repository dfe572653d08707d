"""What every dialect's replies have in common: a body that may be anything, error objects, counts, request names."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from pipeline.inference.retries import BY_CODE, AttemptError, Verdict

_LONGEST_LINE = 200
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
"""What goes into ledger and log; anything longer or freer may quote what it was sent."""
_TOO_LONG = "prompt is too long"
"""Anthropic has no code of its own for it."""
_OUR_FIELDS = (
    "model",
    "response_format",
    "output_config",
    "max_tokens",
    "max_completion_tokens",
    "store",
    "prompt_cache_key",
)
"""Parts of a request that are the same for every document: an error about them blames the settings, not the document."""


def json_object(response: httpx.Response) -> dict[str, Any]:
    """Return the object in a 200 reply. Raises AttemptError for a body that is none, or that holds an error instead."""
    body = _json(response)
    if not isinstance(body, dict):
        raise AttemptError("unreadable_body", Verdict.RETRY, _page_hint(response) or "the reply is not JSON")
    if body.get("error") and not body.get("choices") and not body.get("content"):
        code = error_code(response)
        raise AttemptError(code or "error_body", BY_CODE.get(code or "", Verdict.RETRY), error_detail(response))
    return body


def error_code(response: httpx.Response) -> str | None:
    """Return the provider's code for an error, or its type; None: neither is a word. Codes may be numbers or null."""
    error = _error(response)
    if str(error.get("param") or "").split(".")[0] in _OUR_FIELDS:
        return "unsupported_parameter"
    if str(error.get("message") or "").startswith(_TOO_LONG):
        return "context_length_exceeded"
    details = error.get("details")
    details = details[0] if isinstance(details, list) and details else details
    inner = details if isinstance(details, dict) else {}
    words = [inner.get("error_code"), inner.get("reason"), *(error.get(key) for key in ("code", "status", "type"))]
    return next((word for word in map(str, words) if word != "None" and _CODE.fullmatch(word)), None)


def error_detail(response: httpx.Response) -> str:
    """Return the provider's own words, shortened to one line."""
    return line(str(_error(response).get("message") or "")) or _page_hint(response)


def request_id(response: httpx.Response) -> str | None:
    """Return the provider's name for this request, for its support."""
    name = response.headers.get("x-request-id") or response.headers.get("request-id")
    return line(name) if name else None


def line(words: str) -> str:
    """Return one short, printable line: what a provider writes ends up in a database and on a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_LONGEST_LINE]


def part(tree: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key; empty where there is none."""
    inner = tree.get(key)
    return inner if isinstance(inner, dict) else {}


def count(*values: Any) -> int | None:
    """Return the first value that is a plausible number of tokens; None: not known."""
    plausible = (v for v in values if isinstance(v, int) and not isinstance(v, bool) and 0 <= v < 10**9)
    return next(plausible, None)


def _error(response: httpx.Response) -> dict[str, Any]:
    body = _json(response)
    body = body[0] if isinstance(body, list) and body else body  # Gemini wraps its errors in a list
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else {}


def _page_hint(response: httpx.Response) -> str:
    is_page = "html" in response.headers.get("content-type", "") or response.content[:64].lstrip()[:1] == b"<"
    return "a web page came instead of JSON; does base_url end in /v1?" if is_page else ""


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None
