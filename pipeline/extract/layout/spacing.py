"""Letters and words of a line, as the gaps between them say: what is one word, what is the next cell. No effects."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from pipeline.extract.figures import are_two_figures
from pipeline.extract.layout.direction import IS_RTL, LIGATURES
from pipeline.extract.layout.gutters import SLACK, Piece

_SPLIT = 1.0
"""In heights: a wider gap may be a gutter; the layout decides."""
_BLANK = 0.19
"""In heights: letters farther apart belong to two words."""
_WIDE_BLANK = 0.5
"""In heights: no wider is one between two words of a heading."""
_MISSED_BLANK, _USUAL_GAP = 0.12, 0.25
"""In heights, between the widths of two letters in what pdfium takes for a word; what is usual in it, of such a gap."""
_FIGURE_GAP = 0.6
"""In heights: a wider gap between two figures, one of them with decimals, parts two cells; a blank is half as wide."""
_FEWEST_GAPS, _SAME_GAP, _WIDEST_BLANK = 2, 0.03, 4.0
"""Of a justified line: as many gaps, which differ by so much at most and are so wide, both in heights."""
_SET_APART, _WIDER = 0.07, 1.6
"""In heights: a gap that letters of a word have only where they are set apart; how many times wider a blank is at least."""
_CLOSING = ",.;:!?)]}"
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef].|.[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
"""Two letters of which one is Chinese or Japanese: no blank belongs between them unless one is to be seen."""
_SPACED = re.compile(r"(?:(?<=\s)|^)(?:\S{1,2}[ \t]+){3,}\S{1,2}(?=\s|$)")
_PARTED = 1.0
"""Points: the least gap between letters in which a rule has room."""
_SPELT_OUT = re.compile(r"(?=.*(?:[^\W\d_]{1,2} ){3}[^\W\d_])(?:(?:[^\W\d_]{1,2}|[\d.,:;/€$£@+|_&()–-])(?: |$))+")
"""Letters of a word, of which two stand close where there is kerning (AT), and figures one by one."""
SAME_LINE = 0.6
"""In heights: how far the letters of a line may be off its base."""


class Word(NamedTuple):
    """A word between blanks; lengths as in a Piece."""

    left: float
    right: float
    base: float
    height: float
    text: str


class Glyph(NamedTuple):
    """A letter, or several that are drawn as one, and where it stands."""

    start: float
    left: float
    right: float
    text: str

    @property
    def is_mark(self) -> bool:
        """Tell whether it stands above or below a letter."""
        return unicodedata.combining(self.text[0]) > 0


def whole(letters: list[Glyph]) -> list[Glyph]:
    """Put the letters of one glyph together, such as lam and alef, in the order in which they would be seen.

    pdfium turns round what runs from right to left, and so the letters within a glyph; but where the glyph
    is a letter of Unicode's that stands for several, it takes that one apart afterwards.
    """
    marks = [glyph for glyph in letters if glyph.is_mark]
    text = "".join(glyph.text for glyph in letters if not glyph.is_mark)
    if len(text) < 2 or not all(map(IS_RTL.match, text)):
        return letters
    return [letters[0]._replace(text=text[::-1] if text in LIGATURES else text), *marks]


def missed_blanks(text: str, edges: list[tuple[float, float]], height: float) -> list[int]:
    """Return before which letters of a word, given where each begins and ends, a gap is much wider than is usual in it."""
    gaps = [after[0] - before[1] for before, after in itertools.pairwise(edges)]
    least = _MISSED_BLANK * height
    if max(gaps) <= least or not -least < (usual := median(gaps)) < _USUAL_GAP * max(gaps):
        return []
    least = max(least, usual / _USUAL_GAP)
    return [at for at, gap in enumerate(gaps, 1) if gap > least and text[at] not in _CLOSING]


def seen(words: list[list[Glyph]], height: float) -> list[Glyph]:
    """Return letters from left to right, each with the marks above and below it."""
    marks = [glyph for word in words for glyph in word if glyph.is_mark]
    plain = ([glyph for glyph in word if not glyph.is_mark] for word in words)
    parts = (part for word in plain for part in _without_holes(word, _BLANK * height))
    letters = [glyph for part in sorted(parts) for glyph in _sorted(part, 0.1 * height)]
    for mark in marks if letters else ():
        middle = mark.left + mark.right
        at = min(range(len(letters)), key=lambda at: abs(letters[at].left + letters[at].right - middle))
        letters[at] = letters[at]._replace(text=letters[at].text + mark.text)
    return letters


def _without_holes(word: list[Glyph], widest: float) -> Iterator[list[Glyph]]:
    """Cut a word of pdfium's where there is room for another letter: a bracket may have been put beside the wrong word."""
    part: list[Glyph] = []
    for glyph in word:
        if part and max(glyph.left, part[-1].left) - min(glyph.right, part[-1].right) > widest:
            yield part
            part = []
        part.append(glyph)
    if part:
        yield part


