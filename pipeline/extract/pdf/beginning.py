"""Where a PDF begins: what transports put before it, or took from it, keeps nobody from reading it."""

from __future__ import annotations

import re

_MARK = b"%PDF-"
_READERS_LOOK, _WE_LOOK = 1_019, 65_536
"""Bytes that may come before the mark."""
_OBJECT = re.compile(rb"^\d{1,7} \d{1,5} obj\b\s*<<", re.MULTILINE)
"""How each part of a PDF begins."""


def holds_pdf(data: bytes) -> bool:
    """Tell whether a PDF begins somewhere behind other bytes, or where its beginning was lost. Text may speak of "%PDF-"."""
    start = data[:_WE_LOOK]
    return b"endobj" in data and (_MARK in start or _OBJECT.search(start) is not None)


def from_its_beginning(data: bytes) -> bytes:
    """Return a PDF without what stands before it, further than readers look, and with the mark that it may have lost."""
    at = data.find(_MARK, 0, _WE_LOOK)
    if at < 0:
        return _MARK + b"1.4\n" + data
    return data if at <= _READERS_LOOK else data[at:]
