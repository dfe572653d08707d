"""Kinds of file that are not read: told by what is in them, with what to save them as.

To add one: a line in the table of how it is told. In each table, the first line that fits counts.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import PurePath
from typing import AnyStr

from pipeline.errors import EncryptedError, UnsupportedError

Rows = tuple[tuple[re.Pattern[AnyStr], str, str], ...]


def _compiled(*rows: tuple[AnyStr, str, str]) -> Rows[AnyStr]:
    return tuple((re.compile(pattern, re.DOTALL), what, hint) for pattern, what, hint in rows)


_IN_WORD = "open it in Word or LibreOffice, save it as DOCX or PDF, and put that in the inbox"
_IN_EXCEL = "open it in Excel or LibreOffice, save it as PDF, and put that in the inbox"
_IN_POWERPOINT = "open it in PowerPoint or LibreOffice, save it as PDF, and put that in the inbox"
_ON_A_MAC = "open it in Pages, Numbers or Keynote, export it as Word or PDF, and put that in the inbox"
_MAIL = "save its attachment and put that in the inbox, or print the mail to PDF and put that in"
_PRINT = "open it, print it to PDF, and put that in the inbox"
_UNPACK = "unpack it, and put the documents that are in it into the inbox"
_UNCODE = "ask the sender for it as an attachment, and put that in the inbox"
_PICTURE = "save it as JPEG or PDF, and put that in the inbox"
_UNSIGN = "take the document out of its signature, and put that in the inbox"
_FOLLOW = "put the document itself in the inbox"
_LEAVE = "do not open it, unless you know what it is and who sent it"
_NO_DOCUMENT = "it is no document; if it came together with one, put that in the inbox"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (
    ("__properties_version1.0", "an Outlook message (.msg)", _MAIL),
    ("WordDocument", "an old Word document (.doc)", _IN_WORD),
    ("Workbook", "an old Excel workbook (.xls)", _IN_EXCEL),
    ("Book", "an old Excel workbook (.xls)", _IN_EXCEL),
    ("PowerPoint Document", "an old PowerPoint presentation (.ppt)", _IN_POWERPOINT),
    ("VisioDocument", "a Visio drawing (.vsd)", _PRINT),
    ("Quill", "a Publisher document (.pub)", _PRINT),
    ("MatOST", "a Works document (.wps)", _IN_WORD),
    ("CONTENTS", "a Works document (.wps)", _IN_WORD),
)
"""Names in the directory of an OLE compound file."""
_DIRECTORY_ENTRY = 128
"""Bytes: an entry begins with its name, in UTF-16, and stands at a multiple of its size."""

_MIMETYPES = _compiled(
    (rb"spreadsheet", "an OpenDocument spreadsheet (.ods)", _IN_EXCEL),
    (rb"presentation", "an OpenDocument presentation (.odp)", _IN_POWERPOINT),
    (rb"(?!text)", "an OpenDocument file that is no text", _PRINT),
)
_MIMETYPE = re.compile(rb".{30}mimetypeapplication/vnd\.oasis\.opendocument\.", re.DOTALL)
"""What a zip of OpenDocument says of itself in its first part, which is not packed."""
_PARTS = _compiled(
    (r"xl/", "an Excel workbook (.xlsx)", _IN_EXCEL),
    (r"ppt/", "a PowerPoint presentation (.pptx)", _IN_POWERPOINT),
    (r"visio/", "a Visio drawing (.vsdx)", _PRINT),
    (r"Index/(Master)?Slide.*\.iwa|index\.apxl", "an Apple Keynote presentation", _ON_A_MAC),
    (
        r"Index/Document\.iwa|Index\.zip|(Metadata/)?[bB]uildVersionHistory\.plist",
        "an Apple Pages or Numbers document",
        _ON_A_MAC,
    ),
    (r"META-INF/container\.xml", "an e-book (EPUB)", _PRINT),
    (r"FixedDoc(umentSequence|Seq)\.fdseq", "an XPS document", _PRINT),
    (r"", "a zip archive", _UNPACK),
)
"""Names in a zip."""
_READ_PARTS = re.compile(r"[/\\]?(?:word[/\\].*|document\.xml|content\.xml)", re.IGNORECASE)
"""Names in what may be a text document, however its program calls the parts of one."""

_BEGINNINGS = _compiled(
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (rb"\x1f\x8b\x08|BZh\d1AY&SY|\xfd7zXZ\0|\x28\xb5\x2f\xfd", "a compressed file", _UNPACK),
    (rb".{257}ustar", "a tar archive", _UNPACK),
    (rb"MSCF\0", "a CAB archive", _UNPACK),
    (rb"\xffWPC", "a WordPerfect document", _IN_WORD),
    (rb"\xdb\xa5-\0|1\xbe\0\0", "a very old Word or Write document", _IN_WORD),
    (rb"\x04?%!PS|\xc5\xd0\xd3\xc6", "a PostScript file", _PRINT),
    (rb"AT&TFORM", "a DjVu document", _PRINT),
    (rb"AC10\d\d\0", "an AutoCAD drawing (.dwg)", _PRINT),
    (rb"\x30.{1,24}\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "a signed file (.p7m)", _UNSIGN),
    (rb"\x78\x9f\x3e\x22", "an attachment of Outlook (winmail.dat)", _MAIL),
    (rb"!BDN", "an Outlook mailbox (.pst)", _MAIL),
    (rb".{4}ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)", "a picture (HEIC)", _PICTURE),
    (rb".{4}ftypavi[fs]", "a picture (AVIF)", _PICTURE),
    (rb"8BPS\0", "a Photoshop picture", _PICTURE),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a picture (JPEG 2000)", _PICTURE),
    (rb"\0\0\x01\0[\x01-\x40]\0", "an icon", _NO_DOCUMENT),
    (rb"\xd7\xcd\xc6\x9a|\x01\0{3}.{36} EMF", "a drawing (WMF or EMF)", _PRINT),
    (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI |0&\xb2u\x8ef\xcf\x11|\0\0\x01[\xba\xb3]|FLV\x01", "a film", _NO_DOCUMENT),
    (rb"RIFF.{4}WAVE|OggS\0|fLaC\0|ID3[\x02-\x04]\0|\xff[\xfb\xf3\xf2]|#!AMR", "a sound", _NO_DOCUMENT),
    (rb"MZ[^\n]*\0|\x7fELF|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe", "a program", _LEAVE),
    (rb"L\0{3}\x01\x14\x02\0|\[InternetShortcut\]", "a link to a document, not the document", _FOLLOW),
    (rb"SQLite format 3\0|\0\x01\0\0Standard (Jet|ACE) DB", "a database", _NO_DOCUMENT),
    (rb"\0\x01\0\0\0|OTTO\0|wOF[F2]|ttcf\0", "a font", _NO_DOCUMENT),
    (rb"bplist00", "a settings file of a Mac", _NO_DOCUMENT),
)
"""A file's first bytes. Where these are letters only, they go on with what no text has."""

