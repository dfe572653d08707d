"""The embedded engine on CVs as public templates and job boards print them. All people and firms are invented."""

from __future__ import annotations

import pytest
from test_offline_engine import courses, jobs, read

WORK = "Experience\n2018 – 2020 Cook, Old Mill Inn Ltd"


# --- Towns with their state or country are no employers ---------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        "Research Intern\nQuarrel\nBoise, ID\nMay 2020 – Aug 2021\n• Soup",
        "Research Intern\tMay 2020 – Aug 2021\nQuarrel\tBoise, ID\n• Soup",
        "Quarrel – San Diego, CA\tMay 2020 – Aug 2021\nResearch Intern\n• Soup",
        "Quarrel, Research Intern – London, UK\tMay 2020 – Aug 2021\n• Soup",
        "May 2020 – Aug 2021\tResearch Intern, Quarrel – Boise, Idaho\n• Soup",
        "QUARREL | RESEARCH INTERN\nMay 2020 – Aug 2021 | Boise, ID & Reno, NV\n• Soup",
        "Research Intern\nQuarrel\nDate: May 2020 – Aug 2021\tLocation: Boise, ID\n• Soup",
        "Research Intern\nQuarrel\nDate: May 2020 – Aug 2021\tLocation: Boise\n• Soup",
        "• Quarrel\tToronto, ON\nResearch Intern\tMay 2020 – Aug 2021\n◦ Soup",
        "Research Intern\nQuarrel\nDenver, CO\nMay 2020 – Aug 2021\n• Soup",
        "Quarrel\tBoise\tMay 2020 – Aug 2021\nResearch Intern\n• Soup",
    ],
)
def test_a_town_beside_a_job_is_not_its_employer(entry: str) -> None:
    found = jobs(f"Ida Holt\nExperience\n{entry}")
    assert [tuple(str(part).title() for part in job) for job in found] == [
        ("Quarrel", "Research Intern", "2020-05", "2021-08")
    ]


def test_a_firm_and_its_country_below_a_position_is_an_employer() -> None:
    assert jobs("Experience\nCook\t2018 – 2020\nQuarrel, Germany\n• Soup")[0][:2] == ("Quarrel", "Cook")


def test_the_town_of_a_job_is_its_location() -> None:
    text = "Experience\nResearch Intern\nQuarrel\nDate: May 2020 – Aug 2021\tLocation: Boise, ID"
    assert read(text)["work"][0]["location"] == "Boise, ID"


def test_a_town_alone_names_no_job() -> None:
    text = (
        "Experience\nDate: May 2020 – Aug 2021\tLocation: Boise\n• Soup\nDate: 2018 – 2020\tLocation: Reno, NV\n• Bread"
    )
    assert jobs(text) == []


def test_a_labelled_town_below_the_dates_is_the_location_without_its_label() -> None:
    text = "Experience\nCook\nQuarrel\nDate: May 2020 – Aug 2021\nLocation: Boise, ID\n• Soup"
    assert read(text)["work"][0]["location"] == "Boise, ID"


def test_a_firm_may_cry_its_name() -> None:
    assert jobs("Experience\nCook\nYippie!\nMay 2020 – Aug 2021")[0][:2] == ("Yippie!", "Cook")


def test_a_town_with_a_hyphen_before_it_is_parted_from_its_firm() -> None:
    text = "Experience\nForklift Operator\nRiverbend Warehousing-Memphis, TN\nMarch 2020 to Present"
    assert jobs(text) == [("Riverbend Warehousing", "Forklift Operator", "2020-03", "now")]
    text = "Experience\nCook\nOld Mill Inn\nWinston-Salem, NC\nMarch 2020 to Present"
    assert jobs(text)[0][:2] == ("Old Mill Inn", "Cook")


def test_a_town_beside_a_school_is_no_subject() -> None:
    text = "Education\nHillcrest College\tWaco, TX\nAssociate's in Liberal Arts\tAug. 2014 – May 2016"
    assert courses(text) == [("Associate's", "Liberal Arts", "Hillcrest College", "2014-08", "2016-05")]
    text = "Education\nLarchmont University\nPhD in Computer Science\nReno, NV\nSept 2018 – May 2023"
    assert courses(text) == [("PhD", "Computer Science", "Larchmont University", "2018-09", "2023-05")]


