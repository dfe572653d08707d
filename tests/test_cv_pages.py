"""The embedded engine on CVs as narrow columns, side bars and templates print them. All people and firms are invented."""

from __future__ import annotations

import pytest
from test_offline_engine import courses, jobs, read

MAIN = (
    "Berufserfahrung\n2018 – 2020 Koch, Gasthof Linde GmbH, Kassel\nAusbildung\n2014 – 2017 Abitur, Lindenschule Kassel"
)
SIDE = "joern.duennebier@beispiel.example\n+49 151 23456789\nKassel\nKenntnisse\nExcel"


def test_a_side_bar_without_a_heading_tells_how_to_reach_the_person() -> None:
    basics = read(f"Jörn Dünnebier\n{MAIN}\n{SIDE}")["basics"]
    assert (basics["email"], basics["phone"]) == ("joern.duennebier@beispiel.example", "+4915123456789")
    assert basics["location"]["city"] == "Kassel"
    assert [school["institution"] for school in read(f"Jörn Dünnebier\n{MAIN}\n{SIDE}")["education"]] == [
        "Lindenschule Kassel"
    ]


def test_a_referee_under_a_course_is_not_the_person() -> None:
    text = f"Jörn Dünnebier\nj@beispiel.example\n0151 23456789\n{MAIN}\nchef@linde.example\n+49 30 1234567"
    assert read(text)["basics"]["email"] == "j@beispiel.example"


@pytest.mark.parametrize(
    ("name", "title", "heading"),
    [
        ("Соломія Ковалишин", "Бухгалтер", "Про себе"),
        ("אביגיל מזרחיאן", "מהנדסת תוכנה", "תמצית"),
        ("欧阳雪梅", "会计", "自我评价"),
        ("藤堂 千夏", "デザイナー", "職務要約"),
    ],
)
def test_a_name_behind_a_side_bar_is_found_where_no_address_can_agree_with_it(
    name: str, title: str, heading: str
) -> None:
    text = f"a.b@x.example\n杭州\nSkills\nExcel\nLanguages\nEnglish\nB2\n{name}\n{title}\n{heading}\n2018 – 2019 Cook, 杭州"
    assert read(text)["basics"]["name"] == name


def test_a_town_below_name_and_title_recurs_among_the_jobs() -> None:
    text = "Contact\n07700 900123\nSkills\nExcel\nIda Holt\nCook\nHull\nExperience\nOld Mill Inn Ltd\nCook\n2018 – 2020\nHull"
    assert read(text)["basics"]["location"]["city"] == "Hull"


# --- Headings that a narrow column broke, or a template ends with a full stop -----------------------------------------


@pytest.mark.parametrize(
    ("section", "job"),
    [
        (
            "2018 – heute Mechatroniker, Fuldatal Aufzüge AG, Fulda.\n• Wartung",
            ("Fuldatal Aufzüge AG", "Mechatroniker", "2018", "now"),
        ),
        (
            "Sept. 2014 –\nMärz 2018\nMechatroniker, Fuldatal Aufzüge AG, Fulda.\n• Wartung",
            ("Fuldatal Aufzüge AG", "Mechatroniker", "2014-09", "2018-03"),
        ),
        (
            "03.2017 –\nobecnie\nKsięgowa, Saldo sp. z o.o., Poznań.\n• VAT",
            ("Saldo sp. z o.o.", "Księgowa", "2017-03", "now"),
        ),
        ("May\n2014 –\nApr\n2018\nCook, Old Mill Inn Ltd", ("Old Mill Inn Ltd", "Cook", "2014-05", "2018-04")),
        ("Depuis mars\n2020\nCuisinier, Hôtel Les Embruns\n", ("Hôtel Les Embruns", "Cuisinier", "2020-03", "now")),
        (
            "mayo de\n2017 - actualidad\nMaestra, Colegio Valdeflores",
            ("Colegio Valdeflores", "Maestra", "2017-05", "now"),
        ),
        (
            "2015年4月 ～ 2019\n年3月\n販売員\n有限会社すずらん堂",
            ("有限会社すずらん堂", "販売員", "2015-04", "2019-03"),
        ),
        (
            "липень 2018 – по\nтеперішній час\nБухгалтер\nТОВ «Веселка»",
            ("ТОВ «Веселка»", "Бухгалтер", "2018-07", "now"),
        ),
        (
            "Maggio 2018 – Contabile, Montecavolo S.r.l., Parma.\noggi\n• Bilanci",
            ("Montecavolo S.r.l.", "Contabile", "2018-05", "now"),
        ),
        (
            "Chauffeur – Transportbedrijf De Kromme Rijn B.V.,\nZwolle\nmrt. 2017 - heden\n• Laden",
            ("Transportbedrijf De Kromme Rijn B.V.", "Chauffeur", "2017-03", "now"),
        ),
    ],
)
def test_a_broken_heading_is_one(section: str, job: tuple[str, ...]) -> None:
    assert jobs(f"Experience\n{section}") == [job]


