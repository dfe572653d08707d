"""ODT: text that is marked as hidden, tiny, of the colour of its ground or off the page is taken out of the XML, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from pipeline.extract.office.hidden import DRAW, STYLE, TABLE, TEXT, Styles, look_alike
from pipeline.extract.unseen import ANY, FAR, PAPER, POINTS, SMALLEST, letters

_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_LENGTH = re.compile(r"(-?\d*\.?\d+)(pt|cm|mm|in|px)")
_SHARE = re.compile(r"(\d{1,4})(?:\.\d+)?%")
_NARROW = 10
"""Percent of the usual width or size."""
_MOST_STYLES_DEEP = 12
_OWN_STYLE = (f"{TEXT}p", f"{TEXT}h", f"{TEXT}span", f"{TEXT}ruby-base", f"{TEXT}ruby-text")
_FAR_UP = 1_000
"""Percent of their size by which letters are raised, or lowered, off the page."""
_ON_TOP = -5.0
"""Points by which letters are moved back that stand on each other."""
_SIDE_OF_PAGE = re.compile(rf"{STYLE}(?:header|footer)(?:-left|-first)?".replace("{", r"\{").replace("}", r"\}"))
Said = dict[str, str]


class _Look(NamedTuple):
    """How the text right in an element looks; what is in it inherits that."""

    gone: str = ""
    """How it is hidden, and all within it, whatever that looks like."""
    said: Said = {}  # it is never changed
    """What styles say of text and paragraphs."""
    ground: str = PAPER

    def hidden(self) -> str:
        """Return how the text is hidden; empty: it is seen."""
        if self.gone:
            return self.gone
        if self.said.get(f"{TEXT}display") == "none":
            return "marked"
        return _how_shaped(self.said) or ("same_colour" if self._is_of_its_ground() else "")

    def _is_of_its_ground(self) -> bool:
        colour, is_usual = self.said.get(f"{_FO}color", ""), self.said.get(f"{STYLE}use-window-font-color") == "true"
        is_usual = is_usual or self.said.get(f"{STYLE}text-outline") == "true"
        is_usual = is_usual or self.said.get(f"{STYLE}font-relief", "none") != "none"
        return bool(self.ground and not is_usual and _HEX.fullmatch(colour) and look_alike(colour[1:], self.ground))


def take_out_of_odt(body: etree._Element, styles: Styles, *, on_white: bool) -> Counter[str]:
    """Empty what is hidden in an ODT's body or page header. Returns how many characters were hidden in which way."""
    counts: Counter[str] = Counter()
    by_name: dict[str, Said] = {}
    looks: dict[etree._Element | None, _Look] = {}
    start = _Look(ground=PAPER if on_white else ANY)
    for node in list(body.iter(etree.Element)):
        look = looks[node] = _look(node, looks.get(node.getparent(), start), styles, by_name)
        if hidden := look.hidden():
            tails = [child.tail or "" for child in node]
            counts[hidden] += sum(map(letters, (node.text or "", *tails)))
            node.text = None
            for child in node:
                child.tail = None
    return +counts


def has_paper_colour(styles: etree._Element | None) -> bool:
    """Tell whether the pages of an ODT are coloured, from its styles.xml."""
    sheets = () if styles is None else styles.iter(f"{STYLE}page-layout-properties")
    filled = (sheet.get(f"{_FO}background-color", sheet.get(f"{DRAW}fill", "none")) for sheet in sheets)
    return any(colour not in ("none", "transparent") and not _is_paper(colour) for colour in filled)


def odt_styles(*roots: etree._Element | None) -> Styles:
    """Return the styles of an ODT by name: those of content.xml first."""
    found: Styles = {}
    for root in roots:
        for style in () if root is None else root.iter(f"{STYLE}style"):
            found.setdefault(style.get(f"{STYLE}name", ""), style)
    return found


def _is_paper(colour: str) -> bool:
    return _HEX.fullmatch(colour) is not None and look_alike(colour[1:], PAPER)


