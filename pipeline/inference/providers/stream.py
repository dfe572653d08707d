"""A stream that nobody asked for, put together again: some gateways send nothing else, and what is in it is paid for."""

from __future__ import annotations

from typing import Any

from pipeline.inference.providers.loading import object_in

_BEGINNINGS = ("data:", "event:", "id:", ":")
_END = "[DONE]"
_FIRST, _LAST = "message_start", "message_stop"
"""What Anthropic's events are called."""
_PIECES = ("text", "partial_json")
"""Where those hold pieces of an answer: in words, or as the input of a tool."""
_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")


def is_stream(text: str) -> bool:
    """Tell whether a body is one of server-sent events."""
    return text.lstrip("\ufeff \r\n\t").startswith(_BEGINNINGS)


def joined(text: str) -> dict[str, Any] | None:
    """Return chat completion chunks, or Anthropic's events, as the one answer that they are parts of; None: there are none.

    A stream that breaks off before it says why it ends, ends with "error".
    """
    lines = [line.strip() for line in text.lstrip("\ufeff").splitlines()]
    told = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    if not told:  # a comment or two to keep the connection alive, then an ordinary body
        return object_in("\n".join(line for line in lines if not line.startswith(":")))
    events = [event for event in map(object_in, told) if event is not None]
    if not events:
        return None
    if error := next((event for event in events if event.get("error")), None):
        return error
    kinds = {event.get("type") for event in events}
    return _message(events, is_whole=_LAST in kinds) if _FIRST in kinds else _one(events, is_whole=_END in told)


def _message(events: list[dict[str, Any]], *, is_whole: bool) -> dict[str, Any]:
    """Return the message in Anthropic's events. What the first one counts as output is not all of it: the last one tells."""
    whole = _dict(next(event for event in events if event.get("type") == _FIRST).get("message"))
    parts = [_dict(event.get("delta") or event.get("content_block")) for event in events]
    texts, inputs = ("".join(p for part in parts if isinstance(p := part.get(key), str)) for key in _PIECES)
    ends = [stop for part in parts if (stop := part.get("stop_reason"))]
    usage = {**_dict(whole.get("usage")), "output_tokens": None}
    for event in events:
        usage |= {key: value for key, value in _dict(event.get("usage")).items() if value is not None}
    call = [{"type": "tool_use", "input": object_in(inputs)}] if inputs else []
    stop = ends[-1] if ends else "end_turn" if is_whole else "error"
    return {**whole, "content": [{"type": "text", "text": texts}, *call], "stop_reason": stop, "usage": usage}


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
