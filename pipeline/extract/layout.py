"""Pieces of a page with their places, to lines in the order in which a person reads them.

The order in which a page was drawn is kept unless it jumps: most programs draw in reading order, and know
more about it than any geometry. Where it does jump, gutters are looked for, and what stands on their two
sides is read as columns (one side, then the other), as rows (line by line across), or one side is a list
of dates or labels that belong on the lines of the other. Lengths are in points, y grows upwards.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise, zip_longest
from statistics import median

from pipeline.extract.figures import is_date, is_figure
from pipeline.extract.gutters import SLACK, Cut, Piece, cuts

Line = list[Piece]

_WORDS = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
_WIDE_GAP = 1.5
"""In heights: wider than any blank between words, also in justified text. Such a gap sets cells apart."""
_SAME_LINE = 0.45
"""In heights: how far pieces of one line may be off its base."""
_LEADING = 2.0
"""In heights: how far below each other at most the lines of a block stand."""
_TOUCHING = 0.05
"""In heights: a narrower gap is none."""
_CELL = 4.0
"""In heights: how far up the next cell of a row may begin."""
_MARK = re.compile(r"[^\w\s]|(?:\d{1,3}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5})[.)]")
"""What stands before an item of a list."""
_MARK_GAP = 2.5
"""In heights: how far before it at most."""
_TALLEST_STACK, _LONGEST_IN_STACK = 4, 40
"""Lines, and characters of each."""
_INITIAL, _INITIAL_GAP = 1.6, 0.35
"""In heights of the text beside it: the least height of a letter that begins a chapter, and what is a blank behind it."""
_WORDS_OF_A_LETTER = frozenset("AEIOUYÀÈÉÓ")
_MOST_PIECES = 3_000
"""On a page; more are read as they were drawn, since looking for columns takes their square."""
_DEEPEST = 12
_HYPHENS = r"[-\u2010\u00ad\x02\ufffe]"
_BROKEN_WORD = re.compile(rf"[^\W\d_]{_HYPHENS}$")
_NOT_BROKEN = re.compile(rf"(?:{'|'.join(map(re.escape, _WORDS['after_a_hanging_hyphen']))})\b")
"""What follows a hyphen that stands for the rest of a word ("Vor- und Nachteile")."""
_ANY_HYPHEN = re.compile(rf"{_HYPHENS}$")
_ADDRESS_BEGUN = re.compile(rf"(?:@|www\.|://|[^\W\d_]\.[a-z]{{2,}}/)\S*(?:{_HYPHENS}|(?<=\w)/)$")
_END_OF_ADDRESS = re.compile(r"(?=\S*[^\W\d_])(?![^\s/?=]*[@:])(?:[^\W\d_A-Z]|\S*[\d._/?=&#%])")
_ADDRESS = re.compile(r"www\.|\w+://|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/|$)")
_ADDRESS_ENDED = re.compile(r"[\w.+-]+@[\w.-]+\.\w+(?!\S)")
_HYPHEN = "\x02"
"""pdfium's own mark for a word that was broken at the end of a line."""


def arranged(pieces: Sequence[Piece]) -> str:
    """Return the text of pieces that were drawn in this order: a line each, cells set apart by tabs."""
    pieces = pieces if len(pieces) > _MOST_PIECES else _with_initials(pieces)
    if len(pieces) > _MOST_PIECES or _goes_down(pieces):
        lines = [[piece] for piece in pieces]
    else:
        lines = _arranged(_with_marks(pieces))
    return joined([_line_text(line) for line in lines])


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
    return all(after.base < before.base - _SAME_LINE * after.height for before, after in pairwise(pieces))


def _with_marks(pieces: Sequence[Piece]) -> list[Piece]:
    """Join marks of a list that were drawn apart from its items, as WeasyPrint does, to the items."""
    apart = {
        at
        for at, (piece, after) in enumerate(zip_longest(pieces, pieces[1:]))
        if _MARK.fullmatch(piece.text) and not (after and _is_marked(after, piece))
    }
    found: list[Piece | None] = list(pieces)
    lines: dict[int, list[int]] = {}
    for at, row in enumerate(_rows(pieces) if apart else ()):
        lines.setdefault(row, []).append(at)
    for line in lines.values():
        line.sort(key=lambda at: pieces[at].left)
        for before, at, item in zip([None, *line], line, line[1:], strict=False):
            mark, marked = pieces[at], pieces[item]
            is_first = before is None or not _is_marked(mark, pieces[before])
            if at in apart and is_first and _is_marked(marked, mark):
                found[item] = marked._replace(left=mark.left, text=f"{mark.text} {marked.text}")
                found[at] = None
    return [piece for piece in found if piece]


