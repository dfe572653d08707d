"""The embedded engine on CVs that are written in unusual ways. All people and firms here are invented."""

from __future__ import annotations

import pytest
from test_offline_engine import courses, jobs, read

from pipeline.inference.offline.ranges import find_span


@pytest.mark.parametrize(
    ("line", "employer", "position"),
    [
        ("2018 - 2020 Wiss. Mitarbeiterin, Universität Ulm", "Universität Ulm", "Wiss. Mitarbeiterin"),
        ("2014 - 2016 Kauffrau, Bäckerei Gebr. Maier GmbH", "Bäckerei Gebr. Maier GmbH", "Kauffrau"),
        ("2014 - 2016 Nurse, Univ. Hospital Leeds", "Univ. Hospital Leeds", "Nurse"),
        ("2014 - 2016 Clerk, Messrs. Hill & Co", "Messrs. Hill & Co", "Clerk"),
        ("2014 - 2016 Asst. Manager, Foo Ltd", "Foo Ltd", "Asst. Manager"),
        ("2014 - 2016 Resp. Achats, Foo SARL", "Foo SARL", "Resp. Achats"),
        (
            "2014 - 2016 Research Assistant (with Prof. A. Keller), University of Hull",
            "University of Hull",
            "Research Assistant (with Prof. A. Keller)",
        ),
    ],
)
def test_a_heading_with_an_abbreviation_keeps_its_job(line: str, employer: str, position: str) -> None:
    assert [job[:2] for job in jobs(f"Berufserfahrung\n{line}\n2010 - 2012 Koch, Gasthof Linde")][:1] == [
        (employer, position)
    ]


def test_what_was_done_behind_a_heading_is_still_no_heading() -> None:
    text = "Experience\n2014 - 2016 Cook, Old Mill Inn – Prepared the meals. Trained two apprentices"
    assert jobs(text) == [("Old Mill Inn", "Cook", "2014", "2016")]


def test_a_heading_that_runs_on_is_its_first_sentence() -> None:
    text = "Experience\n2014 - 2016 Cook, Old Mill Inn GmbH. Prepared meals for many guests"
    assert jobs(text) == [("Old Mill Inn GmbH", "Cook", "2014", "2016")]


def test_a_result_behind_the_date_of_a_course_is_left_out() -> None:
    text = (
        "Education\nBSc Biology, University of Hull, 2016. First class honours.\nMSc Ecology, University of York, 2018"
    )
    assert courses(text) == [
        ("BSc", "Biology", "University of Hull", None, "2016"),
        ("MSc", "Ecology", "University of York", None, "2018"),
    ]


