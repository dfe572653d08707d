"""DOCX: text boxes that hang on one paragraph, in the order in which they are read: Word keeps them as they were drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from lxml import etree

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_ART = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}wsp"
_GROUPS = frozenset(
    f"{{http://schemas.microsoft.com/office/word/2010/wordprocessingGroup}}{name}" for name in ("wgp", "grpSp")
)
_FIGURE, _FIGURES = re.compile(r"-?\d{1,12}"), 4
"""Left, top, width and height."""
_PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
_MARGIN = 91_440
"""EMU (a tenth of an inch): the room around the text of a box, by which boxes may overlap."""
_MOST = 200
"""Boxes that are put in order."""
Span = tuple[int, int]


class _Placed(NamedTuple):
    box: etree._Element
    measured_from: tuple[str, ...]
    across: Span
    """Left and right, in EMU."""
    along: Span


def in_reading_order(boxes: list[etree._Element]) -> list[etree._Element]:
    """Return text boxes in reading order: column by column, under what stands above all; as they are where a place is not known."""
    placed = [found for box in boxes if (found := _placed(box))] if 1 < len(boxes) <= _MOST else []
    if len(placed) < len(boxes) or len({each.measured_from for each in placed}) > 1:
        return boxes
    return [each.box for each in _ordered(placed)]


def _placed(box: etree._Element) -> _Placed | None:
    """Return where a box stands, by its drawing or by the group of shapes that it is part of; None: it is not said in figures."""
    for holder in box.iterancestors(_SHAPE, f"{_DRAWING}anchor", _PARAGRAPH):
        group = holder.getparent()
        if group is not None and group.tag in _GROUPS:
            place = holder.find(f"{{*}}spPr/{_ART}xfrm")
            offset, extent = (None if place is None else place.find(f"{_ART}{name}") for name in ("off", "ext"))
            starts = [] if offset is None else [offset.get("x"), offset.get("y")]
            return _measured(box, starts, extent, (group.getroottree().getpath(group),))
        if holder.tag == f"{_DRAWING}anchor":
            places = [place for axis in "HV" if (place := holder.find(f"{_DRAWING}position{axis}")) is not None]
            starts = [place.findtext(f"{_DRAWING}posOffset") for place in places]
            origin = tuple(place.get("relativeFrom", "") for place in places)
            return _measured(box, starts, holder.find(f"{_DRAWING}extent"), origin)
        if holder.tag == _PARAGRAPH:
            break
    return None


def _measured(
    box: etree._Element, starts: list[str | None], extent: etree._Element | None, measured_from: tuple[str, ...]
) -> _Placed | None:
    sides = [] if extent is None else [extent.get("cx"), extent.get("cy")]
    figures = [int(each) for each in (*starts, *sides) if each and _FIGURE.fullmatch(each)]
    if len(figures) < _FIGURES:
        return None
    left, top, wide, high = figures
    return _Placed(box, measured_from, (left, left + wide), (top, top + high))


def _ordered(boxes: list[_Placed]) -> list[_Placed]:
    """Cut at the gaps between columns, else below what stands on top. Where each row has one box for each column, rows come first."""
    columns, rows = _cut(boxes, "across"), _cut(boxes, "along")
    if len(columns) > 1 and (len(rows) == 1 or any(len(row) != len(columns) for row in rows)):
        return [*chain.from_iterable(map(_ordered, columns))]
    if len(rows) > 1:
        return [*_ordered(rows[0]), *_ordered([*chain.from_iterable(rows[1:])])]
    return sorted(boxes, key=lambda each: (each.along, each.across))


def _cut(boxes: Iterable[_Placed], way: str) -> list[list[_Placed]]:
    """Return groups of boxes with a gap between them."""
    groups: list[list[_Placed]] = []
    end = 0
    for each in sorted(boxes, key=lambda each: getattr(each, way)):
        start, own_end = getattr(each, way)
        if not groups or start >= end - _MARGIN:
            groups.append([])
        groups[-1].append(each)
        end = own_end if len(groups[-1]) == 1 else max(end, own_end)
    return groups
