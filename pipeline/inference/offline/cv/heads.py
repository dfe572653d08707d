"""The parts of a line that heads a job or a course.

Promise: parts as printed; a comma in brackets or before a legal form parts nothing.
"""

from __future__ import annotations

import re

from pipeline.inference.offline.address import is_land
from pipeline.inference.offline.lines import is_abbreviation
from pipeline.inference.offline.postcodes import is_state
from pipeline.inference.offline.scores import ANY_LANGUAGE, is_legal_form
from pipeline.inference.offline.text import trimmed
from pipeline.inference.offline.words import phrases

_LONGEST_NAME = 90
_OF_JOBS, _OF_COURSES = {"employer", "position"}, {"institution", "degree"}
_COLUMNS = ("dates", "address", *_OF_JOBS, *_OF_COURSES)
_FEWEST_COLUMNS = 2
_LEAST_TITLED, _MOST_TITLED = 2, 4
_LONGEST_TITLE = 6
"""Words."""
_SHORTEST_END, _LONGEST_SHORT = 3, 6
"""Letters of "No." and "J.", which end no name, and of abbreviations without another stop, that at their end counted."""
_STRONG = re.compile(r"\t|\s*[|•·‧;]\s*|\s+[-–—−]+\s+|\s*[–—](?=\s)|(?<=\s)[–—]\s*|\s+@\s+")
_CHINESE_BLANK = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_SENTENCE_END = re.compile(r"[^\W\d_]{4,}[.!?] ")
_TOWN_BEHIND = re.compile(r"([^,-]+\s[^,\s-]+)-([^\W\d_a-z][^,-]*,\s*([^,]+))")
_PARTNERS = re.compile(
    r"[A-ZÀ-Þ][\w'’-]+ (?:and|und|et|y|e|i|en|och|og|&) [A-ZÀ-Þ][\w'’-]+(?: (?:[A-Z][\w.]*|[a-z]{1,2}(?:\.[a-z]\.?)+))*$"
)
_COLON = re.compile(r":\s+")
_WEB = re.compile(r"\(?\s*(?:https?://|www\.)[^\s)]*\s*\)?")


def pieces(head: str, *, at_colons: bool = True) -> list[str]:
    """Return the parts of a heading line between strong separators."""
    cells = [cell for cell in _STRONG.split(head) if not labelled_value(cell, "conditions")]
    parts = [word for cell in cells for whole in _at_hyphen(cell) for word in _chinese_words(whole)]
    if at_colons:
        parts = [part for piece in parts for part in _COLON.split(piece)]
    tidied = (_without_stop(_tidy(part)) for part in parts)
    return [part for part in tidied if part and part not in phrases("roles", "terms", "words")]


def _at_hyphen(text: str) -> list[str]:
    """Part "Riverbend Warehousing-Hull, Iowa", as job boards print it: a state or country stands behind the town."""
    found = _TOWN_BEHIND.fullmatch(text.strip())
    return [found[1], found[2]] if found and is_land(found[3]) else [text]


def _chinese_words(text: str) -> list[str]:
    """Return what blanks part in Chinese; a legal form stays with the name behind it."""
    words = _CHINESE_BLANK.split(text)
    return [" ".join(words[:2]), *words[2:]] if is_legal_form(words[0]) else words


def comma_parts(text: str) -> list[str]:
    """Return the parts of a text between commas.

    A comma in brackets or in a number ("Note 1,2") parts nothing, nor does one before a legal form or among partners:
    "Hale, Osei and Brandt".
    """
    parts = [part.strip() for part in re.split(r",(?![^()]*\))(?!(?<=\d,)\d)", text) if part.strip()]
    joined: list[str] = []
    for part in parts:
        has_form = is_legal_form(part.partition("(")[0]) and not is_state(part)
        if joined and (has_form or _are_partners(joined[-1], part)):
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    return joined


