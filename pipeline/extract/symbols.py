"""Fonts of signs instead of letters (Wingdings, Symbol): what a sign says, by the number that stands for it."""

from __future__ import annotations

import tomllib
from importlib import resources

_FONTS = tomllib.loads(resources.files(__package__).joinpath("symbols.toml").read_text(encoding="utf-8"))
_PRIVATE, _SIGNS, _WIDE = 0xF000, 0x100, 0xD800
"""Where Word moves the numbers of such fonts, how many these are, and where letters of Unicode's first plane end."""


def sign(font: str, number: int) -> str:
    """Return a sign by its font and number; one of which nothing is known as a private letter, which clean.py looks at."""
    signs: dict[str, str] = _FONTS.get(_key(font), {})
    if _SIGNS <= number < _WIDE:
        return chr(number)
    return signs.get(f"{number % _SIGNS:02x}", chr(_PRIVATE + number % _SIGNS))


def has_signs(font: str) -> bool:
    """Tell whether a font is one of signs."""
    return _key(font) in _FONTS


def said_in(font: str, text: str) -> str:
    """Return what a text says in a font, which may be one of signs."""
    if not has_signs(font):
        return text
    return "".join(mark if mark.isspace() else sign(font, ord(mark)) for mark in text)


def _key(font: str) -> str:
    return "".join(font.split()).casefold()
