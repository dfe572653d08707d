"""Languages that a person speaks, and how well.

Promise: the English name of the language (CLDR), the level as printed, and a CEFR code only where one is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.inference.offline.cv.skills import group_of
from pipeline.inference.offline.heading_words import kind_of
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.text import trimmed
from pipeline.inference.offline.words import phrases, split_words, word_list
from pipeline.inference.offline.wraps import joined_open
from pipeline.schemas.names import english_language

_CEFR = re.compile(r"(?<!\w)([ABC][12])(?!\w)")
_MARKS = re.compile(r"[★☆●○■□▪▫◆◇⬤◯⚫⚪▰▱█░]+")
_SEPARATOR = re.compile(
    r"\s*[;|•·‧\t、]\s*|,(?![^()]*\))\s*|(?<=\))\s+(?:[–—-]\s+)?(?=[^\W\d_])|(?<=[\d)])\.\s+(?=[^\W\d_])|\s+[–—-]\s+(?=[^\W\d_]+:)"
)
_PARTED = re.compile(r"\s+/\s+|\.\s+")
"""What parts languages where each part names one: "English: native. French: B2"."""
_RATED = re.compile(
    r"([^\W\d_][^:,;|•()\t–—]{1,40}?)(?:\s+[–—-]\s+|\s*\()([^\s(),;][^(),;]{0,60})\)?"
)  # "English – fluent"
_PASSPORT = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)?(?:[ \t]+[ABC][12]){2,}")  # "German B2 B2 B1 B1 B1"
_FEWEST_COLUMNS = 2
_LONGEST_PIECE = 120
_LONGEST_NAME = 3  # words
_LONGEST_CODE = 2  # letters; of three there are names as well: "Lao"


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """A language and how well it is spoken."""

    language: str
    fluency: str | None = None
    cefr: str | None = None


def read_languages(lines: Iterable[Line]) -> list[SpokenLanguage]:
    """Return the languages of a section."""
    found: list[SpokenLanguage] = []
    for line in _with_whole_levels(joined_open(lines)):
        native, text = _native_group(line.text)
        for piece in _pieces(text):
            spoken = language_in(piece)
            if spoken:
                found.append(_with_level(spoken.language, native) if native and not spoken.fluency else spoken)
            elif found and not found[-1].fluency and is_level(piece):
                found[-1] = _with_level(found[-1].language, piece)
            elif found and (longer := f"{found[-1].fluency}, {trimmed(piece)}") in text and is_level(piece):
                found[-1] = _with_level(found[-1].language, longer)  # "Anglais : lu, écrit, parlé"
    return list({spoken.language: spoken for spoken in reversed(found)}.values())[::-1]


def _with_whole_levels(lines: Iterable[Line]) -> list[Line]:
    """Put a level together that a narrow column broke: "Français : Langue" and "maternelle"."""
    joined: list[Line] = []
    for line in lines:
        words = joined[-1].text.split()[-_LONGEST_NAME:] if joined and not line.bullet else []
        ends = (" ".join(words[at:]) for at in range(len(words)))
        if any(is_level(f"{end} {line.text}") and not is_level(end) for end in ends) and not is_level(line.text):
            joined[-1] = replace(joined[-1], text=f"{joined[-1].text} {line.text}")
        else:
            joined.append(line)
    return joined


def is_language_line(text: str) -> bool:
    """Tell whether a line of another section lists languages: "Mother tongue: Polish", "English – B2"."""
    group = group_of(text)
    if not group:
        if _PASSPORT.fullmatch(text) or _bare_native(text):
            return language_in(text) is not None
        if _bare_group(text):
            return True
        return all(map(_is_rated, filter(None, _SEPARATOR.split(text))))
    if kind_of(group[0]) == "languages" or group[0] in phrases("levels", "native"):
        return any(language_in(piece) for piece in _pieces(group[1]))
    return _language_name(group[0]) is not None and is_level(group[1])


def _is_rated(text: str) -> bool:
    """Tell whether a text is "English – B2"."""
    rated = _RATED.fullmatch(text)
    return rated is not None and _language_name(rated[1]) is not None and is_level(rated[2])


def _bare_native(text: str) -> bool:
    """Tell whether a line is "Mother tongue(s) Polish", as the Europass prints it without a colon."""
    end = phrases("levels", "native").prefix(text)
    return bool(end) and _language_name(text[end:].strip(" ):")) is not None


def _bare_group(text: str) -> str:
    """Return the list in "Languages Korean, English", of which a narrow gap parts the heading; empty: it is none."""
    heading, _, rest = text.partition(" ")
    is_list = kind_of(heading) == "languages" and all(map(language_in, _pieces(rest)))
    return rest if is_list and "," in rest else ""


def is_level_header(text: str) -> bool:
    """Tell whether a line is the head of the Europass's table of languages: "Listening Reading Spoken interaction"."""
    words = split_words(text)
    columns = phrases("levels", "columns")
    named = sum(count for _, count in columns.find(words))
    first = words[: len(words) - named]
    return named >= _FEWEST_COLUMNS and (not first or kind_of(" ".join(word.key for word in first)) == "languages")


