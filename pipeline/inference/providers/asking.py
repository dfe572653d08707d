"""What every dialect's requests have in common: headers, the instruction, compact JSON."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline import __version__
from pipeline.inference.providers.table import Endpoint
from pipeline.records import Prompt

_IN_WORDS = "\n\nReply with one JSON object that fits this JSON schema, and with nothing else:\n"
_WHO = f"inbox-pipeline/{__version__}"
"""Firewalls before gateways turn away who does not say who it is."""
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def headers(endpoint: Endpoint) -> dict[str, str]:
    """Return who asks, and what the provider wants to be told with every request."""
    provider = endpoint.provider
    told = {"accept": "application/json", "accept-encoding": "identity", "user-agent": _WHO, **provider.headers}
    if (sign_in := _sign_in(endpoint.base_url)) is not None:  # a key that goes in the same header goes over it
        told["authorization"] = sign_in
    if endpoint.key:
        is_bearer = provider.key_header == "authorization"
        told[provider.key_header] = f"Bearer {endpoint.key}" if is_bearer else endpoint.key
    return told


def _sign_in(address: str) -> str | None:
    """Return the name and password in an address as a header (RFC 7617); None: it holds none."""
    parts = urlsplit(address)
    if parts.username is None:
        return None
    words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(words.encode()).decode()}"


def instruction(prompt: Prompt, *, has_schema: bool) -> str:
    """Return the static part of a request. `has_schema`: the model reads it in a field of its own, so words need not say it."""
    return prompt.system if has_schema else prompt.system + _IN_WORDS + compact(prompt.schema)


def compact(value: Any) -> str:
    """Return the shortest JSON."""
    return _COMPACT.encode(value)


def encoded(body: dict[str, Any] | str) -> bytes:
    """Return the body of a request, or a part of it. What is no character (half a surrogate pair) becomes "?"."""
    return compact(body).encode("utf-8", "replace")
