"""Pages joined into one text, with the offsets at which they begin."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import TooLongError
from pipeline.extract.limits import MAX_CHARACTERS

_BREAK = "\n\n"


def joined(pages: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """Return one text and the offset of each page. Raises TooLongError rather than cut anything."""
    starts, length = [], 0
    for page in pages:
        starts.append(length)
        length += len(page) + len(_BREAK)
    if length > MAX_CHARACTERS:
        raise TooLongError(f"it holds {length:,} characters of text; the limit is {MAX_CHARACTERS:,}")
    return _BREAK.join(pages), tuple(starts) or (0,)
