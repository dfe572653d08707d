"""Dated entries of a section: which lines head a job or course, which dates it has, and what was written under it.

CVs order these in every way: the dates at the edge of the first line, alone above, alone below, between position and
employer. The first entry of a section tells: what stands above its dates can only be its heading. Promise: every line
of the section belongs to at most one entry, and the order of entries is the printed one.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.inference.offline.cv.degrees import is_result
from pipeline.inference.offline.cv.heads import (
    columns_kind,
    is_titled,
    labelled_value,
    looks_like_title,
    names_between_stops,
    pieces,
)
from pipeline.inference.offline.heading_words import inside_words, kind_of
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.ranges import Span, find_span, is_duration
from pipeline.inference.offline.words import letters_only
from pipeline.inference.offline.wraps import joined_headings, joined_labels
from pipeline.schemas.names import country_code

_MAX_HEADS_ABOVE = 3
_LONGEST_HEAD = 130
_LONGEST_DATED = 200  # a heading on one line with its dates may be followed by what was done there
_PROSE_WORDS = 6
_RUNNING_WORDS, _LONGEST_JOINT = 4, 4
"""Words, and letters of the last: "Led the sepsis audit of" 2018."""
_MOST_WRAPPED = 2
"""Words that a line may have left over for the next, and still look like a heading there."""
_ONE_GAP = 2
"""The beginning and one blank line, which may be where a page ends: it tells only where as many lines head both entries."""
_FEWEST_CELLS = 3
"""Two names between full stops, and dates."""
_FULL = 0.85
"""Of the widest line: how long one must be that goes on below."""
_BEFORE_DATES = re.compile(r"(?P<head>[^\t]*[^\W\d_][.,-]?)(?:\t|(?<=-) )(?P<dates>[^\t]*\d[^\t]*)")
_WEB_PAGE = re.compile(r"(?:https?://|www\.)\S+")
_BARS = re.compile(r"\s+\|\s+|;\s+")
_LABELS = ("employer", "position", "institution", "degree")
_LISTS = ("skills", "languages", "licences", "certificates", "hobbies", "references")
"""Headings that head no entry where they stand before a colon: "EDV: SAP, Excel"."""

Takes = Callable[[list[str], str, bool], bool]
"""Tells whether a heading that has these lines lacks something that this line may be. True: the dates stand between."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A job or a course, its heading still to be understood."""

    heads: tuple[str, ...]
    """Lines of the heading in printed order, dates taken out."""
    span: Span | None = None
    below: tuple[Line, ...] = ()
    """What stands under it."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    at: int
    span: Span


def dated_entries(lines: list[Line], takes: Takes) -> list[Entry]:
    """Return the entries of a section that have dates."""
    lines = joined_headings(line for line in joined_labels(lines) if not _is_furniture(line.text))
    lines = [part for line in _with_cells(_with_rests(lines)) for part in _one_range_each(line)]
    lines = _unmarked([replace(line, text=labelled_value(line.text, "dates") or line.text) for line in lines])
    anchors = _anchors(lines)
    if not anchors:
        return []
    stops = [*(anchor.at for anchor in anchors[1:]), len(lines)]
    first = anchors[0].span
    is_whole = any(map(is_titled, (first.before, first.after)))  # what stands above "Cook, Inn, Hull." is a subheading
    most = 0 if is_whole else len(_heads_above(lines, -1, anchors[0].at, _MAX_HEADS_ABOVE))
    above = _heads_above(lines, -1, anchors[0].at, most)
    entries: list[Entry] = []
    under = _heads_under(lines, anchors) if most else None
    bare = {anchor.at for anchor in anchors if not (anchor.span.before or anchor.span.after)}
    told = _heads_by_gaps(lines, anchors, bare)
    above = told.get(anchors[0].at, above)
    for anchor, stop in zip(anchors, stops, strict=True):
        body = anchor.at + 1 if most and _is_place(lines, anchor.at + 1, stop - 1) else anchor.at
        next_above = _heads_above(lines, body, stop, most) if stop < len(lines) else []
        if under is not None and stop - 1 not in under:
            next_above = []
        if not next_above and told.get(anchor.at) and stop in bare and anchor.at in bare:
            next_above = _heads_above(lines, body, stop, 1)
        is_first_employer = not entries and stop - 1 == anchor.at + 1  # nothing else can be the first one's
        if not (most or is_first_employer) and stop < len(lines) and _has_heading(lines, body, stop, takes):
            next_above = [stop - 1]
        next_above = told.get(stop, next_above)
        end = stop - len(next_above)
        entry, begin = _entry(lines[:end], above, anchor, takes)
        entries.append(replace(entry, below=tuple(lines[begin:end])))
        above = next_above
    return entries


def _heads_by_gaps(lines: list[Line], anchors: list[_Anchor], bare: set[int]) -> dict[int, list[int]]:
    """Return what heads the dates on each of these lines, where blank lines stand between the entries and nowhere else.

    A further position below the same employer has none above it; its dates stand as those of the first do.
    """
    at_dates = [anchor.at for anchor in anchors]
    gaps = [0, *(at for at, line in enumerate(lines) if line.gap and at)]
    following = [bisect.bisect_left(at_dates, gap) for gap in gaps]
    begins = {at_dates[at] if at < len(at_dates) else -1: gap for at, gap in zip(following, gaps, strict=True)}
    blocks = {at: list(range(gap, at)) for at, gap in begins.items()}
    heads = [lines[at] for block in blocks.values() for at in block]
    is_usual = 1 < len(gaps) == len(blocks) and -1 not in blocks and all(map(is_head_like, heads))
    below = {at for at in at_dates if at + 1 < len(lines) and is_head_like(lines[at + 1]) and not lines[at + 1].gap}
    has_lost = any(not block and at in bare - below for at, block in blocks.items()) and any(blocks.values())
    sizes = [len(block) for block in blocks.values()]
    is_short = max(sizes) <= _MAX_HEADS_ABOVE and (len(gaps) > _ONE_GAP or len({*sizes, 0}) <= 2)
    return blocks if is_usual and is_short and not has_lost else {}


def _heads_under(lines: list[Line], anchors: list[_Anchor]) -> set[int] | None:
    """Return which lines right above dates may head them, where all dates stand alone with a heading below; None: any may.

    Below an employer, "2014 – 2018" is followed by its position, and perhaps what was done there.
    """
    if not all(_stands_alone(lines, anchor) for anchor in anchors):
        return None
    above = {anchor.at - 1 for anchor in anchors}
    taken = {anchor.at + 1 for anchor in anchors} & above
    named = {at for at in above if lines[at].gap or len(lines[at].text.split()) <= _PROSE_WORDS}
    return named - taken if taken else None


def _stands_alone(lines: list[Line], anchor: _Anchor) -> bool:
    below = lines[anchor.at + 1 : anchor.at + 2]
    return not (anchor.span.before or anchor.span.after) and bool(below) and is_head_like(below[0])


def _one_range_each(line: Line) -> list[Line]:
    """Cut "Senior Manager (2019 – 2021) | Manager (2015 – 2019)" where each part has its dates."""
    parts = _BARS.split(line.text)
    spans = [find_span(part) for part in parts] if len(parts) > 1 else []
    is_list = len(spans) > 1 and all(span and span.is_range and (span.before or span.after) for span in spans)
    return [replace(line, text=part) for part in parts] if is_list else [line]


def _with_rests(lines: list[Line]) -> list[Line]:
    """Join a heading that dates at the right edge cut short with its rest below: "Cook, Old Mill Inn, Hud-<tab>2019", "dersfield."."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1].text if joined and not (line.bullet or line.gap or joined[-1].bullet) else ""
        found = _BEFORE_DATES.fullmatch(above)
        span = find_span(found["dates"]) if found else None
        if found and span and not (span.before or span.after) and (whole := _whole(found["head"], line.text)):
            joined[-1] = replace(joined[-1], text=f"{whole}\t{found['dates']}")
        else:
            joined.append(line)
    return joined


