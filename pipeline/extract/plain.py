"""Text, HTML and RTF."""

from __future__ import annotations

import codecs
import re
from importlib.metadata import version

import charset_normalizer
from lxml import etree
from striprtf.striprtf import rtf_to_text

from pipeline.errors import DamagedError, NoTextError, UnsupportedError
from pipeline.extract.clean import clean, has_words
from pipeline.extract.pages import joined
from pipeline.records import Extraction

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 64 * 1024
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SKIPPED = frozenset("script style template head noscript svg math object iframe select textarea".split())
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_SCHEMES = ("http://", "https://", "mailto:", "tel:")


def read_text(data: bytes) -> Extraction:
    """Return plain text, whatever its encoding."""
    return _extraction(clean(decode(data)), "text/plain", "text")


def read_rtf(data: bytes) -> Extraction:
    """Return the text of an RTF file."""
    try:
        text = rtf_to_text(data.decode("latin-1"), errors="replace")
    except (ValueError, UnicodeError, IndexError, KeyError, LookupError) as error:
        raise DamagedError("this RTF file is damaged") from error
    return _extraction(clean(text), "application/rtf", f"striprtf {version('striprtf')}")


def read_html(data: bytes) -> Extraction:
    """Return the text of an HTML page as lines, and its links. Nothing it refers to is fetched."""
    declared = _META_CHARSET.search(data[:4096])
    markup = decode(data, declared[1].decode("ascii") if declared else None)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    if root is None:
        raise NoTextError("this HTML page holds no text")
    targets = (str(link.get("href") or "").strip() for link in root.iter("a"))
    links = tuple(dict.fromkeys(target for target in targets if target.lower().startswith(_SCHEMES)))
    return _extraction(clean(_html_text(root)), "text/html", f"lxml {version('lxml')}", links)


def decode(data: bytes, declared: str | None = None) -> str:
    """Return text from bytes: byte order mark, declared encoding, UTF-8, then the likeliest of the old ones."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in filter(None, (declared, "utf-8")):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    if data.count(0) > 3:
        raise UnsupportedError("this is not text, nor any other kind of file that can be read")
    best = charset_normalizer.from_bytes(data[:_SAMPLE_BYTES]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


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
