"""What a file is: told by what is in it, said in words, with what to save it as; and names that say something else."""

from __future__ import annotations

import contextlib
import io
import tarfile
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError, EncryptedError, UnsupportedError
from pipeline.extract import foreign
from pipeline.extract.formats import EXTRACTORS, extract, media_type
from pipeline.extract.media import DOCX, ODT
from pipeline.records import Extraction
from test_extract import SPACES, docx, html, odt, p, pdf, zipped

RTF = rb"{\rtf1 Ada Kowalczyk}"
MAIL_HINT = "save its attachment"


def ole(*streams: str, before: bytes = b"") -> bytes:
    """Make the outline of a compound file: a header, what else stands in it, and a directory."""
    names = ["Root Entry", *streams]
    entries = b"".join((name.encode("utf-16-le") + bytes(128))[:128] for name in names)
    return (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + before + bytes(512))[:512] + entries


def opendocument(kind: str) -> bytes:
    """Make a zip that says of itself what it is, as LibreOffice does."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<a/>")
    return buffer.getvalue()


def tar() -> bytes:
    with tarfile.open(fileobj=(buffer := io.BytesIO()), mode="w") as archive:
        archive.addfile(tarfile.TarInfo("cv.pdf"))
    return buffer.getvalue()


FOREIGN: list[tuple[bytes, str, str]] = [
    (ole("WordDocument", "1Table"), "old Word document (.doc)", "save it as DOCX or PDF"),
    (ole("Workbook"), "old Excel workbook", "save it as PDF"),
    (ole("Book"), "old Excel workbook", "save it as PDF"),
    (ole("PowerPoint Document"), "old PowerPoint presentation", "save it as PDF"),
    (ole("__nameid_version1.0", "__properties_version1.0"), "Outlook message (.msg)", MAIL_HINT),
    (ole("VisioDocument"), "Visio drawing", "print it to PDF"),
    (ole("Quill", "Contents"), "Publisher document", "print it to PDF"),
    (ole("MatOST"), "Works document", "save it as DOCX or PDF"),
    (ole("CONTENTS"), "Works document", "save it as DOCX or PDF"),
    (ole("something else"), "old Word, Excel or Outlook file", "save it as PDF or DOCX"),
    (ole("WordDocument", "Workbook"), "old Word document", "save it as DOCX or PDF"),
    (ole("Workbook", "WordDocument"), "old Excel workbook", "save it as PDF"),
    (ole("WordDocument", before="  Book\0".encode("utf-16-le")), "old Word document", "save it as DOCX or PDF"),
    (zipped({"xl/workbook.xml": "<a/>"}), "Excel workbook (.xlsx)", "save it as PDF"),
    (zipped({"ppt/presentation.xml": "<a/>"}), "PowerPoint presentation (.pptx)", "save it as PDF"),
    (zipped({"visio/document.xml": "<a/>"}), "Visio drawing", "print it to PDF"),
    (zipped({"Index/Slide-12.iwa": "", "Index/Document.iwa": ""}), "Keynote presentation", "export it"),
    (zipped({"index.apxl": ""}), "Keynote presentation", "export it"),
    (zipped({"preview.jpg": "", "Index/Document.iwa": ""}), "Pages or Numbers document", "export it as Word or PDF"),
    (zipped({"Index.zip": ""}), "Pages or Numbers document", "export it as Word or PDF"),
    (zipped({"buildVersionHistory.plist": "", "index.xml": ""}), "Pages or Numbers document", "export it"),
    (zipped({"META-INF/container.xml": "<a/>"}), "EPUB", "print it to PDF"),
    (zipped({"FixedDocSeq.fdseq": ""}), "XPS document", "print it to PDF"),
    (zipped({"cv.pdf": "", "letter.docx": ""}), "zip archive", "unpack it"),
    (zipped({str(number): "" for number in range(3000)}), "zip archive", "unpack it"),
    (zipped({}), "zip archive", "unpack it"),
    (zipped({"content.xml": "<a/>"}), "zip, not a text document", "save it as PDF or DOCX"),
    (opendocument("spreadsheet"), "OpenDocument spreadsheet", "save it as PDF"),
    (opendocument("presentation"), "OpenDocument presentation", "save it as PDF"),
    (opendocument("graphics"), "OpenDocument file that is no text", "print it to PDF"),
    (b"7z\xbc\xaf\x27\x1c\0\4", "7z archive", "unpack it"),
    (b"Rar!\x1a\x07\0", "RAR archive", "unpack it"),
    (b"\x1f\x8b\x08\0", "compressed file", "unpack it"),
    (b"BZh91AY&SY", "compressed file", "unpack it"),
    (b"\xfd7zXZ\0", "compressed file", "unpack it"),
    (tar(), "tar archive", "unpack it"),
    (b"MSCF\0\0", "CAB archive", "unpack it"),
    (b"\xffWPC\x10\0", "WordPerfect document", "save it as DOCX or PDF"),
    (b"\xdb\xa5-\0\0", "very old Word", "save it as DOCX or PDF"),
    (b"%!PS-Adobe-3.0\n", "PostScript file", "print it to PDF"),
    (b"\x04%!PS-Adobe-3.0\n", "PostScript file", "print it to PDF"),
    (b"AT&TFORM\0\0\0\x10DJVU", "DjVu document", "print it to PDF"),
    (b"AC1015\0\0", "AutoCAD drawing", "print it to PDF"),
    (b"\x30\x82\x10\0\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "signed file", "out of its signature"),
    (b"\x78\x9f\x3e\x22\0", "winmail.dat", MAIL_HINT),
    (b"!BDN\0", "Outlook mailbox", MAIL_HINT),
    (b"\0\0\0\x18ftypheic\0", "picture (HEIC)", "JPEG or PDF"),
    (b"\0\0\0\x18ftypavif\0", "picture (AVIF)", "JPEG or PDF"),
    (b"8BPS\0\1", "Photoshop picture", "JPEG or PDF"),
    (b"\0\0\0\x0cjP  \r\n", "picture (JPEG 2000)", "JPEG or PDF"),
    (b"\0\0\x01\0\x01\0", "icon", "no document"),
    (b"\xd7\xcd\xc6\x9a\0", "drawing (WMF or EMF)", "print it to PDF"),
    (b"\x01\0\0\0" + bytes(36) + b" EMF", "drawing (WMF or EMF)", "print it to PDF"),
    (b"\0\0\0\x18ftypmp42\0", "film", "no document"),
    (b"\x1aE\xdf\xa3\0", "film", "no document"),
    (b"RIFF\x10\0\0\0AVI LIST", "film", "no document"),
    (b"RIFF\x10\0\0\0WAVEfmt ", "sound", "no document"),
    (b"ID3\x03\0\0", "sound", "no document"),
    (b"\xff\xfb\x90\x44\0", "sound", "no document"),
    (b"OggS\0\2", "sound", "no document"),
    (b"MZ\x90\0\x03\0", "program", "do not open it"),
    (b"\x7fELF\2\1", "program", "do not open it"),
    (b"L\0\0\0\x01\x14\x02\0", "link to a document", "the document itself"),
    (b"[InternetShortcut]\r\nURL=https://example.org", "link to a document", "the document itself"),
    (b"SQLite format 3\0", "database", "no document"),
    (b"\0\1\0\0Standard ACE DB\0", "database", "no document"),
    (b"\0\1\0\0\0\x10", "font", "no document"),
    (b"OTTO\0\x0b", "font", "no document"),
    (b"wOF2\0\1", "font", "no document"),
    (b"bplist00\xd1", "settings file", "no document"),
    (b"BEGIN:VCARD\nVERSION:4.0\nFN:Ada Kowalczyk\nEND:VCARD\n", "address card", "print it to PDF"),
    (b"BEGIN:VCALENDAR\nVERSION:2.0\n", "calendar entry", "print it to PDF"),
    (b"<?xml version='1.0'?>\n<office:document xmlns:office='x'>words", "flat OpenDocument", "DOCX or PDF"),
    (b'<?xml version="1.0"?>\n<?mso-application progid="Word.Document"?>\n', "Word document in XML", "DOCX or PDF"),
    (b"\xef\xbb\xbf<?xml version='1.0'?><w:wordDocument xmlns:w='x'>", "Word document in XML", "DOCX or PDF"),
    (b"<?xml version='1.0'?><pkg:package xmlns:pkg='x'>", "Word document in XML", "DOCX or PDF"),
    (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "Excel workbook in XML", "save it as PDF"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><text>words", "drawing (SVG)", "print it to PDF"),
    (b"<?xml version='1.0'?><!-- made by hand --><svg>words", "drawing (SVG)", "print it to PDF"),
    (b"%FDF-1.2\n1 0 obj\n<< /FDF << >> >>\nendobj", "form (FDF)", "print it to PDF"),
    (b"<?xml version='1.0'?><xfdf xmlns='http://ns.adobe.com/xfdf/'>words", "form (FDF)", "print it to PDF"),
    (b"JVBERi0xLjcKJeLjz9MK\r\nMSAwIG9iago8PA==\r\n", "packed for e-mail", "as an attachment"),
    (b"Received: from mx.example.org by example.com;\r\n\tTue, 24 Nov\r\nSubject: CV\r\n\r\nwords", "e-mail", MAIL_HINT),
    (b"Return-Path: <ada@example.org>\nSubject: CV\n\nwords", "e-mail", MAIL_HINT),
    (b"Delivered-To: hr@example.org\nSubject: CV\n\nwords", "e-mail", MAIL_HINT),
    (b"From: Ada\nSubject: CV\nMIME-Version: 1.0\n\nwords", "e-mail", MAIL_HINT),
    (b"From: Ada\nTo: HR\nMessage-ID: <1@example.org>\n\nwords", "e-mail", MAIL_HINT),
    (b"From ada@example.org Tue Nov 24 12:00:00 2026\nReceived: by example.com\n\nwords", "e-mail", MAIL_HINT),
]  # fmt: skip


@pytest.mark.parametrize(("data", "what", "remedy"), FOREIGN, ids=range(len(FOREIGN)))
@pytest.mark.parametrize("name", ["a file", "cv.pdf", "cv.docx", "cv.txt"])
def test_what_is_not_read_is_called_by_its_name_and_comes_with_a_remedy(
    data: bytes, what: str, remedy: str, name: str
) -> None:
    with pytest.raises(UnsupportedError) as caught:
        extract(data, name)
    assert what in caught.value.message
    assert remedy in caught.value.hint


def test_every_line_of_the_tables_is_met_above() -> None:
    tables: list[Any] = [foreign._STREAMS, foreign._MIMETYPES, foreign._PARTS, foreign._BEGINNINGS, foreign._OPENINGS]
    whats = {what for table in tables for _, what, _ in table} | {what for what, _ in foreign._NAMED.values()}
    assert {what for what in whats if not any(said in what for _, said, _ in FOREIGN)} == set()


@pytest.mark.parametrize(("name", "what"), [("a.eml", "e-mail"), ("a.mht", None), ("a.txt", None)])
def test_where_the_content_does_not_tell_a_saved_mail_is_known_by_its_name(name: str, what: str | None) -> None:
    letter = b"From: Ada\nSubject: my application\n\nDear reader, words"
    if what is None:
        assert extract(letter, name).text.endswith("words")
    else:
        with pytest.raises(UnsupportedError, match=what):
            extract(letter, name)


@pytest.mark.parametrize(
    "text",
    [
        "From: Ada Kowalczyk\nTo: Human Resources\nSubject: Application\nDate: 24 November 2026\n\nDear reader,",
        "Received: a medal for chess\nEducation: Leeds",
        "From 2019 to 2024 I worked in Leeds",
        "MZ Consulting, Leeds",
        "BM Autohaus, Halle",
        "ID3 tags are what I know",
        "RIFF and WAVE files are what I know",
        "%PS is a mark",
        '{"name": "Ada"}',
        "name,city\nAda,Leeds",
        "<?xml version='1.0'?><resume><name>Ada</name></resume>",
        "The svg format, the office:document element",
        "PK is short for Peter Klein",
    ],
)
def test_a_text_that_looks_a_little_like_another_kind_is_text(text: str) -> None:
    assert media_type(text.encode(), "a file") == "text/plain"


def test_an_office_file_with_a_password_is_encrypted() -> None:
    with pytest.raises(EncryptedError):
        extract(ole("EncryptionInfo", "EncryptedPackage"), "cv.docx")


@pytest.mark.parametrize("kind", ["template.main", "macroEnabled.main", "macroEnabledTemplate.main", "document.main"])
def test_templates_and_files_with_macros_are_read_like_any_docx(kind: str) -> None:
    types = f"<Types><Override PartName='/word/document.xml' ContentType='application/vnd.ms-word.{kind}+xml'/></Types>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f"<w:document xmlns:w='{space}'>{p('Ada Kowalczyk')}</w:document>"
    data = zipped({"[Content_Types].xml": types, "word/document.xml": document, "word/vbaProject.bin": ole("VBA")})
    assert extract(data, "a.docm").text == "Ada Kowalczyk"


# --- A name that lies -------------------------------------------------------------------------------------------------

READ = {
    "PDF": pdf("Ada Kowalczyk"),
    "DOCX": docx(p("Ada Kowalczyk")),
    "ODT": odt("<text:p>Ada Kowalczyk</text:p>"),
    "flat ODT": b"<office:document %s office:mimetype='application/vnd.oasis.opendocument.text'><office:body><text:p>Ada Kowalczyk"
    b"</text:p></office:body></office:document>" % SPACES.encode(),
    "RTF": RTF,
    "HTML": html("Ada Kowalczyk"),
    "MHTML": b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\nAda Kowalczyk\n--x--",
    "text": b"Ada Kowalczyk",
}
HONEST = {
    "PDF": "a.pdf a.PDF",
    "DOCX": "a.docx a.docm a.dotx a.dotm",
    "ODT": "a.odt a.ott",
    "flat ODT": "a.fodt",
    "RTF": "a.rtf",
    "HTML": "a.html a.htm a.xhtml",
    "MHTML": "a.mht a.mhtml",
    "text": "a.txt a.html a.htm",
}
SILENT = "a a.b.unknown a.md a.csv a.log a. .pdf cv_2026.1"
"""Names that say no kind of their own."""


@pytest.mark.parametrize("kind", READ)
def test_a_name_that_is_true_or_says_nothing_is_not_noted(kind: str) -> None:
    for name in (HONEST[kind] + " " + SILENT).split():
        extraction = extract(READ[kind], name)
        assert (extraction.text, extraction.notices) == ("Ada Kowalczyk", ()), name


LYING = "pdf docx odt rtf html txt doc eml jpg pages xlsx".split()


@pytest.mark.parametrize(
    ("kind", "said"),
    [(kind, said) for kind in READ for said in LYING if f"a.{said}" not in HONEST[kind].split()
     and (kind, said) != ("text", "eml")],
)  # fmt: skip
def test_a_file_is_believed_by_its_content_and_a_name_that_lies_is_noted(kind: str, said: str) -> None:
    extraction = extract(READ[kind], f"cv.{said.upper()}")
    assert extraction.text == "Ada Kowalczyk"
    assert [notice.kind for notice in extraction.notices] == ["misnamed"]
    assert extraction.notices[0].detail == f"its name says {said.upper()}, its content is {kind}"


def test_a_kind_that_is_added_needs_no_second_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.extract.formats.media_type", lambda *_: "image/new")
    read = Extraction("words", (0,), "image/new", "a reader")
    monkeypatch.setitem(EXTRACTORS, "image/new", lambda *_: read)
    assert extract(b"", "a.new") == read


# --- Anything at all --------------------------------------------------------------------------------------------------

BEGINNINGS = (
    [data[:300] for data, _, _ in FOREIGN] + [data[:600] for data in READ.values()] + [b"", b"%PDF-", b"PK\x05\x06"]
)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400), st.text(max_size=12), st.sampled_from(["", *LYING]))
def test_any_bytes_under_any_name_are_read_or_refused_with_a_reason(
    beginning: bytes, rest: bytes, name: str, said: str
) -> None:
    with contextlib.suppress(DocumentError):
        extract(beginning + rest, f"{name}.{said}")


def test_the_kinds_that_are_read_are_these() -> None:
    texts = [kind for kind in EXTRACTORS if not kind.startswith("image/")]
    assert [media_type(data, "a file") for data in READ.values()] == texts
    assert {DOCX, ODT} < set(EXTRACTORS)
