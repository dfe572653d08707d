"""The embedded engine on CVs as careers and countries print them: federal, military, clinical, freelance. All is invented."""

from __future__ import annotations

from typing import Any

import pytest
from test_offline_engine import courses, jobs, read

JOBS = "Ida Holt\nExperience\n2018 – 2020 Cook, Old Mill Inn Ltd\n"


def certificates(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(one["name"], one["issuer"], one["date"]) for one in read(text)["certificates"]]


def place(head: str) -> tuple[Any, ...]:
    location = read(f"{head}\nida@example.com\n{JOBS.partition(chr(10))[2]}")["basics"]["location"]
    return location["city"], location["region"], location["countryCode"]


# --- Headings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "other"),
    [
        ("SALES EXPERIENCE", "EDUCATION"),
        ("Hospitality Experience", "Education"),
        ("EXPÉRIENCE COMMERCIALE", "FORMATION"),
        ("Vertriebserfahrung", "Studium und Ausbildung"),
        ("PREVIOUS POSTS", "EDUCATION"),
        ("Positions Held With Dates", "Education"),
    ],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_heading_may_say_which_experience_it_is_about(heading: str, other: str, gap: str) -> None:
    text = f"Ida Holt\n{gap}{other}\nBSc Biology, University of Hull, 2014\n{gap}{heading}\nCook, Old Mill Inn Ltd, 2018 – 2020"
    assert jobs(text) == [("Old Mill Inn Ltd", "Cook", "2018", "2020")]
    assert len(courses(text)) == 1


@pytest.mark.parametrize("line", ["Customer Experience", "Sales experience and more", "Ministry of Education"])
def test_other_lines_about_experience_are_no_headings(line: str) -> None:
    text = f"{JOBS}\nSkills\nBaking\n\n{line}\n2015 – 2016\nBread"
    assert len(jobs(text)) == 1


def test_a_licence_without_classes_among_certificates_is_no_heading() -> None:
    text = f"{JOBS}\nCertifications and Licenses\n\nDriver's License\n\nForklift Certification\n\nOSHA 10"
    assert [name for name, *_ in certificates(text)] == ["Forklift Certification", "OSHA 10"]
    assert read(f"{JOBS}\nCertificates\nHaccp\nDriving Licence\nB, C1")["driving_licences"] == ["B", "C1"]


# --- Jobs -------------------------------------------------------------------------------------------------------------


def test_pay_and_hours_beside_the_dates_are_no_position() -> None:
    text = (
        "Ida Holt\nExperience\nContract Specialist (GS-1102-11)\n01/2018 – 03/2023; Salary: $72,553; Hours per week: 40\n"
        "Harbor Supply Agency, Reno, NV\nSupervisor: Jo Price (717-555-0123)\nBought goods."
    )
    assert jobs(text) == [("Harbor Supply Agency", "Contract Specialist (GS-1102-11)", "2018-01", "2023-03")]
    assert read(text)["work"][0]["highlights"] == ["Bought goods."]


def test_positions_below_an_employer_with_the_dates_of_the_whole_are_there() -> None:
    text = (
        "Ida Holt\nExperience\nTARN FOODS, INC., Reno, NV\t2008 – 2020\nVice President, Finance (2016 – 2020)\n• Bread\n"
        "Platoon Leader, Fort Tarn, TX, 2008 – 2016\nHALE LOGISTICS GROUP, Hull, 2020 – Present\nPlanner"
    )
    assert jobs(text) == [
        ("TARN FOODS, INC.", "Vice President, Finance", "2016", "2020"),
        ("TARN FOODS, INC.", "Platoon Leader", "2008", "2016"),
        ("HALE LOGISTICS GROUP", "Planner", "2020", "now"),
    ]
    assert read(text)["work"][1]["location"] == "Fort Tarn, TX"


def test_two_positions_with_their_dates_may_stand_on_one_line() -> None:
    text = "Experience\nHarrow & Finch LLP\t2015 – Present\nSenior Manager (2019 – Present) | Manager (2015 – 2019)"
    assert jobs(text) == [
        ("Harrow & Finch LLP", "Senior Manager", "2019", "now"),
        ("Harrow & Finch LLP", "Manager", "2015", "2019"),
    ]


