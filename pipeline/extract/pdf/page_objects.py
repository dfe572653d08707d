"""What is painted on a PDF's page, as pdfium tells of it: texts, shapes and pictures in the order of painting."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.extract.pdf.boxes import Box, area, common, lesser_side

Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

_THIN = 2.0
"""Points: a line, not a shape that covers text."""
_RULE_WIDTH, _RULE_HEIGHT = 4.0, 5.0
"""Points: the most and the least of a rule between cells; pdfium takes an outline to be twice as broad as it is."""
_BROAD = 4.0
"""Width of an outline, in its own units."""
_FAR = 1e12
"""Points: farther away there are only broken numbers."""
_ANYWHERE: Box = (-1e4, -1e4, 1e4, 1e4)
"""What is taken as shown of a page whose own box is empty."""
PATTERN: Colour = (191, 191, 191)
"""What pdfium says of a pattern of many colours, be it all white."""
_MOST_OBJECTS = 40_000
_MOST_DEPTH = 6
_MOST_CLIPS, _MOST_POINTS = 30, 300
"""Clip paths of a text, and points of one: what has more is not followed, but looked at."""
_MOST_CORNERS = 5
"""Of a rectangle's path, which may end where it began."""
_SEEN_SHARE = 0.3
"""Of a text's box: where so much is not clipped away, something is seen of it."""
_SLIVER = 0.05
"""Of the lesser side of its box: nobody reads letters of which no more is left."""
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_EVEN_ODD = pdfium.FPDF_FILLMODE_ALTERNATE
_TEXT, _PATH, _IMAGE, _FORM = (
    pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM
)  # fmt: skip


class _Plain:
    """pdfium's functions with handles as plain numbers: half the time of pypdfium2's, which make an object of each."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(pdfium, name)
        kinds = [
            ctypes.c_void_p if hasattr(kind, "contents") else kind for kind in (function.restype, *function.argtypes)
        ]
        made = ctypes.CFUNCTYPE(*kinds)(number_of(function))
        setattr(self, name, made)
        return made


plain = _Plain()


@dataclass(slots=True)
class Text:
    """A text object."""

    handle: int
    order: int
    """Later ones are painted above."""
    box: Box
    own: Box
    """The same in the space of the form that it stands in."""
    outer: Matrix
    """From there to the page."""
    colour: Colour
    is_transparent: bool
    hidden: str = ""
    """How it is, or may be, hidden: a key of HOW in unseen.py."""
    is_certain: bool = False
    may_be_cut: bool = False
    """A clip path may let nothing of it through, or only a part."""
    is_veiled: bool = False
    """It stands in a form that is drawn transparent, masked or blended as a whole."""
    halo: float = 0.0
    """Points by which its box is larger on each side, for its letters' outlines."""
    may_trace: bool = False
    """Something is painted at its place, which may have the shape of its letters."""

    def size(self) -> float:
        """Return the size of its letters in points, as drawn."""
        return self._sizes()[1]

    def least_size(self) -> float:
        """Return their size, or what is left of it where they are squeezed from the sides."""
        return min(self._sizes())

    def _sizes(self) -> tuple[float, float]:
        """Return the size along the line, and across it."""
        size = ctypes.c_float()
        plain.FPDFTextObj_GetFontSize(self.handle, ctypes.byref(size))
        a, b, c, d, _, _ = _product(_matrix(self.handle), self.outer)
        points = abs(float(size.value))
        return points * math.hypot(a, b), points * math.hypot(c, d)

    def is_upended(self) -> bool:
        """Tell whether it is read upwards or downwards."""
        left, bottom, right, top = self.box
        a, b, *_ = _product(_matrix(self.handle), self.outer) if top - bottom > right - left else _IDENTITY
        return abs(b) > abs(a)  # what is not so is a narrow letter

    def stroke(self) -> tuple[Colour, bool]:
        """Return the colour of its letters' outlines, and whether that is wholly transparent."""
        red, green, blue, alpha = parts = [ctypes.c_uint() for _ in range(4)]
        if not plain.FPDFPageObj_GetStrokeColor(self.handle, *map(ctypes.byref, parts)):
            return self.colour, False
        return (red.value, green.value, blue.value), not alpha.value

    def is_blended(self) -> bool:
        """Tell whether what lies beneath shines through it, or changes it."""
        return bool(plain.FPDFPageObj_HasTransparency(self.handle))

    def font(self) -> int:
        """Return a number that names its font."""
        return int(plain.FPDFTextObj_GetFont(self.handle) or 0)

    def is_clipped_away(self) -> bool:
        """Tell whether its clip paths let through no more of it than a sliver; note whether they may cut it."""
        clip = plain.FPDFPageObj_GetClipPath(self.handle)
        count = max(0, plain.FPDFClipPath_CountPaths(clip))
        lengths = [plain.FPDFClipPath_CountPathSegments(clip, path) for path in range(min(count, _MOST_CLIPS))]
        if count > _MOST_CLIPS or max(lengths, default=0) > _MOST_POINTS:
            self.may_be_cut = True
            return False
        paths = [list(_points(clip, path)) for path in range(count)]
        left = functools.reduce(common, map(_around, paths), self.own)
        self.may_be_cut = not all(map(_are_rectangle, paths)) or area(left) < _SEEN_SHARE * area(self.own)
        return lesser_side(left) < _SLIVER * lesser_side(self.own)

    def may_be_blank(self) -> bool:
        """Tell whether its letters may be of a font in which they are drawings, and so may be none, or white."""
        return not plain.FPDFFont_GetBaseFontName(self.font(), None, 0) > 1

    def is_in_form(self) -> bool:
        """Tell whether it stands in a form, not on the page itself."""
        return self.outer is not _IDENTITY

    def is_on_layer(self) -> bool:
        """Tell whether it is marked as optional content, or stands in a form, which may be."""
        return self.is_in_form() or any(mark_name(mark) == "OC" for mark in marks(self.handle))


