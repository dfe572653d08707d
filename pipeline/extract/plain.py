"""Text, HTML and RTF."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator

import chardet
from chardet import EncodingEra
from lxml import etree
from striprtf.striprtf import rtf_to_text

from pipeline.errors import DamagedError, LimitError, NoTextError, UnsupportedError
from pipeline.extract.clean import damaged_share
from pipeline.extract.css import Look, Sheet
from pipeline.extract.limits import Limits
from pipeline.extract.markup import kept_links, syntax_error
from pipeline.extract.pages import without_pages
from pipeline.extract.unseen import letters
from pipeline.records import Extraction

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_ESCAPED = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"))
"""Marks of encodings that are made of ASCII alone, and so would pass for UTF-8."""
_NOISE = 0.05
"""Share of characters that stand for nothing, from which on bytes are no text in the encoding they were taken for."""
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SKIPPED = frozenset("script style template head noscript svg math object iframe select textarea".split())
_RTF_HIDDEN = re.compile(r"\\v[01]?(?![a-z0-9-]) ?")
_RTF_PIECES = re.compile(r"(\\v[01]?(?![a-z0-9-]) ?|\\[\\{}]|[{}])")
_RTF_CONTROL = re.compile(r"\\(?:[a-z]+-?\d* ?|'[0-9a-f]{2}|.)", re.DOTALL)
_BLANKS = re.compile(r"[ \t]+")
_NEVER_SHOWN = frozenset(("template", "noscript"))
_CODE = "code"
"""How text in elements that hold no text for people is hidden: not worth telling."""
_SHORT_COMMENT = 30
"""Characters."""
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul /pre".split()
)


def read_text(data: bytes, limits: Limits) -> Extraction:
    """Return plain text, whatever its encoding."""
    return without_pages([decode(data)], limits, media_type="text/plain", extractor="text")


def read_rtf(data: bytes, limits: Limits) -> Extraction:
    """Return the text of an RTF file."""
    from importlib.metadata import version  # noqa: PLC0415  # a tenth of a reader's start, and striprtf alone needs it

    shown, hidden = _rtf_shown(data.decode("latin-1"))
    try:
        text = rtf_to_text(shown, errors="replace")
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise DamagedError("this RTF file is damaged") from error
    reader = f"striprtf {version('striprtf')}"
    return without_pages([text], limits, media_type="application/rtf", extractor=reader, hidden={"marked": hidden})


def read_html(data: bytes, limits: Limits) -> Extraction:
    """Return the text of an HTML page as lines, and its links. Nothing it refers to is fetched."""
    declared = _META_CHARSET.search(data[:4096])
    markup = decode(data, declared[1].decode("ascii") if declared else None)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise syntax_error(error, "this HTML page is damaged") from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise LimitError("this HTML page is nested deeper than is safe to read")
    if root is None:
        raise NoTextError("this HTML page holds no text")
    text, hidden, targets = _html_text(root)
    reader = f"lxml {etree.__version__}"
    return without_pages(
        [text], limits, media_type="text/html", extractor=reader, links=kept_links(targets), hidden=hidden
    )


def decode(data: bytes, declared: str | None = None) -> str:
    """Return text from bytes: byte order mark, declared encoding, UTF-8, then the likeliest of the old ones."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data.count(0) > 3:
        return _guessed(data, data, _WIDE)
    if declared and declared.lower().startswith("utf-16"):
        declared = "utf-8"  # it could not have been read so far if it were (WHATWG says the same)
    escaped = next((encoding for mark, encoding in _ESCAPED if mark in data), None)
    for encoding in filter(None, (declared, escaped, "utf-8")):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    # Lines of plain ASCII tell nothing, and there may be many of them before the first that does.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())
    return _guessed(data, telling)


def _guessed(data: bytes, telling: bytes, among: tuple[str, ...] | None = None) -> str:
    """Return text in its likeliest encoding, by those of its bytes that tell. Raises UnsupportedError for noise."""
    eras = EncodingEra.ALL if among else EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO
    otherwise = among[0] if among else "cp1252"
    found = chardet.detect(telling, encoding_era=eras, include_encodings=among, no_match_encoding=otherwise)
    text = data.decode(found["encoding"] or otherwise, "replace")
    if damaged_share(text) > _NOISE:
        raise UnsupportedError("this is not text, nor any other kind of file that can be read")
    return text


def _rtf_shown(rtf: str) -> tuple[str, int]:
    r"""Return an RTF without what \v marks as hidden, up to \v0 or the end of its group, and how many letters that was."""
    if not _RTF_HIDDEN.search(rtf):
        return rtf, 0
    shown: list[str] = []
    count, states = 0, [False]
    for piece in _RTF_PIECES.split(rtf):
        if _RTF_HIDDEN.fullmatch(piece):
            states[-1] = "0" not in piece
        elif piece in ("{", "}"):
            if piece == "{":
                states.append(states[-1])
            elif len(states) > 1:
                states.pop()
            shown.append(piece)
        elif states[-1]:
            count += letters(_RTF_CONTROL.sub("", piece))
        else:
            shown.append(piece)
    return "".join(shown), count


def _html_text(root: etree._Element) -> tuple[str, Counter[str], list[str]]:
    """Return the text of a page, how many characters are hidden in which way, and where its visible links lead.

    Without recursion, for the deepest page.
    """
    hidden: Counter[str] = Counter()
    targets: list[str] = []
    pieces: list[str] = []
    for tag, words, how in _html_words(root, hidden, targets):
        if tag in _BLOCKS:
            pieces.append("\n")
        elif tag == "/td":
            pieces.append("\t")
        if how:
            hidden[how] += letters(words)
        elif words:
            pieces.append(words if tag == "pre" else re.sub(r"\s+", " ", words))
    lines = (_BLANKS.sub(_blanks, line).strip() for line in "".join(pieces).split("\n"))
    del hidden[_CODE]
    return "\n".join(line for line in lines if line), hidden, targets


def _blanks(found: re.Match[str]) -> str:
    """Return the tab that a run of blanks holds, or the run."""
    return "\t" if "\t" in found[0] else found[0]


def _html_words(root: etree._Element, hidden: Counter[str], targets: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each tag, opened or closed, the words that follow it, and how they are hidden (empty: they are seen).

    Comments are counted in `hidden`, visible links are put into `targets`.
    """
    sheet = Sheet.of("\n".join(style.text or "" for style in root.iter("style")))
    looks = [Look(is_on_white=not sheet.has_unknown_grounds)]
    for event, node in etree.iterwalk(root, events=("start", "end", "comment")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            look = looks[-1]
            if tag in _SKIPPED:
                look = look._replace(gone=look.gone or ("marked" if tag in _NEVER_SHOWN else _CODE))
            elif node.attrib or sheet.looks_at(tag):
                look = look.within(sheet.said(tag, dict(node.attrib.items())))
            looks.append(look)
            if tag == "a" and not look.hidden():
                targets.append(node.get("href", ""))
            yield tag, node.text or "", look.hidden()
            continue
        if event == "comment":
            hidden["comment"] += _letters_of_comment(node.text or "")
        else:
            looks.pop()
        name = "/td" if tag in ("td", "th") else "/pre" if tag == "pre" else tag
        yield name, node.tail or "", looks[-1].hidden()


def _letters_of_comment(text: str) -> int:
    """Return how many letters a comment says; 0 for a condition of an old browser, and for a designer's short note."""
    said = letters(re.sub(r"<[^<>]*>", " ", text))
    return 0 if said < _SHORT_COMMENT or text.lstrip().startswith("[if") else said
