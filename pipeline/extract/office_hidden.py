"""DOCX and ODT: text that is marked as hidden, tiny, or white on white is taken out of the XML, and counted.

Neither format can be looked at as it will be drawn, so white is only white on white where nothing in reach is
shaded: what may be seen stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from pipeline.extract.unseen import POINTS, SMALLEST, letters

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_WHITE = re.compile(r"#?(?:F[3-9A-F]){3}", re.IGNORECASE)
_MAY_HIDE = re.compile(
    rb"[<:]vanish|[<:]hidden-|display=\"none\"|color(?:\s[^<]*?val)?=\"#?(?:[fF][3-9a-fA-F]){3}\""
    rb"|[<:]sz\s[^<]*?val=\"[0-3]\"|font-size=\"(?:[01](?:\.\d+)?pt|0(?:\.\d+)?\w\w)\""
)
_MAY_SHADE = re.compile(rb"behindDoc=\"(?:1|true)\"|<\w+:background\b|z-index:\s*-|run-through=\"background\"")
_USED_STYLE = re.compile(rb'<w:[pr]Style\s[^<]*?w:val="([^"]*)"')
_BASE_STYLE = re.compile(rb'<w:basedOn\s[^<]*?w:val="([^"]*)"')
_STYLE_ID = re.compile(rb'[^<]*?w:styleId="([^"]*)"')
_DEFAULT_STYLE = re.compile(rb'[^<]*?w:default="1"')
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)
_OTHER_SPELLINGS = (
    b"='",
    b"&#",
    b"<!",
    *(pair for blank in (b" ", b"\t", b"\r", b"\n") for pair in (blank + b"=", b"=" + blank)),
)
"""By which XML says the same in other bytes: quotes, blanks, numbers for letters, entities."""
_MOST_STYLES_DEEP = 12
Styles = dict[str, etree._Element]


def may_hide(xml: bytes) -> bool:
    """Tell whether a part's XML has anything by which text could be hidden; most have nothing."""
    return _MAY_HIDE.search(xml) is not None or not _is_plainly_written(xml)


def may_shade(xml: bytes) -> bool:
    """Tell whether something may be painted behind the text, on which white would be seen."""
    return _MAY_SHADE.search(xml) is not None


def _is_plainly_written(xml: bytes) -> bool:
    """Tell whether XML is written as office programs write it: else a pattern finds nothing of what a parser finds."""
    return not any(spelling in xml for spelling in _OTHER_SPELLINGS) and not _ENCODING.match(xml)


def _has_usual_prefix(xml: bytes) -> bool:
    """Tell whether Word's own elements are called "w:" in a part."""
    name = W.strip("{}").encode()
    return xml.count(name) == xml.count(b'xmlns:w="' + name + b'"')


def used_styles_may_hide(styles: bytes, parts: Iterable[bytes]) -> bool:
    """Tell whether a style that a DOCX uses may hide text. Word's own styles are many, large and slow to parse."""
    parts = list(parts)
    defaults, *chunks = re.split(rb"<w:style\s", styles)
    if not chunks or may_hide(defaults) or not all(map(_is_plainly_written, chunks)):
        return may_hide(styles)
    if not all(map(_has_usual_prefix, (styles, *parts))):
        return may_hide(styles)
    by_id = {found[1]: chunk for chunk in chunks if (found := _STYLE_ID.match(chunk))}
    waiting = {name for part in parts for name in _USED_STYLE.findall(part)}
    waiting |= {name for name, chunk in by_id.items() if _DEFAULT_STYLE.match(chunk)}
    seen: set[bytes] = set()
    while waiting:
        seen |= waiting
        used = [by_id[name] for name in waiting if name in by_id]
        if any(map(_MAY_HIDE.search, used)):
            return True
        waiting = {found[1] for chunk in used if (found := _BASE_STYLE.search(chunk))} - seen
    return False


# --- DOCX -------------------------------------------------------------------------------------------------------------


