"""What stands before the items of a list: a bullet or a number, in whatever format the list is written."""

from __future__ import annotations

from collections.abc import Sequence

BULLET = "•"
_ROMAN = tuple(
    zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "m cm d cd c xc l xl x ix v iv i".split(), strict=True)
)
_MOST_ROMAN, _MOST_DIGITS = 3999, 5
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_MOST_REPEATED = 5
"""Of a letter; Word goes on with aa, bb."""
_SMALL = {
    **dict.fromkeys(("lowerLetter", "a"), "letter"),
    **dict.fromkeys(("lowerRoman", "i"), "roman"),
}
_LARGE = {
    **dict.fromkeys(("upperLetter", "A"), "letter"),
    **dict.fromkeys(("upperRoman", "I"), "roman"),
}


def count_in(text: str | None, otherwise: int = 0) -> int:
    """Return the number that a document writes down; what is none, or absurd, is what it is otherwise."""
    return int(text) if text and text.isdecimal() and len(text) <= _MOST_DIGITS else otherwise


def number(count: int, kind: str) -> str:
    """Return a number as Word ("lowerRoman"), OpenDocument and HTML ("i") call its kind; in figures where that is not known."""
    if kind in _LARGE:
        return _spelt(count, _LARGE[kind]).upper()
    return f"{count:02}" if kind == "decimalZero" else _spelt(count, _SMALL.get(kind, ""))


def _spelt(count: int, kind: str) -> str:
    if kind == "letter" and 0 < count <= _MOST_REPEATED * len(_ALPHABET):
        return _ALPHABET[(count - 1) % len(_ALPHABET)] * ((count - 1) // len(_ALPHABET) + 1)
    if kind == "roman" and 0 < count <= _MOST_ROMAN:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (count // value)
            count %= value
        return text
    return str(count)


class Counts:
    """How far a list of several levels has been counted."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def next(self, level: int, starts: Sequence[int]) -> list[int]:
        """Count an item of a level (0: the outermost); return the counts of the levels down to it."""
        first = starts[level] if level < len(starts) else 1
        self._counts[level] = self._counts[level] + 1 if level in self._counts else first
        for deeper in [other for other in self._counts if other > level]:
            del self._counts[deeper]
        for upper in range(level):
            self._counts.setdefault(upper, starts[upper] if upper < len(starts) else 1)
        return [self._counts[upper] for upper in range(level + 1)]

    def set(self, level: int, count: int) -> None:
        """Let the next item of a level be this one."""
        self._counts[level] = count - 1
