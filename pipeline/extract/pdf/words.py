"""What pdfium knows of a page, in one pass: its words with their places, as pieces of lines."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pypdfium2
from pypdfium2 import raw

from pipeline.extract.clean import FULL_WIDTH
from pipeline.extract.layout.direction import IS_RTL, is_rtl
from pipeline.extract.layout.gutters import LARGER, SLACK, Piece
from pipeline.extract.layout.rows import Row, add, put_in, read_rows, runs_rtl
from pipeline.extract.layout.runs import SAME_LINE as ROW_REACH
from pipeline.extract.layout.spacing import (
    SAME_LINE,
    Glyph,
    Word,
    is_parted,
    may_be_torn,
    mended,
    mirrored,
    missed_blanks,
    regrouped,
    split,
    split_glyphs,
    unspaced,
    whole,
)
from pipeline.extract.layout.turned import with_headings
from pipeline.extract.pdf.grid import joined_cells
from pipeline.extract.pdf.page_objects import Painted, Rule, Rules
from pipeline.extract.pdf.structure import NO_MEANING

_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"[^\s\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")
"""U+0002 and U+FFFE are pdfium's marks for a hyphen at the end of a line; what follows stands on the next."""
_SEEN = re.compile(r"[^\r\n]")
_DRAWN_HYPHEN = re.compile(r"\u00ad(?!\r?\n)")
"""LaTeX fonts call their hyphen a soft one; in a PDF it is drawn, so it is to be read."""
_BEYOND_16_BITS = re.compile("[\U00010000-\U0010ffff]")
_PLAIN_WORD = re.compile("[!-~\u00a1-\u02ff\u0370-\u052f\u1e00-\u1fff]{7,}")
"""Letters that stand beside each other, none upon another."""
_WIDEST_LETTER = 0.8
"""In heights, on the average of a word; a wider one has a gap in it."""
_MOST_RULES = 4_000
"""On a page; more are a drawing, not tables."""
_RISE = 0.6
"""In heights: how far up a rule reaches that parts the letters of a line."""
_RAISED = 0.2
"""In heights: what stands higher by as much is the number of a note, or an exponent."""
_LEVEL, _TOUCHING = 0.02, 0.15
"""In heights: how far the letters of a word that was cut are off its base at most, and from each other."""
_TALLEST = 500.0
"""Points: no letter is higher."""
_LONGEST_NAME = 128
"""Bytes of a font's name that are looked at."""
_NOTE = re.compile(r"[\d)]")
_SHORTEST_WORD = 3
"""Letters: less may be a raised number, or one that is set lower."""
_TORN = 3
"""One line in so many that pdfium cut between letters, and the page is of that kind."""
_NOTHING = "\u2060"
"""A character without width, which `clean` leaves out."""
_UPRIGHT = 0.05
"""Radians."""


def pieces(
    textpage: pypdfium2.PdfTextPage,
    hidden: Iterable[tuple[int, int]] = (),
    start: int = 0,
    drawn: Painted | None = None,
    codes: Callable[[], Mapping[int, str]] = dict,
) -> list[list[Piece]]:
    """Return the pieces of a page in the order of drawing, without the characters that are hidden (first, after last).

    The first list holds what stands upright as most of the page does, each other one what is turned the
    same way; right-to-left pages are mirrored, so that reading always goes towards greater x.
    `start`: the number of the first character that is asked for. `drawn`: all that is painted on the page;
    its rules part the cells of a table. `codes` returns a letter for each character that has no meaning.
    """
    rules = drawn.rules if drawn else Rules()
    page = _Page(textpage, hidden, rules.upright, codes)
    mostly_rtl = is_rtl(page.text)
    frames = _frames(page, start, mostly_rtl)
    # What is turned may also stand among the letters of upright lines.
    if 0 in frames and (len(frames) > 1 or (drawn and drawn.has_upended())):
        turned = page.taken_out(page.after(start))
        frames = {**_frames(page, start, mostly_rtl), **turned}
    rtl = mostly_rtl and runs_rtl(frames.get(0, ()))
    read = {
        angle: joined_cells(read_rows(found, rtl), rules) if angle == 0 else regrouped(read_rows(found, rtl))
        for angle, found in frames.items()
    }
    most_first = sorted(
        (read if rtl else with_headings(read)).values(), key=lambda found: -sum(len(piece.text) for piece in found)
    )
    return [[mirrored(piece) for piece in found] for found in most_first] if rtl else most_first


