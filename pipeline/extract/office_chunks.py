"""Documents in a DOCX that Word shows as a part of its text (w:altChunk): so do programs that make one of a web page."""

from __future__ import annotations

import email
import email.message
import re
from collections.abc import Callable

from pipeline.errors import EncryptedError, NoTextError, UnsupportedError
from pipeline.extract.limits import Limits
from pipeline.extract.plain import read_rtf, read_text
from pipeline.extract.web import read_html
from pipeline.records import Extraction

_MAIL = re.compile(rb"\s*(?:mime-version|from|subject|date|content-[a-z-]+):", re.IGNORECASE)
"""How a saved web page begins (MHTML, RFC 2557)."""
_ZIP = b"PK"


def read_chunk(
    data: bytes, limits: Limits, read_docx: Callable[[bytes, Limits], Extraction] | None
) -> Extraction | None:
    """Return what a document within a document says; None: nothing, or it is of a kind that is not read here.

    `read_docx`: what reads another DOCX; None: none is read, so that documents within each other come to an end.
    """
    try:
        if data.startswith(_ZIP):
            return read_docx(data, limits) if read_docx else None
        if data.startswith(b"{\\rtf"):
            return read_rtf(data, limits)
        if _MAIL.match(data):
            data = _page_of(data)
        if not data:
            return None
        return read_html(data, limits) if b"<" in data[:1024] else read_text(data, limits)
    except (EncryptedError, NoTextError, UnsupportedError):
        return None


def _page_of(data: bytes) -> bytes:
    """Return the page of a saved web page; what it shows beside its text is left out."""
    pages = (part.get_payload(decode=True) for part in email.message_from_bytes(data).walk() if _is_page(part))
    return next((page for page in pages if isinstance(page, bytes)), b"")


def _is_page(part: email.message.Message) -> bool:
    return part.get_content_type() == "text/html"
