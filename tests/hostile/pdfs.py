"""PDFs that lie, loop, burst or are locked."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain

import pypdf
from case import DONE, WORDS, Case, Trap, case
from pypdf.generic import NameObject, NumberObject, TextStringObject

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
_SHOWN = f"BT /F1 11 Tf 50 700 Td ({WORDS}) Tj ET\n".encode()
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 5 0 R /Contents 4 0 R %s>>"
_FLATE = b"/Filter /FlateDecode "
Objects = dict[int, bytes]


def stream(data: bytes, entries: bytes = b"", length: bytes | None = None) -> bytes:
    """Return a stream object; its length may be a lie."""
    said = str(len(data)).encode() if length is None else length
    return b"<< /Length " + said + b" " + entries + b">>\nstream\n" + data + b"\nendstream"


def page_objects(content: bytes = _SHOWN, page: bytes = b"", resources: bytes = b"", **others: bytes) -> Objects:
    """Return the objects of a PDF of one page; `o7=b"..."` is object 7, and stands in the place of a usual one."""
    usual = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: _PAGE % page,
        4: stream(content),
        5: b"<< /Font << /F1 6 0 R >> " + resources + b" >>",
        6: _FONT,
    }
    return usual | {int(name[1:]): body for name, body in others.items()}


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"/Root 1 0 R ", after: bytes = b"") -> bytes:
    """Put objects into a file with a table that is right."""
    out, at = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in objects.items():
        at[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(
        b"%010d 00000 n \n" % at[number] if number in at else b"0000000000 00000 f \n" for number in range(1, size)
    )
    return bytes(out + b"trailer\n<< /Size %d " % size + trailer + b">>\nstartxref\n%d\n%%%%EOF\n" % start + after)


def one(content: bytes = _SHOWN, page: bytes = b"", resources: bytes = b"", **others: bytes) -> bytes:
    """Return a PDF of one page."""
    return pdf(page_objects(content, page, resources, **others))


def pdfs(trap: Trap) -> Iterator[Case]:
    """Yield the PDFs."""
    yield from chain(
        _bombs(), _trees(), _tables(), _streams(), _drawings(), _fonts(), _locks(), _doings(trap), _forms(), _stumps()
    )


def _flated(size: int, unit: bytes = b" ") -> bytes:
    packer, piece = zlib.compressobj(9), unit * (2**20 // len(unit))
    return b"".join([*(packer.compress(piece) for _ in range(size >> 20)), packer.flush()])


def _bombs() -> Iterator[Case]:
    """Yield what is small and bursts: the text before it may be read, or the limits end it."""
    yield case("pdf-flate-bomb.pdf", lambda: one(o4=stream(_flated(1500 << 20), _FLATE)), "limit")
    twice = b"/Filter [/FlateDecode /FlateDecode] "
    yield case("pdf-flate-twice.pdf", lambda: one(o4=stream(zlib.compress(_flated(3 << 30)), twice)), "limit")
    many = {number: stream(_flated(40 << 20, b"0 0 m\n"), _FLATE) for number in (7, 8)}
    contents = b"[4 0 R " + b"7 0 R 8 0 R " * 20 + b"]"
    page = _PAGE.replace(b"4 0 R", contents) % b""
    yield case("pdf-many-operators.pdf", lambda: pdf(page_objects() | many | {3: page}), "limit")
    yield case(
        "pdf-lzw-bomb.pdf", lambda: one(o4=stream(_lzw_blanks(), b"/Filter /LZWDecode ")), DONE, "limit", "no_text"
    )
    runs = b"\x81 " * 5_000_000 + b"\x80"
    yield case(
        "pdf-run-length-bomb.pdf", lambda: one(o4=stream(runs, b"/Filter /RunLengthDecode ")), "limit", "no_text"
    )
    picture = (
        b"/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    )
    draws = _SHOWN + b"q 500 0 0 500 0 0 cm /I Do Q"
    yield case(
        "pdf-picture-bomb.pdf",
        lambda: one(
            draws, resources=b"/XObject << /I 7 0 R >>", o7=stream(_flated(900 << 20, b"\0"), picture + _FLATE)
        ),
        DONE,
    )
    inline = _SHOWN + b"BI /W 100000 /H 100000 /CS /G /BPC 8 /F /Fl ID " + _flated(1 << 20, b"\0") + b" EI"
    yield case("pdf-inline-picture.pdf", one(inline), DONE)
    chained = b"/Filter [" + b"/ASCIIHexDecode " * 25 + b"] "
    yield case("pdf-filters-in-a-row.pdf", one(o4=stream(_SHOWN.hex().encode() + b">", chained)), "limit")
    longer = b"/Filter [" + b"/ASCII85Decode " * 100_000 + b"] "
    yield case("pdf-100000-filters.pdf", one(o4=stream(_SHOWN, longer)), DONE)


def _lzw_blanks() -> bytes:
    """Return LZW of very many blanks: each code says one blank more than the last."""
    bits, width, codes = [256, 32], 9, [*range(258, 4094)]
    out, held, count = bytearray(), 0, 0
    for code in [*bits, *codes] * 40 + [257]:
        if code == 256:
            width = 9
        held, count = held << width | code, count + width
        while count >= 8:
            count -= 8
            out.append(held >> count & 255)
            held &= (1 << count) - 1
        if code + 2 in (512, 1024, 2048):
            width += 1
    return bytes(out) + b"\0"


def _trees() -> Iterator[Case]:
    """Yield trees of pages that do not end, or are not what they say."""
    pages = b"<< /Type /Pages /Kids [%s] /Count %d >>"
    yield case("pdf-page-loop.pdf", one(o2=pages % (b"3 0 R 2 0 R", 2)), DONE, "damaged")
    yield case("pdf-page-loop-only.pdf", one(o2=pages % (b"2 0 R", 1)), "damaged")
    yield case("pdf-page-loop-of-two.pdf", one(o2=pages % (b"7 0 R", 1), o7=pages % (b"2 0 R", 1)), "damaged")
    yield case("pdf-40000-times-one-page.pdf", lambda: one(o2=pages % (b"3 0 R " * 40_000, 40_000)), "too_large")
    yield case("pdf-40000-said-to-be-one.pdf", lambda: one(o2=pages % (b"3 0 R " * 40_000, 1)), "too_large")
    yield case("pdf-5000-pages.pdf", _pages_of_their_own, "too_large")
    deep = {number: pages % (b"%d 0 R" % (number + 1), 1) for number in range(10, 10_010)}
    deep |= {2: pages % (b"10 0 R", 1), 10_010: _PAGE % b""}
    yield case("pdf-page-tree-10000-deep.pdf", lambda: pdf(page_objects() | deep), "damaged")
    wide = {number: pages % (b"%d 0 R " % (number + 1) * 10, 10) for number in range(10, 20)}
    wide |= {2: pages % (b"10 0 R", 10**10), 20: _PAGE % b""}
    yield case("pdf-page-tree-ten-to-the-tenth.pdf", lambda: pdf(page_objects() | wide), DONE, "too_large")
    for count in (b"1000000000", b"99999999999999999999", b"-1", b"(a)", b"null"):
        tree = b"<< /Type /Pages /Kids [3 0 R] /Count " + count + b" >>"
        yield case(f"pdf-count-{count.decode().strip('()')}.pdf", one(o2=tree), DONE, "too_large")
    yield case("pdf-count-0.pdf", one(o2=pages % (b"3 0 R", 0)), DONE, "damaged")
    yield case("pdf-no-pages.pdf", one(o2=pages % (b"", 0)), "damaged")
    yield case("pdf-kids-null.pdf", one(o2=b"<< /Type /Pages /Kids null /Count 1 >>"), "damaged")
    yield case("pdf-kids-of-all-kinds.pdf", one(o2=pages % (b"null 7 (a) 3 0 R << >>", 5)), DONE, "damaged")
    yield case("pdf-page-is-its-own-parent.pdf", one(o3=(_PAGE % b"").replace(b"2 0 R", b"3 0 R")), DONE)
    lost = one(o3=b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>")
    yield case("pdf-no-resources.pdf", lost, DONE)
    for box in (b"0 0 0 0", b"0 0 1e38 1e38", b"(a) null 5 6", b"595 842 0 0", b"-1e9 -1e9 1e9 1e9"):
        moved = (_PAGE % b"").replace(b"0 0 595 842", box)
        outcome = "no_text" if b"null" in box else DONE  # then the page is 5 by 6 points, and the text beside it
        yield case(f"pdf-page-of-{box.decode().replace(' ', '_')}.pdf", one(o3=moved), outcome)
    outline = b"<< /Type /Catalog /Pages 2 0 R /Outlines 7 0 R /Names 7 0 R /PageLabels 7 0 R >>"
    loop = b"<< /First 7 0 R /Last 7 0 R /Next 7 0 R /Kids [7 0 R] /Nums [0 7 0 R] /Title (again) >>"
    yield case("pdf-outline-loop.pdf", one(o1=outline, o7=loop), DONE)


def _pages_of_their_own() -> bytes:
    numbers = range(10, 5_010)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    tree = {2: b"<< /Type /Pages /Kids [" + kids + b"] /Count 5000 >>"} | dict.fromkeys(numbers, _PAGE % b"")
    return pdf(page_objects() | tree)


def _tables() -> Iterator[Case]:
    """Yield cross-reference tables that loop or lie."""
    usual = pdf(page_objects())
    start = usual.rindex(b"xref\n0")
    yield case("pdf-prev-is-itself.pdf", pdf(page_objects(), b"/Root 1 0 R /Prev %d " % start), DONE)
    for entry in (b"/Prev 999999999999", b"/Prev -5", b"/Prev 3 0 R", b"/XRefStm 9", b"/XRefStm %d" % start):
        name = entry.decode().strip("/").replace(" ", "-")
        yield case(f"pdf-trailer-{name}.pdf", pdf(page_objects(), b"/Root 1 0 R " + entry + b" "), DONE)
    again = b"xref\n0 0\ntrailer\n<< /Size 7 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    yield case("pdf-two-tables-in-a-ring.pdf", _ring(usual, again), DONE)
    yield case("pdf-size-is-a-lie.pdf", usual.replace(b"/Size 7", b"/Size 999999999"), DONE)
    yield case("pdf-size-is-negative.pdf", usual.replace(b"/Size 7", b"/Size -7"), DONE)
    yield case("pdf-table-of-ten-million.pdf", usual.replace(b"xref\n0 7\n", b"xref\n0 9999999\n"), DONE)
    yield case("pdf-starts-nowhere.pdf", usual.replace(b"startxref\n", b"startxref\n9999999"), DONE)
    yield case("pdf-starts-at-its-start.pdf", usual[: usual.rindex(b"startxref")] + b"startxref\n0\n%%EOF\n", DONE)
    yield case("pdf-all-entries-point-to-0.pdf", usual[:start] + _zeroed(usual[start:]), DONE)
    yield case("pdf-no-root.pdf", pdf(page_objects(), b""), DONE)
    yield case("pdf-root-is-a-page.pdf", pdf(page_objects(), b"/Root 3 0 R "), DONE)
    yield case("pdf-root-is-itself.pdf", one(o1=b"1 0 R"), "damaged")
    yield case("pdf-root-is-missing.pdf", pdf(page_objects(), b"/Root 99999999 0 R "), DONE)
    held = b"7 0 8 20 << /Type /Catalog /Pages 2 0 R >>"
    itself = stream(held, b"/Type /ObjStm /N 2 /First 8 /Extends 7 0 R ")
    yield case("pdf-object-stream-in-itself.pdf", _with_xref_stream(itself), DONE, "damaged")
    many = stream(held, b"/Type /ObjStm /N 999999999 /First 8 ")
    yield case("pdf-object-stream-of-too-many.pdf", _with_xref_stream(many), DONE, "damaged")
    yield case("pdf-object-9999999999.pdf", usual + b"9999999999 0 obj\n<< >>\nendobj\n", DONE)
    yield case("pdf-one-object-200000-times.pdf", lambda: usual + b"3 0 obj\nnull\nendobj\n" * 200_000, DONE)
    yield case(
        "pdf-200000-objects.pdf",
        lambda: usual[:9] + b"".join(b"%d 0 obj 1 endobj\n" % n for n in range(9, 200_000)) + usual[9:],
        DONE,
    )


def _ring(usual: bytes, again: bytes) -> bytes:
    """Return a PDF to which two tables are added, each before the other."""
    first = len(usual)
    second = first + len(again % (first, first))
    return usual + again % (second, first) + again % (first, second)


def _zeroed(table: bytes) -> bytes:
    head, sep, rest = table.partition(b"trailer")
    lines = [b"0000000000 00000 n " if line.endswith(b" n ") else line for line in head.split(b"\n")]
    return b"\n".join(lines) + sep + rest


def _with_xref_stream(held: bytes) -> bytes:
    """Return a PDF whose catalog is said to lie in object 7, an object stream, by a cross-reference stream."""
    out, at = bytearray(b"%PDF-1.7\n"), {}
    for number, body in (page_objects(o7=held) | {8: b"null"}).items():
        at[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    rows = [b"\0\0\0\0\0"] + [b"\1" + at[number].to_bytes(3, "big") + b"\0" for number in range(1, 10) if number in at]
    rows[7:9] = [b"\2\0\0\7\0", b"\2\0\0\7\1"]
    entries = b"/Type /XRef /W [1 3 1] /Size 9 /Root 8 0 R "
    start = len(out)
    return bytes(out) + b"9 0 obj\n" + stream(b"".join(rows), entries) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start


def _streams() -> Iterator[Case]:
    """Yield streams that are not what they say."""
    for length in (b"0", b"-1", b"99999999999", b"4 0 R", b"99 0 R", b"(a)"):
        name = length.decode().replace(" ", "-").strip("()")
        yield case(f"pdf-length-{name}.pdf", one(o4=stream(_SHOWN, length=length)), DONE)
    for filter_ in (b"/NoSuchDecode", b"/DCTDecode", b"/JBIG2Decode", b"/JPXDecode", b"/CCITTFaxDecode"):
        lie = stream(_SHOWN, b"/Filter " + filter_ + b" ")
        yield case(f"pdf-filter-{filter_.decode()[1:]}.pdf", one(o4=lie), DONE)
    broken = stream(zlib.compress(_SHOWN)[:-8], _FLATE)
    yield case("pdf-flate-cut.pdf", one(o4=broken), DONE)
    yield case("pdf-flate-is-none.pdf", one(o4=stream(_SHOWN, _FLATE)), DONE)
    predictor = b"/DecodeParms << /Predictor 15 /Columns 2000000000 /Colors 32 /BitsPerComponent 16 >> "
    yield case("pdf-predictor-overflows.pdf", one(o4=stream(zlib.compress(_SHOWN), _FLATE + predictor)), "limit")
    yield case(
        "pdf-100000-times-one-content.pdf",
        lambda: one(o3=_PAGE.replace(b"4 0 R", b"[" + b"4 0 R " * 100_000 + b"]") % b""),
        DONE,
        "limit",
        "too_long",
    )
    yield case(
        "pdf-contents-are-the-page.pdf", one(o3=(_PAGE % b"").replace(b"/Contents 4", b"/Contents 3")), "no_text"
    )
    lies = ((b"/DCTDecode", b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\3"), (b"/JBIG2Decode", b"\0\0\0\0\x30\0\1\0\0\0\x13" + b"\xff" * 60),
            (b"/JPXDecode", b"\0\0\0\x0cjP  \r\n\x87\n" + b"\xff" * 60), (b"/CCITTFaxDecode", b"\xff" * 400))  # fmt: skip
    for filter_, data in lies:
        entries = (
            b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        )
        picture = stream(data, entries + b"/Filter " + filter_ + b" ")
        drawn = one(_SHOWN + b"q 9 0 0 9 0 0 cm /I Do Q", resources=b"/XObject << /I 7 0 R >>", o7=picture)
        yield case(f"pdf-picture-{filter_.decode()[1:]}.pdf", drawn, DONE)


def _drawings() -> Iterator[Case]:
    """Yield pages that are drawn without end."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /A %d 0 R >> /Font << /F1 6 0 R >> >> "
    uses = b"/XObject << /A 7 0 R >>"
    yield case("pdf-form-in-itself.pdf", one(_SHOWN + b"/A Do", resources=uses, o7=stream(b"/A Do", form % 7)), DONE)
    ring = {"o7": stream(b"/A Do", form % 8), "o8": stream(b"/A Do", form % 7)}
    yield case("pdf-forms-in-a-ring.pdf", one(_SHOWN + b"/A Do", resources=uses, **ring), DONE)
    laughs = {number: stream(b"/A Do " * 10, form % (number + 1)) for number in range(7, 16)}
    laughs[16] = stream(_SHOWN, form % 17)
    drawn = page_objects(_SHOWN + b"/A Do", resources=uses) | laughs
    yield case("pdf-billion-forms.pdf", pdf(drawn), "limit")
    deep = {number: stream(b"/A Do", form % (number + 1)) for number in range(7, 20_007)} | {
        20_007: stream(_SHOWN, form % 7)
    }
    yield case(
        "pdf-20000-forms-deep.pdf", lambda: pdf(page_objects(_SHOWN + b"/A Do", resources=uses) | deep), DONE, "limit"
    )
    pattern = (
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources 5 0 R "
    )
    fills = _SHOWN + b"/Pattern cs /P scn 0 0 595 842 re f"
    yield case(
        "pdf-pattern-in-itself.pdf", one(fills, resources=b"/Pattern << /P 7 0 R >>", o7=stream(fills, pattern)), DONE
    )
    fine = pattern.replace(b"Step 9", b"Step 0.0001")
    yield case(
        "pdf-pattern-of-fine-steps.pdf",
        one(fills, resources=b"/Pattern << /P 7 0 R >>", o7=stream(fills, fine)),
        DONE,
        "limit",
    )
    # Of each function, two parts, which are one: of fifty of them, a million times a million times a million.
    stitched = b"<< /FunctionType 3 /Domain [0 1] /Functions [%d 0 R %d 0 R] /Bounds [0.5] /Encode [0 1 0 1] >>"
    functions = {number: stitched % (number + 1, number + 1) for number in range(10, 60)}
    functions[60] = b"<< /FunctionType 2 /Domain [0 1] /N 1 >>"
    inks = b"/ColorSpace << /C [/Separation /X /DeviceGray 10 0 R] >>"
    painted = page_objects(_SHOWN + b"/C cs 0.5 scn 0 0 500 500 re f", resources=inks) | functions
    yield case("pdf-functions-of-functions.pdf", pdf(painted), "limit")
    yield case("pdf-million-saves.pdf", lambda: one(_SHOWN + b"q " * 1_000_000), DONE)
    yield case("pdf-million-restores.pdf", lambda: one(b"Q " * 1_000_000 + _SHOWN), DONE)
    yield case("pdf-million-lines.pdf", lambda: one(_SHOWN + b"0 0 m 9 9 l S\n" * 700_000), DONE, "limit")
    yield case(
        "pdf-million-text-objects.pdf", lambda: one(_SHOWN + b"BT /F1 1 Tf 5 5 Td (a) Tj ET\n" * 300_000), DONE, "limit"
    )
    yield case("pdf-array-100000-deep.pdf", one(_SHOWN + b"[" * 100_000), DONE)
    yield case("pdf-array-100000-deep-as-object.pdf", one(o7=b"[" * 100_000 + b"]" * 100_000), DONE)
    yield case("pdf-array-deep-in-the-page.pdf", one(page=b"/X " + b"[" * 100_000 + b"]" * 100_000), DONE, "damaged")
    yield case(
        "pdf-dictionary-deep-in-the-page.pdf",
        one(page=b"/X " + b"<</X" * 100_000 + b" 1" + b">>" * 100_000),
        DONE,
        "damaged",
    )
    yield case("pdf-string-never-ends.pdf", one(_SHOWN + b"BT (" + b"(" * 500_000), DONE)
    yield case(
        "pdf-numbers-beyond-all.pdf",
        one(_SHOWN + b"1e999999 -99999999999999999999999 Td 1" + b"0" * 100_000 + b" w"),
        DONE,
    )
    yield case(
        "pdf-text-of-a-million-letters.pdf",
        lambda: one(_SHOWN + b"BT /F1 1 Tf 0 0 Td (" + b"abc de " * 150_000 + b") Tj ET"),
        DONE,
        "too_long",
        "limit",
    )
    yield case("pdf-names-with-nul.pdf", one(page=b"/A#00B#00 (x\\000y) /#2e#2e#2f#2e#2e#2f (z)"), DONE)
    yield case(
        "pdf-million-annotations.pdf",
        lambda: one(page=b"/Annots [" + b"<</Subtype/Link>>" * 1_000_000 + b"] "),
        DONE,
        "limit",
    )
    yield case(
        "pdf-annotations-of-itself.pdf",
        one(page=b"/Annots [3 0 R 4 0 R null 7 0 R] ", o7=b"<< /A 7 0 R /URI 7 0 R >>"),
        DONE,
    )


