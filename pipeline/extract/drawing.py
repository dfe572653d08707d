"""A PDF's page as pixels: with and without some of its objects, to tell which of them a person sees."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.extract.page_objects import Box, Text, plain

ALIKE = 12
"""Difference of two colours (0 to 255, in one of red, green and blue) up to which nobody tells them apart."""
_SCALE = 1.5
"""Pixels a point."""
_MOST_PIXELS = 3_000_000
_MOST_COMPARED = 20_000_000
"""Pixels, in all texts together: only texts as large as the page, and many of them, have more."""
_DEPTH = 4
"""Bytes a pixel."""

_Area = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, right and bottom excluded."""


def unseen(page: pypdfium2.PdfPage, texts: Sequence[Text], stencils: Sequence[Text]) -> list[Text]:
    """Return the texts that make no difference to the eye, and the stencils through which nothing is painted."""
    width, height = _size(page)
    areas = {text.handle: _area(page, text.box, width, height) for text in (*texts, *stencils)}
    if sum((right - left) * (bottom - top) for left, top, right, bottom in areas.values()) > _MOST_COMPARED:
        return []
    with_them = _drawn(page, width, height)
    for text in texts:
        plain.FPDFPageObj_SetIsActive(text.handle, 0)
    without = _drawn(page, width, height) if texts else b""
    for text in texts:
        plain.FPDFPageObj_SetIsActive(text.handle, 1)
    gone = [text for text in texts if not _differ(with_them, without, width, areas[text.handle])]
    blank = [text for text in stencils if not _is_varied(with_them, width, areas[text.handle])]
    return gone + blank


def _size(page: pypdfium2.PdfPage) -> tuple[int, int]:
    wide, high = page.get_size()
    scale = min(_SCALE, (_MOST_PIXELS / max(1.0, wide * high)) ** 0.5)
    return max(1, int(wide * scale)), max(1, int(high * scale))


def _drawn(page: pypdfium2.PdfPage, width: int, height: int) -> bytes:
    """Return the page as pixels, row by row."""
    bitmap = pdfium.FPDFBitmap_Create(width, height, 0)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0)
        return ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), width * height * _DEPTH)
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
        before != after and any(abs(a - b) > ALIKE for a, b in zip(before, after, strict=True))
        for before, after in zip(_rows(one, width, area), _rows(other, width, area), strict=True)
    )


def _is_varied(drawing: bytes, width: int, area: _Area) -> bool:
    """Tell whether an area of a drawing has more than one colour."""
    pixels = {pixel for row in set(_rows(drawing, width, area)) for pixel in zip(*[iter(row)] * _DEPTH, strict=True)}
    return len(pixels) > 1


def _rows(drawing: bytes, width: int, area: _Area) -> list[bytes]:
    left, top, right, bottom = area
    starts = range(_DEPTH * (top * width + left), _DEPTH * (bottom * width + left), _DEPTH * width)
    return [drawing[start : start + _DEPTH * (right - left)] for start in starts]
