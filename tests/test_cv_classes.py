"""The embedded engine on CVs in LaTeX classes and in tables of Word: headings that full stops part, columns without headings,
details in the foot of a page. All people and firms are invented."""

from __future__ import annotations

import pytest
from test_offline_engine import courses, jobs, read

HEAD = "Ida Holt\nida@example.org\n\n"
TABLE = """Ida Holt
12 Mill Lane, Hull
07700 900441 | ida@example.org
{work}04/2021 – present\tQuarry Lane Foods\tProduction Planner
06/2017 – 03/2021\tTarn Group\tStock Controller
{education}2014 – 2017\tUniversity of Westmere\tBSc Logistics
"""
TABLE_JOBS = [
    ("Quarry Lane Foods", "Production Planner", "2021-04", "now"),
    ("Tarn Group", "Stock Controller", "2017-06", "2021-03"),
]


# --- Headings ---------------------------------------------------------------------------------------------------------


def test_full_stops_part_position_employer_and_dates() -> None:
    work = "Experience\nCook. Old Mill Inn, Hull. 2019 – 2021.\n• Cut waste\nPorter. Quillfeather Ltd. 2015 – 2019.\n"
    education = "Education\nBSc Physics. University of Westmere.\n2012 – 2015.\nA-levels. Hale College. 2010 – 2012.\n"
    assert jobs(HEAD + work) == [
        ("Old Mill Inn", "Cook", "2019", "2021"),
        ("Quillfeather Ltd.", "Porter", "2015", "2019"),
    ]
    assert [course[2:] for course in courses(HEAD + education)] == [
        ("University of Westmere", "2012", "2015"),
        ("Hale College", "2010", "2012"),
    ]


def test_sentences_below_a_heading_are_no_names_between_full_stops() -> None:
    text = "Experience\nCook\nOld Mill Inn\n2019 – 2021\nLed the team. Cut the costs. 2020.\n"
    assert jobs(HEAD + text) == [("Old Mill Inn", "Cook", "2019", "2021")]


def test_a_heading_that_its_dates_cut_short_goes_on_below() -> None:
    text = (
        "Experience\nProduction Planner, Quarry Lane Foods, Hud-\tApril 2021 – present\ndersfield.\n"
        "Stock Controller, The Tarn\tMay 2017 – March 2021\nGroup, Leeds.\n• Counted stock\n"
        "Education\nBSc Logistics and Trans- 2011 – 2014\nport, University of Westmere.\n"
    )
    assert [job[:2] for job in jobs(HEAD + text)] == [
        job[:2] for job in [*TABLE_JOBS[:1], ("The Tarn Group", "Stock Controller")]
    ]
    assert courses(HEAD + text) == [("BSc", "Logistics and Transport", "University of Westmere", "2011", "2014")]


@pytest.mark.parametrize(
    "dates", ["May\t2017 – March 2021", "05/2017\n– 03/2021"], ids=["justified", "dash begins the line"]
)
def test_dates_that_a_narrow_column_broke_are_whole(dates: str) -> None:
    text = f"Experience\n{dates}\nCook, Old Mill Inn\n04/2014 – 04/2017\nPorter, Tarn Group\n"
    assert jobs(HEAD + text)[0] == ("Old Mill Inn", "Cook", "2017-05", "2021-03")


# --- Tables and forms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("work", "education"),
    [
        ("", ""),
        ("Period\tCompany\tJob title\n", "Period\tInstitution\tQualification\n"),
        ("Zeitraum\tFirma\tTätigkeit\n", ""),
    ],
)
def test_a_table_without_headings_has_jobs_and_courses(work: str, education: str) -> None:
    text = TABLE.format(work=work, education=education)
    answer = read(text)
    assert (answer["basics"]["name"], answer["basics"]["location"]["city"]) == ("Ida Holt", "Hull")
    assert jobs(text) == TABLE_JOBS
    assert courses(text) == [("BSc", "Logistics", "University of Westmere", "2014", "2017")]


