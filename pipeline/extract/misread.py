"""Whether a text was read in the wrong encoding: then signs stand within words, capitals behind small letters."""

from __future__ import annotations

import re
import unicodedata

from pipeline.extract.clean import FULL_WIDTH
from pipeline.extract.quality import is_foreign_to

_MARK = re.compile(r"[^\x00-\x7f]")
_WITHIN_WORDS = frozenset("’‘“”«»‹›·•¦–—\xa0\xad\u200c\u200d")
_BEHIND_WORDS = _WITHIN_WORDS | frozenset("…®™©°²³¹†‡§€")
"""Signs that stand between two letters, and behind one."""
_LOOKED_AT = 5_000
"""Characters beyond ASCII."""


def misread_share(text: str) -> float:
    """Return which share of the characters beyond ASCII stands where none does (0 to 1)."""
    count = odd = 0
    for found in _MARK.finditer(text):
        at = found.start()
        count += 1
        odd += _is_odd(text[max(0, at - 1) : at], found[0], text[at + 1 : at + 2])
        if count == _LOOKED_AT:
            break
    return odd / count if count else 0.0


def _is_odd(before: str, mark: str, after: str) -> bool:
    """Tell whether a character cannot stand between its neighbours."""
    kind = unicodedata.category(mark)
    if mark == "\ufffd" or kind in ("Cc", "Cn", "Co"):
        return True
    if not mark.isalpha():
        signs = _WITHIN_WORDS if after.isalpha() else _BEHIND_WORDS
        return before.isalpha() and mark not in signs and kind[0] != "M" and mark < FULL_WIDTH
    if mark.islower() and after.isupper():
        return True
    return before.isalpha() and ((mark.isupper() and before.islower()) or is_foreign_to(mark, before))
