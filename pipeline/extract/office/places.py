"""DOCX: text that stands where Word shows nothing: in hidden or flattened rows and lines, off the page, in parts of no page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy

from lxml import etree

from pipeline.extract.office.hidden import MC, MOST_STYLES_DEEP, OFF, W
from pipeline.extract.unseen import FAR, POINTS, SMALLEST, letters

_BOX, _RUN_TEXT, _PARAGRAPH = f"{W}txbxContent", f"{W}t", f"{W}p"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SHAPE = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_ART = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_KNOWN_LANGUAGES = ("http://schemas.microsoft.com/", "http://schemas.openxmlformats.org/", "urn:schemas-microsoft-com:")
_EVEN_APART = re.compile(rb"[<:]evenAndOddHeaders(?![^<>]*val=\"(?:0|false|off)\")")
_TWIPS, _EMUS = 20, 12_700
"""In a point."""
_FAR_RIGHT = 1_500.0
"""Points: Word's largest page is little wider."""
_SIDES = ("x", "y", "left", "start", "firstLine", "tblpX", "tblpY")
_STYLE_MOVES = tuple(map(re.compile, (rb"ind\s[^<>]{0,300}\"-?(?:[89]\d{3}|\d{5,})\.?\d*\"", rb"line=\"\d\d?\"")))
"""Each begins with letters as they are, by which it is found in a fifth of the time. Word's own styles are many."""
_STYLE_LENGTH = re.compile(
    r"(margin-left|margin-top|left|top|width|height):(-?\d*\.?\d+(?=pt|in|cm|mm|px)|0(?=;|\Z))(\w\w)?"
)
"""Without a unit it is measured by the group that the drawing stands in: only nothing is nothing all the same."""


def take_out_unplaced(part: etree._Element) -> Counter[str]:
    """Take out of a part what stands where nothing is shown. Returns how many characters, by kind."""
    counts: Counter[str] = Counter()
    for holder, kind in (*_flat(part), *_moved(part), *_codes(part), *_merged_away(part)):
        box = _box_around(holder)
        counts[kind] += _emptied(text for text in holder.iter(_RUN_TEXT) if text.text and _box_around(text) is box)
    for box in part.iter(_BOX):
        if kind := _how_box_is_hidden(box):
            counts[kind] += _emptied(box.iter(_RUN_TEXT))
    return +counts


def put_places_of_styles(parts: Iterable[etree._Element], styles: etree._Element) -> None:
    """Write into paragraphs what their styles say of indents and heights of lines, where they say nothing themselves."""
    by_id = {style.get(f"{W}styleId"): style for style in styles.iterfind(f"{W}style")}
    for named in [named for part in parts for named in part.iter(f"{W}pStyle")]:
        properties, style = named.getparent(), by_id.get(named.get(f"{W}val"))
        for _ in range(MOST_STYLES_DEEP):
            if style is None or properties is None:
                break
            for tag in (f"{W}ind", f"{W}spacing"):
                mark = style.find(f"{W}pPr/{tag}")
                if mark is not None and properties.find(tag) is None:
                    properties.append(copy(mark))
            base = style.find(f"{W}basedOn")
            style = None if base is None else by_id.get(base.get(f"{W}val"))


def styles_may_move(styles: bytes) -> bool:
    """Tell whether a style has lines without height, or indents beyond the page."""
    return any(pattern.search(styles) for pattern in _STYLE_MOVES)


def take_out_unused_notes(notes: etree._Element, document: etree._Element) -> None:
    """Take out the footnotes or endnotes to which nothing in the document refers: Word shows none of them."""
    used = {mark.get(f"{W}id") for mark in document.iter(f"{W}footnoteReference", f"{W}endnoteReference")}
    for note in list(notes.iterchildren(f"{W}footnote", f"{W}endnote")):
        if note.get(f"{W}id") is not None and note.get(f"{W}id") not in used:
            notes.remove(note)


