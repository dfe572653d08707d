"""Certificates and driving licences.

Promise: a certificate's name, issuer and date as printed; of driving licences only the classes that are printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.inference.offline.cv.heads import comma_parts
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import find_span
from pipeline.inference.offline.text import trimmed
from pipeline.inference.offline.words import phrases, split_words
from pipeline.inference.offline.wraps import joined_open

_LONGEST = 160
_LONGEST_LABEL = 4
"""Words of "valid through and including"."""
_LICENCE_WORDS, _LONGEST_LICENCE = 2, 6
_STRONG = re.compile(r"\s*[|•·;\t]\s*")
_CELLS = re.compile(r"\s*[|•·;\t]\s*|\s+[-–—]\s+|,\s+")
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_DASH = re.compile(r"\s+[-–—]\s+")
_CLASS = re.compile(r"AM|A[12]?|B(?:96|1|E|\+E)?|C1?(?:E|\+E)?|D1?(?:E|\+E)?|[TLMFGSHE]")
_TOKEN = re.compile(r"[^\s,/():.]+")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate."""

    name: str
    issuer: str | None = None
    date: str | None = None


def read_certificates(lines: Iterable[Line]) -> list[Certificate]:
    """Return the certificates of a section."""
    found: list[Certificate] = []
    for text in (_without_numbers(part) for line in joined_open(lines) for part in _dated_parts(line.text)):
        if (is_sentence(text) and len(text.split()) > 12) or len(text) > _LONGEST or is_licence_line(text):
            continue
        issuer_end = phrases("labels", "issuer").prefix(text)
        parts, date = _parts(text[issuer_end:].lstrip(" :"))
        if found and issuer_end and (not found[-1].issuer or not parts):  # "Issued by APICS", "Issued Jun 2017"
            found[-1] = replace(
                found[-1], issuer=found[-1].issuer or next(iter(parts), None), date=found[-1].date or date
            )
            continue
        if parts and re.search(r"[^\W\d_]{2}", parts[0]):
            found.append(Certificate(parts[0], parts[1] if len(parts) > 1 else None, date))
        elif found and date and not found[-1].date:
            found[-1] = replace(found[-1], date=date)
    return found


def _dated_parts(text: str) -> list[str]:
    """Part "First aid 2023, Forklift 2020", where each certificate has its date."""
    parts = comma_parts(text)
    dates = [find_span(part) for part in parts]
    each_dated = len(parts) > 1 and all(date and not date.is_range and date.before and not date.after for date in dates)
    return parts if each_dated else [text]


def _parts(text: str) -> tuple[list[str], str | None]:
    """Return the parts of a line without its date, and the date. A dash parts only where nothing else does.

    The day on which it expires is not its date.
    """
    span = find_span(text)
    date = (span.end or span.start) if span else None
    before, is_expiry = _without_expiry(span.before) if span else ("", False)
    if span and (is_expiry or span.at_edge or span.parted):
        text = ", ".join(part for part in (before, "" if is_expiry else span.after) if part)
        date = None if is_expiry else date
    parts = [part for piece in _STRONG.split(text) for part in comma_parts(piece)]
    if len(parts) == 1:
        parts = _DASH.split(parts[0])
    return [part for part in map(trimmed, parts) if part], date


def _without_numbers(text: str) -> str:
    """Leave out the number of a certificate, and its end where it is told beside its beginning."""
    text = _BRACKET.sub(lambda found: "" if _is_number(found[1]) else found[0], text)
    cells = _CELLS.split(text)
    kept = [cell for cell in cells if not _is_number(cell)]
    if sum(find_span(cell) is not None for cell in kept) > 1:
        kept = [cell for cell in kept if not phrases("labels", "expiry").prefix(cell)]
    return " · ".join(kept) if len(kept) < len(cells) else text


def _is_number(text: str) -> bool:
    return bool(re.search(r"\d", text)) and bool(phrases("labels", "identifiers").prefix(text)) and not find_span(text)


def _without_expiry(text: str) -> tuple[str, bool]:
    """Leave out "valid until" at the end of what stands before a date, and tell whether it stood there."""
    words = split_words(text)
    for at in range(max(0, len(words) - _LONGEST_LABEL), len(words)):
        if text[words[at].start :].strip(" .:") in phrases("labels", "expiry"):
            return trimmed(text[: words[at].start].rstrip(" ([")), True
    return text, False


def is_licence_line(text: str) -> bool:
    """Tell whether a line is about a driving licence: "Führerschein: Klasse B"."""
    first = next(
        (at for at, word in enumerate(split_words(text)) if word.key not in phrases("labels", "licence_class")), 0
    )
    is_label = bool(phrases("labels", "licence").match(split_words(text), first))
    has_classes = bool(labelled_licences([Line(text)]))
    is_short = len(_joined(text).split()) <= _LICENCE_WORDS  # "B-körkort"
    return text in phrases("labels", "licence") or ((is_label or is_short) and has_classes)


def names_licence(text: str) -> bool:
    """Tell whether a text is but a driving licence, of whatever class: "Full clean UK driving licence"."""
    words = split_words(text)
    known = phrases("labels", "licence")
    is_short = len(words) <= _LONGEST_LICENCE
    return text in known or (is_short and any(known.match(words[-count:], 0) == count for count in (2, 3)))


def read_licences(lines: Iterable[Line]) -> list[str]:
    """Return the classes in a section about driving licences."""
    return _once(letter for line in lines for letter in _leading_classes(_joined(line.text)))


def labelled_licences(lines: Iterable[Line]) -> list[str]:
    """Return the classes beside "driving licence" on any line: "Führerschein: B, C1E", "B-körkort"."""
    found: list[str] = []
    for line in lines:
        text = _joined(line.text)
        words = split_words(text)
        for at, count in phrases("labels", "licence").find(words):
            behind = re.split(r"[|•·;\t]", text[words[at + count - 1].end :].lstrip(" :\t–-"))[0]
            if phrases("labels", "pending").any_in(split_words(behind)):
                continue  # "Permis B en cours"
            found += _leading_classes(behind) or _class_before(text[: words[at].start])
    return _once(found)


def _joined(text: str) -> str:
    """Write "C + E" and "C/E" as "C+E", and "B-körkort" as "B körkort"."""
    text = re.sub(r"\s*\+\s*", "+", text)
    text = re.sub(r"(?<!\w)([BCD]1?)/E(?!\w)", r"\1+E", text)
    return re.sub(r"(?<!\w)([A-E])-(?=[^\W\d_]{3})", r"\1 ", text)


def _leading_classes(text: str) -> list[str]:
    """Return the classes that a text begins with, past "class" and "and"."""
    found: list[str] = []
    for printed in _TOKEN.findall(text):
        if _CLASS.fullmatch(printed):
            found.append(printed)
        elif printed not in phrases("labels", "licence_class") and not (found and printed in phrases("skills", "and")):
            break
    return found


def _class_before(text: str) -> list[str]:
    """Return the class in front of the label: "B kategóriás jogosítvány"."""
    for printed in reversed(_TOKEN.findall(text)[-2:]):
        if _CLASS.fullmatch(printed):
            return [printed]
        if printed not in phrases("labels", "licence_class"):
            break
    return []


def _once(letters: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(letters))