@pytest.mark.parametrize("dash", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\uff5e")
def test_any_dash_joins_two_dates(dash: str) -> None:
    text = f"Experience\nCook\t2019{dash}2021\nOld Mill Inn\nWaiter\t2022 {dash} present\nNew Mill Inn"
    assert [job[2:] for job in jobs(text)] == [("2019", "2021"), ("2022", "now")]


@pytest.mark.parametrize(
    ("line", "start", "end", "rest"),
    [
        ("Cook\tMarch – September 2019", "2019-03", "2019-09", "Cook"),
        ("Mar–Sep 2019 Cook", "2019-03", "2019-09", "Cook"),
        ("03 – 09/2018 Cook", "2018-03", "2018-09", "Cook"),
        ("März bis Mai 2016 Koch", "2016-03", "2016-05", "Koch"),
        ("III 2009 – IX 2017 Kucharz", "2009-03", "2017-09", "Kucharz"),
        ("od VI/2010 do XI/2012 Kucharz", "2010-06", "2012-11", "Kucharz"),
        ("ht 2013–vt 2015 Student", "2013", "2015", "Student"),
        ("WS 2012/13 – SS 2016 Studium", "2012", "2016", "Studium"),
        ("2012/13 – 2015/16 Schule", "2012", "2016", "Schule"),
        ("2019 → present", "2019", None, ""),
        ("2019 – до момента", "2019", None, ""),
        ("od 2019 do současnosti", "2019", None, ""),
        ("2019 - fins ara", "2019", None, ""),
        ("Engineer II 2009 – present", "2009", None, "Engineer II"),
        ("Cook 03 – 2019-05", "2019-05", "2019-05", "Cook 03"),
        ("I. 2009 – 2012", "2009", "2012", "I."),
        ("Served in May, June 2019", "2019-06", "2019-06", "Served in May"),
        ("03-2016 - 08-2019 Cook", "2016-03", "2019-08", "Cook"),
        ("2018 年 3 月 - 至今 会计", "2018-03", None, "会计"),
        ("2020年3月至今 会计", "2020-03", None, "会计"),
        ("平成29年4月 ~ 令和2年3月", "2017-04", "2020-03", ""),
        ("令和元年5月 入社", "2019-05", "2019-05", "入社"),
        ("2018 alkaen Kokki", "2018", None, "Kokki"),
        ("2019'dan beri Aşçı", "2019", None, "Aşçı"),
        ("Tháng 3 năm 2019 - Hiện nay", "2019-03", None, ""),
        ("03/2019 - nay", "2019-03", None, ""),
        ("липень 2018 – по теперішній час", "2018-07", None, ""),
        ("Solrosen AB | 2015-02 – 2018-07", "2015-02", "2018-07", "Solrosen AB"),
        ("היום - 2019", "2019", None, ""),
        ("מהנדסת תוכנה\tהיום - 2019", "2019", None, "מהנדסת תוכנה"),
        ("2019 - 2016 Cook", "2016", "2019", "Cook"),
        ("Volvo AB 2015 – 2018", "2015", "2018", "Volvo AB"),
        ("Koch ab 2018", "2018", None, "Koch"),
    ],
)
def test_ranges_are_read_as_they_are_printed_in_many_places(line: str, start: str, end: str | None, rest: str) -> None:
    span = find_span(line)
    assert span
    assert (span.start, span.end, span.current, span.before + span.after) == (start, end, end is None, rest)


def test_dates_between_commas_head_a_job() -> None:
    text = "Experience\nAnalyst, Jan 2015 – Dec 2017, Foo Ltd, London\nClerk, Feb 2013 – Dec 2014, Bar Ltd, Hull"
    assert jobs(text) == [("Foo Ltd", "Analyst", "2015-01", "2017-12"), ("Bar Ltd", "Clerk", "2013-02", "2014-12")]


@pytest.mark.parametrize("lines", ["Janv. 2022\nà ce jour", "Janv. 2022\n–\naujourd'hui"])
def test_until_now_may_stand_on_a_line_of_its_own(lines: str) -> None:
    text = f"Expérience professionnelle\nInfirmière, CHU de Valmont\n{lines}\nSoins aux patients"
    assert jobs(text) == [("CHU de Valmont", "Infirmière", "2022-01", "now")]


WORK = "Experience\n2019 - 2020 Cook, Old Mill Inn"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Claudia\nMontenegro\nLeeds", "Claudia Montenegro"),
        ("CURRICULUM VITAE\nCLAUDIA\nMONTENEGRO", "Claudia Montenegro"),
        ("Contact\ncmontenegro@example.org\nLeeds\nClaudia\nMontenegro", "Claudia Montenegro"),
        ("Ida Holt\tCurriculum Vitae", "Ida Holt"),
        ("Ida Holt\tBristol", "Ida Holt"),
        ("Ida\tHolt", "Ida Holt"),
        ("J O H N   S M I T H", "John Smith"),
        ("Mª Carmen de los Ríos Peñalver", "Mª Carmen de los Ríos Peñalver"),
        ("Willemijn van 't Hoff", "Willemijn van 't Hoff"),
        ("氏名 佐藤 美咲（さとう みさき）", "佐藤 美咲"),
        ("J O H N   O ' M A L L E Y", "John O'Malley"),
        ("Éloïse N’Guyen–Lefèvre", "Éloïse N’Guyen–Lefèvre"),
        ("ELİF IŞIK", "Elif Işık"),
        ("Name: Dipl.-Ing. (FH) Jürgen Möller", "Jürgen Möller"),
        ("Willem (Bill) de Groot", "Willem de Groot"),
        ("dr hab. Anna Nowak, prof. uczelni", "Anna Nowak"),
        ("Lind, Eva", "Eva Lind"),
        ("Eva LIND (she/her)", "Eva Lind"),
        ("Contact\nLeeds\nYorkshire", None),
        ("Address\nLeeds", None),
        ("Leeds, England", None),
    ],
)
def test_a_name_is_found_however_it_is_set(head: str, name: str | None) -> None:
    assert read(f"{head}\n{WORK}")["basics"]["name"] == name


