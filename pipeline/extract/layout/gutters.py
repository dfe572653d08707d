"""Gutters: what the empty strips of a page set apart.

What stands on the two sides is columns (one side is read, then the other), rows (line by line across), or
one side is a list of dates or labels that belong on the lines of the other. Lengths are in points, y grows upwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, takewhile
from typing import NamedTuple

from pipeline.extract.figures import are_dates_and_town, is_date, is_figure


class Piece(NamedTuple):
    """Words that follow each other on a line without a wide gap."""

    left: float
    right: float
    base: float
    """The line on which the letters stand."""
    height: float
    """The size of the font."""
    text: str
    is_cell: bool = False
    """Whether a rule is drawn between it and what stands before it, or both are figures of a row."""
    style: str = ""
    """Font and colour; "" where they change within it, or are not known."""


SLACK = 1.0
"""Points by which edges that are meant to be the same may differ."""
_LEAST_LEADING, _MOST_LEADING = 0.8, 2.0
"""In heights: lines of one column stand no closer, and those that follow each other seldom farther."""
_SENTENCE = 9.0
"""In heights: the least length of a line of prose."""
_UNCASED_SENTENCE = 13.5
"""The same where no letter tells that a sentence goes on; in Chinese a name of ten letters is ten heights long."""
SURE_COLUMN = 4
"""Lines on both sides of a gutter that count for more than any between which drawing went to and fro."""
_WORDY = 4
"""Words of a line that says more than a cell of a table does."""
_LONG_LIST, _FEWEST_IN_BLOCK = 8, 3
"""Lines."""
LARGER = 1.15
"""Times as high as other text: that of a heading."""
_LONG_WORD = re.compile(r"[^\W\d_]{3}")
_FEWEST_NUMBERED = 2


@dataclass(frozen=True, slots=True)
class Cut:
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
    def is_one_by_one(self) -> bool:
        """Tell whether all of one side was drawn before the other, and that is much."""
        return self.weight >= SURE_COLUMN and self.changes == 1

    def covers(self, other: Cut) -> bool:
        """Tell whether it parts every line that another one parts."""
        return len(self.above) <= len(other.above) and len(self.below) <= len(other.below)

    @property
    def is_mixed(self) -> bool:
        """Tell whether drawing went to and fro between the sides."""
        return self.changes > max(2, self.weight // 2)

    @property
    def is_by_line(self) -> bool:
        """Tell whether drawing went to and fro with nearly every line: then its order says nothing about cells."""
        return self.is_mixed and len(self.drawn) <= 2 * (self.changes + 1)

    @property
    def is_centred(self) -> bool:
        """Tell whether one side begins below the other and ends above it: a cell in the middle of a row."""
        tops, bottoms = ([end(piece.base for piece in side) for side in (self.left, self.right)] for end in (max, min))
        above, below = tops[0] - tops[1], bottoms[1] - bottoms[0]
        return above * below > 0 and min(abs(above), abs(below)) > SLACK

    @property
    def left_is_first(self) -> bool:
        """Tell which side is read first: the left one, unless all of the right one was drawn before it."""
        return self.is_mixed or not self.drawn[0]

    def judged(self) -> str:
        """Return "columns", "rows", or which side belongs on the lines of the other."""
        top = min(max(piece.base for piece in side) for side in (self.left, self.right)) + SLACK
        bottom = max(min(piece.base for piece in side) for side in (self.left, self.right)) - SLACK
        beside = [[piece for piece in side if bottom <= piece.base <= top] for side in (self.left, self.right)]
        if not all(beside):
            return "rows" if self.is_mixed else "columns"
        left, right = _Side.of(*beside), _Side.of(*reversed(beside))
        few, many = (left, right) if left.count <= right.count else (right, left)
        if self.is_mixed and few.paired >= 0.6 and few.dates >= 0.6 and self._has_dates_apart():
            return "left belongs to right" if few is left else "right belongs to left"
        if self.is_mixed:
            are_rows = few.paired >= 0.6 or few.dates >= 0.5 or 2 * few.count <= many.count
            are_columns = _are_columns(left, right) or self.has_bar(few) or not are_rows
            return "columns" if self.is_by_line and are_columns else "rows"
        return self._judged_apart(left, right, few, many)

    def _judged_apart(self, left: _Side, right: _Side, few: _Side, many: _Side) -> str:
        """Judge two sides that were drawn one after the other, or nearly so."""
        if right.is_figures and right.paired >= 0.9:  # amounts of what stands at the left
            return "right belongs to left"
        if _are_columns(left, right) or self.has_bar(few) or _is_list_beside_text(left, right):
            return "columns"
        if _are_blocks(left, right) and self.trimmed().changes == 1:
            return "columns"
        if left.is_dates_and_town and len(left.mates) == left.count == right.count:
            return "rows"
        is_table = few.count > 2 and many.paired >= 0.9 and 2 * self.weight >= max(self.lines) and not self.is_centred
        are_labels = few.paired >= 0.9 and (is_table or 2 * few.count <= many.count)
        are_dates = few.paired >= 0.6 and few.dates >= 0.6
        if are_dates or (are_labels and not (left.has_address and right.has_address)):
            return "left belongs to right" if few is left else "right belongs to left"
        return "columns"

    def _has_dates_apart(self) -> bool:
        """Tell whether dates of several lines were drawn in a row, as a browser draws what floats before the text beside it."""
        dates = [piece if is_date(piece.text) else None for piece in self.pieces]
        return any(
            piece and after and piece.base - after.base > _MOST_LEADING * piece.height
            for piece, after in pairwise(dates)
        )

    def trimmed(self) -> Cut:
        """Return the columns without what stands above or below both, and was drawn before or after them."""
        return self.without_foot().without_head().without_foot().without_tail()

    def without_head(self) -> Cut:
        """Leave out what was drawn first and stands above both."""
        gaps = drops(self.pieces)
        cuts = (at for at in range(len(gaps) - 1, 0, -1) if gaps[at] > SLACK and gaps[at] > self._room(at))
        head = next((at for at in cuts if len(set(self.drawn[at:])) == 2), 0)
        return self._kept(range(head, len(self.pieces)), above=self.pieces[:head])

    def without_foot(self) -> Cut:
        """Leave out the foot of a page, a line well below both: many programs draw it first, others last."""
        lines = [
            list(takewhile(self._is_beside(at), range(len(self.pieces))[::step])) for at, step in ((0, 1), (-1, -1))
        ]
        for line in map(sorted, lines):
            rest = range(line[-1] + 1, len(self.pieces)) if line[0] == 0 else range(line[0])
            foot = self.pieces[line[0] : line[-1] + 1]
            is_below = all(self.pieces[at].base - foot[0].base > _MOST_LEADING * foot[0].height for at in rest)
            if is_below and len({self.drawn[at] for at in rest}) == 2:
                return self._kept(rest, below=foot)
        return self

    def without_tail(self) -> Cut:
        """Leave out what was drawn last, all at the other side than what came before it, and stands below both."""
        gaps = drops(self.pieces)
        turns = (at for at in range(2, len(self.pieces)) if self.drawn[at - 1] != self.drawn[at])
        below = (at for at in turns if gaps[at] > SLACK)
        tail = next((at for at in below if len(set(self.drawn[:at])) == 2 and len(set(self.drawn[at:])) == 1), None)
        return self if tail is None else self._kept(range(tail), below=self.pieces[tail:])

    def _is_beside(self, at: int) -> Callable[[int], bool]:
        return lambda other: abs(self.pieces[other].base - self.pieces[at].base) <= SLACK

    def _kept(self, which: range, above: Sequence[Piece] = (), below: Sequence[Piece] = ()) -> Cut:
        """Return the columns with these of the pieces alone, by the order of drawing."""
        pieces, sides = self.pieces[which.start : which.stop], self.drawn[which.start : which.stop]
        left = [piece for piece, is_right in zip(pieces, sides, strict=True) if not is_right]
        right = [piece for piece, is_right in zip(pieces, sides, strict=True) if is_right]
        return Cut([*self.above, *above], left, right, [*below, *self.below], pieces, sides)

    def _room(self, at: int) -> float:
        """Return the least distance of what stands above the columns, if they begin with this piece."""
        rest = self.drawn[at:]
        if min(rest.count(True), rest.count(False)) < SURE_COLUMN:
            return 0.0
        goes_on = self.drawn[at - 1] == self.drawn[at]
        return (_MOST_LEADING if goes_on else _LEAST_LEADING) * self.pieces[at].height

    def has_bar(self, few: _Side) -> bool:
        """Tell whether one side ends well above the other, and every line so far is on both: a bar at the side."""
        ends = [min(piece.base for piece in side) for side in (self.left, self.right)]
        rest = sum(piece.base < max(ends) - SLACK for side in (self.left, self.right) for piece in side)
        return few.count >= 5 <= rest and few.paired >= 0.9 and few.dates < 0.5 and few.is_dense


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a gutter, line by line, as far as there is something at both sides."""

    pieces: list[Piece]
    rows: dict[int, Piece]
    """The last of its pieces on each line, by the point on which they stand, rounded."""
    mates: dict[int, int]
    """Its rows that have a piece on the same line at the other side, and where that one stands."""

    @classmethod
    def of(cls, pieces: list[Piece], others: list[Piece]) -> _Side:
        rows = {round(piece.base): piece for piece in pieces}
        beside = {round(piece.base) for piece in others}
        return cls(pieces, rows, {row: near for row in rows for near in (row - 1, row + 1, row) if near in beside})

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
        return sum(is_date(piece.text) for piece in self.rows.values()) / len(self.rows)

    @property
    def is_figures(self) -> bool:
        """Tell whether it is nothing but figures."""
        return all(is_figure(piece.text) for piece in self.pieces)

    @property
    def is_dates_and_town(self) -> bool:
        """Tell whether it is two lines, dates and no number."""
        first, *rest = (self.rows[row].text for row in sorted(self.rows, reverse=True))
        return len(rest) == 1 and are_dates_and_town(first, rest[0])

    @property
    def is_headed(self) -> bool:
        """Tell whether its first line is larger than all below it, or in a style of its own above more than figures."""
        first, *rest = (self.rows[row] for row in sorted(self.rows, reverse=True))
        if all(first.height > LARGER * piece.height for piece in rest):
            return True
        figures = sum(is_figure(piece.text) or is_date(piece.text) for piece in rest)
        is_other = all(first.height >= piece.height and first.style != piece.style for piece in rest)
        return is_other and bool(first.style) and 2 * figures < len(rest)

    @property
    def has_address(self) -> bool:
        """Tell whether two of its lines at least have words and a number, as street and town have, and are no date."""
        lines = [piece.text for piece in self.pieces if ":" not in piece.text and not is_date(piece.text)]
        numbered = [line for line in lines if _LONG_WORD.search(line) and any(map(str.isdecimal, line))]
        return len(numbered) >= _FEWEST_NUMBERED

    @property
    def has_labels(self) -> bool:
        """Tell whether two of its lines at least are a label with what it stands for."""
        return sum(": " in piece.text for piece in self.pieces) >= _FEWEST_NUMBERED

    @property
    def is_dense(self) -> bool:
        """Tell whether its lines follow each other without a gap."""
        lines = sorted(self.rows)
        return all(above - below < 2.2 * self.rows[below].height for below, above in pairwise(lines))

    @property
    def is_text(self) -> bool:
        """Tell whether a third of its lines are sentences, with headings between them, as cells of a table are not."""
        lines = [piece.text for piece in self.rows.values()]
        sentences = sum(len(line.split()) >= _WORDY for line in lines)
        headings = sum(line.isalpha() for line in lines)
        return 3 * sentences >= len(lines) and headings >= 2

    @property
    def is_list(self) -> bool:
        """Tell whether its lines are words alone: no labels, numbers or dates."""
        lines = [piece.text for piece in self.rows.values()]
        return sum(line[0].isalpha() and line[-1] != ":" for line in lines) >= 0.75 * len(lines)

    def runs_on_beside(self, other: _Side) -> int:
        """Return how often a sentence runs on to the next line while the other side has a piece on both.

        A figure is no such piece: labels of amounts may begin with a small letter ("less deposit").
        """
        edge = min(piece.left for piece in self.rows.values())
        width = max(piece.right for piece in self.rows.values()) - edge
        lines = sorted(self.rows.items(), reverse=True)
        return sum(
            row in self.mates and below in self.mates and _goes_on(before, after, edge, width)
            and _are_neighbours(self.mates[row], self.mates[below], other)
            and not is_figure(other.rows[self.mates[below]].text)
            for (row, before), (below, after) in pairwise(lines)
        )  # fmt: skip


