"""PDFs that lost marks of their structure: what readers need to find the parts of a file is put in again.

Promise: nothing is said to be whole that is not. Where a part of the file itself is cut off, it stays damaged.
"""

from __future__ import annotations

import re

_BEGIN, _END = b" obj", b"endobj"
_HEAD = re.compile(rb"(\d{1,7}) (\d{1,5}) obj\b")
_UNENDED = re.compile(rb"([^\s\w][ \t\r\n]*+|endstream[ \t]*+[\r\n]++)(?=^\d{1,7} \d{1,5} obj\b)", re.MULTILINE)
"""The end of a part before another one begins."""
_LONGEST_CATALOG = 2_000
"""Bytes of it that may stand before its type."""


def mended(data: bytes) -> bytes:
    """Return a file with an end put to each part before which another one begins, and with a trailer if it has none."""
    if data.count(_BEGIN) > data.count(_END):
        first = data.find(_BEGIN)
        data = data[:first] + _UNENDED.sub(rb"\1\nendobj\n", data[first:])
    is_cut = data.rfind(_BEGIN) > data.rfind(_END)  # within a part of it
    return data if is_cut or b"/Root" in data or b"/Encrypt" in data else data + _trailer(data)


def _trailer(data: bytes) -> bytes:
    """Return an end for a file, which says where to begin; empty: that is not found."""
    at = max(0, data.rfind(b"/Catalog"))
    heads = list(_HEAD.finditer(data, max(0, at - _LONGEST_CATALOG), at))
    return b"\ntrailer\n<< /Root %s %s R >>\nstartxref\n0\n%%%%EOF\n" % heads[-1].groups() if heads else b""