def _whole(head: str, rest: str) -> str | None:
    """Return a heading with its rest, where a hyphen shows that it goes on, or the full stop that only the rest has."""
    if re.search(r"[^\W\d_]-$", head) and rest[:1].isalpha() and len(rest) <= _LONGEST_HEAD:
        return f"{head[:-1] if rest[0].islower() else head}{rest}"
    return f"{head} {rest}" if "," in head and not head.endswith(".") and is_titled(rest) else None


def _with_cells(lines: list[Line]) -> list[Line]:
    """Part "Cook. Old Mill Inn, Hull. 2019 – 2021." at its full stops, where all lines with dates are written like this."""
    lines = _without_cuts(lines)
    dated = {at: span for at, line in enumerate(lines) if not line.bullet and (span := find_span(line.text))}
    cells = {at: _cells(lines[at].text, span) for at, span in dated.items()}
    if not all(cells.values()) or max(map(len, cells.values()), default=0) < _FEWEST_CELLS:
        return lines
    return [replace(line, text="\t".join(cells.get(at, [line.text]))) for at, line in enumerate(lines)]


def _without_cuts(lines: list[Line]) -> list[Line]:
    """Join two lines that are "Cook. Old Mill Inn, Hull. 2019 – 2021." together."""
    joined: list[Line] = []
    for line in lines:
        above = joined[-1].text if joined and not (line.bullet or line.gap or joined[-1].bullet) else ""
        own = find_span(line.text)
        is_rest = not above.endswith(".") or bool(own and not (own.before or own.after))
        whole = f"{above} {line.text}" if ". " in above and is_rest else ""
        span = find_span(whole) if len(whole) <= _LONGEST_DATED else None
        if span and span.is_range and _cells(whole, span):
            joined[-1] = replace(joined[-1], text=whole)
        else:
            joined.append(line)
    return joined