class _Look(NamedTuple):
    """What decides whether a run is seen; None: nothing said so far."""

    vanish: bool | None = None
    colour: str | None = None
    half_points: int | None = None
    is_shaded: bool = False

    def over(self, other: _Look) -> _Look:
        """Return the look where this one is nearer than another."""
        return _Look(
            other.vanish if self.vanish is None else self.vanish,
            other.colour if self.colour is None else self.colour,
            other.half_points if self.half_points is None else self.half_points,
            self.is_shaded or other.is_shaded,
        )

    def hidden(self, *, on_white: bool) -> str:
        """Return how the run is hidden, empty where it is seen."""
        if self.vanish:
            return "marked"
        if self.half_points is not None and self.half_points < 2 * SMALLEST:
            return "tiny"
        is_white = self.colour is not None and _WHITE.fullmatch(self.colour) is not None
        return "same_colour" if is_white and on_white and not self.is_shaded else ""


_SEEN = _Look()


@dataclass(slots=True)
class DocxStyles:
    """The styles of a DOCX, by id."""

    by_id: Styles = field(default_factory=dict)
    default: _Look = _SEEN
    """Of all runs."""
    paragraph: str = ""
    """Id of the style of paragraphs that name none."""
    looks: dict[str, _Look] = field(default_factory=dict)
    """Of the styles asked for so far."""

    @classmethod
    def of(cls, root: etree._Element | None) -> DocxStyles:
        """Read them from word/styles.xml."""
        found = cls()
        for style in () if root is None else root.iterfind(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            found.by_id[name] = style
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                found.paragraph = name
        found.default = _said(None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        return found

    def look(self, name: str, depth: int = 0) -> _Look:
        """Return what a style says, and the styles that it is based on."""
        if name not in self.looks:
            style = self.by_id.get(name)
            if style is None or depth > _MOST_STYLES_DEEP:
                return _Look()
            look = _said(style.find(f"{W}rPr")).over(self.look(_value(style.find(f"{W}basedOn")), depth + 1))
            self.looks[name] = look._replace(is_shaded=look.is_shaded or next(style.iter(f"{W}shd"), None) is not None)
        return self.looks[name]


def take_out_of_docx(part: etree._Element, styles: DocxStyles, *, on_white: bool) -> Counter[str]:
    """Take hidden runs out of a part. Returns how many characters were hidden in which way."""
    counts: Counter[str] = Counter()
    around: dict[etree._Element, _Look] = {}
    for run in list(part.iter(f"{W}r")):
        paragraph = next(run.iterancestors(f"{W}p"), run)
        if paragraph not in around:
            around[paragraph] = _around(paragraph, styles)
        hidden = _look(run, styles, around[paragraph]).hidden(on_white=on_white)
        if hidden == "same_colour" and _is_in_shade(run):
            continue
        if hidden:
            counts[hidden] += sum(letters(text.text or "") for text in run.iter(f"{W}t"))
            for child in list(run):  # a text box in a white run has colours of its own
                if hidden == "marked" or child.tag == f"{W}t":
                    run.remove(child)
    return counts


def _around(paragraph: etree._Element, styles: DocxStyles) -> _Look:
    """Return what a paragraph says of its runs."""
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return styles.look(styles.paragraph).over(styles.default)
    look = styles.look(_value(properties.find(f"{W}pStyle")) or styles.paragraph).over(styles.default)
    return look if properties.find(f"{W}shd") is None else look._replace(is_shaded=True)


def _look(run: etree._Element, styles: DocxStyles, around: _Look) -> _Look:
    properties = run.find(f"{W}rPr")
    if properties is None or not len(properties):
        return around
    style = properties.find(f"{W}rStyle")
    look = _said(properties)
    return (look if style is None else look.over(styles.look(_value(style)))).over(around)


def _said(properties: etree._Element | None) -> _Look:
    """Return what run properties say."""
    vanish, colour, half_points, is_shaded = _Look()
    for mark in () if properties is None else properties:
        value = mark.get(f"{W}val", "true")
        if mark.tag == f"{W}vanish":
            vanish = value not in ("0", "false", "off")
        elif mark.tag == f"{W}color":
            colour = value
        elif mark.tag == f"{W}sz" and value.isdecimal():
            half_points = int(value)
        is_shaded = is_shaded or mark.tag in (f"{W}shd", f"{W}highlight")
    return _Look(vanish, colour, half_points, is_shaded)


def _is_in_shade(run: etree._Element) -> bool:
    """Tell whether a cell, a table or a text box around a run may have a colour of its own."""
    for holder in run.iterancestors(f"{W}tc", f"{W}tbl", f"{W}txbxContent"):
        if holder.tag == f"{W}txbxContent":
            return True
        properties = holder.find(f"{W}tcPr" if holder.tag == f"{W}tc" else f"{W}tblPr")
        if properties is not None and any(mark.tag in (f"{W}shd", f"{W}tblStyle") for mark in properties):
            return True
    return False


def _value(mark: etree._Element | None) -> str:
    return "" if mark is None else mark.get(f"{W}val", "")


# --- ODT --------------------------------------------------------------------------------------------------------------


def take_out_of_odt(body: etree._Element, styles: Styles, *, on_white: bool) -> Counter[str]:
    """Empty what is hidden in an ODT's body or page header. Returns how many characters were hidden in which way."""
    counts: Counter[str] = Counter()
    gone: set[etree._Element] = set()
    for node in list(body.iter(etree.Element)):
        hidden = "" if node in gone else _odt_hidden(node, styles, on_white=on_white)
        if hidden:
            counts[hidden] += letters("".join(str(text) for text in node.itertext()))
            gone.update(node.iterdescendants())
            node.text = None
            node[:] = []
    return counts


def has_paper_colour(styles: etree._Element | None) -> bool:
    """Tell whether the pages of an ODT are coloured, from its styles.xml."""
    sheets = () if styles is None else styles.iter(f"{STYLE}page-layout-properties")
    filled = (sheet.get(f"{_FO}background-color", sheet.get(f"{DRAW}fill", "none")) for sheet in sheets)
    return any(colour not in ("none", "transparent") and not _WHITE.fullmatch(colour) for colour in filled)


def odt_styles(*roots: etree._Element | None) -> Styles:
    """Return the styles of an ODT by name: those of content.xml first."""
    found: Styles = {}
    for root in roots:
        for style in () if root is None else root.iter(f"{STYLE}style"):
            found.setdefault(style.get(f"{STYLE}name", ""), style)
    return found


def _odt_hidden(node: etree._Element, styles: Styles, *, on_white: bool) -> str:
    if node.tag in (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"):
        return "marked" if node.get(f"{TEXT}is-hidden", "true") == "true" else ""
    if node.get(f"{TEXT}display", "true") == "none":
        return "marked"
    name = node.get(f"{TEXT}style-name")
    if name is None or node.tag not in (f"{TEXT}p", f"{TEXT}h", f"{TEXT}span"):
        return ""
    said = dict(_odt_said(name, styles))
    if said.get(f"{TEXT}display") == "none":
        return "marked"
    if _points(said.get(f"{_FO}font-size", "")) < SMALLEST:
        return "tiny"
    is_white = _WHITE.fullmatch(said.get(f"{_FO}color", "")) is not None
    return "same_colour" if is_white and on_white and not _is_on_colour(node, styles) else ""


def _odt_said(name: str, styles: Styles) -> Iterator[tuple[str, str]]:
    """Yield what a style says of text, the styles that it is based on first, so that a dictionary keeps the nearest."""
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


def _is_on_colour(node: etree._Element, styles: Styles) -> bool:
    """Tell whether a paragraph, a cell, a table or a frame around a text has, or may have, a colour of its own."""
    for holder in (node, *node.iterancestors()):
        if str(holder.tag).startswith(DRAW):
            return True
        names = (value for key, value in holder.attrib.items() if str(key).endswith("}style-name"))
        said = (said for name in names for said in _odt_said(str(name), styles))
        if any(key.endswith("background-color") and value != "transparent" for key, value in said):
            return True
    return False


def _points(length: str) -> float:
    """Return a length in points; what is none, or relative, counts as large."""
    found = re.fullmatch(r"(\d*\.?\d+)(pt|cm|mm|in|px)", length)
    return float(found[1]) * POINTS[found[2]] if found else float("inf")
