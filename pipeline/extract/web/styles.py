"""The style sheets that an HTML page brings along, in their order. Those elsewhere are not fetched."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

_DATA = re.compile(r"data:text/css[^,]*?(;base64)?,(.*)", re.IGNORECASE | re.DOTALL)
_IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?["']?(data:text/css[^"'()\s]*)["']?\s*\)?[^;]*;""", re.IGNORECASE)


def style_sheets(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield what a page's style sheets say, each with the media that it is for; none named: all."""
    for node in root.iter("style", "link"):
        if node.tag == "style":
            css = _IMPORT.sub(lambda found: _of_data(found[1]), "".join(map(str, node.itertext())))
        elif "stylesheet" in (words := node.get("rel", "").lower().split()) and "alternate" not in words:
            css = _of_data(node.get("href", ""))
        else:
            continue
        media = node.get("media", "").strip()
        is_css = node.get("type", "text/css").strip().lower() in ("", "text/css")
        if css and is_css:
            yield css, media


def _of_data(address: str) -> str:
    """Return a style sheet that is written in its own address; empty: it is not."""
    found = _DATA.match(address)
    if not found:
        return ""
    if not found[1]:
        return unquote(found[2])
    try:
        return base64.b64decode(unquote(found[2]), validate=False).decode("utf-8", "replace")
    except binascii.Error:
        return ""