@pytest.mark.parametrize(
    "line", ["Fellow, Department of Chemistry, Tarn University", "Fellow, Tarn University, Department of Chemistry"]
)
def test_a_department_is_not_the_employer_where_the_whole_is_named(line: str) -> None:
    assert jobs(f"Experience\n2012 – 2014\t{line}")[0][:2] == ("Tarn University", "Fellow")


def test_a_department_alone_is_an_employer() -> None:
    assert jobs("Experience\n2012 – 2014\tAnalyst, Department of Fisheries")[0][:2] == (
        "Department of Fisheries",
        "Analyst",
    )


def test_what_was_done_for_a_client_of_the_employer_is_no_job() -> None:
    text = (
        "Ida Holt\nExperience\nCompany: Zenvista Ltd\nDesignation: Developer\nDuration: Aug 2020 to Till Date\n"
        "Project 1: Portal\nClient: Tarn Bank\nDuration: Jan 2022 – Till Date\n• Bread\n"
    )
    assert jobs(text) == [("Zenvista Ltd", "Developer", "2020-08", "now")]


def test_a_contractor_works_for_clients() -> None:
    text = "Ida Holt\nExperience\nClient: Tarn Bank, Reno, NV\tJan 2020 – Present\nRole: Java Developer\n• Bread"
    assert jobs(text) == [("Tarn Bank", "Java Developer", "2020-01", "now")]


def test_projects_of_a_freelancer_are_jobs_those_done_while_employed_are_none() -> None:
    text = (
        "Ida Holt\nProjekte\n01/2022 – 12/2023\nKunde: Großbank, Hanau\nRolle: Architektin\n"
        "06/2014 – 12/2015\nKunde: Autohaus, Fulda\nRolle: Entwicklerin\n"
        "Berufserfahrung\n2010 – 2019\tBeraterin, Brückner Consulting AG, Bonn\nAusbildung\n2009\tDiplom, Universität Bonn"
    )
    assert [job[:2] for job in jobs(text)] == [("Großbank", "Architektin"), ("Brückner Consulting AG", "Beraterin")]


@pytest.mark.parametrize("below", ["• 2018: first of 45 cooks", "Baked bread that nobody forgot for $42M (2019)"])
def test_a_year_within_what_was_done_begins_no_job(below: str) -> None:
    assert len(jobs(f"Experience\nCook, Old Mill Inn Ltd\t2016 – 2020\n{below}\nCook, Tarn Inn Ltd\t2012 – 2016")) == 2


def test_a_year_within_a_bracket_is_not_that_of_a_job() -> None:
    text = "Experience\nCook, Old Mill Inn\nHull | Jan 2020 – Present\nBaker, Tarn Inn (sold to Hale in 2019)\nHull | Mar 2016 – Dec 2019"
    assert [job[1:] for job in jobs(text)] == [("Cook", "2020-01", "now"), ("Baker", "2016-03", "2019-12")]


@pytest.mark.parametrize(
    ("line", "job"),
    [
        ("Driver (via Driveforce Recruitment) – Tarn Distribution", ("Tarn Distribution", "Driver")),
        ("Career break – caring for parent", (None, "Career break")),
        ("Software Engineer II | Tarnstream", ("Tarnstream", "Software Engineer II")),
        ("Pharmacy Tech | Tarn Chemists", ("Tarn Chemists", "Pharmacy Tech")),
        ("Nurse, Tarn Group (sold to Hale in spring)", ("Tarn Group", "Nurse")),
        ("Manager, Finance – Hale Foods", ("Hale Foods", "Manager, Finance")),
        ("Server | The Gilded Fork", ("The Gilded Fork", "Server")),
    ],
)
def test_positions_are_told_from_employers(line: str, job: tuple[str | None, str]) -> None:
    assert jobs(f"Experience\n{line}\n05/2019 – 06/2021")[0][:2] == job