def _cells(text: str, span: Span) -> list[str]:
    """Return the names and the dates of a line that full stops part."""
    rest = span.before or span.after
    names = names_between_stops(rest) if span.at_edge and rest.endswith(".") and text.endswith(".") else []
    dates = text.replace(rest, "", 1).strip(" .")
    return names and ([*names, dates] if span.before else [dates, *names])


def _unmarked(lines: list[Line]) -> list[Line]:
    """Take marks of a list from headings: where each line with dates stands under one, as "Cook<tab>2016" under "• Inn"."""
    plain = [replace(line, bullet=False) for line in lines]
    is_form = any(labelled_value(line.text, *_LABELS) for line in lines)
    if not is_form and all(line.bullet for line in lines) and _begins_with_heading(lines):
        return plain  # each line of a time line has its mark
    spans = ((at, find_span(line.text)) for at, line in enumerate(lines) if not line.bullet)
    dated = {at: span for at, span in spans if span and _can_anchor(lines[at], span)}
    marked = {at for at, line in enumerate(lines) if line.bullet and at + 1 in dated and is_head_like(plain[at])}
    if 0 not in marked or not all(at - 1 in marked for at, span in dated.items() if span.is_range):
        return lines
    return [plain[at] if at in marked else line for at, line in enumerate(lines)]


def _begins_with_heading(lines: list[Line]) -> bool:
    """Tell whether what heads the dates stands on lines of its own, below the first ones or above."""
    spans = [find_span(line.text) for line in lines]
    ranges = [span for span in spans if span and span.is_range]
    return bool(ranges) and (spans[0] is None or not (ranges[0].before or ranges[0].after))


def _entry(lines: list[Line], above: list[int], anchor: _Anchor, takes: Takes) -> tuple[Entry, int]:
    """Return an entry and the line on which its body begins. Lines below the dates are taken while the heading lacks something."""
    heads = [lines[at].text for at in above]
    heads += [part for part in (anchor.span.before, anchor.span.after) if part]
    at = anchor.at + 1
    if not heads and at < len(lines) and not lines[at].bullet and is_titled(lines[at].text):
        heads, at = [lines[at].text], at + 1
    while at < len(lines) and is_head_like(lines[at]) and takes(heads, lines[at].text, bool(above)):
        heads.append(lines[at].text)
        at += 1
    return Entry(tuple(heads), anchor.span), at


def _heads_above(lines: list[Line], after: int, at: int, most: int) -> list[int]:
    """Return the lines right above some dates that can be their heading, at most so many."""
    found: list[int] = []
    for above in range(at - 1, after, -1):
        is_rest = len(lines[above].text.split()) <= _MOST_WRAPPED and _ends_item(lines, above)
        if len(found) >= most or not is_head_like(lines[above]) or is_rest:
            break
        found.insert(0, above)
    return found


def _has_heading(lines: list[Line], after: int, at: int, takes: Takes) -> bool:
    """Tell whether a line names the employer of a position that stands with dates alone: others are printed under it, too."""
    line, span = lines[at - 1], find_span(lines[at].text)
    own = [part for part in (span.before, span.after) if part] if span else []
    if at - 1 <= after or len(own) != 1 or is_titled(own[0]):
        return False  # "Cook, Inn, Hull." is whole
    if not is_head_like(line) or not line.text[:1].isupper() or labelled_value(line.text, *_LABELS):
        return False  # a form says itself whose employer it is
    is_set_apart = line.gap or (len(line.text.split()) <= _PROSE_WORDS and not _may_be_wrapped(lines, at - 1))
    is_followed = at + 1 < len(lines) and is_head_like(lines[at + 1]) and takes(own, lines[at + 1].text, False)
    return is_set_apart and not is_followed and takes(own, line.text, False)


def _ends_item(lines: list[Line], at: int) -> bool:
    """Tell whether a line is the end of a list item, where items of this section are seen to go on from line to line."""
    is_below_item = any(line.bullet for line in lines[max(0, at - _MOST_WRAPPED) : at])
    goes_on = (
        line.text[:1].islower() and above.bullet and not line.bullet for above, line in itertools.pairwise(lines)
    )
    return is_below_item and _may_be_wrapped(lines, at) and any(goes_on)


