"""Whether a text was read in the wrong encoding, and what was meant where that was UTF-8.

Read in a wrong one, signs stand within words, capitals behind small letters. UTF-8 is known by its bytes: of an old
encoding hardly any two letters beside each other look like one letter of it.
"""

from __future__ import annotations

import codecs
import functools
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
_WIDE_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
"""As UTF-8 writes what is beyond ASCII."""
_FEWEST_WIDE, _MANY_TIMES = 3, 3
"""Such letters, and how many times as many as there are other bytes beyond ASCII."""
_ESCAPED = re.compile("[\udc80-\udcff]")
_ASCII = re.compile(r"[\x00-\x7f]+")
_TAKEN_FOR = ("cp1252", "cp1250", "cp1251")
"""What UTF-8 is taken for by programs that know none."""


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


def nearly_utf_8(data: bytes, otherwise: str) -> str | None:
    """Return a text in UTF-8 that was cut, or joined with some in another encoding; None: it is none."""
    others, letters = _WIDE_LETTER.subn(b"", data)
    odd = len(others) - len(others.translate(None, bytes(range(128, 256))))
    if letters < max(_FEWEST_WIDE, _MANY_TIMES * odd):
        return None
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(data)  # half a letter at the end is let go
    return _ESCAPED.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode(otherwise, "replace"), text)


def read_once(text: str) -> str:
    """Return what was meant by a text in UTF-8 that was taken for another encoding: ü for Ã¼. Others stay as they are."""
    beyond = _ASCII.sub(" ", text)
    for encoding in _TAKEN_FOR if beyond.strip() else ():
        data = _bytes_of(beyond, encoding)
        if data is not None and nearly_utf_8(data, encoding) is not None:
            return nearly_utf_8(_bytes_of(text, encoding) or b"", encoding) or text
    return text


def _bytes_of(text: str, encoding: str) -> bytes | None:
    """Return the bytes that were taken for this text; None: it holds letters of another encoding."""
    try:
        return text.translate(_bytes_by_letter(encoding)).encode("latin-1")
    except UnicodeEncodeError:
        return None


@functools.cache
def _bytes_by_letter(encoding: str) -> dict[int, int]:
    letters = ((bytes([byte]).decode(encoding, "ignore"), byte) for byte in range(128, 256))
    return {ord(letter): byte for letter, byte in letters if letter}