_OPENINGS = _compiled(
    (r"begin:vcard", "an address card (vCard)", _PRINT),
    (r"begin:vcalendar", "a calendar entry", _PRINT),
    (r"(<\?xml.*)?<office:document\b", "a flat OpenDocument file (.fodt)", _IN_WORD),
    (r"<\?xml.*(progid=\"excel\.sheet|<workbook\b)", "an Excel workbook in XML", _IN_EXCEL),
    (r"<\?xml.*(progid=\"word\.document|<w:worddocument\b|<pkg:package\b)", "a Word document in XML", _IN_WORD),
    (r"(<\?xml.*)?(<!doctype svg|<svg\b)", "a drawing (SVG)", _PRINT),
    (r"%fdf-|(<\?xml.*)?<xfdf\b", "what was typed into a form (FDF), without the form", _PRINT),
    (r"(jvberi0|uesdbb|0m8r4kgx)[a-z0-9+/=\s]*\Z", "a file packed for e-mail (base64)", _UNCODE),
)
"""A text's opening, in small letters."""

_HEADER_BYTES = 4096
_HEADERS = re.compile(rb"(from [^\n]*\n)?((?:[a-z][a-z0-9-]*:|[ \t]+\S)[^\n]*\n)+")
_BY_POST = re.compile(
    rb"^(received: (from|by) |return-path: *<|delivered-to: \S+@|message-id:\s*<|x-mozilla-status:)", re.MULTILINE
)
_MIME = re.compile(rb"^mime-version: *1", re.MULTILINE)
"""People begin a text with "From:" and "Subject:" too; these only programs write."""
_E_MAIL = ("an e-mail", _MAIL)
_NAMED = {".eml": _E_MAIL}
"""By name, where the content does not tell."""


