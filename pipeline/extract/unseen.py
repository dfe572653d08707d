"""What is told of text that a person does not see: how it was hidden, and how much of it there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipeline.records import Notice

HOW = {
    "invisible": "drawn with invisible ink",
    "tiny": "under 2 pt",
    "off_page": "off the page",
    "clipped": "clipped away",
    "layer": "on a layer that is switched off",
    "transparent": "wholly transparent",
    "same_colour": "of the colour of what lies beneath",
    "squeezed": "said to stand where there is room for a letter or two",
    "blank": "in a font that draws nothing, or white",
    "covered": "covered by a later shape or picture",
    "marked": "marked as hidden",
    "comment": "in comments",
    "unused": "in a part that no page shows",
    "zero_width": "of no width",
    "title": "in the file's properties and nowhere on its pages",
}
"""The ways to hide a text, each as the end of "37 characters are ..."."""

POINTS = {"pt": 1.0, "px": 0.75, "mm": 2.835, "cm": 28.35, "in": 72.0}
"""Of a unit of length."""
SMALLEST = 2.0
"""Size of letters in points below which nobody reads."""
FAR = -400.0
"""Points: nobody looks at what lies so far to the left of the page, or above it."""
PAPER, ANY = "FFFFFF", ""
"""What lies beneath a text of an office file: paper; what may have any colour."""
ALIKE = 12
"""Difference of two colours (0 to 255), in red or green, up to which nobody tells them apart."""
ALIKE_BLUE = 32
"""The same in blue, which adds little to how light a colour is: ivory on white is white on white."""

# A flag such as Scotland's is spelled with tag characters. Joiners, zero-width blanks and selectors of a variant come
# singly in honest text; a row of them spells something. Tag characters have no honest use beside flags.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]{2,7}")
_ROW = re.compile(
    "[\u034f\u115f\u1160\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001d173-\U0001d17a\U000e0100-\U000e01ef]{4,}"
    "|[\U000e0000-\U000e007f]+"
)
_FEWEST_MARKS = 8
_SENTENCE, _LONGEST_PROPERTY = 8, 10_000
"""Words; characters."""


def are_alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """Tell whether nobody tells two colours apart (red, green, blue)."""
    red, green, blue = (abs(left - right) for left, right in zip(one, other, strict=True))
    return red <= ALIKE and green <= ALIKE and blue <= ALIKE_BLUE


def told(counts: Mapping[str, int], page: int | None = None) -> tuple[Notice, ...]:
    """Return a notice for each way to hide text, from the number of characters hidden so."""
    return tuple(
        Notice("hidden_text", f"{count} characters are {HOW[kind]}; they were left out", page)
        for kind, count in counts.items()
        if count
    )


def spelled_without_width(text: str) -> int:
    """Return how many marks of no width spell something in a text as it was read; 0: fewer than say anything."""
    if text.isascii():
        return 0
    count = sum(len(row) for row in _ROW.findall(_FLAG.sub("", text)))
    return count if count >= _FEWEST_MARKS else 0


def letters_nowhere_printed(properties: Iterable[str], text: str) -> int:
    """Return how many characters of a file's title, subject and keywords are sentences that its text does not have.

    A title is short, is a file's name, or is printed; what is none of these is written for a program to read.
    """
    printed = frozenset(re.findall(r"\w+", text.casefold()))
    count = 0
    for said in properties:
        words = re.findall(r"\w+", said[:_LONGEST_PROPERTY].casefold())
        is_name = re.search(r"\.\w{2,5}\s*$", said) is not None
        if len(words) >= _SENTENCE and not is_name and sum(word in printed for word in words) < 0.5 * len(words):
            count += letters(said)
    return count


def letters(text: str) -> int:
    """Return how many characters a person would count: no blanks."""
    return sum(map(len, text.split()))