def choose_alternatives(part: etree._Element) -> None:
    """Of what is there for new and for old programs, keep what today's Word shows: the new, where it knows that language."""
    for choice in list(part.iter(f"{MC}Choice")):
        needed = [choice.nsmap.get(prefix) or "" for prefix in choice.get("Requires", "").split()]
        alternatives = choice.getparent()
        if alternatives is None or all(name.startswith(_KNOWN_LANGUAGES) for name in needed):
            continue
        alternatives.remove(choice)
        if alternatives.find(f"{MC}Choice") is None:
            for fallback in alternatives.iterchildren(f"{MC}Fallback"):
                fallback.tag = f"{MC}Choice"
    for fallback in list(part.iter(f"{MC}Fallback")):
        if (alternatives := fallback.getparent()) is not None:
            alternatives.remove(fallback)


def unused_parts(
    parts: Mapping[str, etree._Element],
    kinds: Mapping[str, str],
    main: str,
    targets: Mapping[str | None, str],
    settings: bytes,
) -> set[str]:
    """Return the parts of a document, by name, that no page shows: other bodies than its main one, headers and footers."""
    bodies = {name for name in parts if kinds[name] == "document"}
    if main not in bodies:
        return set()
    are_even_apart = _EVEN_APART.search(settings) is not None
    edges = {name for name in targets.values() if kinds.get(name) in ("header", "footer")}
    return (bodies - {main}) | _unused_edges(parts[main], edges, targets, are_even_apart=are_even_apart)


def _unused_edges(
    document: etree._Element, edges: set[str], targets: Mapping[str | None, str], *, are_even_apart: bool
) -> set[str]:
    """Return the headers and footers that no page has: nothing names them, or pages of their kind look as the others do.

    `targets`: the parts that the document's relations lead to, and `edges` those of them that are headers and footers;
    where there are none, all are taken as used.
    """
    used: set[str | None] = set()
    named: dict[tuple[object, str], list[str | None]] = {}  # a section has what the one before it has
    for section in document.iter(f"{W}sectPr"):
        kinds = (
            {"default"} | ({"even"} if are_even_apart else set()) | ({"first"} if _is_on(section, "titlePg") else set())
        )
        for reference in section.iterchildren(f"{W}headerReference", f"{W}footerReference"):
            ids = [str(value) for name, value in reference.attrib.items() if str(name).endswith("}id")]
            named[reference.tag, reference.get(f"{W}type", "default")] = [targets.get(each) for each in ids]
        used.update(name for (_, kind), names in named.items() if kind in kinds for name in names)
    return edges - used


