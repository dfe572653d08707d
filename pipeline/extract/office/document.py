"""DOCX and ODT: our own walk over their XML, in reading order. Entities are not resolved, nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from lxml import etree

from pipeline.errors import DamagedError, EncryptedError
from pipeline.extract.edges import BESIDE, CROSSED_OUT, RAISED, with_blanks
from pipeline.extract.figures import is_row_of_figures
from pipeline.extract.limits import Limits
from pipeline.extract.markup import kept_links
from pipeline.extract.media import DOCX, FLAT_ODT, ODT
from pipeline.extract.office import forms as office_forms
from pipeline.extract.office.archive import Archive
from pipeline.extract.office.boxes import in_reading_order
from pipeline.extract.office.chunks import read_chunk
from pipeline.extract.office.hidden import DRAW as _DRAW
from pipeline.extract.office.hidden import MC as _MC
from pipeline.extract.office.hidden import (
    OFF,
    DocxStyles,
    may_be_of_its_ground,
    may_hide,
    may_shade,
    take_out_of_docx,
    used_styles_may_hide,
)
from pipeline.extract.office.hidden import STYLE as _STYLE
from pipeline.extract.office.hidden import TEXT as _TEXT
from pipeline.extract.office.hidden import W as _W
from pipeline.extract.office.lists import DocxLists, put_marks_of_odt
from pipeline.extract.office.odt_hidden import has_paper_colour, odt_styles, take_out_of_odt
from pipeline.extract.office.parts import Plan, relation_entries, targets
from pipeline.extract.office.places import (
    choose_alternatives,
    put_places_of_styles,
    styles_may_move,
    take_out_unplaced,
    take_out_unused_notes,
    unused_parts,
)
from pipeline.extract.office.shapes import paper_of
from pipeline.extract.pages import without_pages
from pipeline.extract.unseen import letters
from pipeline.records import Extraction

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWN = {
    _DIAGRAM: "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm",
    f"{_CHART}chart": _RELATION,
}
"""What is drawn from another part, and what names that part."""
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_DOCX_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr")}
_TEXT_BOX, _CHUNK = f"{_W}txbxContent", f"{_W}altChunk"
_DOCX_SKIPPED |= {f"{_MC}Fallback", _TEXT_BOX}  # Fallback: the same text box again; boxes follow their paragraph
_DOCX_SKIPPED |= {f"{_W}rt"}  # how to read the letters beneath it, which is no word of its line
_NO_BOXES = {f"{_MC}Fallback", f"{_W}del", f"{_W}moveFrom"}
_WRAPPERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}
_ODT_SKIPPED = {f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}note-citation", f"{_TEXT}sequence-decls"}
# How to read the letters beneath it, and the pattern of a table of contents that follows.
_ODT_SKIPPED |= {f"{_TEXT}ruby-text", f"{_TEXT}index-title-template", f"{_TEXT}index-entry-span"}
# A picture's, not the page's.
_ODT_SKIPPED |= {f"{_SVG}title", f"{_SVG}desc", f"{_OFFICE}binary-data", f"{_TEXT}script", f"{_OFFICE}forms"}
_BLANKS = re.compile(r"(?<!\s)\s++")  # each run is looked at once
_ODT_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_NAMES_OF_CHART = tuple(f"{_CHART}{name}" for name in ("tx", "strCache", "strLit", "multiLvlStrCache"))

_MOST_DIGITS = 9
"""Of a number of blanks."""
_TWO_EDGES = re.compile(f"{CROSSED_OUT}{CROSSED_OUT}|{RAISED}{RAISED}")
_FIELD_LINK = re.compile(r'HYPERLINK\s+"([^"\s]{1,2000})"')

_READER = f"lxml {etree.__version__}"

Walk = Callable[[etree._Element], Iterator[str]]
Reader = Callable[[bytes, Limits], Extraction]
_SAID: dict[str, Callable[[etree._Element], str]] = {
    **office_forms.SAID,
    f"{_W}t": lambda node: node.text or "",
    f"{_W}tab": lambda _: "\t",
    f"{_W}ptab": lambda _: "\t",
    f"{_W}br": lambda _: "\n",
    f"{_W}cr": lambda _: "\n",
    f"{_W}noBreakHyphen": lambda _: "-",
    f"{_MATH}t": lambda node: node.text or "",
    _CHUNK: lambda node: f"{node.text or ''}\n",  # put in from another part, as the next one's
    **dict.fromkeys(_DRAWN, lambda node: f"\n{node.text or ''}\n"),
}
"""What an element of this tag says."""
_BEFORE = {f"{_MATH}den": "/", f"{_MATH}sup": RAISED}
"""What stands before the words of a part of a formula."""


def read_docx(data: bytes, limits: Limits) -> Extraction:
    """Return headers, body, notes and footers; tables row by row, text boxes once, deleted and hidden text left out."""
    return _read_docx(data, limits, read_docx=lambda data, limits: _read_docx(data, limits, read_docx=None))


def _read_docx(data: bytes, limits: Limits, read_docx: Reader | None) -> Extraction:
    """Read a DOCX. `read_docx`: what reads one within it; None: it stands within another one itself."""
    archive = Archive(data, limits)
    plan = Plan.of(archive)
    raw = {name: archive.read_xml(name) for name in plan.kinds}
    by_name = {name: archive.parsed(name, xml) for name, xml in raw.items()}
    hidden = _without_unused(archive, by_name, plan)
    raw = {name: raw[name] for name in by_name}
    parts = [*by_name.values()]
    chunks = [*_put_in(archive, by_name, limits, read_docx)]
    looks = archive.read_xml(plan.side("styles"), missing=b"")
    may_be_unseen = any(map(may_hide, raw.values())) or used_styles_may_hide(looks, raw.values())
    may_be_unseen = may_be_unseen or may_be_of_its_ground(looks, *raw.values())
    may_move = styles_may_move(looks)
    styles = archive.parsed("word/styles.xml", looks) if looks and (may_be_unseen or may_move) else None
    if styles is not None and may_move:
        put_places_of_styles(parts, styles)
    for part in parts:
        hidden += take_out_unplaced(part)
    if may_be_unseen:
        known, paper = DocxStyles.of(styles), paper_of(parts)
        for part in parts:
            hidden += take_out_of_docx(part, known, paper)
    with contextlib.suppress(DamagedError):  # costs the marks of lists, not the document
        numbering, named = archive.read_xml(plan.side("numbering"), missing=b""), looks or b"<none/>"
        if numbering:
            lists = DocxLists.of(*map(archive.parsed, ("word/numbering.xml", "word/styles.xml"), (numbering, named)))
            lists.put_marks(parts)
    links = kept_links((*_docx_links(archive, by_name), *_docx_fields(parts)))
    # Two runs of the same kind are one to a reader: there is no edge between them.
    texts = [with_blanks(_TWO_EDGES.sub("", "".join(_docx_text(part)))) for part in parts]
    whole = without_pages(texts, limits, media_type=DOCX, extractor=_READER, links=links, hidden=hidden)
    links = tuple(dict.fromkeys((*links, *(link for chunk in chunks for link in chunk.links))))
    return replace(whole, links=links, notices=(*whole.notices, *(told for chunk in chunks for told in chunk.notices)))


def read_odt(data: bytes, limits: Limits) -> Extraction:
    """Return page headers, body, notes and page footers of an OpenDocument text; deleted and hidden text left out."""
    archive = Archive(data, limits)
    if "content.xml" not in archive.names:
        raise DamagedError("this ODT file has no content")
    if b"manifest:encryption-data" in archive.read("meta-inf/manifest.xml", missing=b""):
        raise EncryptedError("this ODT file is protected with a password")
    raw = [archive.read_xml(name, missing=b"") for name in ("content.xml", "styles.xml")]
    content = archive.parsed("content.xml", raw[0])
    looks = archive.parsed("styles.xml", raw[1]) if raw[1] else None
    body = content.find(f"{_OFFICE}body")
    heads, feet = _odt_edges(looks, "header"), _odt_edges(looks, "footer")
    parts = (*heads, content if body is None else body, *feet)
    hidden: Counter[str] = Counter()
    if any(map(may_hide, raw)) or may_be_of_its_ground(*raw):
        styles = odt_styles(content, looks)
        on_white = not (any(map(may_shade, raw)) or has_paper_colour(looks))
        for part in parts:
            hidden += take_out_of_odt(part, styles, on_white=on_white)
    put_marks_of_odt(parts, (content, looks))
    links = kept_links(link.get(_XLINK_HREF) for part in parts for link in part.iter(f"{_TEXT}a") if _is_seen(link))
    for part in parts:
        office_forms.fill_in(part)
        _set_apart(part)
    texts = [with_blanks("".join(_odt_text(part))) for part in parts]
    return without_pages(texts, limits, media_type=ODT, extractor=_READER, links=links, hidden=hidden)


def read_flat_odt(data: bytes, limits: Limits) -> Extraction:
    """Return what an OpenDocument text says that is one XML: its parts are in it one after the other."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("content.xml", "styles.xml"):
            archive.writestr(name, data)
    return replace(read_odt(packed.getvalue(), limits), media_type=FLAT_ODT)


