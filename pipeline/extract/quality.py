"""Whether a text says anything: fonts without a table of meanings give letters that are none, or the wrong ones."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter

from pipeline.extract.clean import damaged_share

_MUCH_DAMAGE = 0.3
_FEW_LETTERS = 0.3
_FEWEST_VOWELS = 0.06
"""Share of A and E in words of five letters and more: every language in Latin letters has twice that and more, an
alphabet that its font has shifted has none of the one and few of the other."""
_ENOUGH_WORDS = 8
"""Different ones."""
_MANY_MIXED_WORDS = 0.25
_MANY_GLYPHS = 0.3
"""Share of a text that names glyphs, as the second reader does where it knows no letters."""
_ENOUGH = 100
"""Letters, below which nothing is said: a short text may be anything."""
_LOOKED_AT, _LOOKED_AT_CLOSELY = 20_000, 5_000
"""Characters."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_REPEATED = re.compile(r"(.)\1+")
_GLYPHS = re.compile(r"(?:/[A-Za-z]{0,2}\d{1,5}){6,}")
_LATIN_WORD = re.compile(r"(?<![^\W_])[a-zæœəǝɛɑ\u0300-\u036f]{5,}(?![^\W_])")
_BESIDE_OTHERS = frozenset(
    "CJK HIRAGANA KATAKANA KATAKANA-HIRAGANA HANGUL BOPOMOFO THAI LAO KHMER MYANMAR "  # no blank before Latin letters
    "MATHEMATICAL FULLWIDTH HALFWIDTH DOUBLE-STRUCK SCRIPT MICRO OHM KELVIN FEMININE MASCULINE MODIFIER".split()
)
"""First words of the names of letters that stand in words of any script."""


def letter_share(text: str) -> float:
    """Return the share of letters, digits and accents (0 to 1); leaders, rules and form lines count as one sign."""
    marks = Counter(_REPEATED.sub(r"\1", "".join(text.split())))
    letters = sum(count for mark, count in marks.items() if unicodedata.category(mark)[0] in "LNM")
    return letters / marks.total() if marks else 0.0


@functools.lru_cache(maxsize=8)
def is_garbled(text: str) -> bool:
    """Tell whether a text is too damaged to use, in whatever script it should be.

    Remembered for a moment: a document of one page is asked about as a document and as a page.

    Signs instead of letters, names of glyphs, letters without vowels (an alphabet shifted by its font), or words of
    several scripts.
    """
    text = text[:_LOOKED_AT]
    if damaged_share(text) > _MUCH_DAMAGE:
        return True
    is_enough = len("".join(text.split())) >= _ENOUGH
    return is_enough and (
        letter_share(text) < _FEW_LETTERS or _names_glyphs(text) or _has_no_vowels(text) or _mixes_scripts(text)
    )


def _names_glyphs(text: str) -> bool:
    return sum(map(len, _GLYPHS.findall(text))) > _MANY_GLYPHS * len(text)


def _has_no_vowels(text: str) -> bool:
    words = set(_LATIN_WORD.findall(unicodedata.normalize("NFD", text[:_LOOKED_AT_CLOSELY].casefold())))
    letters = Counter("".join(words))
    vowels = sum(letters[vowel] for vowel in "aeæœəǝɛɑ")
    return len(words) >= _ENOUGH_WORDS and vowels < _FEWEST_VOWELS * letters.total()


def _mixes_scripts(text: str) -> bool:
    words = _WORD.findall(text[:_LOOKED_AT_CLOSELY])
    mixed = sum(not word.isascii() and len({*map(_script, word)} - _BESIDE_OTHERS) > 1 for word in words)
    return sum(map(len, words)) >= _ENOUGH and mixed > _MANY_MIXED_WORDS * len(words)


def is_foreign_to(letter: str, other: str) -> bool:
    """Tell whether two letters are of scripts that do not stand in one word."""
    return len({_script(letter), _script(other)} - _BESIDE_OTHERS) > 1


@functools.lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """Return the first word of a letter's name, which is its script."""
    return unicodedata.name(letter, "").split(" ", 1)[0]
