"""RTF: what is hidden is taken out, and what striprtf passes over is put where it reads it.

striprtf knows letters, code pages and groups. Of headers, footers, footnotes and text boxes it reads nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from striprtf.striprtf import destinations, rtf_to_text

from pipeline.extract.edges import RAISED, with_blanks
from pipeline.extract.figures import is_row_of_figures
from pipeline.extract.plain import rtf_letters
from pipeline.extract.unseen import FAR, SMALLEST, are_alike, letters

_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,9})? ?|\\'[0-9a-f]{2}|\\.|[{}]|[^\\{}]+", re.IGNORECASE | re.DOTALL)
_COLOURS = re.compile(r"\{\\colortbl([^{}]*)\}")
_SHARE = re.compile(r"\\(?:red|green|blue)(\d{1,3})(?!\d)")
_MAY_SHADE = re.compile(r"\\(?:(?:(?:cl|tr)?cbpat|(?:ch|cl|tr)?sha?d(?:ng|ing))[1-9]|(?:background|do|shp)(?![a-z]))")
"""What may be behind a text, on which white would be seen, besides what is said of the text itself."""
_EDGES = {f"{name}{pages}": name for name in ("header", "footer") for pages in ("", "l", "r", "f")}
_ONLY_WITH = {"headerl": r"\facingp", "footerl": r"\facingp", "headerf": r"\titlepg", "footerf": r"\titlepg"}
"""What a document says that has pages for such a header or footer."""
_HIDDEN_SHAPE = re.compile(r"\{\\sp\s*\{\\sn fHidden\}\s*\{\\sv 1\}\s*\}")
_GONE = "shapegone"
"""Our own word for what such a shape says of all within it."""
_PAPER = (255, 255, 255)
_TWIPS = 20
"""In a point."""
_NARROW = 10
"""Percent of the usual width."""
_PARTS = {**_EDGES, "footnote": "footnote"}
_BODY, _IN_BOX = "body", "box"
_ORDER = ("header", _BODY, "footnote", "footer")
"""The parts of a document as they are read."""
_BOXES = frozenset(("shptxt", "dptxbxtext", "result"))
"""Text boxes, and what an object shows (a table that was pasted from a spreadsheet)."""
_INSTRUCTION = "fldinst"
"""What a field is made of, such as the target of a link; what it shows follows."""
_LINK = re.compile(r'HYPERLINK\s{1,9}"([^"{}\s]{1,2000})"')
_DROPPED = frozenset(("pict", "shprslt", "tcn", _INSTRUCTION))
"""Pictures, the same text box again for old readers, and entries of a table of contents that are printed nowhere else."""
_ENDS = frozenset(("par", "row", "sect", "page"))
"""What ends a paragraph; the text boxes that are anchored in it follow."""
_CELLS = dict.fromkeys(("cell", "nestcell"), "\\tab ")
"""What is written for the ends of cells: striprtf writes a bar, other readers part cells by tabs."""
_MARK, _OF_LIST = "pntext", "pn"
"""The mark of an item as old programs write it, which striprtf passes over, unlike today's; and what its list is like."""
_ROWS, _LINES = frozenset(("row", "nestrow")), frozenset(("par", "line"))
_ALWAYS_WRITTEN = _ENDS | _ROWS | _LINES | _CELLS.keys()
"""What parts the text around it, however small or hidden it is itself: generators make the ends of cells tiny."""
_WRITES = re.compile(r"\\'|\\u-?\d|\\tab\b|[^\\{}]*[^\\{}\s]")
"""How a piece begins that writes a letter or a mark."""
_BREAK, _BOX = "\x1d", "\x1c"
"""Marks in what striprtf reads: between parts, before and behind text boxes."""
_BOX_EDGES = re.compile(rf"(?<!\n)\n*+{_BOX}[\n{_BOX}]*")
_ON_TOP = -4.5
"""Twips for each half point of their size by which letters are moved back that stand on each other."""
_USUAL_SIZE = 24
"""Half points."""


class Parts(NamedTuple):
    """What an RTF says."""

    parts: list[str]
    """The texts of headers, body, footnotes and footers."""
    hidden: Counter[str]
    """How many characters are hidden in which way."""
    links: list[str]
    """Where its links lead."""


