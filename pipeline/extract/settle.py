"""The last word on what was read: pages that stay unread are told, and what OCR made of them is put in. No effects.

This side of reading needs none of the libraries that open files: the program itself does not load them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import GarbledError, NoTextError
from pipeline.extract.clean import FULL_WIDTH, clean, has_words
from pipeline.extract.language import language_of
from pipeline.extract.limits import Limits
from pipeline.extract.pages import joined, split
from pipeline.records import Extraction, Notice

if TYPE_CHECKING:
    from pipeline.extract.layout.tsv import Recognised

SCAN, GARBLED = "scan", "garbled"
_TOLD = {
    SCAN: "a picture of text, which was not read",
    GARBLED: "letters that cannot be told, left out",
}
_WIDE = re.compile(f"[{FULL_WIDTH}-\U0010ffff]")
_FEWEST_WORDS = 4
"""What a scanning app writes on a page, which is no text of its own."""


def settled(extraction: Extraction, hint: str = "") -> Extraction:
    """Return what can be summarised; pages that stay unread are told. Raises NoTextError, GarbledError.

    `hint`: what to do about scans, where it is not to install tesseract.
    """
    unread = extraction.unread
    if not has_words(extraction.text) or (unread and amount(extraction.text) < _FEWEST_WORDS):
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
        clean(found[number].text) if number in found and amount(found[number].text) >= amount(page) else page
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


def amount(text: str) -> int:
    """Return how many words there are; two letters are one where none are set apart by blanks."""
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    return max(len(text.split()), wide // 2)


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
