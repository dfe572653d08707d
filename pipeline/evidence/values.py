"""The values of a summary, and the way in which each of them is looked for."""

from __future__ import annotations

import functools
from typing import Any

from pipeline.evidence.addresses import ADDRESS, find_address, is_an_address
from pipeline.evidence.figures import IS_DATE, IS_FIGURE, Figures
from pipeline.evidence.meanings import TRANSLATED, Meanings, is_a_code
from pipeline.evidence.text import Span, Text
from pipeline.evidence.wording import find_wording
from pipeline.records import Evidence, Extraction

_NOT_READ = {"document_type", "language", "as_of", "derived", "summary"}
"""Keys of the first level whose values are decided or composed, not copied. Further down, they may be anything."""
_NETWORK = ("profiles", "network")
"""A CV's pages on networks: which one it is, is told by the address."""
_PHONE, _URL, _DATE, _COUNTRY = "phone", "url", "date", "countryCode"
_OF_A_KIND = {_PHONE, _URL, *TRANSLATED}
"""Keys whose values are looked for in a way of their own; so are those that end in "date"."""

_Place = tuple[str] | tuple[str, int, int, int]
"""How a value is found, then page, start and end where it stands in the text."""


def find_evidence(fields: dict[str, Any], extraction: Extraction) -> tuple[Evidence, ...]:
    """Return where each value of a summary stands, in the order of the summary."""
    text = _Source(extraction.text)
    links = _Source("\n".join(extraction.links)) if extraction.links else None
    leaves: list[tuple[str, str, str]] = []
    _gather(fields, "", "", leaves)

    @functools.cache  # for this document only: years, places and employers stand in it more than once
    def place(kind: str, value: str) -> _Place:
        if found := text.find(kind, value):
            way, span = found
            return way, extraction.page_at(span[0]), *span
        return ("link" if links and links.find(kind, value) else "absent",)

    return tuple(Evidence(path, *place(_kind(key), value)) for path, key, value in leaves)


def _gather(node: Any, path: str, key: str, leaves: list[tuple[str, str, str]]) -> None:
    """Add path, key and text of every value that was read from the document."""
    if node is None or isinstance(node, bool):
        return
    if isinstance(node, dict):
        for name, value in node.items():
            composed = (key, name) == _NETWORK if path else name in _NOT_READ
            if not composed and value is not None:
                _gather(value, f"{path}.{name}" if path else name, name, leaves)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            _gather(value, f"{path}[{number}]", key, leaves)
    elif text := (f"{node:.10g}" if isinstance(node, float) else str(node).strip()):
        leaves.append((path, key, text))


def _kind(key: str) -> str:
    """Return the way in which the values of a key are looked for; "": by what they look like."""
    return key if key in _OF_A_KIND else _DATE if key.casefold().endswith(_DATE) else ""


class _Source:
    """A text in which values of all kinds are looked for. All answers are offsets into it."""

    def __init__(self, text: str) -> None:
        self._text = Text(text)
        self._figures = Figures(self._text)
        self._meanings = Meanings(self._text)

    def find(self, kind: str, value: str) -> tuple[str, Span] | None:
        """Return how a value is found and where, by the surest way that leads there. `kind`: see _kind."""
        is_address = kind == _URL or ADDRESS.fullmatch(value) is not None
        if span := self._verbatim(kind, value, is_address=is_address):
            return "verbatim", span
        if kind == _PHONE:
            span = self._figures.phone(value)
        elif kind in TRANSLATED:
            span = self._meanings.find(value, kind)
        elif IS_FIGURE.fullmatch(value):
            span = self._figures.date(value) or (self._figures.number(value) if kind != _DATE else None)
        elif is_address:
            span = find_address(self._text, value)
        else:
            return find_wording(self._text, value)
        return ("normalised", span) if span else None

    def _verbatim(self, kind: str, value: str, *, is_address: bool) -> Span | None:
        """Look for the value as it is, where the signs around say that it is not a part of another."""
        if kind == _COUNTRY:
            return self._text.verbatim(value, is_a_code)
        if is_address:
            return self._text.verbatim(value, is_an_address)
        if IS_DATE.fullmatch(value) and "-" in value:
            return self._text.verbatim(value, Figures.is_a_date)
        return self._text.verbatim(value)
