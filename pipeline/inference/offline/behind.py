"""What stands behind a label that a user's own schema names.

Promise: the value as printed behind that very label, however its accents, its small words and "number" are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import letters_only, phrases, split_words

_LONGEST_VALUE = 200
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SAYS = re.compile(r"\w|\[ ?\]")
"""What a value has that says something, were it an empty box; a dash stands for nothing."""
_TRANSCRIBED = re.compile("([aou])e")
"""How an umlaut is written in a property's name: "wohnflaeche"."""


def labelled_values(lines: Iterable[Line]) -> dict[str, str]:
    """Return what the document prints behind each label, by its key: "Cost centre: 4711". The first of a label counts."""
    values: dict[str, str] = {}
    for line in lines:
        label, separator, value = line.text[:_LONGEST_VALUE].replace("\t", ":").partition(":")
        if separator and _SAYS.search(value):
            for name in dict.fromkeys((label, _BRACKETS.sub("", label))):
                values.setdefault(label_key(name), value.strip(" :"))
    values.pop("", None)
    return values


def label_key(label: str) -> str:
    """Return a label as it is compared: "Número de factura" is "numero_factura", "E-mail" is "email"."""
    small, numbers = phrases("business", "small_words"), phrases("business", "number_words")
    words = [word.key for word in split_words(label.replace("-", " "))]  # "Lieferschein-Nr." has a number word
    kept = [word for word in words if word not in small] or words
    return "".join(_TRANSCRIBED.sub(r"\1", letters_only("number" if word in numbers else word)) for word in kept)
