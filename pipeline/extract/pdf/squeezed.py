"""Letters of a PDF that have no place of their own: one glyph, or one drawing, that is said to stand for a sentence.

A font may name any text for a glyph (ToUnicode), and a page for what is drawn on it (ActualText). Ligatures, hyphens and
pictures need a few letters; where many are named for what is one letter wide, a person sees that letter. All of what a
page names a text for has room for it: pdfium puts that text where the first letter of it stands.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.extract.layout.direction import IS_RTL
from pipeline.extract.pdf.page_objects import Text, marks, number_of, plain

_FEWEST = 16
"""Letters at one place; an icon's name has fewer. Arabic has ligatures of whole phrases, which are left alone."""
_STEP = (_FEWEST - 1) // 2
"""Every so many letters a place is looked at: of so many at one place two are, one after the other."""
_CLOSE = 0.3
"""Points from a letter to the next, on the average, in a text squeezed from the sides: in one of 2 pt it is more than twice as much."""
_NAME = re.compile(r"[!-~]{1,60}(?: [!-~]{1,60})?")
"""One word or two: how an icon is called, or the whole of an address of which the end is shown."""
_MOST_MARKS = 30
"""Of a text that are looked at: they may be nested without end."""
_WIDE = 2
"""Bytes of a letter, as pdfium tells them."""
_NARROWEST = 0.15
"""In heights: a letter on the average; the slimmest, i and l, have more than 0.2."""


def squeezed(textpage: pypdfium2.PdfTextPage, texts: Sequence[Text]) -> list[tuple[int, int]]:
    """Return the runs of characters (first, after last) that stand at one place, far too many for the room there is.

    `texts`: all of the page.
    """
    handle, count = number_of(textpage.raw), textpage.count_chars()
    some = (_place(handle, at) for at in range(0, count, _STEP))
    if not any(_are_near(before, after, _STEP * _CLOSE) for before, after in pairwise(some)):
        return []
    widths = _widths(texts)
    return [run for run in _rows(handle, count) if _is_squeezed(textpage, *run, widths)]


def _widths(texts: Sequence[Text]) -> Counter[int]:
    """Return how long all that bears a mark is together, in points: an icon and the address behind it, for example."""
    widths: Counter[int] = Counter()
    for text in texts:
        left, bottom, right, top = text.box
        for mark in islice(marks(text.handle), _MOST_MARKS):
            widths[mark] += math.ceil(max(right - left, top - bottom))
    return widths


def _place(handle: int, index: int) -> tuple[float, float]:
    """Return where a character is drawn."""
    x, y = ctypes.c_double(), ctypes.c_double()
    plain.FPDFText_GetCharOrigin(handle, index, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value


def _are_near(one: tuple[float, float], other: tuple[float, float], most: float) -> bool:
    return abs(one[0] - other[0]) + abs(one[1] - other[1]) <= most


def _rows(handle: int, count: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of characters each of which is drawn at the place of the one before."""
    start = 0
    for index in range(1, count + 1):
        if index == count or not _are_near(_place(handle, index), _place(handle, index - 1), 2 * _CLOSE):
            if index - start >= _FEWEST:
                yield start, index
            start = index


def _is_squeezed(textpage: pypdfium2.PdfTextPage, start: int, end: int, widths: Mapping[int, int]) -> bool:
    said = str(textpage.get_text_range(start, end - start)).strip()
    if IS_RTL.search(said) or _NAME.fullmatch(said):
        return False
    boxes = [textpage.get_charbox(index) for index in (start, end - 1)]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    own = math.hypot(max(rights) - min(lefts), max(tops) - min(bottoms))
    room = max((own, *(widths[mark] for mark in _naming(textpage, start, len(said)))))
    return room < _NARROWEST * _height(textpage, start) * (end - start)


def _naming(textpage: pypdfium2.PdfTextPage, index: int, count: int) -> Iterator[int]:
    """Yield the marks by which the page names a text of so many letters at least for what is drawn here."""
    owner = plain.FPDFText_GetTextObject(number_of(textpage.raw), index)
    for mark in islice(marks(owner), _MOST_MARKS) if owner else ():
        length = ctypes.c_ulong()
        plain.FPDFPageObjMark_GetParamStringValue(mark, b"ActualText", None, 0, ctypes.byref(length))
        if length.value >= _WIDE * count:
            yield mark


def _height(textpage: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the size of a character in points, as drawn."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(textpage, index, matrix)
    return float(pdfium.FPDFText_GetFontSize(textpage, index)) * math.hypot(matrix.c, matrix.d)