def _are_neighbours(upper: int, lower: int, side: _Side) -> bool:
    return not any(lower < row < upper for row in side.rows)


def _goes_on(before: Piece, after: Piece, edge: float, width: float) -> bool:
    """Tell whether a line looks like the middle of a sentence that began on the line before and filled it."""
    word = after.text.split(" ", 1)[0]
    if not word[0].isalpha() or word[0].isupper() or "@" in word or ":" in word or is_date(after.text):
        return False
    filled = (before.right - edge) / width
    least, full = (_SENTENCE, 0.8) if word[0].islower() else (_UNCASED_SENTENCE, 0.97)
    is_long = before.right - before.left > least * before.height
    return is_long and before.text[-1] not in ".!?。:;" and filled > full


def _are_columns(left: _Side, right: _Side) -> bool:
    """Tell whether what stands on one line on both sides cannot be meant to be read together."""
    if min(left.count, right.count) < 4:
        return False
    if left.runs_on_beside(right) + right.runs_on_beside(left) >= 2:
        return True
    sizes = [(left.rows[row].height, right.rows[mate].height) for row, mate in left.mates.items()]
    return any(a > LARGER * b for a, b in sizes) and any(b > LARGER * a for a, b in sizes)  # headings on both sides


def _are_blocks(left: _Side, right: _Side) -> bool:
    """Tell whether each side has a heading of its own upon it, or a date of its own on one line with the other's."""
    if min(left.count, right.count) < _FEWEST_IN_BLOCK:
        return False
    if (left.is_headed and right.is_headed) or _are_headed_alike(left, right):
        return True
    are_dated = any(is_date(left.rows[row].text) and is_date(right.rows[mate].text) for row, mate in left.mates.items())
    return are_dated and max(left.dates, right.dates) <= 0.5


