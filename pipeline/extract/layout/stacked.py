"""Tables without rules between their columns: cells that were drawn one by one, each down to its last line, make a row.

Only where rows of figures stand below each other: else the lines of a cell may mean something. Lengths are in points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.extract.figures import is_row_of_figures
from pipeline.extract.layout.gutters import SLACK, Piece
from pipeline.extract.layout.line_ends import joined
from pipeline.extract.layout.runs import CELL

_CLOSEST, _LOOSEST = 0.5, 1.8
"""In heights: how far below each other the lines of a cell stand."""
_LEVEL = 0.7
"""In heights: how far cells that are level may be off; bases of what stands on one line are made the same."""
_MOST_LINES = 12
"""Of a cell; a longer one is a text of its own."""
_FEWEST_CELLS, _MOST_CELLS = 3, 30
"""Of a row; two columns may be anything, and a page has no room for a hundred."""

_Cell = list[Piece]
_Row = list[_Cell]


def with_rows(pieces: list[Piece]) -> list[Piece]:
    """Return pieces in their order, the lines of each cell joined, and all cells of a row on one base."""
    cells = _cells(pieces)
    rows = [] if len(cells) == len(pieces) else list(_rows(cells))
    if max(map(len, rows), default=0) < _FEWEST_CELLS:
        return pieces
    return [piece for table in _tables(rows) for piece in _told(table)]


def _told(table: Sequence[_Row]) -> Iterator[Piece]:
    is_table = len(table) > 1 and _may_be_joined(table)
    for row in table:
        base = max(cell[0].base for cell in row)
        for cell in row:
            yield from (_whole(cell)._replace(base=base, is_cell=True),) if is_table else cell


def _may_be_joined(table: Sequence[_Row]) -> bool:
    tallest = max(len(cell) for row in table for cell in row)
    has_figures = any(is_row_of_figures(_whole(cell).text for cell in row) for row in table)
    return has_figures and 1 < tallest <= _MOST_LINES


def _whole(cell: _Cell) -> Piece:
    text = joined(piece.text for piece in cell).replace("\n", " ")
    left, right = min(piece.left for piece in cell), max(piece.right for piece in cell)
    return cell[0]._replace(left=left, right=right, text=text)


def _cells(pieces: Sequence[Piece]) -> list[_Cell]:
    """Return lines that were drawn below each other, and stand there flush at the left or the right, or centred."""
    cells: list[_Cell] = []
    for piece in pieces:
        if cells and _goes_on(cells[-1][-1], piece):
            cells[-1].append(piece)
        else:
            cells.append([piece])
    return cells


def _goes_on(before: Piece, piece: Piece) -> bool:
    is_next = _CLOSEST * piece.height < before.base - piece.base < _LOOSEST * piece.height
    return (
        is_next
        and abs(before.height - piece.height) < SLACK
        and _are_flush((before.left, before.right), (piece.left, piece.right))
    )


def _are_flush(one: tuple[float, float], other: tuple[float, float]) -> bool:
    (left, right), (begin, end) = one, other
    return min(abs(left - begin), abs(right - end), abs(left + right - begin - end) / 2) <= SLACK


def _edges(cell: _Cell) -> tuple[float, float]:
    return min(piece.left for piece in cell), max(piece.right for piece in cell)


def _rows(cells: Sequence[_Cell]) -> Iterator[_Row]:
    """Yield cells that were drawn after each other from the left to the right, as high as each other."""
    row: _Row = []
    for cell in cells:
        if row and not (_edges(row[-1])[1] < _edges(cell)[0] and _are_level(row, cell)):
            yield row
            row = []
        row.append(cell)
    yield row


def _are_level(row: _Row, cell: _Cell) -> bool:
    """Tell whether a cell begins or ends with the tallest of a row, or is as far from its top as from its bottom."""
    tallest = max(row, key=len)
    top, bottom = tallest[0].base - cell[0].base, tallest[-1].base - cell[-1].base
    return min(abs(top), abs(bottom), abs(top + bottom) / 2) <= _LEVEL * cell[0].height


def _tables(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Return rows that follow each other in columns; what is none of these, row by row."""
    tables: list[list[_Row]] = []
    for row in rows:
        if tables and _is_next_row(tables[-1][-1], row):
            tables[-1].append(row)
        else:
            tables.append([row])
    return tables


def _is_next_row(row: _Row, after: _Row) -> bool:
    """Tell whether a row stands right below another, and half of its cells, two at least, are flush with cells of that one."""
    if min(len(row), len(after)) < _FEWEST_CELLS or max(len(row), len(after)) > _MOST_CELLS:
        return False
    gap = min(cell[-1].base for cell in row) - max(cell[0].base for cell in after)
    edges = list(map(_edges, row))
    flush = sum(any(_are_flush(_edges(cell), above) for above in edges) for cell in after)
    return 0 < gap < CELL * after[0][0].height and flush >= max(2, len(after) / 2)
