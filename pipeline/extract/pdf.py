"""PDF: pypdf opens every file and knows its structure, pdfium gives the text, pypdf is the second reader."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
import pypdfium2
from pypdf.errors import PyPdfError
from pypdfium2 import PdfiumError

from pipeline.errors import DamagedError, EncryptedError, GarbledError, NoTextError, TooLargeError
from pipeline.extract.clean import clean, damaged_share, has_words
from pipeline.extract.limits import MAX_PAGES
from pipeline.extract.markup import kept_links
from pipeline.extract.pages import joined
from pipeline.records import Extraction, Notice

# pypdf raises beyond its own tree: bad files reach it as any of these (EXTRACTION, "Hostile input").
_PYPDF_ERRORS = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    ZeroDivisionError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    DeprecationWarning,
    OSError,
    pypdf.errors.DependencyError,
    pypdf.errors.DeprecationError,
)
_DRAWN_HYPHEN = re.compile(r"\u00ad(?!\r?\n)")
"""LaTeX fonts call their hyphen a soft one; in a PDF it is drawn, so it is to be read."""
_WIDE_GAP = 1.5
"""In heights of a line: wider than any blank between words, also in justified text."""
_MUCH_DAMAGE = 0.3
_SOME_DAMAGE = 0.02


def read_pdf(data: bytes) -> Extraction:
    """Return the text of a PDF, page by page, in the order in which it was written."""
    reader = _open(data)
    pages = _pdfium_pages(data)
    extractor = f"pypdfium2 {pypdfium2.version.PYPDFIUM_INFO}"
    if reader and (pages is None or not _sound("\n".join(pages))):
        second = _pypdf_pages(reader)
        if second and (pages is None or _better(second, pages)):
            pages, extractor = second, f"pypdf {pypdf.__version__}"
    if pages is None:
        raise DamagedError("this PDF is damaged; neither reader can open it")
    _refuse_unreadable("\n".join(pages))
    text, starts = joined([clean(page) for page in pages])
    notices = () if reader else (Notice("repaired", "the file is damaged; some of it may be missing"),)
    links = kept_links(_targets(reader)) if reader else ()
    return Extraction(text, starts, "application/pdf", extractor, links, notices)


def _open(data: bytes) -> pypdf.PdfReader | None:
    """Open with pypdf and check what it declares; None: pypdf cannot, pdfium may."""
    # A context variable of pypdf: lower than its defaults, at which two bombs took over 12 s.
    pypdf.overwrite_configuration(
        zlib_maximum_output_length=25_000_000,
        stream_parsing_work_maximum_count=300_000,
        stream_decoding_work_maximum_length=50_000_000,
    )
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise EncryptedError("this PDF is protected with a password")
        count = len(reader.pages)
    except _PYPDF_ERRORS:
        return None
    if count > MAX_PAGES:
        raise TooLargeError(f"this PDF has {count} pages; the limit is {MAX_PAGES}")
    return reader


def _pdfium_pages(data: bytes) -> list[str] | None:
    """Return the text of each page as pdfium reads it; None: pdfium cannot open the file."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > MAX_PAGES:
                raise TooLargeError(f"this PDF has {len(document)} pages; the limit is {MAX_PAGES}")
            return [_page_text(document, number) for number in range(len(document))] or None
    except PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedError("this PDF is protected with a password") from None
        return None


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    try:
        textpage = page.get_textpage()
        try:
            return _with_tabs(textpage)
        finally:
            textpage.close()
    finally:
        page.close()


def _with_tabs(textpage: pypdfium2.PdfTextPage) -> str:
    """Return the text of a page with a tab where a gap sets cells, columns or a date at the edge apart.

    pdfium makes one blank of any gap; what stood in two columns would run together.
    """
    text = _DRAWN_HYPHEN.sub("-", str(textpage.get_text_range()))
    if len(text) != textpage.count_chars():  # offsets in the text are not those of the page's characters
        return text
    letters = list(text)
    for at in range(1, len(text) - 1):
        if text[at] == " ":
            _, bottom, right, top = textpage.get_charbox(at - 1, loose=True)
            gap = textpage.get_charbox(at + 1, loose=True)[0] - right
            if gap > _WIDE_GAP * (top - bottom) > 0:
                letters[at] = "\t"
    return "".join(letters)


def _pypdf_pages(reader: pypdf.PdfReader) -> list[str] | None:
    try:
        return [page.extract_text() for page in reader.pages]
    except _PYPDF_ERRORS:
        return None


def _sound(text: str) -> bool:
    return has_words(text) and damaged_share(text) <= _SOME_DAMAGE and _glued(text) <= _SOME_DAMAGE


def _glued(text: str) -> float:
    """Return the share of words that are too long to be one: blanks were lost."""
    words = text.split()
    long = sum(len(word) > 25 and not any(mark in word for mark in "/@.") for word in words)
    return long / len(words) if words else 0.0


def _better(second: list[str], first: list[str]) -> bool:
    new, old = "\n".join(second), "\n".join(first)
    if not has_words(old):
        return has_words(new)
    return damaged_share(new) + _glued(new) < damaged_share(old) + _glued(old)


def _refuse_unreadable(text: str) -> None:
    if damaged_share(text) > _MUCH_DAMAGE:
        raise GarbledError("the letters of this PDF cannot be told: its fonts do not say what they mean")
    if not has_words(text):
        raise NoTextError("this PDF is a scan without text")


def _targets(reader: pypdf.PdfReader) -> Iterator[object]:
    """Yield the targets of link annotations. A broken annotation ends the list, not the document."""
    try:
        for page in reader.pages:
            for annotation in page.get("/Annots") or ():
                yield _target(annotation.get_object())
    except _PYPDF_ERRORS:
        return


def _target(annotation: Any) -> object:
    action: Any = annotation.get("/A") if hasattr(annotation, "get") else None
    action = action.get_object() if hasattr(action, "get_object") else action
    return action.get("/URI") if hasattr(action, "get") else None