def test_a_name_on_two_lines_is_no_town_and_no_country() -> None:
    basics = read(f"Claudia\nMontenegro\n07700 900123\n{WORK}")["basics"]
    assert basics["location"] == {"city": None, "region": None, "countryCode": None}


@pytest.mark.parametrize(
    ("entries", "employers"),
    [
        (
            "Postman, Royal Mail, 2020 - now\nHome carer (self-organised), 2016 - 2020\nRaising two children, 2014 - 2016",
            ["Royal Mail", None, None],
        ),
        ("Clerk, 2015 - 2017, Delta Group Ltd\nTravelling in Asia, 2013 - 2014", ["Delta Group Ltd", None]),
        ("2018 - 2020: Senior Clerk, Delta Group Ltd\n2015 - 2018: Clerk", ["Delta Group Ltd"] * 2),
        ("Delta Group Ltd, Leeds\nSenior Clerk, 2018 - 2021\nClerk, 2015 - 2018", ["Delta Group Ltd"] * 2),
        ("Delta Group Ltd\t2015 - 2021\nSenior Clerk\t2018 - 2021\nClerk\t2015 - 2018", ["Delta Group Ltd"] * 2),
    ],
)
def test_who_works_for_nobody_gets_no_employer_from_above(entries: str, employers: list[str | None]) -> None:
    assert [job[0] for job in jobs(f"Experience\n{entries}")] == employers


@pytest.mark.parametrize("above", ["Cooked meals", "Education\n2018 BSc Biology, University of Hull"])
def test_contact_details_below_a_job_or_course_are_the_persons(above: str) -> None:
    found = read(f"Ida Holt\n{WORK}\n{above}\n✉ ida.holt@example.org\n020 7946 0000")
    assert (found["basics"]["email"], found["basics"]["phone"]) == ("ida.holt@example.org", "020 7946 0000")
    assert found["work"][0]["highlights"] in ([], ["Cooked meals"])


@pytest.mark.parametrize("below", ["Waiter, Bar Ltd\n03/2019 - 05/2020", "Certificates\n0123456789"])
def test_dates_and_numbers_below_a_job_are_no_phone(below: str) -> None:
    assert read(f"Ida Holt\n{WORK}\n{below}")["basics"]["phone"] is None


def test_an_address_within_the_text_of_a_job_is_not_the_persons() -> None:
    assert read(f"Ida Holt\n{WORK}\nAnswered the mail to info@example.org")["basics"]["email"] is None


def test_a_referee_behind_a_colon_is_not_the_person() -> None:
    basics = read("Ida Holt\nSkills\nExcel\nReferees: Jo Smith, jo.smith@example.org, 020 7946 0000")["basics"]
    assert (basics["email"], basics["phone"]) == (None, None)


@pytest.mark.parametrize(
    ("head", "city"),
    [
        ("Ida Holt\nLeeds, West Yorkshire LS8 4AA", "Leeds"),
        ("Ida Holt\n3 Mill Lane\nOtley\nWest Yorkshire\nLS21 4AA", "Otley"),
        ("Ida Holt\nWest Yorkshire LS8 4AA", None),
        ("Ida Holt – CV\tida.holt@example.org", None),
        ("Ida Holt\nida.holt@example.org | 📍 Split | ☎ +385 91 234 5678", "Split"),
        ("Ida Holt\t07700 900123", None),
    ],
)
def test_a_county_a_title_and_an_icon_are_no_town(head: str, city: str | None) -> None:
    assert read(f"{head}\n{WORK}")["basics"]["location"]["city"] == city


@pytest.mark.parametrize(
    ("printed", "phone"), [("٠٥٠١٢٣٤٥٦٧", "0501234567"), ("20 55 01 23", "20 55 01 23"), ("20550123", None)]
)
def test_a_phone_number_may_have_other_digits_and_be_short(printed: str, phone: str | None) -> None:
    assert read(f"Ida Holt\n{printed}\nida.holt@example.org\n{WORK}")["basics"]["phone"] == phone


def test_three_columns_of_skills_keep_the_first() -> None:
    found = read("Skills\nSAP MM\tPower BI\tSix Sigma\nExcel\tWord\tOutlook")
    assert [skill["name"] for skill in found["skills"]] == [
        "SAP MM", "Power BI", "Six Sigma", "Excel", "Word", "Outlook"
    ]  # fmt: skip


