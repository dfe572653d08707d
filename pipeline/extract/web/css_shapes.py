"""What transforms and clips of CSS leave of an element: how small it is drawn, and whether anything of it is shown."""

from __future__ import annotations

import math
import re

from pipeline.extract.web.css_lengths import ENDLESS, number, points
from pipeline.extract.web.css_values import of_each_side

_FUNCTION = re.compile(r"([a-z\d]+)\(([^()]*)\)")
_BETWEEN = re.compile(r"[\s,]+")
_TURN = {"deg": 360.0, "turn": 1.0, "rad": 2 * math.pi, "grad": 400.0}
_ANGLE = re.compile(r"(-?[\d.]+)(deg|turn|rad|grad)")
_DOT = 1.0
"""Points, or percent: no room for a letter."""
_WIDEST = 2_000.0
"""Points: what is cut by so much on one side has nothing left."""


def scale_of(transform: str) -> float:
    """Return to which share of its size a transform draws an element, the smaller of its width and its height."""
    across = along = 1.0
    for name, said in _FUNCTION.findall(transform):
        x, y = _scales(name, _BETWEEN.split(said.strip()))
        across, along = across * x, along * y
    return min(across, along)


def _scales(name: str, said: list[str]) -> tuple[float, float]:
    """Return what one function makes of a width and a height; what is not understood leaves them alone."""
    if name.startswith("rotate"):
        flat = abs(math.cos(_angle(said[-1])))
        is_about = {"rotatex": (0, 1), "rotatey": (1, 0), "rotate3d": _axis(said)}.get(name, (0, 0))
        return flat if is_about[0] else 1.0, flat if is_about[1] else 1.0
    numbers = [value if (value := number(each)) < ENDLESS else 1.0 for each in said]
    if name.startswith("matrix") and len(numbers) in (6, 16):
        a, b, c, d = (*numbers[:2], *(numbers[2:4] if len(numbers) == 6 else numbers[4:6]))
        return math.hypot(a, b), math.hypot(c, d)
    first = abs(numbers[0])
    if name in ("scale", "scale3d"):
        return first, abs(numbers[1]) if len(numbers) > 1 else first
    return (first, 1.0) if name == "scalex" else (1.0, first) if name == "scaley" else (1.0, 1.0)


def _axis(said: list[str]) -> tuple[int, int]:
    """Return whether a turn about an axis makes what is turned narrower, and lower."""
    if len(said) != 4 or number(said[2]) != 0:
        return 0, 0
    return int(number(said[0]) == 0), int(number(said[1]) == 0)


def _angle(said: str) -> float:
    found = _ANGLE.fullmatch(said)
    return 2 * math.pi * float(found[1]) / _TURN[found[2]] if found and found[1].count(".") < 2 else 0.0


def shows_nothing(clip: str) -> bool:
    """Tell whether a clip path has no area, or leaves none of an element."""
    found = _FUNCTION.fullmatch(clip)
    if not found:
        return False
    said = re.split(r"\s(?:round|at)\s", f" {found[2]} ")[0].strip()
    parts = [part for part in _BETWEEN.split(said) if part]
    if found[1] == "inset":
        four = of_each_side(parts or ["0"])
        return any(sum(map(_cut, four[side::2])) >= 1 for side in (0, 1))
    if found[1] in ("circle", "ellipse"):
        return any(points(part.replace("%", "pt")) < _DOT for part in parts)
    if found[1] == "polygon":
        corners = [corner.split() for corner in found[2].split(",") if len(corner.split()) == 2]
        sides = zip(*corners, strict=True)
        return bool(corners) and any(len({_plain(value) for value in side}) == 1 for side in sides)
    return False


def _plain(length: str) -> str:
    return "0" if number(length.rstrip("px")) == 0 else length


def _cut(length: str) -> float:
    """Return which share of an element is cut off at a side, as far as that is known; a negative length cuts nothing."""
    if length.endswith("%"):
        return max(0.0, number(length)) if number(length) < ENDLESS else 0.0
    return 1.0 if _WIDEST < points(length) < ENDLESS else 0.0
