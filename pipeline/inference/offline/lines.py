"""A document's text as tidy lines.

Promise: any text gives lines of bounded length in its own order; bullets, rules, letter-spacing and page numbers are
dealt with here, so that no later module has to.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from pipeline.inference.offline.words import any_of, phrases, split_words
from pipeline.schemas.dates import month_names

_MAX_TEXT = 1_000_000
MAX_LINE = 1_500
"""Characters."""
_FULL_WIDTH = {
    "：": ": ",
    "，": ", ",
    "（": " (",
    "）": ") ",
    "；": "; ",
    "،": ", ",
    "؛": "; ",
    "\u3000": " ",
    "٫": ".",
    "٬": ",",
}
_DASHES = {"\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\uff0d": "-", "\uff5e": "~"}
_USUAL = str.maketrans(_FULL_WIDTH | _DASHES)
_FEWEST_SEMICOLONS = 2
_MAX_WORD = 60  # a longer "word" is no date, and the date patterns take quadratic time over it
_BULLET = re.compile(r"(?:[•●○◦▪▫■□◆◇►▶➢➤➔→✓✔☑‣⁃∙⦁❖✦★☆◼◾➜·§]|\*(?=\s)|[-–—](?=\s))[ \t]*")
_LETTER_BULLET = re.compile(r"o[ \t]+(?=[^\W\d_a-zß-ÿ])")
_FEWEST_LETTER_BULLETS = 2
_LONGEST_CRY = 2  # words of a firm that cries its name: "Yippie!"
_RULE = re.compile(r"[\s\-–—_=~*#.•·─━═+|:│┃┌┐└┘├┤┬┴┼]*")
_SPACED = re.compile(r"(?:(?:[^\W\d_]|['’.-]) )*[^\W\d_](?!\w)")
_SHORTEST_SPACED = 7  # "S K I L"
_TAG = re.compile(r"</?[A-Za-z][\w-]{0,40}/?>")  # alone on a line it is no text, and may be meant for a model
_MARKDOWN = re.compile(r"^#{1,6}\s+|\*\*|__")
_ITALIC = re.compile(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])")
_COLON_APART = re.compile(r"[ \t]*\t:(?:[ \t]+|$)")
"""The colons of a list stand below each other, apart from their labels."""
_DRAWN_ROW = re.compile(r"[|│┃](.*)[|│┃]")
_NUMBERED = re.compile(r"(\d{1,2}|[ivx]{1,4})[.)]\s+(?=([^\W\d_]+))")
_PAGE_WORD = rf"(?:{any_of('labels', 'page')})\s*\d{{1,3}}"
_PAGE_OF = rf"\d{{1,3}}\s*(?:/|{any_of('labels', 'page_of')})\s*\d{{1,3}}"
_PAGE = re.compile(rf"{_PAGE_WORD}|{_PAGE_OF}|[^\W\d_]+\s+{_PAGE_OF}(?<!/5)(?<!/10)", re.IGNORECASE)
"""Behind a word, "4/5" and "8/10" are marks: "Deutsch 4/5"."""
_PAGE_FIRST = re.compile(
    rf"(?:{any_of('labels', 'page')})?\s*(\d{{1,3}})\s*(?:/|{any_of('labels', 'page_of')})\s*\d{{1,3}}\s+[–|-]\s+(.*)",
    re.IGNORECASE,
)
_PAGE_CELL = re.compile(r"(.*)[\t|]\s*+(\d{1,3})\s*")
_UNSPACED_WORD = re.compile(r"([\u3040-\u9fff\uac00-\ud7af]{2,8})[ \t]+(?=\S)")
_SPACED_LABEL = re.compile(r"(?:[\u4e00-\u9fff][ \t]{1,2}){1,4}[\u4e00-\u9fff](?=[\s:]|$)")
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}")
_PAGE_AT_END = re.compile(rf"(?<![\s|–-])[\s|–-]++(?:{any_of('labels', 'page')})\s*{_PAGE_OF}$", re.IGNORECASE)


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
    raws = _with_cells(text[:_MAX_TEXT].translate(_USUAL).split("\n"))
    running = _running_lines(raws)
    for raw in raws:
        if raw in running:
            continue
        if _RULE.fullmatch(raw) or _TAG.fullmatch(raw.strip()):
            gap = True
            continue
        for piece in _pieces(raw):
            line = _line(piece, gap)
            if line.text and not _is_page_number(line.text) and not _is_addressed(line.text):
                lines.append(line)
                gap = False
    return _with_letter_bullets(_without_numbers(lines))


def _with_cells(raws: list[str]) -> list[str]:
    """Part the cells of rows that programs write with semicolons: "Kunde;Netto;Brutto", at least two with as many cells."""
    counts = [raw.count(";") if "; " not in raw and "\t" not in raw and len(raw) <= MAX_LINE else 0 for raw in raws]
    cells = list(raws)
    for at, (count, raw) in enumerate(zip(counts, raws, strict=True)):
        if count >= _FEWEST_SEMICOLONS and count in (*counts[max(0, at - 1) : at], *counts[at + 1 : at + 2]):
            cells[at] = "\t".join(cell.strip().strip('"') or " " for cell in raw.split(";"))
    return cells


def _running_lines(raws: list[str]) -> set[str]:
    """Return the headers and footers of pages: the same line again, but for the page's number in its first or last cell."""
    numbered: dict[str, list[tuple[int, str]]] = {}
    for raw in raws:
        if found := _page_cell(raw):
            numbered.setdefault(found[0], []).append((found[1], raw))
    running: set[str] = set()
    for again in numbered.values():
        first = again[0][0]
        if len(again) > 1 and [page for page, _ in again] == list(range(first, first + len(again))):
            running.update(raw for _, raw in again)
    return running


