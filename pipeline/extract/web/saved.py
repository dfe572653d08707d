"""Saved web pages (MHTML, RFC 2557): a page, its style sheets and its pictures in one file, as Word and browsers write it."""

from __future__ import annotations

import email
import email.message
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.limits import Limits
from pipeline.extract.media import SAVED_PAGE
from pipeline.extract.web.page import read_html
from pipeline.records import Extraction


def read_saved_page(data: bytes, limits: Limits) -> Extraction:
    """Return the text of a saved web page. What it shows beside its text is left out."""
    parts = list(email.message_from_bytes(data.lstrip()).walk())
    page = next(_contents(parts, "text/html"), b"")
    looks = (b"<style>%s</style>" % sheet for sheet in _contents(parts, "text/css"))
    return replace(read_html(page + b"".join(looks), limits), media_type=SAVED_PAGE)


def _contents(parts: list[email.message.Message], kind: str) -> Iterator[bytes]:
    """Yield what the parts of a kind hold."""
    for part in parts:
        content = part.get_payload(decode=True) if part.get_content_type() == kind else None
        if isinstance(content, bytes):
            yield content