def _is_marked(item: Piece, mark: Piece) -> bool:
    """Tell whether a piece stands on the line of another and right behind it."""
    is_beside = abs(item.base - mark.base) <= _SAME_LINE * item.height
    return is_beside and -SLACK <= item.left - mark.right <= _MARK_GAP * item.height


def _arranged(pieces: list[Piece], depth: int = 0) -> list[Line]:
    if len(pieces) < 4 or depth > _DEEPEST:
        return _as_drawn(pieces)
    for cut in cuts(pieces):
        how = cut.judged()
        if how == "rows":
            continue
        trimmed = cut.trimmed() if how == "columns" and not cut.is_mixed else cut
        return _around(trimmed, how, depth + 1)
    return _as_drawn(pieces)


def _around(cut: Cut, how: str, depth: int) -> list[Line]:
    """Return the lines on both sides of a gutter, and those above and below it."""
    if how == "columns":
        first, second = (cut.left, cut.right) if cut.left_is_first else (cut.right, cut.left)
        lines, others = _arranged(first, depth), _arranged(second, depth)
        middle = _with_stack(lines, others) if _is_stack(others, lines[0]) else lines + others
    else:
        few, many = (cut.left, cut.right) if how == "left belongs to right" else (cut.right, cut.left)
        middle = _paired(_arranged(many, depth), few)
    return _arranged(cut.above, depth) + middle + _arranged(cut.below, depth)


# --- Stacks -----------------------------------------------------------------------------------------------------------


def _with_stack(lines: list[Line], stack: list[Line]) -> list[Line]:
    """Put a town and dates, stacked at the right of an entry, behind the lines that head it, where a list or prose follows.

    Where only short lines follow, it may be an address, which stays whole.
    """
    below = (at for at, line in enumerate(lines[: len(stack) + 1]) if at and not _is_heading(line))
    at = next(below, len(lines))
    return lines[:at] + stack + lines[at:]


def _is_heading(line: Line) -> bool:
    """Tell whether a line below the first one of an entry heads it as well: no item of a list, no prose."""
    text = line[0].text
    return len(text) <= _LONGEST_IN_STACK and not _MARK.match(text)


def _is_stack(lines: Sequence[Line], beside: Line) -> bool:
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
        is_flush
        and is_heading
        and beside[-1].right < top.left
        and abs(top.base - first.base) <= _SAME_LINE * top.height
    )


def _lifted(run: _Run) -> None:
    """Put stacks that were drawn after the whole of their entry where it begins."""
    at = 1
    while at < len(run.lines):
        row, end = run.rows[at], at + 1
        while end < len(run.lines) and run.rows[end] == run.rows[end - 1] + 1 and _is_flush(run, end):
            end += 1
        top = run.rows.index(row)
        if row < run.rows[at - 1] and top < at and _is_stack(run.lines[at:end], run.lines[top]):
            run.lines[top:end] = _with_stack(run.lines[top:at], run.lines[at:end])
            run.rows[top:end] = sorted(run.rows[top:end])
        at = end


def _is_flush(run: _Run, at: int) -> bool:
    return abs(run.lines[at][0].right - run.lines[at - 1][0].right) <= SLACK


# --- Lines ------------------------------------------------------------------------------------------------------------


def _as_drawn(pieces: list[Piece]) -> list[Line]:
    """Return lines as they were drawn. What was drawn after something below it is put where it stands."""
    runs = _runs(pieces, _rows(pieces))
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

    def edges(self, top: int, bottom: int) -> tuple[float, float]:
        """Return how far what begins its lines reaches between two rows; where there is none, anywhere."""
        firsts = [line[0] for line, row in zip(self.lines, self.rows, strict=True) if top <= row <= bottom]
        firsts = firsts or [line[0] for line in self.lines]
        return min(piece.left for piece in firsts), max(piece.right for piece in firsts)


