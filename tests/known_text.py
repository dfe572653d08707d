"""How much of a known text a reader gives back, for tests/test_layouts.py and benchmarks/extraction.py."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Hashable, Iterable
from pathlib import Path

LAYOUTS = sorted((Path(__file__).resolve().parent / "layouts").glob("*.pdf"))
_CJK = re.compile(r"([\u3000-\u9fff\uff00-\uffef])")


def truth(path: Path) -> str:
    """Return what a PDF of the known-text set says."""
    return path.with_suffix(".txt").read_text("utf-8")


def words(text: str) -> list[str]:
    """Return the words of a text, and each character of text without blanks; marks of lists are none."""
    return [word for word in _CJK.sub(r" \1 ", text).split() if any(letter.isalnum() for letter in word)]


def kept(known: str, read: str) -> tuple[float, float]:
    """Return the share (0 to 1) of known words that were read, and of known neighbours that are neighbours still."""
    true, found = words(known), words(read)
    return _share(true, found), _share(itertools.pairwise(true), itertools.pairwise(found))


def _share(wanted: Iterable[Hashable], found: Iterable[Hashable]) -> float:
    known = Counter(wanted)
    return (known & Counter(found)).total() / max(1, known.total())