@pytest.mark.parametrize(
    ("line", "course"),
    [
        ("PhD Larchmont University", ("PhD", None, "Larchmont University")),
        ("Abitur Lindenschule Kassel", ("Abitur", None, "Lindenschule Kassel")),
        ("BS\tBayou State University, BS in Physics", ("BS", "Physics", "Bayou State University")),
        ("Diploma in School Management", ("Diploma", "School Management", None)),
    ],
)
def test_an_award_may_stand_right_before_its_school(line: str, course: tuple[str | None, ...]) -> None:
    assert courses(f"Education\n{line}\t2014 – 2018")[0][:3] == course


def test_the_europass_prints_the_town_behind_the_dates_and_the_firm_behind_the_position() -> None:
    text = "Work experience\n01/03/2019 – CURRENT Bologna, Italy\nPROJECT MANAGER OFFICINE DELLA LUCE SRL\n• Projects"
    assert jobs(text) == [("OFFICINE DELLA LUCE SRL", "PROJECT MANAGER", "2019-03-01", "now")]


@pytest.mark.parametrize("line", ["2018–2020\tCook, Quarrel, Hull.", "Cook, Quarrel, Hull.\t2018–2020"])
def test_a_subheading_above_a_whole_entry_is_no_employer(line: str) -> None:
    text = f"Experience\nVocational\n{line}\nMade soup.\nVarious\n2016–2017\tWaiter, Harbour Grill, Whitby.\nServed."
    assert [job[:2] for job in jobs(text)] == [("Quarrel", "Cook"), ("Harbour Grill", "Waiter")]


# --- Headings of jobs -------------------------------------------------------------------------------------------------


def test_a_firm_that_is_an_item_of_a_list_heads_its_job() -> None:
    text = (
        "Experience\n• Quillion\tBoise, ID\nSoftware Engineer\tOct 2016 – Present\n◦ Soup\n"
        "• Pellucid\tReno, NV\nData Scientist\tSummer 2012\n◦ Bread"
    )
    assert jobs(text) == [
        ("Quillion", "Software Engineer", "2016-10", "now"),
        ("Pellucid", "Data Scientist", "2012", "2012"),
    ]


def test_a_year_at_the_end_of_a_wrapped_sentence_is_no_job() -> None:
    text = "Experience\nCook, Old Mill Inn Ltd, 2016\nWe moved all the pots\nto the new kitchen around 2018\nand cleaned them"
    assert len(jobs(text)) == 1


def test_the_department_of_a_position_makes_no_employer_of_it() -> None:
    text = "Experience\nVice President of Hotel Services\nQuarrel\n2010 – 2012"
    assert jobs(text)[0][:2] == ("Quarrel", "Vice President of Hotel Services")


def test_working_as_is_no_part_of_a_position() -> None:
    text = (
        "Work experience\nWorking as Production Engineer at Suvarna Parts Pvt. Ltd., Noida from July 2015 to till date."
    )
    assert jobs(text) == [("Suvarna Parts Pvt. Ltd.", "Production Engineer", "2015-07", "now")]


def test_jobs_without_dates_are_read_like_the_one_among_them_that_is_clear() -> None:
    text = "Employment history\nTeam Leader, Brightway Stores, Luton\nSales Assistant, Hobb's, Dunstable\nEducation\nBTEC, Luton College"
    assert [job[:2] for job in jobs(text)] == [("Brightway Stores", "Team Leader"), ("Hobb's", "Sales Assistant")]


def test_a_result_before_a_tab_hides_no_dates() -> None:
    text = "Education\nUniversity of Salford\tSalford\nBSc Logistics, 2:1\t2011–2014"
    assert courses(text) == [("BSc", "Logistics", "University of Salford", "2011", "2014")]


def test_a_break_is_a_position_without_employer() -> None:
    text = "Experiência profissional\n2017 – 2020\tPausa na carreira (filhos)\n2010 – 2017\tAdministrativa, Seguros do Norte, S.A., Braga"
    assert jobs(text)[0][:2] == (None, "Pausa na carreira (filhos)")