def _fonts() -> Iterator[Case]:
    """Yield fonts that lie."""
    wide = b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>"
    widths = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /W [0 65535 1 "
        + b"0 65535 2 " * 100_000
        + b"] >>"
    )
    letters = b"BT /F1 11 Tf 50 700 Td <" + WORDS.encode("utf-16-be").hex().encode() + b"> Tj ET"
    named = b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap %s endcmap end end"
    ranges = (
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange "
        + b"1 beginbfrange <0000> <FFFF> <0000> endbfrange " * 400
    )
    yield case(
        "pdf-widths-200000.pdf",
        lambda: one(letters, o6=wide, o7=widths, o8=stream(named % ranges[:100])),
        DONE,
        "limit",
        "garbled",
        "no_text",
    )
    yield case(
        "pdf-to-unicode-26-million.pdf",
        lambda: one(letters, o6=wide, o7=widths[:200] + b"] >>", o8=stream(named % ranges)),
        DONE,
        "limit",
        "garbled",
        "no_text",
    )
    own = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 65 /LastChar 65 /Widths [9] /Encoding << /Differences [65 /A] >> /CharProcs << /A 8 0 R >> /Resources 5 0 R >>"
    resources = b"<< /Font << /F1 6 0 R /T 7 0 R >> >>"
    recursive = {"o5": resources, "o7": own, "o8": stream(b"9 0 d0 BT /T 9 Tf (A) Tj ET")}
    yield case("pdf-letter-drawn-with-itself.pdf", one(_SHOWN + b"BT /T 9 Tf 9 9 Td (A) Tj ET", **recursive), DONE)
    for size in (b"0", b"-11", b"1e30", b"0.0001"):
        odd = _SHOWN + _SHOWN.replace(b" 11 Tf", b" " + size + b" Tf").replace(b"700", b"600")
        yield case(f"pdf-letters-of-{size.decode()}.pdf", one(odd), DONE)
    broken = b"<< /Type /Font /Subtype /TrueType /BaseFont /Y /FirstChar 0 /LastChar 255 /Widths 9 /FontDescriptor << /FontFile2 7 0 R >> /Encoding /WinAnsiEncoding >>"
    yield case("pdf-font-file-is-noise.pdf", one(o6=broken, o7=stream(b"\0\1\0\0" + b"\xff" * 5000)), DONE)
    yield case("pdf-font-is-itself.pdf", one(o6=b"6 0 R"), DONE)


