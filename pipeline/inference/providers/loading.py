"""JSON as providers send it: anything may come, and no number in it costs the answer beside it."""

from __future__ import annotations

import json
from typing import Any

_MOST_DIGITS = 300
"""Of a number that may be of any use."""


def value_in(text: str | bytes) -> Any:
    """Return what a text says in JSON; None: that is none."""
    try:
        return json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        return None


def object_in(text: str | bytes) -> dict[str, Any] | None:
    """Return the one JSON object that a text is; None: it is something else."""
    value = value_in(text)
    return value if isinstance(value, dict) else None


def _whole(digits: str) -> int | float:
    """Read a number of any length: Python refuses one of more than 4,300 digits, and the answer beside it with it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)