def test_a_career_summary_may_be_a_list_of_jobs() -> None:
    text = (
        "Jess Tran\nCareer Summary\nWarehouse Supervisor – Bluegum Logistics, Sydney NSW\nMarch 2020 – Current\n• Supervise\n"
        "Education\nCertificate IV, TAFE, 2019"
    )
    assert jobs(text) == [("Bluegum Logistics", "Warehouse Supervisor", "2020-03", "now")]
    text = "Jess Tran\nCareer Summary\nSupervisor with experience since 2012, 2016 – 2019 abroad.\nEducation\nCertificate IV, TAFE, 2019"
    assert jobs(text) == []


def test_the_titles_of_a_table_of_jobs_are_no_places() -> None:
    text = (
        "Experience\nOrganization\tDesignation\tFrom\tTo\nIndus Mills Ltd\tHR Executive\tJan 2019\tPresent\n"
        "Crescent Foods Ltd\tHR Assistant\tMar 2016\tDec 2018"
    )
    assert [job["location"] for job in read(text)["work"]] == [None, None]
    assert len(jobs(text)) == 2


# --- Sections ---------------------------------------------------------------------------------------------------------


def test_an_item_of_a_list_or_the_end_of_a_sentence_is_no_heading() -> None:
    text = (
        "Experience\n2018 – 2020 Cook, Old Mill Inn Ltd\n• Soup\n• Workshops\n• Bread\nThis is where I improved my\nexperience.\n"
        "2016 – 2018 Waiter, Harbour Grill Ltd\n• Tables\n• Wine\nEducation\n2010 – 2013 BSc Biology, University of Hull\nSkills\nExcel"
    )
    assert len(jobs(text)) == 2


def test_a_running_head_with_the_page_is_no_skill() -> None:
    text = f"Owen Tamsin\n{WORK}\nOwen Tamsin – 1/2\nSkills\nPython, C++\nOwen Tamsin – 2/2"
    assert [skill["name"] for skill in read(text)["skills"]] == ["Python", "C++"]


def test_who_issued_a_certificate_may_stand_below_it() -> None:
    text = f"{WORK}\nCertificates\nAPICS CPIM\nIssued by APICS\nJun 2017"
    found = read(text)["certificates"]
    assert [(one["name"], one["issuer"], one["date"]) for one in found] == [("APICS CPIM", "APICS", "2017-06")]


def test_voluntary_work_is_no_job() -> None:
    text = f"{WORK}\nVolunteer\nTrustee\nFood Bank North\n2018 – Present"
    assert len(jobs(text)) == 1


def test_a_table_of_skills_has_no_ratings_and_titles_in_it() -> None:
    text = f"{WORK}\nSkills\nTechnology\tYears\tLevel\nJava\t10\tExpert\nKotlin\t4\tGood"
    assert [skill["name"] for skill in read(text)["skills"]] == ["Java", "Kotlin"]


# --- The person -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Rohan Das", "Rohan Das"),
        ("ROHAN DAS", "Rohan Das"),
        ("LINH DO", "Linh Do"),
        ("SURESH KR", "Suresh KR"),
        ("WILLEM VAN DER BERG", "Willem van der Berg"),
        ("Staff Sergeant Maria T. Lindqvist", "Maria T. Lindqvist"),
        ("Major Tom Okafor", "Major Tom Okafor"),
    ],
)
def test_a_surname_may_be_a_particle_and_a_rank_is_no_name(line: str, name: str) -> None:
    assert read(f"{line}\n{WORK}")["basics"]["name"] == name


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ("Last updated in May 2024\nOwen Tamsin\nPortland, OR • o@mail.example", ("Portland", "OR", None)),
        ("Owen Tamsin\nLast updated 2024\nAda Street", (None, None, None)),
        ("Owen Tamsin\n555 Verne Way, La Verne, CA\no@mail.example", ("La Verne", "CA", None)),
        ("Owen Tamsin\n17 Elm Avenue, Apt 3, Springfield, Ohio 10111, USA", ("Springfield", "Ohio", "US")),
        ("Owen Tamsin\n12 Canal Street – M1 3HE Manchester – United Kingdom", ("Manchester", None, "GB")),
        ("Owen Tamsin\nMontréal (Québec) H2X 1Y4 • o@mail.example", ("Montréal", "Québec", None)),
        ("林晓彤\n电话：138 0013 8000 | 现居地：杭州", ("杭州", None, None)),
        ("Owen Tamsin\nLeeds, GB\no@mail.example", ("Leeds", None, "GB")),
        ("Owen Tamsin\nmail: o@mail.example\tlocation: Boise, ID", ("Boise", "ID", None)),
        ("Owen Tamsin\nTools: Git, Docker, Make\to@mail.example", (None, None, None)),
        ("Owen Tamsin\nAddress : H.No. 45, Sector 12, Noida, Uttar Pradesh 201301", ("Noida", "Uttar Pradesh", None)),
        (
            "Owen Tamsin\nDate of birth: 04/05/1990 | Nationality: Dutch | Address: Via Roma 12, 40121, Bologna, Italy (Home)",
            ("Bologna", None, "IT"),
        ),
    ],
)
def test_where_a_person_lives(head: str, place: tuple[str | None, ...]) -> None:
    found = read(f"{head}\n{WORK}")["basics"]["location"]
    assert (found["city"], found["region"], found["countryCode"]) == place


