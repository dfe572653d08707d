"""How declarations hide an element and all within it: not drawn, without room, without size, moved or clipped away."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.extract.unseen import FAR
from pipeline.extract.web.css_colours import FAINT, is_clear
from pipeline.extract.web.css_lengths import ENDLESS, number, points
from pipeline.extract.web.css_shapes import scale_of, shows_nothing
from pipeline.extract.web.css_values import SIDES, Said, gradient

_NO_ROOM = re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)")
_MOVED = re.compile(r"translate(?:x|y|3d)?\(\s*([^,()]{1,20})(?:,\s*([^,()]{1,20}))?[,)]")
_BLUR = re.compile(r"blur\(\s*([^()]+)\)")
_BLURRED = 9.0
"""Points by which letters of a usual size are smeared until nobody reads them."""
_FAR_RIGHT = 5_000.0
"""Points: no page is so wide."""
_SCREENS = re.compile(r"(?:1[5-9]\d|[2-9]\d\d|\d{4,})(?:\.\d+)?vw")
"""So much of a window's width lies beside it."""
_WINDOWS = re.compile(r"[1-9]\d\d+(?:\.\d+)?(?:%|v[wh])")
"""What is fixed so far from a side of the window is in none."""
_SMALL = 0.2
"""A part of a page that is drawn at less than this share of its size is not made smaller to fit."""


class Room(NamedTuple):
    """What an element shows of what is in it, in points."""

    across: float = ENDLESS
    along: float = ENDLESS
    is_placed: bool = False
    """It holds what is placed freely, too."""


def how_gone(said: Said) -> str:
    """Return how declarations hide an element and all within it: a key of HOW in unseen.py; empty where they do not."""
    if not said:
        return ""
    if said.get("display") == "none" or said.get("content-visibility") == "hidden" or _has_no_room(said):
        return "marked"
    filtered = said.get("filter", "")
    seen_through = re.fullmatch(r"opacity\((.*)\)", filtered)
    if number(said.get("opacity", "")) < FAINT or (seen_through and number(seen_through[1]) < FAINT):
        return "transparent"
    blur = _BLUR.search(filtered)
    if _is_masked(said) or (blur and _BLURRED < points(blur[1].strip()) < ENDLESS):
        return "transparent"
    return "off_page" if _is_far(said) else ""


def shrunk(said: Said) -> float:
    """Return to which share of its size an element is drawn, where that is very small; else 1."""
    scales = [abs(number(each)) for name in ("zoom", "scale") for each in said.get(name, "").split()]
    if "transform" in said:
        scales.append(scale_of(said["transform"]))
    return min([1.0, *(scale for scale in scales if scale < _SMALL)])


def room_within(said: Said, around: Room) -> Room:
    """Return what is shown of what is in an element."""
    if said.get("overflow") not in ("hidden", "clip"):
        return around
    across, along = (_fixed(said.get(side, "")) for side in ("width", "height"))
    if across == along == ENDLESS:
        return around
    return Room(min(across, around.across), min(along, around.along), said.get("position", "static") != "static")


def is_pushed_out(said: Said, room: Room) -> bool:
    """Tell whether an element begins beyond what is shown of the one around it."""
    if room.across == room.along == ENDLESS:
        return False
    is_free = said.get("position") in ("absolute", "fixed")
    if is_free and not room.is_placed:
        return False
    is_moved = is_free or said.get("position") == "relative"
    down = (said.get(side, "") for side in ("margin-top", "padding-top", *(("top",) if is_moved else ())))
    right = (
        said.get(side, "") for side in ("margin-left", "padding-left", "text-indent", *(("left",) if is_moved else ()))
    )
    return any(room.along <= _fixed(length) < ENDLESS for length in down) or any(
        room.across <= _fixed(length) < ENDLESS for length in right
    )


def _fixed(length: str) -> float:
    """Return a length that does not depend on what is around; endless: it does, or is none."""
    return ENDLESS if "%" in length or "var(" in length else points(length)


def _is_masked(said: Said) -> bool:
    """Tell whether a mask lets nothing through."""
    masks = [said[name] for name in ("mask", "mask-image", "-webkit-mask", "-webkit-mask-image") if name in said]
    shades = [gradient(mask) for mask in masks]
    return any(shade is not None and is_clear(shade) for shade in shades)


def _is_far(said: Said) -> bool:
    """Tell whether an element is moved to where nobody looks."""
    is_placed = said.get("position") in ("absolute", "fixed", "relative")
    moved = _MOVED.search(said.get("transform", ""))
    across = [said.get(side, "") for side in ("text-indent", "margin-left", *(("left",) if is_placed else ()))]
    along = [said.get(side, "") for side in ("margin-top", *(("top", "right") if is_placed else ()))]
    shifts = [*(length or "" for length in (moved.groups() if moved else ())), *said.get("translate", "").split()]
    lengths = [*map(points, (*across, *along)), *map(points, shifts)]
    if said.get("position") == "fixed" and any(_WINDOWS.fullmatch(said.get(side, "")) for side in SIDES):
        return True
    is_cut = said.get("overflow") in ("hidden", "clip") and 1 <= number(said.get("text-indent", "")) < ENDLESS
    return (
        any(length < FAR for length in lengths)
        or any(_FAR_RIGHT < points(length) < ENDLESS or _SCREENS.fullmatch(length) for length in across)
        or (is_cut and "%" in said["text-indent"])
    )


def _has_no_room(said: Said) -> bool:
    """Tell whether an element is cut to nothing, as texts for screen readers are."""
    if _NO_ROOM.fullmatch(said.get("clip", "")) or shows_nothing(said.get("clip-path", "")):
        return True
    overflow = (said.get(name, "visible") for name in ("overflow", "overflow-x", "overflow-y"))
    is_cut = any(value != "visible" for value in overflow) or "strict" in said.get("contain", "")
    rooms = (points(said.get(side, "")) for side in ("width", "height", "max-width", "max-height"))
    return is_cut and any(0 <= room < 1 for room in rooms)
