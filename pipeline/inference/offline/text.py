"""Small operations on a piece of text that several readers share."""

from __future__ import annotations

import re

_PAIRS = (("(", ")"), ("[", "]"))


def trimmed(text: str, edges: str = " \t.,;:|–—−-•·*/") -> str:
    """Return a text without separators at its edges and without a bracket that lost its other half."""
    text = text.strip(edges)
    for opening, closing in _PAIRS:
        if text.startswith(opening) and text.endswith(closing) and text.count(opening) == 1:
            text = text[1:-1].strip(edges)
        if text.count(opening) > text.count(closing):
            head, _, tail = text.rpartition(opening)
            text = f"{head}{tail}".strip(edges)
        elif text.count(closing) > text.count(opening):
            head, _, tail = text.rpartition(closing)
            text = f"{head}{tail}".strip(edges)
    return text


def without_brackets(text: str) -> tuple[str, str | None]:
    """Return a text without the bracket at its end, and what the bracket held."""
    found = re.fullmatch(r"(.*\S)\s*\(([^()]*)\)", text.strip())
    return (found[1], found[2]) if found else (text.strip(), None)
