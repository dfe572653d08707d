"""Every extracted value looked up in the document: what a summary says, and where it stands.

A value that is not found is marked, never dropped: the reader of the summary decides. Values that a
schema normalises (dates, phone numbers, names of languages and countries) are looked for in the
forms in which people print them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from itertools import compress, pairwise
from typing import Any

from rapidfuzz import fuzz

from pipeline.records import Evidence, Extraction
from pipeline.schemas.dates import find_dates, find_short_dates
from pipeline.schemas.names import (
    country_code,
    currency_code,
    english_language,
    first_words_of_countries,
    first_words_of_currencies,
    first_words_of_languages,
    shared_signs,
)
from pipeline.schemas.numbers import decimal_text, usual_digits

_NOT_READ = {"document_type", "language", "as_of", "derived", "summary"}
"""Keys of the first level whose values are decided or composed, not copied. Further down, they may be anything."""
_NETWORK = ("profiles", "network")
"""A CV's pages on networks: which one it is, is told by the address."""
_PHONE = "phone"
_SIMILAR = 90.0
"""Least likeness, 0 to 100, for a value with a slip in it."""
_SHORTEST_SIMILAR, _LONGEST_SIMILAR = 6, 300
_ISO_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_NUMERIC = re.compile(rf"{_ISO_DATE.pattern}|{_DECIMAL.pattern}")
_NUMBER = re.compile(r"[-−]?\d(?:[\d .,'’  ]*\d)?")
_WORDS = re.compile(r"[^\W\d_]+(?:[ '’.-][^\W\d_]+){0,3}|[€$£₹¥₴₺₽]")
_WORD = re.compile(r"[^\W\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0eff]+")
_DIGIT = re.compile(r"\(0\)|(\d)")
_IN_A_NUMBER = re.compile(r"(?:\(0\)|[ ()/.–-]){0,4}")
_BEFORE_A_NUMBER = re.compile(r"[+(]{0,2}(?<!\d)[0\u0660\u06f0]{0,2}\Z")
_NO_DIGITS = re.compile(r"\D+")
_NO_LETTERS = re.compile(r"[\W_]+")
_DIGIT_AND_MARK, _MARK_AND_DIGIT = re.compile(r"\d[.,'’]"), re.compile(r"[.,'’]\d")
_LONGEST_WORD = 40
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0eff]")

Span = tuple[int, int]
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

    return tuple(Evidence(path, *place(key if key in _OF_A_KIND else "", value)) for path, key, value in leaves)


def load() -> None:
    """Load the lists of names, so that no document has to wait for them."""
    for _, first_words in _TRANSLATED.values():
        first_words()


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


