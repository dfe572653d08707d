"""What tesseract read on a page, as its table of words, to text in the order in which a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from math import inf
from statistics import fmean, median
from typing import NamedTuple

from pipeline.extract.figures import is_date
from pipeline.extract.layout.gutters import Piece
from pipeline.extract.layout.order import arranged

_WORD_LEVEL = "5"
_COLUMNS = 12
_SPLIT = 1.0
"""In heights: a wider gap may be a gutter; the layout decides."""
_POINTS_ACROSS = 595.0
"""A page's shorter side: that of A4. The layout's distances are in points."""
_NOISE = 30.0
"""Percent: what tesseract is less sure of is a stain, a line of a table, a picture."""
_RULES = re.compile(r"[|_—–\-=~.,:;'‘’\"“”*•°«»\\/\[\](){}<>]{1,3}")
_FEWEST_FOR_SLOPE = 4
_DEEP, _DEPTH = re.compile(r"[gjpqyQçșțşţ()\[\]{}|/@$§βγζημξρφχψςруфцщ]"), 0.22
"""Letters that reach below the line, and how far, in heights of a line."""
_SAME_SIZE, _SAME_ROW = 0.35, 0.3
"""In heights: a line without tall letters is lower by so much; so far apart may words of one line stand."""
_APART, _FEWEST_APART = 0.25, 2
"""Share and number of lines with a wide gap whose parts stand on different rows, where there are two columns."""
_SAME_EDGE = 0.3
"""In heights: so far apart may lines begin that are meant to begin at one edge."""
_BULLET = re.compile(r"[+*°•·●▪■¢©«»\u2010-\u2015-]{1,2}")
"""What tesseract takes the mark of a list for."""
_UNSPACED = "[\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef]"
_BLANK_OF_NONE = re.compile(f"(?<={_UNSPACED}) (?={_UNSPACED})")
"""tesseract takes each Chinese or Japanese letter for a word."""
_UPRIGHT = 3
"""Letters from which on a word is wider than it is high."""


class Word(NamedTuple):
    """A word and its box, in pixels from the top left."""

    line: tuple[str, ...]
    """Which one it stands on."""
    left: int
    top: int
    width: int
    height: int
    confidence: float
    """How sure tesseract is, 0 to 100."""
    text: str


class Recognised(NamedTuple):
    """What was read on a page."""

    text: str
    confidence: float
    """How sure tesseract is of its letters, 0 to 100."""
    missing: str = ""
    """tesseract's name of the language it seems to be in, where that is not installed."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as tesseract read it."""

    words: tuple[Word, ...]
    across: int
    """Pixels of its shorter side."""

    @staticmethod
    def of(table: str) -> Page:
        """Read the output of `tesseract ... tsv`; what is not such a table is a page without words."""
        rows = [row for line in table.splitlines()[1:] if len(row := line.split("\t", _COLUMNS - 1)) == _COLUMNS]
        try:
            across = min((min(int(row[8]), int(row[9])) for row in rows[:1]), default=1)
            return Page(tuple(word for row in rows if (word := _word(row))), max(1, across))
        except ValueError:
            return Page((), 1)

    @property
    def confidence(self) -> float:
        """Return how sure tesseract is of its letters, 0 to 100; 0 for a page without any."""
        return self.weight / max(1, sum(len(word.text) for word in self.words))

    @property
    def weight(self) -> float:
        """Return how much was read, and how surely."""
        return sum(word.confidence * len(word.text) for word in self.words)

    @property
    def is_sideways(self) -> bool:
        """Tell whether most words run up or down the page: tesseract reads one of the two ways as if it were upright."""
        long = [word for word in self.words if len(word.text) >= _UPRIGHT]
        return sum(word.height > word.width for word in long) > len(long) / 2

    def text(self) -> str:
        """Return the words in reading order."""
        return arranged(_with_dates_beside(list(self._pieces())))

    def _pieces(self) -> Iterator[Piece]:
        """Yield what stands on each line, as exact as if it had been typed: the layout compares bases and sizes."""
        lines = [list(words) for _, words in groupby(self.words, key=lambda word: word.line)]
        slope, scale = _slope(lines), _POINTS_ACROSS / self.across
        usual = scale * median([max(word.height for word in line) for line in lines] or [0])
        rows = [list(_split(line)) for line in lines]
        parts = [part for row in rows for part in row]
        heights = [_size(scale * max(word.height for word in part), usual) for part in parts]
        bases = _rows([-scale * base for row in _standing(rows, slope) for base in row], heights)
        begins = [scale * (part[0].left + slope * part[0].top) for part in parts]
        lefts = _edges(begins, usual)
        for part, begin, left, base, height in zip(parts, begins, lefts, bases, heights, strict=True):
            text = _BLANK_OF_NONE.sub("", " ".join(word.text for word in part))
            width = scale * (part[-1].left + part[-1].width - part[0].left)
            yield Piece(left, begin + width, base, height, text)


