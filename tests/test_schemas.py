"""From a model's reply to fields: what is tolerated, what is refused, and what a refusal may say."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InvalidReplyError
from pipeline.records import Notice
from pipeline.schemas.cv import derive
from pipeline.schemas.names import country_code, currency_code, english_language, language_code
from pipeline.schemas.numbers import amount, decimal_text
from pipeline.schemas.schema import BUILT_IN, Schema, built_in
from pipeline.schemas.schema import custom as custom_schema

AS_OF = dt.date(2026, 11, 24)
CV_KEYS = "document_type language basics work education skills languages certificates driving_licences".split()
DOCUMENT_KEYS = ["document_type", "language", "title", "fields", "summary"]
law = settings(deadline=None, max_examples=80)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def schema(name: str) -> Schema:
    found = built_in(name)
    assert found is not None
    return found


def cv_reply(**changes: Any) -> str:
    empty: dict[str, Any] = dict.fromkeys(CV_KEYS)
    return json.dumps(empty | {"document_type": "cv", "basics": {}} | changes)


def read_cv(**changes: Any) -> dict[str, Any]:
    return schema("cv").read(cv_reply(**changes))[0]


def document_reply(**fields: Any) -> str:
    return json.dumps(dict.fromkeys(DOCUMENT_KEYS) | {"document_type": "invoice", "fields": fields})


def read_document(**fields: Any) -> dict[str, Any]:
    facts = schema("document").read(document_reply(**fields))[0]["fields"]
    assert isinstance(facts, dict)
    return facts


def refusal(name: str, reply: str) -> str:
    with pytest.raises(InvalidReplyError) as caught:
        schema(name).read(reply)
    return str(caught.value)


# --- Tolerated --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "```\n{}\n```",
        "Here it is:\n{}",
        "{}\nAnything else?",
        " \n\t{}",
        "\ufeff{}",
        "[{}]",
        "{}{{}}",
    ],
)
def test_what_stands_around_the_json_is_passed_over(around: str) -> None:
    reply = around.format(cv_reply(language="en"))
    assert schema("cv").read(reply)[0]["language"] == "en"


@pytest.mark.parametrize(
    "changed",
    [
        lambda reply: reply[:-1] + ",}",
        lambda reply: reply.replace('"cv"', '"CV"'),
        lambda reply: '{"result": ' + reply + "}",
        lambda reply: "Fields {as asked}:\n" + reply,
        lambda reply: reply[:-1] + ', "basics": null, "work": []}',
        lambda reply: reply.replace('a,}\\"', 'a,}\\"\t'),
        json.dumps,
    ],
    ids=["comma", "capitals", "wrapped", "braces before", "twice", "raw tab", "encoded twice"],
)
def test_a_reply_that_is_slightly_out_of_form_costs_no_second_call(changed: Callable[[str], str]) -> None:
    fields = schema("cv").read(changed(cv_reply(basics={"name": 'a,}"'}, work=[{"name": "x"}])))[0]
    assert fields["document_type"] == "cv"
    assert fields["basics"]["name"] == 'a,}"'
    assert fields["work"][0]["name"] == "x"


@pytest.mark.parametrize("nothing", ["N/A", "null", "-", "keine Angabe", " Not specified "])
def test_what_models_write_for_nothing_is_nothing(nothing: str) -> None:
    fields, notices = schema("cv").read(
        cv_reply(basics={"phone": nothing}, work=[{"startDate": nothing, "current": nothing}], skills=nothing)
    )
    assert (fields["basics"]["phone"], fields["work"][0]["startDate"], fields["skills"]) == (None, None, [])
    assert read_document(total=nothing, currency=nothing, parties=[nothing])["total"] is None
    assert notices == ()


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("skills", "Welding", [{"name": "Welding"}]),
        ("skills", {"IT": ["Excel"], "Other": [{"name": "Welding"}]}, [{"name": "Excel"}, {"name": "Welding"}]),
        ("skills", "unknown", []),
        ("driving_licences", [{"class": "B"}, ""], ["B"]),
        ("driving_licences", {"items": ["B"]}, ["B"]),
    ],
)
def test_a_list_is_read_from_what_stands_in_its_place(key: str, value: Any, read: list[Any]) -> None:
    assert read_cv(**{key: value})[key] == read


def test_a_text_or_a_number_may_stand_for_the_object_that_holds_it() -> None:
    fields = read_document(parties=[{"name": "Ada", "role": "buyer"}], dates=["2024-05-01"], amounts=[12.5])
    assert (fields["parties"], fields["dates"][0]["date"]) == (["Ada"], "2024-05-01")
    assert fields["amounts"][0]["amount"] == "12.5"


def test_null_lists_are_empty_lists() -> None:
    assert [read_cv()[key] for key in CV_KEYS[3:]] == [[]] * 6


def test_skills_and_certificates_may_be_texts() -> None:
    fields = read_cv(skills=["Welding", {"name": "Excel"}], certificates=["First aid"])
    assert fields["skills"] == [{"name": "Welding"}, {"name": "Excel"}]
    assert fields["certificates"] == [{"name": "First aid", "issuer": None, "date": None}]


def test_what_is_listed_twice_is_kept_once_in_its_first_spelling() -> None:
    fields = read_cv(skills=["Word", "Excel", "", "excel", "EXCEL"], driving_licences=["B", "CE", "B"])
    assert [skill["name"] for skill in fields["skills"]] == ["Word", "Excel"]
    assert fields["driving_licences"] == ["B", "CE"]


def test_numbers_are_taken_for_text() -> None:
    work = read_cv(work=[{"name": 3, "startDate": 2019, "highlights": [7, 2.5]}])["work"][0]
    assert (work["name"], work["startDate"], work["highlights"]) == ("3", "2019", ["7", "2.5"])


def test_empty_text_is_null_and_blanks_at_the_ends_go() -> None:
    basics = read_cv(basics={"name": "  Ada Kowalczyk ", "email": "", "url": "   "})["basics"]
    assert (basics["name"], basics["email"], basics["url"]) == ("Ada Kowalczyk", None, None)


def test_keys_that_nobody_asked_for_are_dropped() -> None:
    fields = read_cv(hobbies=["chess"], basics={"age": 40})
    assert list(fields) == CV_KEYS
    assert "age" not in fields["basics"]


def test_missing_inner_keys_are_null() -> None:
    assert read_cv(education=[{}])["education"] == [
        dict.fromkeys(["institution", "area", "studyType", "startDate", "endDate"])
    ]


def test_a_missing_place_is_an_empty_place() -> None:
    assert read_cv(basics={"location": None})["basics"]["location"] == {
        "city": None,
        "region": None,
        "countryCode": None,
    }


@pytest.mark.parametrize("word", ["present", "heute", "Aujourd'hui", "现在"])
def test_an_end_in_the_present_is_a_current_job(word: str) -> None:
    job = read_cv(work=[{"startDate": "2019", "endDate": word, "current": False}])["work"][0]
    assert (job["endDate"], job["current"]) == (None, True)


@pytest.mark.parametrize(
    ("end", "current", "is_current"),
    [("2020", True, False), (None, True, True), (None, None, False), (None, "yes", True)],
)
def test_a_job_with_an_end_is_not_current(end: str | None, current: Any, is_current: bool) -> None:
    assert read_cv(work=[{"endDate": end, "current": current}])["work"][0]["current"] is is_current


def test_an_unreadable_date_is_dropped_with_a_notice() -> None:
    fields, notices = schema("cv").read(cv_reply(work=[{"name": "Hollowgate", "startDate": "last spring"}]))
    assert fields["work"][0]["startDate"] is None
    assert notices == (Notice("unreadable_date", "startDate: last spring"),)


def test_dates_are_brought_to_iso() -> None:
    job = read_cv(work=[{"startDate": "March 2019", "endDate": "28.02.2021"}])["work"][0]
    assert (job["startDate"], job["endDate"]) == ("2019-03", "2021-02-28")


@pytest.mark.parametrize(
    ("phone", "country", "stored"),
    [
        ("07700 900142", "GB", "+447700900142"),
        ("07700 900142", "United Kingdom", "+447700900142"),
        ("07700 900142", None, "07700 900142"),
        ("+44 (0)7700 900142", None, "+447700900142"),
        ("0044 7700 900142", "DE", "+447700900142"),
        ("ask at the desk", "GB", "ask at the desk"),
        ("", "GB", None),
    ],
)
def test_a_phone_number_is_e164_where_its_country_is_known(phone: str, country: str | None, stored: str | None) -> None:
    assert read_cv(basics={"phone": phone, "location": {"countryCode": country}})["basics"]["phone"] == stored


@pytest.mark.parametrize(
    ("printed", "stored"),
    [("B2", "B2"), ("c1 (fluent)", "C1"), ("level A2+", "A2"), ("D1", None), ("native", None), ("", None)],
)
def test_a_language_level_is_taken_only_from_a1_to_c2(printed: str, stored: str | None) -> None:
    assert read_cv(languages=[{"language": "English", "cefr": printed}])["languages"][0]["cefr"] == stored


def test_a_lone_surrogate_is_replaced_and_a_nul_dropped() -> None:
    assert read_cv(basics={"name": "A\ud800d\x00a"})["basics"]["name"] == "A\ufffdda"


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u061c", "\U000e0041", "\u3164"])
def test_a_mark_that_nobody_sees_is_dropped_from_a_reply(mark: str) -> None:
    assert read_cv(basics={"name": f"{mark}=A{mark}da"})["basics"]["name"] == "=Ada"


# --- Names and numbers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "code", "english"),
    [
        ("Deutsch", "de", "German"),
        ("de", "de", "German"),
        ("DE", "de", "German"),
        ("de-AT", "de", "German"),
        ("en_GB", "en", "English"),
        ("angielski", "en", "English"),
        ("język angielski", "en", "English"),
        ("русский", "ru", "Russian"),
        ("Ελληνικά", "el", "Greek"),
        ("العربية", "ar", "Arabic"),
        ("中文", "zh", "Chinese"),
        ("Mandarin", "zh", "Chinese"),
        ("Flemish", "nl", "Dutch"),
        ("castellano", "es", "Spanish"),
        (" Schweizerdeutsch ", "gsw", "Swiss German"),
        ("it", "it", "Italian"),
        ("root", None, None),
        ("in", None, None),
        ("", None, None),
        ("fluent", None, None),
    ],
)
def test_a_language_is_known_by_any_of_its_names(word: str, code: str | None, english: str | None) -> None:
    assert (language_code(word), english_language(word)) == (code, english)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("Niemcy", "DE"), ("UK", "GB"), ("England", "GB"), ("Éire", "IE"), ("Holland", "NL"),
        ("中国", "CN"), ("Ελλάδα", "GR"), ("Suisse", "CH"), ("USA", "US"), ("Türkiye", "TR"), ("", None), ("Leeds", None),
        ("XX", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_any_of_its_names(word: str, code: str | None) -> None:
    assert country_code(word) == code


@pytest.mark.parametrize(
    ("word", "code"),
    [("EUR", "EUR"), ("eur", "EUR"), ("€", "EUR"), ("$", "USD"), ("£", "GBP"), ("Zł.", "PLN"), ("Fr.", "CHF"), ("Kč", "CZK"), ("kr", None), ("", None)],
)  # fmt: skip
def test_a_currency_is_known_by_code_or_sign(word: str, code: str | None) -> None:
    assert currency_code(word) == code


def test_what_is_no_known_language_or_currency_is_kept_as_written() -> None:
    assert read_cv(languages=[{"language": "Elvish"}])["languages"][0]["language"] == "Elvish"
    assert read_document(currency="kr")["currency"] == "kr"


@pytest.mark.parametrize(
    ("printed", "decimal"),
    [
        ("1.234,50 €", "1234.50"),
        ("EUR 1,234.50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("1.234.567,89", "1234567.89"),
        ("12,345,678", "12345678"),
        ("1.250", "1250"),
        ("1,250", "1250"),
        ("0.125", "0.125"),
        ("1234.567", "1234.567"),
        ("0,5", "0.5"),
        ("19 %", "19"),
        ("5,- €", "5"),
        ("5.", "5"),
        ("-5", "-5"),
        ("−5,50", "-5.50"),
        ("1450", "1450"),
        ("", None),
        ("free", None),
        ("2 x 5", None),
        ("10-12", None),
        ("1e5", None),
        ("10k", None),
        ("1.2 Mio. €", None),
        ("(12.50)", "-12.50"),
        ("-€12.50", "-12.50"),
        ("Rabatt - 12", "12"),
        ("１２．５０", "12.50"),
    ],
)
def test_an_amount_is_read_as_people_print_it(printed: str, decimal: str | None) -> None:
    assert amount(printed) == decimal


@law
@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from([",.", ".,", " ,", "'.", "’.", "\u00a0,", "\u202f."]))
def test_a_decimal_survives_every_country_s_separators(value: Any, marks: str) -> None:
    printed = f"{value:,.2f}".translate({ord(","): marks[0], ord("."): marks[1]})
    assert decimal_text(printed) == f"{value:.2f}"


# --- Refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize(
    "reply",
    [
        "", "I am sorry, I cannot read this document.", "null", "42", '"text"', "[]", "{", '{"a": ', "{'document_type': 'cv'}",
        '{"document_type": NaN}', '{"document_type": Infinity}', '{"document_type": "cv",', "{" * 100_000,
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_whole_json_object_is_refused(name: str, reply: str) -> None:
    assert refusal(name, reply).startswith("the reply is not")


@pytest.mark.parametrize(
    ("name", "key"), [("cv", key) for key in CV_KEYS] + [("document", key) for key in DOCUMENT_KEYS]
)
def test_a_missing_top_level_key_is_refused_by_name(name: str, key: str) -> None:
    whole = json.loads(cv_reply() if name == "cv" else document_reply())
    del whole[key]
    assert refusal(name, json.dumps(whole)).startswith(f"{key}: Field required")


@law
@given(st.data())
def test_a_cut_reply_is_refused(data: st.DataObject) -> None:
    whole = cv_reply(language="en")
    refusal("cv", whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document_type": "novel-secret"}, "document_type"),
        ({"document_type": None}, "document_type"),
        ({"basics": "Ada-secret"}, "basics"),
        ({"basics": None}, "basics"),
        ({"basics": {"name": ["Ada-secret"]}}, "basics.name"),
        ({"work": "secret"}, "work.0"),
        ({"work": [{}, {"name": {"secret": 1}}]}, "work.1.name"),
        ({"work": [{"current": "secret"}]}, "work.0.current"),
        ({"skills": [{"name": None, "secret": 1}]}, "skills.0.name"),
    ],
)
def test_a_refusal_names_the_field_and_never_its_value(changes: dict[str, Any], field: str) -> None:
    message = refusal("cv", cv_reply(**changes))
    assert message.startswith(f"{field}: ")
    assert "secret" not in message


def test_a_refusal_shows_five_problems_and_counts_the_rest() -> None:
    message = refusal("cv", cv_reply(work=[{"current": "no idea"}] * 8))
    assert message.count("work.") == 5
    assert "; and 3 more" in message


def spoiled(name: str, secret: Any) -> Iterator[str]:
    """Yield replies of a schema with a value of any kind in the place of each field of the first two levels."""
    whole = json.loads(cv_reply() if name == "cv" else document_reply())
    for key in whole:
        yield json.dumps(whole | {key: secret})
        yield json.dumps(whole | {key: [secret]})
        yield json.dumps(whole | {key: {"name": secret, "date": secret, "total": secret, "location": secret}})


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(list(BUILT_IN)), json_values)
def test_any_json_is_read_or_refused_and_nothing_else_is_raised(name: str, value: Any) -> None:
    for reply in spoiled(name, value):
        with contextlib.suppress(InvalidReplyError):
            schema(name).read(reply)


@law
@given(st.sampled_from(CV_KEYS), st.text("äßø中№", min_size=1))
def test_no_refusal_quotes_a_value(key: str, value: str) -> None:
    assert value not in refusal("cv", cv_reply(**{"document_type": value, key: {"name": [value], value: value}}))


@law
@given(st.sampled_from(list(BUILT_IN)), st.text() | st.text().map(lambda text: "{" + text + "}"))
def test_any_text_is_read_or_refused_and_nothing_else_is_raised(name: str, text: str) -> None:
    with pytest.raises(InvalidReplyError):
        schema(name).read(text)


# --- The JSON Schema that is sent -------------------------------------------------------------------------------------

CUSTOM = {
    "type": "object",
    "description": "an order",
    "properties": {
        "no": {"type": "integer", "title": "Number"},
        "when": {"type": "string", "format": "date"},
        "state": {"enum": ["open", "paid"]},
        "kind": {"const": "order"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}},
        "buyer": {"type": "object", "properties": {"name": {"type": ["string", "null"]}}, "required": []},
    },
}
STRICT_KEYS = {"type", "enum", "description", "items", "properties", "required", "additionalProperties"}


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]:
        yield from nodes(child)


@pytest.mark.parametrize("tested", [schema("cv"), schema("document"), custom_schema(CUSTOM)], ids=lambda one: one.name)
def test_a_schema_stays_in_the_strict_subset_at_every_level(tested: Schema) -> None:
    for node in nodes(tested.json_schema):
        assert set(node) <= STRICT_KEYS
        assert "type" in node
        if node["type"] == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if node["type"] == "array":
            assert "items" in node


@pytest.mark.parametrize("tested", [schema("cv"), schema("document"), custom_schema(CUSTOM)], ids=lambda one: one.name)
def test_every_single_value_may_be_null_but_the_document_type_and_list_items(tested: Schema) -> None:
    for node in nodes(tested.json_schema):
        for key, part in node.get("properties", {}).items():
            single = part["type"] not in ("object", "array")
            assert (
                not single or "null" in part["type"] or key == "document_type" or (key, tested.name) == ("name", "cv")
            )
            assert "enum" not in part or "null" not in part["type"] or None in part["enum"]


def test_the_schema_of_a_cv_is_small_since_it_is_paid_for_with_every_document() -> None:
    assert len(json.dumps(schema("cv").json_schema)) < 4_000


# --- Finished summaries -----------------------------------------------------------------------------------------------


def test_a_finished_cv_has_these_keys_and_no_others() -> None:
    finished = schema("cv").finish(read_cv(), AS_OF, "cv")
    assert list(finished) == [
        "document_type", "language", "as_of", "basics", "work", "education", "skills", "languages", "certificates",
        "driving_licences", "derived",
    ]  # fmt: skip


def test_experience_is_computed_at_the_day_of_the_run() -> None:
    work = [{"startDate": "2026-01", "endDate": "heute"}, {"startDate": "2024-01", "endDate": "2024-03"}]
    finished = schema("cv").finish(read_cv(work=work), AS_OF, "cv")
    assert (finished["as_of"], finished["derived"]) == ("2026-11-24", {"experience_months": 14})


def test_experience_without_dates_is_unknown_and_not_zero() -> None:
    assert (
        schema("cv").finish(read_cv(work=[{"name": "Hollowgate"}]), AS_OF, "cv")["derived"]["experience_months"] is None
    )


def test_a_finished_document_keeps_its_own_type_and_says_the_day() -> None:
    fields = schema("document").read(document_reply(date="1 June 2026"))[0]
    finished = schema("document").finish(fields, AS_OF, "document")
    assert list(finished) == ["document_type", "as_of", "language", "title", "fields", "summary"]
    assert (finished["document_type"], finished["fields"]["date"]) == ("invoice", "2026-06-01")


def test_there_is_no_built_in_schema_of_another_name() -> None:
    assert built_in("CV") is None


# --- Found the hard way ----------------------------------------------------------------------------------------------


def test_deep_nesting_does_not_crash() -> None:
    reply = cv_reply(extra="HERE").replace('"HERE"', "[" * 500 + "]" * 500)
    with contextlib.suppress(InvalidReplyError):
        schema("cv").read(reply)


@pytest.mark.parametrize(
    "changes",
    [{"skills": [None, "Excel"]}, {"skills": [5]}, {"work": [{"highlights": [None]}]}, {"driving_licences": ["B", None]}, {"languages": ["English"]}],
    ids=str,
)  # fmt: skip
def test_an_odd_item_of_a_list_does_not_cost_the_reply(changes: dict[str, Any]) -> None:
    read_cv(**changes)


@pytest.mark.parametrize(("value", "stored"), [(12.345, "12.345"), (0.00001, "0.00001")])
def test_an_amount_that_is_a_json_number_keeps_its_value(value: float, stored: str) -> None:
    assert read_document(total=value)["total"] == stored


def test_an_amount_is_stored_in_ascii_digits() -> None:
    assert amount("١٢٣") == "123"


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u2009"], ids=["no-break", "narrow no-break", "thin"])
def test_thousands_may_be_grouped_by_any_blank(blank: str) -> None:
    assert amount(f"1{blank}234,50 €") == "1234.50"


def test_skills_stay_in_the_order_of_their_first_mention() -> None:
    assert read_cv(skills=["Excel", "Word", "EXCEL"])["skills"] == [{"name": "Excel"}, {"name": "Word"}]


@pytest.mark.parametrize(("printed", "decimal"), [(".5", "0.5"), ("1.250,00-", "-1250.00"), ("000.125", "0.125")])
def test_rarer_forms_of_amounts_are_read(printed: str, decimal: str) -> None:
    assert amount(printed) == decimal


@pytest.mark.parametrize("end", ["", "\\"])
def test_a_text_that_never_ends_is_looked_at_once(end: str) -> None:
    began = time.process_time()
    assert "JSON" in refusal("cv", '{"skills": [' + '\\"' * 150_000 + end)
    assert time.process_time() - began < 1  # from each quote to the end it took ten


@pytest.mark.parametrize(
    ("employer", "position", "months"),
    [(None, "Parental leave", 24), (None, "Elternzeit (erstes Kind)", 24), (None, "Freelance cook", 36), ("Career Break Ltd", "Cook", 36), (None, "Fundraising", 36)],
)  # fmt: skip
def test_a_break_is_no_experience(employer: str | None, position: str, months: int) -> None:
    jobs = [
        {"name": "Old Mill Inn", "position": "Cook", "startDate": "2020-01", "endDate": "2021-12", "current": False},
        {"name": employer, "position": position, "startDate": "2022-01", "endDate": "2022-12", "current": False},
    ]
    summary = derive({"document_type": "cv", "language": "en", "work": jobs}, dt.date(2026, 1, 1))
    assert summary["derived"]["experience_months"] == months
