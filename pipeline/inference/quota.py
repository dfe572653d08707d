"""What a provider says of its limits in the headers of a reply. No effects.

Three dialects are spoken: OpenAI's `x-ratelimit-remaining-tokens` (also Groq, Azure, vLLM behind a gateway), the same
with a window in the name, `x-ratelimit-limit-requests-day` (Cerebras, Mistral), and Anthropic's
`anthropic-ratelimit-input-tokens-reset`. Beside them stand the IETF's drafts (Cloudflare, Hugging Face, Kong), old and new:
`RateLimit-Policy: "default";q=100;w=60` with `RateLimit: "default";r=50;t=30`, and `100;w=60` with
`limit=100, remaining=50, reset=30` or with a header for each of these. What resets is told as a duration ("6m0s", "12ms"), in seconds, as a time of
day (RFC 3339) or in seconds since 1970. A header of another shape says nothing to us.
Sources: the providers' pages on rate limits, and their SDKs, November 2026.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

MINUTE = 60.0
"""Seconds that a limit is for where nothing says otherwise."""
_MARK = "ratelimit"
_FIELDS = ("limit", "remaining", "reset")
_WINDOWS = {"second": 1.0, "minute": MINUTE, "hour": 3600.0, "day": 86400.0}
_SUBJECTS = {
    (): "requests",
    ("requests",): "requests",
    ("req",): "requests",
    ("tokens",): "tokens",
    ("input", "tokens"): "input",
    ("output", "tokens"): "output",
    ("tokens", "prompt"): "input",
    ("tokens", "generated"): "output",
}
_STATE, _POLICY = "ratelimit", "ratelimit-policy"
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_UNITS = (3600.0, 60.0, 1.0, 0.001)
_SINCE_1970, _MILLISECONDS_SINCE_1970 = 10**9, 10**12
"""Numbers above these are no durations."""


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit of an account, as a reply tells it."""

    subject: str
    """What is counted: requests, tokens, input (tokens), output (tokens)."""
    limit: float
    """How many in a window."""
    remaining: float
    """How many are left, the request that was answered taken off; rounded down, and 0 where it is less."""
    reset: float | None = None
    """Seconds until all are there again; None: not told."""
    window: float | None = None
    """Seconds that the limit is for; None: not told."""

    @property
    def rate(self) -> float:
        """Return how many come back in a second.

        A limit without a window is taken to be for a minute, unless it takes longer to come back: Groq's limit of
        requests is for a day and does not say so. While little is used up, the time it takes tells nothing.
        """
        rate = self.limit / (self.window or MINUTE)
        used = self.limit - self.remaining
        if self.window is None and self.reset and used >= self.limit / 2:
            rate = min(rate, used / self.reset)
        return rate


def quotas(headers: Iterable[tuple[bytes, bytes]], now: dt.datetime) -> tuple[Quota, ...]:
    """Return the limits that the headers of a reply tell; `now` is the time of day."""
    told: dict[tuple[str, float | None], dict[str, float]] = {}
    drafted = {_STATE: "", _POLICY: ""}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        if _MARK not in name:
            continue
        text = value.decode("latin-1").strip()
        if name in drafted:
            drafted[name] += f",{text}"
        elif known := _understood(name):
            field, subject, window = known
            text, _, policies = text.partition(",") if field == "limit" else (text, "", "")  # "100, 100;w=60"
            if policies:
                drafted[_POLICY] += f",{policies}"
            amount = until(text, now) if field == "reset" else number(text)
            if amount is not None:
                told.setdefault((subject, window), {})[field] = amount
    counted = [
        Quota(subject, found["limit"], found["remaining"], found.get("reset"), window)
        for (subject, window), found in told.items()
        if found.get("limit", 0.0) >= 1 and "remaining" in found
    ]
    return tuple(_as_drafted(counted, drafted[_STATE], drafted[_POLICY]) if any(drafted.values()) else counted)


def _as_drafted(counted: list[Quota], state: str, policy: str) -> list[Quota]:
    """Return limits with what the two headers say that the IETF proposes: more of them, and the windows that these are for."""
    policies = {
        name: (_amount(told, "q") or number(name), _amount(told, "w"))
        for name, told in _items(policy)
        if told.get("qu", "requests") == "requests"
    }
    windows = {limit: window for limit, window in policies.values() if window}
    items = _items(state)
    flat = dict(name.split("=", 1) for name, _ in items if "=" in name)
    states = [("", {"q": flat.get("limit", ""), "r": flat.get("remaining", ""), "t": flat.get("reset", "")}), *items]
    for name, told in states:
        limit, window = policies.get(name, (_amount(told, "q"), None))
        remaining = _amount(told, "r")
        if limit and remaining is not None:
            counted = [*counted, Quota("requests", limit, remaining, _amount(told, "t"), window)]
    return [
        replace(quota, window=quota.window or windows.get(quota.limit)) if quota.subject == "requests" else quota
        for quota in counted
    ]


def _items(text: str) -> list[tuple[str, dict[str, str]]]:
    """Return a list in a header (RFC 9651): what each item is called and what is said of it."""
    parts = (item.split(";") for item in text.split(",") if item.strip())
    return [
        (
            name.strip(' "'),
            {key.strip(): value.strip(' "') for key, _, value in (word.partition("=") for word in words)},
        )
        for name, *words in parts
    ]


def _amount(told: dict[str, str], key: str) -> float | None:
    return number(told.get(key, ""))


def _understood(name: str) -> tuple[str, str, float | None] | None:
    """Return field, subject and window that a header's name tells."""
    vendor, _, rest = name.partition(_MARK)
    parts = rest.split("-")[1:]
    fields = [part for part in parts if part in _FIELDS]
    windows = [part for part in parts if part in _WINDOWS]
    subject = _SUBJECTS.get(tuple(part for part in parts if part not in _FIELDS and part not in _WINDOWS))
    if vendor.count("-") > 1 or not rest.startswith("-") or subject is None or len(fields) != 1 or len(windows) > 1:
        return None
    return fields[0], subject, _WINDOWS[windows[0]] if windows else None


def number(text: str) -> float | None:
    """Return a number that may be told; None: it is none."""
    try:
        told = float(text)
    except ValueError:
        return None
    return told if math.isfinite(told) and told >= 0 else None


def until(text: str, now: dt.datetime) -> float | None:
    """Return the seconds from now that a reset or a wait tells."""
    told = number(text)
    if told is not None and told < _SINCE_1970:
        return told
    if told is not None:
        return max(0.0, (told if told < _MILLISECONDS_SINCE_1970 else told / 1000) - now.timestamp())
    duration = _DURATION.fullmatch(text)
    if text and duration:
        return sum(float(part or 0) * unit for part, unit in zip(duration.groups(), _UNITS, strict=True))
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or dt.UTC) - now).total_seconds())
