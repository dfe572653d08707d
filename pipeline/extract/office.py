"""DOCX and ODT: our own walk over their XML, in reading order. Entities are not resolved, nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import io
import lzma
import posixpath
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from lxml import etree

from pipeline.errors import DamagedError, EncryptedError, LimitError
from pipeline.extract import office_forms
from pipeline.extract.edges import CROSSED_OUT, RAISED, with_blanks
from pipeline.extract.limits import Limits
from pipeline.extract.markup import kept_links, syntax_error
from pipeline.extract.media import DOCX, ODT
from pipeline.extract.office_chunks import read_chunk
from pipeline.extract.office_hidden import DRAW as _DRAW
from pipeline.extract.office_hidden import STYLE as _STYLE
from pipeline.extract.office_hidden import TEXT as _TEXT
from pipeline.extract.office_hidden import (
    DocxStyles,
    has_paper_colour,
    may_hide,
    may_shade,
    odt_styles,
    take_out_of_docx,
    take_out_of_odt,
    used_styles_may_hide,
)
from pipeline.extract.office_hidden import W as _W
from pipeline.extract.pages import without_pages
from pipeline.records import Extraction

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_DIAGRAM_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_DOCX_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr")}
_TEXT_BOX, _CHUNK = f"{_W}txbxContent", f"{_W}altChunk"
_DOCX_SKIPPED |= {f"{_MC}Fallback", _TEXT_BOX}  # Fallback: the same text box again; boxes follow their paragraph
_NO_BOXES = {f"{_MC}Fallback", f"{_W}del", f"{_W}moveFrom"}
_WRAPPERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}
_ODT_SKIPPED = {f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}note-citation", f"{_TEXT}sequence-decls"}
# A picture's, not the page's.
_ODT_SKIPPED |= {f"{_SVG}title", f"{_SVG}desc", f"{_OFFICE}binary-data", f"{_TEXT}script", f"{_OFFICE}forms"}
_ODT_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_PART_ORDER = ("header", "document", "footnotes", "endnotes", "footer")
_STRICT, _TRANSITIONAL = b"http://purl.oclc.org/ooxml/wordprocessingml/main", _W.strip("{}").encode()
"""Word's "Strict Open XML" is the same language under another name."""

_MOST_DIGITS = 9
"""Of a number of blanks."""
_TWO_EDGES = re.compile(f"{CROSSED_OUT}{CROSSED_OUT}|{RAISED}{RAISED}")
_FIELD_LINK = re.compile(r'HYPERLINK\s+"([^"\s]{1,2000})"')