def test_a_phone_number_behind_the_date_of_birth_is_one() -> None:
    text = "Giulia Ferretti\nDate of birth: 04/05/1990 | Nationality: Italian | Phone number: (+39) 3331234567 (Mobile)"
    assert read(f"{text}\n{WORK}")["basics"]["phone"] == "+393331234567"


# --- Languages --------------------------------------------------------------------------------------------------------


def test_points_between_details_are_not_catalan() -> None:
    text = "# Iris Talbot\nIllustrator · Glasgow · iris@talbot.example · 07700 900888\n## Experience\n2018 – 2020 Cook, Inn Ltd"
    assert read(text)["language"] == "en"


@pytest.mark.parametrize(
    ("line", "languages"),
    [
        ("OS", []),
        ("CAD", []),
        ("EN: C1", [("English", "C1")]),
        ("Fluent in Spanish", [("Spanish", "Fluent")]),
        ("Languages Korean, English", [("Korean", None), ("English", None)]),
    ],
)
def test_what_a_line_says_of_languages(line: str, languages: list[tuple[str, str | None]]) -> None:
    found = read(f"{WORK}\nLanguages\n{line}")["languages"]
    assert [(one["language"], one["fluency"]) for one in found] == languages


# --- Japan, Korea, India ----------------------------------------------------------------------------------------------


def test_a_japanese_form_with_columns_for_year_and_month_is_read() -> None:
    text = (
        "履 歴 書\t2024年4月1日現在\nふりがな\tかとう ゆうこ\n氏 名\t加藤 裕子\n電話\t03-1234-5678\n年\t月\t学歴・職歴\n"
        "\t\t学歴\n2011\t4\t桜台大学 経済学部 入学\n2015\t3\t桜台大学 経済学部 卒業\n\t\t職歴\n2015\t4\t株式会社みなと食品 入社\n"
        "2019\t9\t株式会社みなと食品 退社\n平成31\t10\t株式会社星野デザイン 入社\n現在に至る\n以上\n年\t月\t免許・資格\n"
        "2010\t8\t普通自動車第一種運転免許"
    )
    found = read(text)
    assert (found["basics"]["name"], found["basics"]["location"]["city"]) == ("加藤 裕子", None)
    assert jobs(text) == [
        ("株式会社みなと食品", None, "2015-04", "2019-09"),
        ("株式会社星野デザイン", None, "2019-10", "now"),
    ]
    assert courses(text) == [(None, "経済学部", "桜台大学", "2011-04", "2015-03")]
    assert [(one["name"], one["date"]) for one in found["certificates"]] == [("普通自動車第一種運転免許", "2010-08")]


def test_a_korean_job_names_its_position_behind_the_firm() -> None:
    text = "이력서\n성명: 김하늘\n연락처: 010-1234-5678\n경력사항\n2019.03 - 현재\t주식회사 한빛소프트\t선임 개발자"
    assert jobs(text) == [("주식회사 한빛소프트", "선임 개발자", "2019-03", "now")]


def test_a_table_of_examinations_names_its_columns() -> None:
    text = (
        "Academic qualification\nExamination\tBoard/University\tYear\tPercentage\n"
        "B.Tech (Mechanical)\tSuvarna Technical University, Lucknow\t2012\t72%\n"
    )
    assert courses(text) == [("B.Tech", "Mechanical", "Suvarna Technical University, Lucknow", None, "2012")]
