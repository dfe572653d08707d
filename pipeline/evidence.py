"""Every extracted value looked up in the document: what a summary says, and where it stands.

A value that is not found is marked, never dropped: the reader of the summary decides. Values that a
schema normalises (dates, phone numbers, names of languages and countries) are looked for in the
forms in which people print them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz

from pipeline.records import Evidence, Extraction
from pipeline.schemas.dates import find_dates
from pipeline.schemas.names import country_code, currency_code, english_language
from pipeline.schemas.numbers import decimal_text

_NOT_READ = {"document_type", "as_of", "derived", "current", "summary", "network"}
"""Keys whose values are decided or composed, not copied."""
_SIMILAR = 90.0
"""Least likeness, 0 to 100, for a value with a slip in it."""
_SHORTEST_SIMILAR, _LONGEST_SIMILAR = 6, 300
_ISO_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_NUMBER = re.compile(r"[-−]?\d(?:[\d .,'’  ]*\d)?")
_WORDS = re.compile(r"[^\W\d_]+(?:[ '’.-][^\W\d_]+){0,3}|[€$£₹¥₴₺₽]")
_WORD = re.compile(r"[^\W\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0eff]+")
_DIGIT = re.compile(r"\(0\)|(\d)")
_IN_A_NUMBER = re.compile(r"(?:\(0\)|[ ()/.–-]){0,4}")
_BEFORE_A_NUMBER = re.compile(r"[+(]{0,2}(?<!\d)0{0,2}\Z")
_LONGEST_WORD = 40
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0eff]")

Span = tuple[int, int]
Way = tuple[str, Callable[["_Source", str], Span | None]]
"""How sure it is, and how to look."""


def find_evidence(fields: dict[str, Any], extraction: Extraction) -> tuple[Evidence, ...]:
    """Return where each value of a summary stands, in the order of the summary."""
    text, links = _Source(extraction.text), _Source("\n".join(extraction.links))
    found = ((path, value, list(_ways(key, value))) for path, key, value in _leaves(fields))
    return tuple(
        _in_text(path, value, ways, text, extraction) or _in_links(path, value, ways, links)
        for path, value, ways in found
    )


def _in_text(path: str, value: str, ways: list[Way], text: _Source, extraction: Extraction) -> Evidence | None:
    for found, look in ways:
        span = look(text, value)
        if span:
            return Evidence(path, found, extraction.page_at(span[0]), *span)
    return None


def _in_links(path: str, value: str, ways: list[Way], links: _Source) -> Evidence:
    return Evidence(path, "link" if any(look(links, value) for _, look in ways) else "absent")


def _ways(key: str, value: str) -> Iterator[Way]:
    """Yield the ways to look for a value, surest first."""
    yield "verbatim", lambda source, wanted: source.verbatim(wanted)
    if key == "phone":
        yield "normalised", lambda source, wanted: source.phone(wanted)
        return
    if key in _TRANSLATED:
        yield "normalised", lambda source, wanted: source.word(wanted, _TRANSLATED[key])
        return
    if _ISO_DATE.fullmatch(value):
        yield "normalised", lambda source, wanted: source.date(wanted)
    if _DECIMAL.fullmatch(value):  # 1678 may be a year and may be an amount
        yield "normalised", lambda source, wanted: source.number(wanted)
    elif not _ISO_DATE.fullmatch(value):
        yield "normalised", lambda source, wanted: source.squeezed(wanted)
        yield "similar", lambda source, wanted: source.similar(wanted)


def _leaves(node: Any, path: str = "", key: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield path, key and text of every value that was read from the document."""
    if isinstance(node, dict):
        for name, value in node.items():
            composed = name in _NOT_READ or (name == "language" and not path)
            if not composed:
                yield from _leaves(value, f"{path}.{name}" if path else name, name)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _leaves(value, f"{path}[{number}]", key)
    elif node is not None and not isinstance(node, bool) and str(node).strip():
        yield path, key, f"{node:.10g}" if isinstance(node, float) else str(node).strip()


