"""Pages without text that can be used: which they are."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2

from pipeline.extract.clean import has_words
from pipeline.extract.pdf.boxes import area
from pipeline.extract.pdf.page_objects import painted
from pipeline.extract.quality import is_garbled
from pipeline.extract.settle import GARBLED, SCAN, amount
from pipeline.records import Unread

_FEW_WORDS = 12
"""On a picture of a page: what a fax machine prints on it."""
_PICTURED, _WHOLLY_PICTURED = 0.25, 0.6
"""Share of a page without words, and with few, that pictures have to cover."""
_SOMETHING = 0.001
"""Share of a page on which anything is drawn: all that is asked for where no page has a word."""
_OUTLINES = 100
"""Shapes on a page without words: letters that were drawn as outlines."""


def pictured(page: pypdfium2.PdfPage, text: str) -> float:
    """Return how much of a page is a picture of one (0 to 1), 0 where enough words were read on it.

    Letters that were drawn as outlines are a picture, too.
    """
    words = amount(text)
    if words > _FEW_WORDS:
        return 0.0
    found = painted(page)
    if not words and found.count >= _OUTLINES:
        return 1.0
    return max(sum(map(area, found.pictures)) / area(found.page), _SOMETHING * bool(found.count))


def unread_pages(pages: Sequence[str], shares: Sequence[float]) -> tuple[Unread, ...]:
    """Return which pages have no text that can be used. `shares`: how much of each is a picture; see `pictured`."""
    garbled = {number for number, page in enumerate(pages, 1) if is_garbled(page)}
    rest = {number: page for number, page in enumerate(pages, 1) if number not in garbled}
    if is_garbled("\n".join(rest.values())):  # each page alone may say too little to tell
        garbled |= {number for number, page in rest.items() if has_words(page)}
    least = _PICTURED if has_words("".join(pages)) else _SOMETHING
    shown = dict(enumerate(shares, 1))
    scans = {
        number
        for number, page in enumerate(pages, 1)
        if number not in garbled and shown.get(number, 0.0) >= (_WHOLLY_PICTURED if page.split() else least)
    }
    return tuple(Unread(number, GARBLED if number in garbled else SCAN) for number in sorted(garbled | scans))
