"""CVs in other languages and writings, read by the same rules: what broke in them once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.inference import offline
from pipeline.inference.offline.cv.skills import read_skills
from pipeline.inference.offline.engine import answer
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.ranges import find_span
from pipeline.inference.offline.words import word_list
from pipeline.prompts import load
from pipeline.schemas.schema import built_in

KOREAN = """이하은
부산시 중앙로 41
010-7688-1746
user127@example.org
자기소개
책임감이 강하고 성실합니다.
경력 사항
웹 개발자
(주)한별전자
2025년 5월 ~ 재직 중
2021.07부터 2023.03까지
사무원
푸른물류
학력 사항
컴퓨터공학과 학사
남도대학교
2014 - 2018
"""
CROATIAN = """Nina Brajković
Zadar
+385 91 696 1274
nina@example.org
Profesionalno iskustvo
Konobar
Hotel Galeb, Varaždin
01/2022 - do danas
Računalne vještine
vođenje skladišta, SQL
"""
SIDE_BAR = """Kontaktoplysninger
Tlf.: +45 20 40 02 11
cv98@example.org
Kvalifikationer
• Excel
• kundeservice
Interesser
fodbold, musik, løb
Ebbe Jespersen
Om mig
Jeg er en grundig person med flere års erfaring.
Ansættelser
05/2023 - nu
Solgården ApS
Lagermedarbejder
"""


def read(text: str) -> dict[str, Any]:
    """Return the summary of a CV."""
    schema = built_in("cv")
    assert schema
    return schema.read(json.dumps(answer(text, schema.name, schema.json_schema)))[0]


def test_a_korean_cv_is_read() -> None:
    found = read(KOREAN)
    assert found["basics"]["name"] == "이하은"
    assert found["basics"]["location"]["city"] == "부산시"
    assert [(job["name"], job["position"], job["startDate"], job["endDate"]) for job in found["work"]] == [
        ("(주)한별전자", "웹 개발자", "2025-05", None),
        ("푸른물류", "사무원", "2021-07", "2023-03"),
    ]
    assert found["work"][0]["current"]
    assert [course["institution"] for course in found["education"]] == ["남도대학교"]


def test_a_croatian_cv_is_read() -> None:
    found = read(CROATIAN)
    job = found["work"][0]
    assert (job["name"], job["position"], job["current"]) == ("Hotel Galeb", "Konobar", True)
    assert [skill["name"] for skill in found["skills"]] == ["vođenje skladišta", "SQL"]


@pytest.mark.parametrize("text", [KOREAN, CROATIAN])
def test_their_headings_lead_to_the_prompt_for_cvs(text: str) -> None:
    prompts = load(Path(__file__).parent.parent / "prompts", "document", 4000)
    assert prompts.route("", "scan.pdf", text).name == "cv"


def test_a_town_alone_on_its_line_is_found_beside_the_phone_number() -> None:
    assert read(CROATIAN)["basics"]["location"]["city"] == "Zadar"


def test_a_profession_that_no_list_knows_is_no_town() -> None:
    text = CROATIAN.replace("Zadar", "Zvjezdoznanac").replace("Konobar", "Zvjezdoznanac")
    assert read(text)["basics"]["location"]["city"] is None


def test_a_name_above_the_main_column_is_found_behind_a_side_bar() -> None:
    assert read(SIDE_BAR)["basics"]["name"] == "Ebbe Jespersen"


def test_one_of_a_list_above_the_main_column_is_no_name() -> None:
    text = SIDE_BAR.replace("fodbold, musik, løb", "Klassisk Musik").replace("Ebbe Jespersen", "Lange Ture")
    assert read(text)["basics"]["name"] is None


@pytest.mark.parametrize("separator", [" • ", ", ", " | "])
def test_the_phone_number_behind_the_day_of_birth_is_found(separator: str) -> None:
    details = ["Dátum narodenia: 12.04.1988", "Hlavná 93", "308 38 Prešov", "0906 616 129", "a@example.org"]
    found = read(f"Ján Kováč\n{separator.join(details)}\nPrax\nČašník\nHotel Tatran s.r.o.\n2019 - 2021\n")["basics"]
    assert found["location"]["city"] == "Prešov"
    assert found["phone"]


def test_a_street_above_its_postcode_is_no_name() -> None:
    text = "DATOS PERSONALES\nAvda. de la Constitución, 96,\n87087 Huelva\nEXPERIENCIA\nContable\nGrupo Arévalo S.A.\n2019 - 2021\n"
    assert read(text)["basics"]["name"] is None


def test_a_name_with_marks_over_its_letters_is_a_name() -> None:
    assert read("عبد القدّوس الأشراف\nuser@example.org\nالخبرات\nمحاسب\nشركة النور\n2019 - 2021\n")["basics"]["name"]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2020-tól 2024-ig Művezető", "2024"),
        ("2021.07부터 2023.03까지", "2023-03"),
        ("2023.04 ~", None),
        ("2023年2月起", None),
    ],
)
def test_words_behind_the_dates_belong_to_the_range(text: str, end: str | None) -> None:
    span = find_span(text)
    assert span
    assert (span.end, span.current) == (end, end is None)
    assert span.after in ("", "Művezető")


def test_a_word_for_a_heading_in_small_letters_is_a_skill_where_headings_have_capitals() -> None:
    text = "Eva Lind\neva@example.org\nSkills\ncommunication\ncontact\nExcel\nExperience\nCook\nSea Hotel Ltd\n2019 - 2021\nEducation\n"
    assert "Excel" in [skill["name"] for skill in read(text)["skills"]]


def test_a_colon_within_a_name_parts_nothing() -> None:
    assert read_skills([Line("1С:Предприятие, SQL")]) == ["1С:Предприятие", "SQL"]


def test_what_somebody_handles_is_read_with_the_handling() -> None:
    assert read_skills([Line("obsługa klienta"), Line("obsługa kasy"), Line("manejo de caja")]) == [
        "obsługa klienta",
        "obsługa kasy",
        "manejo de caja",
    ]


def test_the_subject_behind_an_award_may_be_in_small_letters() -> None:
    text = "Ewa Lis\newa@example.org\nWykształcenie\nUniwersytet Pomorski\ninżynier – budowa maszyn\n2012 - 2016\n"
    course = read(text)["education"][0]
    assert (course["studyType"], course["area"]) == ("inżynier", "budowa maszyn")


def lists_in(part: Any) -> Iterator[list[str]]:
    """Yield every list of words in a file, however deep it stands."""
    if isinstance(part, dict):
        for inner in part.values():
            yield from lists_in(inner)
    elif isinstance(part, list):
        yield part


@pytest.mark.parametrize("name", sorted(path.stem for path in (Path(offline.__file__).parent / "words").glob("*.toml")))
def test_no_list_of_words_says_a_thing_twice(name: str) -> None:
    assert [word for words in lists_in(word_list(name)) for word, times in Counter(words).items() if times > 1] == []
