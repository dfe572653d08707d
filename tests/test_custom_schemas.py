"""Schemas that a user writes into a prompt file: which are understood, and what is made of a reply."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InvalidReplyError
from pipeline.records import Notice
from pipeline.schemas.custom import SchemaProblemError
from pipeline.schemas.schema import Schema, custom

law = settings(deadline=None, max_examples=60)
numbers = st.integers() | st.floats(allow_nan=False)


def of(**properties: Any) -> Schema:
    """Return a schema with these properties."""
    return custom({"type": "object", "properties": properties})


def one(part: dict[str, Any], value: Any) -> Any:
    """Return what a schema with one property makes of a value."""
    return of(x=part).read(json.dumps({"x": value}))[0]["x"]


def refusal(node: Any) -> SchemaProblemError:
    with pytest.raises(SchemaProblemError) as caught:
        custom(node)
    return caught.value


# --- What may be written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "number"}, {"type": ["number", "null"]}),
        ({"type": "integer"}, {"type": ["integer", "null"]}),
        ({"type": "boolean"}, {"type": ["boolean", "null"]}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "string", "format": "date"}, {"type": ["string", "null"]}),
        ({"type": "string", "title": "A title"}, {"type": ["string", "null"]}),
        ({"type": "string", "description": "as printed"}, {"type": ["string", "null"], "description": "as printed"}),
        ({"enum": ["open", "paid"]}, {"type": ["string", "null"], "enum": ["open", "paid", None]}),
        ({"enum": ["none", 1]}, {"type": ["string", "integer", "null"], "enum": ["none", 1, None]}),
        ({"type": "integer", "enum": [1, 2]}, {"type": ["integer", "null"], "enum": [1, 2, None]}),
        ({"const": "invoice"}, {"type": ["string", "null"], "enum": ["invoice", None]}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "string"}}),
        (
            {"type": "array", "items": {"type": "number"}, "description": "prices"},
            {"type": "array", "items": {"type": ["number", "null"]}, "description": "prices"},
        ),
        (
            {"type": "object", "properties": {"y": {"type": "string"}}, "required": [], "additionalProperties": True},
            {
                "type": "object",
                "properties": {"y": {"type": ["string", "null"]}},
                "required": ["y"],
                "additionalProperties": False,
            },
        ),
    ],
    ids=str,
)
def test_a_property_is_sent_in_the_strict_form(part: dict[str, Any], sent: dict[str, Any]) -> None:
    assert of(x=part).json_schema["properties"]["x"] == sent


@law
@given(st.lists(st.text("abc $.-ü№'\"", max_size=8), min_size=1, unique=True))
def test_properties_may_have_any_name_and_keep_their_order(names: list[str]) -> None:
    schema = of(**{name: {"type": "string"} for name in names})
    fields, _ = schema.read(json.dumps(dict.fromkeys(names, "v")))
    assert list(schema.json_schema["properties"]) == names
    assert list(fields) == names


@pytest.mark.parametrize(
    "name",
    ["model_config", "model_dump", "$ref", "anyOf", "properties", "type", "class", "_x", "field_0", "", "schema"],
)
def test_a_name_that_means_something_elsewhere_is_a_name_like_any(name: str) -> None:
    assert of(**{name: {"type": "string"}}).read(json.dumps({name: "v"}))[0] == {name: "v"}


def test_a_yaml_number_may_be_a_name() -> None:
    assert list(custom({"type": "object", "properties": {2019: {"type": "string"}}}).json_schema["properties"]) == [
        "2019"
    ]


# --- What may not -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", [None, [], {}, "cv", {"type": "array"}, {"type": ["object"]}, {"$ref": "#"}], ids=str)
def test_a_schema_begins_with_an_object(node: Any) -> None:
    assert refusal(node).path == ("type",)


@pytest.mark.parametrize(
    ("part", "below"),
    [
        ({"type": "string", "pattern": "x"}, ("pattern",)),
        ({"type": "string", "minLength": 1}, ("minLength",)),
        ({"type": "number", "minimum": 0}, ("minimum",)),
        ({"type": "string", "default": ""}, ("default",)),
        ({"$ref": "#/definitions/x"}, ("$ref",)),
        ({"anyOf": [{"type": "string"}]}, ("anyOf",)),
        ({"type": "strng"}, ("type",)),
        ({"type": "null"}, ("type",)),
        ({"type": ["string", "number"]}, ("type",)),
        ({"type": {"a": 1}}, ("type",)),
        ({}, ("type",)),
        ({"description": "something"}, ("type",)),
        ("string", ()),
        (5, ()),
        (None, ()),
        ({"enum": "open"}, ("enum",)),
        ({"enum": [["open"]]}, ("enum",)),
        ({"enum": [1.5]}, ("enum",)),
        ({"enum": [True, False]}, ("enum",)),
        ({"enum": ["maybe", False]}, ("enum",)),
        ({"const": True}, ("const",)),
        ({"type": "string", "enum": [1, 2]}, ("enum",)),
        ({"type": "integer", "enum": ["1", "2"]}, ("enum",)),
        ({"type": "array"}, ("items",)),
        ({"type": "array", "items": "string"}, ("items",)),
        ({"type": "string", "items": {"type": "string"}}, ("items",)),
        ({"type": "array", "items": {"type": "string"}, "properties": {}}, ("properties",)),
        ({"type": "string", "required": True}, ("required",)),
        ({"type": "number", "format": "date"}, ("format",)),
        ({"type": "string", "format": "Date"}, ("format",)),
        ({"type": "array", "items": {"type": "text"}}, ("items", "type")),
        ({"type": "array", "items": {"type": "string", "maxLength": 5}}, ("items", "maxLength")),
        ({"type": "object"}, ("properties",)),
        ({"type": "object", "properties": {}}, ("properties",)),
        ({"type": "object", "properties": ["a"]}, ("properties",)),
        ({"type": "object", "properties": {"y": {"type": "date"}}}, ("properties", "y", "type")),
        ({"type": "object", "properties": {"y": {"type": "string"}}, "allOf": []}, ("allOf",)),
        ({"type": "object", "properties": {"y": {"type": "string"}}, "required": ["y", "z"]}, ("required",)),
        ({"type": "object", "properties": {"y": {"type": "string"}}, "required": "y"}, ("required",)),
    ],
    ids=str,
)
def test_what_is_not_supported_is_refused_with_its_path(part: Any, below: tuple[str, ...]) -> None:
    assert refusal({"type": "object", "properties": {"total": part}}).path == ("properties", "total", *below)


@pytest.mark.parametrize(("levels", "is_right"), [(9, True), (10, False), (400, False)])
def test_objects_are_nested_no_deeper_than_providers_take(levels: int, is_right: bool) -> None:
    part: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}
    for _ in range(levels):
        part = {"type": "object", "properties": {"a": part}}
    assert custom(part) if is_right else "nested deeper than 10" in str(refusal(part))
    for _ in range(levels):
        part = {"type": "array", "items": part}
    assert "nested deeper than 10" in str(refusal({"type": "object", "properties": {"a": part}}))


def test_a_keyword_that_is_not_supported_is_refused_at_the_top_too() -> None:
    problem = refusal({"type": "object", "properties": {"a": {"type": "string"}}, "oneOf": []})
    assert problem.path == ("oneOf",)
    assert "`oneOf` is not supported" in str(problem)


def test_a_refused_type_lists_the_right_ones() -> None:
    assert str(refusal({"type": "object", "properties": {"a": {"type": "date"}}})) == (
        "`type` is one of object, array, string, number, integer, boolean; a date is `{type: string, format: date}`"
    )


@pytest.mark.parametrize("name", [True, False, None, 1.5, dt.date(2026, 11, 24)], ids=str)
def test_a_name_that_yaml_takes_for_something_else_is_to_be_quoted(name: Any) -> None:
    problem = refusal({"type": "object", "properties": {"a": {"type": "string"}, name: {"type": "string"}}})
    assert problem.path == ("properties",)
    assert "put it in quotes" in str(problem)


def test_a_flag_may_be_a_choice_where_its_type_says_so() -> None:
    assert one({"type": "boolean", "enum": [True]}, value=True) is True


def test_an_array_without_items_is_told_what_it_lacks() -> None:
    assert "an array needs `items`" in str(refusal({"type": "object", "properties": {"a": {"type": "array"}}}))


@pytest.mark.parametrize(
    "part",
    [{"type": "array", "items": {"type": "string"}}, {"type": "boolean"}, {"enum": [1, 2]}],
    ids=str,
)
def test_the_kind_of_a_document_is_a_text(part: dict[str, Any]) -> None:
    assert refusal({"type": "object", "properties": {"document_type": part}}).path == ("properties", "document_type")


# --- What becomes of a reply ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("1.234,50 €", 1234.5),
        ("EUR 1,234.50", 1234.5),
        ("2.707,68", 2707.68),
        ("-5", -5.0),
        ("1.250", 1250.0),
        ("19 %", 19.0),
        (12.345, 12.345),
        (7, 7.0),
        (None, None),
        ("", None),
        ("n/a", None),
        ("2 x 5", None),
    ],
)
def test_a_number_may_come_as_people_print_it(value: Any, number: float | None) -> None:
    assert one({"type": "number"}, value) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [("1.234", 1234), ("12 pieces", 12), (3, 3), (3.0, 3), (None, None), ("", None), ("none", None)],
)
def test_an_integer_may_come_as_people_print_it(value: Any, number: int | None) -> None:
    assert one({"type": "integer"}, value) == number


@pytest.mark.parametrize(
    ("value", "date"),
    [("12 March 2026", "2026-03-12"), ("05/2026", "2026-05"), (2026, "2026"), ("soon", None), ("", None), (None, None)],
)
def test_a_date_is_as_precise_as_it_is_printed(value: Any, date: str | None) -> None:
    assert one({"type": "string", "format": "date"}, value) == date


@pytest.mark.parametrize("value", [True, "true", "yes", 1])
def test_a_flag_is_read_from_the_usual_words(value: Any) -> None:
    assert one({"type": "boolean"}, value) is True


@pytest.mark.parametrize(
    ("choices", "value", "chosen"),
    [
        (["open", "paid"], "Open", "open"),
        (["open", "paid"], " PAID ", "paid"),
        (["Bezahlt", "offen"], "bezahlt", "Bezahlt"),
        (["a", "A"], "A", "A"),
        (["open"], "", None),
        (["open"], " ", None),
        ([1, 2], "2", 2),
        ([1, 2], "", None),
    ],
)
def test_a_choice_may_come_with_other_capitals_blanks_or_as_text(choices: list[Any], value: Any, chosen: Any) -> None:
    assert one({"enum": choices}, value) == chosen


@pytest.mark.parametrize("value", ["", {"n": ""}, [{"name": "", "level": "B2"}]])
def test_an_empty_text_for_a_list_is_an_empty_list(value: Any) -> None:
    assert one({"type": "array", "items": {"type": "string"}}, value) == []


@pytest.mark.parametrize(
    "part",
    [
        {"type": "string"},
        {"type": "number"},
        {"type": "integer"},
        {"type": "boolean"},
        {"type": "string", "format": "date"},
        {"enum": ["a"]},
        {"const": "a"},
    ],
    ids=str,
)
def test_what_is_not_printed_is_null(part: dict[str, Any]) -> None:
    assert one(part, None) is None


def test_a_null_list_is_empty_and_a_null_object_holds_nulls() -> None:
    inner = {
        "type": "object",
        "properties": {"y": {"type": "string"}, "z": {"type": "array", "items": {"type": "number"}}},
    }
    assert one({"type": "array", "items": inner}, None) == []
    assert one(inner, None) == {"y": None, "z": []}
    assert one({"type": "array", "items": inner}, [{}, {"z": ["1,5"]}]) == [
        {"y": None, "z": []},
        {"y": None, "z": [1.5]},
    ]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({"enum": ["open", "paid"]}, "secret"),
        ({"const": "invoice"}, "secret"),
        ({"type": "boolean"}, "secret"),
        ({"type": "string"}, ["secret"]),
        ({"type": "number"}, ["secret"]),
        ({"type": "array", "items": {"type": "string"}}, "secret, more"),
        ({"type": "object", "properties": {"y": {"type": "string"}}}, "secret"),
    ],
    ids=str,
)
def test_a_value_of_another_kind_is_refused_without_being_quoted(part: dict[str, Any], value: Any) -> None:
    with pytest.raises(InvalidReplyError, match=r"^x: ") as caught:
        one(part, value)
    assert "secret" not in str(caught.value)


def test_a_property_of_the_first_level_must_be_there() -> None:
    with pytest.raises(InvalidReplyError, match="odd name!: Field required"):
        of(**{"odd name!": {"type": "string"}}).read("{}")


def test_a_deeper_property_may_be_missing() -> None:
    assert one({"type": "object", "properties": {"y": {"type": "string"}}}, {}) == {"y": None}


def test_a_finished_summary_begins_with_its_kind_and_the_day() -> None:
    finished = of(total={"type": "number"}).finish({"total": 5.0}, dt.date(2026, 11, 24), "receipt")
    assert finished == {"document_type": "receipt", "as_of": "2026-11-24", "total": 5.0}
    assert list(finished)[:2] == ["document_type", "as_of"]


def test_a_schema_s_own_document_type_is_kept() -> None:
    finished = of(document_type={"const": "bill"}).finish({"document_type": "bill"}, dt.date(2026, 11, 24), "receipt")
    assert finished["document_type"] == "bill"


EVERY_KIND = of(
    s={"type": "string"},
    n={"type": "number"},
    b={"type": "boolean"},
    d={"type": "string", "format": "date"},
    e={"enum": ["a", 1]},
    l={"type": "array", "items": {"type": "string"}},
    o={"type": "object", "properties": {"n": {"type": "number"}, "d": {"type": "string", "format": "date"}}},
)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ndxyz"), inner, max_size=3),
    max_leaves=5,
)


@law
@given(st.fixed_dictionaries(dict.fromkeys("snbdelo", values)))
def test_any_value_is_read_or_refused_and_nothing_else_is_raised(reply: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidReplyError):
        EVERY_KIND.read(json.dumps(reply))


@law
@given(st.sampled_from("snbdelo"), values)
def test_what_was_read_once_reads_the_same_again(key: str, value: Any) -> None:
    reply: dict[str, Any] = dict.fromkeys("snbdelo") | {key: value}
    with contextlib.suppress(InvalidReplyError):
        fields, _ = EVERY_KIND.read(json.dumps(reply))
        assert EVERY_KIND.read(json.dumps(fields)) == (fields, ())


# --- Found the hard way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["[1]", "{}"])
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_what_is_no_number_is_refused(kind: str, value: str) -> None:
    with pytest.raises(InvalidReplyError):
        of(x={"type": kind}).read(f'{{"x": {value}}}')


@pytest.mark.parametrize("value", ["1e999", '"' + "9" * 400 + '"'], ids=["1e999", "400 digits in quotes"])
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_a_number_is_finite(kind: str, value: str) -> None:
    fields, _ = of(x={"type": kind}).read(f'{{"x": {value}}}')

    assert fields["x"] is None


def test_a_number_that_no_float_holds_is_refused() -> None:
    with pytest.raises(InvalidReplyError):
        of(x={"type": "number"}).read(f'{{"x": {"9" * 400}}}')


def test_a_large_integer_keeps_all_its_digits() -> None:
    assert one({"type": "integer"}, 12345678901234567890) == 12345678901234567890
    assert one({"type": "integer"}, 10**400 - 1) == 10**400 - 1


def test_a_fraction_does_not_become_another_whole_number_in_silence() -> None:
    fields, notices = of(x={"type": "integer"}).read('{"x": 2.5}')
    assert fields["x"] is None or notices


def test_a_notice_names_the_property() -> None:
    _, notices = of(total={"type": "number"}, due={"type": "string", "format": "date"}).read(
        '{"total": "much", "due": "soon"}'
    )
    assert notices == (Notice("unreadable_amount", "total: much"), Notice("unreadable_date", "due: soon"))


def test_a_null_in_a_list_of_texts_does_not_cost_the_reply() -> None:
    assert one({"type": "array", "items": {"type": "string"}}, [None, "a"]) == ["a"]


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ({"type": "object", "properties": {"y": {"type": "string"}}, "description": "as printed"}, ("x",)),
        ({"type": "array", "items": {"type": "string", "description": "as printed"}}, ("x", "items")),
    ],
    ids=["object", "items"],
)
def test_every_description_reaches_the_model(part: dict[str, Any], where: tuple[str, ...]) -> None:
    node = of(x=part).json_schema["properties"]
    for key in where:
        node = node[key]
    assert node.get("description") == "as printed"


def test_the_description_of_the_whole_reaches_the_model() -> None:
    node = {"type": "object", "properties": {"x": {"type": "string"}}, "description": "an order"}
    assert custom(node).json_schema.get("description") == "an order"


def test_null_may_be_written_without_quotes_in_yaml() -> None:
    assert one({"type": ["string", None]}, "a") == "a"


def test_null_may_stand_among_the_choices() -> None:
    assert one({"enum": ["open", None]}, None) is None


@pytest.mark.parametrize(
    "node",
    [
        pytest.param({"type": "object", "properties": {"x": {"enum": []}}}, id="no choices"),
        pytest.param(
            {"type": "object", "properties": {"x": {"type": "string", "description": dt.date(2019, 1, 1)}}},
            id="a date as description",
        ),
        pytest.param(
            {"type": "object", "properties": {1: {"type": "string"}, "1": {"type": "string"}}},
            id="a name twice",
        ),
    ],
)
def test_a_broken_schema_is_refused(node: Any) -> None:
    with pytest.raises(SchemaProblemError):
        json.dumps(custom(node).json_schema)


def test_a_refused_const_is_called_const() -> None:
    assert refusal({"type": "object", "properties": {"x": {"const": 1.5}}}).path == ("properties", "x", "const")


def test_a_document_type_that_was_not_read_is_the_prompt_s() -> None:
    schema = of(document_type={"const": "bill"})
    fields, _ = schema.read('{"document_type": null}')
    assert schema.finish(fields, dt.date(2026, 11, 24), "bill")["document_type"] == "bill"
