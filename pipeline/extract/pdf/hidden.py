"""Text on a PDF's page that a person does not see.

One walk over the page's objects finds what is certainly hidden (invisible ink, under 2 pt, off the page, clipped
away) and what may be: text of the colour of its ground, text below a later shape, transparent text, text on a
layer. What may be is looked at: the page is drawn with and without it, and where the two pictures agree, nobody
sees it. Drawing is dear, so a page without suspects is not drawn.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.extract.layout.line_ends import WORDS
from pipeline.extract.pdf.boxes import Box, area, common, holds
from pipeline.extract.pdf.drawing import traced, unseen
from pipeline.extract.pdf.page_objects import (
    PATTERN,
    Painted,
    Shape,
    Text,
    number_of,
    plain,
    stroke_width,
)
from pipeline.extract.pdf.squeezed import squeezed
from pipeline.extract.unseen import SMALLEST, are_alike, letters, told
from pipeline.records import Notice

_MARKS_OF_PROGRAMS = frozenset(WORDS["marks_of_programs"])
_WHITE = (255, 255, 255)
_STRIPS = 40
"""In so many strips of its height a page's texts and shapes are looked up."""
_TWIN = 1.5
"""Points: the same letters this near are one text drawn twice (a shadow, a poor man's bold)."""
_SCAN_SHARE = 0.25
"""Of the page: pictures that cover as much may be the page; text hidden on them is what OCR put in."""
_FEWEST = 3
"""Characters of a page that are hidden in one way: fewer say nothing to anybody, and are not told."""
_FIRST_STENCIL_MODE = 4
"""From this render mode on a text is a stencil for what is painted after it."""
_OUTLINED_MODES = frozenset((1, 2, 5, 6))
"""Render modes in which letters have outlines."""
DRAWN_PAGES = 50
"""Of a document: so many may be drawn."""
_MOST_DRAWN_OBJECTS, _MOST_DRAWN_PIXELS = 20_000, 40_000_000
"""Of a page that is drawn, pixels in its pictures: more would take seconds."""
_MOST_LAYERS = 300
"""Times that a page is painted all over, likewise."""


class Hidden(NamedTuple):
    """A run of characters of a text page that nobody sees."""

    kind: str
    """How: a key of HOW in unseen.py."""
    start: int
    """Index of the first character, as pdfium counts."""
    end: int
    """Index after the last."""


def find_hidden(
    page: pypdfium2.PdfPage,
    textpage: pypdfium2.PdfTextPage,
    found: Painted,
    *,
    has_layers: bool = False,
    may_draw: bool = True,
) -> list[Hidden]:
    """Return which characters of a page nobody sees, in their order; `found`: all that is painted on it.

    `has_layers`: the file has optional content (see structure.py), which may not be shown, so it is looked at.
    `may_draw`: the page may be drawn, which takes some 10 ms; otherwise what only looks can tell is taken as seen.
    """
    _suspect(found, has_layers=has_layers)
    _spare_large(found.texts)
    _confirm(found, page, may_draw=may_draw)
    texts = [text for text in found.texts if text.hidden]
    if texts and _is_scan(found, texts):
        return []
    _spare_twins(found.texts)
    kinds = {text.handle: text.hidden for text in texts}
    runs = _with_squeezed(list(_runs(textpage, kinds)) if texts else [], squeezed(textpage, found.texts))
    counts: Counter[str] = Counter()
    for run in runs:
        counts[run.kind] += run.end - run.start
    return [run for run in runs if counts[run.kind] >= _FEWEST]


def hidden_notices(page: int, hidden: Sequence[Hidden], texts: Sequence[str]) -> tuple[Notice, ...]:
    """Return a notice for each way in which text of a page (from 1) is hidden; `texts` are those of the runs."""
    counts: Counter[str] = Counter()
    for run, text in zip(hidden, texts, strict=True):
        if "".join(text.split()).lower() not in _MARKS_OF_PROGRAMS:
            counts[run.kind] += letters(text)
    return told(counts, page)


def without(text: str, hidden: Iterable[str]) -> str:
    """Return another reader's text of the same page without what is hidden, as far as it spells it alike."""
    for run in hidden:
        spelt = r"\s*".join(map(re.escape, "".join(run.split())))
        if spelt:
            text = re.sub(spelt, "", text, count=1)
    return text