class _Source:
    """A text, searchable in several spellings. All answers are offsets into it.

    What is made of the whole text is made once, and only when it is asked for.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._meant: dict[str, dict[str | None, Span]] = {}

    def find(self, kind: str, value: str) -> tuple[str, Span] | None:
        """Return how a value is found and where, by the surest way that leads there. `kind`: one of _OF_A_KIND, or ""."""
        if span := self._verbatim(value):
            return "verbatim", span
        if kind == _PHONE:
            span = self._phone(value)
        elif kind:
            span = self._word(value, kind)
        elif _NUMERIC.fullmatch(value):
            span = self._date_or_number(value)
        else:
            return self._text_like(_folded(value))
        return ("normalised", span) if span else None

    def _verbatim(self, wanted: str) -> Span | None:
        start = self._text.find(wanted)
        while start >= 0:
            if self._is_whole(start, start + len(wanted)):
                return start, start + len(wanted)
            start = self._text.find(wanted, start + 1)
        return None

    def _text_like(self, folded: str) -> tuple[str, Span] | None:
        if span := self._without_marks(folded):
            return "normalised", span
        span = self._similar(folded)
        return ("similar", span) if span else None

    def _without_marks(self, folded: str) -> Span | None:
        """Look without case, blanks and punctuation."""
        start = self._squeezed.find(folded) if folded else -1
        while start >= 0:
            span = self._span(start, start + len(folded))
            if self._is_whole(*span):
                return span
            start = self._squeezed.find(folded, start + 1)
        return None

    def _similar(self, folded: str) -> Span | None:
        if not _SHORTEST_SIMILAR <= len(folded) <= _LONGEST_SIMILAR or len(self._squeezed) < len(folded):
            return None
        best = fuzz.partial_ratio_alignment(folded, self._squeezed, score_cutoff=_SIMILAR)
        if not best or best.dest_end <= best.dest_start:
            return None
        return self._whole_words(*self._span(best.dest_start, best.dest_end))

    def _date_or_number(self, wanted: str) -> Span | None:
        """Look for what is printed as a date or an amount: 1678 may be either."""
        span = self._date(wanted) if _ISO_DATE.fullmatch(wanted) else None
        return span or (self._number(wanted) if _DECIMAL.fullmatch(wanted) else None)

    def _date(self, wanted: str) -> Span | None:
        exact = (span for iso, span in self._dates if iso == wanted)
        within = (span for iso, span in self._dates if iso.startswith(wanted))
        return next(exact, None) or next(within, None) or self._short_dates.get(wanted)

    def _phone(self, wanted: str) -> Span | None:
        """Look for the digits; a national number lacks the country's, which are one to three."""
        digits = _NO_DIGITS.sub("", wanted)
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
        return usual_digits("".join(self._text[place] for place in places)), places

    def _number(self, wanted: str) -> Span | None:
        target = float(wanted)
        return next((span for number, span in self._numbers if abs(number - target) < 0.005), None)

    def _word(self, wanted: str, key: str) -> Span | None:
        """Look for a word (or up to four) that means the same in any language."""
        if key not in self._meant:
            meaning, first_words = _TRANSLATED[key]
            self._meant[key] = self._meanings(meaning, first_words())
        shared = map(self._verbatim, shared_signs(wanted)) if key == "currency" else ()
        return self._meant[key].get(wanted) or next(filter(None, shared), None)

    def _meanings(self, meaning: Callable[[str], str | None], first_words: frozenset[str]) -> dict[str | None, Span]:
        """Return what words of the text mean, each with the place of the first; at one place the longest is looked at first."""
        places: dict[str | None, Span] = {}
        for row in _WORDS.finditer(self._text):
            word = row[0].partition(" ")[0].casefold()
            if word not in first_words and word.partition("-")[0] not in first_words:
                continue
            start, end = row.span()
            while end > start:
                places.setdefault(meaning(self._text[start:end]), (start, end))
                end = self._text.rfind(" ", start, end)
        return places

    @functools.cached_property
    def _squeezed(self) -> str:
        return _folded(self._text)

    @functools.cached_property
    def _at(self) -> list[int]:
        """Where in the text each character of the squeezed one stands; "ß" makes two."""
        places = list(compress(range(len(self._text)), map(str.isalnum, self._text)))
        if len(places) == len(self._squeezed):
            return places
        return [place for place in places for _ in self._text[place].casefold()]

    @functools.cached_property
    def _dates(self) -> list[tuple[str, Span]]:
        dates = find_dates(self._text)
        american = [(date.american, (date.start, date.end)) for date in dates if date.american]
        return [(date.iso, (date.start, date.end)) for date in dates] + american

    @functools.cached_property
    def _short_dates(self) -> dict[str, Span]:
        """Where what may be a short date stands first; looked for where a date is not found otherwise."""
        return {date.iso: (date.start, date.end) for date in reversed(find_short_dates(self._text))}

    @functools.cached_property
    def _numbers(self) -> list[tuple[float, Span]]:
        found = _NUMBER.finditer(self._text)
        return [(float(decimal_text(number[0]) or "nan"), number.span()) for number in found]

    def _span(self, start: int, end: int) -> Span:
        return self._at[start], self._at[end - 1] + 1

    def _whole_words(self, start: int, end: int) -> Span | None:
        """Return the words of which most lies inside a span, from the first to the last; None: there is none."""
        words = _WORD.finditer(self._text, max(0, start - _LONGEST_WORD), end + _LONGEST_WORD)
        inside = [word for word in words if 2 * (min(end, word.end()) - max(start, word.start())) > len(word[0])]
        return (inside[0].start(), inside[-1].end()) if inside else None

    def _is_whole(self, start: int, end: int) -> bool:
        """Tell whether no letter or digit touches the span; scripts without blanks have no such edges."""
        text = self._text
        before, after = text[max(0, start - 2) : start], text[end : end + 2]
        is_whole = not (
            (text[start].isalnum() and before[-1:].isalnum())
            or (text[end - 1].isalnum() and after[:1].isalnum())
            or (text[start].isdecimal() and _DIGIT_AND_MARK.fullmatch(before))
            or (text[end - 1].isdecimal() and _MARK_AND_DIGIT.fullmatch(after))
        )
        return is_whole or _UNSPACED.search(text, start, end) is not None


def _folded(text: str) -> str:
    """Return letters and digits only, casefolded."""
    return _NO_LETTERS.sub("", text).casefold()


_TRANSLATED: dict[str, tuple[Callable[[str], str | None], Callable[[], frozenset[str]]]] = {
    "countryCode": (country_code, first_words_of_countries),
    "currency": (currency_code, first_words_of_currencies),
    "language": (english_language, first_words_of_languages),
}
"""Keys whose values are stored in one language, whatever the document's is: what a word means, and how such words begin."""
_OF_A_KIND = {_PHONE, *_TRANSLATED}
"""Keys whose values are looked for in a way of their own."""