def _locks() -> Iterator[Case]:
    """Yield what is locked, or says so."""
    for algorithm in ("RC4-40", "RC4-128", "AES-128", "AES-256"):
        yield case(f"pdf-user-password-{algorithm}.pdf", partial(_locked, "user", algorithm), "encrypted")
        yield case(f"pdf-owner-password-{algorithm}.pdf", partial(_locked, "", algorithm), DONE)
    certificate = b"<< /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 /Length 128 /Recipients [<3082>] /CF << /DefaultCryptFilter << /CFM /AESV2 /Recipients [<3082>] >> >> /StmF /DefaultCryptFilter /StrF /DefaultCryptFilter >>"
    locks = {
        "certificate": certificate,
        "another-lock": b"<< /Filter /Foo.Bar /V 1 >>",
        "version-99": b"<< /Filter /Standard /V 99 /R 99 /O (x) /U (y) /P -4 >>",
    }
    for name, entry in locks.items():
        data = pdf(page_objects(o7=entry), b"/Root 1 0 R /Encrypt 7 0 R /ID [<00> <00>] ")
        yield case(f"pdf-{name}.pdf", data, "encrypted")
    broken = {"empty": b"<< >>", "null": b"null", "itself": b"7 0 R"}
    for name, entry in broken.items():
        data = pdf(page_objects(o7=entry), b"/Root 1 0 R /Encrypt 7 0 R /ID [<00> <00>] ")
        yield case(f"pdf-lock-is-{name}.pdf", data, DONE, "encrypted", "damaged")


