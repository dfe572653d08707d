"""Letters of a PDF that have no place of their own: one glyph, or one drawing, that is said to stand for a sentence.

A font may name any text for a glyph (ToUnicode), and a page for what is drawn on it (ActualText). Ligatures, hyphens and
pictures need a few letters; where many are named for what is one letter wide, a person sees that letter.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.extract.direction import IS_RTL
from pipeline.extract.page_objects import number_of, plain

_FEWEST = 16
"""Letters at one place; an icon's name has fewer. Arabic has ligatures of whole phrases, which are left alone."""
_STEP = _FEWEST // 2
"""Every so many letters a place is looked at: so none of so many at one place is missed."""
_NARROWEST = 0.15
"""In heights: a letter on the average; the slimmest, i and l, have more than 0.2."""


def squeezed(textpage: pypdfium2.PdfTextPage) -> list[tuple[int, int]]:
    """Return the runs of characters (first, after last) that stand at one place, far too many for the room there is."""
    handle, count = number_of(textpage.raw), textpage.count_chars()
    if not any(_place(handle, at) == _place(handle, at + _STEP - 1) for at in range(0, count - _STEP + 1, _STEP)):
        return []
    return [run for run in _rows(handle, count) if _is_squeezed(textpage, *run)]


def _place(handle: int, index: int) -> tuple[float, float]:
    """Return where a character is drawn."""
    x, y = ctypes.c_double(), ctypes.c_double()
    plain.FPDFText_GetCharOrigin(handle, index, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value


def _rows(handle: int, count: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of characters that are drawn at one place."""
    start = 0
    for index in range(1, count + 1):
        if index == count or _place(handle, index) != _place(handle, start):
            if index - start >= _FEWEST:
                yield start, index
            start = index


def _is_squeezed(textpage: pypdfium2.PdfTextPage, start: int, end: int) -> bool:
    if IS_RTL.search(str(textpage.get_text_range(start, end - start))):
        return False
    boxes = [textpage.get_charbox(index) for index in (start, end - 1)]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    room = math.hypot(max(rights) - min(lefts), max(tops) - min(bottoms))
    return room < _NARROWEST * _height(textpage, start) * (end - start)


def _height(textpage: pypdfium2.PdfTextPage, index: int) -> float:
    """Return the size of a character in points, as drawn."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(textpage, index, matrix)
    return float(pdfium.FPDFText_GetFontSize(textpage, index)) * math.hypot(matrix.c, matrix.d)