def test_a_date_below_an_entry_is_that_of_the_next_one() -> None:
    text = "Experience\n2016 – Cook, Old Mill Inn Ltd\n2018\nWaiter, Harbour Grill Ltd"
    assert [job[2] for job in jobs(text)] == ["2016", "2018"]


def test_a_course_with_a_full_stop_is_a_course() -> None:
    assert courses("Education\n2010 – 2013 BSc Biology, University of Hull.")[0][2] == "University of Hull"


def test_what_was_done_in_a_job_is_no_heading_for_all_its_commas() -> None:
    text = "Experience\n2018 – 2020 Cook, Old Mill Inn Ltd\nPrepared soup, cleaned the kitchen, trained staff."
    assert jobs(text) == [("Old Mill Inn Ltd", "Cook", "2018", "2020")]


def test_the_places_of_clear_entries_tell_those_of_the_others() -> None:
    text = (
        "Experience\nOld Mill Inn Ltd\tLeeds\nCook\t2018 - 2020\n• Soup\nHarbour Grill\tWhitby\nTurnspit\t2015 - 2016"
    )
    assert jobs(text)[1][:2] == ("Harbour Grill", "Turnspit")


def test_a_weak_heading_in_a_column_of_headings_is_one() -> None:
    text = (
        "Profil\tKoch mit Erfahrung\nBerufserfahrung\tKoch, Gasthof Linde GmbH\n2018 – 2020\n"
        "Ausbildung\tAusbildung zum Koch, Berufsschule Kassel\n2014 – 2017\nKenntnisse\tExcel"
    )
    assert len(jobs(text)) == len(courses(text)) == 1


# --- Languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["Français (langue maternelle)", "Français langue maternelle", "Français : langue maternelle"]
)
def test_a_mother_tongue_keeps_both_its_words(line: str) -> None:
    assert read(f"Expérience\n2018 - 2020 Serveur, Café Rond\nLangues\n{line}")["languages"] == [
        {"language": "French", "fluency": "langue maternelle", "cefr": None}
    ]


def test_a_vietnamese_cv_is_read() -> None:
    text = (
        "Trịnh Thị Ngọc Ánh\nNhân viên kế toán\nngocanh.trinh@thu.example | +84 912 345 678\nKinh nghiệm làm việc\n"
        "Kế toán tổng hợp\t03/2019 - nay\nCông ty TNHH Sông Hàn Xanh, Đà Nẵng\nHọc vấn\nCử nhân Kế toán\t2011 - 2015\n"
        "Đại học Kinh tế Trường Sơn\nKỹ năng\nMISA, Excel\nNgoại ngữ\nTiếng Anh: B1"
    )
    found = read(text)
    assert (found["document_type"], found["language"], found["basics"]["name"]) == ("cv", "vi", "Trịnh Thị Ngọc Ánh")
    assert jobs(text) == [("Công ty TNHH Sông Hàn Xanh", "Kế toán tổng hợp", "2019-03", "now")]
    assert [school["institution"] for school in found["education"]] == ["Đại học Kinh tế Trường Sơn"]
    assert [skill["name"] for skill in found["skills"]] == ["MISA", "Excel"]
    assert [language["language"] for language in found["languages"]] == ["English"]


def test_the_table_of_the_europass_is_languages_also_among_the_skills() -> None:
    text = (
        "Experience\n2018 - 2020 Cook, Old Mill Inn Ltd\nPersonal skills\nMother tongue(s) Hungarian\n"
        "Foreign language(s) UNDERSTANDING SPEAKING WRITING\nListening Reading Spoken interaction Spoken production\n"
        "German B2 B2 B1 B1 B1\nSoup"
    )
    found = read(text)
    assert [(one["language"], one["cefr"]) for one in found["languages"]] == [("Hungarian", None), ("German", "B2")]
    assert [skill["name"] for skill in found["skills"]] == ["Soup"]


