"""How crooked a page lies: tesseract reads lines that climb by five degrees, and loses them beyond that."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import pairwise

from PIL import Image, ImageChops, ImageFilter

_ACROSS, _ACROSS_CLOSELY = 400, 800
"""Pixels of the longer side of what is looked at: lines stand apart on it, and a look takes milliseconds."""
_MOST = 24
"""Degrees, either way. Further than that nobody lays a page, but on its side."""
_FINE = (-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)
_STRAIGHT = 2.0
"""Degrees that are left as they are: turning a page blurs it a little."""
_CLEARLY = 1.5
"""So much sharper do the lines stand where a page is turned."""


def straightened(picture: Image.Image) -> Image.Image:
    """Return a page in shades of grey, turned until its lines are level, or upright where it lies on its side."""
    degrees = _crookedness(picture)
    if abs(degrees) < _STRAIGHT:
        return picture
    shades = picture.histogram()
    paper = shades.index(max(shades))
    return picture.rotate(degrees, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=paper)


def _crookedness(picture: Image.Image) -> float:
    """Return by how many degrees a page has to be turned against the clock; 0 where that is not clear."""
    ink = _ink(picture, _ACROSS)
    roughly, sharpness = _sharpest(ink, range(-_MOST, _MOST + 1))
    if sharpness <= _CLEARLY * _sharpness(ink, 0):
        return 0.0
    return _sharpest(_ink(picture, _ACROSS_CLOSELY), [roughly + part for part in _FINE])[0]


def _ink(picture: Image.Image, across: int) -> Image.Image:
    """Return what differs from its surroundings, in whatever light, and on dark paper too."""
    scale = min(1.0, across / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = picture.resize(size, Image.Resampling.BOX)
    return ImageChops.difference(small, small.filter(ImageFilter.BoxBlur(across // 100))).convert("F")


def _sharpest(ink: Image.Image, turns: Iterable[float]) -> tuple[float, float]:
    """Return at which of these turns lines are the sharpest, and how sharp."""
    return max(((turn, _sharpness(ink, turn)) for turn in turns), key=lambda found: found[1])


def _sharpness(ink: Image.Image, turn: float) -> float:
    """Return how much ink changes from row to row, or from column to column."""
    turned = ink.rotate(turn, resample=Image.Resampling.BILINEAR)
    return max(_changes(turned.resize(size, Image.Resampling.BOX)) for size in ((1, ink.height), (ink.width, 1)))


def _changes(profile: Image.Image) -> float:
    shades = array("f", profile.tobytes())
    return sum((after - before) ** 2 for before, after in pairwise(shades))
