"""Layouts placed word by word with reportlab and with fpdf2, most of them in an order that nobody reads in."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from content import Block, person, said, sections

DEJAVU = "/usr/share/fonts/truetype/dejavu/DejaVu{}.ttf"
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
LEADING = 15.0
"""Points from line to line."""
A4 = (595.0, 842.0)


class Paper(Protocol):
    """What both producers can do. Points; y counts from the top of the page."""

    def width(self, text: str, size: float) -> float:
        """Return the width of a text."""

    def draw(self, x: float, y: float, text: str, size: float) -> None:
        """Put a text at a place."""

    def next_page(self) -> None:
        """Begin a new page."""


class Piece(NamedTuple):
    """A line of text at its place."""

    x: float
    y: float
    text: str
    size: float


class Reportlab:
    """A page of reportlab."""

    def __init__(self, path: Path, font: str, size: tuple[float, float] = A4) -> None:
        canvas: Any = importlib.import_module("reportlab.pdfgen.canvas")
        metrics: Any = importlib.import_module("reportlab.pdfbase.pdfmetrics")
        fonts: Any = importlib.import_module("reportlab.pdfbase.ttfonts")
        metrics.registerFont(fonts.TTFont("F", font))
        self.height, self.metrics = size[1], metrics
        self.canvas: Any = canvas.Canvas(str(path), size, invariant=1)

    def width(self, text: str, size: float) -> float:
        """Return the width of a text."""
        return float(self.metrics.stringWidth(text, "F", size))

    def draw(self, x: float, y: float, text: str, size: float) -> None:
        """Put a text at a place."""
        self.canvas.setFont("F", size)
        self.canvas.drawString(x, self.height - y, text)

    def next_page(self) -> None:
        """Begin a new page."""
        self.canvas.showPage()

    def save(self) -> None:
        """Write the file."""
        self.canvas.save()


class Fpdf:
    """A page of fpdf2."""

    def __init__(self, path: Path, font: str, size: tuple[float, float] = A4) -> None:
        fpdf: Any = importlib.import_module("fpdf")
        self.path = path
        self.paper: Any = fpdf.FPDF(unit="pt", format=size)
        self.paper.set_auto_page_break(False)
        self.paper.add_font("F", fname=font, collection_font_number=2 if font == CJK else 0)  # 2: simplified Chinese
        self.paper.add_page()

    def width(self, text: str, size: float) -> float:
        """Return the width of a text."""
        self.paper.set_font("F", size=size)
        return float(self.paper.get_string_width(text))

    def draw(self, x: float, y: float, text: str, size: float) -> None:
        """Put a text at a place."""
        self.paper.set_font("F", size=size)
        self.paper.text(x, y, text)

    def next_page(self) -> None:
        """Begin a new page."""
        self.paper.add_page()

    def save(self) -> None:
        """Write the file."""
        self.paper.output(str(self.path))


def wrapped(paper: Paper, text: str, width: float, size: float) -> list[str]:
    """Break a text into lines; where it has no blanks, anywhere."""
    words = list(text) if _is_cjk(text) else text.split(" ")
    blank, lines = "" if _is_cjk(text) else " ", [words[0]]
    for word in words[1:]:
        longer = lines[-1] + blank + word
        if paper.width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _is_cjk(text: str) -> bool:
    return any("\u3000" < character < "\ua000" for character in text)


def column(
    paper: Paper, blocks: tuple[Block, ...], x: float, y: float, width: float, dates: str = "below"
) -> list[Piece]:
    """Set blocks below each other, every line on the same grid."""
    pieces = []
    for block in blocks:
        size = {"name": 18.0, "heading": 12.0}.get(block[0], 9.5)
        for text in said((block,), dates):
            for line in wrapped(paper, text, width, size):
                pieces.append(Piece(x, y, line, size))
                y += LEADING
    return pieces


def rows(
    paper: Paper, blocks: tuple[Block, ...], left: float, right: float, y: float, width: float
) -> tuple[list[Piece], list[Piece]]:
    """Set dates in a left column and everything else in a right one; return both."""
    dates: list[Piece] = []
    others: list[Piece] = []
    for kind, parts in blocks:
        texts = parts[1:] if kind == "entry" else parts
        if kind == "entry":
            dates.append(Piece(left, y, parts[0], 9.5))
        for piece in column(paper, tuple(("line", (text,)) for text in texts), right, y, width):
            others.append(piece)
            y += LEADING
    return dates, others


def draw(paper: Paper, pieces: list[Piece] | Iterator[Piece]) -> None:
    """Put pieces on the page, in the order given."""
    for piece in pieces:
        paper.draw(piece.x, piece.y, piece.text, piece.size)


def across(*columns: list[Piece]) -> list[Piece]:
    """Return the pieces line by line across the columns."""
    return sorted((piece for pieces in columns for piece in pieces), key=lambda piece: (piece.y, piece.x))


def two_columns_line_by_line(paper: Paper) -> list[str]:
    """Two columns of prose, drawn line by line across both."""
    one = person("en")
    left, right = one.main[:9], one.main[9:] + one.side
    head, left = left[:2], left[2:]
    draw(paper, column(paper, head, 50, 60, 400))
    draw(paper, across(column(paper, left, 50, 110, 235), column(paper, right, 310, 110, 235)))
    return said(head) + said(left, "below") + said(right, "below")


def dates_first(paper: Paper) -> list[str]:
    """All dates of the left column first, then everything at the right."""
    one = person("pl")
    dates, others = rows(paper, one.main, 50, 170, 60, 370)
    draw(paper, dates + others)
    return said(one.main)


def side_bar_line_by_line(paper: Paper) -> list[str]:
    """A bar at the left on the same grid of lines, drawn across."""
    one = person("de")
    side = column(paper, one.side, 40, 60, 125)
    main = column(paper, one.main, 200, 60, 350)
    draw(paper, across(side, main))
    return said(one.side) + said(one.main, "below")


def table(paper: Paper) -> list[str]:
    """Rows of four cells, drawn one column after the other."""
    header = ["Puesto", "Empresa", "Desde", "Hasta"]
    one = person("es")
    body = [
        [parts[1], parts[2].split(",")[0], *parts[0].split(" – ")]
        for kind, parts in one.main
        if kind == "entry" and len(parts) > 2
    ]
    draw(paper, column(paper, one.main[:2], 50, 60, 400))
    cells = [header, *body[:3]]
    for number, x in enumerate((50, 160, 375, 475)):
        for row, texts in enumerate(cells):
            paper.draw(x, 120 + 22 * row, texts[number], 9)
    return said(one.main[:2]) + ["\t".join(row) for row in cells]


def word_by_word(paper: Paper) -> list[str]:
    """Each word placed by itself, no blank drawn anywhere, last line first."""
    one = person("cs")
    for piece in reversed(column(paper, one.main, 60, 60, 460)):
        x = piece.x
        for word in piece.text.split():
            paper.draw(x, piece.y, word, piece.size)
            x += paper.width(word + " ", piece.size)
    return said(one.main, "below")


def three_columns_line_by_line(paper: Paper) -> list[str]:
    """Three columns of prose, drawn line by line across all."""
    one = person("fr")
    parts = [one.main[:6], one.main[6:11], one.main[11:] + one.side]
    draw(paper, across(*(column(paper, part, 40 + 178 * number, 60, 155) for number, part in enumerate(parts))))
    return [line for part in parts for line in said(part, "below")]


def ligatures_and_spaced_heads(paper: Paper) -> list[str]:
    """Ligatures as single glyphs, headings with blanks between their letters, a hyphen at the end of a line."""
    one = person("en")
    pieces: list[Piece] = []
    y = 60.0
    for block in one.main:
        for piece in column(paper, (block,), 60, y, 440):
            text = (
                piece.text.replace("ffi", "\ufb03")
                .replace("ff", "\ufb00")
                .replace("fi", "\ufb01")
                .replace("fl", "\ufb02")
            )
            text = "   ".join(" ".join(word) for word in text.upper().split()) if block[0] == "heading" else text
            pieces.append(piece._replace(text=text))
            y += LEADING
    draw(paper, pieces)
    upper = tuple(
        (kind, tuple(part.upper() for part in parts) if kind == "heading" else parts) for kind, parts in one.main
    )
    return said(upper, "below")


def turned_page(paper: Paper) -> list[str]:
    """A landscape page that is stored upright and turned when shown, two columns, the right one drawn first."""
    assert isinstance(paper, Reportlab)
    one = person("hu")
    paper.canvas.setPageRotation(90)
    paper.canvas.translate(A4[0], 0)
    paper.canvas.rotate(90)
    paper.height = A4[0]
    draw(paper, column(paper, one.side + one.main[8:], 450, 60, 340))
    draw(paper, column(paper, one.main[:8], 50, 60, 340))
    return said(one.main[:8], "below") + said(one.side + one.main[8:], "below")


def cropped_page(paper: Paper) -> list[str]:
    """A page cut out of a larger sheet; sections drawn from the bottom up."""
    assert isinstance(paper, Reportlab)
    one = person("vi")
    paper.canvas.setCropBox((40, 30, 560, 810))
    parts, y = [], 80.0
    for part in sections(one.main + one.side):
        parts.append(column(paper, part, 70, y, 430))
        y += LEADING * len(parts[-1]) + 10
    for pieces in reversed(parts):
        draw(paper, pieces)
    return said(one.main + one.side, "below")


def shuffled_lines(paper: Paper) -> list[str]:
    """One column whose lines are drawn in any order, over two pages."""
    one = person("tr")
    for part in (one.main[:6], one.main[6:] + one.side):
        pieces = column(paper, part, 60, 70, 300)
        random.Random(7).shuffle(pieces)
        draw(paper, pieces)
        if part == one.main[:6]:
            paper.next_page()
    return said(one.main + one.side, "below")


def band_drawn_last(paper: Paper) -> list[str]:
    """The dates at the right edge after everything else, the head of the page last."""
    one = person("hu")
    dates, others = rows(paper, one.main[2:] + one.side, 430, 60, 110, 340)
    draw(paper, others + dates)
    draw(paper, column(paper, one.main[:2], 60, 50, 400))
    return said(one.main[:2]) + said(one.main[2:] + one.side, "right")


def right_column_first(paper: Paper) -> list[str]:
    """Two columns, the right one drawn first, in Russian."""
    one = person("ru")
    draw(paper, column(paper, one.side + one.main[10:], 330, 60, 220))
    draw(paper, column(paper, one.main[:10], 50, 60, 250))
    return said(one.main[:10], "below") + said(one.side + one.main[10:], "below")


def cells_of_several_lines(paper: Paper) -> list[str]:
    """A table of three columns whose middle cells wrap, drawn cell by cell in rows."""
    one = person("fr")
    y, truth = 110.0, said(one.main[:2])
    draw(paper, column(paper, one.main[:2], 50, 60, 400))
    for kind, parts in one.main:
        if kind == "entry" and len(parts) > 2:
            cells = [
                column(paper, (("line", (text,)),), x, y, width)
                for text, x, width in zip(parts, (50, 215, 330), (160, 105, 200), strict=True)
            ]
            for cell in cells:
                draw(paper, cell)
            y += LEADING * max(map(len, cells)) + 8
            truth.append("\t".join(parts))
    draw(paper, column(paper, one.side, 50, y + 20, 400))
    return truth + said(one.side)


def chinese_columns_line_by_line(paper: Paper) -> list[str]:
    """Two columns of Chinese, drawn line by line across both."""
    one = person("zh")
    half = 7
    draw(
        paper,
        across(column(paper, one.main[:half], 50, 60, 200), column(paper, one.main[half:] + one.side, 300, 60, 200)),
    )
    return said(one.main[:half], "below") + said(one.main[half:] + one.side, "below")


def dates_right_line_by_line(paper: Paper) -> list[str]:
    """Dates at the right edge, line by line, prose below them over the whole width."""
    one = person("el")
    dates, others = rows(paper, one.main + one.side, 420, 60, 60, 330)
    draw(paper, across(others, dates))
    return said(one.main + one.side, "right")


SANS = DEJAVU.format("Sans")
LAYOUTS: tuple[tuple[str, Callable[..., Any], Callable[[Any], list[str]], str], ...] = (
    ("reportlab", Reportlab, two_columns_line_by_line, SANS),
    ("reportlab", Reportlab, dates_first, DEJAVU.format("SansCondensed")),
    ("reportlab", Reportlab, side_bar_line_by_line, SANS),
    ("reportlab", Reportlab, table, SANS),
    ("reportlab", Reportlab, word_by_word, DEJAVU.format("Serif")),
    ("reportlab", Reportlab, three_columns_line_by_line, DEJAVU.format("SerifCondensed")),
    ("reportlab", Reportlab, ligatures_and_spaced_heads, SANS),
    ("reportlab", Reportlab, turned_page, SANS),
    ("reportlab", Reportlab, cropped_page, SANS),
    ("fpdf2", Fpdf, shuffled_lines, SANS),
    ("fpdf2", Fpdf, band_drawn_last, SANS),
    ("fpdf2", Fpdf, right_column_first, DEJAVU.format("Serif")),
    ("fpdf2", Fpdf, cells_of_several_lines, SANS),
    ("fpdf2", Fpdf, chinese_columns_line_by_line, CJK),
    ("fpdf2", Fpdf, dates_right_line_by_line, SANS),
)


def make(folder: Path) -> None:
    """Print all layouts to a folder."""
    for producer, paper, layout, font in LAYOUTS:
        path = folder / f"{producer}_{layout.__name__}.pdf"
        sheet = paper(path, font)
        truth = layout(sheet)
        sheet.save()
        path.with_suffix(".txt").write_text("\n".join(truth) + "\n", "utf-8")
