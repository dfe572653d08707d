"""Text and RTF."""

from __future__ import annotations

import codecs
import re

from striprtf.striprtf import rtf_to_text

from pipeline.errors import DamagedError, UnsupportedError
from pipeline.extract.clean import damaged_share
from pipeline.extract.limits import Limits
from pipeline.extract.pages import without_pages
from pipeline.extract.unseen import letters
from pipeline.records import Extraction

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_ESCAPED = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"))
"""Marks of encodings that are made of ASCII alone, and so would pass for UTF-8."""
_NOISE = 0.05
"""Share of characters that stand for nothing, from which on bytes are no text in the encoding they were taken for."""
_RTF_HIDDEN = re.compile(r"\\v[01]?(?![a-z0-9-]) ?")
_RTF_PIECES = re.compile(r"(\\v[01]?(?![a-z0-9-]) ?|\\[\\{}]|[{}])")
_RTF_CONTROL = re.compile(r"\\(?:[a-z]+-?\d* ?|'[0-9a-f]{2}|.)", re.DOTALL)


def read_text(data: bytes, limits: Limits) -> Extraction:
    """Return plain text, whatever its encoding."""
    return without_pages([decode(data)], limits, media_type="text/plain", extractor="text")


def read_rtf(data: bytes, limits: Limits) -> Extraction:
    """Return the text of an RTF file."""
    from importlib.metadata import version  # noqa: PLC0415  # a tenth of a reader's start, and striprtf alone needs it

    shown, hidden = _rtf_shown(data.decode("latin-1"))
    try:
        text = rtf_to_text(shown, errors="replace")
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise DamagedError("this RTF file is damaged") from error
    reader = f"striprtf {version('striprtf')}"
    return without_pages([text], limits, media_type="application/rtf", extractor=reader, hidden={"marked": hidden})


def decode(data: bytes, declared: str | None = None) -> str:
    """Return text from bytes: byte order mark, declared encoding, UTF-8, then the likeliest of the old ones."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data.count(0) > 3:
        return _guessed(data, data, _WIDE)
    if declared and declared.lower().startswith("utf-16"):
        declared = "utf-8"  # it could not have been read so far if it were (WHATWG says the same)
    escaped = next((encoding for mark, encoding in _ESCAPED if mark in data), None)
    for encoding in filter(None, (declared, escaped, "utf-8")):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    # Lines of plain ASCII tell nothing, and there may be many of them before the first that does.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())
    return _guessed(data, telling)


def _guessed(data: bytes, telling: bytes, among: tuple[str, ...] | None = None) -> str:
    """Return text in its likeliest encoding, by those of its bytes that tell. Raises UnsupportedError for noise."""
    import chardet  # noqa: PLC0415  # most texts are UTF-8, and need none of it
    from chardet import EncodingEra  # noqa: PLC0415

    eras = EncodingEra.ALL if among else EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO
    otherwise = among[0] if among else "cp1252"
    found = chardet.detect(telling, encoding_era=eras, include_encodings=among, no_match_encoding=otherwise)
    text = data.decode(found["encoding"] or otherwise, "replace")
    if damaged_share(text) > _NOISE:
        raise UnsupportedError("this is not text, nor any other kind of file that can be read")
    return text


def _rtf_shown(rtf: str) -> tuple[str, int]:
    r"""Return an RTF without what \v marks as hidden, up to \v0 or the end of its group, and how many letters that was."""
    if not _RTF_HIDDEN.search(rtf):
        return rtf, 0
    shown: list[str] = []
    count, states = 0, [False]
    for piece in _RTF_PIECES.split(rtf):
        if _RTF_HIDDEN.fullmatch(piece):
            states[-1] = "0" not in piece
        elif piece in ("{", "}"):
            if piece == "{":
                states.append(states[-1])
            elif len(states) > 1:
                states.pop()
            shown.append(piece)
        elif states[-1]:
            count += letters(_RTF_CONTROL.sub("", piece))
        else:
            shown.append(piece)
    return "".join(shown), count