class Shape(NamedTuple):
    """Something painted that may lie beneath or above a text."""

    box: Box
    order: int
    colour: Colour | None
    """None: it may have several, be transparent, or not fill its box."""
    ink: Colour | None = None
    """What it is painted with, whatever its outline is."""
    is_picture: bool = False
    """It is no path: a picture or a gradient, the colours of which are not known."""


class Rule(NamedTuple):
    """A line along an edge of the page; also an edge of a rectangle whose outline is drawn."""

    at: float
    start: float
    """Its lower end, or its left one."""
    end: float


@dataclass(slots=True)
class Rules:
    """The rules of a page."""

    upright: list[Rule] = field(default_factory=list)
    level: list[Rule] = field(default_factory=list)

    def note(self, box: Box) -> None:
        """Note a path that is as thin as a rule."""
        left, bottom, right, top = box
        if right - left < _RULE_WIDTH and top - bottom >= _RULE_HEIGHT:
            self.upright.append(Rule((left + right) / 2, bottom, top))
        elif top - bottom < _RULE_WIDTH and right - left >= _RULE_HEIGHT:
            self.level.append(Rule((bottom + top) / 2, left, right))

    def note_frame(self, box: Box) -> None:
        """Note the four edges of a rectangle."""
        left, bottom, right, top = box
        self.upright += [Rule(edge, bottom, top) for edge in (left, right)]
        self.level += [Rule(edge, left, right) for edge in (bottom, top)]


@dataclass(slots=True)
class Painted:
    """All of a page, in the order of painting."""

    page: Box
    """What is shown of the page."""
    texts: list[Text] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    pictures: list[Box] = field(default_factory=list)
    """What pictures cover of the page."""
    pixels: int = 0
    """Of all pictures together."""
    count: int = 0
    """Objects."""

    def has_upended(self) -> bool:
        """Tell whether some text on the page is read upwards or downwards."""
        return any(text.is_upended() for text in self.texts)


def painted(page: pypdfium2.PdfPage) -> Painted:
    """Walk over a page's objects and those of the forms within it, once."""
    edges = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(edges))
    box = (edges.left, edges.bottom, edges.right, edges.top)
    found = Painted(box if area(box) else _ANYWHERE)
    handle = number_of(page.raw)
    objects = map(functools.partial(plain.FPDFPage_GetObject, handle), range(plain.FPDFPage_CountObjects(handle)))
    _gather(found, objects, _IDENTITY, 0)
    return found


def texts_within(form: int, depth: int = 0) -> Iterator[int]:
    """Yield the texts of a form, and of the forms within it."""
    for handle in _within(form):
        kind = plain.FPDFPageObj_GetType(handle)
        if kind == _TEXT:
            yield handle
        elif kind == _FORM and depth < _MOST_DEPTH:
            yield from texts_within(handle, depth + 1)


