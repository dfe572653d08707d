"""Ends of lines: words and addresses that were broken there, marked or put together again. No geometry."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import resources

from pipeline.extract.figures import is_date

WORDS = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
_HYPHENS = r"[-\u2010\u00ad\x02\ufffe]"
_BROKEN_WORD = re.compile(rf"[^\W\d_]{_HYPHENS}$")
_NOT_BROKEN = re.compile(rf"(?:{'|'.join(map(re.escape, WORDS['after_a_hanging_hyphen']))})\b")
"""What follows a hyphen that stands for the rest of a word ("Vor- und Nachteile")."""
_ANY_HYPHEN = re.compile(rf"{_HYPHENS}$")
_ADDRESS_BEGUN = re.compile(rf"(?:@|www\.|://|[^\W\d_]\.[a-z]{{2,}}/)\S*(?:{_HYPHENS}|(?<=\w)/)$")
_END_OF_ADDRESS = re.compile(r"(?=\S*[^\W\d_])(?![^\s/?=]*[@:])(?:[^\W\d_A-Z]|\S*[\d._/?=&#%])")
_ADDRESS = re.compile(r"www\.|\w+://|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/|$)")
_ADDRESS_ENDED = re.compile(r"[\w.+-]+@[\w.-]+\.\w+(?!\S)")
_LABEL = r"(?:[^\w\s]+ |[^\W\d_][\w -]{0,19} ?: ?)?"
_CUT_MAIL = re.compile(_LABEL + r"[\w.+-]+@(?:[\w-]*|[\w.-]+\.[a-z-]*)")
_CUT_WEB = re.compile(_LABEL + r"(?:https?://|www\.|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/)\S*")
_REST_OF_MAIL, _REST_OF_WEB = re.compile(r"[a-z\d.-]*[a-z]"), re.compile(r"(?=\S*[-/_.\d?=&])[a-z][a-z\d/_?=&%.-]*")
_LONGEST_REST = 3
"""Letters of what ends in one already, as "exam" does: more are a word of their own."""
_HYPHEN = "\x02"
"""pdfium's own mark for a word that was broken at the end of a line."""


def ends_whole(text: str) -> str:
    """Return the text of a cell with a hyphen for pdfium's mark of a broken word: what follows is another cell, not its rest."""
    return re.sub(f"[{_HYPHEN}\ufffe]$", "-", text)


def joined(lines: Iterable[str]) -> str:
    """Join lines; a word that is broken at the end of one is marked, for `clean` to mend."""
    text: list[str] = []
    for line in lines:
        if text and _is_broken_address(text[-1], line):
            text[-1] = _ANY_HYPHEN.sub("-", text[-1]) + line
            continue
        if text and _BROKEN_WORD.search(text[-1]):
            is_broken = line[:1].isalpha() and not _NOT_BROKEN.match(line)
            text[-1] = text[-1][:-1] + (_HYPHEN if is_broken else "-")
        text.append(line)
    return "\n".join(text)


def _is_broken_address(above: str, line: str) -> bool:
    """Tell whether an e-mail or web address runs on from one line to the next, behind a hyphen or a slash that is its own."""
    if begun := _ADDRESS_BEGUN.search(above):
        word, _, note = line.partition(" ")
        is_one_word = word[:1].isalnum() and not note[:1].isalnum()  # "(LinkedIn)", "| +49 30 ..."
        return is_one_word and (not begun[0].endswith("/") or _is_end_of_address(word))
    return bool(_BROKEN_WORD.search(above) and _ADDRESS_ENDED.match(line))


def _is_end_of_address(word: str) -> bool:
    """Tell whether a word goes on with an address that may as well end with its slash: no heading, number or other address."""
    return bool(_END_OF_ADDRESS.match(word)) and not _ADDRESS.match(word) and not is_date(word)


def may_be_cut(text: str) -> bool:
    """Tell whether a text is an address alone, perhaps behind a label or a picture of an envelope, which may go on on the next line."""
    return bool(_CUT_MAIL.fullmatch(text) or _CUT_WEB.fullmatch(text))


def goes_on(address: str, line: str) -> bool:
    """Tell whether a line looks like the rest of an address that may be cut, and like nothing else."""
    if not _CUT_MAIL.fullmatch(address):
        return bool(_REST_OF_WEB.fullmatch(line)) and not _ADDRESS.match(line)
    _, dot, end = address.rpartition("@")[2].rpartition(".")
    if not _REST_OF_MAIL.fullmatch(line) or (dot and end in WORDS["ends_of_addresses"]):
        return False
    _, dot_of_rest, end_of_rest = line.rpartition(".")
    is_rest = end_of_rest in WORDS["ends_of_addresses"] if dot_of_rest else len(line) <= _LONGEST_REST
    return not dot or len(end) < 2 or is_rest