def test_compound_nouns_are_positions_below_the_employer_above() -> None:
    text = (
        "Lebenslauf\nBerufserfahrung\nFavre Maschinenbau GmbH, Bern - Sachbearbeiter Rechnungswesen\n01/2025-07/2025\n* Brot\n"
        "Finanzbuchhalter\n11/2022 - 12/2024\n* Suppe"
    )
    assert jobs(text)[1] == ("Favre Maschinenbau GmbH", "Finanzbuchhalter", "2022-11", "2024-12")


def test_a_project_below_a_position_is_not_its_employer() -> None:
    text = (
        "Ida Holt\nExperience\nTARN BANKING GROUP\tNov 2014 – Present\n\nSenior Analyst\tMar 2019 – Present\n"
        "Project: Open Houses ($35M)\n• Bread\nAnalyst\tNov 2014 – Mar 2019\n• Soup"
    )
    assert [job[:2] for job in jobs(text)] == [
        ("TARN BANKING GROUP", "Senior Analyst"),
        ("TARN BANKING GROUP", "Analyst"),
    ]


def test_a_firm_by_its_form_is_the_employer_of_roles_that_sound_like_one() -> None:
    text = (
        "Experience\nPartner, Merritt Stowe LLP (2003 – 2010)\nVarious finance roles, Merritt Stowe LLP (1995 – 2003)"
    )
    assert [job[:2] for job in jobs(text)] == [
        ("Merritt Stowe LLP", "Partner"),
        ("Merritt Stowe LLP", "Various finance roles"),
    ]


def test_a_partner_behind_a_firm_and_its_town_is_no_position() -> None:
    text = "Lebenslauf\nBerufserfahrung\n08/2011 – 02/2017\tFinanzbuchhalterin\n\tSteuerkanzlei Wolff & Partner, Weimar"
    assert jobs(text)[0][:2] == ("Steuerkanzlei Wolff & Partner", "Finanzbuchhalterin")


def test_a_cv_that_begins_again_in_another_language_is_read_once() -> None:
    text = (
        "Jan Sobol\njan@example.pl\nExperience\n2020 – 2022 Data Engineer, Tarn Ltd\nEducation\n2017 MSc Physics, Hull University\n"
        "Jan Sobol\njan@example.pl\nDoświadczenie\n2020 – 2022 Inżynier danych, Tarn Ltd\nWykształcenie\n2017 mgr fizyki, Uniwersytet w Hull"
    )
    assert len(jobs(text)) == len(courses(text)) == 1


# --- Courses ----------------------------------------------------------------------------------------------------------


def schools(text: str) -> list[tuple[Any, ...]]:
    return [course[:3] for course in courses(f"Ida Holt\nEducation\n{text}")]


def test_awards_below_one_school_are_all_from_there() -> None:
    text = "Tarn University, Reno, NV\nMBA, May 2019\nBSc Marketing, May 2014\nHale Community College\nAssociate of Arts, 2012"
    assert [(award, school) for award, _, school in schools(text)] == [
        ("MBA", "Tarn University, Reno, NV"),
        ("BSc", "Tarn University, Reno, NV"),
        ("Associate of Arts", "Hale Community College"),
    ]


def test_an_award_without_a_school_gets_none_where_schools_stand_beside_awards() -> None:
    assert schools("BSc Physics, Hull University, 2014\nMSc Chemistry, 2016")[1] == ("MSc", "Chemistry", None)


@pytest.mark.parametrize(
    ("text", "course"),
    [
        ("BSc Art, Hale College, 2015\nBA, History, The Citadel, 2008", ("BA", "History", "The Citadel")),
        ("Tertiary: BSc in Nursing\nTarn University\n2014 – 2018", ("BSc", "Nursing", "Tarn University")),
        ("B.Com (Commerce) from Tarn University in 2019", ("B.Com", "Commerce", "Tarn University")),
        ("BS\tTarn University, Computer Engineering\t2009", ("BS", "Computer Engineering", "Tarn University")),
        ("Master's Degree, Tarn University, 12/2016\nMajor: Botany", ("Master's Degree", "Botany", "Tarn University")),
        ("2011 – 2014\tKoch (IHK), Gasthaus zur Post, Plön", (None, "Koch (IHK)", "Gasthaus zur Post, Plön")),
        ("2016 : BSc, first class – Tarn University, Tours", ("BSc", None, "Tarn University, Tours")),
        ("2012 – 2014\nTarn University\nFaculty of Health\nMSc Nursing", ("MSc", "Nursing", "Tarn University")),
    ],
)
def test_award_subject_and_school_are_told_apart(text: str, course: tuple[str | None, ...]) -> None:
    assert schools(text)[-1] == course