def test_languages_between_slashes_are_several_and_a_level_between_them_is_one() -> None:
    text = "Expérience\n2018 - 2020 Serveur, Café Rond\nLangues\nFrançais : langue maternelle / Anglais : niveau A2"
    assert [one["language"] for one in read(text)["languages"]] == ["French", "English"]
    text = "Experience\n2018 - 2020 Cook, Old Mill Inn\nLanguages\nEnglish - native / bilingual"
    assert [one["fluency"] for one in read(text)["languages"]] == ["native / bilingual"]


# --- Others' numbers and dates ----------------------------------------------------------------------------------------


def test_a_volume_of_a_journal_is_no_phone_number_and_an_orcid_no_town() -> None:
    text = (
        "Ida Holt\nida.holt@uni.example | ORCID 0000-0002-1825-0097\nExperience\n2018 - 2020 Lecturer, University of Hull\n"
        'Publications\nI. Holt. "Surfaces." J. Surf. Chem. 12 (2019) 33-41.'
    )
    basics = read(text)["basics"]
    assert (basics["phone"], basics["location"]["city"]) == (None, None)


def test_what_stands_behind_the_dates_of_a_course_hides_no_course() -> None:
    text = 'Education\nPhD Chemistry, University of Hull, 2013–2017. Thesis: "On surfaces"\nMSc Physics, University of York, 2011–2013'
    assert courses(text) == [
        ("PhD", "Chemistry", "University of Hull", "2013", "2017"),
        ("MSc", "Physics", "University of York", "2011", "2013"),
    ]


def test_two_summers_are_dates() -> None:
    text = "Experience\nCook, Old Mill Inn Ltd, 2018 - 2020\nWaiter, Harbour Grill Ltd, Summers 2016 & 2017"
    assert jobs(text)[1] == ("Harbour Grill Ltd", "Waiter", "2016", "2017")


def test_entering_and_leaving_on_a_line_each_are_one_job() -> None:
    text = (
        "履歴書\n氏名 藤堂 千夏\n学歴\n平成24年4月 北斗芸術大学 入学\n平成28年3月 北斗芸術大学 卒業\n"
        "職歴\n平成28年4月 株式会社ポプラ工房 入社\n令和3年3月 同社 退社\n令和3年4月 有限会社すずらん堂 入社\n現在に至る"
    )
    assert jobs(text) == [
        ("株式会社ポプラ工房", None, "2016-04", "2021-03"),
        ("有限会社すずらん堂", None, "2021-04", "now"),
    ]
    assert courses(text) == [(None, None, "北斗芸術大学", "2012-04", "2016-03")]


def test_the_labels_of_the_old_europass_need_no_colon() -> None:
    text = (
        "Nome  Gualtiero Sanvitale\nIndirizzo  Via dei Tigli 8, 43121 Parma\nISTRUZIONE E FORMAZIONE\n• Date (da – a)  1994 – 1999\n"
        "• Nome e tipo di istituto di istruzione o formazione  ITIS Bardi, Parma\n• Qualifica conseguita  Perito meccanico"
    )
    assert read(text)["basics"]["name"] == "Gualtiero Sanvitale"
    assert courses(text) == [("Perito", "meccanico", "ITIS Bardi, Parma", "1994", "1999")]


def test_a_season_behind_its_year_is_no_employer() -> None:
    text = "Anställningar\n2016-2020\tSnickare, Vreta Bygg AB\n2015 sommar\tLagerarbetare, Motala Virke AB"
    assert jobs(text)[1] == ("Motala Virke AB", "Lagerarbetare", "2015", "2015")


def test_the_classes_of_a_driving_licence_are_no_languages() -> None:
    text = "Anställningar\n2016-2020 Snickare, Vreta Bygg AB\nSpråk\nSvenska – modersmål\nKörkort: B, BE"
    assert [one["language"] for one in read(text)["languages"]] == ["Swedish"]


def test_an_initial_in_a_name_of_capitals_stays_one() -> None:
    assert read("OLUWASEUN T. ABERNATHY\nExperience\n2018 - 2020 Cook, Inn Ltd")["basics"]["name"] == (
        "Oluwaseun T. Abernathy"
    )


def test_a_town_behind_a_street_without_a_postcode_recurs_among_the_jobs() -> None:
    text = "Ida Holt\nMill Lane 5, Hull\nida@post.example\nExperience\n2018 - 2020 Cook, Old Mill Inn Ltd, Hull"
    assert read(text)["basics"]["location"]["city"] == "Hull"
