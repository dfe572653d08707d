"""Drawings within an HTML page (SVG): what they write is part of the page; what they keep for later, or for programs, is not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from lxml import etree

from pipeline.extract.unseen import POINTS
from pipeline.extract.web.css_colours import FAINT
from pipeline.extract.web.css_lengths import ENDLESS, number, points
from pipeline.extract.web.css_values import Said

_KEPT = frozenset(
    "clippath defs desc filter lineargradient marker mask metadata pattern radialgradient script style symbol title".split()
)
"""Elements of which nothing is drawn where they stand."""
_WRITTEN = frozenset(("text", "foreignobject"))
_ATTRIBUTES = ("display", "fill", "fill-opacity", "font-size", "opacity", "stroke", "transform", "visibility")
"""What a drawing says by attributes, as a style sheet would."""
_LONGEST = 250
"""Characters of what an attribute says."""
_PASSED_OVER = "script"
"""A tag of which nothing is read."""
_MOST_LOOKED_AT = 1_000
"""Elements in a drawing, and around a text, that are looked at."""
_SHAPES = frozenset(("circle", "ellipse", "image", "path", "polygon", "polyline", "rect", "use"))
_PLACES = ("x", "y", "dy")


def prepare_drawings(root: etree._Element) -> None:
    """Leave in the drawings of a page only what is drawn; each line of a text becomes a text of its own.

    One walk, for drawings within drawings without end.
    """
    drawings = texts = 0
    for event, node in etree.iterwalk(root, events=("start", "end"), tag="*"):
        step = 1 if event == "start" else -1
        drawings += step if node.tag == "svg" else 0
        texts += step if node.tag in _WRITTEN else 0
        if not drawings:
            continue
        if event == "start":
            if node.tag in _KEPT:
                node.tag = _PASSED_OVER
            elif node.tag == "tspan" and any(name in node.attrib for name in _PLACES):
                node.tag = "text"
                texts += 1
            if not texts:
                node.text = None
        elif not texts:
            node.tail = None


def said_by_drawing(attributes: Mapping[str, str]) -> Said:
    """Return what an element of a drawing says of its look by its attributes."""
    return {name: attributes[name].strip()[:_LONGEST].lower() for name in _ATTRIBUTES if name in attributes}


def with_colour_of_drawing(said: Said, *, is_outermost: bool) -> Said:
    """Return what is said of an element of a drawing in the words of a page: the colour of its letters is their filling."""
    said = dict(said)
    fill = said.get("fill", "black" if is_outermost else "inherit")
    if fill == "none":
        fill = "transparent" if said.get("stroke", "none") == "none" else "of its outlines"
    said["color"] = "of its surroundings" if fill == "currentcolor" else fill
    if number(said.get("fill-opacity", "")) < FAINT:
        said["color"] = "transparent"
    return said


def scale_of_drawing(drawing: etree._Element) -> float:
    """Return how many points a unit of a drawing is; where its size is that of the page, endless."""
    box = _view_box(drawing)
    wide, unit = points(drawing.get("width") or ""), number(box[2]) if len(box) == 4 else ENDLESS
    if unit == ENDLESS:
        return 1.0
    return (
        wide / (unit * POINTS["px"])
        if 0 < unit < ENDLESS and 0 < wide < ENDLESS and "%" not in drawing.get("width", "")
        else ENDLESS
    )


def paints(drawing: etree._Element) -> bool:
    """Tell whether a drawing has anything on which its letters may lie."""
    return any(node.tag in _SHAPES for node in islice(drawing.iter("*"), _MOST_LOOKED_AT))


def is_outside(node: etree._Element) -> bool:
    """Tell whether a text begins beyond the edges of its drawing, which shows nothing there."""
    around = list(islice(node.iterancestors(), _MOST_LOOKED_AT))
    drawing = next((one for one in around if one.tag == "svg"), None)
    if drawing is None or any(one.get("transform") for one in (node, *around)):
        return False
    box = _view_box(drawing)
    sides = [number(side) for side in box] if len(box) == 4 else [0.0, 0.0, *_sides(drawing)]
    across, along = number(node.get("x") or "0"), number(node.get("y") or "0")
    left, top, wide, high = sides
    is_past = across > left + wide or (along > 2 * high + top and node.tag == "text")
    return is_past or across < left - 2 * wide


def _view_box(drawing: etree._Element) -> list[str]:
    """Return left, top, width and height of what a drawing shows, in its own units."""
    return (drawing.get("viewbox") or drawing.get("viewBox") or "").replace(",", " ").split()


def _sides(drawing: etree._Element) -> list[float]:
    lengths = (drawing.get(side) or "" for side in ("width", "height"))
    return [ENDLESS if "%" in length else points(length) / POINTS["px"] for length in lengths]
