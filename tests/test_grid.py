"""Ruled tables: the rows of a PDF's table whose cells hold several lines, and rows of figures without rules."""

from __future__ import annotations

import pytest

from pipeline.extract.figures import are_two_figures
from pipeline.extract.formats import extract
from pipeline.extract.layout.gutters import Piece
from pipeline.extract.layout.order import arranged
from pipeline.extract.layout.spacing import Word, split
from pipeline.extract.pdf.grid import joined_cells
from pipeline.extract.pdf.page_objects import Rules
from test_extract import docx, html, p
from test_extract import table as word_table

COLUMNS = (40.0, 140.0, 180.0, 250.0)
"""Where the rules between them stand."""


def piece(text: str, column: int, base: float) -> Piece:
    left = COLUMNS[column] + 3
    return Piece(left, left + 5 * len(text), base, 10, text)


def table(*rows: tuple[str, ...]) -> tuple[list[Piece], Rules]:
    """Return cells, each drawn as a whole, and the rules around them. A slash begins another line."""
    found, rules, top = [], Rules(), 700.0
    for row in rows:
        lines = [cell.split("/") for cell in row]
        bottom = top - 12 * max(map(len, lines)) - 4
        for column, cell in enumerate(lines):
            found += [piece(text, column, top - 12 * (at + 1)) for at, text in enumerate(cell) if text]
            rules.note_frame((COLUMNS[column], bottom, COLUMNS[column + 1], top))
        top = bottom
    return found, rules


def read(*rows: tuple[str, ...]) -> list[str]:
    return arranged(joined_cells(*table(*rows))).split("\n")


def test_a_row_of_figures_is_one_line_however_its_cells_are_broken() -> None:
    assert read(
        ("Description", "Price/net", "Amount/EUR"),
        ("Office chair,/black leather/Art. 4711", "12.50", "25.00"),
        ("Lamp", "9.00", "9.00"),
    ) == [
        "Description\tPrice net\tAmount EUR",
        "Office chair, black leather Art. 4711\t12.50\t25.00",
        "Lamp\t9.00\t9.00",
    ]


def test_lines_in_the_cells_of_a_cv_stay_lines_unless_a_sentence_goes_on() -> None:
    read_lines = read(("2015 – 2019", "", "Welder/Boilerworks/of Leeds"), ("since 2019", "", "Fitter/Pipes"))
    assert {"Welder", "Fitter", "Pipes"} & {line.split("\t")[-1] for line in read_lines} == {
        "Welder",
        "Fitter",
        "Pipes",
    }
    assert read(("skills", "", "welding under/water and on land")) == ["skills\twelding under water and on land"]


def test_a_cell_in_the_middle_of_its_row_stands_on_the_line_of_its_row() -> None:
    pieces, rules = table(("Chair,/black/leather", "12.50", "25.00"), ("Lamp", "9.00", "9.00"))
    lowered = [one._replace(base=one.base - 12) if one.text in ("12.50", "25.00") else one for one in pieces]
    assert arranged(joined_cells(lowered, rules)).split("\n")[0] == "Chair, black leather\t12.50\t25.00"


def test_a_number_that_is_wider_than_its_cell_is_one_number() -> None:
    assert read(("Chair", "9.00", "12,214,988.0/0")) == ["Chair\t9.00\t12,214,988.00"]


def test_a_word_broken_within_a_cell_is_whole() -> None:
    lines = arranged(joined_cells(*table(("Elektro\x02/niker", "9.00", "9.00"))))
    assert lines == "Elektro\x02\nniker\t9.00\t9.00"  # for `clean` to mend


def test_a_frame_around_a_page_is_no_table() -> None:
    pieces = [
        Piece(50, 250, 700 - 12 * at, 10, text) for at, text in enumerate(("A sentence that", "goes on and", "on"))
    ]
    rules = Rules()
    rules.note_frame((40, 20, 500, 800))
    assert joined_cells(pieces, rules) == pieces


def test_a_drawing_of_many_lines_is_not_looked_at() -> None:
    pieces, rules = table(("Chair,/black", "9.00", "9.00"))
    rules.upright *= 40_000
    assert joined_cells(pieces, rules) is pieces


def test_figures_drawn_after_a_cell_of_several_lines_stand_on_the_line_on_which_it_begins() -> None:
    chair = table(("Chair,/black", "4", "25.00"))[0]
    lamp = [one._replace(base=one.base - 40) for one in table(("Lamp", "1", "9.00"))[0]]
    assert arranged(chair).split("\n") == ["Chair,\t4\t25.00", "black"]
    assert arranged([*chair, *lamp]).split("\n") == ["Chair, black\t4\t25.00", "Lamp\t1\t9.00"]


@pytest.mark.parametrize(
    ("before", "after", "are_two"),
    [
        ("12", "1,249.00", True),
        ("1.249,00", "14.988,00", True),
        ("20%", "2,997.60", True),
        ("1", "249,00", False),
        ("2019", "2023", False),
        ("555", "0136", False),
        ("net", "12.50", False),
    ],
)
def test_two_figures_are_told_from_the_groups_of_one(before: str, after: str, are_two: bool) -> None:
    assert are_two_figures(before, after) == are_two


def test_a_narrow_gap_parts_two_figures_and_no_words() -> None:
    def words(first: str, second: str) -> list[Word]:
        return [Word(50, 100, 700, 10, first), Word(107, 150, 700, 10, second)]

    assert arranged(list(split(words("12", "1,249.00"), []))) == "12\t1,249.00"
    assert arranged(list(split(words("unit", "price"), []))) == "unit price"


# --- Rows of figures in other formats ---------------------------------------------------------------------------------


def test_lines_in_a_cell_do_not_tear_a_row_of_figures_of_a_web_page_apart() -> None:
    row = "<tr><td><p>2</p></td><td>Lamp<br>Art. 4711</td><td><div>9.00</div></td><td>18.00</td></tr>"
    jobs = "<tr><td>2015 – 2019</td><td>Welder<br>Boilerworks</td></tr>"
    read = extract(html(f"<table>{row}{jobs}</table>"), "a.html").text
    assert read.split("\n") == ["2\tLamp Art. 4711\t9.00\t18.00", "2015 – 2019\tWelder", "Boilerworks"]


def test_lines_in_a_cell_do_not_tear_a_row_of_figures_of_a_word_file_apart() -> None:
    row = [p("2"), p("Lamp") + p("Art. 4711"), p("9.00"), p("18.00")]
    jobs = [p("2015"), p("2019"), p("Welder") + p("Boilerworks")]
    read = extract(docx(word_table(row, jobs)), "a.docx").text
    assert read.split("\n") == ["2\tLamp Art. 4711\t9.00\t18.00", "2015", "2019", "Welder", "Boilerworks"]