def read_parts(rtf: str) -> Parts:
    """Return what an RTF says. Raises what striprtf raises."""
    unused = frozenset(word for word, said in _ONLY_WITH.items() if not re.search(rf"\{said}(?![a-z])", rtf))
    paper = None if _MAY_SHADE.search(rtf) else _PAPER
    letters = rtf_letters.Letters.of(rtf)
    document = _Document(_colours(rtf), paper, unused, letters)
    # A blank line says nothing in an RTF, and leaves each picture as long as it says that it is.
    without_marks = re.sub(f"[{_BREAK}{_BOX}{RAISED}]", "\n", rtf)
    document.read(_HIDDEN_SHAPE.sub(rf"\\{_GONE} ", without_marks))
    written = rtf_letters.known(document.written())
    text = _BOX_EDGES.sub("\n", rtf_letters.paired(rtf_to_text(written, letters.encoding, errors="replace")))
    said = list(zip((document.body, *document.parts), with_blanks(text).split(_BREAK), strict=False))
    parts = [text for kind in _ORDER for part, text in said if part.kind == kind]
    return Parts(parts, document.hidden, _LINK.findall("".join(document.instructions)))


def _colours(rtf: str) -> dict[int, tuple[int, ...]]:
    """Return the colours by number; 0 is the usual one."""
    table = _COLOURS.search(rtf)
    shares = [tuple(map(int, _SHARE.findall(colour))) for colour in table[1].split(";")] if table else []
    return {number: colour for number, colour in enumerate(shares) if number and len(colour) == 3}


@dataclass(slots=True)
class _Row:
    """A row of a table, by the places of the pieces that it is written with."""

    start: int
    ends: list[int] = field(default_factory=list)
    """Of its cells."""
    breaks: list[int] = field(default_factory=list)
    """Between the lines of its cells."""


@dataclass(slots=True)
class _Flow:
    """What is written of one part, or of one text box."""

    kind: str
    pieces: list[str] = field(default_factory=list)
    row: _Row | None = None
    """The row of a table that is being written."""
    waiting: list[_Flow] = field(default_factory=list)
    """Text boxes, until the end of the paragraph that they are anchored in; a box within a box waits with it."""

    def put_boxes(self) -> None:
        """Write the text boxes that wait, each on lines of its own."""
        if self.kind == _IN_BOX:
            return
        for box in self.waiting:
            self.pieces += (f"{{}}{_BOX}", *box.pieces, _BOX)
        self.waiting.clear()

    def put_in_row(self, word: str) -> None:
        """Note what was written last in the row of a table; at its end, part its cells as its lines want it."""
        if word == "intbl":
            self.row = self.row or _Row(len(self.pieces))
        elif self.row and word in _LINES:
            self.row.breaks.append(len(self.pieces) - 1)
        elif self.row and word in _CELLS:
            self._end_cell(self.row)
        elif self.row and word in _ROWS:
            self._end_row(self.row)
            self.row = None

    def _end_cell(self, row: _Row) -> None:
        """Note the end of a cell. A line that ends where its cell ends is not followed by another."""
        start, end = row.ends[-1] if row.ends else row.start, len(self.pieces) - 1
        last = end  # each piece is looked at once, however many such lines there are
        while row.breaks and row.breaks[-1] >= start and not self._is_written(row.breaks[-1] + 1, last):
            last = row.breaks.pop()
            self.pieces[last] = "{}"
        row.ends.append(end)

    def _is_written(self, start: int, end: int) -> bool:
        return any(_WRITES.match(piece) for piece in self.pieces[start:end])

    def _end_row(self, row: _Row) -> None:
        """Part cells by lines where one holds several (a table for layout); in a row of figures its lines mean nothing."""
        if not row.breaks:
            return
        texts = [self._text(start, end) for start, end in pairwise([row.start, *row.ends])]
        are_figures = is_row_of_figures(texts)
        for at in row.breaks if are_figures else row.ends[:-1]:
            self.pieces[at] = " " if are_figures else "\\par "

    def _text(self, start: int, end: int) -> str:
        return "".join(piece for piece in self.pieces[start:end] if piece[0] not in "\\{}")