def _is_seen(link: etree._Element) -> bool:
    """Tell whether an ODT's link shows text or a picture: one of which all was hidden has nothing left."""
    return any(link.itertext()) or next(link.iter(f"{_DRAW}frame"), None) is not None


def office_kind(data: bytes, limits: Limits) -> str | None:
    """Return the media type of a zip that is an office text, None for any other zip. Raises DamagedError."""
    archive = Archive(data, limits)
    if "document" in Plan.of(archive).kinds.values():
        return DOCX
    if "content.xml" in archive.names and b"opendocument.text" in archive.read("mimetype", missing=b""):
        return ODT
    return None


def _without_unused(archive: Archive, parts: dict[str, etree._Element], plan: Plan) -> Counter[str]:
    """Take out the parts that no page shows; count what stands in them alone."""
    for name, part in parts.items():
        choose_alternatives(part)
        if name != plan.main:
            take_out_unused_notes(part, parts[plan.main])
    settings = archive.read(plan.side("settings"), missing=b"")
    unused = unused_parts(parts, plan.kinds, plan.main, targets(archive, plan.main), settings)
    gone = [parts.pop(name) for name in unused if name in parts]
    if not gone:
        return Counter()
    away, shown = ({line for part in some for line in _lines(part)} for some in (gone, parts.values()))
    return +Counter(unused=sum(map(letters, away - shown)))