def _sorted(word: list[Glyph], slack: float) -> list[Glyph]:
    """Sort the letters of a word, unless they are in order but for two of a ligature, whose places say little."""
    in_order = all(after.start > before.start - slack for before, after in itertools.pairwise(word))
    return word if in_order else sorted(word)


def is_parted(left: float, right: float, bars: Sequence[float]) -> bool:
    """Tell whether a rule stands in a gap, which letters that touch each other do not have."""
    if not bars or right - left < _PARTED:
        return False
    at = bisect_left(bars, left - SLACK / 2)
    return at < len(bars) and bars[at] <= right + SLACK / 2


def split_glyphs(glyphs: list[Glyph], height: float, bars: Sequence[float] = ()) -> list[list[Glyph]]:
    """Cut letters at wide gaps and at rules: cells."""
    lines: list[list[Glyph]] = []
    for glyph in glyphs:
        right = lines[-1][-1].right if lines else -math.inf
        if glyph.left - right <= _SPLIT * height and not is_parted(right, glyph.left, bars):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def split_figures(glyphs: list[Glyph], height: float) -> list[list[Glyph]]:
    """Cut letters between two figures that stand farther apart than words do."""
    words: list[list[Glyph]] = []
    for glyph in glyphs:
        if words and glyph.left - words[-1][-1].right <= _BLANK * height:
            words[-1].append(glyph)
        else:
            words.append([glyph])
    cells = words[:1]
    for before, word in itertools.pairwise(words):
        is_far = word[0].left - before[-1].right > _FIGURE_GAP * height
        if is_far and are_two_figures(*("".join(glyph.text for glyph in part) for part in (before, word))):
            cells.append(word)
        else:
            cells[-1] = cells[-1] + word
    return cells


def spelt(glyphs: list[Glyph], height: float) -> str:
    """Return letters as a text, with a blank where one is to be seen."""
    text, right = "", glyphs[0].left
    for glyph in glyphs:
        text += (" " if glyph.left - right > _BLANK * height else "") + glyph.text
        right = max(right, glyph.right)
    return text


def _widest_blank(words: list[Word]) -> float:
    """Return the gap between the words of a justified line, all of them the same; 0: they are not, or each is a name."""
    gaps = [after.left - before.right for before, after in itertools.pairwise(words)]
    are_words = all(any(map(str.isalpha, word.text)) for word in words) and not all(
        word.text[0].isupper() for word in words
    )
    if len(gaps) < _FEWEST_GAPS or not are_words or len({word.base for word in words}) > 1:
        return 0.0
    is_justified = max(gaps) - min(gaps) < _SAME_GAP * words[0].height and max(gaps) < _WIDEST_BLANK * words[0].height
    return max(gaps) if is_justified else 0.0


def split(words: list[Word], bars: Sequence[float]) -> Iterator[Piece]:
    """Yield the words of a line joined to pieces, cut at wide gaps, at rules, between figures, and where drawing jumped."""
    joined: list[str] = []
    left = right = base = height = 0.0
    is_cell = False
    widest: float | None = None
    for word in words:
        gap = word.left - right
        same_line = abs(word.base - base) < SAME_LINE * height
        goes_on = bool(joined) and same_line
        # Letters alone in their boxes are a number or a name on a form.
        is_next = goes_on and len(joined[-1] + word.text) > 2 and is_parted(right, word.left, bars)
        is_next |= goes_on and gap > _FIGURE_GAP * height and are_two_figures(joined[-1], word.text)
        if widest is None and goes_on and gap > _SPLIT * height:
            widest = _widest_blank(words)
        if goes_on and not is_next and -height < gap <= max(widest or 0.0, _SPLIT * height):
            is_tight = gap < _BLANK * height and _UNSPACED.match(joined[-1][-1] + word.text[0])
            if len(joined) == 1:
                base = min(base, word.base)  # the first may be raised
            joined += [word.text] if is_tight else [" ", word.text]
        else:
            if joined:
                yield Piece(left, right, base, height, "".join(joined), is_cell)
            base = base if goes_on and word.height == height else word.base  # cells may be off by a few points
            joined, left, height, is_cell = [word.text], word.left, word.height, is_next
        right = word.right
    if joined:
        yield Piece(left, right, base, height, "".join(joined), is_cell)


