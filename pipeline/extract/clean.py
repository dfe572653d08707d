"""Text as readers give it, to text as a person would have typed it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from pipeline.signs import WITHOUT_WIDTH

FULL_WIDTH = "\u2e80"
"""From here on letters are as wide as they are high."""
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_SMALL = dict(
    zip(map(chr, (*range(0xF730, 0xF73A), *range(0xF761, 0xF77B))), "0123456789abcdefghijklmnopqrstuvwxyz", strict=True)
)
"""Adobe's private letters: old-style figures and small capitals."""
_LIGATURES |= str.maketrans(_SMALL)
_SWAPPED = str.maketrans(
    {chr(ord(letter) << 8): letter for letter in "bfhijklt"} | {"\ucf00": "fi", "\ud200": "fl"}  # of "ffi", "ffl"
)
_SWAPPED_LIGATURE = re.compile(
    "(?<=[A-Za-z\u00c0-\u024f])[昀琀][戀昀栀椀樀欀氀琀\ucf00\ud200]+|[昀琀][戀昀栀椀樀欀氀琀\ucf00\ud200]+(?=[A-Za-z\u00c0-\u024f])"
)
"""Letters of a ligature with their bytes the wrong way round, as Ghostscript writes them: "Pro昀椀le"."""
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_BULLET = re.compile("^([ \t]*)[\uf06e\uf071\uf076\uf0a7\uf0a8\uf0b7\uf0d8\uf0e8\uf0fc\uf0fe](?=[ \t])", re.MULTILINE)
"""Marks of a list as Word takes them from Symbol and Wingdings, whose letters are private."""
# pdfium writes U+0002 or U+FFFE where a line ends in a hyphen; U+00AD is the soft hyphen proper.
_HYPHEN_BEFORE_LETTER = re.compile(r"[\x02\ufffe\u00ad][ \t]*(?:\r?\n)?(?=([^\W\d_]))")
_HYPHEN_ELSEWHERE = re.compile(r"[\x02\ufffe][ \t]*(?:\r?\n)?")
_UNWANTED = re.compile(
    rf"[^\S\n\t ]|[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u2800\ufffe\uffff\ud800-\udfff]|[{WITHOUT_WIDTH}]"
)
_BRAILLE_BLANK = "\u2800"
"""Not a blank to Unicode."""
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}")
"""Selectors of a variant: one is honest, a row spells something."""
_JOINERS = re.compile("[\u200c\u200d]+")
_JOINED = re.compile(
    "[\u0600-\u109f\u1780-\u18af\u2190-\u2bff\ua800-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\U00010a00-\U00011fff\U0001f000-\U0001faff]"
)
"""Characters between which a joiner means something: Arabic, Indic and their neighbours, pictures."""
_SIGNS = re.compile(r"[^\w\s\x00-\x7f]{31,}")
_MOST_ACCENTS = 30
"""On one letter, as in Unicode's stream-safe format: bringing more into order takes quadratic time."""
_LINE_ENDS = re.compile(r"\r\n?|\x0b|\x0c|\u2028|\u2029|\x85")
_TRAILING = re.compile(r"(?<![ \t])[ \t]++(?=\n|$)")  # each run is looked at once
_BLANK_LINES = re.compile(r"\n{3,}")
_UNUSUAL = re.compile("[^\\n -~\u00a1-\u00ac\u00ae-\u024f\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac]")
"""What is no letter of a Latin alphabet, and no everyday sign: only where there is one, is there anything to mend in a line."""


def clean(text: str) -> str:
    """Return the text in Unicode NFC, ligatures and hyphenation mended, glyphs without meaning dropped."""
    text = _mended(text) if _UNUSUAL.search(text) else text
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text)).strip("\n")


def _mended(text: str) -> str:
    text = _SWAPPED_LIGATURE.sub(lambda found: found[0].translate(_SWAPPED), text)
    text = _HYPHEN_BEFORE_LETTER.sub(lambda found: "" if found[1].islower() else found[0], text)
    text = _HYPHEN_ELSEWHERE.sub("-", text)
    text = _LINE_ENDS.sub("\n", text)
    text = _UNWANTED.sub(_replacement, text).translate(_LIGATURES)
    text = _SIGNS.sub(_fewer_accents, _PRIVATE.sub("", _BULLET.sub("\\1•", text)))  # private: icon fonts
    text = _VARIANTS.sub("", unicodedata.normalize("NFC", text))
    return unicodedata.normalize("NFC", _JOINERS.sub(_kept_joiner, text))


def _fewer_accents(found: re.Match[str]) -> str:
    """Return signs with no more accents on one than anybody could tell apart."""
    kept, row = [], 0
    for mark in found[0]:
        row = row + 1 if unicodedata.category(mark) in ("Mn", "Me", "Mc", "Cf") else 0
        if row <= _MOST_ACCENTS:
            kept.append(mark)
    return "".join(kept)


def _kept_joiner(found: re.Match[str]) -> str:
    """Return one joiner where it means something, nothing elsewhere."""
    before, after = found.string[max(0, found.start() - 1) : found.start()], found.string[found.end() : found.end() + 1]
    return found[0][0] if _JOINED.match(before) and _JOINED.match(after) else ""


def _replacement(found: re.Match[str]) -> str:
    return " " if found[0].isspace() or found[0] == _BRAILLE_BLANK else ""


def damaged_share(text: str) -> float:
    """Return the share of characters that stand for nothing (0 to 1): replaced, private or control."""
    marks = Counter(text)
    for mark in [mark for mark in marks if mark.isspace() or mark in "\x02\ufffe"]:  # pdfium's hyphens
        del marks[mark]
    for small in marks.keys() & _SMALL.keys():
        marks["x"] += marks.pop(small)
    damaged = sum(
        count for mark, count in marks.items() if mark == "\ufffd" or unicodedata.category(mark) in ("Co", "Cc", "Cn")
    )
    return damaged / marks.total() if marks else 0.0


def has_words(text: str) -> bool:
    """Tell whether there is anything to read: two letters or digits side by side."""
    return re.search(r"[^\W_]{2}", text) is not None
