"""Bytes to text, every format from bytes made here; what cannot be read says why."""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
import tarfile
import time
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
)
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]  # reportlab ships no types
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from pipeline.errors import (
    DamagedError,
    DocumentError,
    EncryptedError,
    GarbledError,
    LimitError,
    NoTextError,
    TooLargeError,
    TooLongError,
    UnsupportedError,
)
from pipeline.extract import clean as cleaning
from pipeline.extract.clean import clean, damaged_share, has_words
from pipeline.extract.formats import EXTRACTORS, extract, media_type
from pipeline.extract.layout.spacing import Word, unspaced
from pipeline.extract.limits import USUAL, Limits
from pipeline.extract.media import DOCX, ODT
from pipeline.extract.ocr.raster import draw
from pipeline.extract.pages import joined
from pipeline.extract.pdf.words import _DRAWN_HYPHEN
from pipeline.extract.plain.misread import read_once
from pipeline.extract.plain.text import decode
from pipeline.records import Extraction, Notice

law = settings(deadline=None, max_examples=80)


def read(data: bytes, name: str = "a file") -> str:
    return extract(data, name).text


def refused(data: bytes, kind: type[DocumentError], name: str = "a file") -> DocumentError:
    with pytest.raises(kind) as caught:
        extract(data, name)
    assert caught.value.hint
    return caught.value


def attempt(data: bytes, name: str = "a file") -> str | None:
    """Return the text, None where it is refused with a reason; any other error is raised."""
    with contextlib.suppress(DocumentError):
        return read(data, name)
    return None


# --- PDF --------------------------------------------------------------------------------------------------------------


def pdf(*pages: str, link: str = "", font: str = "Helvetica", **options: Any) -> bytes:
    """Print each page's lines, one below the other."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, **options)
    for page in pages:
        canvas.setFont(font, 11)
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(50, 760 - 20 * number, line)
        if link:
            canvas.linkURL(link, (50, 750, 200, 775))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def saved(writer: pypdf.PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def aes(data: bytes, user: str) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(data))
    writer.encrypt(user, "owner", algorithm="AES-256")
    return saved(writer)


def test_a_pdf_is_read_page_by_page() -> None:
    extraction = extract(pdf("Ada Kowalczyk\nLeeds", "second page", "third page"), "x")
    assert extraction.text == "Ada Kowalczyk\nLeeds\n\nsecond page\n\nthird page"
    assert extraction.media_type == "application/pdf"
    assert extraction.extractor.startswith("pypdfium2 ")
    assert extraction.notices == ()


def test_page_starts_point_at_pages() -> None:
    extraction = extract(pdf("first page", "second page", "third page"), "x")
    assert [extraction.text[start:].split()[0] for start in extraction.page_starts] == ["first", "second", "third"]
    assert [extraction.page_at(extraction.text.index(word)) for word in ("first", "second", "third")] == [1, 2, 3]


def test_an_empty_page_among_others_keeps_its_number() -> None:
    extraction = extract(pdf("first page", "", "third page"), "x")
    assert extraction.page_at(extraction.text.index("third")) == 3


@pytest.mark.parametrize(
    "link", ["https://ada.example.org/cv", "http://example.org", "mailto:ada@example.org", "tel:+4477"]
)
def test_the_targets_of_links_are_kept(link: str) -> None:
    assert extract(pdf("my page", "more", link=link), "x").links == (link,)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "ftp://example.org", "#page2"])
def test_targets_of_other_kinds_are_left_out(link: str) -> None:
    assert extract(pdf("my page", link=link), "x").links == ()


def test_a_word_that_is_hyphenated_at_the_end_of_a_line_is_joined() -> None:
    page = "Elektro-\nniker in einem Betrieb mit vielen Maschinen und noch mehr Leuten\n" * 2
    assert read(pdf(page)).split()[:2] == ["Elektroniker", "in"]


def test_ligatures_are_letters_again_and_icons_are_gone() -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    assert read(pdf("ofﬁce ﬂow of a project \ue000", font="Vera")) == "office flow of a project"


def test_ligatures_of_which_the_bytes_were_swapped_are_letters_again() -> None:
    assert clean("Pro昀椀le of an o\u6600\ucf00ce: 昀椀ction, a昀\ud200uent, informa琀椀on") == (
        "Profile of an office: fiction, affluent, information"
    )
    assert clean("昀椀 琀 王昀栀") == "昀椀 琀 王昀栀"


def spelt(data: bytes, signs: Mapping[str, str]) -> bytes:
    """Let the letters of a PDF's fonts stand for others, as its ToUnicode says."""
    writer = pypdf.PdfWriter(io.BytesIO(data))
    rows = "\n".join(f"<{ord(code):02x}> <{text.encode('utf-16-be').hex()}>" for code, text in signs.items())
    spaces = f"begincmap 1 begincodespacerange <00> <ff> endcodespacerange {len(signs)} beginbfchar"
    table = StreamObject()
    table.set_data(f"{spaces}\n{rows}\nendbfchar endcmap".encode())
    for font in writer.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        font.get_object()[NameObject("/ToUnicode")] = writer._add_object(table)
    return saved(writer)


@pytest.mark.parametrize("lam_alef", ["\u0644\u0627", "\ufefb"])
def test_the_letters_of_one_arabic_glyph_stay_in_their_order(lam_alef: str) -> None:
    assert read(spelt(pdf("mLsla"), {"a": "ا", "l": "ل", "s": "س", "m": "م", "L": lam_alef})) == "السلام"


def test_a_wide_gap_sets_cells_apart_and_a_blank_in_a_sentence_stays_one() -> None:
    canvas = Canvas(buffer := io.BytesIO(), invariant=1)
    canvas.drawString(60, 800, "Shift Supervisor")
    canvas.drawString(400, 800, "03/2019 - present")
    canvas.drawString(60, 780, "a sentence of several words")
    canvas.save()

    assert read(buffer.getvalue()) == "Shift Supervisor\t03/2019 - present\na sentence of several words"


def test_a_letterhead_beside_a_large_title_keeps_its_lines() -> None:
    canvas = Canvas(buffer := io.BytesIO(), invariant=1)
    canvas.setFont("Helvetica", 18)
    canvas.drawString(58, 717.8, "Rechnung")
    canvas.setFont("Helvetica", 10)
    for row, line in enumerate(("Zimmerei Straub", "Holzweg 3", "72250 Freudenstadt", "Tel. 07441 555010")):
        canvas.drawString(388, 725.3 - 11.3 * row, line)
    canvas.save()

    lines = ["Rechnung\tZimmerei Straub", "Holzweg 3", "72250 Freudenstadt", "Tel. 07441 555010"]
    assert read(buffer.getvalue()).split("\n") == lines


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ("Total 1,250.00|1| EUR", "Total 1,250.00 1 EUR"),
        ("Total 1,250.00|1)| EUR", "Total 1,250.00 1) EUR"),
        ("the 1|st| place", "the 1st place"),
        ("a flat of 20 m|2|, and more", "a flat of 20 m2, and more"),
        ("note|12| of 2019|3|", "note12 of 2019 3"),
    ],
)
def test_a_raised_number_stands_apart_from_the_number_before_it(parts: str, text: str) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    line = canvas.beginText(50, 700)
    for number, part in enumerate(parts.split("|")):
        line.setFont("Helvetica", 7 if number % 2 else 11)
        line.setRise(4 if number % 2 else 0)
        line.textOut(part)
    canvas.drawText(line)
    canvas.save()
    assert read(buffer.getvalue()) == text


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("INVOICE DATE 2026", "INVOICE DATE 2026"),
        ("ida.holt@example.org | +44 20 7946 0018", "ida.holt@example.org | +44 20 7946 0018"),
        ("ABCD", "A B C D"),
        ("2 x 4 V x 5 A", "2 x 4 V x 5 A"),
        ("in or on a", "in or on a"),
    ],
)
def test_letters_set_apart_are_words_again_with_their_digits(line: str, text: str) -> None:
    """Kerning draws AT as two letters that stand close."""
    parts = list(re.finditer("AT|in|o[rn]|\\S", line))
    words = [Word(10.0 * part.start(), 10.0 * part.end() - 4, 700, 10, part[0]) for part in parts]
    assert " ".join(word.text for word in unspaced(words, " ".join(word.text for word in words))) == text


