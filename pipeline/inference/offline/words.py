"""Word lists and how a text is compared with them.

The lists live in `words/*.toml`, one file a subject, in about twenty-five languages. A phrase is compared word by
word, without case and without the punctuation at a word's edges, by looking it up: no pattern grows with a list.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from typing import Any

_WORD = re.compile(r"[^\s/|,;:()\[\]\"„“”«»]+")
_OFTEN_WITHOUT_MARKS = ("business",)
_SHORTEST_WITHOUT_MARKS = 5
_STROKES = str.maketrans("łŁøØđĐıİ", "lLoOdDiI")
_EDGE = ".!?'’‘*·•–—-"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text and where it stands."""

    start: int
    end: int
    key: str
    """The word without case and edge punctuation."""


@functools.cache
def word_list(name: str) -> dict[str, Any]:
    """Return a file of word lists. The files are part of the program."""
    return tomllib.loads(resources.files(__package__).joinpath("words", f"{name}.toml").read_text(encoding="utf-8"))


def split_words(text: str) -> list[Word]:
    """Return the words of a text, in order."""
    return [Word(found.start(), found.end(), _key(found[0])) for found in _WORD.finditer(text)]


def _key(word: str) -> str:
    # "+" and "#" stay ("C++"), and a word that is all punctuation ("&", "-") is itself.
    # A Turkish "İ" is "i" and a dot above when it is folded.
    plain = word.casefold().replace("i\u0307", "i").replace("’", "'").replace("–", "-").replace("—", "-")
    return plain.strip(_EDGE) or plain


def phrase_key(phrase: str) -> str:
    """Return a phrase as it is looked up."""
    return " ".join(word.key for word in split_words(phrase))


@dataclass(frozen=True, slots=True)
class Phrases:
    """A set of phrases that can be found in a text."""

    keys: frozenset[str]
    longest: int
    """Words in the longest phrase."""
    firsts: frozenset[str]
    """First words of all phrases: most words of a text begin none."""

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Phrases:
        """Return the set of these phrases."""
        keys = frozenset(phrase_key(phrase) for phrase in phrases) - {""}
        longest = max((key.count(" ") + 1 for key in keys), default=0)
        return cls(keys, longest, frozenset(key.split(" ", 1)[0] for key in keys))

    def __contains__(self, text: str) -> bool:
        # Of a text with more words than the longest phrase no more are looked at, and of most texts only the first word.
        first = _WORD.search(text)
        if not first or _key(first[0]) not in self.firsts:
            return False
        words = islice(_WORD.finditer(text, first.start()), self.longest + 1)
        return " ".join(_key(word[0]) for word in words) in self.keys

    def match(self, words: list[Word], at: int) -> int:
        """Return how many words from this place on are the longest phrase that fits; 0: none."""
        if at >= len(words) or words[at].key not in self.firsts:
            return 0
        for count in range(min(self.longest, len(words) - at), 0, -1):
            if " ".join(word.key for word in words[at : at + count]) in self.keys:
                return count
        return 0

    def find(self, words: list[Word]) -> Iterator[tuple[int, int]]:
        """Yield (first word, number of words) of each phrase in a text, none overlapping."""
        at = 0
        while at < len(words):
            count = self.match(words, at)
            if count:
                yield at, count
            at += count or 1

    def any_in(self, words: list[Word]) -> bool:
        """Tell whether one of them stands in a text."""
        return any(self.match(words, at) for at in range(len(words)))

    def prefix(self, text: str) -> int:
        """Return the offset behind the longest phrase that the text begins with; 0: none."""
        words = split_words(text[:120])
        count = self.match(words, 0) if words and not text[: words[0].start].strip() else 0
        return words[count - 1].end if count else 0


@functools.cache
def phrases(file: str, *path: str) -> Phrases:
    """Return one list of a file: a list, or a table of lists by language, taken together."""
    listed = list(_flat(_at(file, path)))
    return Phrases.of([*listed, *map(_without_marks, listed)] if file in _OFTEN_WITHOUT_MARKS else listed)


def _without_marks(phrase: str) -> str:
    """Return a longer phrase without accents: capitals and tills print none ("TOTAL DE PLATA", "DO ZAPLATY")."""
    if phrase.isascii() or len(phrase) < _SHORTEST_WITHOUT_MARKS:
        return phrase
    decomposed = unicodedata.normalize("NFD", phrase.translate(_STROKES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _at(file: str, path: tuple[str, ...]) -> Any:
    part: Any = word_list(file)
    for name in path:
        part = part.get(name, [])
    return part


def _flat(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for inner in part.values():
            yield from _flat(inner)
    elif isinstance(part, list):
        yield from part
    else:
        yield str(part)


@functools.cache
def any_of(file: str, *path: str) -> str:
    """Return a pattern that matches any phrase of a short list, the longest first."""
    listed = sorted(set(_flat(_at(file, path))), key=lambda phrase: (-len(phrase), phrase))
    return "|".join(map(re.escape, listed))


def letters_only(text: str) -> str:
    """Return a text's letters and digits without case, accents and blanks: for headings, which are written in many ways."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ı", "i"))
    return "".join(character for character in decomposed if character.isalnum())
