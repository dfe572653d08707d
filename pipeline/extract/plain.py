"""Text, HTML and RTF."""

from __future__ import annotations

import codecs
import re
from importlib.metadata import version

import chardet
from chardet import EncodingEra
from lxml import etree
from striprtf.striprtf import rtf_to_text

from pipeline.errors import DamagedError, LimitError, NoTextError, UnsupportedError
from pipeline.extract.clean import clean, has_words
from pipeline.extract.markup import kept_links, syntax_error
from pipeline.extract.pages import joined
from pipeline.records import Extraction

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SKIPPED = frozenset("script style template head noscript svg math object iframe select textarea".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)


def read_text(data: bytes) -> Extraction:
    """Return plain text, whatever its encoding."""
    return _extraction(clean(decode(data)), "text/plain", "text")


def read_rtf(data: bytes) -> Extraction:
    """Return the text of an RTF file."""
    try:
        text = rtf_to_text(data.decode("latin-1"), errors="replace")
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise DamagedError("this RTF file is damaged") from error
    return _extraction(clean(text), "application/rtf", f"striprtf {version('striprtf')}")


def read_html(data: bytes) -> Extraction:
    """Return the text of an HTML page as lines, and its links. Nothing it refers to is fetched."""
    declared = _META_CHARSET.search(data[:4096])
    markup = decode(data, declared[1].decode("ascii") if declared else None)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise syntax_error(error, "this HTML page is damaged") from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise LimitError("this HTML page is nested deeper than is safe to read")
    if root is None:
        raise NoTextError("this HTML page holds no text")
    links = kept_links(link.get("href") for link in root.iter("a"))
    return _extraction(clean(_html_text(root)), "text/html", f"lxml {version('lxml')}", links)


def decode(data: bytes, declared: str | None = None) -> str:
    """Return text from bytes: byte order mark, declared encoding, UTF-8, then the likeliest of the old ones."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data.count(0) > 3:
        raise UnsupportedError("this is not text, nor any other kind of file that can be read")
    if declared and declared.lower().startswith("utf-16"):
        declared = "utf-8"  # it could not have been read so far if it were (WHATWG says the same)
    for encoding in filter(None, (declared, "utf-8")):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    # Lines of plain ASCII tell nothing, and there may be many of them before the first that does.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())
    found = chardet.detect(telling, encoding_era=EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO)
    return data.decode(found["encoding"] or "cp1252", "replace")


def _extraction(text: str, media_type: str, extractor: str, links: tuple[str, ...] = ()) -> Extraction:
    if not has_words(text):
        raise NoTextError(
            "there is no text in it", "look at the file; if it should hold text, ask the sender for it again"
        )
    text, starts = joined([text])
    return Extraction(text, starts, media_type, extractor, links)


def _html_text(root: etree._Element) -> str:
    """Walk without recursion, so that 100,000 nested elements are only slow."""
    pieces: list[str] = []
    skipping = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        start = event == "start"
        skipping += (tag in _SKIPPED) * (1 if start else -1)
        if tag in _BLOCKS:
            pieces.append("\n")
        elif tag in ("td", "th") and not start:
            pieces.append("\t")
        words = node.text if start else node.tail
        if words and not skipping:
            pieces.append(words if tag == "pre" and start else re.sub(r"\s+", " ", words))
    lines = (re.sub(r"[ \t]*\t[ \t]*", "\t", line).strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