def _are_partners(first: str, others: str) -> bool:
    """Tell whether a comma stands among the names of a firm, not between a position and "Fox and Hounds", or a town and its county."""
    if not _PARTNERS.match(others) or " " in first or not first[0].isupper() or is_land(others.replace(" and ", " & ")):
        return False
    is_county = others in phrases("addresses", "counties") or others in phrases("addresses", "state_names")
    return not is_county and ANY_LANGUAGE.role(first) < 1


def labelled_value(text: str, *kinds: str) -> str | None:
    """Return what stands behind a label of one of these kinds; a long label needs no colon."""
    for kind in kinds:
        end = phrases("labels", kind).prefix(text)
        value = text[end:].lstrip(" :\t–-")
        is_set_apart = text[end:].lstrip(" ")[:1] in (":", "\t") or text[end:].startswith("  ")
        if end and value and (is_set_apart or text[:end].count(" ") >= 2):
            return value
    return None


def columns_kind(text: str) -> str | None:
    """Return what a row of column titles heads: "work" for "Period<tab>Company<tab>Job title", "education", else "other".

    None: it is no such row.
    """
    cells = [cell for cell in re.split(r"[\t|]", text) if cell.strip()]
    kinds = [{kind for kind in _COLUMNS if cell in phrases("labels", kind)} for cell in cells]
    grades = phrases("degrees", "grades")
    if len(cells) < _FEWEST_COLUMNS or not all(kind or cell in grades for kind, cell in zip(kinds, cells, strict=True)):
        return None
    work, education = (sum(bool(kind & own) for kind in kinds) for own in (_OF_JOBS, _OF_COURSES))
    return "other" if work == education else "work" if work > education else "education"


def looks_like_title(text: str) -> bool:
    """Tell whether a text is written as names are: most of its longer words capitalised, where there are capitals."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    small = sum(word[0].islower() for word in words)
    return len(text) <= _LONGEST_NAME and small * 2 <= len(words)


def is_titled(text: str) -> bool:
    """Tell whether a text that ends in a full stop lists names all the same: "Mechatroniker, Fuldatal Aufzüge AG, Fulda."."""
    parts = comma_parts(text.removesuffix("."))
    is_listed = text.endswith(".") and _LEAST_TITLED <= len(parts) <= _MOST_TITLED and not _SENTENCE_END.search(text)
    return is_listed and all(len(part.split()) <= _LONGEST_TITLE and not part[0].islower() for part in parts)


def names_between_stops(text: str) -> list[str]:
    """Return the names of "Cook. Old Mill Inn, Hull."; none where a part is no name. A stop of an abbreviation ends nothing."""
    names = [""]
    for word in text.split():
        names[-1] = f"{names[-1]} {word}".strip()
        if word.endswith(".") and not _is_short(word):
            names[-1] = names[-1].removesuffix(".")
            names.append("")
    names = [name for name in names if name]
    parts = [part for name in names for part in comma_parts(name)]
    is_long = any(len(part.split()) > _LONGEST_TITLE for part in parts)
    return [] if is_long or len(names) > _MOST_TITLED or any(name[0].islower() for name in names) else names


def _is_short(word: str) -> bool:
    """Tell whether a word with a stop is an abbreviation: awards that are whole words are known as well."""
    return len(word) <= _SHORTEST_END or (is_abbreviation(word) and (len(word) <= _LONGEST_SHORT or "." in word[:-1]))


def _without_stop(text: str) -> str:
    """Leave out the full stop that some templates put behind a heading, not that of an abbreviation."""
    return text.removesuffix(".") if is_titled(text) and not is_abbreviation(text.rsplit(maxsplit=1)[-1]) else text


def _tidy(text: str) -> str:
    """Leave out a web address and what separators are left at the edges; a final point may belong to a legal form."""
    return trimmed(re.sub(r"\s+", " ", _WEB.sub(" ", text)), " \t,;:|–—−-•·*/")
