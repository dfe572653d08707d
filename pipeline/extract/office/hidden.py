"""DOCX: text that is marked as hidden, tiny, or white on white is taken out of the XML, and counted.

It cannot be looked at as it will be drawn, so white is only white on white where nothing in reach is
shaded: what may be seen stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lxml import etree

from pipeline.extract.office.shapes import Paper, filling_of_box, is_stretched
from pipeline.extract.unseen import ANY, FAR, PAPER, SMALLEST, are_alike, letters

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_MAY_HIDE = re.compile(
    rb"[<:](?:position|spacing)\s[^<]*?val=\"-?\d{3,}\"|[<:]vanish|[<:]hidden-|display=\"none\"|color(?:\s[^<]*?val)?=\"#?(?:[fF][3-9a-fA-F]){2}(?:[d-fD-F][0-9a-fA-F])\""
    rb"|themeColor=\"(?:background|light)1\"|[<:]w\s[^<]*?val=\"\d%?\"|[<:](?:textFill|highlight)\b"
    rb"|is-hidden=|(?:font-size|text-position)=\"-?(?:\d|\d{4,})%|letter-spacing=\"-|text-scale=\"\d%\"|text-position=\"\S+ \d%\"|=\"-\d{2,}\.?\d*(?:cm|in|mm|pt|px)\"|opacity=\"0%\"|char-transparency=\"100%\""
    rb"|visibility=\"|display=\"false\"|(?:height|width)=\"0(?:\.\d+)?\w\w\""
    rb"|[<:]sz\s[^<]*?val=\"[0-3]\"|font-size=\"(?:[01](?:\.\d+)?pt|0(?:\.\d+)?\w\w)\""
)
_FILL, _PATTERN = (re.compile(rb"[<:]shd\s[^<>]*?%s=\"([0-9a-fA-F]{6})\"" % name) for name in (b"fill", b"color"))
_COLOUR = re.compile(rb"[<:]color\s[^<>]*?val=\"([0-9a-fA-F]{6})\"")
_ODT_FILL, _ODT_COLOUR = (re.compile(rb":%s=\"#([0-9a-fA-F]{6})\"" % name) for name in (b"background-color", b"color"))
_MAY_SHADE = re.compile(rb"behindDoc=\"(?:1|true)\"|<\w+:background\b|z-index:\s*-|run-through=\"background\"")
_USED_STYLE = re.compile(rb'<w:(?:[pr]|tbl)Style\s[^<]*?w:val="([^"]*)"')
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
OFF = frozenset(("0", "false", "off"))
"""How Word says no."""
_MOST_PAIRS = 10_000
"""Of colours that are compared; a document of more is looked at as a whole."""
_HEX = re.compile(r"[0-9a-fA-F]{6}")
_WHOLE = re.compile(r"-?\d{1,9}")
_MARKER = {
    "none": None, "black": "000000", "white": PAPER, "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF",
    "red": "FF0000", "yellow": "FFFF00", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip
"""Colours of Word's marker."""
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_OPAQUE = 98_000
"""From here on Word's alpha, which counts how much shines through, leaves nothing to see."""
_NARROW = 10
"""Percent of their usual width."""
_FAR_UP = -2 * FAR
"""Half points by which letters are raised, or lowered, off the page."""
_ON_TOP = -9
"""Twips for each point of their size by which letters are moved back that stand on each other."""
_USUAL_HALF_POINTS = 22
_SEEN_ANYHOW = frozenset((f"{W}outline", f"{W}emboss", f"{W}imprint", f"{W}shadow"))
"""What draws an edge around letters of any colour."""
_EDGED = "edged"
"""Instead of a colour."""
MOST_STYLES_DEEP = 12
"""A style is based on another, and so on; files may say so in a circle."""
Styles = dict[str, etree._Element]