def _size(height: float, usual: float) -> float:
    """Return the size of letters so high: that of most lines, where the difference may be one of letters."""
    return usual if abs(height - usual) < _SAME_SIZE * usual else height


def _rows(bases: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return the base of each line: the same for all that stand beside each other."""
    found, row = list(bases), -inf
    for at in sorted(range(len(bases)), key=lambda at: -bases[at]):
        if row - bases[at] > _SAME_ROW * heights[at] or row == -inf:
            row = bases[at]
        found[at] = row
    return found


def _edges(lefts: Sequence[float], height: float) -> list[float]:
    """Return where each part of a line begins: the same for all that begin at one edge, whatever their first letters are."""
    found, edge = list(lefts), -inf
    for at in sorted(range(len(lefts)), key=lambda at: lefts[at]):
        if lefts[at] - edge > _SAME_EDGE * height:
            edge = lefts[at]
        found[at] = edge
    return found


def _word(row: Sequence[str]) -> Word | None:
    text, confidence = row[11].strip(), float(row[10])
    if row[0] != _WORD_LEVEL or not text or confidence < _NOISE or (_RULES.fullmatch(text) and confidence < 2 * _NOISE):
        return None
    left, top, width, height = map(int, row[6:10])
    return Word(tuple(row[1:5]), left, top, width, height, confidence, text)


def _standing(rows: Sequence[Sequence[Sequence[Word]]], slope: float) -> list[list[float]]:
    """Return on which pixel each part of each line stands. tesseract takes two columns side by side for one line each.

    They are told by how often the parts of a line stand apart. Elsewhere they stand on their line: the box of a word may hold a speck.
    """
    own = [[_sunk(part, slope) for part in row] for row in rows]
    high = median([word.height for row in rows for part in row for word in part] or [0])
    apart = [max(bases) - min(bases) > _SAME_ROW * high for bases in own if len(bases) > 1]
    if sum(apart) >= max(_FEWEST_APART, _APART * len(apart)):
        return own
    return [[_sunk(list(chain.from_iterable(row)), slope)] * len(row) for row in rows]


def _sunk(words: Sequence[Word], slope: float) -> float:
    return median(_base(word, words) - slope * (word.left + word.width / 2) for word in words)


def _base(word: Word, line: Sequence[Word]) -> float:
    """Return on which pixel the letters of a word stand, some of which reach below it."""
    depth = _DEPTH * max(other.height for other in line) if _DEEP.search(word.text) else 0.0
    return word.top + word.height - depth


def _slope(lines: Sequence[Sequence[Word]]) -> float:
    """Return how many pixels the lines of a page sink for each one to the right: paper lies crooked on the glass."""
    long = (line for line in lines if len(line) >= _FEWEST_FOR_SLOPE)
    return median([_sinking(line) for line in long] or [0.0])


def _sinking(line: Sequence[Word]) -> float:
    """Return the slope of a line by least squares over the middles of its words."""
    across, along = [word.left + word.width / 2 for word in line], [word.top + word.height / 2 for word in line]
    middle, height = fmean(across), fmean(along)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - height) for x, y in zip(across, along, strict=True)) / spread if spread else 0.0


def _with_dates_beside(pieces: list[Piece]) -> list[Piece]:
    """Put each date behind what stands on its line, as a writer would: tesseract reads a column of dates on its own."""
    placed = list(pieces)
    for before, date, after in zip((None, *pieces), pieces, (*pieces[1:], None), strict=False):
        if not is_date(date.text) or any(near is not None and near.base == date.base for near in (before, after)):
            continue
        mates = [
            piece
            for piece in pieces
            if piece.base == date.base and piece.right <= date.left and not is_date(piece.text)
        ]
        if mates:
            placed.remove(date)
            placed.insert(placed.index(max(mates, key=lambda piece: piece.right)) + 1, date)
    return placed


def _split(line: list[Word]) -> Iterator[list[Word]]:
    """Yield the parts of a line between which there is a wide gap. The mark of a list stays with what it marks."""
    widest = _SPLIT * max(word.height for word in line)
    line = _marked(line)
    gaps = [after.left - before.left - before.width for before, after in pairwise(line)]
    starts = [0, *(at for at, gap in enumerate(gaps, 1) if gap > widest), len(line)]
    yield line[: starts[1]]
    for part in (line[start:end] for start, end in pairwise(starts[1:])):
        # In a table "- 12.50" is an amount.
        yield _marked(part) if len(part) > 1 and part[1].text[0].isalpha() else part


def _marked(words: list[Word]) -> list[Word]:
    """Write the mark of a list, whatever tesseract took it for, in front of the first word."""
    if len(words) > 1 and _BULLET.fullmatch(words[0].text):
        return [words[1]._replace(text=f"• {words[1].text}"), *words[2:]]
    return words