def _locked(user: str, algorithm: str) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(one()))
    writer.encrypt(user, "the owner", algorithm=algorithm)
    return _saved(writer)


def _saved(writer: pypdf.PdfWriter) -> bytes:
    writer.write(buffer := io.BytesIO())
    return buffer.getvalue()


def _doings(trap: Trap) -> Iterator[Case]:
    """Yield what would like to do something: it is read, and nothing happens."""
    file, page = trap.file.encode(), trap.page.encode()
    actions = {
        "javascript": b"<< /S /JavaScript /JS (app.launchURL\\('" + page + b"'\\)) >>",
        "launch": b"<< /S /Launch /F (/bin/touch) /Win << /F (cmd.exe) /P (/c calc) >> >>",
        "web": b"<< /S /URI /URI (" + page + b") >>",
        "submit": b"<< /S /SubmitForm /F << /FS /URL /F (" + page + b") >> >>",
        "other-file": b"<< /S /GoToR /F (" + file + b") /D [0 /Fit] >>",
        "import": b"<< /S /ImportData /F (" + file + b") >>",
        "chain": b"<< /S /URI /URI (" + page + b") /Next 7 0 R >>",
    }
    for name, action in actions.items():
        catalog = b"<< /Type /Catalog /Pages 2 0 R /OpenAction 7 0 R /AA << /WC 7 0 R >> >>"
        yield case(f"pdf-does-{name}.pdf", one(page=b"/AA << /O 7 0 R >> ", o1=catalog, o7=action), DONE)
    outside = stream(b"", b"/F << /FS /URL /F (" + page + b") >> ")
    yield case("pdf-content-outside.pdf", one(o4=outside), "no_text")
    yield case("pdf-content-in-a-file.pdf", one(o4=stream(b"", b"/F (" + file + b") ")), "no_text")
    yield case("pdf-embedded-file.pdf", _attached, DONE)
    form = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA 7 0 R >> >>"
    xfa = stream(
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM '"
        + file
        + b"'>]><xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>&e;</xdp:xdp>"
    )
    yield case("pdf-xfa.pdf", one(o1=form, o7=xfa), DONE)
    metadata = b"<< /Type /Catalog /Pages 2 0 R /Metadata 7 0 R >>"
    yield case(
        "pdf-metadata-with-entities.pdf", one(o1=metadata, o7=stream(xfa, b"/Type /Metadata /Subtype /XML ")), DONE
    )