def _native_group(text: str) -> tuple[str | None, str]:
    """Return ("Mother tongue", "Polish") for "Mother tongue: Polish"; of other lines the text without its group."""
    group = group_of(text)
    if group and group[0] in phrases("levels", "native"):
        return group
    return (None, group[1]) if group and kind_of(group[0]) == "languages" else (None, _bare_group(text) or text)


def _pieces(text: str) -> Iterator[str]:
    """Yield the parts of a line that name one language each; "English and French" has two."""
    for piece in filter(None, _SEPARATOR.split(text)):
        parted = _PARTED.split(piece)
        if len(parted) > 1 and all(language_in(part) for part in parted):
            yield from parted  # "EN" is a word for "and" as well
            continue
        parts = _at_joints(piece)
        yield from parts if len(parts) > 1 and all(map(language_in, parts)) else [piece]


def _at_joints(piece: str) -> list[str]:
    """Part "basic French and speak Hindi at B2 level and Welsh" behind each language, not "read and write English"."""
    words = split_words(piece[:_LONGEST_PIECE])
    parts, start = list[str](), 0
    for word in words[1:-1]:
        if word.key in phrases("skills", "and") and language_in(piece[start : word.start]):
            parts.append(piece[start : word.start])
            start = word.end
    return [*parts, piece[start:]]


def language_in(piece: str) -> SpokenLanguage | None:
    """Return the language that a text names, and the level that is the rest of it: "English – C1"."""
    words = split_words(piece[:_LONGEST_PIECE])
    for count in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for first in range(len(words) - count + 1):
            start, last = words[first].start, words[first + count - 1]
            name = piece[start : last.end].strip(".:–-")
            language = _language_name(name)
            is_code = name.isascii() and len(name) <= _LONGEST_CODE
            if language and (not is_code or _stands_for_language(piece, start, last.end)):
                is_of_level = count > 1 and is_level(piece[last.start :])  # "Français (langue maternelle)"
                end = words[first + count - 2].end if is_of_level else last.end
                before, after = piece[:start], piece[end:]
                is_behind = trimmed(after, " :–—-().\t") and (_has_level(after) or not _has_level(before))
                return _with_level(language, after if is_behind else before)
    return None


def _stands_for_language(piece: str, start: int, end: int) -> bool:
    """Tell whether a code is all but the level of a text: "IT – C1", but not "IT support"."""
    rest = trimmed(piece[end:], " :–—-().\t")
    return not piece[:start].strip(" (") and (not rest or is_level(rest))


def _language_name(name: str) -> str | None:
    bare = " ".join(word for word in name.split() if word not in phrases("levels", "wrappers"))
    is_short = len(bare) <= 3 and bare.isascii()  # "is" and "to" are words, not ISO codes
    is_code = bare.isupper() and bare in phrases("levels", "codes")
    others: dict[str, str] = word_list("levels")["languages"]
    if bare.casefold() in others:
        return others[bare.casefold()]
    if not bare or (is_short and not is_code) or bare.isdigit():
        return None
    return english_language(bare)


def _has_level(text: str) -> bool:
    """Tell whether a level stands within a text."""
    words = split_words(text)
    return any(phrases("levels", kind).any_in(words) for kind in ("native", "others"))


def _with_level(language: str, text: str) -> SpokenLanguage:
    level = trimmed(_MARKS.sub("", text), " :–—-,.=\t/")
    if not is_level(level) and level.endswith(" in"):
        level = level.removesuffix(" in")  # "Fluent in Spanish"
    elif not is_level(level):
        level = " ".join(word for word in level.split() if word not in phrases("levels", "wrappers"))
        level = "" if level in phrases("skills", "and") else level
    bare = " ".join(word for word in level.split() if word not in phrases("levels", "around"))
    level = bare if is_level(bare) and level not in phrases("levels", "native") else level
    cefr = _CEFR.search(level)
    return SpokenLanguage(language, level or None, cefr[1] if cefr else None)


def is_level(text: str) -> bool:
    """Tell whether a text says how well a language is spoken."""
    bare = trimmed(text)
    return bool(_CEFR.search(bare)) or bare in phrases("levels", "native") or bare in phrases("levels", "others")