def refuse_zip(data: bytes) -> None:
    """Raise UnsupportedError for a zip that holds no text document."""
    if opendocument := _MIMETYPE.match(data):
        _refuse_first(_MIMETYPES, [data[opendocument.end() : opendocument.end() + 20]])
        return
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return  # damaged: whoever reads it says so
    if not any(map(_READ_PARTS.fullmatch, names)):
        _refuse_first(_PARTS, names or [""])


def refuse_binary(data: bytes) -> None:
    """Raise UnsupportedError for a file that is known by its first bytes, EncryptedError for an office file with a password."""
    _refuse_first(_BEGINNINGS, [data[:512]])
    if not data.startswith(_OLE):
        return
    if _entry(data, "EncryptedPackage") >= 0:
        raise EncryptedError("this office file is protected with a password")
    found = [(_entry(data, stream), what, hint) for stream, what, hint in _STREAMS]
    # The first one, since another's name may belong to what is embedded.
    _, what, hint = min((row for row in found if row[0] >= 0), default=(0, "an old Word, Excel or Outlook file", ""))
    raise _unsupported(what, hint)


def refuse_text(data: bytes, opening: str, name: str) -> None:
    """Raise UnsupportedError for a text that is not one for people. `opening`: its first letters, small."""
    _refuse_first(_OPENINGS, [opening])
    kind = _mail(data) or _NAMED.get(PurePath(name).suffix.lower())
    if kind:
        raise _unsupported(*kind)


def is_saved_page(data: bytes) -> bool:
    """Tell whether a file is a web page that was saved together with what it shows (MHTML), by the headers it begins with."""
    headers = _headers(data)
    return bool(_MIME.search(headers)) and b"multipart/related" in headers and not _BY_POST.search(headers)


def _headers(data: bytes) -> bytes:
    """Return the headers that a file begins with, in small letters."""
    found = _HEADERS.match(data[:_HEADER_BYTES].lstrip().lower())
    return found[0] if found else b""


def _mail(data: bytes) -> tuple[str, str] | None:
    """Return what a mail is called, where a file is one by the headers it begins with."""
    headers = _headers(data)
    return _E_MAIL if _BY_POST.search(headers) or _MIME.search(headers) else None


def _entry(data: bytes, name: str) -> int:
    """Return where an OLE file's directory has this name; -1: it has not."""
    mark = name.encode("utf-16-le") + b"\0\0"
    at = data.find(mark)
    while at >= 0 and at % _DIRECTORY_ENTRY:
        at = data.find(mark, at + 1)
    return at


def _refuse_first(rows: Rows[AnyStr], beginnings: Sequence[AnyStr]) -> None:
    """Raise for the first row whose pattern one of these begins with."""
    for pattern, what, hint in rows:
        if any(map(pattern.match, beginnings)):
            raise _unsupported(what, hint)


def _unsupported(what: str, hint: str) -> UnsupportedError:
    return UnsupportedError(f"this is {what}", hint)