def may_hide(xml: bytes) -> bool:
    """Tell whether a part's XML has anything by which text could be hidden; most have nothing."""
    return _MAY_HIDE.search(xml) is not None or not _is_plainly_written(xml)


def may_be_of_its_ground(*parts: bytes) -> bool:
    """Tell whether parts name a colour for text that is one of those that they name for what lies beneath."""
    fills = {found for part in parts for named in (_FILL, _PATTERN, _ODT_FILL) for found in named.findall(part)}
    colours = {found for part in parts for named in (_COLOUR, _ODT_COLOUR) for found in named.findall(part)}
    if len(fills) * len(colours) > _MOST_PAIRS:
        return True
    return any(look_alike(fill.decode(), colour.decode()) for fill in fills for colour in colours)


def look_alike(one: str, other: str) -> bool:
    """Tell whether nobody tells two colours apart (six digits each)."""
    return are_alike(bytes.fromhex(one), bytes.fromhex(other))


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


class _Look(NamedTuple):
    """What decides whether a run is seen; None: nothing said so far."""

    vanish: bool | None = None
    colour: str | None = None
    half_points: int | None = None
    ground: str | None = None
    """Six digits, or ANY."""
    is_clear: bool | None = None
    is_narrow: bool | None = None
    is_away: bool | None = None
    """It is raised or lowered off the page."""
    spacing: int | None = None
    """Twips between its letters."""

    def over(self, other: _Look) -> _Look:
        """Return the look where this one is nearer than another."""
        return other._replace(**{name: value for name, value in self._asdict().items() if value is not None})

    def hidden(self) -> str:
        """Return how the run is hidden, empty where it is seen, as far as this tells."""
        if self.vanish:
            return "marked"
        if self.is_narrow or (self.half_points is not None and self.half_points < 2 * SMALLEST):
            return "tiny"
        if self.is_away:
            return "off_page"
        half_points = _USUAL_HALF_POINTS if self.half_points is None else self.half_points
        if self.spacing is not None and self.spacing < _ON_TOP * half_points / 2:
            return "squeezed"
        return "transparent" if self.is_clear else ""

    def is_of_colour(self, ground: str | None) -> bool:
        """Tell whether it has the colour of what lies beneath it."""
        return bool(self.colour and ground and _HEX.fullmatch(self.colour) and look_alike(self.colour, ground))


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
            if name:  # by none, no text and no other style can name it
                found.by_id[name] = style
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                found.paragraph = name
        found.default = _said(None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        return found

    def shades(self, table_style: str) -> bool:
        """Tell whether a style of tables, or one that it is based on, lays a colour under some of its cells."""
        for _ in range(MOST_STYLES_DEEP):
            style = self.by_id.get(table_style)
            if style is None:
                return False
            if any(_shade(shade) not in (None, PAPER) for shade in style.iter(f"{W}shd")):
                return True
            table_style = _value(style.find(f"{W}basedOn"))
        return True

    def look(self, name: str, depth: int = 0) -> _Look:
        """Return what a style says, and the styles that it is based on."""
        if name not in self.looks:
            style = self.by_id.get(name)
            if style is None or depth > MOST_STYLES_DEEP:
                return _Look()
            look = _said(style.find(f"{W}rPr")).over(self.look(_value(style.find(f"{W}basedOn")), depth + 1))
            self.looks[name] = (
                look if look.ground is not None else look._replace(ground=_shade(next(style.iter(f"{W}shd"), None)))
            )
        return self.looks[name]


def take_out_of_docx(part: etree._Element, styles: DocxStyles, paper: Paper) -> Counter[str]:
    """Take hidden runs out of a part. Returns how many characters were hidden in which way."""
    counts: Counter[str] = Counter()
    around: dict[etree._Element, _Look] = {}
    for run in list(part.iter(f"{W}r")):
        paragraph = next(run.iterancestors(f"{W}p"), run)
        if paragraph not in around:
            around[paragraph] = _around(paragraph, styles)
        look = _look(run, styles, around[paragraph])
        hidden = look.hidden()
        if hidden == "tiny" and is_stretched(run):
            hidden = ""
        if not hidden and look.is_of_colour(_beneath(run, styles, paper) if look.ground is None else look.ground):
            hidden = "same_colour"
        if hidden:
            counts[hidden] += sum(letters(text.text or "") for text in run.iter(f"{W}t"))
            for child in list(run):  # a text box in a white run has colours of its own
                if hidden == "marked" or child.tag == f"{W}t":
                    run.remove(child)
    return counts


def _around(paragraph: etree._Element, styles: DocxStyles) -> _Look:
    """Return what a paragraph says of its runs."""
    properties = paragraph.find(f"{W}pPr")
    default = styles.default
    table = next(paragraph.iterancestors(f"{W}tbl"), None)
    if table is not None and default.vanish is None:
        properties_of_table = _first(table, f"{W}tblPr")
        style = None if properties_of_table is None else properties_of_table.find(f"{W}tblStyle")
        of_table = styles.look(_value(style))
        default = default._replace(vanish=of_table.vanish, colour=of_table.colour or default.colour)
    if properties is None:
        return styles.look(styles.paragraph).over(default)
    look = styles.look(_value(properties.find(f"{W}pStyle")) or styles.paragraph).over(default)
    shade = _shade(properties.find(f"{W}shd"))
    return look if shade is None else look._replace(ground=shade)


def _look(run: etree._Element, styles: DocxStyles, around: _Look) -> _Look:
    properties = run.find(f"{W}rPr")
    if properties is None or not len(properties):
        return around
    style = properties.find(f"{W}rStyle")
    look = _said(properties)
    return (look if style is None else look.over(styles.look(_value(style)))).over(around)


def _said(properties: etree._Element | None) -> _Look:
    """Return what run properties say."""
    look = _SEEN
    for mark in () if properties is None else properties:
        look = look._replace(**_of_mark(mark, look))
    return look


def _of_mark(mark: etree._Element, look: _Look) -> dict[str, Any]:
    """Return what one run property says."""
    said = _SAYS.get(str(mark.tag))
    return said(mark, mark.get(f"{W}val", "true"), look) if said else {}


def _of_filling(mark: etree._Element) -> dict[str, Any]:
    """Return what the filling of letters says: that there is none, or its colour. Of several colours one may be seen."""
    if _is_clear(mark):
        return {"is_clear": True}
    shades = [stop.get(f"{_W14}val", "") for stop in mark.iterfind(f"{_W14}gradFill/{_W14}gsLst/{_W14}gs/*")]
    if shades:
        are_one = all(_HEX.fullmatch(shade) and look_alike(shade, shades[0]) for shade in shades)
        return {"colour": shades[0] if are_one else _EDGED}
    theme, shade = (mark.find(f"{_W14}solidFill/{_W14}{name}Clr") for name in ("scheme", "srgb"))
    is_paper = theme is not None and not len(theme) and theme.get(f"{_W14}val") in ("bg1", "lt1")
    colour = PAPER if is_paper else None if shade is None else shade.get(f"{_W14}val", "")
    outline = next(mark.itersiblings(f"{_W14}textOutline", preceding=True), None)
    has_outline = outline is not None and outline.find(f"{_W14}solidFill") is not None
    return {} if colour is None else {"colour": _EDGED if has_outline else colour}


_SAYS: dict[str, Callable[[etree._Element, str, _Look], dict[str, Any]]] = {
    f"{W}vanish": lambda _, value, __: {"vanish": value not in OFF},
    f"{W}color": lambda mark, value, look: (
        {} if look.colour == _EDGED else {"colour": PAPER if _is_paper(mark) else value}
    ),
    f"{W}sz": lambda _, value, __: {"half_points": int(value)} if value.isdecimal() else {},
    f"{W}w": lambda _, value, __: {"is_narrow": value.rstrip("%").isdecimal() and int(value.rstrip("%")[:4]) < _NARROW},
    f"{W}highlight": lambda _, value, __: {"ground": _MARKER.get(value, ANY)},
    f"{W}shd": lambda mark, _, look: {"ground": _shade(mark)} if look.ground is None else {},
    f"{W}position": lambda _, value, __: {"is_away": abs(_whole(value)) > _FAR_UP},
    f"{W}spacing": lambda _, value, __: {"spacing": _whole(value)},
    f"{_W14}textFill": lambda mark, _, __: _of_filling(mark),
    **{tag: lambda _, value, __: {} if value in OFF else {"colour": _EDGED} for tag in _SEEN_ANYHOW},
}
"""What a run property says, from its value and what was said before."""


def _whole(text: str) -> int:
    """Return a whole number; what is none counts as 0."""
    return int(text) if _WHOLE.fullmatch(text) else 0


def _is_paper(colour: etree._Element) -> bool:
    """Tell whether a colour is that of a theme's paper; what it is beside that is for old programs."""
    is_changed = any(str(name).endswith(("Shade", "Tint")) for name in colour.attrib)
    return not is_changed and colour.get(f"{W}themeColor") in ("background1", "light1")


def _is_clear(fill: etree._Element) -> bool:
    """Tell whether letters are not filled, and their outlines not drawn."""
    outline = fill.getparent().find(f"{_W14}textOutline")  # type: ignore[union-attr]  # it was found in one
    if outline is not None and outline.find(f"{_W14}noFill") is None:
        return False
    alphas = (alpha.get(f"{_W14}val", "") for alpha in fill.iter(f"{_W14}alpha"))
    is_gone = any(alpha.isdecimal() and int(alpha[:9]) >= _OPAQUE for alpha in alphas)
    return fill.find(f"{_W14}noFill") is not None or (fill.find(f"{_W14}solidFill") is not None and is_gone)


def _shade(mark: etree._Element | None) -> str | None:
    """Return the colour that is laid beneath a text; None: none is."""
    if mark is None:
        return None
    fill = mark.get(f"{W}fill", "auto")
    if mark.get(f"{W}val") == "solid" and mark.get(f"{W}themeColor") is None:
        fill = mark.get(f"{W}color", "auto")
        return fill if _HEX.fullmatch(fill) else ANY
    is_plain = mark.get(f"{W}val") == "clear" and mark.get(f"{W}themeFill") is None
    if mark.get(f"{W}val") == "nil" or (is_plain and fill == "auto"):
        return None
    return fill if is_plain and _HEX.fullmatch(fill) else ANY


def _beneath(run: etree._Element, styles: DocxStyles, paper: Paper) -> str:
    """Return the colour that a cell, a table or a text box around a run has, or may have; else that of the paper."""
    for holder in run.iterancestors(f"{W}tc", f"{W}tbl", f"{W}txbxContent"):
        if holder.tag == f"{W}txbxContent":
            filled = filling_of_box(holder)
            return filled if filled is not None else ANY if paper.has_paint else PAPER
        properties = _first(holder, f"{W}tcPr" if holder.tag == f"{W}tc" else f"{W}tblPr")
        shade = _shade(None if properties is None else properties.find(f"{W}shd"))
        if shade is not None:
            return shade
        if properties is not None and styles.shades(_value(properties.find(f"{W}tblStyle"))):
            return ANY
    return PAPER if paper.is_white else ANY


def _first(holder: etree._Element, properties: str) -> etree._Element | None:
    """Return what stands before all rows, or all paragraphs: a long table is not looked through for each of its runs."""
    first = next(holder.iterchildren(properties, f"{W}tr", f"{W}p"), None)
    return first if first is not None and first.tag == properties else None


def _value(mark: etree._Element | None) -> str:
    return "" if mark is None else mark.get(f"{W}val", "")
