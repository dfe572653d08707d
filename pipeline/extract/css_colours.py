"""Colours as CSS writes them: names, digits, and the functions of every colour space, brought down to red, green and blue."""

from __future__ import annotations

import colorsys
import math
import re
from collections.abc import Callable, Sequence

from PIL import ImageColor

Colour = tuple[float, float, float, float]
"""Red, green, blue (0 to 255), and how opaque it is (0 to 1)."""

WHITE: Colour = (255.0, 255.0, 255.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
CLEAR: Colour = (0.0, 0.0, 0.0, 0.0)
FAINT = 0.02
"""Opacity up to which nobody sees anything."""
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?"
_OF_SCREENS = {"transparent": CLEAR, "canvas": WHITE, "field": WHITE, "canvastext": BLACK, "fieldtext": BLACK}
_HEX = re.compile(r"#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})")
_FUNCTION = re.compile(r"([a-z-]{3,12})\((.*)\)", re.DOTALL)
_PART = re.compile(rf"({NUMBER})(%|deg|turn|rad|grad)?|none")
_SPLIT = re.compile(r"(?:\((?:[^()]|\([^()]*\))*\)|[^,()])+")
_SHARE = re.compile(rf"\s({NUMBER})%\s*$|^\s*({NUMBER})%\s")
_DEGREES = {"turn": 360.0, "rad": 180 / math.pi, "grad": 0.9}
_MOST_DEEP = 4
"""Colours within colours."""
_LARGEST = 1e6
"""What is farther from nothing is a broken number."""
_Three = tuple[float, float, float]


def colour(text: str, depth: int = 0) -> Colour | None:
    """Return a colour; None: it is none, or of a kind that is not known here."""
    text = text.strip()
    if text in _OF_SCREENS:
        return _OF_SCREENS[text]
    text = str(ImageColor.colormap.get(text, text))
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) > 5 else "".join(digit * 2 for digit in text[1:])
        red, green, blue, *rest = bytes.fromhex(digits)
        return float(red), float(green), float(blue), rest[0] / 255 if rest else 1.0
    found = _FUNCTION.fullmatch(text)
    if not found or depth > _MOST_DEEP:
        return None
    name, inner = found[1], found[2]
    if name == "light-dark":
        return colour(next(iter(_SPLIT.findall(inner)), ""), depth + 1)
    return _mixed(inner, depth + 1) if name == "color-mix" else _of_parts(name.removesuffix("a"), inner)


def is_clear(shade: Colour) -> bool:
    """Tell whether nobody sees a colour, whatever it lies on."""
    return shade[3] < FAINT


def _mixed(inner: str, depth: int) -> Colour | None:
    """Return two colours mixed; in which space makes no difference to what is told of them here."""
    _, *parts = _SPLIT.findall(inner)
    if len(parts) != 2:
        return None
    one, other = (colour(_SHARE.sub("", part), depth) for part in parts)
    told = [_SHARE.search(part) for part in parts]
    first, second = (float(found[1] or found[2]) / 100 if found else None for found in told)
    if one is None or other is None:
        return None
    share = first if first is not None else 1 - second if second is not None else 0.5
    red, green, blue, opaque = (share * left + (1 - share) * right for left, right in zip(one, other, strict=True))
    return red, green, blue, opaque


def _of_parts(name: str, inner: str) -> Colour | None:
    """Return the colour that a function makes of three numbers and, perhaps, how opaque it is."""
    words = [word for word in re.split(r"[\s,/]+", inner.strip()) if word]
    space = words.pop(0) if name == "color" and words else name
    found = [_PART.fullmatch(word) for word in words]
    if space not in _SPACES or len(found) not in (3, 4) or None in found:
        return None
    numbers = [(float(part[1] or 0), part[2] or "") for part in found if part]
    scales, made = _SPACES[space]
    values = [_scaled(*number, scale) for number, scale in zip(numbers[:3], scales, strict=True)]
    opaque = _scaled(*numbers[3], 1.0) if len(numbers) == 4 else 1.0
    red, green, blue = (min(255.0, max(0.0, 255 * part)) for part in made(*values))
    return red, green, blue, opaque


def _scaled(number: float, unit: str, whole: float) -> float:
    number = min(_LARGEST, max(-_LARGEST, number))
    return number * whole / 100 if unit == "%" else number * _DEGREES.get(unit, 1.0)


def _of_bytes(red: float, green: float, blue: float) -> _Three:
    return red / 255, green / 255, blue / 255


def _of_hsl(hue: float, saturation: float, light: float) -> _Three:
    return colorsys.hls_to_rgb(hue / 360 % 1, min(1.0, max(0.0, light / 100)), min(1.0, max(0.0, saturation / 100)))


def _of_hwb(hue: float, white: float, black: float) -> _Three:
    whole = max(100.0, white + black)
    white, black = white / whole, black / whole
    red, green, blue = (part * (1 - white - black) + white for part in colorsys.hls_to_rgb(hue / 360 % 1, 0.5, 1.0))
    return red, green, blue


def _of_lab(light: float, a: float, b: float) -> _Three:
    middle = (light + 16) / 116
    x, y, z = (
        edge**3 if edge**3 > 216 / 24389 else (116 * edge - 16) * 27 / 24389
        for edge in (middle + a / 500, middle, middle - b / 200)
    )
    return _of_xyz(0.96422 * x, y, 0.82521 * z)


def _of_xyz(x: float, y: float, z: float) -> _Three:
    """Return red, green and blue of a colour that was seen in the light of paper (D50)."""
    return _of_light(
        3.1338561 * x - 1.6168667 * y - 0.4906146 * z,
        -0.9787684 * x + 1.9161415 * y + 0.0334540 * z,
        0.0719453 * x - 0.2289914 * y + 1.4052427 * z,
    )


def _of_oklab(light: float, a: float, b: float) -> _Three:
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return _of_light(
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _of_light(*parts: float) -> _Three:
    """Return the values that a screen is sent for so much light."""
    red, green, blue = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in parts)
    return red, green, blue


def _around(made: Callable[[float, float, float], _Three]) -> Callable[[float, float, float], _Three]:
    """Return what makes a colour of its chroma and hue, from what makes it of two opposites."""
    return lambda light, chroma, hue: made(
        light, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    )


def _as_is(red: float, green: float, blue: float) -> _Three:
    return red, green, blue


_SPACES: dict[str, tuple[Sequence[float], Callable[[float, float, float], _Three]]] = {
    "rgb": ((255.0, 255.0, 255.0), _of_bytes),
    "hsl": ((360.0, 100.0, 100.0), _of_hsl),
    "hwb": ((360.0, 100.0, 100.0), _of_hwb),
    "lab": ((100.0, 125.0, 125.0), _of_lab),
    "lch": ((100.0, 150.0, 360.0), _around(_of_lab)),
    "oklab": ((1.0, 0.4, 0.4), _of_oklab),
    "oklch": ((1.0, 0.4, 360.0), _around(_of_oklab)),
    "srgb-linear": ((1.0, 1.0, 1.0), _of_light),
    "xyz-d50": ((1.0, 1.0, 1.0), _of_xyz),
    **dict.fromkeys(("srgb", "display-p3", "a98-rgb", "rec2020"), ((1.0, 1.0, 1.0), _as_is)),
}
"""What "100%" is in each part of a colour space, and what makes red, green and blue (0 to 1) of it."""
