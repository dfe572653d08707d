"""What a provider says of its limits in the headers of a reply. No effects.

Three dialects are spoken: OpenAI's `x-ratelimit-remaining-tokens` (also Groq, Azure, vLLM behind a gateway), the same
with a window in the name, `x-ratelimit-limit-requests-day` (Cerebras, Mistral), and Anthropic's
`anthropic-ratelimit-input-tokens-reset`. What resets is told as a duration ("6m0s", "12ms"), in seconds, as a time of
day (RFC 3339) or in seconds since 1970. A header of another shape says nothing to us.
Sources: the providers' pages on rate limits, and their SDKs, November 2026.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

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
}
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
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        if _MARK in name and (known := _understood(name)):
            field, subject, window = known
            text = value.decode("latin-1").strip()
            amount = until(text, now) if field == "reset" else number(text)
            if amount is not None:
                told.setdefault((subject, window), {})[field] = amount
    return tuple(
        Quota(subject, found["limit"], found["remaining"], found.get("reset"), window)
        for (subject, window), found in told.items()
        if found.get("limit", 0.0) >= 1 and "remaining" in found
    )


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