class _Group(NamedTuple):
    """What is said of the text of a group; the groups within it inherit it."""

    to: _Flow
    font: str = ""
    is_passed_over: bool = False
    """striprtf reads nothing of it."""
    is_dropped: bool = False
    is_instruction: bool = False
    is_deleted: bool = False
    is_marked: bool = False
    colour: int = 0
    ground: int = 0
    """Number of the colour that is laid beneath the text; 0: none is."""
    size: int = _USUAL_SIZE
    width: int = 100
    """Percent."""
    line: int = 0
    """Twips that its line is high; below 0: exactly."""
    place: int = 0
    """Twips that its paragraph is moved to the right."""
    gone: str = ""
    """How the shape that it stands in is hidden."""
    paragraphs_ground: int = 0
    """Number of the colour that is laid beneath the paragraph; 0: none is."""
    raised: int = 0
    """Half points by which it is raised or lowered."""
    spacing: int = 0
    """Twips between its letters."""
    row: int = 0
    """Twips that its row is high; below 0: exactly."""
    is_edged: bool = False
    """Its letters have outlines, and so are seen in whatever colour."""

    def after(self, word: str, number: int | None) -> _Group:
        """Return what is said after a control word."""
        if word in _SAYS:
            return _SAYS[word](self, number)
        return self._replace(is_passed_over=True) if word in destinations else self

    def moved(self, twips: int) -> _Group:
        """Return what is said of a shape that is put so far to the right, or down."""
        return self._replace(gone="off_page") if twips < FAR * _TWIPS else self

    def hidden(self) -> str:
        """Return how the text is hidden, whatever its colour is; empty: it is seen."""
        if self.gone or self.is_marked:
            return self.gone or "marked"
        if self.size < 2 * SMALLEST or self.width < _NARROW or -SMALLEST * _TWIPS < self.line < 0:
            return "tiny"
        if -SMALLEST * _TWIPS < self.row < 0:
            return "tiny"
        if self.spacing < _ON_TOP * self.size:
            return "squeezed"
        return "off_page" if self.place < FAR * _TWIPS or self.raised > -2 * FAR else ""


_SAYS: dict[str, Callable[[_Group, int | None], _Group]] = {
    "v": lambda group, number: group._replace(is_marked=number != 0),
    "deleted": lambda group, number: group._replace(is_deleted=number != 0),
    "cf": lambda group, number: group._replace(colour=number or 0),
    "fs": lambda group, number: group._replace(size=_USUAL_SIZE if number is None else number),
    "f": lambda group, number: group._replace(font=f"\\f{number or 0} "),
    "plain": lambda group, _: group._replace(
        font="", is_marked=False, colour=0, ground=0, size=_USUAL_SIZE, width=100, raised=0, spacing=0, is_edged=False
    ),
    "pard": lambda group, _: group._replace(line=0, place=0, paragraphs_ground=0),
    "charscalex": lambda group, number: group._replace(width=100 if number is None else number),
    "sl": lambda group, number: group._replace(line=number or 0),
    "li": lambda group, number: group._replace(place=number or 0),
    "fi": lambda group, number: group._replace(place=min(group.place, number or 0)),
    "posx": lambda group, number: group._replace(place=min(group.place, number or 0)),
    "cbpat": lambda group, number: group._replace(paragraphs_ground=number or 0),
    "expndtw": lambda group, number: group._replace(spacing=number or 0),
    "expnd": lambda group, number: group._replace(spacing=5 * (number or 0)),
    "trowd": lambda group, _: group._replace(row=0),
    "trrh": lambda group, number: group._replace(row=number or 0),
    "row": lambda group, _: group._replace(row=0),
    **dict.fromkeys(("up", "dn"), lambda group, number: group._replace(raised=abs(number or 0))),
    **dict.fromkeys(("outl", "embo", "impr", "shad"), lambda group, number: group._replace(is_edged=number != 0)),
    _GONE: lambda group, _: group._replace(gone="marked"),
    **dict.fromkeys(("highlight", "cb", "chcbpat"), lambda group, number: group._replace(ground=number or 0)),
    **dict.fromkeys(("shpleft", "shptop"), lambda group, number: group.moved(number or 0)),
    **dict.fromkeys(_DROPPED, lambda group, _: group._replace(is_dropped=True)),
    _INSTRUCTION: lambda group, _: group._replace(is_dropped=True, is_instruction=True),
}
"""What control words say of the text that follows."""


