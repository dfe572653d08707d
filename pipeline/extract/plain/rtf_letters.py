"""How the letters of an RTF are written: code pages of Macs and of DOS, and letters of two bytes.

striprtf takes the code page of Windows that a file or a font names. Of what old Macs name it knows little.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from striprtf.striprtf import charset_map, font_table_group

from pipeline.extract.symbols import has_signs, said_in

_HEAD = 1_000
"""Letters of a file in which it says how it is written."""
_SYSTEM = re.compile(r"\\(mac|pca|pc)(?![a-z])")
_SYSTEMS = {"mac": "mac-roman", "pca": "cp850", "pc": "cp437"}
_CODE_PAGE = re.compile(r"\\ansicpg(\d{1,9})")
_MACS = {
    "10000": "mac-roman",
    "10006": "mac-greek",
    "10007": "mac-cyrillic",
    "10029": "mac-latin2",
    "10081": "mac-turkish",
}
_USUAL = "cp1252"
_FONTS = {"78": "128", "79": "136", "80": "129", "85": "134", "82": "177", "87": "84", "88": "222"}
"""Character sets of fonts that Python does not know, and the nearest that it knows."""
_FONT_SAYS = re.compile(r"\\f(\d{1,9})|\\fcharset(\d{1,9})")
_NAMED = re.compile(r"\\f(\d{1,9})(?!\d)([^;]*)")
_NO_NAME = re.compile(r"\{[^{}]*\}|\\[a-z]+-?\d* ?|[{}\s]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_FIRST_OF_TWO: Mapping[str, re.Pattern[str]] = {
    "cp932": re.compile(r"\\'(?:8[1-9a-f]|9[0-9a-f]|e[0-9a-f]|f[0-9a-c])", re.IGNORECASE),
    **dict.fromkeys(
        ("cp936", "cp949", "cp950"), re.compile(r"\\'(?:8[1-9a-f]|[9a-e][0-9a-f]|f[0-9a-e])", re.IGNORECASE)
    ),
}
"""Bytes that stand for a letter together with the next one, by encoding."""


def known(rtf: str) -> str:
    """Return an RTF that names no encoding that Python does not know, and none for a font that names none.

    striprtf takes for the latter what the next font names.
    """
    table = font_table_group(rtf)
    fonts = "".join(f"{{\\f{font}\\fcharset{charset} x;}}" for font, charset in _charsets(table).items())
    rtf = rtf.replace(table, f"{{\\fonttbl{fonts}}}", 1) if table else rtf
    return _CODE_PAGE.sub(lambda found: found[0] if _is_known(f"cp{found[1]}") else "", rtf)


def _charsets(table: str) -> dict[str, str]:
    """Return the numbers of those fonts that name a character set that Python knows, and of these."""
    charsets, font = {}, ""
    for number, charset in _FONT_SAYS.findall(table):
        if charset and _is_known(charset_map.get(int(_FONTS.get(charset, charset)), "")):
            charsets[font] = _FONTS.get(charset, charset)
        font = number or font
    return charsets


@dataclass(slots=True)
class Letters:
    """How a document is written, and whether the first half of a letter has just been."""

    encoding: str
    """Where its fonts say nothing else."""
    fonts: Mapping[str, str]
    """Encodings by the control words of fonts."""
    signs: Mapping[str, str]
    """Names of those fonts that have signs instead of letters, by their control words."""
    is_half: bool = False

    @classmethod
    def of(cls, rtf: str) -> Letters:
        """Read how a document is written."""
        page, system = _CODE_PAGE.search(rtf, 0, _HEAD), _SYSTEM.search(rtf, 0, _HEAD)
        named = _MACS.get(page[1], f"cp{page[1]}") if page else ""
        encoding = named if named and _is_known(named) else _SYSTEMS[system[1]] if system else _USUAL
        table = font_table_group(rtf)
        names = {f"\\f{font} ": _NO_NAME.sub("", said) for font, said in _NAMED.findall(table)}
        return cls(
            encoding,
            {f"\\f{font} ": charset_map[int(charset)] for font, charset in _charsets(table).items()},
            {font: name for font, name in names.items() if has_signs(name)},
        )

    def whole(self, piece: str, font: str) -> str:
        """Return a piece so that no letter of two bytes begins as a number and ends as text: Word writes so. Signs are said."""
        if font in self.signs and (piece[0] != "\\" or piece.startswith("\\'")):
            text = bytes.fromhex(piece[2:]).decode("latin-1") if piece[0] == "\\" else piece
            return said_in(self.signs[font], text)
        if piece.startswith("\\'"):
            first = _FIRST_OF_TWO.get(self.fonts.get(font, self.encoding))
            self.is_half = not self.is_half and first is not None and first.fullmatch(piece) is not None
            return piece
        was_half, self.is_half = self.is_half, False
        if not was_half or (piece[0] == "\\" and piece[1:] not in ("\\", "{", "}")):
            return piece
        end = piece.removeprefix("\\")
        return f"\\'{ord(end[0]):02x}{end[1:]}" if " " < end[0] < "\x80" else piece


def paired(text: str) -> str:
    """Return a text with whole letters for the halves of UTF-16 in which an RTF writes what is beyond its 16 bits."""
    return _PAIR.sub(lambda found: found[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text)


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True
