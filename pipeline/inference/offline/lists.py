"""Lists: skills, languages, certificates, driving licences.

Promise: items as printed, one each, in order; prose, headings of groups and self-given marks ("advanced", "●●●○") are
not items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.inference.offline.entries import comma_parts
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import find_span
from pipeline.inference.offline.words import phrases, split_words
from pipeline.schemas.names import english_language

_MOST_SKILLS = 120
_LONGEST_SKILL, _MOST_SKILL_WORDS = 70, 7
_LIST_SEPARATOR = re.compile(r"\s*[;|•·‧▪●■►✓\t、，；]\s*|,(?!\d)(?![^()]*\))\s*|\s+[/]\s+")
_GROUP = re.compile(r"^([^:,;|•()]{2,45}):\s+(?=\S)")
_MARKS = re.compile(r"[★☆●○■□▪▫◆◇✦✧⬤◯⚫⚪▰▱█░▓⭐]+|\b\d{1,3}\s?%|\b\d{1,2}\s?/\s?(?:5|10)\b")
_YEARS = re.compile(
    r"\s*\(?\b\d{1,2}\+?\s*(?:years?|yrs?|jahre?|ans?|años?|lat|lata|jaar|anni|anos|let|år|vuotta|yıl|лет|года|років)\b[^,;]*\)?$",
    re.IGNORECASE,
)


def list_items(lines: Iterable[Line]) -> list[str]:
    """Return the items of a list that is printed one a line, between commas, in groups or in a sentence."""
    return [item for text in _unwrapped(lines) if not _is_prose(text) for item in _items(text)]


def _is_prose(text: str) -> bool:
    """Tell whether a text is a sentence or the title of a group, not a list."""
    return text.endswith(":") or (is_sentence(text) and "," not in text and not _lead_end(text))


def _unwrapped(lines: Iterable[Line]) -> list[str]:
    """Return the lines of a list, those joined that a narrow column broke."""
    texts: list[str] = []
    for line in lines:
        if texts and not line.bullet and _goes_on(texts[-1], line.text):
            texts[-1] = f"{texts[-1]} {line.text}"
        else:
            texts.append(line.text)
    return texts


def _goes_on(above: str, text: str) -> bool:
    """Tell whether a line carries on the list above: after a comma, before a small letter in a list, or with "and"."""
    is_list = "," in above or _lead_end(above)
    if above.endswith(",") or text.startswith(("&", ",")):
        return True
    first = text.split()[0].casefold()
    if first in phrases("skills", "and") and len(first) > 1:
        return True
    if above.split()[-1].casefold() in phrases("skills", "and"):
        return True
    return bool(is_list) and not above.endswith((".", ";")) and (text[0].islower() or bool(_lead_end(above)))


def _items(text: str) -> Iterator[str]:
    group = _GROUP.match(text)
    if group:
        text = text[group.end() :]
    lead = _lead_end(text)
    in_sentence = bool(lead)
    if lead:
        text = text[lead:]
    text = text.strip().rstrip(".") if in_sentence or group or "," in text else text.strip()
    parts = [part for part in _LIST_SEPARATOR.split(text) if part and part.strip()]
    if (in_sentence or len(parts) > 2) and parts:
        parts[-1:] = _split_and(parts[-1], sure=in_sentence)
    for part in parts:
        item = tidy_skill(part)
        if item:
            yield item


def _lead_end(text: str) -> int:
    """Return the offset behind "Experienced in" at the beginning of a sentence; 0: there is none."""
    end = phrases("skills", "leads").prefix(text)
    return end if end and text[end:].startswith((" ", ":")) and len(text) > end + 2 else 0


def _split_and(text: str, *, sure: bool) -> list[str]:
    """Split "C and D" at the end of a list."""
    words = split_words(text)
    joints = [word for word in words[1:-1] if word.key in phrases("skills", "and")]
    if not joints or not (sure or words[0].key in phrases("skills", "and")):
        first = words[0] if words else None
        return (
            [text[first.end :].strip()]
            if first and len(words) > 1 and first.key in phrases("skills", "and")
            else [text]
        )
    return [text[: joints[0].start].strip(), text[joints[0].end :].strip()]


def tidy_skill(text: str) -> str | None:
    """Return a skill without marks, or None when it is none."""
    text = _YEARS.sub("", _MARKS.sub("", text)).strip(" .,:–—-*·")
    inner = re.search(r"\s*[(–—-]\s*([^()]+?)\)?$", text)
    if inner and inner[1] in phrases("skills", "ratings"):
        text = text[: inner.start()].strip()
    words = text.split()
    too_long = len(text) > _LONGEST_SKILL or len(words) > _MOST_SKILL_WORDS
    if not text or too_long or not re.search(r"[^\W_]", text) or text.isdigit() or "@" in text:
        return None
    return text


def read_skills(lines: Iterable[Line]) -> list[str]:
    """Return the skills of a section."""
    return list(dict.fromkeys(list_items(lines)))[:_MOST_SKILLS]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate."""

    name: str
    issuer: str | None = None
    date: str | None = None