def test_a_form_says_whose_employer_it_is() -> None:
    entry = "Dates\t{}\nOccupation or position held\t{}\nMain activities\tTraining new people and working with\nName of employer\t{}\n"
    text = entry.format("2018 – 2022", "Cook", "Tarn Group") + entry.format("2014 – 2018", "Porter", "Old Mill Inn")
    assert [job[:2] for job in jobs(f"{HEAD}Experience\n{text}")] == [
        ("Tarn Group", "Cook"),
        ("Old Mill Inn", "Porter"),
    ]


def test_a_broken_label_stands_before_its_value() -> None:
    text = "Education\nDates\t2011 – 2014\nTitle of qualification\nawarded\nBSc Physics\nName of institution\tHull University\n"
    assert courses(HEAD + text) == [("BSc", "Physics", "Hull University", "2011", "2014")]


@pytest.mark.parametrize("label", ["Nome(s) / Apelido(s)", "Prénom(s)/ Nom(s)", "Name / Surname"])
def test_a_form_may_call_the_name_by_both_its_parts(label: str) -> None:
    assert read(f"Europass\n{label}\tIda Holt\nSkills\nBaking\n")["basics"]["name"] == "Ida Holt"


# --- Who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "city"),
    [
        ("Lindenallee 14\nKassel", "Kassel"),
        ("Hull, 12 Mill Lane", "Hull"),
        ("C/ Olmo, 14 | Gijón | 600 554 410", "Gijón"),
        ("Av. da Liberdade, 101\nAveiro", "Aveiro"),
    ],
)
def test_a_town_may_stand_below_its_street_or_before_it(address: str, city: str) -> None:
    text = f"Ida Holt\nida@example.org\n{address}\n\nSkills\nBaking\n"
    assert read(text)["basics"]["location"]["city"] == city


def test_the_foot_of_a_page_has_the_details() -> None:
    foot = "Kerkstraat 18 – Zwolle\nI +31 6 12345345 • # ida@example.org\t{}\n"
    text = f"Ida Holt\nSkills\nBaking\n{foot.format('1/2')}\nProjects\nMap of paths\n{foot.format('2/2')}"
    answer = read(f"{text}\n\nLinks in the document:\ntel:+31612345345\n")
    basics = answer["basics"]
    assert (basics["email"], basics["phone"], basics["location"]["city"]) == (
        "ida@example.org",
        "+31612345345",
        "Zwolle",
    )
    assert [skill["name"] for skill in answer["skills"]] == ["Baking"]


def test_a_town_that_goes_with_strayed_details_stays_with_the_jobs() -> None:
    text = "Ida Holt\nExperience\nCook\nOld Mill Inn\nHull\n2019 – 2021\nSkills\nBaking\nida@example.org\nHull\n"
    answer = read(text)
    assert (answer["basics"]["location"]["city"], answer["work"][0]["location"]) == ("Hull", "Hull")


def test_the_number_of_a_page_may_stand_before_what_runs_on() -> None:
    foot = "Page {} / 2 - Curriculum vitæ of\nIda Holt\n"
    text = f"Ida Holt\nida@example.org\nSkills\nBaking\n{foot.format(1)}\nBrewing\n{foot.format(2)}"
    assert [skill["name"] for skill in read(text)["skills"]] == ["Baking", "Brewing"]


@pytest.mark.parametrize(
    "section", ["Languages\nEnglish: native. French: B2.\n", "English – native\nFrench – B2\nSkills\nBaking\n"]
)
def test_languages_between_full_stops_or_without_a_heading(section: str) -> None:
    spoken = read(HEAD + section)["languages"]
    assert [(one["language"], one["fluency"]) for one in spoken] == [("English", "native"), ("French", "B2")]


def test_an_address_that_a_line_end_cut_is_taken_whole_from_its_link() -> None:
    text = "cal-Callum Berg\nClerk\nlum.berg@example.net\nExperience\nClerk, Keel Ltd, Hull\t2019 – 2021\nLinks in the document:\n"
    assert read(f"{text}mailto:callum.berg@example.net")["basics"]["email"] == "callum.berg@example.net"
    assert read(f"{text}mailto:lum.berg@example.net")["basics"]["email"] == "lum.berg@example.net"
    assert read(f"{text}mailto:ida.berg@example.net")["basics"]["email"] == "lum.berg@example.net"
