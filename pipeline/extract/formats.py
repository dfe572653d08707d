"""Which reader takes which bytes. To add a format: one function, and one line in EXTRACTORS."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from pathlib import PurePath

from pipeline.errors import LimitError, UnsupportedError
from pipeline.extract.foreign import is_saved_page, refuse_binary, refuse_text, refuse_zip
from pipeline.extract.language import language_of
from pipeline.extract.limits import USUAL, Limits
from pipeline.extract.media import DOCX, FLAT_ODT, ODT, SAVED_PAGE
from pipeline.extract.pdf.beginning import holds_pdf
from pipeline.extract.plain.text import read_rtf, read_text
from pipeline.extract.settle import settled
from pipeline.records import Extraction, Notice

# What opens a kind of file is loaded with the first of that kind. Together it would take two thirds of a reader's start.


def _read_pdf(data: bytes, limits: Limits) -> Extraction:
    from pipeline.extract.pdf.document import read_pdf  # noqa: PLC0415

    return read_pdf(data, limits)


def _read_picture(data: bytes, limits: Limits) -> Extraction:
    from pipeline.extract.ocr.pictures import read_picture  # noqa: PLC0415

    return read_picture(data, limits)


def _read_docx(data: bytes, limits: Limits) -> Extraction:
    from pipeline.extract.office.document import read_docx  # noqa: PLC0415

    return read_docx(data, limits)


def _read_odt(data: bytes, limits: Limits) -> Extraction:
    from pipeline.extract.office.document import read_odt  # noqa: PLC0415

    return read_odt(data, limits)


def _read_flat_odt(data: bytes, limits: Limits) -> Extraction:
    from pipeline.extract.office.document import read_flat_odt  # noqa: PLC0415

    return read_flat_odt(data, limits)


def _read_html(data: bytes, limits: Limits) -> Extraction:
    from pipeline.extract.web.page import read_html  # noqa: PLC0415

    return read_html(data, limits)


def _read_saved_page(data: bytes, limits: Limits) -> Extraction:
    from pipeline.extract.web.saved import read_saved_page  # noqa: PLC0415

    return read_saved_page(data, limits)


def _office_kind(data: bytes, limits: Limits) -> str | None:
    from pipeline.extract.office.document import office_kind  # noqa: PLC0415

    return office_kind(data, limits)


EXTRACTORS: dict[str, Callable[[bytes, Limits], Extraction]] = {
    "application/pdf": _read_pdf,
    DOCX: _read_docx,
    ODT: _read_odt,
    FLAT_ODT: _read_flat_odt,
    "application/rtf": read_rtf,
    "text/html": _read_html,
    SAVED_PAGE: _read_saved_page,
    "text/plain": read_text,
    "image/png": _read_picture,
    "image/jpeg": _read_picture,
    "image/tiff": _read_picture,
    "image/gif": _read_picture,
    "image/bmp": _read_picture,
    "image/webp": _read_picture,
}

_MARKS = {
    re.compile(mark, re.DOTALL): kind
    for mark, kind in (
        (rb"%PDF-", "application/pdf"),
        (rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\{\\rtf", "application/rtf"),
        (rb"\x89PNG\r\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"II[*+]\0|MM\0[*+]", "image/tiff"),
        (rb"BM....\0\0\0\0", "image/bmp"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?<office:document\s[^>]*opendocument\.text[\"'-]", FLAT_ODT),
    )
}
"""How a file begins, as patterns."""
_HEAD_BYTES, _MARK_BYTES = 1024, 16_384
_HTML_MARKS = ("<!doctype html", "<html", "<head", "<body")

_PAGE_NAMES = ("html", "htm", "xhtml")
_NAMES = {
    "application/pdf": ("PDF", ("pdf",)),
    DOCX: ("DOCX", ("docx", "docm", "dotx", "dotm")),
    ODT: ("ODT", ("odt", "ott")),
    FLAT_ODT: ("flat ODT", ("fodt",)),
    "application/rtf": ("RTF", ("rtf",)),
    "text/html": ("HTML", _PAGE_NAMES),
    SAVED_PAGE: ("MHTML", ("mht", "mhtml")),
    "text/plain": ("text", ("txt", *_PAGE_NAMES)),
    "image/png": ("PNG", ("png",)),
    "image/jpeg": ("JPEG", ("jpg", "jpeg", "jpe", "jfif")),
    "image/tiff": ("TIFF", ("tif", "tiff")),
    "image/gif": ("GIF", ("gif",)),
    "image/bmp": ("BMP", ("bmp", "dib")),
    "image/webp": ("WebP", ("webp",)),
}
"""What a kind is called, and which names it goes by."""
_MOST_LINKS = 1_000
"""Each is looked for in the text, by the program itself. A saved page of the web has a few hundred."""
_OTHER_NAMES = "doc dot xls xlsx ppt pptx ods odp pages numbers key msg eml wps wpd epub zip 7z rar exe ps heic mp3 mp4"
_KNOWN_NAMES = frozenset(_OTHER_NAMES.split()).union(*(names for _, names in _NAMES.values()))
"""Names that say a kind, be it one that is read or not."""


def extract(data: bytes, name: str, limits: Limits = USUAL) -> Extraction:
    """Return what a document says without OCR. Raises a DocumentError that names the reason."""
    return settled(look(data, name, limits))


def look(data: bytes, name: str, limits: Limits = USUAL) -> Extraction:
    """Return what can be read of a document, and which of its pages OCR may read.

    Raises a DocumentError that names the reason. Runs in a worker that may be killed.
    """
    try:
        kind = media_type(data, name, limits)
        extraction = EXTRACTORS[kind](data, limits)
    except MemoryError:
        raise LimitError("reading it takes more memory than is allowed") from None
    except RecursionError:
        raise LimitError("it is nested deeper than is safe to read") from None
    links, cut = _few(extraction.links, limits.max_characters - len(extraction.text))
    notices = (*_misnamed(kind, name), *extraction.notices, *cut)
    return replace(extraction, links=links, notices=notices, language=language_of(extraction.text))


def media_type(data: bytes, name: str, limits: Limits = USUAL) -> str:
    """Return the kind of a document by its content; only text is told apart by name.

    Raises UnsupportedError, EncryptedError, DamagedError.
    """
    head, beginning = data[:_HEAD_BYTES], data[:_MARK_BYTES]
    marked = next((kind for mark, kind in _MARKS.items() if mark.match(beginning)), None)
    if marked:
        return marked
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        refuse_zip(data)
        return _office_kind(data, limits) or _unsupported("this is a zip, not a text document")
    refuse_binary(data)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\x00", b"").decode("latin-1").lower()
    if holds_pdf(data):
        refuse_text(data, start, name)  # a mail may hold one, too
        return "application/pdf"
    is_page = start.startswith(_HTML_MARKS) or (name.lower().endswith((".html", ".htm")) and "<" in start)
    if is_page or (start.startswith(("<?xml", "<!--")) and "<html" in start):
        return "text/html"
    if is_saved_page(data):
        return SAVED_PAGE
    refuse_text(data, start, name)
    return "text/plain"


def _few(links: tuple[str, ...], room: int) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    """Return the first of the links, as many as are sent with a text that leaves so many characters, and what was cut."""
    ends = accumulate(len(link) + 1 for link in links[:_MOST_LINKS])
    few = links[: sum(end <= room for end in ends)]
    if len(few) == len(links):
        return links, ()
    return few, (Notice("truncated", f"only the first {len(few):,} of {len(links):,} links were read"),)


def _misnamed(kind: str, name: str) -> tuple[Notice, ...]:
    """Return a notice where a file's name says one kind and its content is another."""
    said = PurePath(name).suffix.lower().lstrip(".")
    called, names = _NAMES.get(kind, (kind, (said,)))
    if said in names or said not in _KNOWN_NAMES:
        return ()
    return (Notice("misnamed", f"its name says {said.upper()}, its content is {called}"),)


def _unsupported(message: str) -> str:
    raise UnsupportedError(message)
