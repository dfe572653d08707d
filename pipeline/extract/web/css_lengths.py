"""Lengths, sizes and shares as CSS writes them, also where they are calculated."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.extract.unseen import POINTS
from pipeline.extract.web.css_colours import NUMBER

ENDLESS = float("inf")
USUAL_SIZE = 12.0
"""Points of letters of which nothing is said."""
_LENGTH = re.compile(rf"({NUMBER})(px|pt|pc|em|rem|ex|ch|%|cm|mm|in|vw|vh|vmin|vmax)?")
_POINTS = {**POINTS, "pc": 12.0, "em": 12.0, "rem": 12.0, "ex": 6.0, "ch": 6.0, "%": 0.12}
_POINTS |= dict.fromkeys(("vw", "vh", "vmin", "vmax"), 6.0)
"""Of a unit; what is relative counts from 12 pt, and from a small window."""
_USUAL_UNIT = "px"
_INNERMOST = re.compile(r"(calc|min|max|clamp)?\(([^()]*)\)")
_PLUS = re.compile(r"\s([-+])\s")
_TIMES = re.compile(r"\s*([*/])\s*")
_MOST_STEPS = 20
_LEAST = 1e-9


def number(text: str) -> float:
    """Return a share or a percentage as a number; what is none counts as endless."""
    return _measured(text, {"%": 0.01}, 1.0)


def points(length: str) -> float:
    """Return a length in points; what is none counts as endless."""
    return _measured(length, _POINTS, _POINTS[_USUAL_UNIT])


def size(said: str, inherited: float, of_root: float = USUAL_SIZE) -> float:
    """Return the size of letters in points."""
    units = {**_POINTS, "em": inherited, "%": inherited / 100, "rem": of_root, "ex": inherited / 2, "ch": inherited / 2}
    found = _measured(said, units, _POINTS[_USUAL_UNIT])
    if found < ENDLESS:
        return found
    return inherited if said in ("", "inherit") else USUAL_SIZE


def is_size(part: str) -> bool:
    """Tell whether a part of what is said of a font is its size: a length, which only as 0 has no unit."""
    found = _LENGTH.fullmatch(part)
    return found is not None and (found[2] is not None or float(found[1]) == 0)


def _measured(text: str, units: Mapping[str, float], usual: float) -> float:
    """Return a length, of which `units` are known; `usual` is that of a number that names none."""
    found = _LENGTH.fullmatch(text)
    if found:
        return float(found[1]) * units.get(found[2] or "", usual)
    return _calculated(text, units) if "(" in text else ENDLESS


def _calculated(text: str, units: Mapping[str, float]) -> float:
    """Return what a calculation gives; endless: it is none, or not understood."""
    text = _LENGTH.sub(lambda found: f"{float(found[1]) * units.get(found[2] or '', 1.0):.9f}", text)
    for _ in range(_MOST_STEPS):
        inner = _INNERMOST.search(text)
        if inner is None:
            break
        try:
            parts = [_sum(part) for part in inner[2].split(",")]
        except ValueError:
            return ENDLESS
        text = f"{text[: inner.start()]}{_chosen(inner[1], parts):.9f}{text[inner.end() :]}"
    try:
        return float(text)
    except ValueError:
        return ENDLESS


def _chosen(function: str | None, parts: list[float]) -> float:
    if function == "min":
        return min(parts)
    if function == "max":
        return max(parts)
    return max(parts[0], min(parts[1:])) if len(parts) > 1 else parts[0]


def _sum(text: str) -> float:
    """Work out a sum of products. Raises ValueError."""
    first, *rest = _PLUS.split(text)
    whole = _product(first)
    for sign, part in zip(rest[::2], rest[1::2], strict=True):
        whole += _product(part) * (-1 if sign == "-" else 1)
    return whole


def _product(text: str) -> float:
    first, *rest = _TIMES.split(text)
    whole = float(first)
    for sign, part in zip(rest[::2], rest[1::2], strict=True):
        by = float(part)
        if sign == "/" and abs(by) < _LEAST:
            raise ValueError
        whole = whole / by if sign == "/" else whole * by
    return whole
