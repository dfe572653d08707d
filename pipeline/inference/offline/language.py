"""The language of a document, by the commonest words of each language and the letters it is written with.

Promise: an ISO 639-1 code or None; a text of a few words gets None rather than a guess.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.inference.offline.words import word_list

_SAMPLE = 20_000
_MIN_VOTES = 3
_CLEAR = 1.5
"""How many times the votes of the running words outdo those of the headings' language."""
_LETTERS = re.compile(r"(?<!\w)[^\W\d_]+(?:['’][^\W\d_]+)?(?![\w.])|(?<!\w)[^\W\d_]{2,}(?!\w)")  # no initials, no "S9"
# Alphabets that one language here is written in; Cyrillic and Latin are voted on by words.
_SCRIPTS = (
    ("ja", "\u3040", "\u30ff"),
    ("ko", "\uac00", "\ud7af"),
    ("zh", "\u4e00", "\u9fff"),
    ("ar", "\u0600", "\u06ff"),
    ("he", "\u0590", "\u05ff"),
    ("el", "\u0370", "\u03ff"),
    ("hi", "\u0900", "\u097f"),
    ("th", "\u0e00", "\u0e7f"),
)
_SCRIPT_SHARE = 0.3
_JAPANESE_SHARE = 0.05  # Japanese is Chinese characters with some kana between


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the language most of a text is in."""
    sample = text[:_SAMPLE]
    return _by_script(sample) or _by_words(sample)


def _by_script(text: str) -> str | None:
    letters = [character for character in text if character.isalpha()]
    for code, first, last in _SCRIPTS:
        share = sum(first <= letter <= last for letter in letters) / max(1, len(letters))
        if share > (_JAPANESE_SHARE if code == "ja" else _SCRIPT_SHARE):
            return code
    return None


def _by_words(text: str) -> str | None:
    counted = Counter(_LETTERS.findall(text.casefold()))
    # A single letter is as often a mark ("A/S", "10 x a 5") as a word: together they are worth one vote.
    single = (code for word in counted if len(word) == 1 for code in _common_words().get(word, ()))
    votes = Counter(dict.fromkeys(single, 1))  # in their order, which decides where two languages have as many
    for word, count in counted.items():
        for code in _common_words().get(word, ()) if len(word) > 1 else ():
            votes[code] += min(count, 12)
    own = {code: sum(text.count(letter) for letter in letters) for code, letters in _own_letters().items()}
    for code, count in own.items():
        votes[code] += min(6, count)
    running = votes.copy()
    for code, score in _heading_votes(text).items():
        votes[code] += score
    # Of two with as many votes it is the one that has more of the letters: "Náplň práce" has those of Spanish as well.
    best = max(votes, key=lambda code: (votes[code], own.get(code, 0)), default="")
    words = max(running, key=lambda code: (running[code], own.get(code, 0)), default="")
    if running[words] >= max(_MIN_VOTES, _CLEAR * running[best]):
        best = words  # a template's headings are English, whatever is written under them
    return best if votes[best] >= _MIN_VOTES else None


def _heading_votes(text: str) -> Mapping[str, int]:
    """Let the headings of a CV vote too: a CV can have few running words."""
    votes: Counter[str] = Counter()
    for line in text.split("\n"):
        for code in _headings().get(line.strip(" #*:").casefold(), ()) if len(line) < 40 else ():
            votes[code] += 3
    return votes


@functools.cache
def _common_words() -> dict[str, tuple[str, ...]]:
    by_word: dict[str, tuple[str, ...]] = {}
    known = word_list("stopwords")
    for code in (code for code, words in known.items() if isinstance(words, str)):
        for word in dict.fromkeys(f"{known[code]} {known['office'].get(code, '')}".split()):
            by_word[word] = (*by_word.get(word, ()), code)
    return by_word


def _own_letters() -> dict[str, Sequence[str]]:
    letters: dict[str, Sequence[str]] = word_list("stopwords")["letters"]
    return letters


@functools.cache
def _headings() -> dict[str, tuple[str, ...]]:
    by_heading: dict[str, tuple[str, ...]] = {}
    for section in word_list("headings").values():
        for code, headings in section.items() if isinstance(section, dict) else ():
            for heading in headings if len(code) == 2 else ():
                by_heading[heading] = (*by_heading.get(heading, ()), code)
    return by_heading