# --- Certificates and languages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "certificate"),
    [
        (
            "Registered Nurse, Tarn Board of Nursing, License No. 987654, Exp. 08/2026",
            ("Registered Nurse", "Tarn Board of Nursing", None),
        ),
        ("Safe Pass (valid until 06/2027)", ("Safe Pass", None, None)),
        ("Driver CPC – expires 09/2029", ("Driver CPC", None, None)),
        ("PMP, gültig bis 08/2027", ("PMP", None, None)),
        (
            "Cloud Basics – Tarn Web – Credential ID ABC123 – Issued Jan 2023 · Expires Jan 2026",
            ("Cloud Basics", "Tarn Web", "2023-01"),
        ),
        ("Manual Handling – 2023", ("Manual Handling", None, "2023")),
    ],
)
def test_the_end_and_the_number_of_a_certificate_are_not_its_date_or_issuer(
    line: str, certificate: tuple[str | None, ...]
) -> None:
    assert certificates(f"{JOBS}Certificates\n{line}") == [certificate]


@pytest.mark.parametrize("line", ["Full UK driving licence: B, C1", "B-körkort"])
def test_a_licence_among_certificates_is_none(line: str) -> None:
    found = read(f"{JOBS}Certificates\nHaccp\n{line}")
    assert [one["name"] for one in found["certificates"]] == ["Haccp"]
    assert found["driving_licences"][0] == "B"


def test_languages_with_their_levels_on_one_line_of_skills_are_languages() -> None:
    found = read(f"{JOBS}Skills\nExcel, Word\nEnglish (B2), Russian (basic)")
    assert [one["language"] for one in found["languages"]] == ["English", "Russian"]
    assert [one["name"] for one in found["skills"]] == ["Excel", "Word"]


@pytest.mark.parametrize("line", ["Inglese: buono (B2) – Francese: scolastico", "Inglés: C1 (2019). Francés: B1."])
def test_languages_may_be_parted_by_dashes_and_points(line: str) -> None:
    assert [one["language"] for one in read(f"{JOBS}Languages\n{line}")["languages"]] == ["English", "French"]


def test_details_that_job_boards_print_among_skills_are_none() -> None:
    found = read(
        f"{JOBS}Skills\nTally, GST\nNotice Period: 30 Days\nAnnual Salary: Rs 4.20 Lacs\nCurrent Designation: Cook"
    )
    assert [one["name"] for one in found["skills"]] == ["Tally", "GST"]


# --- Addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Ida Holt\n1234 Broadway, New York, NY", ("New York", "NY", None)),
        ("Ida Holt\n12 rue des Tanneurs, 37000 Tours", ("Tours", None, None)),
        ("Ida Holt\n14 Castle Park, Ennis, Co. Clare, V95 X2Y3", ("Ennis", "Co. Clare", None)),
        ("Ida Holt\nNo. 14 Adeola Street, Surulere, Lagos, Nigeria.", ("Lagos", None, "NG")),
        ("Ida Holt\nBlk 12, Mabini St., Quezon City, Philippines 1100", ("Quezon City", None, "PH")),
    ],
)
def test_a_town_is_found_in_addresses_of_more_countries(head: str, expected: tuple[Any, ...]) -> None:
    assert place(head) == expected


def test_a_cv_may_be_of_somebody() -> None:
    assert read(f"RESUME OF IDA HOLT\n{JOBS.partition(chr(10))[2]}")["basics"]["name"] == "Ida Holt"


# --- Headings, employers and towns that no list knows ------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["The road so far", "Au fil des années", "Was bisher geschah"])
@pytest.mark.parametrize("above", ["Skills\nBaking\nFirst aid", "Education\nBSc Biology\nUniversity of Hull\n2014"])
def test_what_heads_the_jobs_is_told_by_the_dates_below_it(heading: str, above: str) -> None:
    text = f"Ida Holt\n{above}\n{heading}\nCook, Old Mill Inn Ltd\n2018 – 2020\n• Made soups\n"
    assert jobs(text) == [("Old Mill Inn Ltd", "Cook", "2018", "2020")]
    assert heading not in str(read(text)["skills"])