def _lines(part: etree._Element) -> list[str]:
    return "".join(_docx_text(part)).split("\n")


def _docx_text(node: etree._Element) -> Iterator[str]:
    """Yield the visible text below a node, paragraphs as lines."""
    tag = node.tag
    if tag in _DOCX_SKIPPED or not isinstance(tag, str):
        return
    if tag in _SAID:
        yield _SAID[tag](node)
    elif tag == f"{_W}tr":
        yield _row(_docx_cells(node), _docx_text)
    elif tag == f"{_W}p":
        yield from _each(node, _docx_text)
        yield "\n"
        for box in in_reading_order(list(_text_boxes(node))):
            yield from _each(box, _docx_text)
    else:
        edge = _edge(node) if tag == f"{_W}r" else ""
        yield _BEFORE.get(tag, edge)
        yield from _each(node, _docx_text)
        yield edge


def _edge(run: etree._Element) -> str:
    """Return what sets a run apart from its neighbours: it is raised, or crossed out."""
    properties = run.find(f"{_W}rPr")
    for mark in () if properties is None else properties:
        value = mark.get(f"{_W}val", "true")
        if mark.tag == f"{_W}vertAlign" and value == "superscript":
            return RAISED
        if mark.tag == f"{_W}strike" and value not in OFF:
            return CROSSED_OUT
    return ""


def _text_boxes(node: etree._Element) -> Iterator[etree._Element]:
    """Yield the text boxes anchored in a paragraph; boxes within them belong to their own paragraphs."""
    for child in node:
        if child.tag == _TEXT_BOX:
            yield child
        elif child.tag not in _NO_BOXES:
            yield from _text_boxes(child)


def _docx_cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _docx_cells(child)


def _docx_links(archive: Archive, parts: Mapping[str, etree._Element]) -> Iterator[object]:
    """Yield the targets of the links in these parts, but for those of which no letter is seen."""
    for name, part in parts.items():
        empty = _empty_links(part)
        for relation in relation_entries(archive, name):
            if str(relation.get("Type")).endswith("/hyperlink") and relation.get("Id") not in empty:
                yield relation.get("Target")


def _put_in(
    archive: Archive, parts: Mapping[str, etree._Element], limits: Limits, read_docx: Reader | None
) -> Iterator[Extraction]:
    """Put what stands in other parts where Word shows it; yield the documents within the document. What is damaged is left out."""
    for name, part in parts.items():
        found = list(part.iter(_CHUNK, *_DRAWN))
        named = targets(archive, name) if found else {}
        for node in found:
            target = named.get(node.get(_DRAWN.get(str(node.tag), _RELATION)), "")
            with contextlib.suppress(DamagedError):
                if node.tag in _DRAWN:
                    node.text = _drawn_text(archive.xml(target))
                elif chunk := read_chunk(archive.read(target, missing=b""), limits, read_docx):
                    node.text = chunk.text
                    yield chunk


