"""Words that mean the same in any language: countries, languages, currencies. They are stored in one form."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.evidence.text import Span, Text
from pipeline.schemas.names import (
    country_code,
    currency_code,
    english_language,
    first_words_of_countries,
    first_words_of_currencies,
    first_words_of_languages,
    shared_signs,
)

_WORD = r"[^\W\d_]++(?!\$)(?:['’.-][^\W\d_]++(?!\$))*"
_FIRST = re.compile(rf"{_WORD}|(?:[^\W\d_]{{1,3}})?\$|[£¥€฿￥\u20a0-\u20c0]")
"""A word, or the sign of a currency with the letters before it."""
_WORDS = re.compile(rf"{_WORD}(?: {_WORD}){{0,3}}")
_LONGEST_CODE = 3
_LINES = re.compile(r"[\n\t]")
_CODE_BEFORE, _CODE_AFTER = re.compile(r"(?:\A|[,(|:•·–/\d-])\s?\Z"), re.compile(r"\s?(?:\Z|[(),|:;•·.–\d]|-\s?\d)")
_NUMBER_BEFORE, _NUMBER_AFTER = re.compile(r"(?:\d|[-—])[.,]? ?\Z"), re.compile(r"\.? ?[-−]?\d")

TRANSLATED: dict[str, tuple[Callable[[str], str | None], Callable[[], frozenset[str]]]] = {
    "countryCode": (country_code, first_words_of_countries),
    "currency": (currency_code, first_words_of_currencies),
    "language": (english_language, first_words_of_languages),
}
"""Keys whose values are stored in one language, whatever the document's is: what a word means, and how such words begin."""


def load() -> None:
    """Load the lists of names, so that no document has to wait for them."""
    for _, first_words in TRANSLATED.values():
        first_words()


def is_a_code(before: str, after: str) -> bool:
    """Tell whether a code is parted from the words of its line: "IN" may be India, or a word of a heading."""
    return bool(_CODE_BEFORE.search(_LINES.split(before)[-1]) and _CODE_AFTER.match(_LINES.split(after)[0]))


class Meanings:
    """What words of a text mean, each with the place of the first."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._places: dict[str, dict[str | None, Span]] = {}

    def find(self, wanted: str, key: str) -> Span | None:
        """Return where a word (or up to four) stands that means this. `key`: one of TRANSLATED."""
        if key not in self._places:
            self._places[key] = self._meant(key)
        signs = shared_signs(wanted) if key == "currency" else ()
        shared = (self._text.verbatim(sign, _is_no_part) for sign in signs)
        return self._places[key].get(wanted) or next(filter(None, shared), None)

    def _meant(self, key: str) -> dict[str | None, Span]:
        """Look at every word; at one place the longest is looked at first."""
        meaning, first_words = TRANSLATED[key][0], TRANSLATED[key][1]()
        places: dict[str | None, Span] = {}
        text = self._text.text
        for first in _FIRST.finditer(text):
            word = first[0].casefold()
            if word not in first_words and ("-" not in word or word.partition("-")[0] not in first_words):
                continue
            row = _WORDS.match(text, first.start())
            start, end = row.span() if row else first.span()
            while end > start:
                if end - start > _LONGEST_CODE or self._is_no_everyday_word(start, end, key):
                    places.setdefault(meaning(text[start:end]), (start, end))
                end = text.rfind(" ", start, end)
        return places

    def _is_no_everyday_word(self, start: int, end: int, key: str) -> bool:
        """Tell so short a word from others that are spelt like a code: "in", "it", "try"."""
        word, (before, after) = self._text.text[start:end], self._text.around(start, end)
        if not word.isascii() or not word.isalpha():
            return True
        if key == "currency":  # "12 eur" and "EUR 12", but not "try 3"
            is_a_code_in_small_letters = word.islower() and currency_code(word) == word.upper()
            return bool(
                _NUMBER_BEFORE.search(before) or (not is_a_code_in_small_letters and _NUMBER_AFTER.match(after))
            )
        is_a_name = key == "countryCode" and country_code(word) != word
        return word.isupper() and (is_a_name or is_a_code(before, after))


def _is_no_part(before: str, _after: str) -> bool:
    return not before[-1:].isalpha()  # "CA$" is not "$"
