"""Where the name of a party ends: what it is called, without how it is addressed and where it lives.

Promise: a piece of the text as printed, or None where it holds no name.
"""

from __future__ import annotations

import itertools
import re

from pipeline.inference.offline.scores import has_legal_form, is_legal_form
from pipeline.inference.offline.words import phrases, split_words, word_list

_LONGEST_NAME, _MOST_WORDS_OF_FIRM = 80, 7
_MOST_WORDS, _MOST_WORDS_OF_FORM, _MOST_OF_BRANCH = 9, 4, 2
_LONGEST_SMALL_WORD = 3
"""Of a name: "and", "von", "e"; a legal form has points."""
_END_OF_NAME = re.compile(
    r"\t|\s[-–—|•·●]\s|\s\(|\s*<|,\s+(?!(?:Inc|LLC|Ltd|Lda|S\.|Corp|Co\b|GmbH|s\.))|;|:\s|\s+\d{1,5}\b|\s*[„\"“]"
)
_FIRM = re.compile(r"[^\t;:–—|•·@„\"“”«»]+")
"""What the name of a firm is looked for in, up to its legal form: it may hold brackets, numbers and commas."""
_QUOTED = re.compile(r"\s*[„\"“«]([^„\"“”«»]{2,60})[\"“”»]")
NUMBERING = re.compile(r"^(?:\(?(?:\d{1,2}|[a-dA-D]|i{1,3})[.)]|[1-9]\s)\s*")
"""In front of a party: "1.", "(b)"."""
_HAS_POINT = re.compile(r"\.\w{1,2}$|\b(?:Inc|Ltd|Co|Corp|Ltda?|Lda|Şti|Kft|Zrt|Nyrt|Bt)$")
"""A legal form that is written with a point at its end."""
_NO_NAME = re.compile(r"[@]|https?:|www\.|\d{4,}|^\W*$")


def tidy_name(text: str) -> str | None:
    """Return the name a text begins with, or None."""
    bare = NUMBERING.sub("", text.strip(" \t:,.•·●|–—-"))
    bare = _without_address_form(bare[phrases("business", "one_side").prefix(bare) :].lstrip(" ,:"))
    bare = _without_honour(_without_residence(bare))
    name = _firm(bare) or _with_quoted(bare) or _without_street(bare)
    form = _to_legal_form(name) or name
    is_whole = name == bare and form[-1:].isalpha() and _is_branch(name[len(form) :])
    name = name if is_whole else form
    if text.rstrip().endswith(f"{name}.") and _HAS_POINT.search(name):
        name += "."
    is_name = 2 <= len(name) <= _LONGEST_NAME and re.search(r"[^\W\d_]{2}", name) and len(name.split()) <= _MOST_WORDS
    if not is_name or _NO_NAME.search(name):
        return None
    return name


def _is_branch(rest: str) -> bool:
    """Tell whether what ends a line behind a legal form belongs to the name: "Anker AG Mitte", not "Anker AG z siedzibą"."""
    words = rest.split()
    if phrases("business", "titles").prefix(rest):  # "Anker AG Invoice"
        return False
    return 0 < len(words) <= _MOST_OF_BRANCH and all(word.isalpha() and word[0].isupper() for word in words)


def _without_street(text: str) -> str:
    """Return a text up to where a name ends, without the "of" in front of the number of a house."""
    end = _END_OF_NAME.search(text)
    words = text[: end.start() if end else None].strip(" ,:").split()
    if end and end[0].strip().isdecimal():
        known = phrases("business", "before_street")
        count = next((count for count in range(min(4, len(words) - 1), 0, -1) if " ".join(words[-count:]) in known), 0)
        words = words[: len(words) - count]
    return " ".join(words)


