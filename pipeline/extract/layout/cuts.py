"""Where gutters may be: the empty strips of a page, with what stands on their two sides. Lengths are in points, y grows upwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, groupby, pairwise
from statistics import median

from pipeline.extract.figures import is_row_of_figures
from pipeline.extract.layout.gutters import SLACK, SURE_COLUMN, Cut, Piece, stand_beside

_GUTTER, _NARROW_GUTTER = 1.0, 0.5
"""In heights: the least width of a gutter between columns, and of one on whose sides all of one was drawn before the other."""
_MOST_EDGES = 40
"""Those at which most pieces begin; a gutter ends at one of them."""

_Place = tuple[int, int]
"""The line on which a piece stands, and its number."""
_Span = tuple[float, float, int]
"""From where to where, and on which line."""


def cuts(pieces: list[Piece]) -> list[Cut]:
    """Return the places where a gutter may be, the one with most lines about it first.

    One between whose sides drawing went to and fro, as between jobs and their dates, is looked at after one of half as many
    lines between which it did not. So is one that parts no line that is not parted by another, of which all of one side was
    drawn before the other: the dates of the jobs beside a side bar.
    """
    height = median(piece.height for piece in pieces)
    begin = Counter(round(piece.left) for piece in pieces)
    del begin[min(begin)]
    edges = sorted(edge for edge, _ in begin.most_common(_MOST_EDGES))
    downwards = sorted(range(len(pieces)), key=lambda at: -pieces[at].base)
    places = list(zip(_rows(pieces, downwards), downwards, strict=True))
    spans = [(pieces[at].left, pieces[at].right, row) for row, at in places] + _tied(pieces, places)
    found, narrow = (
        [cut for edge in edges for cut in _cuts_at(edge, gap * height, pieces, places, spans)]
        for gap in (_GUTTER, _NARROW_GUTTER)
    )
    found += [cut for cut in narrow if cut.trimmed().is_one_by_one]
    least = max(SURE_COLUMN, max((cut.weight for cut in found), default=0) / 2)
    found.sort(key=lambda cut: (cut.weight >= least and not cut.is_mixed, cut.weight), reverse=True)
    first = next((cut for cut in found if cut.weight >= least and cut.is_one_by_one and cut.covers(found[0])), None)
    return sorted(found, key=lambda cut: cut is not first)


def _rows(pieces: list[Piece], downwards: list[int]) -> list[int]:
    """Return for each piece on the way down which line it stands on."""
    steps = (pieces[above].base - pieces[below].base > SLACK for above, below in pairwise(downwards))
    return list(accumulate(map(int, steps), initial=0))


def _tied(pieces: list[Piece], places: list[_Place]) -> list[_Span]:
    """Return the spans between neighbours that are cells of a row in a table of figures: no gutter parts them."""
    if not any(piece.is_cell for piece in pieces):
        return []
    tied: list[_Span] = []
    line = {at: row for row, at in places}
    for is_cell, table in groupby(range(len(pieces)), lambda at: pieces[at].is_cell):
        rows = [list(row) for _, row in groupby(table, lambda at: pieces[at].base)] if is_cell else []
        if any(is_row_of_figures(pieces[at].text for at in row) for row in rows):
            tied += ((pieces[at].left, pieces[after].left, line[at]) for row in rows for at, after in pairwise(row))
    return tied


def _cuts_at(edge: float, gap: float, pieces: list[Piece], places: list[_Place], spans: list[_Span]) -> Iterator[Cut]:
    """Yield the runs of lines that leave free the gutter that ends at an edge; what crosses it takes its whole line along."""
    crossing = {row for left, right, row in spans if left < edge - SLACK and right > edge - gap}
    start, left, right = 0, 0, 0
    for at, (row, index) in enumerate([*places, (-1, -1)]):
        piece = pieces[index]
        if index >= 0 and row not in crossing:
            left, right = (left, right + 1) if piece.left >= edge - SLACK else (left + 1, right)
            continue
        if left > 1 and right > 1:
            cut = _cut(edge, pieces, [index for _, index in places], start, at)
            if _says_much(cut.left) and _says_much(cut.right) and _overlap(cut.left, cut.right):
                yield cut
        start, left, right = at + 1, 0, 0


def _cut(edge: float, pieces: list[Piece], downwards: list[int], start: int, end: int) -> Cut:
    inside = sorted(downwards[start:end])
    sides = [pieces[at].left >= edge - SLACK for at in inside]
    return Cut(
        [pieces[at] for at in sorted(downwards[:start])],
        [pieces[at] for at, is_right in zip(inside, sides, strict=True) if not is_right],
        [pieces[at] for at, is_right in zip(inside, sides, strict=True) if is_right],
        [pieces[at] for at in sorted(downwards[end:])],
        [pieces[at] for at in inside],
        sides,
    )


def _says_much(pieces: list[Piece]) -> bool:
    """Tell whether there are words enough to be a column: the marks of a list are none."""
    return sum(any(letter.isalnum() for letter in piece.text) for piece in pieces) > 1


def _overlap(left: list[Piece], right: list[Piece]) -> bool:
    """Tell whether two lines at least stand beside each other."""
    shared = min(left[0].height, right[0].height)
    top = min(max(piece.base for piece in left), max(piece.base for piece in right))
    bottom = max(min(piece.base for piece in left), min(piece.base for piece in right))
    return top - bottom > 0.5 * shared and stand_beside(left, right)
