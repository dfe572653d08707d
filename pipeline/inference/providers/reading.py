"""What every dialect's replies have in common: a body that may be anything, error objects, counts, request names."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import httpx

from pipeline.inference.providers.loading import object_in, value_in
from pipeline.inference.providers.stream import is_stream, joined
from pipeline.inference.providers.wording import Meaning, meaning, words_of
from pipeline.inference.quota import until
from pipeline.inference.retries import BY_CODE, AttemptError, Verdict, verdict
from pipeline.records import Completion, Terms

WEB_PAGE = "web_page"
"""The kind of a reply that no model gave: a login page, a proxy's, or the wrong address."""
_LONGEST_LINE = 200
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
"""What goes into ledger and log; anything longer or freer may quote what it was sent."""
_OF_ALL_KINDS = "unsupported_parameter"
"""A code whose words tell more: which field it is, and so what helps."""
_DIGITS = re.compile("[0-9]{1,15}")
_STATUS = re.compile("[45][0-9]{2}")
_WAIT = re.compile(
    r"(?:retry|try again)(?: it)? (?:in|after) ((?:\d+h)?(?:\d+m(?!s))?\d+(?:\.\d+)? ?(?:ms|s))", re.IGNORECASE
)
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
    told = [error.get(key) for key in ("code", "status", "status_code")] if isinstance(error, dict) else []
    statuses = (
        int(code) for code in told if isinstance(code, int) or (isinstance(code, str) and _STATUS.fullmatch(code))
    )
    return next((status for status in statuses if 400 <= status < 600), None)


def error_code(response: httpx.Response) -> str | None:
    """Return the provider's code for an error, or ours for what it says in words; None: neither. Codes may be numbers or null."""
    error = _error(response)
    words = [word for word in _code_words(error) if _CODE.fullmatch(word)]
    known = next((word for word in words if word in BY_CODE), None)
    meant = error_meaning(response)
    is_too_long = meant is not None and BY_CODE[meant.code] is Verdict.TOO_LONG
    if known and known != _OF_ALL_KINDS and not is_too_long:
        return known
    if re.split(r"\W", str(error.get("param") or ""), maxsplit=1)[0] in _OUR_FIELDS and not is_too_long:
        return "unsupported_parameter"
    return meant.code if meant else next(iter(words), None)


def error_meaning(response: httpx.Response) -> Meaning | None:
    """Return what an error's words mean; None: nothing that is known. A day's quota is used up as an account is."""
    error = _error(response)
    if any("PerDay" in str(place.get("quotaId")) for place in _quotas_of(error)):
        return Meaning("billing_error", "wait for the next day, or raise the quota there, then run again")
    told = None if response.is_error else _told_status(error)
    return meaning(words_of(error), told or response.status_code)


def error_detail(response: httpx.Response) -> str:
    """Return the provider's own words on one line, as long as they are: whoever shows them shortens them."""
    return _printable(words_of(_error(response))) or _page(response)


def told_wait(response: httpx.Response, now: dt.datetime) -> float | None:
    """Return the seconds that an error asks to wait in its body, where no header says it; None: it does not."""
    error = _error(response)
    told = (str(item.get("retryDelay")) for item in _details(error) if item.get("retryDelay"))
    said = _WAIT.search(words_of(error))
    words = [*told, *([said[1].replace(" ", "")] if said else [])]
    return next((wait for wait in (until(word, now) for word in words) if wait is not None), None)


