"""What the readers of XML, HTML and PDF have in common: libxml2's errors, and links worth keeping."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from pipeline.errors import DamagedError, LimitError
from pipeline.extract.clean import clean

_SCHEMES = ("http://", "https://", "mailto:", "tel:")


def syntax_error(error: etree.XMLSyntaxError, message: str) -> Exception:
    """Return what a parser's error means: it says "syntax" also when its memory or its patience ran out."""
    code = getattr(error, "code", None)
    if code == etree.ErrorTypes.ERR_NO_MEMORY:
        return MemoryError()
    if code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return LimitError("it is nested deeper, or holds a longer piece, than is safe to read", "save it anew as PDF")
    return DamagedError(message)


def kept_links(targets: Iterable[object]) -> tuple[str, ...]:
    """Return the targets that lead to a page, an address or a telephone, each once. They are shown, never fetched."""
    cleaned = (clean(str(target or "")).strip() for target in targets)
    return tuple(dict.fromkeys(target for target in cleaned if target.lower().startswith(_SCHEMES)))
