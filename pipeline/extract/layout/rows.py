"""Rows of text from right to left: letters with their places, to pieces as they are read.

pdfium tears such lines apart where an accent or a bracket stands in them, so neighbours are put together again
first. Which way a line runs is told by its marks, since programs set such text in lines that run either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.extract.layout.direction import as_read, folded, leaning
from pipeline.extract.layout.gutters import Piece
from pipeline.extract.layout.spacing import Glyph, seen, spelt, split_figures, split_glyphs

_SAME_BASE = 0.35
"""In heights: how far apart rows stand at most that pdfium cut out of one."""
_NEXT_WORD = 1.0
"""In heights: the widest gap between them."""
_MOST_WORDS = 500
"""Of a row: more do not stand beside each other, but upon each other."""


class Row(NamedTuple):
    """Words on one base, each letter by letter, and the rules beside them."""

    words: list[list[Glyph]]
    base: float
    height: float
    bars: Sequence[float]

    @property
    def has_letters(self) -> bool:
        """Tell whether it is more than accents."""
        return any(not glyph.is_mark for word in self.words for glyph in word)

    @property
    def edges(self) -> tuple[float, float]:
        """Return where it begins and ends."""
        glyphs = [glyph for word in self.words for glyph in word]
        return min(glyph.left for glyph in glyphs), max(glyph.right for glyph in glyphs)

    def cells(self) -> list[list[Glyph]]:
        """Return its letters from left to right, cut at wide gaps, at rules and between figures."""
        wide = split_glyphs(seen(self.words, self.height), self.height, self.bars)
        return [cell for glyphs in wide for cell in split_figures(glyphs, self.height)]


def put_in(rows: list[Row], new: Row, reach: float) -> None:
    """Add a row to the one on whose base it stands; where there is none, it is one more. `reach` is in heights."""
    for at, row in enumerate(rows):
        if abs(row.base - new.base) < reach * new.height:
            rows[at] = _joined(row, new)
            return
    rows.append(new)


def add(found: list[Piece | Row], new: Piece | Row) -> None:
    """Add what was drawn next; a row that goes on beside the last one is joined to it."""
    last = found[-1] if found else None
    if isinstance(last, Row) and isinstance(new, Row) and _goes_on(last, new):
        found[-1] = _joined(last, new)
    else:
        found.append(new)


def _goes_on(row: Row, new: Row) -> bool:
    if len(row.words) > _MOST_WORDS or abs(row.base - new.base) >= _SAME_BASE * row.height:
        return False
    (left, right), (begin, end) = row.edges, new.edges
    return max(left, begin) - min(right, end) < _NEXT_WORD * row.height


def _joined(row: Row, new: Row) -> Row:
    words = row.words + new.words
    return row._replace(words=words) if row.has_letters else new._replace(words=words)


def runs_rtl(found: Iterable[Piece | Row]) -> bool:
    """Tell whether the marks of these rows say that lines run from right to left, or say nothing."""
    rows = [row for row in found if isinstance(row, Row)]
    return sum(leaning(spelt(cell, row.height)) for row in rows for cell in row.cells()) >= 0


def read_rows(found: Iterable[Piece | Row], rtl: bool) -> list[Piece]:
    """Return pieces; of a row, its cells in the order in which they are read."""
    read: list[Piece] = []
    for one in found:
        read += _pieces(one, rtl) if isinstance(one, Row) else [one]
    return read


def _pieces(row: Row, rtl: bool) -> list[Piece]:
    cells = row.cells()[:: -1 if rtl else 1]
    parted = [False, *(_are_near(before, cell, row.height) for before, cell in pairwise(cells))]
    return [
        Piece(cell[0].left, cell[-1].right, row.base, row.height, _text(cell, row.height, rtl), is_cell)
        for cell, is_cell in zip(cells, parted, strict=True)
    ]


def _are_near(one: list[Glyph], other: list[Glyph], height: float) -> bool:
    """Tell whether two cells were cut where the gap alone did not tell."""
    left, right = sorted((one, other))
    return right[0].left - left[-1].right <= _NEXT_WORD * height


def _text(cell: list[Glyph], height: float, rtl: bool) -> str:
    line = spelt(cell, height)
    leans = leaning(line)
    return folded(as_read(line, leans > 0 if leans else rtl))
