"""Headings that stand upended beside their blocks: each becomes a line above its block. Lengths are in points, y grows upwards.

Promise: only where several stand in one strip, one below the other, or one that is hardly larger than the text beside it. Another
one alone may be anything, such as the title of a page in its margin, and stays apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple

from pipeline.extract.layout.gutters import SLACK, Piece
from pipeline.extract.layout.runs import SAME_LINE

_QUARTER = 0.1
"""Radians by which a quarter of a turn may be missed."""
_FEWEST, _MOST, _MOST_STRIPS, _MOST_WORDS = 2, 40, 2, 5
"""Headings of a strip, and of a page, strips of a page, words of a heading."""
_SMALLEST, _LARGEST_ALONE, _MOST_WORDS_ALONE = 0.8, 1.6, 3
"""Of the usual height: headings are no smaller, and one that stands alone is no larger; words of that one."""
_NEAR = 5.0
"""In heights: how far beside its block a heading stands at most."""
_INDENT, _BODY = 3.0, 12.0
"""In heights: how far a list in a block goes in, and what stands behind its dates."""
_ABOVE = 0.6
"""In heights: how far above its block a heading is put, between that and what ends there."""
_PARTED, _MUCH = 1.2, 0.9
"""In usual distances of two lines: what parts blocks; in the widest distance of those from which to choose."""
_LEVEL = 1.0
"""In heights: by how much the ends of a heading and its block may differ that are meant to be at one height."""


class _Upended(NamedTuple):
    """A turned piece, and where it stands on the page."""

    right: float
    bottom: float
    top: float
    piece: Piece

    @property
    def middle(self) -> float:
        """Return the height of its middle."""
        return (self.bottom + self.top) / 2


def with_headings(frames: Mapping[float, list[Piece]]) -> dict[float, list[Piece]]:
    """Return the pieces of a page by how they are turned (radians, to the left), upended headings among the upright ones."""
    moved = dict(frames)
    for angle, pieces in frames.items():
        if 0 in frames and abs(abs(angle) - math.pi / 2) < _QUARTER:
            strips = _strips([_upended(piece, angle) for piece in pieces], frames[0])
            places = [_places(strip, frames[0]) for strip in strips]
            if places and all(places):
                moved[0] = _put_in(moved[0], {row: heading for found in places for row, heading in found.items()})
                moved[angle] = []
    return moved


def _upended(piece: Piece, angle: float) -> _Upended:
    if angle > 0:  # its letters stand left of its base, and are read upwards
        return _Upended(-piece.base, piece.left, piece.right, piece)
    return _Upended(piece.base + piece.height, -piece.right, -piece.left, piece)


def _strips(found: Sequence[_Upended], upright: Sequence[Piece]) -> list[list[_Upended]]:
    """Return what is upended, strip by strip from the top; nothing where it is more than headings of blocks."""
    usual = median(piece.height for piece in upright)
    if not 0 < len(found) <= _MOST or not all(
        _may_be_heading(one.piece.text) and one.piece.height >= _SMALLEST * usual for one in found
    ):
        return []
    across = sorted(found, key=lambda one: (round(one.right), -one.middle))
    strips = [list(strip) for _, strip in groupby(across, lambda one: round(one.right))]
    are_many = any(len(strip) >= _FEWEST for strip in strips) or _is_small_heading(found[0].piece, usual)
    return strips if len(strips) <= _MOST_STRIPS and are_many else []


def _may_be_heading(text: str) -> bool:
    return len(text.split()) <= _MOST_WORDS and len(text) > 1 and not any(map(str.isdecimal, text))


def _is_small_heading(piece: Piece, usual: float) -> bool:
    """Tell whether a piece that stands alone is no more than a heading of a block: a title of the page is larger or longer."""
    return piece.height <= _LARGEST_ALONE * usual and len(piece.text.split()) <= _MOST_WORDS_ALONE


def _places(strip: Sequence[_Upended], upright: Sequence[Piece]) -> dict[Piece, _Upended]:
    """Return the headings of a strip by the first line of the block beside each; nothing where one has none of its own."""
    gaps = _beside(strip, upright)
    leading = median(gaps.values()) if gaps else 0.0
    found: dict[Piece, _Upended] = {}
    for above, heading in zip([None, *strip], strip, strict=False):
        ceiling = above.middle if above else math.inf
        beside = [row for row in gaps if heading.bottom <= row.base <= ceiling and row not in found]
        upper = [row for row in beside if row.base >= heading.middle] or beside
        if not upper:
            return {}
        widest = max((gaps[row] for row in upper if gaps[row] < math.inf), default=0.0)
        least = max(_PARTED * leading, _MUCH * widest)
        level = [row for row in upper if _is_level(heading, row) and gaps[row] >= least]
        found[level[0] if level else max(upper, key=gaps.__getitem__)] = heading
    return found


def _beside(strip: Sequence[_Upended], upright: Sequence[Piece]) -> dict[Piece, float]:
    """Return the first piece of each line in the column right of a strip, from the top, and how far below others it stands."""
    first, last = strip[0], strip[-1]
    reach = _NEAR * first.piece.height
    near = [
        piece.left
        for piece in upright
        if last.bottom <= piece.base <= first.top and -SLACK <= piece.left - first.right <= reach
    ]
    edge = min(near, default=math.inf)
    column = [piece for piece in upright if -SLACK <= piece.left - edge <= _BODY * piece.height]
    rows: dict[Piece, float] = {}
    above = math.inf
    for piece in sorted(column, key=lambda piece: (-piece.base, piece.left)):
        gap = above - piece.base
        if gap > SAME_LINE * piece.height:
            above = piece.base
            if piece.left - edge <= _INDENT * piece.height:
                rows[piece] = gap
    return rows


def _is_level(heading: _Upended, row: Piece) -> bool:
    """Tell whether a heading ends at the height of a line's capitals."""
    return abs(heading.top - row.base - row.height) < _LEVEL * row.height


def _put_in(upright: Sequence[Piece], places: Mapping[Piece, _Upended]) -> list[Piece]:
    """Put headings above lines, and before what is drawn first of these."""
    first: dict[int, list[Piece]] = {}
    for row, heading in places.items():
        at = next(
            at for at, piece in enumerate(upright) if abs(piece.base - row.base) <= SLACK and piece.left >= row.left
        )
        above = row._replace(base=row.base + _ABOVE * row.height, text=heading.piece.text, is_cell=False, style="")
        first.setdefault(at, []).append(above)
    return [one for at, piece in enumerate(upright) for one in (*first.get(at, ()), piece)]