def _rows(pieces: Sequence[Piece]) -> list[int]:
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
        if line is not None and (row == last or (row < last and _belongs(piece, line, before, after))):
            line.append(piece)
        else:
            if not runs or (line is None and row < last and not _is_next_cell(piece, before)):
                runs.append(_Run([], []))
            seen[row] = [piece]
            runs[-1].add(seen[row], row)
        last, before = row, piece
    return runs


def _is_next_cell(piece: Piece, before: Piece | None) -> bool:
    """Tell whether a piece stands a little higher, at the right of the one before: a cell centred beside a taller one."""
    return before is not None and piece.left > before.right and piece.base - before.base < _CELL * piece.height


def _belongs(piece: Piece, line: Line, before: Piece | None, after: Piece | None) -> bool:
    """Tell whether a piece that was drawn late belongs on a line: a label before it, a date beside it.

    So does a figure right of all that was drawn in the cell before it. Where drawing goes on at the right of a date, it is
    the first of the next cell of a table; where it goes on right below a label, that is the first line of a block.
    """
    if piece.right <= min(other.left for other in line):
        return after is None or not _is_next_line(after, piece)
    is_right_of_all = piece.left >= max(other.right for other in line)
    if is_figure(piece.text) and not is_date(piece.text) and before is not None and piece.left > before.right:
        return is_right_of_all
    is_last = after is None or after.left < piece.left - SLACK
    return is_last and is_date(piece.text) and is_right_of_all


def _is_next_line(piece: Piece, before: Piece) -> bool:
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
    """Tell whether two runs stand at one place; a title above one of them says nothing about it."""
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    if top > bottom:
        return False
    (left, right), (other_left, other_right) = one.edges(top, bottom), other.edges(top, bottom)
    return left < other_right and other_left < right


def _woven(one: _Run, other: _Run) -> _Run:
    lines: dict[int, Line] = {}
    for row, line in zip(one.rows + other.rows, one.lines + other.lines, strict=True):
        lines.setdefault(row, []).extend(line)
    rows = sorted(lines)
    return _Run([lines[row] for row in rows], rows)


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
        # What follows is another cell, not the rest of the word.
        texts[-1] = re.sub(f"[{_HYPHEN}\ufffe]$", "-", texts[-1])
        texts += [_between(before, after), after.text]
    return "".join(texts)


def _between(before: Piece, after: Piece) -> str:
    """Return what sets two pieces of a line apart. Those that touch are one word ("1st", its end raised); numbers are two."""
    gap = after.left - before.right
    if abs(gap) < _TOUCHING * before.height and not (before.text[-1].isdigit() and after.text[0].isdigit()):
        return ""
    return "\t" if after.is_cell or gap > _WIDE_GAP * before.height else " "


def joined(lines: Iterable[str]) -> str:
    """Join lines; a word that is broken at the end of one is marked, for `clean` to mend."""
    text: list[str] = []
    for line in lines:
        if text and _is_broken_address(text[-1], line):
            text[-1] = _ANY_HYPHEN.sub("-", text[-1]) + line
            continue
        if text and _BROKEN_WORD.search(text[-1]):
            is_broken = line[:1].isalpha() and not _NOT_BROKEN.match(line)
            text[-1] = text[-1][:-1] + (_HYPHEN if is_broken else "-")
        text.append(line)
    return "\n".join(text)


def _is_broken_address(above: str, line: str) -> bool:
    """Tell whether an e-mail or web address runs on from one line to the next, behind a hyphen or a slash that is its own."""
    if begun := _ADDRESS_BEGUN.search(above):
        word, _, note = line.partition(" ")
        is_one_word = word[:1].isalnum() and (not note or note.startswith("("))  # "(LinkedIn)"
        return is_one_word and (not begun[0].endswith("/") or _is_end_of_address(word))
    return bool(_BROKEN_WORD.search(above) and _ADDRESS_ENDED.match(line))


def _is_end_of_address(word: str) -> bool:
    """Tell whether a word goes on with an address that may as well end with its slash: no heading, number or other address."""
    return bool(_END_OF_ADDRESS.match(word)) and not _ADDRESS.match(word) and not is_date(word)
