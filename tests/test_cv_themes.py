"""The embedded engine on CVs in templates of others: English headings over another language, floating dates, bare lists.
All people and firms are invented."""

from __future__ import annotations

import pytest
from test_offline_engine import jobs, read

from pipeline.extract.layout.gutters import Cut, Piece
from pipeline.inference.offline.language import language_of
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.wraps import joined_dates

HEAD = "Ida Holt\nida@example.org\n\n"


def _skills(text: str) -> list[str]:
    return [skill["name"] for skill in read(f"{HEAD}Skills\n{text}\n")["skills"]]


# --- The whole --------------------------------------------------------------------------------------------------------


def test_english_headings_do_not_make_a_german_text_english() -> None:
    text = "Work Experience\nLektorin\nBetreuung der Autoren und Prüfung von Texten\nEducation\nSkills\nReferences\n"
    assert language_of(text) == "de"


def test_a_menu_of_the_headings_is_no_first_version_of_the_cv() -> None:
    menu = "Ida Holt\nWork\nEducation\nSkills\n"
    text = f"{menu}{HEAD}Work\nCook\nOld Mill Inn\n2019 – 2021\nEducation\nBSc Physics\nHull University\n2015 – 2018\n"
    assert jobs(text) == [("Old Mill Inn", "Cook", "2019", "2021")]


def test_what_stands_behind_links_belongs_to_no_list() -> None:
    text = f"{HEAD}Certificates\nFirst Aid, 2020\n\nLinks in the document:\nhttps://www.linkedin.com/in/ida-holt\n"
    answer = read(text)
    assert [one["name"] for one in answer["certificates"]] == ["First Aid"]
    assert [one["network"] for one in answer["basics"]["profiles"]] == ["LinkedIn"]


# --- Who --------------------------------------------------------------------------------------------------------------


def test_a_name_in_small_letters_is_one_where_the_address_agrees() -> None:
    assert read("ida holt\nida@example.org\n\nSkills\nBaking\n")["basics"]["name"] == "Ida Holt"
    assert read("web design\ninfo@example.org\n\nSkills\nBaking\n")["basics"]["name"] is None


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("Kromme Gracht 5, Utrecht, NL, 3512 HC\nIngenieur", "Utrecht"),
        ("12 Mill Lane, Braga (PT), Minho", "Braga"),
        ("Hüttenweg 8\nHerne, Nordrhein-Westfalen 44623 DE", "Herne"),
        ("Postal Code & City\tLS6 2QT Leeds", "Leeds"),
        ("Seit acht Jahren leite ich und seit 2019 Projekte in der Verwaltung.", None),
        ("+44 7700 900461\tDeutsch, Englisch", None),
    ],
)
def test_a_town_is_told_by_its_country_and_prose_names_none(address: str, city: str | None) -> None:
    text = f"Ida Holt\n{address}\nida@example.org\n\nSkills\nBaking\n"
    assert read(text)["basics"]["location"]["city"] == city


def test_the_own_page_may_stand_in_the_mail_address_as_well() -> None:
    assert read("Ida Holt\nme@idaholt.com\nidaholt.com\n\nSkills\nBaking\n")["basics"]["url"] == "idaholt.com"


# --- Jobs and courses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (  # parental leave in the list of jobs is no heading
            "Hale AG\nKoch\n2019 – 2021\nElternzeit\n2017 – 2019\nTarn AG\nKellner\n2015 – 2017\n",
            ["Hale AG", None, "Tarn AG"],
        ),
        ("Cook\nOld Mill Inn\n2019 – 2021\nLed the hygiene audit of 2018\n", ["Old Mill Inn"]),
        ("Larkspur\nLeeds\n2019 – 2021\nHead Chef\nThistle\nHull\n2015 – 2019\nSous Chef\n", ["Larkspur", "Thistle"]),
        (
            "Head Chef, Larkspur\n2019 – 2021\nPlanned menus\nSous Chef, Thistle\n2015 – 2019\nBoiled eggs\n",
            ["Larkspur", "Thistle"],
        ),
        ("Head Chef\t2019 – 2021\nLarkspur, Austin, TX\nPlanned menus\n", ["Larkspur"]),
        ("Larkspur\t2019 – 2021\nhttps://larkspur.example\nHead Chef\n", ["Larkspur"]),
    ],
)
def test_employers_are_told_without_words_for_them(entries: str, expected: list[str | None]) -> None:
    assert [job[0] for job in jobs(f"{HEAD}Work\n{entries}\nSkills\nBaking\n")] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Hull University\n2015 – 2018\nBachelor\nPhysics",
        "Hull University\n2015 – 2018\nPhysics\nBachelor",
        "Larkspur Hull, Bachelor in Physics\t2015 – 2018",
        "2015\n2018\nHull University\nBachelor\nPhysics",
    ],
)
def test_a_subject_may_stand_below_its_award(text: str) -> None:
    (course,) = read(f"{HEAD}Education\n{text}\n")["education"]
    assert course["institution"] in ("Hull University", "Larkspur Hull")
    assert (course["studyType"], course["area"], course["startDate"]) == ("Bachelor", "Physics", "2015")


@pytest.mark.parametrize(
    ("years", "count"), [("2015 2018", 1), ("2015 2016 2018", 3), ("2018 2015", 2)], ids=["two", "three", "downwards"]
)
def test_two_years_below_each_other_are_a_range(years: str, count: int) -> None:
    assert len(joined_dates([Line(year) for year in years.split()])) == count


# --- Skills -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Baking:\nBoiling:\nFrying:", ["Baking", "Boiling", "Frying"]),
        ("Web (advanced): HTML, CSS\nData (basic): SQL, R", ["HTML", "CSS", "SQL", "R"]),
        ("Baking\nAdvanced\nBoiling\nExpert", ["Baking", "Boiling"]),
        ("Languages\nRust, Java\nDatabases\nRedis, SQLite", ["Rust", "Java", "Redis", "SQLite"]),
    ],
)
def test_neither_marks_nor_names_of_groups_are_skills(text: str, skills: list[str]) -> None:
    assert _skills(text) == skills


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_dates_that_float_are_read_beside_their_entries_although_drawn_in_a_row() -> None:
    bases = (700.0, 640.0, 580.0, 520.0)
    dates = [Piece(450, 520, base, 10, f"20{10 + at} – 20{11 + at}") for at, base in enumerate(bases)]
    heads = [Piece(160, 300, base, 10, "Cook, Old Mill Inn") for base in bases]
    below = [Piece(170, 300, base - 15, 10, "Planned menus") for base in bases]
    drawn = [
        *dates[:2],
        heads[0],
        below[0],
        heads[1],
        dates[2],
        below[1],
        heads[2],
        dates[3],
        below[2],
        heads[3],
        below[3],
    ]
    cut = Cut([], [*heads, *below], dates, [], drawn, [piece in dates for piece in drawn])
    assert cut.is_mixed
    assert cut.judged() == "right belongs to left"
