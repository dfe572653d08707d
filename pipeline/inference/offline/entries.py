"""Dated entries of a section: which lines head a job or course, which dates it has, and what was written under it.

CVs order these in every way: the dates at the edge of the first line, alone above, alone below, between position and
employer. The first entry of a section tells: what stands above its dates can only be its heading. Promise: every line
of the section belongs to at most one entry, and the order of entries is the printed one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import Span, find_span, is_duration
from pipeline.inference.offline.scores import has_legal_form
from pipeline.inference.offline.sections import inside_words
from pipeline.inference.offline.words import letters_only, phrases

_MAX_HEADS_ABOVE = 3
_LONGEST_HEAD = 130
_LONGEST_DATED = 200  # a heading on one line with its dates may be followed by what was done there


Takes = Callable[[list[str], str], bool]
"""Tells whether a heading that has these lines lacks something that this line may be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A job or a course, its heading still to be understood."""

    heads: tuple[str, ...]
    """Lines of the heading in printed order, dates taken out."""
    span: Span | None = None
    below: tuple[Line, ...] = ()
    """What stands under it."""


_LONGEST_NAME = 90
_STRONG = re.compile(r"\t|\s*[|•·‧;]\s*|\s+[-–—−]+\s+|\s*[–—](?=\s)|(?<=\s)[–—]\s*|\s+@\s+|:\s+")


@dataclass(frozen=True, slots=True)
class _Anchor:
    at: int
    span: Span


def dated_entries(lines: list[Line], takes: Takes) -> list[Entry]:
    """Return the entries of a section that have dates."""
    lines = [line for line in lines if not _is_furniture(line.text)]
    anchors = _anchors(lines)
    if not anchors:
        return []
    stops = [*(anchor.at for anchor in anchors[1:]), len(lines)]
    most = len(_heads_above(lines, -1, anchors[0].at, _MAX_HEADS_ABOVE))
    above = _heads_above(lines, -1, anchors[0].at, most)
    entries: list[Entry] = []
    for anchor, stop in zip(anchors, stops, strict=True):
        next_above = _heads_above(lines, anchor.at, stop, most) if stop < len(lines) else []
        end = stop - len(next_above)
        entry, body = _entry(lines[:end], above, anchor, takes)
        entries.append(replace(entry, below=tuple(lines[body:end])))
        above = next_above
    return entries


def _entry(lines: list[Line], above: list[int], anchor: _Anchor, takes: Takes) -> tuple[Entry, int]:
    """Return an entry and the line on which its body begins. Lines below the dates are taken while the heading lacks something."""
    heads = [lines[at].text for at in above]
    heads += [part for part in (anchor.span.before, anchor.span.after) if part]
    at = anchor.at + 1
    while at < len(lines) and is_head_like(lines[at]) and takes(heads, lines[at].text):
        heads.append(lines[at].text)
        at += 1
    return Entry(tuple(heads), anchor.span), at


def _heads_above(lines: list[Line], after: int, at: int, most: int) -> list[int]:
    """Return the lines right above some dates that can be their heading, at most so many."""
    found: list[int] = []
    for above in range(at - 1, after, -1):
        if len(found) >= most or not is_head_like(lines[above]):
            break
        found.insert(0, above)
    return found


def is_head_like(line: Line) -> bool:
    """Tell whether a line can name a job or a course: short, no list item, no sentence."""
    return (
        not line.bullet
        and len(line.text) <= _LONGEST_HEAD
        and not is_sentence(line.text)
        and not line.text.endswith((",", ":"))
    )


def _is_furniture(text: str) -> bool:
    """Tell whether a line says nothing of its own: "Responsibilities:", "2 years 3 months"."""
    return letters_only(text) in inside_words() or is_duration(text)


def _anchors(lines: list[Line]) -> list[_Anchor]:
    """Return the lines that carry the dates of an entry. Single dates count where ranges stand in the same way, or alone."""
    spans = [(at, find_span(line.text)) for at, line in enumerate(lines)]
    dated = [(at, span) for at, span in spans if span and _can_anchor(lines[at], span)]
    if not all(lines[at].bullet for at, _ in dated):
        dated = [(at, span) for at, span in dated if not lines[at].bullet or not span.before]
    has_ranges = any(span.is_range for _, span in dated)
    return [_Anchor(at, span) for at, span in dated if span.is_range or not has_ranges or _fits(lines[at], span)]


def _can_anchor(line: Line, span: Span) -> bool:
    if not span.at_edge and not span.parted:
        return False
    if span.after[:1].islower() and not span.before and is_sentence(line.text):
        return False  # "From 2019 to 2021 led the team."
    if span.before and is_sentence(line.text) and not span.parted and not _is_tail(line.text, span):
        return False
    return len(line.text) <= _LONGEST_DATED or not span.before


def _is_tail(text: str, span: Span) -> bool:
    """Tell whether a line that ends in a point only ends in the point of a date ("2019 r.")."""
    return not span.after and not is_sentence(span.before)


def _fits(line: Line, span: Span) -> bool:
    """A single date heads an entry when it stands alone, begins the line, or ends it after a separator or a year word."""
    return not is_sentence(line.text) and (span.at_edge or span.parted)


def pieces(head: str) -> list[str]:
    """Return the parts of a heading line between strong separators."""
    parts = (_tidy(part) for part in _STRONG.split(head))
    return [part for part in parts if part and part not in phrases("roles", "terms", "words")]


def comma_parts(text: str) -> list[str]:
    """Return the parts of a text between commas; a comma in brackets parts nothing, nor does one before a legal form."""
    parts = [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]
    joined: list[str] = []
    for part in parts:
        if joined and has_legal_form(f"x {part}") and len(part) < 12:
            joined[-1] += f", {part}"
        else:
            joined.append(part)
    return joined


def labelled_value(text: str, *kinds: str) -> str | None:
    """Return what stands behind a label of one of these kinds; a long label needs no colon."""
    for kind in kinds:
        end = phrases("labels", kind).prefix(text)
        value = text[end:].lstrip(" :\t–-")
        if end and value and (text[end:].lstrip(" ")[:1] in (":", "\t") or text[:end].count(" ") >= 2):
            return value
    return None


def looks_like_title(text: str) -> bool:
    """Tell whether a text is written as names are: most of its longer words capitalised, where there are capitals."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    small = sum(word[0].islower() for word in words)
    return len(text) <= _LONGEST_NAME and small * 2 <= len(words)


def _tidy(text: str) -> str:
    text = re.sub(r"\(?\s*(?:https?://|www\.)[^\s)]*\s*\)?", " ", text)
    text = re.sub(r"\s+", " ", text).strip(" ,;:|–—-•·/")
    return text.strip("()") if text.count("(") != text.count(")") else text