def _page_cell(raw: str) -> tuple[str, int] | None:
    """Return words and what may be the number of a page in the last cell, or in front: "Page 1 / 2 - Curriculum vitæ"."""
    first = _PAGE_FIRST.match(raw[:MAX_LINE])
    if first and _TWO_LETTERS.search(first[2]):
        return first[2], int(first[1])
    found = _PAGE_CELL.fullmatch(raw[-MAX_LINE:])
    return (found[1], int(found[2])) if found and _TWO_LETTERS.search(found[1]) else None


def _pieces(raw: str) -> list[str]:
    """Cut an endless line where it has blanks; what has none is cut anywhere."""
    if len(raw) <= MAX_LINE:
        return [raw]
    return re.findall(rf".{{1,{MAX_LINE}}}(?:\s|$)|.{{{MAX_LINE}}}", raw)


def _line(raw: str, gap: bool) -> Line:
    text = _PAGE_AT_END.sub("", re.sub(r"[^\S\t]{3,}", "\t", _without_bars(raw.strip())))
    text = _COLON_APART.sub(": ", text)
    found = _BULLET.match(text)
    indented_cell = raw.startswith(" \t")  # a list item of which the reader lost the bullet
    text = text[found.end() :] if found else text
    text = _with_colon(_with_whole_label(_ITALIC.sub(r"\1", _MARKDOWN.sub("", _closed_up(text)))))
    return Line(
        without_icons(text).strip(" *_" if text.startswith(("*", "_")) else None), bool(found) or indented_cell, gap
    )


def _without_bars(text: str) -> str:
    """Part the cells of a table that is drawn in characters: "| Total | 49.20 |"."""
    found = _DRAWN_ROW.fullmatch(text)
    return re.sub(r"\s*[|│┃]\s*", "\t", found[1]).strip("\t") if found else text


def _with_colon(text: str) -> str:
    """Put a colon behind a label that has none, as is usual in Chinese and Japanese: "氏名 佐藤 美咲"."""
    found = _UNSPACED_WORD.match(text)
    return f"{found[1]}: {text[found.end() :]}" if found and _is_label(found[1]) else text


