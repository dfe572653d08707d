"""A stream that nobody asked for, put together again: some gateways send nothing else, and what is in it is paid for."""

from __future__ import annotations

from typing import Any

from pipeline.inference.providers.loading import object_in

_BEGINNINGS = ("data:", "event:", "id:", ":")
_END = "[DONE]"
_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")


def is_stream(text: str) -> bool:
    """Tell whether a body is one of server-sent events."""
    return text.lstrip("\ufeff \r\n\t").startswith(_BEGINNINGS)


def joined(text: str) -> dict[str, Any] | None:
    """Return chat completion chunks as the one completion that they are parts of; None: there are none.

    A stream that breaks off before it says why it ends, ends with "error".
    """
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
    told = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    if not told:  # a comment or two to keep the connection alive, then an ordinary body
        return object_in("\n".join(line for line in lines if not line.startswith(":")))
    events = [event for event in map(object_in, told) if event is not None]
    if not events:
        return None
    return next((event for event in events if event.get("error")), None) or _one(events, is_whole=_END in told)


def _one(events: list[dict[str, Any]], *, is_whole: bool) -> dict[str, Any]:
    choices = [choice for event in events for choice in _list(event.get("choices")) if not choice.get("index")]
    messages = [_dict(choice.get("delta") or choice.get("message")) for choice in choices]
    message: dict[str, Any] = {}
    for key in _TEXTS:
        parts = [part for told in messages if isinstance(part := told.get(key), str)]
        message |= {key: "".join(parts)} if parts else {}
    ends = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    finish = ends[-1] if ends else "stop" if is_whole else "error"
    usages = [event.get("usage") or _dict(event.get("x_groq")).get("usage") for event in events]
    whole = {key: value for event in reversed(events) for key, value in event.items() if value is not None}
    return {
        **whole,
        "usage": next((usage for usage in reversed(usages) if usage), None),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}] if choices else [],
    }


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
