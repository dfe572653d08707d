"""Text as readers give it, to text as a person would have typed it."""

from __future__ import annotations

import re
import unicodedata

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
# pdfium writes U+0002 or U+FFFE where a line ends in a hyphen; U+00AD is the soft hyphen proper.
_HYPHEN_BEFORE_LETTER = re.compile(r"[\x02\ufffe\u00ad][ \t]*(?:\r?\n)?(?=([^\W\d_]))")
_HYPHEN_ELSEWHERE = re.compile(r"[\x02\ufffe][ \t]*(?:\r?\n)?")
_UNWANTED = re.compile(
    r"[^\S\n\t ]|[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
    r"|[\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\U000e0000-\U000e007f]"  # direction marks, tag characters
)
_LINE_ENDS = re.compile(r"\r\n?|\x0b|\x0c|\u2028|\u2029|\x85")
_TRAILING = re.compile(r"[ \t]+(?=\n|$)")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Return the text in Unicode NFC, ligatures and hyphenation mended, glyphs without meaning dropped."""
    text = _HYPHEN_BEFORE_LETTER.sub(lambda found: "" if found[1].islower() else found[0], text)
    text = _HYPHEN_ELSEWHERE.sub("-", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _UNWANTED.sub(_replacement, text).translate(_LIGATURES)
    text = "".join(character for character in text if unicodedata.category(character) != "Co")  # icon fonts
    text = unicodedata.normalize("NFC", text)
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip("\n")


def _replacement(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""


def damaged_share(text: str) -> float:
    """Return the share of characters that stand for nothing (0 to 1): replaced, private or control."""
    characters = [mark for mark in text if not mark.isspace() and mark not in "\x02\ufffe"]  # pdfium's hyphens
    damaged = sum(
        character == "\ufffd" or unicodedata.category(character) in ("Co", "Cc", "Cn") for character in characters
    )
    return damaged / len(characters) if characters else 0.0


def has_words(text: str) -> bool:
    """Tell whether there is anything to read: two letters or digits side by side."""
    return re.search(r"[^\W_]{2}", text) is not None