def _without_address_form(text: str) -> str:
    """Leave out how a person is addressed ("Frau Ida Berg") and an article that is no part of a name ("der Anker AG")."""
    end = phrases("business", "address_forms").prefix(text)
    rest = text[end:].lstrip(" .")
    if end and rest[:1].isupper():
        return rest
    first, _, rest = text.partition(" ")
    return rest if first in word_list("business")["articles"] and rest[:1].isupper() else text


def _without_residence(text: str) -> str:
    """Leave out where a person lives, and who speaks for it: "Ida Berg zurzeit wohnhaft Hauptstr. 8"."""
    words = split_words(text)
    at = next((at for at, _ in phrases("business", "behind_name").find(words) if at), None)
    return text[: words[at].start].rstrip(" ,") if at else text


def _without_honour(text: str) -> str:
    return next((text[: -len(word)].rstrip() for word in word_list("business")["honours"] if text.endswith(word)), text)


def _firm(text: str) -> str | None:
    """Return the name of a firm that holds what ends other names: "The Old Mill (Bath) Ltd", "Smith, Jones & Co. LLP"."""
    found = _FIRM.match(text)
    name = (_to_legal_form(found[0].strip()) or "").rstrip(",") if found else ""
    if not name or not _END_OF_NAME.search(name) or len(name.split()) > _MOST_WORDS_OF_FIRM:
        return None
    words = name.replace("(", " ").replace(")", " ").split()
    is_list = "," not in name or _joins(name.rpartition(",")[2])
    small = [word for word in words if not (word[0].isupper() or word[0].isdigit() or "." in word)]
    return name if is_list and all(len(word) <= _LONGEST_SMALL_WORD for word in small) else None


def _joins(text: str) -> bool:
    """Tell whether an "and" joins the last names of a list: "Smith, Jones & Co. LLP"."""
    words = text.split()
    return any(word in phrases("skills", "and") for word in words[1:-1])


def _with_quoted(text: str) -> str | None:
    """Return a name that is partly in quotes, as in the East: 'UAB "Baltic Trade House"', not 'Anker Ltd "the Supplier"'."""
    found = _QUOTED.search(text)
    before = text[: found.start()] if found else ""
    if not found or _END_OF_NAME.search(before) or has_legal_form(before) or not 1 <= len(before.split()) <= 3:
        return None
    if not all(word[:1].isupper() for word in before.split()) or not found[1][:1].isupper():
        return None
    words = text[found.end() :].strip(" ,").split()[:_MOST_WORDS_OF_FORM]
    forms = (" ".join(words[:count]).rstrip(",") for count in range(len(words), 0, -1))
    return " ".join([text[: found.end()], *[form for form in forms if is_legal_form(form)][:1]])


def _leads_to_form(words: list[str]) -> bool:
    """Tell whether an "and" goes on in a legal form: "GmbH & Co. KG", not "Anker GmbH und Aumann GmbH"."""
    return len(words) > 1 and words[0] in ("&", "und") and has_legal_form(f"x {words[1]}")


def _to_legal_form(name: str) -> str | None:
    """Return a firm's name up to the end of its legal form: "Kłos Sp. z o.o. z siedzibą w Krakowie" goes on too long."""
    words = name.split()
    if words and is_legal_form(words[0]):
        return None  # it leads the name: "ТОВ «Карпати»"
    counts = range(2, min(len(words), _MOST_WORDS) + 1)
    end = next((count for count in counts if has_legal_form(" ".join(words[:count]))), None)
    if end is None:
        return None
    if " ".join(words[: end - 1]).casefold() in word_list("business")["before_form"]:
        return " ".join(itertools.takewhile(lambda word: not word[0].islower(), words))
    longer = (count for count in range(end + _MOST_WORDS_OF_FORM - 1, end, -1) if count <= len(words))
    end = next((count for count in longer if is_legal_form(" ".join(words[end - 1 : count]))), end)  # "S.A. de C.V."
    while end < len(words) and (_leads_to_form(words[end : end + 2]) or has_legal_form(f"x {words[end]}")):
        end += 1
    return " ".join(words[:end])
