"""How much a phrase looks like a position, an employer, a school or an award.

Promise: plain sums over word lists; nothing here knows a name of a firm, a person or a town. A word of the document's
own language, or an English one, counts in full, a word of another language half: CVs mix languages.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.inference.offline.postcodes import is_state
from pipeline.inference.offline.words import Phrases, Word, phrases, split_words, word_list

_GENDER = re.compile(
    r"(?:[*:_/]-?in(?:nen)?|\((?:in|a|e|m|f|w|r|n|k|ka|m/w/d|m/f/d|w/m/d|h/f|m/k|k/m|m/v)\)|[/·.-](?:a|e|ka|euse|trice|rice|ière|ne))\b",
    re.IGNORECASE,
)
_GRADE = re.compile(r"\s+(?:I{1,3}|I?V|VI|\d{1,2})\s*$")  # "Software Engineer II"
_FULL, _HALF, _ENDING = 2.0, 1.0, 1.0
_LEGAL = 4.0
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class Scores:
    """Judges phrases of a document in one language."""

    language: str | None

    def role(self, text: str) -> float:
        """Return how much a phrase names what a person does."""
        return self._words("roles", _without_company(text))

    def leaning(self, text: str) -> float:
        """Return how much more a phrase names a position (above zero) than an employer (below)."""
        role, organisation = self.role(text), self.organisation(text)
        if role >= _FULL and not has_legal_form(text) and self._is_head(text):
            organisation /= 4  # "Hospital Porter", "Directeur d'hôtel": the other noun only says where
        return role - organisation

    def _is_head(self, text: str) -> bool:
        """Tell whether the noun that says what a phrase is about, its last or in some languages its first, is a position."""
        words = split_words(_GRADE.sub("", _without_company(text).split(",")[0].split("(")[0]))
        roles = _own("roles", self.language)
        if not words:
            return False
        heads = words, words[: _before_of(words)]  # "Vice President of Location Services"
        at_end = any(roles.match(own[-count:], 0) == count for own in heads for count in (1, 2) if len(own) >= count)
        head_first = self.language in word_list("roles")["order"]["head_first"]
        return at_end or (head_first and bool(roles.match(words, 0)))

    def organisation(self, text: str) -> float:
        """Return how much a phrase names an employer."""
        score = self._words("organisations", text)
        if has_legal_form(text):
            score += _LEGAL
        if re.search(r"\s&\s|^(?:The|Die|Le|La|El|Il)\s+[^\W\d_]", text):
            score += 0.5
        return score

    def _words(self, file: str, text: str) -> float:
        if "-" in text:  # "Verkäufer-Kassierer", "office-manager": the last half says what it is
            return max(self._unhyphenated(file, text), self._unhyphenated(file, re.sub(r"\S+-(?=\S)", "", text)))
        return self._unhyphenated(file, text)

    def _unhyphenated(self, file: str, text: str) -> float:
        words = [word for word in split_words(text) if word.key]
        own = _own(file, self.language)
        score = max((_FULL for _ in own.find(words)), default=0.0)
        if not score:
            score = max((_HALF for _ in phrases(file, "words").find(words)), default=0.0)
        if _UNSPACED.search(text):
            score = max(
                score, _FULL * any(text.strip().endswith(key) or key in text for key in own.keys if len(key) > 1)
            )
        return max(score, _ENDING * self._ends(file, words))

    def _ends(self, file: str, words: list[Word]) -> bool:
        endings = _endings(file, self.language)
        return any(len(word.key) > 5 and word.key.endswith(endings) for word in words)


ANY_LANGUAGE = Scores(None)
"""Judges by the words of all languages, where that of the document is not known yet, or does not matter."""


def _without_company(text: str) -> str:
    """Leave out forms of gender, and the "& Partner" of a firm, which is no position."""
    return re.sub(r"(?<!-)\s(?:&|\+|und|and|et|i|y|en)\s+[^\s,]+(?=$|,)", "", _GENDER.sub("", text))


def _before_of(words: list[Word]) -> int:
    return next((at for at, word in enumerate(words) if word.key == "of"), len(words))


@functools.cache
def _own(file: str, language: str | None) -> Phrases:
    """Return the words of the document's language and of English, and of neither when they are its stop words."""
    lists: dict[str, list[str]] = word_list(file)["words"]
    stop = set(str(word_list("stopwords").get(language or "", "")).split())
    words = [word for code in {language, "en"} for word in lists.get(code or "", ()) if word not in stop]
    return Phrases.of([*words, *_feminine(file, language, words)])


