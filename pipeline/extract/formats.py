"""Which reader takes which bytes. To add a format: one function, and one line in EXTRACTORS."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.errors import EncryptedError, LimitError, UnsupportedError
from pipeline.extract.limits import USUAL, Limits
from pipeline.extract.office import DOCX, ODT, office_kind, read_docx, read_odt
from pipeline.extract.pdf import read_pdf
from pipeline.extract.plain import read_html, read_rtf, read_text
from pipeline.extract.scan import read_picture, settled
from pipeline.records import Extraction

EXTRACTORS: dict[str, Callable[[bytes, Limits], Extraction]] = {
    "application/pdf": read_pdf,
    DOCX: read_docx,
    ODT: read_odt,
    "application/rtf": read_rtf,
    "text/html": read_html,
    "text/plain": read_text,
    "image/png": read_picture,
    "image/jpeg": read_picture,
    "image/tiff": read_picture,
    "image/gif": read_picture,
    "image/bmp": read_picture,
    "image/webp": read_picture,
}

_PICTURES = {
    rb"\x89PNG": "image/png",
    rb"\xff\xd8\xff": "image/jpeg",
    rb"GIF8[79]a": "image/gif",
    rb"II\*\0|MM\0\*|II\+\0|MM\0\+": "image/tiff",
    rb"BM....\0\0\0\0": "image/bmp",
    rb"RIFF....WEBP": "image/webp",
}
"""How a picture begins, as patterns."""
_HEAD_BYTES = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_MARKS = ("<!doctype html", "<html", "<head", "<body")


def extract(data: bytes, name: str, limits: Limits = USUAL) -> Extraction:
    """Return what a document says without OCR. Raises a DocumentError that names the reason."""
    return settled(look(data, name, limits))


def look(data: bytes, name: str, limits: Limits = USUAL) -> Extraction:
    """Return what can be read of a document, and which of its pages OCR may read.

    Raises a DocumentError that names the reason. Runs in a worker that may be killed.
    """
    try:
        return EXTRACTORS[media_type(data, name, limits)](data, limits)
    except MemoryError:
        raise LimitError("reading it takes more memory than is allowed") from None
    except RecursionError:
        raise LimitError("it is nested deeper than is safe to read") from None


def media_type(data: bytes, name: str, limits: Limits = USUAL) -> str:
    """Return the kind of a document by its content; only text is told apart by name. Raises UnsupportedError, EncryptedError."""
    head = data[:_HEAD_BYTES]
    if b"%PDF-" in head:
        return "application/pdf"
    if head.startswith(b"{\\rtf"):
        return "application/rtf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return office_kind(data, limits) or _unsupported("this is a zip, not a text document")
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedError("this office file is protected with a password")
        return _unsupported("this is an old Word, Excel or Outlook file")
    for mark, kind in _PICTURES.items():
        if re.match(mark, head, re.DOTALL):
            return kind
    if name.lower().endswith((".eml", ".mht", ".mhtml")):
        return _unsupported("this is a saved e-mail")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\x00", b"").decode("latin-1").lower()
    is_page = start.startswith(_HTML_MARKS) or (name.lower().endswith((".html", ".htm")) and "<" in start)
    return "text/html" if is_page or (start.startswith(("<?xml", "<!--")) and "<html" in start) else "text/plain"


def _unsupported(message: str) -> str:
    raise UnsupportedError(message)
