"""Where a value of a summary stands in the document, in whatever form it is printed there."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evidence import find_evidence
from pipeline.process import _foreign
from pipeline.records import Evidence, Extraction, Summary

CV = (
    "Ada Kowalczyk\nLeeds, United Kingdom · 07700 900142 · ada.kowalczyk@example.org\n"
    "since March 2019   Shift Supervisor, Brackenfield Logistics Ltd\n04/2015 – 28.02.2019   Hollowgate Cold Storage\n"
    "Deutsch (B2), polnisch\nTotal: 2.707,68 €"
)
law = settings(deadline=None, max_examples=80)


def extraction(text: str, *links: str, starts: tuple[int, ...] = (0,)) -> Extraction:
    return Extraction(text, starts, "text/plain", "test", links)


def look(key: str, value: Any, text: str = CV, *links: str) -> Evidence:
    found = find_evidence({"at": {key: value}}, extraction(text, *links))
    assert [item.path for item in found] == [f"at.{key}"]
    return found[0]


def where(key: str, value: Any, text: str = CV) -> tuple[str, str | None]:
    """Return how a value is found, and what stands there."""
    item = look(key, value, text)
    return item.found, None if item.start is None else text[item.start : item.end]


# --- How it is found --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "found", "printed"),
    [
        ("name", "Ada Kowalczyk", "verbatim", "Ada Kowalczyk"),
        ("name", "Ada", "verbatim", "Ada"),
        ("email", "ada.kowalczyk@example.org", "verbatim", "ada.kowalczyk@example.org"),
        ("name", " Ada Kowalczyk ", "verbatim", "Ada Kowalczyk"),
        ("name", "ADA KOWALCZYK", "normalised", "Ada Kowalczyk"),
        ("name", "Ada  Kowalczyk", "normalised", "Ada Kowalczyk"),
        ("position", "Shift-Supervisor", "normalised", "Shift Supervisor"),
        ("name", "Leeds United Kingdom", "normalised", "Leeds, United Kingdom"),
        ("name", "Brackenfyeld Logistics", "similar", "Brackenfield Logistics"),
        ("name", "Adalbert", "absent", None),
        ("name", "Kowal", "absent", None),
        ("name", "czyk", "absent", None),
        ("name", "...", "absent", None),
        ("startDate", "2019-03", "normalised", "March 2019"),
        ("startDate", "2015-04", "normalised", "04/2015"),
        ("endDate", "2019-02-28", "normalised", "28.02.2019"),
        ("endDate", "2019-02", "normalised", "28.02.2019"),
        ("startDate", "2015", "verbatim", "2015"),
        ("startDate", "2019-03-01", "absent", None),
        ("startDate", "2019-04", "absent", None),
        ("phone", "+447700900142", "normalised", "07700 900142"),
        ("phone", "07700 900142", "verbatim", "07700 900142"),
        ("phone", "+447700900143", "absent", None),
        ("phone", "no number", "absent", None),
        ("language", "German", "normalised", "Deutsch"),
        ("language", "Polish", "normalised", "polnisch"),
        ("language", "French", "absent", None),
        ("countryCode", "GB", "normalised", "United Kingdom"),
        ("countryCode", "DE", "absent", None),
        ("currency", "EUR", "normalised", "€"),
        ("currency", "USD", "absent", None),
        ("total", "2707.6800", "normalised", "2.707,68"),
        ("total", 2707.680, "normalised", "2.707,68"),
        ("total", 2707.69, "absent", None),
        ("total", 2707, "absent", None),
        ("cefr", "B2", "verbatim", "B2"),
    ],
)
def test_a_value_is_looked_for_in_the_forms_in_which_people_print_it(
    key: str, value: Any, found: str, printed: str | None
) -> None:
    assert where(key, value) == (found, printed)


@pytest.mark.parametrize(
    ("key", "value", "text", "found", "printed"),
    [
        ("name", "Straße", "STRASSE 5", "normalised", "STRASSE"),
        ("name", "東京大学", "卒業 東京大学経済学部", "verbatim", "東京大学"),
        ("name", "Node.js", "nodejs", "normalised", "nodejs"),
        ("name", "C", "C++ and C", "verbatim", "C"),
        ("name", "C++", "uses C++", "verbatim", "C++"),
        ("x", "2.5", "12.5 and 2.5", "verbatim", "2.5"),
        ("phone", "+493023125417", "+49 (0)30 23125-417", "normalised", "+49 (0)30 23125-417"),
        ("phone", "+493012345678", "Tel. 030/12345678, born 1.1.1990", "normalised", "030/12345678"),
        ("phone", "+447700900142", "order 0900142", "absent", None),
        ("startDate", "2020-05", "مايو 2020", "normalised", "مايو 2020"),
        ("startDate", "2019-05", "2019年5月", "normalised", "2019年5月"),
        ("date", "2026-11-09", "Date: 11/09/2026", "normalised", "11/09/2026"),
        ("date", "2026-09-11", "Date: 11/09/2026", "normalised", "11/09/2026"),
        ("date", "2026-11-09", "due 11/09/2026, dated 9 Nov 2026", "normalised", "9 Nov 2026"),
        ("date", "2026-11-09", "Date: 11.09.2026", "absent", None),
        ("date", "2026-03-14", "Date: 14/03/26", "normalised", "14/03/26"),
        ("currency", "CAD", "Total CA$12.00", "normalised", "CA$"),
        ("currency", "CNY", "合计 ¥9,040.00", "normalised", "¥"),
        ("total", "1234.5", "EUR 1 234,50", "normalised", "1 234,50"),
        ("currency", "PLN", "120 zł", "normalised", "zł"),
        ("countryCode", "DE", "Köln, Niemcy", "normalised", "Niemcy"),
        ("language", "Chinese", "语言：中文", "normalised", "中文"),
        ("x", "anything", "", "absent", None),
    ],
)
def test_it_is_found_in_every_script(key: str, value: str, text: str, found: str, printed: str | None) -> None:
    assert where(key, value, text) == (found, printed)


def test_the_surest_way_wins_even_where_another_comes_first_in_the_text() -> None:
    assert look("name", "Ada", "ADA, that is Ada") == Evidence("at.name", "verbatim", 1, 13, 16)


def test_an_exact_date_is_taken_before_one_that_only_holds_it() -> None:
    assert where("startDate", "2019-04", "04.04.2019, later April 2019") == ("normalised", "April 2019")


# --- What is looked for -----------------------------------------------------------------------------------------------


def test_every_value_that_was_read_is_looked_for_in_the_order_of_the_summary() -> None:
    fields = {
        "document_type": "cv",
        "language": "en",
        "as_of": "2026-11-24",
        "basics": {
            "name": "Ada",
            "email": None,
            "location": {"city": "Leeds"},
            "profiles": [{"network": "X", "url": ""}],
        },
        "work": [{"name": "Hollowgate", "current": True, "highlights": ["a", "  "]}, {"startDate": "2019"}],
        "total": 5,
        "paid": False,
        "fields": {"language": "English"},
        "derived": {"experience_months": 14},
        "summary": "composed",
    }
    assert [item.path for item in find_evidence(fields, extraction(CV))] == [
        "basics.name", "basics.location.city", "work[0].name", "work[0].highlights[0]", "work[1].startDate", "total",
        "fields.language",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["current", "network", "summary", "derived", "as_of", "document_type"])
def test_what_an_own_schema_calls_like_something_composed_is_looked_for_below_the_first_level(key: str) -> None:
    assert where(key, "Leeds") == ("verbatim", "Leeds")
    assert look(key, "Bergen").found == "absent"


@pytest.mark.parametrize("key", ["current", "network"])
def test_so_is_what_only_a_cv_composes(key: str) -> None:
    [found] = find_evidence({key: "12 A"}, extraction("Rated current: 12 A"))
    assert found.found == "verbatim"


def test_what_is_absent_is_marked_and_never_dropped() -> None:
    evidence = find_evidence({"name": "Nobody Atall", "city": "Leeds"}, extraction(CV))
    summary = Summary({}, evidence, (), as_of=None)  # type: ignore[arg-type]  # only the evidence is asked for
    assert summary.absent == ["name"]
    assert evidence[0] == Evidence("name", "absent")


def test_evidence_names_the_page() -> None:
    text = "first page\n\nsecond page\n\nthird page"
    pages = [
        look_on.page
        for look_on in find_evidence({"a": "first", "b": "second", "c": "third"}, extraction(text, starts=(0, 12, 25)))
    ]
    assert pages == [1, 2, 3]


@pytest.mark.parametrize(
    ("key", "value"), [("url", "https://ada.example.org"), ("email", "ada@example.org"), ("phone", "+447700900142")]
)
def test_what_stands_in_a_links_target_only_is_said_to_be_a_link(key: str, value: str) -> None:
    links = ("https://ada.example.org", "mailto:ada@example.org", "tel:+447700900142")
    found = look(key, value, "Ada Kowalczyk", *links)
    assert (found.found, found.page, found.start) == ("link", None, None)


# --- Laws -------------------------------------------------------------------------------------------------------------

words = st.text("abc ÄößЖ中5.-,€İﬁ", min_size=1, max_size=8)
pieces = st.sampled_from(["March 2019", "1.250,00 €", "+44 7700 900142", "Deutsch", "Polska", "\n", " ", "2019", "x"])
texts = st.lists(words | pieces, max_size=12).map("".join)
values = st.one_of(
    words,
    pieces,
    st.integers(-9999, 9999),
    st.floats(allow_nan=False),
    st.sampled_from(["2019-03", "GB", "EUR", "German"]),
)
fields_of_all_kinds = st.dictionaries(
    st.sampled_from(["name", "phone", "language", "countryCode", "currency", "startDate", "total"]),
    st.one_of(values, st.lists(values, max_size=3)),
    max_size=5,
)


@law
@given(fields_of_all_kinds, texts)
def test_offsets_lie_inside_the_text_and_verbatim_ones_at_exactly_the_value(fields: dict[str, Any], text: str) -> None:
    wanted = {"x": fields}
    for item in find_evidence(wanted, extraction(text)):
        if item.start is None or item.end is None:
            assert item == Evidence(item.path, "absent")
        else:
            assert 0 <= item.start < item.end <= len(text)
            value = _at(fields, item.path.removeprefix("x."))
            assert (
                item.found != "verbatim"
                or text[item.start : item.end] == str(value).strip()
                or isinstance(value, float)
            )


def _at(fields: dict[str, Any], path: str) -> Any:
    name, _, number = path.partition("[")
    return fields[name][int(number.rstrip("]"))] if number else fields[name]


@law
@given(words.map(str.strip).filter(bool), st.text("xyz \n", max_size=10), st.text("xyz \n", max_size=10))
def test_what_stands_in_the_text_between_blanks_is_found_verbatim(value: str, before: str, after: str) -> None:
    assert where("name", value, f"{before} {value} {after}") == ("verbatim", value)


@law
@given(st.text("abcdef", min_size=2), st.text("ABCDEF", min_size=1), st.text("ABCDEF", min_size=1))
def test_a_part_of_a_word_is_no_evidence(value: str, before: str, after: str) -> None:
    assert look("name", value, before + value + after).found != "verbatim"


@law
@given(st.decimals(0, 10**8, places=2), st.sampled_from([",.", ".,", " ,", "'."]))
def test_an_amount_is_found_in_any_country_s_form(value: Any, marks: str) -> None:
    printed = f"{value:,.2f}".translate({ord(","): marks[0], ord("."): marks[1]})
    found, there = where("total", f"{value:.2f}", f"to pay: {printed} EUR")
    assert (found, there) == ("verbatim" if printed == f"{value:.2f}" else "normalised", printed)


# --- Found the hard way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["Brackenfeld Logistics", "Brackenfield Logisticss", "Hollowgate Colds Storage"])
def test_a_similar_place_is_whole_words(value: str) -> None:
    found, printed = where("name", value)
    assert (found, printed) in [("similar", "Brackenfield Logistics"), ("similar", "Hollowgate Cold Storage")]


def test_offsets_of_links_do_not_point_behind_the_text() -> None:
    item = look("url", "https://ada.example.org", "Ada", "https://ada.example.org")
    assert item.end is None or item.end <= len("Ada")


@pytest.mark.parametrize(
    ("value", "text"), [("120", "5.120,00 €"), ("120", "1,120.50"), ("5", "3.5 years"), ("5", "1.5")]
)
def test_a_part_of_a_number_is_no_evidence(value: str, text: str) -> None:
    assert look("total", value, text).found == "absent"


@pytest.mark.parametrize(("value", "text"), [("-5.00", "balance -5,00 €"), (-1250, "credit: −1.250,00 €")])
def test_a_negative_amount_is_found(value: Any, text: str) -> None:
    assert look("total", value, text).found == "normalised"


@pytest.mark.parametrize(
    "text", ["030 12345678 / 0170 1234567", "14.06.1992 030 12345678", "12 030 12345678"], ids=["two", "date", "number"]
)
def test_a_phone_number_beside_another_number_is_found(text: str) -> None:
    assert look("phone", "+493012345678", text).found == "normalised"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("start_date", "2016-04", "Cook 04/16 - 02/19"),
        ("end_date", "2019-02", "Cook 4/16 - 2/19"),
        ("start_date", "2016-04", "Koch, 04.16–02.19"),
        ("start_date", "2009-03", "III 2009 – IX 2017   Adiunkt"),
        ("phone", "+212661555012", "الهاتف ٠٦٦١٥٥٥٠١٢"),
        ("currency", "SEK", "Att betala 450,00 kr."),
        ("currency", "CAD", "Total $450.00"),
    ],
)
def test_a_short_date_and_a_sign_of_several_countries_are_evidence(key: str, value: str, text: str) -> None:
    assert look(key, value, text).found == "normalised"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [("start_date", "2016-05", "04/16"), ("currency", "SEK", "krona"), ("currency", "EUR", "$4")],
)
def test_another_date_or_sign_is_none(key: str, value: str, text: str) -> None:
    assert look(key, value, text).found == "absent"


def test_a_hostile_text_is_searched_for_a_phone_number_quickly() -> None:
    began = time.process_time()
    look("phone", "+447700900142", "(" * 40_000)
    assert time.process_time() - began < 2


def test_four_digits_may_be_an_amount_as_well_as_a_year() -> None:
    assert look("net", 1678.0, "Net EUR 1,678.00").found == "normalised"
    assert look("startDate", "2019", "seit April 2019").found == "verbatim"


@pytest.mark.parametrize(
    ("key", "value", "text", "other"),
    [
        # Dates of which a part is printed elsewhere, or nowhere.
        ("startDate", "2008-01", "January – May 2008", "2008-02"),
        ("startDate", "2012-06", "de juny – d’octubre 2012", "2012-07"),
        ("startDate", "1999-03", "03–06/1999", "1998-03"),
        ("startDate", "2004-07-20", "20.07. - 28.08.2004", "2004-08-20"),
        ("startDate", "2003-05-08", "8.–12. Mai 2003", "2003-05-09"),
        ("endDate", "2018", "2015–18 Uni", "2017"),
        ("endDate", "2008", "2007/08 Uni", "2009"),
        ("endDate", "2004", "Class of ’04", "2014"),
        ("date", "2023-01-02", "am 02 01 2023", "2023-02-01"),
        ("date", "2021-10-08", "08Oct2021", "2021-10-09"),
        ("date", "2008-03-13", "3/13/08", "2008-03-14"),
        ("date", "2015-06-22", "२२/०६/२०१५", "2015-06-23"),
        ("date", "2020-04-03", "03/04/2020, 25/12/2020", "2020-03-04"),
        ("date", "2020-03-04", "03/04/2020, 12/25/2020", "2020-04-03"),
        ("endDate", "2017-06", "12/2015-06/2017", "2015-06"),
        # Amounts in a row, and negative ones.
        ("total", "45", "2 Box 11 45,00 1 495,00", "46"),
        ("total", "1495", "2 Box 11 45,00 1 495,00", "11451495"),
        ("total", "-80.00", "Saldo (80.00)", "-81.00"),
        ("total", "-80.00", "Saldo -€80.00", "-8000"),
        ("total", "-80.00", "Saldo 80,00-", "-80.50"),
        ("total", "80.00", "Saldo 80,00", "-80.00"),
        ("total", "12345.60", "١٢٬٣٤٥٫٦٠", "12345.61"),
        ("startDate", "1990", "seit 1990", "1991"),
        ("startDate", "1991", "1991, Summe 1.990,00", "1990"),
        # Names in other letters, in another order, in two cells.
        ("name", "Łukasz Żółtowski", "LUKASZ ZOLTOWSKI", "Łukasz Wolski"),
        ("name", "Soren Odegard", "Søren Ødegård", "Soren Oldenberg"),
        ("name", "Γιώργος Παππάς", "ΓΙΩΡΓΟΣ ΠΑΠΠΑΣ", "Γιώργος Παύλου"),
        ("name", "İlker Yıldız", "ILKER YILDIZ", "İlker Yıldırım"),
        ("name", "Ada Kowalczyk", "KOWALCZYK, Ada\nLeeds", "Leeds Ada"),
        ("name", "Ada Berg", "Nachname: Berg\nVorname: Ada\nEhepartner: Jan", "Jan Berg"),
        ("name", "Anna Berg", "Zeugen: Anna Berg, Petra Nord", "Petra Berg"),
        # Addresses.
        ("email", "ada@example.org", "ada(at)example [dot] org", "ada@example.com"),
        ("email", "m.ada@example.org", "m.ada@exam\nple.org", "ada@example.org"),
        ("url", "https://linkedin.com/in/ada/", "www.linkedin.com/in/ada", "linkedin.com/in/ad"),
        ("url", "https://ada.example", "ada.example, me@mail.example", "mail.example"),
        # Telephone numbers.
        ("phone", "+493012345678", "+49 30 12345678", "+433012345678"),
        ("phone", "+4930128027", "030 128027", "+4940128027"),
        ("phone", "+79123456789", "89123456789", "+79123456780"),
        # What is like a value, and another.
        ("name", "MSc Mathematics", "MSc Mathematics", "BSc Mathematics"),
        ("name", "Senior Developer", "Senior Developer", "Junior Developer"),
        ("name", "INV-2024-0031", "INV-2024-0031", "INV-2024-0032"),
        ("name", "Research and Development", "Research & Development, Leeds", "Research and Deployment"),
        ("name", "C#", "c#, Java", "C"),
        ("name", "SQL", "it was R&D with SQL", "R"),
        ("name", "Excel", "it was Excel", "IT"),
        ("tasks", "Planned the rota for a team and cut overtime", "Planned the rota for a team\nPage 2\nand cut overtime",
         "Planned the rota for a team and doubled the yearly revenue"),
        # Codes and everyday words.
        ("countryCode", "DE", "50667 Köln, DE", "ES"),
        ("countryCode", "ES", "Curso de cocina en España", "DE"),
        ("countryCode", "GB", "EXPERIENCE IN SALES, Leeds UK", "IN"),
        ("language", "English", "DE: C1, EN: B2", "French"),
        ("language", "English", "English, it is so", "Italian"),
        ("currency", "USD", "US$ 12", "CAD"),
        ("currency", "EUR", "try again: 12 €", "TRY"),
    ],
)  # fmt: skip
def test_a_value_is_told_from_one_that_is_nearly_the_same(key: str, value: str, text: str, other: str) -> None:
    assert look(key, value, text).found != "absent"
    assert look(key, other, text).found == "absent"


@pytest.mark.parametrize("piece", ["Kowalczyk,\n", "ada@", "Name:\t", "3 – ", "1 000.50 ", "IN, ", "-€", "é"])
def test_a_hostile_text_is_searched_quickly(piece: str) -> None:
    began = time.process_time()
    values = ["Ada Kowalczyk", "ada@example.org", "2019-03", "-12.5", "Kowalczyk Ada of a team and cut overtime"]
    find_evidence({"x": {"name": values, "countryCode": "IN"}}, extraction(piece * 10_000))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("absent", "found", "is_told"), [(3, 2, True), (3, 3, False), (2, 0, False), (4, 3, True), (0, 9, False)]
)
def test_an_answer_most_of_which_stands_elsewhere_is_noted(absent: int, found: int, is_told: bool) -> None:
    names = [f"somebody {number}" for number in range(absent)] + ["Leeds", "Brackenfield", "Hollowgate"][:found]
    evidence = find_evidence({"names": (names + ["Leeds"] * 9)[: absent + found]}, extraction(CV))

    told = [(notice.kind, notice.detail) for notice in _foreign(evidence)]

    detail = f"{absent} of {absent + found} values do not stand in the document"
    assert told == ([("foreign", detail)] if is_told else [])
