"""Colours as CSS writes them, which tinycss2 reads, brought down to red, green and blue."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import mul

from tinycss2.color4 import COLOR_SPACES, Color
from tinycss2.color5 import parse_color

from pipeline.extract.web.css_tokens import Token, is_blank, split, values

Colour = tuple[float, float, float, float]
"""Red, green, blue (0 to 255), and how opaque it is (0 to 1)."""

WHITE: Colour = (255.0, 255.0, 255.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
CLEAR: Colour = (0.0, 0.0, 0.0, 0.0)
FAINT = 0.02
"""Opacity up to which nobody sees anything."""
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?"
_OF_SCREENS = {"transparent": CLEAR, "canvas": WHITE, "field": WHITE, "canvastext": BLACK, "fieldtext": BLACK}
_MOST_DEEP = 4
"""Colours within colours."""


@lru_cache(maxsize=1024)  # a page has few colours, and asks for them at each of its elements
def colour(text: str) -> Colour | None:
    """Return a colour; None: it is none, or of a kind that is not known here."""
    tokens = values(text)
    return colour_of(tokens[0]) if len(tokens) == 1 else None


def colour_of(token: Token, depth: int = 0) -> Colour | None:
    """Return the colour that a token of tinycss2 is."""
    if token.type == "ident" and token.lower_value in _OF_SCREENS:
        return _OF_SCREENS[token.lower_value]
    if token.type not in ("ident", "hash", "function") or depth > _MOST_DEEP:
        return None
    if token.type == "function" and token.lower_name == "color-mix":
        return _mixed(token.arguments, depth + 1)
    try:
        found = parse_color(token)
        return _seen(found) if isinstance(found, Color) and found.space in COLOR_SPACES else None
    except (ValueError, TypeError, AttributeError, NotImplementedError, ArithmeticError):  # a colour that is broken
        return None


def is_clear(shade: Colour) -> bool:
    """Tell whether nobody sees a colour, whatever it lies on."""
    return shade[3] < FAINT


def _mixed(arguments: Iterable[Token], depth: int) -> Colour | None:
    """Return two colours mixed; in which space makes no difference to what is told of them here."""
    _, *parts = split(arguments)
    words = [[token for token in part if not is_blank(token)] for part in parts]
    shades = [next((shade for token in part if (shade := colour_of(token, depth))), None) for part in words]
    if len(shades) != 2 or shades[0] is None or shades[1] is None:
        return None
    first, second = (next((token.value / 100 for token in part if token.type == "percentage"), None) for part in words)
    share = first if first is not None else 1 - second if second is not None else 0.5
    red, green, blue, opaque = (share * left + (1 - share) * right for left, right in zip(*shades, strict=True))
    return red, green, blue, opaque


def _seen(found: Color) -> Colour:
    """Return what a screen shows of a colour of any space."""
    measured = found.to(_MEASURED.get(found.space, found.space))
    parts = list(measured.coordinates)
    if measured.space in _LIGHT_OF:
        parts = [sum(map(mul, row, parts)) for row in _LIGHT_OF[measured.space]]
    if measured.space in _LIGHT_OF or measured.space == "srgb-linear":
        parts = [12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in parts]
    red, green, blue = (min(255.0, max(0.0, 255 * part)) for part in parts)
    return red, green, blue, found.alpha


_MEASURED = {
    **dict.fromkeys(("hsl", "hwb"), "srgb"),
    **dict.fromkeys(("lab", "lch"), "xyz-d50"),
    **dict.fromkeys(("oklab", "oklch"), "xyz-d65"),
}
"""In which space red, green and blue of a colour are worked out."""
_LIGHT_OF = {
    "xyz-d50": (
        (3.1338561, -1.6168667, -0.4906146),
        (-0.9787684, 1.9161415, 0.0334540),
        (0.0719453, -0.2289914, 1.4052427),
    ),
    "xyz-d65": (
        (3.2409699, -1.5373832, -0.4986108),
        (-0.9692436, 1.8759675, 0.0415551),
        (0.0556301, -0.2039770, 1.0569715),
    ),
}
"""Red, green and blue of such light."""