def may_be_torn(words: list[Word]) -> bool:
    """Tell whether a gap between words of a line is narrower than a blank, or most are of a letter or two."""
    short = sum(len(word.text) <= 2 for word in words)
    return 2 * short > len(words) > 2 or any(
        after.left - before.right < _BLANK * before.height for before, after in itertools.pairwise(words)
    )


def mended(words: list[Word], gaps: list[float], were_put_in: list[bool]) -> list[Word]:
    """Join words that pdfium tore where letters are set apart, as in a heading: a gap no wider than is usual within words is no blank.

    `gaps`: those within all words. `were_put_in`: whether the blank behind each word is pdfium's own.
    """
    least = median(gaps) if gaps else 0.0
    if least <= _SET_APART * words[0].height:
        return words
    blanks = [after.left - before.right for before, after in itertools.pairwise(words)]
    usual = min(median(gaps + blanks), 2 * least)  # two letters of which one is kerned say too little
    whole = words[:1]
    for was_put_in, blank, before, word in zip(were_put_in, blanks, words, words[1:], strict=False):
        if was_put_in and -usual < blank < _WIDER * usual and abs(word.base - before.base) < SLACK:
            whole[-1] = whole[-1]._replace(right=word.right, text=whole[-1].text + word.text)
        else:
            whole.append(word)
    return whole


def unspaced(words: list[Word], line: str) -> list[Word]:
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
    singles = [text for text in letters if len(text) == 1]
    if len(run) < 4 or len(singles) < 0.75 * len(run) or letters == sorted(letters):  # classes of a driving licence
        return run
    if sum(map(str.isalpha, singles)) < 0.75 * len(run) and not _SPELT_OUT.fullmatch(" ".join(letters)):
        return run
    gaps = [after.left - before.right for before, after in itertools.pairwise(run)]
    usual = median(gaps)
    if usual > 0.75 * run[0].height:  # labels of an axis
        return run
    wide = _WIDER * usual
    words = [run[0]]
    for gap, word in zip(gaps, run[1:], strict=True):
        if gap < wide:
            words[-1] = words[-1]._replace(right=word.right, text=words[-1].text + word.text)
        else:
            words.append(word)
    return words


def regrouped(found: list[Piece]) -> list[Piece]:
    """Join words of turned text, of which pdfium makes a line each; one that is marked as a cell was drawn apart from those before."""
    rows: list[list[Piece]] = []
    for piece in found:
        before = rows[-1][-1] if rows else None
        gap = piece.left - before.right if before else 0.0
        are_cells = before and gap > _FIGURE_GAP * piece.height and are_two_figures(before.text, piece.text)
        if (
            before
            and not are_cells
            and abs(piece.base - before.base) < 0.35 * piece.height
            and -0.5 * piece.height < gap < (_WIDE_BLANK if piece.is_cell else _SPLIT) * piece.height
        ):
            rows[-1].append(piece)
        else:
            rows.append([piece._replace(is_cell=bool(are_cells))])
    return list(map(_one, rows))


def _one(row: list[Piece]) -> Piece:
    """Return the words of a turned line as one piece."""
    words = unspaced([Word(*piece[:5]) for piece in row], " ".join(piece.text for piece in row))
    text = words[0].text
    for before, word in itertools.pairwise(words):
        text += (" " if word.left - before.right > _BLANK * word.height else "") + word.text
    return row[0]._replace(right=row[-1].right, text=text)


def mirrored(piece: Piece) -> Piece:
    """Return a piece as if it were seen in a mirror: what was read first, at the right, stands at the left."""
    return piece._replace(left=-piece.right, right=-piece.left)
