"""Which documents the database has: to know at once that one is new spares a question for each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

_DIGITS = 16
"""Of a SHA-256 in hexadecimal; eight bytes, so that a million documents take 8 MB."""
_MOST_APART = 10_000


class Known:
    """Documents by the beginning of their SHA-256. One that is not among them is new; one that is most likely is not."""

    def __init__(self, digests: Iterable[str]) -> None:
        """Take digests in hexadecimal, whole or their first sixteen digits."""
        self._sorted = array("Q", sorted(_key(digest) for digest in digests))
        self._apart: set[int] = set()
        """Those that came later, until there are enough of them to be worth sorting in."""

    def __contains__(self, digest: str) -> bool:
        """Tell whether a document may be there."""
        key = _key(digest)
        place = bisect_left(self._sorted, key)
        return key in self._apart or (place < len(self._sorted) and self._sorted[place] == key)

    def add(self, digest: str) -> None:
        """Take one more."""
        self._apart.add(_key(digest))
        if len(self._apart) >= _MOST_APART:
            self._sorted = array("Q", sorted(self._apart.union(self._sorted)))
            self._apart.clear()


def _key(digest: str) -> int:
    return int(digest[:_DIGITS], 16)