def _forms() -> Iterator[Case]:
    """Yield forms that nobody could have filled in."""
    appearance = _appearance(b"BT /F1 11 Tf 2 2 Td (typed) Tj ET")
    fields = {
        "usual": _FIELD % b"/AP << /N 8 0 R >> ",
        "its-own-child": _FIELD % b"/AP << /N 8 0 R >> /Kids [7 0 R] ",
        "its-own-parent": _FIELD % b"/AP << /N 8 0 R >> /Parent 7 0 R ",
        "shown-by-the-page": _FIELD % b"/AP << /N 3 0 R >> ",
        "shown-by-nothing": _FIELD % b"/AP << /N 99 0 R >> ",
        "shown-by-a-number": _FIELD % b"/AP 7 ",
        "infinite": (_FIELD % b"/AP << /N 8 0 R >> ").replace(b"100 600 300 620", b"-1e39 1e39 1e308 nan"),
        "of-no-size": (_FIELD % b"/AP << /N 8 0 R >> ").replace(b"100 600 300 620", b"100 600 100 600"),
        "of-no-kind": (_FIELD % b"/AP << /N 8 0 R >> ").replace(b"/Tx", b"/Xx"),
        "list-of-nothing": _LIST % (b"[] 5 << >> null ", b"7 0 R 9 "),
        "calculating": _FIELD % b"/AP << /N 8 0 R >> /AA << /C << /S /JavaScript /JS (for(;;);) >> >> ",
        "a-megabyte": (_FIELD % b"").replace(b"(typed)", b"(" + b"word " * 200_000 + b")"),
    }
    for name, made in fields.items():
        yield case(f"pdf-form-{name}.pdf", one(page=_ON_IT, o1=_FORM, o7=made, o8=appearance), DONE)
    endless = _LIST % (b"(word) " * 200_000, b"(word) " * 20_000)
    yield case("pdf-form-endless-list.pdf", one(page=_ON_IT, o1=_FORM, o7=endless), "limit")
    hidden = (_FIELD % b"/AP << /N 8 0 R >> ").replace(b"/F 4", b"/F 2")
    silent = one(page=_ON_IT, o1=_FORM, o7=hidden, o8=_appearance(b"BT /F1 11 Tf 2 2 Td (SECRET) Tj ET"))
    yield case("pdf-form-hidden.pdf", silent, DONE, silent="SECRET")
    itself = _appearance(b"/X Do BT /F1 11 Tf 2 2 Td (typed) Tj ET", b"/XObject << /X 8 0 R >> ")
    yield case("pdf-form-shown-in-itself.pdf", one(page=_ON_IT, o1=_FORM, o7=fields["usual"], o8=itself), DONE)
    for count in (4_900, 60_000):
        page = b"/Annots [" + b"7 0 R " * count + b"] "
        yield case(f"pdf-form-{count}-times.pdf", one(page=page, o1=_FORM, o7=fields["usual"], o8=appearance), DONE)
    deep = {number: b"<< /T (a) /Kids [%d 0 R] >>" % (number + 1) for number in range(7, 20_000)}
    yield case(
        "pdf-form-deep.pdf", lambda: pdf(page_objects(page=_ON_IT, o1=_FORM) | deep | {20_000: fields["usual"]}), DONE
    )
    for name, list_ in {"number": b"5", "of-anything": b"[null 1 (a) << >> [7 0 R] 3 0 R]", "itself": b"3 0 R"}.items():
        yield case(f"pdf-annotations-{name}.pdf", one(page=b"/Annots " + list_ + b" ", o1=_FORM, o7=appearance), DONE)


