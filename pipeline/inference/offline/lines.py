"""A document's text as tidy lines.

Promise: any text gives lines of bounded length in its own order; bullets, rules, letter-spacing, page numbers and
dates that were broken over two lines are dealt with here, so that no later module has to.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from pipeline.inference.offline.words import phrases
from pipeline.schemas.dates import find_dates, month_names, present_words

_MAX_TEXT = 1_000_000
_MAX_LINE = 1_500
_MAX_WORD = 60  # a longer "word" is no date, and the date patterns take quadratic time over it
_BULLET = re.compile(r"(?:[•●○◦▪▫■□◆◇►▶➢➤➔→✓✔☑‣⁃∙⦁❖✦★☆◼◾➜*·§]|[-–—](?=\s))[ \t]*")
_RULE = re.compile(r"[\s\-–—_=~*#.•·─━═]*")
_SPACED = re.compile(r"(?:[^\W\d_] ){3,}[^\W\d_](?!\w)")
_PAGE = re.compile(r"(?:[^\W\d_]+\s+)?\d{1,3}\s*(?:/|of|von|z|de|van|di|sur|ze|av|af|из|з)\s*\d{1,3}", re.IGNORECASE)
_PAGE_WORD = re.compile(
    r"(?:page|seite|strona|página|pagina|str\.|sida|side|sivu|oldal|strana|страница|сторінка|σελίδα)\s*\d{1,3}",
    re.IGNORECASE,
)
_OPEN_END = re.compile(
    r"(?:[-–—−]|\s(?:to|bis|do|à|au|a|al|tot|t/m|até|až|έως|po|по))\s*(?P<month>[^\W\d_]{2,}\.?)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document."""

    text: str
    """Without bullet and outer blanks; cells are parted by tabs."""
    bullet: bool = False
    """A list item."""
    gap: bool = False
    """A blank line or a rule stands above."""


def read_lines(text: str) -> list[Line]:
    """Return the lines of a document that say something."""
    lines: list[Line] = []
    gap = False
    for raw in text[:_MAX_TEXT].split("\n"):
        if _RULE.fullmatch(raw):
            gap = True
            continue
        for piece in _pieces(raw):
            line = _line(piece, gap)
            if line.text and not _is_page_number(line.text):
                lines.append(line)
                gap = False
    return _joined_dates(lines)


def _pieces(raw: str) -> list[str]:
    """Cut an endless line where it has blanks; what has none is cut anywhere."""
    if len(raw) <= _MAX_LINE:
        return [raw]
    return re.findall(rf".{{1,{_MAX_LINE}}}(?:\s|$)|.{{{_MAX_LINE}}}", raw)


def _line(raw: str, gap: bool) -> Line:
    text = re.sub(r"[^\S\t]{3,}", "\t", raw.strip())
    found = _BULLET.match(text)
    indented_cell = raw.startswith((" \t", "\t"))  # a list item of which the reader lost the bullet
    text = text[found.end() :] if found else text
    return Line(_without_icons(_closed_up(text)).strip(), bool(found) or indented_cell, gap)


def _closed_up(text: str) -> str:
    """Close up a letter-spaced text: "S K I L L S" is "SKILLS"."""
    found = _SPACED.match(text)
    if not found or found.end() < len(text) * 0.8:
        return text
    return " ".join(part.replace(" ", "") for part in re.split(r"[^\S\n]{2,}|\t", text))


def _without_icons(text: str) -> str:
    while text and unicodedata.category(text[0]) in ("So", "Sk", "Mn", "Cf"):
        text = text[1:].lstrip()
    return text


def _is_page_number(text: str) -> bool:
    return len(text) < 24 and bool(_PAGE.fullmatch(text) or _PAGE_WORD.fullmatch(text))


def has_long_word(text: str) -> bool:
    """Tell whether a text holds a run of letters that is no word of any language."""
    return len(text) > _MAX_WORD and any(len(word) > _MAX_WORD for word in text.split())


def _joined_dates(lines: list[Line]) -> list[Line]:
    """Join "11/2007 – Feb" and "2012" where a narrow column broke the range."""
    joined: list[Line] = []
    for line in lines:
        if joined and _is_cut_range(joined[-1].text) and _continues_range(joined[-1].text, line.text):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
    return joined


def _is_cut_range(text: str) -> bool:
    if not re.search(r"\d\d", text) or has_long_word(text):
        return False
    found = _OPEN_END.search(text[-40:])
    if not found:
        return _ends_in_bare_month(text)
    month = (found["month"] or "").casefold().strip(".")
    return not month or month in month_names()


def _ends_in_bare_month(text: str) -> bool:
    """Tell whether a line ends in "sept." with its year still to come: "2001 - sept."."""
    last = text.split()[-1].casefold().strip(".")
    return last in month_names() and bool(re.search(r"\d\s*[-–—]\s*\S+$", text))


def _continues_range(above: str, text: str) -> bool:
    start = text[:40].strip()
    if re.match(r"(?:19|20)\d\d\b", start):
        return True
    dates = [] if has_long_word(start) else find_dates(start)
    if dates and dates[0].start == 0:
        return above.rstrip()[-1] in "-–—−"
    return start.casefold().startswith(_present()) and not start.casefold()[len(_opening(start)) :][:1].isalpha()


def _opening(start: str) -> str:
    return next((word for word in _present() if start.casefold().startswith(word)), "")


def _present() -> tuple[str, ...]:
    return tuple(word for word in present_words() if len(word) > 2)


def is_sentence(text: str) -> bool:
    """Tell whether a line reads like running text rather than like a heading, a name or a list."""
    stripped = text.rstrip()
    if stripped.endswith((".", "!", "?", ";", "。", "।")) and not _ends_in_abbreviation(stripped):
        return True
    return len(stripped.split()) > 16


def _ends_in_abbreviation(text: str) -> bool:
    last = text.split()[-1]
    return (
        last in phrases("organisations", "legal")
        or bool(re.fullmatch(r"(?:\w{1,3}\.){2,4}\)?", last))
        or last.casefold() in _SHORT
    )


_SHORT = frozenset(
    "inc. ltd. corp. co. bros. univ. dept. int. str. tel. etc. mech. elec. eng. assoc. dipl. hons. şti.".split()
)
