"""What a PDF's structure says, as pypdf reads it, that pdfium does not tell: its layers, and ligatures by their names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pypdf

_LIGATURES = {"/f_f": "ﬀ", "/f_i": "ﬁ", "/f_l": "ﬂ", "/f_f_i": "ﬃ", "/f_f_l": "ﬄ"}
_LIGATURES |= {name.replace("_", ""): ligature for name, ligature in _LIGATURES.items()}
NO_MEANING = re.compile("[\x01\x03-\x08\x0b\x0c\x0e-\x1f]")
"""A character that stands for nothing in what pdfium gives; U+0002 is its hyphen at the end of a line."""


def has_layers(reader: pypdf.PdfReader) -> bool:
    """Tell whether a file has optional content (layers): which of it is shown, conditions may decide."""
    return bool(_entry(_entry(reader.root_object, "/OCProperties"), "/OCGs"))


def layers_off(reader: pypdf.PdfReader) -> bool:
    """Tell whether a file has optional content (layers) of which some may be switched off."""
    default = _entry(_entry(reader.root_object, "/OCProperties"), "/D")
    return bool(default.get("/OFF") or default.get("/AS")) or default.get("/BaseState") == "/OFF"


def ligatures(reader: pypdf.PdfReader) -> dict[int, str]:
    """Return the ligatures of which pdfium gives bare codes, by code, as far as the fonts of a file agree."""
    named: defaultdict[int, set[str]] = defaultdict(set)
    for page in reader.pages:
        for font in _entry(_entry(page, "/Resources"), "/Font").values():
            for code, name in _named(font.get_object()):
                if NO_MEANING.match(chr(code)):
                    named[code].add(_LIGATURES.get(name, ""))
    return {code: name for code, (name, *others) in named.items() if name and not others}


def _named(font: Any) -> Iterator[tuple[int, str]]:
    """Yield the codes to which a font gives names of its own."""
    encoding = _entry(font, "/Encoding")
    code = 0
    for entry in _entry(encoding, "/Differences") if hasattr(encoding, "get") else ():
        if isinstance(entry, int):
            code = entry
        else:
            yield code, str(entry)
            code += 1


def _entry(holder: Any, key: str) -> Any:
    value = holder.get(key)
    return {} if value is None else value.get_object()
