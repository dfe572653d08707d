"""What CSS declares, in whatever spelling: what is said in short is written out, and variables are filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import tinycss2

from pipeline.extract.unseen import are_alike
from pipeline.extract.web.css_colours import CLEAR, FAINT, WHITE, Colour, colour, colour_of, is_clear
from pipeline.extract.web.css_lengths import ENDLESS, is_size, points
from pipeline.extract.web.css_tokens import Token, bounded, split, text_of, values

Said = dict[str, str]
"""Declarations, the nearest of each property."""
_IMPORTANT = "!important"
_LONGEST_KEPT = 1_000
"""Characters of a style that is remembered."""
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*((?:\([^()]*\)|[^()])*))?\)")
_MOST_FILLED, _LONGEST_FILLED = 5, 1_000
"""Variables within variables that are filled in, and characters that a value may have then."""
SIDES = ("top", "right", "bottom", "left")
PROPERTIES = frozenset(
    "-webkit-background-clip -webkit-mask -webkit-mask-image -webkit-text-fill-color -webkit-text-stroke animation "
    "animation-fill-mode animation-iteration-count animation-name background background-clip background-color "
    "background-image block-size border border-radius bottom clip clip-path color contain content-visibility display fill fill-opacity filter "
    "flex-direction flex-flow flex-wrap float font font-family font-size height inline-size inset left letter-spacing list-style "
    "list-style-type margin margin-inline margin-left margin-right margin-top mask mask-image mso-tab-count max-block-size max-height "
    "max-inline-size max-width opacity overflow overflow-x overflow-y padding padding-inline padding-left padding-right "
    "padding-top position right scale stroke text-decoration text-decoration-line text-indent text-shadow top transform "
    "translate vertical-align visibility white-space width zoom".split()
)
"""What may hide text, be the ground on which it is seen, or set it apart from what is beside it."""


def declarations(text: str) -> Said:
    """Return the declarations of a style attribute, in small letters; important ones are marked as such."""
    return (_kept if len(text) < _LONGEST_KEPT else _read)(text) if text else {}


def _read(text: str) -> Said:
    return said_by(tinycss2.parse_blocks_contents(bounded(text), skip_comments=True, skip_whitespace=True))


_kept = lru_cache(maxsize=512)(_read)  # elements often have the same style; what is returned is never changed


def said_by(nodes: Iterable[Token]) -> Said:
    """Return the declarations among what tinycss2 has read."""
    said: Said = {}
    for node in nodes:
        if node.type == "declaration" and (node.lower_name in PROPERTIES or node.name.startswith("--")):
            value = text_of(node.value) + (_IMPORTANT if node.important else "")
            said = merged(said, {node.lower_name: value})
    return said


def merged(said: Said, nearer: Mapping[str, str]) -> Said:
    """Return what is said when a nearer rule is heard, too: it has its way, but against what is important."""
    return said | {name: value for name, value in nearer.items() if _may_replace(said.get(name, ""), value)}


def filled_in(said: Said, variables: Mapping[str, str]) -> Said:
    """Return declarations with the values of variables; one that nobody declared is left as it is, and so is not known."""
    known = {**variables, **{name: value for name, value in said.items() if name.startswith("--")}}

    def value_of(found: re.Match[str]) -> str:
        value = known.get(found[1], found[2] if found[2] is not None else None)
        return found[0] if value is None else value.removesuffix(_IMPORTANT)

    filled = dict(said)
    for name in [name for name, value in said.items() if "var(" in value]:
        for _ in range(_MOST_FILLED):
            if len(filled[name]) < _LONGEST_FILLED:
                filled[name] = _VARIABLE.sub(value_of, filled[name])
    return filled


def of_each_side(parts: Sequence[str]) -> list[str]:
    """Return what is said of the four sides in one to four parts: what is left out is said of the side across from it."""
    right = parts[1] if len(parts) > 1 else parts[0]
    return [*parts, *[parts[0], right, parts[0], right][len(parts) :]]


def plainly(said: Said) -> Said:
    """Return declarations without the marks of the important ones, and with those that stand for several written out."""
    said = {name: value.removesuffix(_IMPORTANT) for name, value in said.items()}
    if "font" in said:
        size = next(filter(is_size, re.split(r"[\s/]+", said["font"])), "")
        said.setdefault("font-size", size)
    around = [(name, [f"{name}-{side}" for side in SIDES]) for name in ("margin", "padding")]
    for short, names in (("inset", SIDES), *around):
        parts = said[short].split() if short in said else []
        if 1 <= len(parts) <= len(SIDES):
            for name, part in zip(names, of_each_side(parts), strict=True):
                said.setdefault(name, part)
    if "-webkit-text-fill-color" in said:
        said["color"] = said["-webkit-text-fill-color"]
    for name, other in _LOGICAL.items():
        if other in said:
            said.setdefault(name, said[other])
    return _with_colour(said)


def _with_colour(said: Said) -> Said:
    """Return declarations with the colour by which letters are seen: their own, or that of what is around or behind them."""
    if "text" in (said.get("background-clip"), said.get("-webkit-background-clip")):
        under = ground(said)  # it is seen through the letters, and nowhere else
        said["color"] = "of its ground" if under is None else f"rgb({' '.join(map(str, under[:3]))} / {under[3]})"
        said = {name: value for name, value in said.items() if not name.startswith("background")}
    if points(said.get("-webkit-text-stroke", "").partition(" ")[0]) < ENDLESS:
        said["color"] = "of its outlines"
    if _casts_shadow(said.get("text-shadow", "none")):
        said["color"] = "of its shadow"
    return said


def _casts_shadow(said: str) -> bool:
    """Tell whether letters have a shadow by which they are seen, whatever their own colour is: not a white one."""
    if said in ("none", "initial", "unset", "inherit"):
        return False
    named = [shade for token in values(said) if (shade := colour_of(token)) is not None]
    return not named or not all(is_clear(shade) or are_alike(shade[:3], WHITE[:3]) for shade in named)


_LOGICAL = {
    "width": "inline-size",
    "height": "block-size",
    "max-width": "max-inline-size",
    "max-height": "max-block-size",
}
"""What a side is called whatever way lines run."""


def _may_replace(value: str, nearer: str) -> bool:
    return nearer.endswith(_IMPORTANT) or not value.endswith(_IMPORTANT)


def ground(said: Said) -> Colour | None:
    """Return the background that declarations give; clear: none, None: a picture, several colours, or not known."""
    image = said.get("background-image", "none")
    if image not in ("none", "initial", "unset"):
        return gradient(image)
    named = said.get("background-color", "")
    parts = values(said["background"]) if "background" in said else []
    shades = [_shade(part) for part in parts]
    if any(part.type in _DRAWN and shade is None for part, shade in zip(parts, shades, strict=True)):
        return None
    if named:
        return CLEAR if named in _NO_GROUND else colour(named)
    shade = next((shade for shade in shades if shade), None)
    return shade or (CLEAR if all(text_of([part]) in _NO_GROUND for part in parts) else None)


def gradient(text: str) -> Colour | None:
    """Return the colour of a gradient that has but one."""
    parts = values(text)
    return _evenly(parts[0]) if len(parts) == 1 and _is_gradient(parts[0]) else None


def _shade(part: Token) -> Colour | None:
    return _evenly(part) if _is_gradient(part) else colour_of(part)


def _is_gradient(part: Token) -> bool:
    return bool(part.type == "function" and part.lower_name.endswith("gradient"))


def _evenly(part: Token) -> Colour | None:
    stops = split(part.arguments)
    shades = [shade for stop in stops for word in stop if (shade := colour_of(word)) is not None]
    if not shades or len(shades) < len(stops) - 1:
        return None
    first = shades[0]
    is_even = all(are_alike(shade[:3], first[:3]) and abs(shade[3] - first[3]) < FAINT for shade in shades)
    return first if is_even else None


_DRAWN = frozenset(("function", "url"))
_NO_GROUND = frozenset(
    "none initial inherit unset transparent repeat no-repeat scroll fixed left right top bottom center 0 0px".split()
)
"""Words of a background without a colour; what is inherited is seen through, too."""