def _are_headed_alike(left: _Side, right: _Side) -> bool:
    """Tell whether both sides, an address or labelled lines among them, begin with words in a look that nothing below them has."""
    sides = [[piece for _, piece in sorted(side.rows.items(), reverse=True)] for side in (left, right)]
    looks = [[(piece.style, round(piece.height, 1)) for piece in side] for side in sides]
    is_unlike = looks[0][0] == looks[1][0] and all(look != head for head, *rest in looks for look in rest)
    is_level = left.mates.get(max(left.rows)) == max(right.rows)
    figures = max(sum(is_figure(piece.text) for piece in side) / len(side) for side in sides)
    is_short = max(map(len, sides)) <= _LONG_LIST and figures < 0.5
    return is_unlike and is_level and is_short and any(side.has_address or side.has_labels for side in (left, right))


def _is_list_beside_text(left: _Side, right: _Side) -> bool:
    """Tell whether a list of words stands beside a text of as many lines, as a side bar does."""
    few = min(left.count, right.count)
    return few >= _LONG_LIST and ((left.is_list and right.is_text) or (right.is_list and left.is_text))


def drops(pieces: Sequence[Piece]) -> list[float]:
    """Return for each piece how far it, and all that was drawn after it, stands below all that was drawn before; 0 for the first."""
    lowest = accumulate((piece.base for piece in pieces), min)
    highest = list(accumulate((piece.base for piece in reversed(pieces)), max))[::-1]
    return [0.0, *(above - below for above, below in zip(lowest, highest[1:], strict=False))]


def stand_beside(one: Iterable[Piece], other: Iterable[Piece]) -> bool:
    """Tell whether some piece of the one stands beside one of the other; if not, each line has the whole width."""
    upwards = sorted(
        (piece.base, piece.height, is_other) for is_other, side in enumerate((one, other)) for piece in side
    )
    return any(
        below[2] != above[2] and above[0] - below[0] < _LEAST_LEADING * max(above[1], below[1])
        for below, above in pairwise(upwards)
    )
