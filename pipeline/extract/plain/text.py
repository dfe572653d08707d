"""Text and RTF."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

from pipeline.errors import DamagedError, UnsupportedError
from pipeline.extract.clean import damaged_share
from pipeline.extract.limits import Limits
from pipeline.extract.pages import without_pages
from pipeline.extract.plain.misread import misread_share, nearly_utf_8, read_once
from pipeline.records import Extraction

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_OF_MAINFRAMES = ("cp037", "cp500", "cp273", "cp1026")
"""EBCDIC, whose letters and digits are no ASCII, and whose blank is an "@" there."""
_PLAIN = bytes((*b"\t\n\r", *range(32, 127)))
_MOSTLY = 0.8
"""Share of plain bytes from which on zeros in a text are noise. Of wide letters as many bytes are zeros, or half are none of these."""
_RARELY, _BLANKS = 0.3, 0.05
"""Shares of plain bytes, and of what may be blanks, below and from which on a text without others may come from a mainframe."""
_ESCAPED = (
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
    (re.compile(rb"\x1b\$"), "iso2022_jp_2"),
    (re.compile(rb"~\{(?:[!-w][!-~])++~\}"), "hz"),
    (re.compile(rb"(?:\+(?=[\d/]*+[A-Za-z])[\w/]{3,}+[^+]*+){5}"), "utf-7"),  # no other "+" can be decoded
)
"""Marks of encodings that are made of ASCII alone, and so would pass for UTF-8."""
_AS_BROWSERS = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
"""What is meant where these are declared: Windows' own letters beyond them are used all the same (WHATWG, Encoding)."""
_FOR_TERMINALS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)|[^\n]\x08")
"""Colours and links of a terminal, and letters that are printed over by the next one."""
_PADDING = re.compile(rb"\0{16,}\Z")
"""Some systems fill a file up to the end of a block."""
_NOISE = 0.05
"""Share of characters that stand for nothing, from which on bytes are no text in the encoding they were taken for."""

_WESTERN = ("cp1252", "iso8859-1", "iso8859-15", "cp1257")
"""Western Europe's encodings, and the one that Estonian is in, which looks much like them."""
_OF_OLD = (
    *("cp1252", "cp1250"),
    *("cp850", "cp437", "cp852", "cp866", "cp737", "cp857", "cp862", "cp869"),
    *("mac-roman", "mac-latin2", "mac-cyrillic"),
)
"""What a text may be that does not read well otherwise: DOS and the first Macs; short ones are Windows' more often."""
_AS_LIKELY = 0.9
"""Share of the likeliest encoding's likelihood from which on a more usual one is taken: the text has few letters that tell."""
_MISREAD, _CLEARLY = 0.1, 0.25
"""Share of letters and signs out of place from which on others are tried, and share of these that may be left then."""


def read_text(data: bytes, limits: Limits) -> Extraction:
    """Return plain text, whatever its encoding."""
    text = decode(data)
    if "\x1b" in text or "\b" in text:
        text = _FOR_TERMINALS.sub("", text)
    return without_pages([text], limits, media_type="text/plain", extractor="text")


def read_rtf(data: bytes, limits: Limits) -> Extraction:
    """Return the text of an RTF file."""
    from importlib.metadata import version  # noqa: PLC0415  # a tenth of a reader's start, and striprtf alone needs it

    from pipeline.extract.markup import kept_links  # noqa: PLC0415
    from pipeline.extract.plain.rtf import read_parts  # noqa: PLC0415

    try:
        found = read_parts(data[data.index(b"{\\rtf") :].decode("latin-1"))
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise DamagedError("this RTF file is damaged") from error
    return without_pages(
        [read_once(part) for part in found.parts],
        limits,
        media_type="application/rtf",
        extractor=f"striprtf {version('striprtf')}",
        links=kept_links(found.links),
        hidden=found.hidden,
    )


def decode(data: bytes, declared: str | None = None) -> str:
    """Return text from bytes: byte order mark, declared encoding, UTF-8, then the likeliest of the old ones.

    UTF-8 that was taken for an old one and written as UTF-8 again is read as it was meant.
    """
    return read_once(_decoded(data, declared))