def read_certificates(lines: list[Line]) -> list[Certificate]:
    """Return the certificates of a section."""
    found: list[Certificate] = []
    for line in lines:
        text = line.text
        if is_sentence(text) and len(text.split()) > 12:
            continue
        span = find_span(text)
        date = (span.end or span.start) if span else None
        if span and (span.at_edge or span.parted):
            text = ", ".join(part for part in (span.before, span.after) if part)
        parts = [
            part.strip(" .–—-")
            for piece in re.split(r"\s*[|•·;\t]\s*|\s+[-–—]\s+", text)
            for part in comma_parts(piece)
        ]
        parts = [part for part in parts if part]
        if parts and re.search(r"[^\W\d_]{2}", parts[0]):
            found.append(Certificate(parts[0].strip("()"), parts[1].strip("()") if len(parts) > 1 else None, date))
        elif found and date and not found[-1].date:
            found[-1] = Certificate(found[-1].name, found[-1].issuer, date)
    return found


_CLASS = r"(?:AM|A1|A2|A|B1|B\+E|BE|B96|B|C1\+E|C1E|C1|C\+E|CE|C|D1\+E|D1E|D1|D\+E|DE|D|T|L|M|F|G|S|H|[IVX]{1,3}|[123])"
_CLASSES = re.compile(rf"(?<![\w+]){_CLASS}(?![\w+])")


def read_licences(text: str) -> list[str]:
    """Return the classes of driving licences in a text that is about nothing else."""
    return list(dict.fromkeys(_CLASSES.findall(re.sub(r"\s*\+\s*", "+", text))))


def labelled_licences(lines: Iterable[Line]) -> list[str]:
    """Return the classes printed behind "Driving licence" on any line."""
    found: list[str] = []
    for line in lines:
        words = split_words(line.text)
        for at, count in phrases("labels", "licence").find(words):
            rest = line.text[words[at + count - 1].end :]
            piece = re.split(r"[|•·;\t]|\.\s|\s[-–—]\s(?=\w{3})", rest.lstrip(" :–-"))[0]
            found += read_licences(_without_class_word(piece)) if _only_classes(piece) else []
    return list(dict.fromkeys(found))


def _without_class_word(text: str) -> str:
    return " ".join(
        word
        for word in text.replace("/", ", ").split()
        if word.strip(":(),.") not in phrases("labels", "licence_class")
    )


def _only_classes(text: str) -> bool:
    """Tell whether a text holds classes and words such as "class" and "and", and nothing else."""
    rest = _CLASSES.sub(" ", re.sub(r"\s*\+\s*", "+", _without_class_word(text)))
    words = [word for word in re.findall(r"[^\W\d_]+", rest.casefold()) if word not in phrases("skills", "and")]
    return not words


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """A language and how well it is spoken."""

    language: str
    fluency: str | None = None
    cefr: str | None = None


_CEFR = re.compile(r"(?<!\w)([ABC][12])(?!\w)")
_LANGUAGE_SEPARATOR = re.compile(r"\s*[;|•·‧\t、，；]\s*|,(?![^()]*\))\s*|(?<=\))\s+(?=[^\W\d_])")


def read_languages(lines: Iterable[Line]) -> list[SpokenLanguage]:
    """Return the languages of a section."""
    found: list[SpokenLanguage] = []
    for line in lines:
        for piece in filter(None, _LANGUAGE_SEPARATOR.split(line.text)):
            spoken = language_in(piece)
            if spoken:
                found.append(spoken)
            elif found and not found[-1].fluency and _is_level(piece):
                found[-1] = _with_level(found[-1].language, piece)
    return list({spoken.language: spoken for spoken in reversed(found)}.values())[::-1]


def language_in(piece: str) -> SpokenLanguage | None:
    """Return the language that a text begins or ends with, and the level that is the rest: "English – C1"."""
    words = [word for word in split_words(piece)]
    for count in range(min(3, len(words)), 0, -1):
        for first in range(len(words) - count + 1):
            name = piece[words[first].start : words[first + count - 1].end].strip(".:–-")
            english = _language_name(name)
            if english:
                before = piece[: words[first].start]
                after = piece[words[first + count - 1].end :]
                return _with_level(english, after if after.strip(" :–—-().") else before)
    return None


def _language_name(name: str) -> str | None:
    bare = " ".join(word for word in name.split() if word not in phrases("levels", "wrappers"))
    if len(bare) <= 3 and not (bare.isupper() or not bare.isascii()):
        return None
    return english_language(bare) if bare and not bare.isdigit() else None


def _with_level(language: str, text: str) -> SpokenLanguage:
    level = _MARKS.sub("", text).strip(" :–—-,.()[]/=\t")
    if not _is_level(level):
        level = " ".join(word for word in level.split() if word not in phrases("levels", "wrappers"))
    cefr = _CEFR.search(level)
    return SpokenLanguage(language, level or None, cefr[1] if cefr else None)


def _is_level(text: str) -> bool:
    bare = text.strip(" :–—-,.()")
    return bool(_CEFR.search(bare)) or bare in phrases("levels", "native") or bare in phrases("levels", "others")