def _flat(part: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield rows and paragraphs that have no height, and rows that are hidden."""
    for properties in part.iter(f"{W}trPr"):
        row = properties.getparent()
        height = properties.find(f"{W}trHeight")
        if row is not None and _is_on(properties, "hidden"):
            yield row, "marked"
        elif row is not None and height is not None and _is_exact(height, "hRule", "val"):
            yield row, "tiny"
    for spacing in part.iter(f"{W}spacing"):
        paragraph = next(spacing.iterancestors(_PARAGRAPH), None)
        if paragraph is not None and _is_exact(spacing, "lineRule", "line"):
            yield paragraph, "tiny"


def _moved(part: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield paragraphs that are moved off the page."""
    for mark in part.iter(f"{W}framePr", f"{W}ind", f"{W}tblInd", f"{W}tblpPr"):
        sides = ("w",) if mark.tag == f"{W}tblInd" else _SIDES
        places = [_number(mark.get(f"{W}{side}", "0")) / _TWIPS for side in sides]
        holder = next(mark.iterancestors(_PARAGRAPH, f"{W}tbl"), None)
        if holder is not None and any(place < FAR or _FAR_RIGHT <= place < float("inf") for place in places):
            yield holder, "off_page"


def _codes(part: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield the texts that stand where a field says what it is to show: of those that begin and end in one paragraph."""
    marked = (next(mark.iterancestors(_PARAGRAPH), None) for mark in part.iter(f"{W}fldChar"))
    for paragraph in {paragraph for paragraph in marked if paragraph is not None}:
        waiting: list[list[etree._Element]] = []
        for node in paragraph.iter(f"{W}fldChar", _RUN_TEXT):
            kind = node.get(f"{W}fldCharType")
            if kind == "begin":
                waiting.append([])
            elif kind and waiting:
                yield from ((text, "marked") for text in waiting.pop())
            elif kind is None and waiting:
                waiting[-1].append(node)


def _merged_away(part: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield the cells that are taken up by the one above them, which Word shows instead."""
    for row in part.iter(f"{W}tr"):
        above = row.getprevious()
        if above is None or above.find(f"{W}tc/{W}tcPr/{W}vMerge") is None:
            continue
        for merge in row.iterfind(f"{W}tc/{W}tcPr/{W}vMerge"):
            cell = next(merge.iterancestors(f"{W}tc"), None)
            if cell is not None and merge.get(f"{W}val", "continue") == "continue":
                yield cell, "marked"


def _how_box_is_hidden(box: etree._Element) -> str:
    """Return how a text box is hidden by the drawing that it stands in; empty: it is seen."""
    grows = False
    for holder in box.iterancestors():
        if holder.tag in (_PARAGRAPH, _BOX):
            break
        grows = grows or _grows(holder)
        how = _how_styled(holder.get("style", "").replace(" ", "").lower(), grows=grows)
        if holder.tag in (f"{_DRAWING}anchor", f"{_DRAWING}inline"):
            how = _how_anchored(holder, grows=grows)
        if how:
            return how
    return ""


def _grows(holder: etree._Element) -> bool:
    """Tell whether a shape is as high as its text, whatever height is written: that of a caption is nothing."""
    is_old = "mso-fit-shape-to-text:t" in holder.get("style", "").replace(" ", "").lower()
    return is_old or holder.find(f"{_SHAPE}bodyPr/{_ART}spAutoFit") is not None


def _how_anchored(anchor: etree._Element, *, grows: bool) -> str:
    properties, extent = anchor.find(f"{_DRAWING}docPr"), anchor.find(f"{_DRAWING}extent")
    if any(mark is not None and mark.get("hidden", "0") not in OFF for mark in (anchor, properties)):
        return "marked"
    offsets = (offset.text or "0" for offset in anchor.iter(f"{_DRAWING}posOffset"))
    if any(_number(offset) < FAR * _EMUS for offset in offsets):
        return "off_page"
    names = ("cx",) if grows else ("cx", "cy")
    sides = [] if extent is None else [_number(extent.get(side, "")) for side in names]
    return "tiny" if any(0 <= side < SMALLEST * _EMUS for side in sides) else ""


def _how_styled(style: str, *, grows: bool) -> str:
    """Return how the style of an old drawing (VML) hides it."""
    if "visibility:hidden" in style or "display:none" in style:
        return "marked"
    for name, length, unit in _STYLE_LENGTH.findall(style):
        points, is_side = float(length) * POINTS.get(unit, 0.0), name in ("width", "height")
        if is_side and points < SMALLEST and not (grows and name == "height"):
            return "tiny"
        if not is_side and points < FAR:
            return "off_page"
    return ""


def _emptied(texts: Iterator[etree._Element]) -> int:
    """Empty texts, and return how many characters they had."""
    count = 0
    for text in list(texts):
        count += letters(text.text or "")
        text.text = None
    return count


def _box_around(node: etree._Element) -> etree._Element | None:
    return next(node.iterancestors(_BOX), None)


def _is_on(properties: etree._Element, name: str) -> bool:
    mark = properties.find(f"{W}{name}")
    return mark is not None and mark.get(f"{W}val", "true") not in OFF


def _is_exact(mark: etree._Element, rule: str, height: str) -> bool:
    """Tell whether a height is exactly so much, and that is nothing."""
    return mark.get(f"{W}{rule}") == "exact" and 0 <= _number(mark.get(f"{W}{height}", "")) < SMALLEST * _TWIPS


def _number(text: str) -> float:
    """Return a whole number; what is none counts as large."""
    return int(text) if re.fullmatch(r"-?\d{1,12}", text.strip()) else float("inf")
