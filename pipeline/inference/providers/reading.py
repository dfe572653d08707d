"""What every dialect's replies have in common: a body that may be anything, error objects, counts, request names."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from pipeline.inference.retries import AttemptError, Verdict, verdict

WEB_PAGE = "web_page"
"""The kind of a reply that no model gave: a login page, a proxy's, or the wrong address."""
_LONGEST_LINE = 200
_MOST_DIGITS = 300
"""Of a number that may be of any use."""
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
"""What goes into ledger and log; anything longer or freer may quote what it was sent."""
_TOO_LONG = re.compile(
    r"prompt is too long|exceeds? (the )?(available )?context|maximum context length|context window", re.IGNORECASE
)
"""Anthropic and vLLM have no code of their own for it."""
_NO_MONEY = re.compile(r"credit balance is too low|insufficient (?:account )?(?:balance|credits?|funds)", re.IGNORECASE)
"""Anthropic says so under the code of any bad request."""
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
        page = _page(response)
        raise AttemptError(WEB_PAGE if page else "unreadable_body", Verdict.RETRY, page or "the reply is not JSON")
    if body.get("error") and not body.get("choices") and not body.get("content"):
        code = error_code(response)
        # Where no status is told, another try may do better.
        judged = verdict(_told_status(body["error"]) or httpx.codes.INTERNAL_SERVER_ERROR, code, {})
        raise AttemptError(code or "error_body", judged, error_detail(response))
    return body


def _told_status(error: Any) -> int | None:
    """Return the HTTP status that stands in an error instead of above it (OpenRouter); None: there is none."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else None


def error_code(response: httpx.Response) -> str | None:
    """Return the provider's code for an error, or its type; None: neither is a word. Codes may be numbers or null."""
    error = _error(response)
    said = str(error.get("message") or "")[:_LONGEST_LINE]
    is_bad_request = response.status_code == httpx.codes.BAD_REQUEST  # under which providers put what has no code
    blamed = str(error.get("param") or "") or (said if is_bad_request else "")
    if re.split(r"\W", blamed, maxsplit=1)[0] in _OUR_FIELDS:
        return "unsupported_parameter"
    if _TOO_LONG.search(said):
        return "context_length_exceeded"
    if is_bad_request and _NO_MONEY.search(said):
        return "billing_error"
    details = error.get("details")
    details = details[0] if isinstance(details, list) and details else details
    inner = details if isinstance(details, dict) else {}
    words = [inner.get("error_code"), inner.get("reason"), *(error.get(key) for key in ("code", "status", "type"))]
    return next((word for word in map(str, words) if word != "None" and _CODE.fullmatch(word)), None)


def error_detail(response: httpx.Response) -> str:
    """Return the provider's own words on one line, as long as they are: whoever shows them shortens them."""
    return _printable(str(_error(response).get("message") or "")) or _page(response)


def request_id(response: httpx.Response) -> str | None:
    """Return the provider's name for this request, for its support."""
    name = response.headers.get("x-request-id") or response.headers.get("request-id")
    return line(name) if name else None


def line(words: str) -> str:
    """Return one short, printable line: what a provider writes ends up in a database and on a terminal."""
    return _printable(words[: 10 * _LONGEST_LINE])[:_LONGEST_LINE]


def part(tree: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key; empty where there is none."""
    inner = tree.get(key)
    return inner if isinstance(inner, dict) else {}


def count(*values: Any) -> int | None:
    """Return the first value that is a plausible number of tokens; None: not known. Some gateways write 100 as 100.0."""
    numbers = (v for v in values if isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v < 10**9)
    return next((int(v) for v in numbers if v == int(v)), None)


def _error(response: httpx.Response) -> dict[str, Any]:
    body = _json(response)
    body = body[0] if isinstance(body, list) and body else body  # Gemini wraps its errors in a list
    if not isinstance(body, dict):
        return {}
    error = body.get("error", body)  # Mistral and older vLLM wrap it in nothing
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else {}


def _page(response: httpx.Response) -> str:
    is_page = "html" in response.headers.get("content-type", "") or response.content[:64].lstrip()[:1] == b"<"
    return "a web page came instead of JSON" if is_page else ""


def _printable(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _json(response: httpx.Response) -> Any:
    """Return what the body holds. Bytes that are no text cost a character, not an answer that was paid for."""
    content = response.content
    try:
        return json.loads(content.decode(json.detect_encoding(content), "replace"), parse_int=_whole)
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> int | float:
    """Read a number of any length: Python refuses one of more than 4,300 digits, and the answer beside it with it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)