def number_of(pointer: Any) -> int:
    """Return a handle of pypdfium2's as `plain` takes it."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _gather(found: Painted, objects: Iterable[int], outer: Matrix, depth: int, *, is_veiled: bool = False) -> None:
    """Note the objects of a page or of a form. The one loop that counts: a page has up to thousands."""
    edges, parts = (ctypes.c_float * 4)(), (ctypes.c_uint * 4)()
    edge, part = ctypes.addressof(edges), ctypes.addressof(parts)
    kind_of, box_of, colour_of = plain.FPDFPageObj_GetType, plain.FPDFPageObj_GetBounds, plain.FPDFPageObj_GetFillColor
    for handle in objects:
        kind = kind_of(handle)
        found.count += 1
        if found.count > _MOST_OBJECTS:
            return
        if kind == _FORM:
            if depth < _MOST_DEPTH:
                matrix = _product(_matrix(handle), outer)
                veiled = is_veiled or bool(plain.FPDFPageObj_HasTransparency(handle))
                _gather(found, _within(handle), matrix, depth + 1, is_veiled=veiled)
        elif box_of(handle, edge, edge + 4, edge + 8, edge + 12):
            own = tuple(edges)
            left, bottom, right, top = box = own if outer is _IDENTITY else _moved(own, outer)
            has_colour = colour_of(handle, part, part + 4, part + 8, part + 12)
            red, green, blue, alpha = parts
            if not abs(left + bottom + right + top) < _FAR:  # nor where it is no number
                continue
            if kind == _TEXT:
                is_clear = has_colour and not alpha
                colour = (red, green, blue)
                found.texts.append(
                    Text(handle, found.count, box, own, outer, colour, bool(is_clear), is_veiled=is_veiled)
                )
                continue
            if kind == _PATH:
                found.rules.note(box)
            if right - left >= _THIN and top - bottom >= _THIN:
                _note_shape(found, handle, kind, box, (red, green, blue) if has_colour else None)


def _within(form: int) -> Iterator[int]:
    return map(functools.partial(plain.FPDFFormObj_GetObject, form), range(plain.FPDFFormObj_CountObjects(form)))


def _note_shape(found: Painted, handle: int, kind: int, box: Box, colour: Colour | None) -> None:
    if kind == _PATH:
        fill, is_stroked = _how_drawn(handle)
        if (is_stroked and _is_rectangle(handle)) or (fill == _EVEN_ODD and _is_rectangle(handle, 2)):
            found.rules.note_frame(box)
        if not (fill or (is_stroked and _is_broad(handle))):
            return
    is_plain = kind == _PATH and _is_opaque_rectangle(handle)
    found.shapes.append(Shape(box, found.count, colour if is_plain else None, colour, kind != _PATH))
    if kind == _IMAGE:
        _count_pixels(found, handle, box)


def _count_pixels(found: Painted, handle: int, box: Box) -> None:
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    plain.FPDFImageObj_GetImagePixelSize(handle, ctypes.byref(wide), ctypes.byref(high))
    found.pixels += wide.value * high.value
    found.pictures.append(common(box, found.page))


def _how_drawn(handle: int) -> tuple[int, bool]:
    """Return how a path is filled (0: not at all), and whether its outline is drawn."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    plain.FPDFPath_GetDrawMode(handle, ctypes.byref(mode), ctypes.byref(stroke))
    return mode.value, stroke.value != 0


def _is_broad(handle: int) -> bool:
    """Tell whether an outline may hide what lies beneath the inside of a path."""
    return stroke_width(handle) > _BROAD


def stroke_width(handle: int) -> float:
    """Return how broad an object's outline is."""
    width = ctypes.c_float()
    plain.FPDFPageObj_GetStrokeWidth(handle, ctypes.byref(width))
    return width.value


def _is_rectangle(handle: int, count: int = 1) -> bool:
    """Tell whether a path is a rectangle along the page's edges, so that it fills its box; two of them are a frame."""
    across, up, down, along, _, _ = _matrix(handle)
    segments: int = plain.FPDFPath_CountSegments(handle)
    return 4 * count <= segments <= 5 * count and (up == down == 0 or across == along == 0)


def _is_opaque_rectangle(handle: int) -> bool:
    """Tell whether a path is such a rectangle, and wholly seen."""
    return _is_rectangle(handle) and not plain.FPDFPageObj_HasTransparency(handle)


def _points(clip: int, path: int) -> Iterator[tuple[float, float]]:
    across, along = ctypes.c_float(), ctypes.c_float()
    for number in range(plain.FPDFClipPath_CountPathSegments(clip, path)):
        segment = plain.FPDFClipPath_GetPathSegment(clip, path, number)
        if plain.FPDFPathSegment_GetPoint(segment, ctypes.byref(across), ctypes.byref(along)):
            yield across.value, along.value


def _around(points: list[tuple[float, float]]) -> Box:
    """Return the box around some points; no points let nothing through."""
    across, along = zip(*points, strict=True) if points else ((0.0,), (0.0,))
    return min(across), min(along), max(across), max(along)


def _are_rectangle(points: list[tuple[float, float]]) -> bool:
    """Tell whether some points are an upright rectangle, of which all that lies within is seen."""
    corners = [set(points), *map(set, zip(*points, strict=True))]
    return len(points) <= _MOST_CORNERS and list(map(len, corners)) == [4, 2, 2]


def marks(handle: int) -> Iterator[int]:
    """Yield an object's marks; what lies between one pair of marks on the page has the same one."""
    return map(functools.partial(plain.FPDFPageObj_GetMark, handle), range(plain.FPDFPageObj_CountMarks(handle)))


def mark_name(mark: int) -> str:
    """Return the name of a mark; "" where it is long."""
    name, length = ctypes.create_string_buffer(16), ctypes.c_ulong()
    if not plain.FPDFPageObjMark_GetName(mark, ctypes.addressof(name), len(name), ctypes.byref(length)):
        return ""
    return name.raw[: length.value].decode("utf-16-le", "replace").rstrip("\0")


def _matrix(handle: int) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not plain.FPDFPageObj_GetMatrix(handle, ctypes.byref(found)):
        return _IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    if outer is _IDENTITY:
        return inner
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _moved(box: Box, matrix: Matrix) -> Box:
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    across = [a * x + c * y + e for x, y in corners]
    along = [b * x + d * y + f for x, y in corners]
    return min(across), min(along), max(across), max(along)