_FORM = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /NeedAppearances true /DR 5 0 R /DA (/F1 11 Tf 0 g) >> >>"
_ON_IT = b"/Annots [7 0 R] "
_FIELD = (
    b"<< /Type /Annot /Subtype /Widget /FT /Tx /F 4 /T (name) /V (typed) /DA (/F1 11 Tf 0 g) "
    b"/Rect [100 600 300 620] /P 3 0 R %s>>"
)

_LIST = (
    _FIELD.replace(b"/FT /Tx", b"/FT /Ch /Ff 2097152")
    .replace(b"/V (typed)", b"/Opt [%s] /V [%s]")
    .replace(b"%s>>", b">>")
)


def _appearance(content: bytes, resources: bytes = b"") -> bytes:
    fonts = b"/Font << /F1 6 0 R >> " + resources
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 200 20] /Resources << " + fonts + b">> ")


def _attached() -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(one()))
    writer.add_attachment("../../../etc/cron.d/x", b"* * * * * root true\n")
    writer.add_metadata({"/Title": TextStringObject("=cmd|'/c calc'!A1")})
    writer.root_object[NameObject("/Version")] = NumberObject(9)
    return _saved(writer)


def _stumps() -> Iterator[Case]:
    """Yield what is hardly a PDF."""
    usual = one()
    stumps = {
        "head-only": b"%PDF-1.7",
        "head-and-end": b"%PDF-1.7\n%%EOF\n",
        "head-and-nuls": b"%PDF-1.7\n" + b"\0" * 100_000,
        "head-and-noise": b"%PDF-1.7\n" + bytes(range(256)) * 400,
        "million-ends": b"%PDF-1.7\n" + b"%%EOF\nstartxref\n0\n" * 100_000,
        "half": usual[: len(usual) // 3],
    }
    for name, data in stumps.items():
        yield case(f"pdf-{name}.pdf", data, "damaged")
    yield case("pdf-twice.pdf", usual + usual, DONE)
    yield case("pdf-after-a-kilobyte-of-junk.pdf", b"\r\n".join([b"junk"] * 160) + usual, DONE)
    yield case("pdf-before-a-megabyte-of-junk.pdf", usual + b"\0" * 2**20, DONE)
    yield case("pdf-from-a-mac.pdf", usual.replace(b"\n", b"\r"), DONE)
    yield case("pdf-version-9.pdf", usual.replace(b"%PDF-1.7", b"%PDF-9.99"), DONE)
