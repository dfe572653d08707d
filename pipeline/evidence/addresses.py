"""E-mail addresses and those of pages, where they are broken over lines or written out."""

from __future__ import annotations

import re

from pipeline.evidence.text import Span, Text, folded

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+|(?:https?://|www\.)\S+", re.IGNORECASE)
"""What is an address, whatever key it has."""
_SCHEME = re.compile(r"(?:https?://)?(?:www\.)?", re.IGNORECASE)
_LINE_END = r"(?:\s?\n\s?)?"
_SPELT = {
    "@": r"(?:@|\s?[\[({]\s?at\s?[\])}]\s?)",
    ".": r"(?:\.|\s?[\[({]\s?(?:dot|punkt|point|punto)\s?[\])}]\s?)",
}
"""How signs are written out against robots."""
_IS_SPELT = re.compile(r"[\[({]\s?(?:at|dot|punkt|point|punto)\s?[\])}]", re.IGNORECASE)
_LONGEST = 300
_BEFORE = re.compile(r"(?<![\w.+@-])(?:www\.)?\Z", re.IGNORECASE)
_AFTER = re.compile(r"[\w@]|[.-]\w")


def find_address(text: Text, value: str) -> Span | None:
    """Return where an address stands, without what a browser adds to it."""
    bare = _SCHEME.sub("", value, count=1).rstrip("/")
    if not bare or len(bare) > _LONGEST:
        return None
    if folded(bare) not in text.squeezed and not _IS_SPELT.search(text.text):
        return None  # sooner told than a pattern is made
    body = _LINE_END.join(_SPELT.get(sign) or re.escape(sign) for sign in bare)
    places = (found.span() for found in re.finditer(body, text.text, re.IGNORECASE))
    return next((span for span in places if is_an_address(*text.around(*span))), None)


def is_an_address(before: str, after: str) -> bool:
    """Tell whether nothing stands beside that would make it a part of another address."""
    return bool(_BEFORE.search(before)) and not _AFTER.match(after)
