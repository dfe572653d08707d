"""Which blocks of a style sheet count on a usual screen: pages are often written for a small one first, and hide there what a large one shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.extract.web.css_values import PROPERTIES

_LAYER = re.compile(r"@layer(?:\s+[\w.-]+)?")
_ASKED = re.compile(r"\(\s*([\w-]+)\s*:")
"""A property that a browser is to know."""
_NEWER = frozenset("aspect-ratio backdrop-filter gap grid grid-template-columns object-fit".split())
_ELSEWHERE = re.compile(r"@(?:keyframes|font-face|page)\b")
_PARTS = re.compile(r"\s*\band\b\s*")
_LENGTH = r"(\d*\.?\d+(?=px|r?em)|0)(px|r?em|)"
_LIMIT = re.compile(rf"(min|max)-(width|height)\s*:\s*{_LENGTH}")
_RANGE = re.compile(rf"(?:{_LENGTH}\s*([<>])=?\s*)?(width|height)(?:\s*([<>])=?\s*{_LENGTH})?")
_PIXELS = {"": 1, "px": 1, "em": 16, "rem": 16}
_SCREENS = ({"width": 1280, "height": 600}, {"width": 1920, "height": 1080})
"""Pixels that the windows of nearly all who read such a page at a desk are wide and high."""
_AT_A_DESK = {
    "color": True, "hover": True, "hover:hover": True, "hover:none": False, "any-hover:hover": True,
    "pointer": True, "pointer:fine": True, "pointer:coarse": False, "any-pointer:fine": True, "monochrome": False,
    "orientation:landscape": True, "orientation:portrait": False, "prefers-color-scheme:light": True,
    "prefers-color-scheme:dark": False, "scripting:none": False, "forced-colors:active": False, "forced-colors:none": True,
}  # fmt: skip
"""What else is usual there; a page is read on white."""


def counts(block: str) -> bool | None:
    """Tell whether what stands in a block ("@media print") counts on a usual screen; None: on some, or not known."""
    if _LAYER.fullmatch(block):
        return True
    if block.lower().startswith("@supports"):
        return _is_supported(block)
    if not block.lower().startswith("@media"):
        return False if _ELSEWHERE.match(block) else None
    told = [_holds(query.strip()) for query in block[len("@media") :].split(",")]
    return True if True in told else None if None in told else False


def _is_supported(block: str) -> bool | None:
    """Tell whether today's browsers know what a block asks for (@supports); None: some do, or it is not known."""
    asked = _ASKED.findall(block)
    if not asked or "selector(" in block or not all(name in PROPERTIES | _NEWER for name in asked):
        return None
    is_turned = re.search(r"\bnot\b", block) is not None
    return True if not is_turned else False if len(asked) == 1 else None


def _holds(query: str) -> bool | None:
    if query[:4].lower() == "not ":
        holds = _holds(query[4:].lstrip())
        return None if holds is None else not holds
    kind, *features = [part.strip() for part in _PARTS.split(query.lower().removeprefix("only "))]
    if kind.startswith("("):
        kind, features = "all", [kind, *features]
    told = [kind in ("all", "screen") if kind in ("all", "screen", "print") else None, *map(_has, features)]
    return False if False in told else None if None in told else True


def _has(feature: str) -> bool | None:
    """Tell whether usual screens have a feature, which is asked for in brackets; None: some have it, or it is not known."""
    asked = feature[1:-1].strip() if feature.startswith("(") and feature.endswith(")") else ""
    limits = _limits(asked)
    if not limits:
        return _AT_A_DESK.get(re.sub(r"\s", "", asked))
    fits = {all(_fits(screen, *limit) for limit in limits) for screen in _SCREENS}
    return fits.pop() if len(fits) == 1 else None


def _limits(asked: str) -> list[tuple[str, str, float]]:
    """Return the limits that a feature sets: of which side, whether it is the least or the most, and pixels."""
    found = _LIMIT.fullmatch(asked)
    if found:
        return [(found[2], found[1], float(found[3]) * _PIXELS[found[4]])]
    found = _RANGE.fullmatch(asked)
    if not found:
        return []
    before, unit, sign, side, sign_behind, behind, unit_behind = found.groups()
    least = [(side, "min" if sign == "<" else "max", float(before) * _PIXELS[unit])] if sign else []
    most = [(side, "max" if sign_behind == "<" else "min", float(behind) * _PIXELS[unit_behind])] if sign_behind else []
    return least + most


def _fits(screen: Mapping[str, int], side: str, limit: str, pixels: float) -> bool:
    return screen[side] >= pixels if limit == "min" else screen[side] <= pixels
