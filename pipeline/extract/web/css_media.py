"""Which blocks of a style sheet count on a usual screen: pages are often written for a small one first, and hide there what a large one shows."""

from __future__ import annotations

import re

_EVERYWHERE = re.compile(r"@(?:layer(?:\s+[\w.-]+)?|supports\s*\([^()]*\))")
"""Blocks whose rules are for every screen."""
_ELSEWHERE = re.compile(r"@(?:keyframes|font-face|page)\b")
_MEDIA = re.compile(
    r"(?:only\s+)?(?:(?P<kind>[a-z]+)(?:\s+and\s+(?=\())?)?(?P<widths>(?:(?:\s*and\s*)?\(\s*(?:min|max)-width\s*:[^()]*\))*)",
    re.IGNORECASE,
)
_WIDTH = re.compile(r"(min|max)-width\s*:\s*(\d*\.?\d+(?=px|r?em)|0)(px|r?em|)\s*\)", re.IGNORECASE)
_PIXELS = {"": 1, "px": 1, "em": 16, "rem": 16}
_SCREENS = (1280, 1920)
"""Pixels that the screens of nearly all who read such a page at a desk are wide."""


def counts(block: str) -> bool | None:
    """Tell whether what stands in a block ("@media print") counts on a usual screen; None: on some, or not known."""
    if _EVERYWHERE.fullmatch(block):
        return True
    if not block.lower().startswith("@media"):
        return False if _ELSEWHERE.match(block) else None
    told = [_holds(query.strip()) for query in block[len("@media") :].split(",")]
    return True if True in told else None if None in told else False


def _holds(query: str) -> bool | None:
    if query[:4].lower() == "not ":
        holds = _holds(query[4:].lstrip())
        return None if holds is None else not holds
    found = _MEDIA.fullmatch(query)
    kind = (found["kind"] or "all").lower() if found else ""
    if kind == "print":
        return False
    widths = _WIDTH.findall(found["widths"]) if found else []
    if not found or kind not in ("all", "screen") or len(widths) != found["widths"].count("("):
        return None
    fits = {all(_fits(screen, *width) for width in widths) for screen in _SCREENS}
    return fits.pop() if len(fits) == 1 else None


def _fits(screen: int, side: str, number: str, unit: str) -> bool:
    limit = float(number) * _PIXELS[unit.lower()]
    return screen >= limit if side.lower() == "min" else screen <= limit
