"""Pieces of a page with their places, to lines in the order in which a person reads them.

The order in which a page was drawn is kept unless it jumps: most programs draw in reading order, and know
more about it than any geometry. Where it does jump, gutters are looked for, and what stands on their two
sides is read as columns (one side, then the other), as rows (line by line across), or one side is a list
of dates or labels that belong on the lines of the other. Lengths are in points, y grows upwards.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, zip_longest
from statistics import median
from typing import NamedTuple


class Piece(NamedTuple):
    """Words that follow each other on a line without a wide gap."""

    left: float
    right: float
    base: float
    """The line on which the letters stand."""
    height: float
    """The size of the font."""
    text: str


Line = list[Piece]

_WIDE_GAP = 1.5
"""In heights: wider than any blank between words, also in justified text. Such a gap sets cells apart."""
_GUTTER = 1.0
"""In heights: the least width of a gutter between columns."""
_SAME_LINE = 0.45
"""In heights: how far pieces of one line may be off its base."""
_SENTENCE = 9.0
"""In heights: the least length of a line of prose."""
_CELL = 4.0
"""In heights: how far up the next cell of a row may begin."""
_SLACK = 1.0
"""Points by which edges that are meant to be the same may differ."""
_MOST_PIECES = 3_000
"""On a page; more are read as they were drawn, since looking for columns takes their square."""
_MOST_EDGES = 40
_DEEPEST = 12
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[\u0660-\u0669\u06f0-\u06f9]{4}")
_LONGEST_DATE = 40
_BROKEN_WORD = re.compile(r"[^\W\d_][-\u2010\u00ad\x02\ufffe]$")
_NOT_BROKEN = re.compile(r"(?:und|oder|bzw|sowie|and|or|et|ou|und/oder|y|o|e|i|lub|oraz|en|of|och|eller)\b")
"""What follows a hyphen that stands for the rest of a word ("Vor- und Nachteile")."""
_HYPHEN = "\x02"
"""pdfium's own mark for a word that was broken at the end of a line."""


def arranged(pieces: Sequence[Piece]) -> str:
    """Return the text of pieces that were drawn in this order: a line each, cells set apart by tabs."""
    if len(pieces) > _MOST_PIECES or _goes_down(pieces):
        lines = [[piece] for piece in pieces]
    else:
        lines = _arranged(list(pieces))
    return _joined([_line_text(line) for line in lines])


def _goes_down(pieces: Sequence[Piece]) -> bool:
    """Tell whether each piece stands below the one before: then there is nothing to arrange."""
    return all(after.base < before.base - _SAME_LINE * after.height for before, after in pairwise(pieces))


def _arranged(pieces: list[Piece], depth: int = 0) -> list[Line]:
    if len(pieces) < 4 or depth > _DEEPEST:
        return _as_drawn(pieces)
    for cut in _cuts(pieces):
        how = cut.judged()
        if how == "rows":
            continue
        trimmed = cut.trimmed() if how == "columns" and not cut.is_mixed else cut
        return _around(trimmed, how, depth + 1)
    return _as_drawn(pieces)


def _around(cut: _Cut, how: str, depth: int) -> list[Line]:
    """Return the lines on both sides of a gutter, and those above and below it."""
    if how == "columns":
        first, second = (cut.left, cut.right) if cut.left_is_first else (cut.right, cut.left)
        middle = _arranged(first, depth) + _arranged(second, depth)
    else:
        few, many = (cut.left, cut.right) if how == "left belongs to right" else (cut.right, cut.left)
        middle = _paired(_arranged(many, depth), few)
    return _arranged(cut.above, depth) + middle + _arranged(cut.below, depth)