@dataclass(slots=True)
class _Document:
    """An RTF on its way to striprtf: what is seen of it, part by part."""

    colours: Mapping[int, tuple[int, ...]]
    paper: tuple[int, ...] | None
    """None: what lies beneath the text may have any colour."""
    unused: frozenset[str]
    """Headers and footers that no page has."""
    letters: rtf_letters.Letters
    hidden: Counter[str] = field(default_factory=Counter)
    body: _Flow = field(default_factory=lambda: _Flow(_BODY))
    parts: list[_Flow] = field(default_factory=list)
    """Headers, footnotes and footers."""
    instructions: list[str] = field(default_factory=list)
    """Of fields that are seen."""

    def read(self, rtf: str) -> None:
        """Read a whole RTF, to the end of its outer group."""
        groups = [_Group(self.body)]
        for piece, word, number in _pieces(rtf):
            group = groups[-1]
            if piece == "{":
                group.to.pieces.append(piece)
                groups.append(group)
            elif piece == "}":
                if len(groups) <= 2:
                    break
                _close(groups.pop(), groups[-1])
            elif word in _BOXES or word in _PARTS:
                groups[-1] = self._moved(word, group)
            else:
                groups[-1] = group.after(word, number)
                self._write(piece, word, groups[-1])
        while len(groups) > 2:
            _close(groups.pop(), groups[-1])
        self.body.put_boxes()

    def written(self) -> str:
        """Return an RTF of all parts, the body first."""
        return f"{{}}{_BREAK}".join("".join(part.pieces) for part in (self.body, *self.parts)) + "}"

    def _moved(self, word: str, group: _Group) -> _Group:
        """Let a group be written elsewhere than the one around it."""
        to = _Flow(_PARTS.get(word, _IN_BOX), ["{", group.font])
        if word in _BOXES:
            to.waiting = group.to.waiting
        if not group.is_dropped:
            (self.parts if word in _PARTS else to.waiting).append(to)
        return group._replace(to=to, is_passed_over=False, gone="unused" if word in self.unused else group.gone)

    def _write(self, piece: str, word: str, group: _Group) -> None:
        """Write a piece, if it is seen."""
        if group.is_instruction and not (word or group.is_deleted or self._hidden(group)):
            self.instructions.append(piece)
        if group.is_dropped or group.is_deleted:
            return
        hidden = "" if group.is_passed_over else self._hidden(group)
        is_written = not hidden or word in _ALWAYS_WRITTEN
        if is_written:
            piece = self.letters.whole(piece, group.font)
            group.to.pieces.append(_CELLS.get(word, piece))
        elif not word or word == "u":
            self.hidden[hidden] += 1 if piece[0] == "\\" else letters(piece)
        if is_written and not group.is_passed_over:
            group.to.put_in_row(word)
            if word == "super":
                group.to.pieces.append(RAISED)
            if word in _ENDS:
                group.to.put_boxes()

    def _hidden(self, group: _Group) -> str:
        """Return how the text of a group is hidden; empty: it is seen."""
        colour = self.colours.get(group.colour)
        under = group.ground or group.paragraphs_ground
        ground = self.colours.get(under) if under else self.paper
        is_seen = group.is_edged or not (colour and ground and are_alike(colour, ground))
        return group.hidden() or ("" if is_seen else "same_colour")


def _close(group: _Group, around: _Group) -> None:
    """End a group, and the part or the text box that it is."""
    if group.to is not around.to:
        group.to.put_boxes()
        group.to.pieces.append("}")
    around.to.pieces.append("}")


def _pieces(rtf: str) -> Iterator[tuple[str, str, int | None]]:
    """Yield each piece of an RTF; of a control word also its name and its number. Binary data are left out.

    So is what says that a group is passed over where none begins: there it means nothing.
    """
    at, before = 0, ""
    while found := _TOKEN.search(rtf, at):
        at = found.end()
        if found[0].isspace():
            yield found[0], "", None
            continue
        begins_group, is_starred, before = before == "{", before == "\\*", found[0]
        word, number = found[1] or "", int(found[2]) if found[2] else None
        if word == "bin":
            at += max(0, number or 0)
        elif found[0] == "\\*":
            if begins_group:
                yield found[0], "private", None
        elif word != _MARK and (begins_group or is_starred or word != _OF_LIST):
            yield found[0], word, number
