"""What stands behind a label that a user's own schema names.

Promise: the value as printed behind that very label, however its accents, its small words and "number" are written, or
what is listed below it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import letters_only, phrases, split_words

_LONGEST_VALUE, _LONGEST_LABEL, _MOST_ITEMS = 200, 60, 200
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SAYS = re.compile(r"\w|\[ ?\]")
"""What a value has that says something, were it an empty box; a dash stands for nothing."""
_ELIDED = re.compile(r"(?<![^\W\d_])[dl]['’](?=[^\W\d_])", re.IGNORECASE)
_INITIALS = re.compile(r"(?<![^\W\d_])([^\W\d_])/([^\W\d_])(?![^\W\d_])")
"""An abbreviation with a stroke: "B/L number" is called "bl_number"."""
_NUMBER_COMPOUND = re.compile(r"([^\W\d_]{3,})(?:nummer|nr)")
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


def listed_values(lines: Sequence[Line]) -> dict[str, list[str]]:
    """Return the lines below each label that stands alone, up to a gap or the next label; without a colon a list's items."""
    values: dict[str, list[str]] = {}
    for at, line in enumerate(lines[:-1]):
        first = lines[at + 1]
        if len(line.text) > _LONGEST_LABEL or line.bullet or not (first.bullet or line.text.endswith(":")):
            continue
        below = lines[at + 1 : at + 1 + _MOST_ITEMS]
        may_follow = _is_bullet if first.bullet else _is_item
        values.setdefault(label_key(line.text), [item.text for item in itertools.takewhile(may_follow, below)])
    values.pop("", None)
    return values


def _is_bullet(line: Line) -> bool:
    return line.bullet


def _is_item(line: Line) -> bool:
    """Tell whether a line goes on below a label: it is none itself, with or without its value."""
    return not line.gap and ":" not in line.text[:_LONGEST_LABEL] and "\t" not in line.text


def label_key(label: str) -> str:
    """Return a label as it is compared, in any order of its words.

    "Número de factura" is "numero_factura", "E-mail" is "email", "Date of purchase" is "purchase_date".
    """
    small, numbers = phrases("business", "small_words"), phrases("business", "number_words")
    plain = _INITIALS.sub(r"\1\2", _ELIDED.sub("", label)).replace("-", " ")  # "Lieferschein-Nr." has a number word
    words = [part for word in split_words(plain) for part in _NUMBER_COMPOUND.sub(r"\1 nr", word.key).split()]
    kept = [word for word in words if word not in small] or words
    keys = (_TRANSCRIBED.sub(r"\1", letters_only("number" if word in numbers else word)) for word in kept)
    return "".join(sorted(keys))