# --- Gutters ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cut:
    """A gutter, and what stands about it; each list in the order in which it was drawn."""

    above: list[Piece]
    left: list[Piece]
    right: list[Piece]
    below: list[Piece]
    pieces: list[Piece]
    """Both sides."""
    drawn: list[bool]
    """For each of them: whether it stands at the right."""

    @property
    def weight(self) -> int:
        """Return how many lines speak for it."""
        return min(self.lines)

    @property
    def lines(self) -> list[int]:
        """Return how many lines there are at the left and at the right."""
        return [len({round(piece.base) for piece in side}) for side in (self.left, self.right)]

    @property
    def changes(self) -> int:
        """Return how often drawing went to the other side."""
        return sum(before != after for before, after in zip(self.drawn, self.drawn[1:], strict=False))

    @property
    def is_mixed(self) -> bool:
        """Tell whether drawing went to and fro between the sides."""
        return self.changes > max(2, self.weight // 2)

    @property
    def is_by_line(self) -> bool:
        """Tell whether drawing went to and fro with nearly every line: then its order says nothing about cells."""
        return self.is_mixed and len(self.drawn) <= 2 * (self.changes + 1)

    @property
    def left_is_first(self) -> bool:
        """Tell which side is read first: the left one, unless all of the right one was drawn before it."""
        return self.is_mixed or not self.drawn[0]

    def judged(self) -> str:
        """Return "columns", "rows", or which side belongs on the lines of the other."""
        top = min(max(piece.base for piece in side) for side in (self.left, self.right)) + _SLACK
        bottom = max(min(piece.base for piece in side) for side in (self.left, self.right)) - _SLACK
        beside = [[piece for piece in side if bottom <= piece.base <= top] for side in (self.left, self.right)]
        if not all(beside):
            return "rows" if self.is_mixed else "columns"
        left, right = _Side.of(*beside), _Side.of(*reversed(beside))
        few, many = (left, right) if left.count <= right.count else (right, left)
        if self.is_mixed:
            are_rows = few.paired >= 0.6 or few.dates >= 0.5 or 2 * few.count <= many.count
            are_columns = _are_columns(left, right) or self.has_bar(few) or not are_rows
            return "columns" if self.is_by_line and are_columns else "rows"
        belongs = "left belongs to right" if few is left else "right belongs to left"
        if _are_columns(left, right) or self.has_bar(few):
            return "columns"
        if few.paired >= 0.6 and few.dates >= 0.6:
            return belongs
        is_table = few.count > 2 and many.paired >= 0.9 and 2 * self.weight >= max(self.lines)
        return belongs if few.paired >= 0.9 and (is_table or 2 * few.count <= many.count) else "columns"

    def trimmed(self) -> _Cut:
        """Return the columns without what was drawn before them and stands above both: it is above them."""
        lowest = list(accumulate((piece.base for piece in self.pieces), min))
        highest = list(accumulate((piece.base for piece in reversed(self.pieces)), max))[::-1]
        cuts = (at for at in range(len(lowest) - 1, 0, -1) if lowest[at - 1] > highest[at] + _SLACK)
        head = next((at for at in cuts if len(set(self.drawn[at:])) == 2), 0)
        pieces, sides = self.pieces[head:], self.drawn[head:]
        left = [piece for piece, is_right in zip(pieces, sides, strict=True) if not is_right]
        right = [piece for piece, is_right in zip(pieces, sides, strict=True) if is_right]
        return _Cut(self.above + self.pieces[:head], left, right, self.below, pieces, sides)

    def has_bar(self, few: _Side) -> bool:
        """Tell whether one side ends well above the other, and every line so far is on both: a bar at the side."""
        ends = [min(piece.base for piece in side) for side in (self.left, self.right)]
        rest = sum(piece.base < max(ends) - _SLACK for side in (self.left, self.right) for piece in side)
        return few.count >= 5 <= rest and few.paired >= 0.9 and few.dates < 0.5 and few.is_dense


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a gutter, line by line, as far as there is something at both sides."""

    rows: dict[int, Piece]
    """The pieces by the point on which they stand, rounded."""
    mates: dict[int, int]
    """Its rows that have a piece on the same line at the other side, and where that one stands."""

    @classmethod
    def of(cls, pieces: list[Piece], others: list[Piece]) -> _Side:
        rows = {round(piece.base): piece for piece in pieces}
        beside = {round(piece.base) for piece in others}
        return cls(rows, {row: near for row in rows for near in (row - 1, row + 1, row) if near in beside})

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def paired(self) -> float:
        """Return the share of its lines that stand on a line of the other side."""
        return len(self.mates) / len(self.rows)

    @property
    def dates(self) -> float:
        """Return the share of its lines that are dates."""
        return sum(map(_is_date, self.rows.values())) / len(self.rows)

    @property
    def is_dense(self) -> bool:
        """Tell whether its lines follow each other without a gap."""
        lines = sorted(self.rows)
        return all(above - below < 2.2 * self.rows[below].height for below, above in pairwise(lines))

    def runs_on_beside(self, other: _Side) -> int:
        """Return how often a sentence runs on to the next line while the other side has a piece on both."""
        edge = min(piece.left for piece in self.rows.values())
        width = max(piece.right for piece in self.rows.values()) - edge
        lines = sorted(self.rows.items(), reverse=True)
        return sum(
            row in self.mates and below in self.mates and _goes_on(before, after, edge, width)
            and _are_neighbours(self.mates[row], self.mates[below], other)
            for (row, before), (below, after) in pairwise(lines)
        )  # fmt: skip


def _are_neighbours(upper: int, lower: int, side: _Side) -> bool:
    return not any(lower < row < upper for row in side.rows)


def _goes_on(before: Piece, after: Piece, edge: float, width: float) -> bool:
    """Tell whether a line looks like the middle of a sentence that began on the line before and filled it."""
    word = after.text.split(" ", 1)[0]
    if not word[0].isalpha() or word[0].isupper() or "@" in word or ":" in word or _is_date(after):
        return False
    filled = (before.right - edge) / width
    is_long = before.right - before.left > _SENTENCE * before.height
    return is_long and before.text[-1] not in ".!?。:;" and filled > (0.8 if word[0].islower() else 0.97)


def _is_date(piece: Piece) -> bool:
    return len(piece.text) <= _LONGEST_DATE and _DATE.search(piece.text) is not None


def _are_columns(left: _Side, right: _Side) -> bool:
    """Tell whether what stands on one line on both sides cannot be meant to be read together."""
    if min(left.count, right.count) < 4:
        return False
    if left.runs_on_beside(right) + right.runs_on_beside(left) >= 2:
        return True
    sizes = [(left.rows[row].height, right.rows[mate].height) for row, mate in left.mates.items()]
    return any(a > 1.15 * b for a, b in sizes) and any(b > 1.15 * a for a, b in sizes)  # headings on both sides


def _cuts(pieces: list[Piece]) -> list[_Cut]:
    """Return the places where a gutter may be, the one with most lines about it first."""
    gap = _GUTTER * median(piece.height for piece in pieces)
    edges = sorted({round(piece.left) for piece in pieces})[1:]
    if len(edges) > _MOST_EDGES:
        return []
    downwards = sorted(range(len(pieces)), key=lambda at: -pieces[at].base)
    cuts = (cut for edge in edges for cut in _cuts_at(edge, gap, pieces, downwards))
    return sorted(cuts, key=lambda cut: cut.weight, reverse=True)


def _cuts_at(edge: float, gap: float, pieces: list[Piece], downwards: list[int]) -> Iterator[_Cut]:
    """Yield the runs of lines that leave free the gutter that ends at an edge."""
    start, left, right = 0, 0, 0
    for at, index in enumerate([*downwards, -1]):
        piece = pieces[index]
        crossed = index < 0 or (piece.left < edge - _SLACK and piece.right > edge - gap)
        if not crossed:
            left, right = (left, right + 1) if piece.left >= edge - _SLACK else (left + 1, right)
            continue
        if left > 1 and right > 1:
            cut = _cut(edge, pieces, downwards, start, at)
            if _says_much(cut.left) and _says_much(cut.right) and _overlap(cut.left, cut.right):
                yield cut
        start, left, right = at + 1, 0, 0


def _cut(edge: float, pieces: list[Piece], downwards: list[int], start: int, end: int) -> _Cut:
    inside = sorted(downwards[start:end])
    sides = [pieces[at].left >= edge - _SLACK for at in inside]
    return _Cut(
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
    return top - bottom > 0.5 * shared


# --- Lines ------------------------------------------------------------------------------------------------------------


def _as_drawn(pieces: list[Piece]) -> list[Line]:
    """Return lines as they were drawn. What was drawn after something below it is put where it stands."""
    runs = _runs(pieces, _rows(pieces))
    placed: list[_Run] = []
    for run in runs if len(runs) == 1 else _merged(runs):
        at = next((at for at, other in enumerate(placed) if run.bottom < other.top), len(placed))
        placed.insert(at, run)
    return [line for run in placed for line in run.lines]


@dataclass(slots=True)
class _Run:
    """Lines drawn downwards. Rows are numbered from the top of the page."""

    lines: list[Line]
    top: int
    bottom: int
    left: float = math.inf
    right: float = -math.inf

    def add(self, line: Line, row: int) -> None:
        """Begin a line with its first piece."""
        self.lines.append(line)
        self.top, self.bottom = min(self.top, row), max(self.bottom, row)
        self.left, self.right = min(self.left, line[0].left), max(self.right, line[0].right)


def _rows(pieces: list[Piece]) -> list[int]:
    """Return the number of the line on which each piece stands, counted from the top."""
    numbers, row, base = [0] * len(pieces), 0, None
    for at in sorted(range(len(pieces)), key=lambda at: -pieces[at].base):
        piece = pieces[at]
        if base is None or base - piece.base > _SAME_LINE * piece.height:
            row, base = row + 1, piece.base
        numbers[at] = row
    return numbers


def _runs(pieces: list[Piece], rows: list[int]) -> list[_Run]:
    """Cut the order of drawing where it jumps up to a line on which there is nothing yet."""
    runs: list[_Run] = []
    seen: dict[int, Line] = {}
    last, before = 0, None
    for piece, row, after in zip_longest(pieces, rows, pieces[1:]):
        line = seen.get(row)
        if line is not None and (row == last or (row < last and _belongs(piece, line, after))):
            line.append(piece)
        else:
            if not runs or (line is None and row < last and not _is_next_cell(piece, before)):
                runs.append(_Run([], row, row))
            seen[row] = [piece]
            runs[-1].add(seen[row], row)
        last, before = row, piece
    return runs


def _is_next_cell(piece: Piece, before: Piece | None) -> bool:
    """Tell whether a piece stands a little higher, at the right of the one before: a cell centred beside a taller one."""
    return before is not None and piece.left > before.right and piece.base - before.base < _CELL * piece.height


def _belongs(piece: Piece, line: Line, after: Piece | None) -> bool:
    """Tell whether a piece that was drawn late belongs on a line: a label before it, a date beside it.

    Where drawing goes on at the right of a date, it is the first of the next cell of a table.
    """
    if piece.right <= min(other.left for other in line):
        return True
    is_last = after is None or after.left < piece.left - _SLACK
    return is_last and _is_date(piece) and piece.left >= max(other.right for other in line)


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
    in_height = one.top <= other.bottom and other.top <= one.bottom
    return in_height and one.left < other.right and other.left < one.right


def _woven(one: _Run, other: _Run) -> _Run:
    lines = _by_row([piece for line in one.lines + other.lines for piece in line])
    edges = min(one.left, other.left), max(one.right, other.right)
    return _Run(lines, min(one.top, other.top), max(one.bottom, other.bottom), *edges)


def _by_row(pieces: list[Piece]) -> list[Line]:
    lines: dict[int, Line] = {}
    for piece, row in sorted(zip(pieces, _rows(pieces), strict=True), key=lambda found: found[1]):
        lines.setdefault(row, []).append(piece)
    return list(lines.values())


def _paired(lines: list[Line], others: list[Piece]) -> list[Line]:
    """Put each of the others on the line beside which it stands; where there is none it is a line of its own."""
    for piece in others:
        reach = _SAME_LINE * piece.height
        near = (at for at, line in enumerate(lines) if any(abs(other.base - piece.base) <= reach for other in line))
        at = next(near, None)
        if at is not None:
            lines[at].append(piece)
        else:
            below = next((at for at, line in enumerate(lines) if line[0].base < piece.base), len(lines))
            lines.insert(below, [piece])
    return lines


# --- Text -------------------------------------------------------------------------------------------------------------


def _line_text(line: Line) -> str:
    if len(line) == 1:
        return line[0].text
    line.sort()
    texts = [line[0].text]
    for before, after in pairwise(line):
        texts[-1] = re.sub(
            f"[{_HYPHEN}\ufffe]$", "-", texts[-1]
        )  # what follows is another cell, not the rest of the word
        texts += ["\t" if after.left - before.right > _WIDE_GAP * before.height else " ", after.text]
    return "".join(texts)


def _joined(lines: Iterable[str]) -> str:
    """Join lines; a word that is broken at the end of one is marked, for `clean` to mend."""
    text: list[str] = []
    for line in lines:
        if text and _BROKEN_WORD.search(text[-1]):
            is_broken = line[:1].isalpha() and not _NOT_BROKEN.match(line)
            text[-1] = text[-1][:-1] + (_HYPHEN if is_broken else "-")
        text.append(line)
    return "\n".join(text)
