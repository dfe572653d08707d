"""A text that is searched in several spellings, and the edges of what is found in it."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from itertools import compress

Span = tuple[int, int]
Sides = Callable[[str, str], bool]
"""Tells by some characters before and after a place whether a value may stand there."""

WORD = re.compile(r"[^\W\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0eff]+")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0eff]")
_NO_LETTERS = re.compile(r"[\W_]+")
_DIGIT_AND_MARK, _MARK_AND_DIGIT = re.compile(r"\d[.,'’]"), re.compile(r"[.,'’]\d")
_BESIDE_A_LETTER = re.compile(r"\w[&'’-]\Z"), re.compile(r"[+#]|[&'’-]\w")
"""What makes a single letter a part of something else: "R&D", "C++"."""
_LONGEST_WORD = 40
_WITH_ACCENT = re.compile("[\u0080-\u052f\u0620-\u064a\u1e00-\u1fff\uff00-\uffef]")
"""Letters of Europe and Arabia, and the wide ones of East Asia."""
_STROKES = str.maketrans("łøđı", "lodi")
_NEAR = 12


class Text:
    """A text, searchable in several spellings. All answers are offsets into it.

    What is made of the whole text is made once, and only when it is asked for.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def verbatim(self, wanted: str, fits: Sides | None = None) -> Span | None:
        """Return where a value stands as it is, apart from other letters and between what `fits`."""
        start = self.text.find(wanted)
        while start >= 0:
            span = start, start + len(wanted)
            if self.is_whole(*span) and (fits is None or fits(*self.around(*span))):
                return span
            start = self.text.find(wanted, start + 1)
        return None

    def around(self, start: int, end: int) -> tuple[str, str]:
        """Return a few characters before and after a place: they tell what it is."""
        return self.text[max(0, start - _NEAR) : start], self.text[end : end + _NEAR]

    @functools.cached_property
    def squeezed(self) -> str:
        """The text as `folded` gives it."""
        return folded(self.text)

    @functools.cached_property
    def at(self) -> list[int]:
        """Where in the text each character of the squeezed one stands; "ß" makes two."""
        places = list(compress(range(len(self.text)), map(str.isalnum, self.text)))
        if len(places) == len(self.squeezed):
            return places
        return [place for place in places for _ in folded(self.text[place])]

    def span(self, start: int, end: int) -> Span:
        """Return the place of a part of the squeezed text."""
        return self.at[start], self.at[end - 1] + 1

    def whole_words(self, start: int, end: int) -> Span | None:
        """Return the words of which most lies inside a span, from the first to the last; None: there is none."""
        words = WORD.finditer(self.text, max(0, start - _LONGEST_WORD), end + _LONGEST_WORD)
        inside = [word for word in words if 2 * (min(end, word.end()) - max(start, word.start())) > len(word[0])]
        return (inside[0].start(), inside[-1].end()) if inside else None

    def is_whole(self, start: int, end: int) -> bool:
        """Tell whether no letter or digit touches the span; scripts without blanks have no such edges."""
        text = self.text
        before, after = text[max(0, start - 2) : start], text[end : end + 2]
        is_whole = not (
            (text[start].isalnum() and before[-1:].isalnum())
            or (text[end - 1].isalnum() and after[:1].isalnum())
            or (text[start].isdecimal() and _DIGIT_AND_MARK.fullmatch(before))
            or (text[end - 1].isdecimal() and _MARK_AND_DIGIT.fullmatch(after))
            or (end - start == 1 and text[start].isalpha() and _is_a_part(before, after))
        )
        return is_whole or _UNSPACED.search(text, start, end) is not None


def _is_a_part(before: str, after: str) -> bool:
    left, right = _BESIDE_A_LETTER
    return bool(left.match(before) or right.match(after))


def folded(text: str) -> str:
    """Return letters and digits only, casefolded and without accents: capitals are often printed without."""
    letters = _NO_LETTERS.sub("", text)
    if letters.isascii():
        return letters.casefold()
    return letters.translate({ord(letter): _bare(letter) for letter in set(letters) if not letter.isascii()}).casefold()


@functools.lru_cache(maxsize=4096)
def _bare(letter: str) -> str:
    """Return a letter without its accent, a wide one as a usual one; where marks make other sounds, they stay."""
    if not _WITH_ACCENT.match(letter):
        return letter
    parts = unicodedata.normalize("NFKD", letter.casefold().translate(_STROKES))
    return "".join(part for part in parts if part.isalnum()) or letter
