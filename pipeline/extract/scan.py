"""Pages without text that can be used: which they are, what is told of them, and what OCR made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pypdfium2

from pipeline.errors import GarbledError, NoTextError
from pipeline.extract.clean import clean, has_words
from pipeline.extract.language import language_of
from pipeline.extract.limits import Limits
from pipeline.extract.page_objects import area, painted
from pipeline.extract.pages import joined, split
from pipeline.extract.quality import is_garbled
from pipeline.extract.raster import frames
from pipeline.extract.tsv import Recognised
from pipeline.extract.words import FULL_WIDTH
from pipeline.records import Extraction, Notice, Unread

SCAN, GARBLED = "scan", "garbled"
_TOLD = {
    SCAN: "a picture of text, which was not read",
    GARBLED: "letters that cannot be told, left out",
}
_FEW_WORDS, _FEWEST_WORDS = 12, 4
"""On a picture of a page: what a fax machine prints on it; what a scanning app does, which is no text of its own."""
_PICTURED, _WHOLLY_PICTURED = 0.25, 0.6
"""Share of a page without words, and with few, that pictures have to cover."""
_SOMETHING = 0.001
"""Share of a page on which anything is drawn: all that is asked for where no page has a word."""
_OUTLINES = 100
"""Shapes on a page without words: letters that were drawn as outlines."""


def read_picture(data: bytes, limits: Limits) -> Extraction:
    """Return the pages of a picture file, all of them unread. Raises DocumentError."""
    media_type, count = frames(data, limits)
    text, starts, _ = joined([""] * count, limits)
    return Extraction(text, starts, media_type, "", unread=tuple(Unread(page, SCAN) for page in range(1, count + 1)))


def pictured(page: pypdfium2.PdfPage, text: str) -> float:
    """Return how much of a page is a picture of one (0 to 1), 0 where enough words were read on it.

    Letters that were drawn as outlines are a picture, too.
    """
    words = _amount(text)
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


def settled(extraction: Extraction, hint: str = "") -> Extraction:
    """Return what can be summarised; pages that stay unread are told. Raises NoTextError, GarbledError.

    `hint`: what to do about scans, where it is not to install tesseract.
    """
    unread = extraction.unread
    if not has_words(extraction.text) or (unread and _amount(extraction.text) < _FEWEST_WORDS):
        _refuse(extraction, hint)
    notices = [
        Notice(why, f"{_pages(page.page for page in unread if page.why == why)}: {what}")
        for why, what in _TOLD.items()
        if any(page.why == why for page in unread)
    ]
    return replace(extraction, unread=(), notices=(*extraction.notices, *notices))


def with_recognised(extraction: Extraction, found: Mapping[int, Recognised], reader: str, limits: Limits) -> Extraction:
    """Put in what OCR read, by page (from 1). Raises TooLongError."""
    if not found:
        return extraction
    pages = [
        clean(found[number].text) if number in found and _amount(found[number].text) >= _amount(page) else page
        for number, page in enumerate(split(extraction.text, extraction.page_starts), 1)
    ]
    text, starts, cut = joined(pages, limits)
    sure = min(round(page.confidence) for page in found.values())
    told = Notice("ocr", f"{_pages(found)}: read by OCR, at least {sure} % sure of the letters")
    missing = {page.missing for page in found.values() if page.missing}
    accents = [Notice("ocr", f"letters of its own may be wrong: tesseract has no {name}") for name in sorted(missing)]
    extractor = " + ".join(filter(None, (extraction.extractor, reader)))
    left = tuple(page for page in extraction.unread if page.page not in found)
    notices = (*extraction.notices, *cut, told, *accents)
    return replace(
        extraction,
        text=text,
        page_starts=starts,
        extractor=extractor,
        notices=notices,
        language=language_of(text),
        unread=left,
    )


def _amount(text: str) -> int:
    """Return how many words there are; two letters are one where none are set apart by blanks."""
    return max(len(text.split()), sum(letter >= FULL_WIDTH for letter in text) // 2)


def _refuse(extraction: Extraction, hint: str) -> None:
    if any(page.why == GARBLED for page in extraction.unread):
        raise GarbledError("the letters of this document cannot be told: its fonts do not say what they mean", hint)
    if not extraction.unread:
        raise NoTextError("there is no text in it", "look at the file: its pages seem to be blank")
    if extraction.media_type.startswith("image/"):
        raise NoTextError("this is a picture, not text", hint)
    raise NoTextError("this PDF is a scan without text", hint)


def _pages(numbers: Iterable[int]) -> str:
    many = sorted(numbers)
    return f"page{'s' * (len(many) > 1)} {', '.join(map(str, many))}"