def _feminine(file: str, language: str | None, words: Iterable[str]) -> list[str]:
    """Return the German forms in -in ("Assistentin"), which the lists leave out."""
    return (
        [f"{word}in" for word in words if word.endswith(("r", "t", "n", "l"))]
        if (file, language) == ("roles", "de")
        else []
    )


@functools.cache
def _endings(file: str, language: str | None) -> tuple[str, ...]:
    lists: dict[str, list[str]] = word_list(file)["endings"]
    endings = [ending for code in {language, "en"} for ending in lists.get(code or "", ())]
    return (*endings, *_feminine(file, language, endings))


@functools.cache
def _legal_forms() -> frozenset[str]:
    return frozenset(_squeezed(form) for form in word_list("organisations")["legal"])


def _squeezed(text: str) -> str:
    return re.sub(r"[\s./&,]", "", text.casefold())


def is_legal_form(text: str) -> bool:
    """Tell whether a text is but a legal form: "S.A. de C.V."."""
    return _squeezed(text) in _legal_forms()


def has_legal_form(text: str) -> bool:
    """Tell whether a name carries a legal form such as Ltd, GmbH or Sp. z o.o.; the state in "Denver, CO" is none."""
    name, _, state = text.rpartition(",")
    text = name if name and is_state(state.strip()) else text
    words = text.replace(",", " ").replace("(", " ").replace(")", " ").split()
    if words and _squeezed(words[0]) in _legal_forms() and not words[0].isascii():
        return True  # it leads the name in Cyrillic: "ТОВ «Карпати»"
    if any(_is_unspaced_firm(word) for word in (*words, *text.split())):  # "(주)" is a form with its brackets
        return True
    for first in range(1, len(words)):
        for last in range(first + 1, min(first + 4, len(words)) + 1):
            part = " ".join(words[first:last])
            # "as", "se", "sa" are also words; a form is capitalised, has points or is no word, like "plc".
            is_form = part in phrases("organisations", "small_legal") or part != part.lower() or "." in part
            if part.endswith("&") or part in word_list("organisations")["no_legal"]:
                continue
            if is_form and _squeezed(part) in _legal_forms():
                return True
    return False


def _is_unspaced_firm(word: str) -> bool:
    """Tell whether a word without blanks is a firm's name with its form: "株式会社みどり商事", "明月有限公司"."""
    forms = _unspaced_forms()
    return bool(_UNSPACED.search(word)) and word not in forms and (word.startswith(forms) or word.endswith(forms))


@functools.cache
def _unspaced_forms() -> tuple[str, ...]:
    return tuple(form for form in word_list("organisations")["legal"] if _UNSPACED.search(form))


def names_unit(text: str) -> bool:
    """Tell whether a phrase names a part of an employer rather than the whole: "Department of Chemistry"."""
    words = split_words(text)
    units = phrases("organisations", "units", "words")
    return bool(units.match(words, 0)) or bool(words and units.match(words[-1:], 0))


def school(text: str) -> float:
    """Return how much a phrase names a school."""
    words = split_words(text)
    known = phrases("organisations", "schools", "words")
    if known.any_in(words):
        return 2.0
    endings = _school_endings()
    return 2.0 if any(word.key.endswith(endings) and len(word.key) > 2 for word in words) else 0.0


@functools.cache
def _school_endings() -> tuple[str, ...]:
    return tuple(word_list("organisations")["schools"]["endings"])


def award(text: str) -> float:
    """Return how much a phrase names what a course leads to; an award at its beginning or end counts most."""
    words = split_words(text)
    known = phrases("degrees", "awards")
    ends_in_award = any(known.match(words[-count:], 0) == count for count in (2, 3) if len(words) >= count)
    if words and (known.match(words, 0) or ends_in_award or _glued_award(text)):
        return 3.0
    return 1.0 if known.any_in(words) else 0.0


def _glued_award(text: str) -> bool:
    return bool(_UNSPACED.search(text)) and any(
        key in text for key in phrases("degrees", "awards").keys if len(key) > 1 and _UNSPACED.search(key)
    )
