"""What pdfium knows of a page, in one pass: its words with their places, as pieces of lines."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from statistics import median
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

from pipeline.extract.clean import FULL_WIDTH
from pipeline.extract.direction import IS_RTL, as_read, folded, is_rtl
from pipeline.extract.gutters import Piece

_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"[^\s\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")
"""U+0002 and U+FFFE are pdfium's marks for a hyphen at the end of a line; what follows stands on the next."""
_SEEN = re.compile(r"[^\r\n]")
_DRAWN_HYPHEN = re.compile(r"\u00ad(?!\r?\n)")
"""LaTeX fonts call their hyphen a soft one; in a PDF it is drawn, so it is to be read."""
_SPLIT = 1.0
"""In heights: a wider gap may be a gutter; the layout decides."""
_BLANK = 0.19
"""In heights: letters farther apart belong to two words."""
_WIDEST_LETTER = 0.8
"""In heights, on the average of a word; a wider one has a gap in it."""
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef].|.[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Two letters of which one is Chinese or Japanese: no blank belongs between them unless one is to be seen."""
_SPACED = re.compile(r"(?:(?<=\s)|^)(?:\S{1,2}[ \t]+){3,}\S{1,2}(?=\s|$)")
_UPRIGHT = 0.05
"""Radians."""


class Word(NamedTuple):
    """A word between blanks; lengths as in a Piece."""

    left: float
    right: float
    base: float
    height: float
    text: str


class Glyph(NamedTuple):
    """A letter and where it stands."""

    start: float
    left: float
    right: float
    text: str


def pieces(
    textpage: pypdfium2.PdfTextPage, hidden: Iterable[tuple[int, int]] = (), start: int = 0
) -> list[list[Piece]]:
    """Return the pieces of a page in the order of drawing, without the characters that are hidden (first, after last).

    The first list holds what stands upright as most of the page does, each other one what is turned the
    same way; right-to-left pages are mirrored, so that reading always goes towards greater x.
    `start`: the number of the first character that is asked for.
    """
    page = _Page(textpage, hidden)
    text = page.text
    rtl = is_rtl(text)
    frames: dict[float, list[Piece]] = {}
    for line in _LINE.finditer(text, page.after(start)):
        angle, found = page.line(line.start(), line.end(), rtl)
        frames.setdefault(angle, []).extend(found)
    turned = {angle: found if angle == 0 else _regrouped(found) for angle, found in frames.items()}
    most_first = sorted(turned.values(), key=lambda found: -sum(len(piece.text) for piece in found))
    return [[_mirrored(piece) for piece in found] for found in most_first] if rtl else most_first


class _Page:
    """The calls into pdfium. Offsets in its text are those of its characters but for a few that it leaves out."""

    def __init__(self, textpage: pypdfium2.PdfTextPage, hidden: Iterable[tuple[int, int]]) -> None:
        self.raw = textpage.raw
        self.text = _DRAWN_HYPHEN.sub("-", str(textpage.get_text_range()))
        self.count = textpage.count_chars()
        self.same_offsets = len(self.text) == self.count
        for start, end in hidden:
            self.blank(start, end)
        self.box, self.matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.slant = 0.0

    def index(self, offset: int) -> int:
        """Return the number of a character."""
        return offset if self.same_offsets else int(raw.FPDFText_GetCharIndexFromTextIndex(self.raw, offset))

    def blank(self, start: int, end: int) -> None:
        """Put blanks in the place of characters that nobody sees."""
        offsets = [self.offset(index) for index in range(start, end)]
        known = [offset for offset in offsets if offset >= 0]
        if known:
            first, last = known[0], known[-1] + 1
            self.text = self.text[:first] + _SEEN.sub(" ", self.text[first:last]) + self.text[last:]

    def offset(self, index: int) -> int:
        """Return where a character stands in the text; -1: it was left out."""
        return index if self.same_offsets else int(raw.FPDFText_GetTextIndexFromCharIndex(self.raw, index))

    def after(self, index: int) -> int:
        """Return where in the text a character stands, or the next one that was not left out."""
        offsets = map(self.offset, range(index, self.count))
        return next((offset for offset in offsets if offset >= 0), len(self.text))

    def line(self, start: int, end: int, rtl: bool) -> tuple[float, list[Piece]]:
        """Return how a line of pdfium's text is turned (radians, to the left), and its pieces."""
        first = next((at for at in range(start, end) if not self.text[at].isspace()), None)
        if first is None:
            return 0.0, []
        index = self.index(first)
        height, angle = self.font(index)
        upright = abs(angle) < _UPRIGHT
        if upright and (rtl or IS_RTL.search(self.text, start, end)):
            return 0.0, self.by_glyph(start, end, height, rtl)
        if upright:
            words = [word for found in _WORD.finditer(self.text, start, end) for word in self.words(found, height)]
            return 0.0, list(_split(_unspaced(words, self.text[start:end])))
        return round(angle, 1), [self.turned(found, height, angle) for found in _WORD.finditer(self.text, start, end)]

    def font(self, index: int) -> tuple[float, float]:
        """Return the height of the font of a character, and by how much it is turned, in radians to the left."""
        size, matrix = raw.FPDFText_GetFontSize(self.raw, index), self.matrix
        raw.FPDFText_GetMatrix(self.raw, index, matrix)
        a, b = matrix.a, matrix.b
        width = math.hypot(a, b) or 1.0
        self.slant = max(matrix.c / matrix.d, 0.0) if b == 0 and matrix.d else 0.0
        height = abs(size * (a * matrix.d - b * matrix.c)) / width  # the determinant: slanting does not make it higher
        return height or 1.0, math.atan2(b, a)

    def words(self, found: re.Match[str], height: float) -> list[Word]:
        """Return a word of an upright line; cells without a blank between them, as in Chinese, as several."""
        text, box = found[0], self.box
        first, last = self.index(found.start()), self.index(found.end() - 1)
        raw.FPDFText_GetLooseCharBox(self.raw, first, box)
        left, right = box.left, box.right
        if last != first:
            raw.FPDFText_GetLooseCharBox(self.raw, last, box)
            right = box.right
        raw.FPDFText_GetCharOrigin(self.raw, first, self.x, self.y)
        word = Word(left, right, self.y.value, height, text)
        if right - left < _WIDEST_LETTER * (len(text) + 1) * height and (text.isascii() or text[0] < FULL_WIDTH):
            return [word]
        cells = _split_glyphs(self.glyphs(found), height)
        return [
            Word(cell[0].left, cell[-1].right, word.base, height, "".join(glyph.text for glyph in cell))
            for cell in cells
        ]

    def turned(self, found: re.Match[str], height: float, angle: float) -> Piece:
        """Return a word of a turned line as if the page were turned so that it stands upright."""
        across, up = math.cos(angle), math.sin(angle)
        ends: list[float] = []
        for at in (self.index(found.start()), self.index(found.end() - 1)):
            raw.FPDFText_GetLooseCharBox(self.raw, at, self.box)
            ends += [
                x * across + y * up for x in (self.box.left, self.box.right) for y in (self.box.bottom, self.box.top)
            ]
        raw.FPDFText_GetCharOrigin(self.raw, self.index(found.start()), self.x, self.y)
        return Piece(min(ends), max(ends), self.y.value * across - self.x.value * up, height, found[0])

    def by_glyph(self, start: int, end: int, height: float, rtl: bool) -> list[Piece]:
        """Return the pieces of a line with text from right to left, letter by letter."""
        words = [self.glyphs(found) for found in _WORD.finditer(self.text, start, end)]
        base = self.y.value
        cells = _split_glyphs(_seen(words, height), height)
        return [
            Piece(cell[0].left, cell[-1].right, base, height, folded(as_read(_spelt(cell, height), rtl)))
            for cell in cells
        ]

    def glyphs(self, found: re.Match[str]) -> list[Glyph]:
        """Return the letters of a word from left to right, whichever way they are stored."""
        glyphs = []
        for offset in range(found.start(), found.end()):
            index, box = self.index(offset), self.box
            raw.FPDFText_GetLooseCharBox(self.raw, index, box)
            raw.FPDFText_GetCharOrigin(self.raw, index, self.x, self.y)
            low, high = self.slant * (box.bottom - self.y.value), self.slant * (box.top - self.y.value)
            glyphs.append(Glyph(self.x.value, box.left - low, box.right - high, self.text[offset]))  # set upright
        return glyphs[::-1] if glyphs[0].start > glyphs[-1].start else glyphs


def _seen(words: list[list[Glyph]], height: float) -> list[Glyph]:
    """Return letters from left to right, each with the marks above and below it."""
    marks = [glyph for word in words for glyph in word if unicodedata.combining(glyph.text)]
    plain = ([glyph for glyph in word if not unicodedata.combining(glyph.text)] for word in words)
    letters = [glyph for word in sorted(filter(None, plain)) for glyph in _sorted(word, 0.1 * height)]
    for mark in marks if letters else ():
        middle = mark.left + mark.right
        at = min(range(len(letters)), key=lambda at: abs(letters[at].left + letters[at].right - middle))
        letters[at] = letters[at]._replace(text=letters[at].text + mark.text)
    return letters


def _sorted(word: list[Glyph], slack: float) -> list[Glyph]:
    """Sort the letters of a word, unless they are in order but for two of a ligature, whose places say little."""
    in_order = all(after.start > before.start - slack for before, after in itertools.pairwise(word))
    return word if in_order else sorted(word)


def _split_glyphs(glyphs: list[Glyph], height: float) -> list[list[Glyph]]:
    lines: list[list[Glyph]] = []
    for glyph in glyphs:
        if lines and glyph.left - lines[-1][-1].right <= _SPLIT * height:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def _spelt(glyphs: list[Glyph], height: float) -> str:
    text, right = "", glyphs[0].left
    for glyph in glyphs:
        text += (" " if glyph.left - right > _BLANK * height else "") + glyph.text
        right = max(right, glyph.right)
    return text


def _split(words: list[Word]) -> Iterator[Piece]:
    """Yield the words of a line joined to pieces, cut at wide gaps and where drawing jumped."""
    joined: list[str] = []
    left = right = base = height = 0.0
    for word in words:
        same_line = abs(word.base - base) < 0.6 * height
        if joined and same_line and -height < word.left - right <= _SPLIT * height:
            is_tight = word.left - right < _BLANK * height and _UNSPACED.match(joined[-1][-1] + word.text[0])
            joined += [word.text] if is_tight else [" ", word.text]
        else:
            if joined:
                yield Piece(left, right, base, height, "".join(joined))
            base = base if joined and same_line else word.base  # cells of a row may be off by a few points
            joined, left, height = [word.text], word.left, word.height
        right = word.right
    if joined:
        yield Piece(left, right, base, height, "".join(joined))


def _unspaced(words: list[Word], line: str) -> list[Word]:
    """Mend words whose letters were set apart, as in a heading: the wider gaps are between words."""
    if not _SPACED.search(line):
        return words
    mended: list[Word] = []
    run: list[Word] = []
    for word in words:
        if len(word.text) <= 2:
            run.append(word)
            continue
        mended += [*_closed_up(run), word]
        run = []
    return mended + _closed_up(run)


def _closed_up(run: list[Word]) -> list[Word]:
    letters = [word.text for word in run]
    singles = sum(len(text) == 1 and text.isalpha() for text in letters)
    if len(run) < 4 or singles < 0.75 * len(run) or letters == sorted(letters):  # sorted: classes of a driving licence
        return run
    gaps = [after.left - before.right for before, after in itertools.pairwise(run)]
    usual = median(gaps)
    if usual > 0.75 * run[0].height:  # labels of an axis
        return run
    wide = 1.6 * usual
    words = [run[0]]
    for gap, word in zip(gaps, run[1:], strict=True):
        if gap < wide:
            words[-1] = words[-1]._replace(right=word.right, text=words[-1].text + word.text)
        else:
            words.append(word)
    return words


def _regrouped(found: list[Piece]) -> list[Piece]:
    """Join pieces of turned text, of which pdfium makes a line each."""
    joined: list[Piece] = []
    for piece in found:
        before = joined[-1] if joined else None
        gap = piece.left - before.right if before else 0.0
        if (
            before
            and abs(piece.base - before.base) < 0.35 * piece.height
            and -0.5 * piece.height < gap < _SPLIT * piece.height
        ):
            blank = " " if gap > _BLANK * piece.height else ""
            joined[-1] = before._replace(right=piece.right, text=before.text + blank + piece.text)
        else:
            joined.append(piece)
    return joined


def _mirrored(piece: Piece) -> Piece:
    return piece._replace(left=-piece.right, right=-piece.left)