def _may_be_wrapped(lines: list[Line], at: int) -> bool:
    """Tell whether a line may be the end of the one above, which fills the column and ends no sentence."""
    above = lines[at - 1].text if at else ""
    widest = max(len(line.text) for line in lines)
    is_full = len(above) >= _FULL * min(widest, _LONGEST_HEAD) and len(above.split()) >= _PROSE_WORDS
    return is_full and not lines[at].gap and not above.endswith((".", "!", "?"))


def _is_place(lines: list[Line], at: int, stop: int) -> bool:
    """Tell whether a line right under some dates, with another below it, is "Rotterdam, Netherlands"."""
    parts = lines[at].text.split(",") if at < stop else []
    return 2 <= len(parts) <= 3 and len(parts[-1].strip()) > 2 and country_code(parts[-1]) is not None


def is_head_like(line: Line) -> bool:
    """Tell whether a line can name a job or a course: short, no list item, no sentence, no project."""
    return (
        not line.bullet
        and len(line.text) <= _LONGEST_HEAD
        and not is_sentence(line.text)
        and not line.text.endswith((",", ":"))
        and not labelled_value(line.text, "project")
        and kind_of(line.text.partition(": ")[0]) not in _LISTS
    )


def _is_furniture(text: str) -> bool:
    """Tell whether a line says nothing of what was done: "Responsibilities:", "Salary: $40,000", a web address, a table's heading row."""
    if columns_kind(text) or _WEB_PAGE.fullmatch(text):
        return True
    is_condition = labelled_value(text, "conditions") and not find_span(text)
    return bool(is_condition) or letters_only(text) in inside_words() or is_duration(text)


def _anchors(lines: list[Line]) -> list[_Anchor]:
    """Return the lines that carry the dates of an entry. Single dates count where ranges stand in the same way, or alone."""
    spans = [(at, find_span(line.text)) for at, line in enumerate(lines)]
    dated = [(at, span) for at, span in spans if span and _can_anchor(lines[at], span)]
    if any(lines[at].bullet and span.is_range for at, span in dated) and not any(
        span.is_range and not lines[at].bullet for at, span in dated
    ):
        dated = [(at, span) for at, span in dated if span.is_range]  # each job is an item of a list, or has its mark
    if not all(lines[at].bullet for at, _ in dated):
        dated = [(at, span) for at, span in dated if not lines[at].bullet or not span.before]
    has_ranges = any(span.is_range for _, span in dated)
    if any(span.is_range and not lines[at].bullet for at, span in dated):
        dated = [(at, span) for at, span in dated if span.is_range or not lines[at].bullet]  # "• 2018: first of 45"
    return [_Anchor(at, span) for at, span in dated if span.is_range or not has_ranges or _fits(lines[at], span)]


def _can_anchor(line: Line, span: Span) -> bool:
    is_whole = span.is_range or is_result(span.after)
    is_inside = is_whole and span.between_commas and not is_sentence(line.text)  # "Analyst, 2015 – 2017, Foo Ltd"
    if not span.at_edge and not span.parted and not is_inside:
        return False
    if not span.is_range and span.before and find_span(span.after):
        return False  # "Training: First aid (2025), Manual handling (2024)"
    if span.after[:1].islower() and not span.before and is_sentence(line.text):
        return False  # "From 2019 to 2021 led the team."
    if span.before[:1].islower() and not span.is_range and not span.parted:
        return False  # it goes on from the line above: "to new servers around 2018"
    if span.before and is_sentence(line.text) and not span.parted and (span.after or is_sentence(span.before)):
        return False  # "Cut costs in 2019.", but not "Engineer, 2019 r."
    return len(line.text) <= _LONGEST_DATED or not span.before


def _fits(line: Line, span: Span) -> bool:
    """A single date heads an entry when it stands alone, begins the line, or ends it after a separator or a year word."""
    parts = pieces(span.before)
    is_prose = any(len(part.split()) >= _PROSE_WORDS and not looks_like_title(part) for part in parts)
    words = span.before.split()
    is_prose |= len(words) >= _RUNNING_WORDS and words[-1].islower() and len(words[-1]) <= _LONGEST_JOINT
    is_aside = span.before.count("(") > span.before.count(")")  # "Acme (sold in 2019)"
    is_set_apart = span.at_edge or span.parted or is_result(span.after)  # "BSc, Leeds, 2011, 2:1"
    return is_set_apart and not (is_aside or is_prose or is_sentence(line.text))