# --- Suspicion --------------------------------------------------------------------------------------------------------


def _suspect(found: Painted, *, has_layers: bool) -> None:
    """Note how each text is hidden, or may be."""
    _, foot, _, head = found.page
    height = (head - foot) / _STRIPS
    strips: defaultdict[int, list[Shape]] = defaultdict(list)
    for shape in found.shapes:
        bottom, top = max(shape.box[1], foot), min(shape.box[3], head)
        for strip in range(int((bottom - foot) // height), int((top - foot) // height) + 1):
            strips[strip].append(shape)
    mode_of = plain.FPDFTextObj_GetTextRenderMode
    has_stencils = False
    for text in found.texts:
        mode = mode_of(text.handle)
        if mode in _OUTLINED_MODES:
            _note_outline(text, is_filled=mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE)
        text.hidden = _certain(text, found.page, mode)
        text.is_certain = text.hidden != ""
        text.may_be_cut = text.may_be_cut or has_stencils
        has_stencils = has_stencils or mode >= _FIRST_STENCIL_MODE
        if mode >= _FIRST_STENCIL_MODE:
            text.hidden = text.hidden or "invisible"
        elif not text.hidden:
            text.hidden = _likely(
                text, strips.get(int(((text.box[1] + text.box[3]) / 2 - foot) // height), ()), has_layers
            )


def _note_outline(text: Text, *, is_filled: bool) -> None:
    """Take the colour of its outlines for that of a text: they are painted last, and broad ones hide all there is within."""
    text.halo = stroke_width(text.handle) / 2
    colour, is_clear = text.stroke()
    if not (is_filled and is_clear):
        text.colour, text.is_transparent = colour, is_clear


def _certain(text: Text, page: Box, mode: int) -> str:
    """Return how a text's own properties hide it; empty: they do not."""
    left, bottom, right, top = text.box
    if mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
        return "invisible"
    if right <= page[0] or left >= page[2] or top <= page[1] or bottom >= page[3]:
        return "off_page"
    # Letters of 2 pt are lower than 3; a full stop is, too, so its size is asked for.
    if (top - bottom < 1.5 * SMALLEST or right - left < 1.5 * SMALLEST) and text.least_size() < SMALLEST:
        return "tiny"
    return "clipped" if text.is_clipped_away() else ""


def _likely(text: Text, shapes: Sequence[Shape], has_layers: bool) -> str:
    """Return how a text may be hidden; `shapes` are those at its height."""
    if text.is_transparent:
        text.may_trace = _is_on_shape(shapes, text)
        return "transparent"
    if has_layers and text.is_on_layer():
        return "layer"
    return _among(shapes, text) or _by_itself(text)


def _by_itself(text: Text) -> str:
    """Return how a text may be hidden whatever its colour is, and that of its ground."""
    if text.is_veiled or text.is_blended():
        return "transparent"
    if text.may_be_cut:
        return "clipped"
    return "blank" if text.may_be_blank() else ""


def _among(shapes: Sequence[Shape], text: Text) -> str:
    """Return how the shapes around a text may hide it; a white one needs none."""
    across, along = _middle(text.box)
    ground: Shape | None = None
    for shape in shapes:
        left, bottom, right, top = shape.box
        if left <= across <= right and bottom <= along <= top:
            if shape.order > text.order:
                return "covered"
            ground = shape
    if text.colour == PATTERN:
        may_be = True
    elif ground is None:
        may_be = are_alike(text.colour, _WHITE)
    elif ground.is_picture:
        may_be = True
    elif ground.colour is not None and holds(ground.box, text.box):
        may_be = are_alike(text.colour, ground.colour)
    else:  # a picture, a gradient, another outline than a rectangle's
        colours = (_WHITE, *(shape.ink for shape in shapes if shape.ink))
        may_be = any(are_alike(text.colour, colour) for colour in colours)
    return "same_colour" if may_be else ""


def _is_on_shape(shapes: Sequence[Shape], text: Text) -> bool:
    """Tell whether something is painted where a text lies: its letters as outlines, or a gradient cut to their shape."""
    across, along = _middle(text.box)
    return any(holds(shape.box, (across, along, across, along)) for shape in shapes)


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _confirm(found: Painted, page: pypdfium2.PdfPage, *, may_draw: bool) -> None:
    """Look at what may be hidden. A page that would take seconds to draw is taken as it is: all seen."""
    texts = [text for text in found.texts if text.hidden and not text.is_certain]
    if not texts:
        return
    gone: list[Text] = []
    if may_draw and not _is_dear(found):
        stencils = [text for text in texts if text.hidden == "invisible"]
        gone = unseen(page, [text for text in texts if text.hidden != "invisible"], stencils)
    handles = {text.handle for text in gone} - {text.handle for text in traced(page, gone)}
    for text in texts:
        if text.handle not in handles:
            text.hidden = ""


def _is_dear(found: Painted) -> bool:
    """Tell whether drawing a page would take seconds."""
    if found.count > _MOST_DRAWN_OBJECTS or found.pixels > _MOST_DRAWN_PIXELS:
        return True
    boxes = (thing.box for things in (found.texts, found.shapes) for thing in things)
    return sum(area(common(box, found.page)) for box in boxes) > _MOST_LAYERS * area(found.page)


def _is_scan(found: Painted, hidden: Sequence[Text]) -> bool:
    """Tell whether nearly all text of a page lies hidden on pictures: what OCR puts in a scan, for searching."""
    shown = sum(1 for text in found.texts if not text.hidden and text.box[0] < text.box[2])
    if len(hidden) <= 4 * shown or sum(map(area, found.pictures)) < _SCAN_SHARE * area(found.page):
        return False
    on_pictures = sum(any(area(common(box, text.box)) > 0 for box in found.pictures) for text in hidden)
    return on_pictures >= 0.8 * len(hidden)


def _spare_large(texts: Sequence[Text]) -> None:
    """Take from the tiny what is not: a font of pictures (Type 3) may draw letters of any height at size 1."""
    tiny = [text for text in texts if text.hidden == "tiny"]
    if tiny:
        high = (text for text in texts if not text.hidden and text.box[3] - text.box[1] > 2 * SMALLEST)
        large = {text.font() for text in high if text.box[3] - text.box[1] > 4 * text.size()}
        for text in tiny:
            text.hidden = "" if text.font() in large else "tiny"


def _spare_twins(texts: Sequence[Text]) -> None:
    """Take from the hidden what is seen at the same place: pdfium keeps the first of two equal texts only."""
    seen = {_place(text, 0, 0) for text in texts if not text.hidden}
    for text in texts:
        if text.hidden and any(_place(text, x, y) in seen for x in (-1, 0, 1) for y in (-1, 0, 1)):
            text.hidden = ""


def _place(text: Text, across: int, along: int) -> tuple[int, int, int, int]:
    halo = text.halo
    left, bottom, right, top = (side + by for side, by in zip(text.box, (halo, halo, -halo, -halo), strict=True))
    size = round((right - left) / _TWIN), round((top - bottom) / _TWIN)
    return int(left // _TWIN) + across, int(bottom // _TWIN) + along, *size


# --- Characters -------------------------------------------------------------------------------------------------------


def _runs(textpage: pypdfium2.PdfTextPage, kinds: Mapping[int, str]) -> Iterator[Hidden]:
    """Yield the characters that belong to hidden objects; a blank that pdfium put between two is hidden with them."""
    handle, at = number_of(textpage.raw), 0
    owners = (plain.FPDFText_GetTextObject(handle, number) for number in range(textpage.count_chars()))
    told = [None if owner is None else kinds.get(owner, "") for owner in owners]
    for kind, group in groupby(_settled(told)):
        length = len(list(group))
        if kind:
            yield Hidden(kind, at, at + length)
        at += length


def _with_squeezed(runs: list[Hidden], rows: Iterable[tuple[int, int]]) -> list[Hidden]:
    """Put rows of letters without room among the runs, but for those that are hidden anyway."""
    free = [row for row in rows if not any(run.start < row[1] and row[0] < run.end for run in runs)]
    return sorted([*runs, *(Hidden("squeezed", *row) for row in free)], key=lambda run: run.start)


def _settled(told: Sequence[str | None]) -> Iterator[str]:
    """Give what pdfium put in (None) to the run before it, where the run after it is hidden as well."""
    following = ""
    after: list[str] = []
    for kind in reversed(told):
        following = following if kind is None else kind
        after.append(following)
    before = ""
    for kind, behind in zip(told, reversed(after), strict=True):
        before = before if kind is None else kind
        yield kind if kind is not None else before if behind else ""