def ruled(cells: Mapping[float, str], draw: Callable[[Canvas, float], None]) -> bytes:
    """Print a line of cells, and something at the left of each."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for left, text in cells.items():
        canvas.setFont("Helvetica", 10)
        canvas.drawString(left, 700, text)
        draw(canvas, left - 1.5)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize(
    "draw",
    [
        lambda canvas, left: canvas.line(left, 690, left, 715),
        lambda canvas, left: canvas.rect(left, 695, 0.5, 15, stroke=0, fill=1),
        lambda canvas, left: canvas.rect(left, 695, 50, 15),
    ],
    ids=["line", "bar", "frame"],
)
def test_a_rule_between_words_parts_cells_however_near_they_are(draw: Callable[[Canvas, float], None]) -> None:
    cells = {50.0: "Jan 2014", 94.0: "Feb 2019", 140.0: "12", 154.0: "450.00"}
    assert read(ruled(cells, draw)) == "Jan 2014\tFeb 2019\t12\t450.00"


def test_a_rule_elsewhere_and_boxes_for_single_letters_part_nothing() -> None:
    cells = {50.0: "Jan 2014", 96.0: "Feb 2019"}
    assert read(ruled(cells, lambda canvas, left: canvas.line(left, 710, left, 790))) == "Jan 2014 Feb 2019"
    boxes = {20.0: "IBAN"} | {50.0 + 12 * at: letter for at, letter in enumerate("DE12345")}
    assert read(ruled(boxes, lambda canvas, left: canvas.rect(left, 695, 12, 15))) == "IBAN\tD E 1 2 3 4 5"


@pytest.mark.parametrize(
    ("font", "colour", "is_one"), [("Helvetica-Bold", 0, True), ("Helvetica", 1, True), ("Helvetica", 0, False)]
)
def test_fonts_and_colours_tell_a_name_that_its_column_broke_from_running_text(
    font: str, colour: int, is_one: bool
) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    lines = "+Cook/Kept the stock of both/depots and planned/+Assistant Warehouse/+Operations Manager/Planned the routes/of twelve drivers"
    for number, line in enumerate(lines.split("/")):
        canvas.setFont(font if line[0] == "+" else "Helvetica", 11)
        canvas.setFillColorRGB(colour if line[0] == "+" else 0, 0, 0)
        canvas.drawString(50, 760 - 14 * number, line.lstrip("+"))
    canvas.save()
    assert ("Assistant Warehouse Operations Manager" in read(buffer.getvalue())) is is_one


def test_a_soft_hyphen_is_drawn_in_a_pdf_and_only_a_hint_in_html() -> None:
    assert read(b"<html><p>multi&shy;account</p>") == "multiaccount"
    assert _DRAWN_HYPHEN.sub("-", "cross\u00adcluster 2019 \u00ad 2020") == "cross-cluster 2019 - 2020"


def test_a_user_password_is_encrypted() -> None:
    refused(pdf("secret", encrypt=StandardEncryption("user", "owner")), EncryptedError)
    refused(aes(pdf("secret"), "user"), EncryptedError)


def test_a_locked_pdf_leaves_no_error_behind_for_the_next_one() -> None:
    refused(aes(pdf("words"), "secret"), EncryptedError)
    refused(saved(pypdf.PdfWriter()), DamagedError)


def test_a_lock_of_another_kind_is_encrypted() -> None:
    data = pdf("words").replace(b"trailer\n<<", b"trailer\n<< /Encrypt << /Filter /Adobe.PubSec /V 4 /R 4 >>")
    refused(data, EncryptedError)


def test_an_owner_password_alone_does_not_stop_reading() -> None:
    assert read(pdf("for all", encrypt=StandardEncryption("", "owner", canPrint=0))) == "for all"
    assert read(aes(pdf("for all"), "")) == "for all"


@pytest.mark.parametrize("kept", [0.1, 0.5])
def test_a_truncated_pdf_is_damaged(kept: float) -> None:
    whole = pdf("a page of words", "another")
    refused(whole[: int(len(whole) * kept)], DamagedError)
    refused(whole[: whole.rindex(b"endobj")], DamagedError)


def test_a_pdf_of_which_only_marks_of_its_structure_are_lost_is_read_with_a_notice() -> None:
    whole = pdf("a page of words", "another")
    no_end = whole[: whole.index(b"xref\n")]
    for damaged in (
        no_end,
        no_end.replace(b"endobj", b""),
        whole.replace(b"endobj", b""),
        whole.replace(b"endobj", b"", 3),
    ):
        extraction = extract(damaged + b"endobj", "x.pdf")
        assert extraction.text == "a page of words\n\nanother"
        assert [notice.kind for notice in extraction.notices] == ["repaired"]


def test_a_sound_pdf_that_speaks_of_parts_is_no_damaged_one() -> None:
    extraction = extract(pdf("the obj, an obj and 1 0 obj of art", pageCompression=0), "x.pdf")
    assert extraction.text == "the obj, an obj and 1 0 obj of art"
    assert extraction.notices == ()


def test_a_pdf_with_junk_around_it_is_read() -> None:
    assert read(b"\r\njunk " + pdf("a page of words") + b"\njunk" * 20) == "a page of words"


@pytest.mark.parametrize("junk", [b"junk " * 2_000, bytes(5_000), b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", b"<html>"])
def test_what_stands_before_a_pdf_keeps_nobody_from_reading_it(junk: bytes) -> None:
    assert read(junk + pdf("a page of words")) == "a page of words"


def test_a_pdf_that_lost_its_beginning_is_read_and_not_taken_for_text() -> None:
    whole = pdf("a page of words")
    assert read(whole[whole.index(b"1 0 obj") :]) == "a page of words"
    assert read(whole.replace(b"%PDF-", b"%pdf-")) == "a page of words"
    assert read(b"I know the format %PDF-1.7 well") == "I know the format %PDF-1.7 well"


def test_a_scan_behind_junk_is_drawn() -> None:
    assert draw(bytes(5_000) + pdf("a page of words"), "application/pdf", 1, USUAL).width > 100


def test_an_archive_or_a_mail_that_begins_with_a_pdf_is_not_taken_for_its_first_one() -> None:
    one = pdf("the first of two")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.pdf", one)
        archive.writestr("b.pdf", one)
    refused(buffer.getvalue(), UnsupportedError)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as bundle:
        held = tarfile.TarInfo("a.pdf")
        held.size = len(one)
        bundle.addfile(held, io.BytesIO(one))
    refused(tar.getvalue(), UnsupportedError)
    refused(b"From: ada@example.org\r\nMIME-Version: 1.0\r\n\r\n" + one, UnsupportedError)


def test_a_damaged_file_that_one_reader_repairs_is_read_with_a_notice() -> None:
    extraction = extract(pdf("a page of words").replace(b"startxref", b"startxxxx"), "x")
    assert extraction.text == "a page of words"
    assert [notice.kind for notice in extraction.notices] == ["repaired"]


@pytest.mark.parametrize(
    ("sound", "damaged"),
    [(b"/Root", b"/Roop"), (b"/Count 3", b"/Count 1"), (b"/Count 3", b"/Count 9")],
    ids=["no root", "count too low", "count too high"],
)
def test_pages_that_one_reader_misses_are_read_as_the_other_writes_them(sound: bytes, damaged: bytes) -> None:
    extraction = extract(pdf("a page of words", "a second one", "a third one").replace(sound, damaged), "x")
    assert extraction.text == "a page of words\n\na second one\n\na third one"
    assert extraction.extractor.startswith("pypdfium2 ")
    assert [notice.kind for notice in extraction.notices] == ["repaired"]


def test_long_words_alone_do_not_call_the_second_reader() -> None:
    extraction = extract(pdf("Donaudampfschifffahrtsgesellschaft Rindfleischetikettierung"), "x")
    assert extraction.extractor.startswith("pypdfium2 ")


def test_letters_that_stand_for_nothing_are_garbled() -> None:
    writer = pypdf.PdfWriter(io.BytesIO(pdf("ABBA BAAB words")))
    icons = [NumberObject(65), NameObject("/uniE001"), NameObject("/uniE002")]
    resources: Any = writer.pages[0]["/Resources"]
    for font in resources["/Font"].values():
        font.get_object()[NameObject("/Encoding")] = DictionaryObject({NameObject("/Differences"): ArrayObject(icons)})
    assert "fonts" in refused(saved(writer), GarbledError).message


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([["/f_i", "/f_l"]], "scientific flow"),
        ([["/fi", "/ffl"]], "scientific fflow"),
        ([["/f_i", "/f_l"], ["/f_i"]], "scientific flow"),
        ([["/f_i", "/f_l"], ["/ogonek"]], "scienti c flow"),  # two fonts that mean two things
        ([["/f_i", "/Lslash"]], "scientific Łow"),
    ],
)
def test_ligatures_that_only_their_font_knows_by_name_are_letters(names: list[list[str]], text: str) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(pdf("scienti|c ~ow")))
    page: Any = writer.pages[0]
    page[NameObject("/Contents")] = writer._add_object(_swapped(page.get_contents().get_data()))
    fonts = page["/Resources"]["/Font"]
    for number, named in enumerate(names):
        font = fonts.setdefault(NameObject(f"/F{number + 1}"), DictionaryObject()).get_object()
        codes = ArrayObject([NumberObject(28), *map(NameObject, named)])
        font[NameObject("/Encoding")] = DictionaryObject({NameObject("/Differences"): codes})
    assert read(saved(writer)) == text


def _swapped(content: bytes) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(content.replace(b"|", rb"\034").replace(b"~", rb"\035"))
    return stream


def test_a_scan_is_no_text() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawImage(ImageReader(Image.new("L", (50, 50), 200)), 0, 0, 500, 700)
    canvas.showPage()
    canvas.save()
    error = refused(buffer.getvalue(), NoTextError)
    assert "scan" in error.message
    assert "apt install tesseract-ocr" in error.hint


def test_a_pdf_without_pages_is_damaged_and_a_blank_page_is_no_text() -> None:
    writer = pypdf.PdfWriter()
    refused(saved(writer), DamagedError)
    writer.add_blank_page(100, 100)
    refused(saved(writer), NoTextError)


def test_a_pdf_of_too_many_pages_is_too_large() -> None:
    assert len(extract(pdf(*["words"] * USUAL.max_pages), "x").page_starts) == USUAL.max_pages
    assert f"{USUAL.max_pages + 1} pages" in refused(pdf(*["words"] * (USUAL.max_pages + 1)), TooLargeError).message


def test_too_many_pages_are_refused_before_the_other_reader_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.extract.pdf.document._pdfium_pages", None)
    refused(pdf(*["words"] * (USUAL.max_pages + 1)), TooLargeError)


@pytest.mark.parametrize(
    ("key", "value"),
    [("/F", NumberObject(2)), ("/F", NumberObject(32)), ("/Rect", ArrayObject(map(FloatObject, (700, 900, 800, 950))))],
    ids=["hidden", "not viewed", "off the page"],
)
def test_a_link_that_nobody_can_click_is_left_out(key: str, value: Any) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(pdf("words", link="https://ada.example.org")))
    annotations: Any = writer.pages[0]["/Annots"]
    annotations[0].get_object()[NameObject(key)] = value
    assert extract(saved(writer), "x").links == ()


def test_of_very_many_links_only_the_first_are_sent() -> None:
    """Each is looked for in the text, outside of the time that a reader has, and each is paid for."""
    page = "<html><p>some words</p>" + "".join(f"<a href=http://{number}.example>x</a> " for number in range(1_500))
    extraction = extract(page.encode(), "x.html")
    assert extraction.links[-1] == "http://999.example"
    assert extraction.notices == (Notice("truncated", "only the first 1,000 of 1,500 links were read"),)


def test_links_and_text_together_are_no_longer_than_a_text_may_be() -> None:
    page = b"<html><p>some words</p><a href=http://short.example>x</a> <a href=http://long.example/%s>x</a>" % (
        b"x" * 99
    )
    assert extract(page, "x.html", Limits(max_characters=99)).links == ("http://short.example",)


def test_a_broken_annotation_costs_the_links_and_not_the_text() -> None:
    broken = pdf("a page of words", link="https://ada.example.org").replace(b"/Annots [", b"/Annots 5 ")
    assert read(broken) == "a page of words"


# --- DOCX -------------------------------------------------------------------------------------------------------------

W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:v="urn:v"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str, **parts: str | bytes) -> bytes:
    """Make a DOCX; `header1="<xml>"` is the part word/header1.xml."""
    others: dict[str, str | bytes] = {
        f"word/{name}" + ("" if "." in name else ".xml"): content for name, content in parts.items()
    }
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **others})


def p(text: str) -> str:
    return f"<w:p>{run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def table(*rows: list[str]) -> str:
    """Make a table of cells that are given as XML."""
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def box(text: str) -> str:
    """Make a text box as Word writes it: once for new readers, once more for old ones."""
    content = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    return (
        f"<mc:AlternateContent><mc:Choice>{content}</mc:Choice>"
        f"<mc:Fallback><w:pict>{content}</w:pict></mc:Fallback></mc:AlternateContent>"
    )


def part(tag: str, text: str) -> str:
    return f"<w:{tag} {W}>{p(text)}</w:{tag}>"


def test_a_docx_is_read_from_header_to_footer() -> None:
    data = docx(
        p("Ada Kowalczyk"),
        header1=part("hdr", "page header"),
        footer1=part("ftr", "page footer"),
        footnotes=part("footnotes", "a footnote"),
        endnotes=part("endnotes", "an endnote"),
    )
    assert read(data) == "page header\nAda Kowalczyk\na footnote\nan endnote\npage footer"
    assert extract(data, "x").media_type == DOCX


def test_the_same_header_on_all_kinds_of_pages_is_read_once() -> None:
    assert read(docx(p("body"), header1=part("hdr", "top"), header2=part("hdr", "top"))) == "top\nbody"


def test_the_same_line_twice_in_the_body_is_read_twice() -> None:
    assert read(docx(p("Excel") + p("Excel"))) == "Excel\nExcel"


M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def ruby(reading: str, letters: str) -> str:
    return f"<w:r><w:ruby><w:rt>{run(reading)}</w:rt><w:rubyBase>{run(letters)}</w:rubyBase></w:ruby></w:r>"


RAISED, STRUCK = '<w:vertAlign w:val="superscript"/>', "<w:strike/>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(p("a") + p("") + p("b words"), "a\n\nb words", id="paragraphs"),
        pytest.param(f"<w:p>{run('before')}<w:r>{box('in the box')}</w:r>{run(' after')}</w:p>", "before after\nin the box", id="text box"),
        pytest.param(table([f"<w:p><w:r>{box('in the box')}</w:r></w:p>", p("right")]), "in the box\tright", id="text box in a table"),
        pytest.param(table([p("a1"), p("b1")], [p("a2"), p("b2")]), "a1\tb1\na2\tb2", id="table row by row"),
        pytest.param(table([p("left"), p("b1") + p("b2")]), "left\nb1\nb2", id="table for layout"),
        pytest.param(table([p("a1"), table([p("n1"), p("n2")], [p("n3"), p("n4")])]), "a1\nn1\tn2\nn3\tn4", id="nested table"),
        pytest.param(f"<w:p><w:hyperlink r:id='r1'>{run('my page')}</w:hyperlink></w:p>", "my page", id="hyperlink"),
        pytest.param(f"<w:p><w:ins>{run('new')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>", "new", id="tracked changes"),
        pytest.param(f"<w:p>{run('kept')}<w:del>{run('old')}</w:del></w:p>", "kept", id="deleted by an old program"),
        pytest.param(
            f"<w:p><mc:AlternateContent><mc:Choice>{run('one')}</mc:Choice><mc:Fallback>{run('one')}</mc:Fallback></mc:AlternateContent></w:p>",
            "one",
            id="written for old readers too",
        ),
        pytest.param(f"<w:p><w:moveFrom>{run('there')}</w:moveFrom><w:moveTo>{run('here')}</w:moveTo></w:p>", "here", id="moved"),
        pytest.param(f"<w:sdt><w:sdtPr/><w:sdtContent>{p('chosen')}</w:sdtContent></w:sdt>", "chosen", id="content control"),
        pytest.param(
            f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:tc>{p('c1')}</w:tc><w:sdt><w:sdtContent><w:tc>{p('c2')}</w:tc></w:sdtContent></w:sdt></w:tr></w:sdtContent></w:sdt></w:tbl>",
            "c1\tc2",
            id="content controls around rows and cells",
        ),
        pytest.param("<w:p><w:r><w:instrText>PAGE 1</w:instrText></w:r>" + run("result") + "</w:p>", "result", id="field"),
        pytest.param("<w:p><w:r><w:t>ab</w:t><w:tab/><w:t>c</w:t><w:br/><w:t>d</w:t><w:noBreakHyphen/><w:t>e</w:t></w:r></w:p>", "ab\tc\nd-e", id="marks"),
        pytest.param(f"<w:p>{run('1,250.00')}{run('1', RAISED)}{run('2', RAISED)}{run(' EUR, 30 m')}{run('2', RAISED)}</w:p>", "1,250.00 12 EUR, 30 m2", id="raised figures"),
        pytest.param(f"<w:p>{run('10', STRUCK)}{run('0', STRUCK)}{run('90')}{run(' kept', STRUCK)}{run(', new')}</w:p>", "100 90 kept, new", id="crossed out"),
        pytest.param(f"<w:p>{run('Łódź &amp; more')}</w:p>", "Łódź & more", id="entity"),
        pytest.param("<!-- note --><?pi x?>" + p("words"), "words", id="comment"),
        pytest.param(f"<w:p>{ruby('やまだ', '山田')}{ruby('たろう', '太郎')}</w:p>", "山田太郎", id="how to read it"),
        pytest.param(f"<w:p>{run('for ')}<m:f {M}><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>{run(' year')}</w:p>", "for 1/2 year", id="fraction"),
        pytest.param(f"<w:p>{run('25 ')}<m:sSup {M}><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>6</m:t></m:r></m:sup></m:sSup></w:p>", "25 10 6", id="power"),
    ],
)  # fmt: skip
def test_every_visible_part_of_a_docx_is_read_once(body: str, text: str) -> None:
    assert read(docx(body)) == text


def test_hidden_text_is_left_out_with_a_notice() -> None:
    hidden, seen = run("hidden", "<w:vanish/>"), run(" too", '<w:vanish w:val="0"/>')
    extraction = extract(docx(f"<w:p>{run('shown')}{hidden}{seen}</w:p>"), "x")
    assert extraction.text == "shown too"
    assert extraction.notices == (Notice("hidden_text", "6 characters are marked as hidden; they were left out"),)


CHUNK = f'<Relationships xmlns="{RELATIONS}"><Relationship Id="c1" Target="c1.bin"/></Relationships>'
WITHIN: dict[str, str | bytes] = {"_rels/document.xml.rels": CHUNK, "c1.bin": docx(p("too"))}
MHTML = b"""MIME-Version: 1.0
Content-Type: multipart/related; boundary="cut"