def _look(node: etree._Element, around: _Look, styles: Styles, by_name: dict[str, Said]) -> _Look:
    """Return the look of an element from that of the one around it."""
    tag = str(node.tag)
    said = _own(node, styles, by_name)
    gone = around.gone or _gone(node, tag, said)
    if tag.startswith(DRAW):  # what it holds has styles of its own, and lies on whatever it is filled with
        return _Look(gone, {}, ANY)
    filled = next((value for key, value in said.items() if key.endswith("background-color")), "transparent")
    ground = around.ground if filled == "transparent" else filled[1:] if _HEX.fullmatch(filled) else ANY
    return _Look(gone, around.said | said if tag in _OWN_STYLE else around.said, ground)


def _gone(node: etree._Element, tag: str, said: Said) -> str:
    """Return how an element hides all that is in it; empty: it does not."""
    if _is_marked(node, tag):
        return "marked"
    if node.get(f"{STYLE}display") == "false" and _SIDE_OF_PAGE.fullmatch(tag):
        return "unused"
    if tag.startswith(DRAW):
        places = (_points(node.get(f"{_SVG}{side}", "")) for side in "xy")
        is_tiny = 0 <= _points(node.get(f"{_SVG}width", "")) < SMALLEST
        return "off_page" if any(place < FAR for place in places) else "tiny" if is_tiny else ""
    return "tiny" if 0 <= _points(said.get(f"{STYLE}row-height", "")) < SMALLEST else ""


def _is_marked(node: etree._Element, tag: str) -> bool:
    """Tell whether an element says itself that it is not shown; a paragraph says so by a field within it."""
    if tag in (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"):
        return node.get(f"{TEXT}is-hidden", "true") == "true"
    field = node.find(f"{TEXT}hidden-paragraph") if tag == f"{TEXT}p" else node if tag == f"{TEXT}section" else None
    if field is not None and field.get(f"{TEXT}is-hidden") == "true":
        return True
    shown = (node.get(f"{TEXT}display"), node.get(f"{DRAW}display"))
    return "none" in shown or node.get(f"{TABLE}visibility", "visible") != "visible"


def _how_shaped(said: Said) -> str:
    """Return how letters are made invisible by their shape or their place."""
    if any(0 <= _points(said.get(f"{_FO}{name}", "")) < SMALLEST for name in ("font-size", "line-height")):
        return "tiny"
    position, _, raised_size = said.get(f"{STYLE}text-position", "").rpartition(" ")
    shares = (said.get(f"{STYLE}text-scale", ""), raised_size, said.get(f"{_FO}font-size", ""))
    if (_share(position.lstrip("-")) if position else 0) in range(_FAR_UP, 10 * _FAR_UP):
        return "off_page"
    if _points(said.get(f"{_FO}letter-spacing", "")) < _ON_TOP:
        return "squeezed"
    if any(_share(share) < _NARROW for share in shares):
        return "tiny"
    if _share(said.get(f"{_LOEXT}opacity", "")) == 0 or said.get(f"{_LOEXT}char-transparency") == "100%":
        return "transparent"
    places = (_points(said.get(f"{_FO}{name}", "")) for name in ("margin-left", "text-indent"))
    return "off_page" if any(place < FAR for place in places) else ""


def _own(node: etree._Element, styles: Styles, by_name: dict[str, Said]) -> Said:
    """Return what an element's styles say of it."""
    said: Said = {}
    for key, value in node.attrib.items():
        if str(key).endswith("}style-name"):
            name = str(value)
            if name not in by_name:
                by_name[name] = dict(_said(name, styles))
            said = said | by_name[name]
    return said


def _said(name: str, styles: Styles) -> Iterator[tuple[str, str]]:
    """Yield what a style says, the styles that it is based on first, so that a dictionary keeps the nearest."""
    chain = []
    for _ in range(_MOST_STYLES_DEEP):
        style = styles.get(name)
        if style is None:
            break
        chain.append(style)
        name = style.get(f"{STYLE}parent-style-name", "")
    for style in reversed(chain):
        for properties in style:
            yield from ((str(key), str(value)) for key, value in properties.attrib.items())


def _points(length: str) -> float:
    """Return a length in points; what is none, or relative, counts as large."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * POINTS[found[2]] if found else float("inf")


def _share(text: str) -> float:
    """Return a percentage; what is none counts as large."""
    found = _SHARE.fullmatch(text)
    return int(found[1]) if found else float("inf")
