"""DOCX and ODT that burst, lie, or would like to read other files."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from case import DONE, WORDS, Case, Trap, case

_W = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
_R = "xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODT_TYPE = "application/vnd.oasis.opendocument.text"
_SPACES = " ".join(
    f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{space}:1.0'"
    for name, space in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("style", "style"),
    )
)
_DOCUMENT, _CONTENT = "word/document.xml", "content.xml"
Parts = Mapping[str, str | bytes]


def offices(trap: Trap) -> Iterator[Case]:
    """Yield the office files."""
    yield from chain(_entities(trap), _outside(trap), _sizes(), _odts(trap), _parts(), _zips())


def zipped(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip."""
    with zipfile.ZipFile(buffer := io.BytesIO(), "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def document(body: str, head: str = "") -> str:
    """Return the main part of a DOCX."""
    return f"{head}<w:document {_W} {_R}><w:body>{body}</w:body></w:document>"


def docx(body: str = "", parts: Parts | None = None, head: str = "") -> bytes:
    """Return a DOCX; its words come before the body."""
    usual = {"[Content_Types].xml": "<Types/>", _DOCUMENT: document(paragraph(WORDS) + body, head)}
    return zipped({**usual, **(parts or {})})


def paragraph(text: str) -> str:
    """Return a paragraph of a DOCX."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def odt(body: str = "", parts: Parts | None = None, head: str = "") -> bytes:
    """Return an ODT; its words come before the body."""
    content = (
        f"{head}<office:document-content {_SPACES} xmlns:xlink='http://www.w3.org/1999/xlink'><office:body><office:text>"
        f"<text:p>{WORDS}</text:p>{body}</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": _ODT_TYPE, _CONTENT: content, **(parts or {})})


def _entities(trap: Trap) -> Iterator[Case]:
    """Yield document types: entities are not resolved, nothing is fetched."""
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    heads = {
        "file": f"<!DOCTYPE w [<!ENTITY e SYSTEM '{trap.file}'>]>",
        "page": f"<!DOCTYPE w [<!ENTITY e SYSTEM '{trap.page}'>]>",
        "public": f"<!DOCTYPE w [<!ENTITY e PUBLIC '-//x//y' '{trap.file}'>]>",
        "billion-laughs": f"<!DOCTYPE w [<!ENTITY l0 'laughing'>{laughs}<!ENTITY e '&l11;'>]>",
        "long-twice": f"<!DOCTYPE w [<!ENTITY a '{'laughing ' * 5000}'><!ENTITY e '{'&a;' * 5000}'>]>",
        "itself": "<!DOCTYPE w [<!ENTITY e '&f;'><!ENTITY f '&e;'>]>",
    }
    for name, head in heads.items():
        outcomes = ("limit",) if "laughing" in head else (DONE, "damaged")
        yield case(f"docx-entity-{name}.docx", docx(paragraph("words &e; more"), head=head), *outcomes)
        yield case(f"odt-entity-{name}.odt", odt("<text:p>words &e; more</text:p>", head=head), *outcomes)
    outer = {
        "dtd-file": f"<!DOCTYPE w SYSTEM '{trap.file}'>",
        "dtd-page": f"<!DOCTYPE w SYSTEM '{trap.page}'>",
        "parameter": f"<!DOCTYPE w [<!ENTITY % p SYSTEM '{trap.page}'> %p;]>",
        "stylesheet": f"<?xml-stylesheet href='{trap.page}' type='text/xsl'?>",
        "xinclude": "",
        "attributes": "<!DOCTYPE w [<!ATTLIST w:p " + " ".join(f"a{n} CDATA 'x'" for n in range(20_000)) + ">]>",
    }
    include = f"<i:include xmlns:i='http://www.w3.org/2001/XInclude' href='{trap.file}' parse='text'/>"
    for name, head in outer.items():
        yield case(f"docx-{name}.docx", docx(include, head=head), DONE)
        yield case(f"odt-{name}.odt", odt(include, head=head), DONE)
    yield case(
        "docx-entity-in-styles.docx",
        docx(parts={"word/styles.xml": heads["file"] + f"<w:styles {_W}>&e;</w:styles>"}),
        DONE,
    )


def _outside(trap: Trap) -> Iterator[Case]:
    """Yield relations to what lies outside: they are not followed."""
    for name, url in (("file", trap.file), ("page", trap.page), ("share", r"\\127.0.0.1\c$\x")):
        kinds = ("attachedTemplate", "image", "frame", "oleObject", "subDocument", "aFChunk", "hyperlink")
        relations = "".join(
            f"<Relationship Id='r{kind}' Type='http://x/{kind}' Target='{url}' TargetMode='External'/>"
            for kind in kinds
        )
        body = "".join(f"<w:altChunk r:id='r{kind}'/><w:subDoc r:id='r{kind}'/>" for kind in kinds)
        parts = {"word/_rels/document.xml.rels": f"<Relationships xmlns='{_RELATIONS}'>{relations}</Relationships>"}
        yield case(f"docx-outside-{name}.docx", docx(body, parts), DONE)
        links = f"<text:p><text:a xlink:href='{url}'>x</text:a><draw:image xlink:href='{url}'/></text:p>"
        yield case(f"odt-outside-{name}.odt", odt(links), DONE)
    many = "".join(
        f"<text:p><text:a xlink:href='http://{number}.example'>x</text:a></text:p>" for number in range(20_000)
    )
    yield case("odt-20000-links.odt", lambda: odt(many), DONE)
    chunk = {"word/chunk.html": f"<html><body><img src='{trap.page}'>in the chunk</body></html>"}
    yield case("docx-chunk.docx", docx("<w:altChunk r:id='r1'/>", chunk), DONE)
    field = "<w:p><w:r><w:instrText>%s</w:instrText></w:r></w:p>"
    command = field % r"DDEAUTO c:\\windows\\system32\\cmd.exe '/k calc'"
    yield case("docx-dde.docx", docx(command + field % f"INCLUDETEXT {trap.file}"), DONE)
    yield case("docx-macros.docx", docx(parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(4096)}), DONE)


def _sizes() -> Iterator[Case]:
    """Yield DOCX with very much of something."""
    short = paragraph("a b")
    yield case("docx-100000-paragraphs.docx", lambda: docx(short * 98_000), DONE)
    yield case("docx-300000-paragraphs.docx", lambda: docx(short * 300_000), "too_long", "limit")
    yield case("docx-100000-empty-paragraphs.docx", lambda: docx("<w:p/>" * 100_000 + paragraph("the end"), {}), DONE)
    runs = "<w:r><w:t>a</w:t></w:r>" * 100_000
    yield case("docx-100000-runs.docx", lambda: docx(f"<w:p>{runs}</w:p>"), DONE)
    yield case(
        "docx-million-runs.docx",
        lambda: docx("<w:p>" + "<w:r><w:t>a</w:t></w:r>" * 1_000_000 + "</w:p>"),
        "too_long",
        "limit",
    )
    whites = "<w:r><w:rPr><w:color w:val='FFFFFF'/></w:rPr><w:t>hush</w:t></w:r>" * 30_000
    yield case("docx-30000-white-runs.docx", lambda: docx(f"<w:p>{whites}</w:p>"), DONE, silent="hush")
    table = "<w:tbl><w:tr><w:tc>{}<w:p/></w:tc></w:tr></w:tbl>"
    deep = table.replace("{}", "")
    for _ in range(59):
        deep = table.format(deep)
    yield case("docx-tables-60-deep.docx", docx(deep), DONE)
    yield case(
        "docx-tables-5000-deep.docx",
        lambda: docx("<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000),
        "limit",
    )
    yield case(
        "docx-100000-cells.docx",
        lambda: docx("<w:tbl><w:tr>" + f"<w:tc>{paragraph('a')}</w:tc>" * 100_000 + "</w:tr></w:tbl>"),
        DONE,
    )
    pale = "<w:p><w:r><w:rPr><w:color w:val='EEEEEE'/></w:rPr><w:t>a</w:t></w:r></w:p>"
    yield case(
        "docx-20000-pale-rows.docx",
        lambda: docx("<w:tbl>" + f"<w:tr><w:tc>{pale}</w:tc></w:tr>" * 20_000 + "</w:tbl>"),
        DONE,
    )
    box = "<w:txbxContent>{}</w:txbxContent>"
    nested = paragraph("in the box")
    for _ in range(30):
        nested = f"<w:p><w:r>{box.format(nested)}</w:r></w:p>"
    yield case("docx-boxes-30-deep.docx", docx(nested), DONE, says="in the box")
    attributes = " ".join(f"a{number}='x'" for number in range(100_000))
    yield case("docx-100000-attributes.docx", lambda: docx(f"<w:p {attributes}/>"), DONE)
    spaces = " ".join(f"xmlns:a{number}='urn:{number}'" for number in range(50_000))
    yield case("docx-50000-name-spaces.docx", lambda: docx(f"<w:p {spaces}/>"), DONE)
    yield case("docx-attribute-of-9-megabytes.docx", lambda: docx(f"<w:p a='{'x' * 9_000_000}'/>"), DONE)
    yield case("docx-attribute-of-11-megabytes.docx", lambda: docx(f"<w:p a='{'x' * 11_000_000}'/>"), "limit")
    yield case("docx-100000-instructions.docx", lambda: docx("<?do it?><!-- x -->" * 100_000), DONE)
    styles = "".join(
        f"<w:style w:styleId='s{n}'><w:basedOn w:val='s{n + 1}'/><w:rPr><w:vanish/></w:rPr></w:style>"
        for n in range(20_000)
    )
    used = "<w:p><w:pPr><w:pStyle w:val='s0'/></w:pPr><w:r><w:t>hush</w:t></w:r></w:p>"
    yield case(
        "docx-20000-styles-in-a-row.docx",
        lambda: docx(used, {"word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>"}),
        DONE,
        silent="hush",
    )
    loop = "<w:style w:styleId='s0'><w:basedOn w:val='s1'/></w:style><w:style w:styleId='s1'><w:basedOn w:val='s0'/><w:rPr><w:vanish/></w:rPr></w:style>"
    yield case(
        "docx-styles-in-a-ring.docx",
        docx(used, {"word/styles.xml": f"<w:styles {_W}>{loop}</w:styles>"}),
        DONE,
        silent="hush",
    )
    fields = "<w:r><w:instrText>HYPERLINK </w:instrText></w:r>" * 100_000
    yield case("docx-100000-fields.docx", lambda: docx(f"<w:p>{fields}</w:p>"), DONE)
    inner = "<w:p><w:r>" * 100 + "<w:t>x</w:t>" + "</w:r></w:p>" * 100
    yield case("docx-runs-in-runs.docx", docx(inner * 100 + "<w:r><w:rPr><w:vanish/></w:rPr></w:r>"), DONE)
    yield case(
        "docx-1500-headers.docx",
        lambda: docx(
            parts={f"word/header{n}.xml": f"<w:hdr {_W}>{paragraph(f'head {n}')}</w:hdr>" for n in range(1_500)}
        ),
        DONE,
    )


def _odts(trap: Trap) -> Iterator[Case]:
    """Yield ODT with numbers and sizes beyond reason."""
    for count in ("1000000000", "-1", "1e9", "٣", "9" * 5000):
        yield case(f"odt-blanks-{count[:12]}.odt", odt(f"<text:p>two<text:s text:c='{count}'/>words</text:p>"), DONE)
    row = "<table:table><table:table-row table:number-rows-repeated='1048576'><table:table-cell table:number-columns-repeated='16384'><text:p>again</text:p></table:table-cell></table:table-row></table:table>"
    yield case("odt-repeated.odt", odt(row), DONE)
    yield case("odt-100000-paragraphs.odt", lambda: odt("<text:p>a b</text:p>" * 95_000), DONE)
    yield case(
        "odt-million-spans.odt",
        lambda: odt("<text:p>" + "<text:span>a</text:span>" * 1_000_000 + "</text:p>"),
        "too_long",
        "limit",
    )
    yield case(
        "odt-lists-5000-deep.odt",
        lambda: odt("<text:list><text:list-item>" * 5_000 + "</text:list-item></text:list>" * 5_000),
        "limit",
    )
    hidden = "<text:hidden-paragraph>" * 100 + "hush" + "</text:hidden-paragraph>" * 100
    yield case("odt-hidden-in-hidden.odt", odt(f"<text:p>{hidden * 300}</text:p>"), DONE, silent="hush")
    pages = "<style:master-page><style:header><text:p>page %d</text:p></style:header><style:footer><text:p>foot %d</text:p></style:footer></style:master-page>"
    styles = "<office:document-styles {}><office:master-styles>{}</office:master-styles></office:document-styles>"
    many = "".join(pages % (number, number) for number in range(10_000))
    yield case("odt-10000-headers.odt", lambda: odt(parts={"styles.xml": styles.format(_SPACES, many)}), DONE)
    looks = "".join(f"<style:style style:name='s{n}' style:parent-style-name='s{n + 1}'/>" for n in range(50_000))
    white = "<text:p text:style-name='s0'>seen<text:hidden-text/></text:p>" * 1_000
    yield case("odt-50000-styles.odt", lambda: odt(white, {"styles.xml": styles.format(_SPACES, looks)}), DONE)
    shades = "<text:section>" * 100 + "<text:p text:style-name='w'>x</text:p>" * 4_000 + "</text:section>" * 100
    paper = "<style:style style:name='w'><style:text-properties fo:color='#ffffff' xmlns:fo='urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0'/></style:style>"
    yield case(
        "odt-4000-white-paragraphs.odt", lambda: odt(shades, {"styles.xml": styles.format(_SPACES, paper)}), DONE
    )
    yield case("odt-no-body.odt", zipped({"mimetype": _ODT_TYPE, _CONTENT: "<a/>"}), "no_text")
    yield case("odt-content-is-another.odt", zipped({"mimetype": _ODT_TYPE, _CONTENT: f"<a>{WORDS}</a>"}), DONE)
    yield case("odt-no-content.odt", zipped({"mimetype": _ODT_TYPE, "styles.xml": "<a/>"}), "damaged", "unsupported")
    yield case(
        "odt-script.odt",
        odt(f"<text:p><text:script xlink:href='{trap.page}'>hush()</text:script></text:p>"),
        DONE,
        silent="hush",
    )
    manifest = (
        "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    yield case("odt-password.odt", odt(parts={"META-INF/manifest.xml": manifest}), "encrypted")
    yield case("odt-broken-styles.odt", odt(parts={"styles.xml": "<broken"}), "damaged")


def _parts() -> Iterator[Case]:
    """Yield DOCX whose parts are not what they should be."""
    text = document(paragraph(WORDS))
    for encoding in ("utf-16", "utf-16-be", "utf-16-le", "iso-8859-1"):
        head = f"<?xml version='1.0' encoding='{encoding}'?>"
        mark = b"" if encoding in ("utf-16", "iso-8859-1") else "\ufeff".encode(encoding)
        yield case(f"docx-in-{encoding}.docx", zipped({_DOCUMENT: mark + (head + text).encode(encoding)}), DONE)
    hushed = document(paragraph(WORDS) + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hush</w:t></w:r></w:p>")
    yield case("docx-hidden-in-utf-16.docx", zipped({_DOCUMENT: hushed.encode("utf-16")}), DONE, silent="hush")
    strict = hushed.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    yield case("docx-strict-in-utf-16.docx", zipped({_DOCUMENT: strict.encode("utf-16")}), DONE, silent="hush")
    yield case(
        "docx-encoding-is-none.docx", zipped({_DOCUMENT: "<?xml version='1.0' encoding='no-such'?>" + text}), "damaged"
    )
    yield case("docx-utf-7.docx", zipped({_DOCUMENT: "<?xml version='1.0' encoding='utf-7'?>" + text}), DONE, "damaged")
    yield case("docx-nuls.docx", zipped({_DOCUMENT: text.replace("Ada", "A\0da")}), "damaged")
    yield case("docx-control-letters.docx", zipped({_DOCUMENT: text.replace("Ada", "A&#1;da")}), "damaged")
    yield case(
        "docx-no-document.docx",
        zipped({"[Content_Types].xml": "<Types/>", "word/styles.xml": "<a/>"}),
        "damaged",
        "unsupported",
    )
    yield case("docx-document-is-empty.docx", zipped({_DOCUMENT: ""}), "damaged")
    yield case("docx-document-is-a-picture.docx", zipped({_DOCUMENT: b"\x89PNG\r\n\x1a\n" + bytes(90)}), "damaged")
    yield case(
        "docx-document-is-html.docx", zipped({_DOCUMENT: f"<html><body><p>{WORDS}<br></body></html>"}), "damaged"
    )
    yield case("docx-of-another-language.docx", zipped({_DOCUMENT: "<a><b>some words</b></a>"}), "no_text")
    broken = {"word/_rels/document.xml.rels": "<broken", "word/styles.xml": "<broken"}
    yield case("docx-broken-relations.docx", docx(parts={"word/_rels/document.xml.rels": "<broken"}), DONE)
    yield case(
        "docx-broken-neighbours.docx", docx("<w:p><w:r><w:rPr><w:vanish/></w:rPr></w:r></w:p>", broken), "damaged"
    )
    yield case("docx-broken-header.docx", docx(parts={"word/header1.xml": "<broken"}), DONE, "damaged")
    yield case("docx-cut-in-the-middle.docx", zipped({_DOCUMENT: text[:-40]}), "damaged")
    yield case("xlsx.xlsx", zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<a/>"}), "unsupported")
    yield case("pptx.pptx", zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<a/>"}), "unsupported")
    yield case("epub.epub", zipped({"mimetype": "application/epub+zip", "a.html": "<p>words"}), "unsupported")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a zip that is put together by hand, so that it can lie."""

    name: bytes
    data: bytes
    size: int
    """As it is said to be, unpacked."""
    crc: int = 0
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    attributes: int = 0
    extra: bytes = b""

    @classmethod
    def of(cls, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> Entry:
        """Return an entry that is honest."""
        packer = zlib.compressobj(9, wbits=-15)
        packed = packer.compress(content) + packer.flush() if method == zipfile.ZIP_DEFLATED else content
        return cls(name.encode(), packed, len(content), zlib.crc32(content), method)

    def head(self) -> bytes:
        """Return what stands before the data."""
        return b"PK\3\4" + self._said() + self.name + self.extra

    def row(self, at: int) -> bytes:
        """Return the row of the directory."""
        rest = struct.pack("<HHHLL", 0, 0, 0, self.attributes, at)
        return b"PK\1\2\x14\3" + self._said() + rest + self.name + self.extra

    def _said(self) -> bytes:
        said = (20, self.flags, self.method, 0, 33, self.crc, len(self.data), self.size)
        return struct.pack("<HHHHHLLLHH", *said, len(self.name), len(self.extra))


def by_hand(*entries: Entry, at: int | None = None) -> bytes:
    """Return a zip of these entries; `at`: all of them are said to stand there."""
    out, rows = bytearray(), bytearray()
    for entry in entries:
        rows += entry.row(len(out) if at is None else at)
        out += entry.head() + entry.data
    end = struct.pack("<HHHHLLH", 0, 0, len(entries), len(entries), len(rows), len(out), 0)
    return bytes(out + rows + b"PK\5\6" + end)


def _zips() -> Iterator[Case]:
    """Yield zips that burst or lie."""
    text = document(paragraph(WORDS)).encode()
    main = Entry.of(_DOCUMENT, text)
    yield case("zip-empty.docx", b"PK\5\6" + bytes(18), "unsupported", "damaged")
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield case(f"zip-method-{method}.docx", zipped({_DOCUMENT: text}, method), DONE)
    for method in (1, 6, 9, 93, 99, 65535):
        yield case(f"zip-method-{method}.docx", by_hand(replace(main, method=method)), "damaged")
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        for name, noise in (("noise", b"\x09\x04\x05\0" + b"\xff" * 200), ("cut", b"\x09"), ("short", b"")):
            lie = replace(main, method=method, data=noise)
            yield case(f"zip-{name}-as-method-{method}.docx", by_hand(lie), "damaged")
    huge = struct.pack("<BHL", 0x5D, 0, 0xFFFFFFFF)[:5]
    greedy = b"\x09\x04\x05\0" + b"\x5d\xff\xff\xff\xff" + b"\0" * 100
    yield case(
        "zip-lzma-wants-4-gigabytes.docx",
        by_hand(replace(main, method=zipfile.ZIP_LZMA, data=greedy + huge)),
        "damaged",
        "limit",
    )
    yield case("zip-says-small-is-large.docx", by_hand(replace(main, size=2**31)), "limit")
    blanks = Entry.of(_DOCUMENT, document(" " * (90 << 20) + paragraph(WORDS)).encode())
    yield case("zip-says-large-is-small.docx", lambda: by_hand(replace(blanks, size=1000)), "damaged", "limit")
    yield case(
        "zip-bomb-in-the-document.docx",
        lambda: zipped({_DOCUMENT: document(" " * (99 << 20) + paragraph(WORDS))}),
        "limit",
    )
    yield case("zip-bomb-beside-the-document.docx", lambda: docx(parts={"word/media/a.png": bytes(200 << 20)}), "limit")
    yield case("zip-49-megabytes-of-blanks.docx", lambda: docx("<w:p/>" + " " * (48 << 20)), "limit")
    same = Entry.of("x", bytes(1 << 20))
    named = [replace(same, name=b"x%d" % number) for number in range(1_500)]
    yield case("zip-overlapping.docx", by_hand(main, *named, at=0), "limit")
    few = [replace(main, name=b"word/header%d.xml" % number) for number in range(50)]
    yield case("zip-fifty-names-for-one.docx", by_hand(main, *few, at=0), DONE, "damaged")
    yield case("zip-quoted-overlap.docx", _quoted(text), DONE, "damaged", "limit")
    yield case("zip-3000-entries.docx", lambda: docx(parts={f"a{number}": b"" for number in range(3_000)}), "limit")
    big = replace(main, extra=struct.pack("<HHQQ", 1, 16, 2**63, 2**63), size=0xFFFFFFFF)
    yield case("zip-64-lies.docx", by_hand(big), "limit", "damaged")
    yield case("zip-64-cut.docx", by_hand(replace(main, extra=b"\1\0\x08\0ab", size=0xFFFFFFFF)), "damaged")
    yield case("zip-wrong-sum.docx", by_hand(replace(main, crc=1)), "damaged")
    yield case("zip-encrypted-entry.docx", by_hand(replace(main, flags=1)), "encrypted")
    yield case("zip-strong-encryption.docx", by_hand(replace(main, flags=0x41)), "encrypted")
    yield case("zip-patch-flag.docx", by_hand(replace(main, flags=0x20)), "damaged")
    slips = (
        "../../../../tmp/slip",
        "/etc/cron.d/slip",
        r"..\..\slip",
        r"C:\slip",
        "word/../word/document.xml",
        "\0",
        "a\nb",
        "x" * 60_000,
    )
    yield case("zip-slip.docx", by_hand(main, *(Entry.of(name, b"slipped") for name in slips)), DONE)
    yield case(
        "zip-link.docx",
        by_hand(main, replace(Entry.of("word/header1.xml", b"/etc/passwd"), attributes=0o120777 << 16)),
        "damaged",
        DONE,
    )
    yield case(
        "zip-document-is-a-folder.docx",
        by_hand(Entry.of(_DOCUMENT + "/", b""), Entry.of("a", b"")),
        "unsupported",
        "damaged",
    )
    other = Entry.of(_DOCUMENT, document(paragraph("the other one")).encode())
    yield case("zip-two-documents-of-one-name.docx", by_hand(other, main), DONE)
    yield case("zip-in-a-zip.docx", zipped({"inner.docx": docx()}), "unsupported")
    yield case(
        "zip-not-utf-8.docx",
        by_hand(main, replace(Entry.of("a", b""), name=b"\xff\xfe\x81", flags=0x800)),
        DONE,
        "damaged",
    )
    whole = docx()
    at = whole.index(b"PK\1\2")
    yield case("zip-no-directory.docx", whole[:at], "damaged")
    yield case("zip-directory-is-noise.docx", whole[:at] + bytes(range(256)) + whole[-22:], "damaged")
    yield case("zip-directory-far-away.docx", whole[:-6] + b"\xff\xff\xff\x7f\0\0", "damaged")
    yield case("zip-comment.docx", whole[:-2] + b"\xff\xff" + b"PK\5\6" * 16_000, "damaged", DONE)
    yield case("zip-after-junk.docx", b"PK\3\4" + b"junk" * 900 + whole, DONE, "damaged")


def _quoted(text: bytes) -> bytes:
    """Return a zip in which one entry's data is the head and the data of the next."""
    inner = Entry.of(_DOCUMENT, text)
    whole = inner.head() + inner.data
    quoted = struct.pack("<BHH", 0, len(whole), len(whole) ^ 0xFFFF) + whole
    outer = Entry(b"word/header1.xml", quoted, len(whole) + len(text))
    head = outer.head()
    rows = outer.row(0) + inner.row(len(head) + 5)
    end = struct.pack("<HHHHLLH", 0, 0, 2, 2, len(rows), len(head) + len(quoted), 0)
    return head + quoted + rows + b"PK\5\6" + end
