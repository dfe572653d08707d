"""Ruled tables: what stands between four rules is a cell, and a row of figures is one line however its cells are broken.

Only where there are figures, or a sentence goes on with a small letter: lines in the cells of a CV's table mean something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.extract.figures import is_row_of_figures
from pipeline.extract.layout.gutters import SLACK, Piece
from pipeline.extract.layout.line_ends import joined
from pipeline.extract.layout.runs import SAME_LINE
from pipeline.extract.pdf.page_objects import Rules

_RISE = 0.25
"""In heights: above its base a piece is looked at, clear of a rule on which it stands."""
_MOST_LINES = 12
"""Of a cell; a longer one is a text of its own."""
_MOST_LOOKED_AT = 400_000
"""Pieces times rules: more are a drawing, and take too long."""
_LINE_END = re.compile(r"(?<![\x02-])\n")
_FIGURES = re.compile(r"[\d.,]+(?: |\Z)")
"""The rest of a number that was wider than its cell."""


class _Box(NamedTuple):
    """The rules around a cell, in points."""

    left: int
    bottom: int
    right: int
    top: int


def joined_cells(pieces: list[Piece], rules: Rules) -> list[Piece]:
    """Return the pieces of a page, the lines within cells of its ruled tables joined, on one base with the others of their row."""
    counts = len(rules.upright), len(rules.level)
    if min(counts) < 2 or len(pieces) * sum(counts) > _MOST_LOOKED_AT:
        return pieces
    cells: dict[_Box, list[int]] = {}
    for at, piece in enumerate(pieces):
        if box := _around(piece, rules):
            cells.setdefault(box, []).append(at)
    rows: dict[tuple[int, int], dict[_Box, list[int]]] = {}
    for box, found in cells.items():
        rows.setdefault((box.bottom, box.top), {})[box] = found
    tables = {_columns(row) for row in rows.values() if is_row_of_figures(pieces[at].text for at, *_ in row.values())}
    kept: list[Piece | None] = list(pieces)
    for row in rows.values():
        if len(row) > 1:
            _join(kept, pieces, row, is_table=_columns(row) in tables)
    return [piece for piece in kept if piece]


def _around(piece: Piece, rules: Rules) -> _Box | None:
    """Return the nearest rules on the four sides of a piece."""
    across, along = (piece.left + piece.right) / 2, piece.base + _RISE * piece.height
    beside = [rule.at for rule in rules.upright if rule.start - SLACK <= along <= rule.end + SLACK]
    aligned = [rule.at for rule in rules.level if rule.start - SLACK <= across <= rule.end + SLACK]
    left, right = [at for at in beside if at <= across], [at for at in beside if at > across]
    below, above = [at for at in aligned if at <= along], [at for at in aligned if at > along]
    if not (left and right and below and above):
        return None
    return _Box(round(max(left)), round(max(below)), round(min(right)), round(min(above)))


def _columns(row: Iterable[_Box]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((box.left, box.right) for box in row))


def _join(kept: list[Piece | None], pieces: Sequence[Piece], row: Mapping[_Box, list[int]], *, is_table: bool) -> None:
    """Join the lines of the cells of a row, and put all on one base where nothing is left below it."""
    firsts: list[Piece] = []
    places: list[int] = []
    for box, cell in row.items():
        lines = _lines([pieces[at] for at in cell])
        goes_on = is_table or (len(lines) == len(cell) and all(line.text[0].islower() for line in lines[1:]))
        if goes_on and len(lines) <= _MOST_LINES:
            for at in cell:
                kept[at] = None
            places.append(min(cell))
            firsts.append(_whole(lines, box))
            kept[places[-1]] = firsts[-1]
    if len(firsts) == len(row):
        base = max(piece.base for piece in firsts)
        for at, piece in zip(places, firsts, strict=True):
            kept[at] = piece._replace(base=base, is_cell=True)


def _lines(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the lines of a cell from the top; a justified one may have wide gaps."""
    lines: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (-piece.base, piece.left)):
        last = lines[-1] if lines else None
        if last and last.base - piece.base <= SAME_LINE * piece.height:
            lines[-1] = last._replace(right=max(last.right, piece.right), text=f"{last.text} {piece.text}")
        else:
            lines.append(piece)
    return lines


def _whole(lines: Sequence[Piece], box: _Box) -> Piece:
    """Return the lines of a cell as one."""
    first = lines[0]
    if len(lines) == 1:
        return first
    margin = min(min(piece.left - box.left, box.right - piece.right) for piece in lines)
    room = box.right - box.left - 2 * margin
    text = first.text
    for before, after in pairwise(lines):
        is_cut = _FIGURES.match(after.text) and before.text[-1].isdigit() and _is_full(before, room)
        text = text + after.text if is_cut else _LINE_END.sub(" ", joined((text, after.text)))
    return first._replace(left=min(piece.left for piece in lines), right=max(piece.right for piece in lines), text=text)


def _is_full(piece: Piece, room: float) -> bool:
    """Tell whether not even one more letter has room on a line."""
    width = piece.right - piece.left
    return width + width / len(piece.text) > room
