"""Reading order: a set of PDFs whose text is known (made by tests/layouts/make.py), and the rules one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from known_text import LAYOUTS, kept, truth
from pipeline.extract.clean import clean
from pipeline.extract.layout.direction import as_read, is_rtl, leaning
from pipeline.extract.layout.gutters import Piece
from pipeline.extract.layout.line_ends import joined
from pipeline.extract.layout.order import arranged
from pipeline.extract.layout.rows import Row, add, read_rows
from pipeline.extract.layout.spacing import Glyph, Word, may_be_torn, mended, missed_blanks, regrouped, split
from pipeline.extract.layout.wrapped import with_wrapped
from pipeline.extract.limits import USUAL
from pipeline.extract.pdf.document import read_pdf

law = settings(deadline=None, max_examples=60)
_SCORES: dict[Path, tuple[float, float]] = {}


def score(path: Path) -> tuple[float, float]:
    if path not in _SCORES:
        _SCORES[path] = kept(truth(path), read_pdf(path.read_bytes(), USUAL).text)
    return _SCORES[path]


# --- The known-text set -----------------------------------------------------------------------------------------------


def test_the_set_is_large_and_no_producer_has_over_a_third() -> None:
    producers = Counter(path.name.split("_")[0] for path in LAYOUTS)
    assert len(LAYOUTS) >= 30
    assert len(producers) >= 4
    assert 3 * max(producers.values()) <= len(LAYOUTS)
    assert sum(path.stat().st_size for path in LAYOUTS) < 2_500_000


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_the_words_of_a_layout_are_found_in_their_order(path: Path) -> None:
    found, pairs = score(path)
    assert found >= 0.995
    assert pairs >= 0.93


def test_neighbours_stay_neighbours_on_the_whole() -> None:
    assert mean(score(path)[1] for path in LAYOUTS) >= 0.985


@pytest.mark.parametrize(
    "path", [path for path in LAYOUTS if re.search("date|table|cells", path.name)], ids=lambda path: path.stem
)
def test_dates_and_cells_stand_on_the_line_of_their_entry_set_apart(path: Path) -> None:
    wanted = [line for line in truth(path).splitlines() if "\t" in line]
    read = "".join(read_pdf(path.read_bytes(), USUAL).text.split())  # a cell may be broken into lines
    missing = [line for line in wanted if "".join(line.split()) not in read]
    assert missing == []


@pytest.mark.parametrize(
    "path", [path for path in LAYOUTS if re.search("chinese|japanese", path.name)], ids=lambda path: path.stem
)
def test_no_blank_is_put_between_chinese_letters(path: Path) -> None:
    read, known = read_pdf(path.read_bytes(), USUAL).text, truth(path)
    assert set(re.findall(r"[\u3040-\u9fff] [\u3040-\u9fff]", read)) <= set(
        re.findall(r"[\u3040-\u9fff] [\u3040-\u9fff]", known)
    )


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "gaps", "cuts"),
    [
        ("aslow", [2.6, 0, 0, 0], [1]),
        ("inJune2016,", [0, 1.7, 0.1, 0.1, 0, 1.6, 0, 0, 0, 1.8], [2, 6]),
        ("kerned", [-0.6, 0.4, 0.2, -0.3, 0], []),
        ("spaced", [2.6, 2.4, 2.5, 2.6, 2.5], []),
        ("spacedout", [1, 1, 1, 1, 1, 4.2, 1, 1], [6]),
        ("mixed", [-6, 2, -6, -6], []),
    ],
)
def test_a_gap_much_wider_than_the_others_in_a_word_is_a_blank(text: str, gaps: list[float], cuts: list[int]) -> None:
    starts = [5 * at + sum(gaps[:at]) for at in range(len(text))]
    assert missed_blanks(text, [(start, start + 5) for start in starts], 10) == cuts


# --- The order of pieces ----------------------------------------------------------------------------------------------


def piece(text: str, left: float, base: float, size: float = 10) -> Piece:
    return Piece(left, left + 5 * len(text), base, size, text)


def column(texts: str, left: float, top: float = 700, leading: float = 14) -> list[Piece]:
    return [piece(text, left, top - leading * row) for row, text in enumerate(texts.split("/"))]


def by_line(*columns: list[Piece]) -> list[Piece]:
    return sorted((one for pieces in columns for one in pieces), key=lambda one: (-one.base, one.left))


PROSE = "The planner who counts/every car that passes/will know by the evening/which of the roads is/used and which is not./Then a map is drawn/with lines as thick as/the traffic was heavy"


def test_what_was_drawn_downwards_is_kept() -> None:
    assert arranged(column("one/two/three", 50)) == "one\ntwo\nthree"


@pytest.mark.parametrize("is_first", [True, False])
def test_the_foot_of_a_page_is_below_its_columns_whenever_it_was_drawn(is_first: bool) -> None:
    left, right = column(PROSE, 50), column(PROSE.upper(), 250)
    foot = [piece("page 1", 60, 500), piece("of 2", 260, 500)]
    drawn = [*foot, *left, *right] if is_first else [*left, *right, *foot]
    assert arranged(drawn).split("\n") == [*PROSE.split("/"), *PROSE.upper().split("/"), "page 1\tof 2"]


@pytest.mark.parametrize(
    ("letter", "gap", "rest", "read"),
    [("W", 3, "hen the council", "When the council"), ("A", 6, "man came", "A man came"), ("A", 1, "fter that", "After that"), ("B", 3, "NP Paribas", "B\nNP Paribas")],
)  # fmt: skip
def test_a_large_first_letter_begins_its_word(letter: str, gap: float, rest: str, read: str) -> None:
    initial, first = Piece(50, 70, 672, 36, letter), piece(rest, 70 + gap, 700)
    others = [*column("met on a day/nobody came", 73, 686), piece("below", 50, 650)]
    title = piece("A title that was drawn behind it", 50, 760)
    assert arranged([initial, first, *others]).startswith(f"{read}\nmet on")
    assert "\nWhen the" in arranged([Piece(50, 70, 672, 36, "W"), title, piece("hen the council", 73, 700), *others])


def words_of(line: str, gap: float) -> list[Word]:
    found, left = [], 50.0
    for text in line.split():
        found.append(Word(left, left + 5 * len(text), 700, 10, text))
        left += 5 * len(text) + gap
    return found


def test_a_justified_line_has_no_cells_however_wide_its_blanks_are() -> None:
    assert [one.text for one in split(words_of("The ferrymen have been", 19), [])] == ["The ferrymen have been"]
    assert len(list(split(words_of("Region 2024 2025", 19), []))) == 3
    uneven = [
        word._replace(left=word.left + at, right=word.right + at) for at, word in enumerate(words_of("a b c d", 19))
    ]
    assert len(list(split(uneven[:2] + uneven[3:], []))) == 3


def test_figures_of_a_turned_table_are_cells() -> None:
    figures = [Piece(50, 90, 700, 10, "1,204.50"), Piece(97, 140, 700, 10, "1,310.20"), Piece(143, 150, 700, 10, "EUR")]
    assert [(one.text, one.is_cell) for one in regrouped(figures)] == [("1,204.50", False), ("1,310.20 EUR", True)]


def test_one_line_gets_a_tab_at_a_wide_gap_and_a_blank_at_a_narrow_one() -> None:
    assert arranged([piece("03/2019", 50, 700), piece("Welder", 200, 700)]) == "03/2019\tWelder"
    assert arranged([piece("a", 50, 700), piece("b", 66, 700)]) == "a b"


def test_columns_of_prose_drawn_line_by_line_are_read_one_after_the_other() -> None:
    left, right = column(PROSE, 50), column(PROSE.upper().lower(), 300)
    assert arranged(by_line(left, right)) == arranged(left) + "\n" + arranged(right)


def test_columns_are_found_on_a_page_of_many_edges() -> None:
    left, right = column(PROSE, 50), column(PROSE.upper().lower(), 300)
    rule = piece("-" * 100, 50, 500)
    stars = [piece("*", 52 + 4 * at, 400 - 4 * at) for at in range(60)]  # each begins at an edge of its own
    assert arranged([*by_line(left, right), rule, *stars]).startswith(arranged(left) + "\n" + arranged(right))


def test_columns_with_a_narrow_gutter_are_still_columns() -> None:
    side, main = column("skills/welding/drawing/rigging", 240, leading=13), column(PROSE, 50, leading=17)
    gap = min(one.left for one in side) - max(one.right for one in main)
    main = [one._replace(right=one.right + gap - 6) for one in main]
    assert arranged(main + side) == "\n".join(map(arranged, (main, side)))


def jobs_with_dates_at(left: float) -> list[Piece]:
    """Return a column of jobs, with their dates beside their titles."""
    return [
        one
        for at in range(4)
        for one in (
            piece(f"Welder {at}", 50, 700 - 45 * at),
            piece(f"201{at} – 201{at + 1}", left, 700 - 45 * at),
            piece("Anvil Works", 50, 686 - 45 * at),
            piece("built many gates", 50, 672 - 45 * at),
        )
    ]


def test_a_column_of_dates_within_the_main_column_does_not_hide_a_side_bar() -> None:
    main = jobs_with_dates_at(250)
    side = column("Contact/07700 900123/Leeds/Skills/Rigging/Drawing/Languages/English", 330, leading=16)
    assert arranged(main + side).split("\n")[:3] == ["Welder 0\t2010 – 2011", "Anvil Works", "built many gates"]
    assert arranged(main + side).endswith(arranged(side))


def test_dates_beside_a_side_bar_that_was_drawn_first_stay_with_their_jobs() -> None:
    side = column("Contact/07700 900123/Leeds/Skills/Rigging/Drawing/Languages/English/French/Dutch", 330, 690, 16)
    main = jobs_with_dates_at(240)
    text = arranged([*side, *main])
    assert "Welder 0\t2010 – 2011\nAnvil Works" in text
    assert arranged(side) in text


def test_columns_stay_whole_where_a_part_of_them_was_drawn_one_by_one() -> None:
    head = piece("Updated in May 2019", 300, 730)
    side = column("/".join(f"Built the mill of {at}" for at in range(14)), 50)
    wide = side[1]._replace(right=172)  # as far as a heading in bold reaches
    main = column("/".join(f"Turned the wheel of town {at}" for at in range(14)), 180)
    text = arranged([head, side[0], wide, *side[2:], *main])
    assert arranged(side) in text
    assert arranged(main) in text


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("ada-", "lovelace@example.org", "ada-lovelace@example.org"),
        ("LinkedIn: linkedin.com/in/ada-", "lovelace", "LinkedIn: linkedin.com/in/ada-lovelace"),
        ("www.linkedin.com/in/", "ada-lovelace", "www.linkedin.com/in/ada-lovelace"),
        ("see www.post.example/2019/", "07_mill.pdf.", "see www.post.example/2019/07_mill.pdf."),
        ("https://post.example/ada/", "Experience", "https://post.example/ada/\nExperience"),
        ("https://post.example/", "Item\tPrice", "https://post.example/\nItem\tPrice"),
        ("www.post.example/ada/", "post.example/mill", "www.post.example/ada/\npost.example/mill"),
        ("www.post.example/ada/", "ada@example.org", "www.post.example/ada/\nada@example.org"),
        ("www.post.example/ada/", "2016-2019", "www.post.example/ada/\n2016-2019"),
        ("and/", "or", "and/\nor"),
    ],
)
def test_an_address_that_is_broken_over_two_lines_is_whole(above: str, below: str, whole: str) -> None:
    assert joined([above, below]) == whole


def test_a_row_above_both_columns_and_a_deeper_margin_in_one_do_not_part_them() -> None:
    row = [piece("ada@post.example", 50, 720), piece("Leeds", 360, 720)]
    left = column("/".join(f"Built the mill of town {at}" for at in range(12)), 50)
    right = [piece(f"Honour {at}", 350 if 4 < at < 10 else 330, 700 - 14 * at) for at in range(12)]
    assert arranged(row + left + right).split("\n") == ["ada@post.example\tLeeds", *(one.text for one in left + right)]


def test_labels_and_what_stands_close_beside_them_are_rows_where_they_were_drawn_as_such() -> None:
    labels = [
        "rated power of the motor",
        "torque of all the gears",
        "degree of protection used",
        "sort of current in use",
    ]
    values = ["less than a half", "very low", "splash water", "three phases"]
    rows = by_line(column("/".join(labels), 50), column("/".join(values), 182))
    read = [line.replace("\t", " ") for line in arranged(rows).split("\n")]
    assert read == [f"{label} {value}" for label, value in zip(labels, values, strict=True)]


def test_short_chinese_lines_of_one_length_are_no_running_text() -> None:
    left = column(
        "工作经历/杭州云溪贸易有限公司/财务主管/编制月度报表/宁波海棠物流有限公司/会计/处理日常账务/教育背景/浙西财经大学",
        50,
    )
    left = [one._replace(right=one.left + 10 * len(one.text)) for one in left]
    right = [
        piece(text, 400, left[at].base) for text, at in (("杭州", 1), ("2018 - 2020", 2), ("宁波", 4), ("2014", 5))
    ]
    head = [piece("欧阳雪梅", 250, 760), piece("财务主管", 250, 740)]
    assert arranged([*head, *by_line(left, right)]).split("\n")[:5] == [
        "欧阳雪梅", "财务主管", "工作经历", "杭州云溪贸易有限公司\t杭州", "财务主管\t2018 - 2020",
    ]  # fmt: skip


def test_columns_drawn_one_after_the_other_keep_that_order() -> None:
    side, main = column("skills/welding/drawing/rigging", 400, leading=13), column(PROSE, 50, leading=17)
    assert arranged(side + main).startswith("skills\nwelding")
    assert arranged(main + side).startswith("The planner")


def test_a_block_that_was_drawn_after_one_at_its_right_stays_whole() -> None:
    table = by_line(column("Item/Chairs/Tables", 50, top=600), column("Price/100.00/450.00", 380, top=600))
    right, left = column("Invoice 7/3 May 2026/Customer 12", 300, leading=9), column("Acme Ltd/Long Street/Leeds", 50)
    assert arranged(right + left + table).startswith(
        "Invoice 7\n3 May 2026\nCustomer 12\nAcme Ltd\nLong Street\nLeeds\n"
    )


def test_dates_drawn_first_stand_on_the_lines_of_their_entries() -> None:
    dates = [piece("2019 – 2021", 50, 700), piece("2015 – 2019", 50, 644), piece("2011", 50, 588)]
    assert arranged(dates + column("Welder/Anvil Works/gates/frames/Fitter/Forge Ltd/a/b/School", 200)).split("\n")[
        ::4
    ] == [
        "2019 – 2021\tWelder",
        "2015 – 2019\tFitter",
        "2011\tSchool",
    ]


def test_what_was_drawn_late_stands_in_the_gaps_that_were_left_for_it_wherever_it_begins() -> None:
    heads = [piece(text, 50, top) for text, top in (("Work", 700), ("School", 560), ("Skills", 500), ("Rigging", 486))]
    jobs = [
        piece(text, 200, top) for text, top in (("Welder", 680), ("gates", 666), ("Fitter", 640), ("A Levels", 540))
    ]
    dates = [piece(text, 100, top) for text, top in (("2019", 680), ("2015", 640), ("2011", 540))]
    drawn = [*heads, jobs[0], jobs[1], dates[0], jobs[2], dates[1], jobs[3], dates[2]]
    assert arranged(drawn).split("\n") == [
        "Work", "2019\tWelder", "gates", "2015\tFitter", "School", "2011\tA Levels", "Skills", "Rigging",
    ]  # fmt: skip


CARDS = [
    ["Welder", "Anvil Works, Leeds", "2019 – 2021", "Built gates for the harbour", "and mended the old ones"],
    ["Fitter", "Forge Ltd, York", "2015 – 2019", "Turned wheels"],
    ["Smith", "Coal & Sons, Hull", "2011 – 2015", "Kept the fire"],
]
LISTS = [
    ["Skills", "Rigging", "Drawing", "Turning"],
    ["Languages", "English", "Dutch"],
    ["Interests", "Rowing", "Chess"],
]


@pytest.mark.parametrize(("blocks", "head"), [(CARDS, 10), (CARDS[1:], 10), (LISTS, 13), (LISTS[1:], 13)])
@pytest.mark.parametrize("tail", [[], ["Hobbies", "Rowing on the river", "Reading"]], ids=["last", "not last"])
def test_blocks_drawn_one_after_the_other_stay_whole(blocks: list[list[str]], head: float, tail: list[str]) -> None:
    """By their dates, or by a heading upon each, they are no rows; what goes on below them belongs to none of them."""
    columns = [column("/".join(block), 50 + 180 * at, 600) for at, block in enumerate(blocks)]
    drawn = [one for first, *rest in columns for one in (first._replace(height=head), *rest)]
    below = [piece(text, 40, 500 - 14 * at) for at, text in enumerate(tail)]
    above = column(PROSE, 40, 760)
    texts = [line for block in blocks for line in block]
    assert arranged([*above, *drawn, *below]) == "\n".join([arranged(above), *texts, *tail])


@pytest.mark.parametrize(
    ("points", "town"), [(["gates", "of iron and of steel for all harbours"], "Leeds"), ([], "Leeds"), ([], "Room 7")]
)
def test_post_and_employer_stand_beside_dates_and_town(points: list[str], town: str) -> None:
    drawn, lines = [], []
    for top, (when, post, firm) in zip(
        (700, 640), (("2019 – 2021", "Welder", "Anvil Works"), ("2017", "Fitter", "Forge Ltd")), strict=True
    ):
        below = [piece(text, 60, top - 28 - 14 * at) for at, text in enumerate(points)]
        drawn += [*column(f"{when}/{town}", 50, top), *column(f"{post}/{firm}", 160, top), *below]
        rows = [f"{when}\t{post}", f"{town}\t{firm}"] if town == "Leeds" else [when, town, post, firm]
        lines += [*rows, *points]
    assert arranged(drawn).split("\n") == lines


@pytest.mark.parametrize(
    ("gap", "words", "read"),
    [
        (11, "Route planning/SAP TM/Excel", "Route planning\tSAP TM\tExcel"),
        (11, "SAP/Jira/Excel", "SAP\tJira\tExcel"),
        (11, "the car that/Route planning", "the car that Route planning"),
        (8, "SAP/Jira/Excel", "SAP Jira Excel"),
    ],
)
def test_names_side_by_side_are_cells_where_a_sentence_would_be_justified(gap: float, words: str, read: str) -> None:
    row: list[Word] = []
    for cell in words.split("/"):
        for at, text in enumerate(cell.split()):
            left = row[-1].right + (3 if at else gap) if row else 50
            row.append(Word(left, left + 5 * len(text), 700, 10, text))
    assert arranged(list(split(row, []))) == read


def test_lists_below_entries_with_dates_are_blocks_under_their_headings() -> None:
    jobs = [one for one in jobs_with_dates_at(400) if one.text != "built many gates"]
    lists = [column("/".join(texts), 50 + 180 * at, 500) for at, texts in enumerate(LISTS)]
    drawn = [one for first, *rest in lists for one in (first._replace(height=13), *rest)]
    assert arranged(jobs + drawn) == "\n".join([arranged(jobs), *(line for texts in LISTS for line in texts)])


@pytest.mark.parametrize(
    ("above", "below", "width", "is_one"),
    [
        ("ada.lovelace@post.exam", "ple", 0, True),
        ("ada.lovelace@post.exam", "ple.com", 0, True),
        ("ada.lovelace@online", ".example", 0, True),
        ("ada.lovelace@post.studio", "lovelace.com", 0, False),
        ("✉ ada.lovelace@post", ".example", 0, True),
        ("E-mail: ada.lovelace@post.exam", "ple", 0, True),
        ("ada.lovelace@post.exam", "ple", 6, True),  # less than a letter
        ("linkedin.com/in/ada-love", "lace-1815", 0, True),
        ("ada.lovelace@post.exam", "ple", 60, False),  # there was room for it
        ("ada.lovelace@post.org", "Leeds", 0, False),
        ("ada.lovelace@post.org", "0113 496", 0, False),
        ("ada.lovelace@post.org", "or by telephone", 0, False),
        ("ada.lovelace@post.org", "ada.example", 0, False),
        ("ask at ada@post.org", "only", 0, False),
    ],
)
def test_an_address_wider_than_its_column_is_whole(above: str, below: str, width: float, is_one: bool) -> None:
    side = column(f"Contact/{above.replace('/', '|')}/{below}/Skills", 50)
    side = [one._replace(text=one.text.replace("|", "/")) for one in side]
    side[-1] = side[-1]._replace(right=side[1].right + width)
    wanted = f"Contact\n{above}{'' if is_one else chr(10)}{below}\nSkills"
    assert arranged([*side, *column(PROSE, 300)]).startswith(wanted)
    assert arranged(side) == wanted


def test_columns_above_rows_are_read_one_after_the_other() -> None:
    left, right = (
        column("/".join(f"{side} column, line {at}" for at in range(6)), x)
        for side, x in (("left", 50), ("right", 300))
    )
    skills = by_line(
        column("Baking/Brewing/Budgets/Sewing/Welding", 50, 580), column("62 %/55 %/70 %/81 %/40 %", 500, 580)
    )
    text = arranged([piece("Ada Kowalczyk", 50, 740, 20), *left, *right, *skills])
    assert text.startswith(arranged([piece("Ada Kowalczyk", 50, 740, 20), *left]) + "\n" + arranged(right))
    assert text.endswith("Sewing\t81 %\nWelding\t40 %")


def test_dates_that_float_at_the_right_and_are_drawn_first_stand_on_their_lines() -> None:
    dates = [piece("2019 – 2023", 480, 700), piece("Since 2015", 480, 650)]
    jobs = [
        piece(text, 50, base)
        for text, base in (("Welder", 700), ("Anvil Ltd", 688), ("Fitter", 650), ("Forge Ltd", 638))
    ]
    assert arranged([*dates, *jobs]) == "Welder\t2019 – 2023\nAnvil Ltd\nFitter\tSince 2015\nForge Ltd"


def test_amounts_that_float_at_the_right_and_are_drawn_first_stand_on_their_lines() -> None:
    head = column("Dana Whitlock/Copywriter/Portland/Invoice 0056/Net 15", 50)
    sold = column("Website copy/Newsletter/Total", 50, 600)
    amounts = column("$2,400.00/$750.00/$3,150.00", 500, 600)
    read = arranged([*amounts, *head, *sold]).split("\n")
    assert read[5:] == ["Website copy\t$2,400.00", "Newsletter\t$750.00", "Total\t$3,150.00"]


def test_a_dash_behind_a_date_is_no_mark_of_what_stands_beside_it() -> None:
    pieces = [piece("2021", 50, 700), piece("–", 110, 700), piece("today", 50, 686), piece("Welder", 130, 700)]
    assert "– Welder" not in arranged(pieces)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("E D U CAT I O N", "EDUCATION"),
        ("Wal t er_Hal l", "Walter Hall"),
        ("I_am_a_ welder", "I am a welder"),
    ],
)
def test_letters_set_apart_are_one_word(words: str, text: str) -> None:
    """Letters are 5 wide and 2.2 apart; "_" is a blank that is seen, another one is put in by the reader."""
    at, torn, gaps = 0.0, [], []
    for word in re.findall(r"[^_ ]+[_ ]*", words):
        letters = word.rstrip("_ ")
        width = 7.2 * len(letters) - 2.2
        torn.append(Word(at, at + width, 700, 10, letters))
        gaps += [2.2] * (len(letters) - 1)
        at += width + (7.0 if "_" in word else 2.2)
    assert may_be_torn(torn)
    assert " ".join(word.text for word in mended(torn, gaps, [True] * len(torn))) == text
    assert mended(torn, [0.0 for _ in gaps], [True] * len(torn)) == torn
    assert mended(torn, gaps, [False] * len(torn)) == torn


def test_a_table_drawn_by_columns_is_read_by_rows() -> None:
    cells = column("Post/Welder/Fitter", 50) + column("Firm/Anvil/Forge", 200) + column("Since/2019/2015", 350)
    assert arranged(cells) == "Post\tFirm\tSince\nWelder\tAnvil\t2019\nFitter\tForge\t2015"


def flush(texts: Sequence[str], right: float, top: float, leading: float = 14) -> list[Piece]:
    pieces = (piece(text, 0, top - leading * at) for at, text in enumerate(texts))
    return [one._replace(left=right - one.right, right=right) for one in pieces]


@pytest.mark.parametrize("entries", [1, 3])
@pytest.mark.parametrize(
    ("heads", "at"), [(["Quarrel, Research Intern"], 1), (["Research Intern", "Quarrel"], 2)], ids=["one line", "two"]
)
def test_a_town_and_dates_stacked_at_the_right_stand_behind_what_heads_their_entry(
    heads: list[str], at: int, entries: int
) -> None:
    items = ["• Designed the kitchen of the inn", "• Made soup of all that was left", "• Sold bread"]
    stack = ["Boise, ID", "May 2020 – Aug 2021"]
    pieces = [
        one
        for top in range(700, 700 - 100 * entries, -100)
        for one in (
            *(piece(text, 60, top - 14 * row) for row, text in enumerate(heads + items)),
            *flush(stack, 540, top),
        )
    ]
    assert arranged(pieces).split("\n") == [*heads[:at], *stack, *items] * entries


@pytest.mark.parametrize(
    "address",
    [
        ["Quarrel Mill Ltd", "Mill Lane 4", "Boise, ID 83702", "United States", "mill@quarrel.example"],
        ["Quarrel Mill Inn,", "4 Mill Lane behind the second bridge, Boise", "Idaho"],
    ],
)
def test_a_date_at_the_right_of_an_address_does_not_part_it(address: list[str]) -> None:
    stack = ["Boise, ID", "4 May 2020"]
    pieces = [*column("/".join(address), 60), *flush(stack, 540, 700)]
    assert arranged(pieces).split("\n") == [*address, *stack]


def placed(rows: Sequence[tuple[float, Sequence[tuple[str, float, float]]]]) -> list[Piece]:
    """Return pieces by the line on which they stand; each has its text, its left and its right."""
    return [Piece(left, right, base, 8, text) for base, row in rows for text, left, right in row]


def test_labels_in_small_letters_stand_beside_their_amounts() -> None:
    labels = [
        ("Order value net", 152),
        ("Done so far 60 %", 147),
        ("less 1st instalment", 151),
        ("less 2nd instalment", 151),
    ]
    rows = [
        (650.0 - 14 * at, [(label, 67.0, float(right)), (f"{at},500.00 €", 169.0, 218.0)])
        for at, (label, right) in enumerate([*labels, ("Net", 89)])
    ]
    assert arranged(placed(rows)).splitlines() == [f"{row[0][0]}\t{row[1][0]}" for _, row in rows]


def styled(texts: str, left: float, top: float, style: str, leading: float = 14) -> list[Piece]:
    return [one._replace(style=style) for one in column(texts, left, top, leading)]


def entry(bold: str, plain: str, top: float, left: float = 50) -> list[Piece]:
    """Return lines in bold and the usual ones below them."""
    return [
        *styled(bold, left, top, "bold"),
        *styled(plain, left, top - 14 * len(bold.split("/")), "plain"),
    ]


@pytest.mark.parametrize(
    ("above", "bold", "is_one"),
    [
        ("Cook", "Assistant Warehouse/Operations Manager", True),
        ("Cook", "Assistant/of the Warehouse", False),  # it had room
        ("Cook", "Assistant Warehouse,/Operations Manager", False),
        ("Cook", "Assistant Warehouse/05.2017 – 08.2019", False),
        ("Cook", "Assistant Warehouse/ida.holt@posta.example", False),
        ("Cook", "Assistant Warehouse/• Operations Manager", False),
        ("Cook", "Assistant/to the/Warehouse Operations/Manager", False),
        ("Cook/Inn", "Assistant Warehouse/Operations Manager", False),  # employers below, though there was room
        ("Postal Administrator/Packaging Company", "Assistant Warehouse/Operations Manager", False),  # in each entry
    ],
)
def test_a_name_that_had_no_room_in_its_column_is_one_line(above: str, bold: str, is_one: bool) -> None:
    prose = "2014 – 2018/The stock of both/depots, and routes/for twelve drivers"
    page = [*entry(above, prose, 700), *entry(bold, prose, 560)]
    whole = bold.replace("/", " ") if is_one else bold.replace("/", "\n")
    assert f"\n{whole}\n" in arranged(page)


def test_the_largest_line_of_a_page_is_a_name_that_may_be_broken_wherever_it_has_no_room() -> None:
    name = [one._replace(height=20, style="large") for one in column("Maravillas/Bustamante Ferrer", 50, 760, 24)]
    assert arranged([*name, *entry("Cook", "The stock of both/depots/and routes/for drivers", 700)]).startswith(
        "Maravillas Bustamante Ferrer\nCook\n"
    )


def test_lines_of_a_style_that_is_not_known_are_left_as_they_are() -> None:
    texts = "Cook/The stock/Assistant Warehouse/Operations Manager"
    assert arranged(column(texts, 50)) == texts.replace("/", "\n")


def test_dates_with_their_dash_on_a_line_of_its_own_are_one_line() -> None:
    assert arranged(column("01.2019/–/11.2022/Cook", 50)) == "01.2019 – 11.2022\nCook"
    assert arranged(column("Cook/–/Inn", 50)) == "Cook\n–\nInn"


def test_an_address_that_runs_over_the_edge_of_its_column_does_not_mix_the_two() -> None:
    side = column("Contact/0151 2345678/jannik.kretzschmar@post.example/Linz/Skills/Excel/Cooking", 50)
    main = column(PROSE, 200)
    assert arranged(by_line(side, main)).split("\n") == [one.text for one in (*side, *main)]


def test_an_address_that_ends_close_to_the_next_column_does_not_mix_the_two() -> None:
    side = column("Contact/jannik.kretzsch@post.example/Linz/Skills/Excel/Cooking/Welding", 50)
    main = [*column(PROSE, 228.4), *column("Jobs/Planner/Clerk", 228.4, 580)]
    assert arranged(by_line(side, main)).split("\n") == [one.text for one in (*side, *main)]


def test_an_address_is_whole_below_a_title_that_is_wider_than_its_column() -> None:
    title = piece("Ada Lovelace, Countess", 50, 740, 24)._replace(right=400)
    side = column("Contact/ada.lovelace@post.exam/ple/Skills", 50)
    assert "ada.lovelace@post.example" in arranged([title, *side, *column(PROSE, 300)])


def test_lists_side_by_side_whose_headings_have_a_style_of_their_own_are_columns() -> None:
    skills, spoken = column("Skills/Excel/Word/Access/Welding", 50), column("Languages/English/Welsh/Dutch", 200)
    parts = [
        [part[0]._replace(style="bold"), *(one._replace(style="plain") for one in part[1:])]
        for part in (skills, spoken)
    ]
    assert arranged([*parts[0], *parts[1]]).split("\n") == [one.text for one in (*skills, *spoken)]
    figures = column("Amount/12.50/13.20/25.70", 200)
    figures = [figures[0]._replace(style="bold"), *(one._replace(style="plain") for one in figures[1:])]
    assert arranged([*parts[0], *figures]).startswith("Skills\tAmount\nExcel\t12.50")


@pytest.mark.parametrize(
    ("second", "behind", "is_one"),
    [
        ("other minerals", "Anvil Works, Leeds", True),
        ("Other Minerals", "Anvil Works, Leeds", False),
        ("other minerals", "and goes on", False),
        ("other minerals.", "Anvil Works, Leeds", False),
    ],
)
def test_a_position_in_the_usual_style_that_had_no_room_beside_its_dates_or_below_is_one_line(
    second: str, behind: str, is_one: bool
) -> None:
    begun = "Operator of machines for cement and"
    lines = styled(f"{begun}/{second}/{behind}/The stock of both depots and routes/Further lines", 50, 700, "plain")
    wanted = f"{begun} {second}" if is_one else f"{begun}\n{second}"
    below = [*styled("2019 – 2021", 50, 714, "plain"), *lines]
    assert arranged(below).startswith(f"2019 – 2021\n{wanted}\n")
    beside = [lines[0], piece("2019 – 2021", 246, 700), *lines[1:]]
    wanted = f"{begun} {second}\t2019 – 2021" if is_one else f"{begun}\t2019 – 2021\n{second}"
    assert arranged(beside).startswith(f"{wanted}\n")


def test_two_addresses_above_a_table_take_no_part_of_its_heading_row() -> None:
    addresses = placed(
        [
            (762, [("Seller", 11, 92)]),
            (748, [("Millstone Trading House Ltd", 11, 188)]),
            (733, [("7 Long Street, York", 11, 175)]),
            (719, [("VAT 123", 11, 128)]),
            (762, [("Buyer", 301, 361)]),
            (748, [("Harbour View Ltd", 301, 462)]),
            (733, [("2 Short Street, Hull", 301, 462)]),
            (719, [("VAT 456", 301, 418)]),
        ]
    )
    table = placed(
        [
            (700, [("No", 10, 31), ("Name", 50, 87), ("Pieces", 175, 206), ("Price", 229, 303), ("Amount", 319, 415)]),
            (680, [("1", 10, 18), ("Widget", 50, 155), ("20", 175, 215), ("145.00", 229, 271), ("2,900.00", 319, 373)]),
            (661, [("2", 10, 18), ("Gadget", 50, 148), ("30", 175, 215), ("18.00", 229, 271), ("540.00", 319, 363)]),
            (640, [("Total", 11, 60), ("3,440.00", 190, 240)]),
            (625, [("20 %", 11, 60), ("2,900.00", 190, 240)]),
        ]
    )
    lines = [one.text for one in addresses]
    assert arranged([*addresses, *table]).splitlines()[: len(lines) + 1] == [*lines, "No\tName\tPieces\tPrice\tAmount"]


def test_two_addresses_a_little_apart_in_height_stay_whole_below_a_wide_title() -> None:
    seller = [(766, "Seller:"), (755, "Mill Ltd"), (744, "3 Mill Lane"), (732, "No 123"), (721, "VAT 123")]
    buyer = [(761, "Buyer:"), (749, "Hotel Plc"), (738, "23 High Street"), (727, "No 876")]
    pieces = placed(
        [
            (787, [("INVOICE - proof of tax no. 2026045", 57, 359)]),
            *((base, [(text, 58, 150)]) for base, text in seller),
            *((base, [(text, 190, 300)]) for base, text in buyer),
            (707, [("Date of issue:", 58, 145), ("5 May 2026", 195, 245)]),
            (693, [("Due date:", 58, 145), ("19 May 2026", 195, 251)]),
        ]
    )
    read = arranged(pieces).splitlines()

    assert read[1:10] == [text for _, text in seller + buyer]
    assert read[10:] == ["Date of issue:\t5 May 2026", "Due date:\t19 May 2026"]


def test_a_list_drawn_beside_a_text_of_as_many_lines_is_a_side_bar() -> None:
    side = column("Skills/Excel/Word/Access/Languages/English/Welsh/Dutch", 50)
    text = "Experience/Cook, Inn Ltd, 2019 - now/Ran the kitchen of a pub/Waiter, Pub Ltd, 2015/Served tables/Education/NVQ Catering, Leeds College/GCSEs, Leeds School, 2011"
    assert arranged(side + column(text, 250)) == "\n".join(arranged(part) for part in (side, column(text, 250)))
    labels = column("Name:/Street:/Town:/Phone:/E-mail:/Born:/Licence:/Hobbies:", 50)
    assert arranged(labels + column(text, 250)).startswith("Name:\tExperience\nStreet:\tCook")


def test_a_cell_in_the_middle_of_a_row_stays_whole() -> None:
    cells = (
        column("Seller/Acme Ltd/14 Long Street/Leeds/United Kingdom", 50),
        column("Buyer/Ida Holt/York", 250, top=686),
    )
    assert arranged([*cells[0], *cells[1]]) == "\n".join(map(arranged, cells))


def test_cells_of_several_lines_stay_whole() -> None:
    row = [
        piece("2019", 50, 700),
        piece("Senior", 150, 700),
        piece("Welder", 150, 686),
        piece("Anvil", 300, 700),
        piece("Works", 300, 686),
    ]
    lower = [one._replace(base=one.base - 50) for one in row]
    assert arranged(row + lower) == "\n".join(["2019\tSenior\nWelder\nAnvil\nWorks"] * 2)


def test_a_head_that_was_drawn_last_comes_first() -> None:
    assert arranged([*column("one/two/three", 50), piece("Name", 50, 760)]) == "Name\none\ntwo\nthree"


@pytest.mark.parametrize("marks", ["•/•/◦/•", "1./2./a)/iv."])
def test_marks_of_a_list_that_were_drawn_apart_stand_before_their_items(marks: str) -> None:
    marked, items = column(marks, 40), column("one item/two items/three of them/four of them/the end", 60)
    wanted = [*(f"{mark} {item.text}" for mark, item in zip(marks.split("/"), items, strict=False)), "the end"]
    assert arranged(items + marked).split("\n") == wanted
    assert arranged(marked + items).split("\n") == wanted


def test_a_mark_far_from_what_it_stands_before_is_a_cell() -> None:
    assert arranged([piece("text", 200, 700), piece("below", 200, 650), piece("•", 50, 700)]) == "•\ttext\nbelow"


@law
@given(st.permutations(column("a/b/c/d/e/f/g/h", 50)))
def test_one_column_is_read_downwards_however_it_was_drawn(pieces: list[Piece]) -> None:
    assert arranged(pieces) == "a\nb\nc\nd\ne\nf\ng\nh"


anywhere = st.builds(
    piece,
    st.text("abcäя中א", min_size=1, max_size=9),
    st.integers(0, 500).map(float),
    st.integers(0, 800).map(float),
    st.sampled_from([0.0, 6.0, 10.0, 30.0]),
)


@law
@given(st.lists(anywhere, max_size=30))
def test_nothing_is_lost_or_said_twice_whatever_the_layout(pieces: list[Piece]) -> None:
    """Letter by letter: pieces that touch each other are one word."""
    assert Counter("".join(arranged(pieces).split())) == Counter("".join(one.text for one in pieces))


def test_a_word_broken_at_the_end_of_a_line_is_mended_and_a_rest_of_a_word_is_not() -> None:
    assert clean(arranged(column("Elektro\u2010/niker", 50))) == "Elektroniker"
    assert clean(arranged(column("Elektro\x02/niker", 50))) == "Elektroniker"
    assert clean(arranged(column("Vor-/und Nachteile", 50))) == "Vor-\nund Nachteile"
    assert clean(arranged(column("Nord\x02/Ost", 50))) == "Nord-Ost"


def test_many_pieces_are_read_as_they_were_drawn_and_at_once() -> None:
    assert arranged([piece(str(number), number % 7, number % 11) for number in range(5000)]).count("\n") == 4999


# --- Right to left ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("םולש", "שלום"),
        ("םולש 14 םולש", "שלום 14 שלום"),
        ("2019 – 2014 םולש", "שלום 2014 – 2019"),
        (".AutoCAD 2020 םולש", "שלום AutoCAD 2020."),
        ("0136 555 50 971+", "+971 50 555 0136"),
        ("+971 50 555 0136 םולש", "שלום +971 50 555 0136"),
        ("ada@example.org", "ada@example.org"),
        ("(B2) םולש", "שלום (B2)"),
        (")B2( םולש", "שלום (B2)"),
        ("45% םולש", "שלום 45%"),
        ("ada@example.org | 0136 555 50 971+ | םולש", "שלום | +971 50 555 0136 | ada@example.org"),
        ("ada@example.org | 971505550136+", "+971505550136 | ada@example.org"),
        ("2026-55 םולש", "שלום 2026-55"),
        ("55-2026 مالس", "سلام 2026-55"),
        ("55-2026 AutoCAD مالس", "سلام AutoCAD 55-2026"),
        ("050-1234567 مالس", "سلام 050-1234567"),
        ("2014-2019 مالس", "سلام 2014-2019"),
        ("2019-2014 مالس", "سلام 2014-2019"),
        ("0136-555-04 مالس", "سلام 04-555-0136"),
        ("%5 مالس", "سلام 5%"),
    ],
)
def test_text_from_right_to_left_is_read_as_it_was_meant(seen: str, read: str) -> None:
    assert as_read(seen, rtl=True) == read


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ("םולש: INV-554", "שלום: INV-554"),
        ("14/03/2026 :םולש", "שלום: 14/03/2026"),
        ("3,522.75 :مالس AED", "سلام: 3,522.75 AED"),
        ("0136 555 50 972+ :םולש", "שלום: +972 50 555 0136"),
        ("(12 םולש) םולש", "שלום (שלום 12)"),
        ("570.35 :17% םולש ₪", "שלום 17%: 570.35 ₪"),
        ("הלימ )Orbach Ltd( – םולש", "מילה (Orbach Ltd) – שלום"),
        ("2019 – 2023 םולש", "2019 – 2023 שלום"),
        ("30 םולש .", "30 שלום ."),
    ],
)
def test_text_from_right_to_left_in_lines_from_left_to_right_is_read_as_it_was_meant(seen: str, read: str) -> None:
    assert as_read(seen, rtl=False) == read


@pytest.mark.parametrize(
    ("seen", "leans"),
    [
        ("INV-554 :םולש", 1),
        ("םולש: INV-554", -1),
        (".Microsoft Israel םולש", 1),
        ("םולש Microsoft Israel.", -1),
        (".םולש", 1),
        ("םולש:", -1),
        ("םולש .1", 1),
        ("Microsoft, םולש", -1),
        ("םולש ,Microsoft", 1),
        ("14/03/2026 :םולש", 0),
        ("Total 500 :םולש AED", 0),
        ("Total: 500", 0),
    ],
)
def test_marks_tell_which_way_a_line_runs(seen: str, leans: int) -> None:
    assert (leaning(seen) > 0) - (leaning(seen) < 0) == leans


def row(text: str, left: float, base: float = 700.0) -> Row:
    """Return a row of letters five points wide; each blank in it is room."""
    glyphs = [Glyph(left + 5 * at, left + 5 * at, left + 5 * at + 5, one) for at, one in enumerate(text) if one != " "]
    return Row([glyphs], base, 10, ())


def test_a_line_that_was_torn_apart_is_one_again_unless_it_is_another_cell_or_line() -> None:
    torn: list[Piece | Row] = []
    for part in (row("30 לא", 100), row("(", 95, 702.5), row("םולש", 70), row("אחר", 20), row("תחת", 20, 686)):
        add(torn, part)
    assert [one.text for one in read_rows(torn, rtl=True)] == ["אל 30( שלום", "אחר"[::-1], "תחת"[::-1]]


def test_a_letter_stands_between_marks_that_were_taken_for_one_word() -> None:
    marks = [Glyph(10, 10, 13, ":"), Glyph(19, 19, 22, '"')]
    line = Row([marks, row("ל", 13.5).words[0], row("אוד", 23).words[0]], 700, 10, ())
    assert [one.text for one in read_rows([line], rtl=True)] == ['דוא"ל:']


def test_cells_from_right_to_left_are_parted_by_rules() -> None:
    cells = Row([*row("20", 80).words, *row("םולש", 95).words], 700, 10, (92.5,))
    read = read_rows([cells], rtl=True)
    assert [(one.text, one.is_cell) for one in read] == [("שלום", False), ("20", True)]


def test_figures_beside_each_other_are_cells_from_right_to_left_as_well() -> None:
    figures = Row([*row("12.50", 60).words, *row("4.00", 92).words], 700, 10, ())
    assert [(one.text, one.is_cell) for one in read_rows([figures], rtl=True)] == [("4.00", False), ("12.50", True)]


def test_a_word_of_hebrew_in_english_is_turned_alone() -> None:
    assert as_read("the word םולש means peace", rtl=False) == "the word שלום means peace"
    assert not is_rtl("the word שלום means peace")
    assert is_rtl("שלום ada")
    assert not is_rtl("2019")


@law
@given(st.text("אבגדה ", max_size=20), st.booleans())
def test_hebrew_alone_is_reversed(text: str, rtl: bool) -> None:
    assert Counter(as_read(text, rtl=rtl)) == Counter(text)
    assert as_read(text.strip(), rtl=True) == text.strip()[::-1]


@pytest.mark.parametrize(
    ("below", "is_one"), [("19 allée des Pins", False), ("Kanaalweg 30", False), ("of the Saltmarsh", True)]
)
def test_an_address_below_a_name_is_no_rest_of_it(below: str, *, is_one: bool) -> None:
    name, rest, alone = (
        piece(text, 50, base)._replace(style="name")
        for text, base in (("Odile Perrin-Marchand", 700), (below, 686), ("Bordeaux", 600))
    )
    body = [[piece("what the letter says", 50, 500 - 14 * row)._replace(style="text")] for row in range(5)]
    lines = with_wrapped([[name], [rest], [alone], *body])
    assert (len(lines) == 7) is is_one


# --- Tables and blocks drawn one by one ---------------------------------------------------------------------------------


def test_cells_of_several_lines_that_were_drawn_one_by_one_make_a_row_of_a_table_of_figures() -> None:
    first = [
        *column("Survey of/the roof", 50),
        *column("On site,/with a crane", 200),
        piece("2", 350, 700),
        piece("90.00", 420, 700),
    ]
    second = [
        *column("Report", 50, 666),
        *column("Ten pages/and a plan", 200, 673),
        piece("1", 350, 666),
        piece("45.00", 420, 666),
    ]
    rows = "Survey of the roof\tOn site, with a crane\t2\t90.00\nReport\tTen pages and a plan\t1\t45.00"
    assert arranged([*first, *second]) == rows
    words = [one._replace(text=re.sub(r"[\d.]+", "some", one.text)) for one in (*first, *second)]
    assert "Survey of the roof" not in arranged(words)


def test_no_gutter_parts_the_rows_of_a_table_though_a_letterhead_stands_above_its_last_columns() -> None:
    rows = ["Item/Each/Total", "Planks/4.50/9.00"]
    table = [
        piece(text, left, 700 - 20 * at)._replace(is_cell=True)
        for at, row in enumerate(rows)
        for text, left in zip(row.split("/"), (50, 320, 400), strict=True)
    ]
    body = column("Invoice/No. 12/of Monday/for the yard", 50, 780), column("To be paid/by Friday/in cash", 50, 640)
    to = column("Ada Byron/at the river/Weir Road 3/4001 Leeds", 50, 880)
    head = column("Alder Works/Mill Lane 7/LS1 4AP Leeds/phone 555 01/alder.example/HRA 12/Ida Ash", 330, 900)
    foot = column("IBAN DE00 1203/BIC ALDE/VAT ID 12/Bank of Leeds", 330, 600)
    read = arranged([*body[0], *table, *body[1], *to, *head, *foot])
    assert "\n".join(rows).replace("/", "\t") in read


def test_addresses_side_by_side_under_headings_smaller_than_they_are_are_columns() -> None:
    def block(text: str, left: float) -> list[Piece]:
        head, *lines = column(text, left)
        return [head._replace(style="light", height=8.0), *(one._replace(style="plain") for one in lines)]

    bill, order = (
        block("BILL TO/Alder Works/Mill Lane 7/4001 Leeds", 50),
        block("ORDER/Date: May/Terms: net/No: 12", 250),
    )
    assert arranged([*bill, *order]).split("\n") == [one.text for one in (*bill, *order)]
    skills, levels = block("SKILL/Word/Excel/Access", 50), block("LEVEL/good/fair/good", 250)
    assert arranged([*skills, *levels]).startswith("SKILL\tLEVEL\nWord\tgood")