def _drawn_text(data: etree._Element) -> str:
    """Return what a diagram or a chart says in letters: of a chart also the names of its rows and columns, which it keeps for drawing."""
    lines = ("".join(words.text or "" for words in line.iter(f"{_A}t")) for line in data.iter(f"{_A}p"))
    names = (name.text or "" for kept in data.iter(*_NAMES_OF_CHART) for name in kept.iter(f"{_CHART}v"))
    return "\n".join(filter(None, (*lines, *dict.fromkeys(names))))


def _empty_links(part: etree._Element) -> set[str | None]:
    """Return the relations of links that show neither text nor picture: what they showed was hidden."""
    links = list(part.iter(f"{_W}hyperlink"))
    shown = {link.get(_RELATION) for link in links if _shows_something(link)}
    return {link.get(_RELATION) for link in links} - shown


def _shows_something(link: etree._Element) -> bool:
    return (
        any(text.text for text in link.iter(f"{_W}t")) or next(link.iter(f"{_W}drawing", f"{_W}pict"), None) is not None
    )


def _docx_fields(parts: Iterable[etree._Element]) -> Iterator[str]:
    """Yield the targets of links that are fields: HYPERLINK "mailto:..."."""
    for part in parts:
        codes = (code.text or "" for code in part.iter(f"{_W}instrText"))
        simple = (field.get(f"{_W}instr", "") for field in part.iter(f"{_W}fldSimple"))
        yield from _FIELD_LINK.findall(" ".join((*codes, *simple)))


def _odt_edges(looks: etree._Element | None, kind: str) -> list[etree._Element]:
    """Return the headers or the footers of all kinds of pages of an ODT, from its styles.xml."""
    masters = None if looks is None else looks.find(f".//{_OFFICE}master-styles")
    if masters is None:
        return []
    return list(masters.iter(*(f"{_STYLE}{kind}{pages}" for pages in ("", "-left", "-first"))))


def _set_apart(part: etree._Element) -> None:
    """Move what has paragraphs of its own out of the one that it is anchored in: text boxes behind it, notes to the end."""
    boxes = (box for box in part.iter(f"{_DRAW}*") if not str(getattr(box.getparent(), "tag", "")).startswith(_DRAW))
    for box in reversed([box for box in boxes if next(box.iter(*_ODT_PARAGRAPHS), None) is not None]):
        paragraph = next(box.iterancestors(*_ODT_PARAGRAPHS), None)
        if paragraph is not None:
            paragraph.addnext(_taken_out(box))
    notes = [note for note in part.iter(f"{_TEXT}note") if next(note.iterancestors(*_ODT_SKIPPED), None) is None]
    part.extend(map(_taken_out, notes))


def _taken_out(node: etree._Element) -> etree._Element:
    """Take an element out of its parent, without the text behind it."""
    parent, place = node.getparent(), etree.Element("place")
    place.tail, node.tail = node.tail, None
    if parent is not None:
        parent.replace(node, place)
    return node


def _odt_text(node: etree._Element) -> Iterator[str]:
    tag = node.tag
    if tag in _ODT_SKIPPED or not isinstance(tag, str):
        return
    if tag == f"{_TEXT}tab":
        yield "\t"
    elif tag == f"{_TEXT}line-break":
        yield "\n"
    elif tag == f"{_TEXT}s":
        count = node.get(f"{_TEXT}c") or "1"
        yield " " * (min(int(count[:_MOST_DIGITS]), 100) if count.isdecimal() else 1)
    elif tag == f"{_TABLE}table-row":
        yield _row(node.iterfind(f"{_TABLE}table-cell"), _odt_text)
    else:
        yield _in_a_line(node.text)
        for child in node:
            yield from _odt_text(child)
            yield _in_a_line(child.tail)
        if tag in _ODT_PARAGRAPHS:
            yield "\n"
        elif tag == f"{_TEXT}number":
            yield " "


def _in_a_line(text: str | None) -> str:
    """Return the text of an ODT as it is shown: a program may have broken its lines anywhere (ODF 1.3, 6.1.2)."""
    if not text or "\n" not in text:
        return text or ""
    return _BLANKS.sub(lambda found: BESIDE if "\n" in found[0] else found[0], text)


def _row(cells: Iterable[etree._Element], walk: Walk) -> str:
    """Return a row as one line with tabs, or cell after cell where one holds several lines (a table for layout)."""
    texts = ["".join(_each(cell, walk)).strip("\n") for cell in cells]
    if is_row_of_figures(texts):
        texts = [" ".join(text.split("\n")) for text in texts]
    return ("\n" if any("\n" in text for text in texts) else "\t").join(texts) + "\n"


def _each(node: etree._Element, walk: Walk) -> Iterator[str]:
    for child in node:
        yield from walk(child)