def _with_whole_label(text: str) -> str:
    """Close up the label of a Japanese form: "氏 名" is "氏名"."""
    found = _SPACED_LABEL.match(text)
    letters = "".join(found[0].split()) if found else ""
    for count in range(len(letters), 1, -1):
        if _is_label(letters[:count]) or letters[:count] in phrases("headings", "title"):
            end = [place.end() for place in re.finditer(r"\S", text)][count - 1]
            return letters[:count] + text[end:]
    return text


def _is_label(text: str) -> bool:
    return any(text in phrases("labels", kind) for kind in ("name", "phone", "email", "address", "birth"))


def _without_numbers(lines: list[Line]) -> list[Line]:
    """Leave out the numbers of a numbered list, where at least its first two items are found."""
    numbered = {at: found for at, line in enumerate(lines) if (found := _NUMBERED.match(line.text))}
    numbers = {found[1] for found in numbered.values()}
    if not ({"1", "2"} <= numbers or {"i", "ii"} <= numbers):
        return lines
    kept = {at: found.end() for at, found in numbered.items() if found[2].casefold() not in month_names()}
    return [replace(line, text=line.text[kept[at] :]) if at in kept else line for at, line in enumerate(lines)]


def _with_letter_bullets(lines: list[Line]) -> list[Line]:
    """Take the "o" that copying from Word leaves of a hollow bullet for one, where several lines have it."""
    marked = {at for at, line in enumerate(lines) if _LETTER_BULLET.match(line.text) and not line.bullet}
    if len(marked) < _FEWEST_LETTER_BULLETS:
        return lines
    return [
        replace(line, text=line.text[1:].lstrip(), bullet=True) if at in marked else line
        for at, line in enumerate(lines)
    ]


def _closed_up(text: str) -> str:
    """Close up a letter-spaced text: "S K I L L S" is "SKILLS"."""
    parts = re.split(r"[^\S\n]{2,}|\t", text)
    lengths = [found.end() if (found := _SPACED.match(part)) else 0 for part in parts]
    if max(lengths) < _SHORTEST_SPACED or sum(lengths) < len(text) * 0.8:
        return text
    return " ".join(part.replace(" ", "") for part in parts)


def without_icons(text: str) -> str:
    """Return a text without the symbols that it begins with."""
    while text and unicodedata.category(text[0]) in ("So", "Sk", "Mn", "Cf"):
        text = text[1:].lstrip()
    return text


def _is_page_number(text: str) -> bool:
    return len(text) < 24 and bool(_PAGE.fullmatch(text))


def _is_addressed(text: str) -> bool:
    """Tell whether a line speaks to the software that reads it. A document is read, never obeyed."""
    words = split_words(text)

    def has(kind: str) -> bool:
        return phrases("addressed", kind).any_in(words)

    return has("phrases") or (has("readers") and has("cues"))


def has_long_word(text: str) -> bool:
    """Tell whether a text holds a run of letters that is no word of any language."""
    return len(text) > _MAX_WORD and any(len(word) > _MAX_WORD for word in text.split())


def is_sentence(text: str) -> bool:
    """Tell whether a line reads like running text rather than like a heading, a name or a list."""
    stripped = text.rstrip()
    if stripped.endswith("!") and len(stripped.split()) <= _LONGEST_CRY:
        return False
    if stripped.endswith((".", "!", "?", ";", "。", "।")) and not is_abbreviation(stripped.rsplit(maxsplit=1)[-1]):
        return True
    return len(stripped.split()) > 16


def is_abbreviation(word: str) -> bool:
    """Tell whether a word with a point at its end is known to be short for another."""
    return (
        word in phrases("organisations", "legal")
        or word in phrases("labels", "titles")
        or word in phrases("degrees", "awards")
        or bool(re.fullmatch(r"(?:\w{1,3}\.){2,4}\)?", word))
        or word in phrases("organisations", "abbreviations")
    )
