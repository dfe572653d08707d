"""Documents in a DOCX that Word shows as a part of its text (w:altChunk): so do programs that make one of a web page."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.errors import EncryptedError, NoTextError, UnsupportedError
from pipeline.extract.limits import Limits
from pipeline.extract.plain.text import read_rtf, read_text
from pipeline.extract.web.page import read_html
from pipeline.extract.web.saved import read_saved_page
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
            return read_saved_page(data, limits)
        if not data:
            return None
        return read_html(data, limits) if b"<" in data[:1024] else read_text(data, limits)
    except (EncryptedError, NoTextError, UnsupportedError):
        return None
