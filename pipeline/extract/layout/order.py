"""Pieces of a page with their places, to lines in the order in which a person reads them.

The order in which a page was drawn is kept unless it jumps: most programs draw in reading order, and know
more about it than any geometry. Where it does jump, gutters are looked for, and what stands on their two
sides is read as columns (one side, then the other), as rows (line by line across), or one side is a list
of dates or labels that belong on the lines of the other. Lengths are in points, y grows upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, zip_longest
from statistics import median

from pipeline.extract.figures import is_date
from pipeline.extract.layout.cuts import cuts
from pipeline.extract.layout.direction import IS_RTL
from pipeline.extract.layout.gutters import LARGER, SLACK, Cut, Piece, drops
from pipeline.extract.layout.line_ends import ends_whole, goes_on, joined, may_be_cut
from pipeline.extract.layout.runs import (
    CELL,
    MARK,
    SAME_LINE,
    Line,
    as_drawn,
    is_next_line,
    is_stack,
    rows_of,
    with_stack,
)
from pipeline.extract.layout.stacked import with_rows
from pipeline.extract.layout.wrapped import with_wrapped

_WIDE_GAP = 1.5
"""In heights: wider than any blank between words, also in justified text. Such a gap sets cells apart."""
_WIDEST_BLANK_OF_NAMES = 1.0
"""The same where each piece of a line begins with a capital: skills side by side."""
_TOUCHING = 0.05
"""In heights: a narrower gap is none."""
_MARK_GAP = 2.5
"""In heights: how far before it at most."""
_INITIAL, _INITIAL_GAP = 1.6, 0.35
"""In heights of the text beside it: the least height of a letter that begins a chapter, and what is a blank behind it."""
_WORDS_OF_A_LETTER = frozenset("AEIOUYÀÈÉÓ")
_MOST_ADDRESSES, _NEAR = 40, 6.0
"""Those of a page that are looked at; in heights, how far from one it shows how wide its column is."""
_LETTER = 0.7
"""In heights: the widest of an address; where it was broken, there was no room for one more."""
_FEWEST_AT_EDGE = 6
"""Lines that begin at the edge of a column."""
_MOST_PIECES = 3_000
"""On a page; more are read as they were drawn, since looking for columns takes their square."""
_DEEPEST = 12


def arranged(pieces: Sequence[Piece]) -> str:
    """Return the text of pieces that were drawn in this order: a line each, cells set apart by tabs."""
    pieces = pieces if len(pieces) > _MOST_PIECES else _with_addresses(_with_initials(with_rows(list(pieces))))
    if len(pieces) > _MOST_PIECES or _goes_down(pieces):
        lines = [[piece] for piece in pieces]
    else:
        lines = _arranged(_clipped(_with_marks(pieces)))
    return joined([_line_text(line) for line in with_wrapped(lines)])


def _with_addresses(pieces: list[Piece]) -> list[Piece]:
    """Join an address that was wider than its column, and so was broken between two letters, to its rest on the next line."""
    whole: list[Piece | None] = list(pieces)
    begun = [at for at, piece in enumerate(pieces) if may_be_cut(piece.text)]
    for at in begun[:_MOST_ADDRESSES]:
        piece = pieces[at]
        reach = [(other, one) for other, one in enumerate(pieces) if _is_near(one, piece)]
        rest = next((other for other, one in reach if is_next_line(one, piece) and goes_on(piece.text, one.text)), None)
        if rest is not None and all(one.right <= piece.right + _LETTER * piece.height for _, one in reach):
            whole[at], whole[rest] = piece._replace(text=piece.text + pieces[rest].text), None
    return [piece for piece in whole if piece]


def _clipped(pieces: list[Piece]) -> list[Piece]:
    """Let an address that runs to the edge of the next column or over it, since it cannot be broken, end before: it is no sign that there is none.

    Such an edge is where many lines begin, above it and below.
    """
    addresses = [at for at, piece in enumerate(pieces) if may_be_cut(piece.text)]
    if not addresses:
        return pieces
    begun: dict[int, list[float]] = {}
    for piece in pieces:
        begun.setdefault(round(piece.left), []).append(piece.base)
    edges = sorted(left for left, bases in begun.items() if len(bases) >= _FEWEST_AT_EDGE)
    clipped = list(pieces)
    for at in addresses[:_MOST_ADDRESSES]:
        piece = pieces[at]
        inside = (left for left in edges if piece.left + _MARK_GAP * piece.height < left <= piece.right + piece.height)
        edge = next((left for left in inside if min(begun[left]) < piece.base < max(begun[left])), None)
        if edge is not None:
            clipped[at] = piece._replace(right=edge - piece.height)
    return clipped


def _is_near(piece: Piece, other: Piece) -> bool:
    """Tell whether a piece begins in the column of another one and stands not far from it."""
    if piece.height > LARGER * other.height:  # a heading may go over several columns
        return False
    is_in_column = other.left - _MARK_GAP * other.height <= piece.left < other.right
    return is_in_column and abs(piece.base - other.base) <= _NEAR * other.height


def _with_initials(pieces: Sequence[Piece]) -> list[Piece]:
    """Join a large first letter, which hangs down beside several lines, to the rest of its word."""
    letters = [at for at, piece in enumerate(pieces) if len(piece.text) == 1 and piece.text.isupper()]
    usual = median(piece.height for piece in pieces) if letters else 0.0
    letters = [at for at in letters if pieces[at].height > _INITIAL * usual]
    joined: list[Piece | None] = list(pieces)
    for at in letters:
        letter = pieces[at]
        beside = [other for other, piece in enumerate(pieces) if _hangs_beside(letter, piece)]
        mate = max(beside, key=lambda other: pieces[other].base, default=at)
        piece = pieces[mate]
        if piece.text[0].islower():
            gap = piece.left - letter.right
            blank = " " if letter.text in _WORDS_OF_A_LETTER and gap > _INITIAL_GAP * piece.height else ""
            joined[at], joined[mate] = None, piece._replace(left=letter.left, text=f"{letter.text}{blank}{piece.text}")
    return [piece for piece in joined if piece]


def _hangs_beside(letter: Piece, piece: Piece) -> bool:
    is_right = -SLACK <= piece.left - letter.right <= piece.height
    return (
        is_right
        and letter.height > _INITIAL * piece.height
        and letter.base - SLACK < piece.base < letter.base + letter.height
    )


def _goes_down(pieces: Sequence[Piece]) -> bool:
    """Tell whether each piece stands below the one before: then there is nothing to arrange."""
    return all(after.base < before.base - SAME_LINE * after.height for before, after in pairwise(pieces))


def _with_marks(pieces: Sequence[Piece]) -> list[Piece]:
    """Join marks of a list that were drawn apart from its items, as WeasyPrint does, to the items."""
    apart = {
        at
        for at, (piece, after) in enumerate(zip_longest(pieces, pieces[1:]))
        if MARK.fullmatch(piece.text) and not (after and _is_marked(after, piece))
    }
    found: list[Piece | None] = list(pieces)
    lines: dict[int, list[int]] = {}
    for at, row in enumerate(rows_of(pieces) if apart else ()):
        lines.setdefault(row, []).append(at)
    for line in lines.values():
        line.sort(key=lambda at: pieces[at].left)
        for before, at, item in zip([None, *line], line, line[1:], strict=False):
            mark, marked = pieces[at], pieces[item]
            is_first = before is None or not (_is_marked(mark, pieces[before]) or is_date(pieces[before].text))
            if at in apart and is_first and _is_marked(marked, mark):
                found[item] = marked._replace(left=mark.left, text=f"{mark.text} {marked.text}")
                found[at] = None
    return [piece for piece in found if piece]


def _is_marked(item: Piece, mark: Piece) -> bool:
    """Tell whether a piece stands on the line of another and right behind it."""
    is_beside = abs(item.base - mark.base) <= SAME_LINE * item.height
    return is_beside and -SLACK <= item.left - mark.right <= _MARK_GAP * item.height


def _arranged(pieces: list[Piece], depth: int = 0) -> list[Line]:
    if len(pieces) < 4 or depth > _DEEPEST:
        return as_drawn(pieces)
    if at := _begin_of_blocks(pieces):
        return _arranged(pieces[:at], depth + 1) + _arranged(pieces[at:], depth + 1)
    found = cuts(pieces)
    if found and found[0].is_mixed and len(parts := _about_columns(pieces)) > 1:
        return [line for part in parts for line in _arranged(part, depth + 1)]
    for cut in found:
        how = cut.judged()
        if how == "rows":
            continue
        trimmed = cut.trimmed() if how == "columns" and not cut.is_mixed else cut
        return _around(trimmed, how, depth + 1)
    return as_drawn(pieces)


def _begin_of_blocks(pieces: list[Piece]) -> int:
    """Return where drawing comes to headings on one line, each drawn with what stands below it, after all above; 0: nowhere."""
    usual = median(piece.height for piece in pieces)
    last = {round(piece.base): at for at, piece in enumerate(pieces) if piece.height > LARGER * usual}
    gaps = drops(pieces)
    heads = (at for at in range(1, len(pieces)) if last.get(round(pieces[at].base), 0) > at + 1)
    return next(
        (
            at
            for at in heads
            if pieces[at].height > LARGER * usual and gaps[at] > SLACK and _is_below(pieces[at + 1], pieces[at])
        ),
        0,
    )


def _about_columns(pieces: list[Piece]) -> list[list[Piece]]:
    """Cut pieces about columns that were drawn after all above them and before all below them, such as the rows of a list.

    Only where they are a third of all: a few cells of a form look the same.
    """
    gaps = drops(pieces)
    ends = [0, *(at for at in range(1, len(pieces)) if gaps[at] > SLACK), len(pieces)]
    blocks = ((start, end) for start, end in pairwise(ends) if 3 * (end - start) > len(pieces))
    for start, end in blocks:
        best = next(iter(cuts(pieces[start:end])), None)
        if best and best.is_one_by_one and best.judged() == "columns":
            return [part for part in (pieces[:start], pieces[start:end], pieces[end:]) if part]
    return []


def _is_below(piece: Piece, head: Piece) -> bool:
    return head.left - SLACK <= piece.left < head.right and 0 < head.base - piece.base < CELL * head.height


def _around(cut: Cut, how: str, depth: int) -> list[Line]:
    """Return the lines on both sides of a gutter, and those above and below it."""
    if how == "columns":
        first, second = (cut.left, cut.right) if cut.left_is_first else (cut.right, cut.left)
        lines, others = _arranged(first, depth), _arranged(second, depth)
        middle = with_stack(lines, others) if is_stack(others, lines[0]) else lines + others
    else:
        few, many = (cut.left, cut.right) if how == "left belongs to right" else (cut.right, cut.left)
        middle = _paired(_arranged(many, depth), few)
    return _arranged(cut.above, depth) + middle + _arranged(cut.below, depth)


# --- Lines ------------------------------------------------------------------------------------------------------------


def _paired(lines: list[Line], others: list[Piece]) -> list[Line]:
    """Put each of the others on the line beside which it stands; where there is none it is a line of its own."""
    for piece in others:
        reach = SAME_LINE * piece.height
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
    widest = _WIDEST_BLANK_OF_NAMES if all(map(_is_name, line)) else _WIDE_GAP
    for before, after in pairwise(line):
        # What follows is another cell, not the rest of the word.
        texts[-1] = ends_whole(texts[-1])
        texts += [_between(before, after, widest), after.text]
    return "".join(texts)


def _is_name(piece: Piece) -> bool:
    """Tell whether a piece begins as what stands in a list of skills does, and seldom each part of a justified sentence."""
    first = piece.text[0]
    return first.isalpha() and not first.islower() and not IS_RTL.match(first)


def _between(before: Piece, after: Piece, widest: float) -> str:
    """Return what sets two pieces of a line apart. Those that touch are one word ("1st", its end raised); numbers are two."""
    gap = after.left - before.right
    if abs(gap) < _TOUCHING * before.height and not (before.text[-1].isdigit() and after.text[0].isdigit()):
        return ""
    return "\t" if after.is_cell or gap > widest * before.height else " "
