"""What an error means by its words: providers that have no code for it, or one code for everything, still say it.

The phrases stand in wording.toml, in the order in which they count.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

_SEARCHED = 500
"""Characters; what comes later may be what the provider was sent."""
_BETWEEN = ".{1,60}?"
"""What a "…" stands for."""
_LEVELS = 4
_SHOWN = 3
_SAID_IN = (
    "message",
    "msg",
    "detail",
    "details",
    "error",
    "errors",
    "error_message",
    "error_description",
    "status_msg",
    "base_resp",
    "title",
    "reason",
)
"""Where an error keeps its words, or an object that does. Never `input`: there servers repeat what they were sent."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a message comes to."""

    code: str
    """The word of BY_CODE."""
    hint: str
    """What a person can do; "": what the verdict says."""


def meaning(words: str, status: int) -> Meaning | None:
    """Return what a message means under an HTTP status; None: nothing that is known."""
    said = words[:_SEARCHED]
    found = (meant for meant, statuses, pattern in _groups() if status in statuses and pattern.search(said))
    return next(found, None)


def words_of(value: Any, levels: int = _LEVELS) -> str:
    """Return what an error says, wherever it says it: a text, an object, a list as pydantic and FastAPI make it."""
    if isinstance(value, str):
        return value
    if levels and isinstance(value, list):
        return "; ".join(filter(None, (words_of(item, levels - 1) for item in value[:_SHOWN])))
    if not levels or not isinstance(value, dict):
        return ""
    words = next(filter(None, (words_of(value.get(key), levels - 1) for key in _SAID_IN)), "")
    place = value.get("loc")
    return f"{'.'.join(map(str, place))}: {words}" if isinstance(place, list) else words


@functools.cache
def _groups() -> list[tuple[Meaning, frozenset[int], re.Pattern[str]]]:
    table = tomllib.loads(resources.files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))
    return [
        (Meaning(group["code"], group.get("hint", "")), frozenset(group["statuses"]), _pattern(group["says"]))
        for group in table["group"]
    ]


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    parts = (
        _BETWEEN.join(re.escape(part.strip(" ") if "…" in phrase else part) for part in phrase.split("…"))
        for phrase in phrases
    )
    return re.compile("|".join(parts), re.IGNORECASE)