class _Source:
    """A text, searchable in several spellings. All answers are offsets into it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded, self._at = _squeeze(text)
        self._dates: list[tuple[str, Span]] | None = None
        self._words: list[tuple[str, Span]] | None = None

    def verbatim(self, wanted: str) -> Span | None:
        start = -1
        while (start := self._text.find(wanted, start + 1)) >= 0:
            if self._is_whole(start, start + len(wanted)):
                return start, start + len(wanted)
        return None

    def squeezed(self, wanted: str) -> Span | None:
        """Look without case, blanks and punctuation."""
        folded, _ = _squeeze(wanted)
        start = -1
        while folded and (start := self._folded.find(folded, start + 1)) >= 0:
            span = self._span(start, start + len(folded))
            if self._is_whole(*span):
                return span
        return None

    def similar(self, wanted: str) -> Span | None:
        folded, _ = _squeeze(wanted)
        if not _SHORTEST_SIMILAR <= len(folded) <= _LONGEST_SIMILAR or len(self._folded) < len(folded):
            return None
        best = fuzz.partial_ratio_alignment(folded, self._folded, score_cutoff=_SIMILAR)
        if not best or best.dest_end <= best.dest_start:
            return None
        return self._whole_words(*self._span(best.dest_start, best.dest_end))

    def date(self, wanted: str) -> Span | None:
        if self._dates is None:
            self._dates = [(date.iso, (date.start, date.end)) for date in find_dates(self._text)]
        exact = (span for iso, span in self._dates if iso == wanted)
        within = (span for iso, span in self._dates if iso.startswith(wanted))
        return next(exact, None) or next(within, None)

    def phone(self, wanted: str) -> Span | None:
        """Look for the digits; a national number lacks the country's, which are one to three."""
        digits = re.sub(r"\D", "", wanted)
        for country in range(4):
            national = digits[country:].lstrip("0")
            if len(national) >= 6 and (span := self._printed(national)):
                return span
        return None

    def _printed(self, number: str) -> Span | None:
        """Return where these digits stand, with no more between two of them than a telephone number has."""
        numerals, places = self._numerals
        at = numerals.find(number)
        while at >= 0:
            digits = places[at : at + len(number)]
            start, end = digits[0], digits[-1] + 1
            head = _BEFORE_A_NUMBER.search(self._text[max(0, start - 5) : start])
            if head and not self._text[end : end + 1].isdecimal() and self._are_near(digits):
                return start - len(head[0]), end
            at = numerals.find(number, at + 1)
        return None

    def _are_near(self, digits: Sequence[int]) -> bool:
        return all(_IN_A_NUMBER.fullmatch(self._text, before + 1, after) for before, after in pairwise(digits))

    @functools.cached_property
    def _numerals(self) -> tuple[str, list[int]]:
        """The digits of the text, and where each of them stands; the (0) of "+49 (0)30" is none."""
        places = [found.start() for found in _DIGIT.finditer(self._text) if found[1]]
        return "".join(self._text[place] for place in places), places

    def number(self, wanted: str) -> Span | None:
        target = float(wanted)
        for found in _NUMBER.finditer(self._text):
            if abs(float(decimal_text(found[0]) or "nan") - target) < 0.005:
                return found.span()
        return None

    def word(self, wanted: str, meaning: Callable[[str], str | None]) -> Span | None:
        """Look for a word (or up to four) that means the same in any language."""
        if self._words is None:
            self._words = [(found[0], found.span()) for found in _WORDS.finditer(self._text)]
        for words, (start, _) in self._words:
            for length in range(len(words.split(" ")), 0, -1):
                head = " ".join(words.split(" ")[:length])
                if meaning(head) == wanted:
                    return start, start + len(head)
        return None

    def _span(self, start: int, end: int) -> Span:
        return self._at[start], self._at[end - 1] + 1

    def _whole_words(self, start: int, end: int) -> Span | None:
        """Return the words of which most lies inside a span, from the first to the last; None: there is none."""
        words = _WORD.finditer(self._text, max(0, start - _LONGEST_WORD), end + _LONGEST_WORD)
        inside = [word for word in words if 2 * (min(end, word.end()) - max(start, word.start())) > len(word[0])]
        return (inside[0].start(), inside[-1].end()) if inside else None

    def _is_whole(self, start: int, end: int) -> bool:
        """Tell whether no letter or digit touches the span; scripts without blanks have no such edges."""
        if _UNSPACED.search(self._text[start:end]):
            return True
        before, after = self._text[start - 1 : start], self._text[end : end + 1]
        if self._text[start].isdecimal() and re.search(r"\d[.,'’]$", self._text[max(0, start - 2) : start]):
            return False
        if self._text[end - 1].isdecimal() and re.match(r"[.,'’]\d", self._text[end : end + 2]):
            return False
        return not (before.isalnum() and self._text[start].isalnum()) and not (
            after.isalnum() and self._text[end - 1].isalnum()
        )


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return letters and digits only, casefolded, and where in the text each of them stands."""
    folded: list[str] = []
    at: list[int] = []
    for offset, character in enumerate(text):
        if character.isalnum():
            for piece in character.casefold():
                folded.append(piece)
                at.append(offset)
    return "".join(folded), at


_TRANSLATED: dict[str, Callable[[str], str | None]] = {
    "countryCode": country_code,
    "currency": currency_code,
    "language": english_language,
}
"""Keys whose values are stored in one language, whatever the document's is."""