# RuntimeError: packed in a way that Python does not know.
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, KeyError, EOFError, RuntimeError, OSError, ValueError,
)  # fmt: skip
_LOCKED = 1
"""Flag of an entry of a zip."""
_UTF_16 = ((b"\xff\xfe", "utf-16-le"), (b"<\x00", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\x00<", "utf-16-be"))
_DECLARED = re.compile(r"\A\ufeff?\s*(?:<\?xml[^>]*\?>)?")

_READER = f"lxml {etree.__version__}"

Walk = Callable[[etree._Element], Iterator[str]]
_SAID: dict[str, Callable[[etree._Element], str]] = {
    **office_forms.SAID,
    f"{_W}t": lambda node: node.text or "",
    f"{_W}tab": lambda _: "\t",
    f"{_W}ptab": lambda _: "\t",
    f"{_W}br": lambda _: "\n",
    f"{_W}cr": lambda _: "\n",
    f"{_W}noBreakHyphen": lambda _: "-",
    _CHUNK: lambda node: f"{node.text or ''}\n",  # put in from another part, as the next one's
    _DIAGRAM: lambda node: f"\n{node.text or ''}\n",
}
"""What an element of this tag says."""


def read_docx(data: bytes, limits: Limits) -> Extraction:
    """Return headers, body, notes and footers; tables row by row, text boxes once, deleted and hidden text left out."""
    archive = _Archive(data, limits)
    raw = {name: archive.read_xml(name) for name in _docx_parts(archive.names)}
    parts = [archive.parsed(name, xml) for name, xml in raw.items()]
    by_name = dict(zip(raw, parts, strict=True))
    chunks = [*_put_in(archive, by_name, limits)]
    looks = archive.read_xml("word/styles.xml", missing=b"")
    hidden: Counter[str] = Counter()
    if any(map(may_hide, raw.values())) or used_styles_may_hide(looks, raw.values()):
        styles = DocxStyles.of(archive.parsed("word/styles.xml", looks) if looks else None)
        on_white = not any(map(may_shade, raw.values()))
        for part in parts:
            hidden += take_out_of_docx(part, styles, on_white=on_white)
    links = kept_links((*_docx_links(archive, by_name), *_docx_fields(parts)))
    # Two runs of the same kind are one to a reader: there is no edge between them.
    texts = [with_blanks(_TWO_EDGES.sub("", "".join(_docx_text(part)))) for part in parts]
    whole = without_pages(texts, limits, media_type=DOCX, extractor=_READER, links=links, hidden=hidden)
    links = tuple(dict.fromkeys((*links, *(link for chunk in chunks for link in chunk.links))))
    return replace(whole, links=links, notices=(*whole.notices, *(told for chunk in chunks for told in chunk.notices)))


def read_odt(data: bytes, limits: Limits) -> Extraction:
    """Return page headers, body, notes and page footers of an OpenDocument text; deleted and hidden text left out."""
    archive = _Archive(data, limits)
    if "content.xml" not in archive.names:
        raise DamagedError("this ODT file has no content")
    if b"manifest:encryption-data" in archive.read("META-INF/manifest.xml", missing=b""):
        raise EncryptedError("this ODT file is protected with a password")
    raw = [archive.read_xml(name, missing=b"") for name in ("content.xml", "styles.xml")]
    content = archive.parsed("content.xml", raw[0])
    looks = archive.parsed("styles.xml", raw[1]) if raw[1] else None
    body = content.find(f"{_OFFICE}body")
    heads, feet = _odt_edges(looks, "header"), _odt_edges(looks, "footer")
    parts = (*heads, content if body is None else body, *feet)
    hidden: Counter[str] = Counter()
    if any(map(may_hide, raw)):
        styles = odt_styles(content, looks)
        on_white = not (any(map(may_shade, raw)) or has_paper_colour(looks))
        for part in parts:
            hidden += take_out_of_odt(part, styles, on_white=on_white)
    links = kept_links(link.get(_XLINK_HREF) for part in parts for link in part.iter(f"{_TEXT}a") if _is_seen(link))
    for part in parts:
        office_forms.fill_in(part)
        _set_apart(part)
    texts = ["".join(_odt_text(part)) for part in parts]
    return without_pages(texts, limits, media_type=ODT, extractor=_READER, links=links, hidden=hidden)


def _is_seen(link: etree._Element) -> bool:
    """Tell whether an ODT's link shows text or a picture: one of which all was hidden has nothing left."""
    return any(link.itertext()) or next(link.iter(f"{_DRAW}frame"), None) is not None


def office_kind(data: bytes, limits: Limits) -> str | None:
    """Return the media type of a zip that is an office text, None for any other zip. Raises DamagedError."""
    archive = _Archive(data, limits)
    if any(re.fullmatch(r"word/document\d*\.xml", name) for name in archive.names):
        return DOCX
    if "content.xml" in archive.names and b"opendocument.text" in archive.read("mimetype", missing=b""):
        return ODT
    return None


class _Archive:
    """A zip whose declared sizes are checked before anything is read, and whose parts are read with a limit."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._most = limits.max_part_bytes
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise DamagedError("this office file is damaged: its zip directory cannot be read") from error
        entries = self._zip.infolist()
        if len(entries) > limits.max_entries or sum(entry.file_size for entry in entries) > limits.max_inflated_bytes:
            raise LimitError("this office file unpacks to more than is safe", "save it anew without large pictures")
        self.names = [entry.filename for entry in entries]

    def read(self, name: str, missing: bytes | None = None) -> bytes:
        """Return the bytes of a part; `missing` stands for one that is not there."""
        if name not in self.names and missing is not None:
            return missing
        try:
            entry = self._zip.getinfo(name)
            if entry.flag_bits & _LOCKED:
                raise EncryptedError("this office file is protected with a password")
            with self._zip.open(entry) as part:
                data = part.read(self._most + 1)
        except _ZIP_ERRORS as error:
            raise DamagedError(f"this office file is damaged: its part {name} cannot be read") from error
        if len(data) > self._most:
            raise LimitError("this office file unpacks to more than is safe", "save it anew without large pictures")
        return data

    def read_xml(self, name: str, missing: bytes | None = None) -> bytes:
        """Return an XML part in UTF-8 and in Word's usual language, as the patterns that look for hidden text know it."""
        data = self.read(name, missing)
        encoding = next((encoding for mark, encoding in _UTF_16 if data.startswith(mark)), None)
        if encoding:
            data = _DECLARED.sub("", data.decode(encoding, "replace")).encode("utf-8", "replace")
        return data.replace(_STRICT, _TRANSITIONAL)

    def xml(self, name: str) -> etree._Element:
        """Return the root of an XML part."""
        return self.parsed(name, self.read_xml(name))

    def parsed(self, name: str, data: bytes) -> etree._Element:
        """Return the root of an XML part that has been read."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise syntax_error(error, f"this office file is damaged: its part {name} is not XML") from error


def _docx_parts(names: Iterable[str]) -> list[str]:
    found = [name for name in names if re.fullmatch(r"word/(header|footer|footnotes|endnotes|document)\d*\.xml", name)]
    order = {name: rank for rank, name in enumerate(_PART_ORDER)}
    return sorted(found, key=lambda name: (order[re.sub(r"\W|\d|word|xml", "", name)], name))


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
        for box in _text_boxes(node):
            yield from _each(box, _docx_text)
    else:
        edge = _edge(node) if tag == f"{_W}r" else ""
        yield edge
        yield from _each(node, _docx_text)
        yield edge


def _edge(run: etree._Element) -> str:
    """Return what sets a run apart from its neighbours: it is raised, or crossed out."""
    properties = run.find(f"{_W}rPr")
    for mark in () if properties is None else properties:
        value = mark.get(f"{_W}val", "true")
        if mark.tag == f"{_W}vertAlign" and value == "superscript":
            return RAISED
        if mark.tag == f"{_W}strike" and value not in office_forms.OFF:
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


def _docx_links(archive: _Archive, parts: Mapping[str, etree._Element]) -> Iterator[object]:
    """Yield the targets of the links in these parts, but for those of which no letter is seen."""
    for name in archive.names:
        if found := re.fullmatch(r"word/_rels/(\w+\.xml)\.rels", name):
            part = parts.get(f"word/{found[1]}")
            empty = _empty_links(part) if part is not None else ()
            with contextlib.suppress(DamagedError):  # costs the links, not the document
                for relation in archive.xml(name).iter(f"{_REL}Relationship"):
                    if str(relation.get("Type")).endswith("/hyperlink") and relation.get("Id") not in empty:
                        yield relation.get("Target")


def _put_in(archive: _Archive, parts: Mapping[str, etree._Element], limits: Limits) -> Iterator[Extraction]:
    """Put what stands in other parts where Word shows it; yield the documents within the document. What is damaged is left out."""
    for name, part in parts.items():
        found = list(part.iter(_CHUNK, _DIAGRAM))
        targets = _targets(archive, name) if found else {}
        for node in found:
            with contextlib.suppress(DamagedError):
                if node.tag == _DIAGRAM:
                    node.text = _diagram_text(archive.xml(targets.get(node.get(_DIAGRAM_DATA), "")))
                elif chunk := read_chunk(archive.read(targets.get(node.get(_RELATION), ""), missing=b""), limits):
                    node.text = chunk.text
                    yield chunk


def _diagram_text(data: etree._Element) -> str:
    lines = ("".join(words.text or "" for words in line.iter(f"{_A}t")) for line in data.iter(f"{_A}p"))
    return "\n".join(filter(None, lines))


def _targets(archive: _Archive, part: str) -> dict[str | None, str]:
    """Return the names of the parts that the relations of another one lead to."""
    folder, file = posixpath.split(part)
    with contextlib.suppress(DamagedError):
        entries = archive.xml(f"{folder}/_rels/{file}.rels").iter(f"{_REL}Relationship")
        paths = {entry.get("Id"): posixpath.join("/", folder, entry.get("Target", "")) for entry in entries}
        return {name: posixpath.normpath(path).lstrip("/") for name, path in paths.items()}
    return {}


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
        yield node.text or ""
        for child in node:
            yield from _odt_text(child)
            yield child.tail or ""
        if tag in _ODT_PARAGRAPHS:
            yield "\n"


def _row(cells: Iterable[etree._Element], walk: Walk) -> str:
    """Return a row as one line with tabs, or cell after cell where one holds several lines (a table for layout)."""
    texts = ["".join(_each(cell, walk)).strip("\n") for cell in cells]
    return ("\n" if any("\n" in text for text in texts) else "\t").join(texts) + "\n"


def _each(node: etree._Element, walk: Walk) -> Iterator[str]:
    for child in node:
        yield from walk(child)