def names_of_models(response: httpx.Response) -> list[str]:
    """Return the names in a list of models; none where it is no such list."""
    body = _json(response)
    told = body.get("data") or body.get("models") if isinstance(body, dict) else body
    items = [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []
    return [name for item in items if isinstance(name := item.get("id") or item.get("name"), str)]


def is_page(response: httpx.Response) -> bool:
    """Tell whether a web page came: no model and no provider's interface sends one."""
    return bool(_page(response))


def request_id(response: httpx.Response) -> str | None:
    """Return the provider's name for this request, for its support."""
    name = response.headers.get("x-request-id") or response.headers.get("request-id")
    return line(name) if name else None


def line(words: str) -> str:
    """Return one short, printable line: what a provider writes ends up in a database and on a terminal."""
    return _printable(words[: 10 * _LONGEST_LINE])[:_LONGEST_LINE]


def terms(tree: dict[str, Any], *names: str) -> Terms:
    """Return what a reply says of how it was served, as the price list names it."""
    return tuple((name, word) for name in names if isinstance(word := tree.get(name), str) and _CODE.fullmatch(word))


def part(tree: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key; empty where there is none."""
    inner = tree.get(key)
    return inner if isinstance(inner, dict) else {}


def count(*values: Any, most: int = 10**9) -> int | None:
    """Return the first value that is a plausible number of tokens; None: not known. Some gateways write 100 as 100.0 or "100"."""
    for value in values:
        told = int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value
        if isinstance(told, int | float) and not isinstance(told, bool) and 0 <= told < most and told == int(told):
            return int(told)
    return None


def unbroken(completion: Completion, end: str) -> Completion:
    """Return what came. Raises AttemptError where the host failed (`end`: its word for that) before the answer was whole."""
    if completion.finish_reason == "error" and object_in(completion.text or "") is None:
        raise without_answer(AttemptError("error_choice", Verdict.RETRY, f"the host failed ({end})"), completion)
    return completion


def without_answer(error: AttemptError, completion: Completion) -> AttemptError:
    """Return an error with what came along with it, whose tokens are charged."""
    error.completion = completion
    return error


def _error(response: httpx.Response) -> dict[str, Any]:
    body = _json(response)
    body = body[0] if isinstance(body, list) and body else body  # Gemini wraps its errors in a list
    if not isinstance(body, dict):
        return {}
    error = body.get("error") or body  # Mistral and older vLLM wrap it in nothing
    if isinstance(error, str):
        return {"message": error, "code": body.get("code"), "type": body.get("type") or body.get("error_type")}
    return _behind(error) if isinstance(error, dict) else {}


def _behind(error: dict[str, Any]) -> dict[str, Any]:
    """Return an error with the words of the host behind it, where a router hands them on (OpenRouter: metadata.raw)."""
    raw = part(error, "metadata").get("raw")
    if isinstance(raw, str):
        raw = value_in(raw) or raw
    inner = raw.get("error", raw) if isinstance(raw, dict) else raw
    words = words_of(inner)
    if not words:
        return error
    codes = inner if isinstance(inner, dict) else {}
    told = {key: error.get(key) or codes.get(key) for key in ("type", "param")}
    code = codes.get("code") if isinstance(codes.get("code"), str) else error.get("code")
    return {**error, **told, "code": code, "message": f"{words_of(error.get('message'))}: {words}"}


def _code_words(error: dict[str, Any]) -> list[str]:
    """Return all that may be the code of an error, the surest first."""
    details = error.get("details")
    details = details if isinstance(details, dict) else {}
    reasons = [item.get("reason") for item in _details(error)]
    words = [details.get("error_code"), *reasons, *(error.get(key) for key in ("code", "status", "type"))]
    return [word for word in map(str, words) if word != "None"]


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the details of an error, as Google lists them."""
    details = error.get("details")
    details = details if isinstance(details, list) else [details]
    return [item for item in details if isinstance(item, dict)]


def _quotas_of(error: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the quotas that were exceeded, as Google lists them."""
    lists = (item.get("violations") for item in _details(error))
    return [place for places in lists if isinstance(places, list) for place in places if isinstance(place, dict)]


def _page(response: httpx.Response) -> str:
    is_page = "html" in response.headers.get("content-type", "") or response.content[:64].lstrip()[:1] == b"<"
    return "a web page came instead of JSON" if is_page else ""


def _printable(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _json(response: httpx.Response) -> Any:
    """Return what the body holds. Bytes that are no text cost a character, not an answer that was paid for."""
    content = response.content
    text = content.decode(json.detect_encoding(content), "replace")
    body = value_in(text)
    return joined(text) if body is None and is_stream(text) else body
