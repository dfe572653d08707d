"""The zip that an office file is: nothing is unpacked to disk, entities are not resolved, and no part may burst."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib

from lxml import etree

from pipeline.errors import DamagedError, EncryptedError, LimitError
from pipeline.extract.limits import Limits
from pipeline.extract.markup import syntax_error
from pipeline.extract.office.hidden import W as _W

_STRICT, _TRANSITIONAL = b"http://purl.oclc.org/ooxml/wordprocessingml/main", _W.strip("{}").encode()
"""Word's "Strict Open XML" is the same language under another name."""
# RuntimeError: packed in a way that Python does not know.
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, KeyError, EOFError, RuntimeError, OSError, ValueError,
)  # fmt: skip
_WRONG_IDS = frozenset((etree.ErrorTypes.DTD_ID_REDEFINED, etree.ErrorTypes.DTD_XMLID_VALUE))
_LOCKED = 1
"""Flag of an entry of a zip."""
_UTF_16 = ((b"\xff\xfe", "utf-16-le"), (b"<\x00", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\x00<", "utf-16-be"))
_DECLARED = re.compile(r"\A\ufeff?\s*(?:<\?xml[^>]*\?>)?")


class Archive:
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
        self._entries = {name: entry for entry in entries if (name := _plain_name(entry.filename))}
        self.names = list(self._entries)

    def read(self, name: str, missing: bytes | None = None) -> bytes:
        """Return the bytes of a part, by its name in small letters; `missing` stands for one that is not there."""
        if name not in self._entries and missing is not None:
            return missing
        try:
            entry = self._entries[name]
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
        try:
            return etree.fromstring(data, _parser())
        except etree.XMLSyntaxError as error:
            if getattr(error, "code", None) in _WRONG_IDS and (root := _with_wrong_ids(data)) is not None:
                return root
            raise syntax_error(error, f"this office file is damaged: its part {name} is not XML") from error


def _plain_name(name: str) -> str:
    r"""Return a part's name as all programs take it: some write word\\document.xml, /word/document.xml or Word/Document.xml."""
    return name.replace("\\", "/").lstrip("/").lower()


def _parser(*, recover: bool = False) -> etree.XMLParser:
    # With collect_ids=False it would load what a document type names, so ids are collected.
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover)


def _with_wrong_ids(data: bytes) -> etree._Element | None:
    """Return the root of a part with nothing wrong but its ids, given twice or no names: nothing is looked up by them here."""
    parser = _parser(recover=True)
    root = etree.fromstring(data, parser)
    return root if all(entry.type in _WRONG_IDS for entry in parser.error_log) else None
