"""Which documents a prompt claims: points for what is seen in a file's name and text. Phrases are the prompt's; none is here."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

_NAME_POINTS, _HEADING_POINTS, _OPENING_POINTS, _WORD_POINTS, _UNLESS_POINTS = 2, 2, 1, 1, -2
_OPENING_WORDS, _TOP_LINES = 3, 20
_HEADING_END = re.compile(r"[:\t#№|]|(?<![^\s:\t#№|])[^\s:\t#№|]*[\d@]")
"""A mark, or a word with a digit in it: looked for from its beginning only, as a row of dashes is a long word too."""
_LABEL = re.compile(r"\s*([^\W\d_]+)\s?:\s*\S")
_NUMBERED = re.compile(r"\s*\d{1,2}[.)]\s+(?=[^\W\d_])")
"""In front of a heading: "2. Mahnung"."""
_WORD = re.compile(r"\w+")
_NO_LETTERS = re.compile(r"[\W_]+")
_NO_LETTERS_IN_LINES = re.compile(r"[^\w\n]+")
_NO_ASCII_LETTERS_IN_LINES = {code: None for code in range(128) if not (chr(code).isalnum() or chr(code) == "\n")}
"""The same for str.translate, which is ten times as fast where all is ASCII, and slow elsewhere."""
_PRINTED_QUOTES = re.compile(r"[“”„«»‘‚].*[“”«»‘’]", re.DOTALL)
_EXPRESSION = re.compile(r"\\[dwsbDWSB.(]|\.[*+]|^\^|\(\?")
_EXPRESSION_OF_NAMES = re.compile(r"\\[dwsbDWSB.(]|^[.^]|\$$|\(\?")
"""What no name and no phrase has, but a regular expression. "*.*" is a pattern; hidden files (".x") are never looked at."""


class MatchRules(BaseModel):
    """Which documents a prompt claims: points for what is seen, and how many are needed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: tuple[str, ...] = ()
    """Patterns of file names ("*invoice*"), 2 points together."""
    headings: tuple[str, ...] = ()
    """Phrases that stand alone on a line, or before a colon, a number or an address: 2 points each; opening a longer line: 1."""
    words: tuple[str, ...] = ()
    """Phrases anywhere in the text, 1 point each."""
    unless: tuple[str, ...] = ()
    """Phrases that stand alone on a line and speak against it, 2 points off each; as a title, above all headings, 4."""
    points: int = Field(4, ge=1, strict=True)

    @field_validator("name", "headings", "words", "unless")
    @classmethod
    def _may_be_found(cls, phrases: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Refuse what no document can have: it would be no error, and never be noticed."""
        problems = (_problem(str(info.field_name), phrase) for phrase in phrases)
        if problem := next(filter(None, problems), None):
            raise ValueError(problem)
        return phrases

    @property
    def most_points(self) -> int:
        """How many points a document can have at most."""
        phrases = _HEADING_POINTS * len(set(map(_squeezed, self.headings))) + _WORD_POINTS * len(set(self.words))
        return _NAME_POINTS * bool(self.name) + phrases


def _problem(key: str, phrase: str) -> str | None:
    """Say why a phrase or a pattern of one of the rules can never be found."""
    if _PRINTED_QUOTES.fullmatch(phrase):
        return f"{phrase} has printed quotes, which are part of it: use straight ones"
    if key == "name":
        if _EXPRESSION_OF_NAMES.search(phrase):
            return f'{phrase} is a regular expression; a pattern is such as "*invoice*", where * is anything'
        is_pattern = any(sign in phrase for sign in "*?.")
        return None if is_pattern else f'{phrase!r} is no file\'s whole name: put * around it, as in "*invoice*"'
    if _EXPRESSION.search(phrase):
        return f"{phrase} is a regular expression; write phrases as they are printed"
    has_any = phrase.strip() if key == "words" else _squeezed(phrase)
    return None if has_any else f"{phrase!r} holds nothing to look for: take it out"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the match rules look at, casefolded."""

    name: str
    text: str
    headings: frozenset[str]
    """Every line, and every start of a line before a colon, a number, an e-mail address or a tab, squeezed."""
    openings: frozenset[str]
    """The first one, two and three words of every line, squeezed."""
    words: frozenset[str]
    """Every word of the text."""
    labels: frozenset[str]
    """Single words before a colon and a value, squeezed: "Contract: 4711" is no title, unless it is the first line."""
    top: tuple[str, ...]
    """The first lines that are not empty."""

    @classmethod
    def of(cls, name: str, text: str) -> Seen:
        """Look at a file's name and at its text."""
        folded = text.casefold()
        lines = [_NUMBERED.sub("", line, count=1) if line[:1].isdigit() else line for line in folded.splitlines()]
        cells = lines + [cell for line in lines if "\t" in line for cell in line.split("\t")[1:]]  # blocks side by side
        headings = cells + [cell[: end.start()] for cell in cells if (end := _HEADING_END.search(cell))]
        top = tuple(islice(filter(str.strip, lines), _TOP_LINES))
        labels = [label[1] for cell in cells if cell not in top[:1] and (label := _LABEL.match(cell))]
        openings: list[str] = []
        for line in lines:
            openings.extend(accumulate(line.split(maxsplit=_OPENING_WORDS)[:_OPENING_WORDS]))
        words = frozenset(_WORD.findall(folded))
        squeezed, starts, before_values = map(_squeezed_lines, (headings, openings, labels))
        return cls(name.casefold(), folded, squeezed, starts, words, before_values, top)


@dataclass(frozen=True, slots=True)
class Rules:
    """Match rules as they are held against what was seen: all that can be done once for a prompt is done."""

    name: re.Pattern[str]
    headings: frozenset[str]
    words: Mapping[str, Sequence[str]]
    """Casefolded, by the first word of each: a text that does not hold that one is not searched."""
    unless: frozenset[str]

    @classmethod
    def of(cls, match: MatchRules) -> Rules:
        """Make a prompt's rules ready."""
        name = "|".join(fnmatch.translate(pattern.casefold()) for pattern in match.name)
        words: dict[str, list[str]] = {}
        for phrase in dict.fromkeys(word.casefold() for word in match.words):
            words.setdefault(next(iter(_WORD.findall(phrase)), ""), []).append(phrase)
        headings, unless = (frozenset(map(_squeezed, phrases)) for phrases in (match.headings, match.unless))
        return cls(re.compile(name or r"(?!)"), headings, words, unless)

    def points(self, seen: Seen) -> int:
        """Return how strongly they claim a document."""
        headings = seen.headings & self.headings
        openings = seen.openings & self.headings
        against = (seen.headings & self.unless) - seen.labels
        words = [phrase for first in (*(self.words.keys() & seen.words), "") for phrase in self.words.get(first, ())]
        return (
            _NAME_POINTS * bool(self.name.match(seen.name))
            + _HEADING_POINTS * len(headings)
            + _OPENING_POINTS * len(openings - headings)
            + _WORD_POINTS * len(_found(words, seen.text))
            + _UNLESS_POINTS * (len(against) + self._is_titled(against, seen))
        )

    def _is_titled(self, against: frozenset[str], seen: Seen) -> bool:
        """Tell whether the first line that says anything for or against it speaks against it, below a letterhead as well."""
        for line in seen.top if against else ():
            said = _squeezed_lines([line, _HEADING_END.split(line, maxsplit=1)[0]])
            if said & (self.headings | against):
                return bool(said & against)
        return False


def _squeezed(phrase: str) -> str:
    """Return letters only, so that "S K I L L S", "Skills:" and "SKILLS" are one heading."""
    return _NO_LETTERS.sub("", _bare(phrase.casefold()))


def _squeezed_lines(lines: list[str]) -> frozenset[str]:
    """Return letters only of casefolded phrases, those of all of them at once."""
    ascii_only = "\n".join([line for line in lines if line.isascii()])
    others = "\n".join([line for line in lines if not line.isascii()])
    others = _NO_LETTERS_IN_LINES.sub("", _bare(others).replace("_", ""))
    squeezed = ascii_only.translate(_NO_ASCII_LETTERS_IN_LINES), others
    return frozenset("\n".join(squeezed).split("\n")) - {""}


def _bare(folded: str) -> str:
    """Take marks apart from their letters, which then fall away: capitals are often printed without ("ΕΜΠΕΙΡΙΑ")."""
    return folded if folded.isascii() else unicodedata.normalize("NFD", folded).replace("ı", "i").replace("º", "")


def _found(words: Iterable[str], text: str) -> set[str]:
    """Return the words in a text that stand apart from other letters; of two that overlap the first, or the longer one."""
    hits = sorted((start, -len(word), word) for word in words if word in text for start in _places(word, text))
    end, found = 0, set()
    for start, _, word in hits:
        if start >= end:
            found.add(word)
            end = start + len(word)
    return found


def _places(word: str, text: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not _is_letter(text[start - 1 : start]) and not _is_letter(text[end : end + 1]):
            yield start
        start = text.find(word, start + 1)


def _is_letter(character: str) -> bool:
    return character.isalnum() or character == "_"
