"""A PDF's page as pixels: with and without some of its objects, to tell which of them a person sees."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, cycle
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.extract.pdf.boxes import Box, area, common
from pipeline.extract.pdf.page_objects import Text, plain
from pipeline.extract.unseen import ALIKE, ALIKE_BLUE

_SCALE = 1.5
"""Pixels a point."""
_MOST_PIXELS = 3_000_000
_MOST_COMPARED = 20_000_000
"""Pixels, in all texts together: only texts as large as the page, and many of them, have more. The smallest come first."""
_DEPTH = 4
"""Bytes a pixel."""
_LIMITS = (ALIKE_BLUE, ALIKE, ALIKE, ALIKE)
"""Difference of each up to which nobody tells two pixels apart."""

_LARGER = 2
"""Times: a drawing in which the shapes of letters are compared."""
_MOST_TRACED = 1_000_000
"""Pixels, in all texts whose letters are compared."""
_SMALLEST_TRACED = 6.0
"""Points: smaller letters are blots, which many things look like."""
_COVERED, _BESIDE = 0.6, 0.25
"""Of the ink of a letter: what is painted, at least; of what is painted: what lies beside the letter, at most.

A letter that was made bold lies beside itself by less than a pixel, which is not counted."""
_MOST, _REACH = 0.75, 0.2
"""Of the letters of a word, where each is a text: so many have to match; of their size: the gap between two, at most."""
_FAINT = 20
"""Shade (0 to 255) of a pixel that a letter hardly touches."""
_LITTLE_INK = 0.03
"""Share of a cell: a corner of a letter, which tells nothing."""
_BLACK, _WHITE, _CLEAR = (0, 0, 0, 255), (255, 255, 255, 255), (0, 0, 0, 0)

_Area = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, right and bottom excluded."""


class _Cell(NamedTuple):
    """How much ink is in a part of a drawing: 255 for a pixel."""

    common: float
    """Of a text and of what is there."""
    beside: float
    """Of what is there, beside the text."""
    there: float
    drawn: float
    pixels: int

    @property
    def tells(self) -> bool:
        """Tell whether enough of the text is in it."""
        return self.drawn > _LITTLE_INK * 255 * self.pixels

    @property
    def is_same(self) -> bool:
        """Tell whether what is there has the shape of the text."""
        return self.common >= _COVERED * self.drawn and self.beside <= _BESIDE * self.there


def unseen(page: pypdfium2.PdfPage, texts: Sequence[Text], stencils: Sequence[Text]) -> list[Text]:
    """Return the texts that make no difference to the eye, and the stencils through which nothing is painted."""
    width, height = _size(page)
    areas = {text.handle: _area(page, text.box, width, height) for text in (*texts, *stencils)}
    by_size = sorted(areas, key=lambda handle: _pixels(areas[handle]))
    so_far = accumulate(_pixels(areas[handle]) for handle in by_size)
    looked_at = {handle for handle, pixels in zip(by_size, so_far, strict=True) if pixels <= _MOST_COMPARED}
    texts, stencils = ([text for text in some if text.handle in looked_at] for some in (texts, stencils))
    with_them = _drawn(page, width, height)
    for text in texts:
        plain.FPDFPageObj_SetIsActive(text.handle, 0)
    without = _drawn(page, width, height) if texts else b""
    for text in texts:
        plain.FPDFPageObj_SetIsActive(text.handle, 1)
    gone = [text for text in texts if not _differ(with_them, without, width, areas[text.handle])]
    blank = [text for text in stencils if not _is_varied(with_them, width, areas[text.handle])]
    return gone + blank


def traced(page: pypdfium2.PdfPage, texts: Sequence[Text]) -> list[Text]:
    """Return the transparent texts whose very letters are painted as outlines at the same place.

    Some programs write fonts that way which they cannot embed. What the text would look like is compared with
    what is there; over a picture, a block or other words the shapes differ.
    """
    texts = [text for text in texts if text.may_trace and text.size() >= _SMALLEST_TRACED]
    wide, high = _size(page)
    width, height = _LARGER * wide, _LARGER * high
    areas = {text.handle: _area(page, text.box, width, height) for text in texts}
    if not texts or sum(map(_pixels, areas.values())) > _MOST_TRACED:
        return []
    alone = _alone(areas, width, height)
    texts = [text for text in texts if text.handle in alone]
    there = _drawn(page, width, height, depth=1)
    dark, light = (_drawn_in(page, texts, colour, width, height) for colour in (_BLACK, _WHITE))
    for text in texts:
        plain.FPDFPageObj_SetFillColor(text.handle, *_CLEAR)
    same = [
        _is_same_shape(*(_rows(drawing, width, areas[text.handle], depth=1) for drawing in (there, dark, light)))
        for text in texts
    ]
    return [
        text
        for word in _words(texts, same)
        if sum(is_same for _, is_same in word) >= _MOST * len(word)
        for text, _ in word
    ]


def _alone(areas: Mapping[int, _Area], width: int, height: int) -> set[int]:
    """Leave out texts that lie on larger ones, the strokes of which would be taken for theirs."""
    taken, alone = bytearray(width * height), set()
    for handle, (left, top, right, bottom) in sorted(areas.items(), key=lambda item: -_pixels(item[1])):
        rows = [slice(row * width + left + 1, row * width + right - 2) for row in range(top + 1, bottom - 2)]
        free = sum(taken[row].count(0) for row in rows)
        if 4 * free >= sum(row.stop - row.start for row in rows):
            alone.add(handle)
        for row in rows:
            taken[row] = b"\1" * (row.stop - row.start)
    return alone


