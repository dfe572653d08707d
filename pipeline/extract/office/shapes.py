"""DOCX: with what the shapes of a document are filled: the ground of their own text, and of what lies before them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from lxml import etree

from pipeline.extract.unseen import ANY, PAPER

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_ART = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OLD = "{urn:schemas-microsoft-com:vml}"
_SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BOX, _PARAGRAPH = f"{_WORD}txbxContent", f"{_WORD}p"
_BACKGROUND = f"{_WORD}background"
_COLOUR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})(?![0-9a-f])", re.IGNORECASE)
_OLD_SHAPES = ("shape", "rect", "roundrect", "oval", "polyline", "background")
_BEHIND = re.compile(r"z-index:\s*-")
_EMUS, _SMALL = 12_700, 10
"""In a point; points: what is smaller lies under no word."""


class Paper(NamedTuple):
    """What the pages of a document are like, under their text."""

    is_white: bool = True
    """Nothing on which white letters would be seen is painted behind the text."""
    has_paint: bool = False
    """Some shape or picture of the document has another colour than paper: a text box without one may lie on it."""


def paper_of(parts: Iterable[etree._Element]) -> Paper:
    """Look at all that is drawn in a document."""
    drawn = [each for part in parts for each in _drawn(part)]
    return Paper(not any(is_behind for _, is_behind in drawn), bool(drawn))


def _drawn(part: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """Yield what is painted in another colour than paper, and whether that is behind the text."""
    for holder in part.iter(f"{_DRAWING}anchor", f"{_DRAWING}inline"):
        if not _is_small(holder) and _is_painted(holder):
            yield holder, holder.get("behindDoc") in ("1", "true")
    for shape in part.iter(*(f"{_OLD}{name}" for name in _OLD_SHAPES)):
        if _filling_of_old(shape) not in (None, PAPER) or next(shape.iter(f"{_OLD}imagedata"), None) is not None:
            yield shape, any(_BEHIND.search(holder.get("style", "")) for holder in _with_groups(shape))
    for background in part.iter(_BACKGROUND):
        yield background, True


def _with_groups(shape: etree._Element) -> Iterator[etree._Element]:
    """Yield a shape of old programs and the groups that it is part of: a group says where all of it stands."""
    yield shape
    yield from shape.iterancestors(f"{_OLD}group")


def filling_of_box(box: etree._Element) -> str | None:
    """Return the colour (six digits) with which the shape around a text box is filled, ANY where that is not known; None: with none."""
    for holder in box.iterancestors():
        if str(holder.tag).startswith(_OLD) and holder.tag != f"{_OLD}textbox":
            return _filling_of_old(holder)
        properties = next((child for child in holder if str(child.tag).endswith("}spPr")), None)
        if properties is not None:
            return _filling(properties)
    return ANY


def is_stretched(run: etree._Element) -> bool:
    """Tell whether a text is stretched to the shape that it stands in, whatever its size: WordArt, as watermarks are."""
    box = next(run.iterancestors(_BOX), None)
    if box is None:
        return False
    for holder in takewhile(lambda holder: holder.tag != _PARAGRAPH, box.iterancestors()):
        warp = holder.find(f"{_SHAPE}bodyPr/{_ART}prstTxWarp")
        if warp is not None:
            return warp.get("prst") != "textNoShape"
    return False


def _is_small(holder: etree._Element) -> bool:
    extent = holder.find(f"{_DRAWING}extent")
    sides = ("",) if extent is None else (extent.get("cx", ""), extent.get("cy", ""))
    return any(side.isdecimal() and int(side[:12]) < _SMALL * _EMUS for side in sides)


def _is_painted(holder: etree._Element) -> bool:
    shapes = [node for node in holder.iter() if str(node.tag).endswith(("}spPr", "}grpSpPr"))]
    if not shapes or any(str(node.tag).endswith("}blip") for node in holder.iter()):
        return True
    return any(_filling(properties) not in (None, PAPER) for properties in shapes)


def _filling(properties: etree._Element) -> str | None:
    """Return the colour of a shape; None: it has none."""
    for child in properties:
        kind = str(child.tag).removeprefix(_ART)
        if kind == "noFill":
            return None
        if kind == "solidFill":
            return _solid(child)
        if kind in ("gradFill", "blipFill", "pattFill", "grpFill"):
            return ANY
    styled = properties.getparent()
    by_theme = () if styled is None else styled.iter(f"{_ART}fillRef")
    return ANY if any(reference.get("idx", "0") != "0" for reference in by_theme) else None


def _solid(fill: etree._Element) -> str:
    if next(fill.iter(f"{_ART}alpha"), None) is not None:
        return ANY
    shade, theme = fill.find(f"{_ART}srgbClr"), fill.find(f"{_ART}schemeClr")
    if shade is not None:
        return shade.get("val", ANY) if not len(shade) and _COLOUR.fullmatch(shade.get("val", "")) else ANY
    is_paper = theme is not None and not len(theme) and theme.get("val") in ("bg1", "lt1")
    return PAPER if is_paper else ANY


def _filling_of_old(shape: etree._Element) -> str | None:
    """Return the colour of a shape of old programs, which is white if nothing is said."""
    if shape.get("filled", "t").lower() in ("f", "false") or shape.get("type") == "#_x0000_t75":
        return None
    fill = shape.find(f"{_OLD}fill")
    if fill is not None and (fill.get("type", "solid") != "solid" or fill.get("opacity") is not None):
        return ANY
    said = shape.get("fillcolor", "white").split(" ")[0].lower()
    found = _COLOUR.fullmatch(said)
    if not found:
        return PAPER if said in ("white", "window") else ANY
    return found[1] if len(found[1]) == len(PAPER) else "".join(digit * 2 for digit in found[1])
