"""Which reader takes which bytes. To add a format: one function, and one line in EXTRACTORS."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.errors import EncryptedError, LimitError, NoTextError, UnsupportedError
from pipeline.extract.limits import USUAL, Limits
from pipeline.extract.office import DOCX, ODT, office_kind, read_docx, read_odt
from pipeline.extract.pdf import read_pdf
from pipeline.extract.plain import read_html, read_rtf, read_text
from pipeline.records import Extraction

EXTRACTORS: dict[str, Callable[[bytes, Limits], Extraction]] = {
    "application/pdf": read_pdf,
    DOCX: read_docx,
    ODT: read_odt,
    "application/rtf": read_rtf,
    "text/html": read_html,
    "text/plain": read_text,
}

_PICTURES = {
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF",
}  # fmt: skip
_HEAD_BYTES = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_MARKS = ("<!doctype html", "<html", "<head", "<body")


def extract(data: bytes, name: str, limits: Limits = USUAL) -> Extraction:
    """Return what a document says. Raises a DocumentError that names the reason. Runs in a worker that may be killed."""
    try:
        return EXTRACTORS[media_type(data, name, limits)](data, limits)
    except MemoryError:
        raise LimitError("reading it takes more memory than is allowed") from None
    except RecursionError:
        raise LimitError("it is nested deeper than is safe to read") from None


def media_type(data: bytes, name: str, limits: Limits = USUAL) -> str:
    """Return the kind of a document by its content; only text is told apart by name. Raises UnsupportedError, NoTextError."""
    head = data[:_HEAD_BYTES]
    if b"%PDF-" in head:
        return "application/pdf"
    if head.startswith(b"{\\rtf"):
        return "application/rtf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return office_kind(data, limits) or _unsupported("this is a zip, not a text document")
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        raise NoTextError("this is a picture (BMP), not text")
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedError("this office file is protected with a password")
        return _unsupported("this is an old Word, Excel or Outlook file")
    for mark, kind in _PICTURES.items():
        if head.startswith(mark):
            raise NoTextError(f"this is a picture ({kind}), not text")
    if name.lower().endswith((".eml", ".mht", ".mhtml")):
        return _unsupported("this is a saved e-mail")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").replace(b"\x00", b"").decode("latin-1").lower()
    is_page = start.startswith(_HTML_MARKS) or (name.lower().endswith((".html", ".htm")) and "<" in start)
    return "text/html" if is_page or (start.startswith(("<?xml", "<!--")) and "<html" in start) else "text/plain"


def _unsupported(message: str) -> str:
    raise UnsupportedError(message)