def _pixels(area: _Area) -> int:
    left, top, right, bottom = area
    return (right - left) * (bottom - top)


def _words(texts: Sequence[Text], same: Iterable[bool | None]) -> Iterator[list[tuple[Text, bool]]]:
    """Yield texts that stand close together, as letters of a word that are texts of their own, each with what is told of it."""
    word: list[tuple[Text, bool]] = []
    for text, is_same in zip(texts, same, strict=True):
        if word and (is_same is None or not _touch(word[-1][0], text)):
            yield word
            word = []
        if is_same is not None:
            word.append((text, is_same))
    yield word


def _touch(one: Text, other: Text) -> bool:
    left, bottom, right, top = one.box
    reach = _REACH * one.size()
    return area(common((left - reach, bottom - reach, right + reach, top + reach), other.box)) > 0


def _drawn_in(
    page: pypdfium2.PdfPage, texts: Sequence[Text], colour: tuple[int, int, int, int], width: int, height: int
) -> bytes:
    for text in texts:
        plain.FPDFPageObj_SetFillColor(text.handle, *colour)
    return _drawn(page, width, height, depth=1)


def _is_same_shape(there: list[bytes], dark: list[bytes], light: list[bytes]) -> bool | None:
    """Tell whether what is there has the shape of a text, which is drawn dark and light; None: it is blank.

    Each cell is looked at, about a letter, so that no word hides among others.
    """
    drawn = [[white - black for white, black in zip(*rows, strict=True)] for rows in zip(light, dark, strict=True)]
    pixels = list(zip(chain(*there), chain(*drawn), strict=True))
    full = max(mark for _, mark in pixels)  # a thin stroke fills no pixel
    if full <= _FAINT:
        return None
    grounds = sorted(shade for shade, mark in pixels if mark < _FAINT)
    inks = sorted(shade for shade, mark in pixels if mark > full - _FAINT)
    if not grounds:
        return False
    ground, ink = grounds[len(grounds) // 2], inks[len(inks) // 2]
    if abs(ground - ink) <= 2 * ALIKE:
        return False
    shape = [[min(255.0, max(0.0, full * (shade - ground) / (ink - ground))) for shade in row] for row in there]
    rows, columns = len(there), len(there[0])
    side = min(rows, columns)
    parts = [(part, other) for part in _parts(rows, side) for other in _parts(columns, side)]
    told = [cell for cell in (_cell(shape, drawn, *part) for part in parts) if cell.tells]
    return bool(told) and all(cell.is_same for cell in told)


def _parts(length: int, about: int) -> list[range]:
    """Cut a length into equal parts."""
    count = round(length / about)
    return [range(length * part // count, length * (part + 1) // count) for part in range(count)]


def _cell(shape: list[list[float]], drawn: list[list[int]], rows: range, columns: range) -> _Cell:
    common = beside = there = ink = 0.0
    for row in rows:
        near = drawn[max(0, row - 1) : row + 2]
        for at in columns:
            here, mark = shape[row][at], drawn[row][at]
            there, ink, common = there + here, ink + mark, common + min(here, mark)
            if here:
                beside += max(0.0, here - max(max(line[max(0, at - 1) : at + 2]) for line in near))
    return _Cell(common, beside, there, ink, len(rows) * len(columns))


def _size(page: pypdfium2.PdfPage) -> tuple[int, int]:
    wide, high = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(1.0, wide * high)) ** 0.5)
    return max(1, int(wide * scale)), max(1, int(high * scale))


def _drawn(page: pypdfium2.PdfPage, width: int, height: int, *, depth: int = _DEPTH) -> bytes:
    """Return the page as pixels, row by row; with one byte a pixel it is grey."""
    kind = pdfium.FPDFBitmap_Gray if depth == 1 else pdfium.FPDFBitmap_BGRx
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, kind, None, 0)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        drawing = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
        row = width * depth
        return drawing if stride == row else b"".join(drawing[at : at + row] for at in range(0, len(drawing), stride))
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def _area(page: pypdfium2.PdfPage, box: Box, width: int, height: int) -> _Area:
    """Return where a box lies in a drawing, one pixel wider all around."""
    across, along = ctypes.c_int(), ctypes.c_int()
    found = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, ctypes.byref(across), ctypes.byref(along))
        found.append((across.value, along.value))
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*found, strict=True))
    return max(0, left - 1), max(0, top - 1), min(width, right + 2), min(height, bottom + 2)


def _differ(one: bytes, other: bytes, width: int, area: _Area) -> bool:
    """Tell whether two drawings differ within an area by more than nobody sees."""
    return any(
        before != after and any(abs(a - b) > most for a, b, most in zip(before, after, cycle(_LIMITS), strict=False))
        for before, after in zip(_rows(one, width, area), _rows(other, width, area), strict=True)
    )


def _is_varied(drawing: bytes, width: int, area: _Area) -> bool:
    """Tell whether an area of a drawing has more than one colour."""
    pixels = {pixel for row in set(_rows(drawing, width, area)) for pixel in zip(*[iter(row)] * _DEPTH, strict=True)}
    return len(pixels) > 1


def _rows(drawing: bytes, width: int, area: _Area, *, depth: int = _DEPTH) -> list[bytes]:
    left, top, right, bottom = area
    starts = range(depth * (top * width + left), depth * (bottom * width + left), depth * width)
    return [drawing[start : start + depth * (right - left)] for start in starts]
