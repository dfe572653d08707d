"""Pieces to lines by the order of drawing, where no gutter parts them.

Drawing goes down in runs. What was drawn after something below it is put where it stands; a date, a label or a stack
of town and dates goes to the line of its entry. Lengths are in points, y grows upwards.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pipeline.extract.figures import are_dates_and_town, is_date, is_figure
from pipeline.extract.layout.gutters import SLACK, Piece, stand_beside

Line = list[Piece]

SAME_LINE = 0.45
"""In heights: how far pieces of one line may be off its base."""
_LEADING = 2.0
"""In heights: how far below each other at most the lines of a block stand."""
CELL = 4.0
"""In heights: how far up the next cell of a row may begin."""
MARK = re.compile(r"[^\w\s]|(?:\d{1,3}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5})[.)]")
"""What stands before an item of a list."""
_TALLEST_STACK, _LONGEST_IN_STACK = 4, 40
"""Lines, and characters of each."""


# --- Stacks -----------------------------------------------------------------------------------------------------------


def with_stack(lines: list[Line], stack: list[Line]) -> list[Line]:
    """Put a town and dates, stacked at the right of an entry, behind the lines that head it, where a list or prose follows.

    Where only short lines follow, it may be an address, which stays whole.
    """
    below = (at for at, line in enumerate(lines[: len(stack) + 1]) if at and not _is_heading(line))
    at = next(below, len(lines))
    return lines[:at] + stack + lines[at:]


def _is_heading(line: Line) -> bool:
    """Tell whether a line below the first one of an entry heads it as well: no item of a list, no prose."""
    text = line[0].text
    return len(text) <= _LONGEST_IN_STACK and not MARK.match(text)


def is_stack(lines: Sequence[Line], beside: Line) -> bool:
    """Tell whether lines are a town and the dates below it, flush at the right of this line and of what follows it."""
    pieces = [line[0] for line in lines if len(line) == 1]
    if (
        not 2 <= len(pieces) <= _TALLEST_STACK
        or len(pieces) < len(lines)
        or not any(is_date(piece.text) for piece in pieces)
    ):
        return False
    top, first = pieces[0], beside[0]
    is_flush = all(abs(piece.right - top.right) <= SLACK and len(piece.text) <= _LONGEST_IN_STACK for piece in pieces)
    is_heading = not beside[-1].text.endswith(",")  # but an address, which goes on
    return (
        is_flush and is_heading and beside[-1].right < top.left and abs(top.base - first.base) <= SAME_LINE * top.height
    )


def _lifted(run: _Run) -> None:
    """Put stacks that were drawn after the whole of their entry where it begins."""
    at = 1
    while at < len(run.lines):
        row, end = run.rows[at], at + 1
        while end < len(run.lines) and run.rows[end] == run.rows[end - 1] + 1 and _is_flush(run, end):
            end += 1
        top = run.rows.index(row)
        if row < run.rows[at - 1] and top < at and is_stack(run.lines[at:end], run.lines[top]):
            run.lines[top:end] = with_stack(run.lines[top:at], run.lines[at:end])
            run.rows[top:end] = sorted(run.rows[top:end])
        at = end


def _is_flush(run: _Run, at: int) -> bool:
    return abs(run.lines[at][0].right - run.lines[at - 1][0].right) <= SLACK


# --- Lines ------------------------------------------------------------------------------------------------------------


def as_drawn(pieces: list[Piece]) -> list[Line]:
    """Return lines as they were drawn. What was drawn after something below it is put where it stands."""
    runs = _runs(pieces, rows_of(pieces))
    for run in runs:
        _lifted(run)
    placed: list[_Run] = []
    for run in runs if len(runs) == 1 else _merged(runs):
        at = next((at for at, other in enumerate(placed) if run.bottom < other.top), len(placed))
        placed.insert(at, run)
    return [line for run in placed for line in run.lines]


@dataclass(slots=True)
class _Run:
    """Lines drawn downwards. Rows are numbered from the top of the page."""

    lines: list[Line]
    rows: list[int]
    """Where each of them stands."""

    @property
    def top(self) -> int:
        return min(self.rows)

    @property
    def bottom(self) -> int:
        return max(self.rows)

    def add(self, line: Line, row: int) -> None:
        """Begin a line with its first piece."""
        self.lines.append(line)
        self.rows.append(row)

    def are_dates_of(self, other: _Run) -> bool:
        """Tell whether it is dates alone, each on a line of another run: browsers draw what floats at the side before all else."""
        are_dates = all(len(line) == 1 and is_date(line[0].text) for line in self.lines)
        return are_dates and set(self.rows) <= set(other.rows)

    def edges(self, top: int, bottom: int) -> tuple[float, float]:
        """Return how far what begins its lines reaches between two rows; where there is none, anywhere."""
        firsts = [line[0] for line, row in zip(self.lines, self.rows, strict=True) if top <= row <= bottom]
        firsts = firsts or [line[0] for line in self.lines]
        return min(piece.left for piece in firsts), max(piece.right for piece in firsts)


def rows_of(pieces: Sequence[Piece]) -> list[int]:
    """Return the number of the line on which each piece stands, counted from the top."""
    numbers, row, base = [0] * len(pieces), 0, None
    for at in sorted(range(len(pieces)), key=lambda at: -pieces[at].base):
        piece = pieces[at]
        if base is None or base - piece.base > SAME_LINE * piece.height:
            row, base = row + 1, piece.base
        numbers[at] = row
    return numbers


def _runs(pieces: list[Piece], rows: list[int]) -> list[_Run]:
    """Cut the order of drawing where it jumps up to a line on which there is nothing yet."""
    runs: list[_Run] = []
    seen: dict[int, Line] = {}
    last, before = 0, None
    lower = 0
    for piece, row, after in zip_longest(pieces, rows, pieces[1:]):
        line = seen.get(row)
        is_beside = line is not None and row < last and _is_beside_dates(piece, line, before, after)
        if line is not None and (
            row in (last, lower) or is_beside or (row < last and _belongs(piece, line, before, after))
        ):
            line.append(piece)
        else:
            if not runs or (line is None and row < last and not _is_next_cell(piece, before)):
                runs.append(_Run([], []))
            seen[row] = [piece]
            runs[-1].add(seen[row], row)
        lower = last if is_beside else 0
        last, before = row, piece
    return runs


def _is_next_cell(piece: Piece, before: Piece | None) -> bool:
    """Tell whether a piece stands a little higher, at the right of the one before: a cell centred beside a taller one."""
    return before is not None and piece.left > before.right and piece.base - before.base < CELL * piece.height


def _belongs(piece: Piece, line: Line, before: Piece | None, after: Piece | None) -> bool:
    """Tell whether a piece that was drawn late belongs on a line: a label before it, a date beside it.

    So does a figure right of all that was drawn in the cell before it. Where drawing goes on at the right of a date, it is
    the first of the next cell of a table; where it goes on right below a label, that is the first line of a block.
    """
    if piece.right <= min(other.left for other in line):
        return after is None or not is_next_line(after, piece)
    is_right_of_all = piece.left >= max(other.right for other in line)
    if is_figure(piece.text) and not is_date(piece.text) and before is not None and piece.left > before.right:
        return is_right_of_all
    is_last = after is None or after.left < piece.left - SLACK
    return is_last and is_date(piece.text) and is_right_of_all


def _is_beside_dates(piece: Piece, line: Line, before: Piece | None, after: Piece | None) -> bool:
    """Tell whether a piece and the next one stand beside dates and a town below them: two rows, of post and employer."""
    if before is None or after is None or len(line) > 1 or not are_dates_and_town(line[0].text, before.text):
        return False
    are_level = all(abs(one.base - other.base) <= SLACK for one, other in ((piece, line[0]), (after, before)))
    is_right = piece.left > max(line[0].right, before.right)
    return are_level and is_right and is_next_line(before, line[0]) and is_next_line(after, piece)


def is_next_line(piece: Piece, before: Piece) -> bool:
    """Tell whether a piece stands right below another, as lines of a block do."""
    return abs(piece.left - before.left) <= SLACK and 0 < before.base - piece.base < _LEADING * before.height


def _merged(runs: list[_Run]) -> list[_Run]:
    """Sort by line what was drawn in turns at one place; runs beside each other stay apart."""
    merged: list[_Run] = []
    for run in runs:
        whole = run
        while woven := next((other for other in merged if _are_woven(other, whole)), None):
            merged.remove(woven)
            whole = _woven(woven, whole)
        merged.append(whole)
    return merged


def _are_woven(one: _Run, other: _Run) -> bool:
    """Tell whether two runs stand at one place, or one in the gaps of the other; a title above one says nothing about it."""
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    if top > bottom:
        return False
    if one.are_dates_of(other) or other.are_dates_of(one):
        return True
    (left, right), (other_left, other_right) = one.edges(top, bottom), other.edges(top, bottom)
    is_one_place = left < other_right and other_left < right
    # Programs draw what has a place of its own after all else.
    return is_one_place or not stand_beside(*([line[0] for line in run.lines] for run in (one, other)))


def _woven(one: _Run, other: _Run) -> _Run:
    lines: dict[int, Line] = {}
    for row, line in zip(one.rows + other.rows, one.lines + other.lines, strict=True):
        lines.setdefault(row, []).extend(line)
    rows = sorted(lines)
    return _Run([lines[row] for row in rows], rows)