def _frames(page: _Page, start: int, mostly_rtl: bool) -> dict[float, Sequence[Piece | Row]]:
    """Return what stands on a page by how it is turned (radians, to the left)."""
    frames: dict[float, list[Piece | Row]] = {}
    lines = list(page.lines(page.after(start)))
    is_torn = _TORN * sum(not is_whole for _, _, is_whole in lines) > len(lines)  # then words are lines of their own
    for begin, end, is_whole in lines:
        angle, found = page.line(begin, end, mostly_rtl or is_torn or not is_whole)
        frame = frames.setdefault(angle, [])
        for one in found:
            add(frame, one)
    return dict(frames)


class _Page:
    """The calls into pdfium. Offsets in its text are those of its characters but for a few that it leaves out.

    It counts in units of UTF-16, of which an emoji or a mathematical letter has two.
    """

    def __init__(
        self,
        textpage: pypdfium2.PdfTextPage,
        hidden: Iterable[tuple[int, int]],
        rules: Sequence[Rule],
        codes: Callable[[], Mapping[int, str]],
    ) -> None:
        self.raw = textpage.raw
        text = str(textpage.get_text_range(errors="surrogatepass"))  # nothing is left out that pdfium counts
        self.text = _DRAWN_HYPHEN.sub("-", text.translate(codes()) if NO_MEANING.search(text) else text)
        self.count = textpage.count_chars()
        self.pairs = [found.start() for found in _BEYOND_16_BITS.finditer(text)]
        self.seconds = [offset + number for number, offset in enumerate(self.pairs, 1)]
        self.same_offsets = len(text) + len(self.pairs) == self.count
        for start, end in hidden:
            self.blank(start, end)
        self.box, self.matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.name, self.colour = ctypes.create_string_buffer(_LONGEST_NAME), [ctypes.c_uint() for _ in range(4)]
        self.slant = 0.0
        self.rules = rules if len(rules) <= _MOST_RULES else ()
        self.beside: dict[tuple[float, float], list[float]] = {}

    def index(self, offset: int) -> int:
        """Return the number of a character."""
        unit = offset + bisect_left(self.pairs, offset) if self.pairs else offset
        return unit if self.same_offsets else int(raw.FPDFText_GetCharIndexFromTextIndex(self.raw, unit))

    def blank(self, start: int, end: int) -> None:
        """Put blanks in the place of characters that nobody sees."""
        offsets = [self.offset(index) for index in range(start, end)]
        known = [offset for offset in offsets if offset >= 0]
        if known:
            first, last = known[0], known[-1] + 1
            self.text = self.text[:first] + _SEEN.sub(" ", self.text[first:last]) + self.text[last:]

    def offset(self, index: int) -> int:
        """Return where a character stands in the text; -1: it was left out."""
        unit = index if self.same_offsets else int(raw.FPDFText_GetTextIndexFromCharIndex(self.raw, index))
        return unit - bisect_right(self.seconds, unit) if self.pairs else unit

    def after(self, index: int) -> int:
        """Return where in the text a character stands, or the next one that was not left out."""
        offsets = map(self.offset, range(index, self.count))
        return next((offset for offset in offsets if offset >= 0), len(self.text))

    def lines(self, start: int) -> Iterator[tuple[int, int, bool]]:
        """Yield where each line begins and ends. False: pdfium had cut it between letters that touch, as it does on some pages."""
        begin, end, is_whole = start, start, True
        for line in _LINE.finditer(self.text, start):
            if end > begin and self.touch(end - 1, line.start()):
                end, is_whole = line.end(), False
                continue
            if end > begin:
                yield begin, end, is_whole
            begin, end, is_whole = line.start(), line.end(), True
        if end > begin:
            yield begin, end, is_whole

    def touch(self, last: int, first: int) -> bool:
        """Tell whether two letters stand beside each other on one line, upright, with nothing between them."""
        if self.text[last].isspace() or self.text[first].isspace():
            return False
        rise = abs(self.base(last) - self.base(first))
        if rise > _LEVEL * _TALLEST:  # as most lines stand: there is nothing more to ask for
            return False
        before, after = self.index(last), self.index(first)
        height, angle = self.font(after)
        if abs(angle) >= _UPRIGHT or rise > _LEVEL * height:
            return False
        (left, right), (begin, end) = self.edges(before), self.edges(after)
        return min(abs(begin - right), abs(left - end)) < _TOUCHING * height

    def line(self, start: int, end: int, rtl: bool) -> tuple[float, list[Piece] | list[Row]]:
        """Return how a line of pdfium's text is turned (radians, to the left), and its pieces, or rows to make pieces of."""
        first = next((at for at in range(start, end) if not self.text[at].isspace()), None)
        if first is None:
            return 0.0, []
        index = self.index(first)
        height, angle = self.font(index)
        upright = abs(angle) < _UPRIGHT
        if upright and (rtl or IS_RTL.search(self.text, start, end)):
            return 0.0, self.rows(start, end, height)
        if upright:
            base = self.base(first)
            rise = base - self.base(end - 1) if self.text[end - 1] > " " else 0.0
            if rise > 0:  # the first may be raised, and so may be small
                largest = max(height, self.font(self.index(end - 1))[0])
                height = largest if rise < SAME_LINE * largest else height
            bars = self.bars(base, height)
            found = list(_WORD.finditer(self.text, start, end))
            words = [word for match in found for word in self.in_size(match, self.words(match, height, bars), base)]
            if len(words) == len(found) and may_be_torn(words):
                words = mended(words, self.room(found), [self.is_put_in(match.end()) for match in found])
            style = self.style(first, end - 1)
            return 0.0, [piece._replace(style=style) for piece in split(unspaced(words, self.text[start:end]), bars)]
        return round(angle, 1), [self.turned(found, height, angle) for found in _WORD.finditer(self.text, start, end)]

    def taken_out(self, start: int) -> dict[float, list[Piece]]:
        """Return what is turned, word by word, and leave blanks in its place: pdfium puts what lies level on one line."""
        found: dict[float, list[Piece]] = {}
        left = list(self.text)
        seen = [at for at in range(start, len(self.text)) if not self.text[at].isspace()]
        for (height, angle), group in itertools.groupby(seen, lambda at: self.font(self.index(at))):
            letters = list(group)
            if abs(angle) >= _UPRIGHT:
                begin, end = letters[0], letters[-1] + 1
                words = [self.turned(word, height, angle) for word in _WORD.finditer(self.text, begin, end)]
                found.setdefault(round(angle, 1), []).extend((words[0]._replace(is_cell=True), *words[1:]))
                goes_on = begin > 0 and end < len(self.text) and self.touch(begin - 1, end)
                left[begin:end] = (_NOTHING if goes_on else " ") * (end - begin)
        self.text = "".join(left)
        return {angle: sorted(words, key=lambda word: (-round(word.base), word.left)) for angle, words in found.items()}

    def bars(self, base: float, height: float) -> list[float]:
        """Return where rules stand beside letters on a base, from left to right."""
        if not self.rules:
            return []
        head = base + _RISE * height
        if (base, head) not in self.beside:
            self.beside[base, head] = sorted(rule.at for rule in self.rules if rule.start <= base and rule.end >= head)
        return self.beside[base, head]

    def font(self, index: int) -> tuple[float, float]:
        """Return the height of the font of a character, and by how much it is turned, in radians to the left."""
        size, matrix = raw.FPDFText_GetFontSize(self.raw, index), self.matrix
        raw.FPDFText_GetMatrix(self.raw, index, matrix)
        a, b = (matrix.a, matrix.b) if size > 0 else (-matrix.a, -matrix.b)  # a size below 0 turns by half a circle
        width = math.hypot(a, b) or 1.0
        self.slant = max(matrix.c / matrix.d, 0.0) if b == 0 and matrix.d else 0.0
        determinant = matrix.a * matrix.d - matrix.b * matrix.c  # slanting does not make it higher
        height = abs(size * determinant) / width
        return height or 1.0, math.atan2(b, a)

    def style(self, first: int, last: int) -> str:
        """Return the font and the colour of a line; "" where those of its ends differ."""
        styles = {self.looks(self.index(at)) for at in (first, last) if not self.text[at].isspace()}
        return styles.pop() if len(styles) == 1 else ""

    def looks(self, index: int) -> str:
        """Return the font and the colour of a character; "" where the font has no name."""
        size = raw.FPDFText_GetFontInfo(self.raw, index, self.name, _LONGEST_NAME, None)
        if not 1 < size <= _LONGEST_NAME or not raw.FPDFText_GetFillColor(self.raw, index, *self.colour):
            return ""
        return f"{self.name.value.decode('latin-1')} {[part.value for part in self.colour]}"

    def words(self, found: re.Match[str], height: float, bars: Sequence[float]) -> list[Word]:
        """Return a word of an upright line; cells without a blank between them, as in Chinese, as several."""
        text = found[0]
        first, last = self.index(found.start()), self.index(found.end() - 1)
        left, right = self.edges(first)
        if last != first:
            right = self.edges(last)[1]
        raw.FPDFText_GetCharOrigin(self.raw, first, self.x, self.y)
        word = Word(left, right, self.y.value, height, text)
        raised = self.raised(found, word) if _NOTE.match(text[-1]) else found.end()
        if raised < found.end():
            parts = _WORD.finditer(self.text, found.start(), raised), _WORD.finditer(self.text, raised, found.end())
            return [word for part in itertools.chain(*parts) for word in self.words(part, height, bars)]
        is_narrow = right - left < _WIDEST_LETTER * (len(text) + 1) * height and (
            text.isascii() or text[0] < FULL_WIDTH
        )
        if is_narrow and not is_parted(left, right, bars):
            is_plain = last - first == len(text) - 1 and _PLAIN_WORD.fullmatch(text)
            return self.parted(word, first) if is_plain else [word]
        cells = split_glyphs(self.glyphs(found), height, bars)
        return [
            Word(cell[0].left, cell[-1].right, word.base, height, "".join(glyph.text for glyph in cell))
            for cell in cells
        ]

    def in_size(self, found: re.Match[str], words: list[Word], base: float) -> list[Word]:
        """Give words their own height where they are too small for a line on this base, as a letterhead beside a title is.

        pdfium takes for one line what stands beside a large letter.
        """
        first = words[0]
        if abs(first.base - base) <= SLACK or len(first.text) < _SHORTEST_WORD:
            return words
        height, _ = self.font(self.index(found.start()))
        is_other = LARGER * height < first.height and abs(first.base - base) > ROW_REACH * height
        return [word._replace(height=height) for word in words] if is_other else words

    def raised(self, found: re.Match[str], word: Word) -> int:
        """Return where in a word a number begins that stands higher than the one before it, such as that of a note."""
        at, least = found.end(), word.base + _RAISED * word.height
        while at > found.start() and _NOTE.match(self.text[at - 1]) and self.base(at - 1) > least:
            at -= 1
        is_number = found.start() < at < found.end() and self.text[at - 1 : at + 1].isdecimal()
        return at if is_number else found.end()

    def base(self, offset: int) -> float:
        """Return the line on which a character stands."""
        raw.FPDFText_GetCharOrigin(self.raw, self.index(offset), self.x, self.y)
        return self.y.value

    def parted(self, word: Word, start: int) -> list[Word]:
        """Cut a word, from its first character on, where pdfium missed a blank."""
        edges = [self.edges(index) for index in range(start, start + len(word.text))]
        cuts = missed_blanks(word.text, edges, word.height)
        return [
            word._replace(left=edges[first][0], right=edges[end - 1][1], text=word.text[first:end])
            for first, end in itertools.pairwise((0, *cuts, len(edges)))
        ]

    def room(self, found: Iterable[re.Match[str]]) -> list[float]:
        """Return the gaps between the letters of each of some words."""
        words = ([self.edges(self.index(offset)) for offset in range(*match.span())] for match in found)
        return [after[0] - before[1] for edges in words for before, after in itertools.pairwise(edges)]

    def is_put_in(self, offset: int) -> bool:
        """Tell whether a character is a blank of pdfium's own, put where letters stand apart."""
        return offset < len(self.text) and raw.FPDFText_IsGenerated(self.raw, self.index(offset)) == 1

    def edges(self, index: int) -> tuple[float, float]:
        """Return where a letter begins and ends, with the room on its sides."""
        raw.FPDFText_GetLooseCharBox(self.raw, index, self.box)
        return self.box.left, self.box.right

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

    def rows(self, start: int, end: int, height: float) -> list[Row]:
        """Return the rows of a line with text from right to left, letter by letter; pdfium runs some of them together."""
        found: list[Row] = []
        for match in _WORD.finditer(self.text, start, end):
            letters = (at for at in range(*match.span()) if not unicodedata.combining(self.text[at]))
            base = self.base(next(letters, match.start()))
            word = Row([self.glyphs(match)], base, height, self.bars(base, height))
            put_in(found, word, SAME_LINE)
        return sorted(found, key=lambda row: -row.base)

    def glyphs(self, found: re.Match[str]) -> list[Glyph]:
        """Return the letters of a word from left to right, whichever way they are stored."""
        glyphs = []
        for offset in range(found.start(), found.end()):
            index, box = self.index(offset), self.box
            raw.FPDFText_GetLooseCharBox(self.raw, index, box)
            raw.FPDFText_GetCharOrigin(self.raw, index, self.x, self.y)
            low, high = self.slant * (box.bottom - self.y.value), self.slant * (box.top - self.y.value)
            glyphs.append(Glyph(self.x.value, box.left - low, box.right - high, self.text[offset]))  # set upright
        if IS_RTL.search(found[0]):
            glyphs = [
                glyph for _, drawn in itertools.groupby(glyphs, lambda at: at[:3]) for glyph in whole(list(drawn))
            ]
        return glyphs[::-1] if glyphs[0].start > glyphs[-1].start else glyphs
