"""Marks of the lists of a web page, which browsers put before the items."""

from __future__ import annotations

from lxml import etree

from pipeline.extract.list_marks import BULLET, count_in, number
from pipeline.extract.web.css import Look

_KINDS = {
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
}


class WebLists:
    """How far the numbered lists of a page have been counted."""

    def __init__(self) -> None:
        self._counts: dict[etree._Element, int] = {}

    def mark(self, item: etree._Element, look: Look) -> str:
        """Return what a browser puts before an item; nothing where its style says so, or where it is no line of its own."""
        if look.hidden() or look.edge or "none" in look.list_style.split():
            return ""
        around = item.getparent()
        if around is None or around.tag != "ol":
            return BULLET
        begin = count_in(around.get("start")) or 1
        count = count_in(item.get("value")) or self._counts.get(around, begin - 1) + 1
        self._counts[around] = count
        kinds = (_KINDS[word] for word in look.list_style.split() if word in _KINDS)
        return f"{number(count, next(kinds, around.get('type') or ''))}."