--cut
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<html><body><p>J=C3=B6rg welds</p><a href=3D"https://example.org/joerg">page</a></body></html>
--cut
Content-Type: image/png
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--cut--
"""


@pytest.mark.parametrize(
    ("chunk", "said"),
    [
        (b"<html><body><h1>J&ouml;rg</h1><p style='display:none'>hire</p><p>welds</p></body></html>", "Jörg welds"),
        ("<p>Jörg welds</p>".encode("cp1252"), "Jörg welds"),
        (MHTML, "Jörg welds page"),
        (MHTML.replace(b"\n", b"\r\n"), "Jörg welds page"),
        (rb"{\rtf1\ansi J\'f6rg welds\par}", "Jörg welds"),
        ("Jörg welds".encode(), "Jörg welds"),
        (docx(p("Jörg welds")), "Jörg welds"),
        (docx(p("Jörg welds") + '<w:altChunk r:id="c1"/>', **WITHIN), "Jörg welds"),
        (b"PK\x03\x04 another zip", ""),
        (b"MIME-Version: 1.0\n\nno page in it", ""),
        (b"", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("target", ["chunk1.bin", "/word/chunk1.bin", "../word/./chunk1.bin"])
def test_a_document_within_a_docx_is_read_where_it_stands(chunk: bytes, said: str, target: str) -> None:
    body = f'{p("Before")}<w:altChunk r:id="c1"/>{p("after")}'
    rels = f'<Relationships xmlns="{RELATIONS}"><Relationship Id="c1" Target="{target}"/></Relationships>'
    parts: dict[str, str | bytes] = {"chunk1.bin": chunk, "_rels/document.xml.rels": rels}
    found = extract(docx(body, **parts), "cv.docx")

    assert found.text.split() == ["Before", *said.split(), "after"]
    assert ("https://example.org/joerg" in found.links) is (chunk.startswith(b"MIME") and bool(said))
    assert ("hidden_text" in [notice.kind for notice in found.notices]) is (b"display:none" in chunk)


def test_what_a_diagram_says_is_read_where_it_stands() -> None:
    diagram = f'<w:p><w:r><w:drawing><d:relIds xmlns:d="{DRAWING}/diagram" r:dm="d1"/></w:drawing></w:r></w:p>'
    point = "<d:pt><d:t><a:p><a:r><a:t>{0}</a:t></a:r><a:r><a:t>{1}</a:t></a:r></a:p><a:p/></d:t></d:pt>"
    points = point.format("Wel", "der") + point.format("Lead ", "welder")
    parts: dict[str, str | bytes] = {
        "diagrams/data1": f'<d:dataModel xmlns:d="{DRAWING}/diagram" xmlns:a="{DRAWING}/main">{points}</d:dataModel>',
        "_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="d1" Target="diagrams/data1.xml"/></Relationships>',
    }

    assert read(docx(p("Career") + diagram + p("Skills"), **parts)).split("\n") == [
        "Career",
        "",
        "Welder",
        "Lead welder",
        "",
        "Skills",
    ]


def test_what_a_chart_says_in_letters_is_read_where_it_stands() -> None:
    chart = f'<w:p><w:r><w:drawing><c:chart xmlns:c="{DRAWING}/chart" r:id="c1"/></w:drawing></w:r></w:p>'
    title = "<c:title><a:p><a:r><a:t>My </a:t></a:r><a:r><a:t>languages</a:t></a:r></a:p></c:title>"
    names = "".join(f"<c:cat><c:strCache>{points('German', 'Thai')}</c:strCache></c:cat>" for _ in "12")
    said = f"{title}{names}<c:val><c:numCache>{points('90')}</c:numCache></c:val>"
    parts: dict[str, str | bytes] = {
        "charts/chart1": f'<c:chartSpace xmlns:c="{DRAWING}/chart" xmlns:a="{DRAWING}/main">{said}</c:chartSpace>',
        "_rels/document.xml.rels": CHUNK.replace("c1.bin", "charts/chart1.xml"),
    }

    assert read(docx(p("Skills") + chart, **parts)) == "Skills\n\nMy languages\nGerman\nThai"


def points(*values: str) -> str:
    return "".join(f"<c:pt><c:v>{value}</c:v></c:pt>" for value in values)


@pytest.mark.parametrize("rels", [None, "<not closed", "<none/>"])
def test_a_document_within_a_docx_that_is_not_there_costs_nothing_else(rels: str | None) -> None:
    body = f'{p("Before")}<w:altChunk r:id="c1"/>{p("after")}'
    parts: dict[str, str | bytes] = {} if rels is None else {"_rels/document.xml.rels": rels}

    assert extract(docx(body, **parts), "cv.docx").text.split() == ["Before", "after"]


def test_the_targets_of_a_docx_s_links_are_kept() -> None:
    one = '<Relationship Id="r{0}" Type="http://x/{1}" Target="{2}"/>'
    targets = [
        ("hyperlink", "https://ada.example.org"),
        ("hyperlink", "mailto:ada@example.org"),
        ("hyperlink", "javascript:alert(1)"),
        ("image", "https://picture.example.org"),
        ("hyperlink", "https://ada.example.org"),
    ]
    relations = "".join(one.format(number, kind, target) for number, (kind, target) in enumerate(targets))
    xml = f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'
    data = docx(p("words"), **{"_rels/document.xml.rels": xml})
    assert extract(data, "x").links == ("https://ada.example.org", "mailto:ada@example.org")


def test_external_entities_are_not_resolved() -> None:
    doctype = '<!DOCTYPE d [<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    body = f"<w:document {W}>{p('words &file; &b;')}{p('more')}</w:document>"
    text = read(zipped({"word/document.xml": doctype + body}))
    assert text.startswith("words")
    assert "root:" not in text
    assert "aaaa" not in text


def test_a_docx_without_words_is_no_text() -> None:
    refused(docx(p("")), NoTextError)


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        pytest.param(lambda: docx("<w:p>"), DamagedError, id="xml cut"),
        pytest.param(lambda: docx("<w:p>" * 1_000 + "</w:p>" * 1_000), LimitError, id="nested too deep"),
        pytest.param(lambda: docx(p("words"))[:-30], DamagedError, id="zip cut"),
        pytest.param(lambda: b"PK\x03\x04 and nothing more", DamagedError, id="no zip"),
        pytest.param(lambda: zipped({"a.txt": "words"}), UnsupportedError, id="another zip"),
        pytest.param(lambda: zipped({"xl/workbook.xml": "<a/>"}), UnsupportedError, id="workbook"),
        pytest.param(lambda: zipped({"ppt/presentation.xml": "<a/>"}), UnsupportedError, id="presentation"),
        pytest.param(lambda: docx(p("words"), **{f"{n}": "" for n in range(USUAL.max_entries)}), LimitError, id="too many entries"),
        pytest.param(lambda: docx(p("x"), header1=b"\x00" * (USUAL.max_part_bytes + 1)), LimitError, id="part too large"),
    ],
)  # fmt: skip
def test_a_broken_office_file_says_why(made: Callable[[], bytes], kind: type[DocumentError]) -> None:
    refused(made(), kind)


def test_a_zip_bomb_is_refused_by_its_declared_size_before_it_is_unpacked() -> None:
    bomb = zipped({"word/document.xml": "<a/>", "a": bytes(60 * 2**20), "b": bytes(60 * 2**20)})
    assert len(bomb) < 200_000
    tracemalloc.start()
    refused(bomb, LimitError)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * 2**20


def with_flags(data: bytes, flags: int) -> bytes:
    """Set the flags of the first entry, in its own head and in the directory."""
    changed = bytearray(data)
    changed[6] |= flags
    changed[data.index(b"PK\x01\x02") + 8] |= flags
    return bytes(changed)


def test_an_encrypted_entry_is_encrypted() -> None:
    plain = zipped({"word/document.xml": f"<w:document {W}>{p('words')}</w:document>"})
    refused(with_flags(plain, 1), EncryptedError)


# --- ODT --------------------------------------------------------------------------------------------------------------

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office",
        "text": "text",
        "table": "table",
        "form": "form",
        "draw": "drawing",
        "style": "style",
    }.items()
)
CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
ODT_TYPE = "application/vnd.oasis.opendocument.text"


def odt(body: str, **parts: str) -> bytes:
    content = f'<office:document-content {SPACES} xmlns:xlink="http://www.w3.org/1999/xlink"><office:body>{body}</office:body></office:document-content>'
    return zipped({"mimetype": ODT_TYPE, "content.xml": content, **parts})


@pytest.mark.parametrize("name", ["list1", "1"])
def test_two_elements_of_one_id_and_ids_that_are_no_names_are_no_damage(name: str) -> None:
    lines = "".join(f'<text:p xml:id="{name}">{word}</text:p>' for word in ("ab", "cd"))
    assert extract(odt(f"<office:text>{lines}</office:text>"), "x").text == "ab\ncd"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<text:h>Skills</text:h><text:p>Excel</text:p>", "Skills\nExcel"),
        ("<text:p>a <text:span>bold</text:span> word</text:p>", "a bold word"),
        ("<text:p>ab<text:s text:c='3'/>c<text:tab/>d<text:line-break/>e</text:p>", "ab   c\td\ne"),
        ("<text:list><text:list-item><text:p>point</text:p></text:list-item></text:list>", "• point"),
        (
            f"<table:table><table:table-row>{''.join(map(CELL.format, ('c1', 'c2')))}</table:table-row></table:table>",
            "c1\tc2",
        ),
        ("<draw:frame><draw:text-box><text:p>in the box</text:p></draw:text-box></draw:frame>", "in the box"),
        ("<text:p>shown<office:annotation><text:p>comment</text:p></office:annotation></text:p>", "shown"),
        ("<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>here</text:p>", "here"),
        ("<text:p>on<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>note</text:p></text:note-body></text:note> it</text:p><text:p>end</text:p>", "on it\nend\nnote"),
        ("<text:p>ab<draw:frame><draw:text-box><text:p>b1</text:p></draw:text-box></draw:frame> cd<draw:g><draw:rect><text:p>b2</text:p></draw:rect></draw:g></text:p><text:p>end</text:p>", "ab cd\nb1\nb2\nend"),
        ("<text:tracked-changes><text:p><text:note><text:note-body><text:p>gone</text:p></text:note-body></text:note></text:p></text:tracked-changes><text:p>here</text:p>", "here"),
        ("<text:p><text:ruby><text:ruby-base>山田</text:ruby-base><text:ruby-text>やまだ</text:ruby-text></text:ruby>太郎</text:p>", "山田太郎"),
        ("\n  <text:p>\n    Eva\n    <text:span>Lind</text:span>\n  </text:p>\n  <text:p>cook</text:p>\n", "Eva Lind\ncook"),
        ("<text:table-of-content><text:table-of-content-source><text:index-title-template>no</text:index-title-template></text:table-of-content-source><text:index-body><text:p>Work 1</text:p></text:index-body></text:table-of-content>", "Work 1"),
        ("<text:list><text:list-item><text:number>1.</text:number><text:p>point</text:p></text:list-item></text:list>", "1. point"),
    ],
    ids=range(15),
)  # fmt: skip
def test_every_visible_part_of_an_odt_is_read(body: str, text: str) -> None:
    extraction = extract(odt(body), "x")
    assert (extraction.text, extraction.media_type) == (text, ODT)


def test_an_odt_s_page_header_and_footer_and_links_are_read() -> None:
    styles = (
        f"<office:document-styles {SPACES}><office:master-styles><style:master-page><style:header><text:p>top</text:p></style:header>"
        "<style:footer><text:p>bottom</text:p></style:footer></style:master-page></office:master-styles></office:document-styles>"
    )
    link = (
        "<text:p><text:a xlink:href='https://ada.example.org'>page</text:a><text:a xlink:href='x'>y</text:a></text:p>"
    )
    extraction = extract(odt(link, **{"styles.xml": styles}), "x")
    assert set(extraction.text.split("\n")) == {"top", "bottom", "pagey"}
    assert extraction.links == ("https://ada.example.org",)


def test_an_odt_with_a_password_is_encrypted() -> None:
    manifest = "<m:manifest><m:file-entry><manifest:encryption-data/></m:file-entry></m:manifest>"
    refused(odt("<text:p>words</text:p>", **{"META-INF/manifest.xml": manifest}), EncryptedError)


def test_an_opendocument_spreadsheet_is_not_supported() -> None:
    refused(
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), UnsupportedError
    )


# --- HTML -------------------------------------------------------------------------------------------------------------


def html(body: str, head: str = "<meta charset='utf-8'>") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}<title>not text</title></head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<h1>Femke</h1><p>Utrecht</p>", "Femke\nUtrecht"),
        ("<p>two   words\n in a line</p>", "two words in a line"),
        ("<p>line<br>line</p>", "line\nline"),
        ("<p>a <b>bold</b> word</p>", "a bold word"),
        ("<p>Groenhoek &amp; Tas &euro;&nbsp;120 &#8211; &#x41;</p>", "Groenhoek & Tas € 120 – A"),
        ("<table><tr><th>when</th><th>what</th></tr><tr><td>2019<td>cook</table>", "when\twhat\n2019\tcook"),
        ("<ul><li>one<li>two</ul>", "• one\n• two"),
        ("<p>shown</p><script>alert('no')</script><style>p { color: red }</style>", "shown"),
        ("<svg xmlns='http://www.w3.org/2000/svg'><text>shown\x01</text></svg>", "shown"),
        ("<p>shown</p><template>no</template><noscript>no</noscript><svg><title>no</title></svg>", "shown"),
        ("<p>shown<!-- no --><?no no?></p>", "shown"),
        ("<pre>two\nlines</pre>", "two\nlines"),
        ("<p>unclosed <b>tags <i>everywhere", "unclosed tags everywhere"),
        ("<h1><span style='display:block'>Eva</span><span style='display:block'>Lind</span></h1>", "Eva\nLind"),
        ("<style>.r {display:flex}</style><div class=r><b>Phone</b><b>0113</b></div>", "Phone\t0113"),
        ("<div style='display:flex'><div>Cook</div><div>2019 <b>on</b></div></div>", "Cook\t2019 on"),
        ("<div style='display:flex'><div><p>one</p></div><div><p>two</p></div></div>", "one\ntwo"),
        ("<div style='display:flex;flex-direction:column'><b>one</b><b>two</b></div>", "one\ntwo"),
        ("<div style='display:grid'><b>one</b><b>two</b></div>", "one\ntwo"),
        ("<div style='display:flex'><span>Eva <b>Lin</b>d</span><script>no</script></div>", "Eva Lind"),
        ("<p><i style='display:table-cell'>a1</i><i style='display:table-cell'>b1</i></p>", "a1\tb1"),
        ("<p>Inn Ltd<span style='float:right'>2019</span></p>", "Inn Ltd\t2019"),
        ("<div style='position:absolute'>one</div><div style='position:absolute'>two</div>", "one\ntwo"),
        ("<style>b {display:inline-block}</style><b>Eva</b><b>Lind</b>, (<b>cook</b>)", "Eva Lind, (cook)"),
        ("<style>b {display:inline-block}</style><b>E</b><b>v</b><b>a</b> W<b></b>est", "Eva West"),
        ("<p>was <del>100.00</del><ins>90.00</ins>, <s>100</s>90", "was 90.00, 100 90"),
        ("<p>for <b style='text-decoration: line-through red'>5</b>4", "for 5 4"),
        ("<p>for 1.5<b style='vertical-align:super'>2</b>", "for 1.5 2"),
        ("<div style='display:flex; flex-wrap:wrap'><div>one</div><b>two</b><b>three</b></div>", "one\ntwo\nthree"),
        ("<div style='display:flex'>Phone<i></i>0113<b>• </b><b>x</b></div>", "Phone\t0113\t•\tx"),
        (
            "<p>1,250.00<sup>1</sup> EUR, 1<sup>50</sup> €, 30 m<sup>2</sup>, 1<sup>st</sup>",
            "1,250.00 1 EUR, 1 50 €, 30 m2, 1st",
        ),
        ("<p style='white-space:pre-line'>one\ntwo<b>x</b>\nthree</p><pre><b>a</b>\nb</pre>", "one\ntwox\nthree\na\nb"),
        (
            "<style>.tag {margin:1px 4px}</style><b class=tag>Eva</b><b class=tag>Lind</b>, co<i>o</i>k",
            "Eva Lind, cook",
        ),
        ("<i style='padding-inline:.5em'>Eva</i><i style='padding:0 1px'>Lin</i>d", "Eva Lind"),
        ("<table><tr><td style='padding:4px'>2019</td><td style='padding:4px'>cook</td></table>", "2019\tcook"),
        ("<datalist><option>no</datalist><fieldset><legend>Person</legend>Eva</fieldset>", "Person\nEva"),
    ],
)
def test_a_page_is_read_as_its_reader_sees_it(body: str, text: str) -> None:
    assert read(html(body)) == text


def test_the_targets_of_a_page_s_links_are_kept() -> None:
    page = html(
        "<p>words <a href=' https://ada.example.org '>x</a><a href='javascript:x'>y</a><a>z</a><a href='MAILTO:a@example.org'>m</a>"
    )
    assert extract(page, "x").links == ("https://ada.example.org", "MAILTO:a@example.org")


def declaring(charset: str) -> str:
    return f"<html><head><meta charset='{charset}'></head><body><p>Łódź, żółć</p></body></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1250", "iso-8859-2"])
def test_a_page_is_read_in_its_declared_encoding(encoding: str) -> None:
    assert read(declaring(encoding).encode(encoding), "x.html") == "Łódź, żółć"


@pytest.mark.parametrize(
    ("declared", "written", "text"),
    [
        ("latin1", "cp1252", "“50 €”"),
        ("iso-8859-9", "cp1254", "“Şükrü”"),
        ("gb2312", "gb18030", "王喆"),
        ("shift_jis", "cp932", "①髙橋"),
    ],
)
def test_a_declared_charset_means_what_browsers_take_it_for(declared: str, written: str, text: str) -> None:
    assert read(f"<html><meta charset={declared}><p>{text}".encode(written), "x.html") == text


@pytest.mark.parametrize("charset", ["nonsense", "hex", "rot13", "base64", "idna"])
def test_a_charset_that_is_none_is_passed_over(charset: str) -> None:
    assert read(f"<html><meta charset={charset}><p>Müller</p>".encode()) == "Müller"


def test_an_xhtml_page_is_a_page() -> None:
    xhtml = b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><p>words</p></body></html>"
    assert extract(xhtml, "x").media_type == "text/html"
    assert read(xhtml) == "words"


def test_a_hundred_thousand_nested_tags_do_not_crash() -> None:
    page = html("<p>start words</p>" + "<b>" * 100_000 + "deep words" + "</b>" * 100_000)
    attempt(page)


@pytest.mark.parametrize("page", [b"<html>", html(""), html("<script>only code</script>")], ids=range(3))
def test_a_page_without_words_is_no_text(page: bytes) -> None:
    refused(page, NoTextError, "x.html")


# --- RTF --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (r"{\rtf1\ansi Hello {\b bold} words\par second line}", "Hello bold words\nsecond line"),
        (r"{\rtf1\ansi caf\'e9 \u8364? and more}", "café € and more"),
        (r"{\rtf1\ansi\ansicpg1250 \'a3\'f3d\'9f}", "Łódź"),
        (r"{\rtf1{\fonttbl{\f0 Arial;}}{\info{\author Nobody}}words}", "words"),
        (r"{\rtf1 ab\tab cd\line ef}", "ab\tcd\nef"),
        (
            r"{\rtf1\trowd\intbl Net\cell 10,00\cell\row\intbl Total\cell 12,00\cell\row after}",
            "Net\t10,00\nTotal\t12,00\nafter",
        ),
        (
            r"{\rtf1\trowd\intbl{{\pard\intbl Net\par}\cell}{{\pard\intbl \u1057?\'e9\par}\cell}\row after}",
            "Net\tСé\nafter",
        ),
        ("{\\rtf1 " + "{" * 50_000 + "deep words" + "}" * 50_000 + "}", "deep words"),
        (
            r"{\rtf1{\header Anna Berg\par}{\headerf Anna Berg\par}Work\par on{\footnote why} it{\footer foot}}",
            "Anna Berg\nWork\non it\nwhy\nfoot",
        ),
        (
            r"{\rtf1 ab{\shp{\*\shpinst{\shptxt b1\par b2}}{\shprslt{\*\do{\dptxbxtext b1}}}} cd\par ef}",
            "ab cd\nb1\nb2\nef",
        ),
        (r"{\rtf1 ab {\*\do{\dptxbxtext in{\shptxt ner}}}{\shptxt two}cd", "ab cd\nin\nner\ntwo"),
        (r"{\rtf1\ansicpg1250 {\f1{\footer \'a3\'f3d\'9f}}words\u8364}", "words€\nŁódź"),
        (r"{\rtf1 {\deleted 100.00\par}{\revised 90.00}", "90.00"),
        (r"{\rtf1 1,250.00{\super 1} EUR, 30 m{\super 2}, 1{\super st}", "1,250.00 1 EUR, 30 m2, 1st"),
        ("{\\rtf1 words {\\*\\shppict{\\pict{\\*\\blipuid 00ff}\\bin4 }}{x}} on}", "words  on"),
        (r"{\rtf1\mac\ansicpg10000 Stra\'a7e}", "Straße"),
        (r"{\rtf1\pca Stra\'e1e}", "Straße"),
        (
            r"{\rtf1\ansicpg1250{\fonttbl{\f0\fcharset1 A;}{\f1 B;}{\f2\fcharset204 C;}}\f0 \'a3\'f3\f1 d\'9f \f2\'cc\'ff}",
            "Łódź Мя",
        ),
        (r"{\rtf1{\fonttbl{\f0\fcharset78 Osaka;}}\f0 \'8eR\'93c \'95\\ ok}", "山田 表 ok"),
        (r"{\rtf1\ansicpg936 \uc2\u-30720\'88{\uc1\u8364\'80}\'81| words}", "蠀€亅 words"),
        ("\n {\\rtf1 words}", "words"),
        (r"{\rtf1 \u-10174?\u-8263?\u30000? \u-10240? words}", "\U00020bb9田  words"),
        ("{\\rtf1 before {\\pict\\bin6 \x1c\x1d\x1e{\\}}after words}", "before after words"),
        (r"{\rtf1\trowd\intbl Net{\fs2\cell }10,00{\v\cell}\row words{\fs2\par}after}", "Net\t10,00\nwords\nafter"),
        (
            r"{\rtf1{\*\no no}{\i0\*\cs7\f2 words} {\object{\*\objdata 00}{\result{\pict 00}Net 10}}\par}",
            "words\nNet 10",
        ),
        ("{\\rtf1 words" + "{\\footnote x{\\shptxt y" * 2_000 + "{\\pict" * 2_000, "words" + "\nx\ny"),
    ],
    ids=range(26),
)
def test_the_text_of_an_rtf_is_read(rtf: str, text: str) -> None:
    extraction = extract(rtf.encode(), "x")
    assert (extraction.text, extraction.media_type) == (text, "application/rtf")


def test_the_targets_of_an_rtf_s_links_are_kept_and_stand_not_in_its_text() -> None:
    link = r'{\field{\*\fldinst{HYPERLINK "TO"}}{\fldrslt{\ul page}}}'
    links = [link.replace("TO", target) for target in ("https://ada.example", "https://hidden.example", "file:///etc")]
    extraction = extract(("{\\rtf1 " + links[0] + ", {\\v " + links[1] + "}" + links[2] + "}").encode(), "x")
    assert (extraction.text, extraction.links) == ("page, page", ("https://ada.example",))


def test_a_cell_of_an_rtf_that_ends_in_empty_lines_takes_no_time() -> None:
    rtf = r"{\rtf1\trowd\intbl first" + r"\line " * 12_000 + r"\cell last\cell\row}"
    began = time.process_time()
    assert extract(rtf.encode(), "x").text == "first\tlast"
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("rtf", "kind"),
    [(r"{\rtf1}", NoTextError), (r"{\rtf", NoTextError), (r"{\rtf1 \u99999999? words}", DamagedError)],
)
def test_a_broken_rtf_says_why(rtf: str, kind: type[DocumentError]) -> None:
    refused(rtf.encode(), kind)


# --- Plain text -------------------------------------------------------------------------------------------------------

FRENCH = (
    "Expérience professionnelle\nCheffe de partie à l’Œillet Gris, Besançon – pâtisserie « maison »\n"
    "Formation : CAP Pâtissier\nCompétences : hygiène, gestion des coûts\n"
)
POLISH = (
    "Życiorys\nDoświadczenie zawodowe\nKierownik zmiany w magazynie, Łódź. Prowadzę zespół dziesięciu osób.\n"
    "Wykształcenie: Politechnika Łódzka\nUmiejętności: obsługa wózków widłowych, język angielski\n"
)
RUSSIAN = "Резюме\nОпыт работы\nИнженер в компании, Москва. Образование высшее, навыки: администрирование\n"
GREEK = "Βιογραφικό σημείωμα\nΕργασιακή εμπειρία\nΜηχανικός σε εταιρεία της Αθήνας. Σπουδές και γνώσεις γλωσσών\n"
GERMAN = (
    "Sehr geehrte Frau Müller,\nmit großem Interesse habe ich Ihre Anzeige gelesen. Ich möchte mich als Köchin bewerben.\n"
    "Während meiner Ausbildung in Düsseldorf habe ich für größere Gesellschaften gekocht.\nMit freundlichen Grüßen\n"
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (POLISH, "utf-8"),
        (POLISH, "utf-8-sig"),
        (POLISH, "utf-16"),
        (POLISH, "utf-32"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        pytest.param(POLISH, "cp1250"),
        pytest.param(POLISH, "iso-8859-2"),
        pytest.param("Müller, Größe", "cp1252"),
        pytest.param("Müller", "cp1252"),
        pytest.param(
            "Elulookirjeldus\nTöökogemus: kokk Tartus, vastutasin köögi töö eest. Oskused: täpsus, žürii, šokolaad.",
            "cp1257",
        ),
        pytest.param(
            "Cuoca a Forlì, città d'arte. È stata responsabile della qualità, perché parla già inglese.", "cp1252"
        ),
        pytest.param(GERMAN * 5 + "„gut“ – 5 €", "cp1252"),
        pytest.param(FRENCH.replace("Œ", "O").replace("’", "'").replace("–", "-") + "100 €", "iso-8859-15"),
        pytest.param("plain words\n" * 6_000 + "Müller", "cp1252"),
    ],
    ids=[
        "utf-8",
        "bom",
        "utf-16",
        "utf-32",
        "cp1252",
        "cp1251",
        "cp1250",
        "8859-2",
        "short",
        "shorter",
        "estonian",
        "italian",
        "quotes",
        "euro",
        "late",
    ],
)
def test_plain_text_is_read_in_whatever_encoding(text: str, encoding: str) -> None:
    extraction = extract(text.encode(encoding), "x")
    assert (extraction.text, extraction.media_type) == (text.strip(), "text/plain")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp437"),
        (GERMAN * 12, "cp850"),
        (GERMAN, "mac_roman"),
        ("Jörg Schäfer, Düsseldorf", "cp850"),
        ("╔══════╗\n║ Jörg ║\n╚══════╝\nMüller", "cp850"),
        (FRENCH.replace("Œ", "O").replace("’", "'").replace("–", "-"), "cp850"),
        (FRENCH * 12, "mac_roman"),
        ("René Lefèvre", "mac_roman"),
        (POLISH, "cp852"),
        (POLISH, "mac_latin2"),
        (GREEK, "cp869"),
        (RUSSIAN, "cp866"),
    ],
    ids=range(12),
)
def test_text_of_dos_and_of_the_first_macs_is_read(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Smith†, Jones‡ and “Foo”and don’t – 5 £\n• Led • Cook",
        "Python•SQL•Excel",
        "Home›Jobs",
        "Acme Ltd™ — “great” café",
        "Arbeits¬zeit und Über¬stunden",
        "¿Qué tal, señor Muñoz?",
    ],
)
def test_unusual_signs_do_not_make_a_text_one_of_dos(text: str) -> None:
    assert read(text.encode("cp1252")) == text


@pytest.mark.parametrize("sign", ["é", "É", "•", "†", "\x81", "é†"])
def test_a_long_row_of_signs_is_looked_at_once(sign: str) -> None:
    attempt((sign * 100_000).encode("latin-1", "replace") + b"\xff")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (GERMAN.encode() + "Größe".encode("cp1252"), GERMAN + "Größe"),
        (RUSSIAN.encode()[:-2], RUSSIAN[:-2]),
        ("Müller Größe Öl €".encode().decode("cp1252").encode(), "Müller Größe Öl €"),
        (("Größe in Öl ©\n" * 9).encode().decode("cp1252").encode("cp1252") + b"\xfc", "Größe in Öl ©\n" * 9 + "ü"),
        (RUSSIAN.replace("И", "и").encode().decode("cp1251").encode(), RUSSIAN.replace("И", "и")),
        ("“CORAÇÃO” É MANUTENÇÃO’".encode(), "“CORAÇÃO” É MANUTENÇÃO’"),
        ("Ã¼ stands for ü, Ã¶ for ö, Ã¤ for ä".encode(), "Ã¼ stands for ü, Ã¶ for ö, Ã¤ for ä"),
        (b"\x1b[1mAda\x1b[0m \x1b]8;;http://x\x07Berg\x1b]8;;\x07 W\bWe\beld", "Ada Berg Weld"),
    ],
    ids=["joined", "cut", "twice", "late", "russian", "capitals", "about it", "terminal"],
)
def test_utf_8_is_known_by_its_bytes_whatever_became_of_it(data: bytes, text: str) -> None:
    assert read(data) == text.strip()


def test_big_endian_text_with_a_mark_is_read() -> None:
    assert read(b"\xfe\xff" + "Łódź".encode("utf-16-be")) == "Łódź"


@law
@given(st.text())
def test_utf_8_is_decoded_as_it_is(text: str) -> None:
    data = text.encode("utf-8", "replace")
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        assert decode(data) == read_once(data.decode())


@pytest.mark.parametrize("data", [b"", b"  \n", b"a", b"\xff\xfe", b"- ! ?"], ids=repr)
def test_a_file_without_words_is_no_text(data: bytes) -> None:
    refused(data, NoTextError)


# --- Which kind it is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt", "a.html", "a.eml", "a.jpg", "a"])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdf("words"), "application/pdf"),
        (docx(p("words")), DOCX),
        (odt("<text:p>words</text:p>"), ODT),
        (rb"{\rtf1 words}", "application/rtf"),
    ],
    ids=["pdf", "docx", "odt", "rtf"],
)
def test_content_decides_and_not_the_name(name: str, data: bytes, kind: str) -> None:
    assert media_type(data, name) == kind


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"<!DOCTYPE HTML><p>words", "a.txt", "text/html"),
        (b"\xef\xbb\xbf\n <html>", "a", "text/html"),
        (b"<body>words", "a.doc", "text/html"),
        (b"<!-- saved --><html>", "a", "text/html"),
        (b"<p>words", "a.html", "text/html"),
        (b"<p>words", "a.HTM", "text/html"),
        (b"<p>words", "a.txt", "text/plain"),
        (b"a < b, b > c", "a.txt", "text/plain"),
        (b"no tags", "a.html", "text/plain"),
        (b"<?xml version='1.0'?><note>words", "a.xml", "text/plain"),
        (b"words", "a.pdf", "text/plain"),
        (b"{rtf is mentioned}", "a.rtf", "text/plain"),
    ],
    ids=range(12),
)
def test_only_kinds_of_text_are_told_apart_by_name(data: bytes, name: str, kind: str) -> None:
    assert media_type(data, name) == kind


@pytest.mark.parametrize(
    ("data", "name", "kind", "word"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "cv.doc", UnsupportedError, "old Word"),
        (zipped({"holiday.jpg": b"\xff\xd8"}), "cv.zip", UnsupportedError, "zip"),
        (b"From: ada@example.org\n\nwords", "mail.eml", UnsupportedError, "e-mail"),
        (b"\x89PNG\r\n\x1a\n", "cv.pdf", DamagedError, "picture"),
        (b"\xff\xd8\xff\xe0", "cv.pdf", DamagedError, "picture"),
        (b"GIF89a", "x", DamagedError, "picture"),
        (b"II*\x00", "x", DamagedError, "picture"),
        (b"MM\x00*", "x", DamagedError, "picture"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\xff\xff", "x", UnsupportedError, "program"),
        (bytes(range(256)) * 8, "x", UnsupportedError, "not text"),
    ],
    ids=range(10),
)
def test_what_cannot_be_read_says_what_it_is_and_what_to_do(
    data: bytes, name: str, kind: type[DocumentError], word: str
) -> None:
    assert word in refused(data, kind, name).message


def test_every_reader_names_itself_and_its_kind() -> None:
    samples = [
        pdf("words"),
        docx(p("words")),
        odt("<text:p>words</text:p>"),
        b"<office:document %s office:mimetype='%s'><office:body><text:p>words</text:p></office:body></office:document>"
        % (SPACES.encode(), ODT.encode()),
        rb"{\rtf1 words}",
        html("words"),
        MHTML,
        b"words",
    ]
    extractions = [extract(data, "x") for data in samples]
    texts = [kind for kind in EXTRACTORS if not kind.startswith("image/")]
    assert [extraction.media_type for extraction in extractions] == texts
    assert all(extraction.extractor and extraction.page_starts == (0,) for extraction in extractions)


# --- Its language -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Erfahrene Krankenschwester mit langjähriger Erfahrung in der Pflege älterer Menschen", "de"),
        ("Doświadczona pielęgniarka z wieloletnią praktyką w opiece nad osobami starszymi", "pl"),
        ("אחות מוסמכת עם ניסיון רב שנים בטיפול בקשישים ובעבודה במשמרות", "he"),
        ("具有多年护理经验的注册护士，擅长照顾老年病人，能够轮班工作", "zh"),
        ("Ada 12", None),
        ("Timesheet\nEmployee: Joy Adebayo\nWeek ending 6 March 2026\nMonday 8.0\nTuesday 7.5", None),
        ("PAKBON\nKlant: Bakkerij De Wit\nAantal: 12 dozen\nLeverdatum: 3 mei 2026", None),
    ],
)
def test_the_language_of_a_text_is_told_without_a_model(text: str, language: str | None) -> None:
    assert extract(text.encode(), "x").language == language


# --- Limits -----------------------------------------------------------------------------------------------------------


def test_a_text_beyond_the_limit_is_cut_where_that_is_allowed_and_says_so() -> None:
    extraction = extract(b"word " * 500, "x", Limits(max_characters=1000, truncate=True))
    assert len(extraction.text) == 1000
    assert [notice.kind for notice in extraction.notices] == ["truncated"]
    assert "2,499" in extraction.notices[0].detail


def test_every_limit_of_the_settings_reaches_the_reader() -> None:
    data = zipped({"word/document.xml": "x" * 5000, "b": "y"})
    with pytest.raises(LimitError):
        extract(data, "x", Limits(max_entries=1))
    with pytest.raises(LimitError):
        extract(data, "x", Limits(max_inflated_bytes=4000))
    with pytest.raises(LimitError):
        extract(data, "x", Limits(max_part_bytes=4000))
    with pytest.raises(TooLargeError):
        extract(pdf("one", "two"), "x", Limits(max_pages=1))


def test_a_text_beyond_the_limit_is_refused_and_never_cut() -> None:
    assert len(read(b"word " * (USUAL.max_characters // 5 - 1))) > USUAL.max_characters - 20
    assert "400,0" in refused(b"word " * (USUAL.max_characters // 5 + 1), TooLongError).message


@law
@given(st.lists(st.text(max_size=20), max_size=8))
def test_pages_are_found_again_at_their_starts(pages: list[str]) -> None:
    text, starts, _ = joined(pages, USUAL)
    assert text == "\n\n".join(pages)
    assert [text[start:].startswith(page) for start, page in zip(starts, pages, strict=False)] == [True] * len(pages)
    assert len(starts) == max(1, len(pages))


def _deeper(data: bytes, limits: Limits) -> Extraction:
    return _deeper(data, limits)


@pytest.mark.parametrize("reader", [lambda *_: [0] * 10**15, _deeper], ids=["memory", "recursion"])
def test_running_out_of_room_is_a_limit(
    reader: Callable[[bytes, Limits], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EXTRACTORS, "text/plain", reader)
    assert "pipeline.toml" in refused(b"words", LimitError).hint


SEEDS = [
    pdf("Ada Kowalczyk", "second page", link="https://ada.example.org"),
    docx(table([p("a1"), p("b1")]) + p("words")),
    odt("<text:p>words<text:s text:c='3'/></text:p>"),
    html("<table><tr><td>Ada &amp; Bea</table><a href='mailto:ada@example.org'>m</a>"),
    POLISH.encode("cp1250"),
]


@law
@given(st.data())
def test_a_file_with_any_damage_is_read_or_refused_and_nothing_else_is_raised(data: st.DataObject) -> None:
    broken = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(broken)))
        broken[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=10))
    text = attempt(bytes(broken))
    assert text is None or has_words(text)


# --- Cleaning ---------------------------------------------------------------------------------------------------------

odd = st.text(
    st.one_of(
        st.sampled_from(
            "ab Ž-\n\t\r\x02\ufffe\u00adﬁ\u0301\ue000\u200b\u2028\x85\x0b\x0c\u200e\ufeff\ud800\U000e0041\x00"
        ),
        st.characters(exclude_categories=[]),
    )
)


@law
@given(odd)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@law
@given(odd)
def test_clean_text_is_nfc_and_free_of_what_breaks_storage_and_terminals(text: str) -> None:
    tidy = clean(text)
    assert unicodedata.is_normalized("NFC", tidy)
    assert all(mark in "\n\t" or unicodedata.category(mark) not in ("Cc", "Cs", "Co") for mark in tidy)
    assert not set("\u200b\ufeff\u202e\u2066\ufffe\u00adﬁ") & set(tidy)
    assert "\n\n\n" not in tidy


@law
@given(st.text("abcdefghij äöü.,", max_size=40))
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text.rstrip(" ")


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("ﬁne ﬂow eﬀort eﬃcient", "fine flow effort efficient"),
        ("Elektro\x02\nniker", "Elektroniker"),
        ("Elektro\ufffe\r\nniker", "Elektroniker"),
        ("soft\u00adware", "software"),
        ("Karl\x02\nHeinz", "Karl-Heinz"),
        ("2019\x02\n2020", "2019-2020"),
        ("a\u00a0b\u2003c", "a b c"),
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        ("a\n\n \n\nb", "a\n\nb"),
        ("a  \t\nb \n", "a\nb"),
        ("e\u0301", "é"),
        ("\ue001 Leeds \uf0b7", " Leeds"),
        ("Duties\n\uf0b7 Soup\n\t\uf0a7\tMeat", "Duties\n• Soup\n\t•\tMeat"),
        ("a\u200bb\u2060c\ufeffd\u202ee", "abcde"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x² ½ №", "x² ½ №"),
    ],
)
def test_text_is_mended_as_a_person_would_have_typed_it(text: str, tidy: str) -> None:
    assert clean(text) == tidy


@pytest.mark.parametrize(
    ("text", "share"), [("", 0.0), (" \n", 0.0), ("words", 0.0), ("ab\ufffd\ue000", 0.5), ("\x01\x01", 1.0)]
)
def test_the_share_of_signs_without_meaning_is_counted(text: str, share: float) -> None:
    assert damaged_share(text) == share


@pytest.mark.parametrize(
    ("text", "answer"), [("ab", True), ("12", True), ("東京", True), ("a b", False), ("__", False), ("", False)]
)
def test_a_word_is_two_letters_or_digits_side_by_side(text: str, answer: bool) -> None:
    assert has_words(text) is answer


# --- Found the hard way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "PKW-Fahrer, Halle (Saale)",
        "BMW Autohaus, Halle (Saale)",
    ],
)
def test_a_text_may_begin_with_any_letters(text: str) -> None:
    assert read(text.encode()) == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-32"])
def test_what_fills_a_text_up_to_the_end_of_a_block_is_left_out(encoding: str) -> None:
    assert read("Jörg welds in Köln\n".encode(encoding) + bytes(400), "x.txt") == "Jörg welds in Köln"


def test_many_nuls_without_a_mark_are_no_text() -> None:
    refused(b"\x00\x01\x02\x03\x00\x00\x00\x00ab cd", UnsupportedError)


def test_a_docx_with_a_password_is_encrypted() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(96)
    refused(ole, EncryptedError)


def test_a_docx_whose_main_part_is_numbered_is_read() -> None:
    assert read(zipped({"word/document2.xml": f"<w:document {W}>{p('words')}</w:document>"})) == "words"


def test_a_part_without_a_name_is_none() -> None:
    assert read(zipped({"word/document.xml": f"<w:document {W}>{p('words')}</w:document>", "/": "no XML"})) == "words"


MAIN = '<Types><Override PartName="/{}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
RELATION = '<Relationships xmlns="{}"><Relationship Id="r1" Type="http://x/{}" Target="{}"/></Relationships>'


@pytest.mark.parametrize(
    "name",
    [
        "word/document.xml", "word\\document.xml", "/word/document.xml", "Word/Document.XML", "word/letter.xml", "document.xml"
    ],
)  # fmt: skip
def test_a_docx_is_read_whatever_its_program_calls_its_parts(name: str) -> None:
    folder, _, file = name.replace("\\", "/").lstrip("/").rpartition("/")
    section = '<w:sectPr><w:headerReference w:type="default" r:id="r1"/></w:sectPr>'
    parts = {
        "[Content_Types].xml": MAIN.format(f"{folder}/{file}".lstrip("/")),
        "_rels/.rels": RELATION.format(RELATIONS, "officeDocument", f"{folder}/{file}"),
        name: f"<w:document {W}><w:body>{p('words')}{section}</w:body></w:document>",
        f"{folder}/_rels/{file}.rels".lstrip("/"): RELATION.format(RELATIONS, "header", "/parts/top_1.xml"),
        "parts\\top_1.xml": part("hdr", "top"),
    }
    assert read(zipped(parts)) == "top\nwords"


def test_a_zip_that_names_a_main_part_of_another_kind_is_no_docx() -> None:
    other = MAIN.format("word/letter.xml").replace("wordprocessing", "drawing")
    relation = RELATION.format(RELATIONS, "officeDocument", "word/letter.xml")
    zipped_up = zipped({"[Content_Types].xml": other, "_rels/.rels": relation, "word/letter.xml": "<x>words</x>"})
    refused(zipped_up, UnsupportedError)


def test_a_strict_docx_is_read() -> None:
    space = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    assert read(zipped({"word/document.xml": f"<w:document xmlns:w='{space}'>{p('words')}</w:document>"})) == "words"


def test_a_hidden_paragraph_mark_hides_no_text() -> None:
    body = f"<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{run('shown')}</w:p>"
    assert extract(docx(body), "x").notices == ()


def test_a_broken_number_in_an_odt_does_not_escape_as_a_foreign_error() -> None:
    assert "words" in read(odt("<text:p>two<text:s text:c='x'/>words</text:p>"))


def test_an_odt_s_footer_comes_last() -> None:
    page = "<style:header><text:p>top</text:p></style:header><style:footer><text:p>bottom</text:p></style:footer>"
    styles = (
        f"<office:document-styles {SPACES}><office:master-styles>{page}</office:master-styles></office:document-styles>"
    )
    assert read(odt("<text:p>body</text:p>", **{"styles.xml": styles})) == "top\nbody\nbottom"


@pytest.mark.parametrize(
    "rtf",
    [
        pytest.param(r"{\rtf1 \u99999999999999999999? words}"),
        pytest.param(r"{\rtf1\ansi\ansicpg words \'e9}", id="no code page"),
    ],
)
def test_a_broken_rtf_does_not_escape_as_a_foreign_error(rtf: str) -> None:
    attempt(rtf.encode())


def test_a_page_that_declares_utf_16_in_ascii_letters_is_utf_8() -> None:
    assert "Łódź, żółć" in (attempt(declaring("utf-16").encode()) or "")
    assert "Łódź, żółć" in (attempt(declaring("utf-16").encode() + b"\n") or "")  # an even number of bytes


def test_the_charset_undefined_is_passed_over() -> None:
    assert read(b"<html><meta charset=undefined><p>words</p>") == "words"


@pytest.mark.parametrize("tag", ["font", "div", "b"])
def test_a_page_of_many_unclosed_tags_is_read_to_its_end(tag: str) -> None:
    page = html("<p>start words</p>" + f"<{tag}>" * 300 + "middle words<p>end words</p>")
    assert read(page).split("\n") == ["start words", "middle words", "end words"]


@pytest.mark.parametrize(
    ("text", "tidy"), [("при\x02\nвет", "привет"), ("Βιο\x02\nγραφικό", "Βιογραφικό"), ("România\x02\nș", "Româniaș"), ("Karl\x02\nČapek", "Karl-Čapek")]
)  # fmt: skip
def test_words_are_joined_in_every_alphabet(text: str, tidy: str) -> None:
    assert clean(text) == tidy


def test_many_hyphens_at_line_ends_are_no_damage() -> None:
    extraction = extract(pdf("Elektro-\nniker und Mecha-\ntroniker in Ber-\nlin"), "x")
    assert extraction.text.split() == ["Elektroniker", "und", "Mechatroniker", "in", "Berlin"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text", ["Ada Kowalczyk, warehouse shift supervisor", POLISH, RUSSIAN], ids=["latin", "polish", "russian"]
)
def test_wide_text_without_a_mark_is_read(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)) == text.strip()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("履歴書\n山田花子、東京都の会社で働いています。", "iso2022_jp"),
        ("이력서\n서울의 회사에서 일하고 있습니다.", "iso2022_kr"),
        ("简历\n张伟在北京的公司工作。", "hz"),
        ("a path ~{home} and more~", "ascii"),
    ],
    ids=["japanese", "korean", "chinese", "none"],
)
def test_text_in_an_encoding_of_ascii_alone_is_read(text: str, encoding: str) -> None:
    assert read(text.encode(encoding)) == text


@pytest.mark.parametrize("signs", [range(1, 256), range(128, 256), range(256)], ids=["no nul", "high", "all"])
def test_noise_is_no_text(signs: range) -> None:
    noise = bytes(random.Random(7).choices(signs, k=5_000))
    assert "not text" in refused(noise, UnsupportedError).message


def test_accents_beyond_all_reading_are_dropped() -> None:
    assert len(clean("o" + "\u0327\u0301" * 50_000)) <= 31
    assert clean("o\u0323\u0302 " * 40) == ("ộ " * 40).strip()


def test_a_long_run_of_blanks_is_passed_over_once() -> None:
    assert clean(" " * 300_000 + "x \n") == " " * 300_000 + "x"
    assert read(html(f"<pre>ab{' ' * 300_000}cd</pre>")) == f"ab{' ' * 300_000}cd"


def test_a_rule_for_many_elements_is_looked_up_once() -> None:
    page = html("<p class=c>words" * 2_000, f"<style>{'.c {left: 0} ' * 3_000}</style>")
    assert read(page).split("\n") == ["words"] * 2_000


def test_there_is_nothing_to_mend_in_everyday_signs() -> None:
    everyday = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if not cleaning._UNUSUAL.match(sign))

    for text in (everyday, everyday[::-1], "".join(sign * 40 for sign in everyday)):
        assert cleaning._mended(text) == text
    assert len(everyday) > 500
