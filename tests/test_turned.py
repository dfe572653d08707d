"""What stands upended on a page: headings beside their blocks, and letters that pdfium takes for those of upright lines."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # reportlab ships no types

from pipeline.extract.formats import extract
from pipeline.extract.layout.gutters import Piece
from pipeline.extract.layout.turned import with_headings

BLOCKS = (
    ("Profile", 700, ("Plans roads for towns", "and keeps the budget")),
    ("Work", 640, ("2019 - 2024", "Road Planner", "Anvil Works, Leeds", "2015 - 2019", "Clerk")),
    ("Study", 520, ("2012 - 2015", "BSc Geography")),
)


def upended(canvas: Any, text: str, x: float, y: float, *, spaced: float = 0.0) -> None:
    canvas.saveState()
    canvas.translate(x, y)
    canvas.rotate(90)
    canvas.drawString(0, 0, text, charSpace=spaced)
    canvas.restoreState()


def page(headings: Sequence[str], *, spaced: float = 0.0, ends_level: bool = True) -> bytes:
    """Write blocks with headings at their left that are read upwards, and end where the block begins or lie in its middle."""
    canvas = Canvas(buffer := io.BytesIO(), invariant=1)
    canvas.setFont("Helvetica", 10)
    for heading, (_, top, lines) in zip(headings, BLOCKS, strict=False):
        for row, line in enumerate(lines):
            canvas.drawString(62, top - 13 * row, line)
        width = canvas.stringWidth(heading, "Helvetica", 10) + spaced * len(heading)
        end = top + 8 if ends_level else top + 10 - 6.5 * len(lines) + width / 2
        upended(canvas, heading, 48, end - width, spaced=spaced)
    canvas.save()
    return buffer.getvalue()


def wanted(headings: Sequence[str]) -> str:
    return "\n".join("\n".join((heading, *lines)) for heading, (_, _, lines) in zip(headings, BLOCKS, strict=False))


@pytest.mark.parametrize("ends_level", [True, False])
@pytest.mark.parametrize("spaced", [0.0, 2.5])
def test_headings_that_are_read_upwards_stand_above_their_blocks(spaced: float, ends_level: bool) -> None:
    headings = ["Profile", "Work", "Study"]
    read = extract(page(headings, spaced=spaced, ends_level=ends_level), "x.pdf").text
    assert read == wanted(headings)


def test_a_heading_alone_is_one_where_it_is_no_larger_than_a_heading() -> None:
    assert extract(page(["Profile"]), "x.pdf").text == wanted(["Profile"])
    block = [Piece(60, 160, 700 - 13 * row, 10, f"line {row}") for row in range(9)]
    title = Piece(600, 700, -40, 20, "Curriculum Vitae")
    assert with_headings({0: block, math.pi / 2: [title]})[math.pi / 2] == [title]


@pytest.mark.parametrize("text", ["Form 55-2026", "all that is printed in the margin", "x"])
def test_what_is_no_heading_stays_apart(text: str) -> None:
    block = [Piece(60, 160, 700 - 13 * row, 10, f"line {row}") for row in range(9)]
    beside = [Piece(600, 640, -48, 10, text), Piece(650, 690, -48, 10, "Profile")]
    assert with_headings({0: block, math.pi / 2: beside})[0] == block


def test_headings_without_a_block_beside_them_stay_apart() -> None:
    far = [Piece(300, 400, 700 - 13 * row, 10, f"line {row}") for row in range(9)]
    headings = [Piece(600, 640, -48, 10, "Work"), Piece(650, 690, -48, 10, "Profile")]
    assert with_headings({0: far, math.pi / 2: headings})[math.pi / 2] == headings


def test_a_page_that_lies_on_its_side_as_a_whole_is_left_as_it_is() -> None:
    lines = [Piece(60, 160, 700 - 13 * row, 10, f"line {row}") for row in range(9)]
    assert with_headings({1.6: lines}) == {1.6: lines}


def test_upended_letters_tear_no_upright_word_on_whose_line_they_begin() -> None:
    canvas = Canvas(buffer := io.BytesIO(), invariant=1)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(60, 700, "U")
    upended(canvas, "Study", 58, 700)
    canvas.drawString(60 + canvas.stringWidth("U", "Helvetica", 10), 700, "niversity of Leeds")
    for row in range(1, 6):
        canvas.drawString(60, 700 - 13 * row, f"line {row}")
    canvas.save()
    assert extract(buffer.getvalue(), "x.pdf").text.splitlines()[:3] == ["Study", "University of Leeds", "line 1"]