def test_a_language_with_its_level_among_skills_is_a_language() -> None:
    found = read("Skills\nExcel\nEnglish – fluent\nGerman (B2)\nPython – advanced")
    assert [skill["name"] for skill in found["skills"]] == ["Excel", "Python"]
    assert [(one["language"], one["fluency"]) for one in found["languages"]] == [
        ("English", "fluent"),
        ("German", "B2"),
    ]


@pytest.mark.parametrize("row", ["{}\t{}\t{}", "| {} | {} | {} |"])
def test_the_titles_of_columns_are_no_data(row: str) -> None:
    rows = [("Year", "Institution", "Qualification"), ("2019", "University of Hull", "BSc Biology")]
    text = "\n".join(row.format(*cells) for cells in rows)
    assert courses(f"Education\n{text}") == [("BSc", "Biology", "University of Hull", None, "2019")]


@pytest.mark.parametrize(
    "entry",
    [
        "Cargo: Cozinheiro\nPeríodo: 2019 - 2020\nRestaurante Atlas, Lisboa",
        "• Date (da – a)\tDa 2019 a 2020\n• Datore di lavoro\tRestaurante Atlas\n• Tipo di impiego\tCozinheiro",
    ],
)
def test_the_labels_of_an_entry_are_no_part_of_it(entry: str) -> None:
    assert jobs(f"Experiência profissional\n{entry}") == [("Restaurante Atlas", "Cozinheiro", "2019", "2020")]


def test_turkish_capitals_are_headings_too() -> None:
    found = read("İŞ DENEYİMİ\n2019 - 2020 Mühendis, Ege A.Ş.\nYABANCI DİL\nİngilizce – B2")
    assert [one["language"] for one in found["languages"]] == ["English"]
    assert found["work"][0]["highlights"] == []


@pytest.mark.parametrize("employer", ["成都锦云科技有限公司", "株式会社 山田製作所"])
def test_a_blank_parts_employer_and_position_in_chinese(employer: str) -> None:
    assert jobs(f"工作经历\n2019年7月-至今 {employer} 软件工程师") == [(employer, "软件工程师", "2019-07", "now")]


@pytest.mark.parametrize(
    ("line", "job"),
    [
        ("Customer Service Adviser, Airedale Water plc", ("Airedale Water plc", "Customer Service Adviser")),
        ("Office Junior, Headingley Dental Practice", ("Headingley Dental Practice", "Office Junior")),
        ("Sales Assistant at Foo Ltd", ("Foo Ltd", "Sales Assistant")),
        ("Managed accounts, Foo Ltd", None),
        ("Hotel, retail and bank sectors", None),
    ],
)
def test_jobs_without_dates_are_read_where_a_line_names_both(line: str, job: tuple[str, str] | None) -> None:
    assert [found[:2] for found in jobs(f"Experience\n{line}")] == ([job] if job else [])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Опит\n2019 - 2021 Готвач, Дунав ООД\nРабота с екип и поръчки\nЕзици\nАнглийски език", "bg"),
        ("Опыт работы\n2019 - 2021 Повар\nПриготовление блюд по заказу\nЯзыки\nАнглийский", "ru"),
        ("Radno iskustvo\n2019 - 2020 kuhar, Foo d.o.o.\nPriprema jela i rad u timu\nVještine\nJezici", "hr"),
        ("Nordisk Papir A/S\nFaktura\nFakturanr. 1001\nAntal\tPris\tBeløb\n10 stk. a 5,00\nI alt 50,00 kr.", "da"),
        (
            "Purchase order\nShip to: Alder Grove Ltd\nQuantity\tUnit price\tTotal\nRods S 235, V 2, K 4 and a U bolt",
            "en",
        ),
        ("Item A\t1\nItem S\t2\nU bolts\nV belts\nK nuts\nZ bars", None),
    ],
)
def test_single_letters_are_no_sign_of_a_language(text: str, language: str | None) -> None:
    assert read(text)["language"] == language


@pytest.mark.parametrize(
    "text",
    ["J O H N   " * 2_000, "Abc. Def " * 2_000, "Mar – " * 2_000, "III 2009 " * 400, "(" * 30_000 + ")" * 30_000],
    ids=["spaced letters", "abbreviations", "months", "Roman months", "brackets"],
)
def test_unusual_writing_without_end_does_not_hang(text: str) -> None:
    read(f"Experience\n{text}\nSkills\n{text}")
