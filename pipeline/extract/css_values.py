"""What CSS writes down: declarations, colours and lengths, in whatever spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.extract.unseen import POINTS

Said = dict[str, str]
"""Declarations, the nearest of each property."""
Colour = tuple[float, float, float, float]
"""Red, green, blue (0 to 255), and how opaque it is (0 to 1)."""

WHITE: Colour = (255.0, 255.0, 255.0, 1.0)
CLEAR: Colour = (0.0, 0.0, 0.0, 0.0)
ENDLESS = float("inf")
_NAMED: dict[str, Colour] = {
    "transparent": CLEAR,
    "black": (0.0, 0.0, 0.0, 1.0),
    **dict.fromkeys(("white", "snow", "ghostwhite", "floralwhite", "ivory", "mintcream", "whitesmoke"), WHITE),
}
"""Names of colours that nobody sees on white, and of what nobody sees at all."""
FAINT = 0.02
"""Opacity up to which nobody sees anything."""
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?"
_HEX = re.compile(r"#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})")
_PART = re.compile(rf"({_NUMBER})(%|deg)?")
_FUNCTION = re.compile(rf"(rgb|hsl)a?\(\s*({_NUMBER}(?:%|deg)?(?:[\s,/]+{_NUMBER}(?:%|deg)?){{2,3}})\s*\)")
_LENGTH = re.compile(rf"({_NUMBER})(px|pt|pc|em|rem|ex|ch|%|cm|mm|in|vw|vh)?")
_POINTS = {**POINTS, "pc": 12.0, "em": 12.0, "rem": 12.0, "ex": 6.0, "ch": 6.0, "%": 0.12, "vw": 6.0, "vh": 6.0}
"""Of a unit; what is relative counts from 12 pt, and from a small window."""
_USUAL_UNIT = "px"
_COMMENT = re.compile(r"/\*(?:.*?\*/|.*\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([\da-f]{1,6})\s?|(.))", re.IGNORECASE)
_DECLARATION = re.compile(r"""(?:"[^"]*"|'[^']*'|\([^()]*\)|[^;"'(]|["'(])+""")
_SPLIT = re.compile(r"(?:\([^()]*\)|[^\s(]|\()+")
_IMPORTANT = "!important"
_LONGEST_VALUE = 100
"""Characters of one value that are looked at."""
_SIDES = ("top", "right", "bottom", "left")
_SAID = frozenset(
    "-webkit-background-clip -webkit-text-fill-color -webkit-text-stroke background background-clip background-color "
    "background-image clip clip-path color content-visibility display filter flex-direction flex-flow flex-wrap float font "
    "font-size height inset left list-style list-style-type margin margin-left margin-top max-height max-width opacity "
    "overflow overflow-x overflow-y position right scale text-decoration text-decoration-line text-indent top transform "
    "vertical-align visibility white-space width".split()
)
"""What may hide text, be the ground on which it is seen, or set it apart from what is beside it."""


def uncommented(text: str) -> str:
    """Return CSS without its comments."""
    return _COMMENT.sub("", text) if "/*" in text else text


def declarations(text: str) -> Said:
    """Return the declarations of a rule or of a style attribute, in small letters; important ones are marked as such."""
    if not text:
        return {}
    said: Said = {}
    for entry in _DECLARATION.findall(_unescaped(uncommented(text)).lower()):
        name, _, value = entry.partition(":")
        name, value = name.strip(), value.strip()
        if name in _SAID:
            is_important = value.replace(" ", "").endswith(_IMPORTANT)
            value = value.rpartition("!")[0].strip() if is_important else value
            said = merged(said, {name: value[:_LONGEST_VALUE] + (_IMPORTANT if is_important else "")})
    return said


def merged(said: Said, nearer: Mapping[str, str]) -> Said:
    """Return what is said when a nearer rule is heard, too: it has its way, but against what is important."""
    return said | {name: value for name, value in nearer.items() if _may_replace(said.get(name, ""), value)}


def plainly(said: Said) -> Said:
    """Return declarations without the marks of the important ones, and with those that stand for several written out."""
    said = {name: value.removesuffix(_IMPORTANT) for name, value in said.items()}
    if "font" in said:
        size = next(filter(_is_size, re.split(r"[\s/]+", said["font"])), "")
        said.setdefault("font-size", size)
    for short, names in (("inset", _SIDES), ("margin", [f"margin-{side}" for side in _SIDES])):
        parts = said[short].split() if short in said else []
        if 1 <= len(parts) <= len(_SIDES):
            right = parts[1] if len(parts) > 1 else parts[0]  # what is left out is said of the side across from it
            four = [*parts, *[parts[0], right, parts[0], right][len(parts) :]]
            for name, part in zip(names, four, strict=True):
                said.setdefault(name, part)
    if "-webkit-text-fill-color" in said:
        said["color"] = said["-webkit-text-fill-color"]
    if "text" in (said.get("background-clip"), said.get("-webkit-background-clip")):
        said["color"] = "of its ground"  # which is seen through the letters
    if points(said.get("-webkit-text-stroke", "").partition(" ")[0]) < ENDLESS:
        said["color"] = "of its outlines"
    return said


def _may_replace(value: str, nearer: str) -> bool:
    return nearer.endswith(_IMPORTANT) or not value.endswith(_IMPORTANT)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_letter, text) if "\\" in text else text


def _letter(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else 0
    return found[2] or (chr(number) if 0 < number < 0xD800 else "\ufffd")


def colour(text: str) -> Colour | None:
    """Return a colour; None: it is none, or one of the many names that are not known here."""
    text = text.strip()
    if text in _NAMED:
        return _NAMED[text]
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) > 5 else "".join(digit * 2 for digit in text[1:])
        red, green, blue, *rest = bytes.fromhex(digits)
        return float(red), float(green), float(blue), rest[0] / 255 if rest else 1.0
    found = _FUNCTION.fullmatch(text)
    return _of_parts(found[1], _PART.findall(found[2])) if found else None


def _of_parts(kind: str, parts: list[tuple[str, str]]) -> Colour | None:
    if len(parts) not in (3, 4):
        return None
    opaque = float(parts[3][0]) * (0.01 if parts[3][1] == "%" else 1.0) if len(parts) == 4 else 1.0
    if kind == "hsl":  # without its hue, which black and white have not
        light = 2.55 * float(parts[2][0])
        is_grey = float(parts[1][0]) == 0 or light <= 0 or light >= WHITE[0]
        return (light, light, light, opaque) if is_grey else None
    red, green, blue = (float(number) * (2.55 if unit == "%" else 1.0) for number, unit in parts[:3])
    return red, green, blue, opaque


def is_clear(shade: Colour) -> bool:
    """Tell whether nobody sees a colour, whatever it lies on."""
    return shade[3] < FAINT


def ground(said: Said) -> Colour | None:
    """Return the background that declarations give; clear: none, None: a picture, several colours, or not known."""
    image = said.get("background-image", "none")
    if image not in ("none", "initial", "unset"):
        return None
    parts = _SPLIT.findall(said.get("background", ""))
    if any("(" in part and colour(part) is None for part in parts):
        return None
    named = said.get("background-color") or next((part for part in parts if colour(part)), "")
    if not named and not all(part in _NO_GROUND for part in parts):
        return None
    return colour(named) if named and named not in _NO_GROUND else CLEAR


_NO_GROUND = frozenset(
    "none initial inherit unset transparent repeat no-repeat scroll fixed left right top bottom center 0 0px".split()
)
"""Words of a background without a colour; what is inherited is seen through, too."""


def number(text: str) -> float:
    """Return a share or a percentage as a number; what is none counts as endless."""
    found = _LENGTH.fullmatch(text)
    return float(found[1]) * (0.01 if found[2] == "%" else 1.0) if found else ENDLESS


def points(length: str) -> float:
    """Return a length in points; what is none counts as endless."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _POINTS[found[2] or _USUAL_UNIT] if found else ENDLESS


def size(said: str, inherited: float) -> float:
    """Return the size of letters in points."""
    found = _LENGTH.fullmatch(said)
    if not found:
        return inherited if said in ("", "inherit") else 12.0
    share = {"em": 1.0, "%": 0.01}.get(found[2] or "")
    return float(found[1]) * (_POINTS[found[2] or _USUAL_UNIT] if share is None else share * inherited)


def _is_size(part: str) -> bool:
    """Tell whether a part of what is said of a font is its size: a length, which only as 0 has no unit."""
    found = _LENGTH.fullmatch(part)
    return found is not None and (found[2] is not None or float(found[1]) == 0)