def test_courses_alone_are_no_jobs_below_an_unknown_heading() -> None:
    text = (
        "Ida Holt\nEducation\nDiploma Baking\nHull College\n2014 – 2016\nBSc Biology\nUniversity of Hull\n2010 – 2013\n"
    )
    assert not jobs(text)
    assert len(courses(text)) == 2


@pytest.mark.parametrize("heading", ["What I do well", "Mes compétences", "Das kann ich", "Wat ik kan"])
def test_headings_may_speak_in_the_first_person(heading: str) -> None:
    assert [one["name"] for one in read(f"{JOBS}\n{heading}\nBaking, Grilling")["skills"]] == ["Baking", "Grilling"]


@pytest.mark.parametrize(
    ("line", "employer", "position"),
    [
        ("Brand Manager for Zephyro", "Zephyro", "Brand Manager"),
        ("Teacher for Kochi High School", "Kochi High School", "Teacher"),
        ("Head of Year for science", None, "Head of Year for science"),
    ],
)
def test_an_employer_may_stand_behind_for(line: str, employer: str | None, position: str) -> None:
    assert jobs(f"Ida Holt\nExperience\n{line} (2018 – 2020)\n• Met people\n") == [(employer, position, "2018", "2020")]


@pytest.mark.parametrize("gap", ["", "\n"])
def test_several_positions_stand_below_their_employer_among_jobs_on_one_line(gap: str) -> None:
    text = (
        "Ida Holt\nExperience\n2021 – 2023: Cook, Old Mill Inn Ltd\n• Made soups for guests\n"
        f"{gap}Harbour Kitchens\nChef (2018 – 2020)\n• Ran a team of nine cooks\nCook (2016 – 2017)\n• Made bread\n"
    )
    assert jobs(text) == [
        ("Old Mill Inn Ltd", "Cook", "2021", "2023"),
        ("Harbour Kitchens", "Chef", "2018", "2020"),
        ("Harbour Kitchens", "Cook", "2016", "2017"),
    ]


def test_a_word_left_over_from_an_item_heads_no_job() -> None:
    text = (
        "Ida Holt\nExperience\nOld Mill Inn Ltd\nCook\n2021 – 2023\n• Stood in for the head chef on free days and\n"
        "kept all of the six kitchens of the hotel open\n• Talked to guests, farmers and with the other\nDepartments\n"
        "Harbour Kitchens Ltd\nChef\n2018 – 2020\n"
    )
    assert [name for name, *_ in jobs(text)] == ["Old Mill Inn Ltd", "Harbour Kitchens Ltd"]


def test_jobs_that_have_the_mark_of_a_time_line_are_jobs() -> None:
    text = "Ida Holt\nExperience\n● Harbour Kitchens Ltd\t2018 – 2020\nChef\nNew menu in 2019\n● Old Mill Inn Ltd\t2016 – 2017\nCook\n"
    assert [(name, position) for name, position, *_ in jobs(text)] == [
        ("Harbour Kitchens Ltd", "Chef"),
        ("Old Mill Inn Ltd", "Cook"),
    ]


@pytest.mark.parametrize(
    ("head", "city"),
    [
        ("Ida Holt\nAdresse: Hauptstrasse 6, 3636 Aarau Handy: +41 79 678 55 83", "Aarau"),
        ("Ida Holt\nBaurstrasse 83, 5290 St. Gallen", "St. Gallen"),
        ("Ida Holt\n6 Elm Road, St. Paul, MN 55101", "St. Paul"),
        ("Ida Holt\nMyrthebaan 16, 2443 AD Bergen op Zoom", "Bergen op Zoom"),
        ("Ida Holt\nNamur", "Namur"),
        ("Ida Holt\n12 Mill Lane, Galway", "Galway"),
        ("Ida Holt\nFull UK driving licence", None),
    ],
)
def test_the_town_is_found_beside_other_details(head: str, city: str | None) -> None:
    assert place(head)[0] == city