def _decoded(data: bytes, declared: str | None) -> str:
    data = _unpadded(data)
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if data.count(0) > 3:
        if _plain_share(data) < _MOSTLY:
            return _guessed(data, data, _WIDE)
        data = data.replace(b"\0", b"")
    if declared and declared.lower().startswith("utf-16"):
        declared = "utf-8"  # it could not have been read so far if it were (WHATWG says the same)
    escaped = next((encoding for mark, encoding in _ESCAPED if mark.search(data)), None)
    for encoding in filter(None, (declared, escaped, "utf-8")):
        try:
            return data.decode(_AS_BROWSERS.get(codecs.lookup(encoding).name, encoding))
        except (UnicodeError, LookupError):
            continue
    if b" " not in data and data.count(b"@") > _BLANKS * len(data) and _plain_share(data) < _RARELY:
        return _guessed(data, data, _OF_MAINFRAMES)
    nearly = nearly_utf_8(data, "cp1252")
    if nearly is not None:
        return nearly
    # Lines of plain ASCII tell nothing, and there may be many of them before the first that does.
    telling = b"\n".join(line for line in data.splitlines() if not line.isascii())
    return _guessed(data, telling)


def _plain_share(data: bytes) -> float:
    """Return how many of the bytes are plain."""
    return 1 - len(data.translate(None, _PLAIN)) / max(1, len(data))


def _unpadded(data: bytes) -> bytes:
    """Return a file without what fills its last block; of wide letters the last one may end in such bytes, too."""
    padding = _PADDING.search(data)
    if not padding:
        return data
    kept = data[: padding.start()]
    return kept + bytes(-len(kept) % 4) if 0 in kept else kept


def _guessed(data: bytes, telling: bytes, among: tuple[str, ...] = ()) -> str:
    """Return text in its likeliest encoding, by those of its bytes that tell. Raises UnsupportedError for noise."""
    found = _guesses(telling, among)
    best = found[0][0]
    if not among and best not in _WESTERN:
        best = _likeliest(found, _WESTERN)[0]
    text = data.decode(best, "replace")
    text = text if among else _read_anew(text, data, telling)
    if damaged_share(text) > _NOISE:
        raise UnsupportedError("this is not text, nor any other kind of file that can be read")
    return text


def _read_anew(text: str, data: bytes, telling: bytes) -> str:
    """Return a text that is clearly misread in another encoding, if there is one in which it clearly is not."""
    misread = misread_share(text)
    if misread < _MISREAD and damaged_share(text) <= _NOISE:
        return text
    encodings = _likeliest(_guesses(telling, _OF_OLD), _OF_OLD)
    best = min((data.decode(encoding, "replace") for encoding in encodings), key=misread_share)
    return best if misread_share(best) <= _CLEARLY * misread else text


def _guesses(telling: bytes, among: tuple[str, ...]) -> list[tuple[str, float]]:
    """Return encodings with their likelihood, the likeliest first: of these, or else of today's."""
    import chardet  # noqa: PLC0415  # most texts are UTF-8, and need none of it
    from chardet import EncodingEra  # noqa: PLC0415

    otherwise = among[0] if among else _WESTERN[0]
    found = chardet.detect_all(
        telling,
        ignore_threshold=True,
        encoding_era=EncodingEra.ALL if among else EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO,
        include_encodings=among or None,
        no_match_encoding=otherwise,
        empty_input_encoding=otherwise,
        compat_names=False,
    )
    return [(guess["encoding"] or otherwise, guess["confidence"]) for guess in found]


def _likeliest(found: Sequence[tuple[str, float]], usual: Sequence[str]) -> list[str]:
    """Return the encodings that were found, the likeliest first; of those that are as likely the most usual."""
    least = _AS_LIKELY * found[0][1]
    likely = {encoding for encoding, likelihood in found if likelihood >= least}
    first = (encoding for encoding in usual if encoding in likely)
    return list(dict.fromkeys((*first, *(encoding for encoding, _ in found))))
