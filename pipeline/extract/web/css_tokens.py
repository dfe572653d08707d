"""What tinycss2 is given, and gives, within bounds: no number, no value and no depth of brackets is too much for a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import tinycss2

Token = Any
"""A component value of tinycss2, which has no types."""

MOST = 100
"""Tokens of a value or a selector that is looked at, with those in brackets."""
_LONGEST = 250
"""Characters of a value."""
_UNKNOWN = "?"
_LONG_NUMBER = re.compile(r"(?<=\d{400})\d+")
"""What no number needs; Python refuses to read one of thousands of digits."""


def bounded(css: str) -> str:
    """Return CSS without digits that say nothing."""
    return _LONG_NUMBER.sub("", css)


def values(css: str) -> list[Token]:
    """Return the parts of a value, without blanks."""
    return [
        token for token in tinycss2.parse_component_value_list(bounded(css), skip_comments=True) if not is_blank(token)
    ]


def is_blank(token: Token) -> bool:
    """Tell whether a token stands only between others."""
    return bool(token.type == "whitespace")


def split(tokens: Iterable[Token]) -> list[list[Token]]:
    """Return what stands between the commas, without the blanks around it."""
    parts: list[list[Token]] = [[]]
    for each in tokens:
        if each == ",":
            parts.append([])
        elif parts[-1] or not is_blank(each):
            parts[-1].append(each)
    for part in parts:
        while part and is_blank(part[-1]):
            part.pop()
    return parts


def are_few(tokens: Sequence[Token], most: int) -> bool:
    """Tell whether there are at most so many tokens, with those in brackets."""
    waiting = [tokens]
    while waiting:
        some = waiting.pop()
        most -= len(some)
        if most < 0:
            return False
        waiting += [inner for token in some if (inner := _inner(token))]
    return True


def _inner(token: Token) -> Sequence[Token]:
    found: Sequence[Token] = getattr(token, "arguments", None) or getattr(token, "content", None) or ()
    return found


def text_of(tokens: Sequence[Token]) -> str:
    """Return tokens as they are written, in small letters; where they are too much to be looked at, something unknown."""
    text = str(tinycss2.serialize(tokens)).strip().lower() if are_few(tokens, MOST) else _UNKNOWN
    return text if len(text) <= _LONGEST else _UNKNOWN if "(" in text else text[:_LONGEST]
