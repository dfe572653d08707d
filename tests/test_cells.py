"""Exports: cells that no spreadsheet runs, tables with public columns, files that are whole or not there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import within
from pipeline.errors import ExportError
from pipeline.export import write
from pipeline.export.cells import Cell, cell, readable
from pipeline.export.files import whole_file, write_csv, write_jsonl, write_one
from pipeline.export.tables import COMMON, STATE, common_table, dollars, own_table
from pipeline.records import StoredResult, Usage
from pipeline.schemas.overview import field_paths, overview
from pipeline.schemas.phones import e164, spaced
from pipeline.schemas.schema import built_in

law = settings(deadline=None, max_examples=80)
texts = st.text(st.characters(exclude_categories=["Cs"]))
starts = st.sampled_from(
    ["", " ", "\t", "\n", "=", "+", "-", "@", "＝", "\x00", "'", "\r\n=", "+1", "-2", "+49 30", "=1"]
)

CV: dict[str, Any] = {
    "document_type": "cv",
    "language": "en",
    "as_of": "2026-11-24",
    "basics": {
        "name": "Ada Kowalczyk", "email": "ada@example.org", "phone": "+447700900142", "url": None,
        "location": {"city": "Leeds", "region": None, "countryCode": "GB"}, "profiles": [],
    },
    "work": [
        {"name": "Hollowgate", "position": "Operator", "location": None, "startDate": "2015-06", "endDate": "2019-02", "current": False, "highlights": []},
        {"name": "Brackenfield", "position": "Supervisor", "location": None, "startDate": "2019-03", "endDate": None, "current": True, "highlights": ["a", "b"]},
    ],
    "education": [],
    "skills": [{"name": "Excel"}, {"name": "=SUM(A1)"}],
    "languages": [{"language": "English", "fluency": None, "cefr": "C1"}, {"language": "Polish", "fluency": "native", "cefr": None}],
    "certificates": [],
    "driving_licences": ["B", "C1"],
    "derived": {"experience_months": 137},
}  # fmt: skip
INVOICE: dict[str, Any] = {
    "document_type": "invoice",
    "as_of": "2026-11-24",
    "language": "en",
    "title": "Invoice 7",
    "fields": {"number": "7", "date": "2026-03-12", "parties": ["Quillmere", "Ballyfen", "Third"], "total": 2019.66, "currency": "EUR"},
}  # fmt: skip
RESULT = StoredResult(
    document_id=1,
    sha256="a" * 64,
    file="CV Ada.pdf",
    other_names=("copy.pdf",),
    media_type="application/pdf",
    pages=2,
    prompt="cv",
    model="some-model",
    status="done",
    reason=None,
    message=None,
    language="de",
    fields=CV,
    absent=("basics.url",),
    notices=("unreadable_date: startDate: soon",),
    usage=Usage(1840, 1024, 212, 0),
    attempts=1,
    unknown_attempts=0,
    unpriced_attempts=0,
    nanodollars=622_000,
    decided_at="2026-11-24T03:00:07Z",
)
QUARANTINED = replace(
    RESULT,
    file="scan.pdf",
    fields=None,
    prompt=None,
    status="quarantined",
    reason="no_text",
    nanodollars=None,
    usage=Usage(),
)


def rows(table: Iterable[Any]) -> list[dict[str, Cell]]:
    head, *lines = [list(row) for row in table]
    return [dict(zip(head, line, strict=True)) for line in lines]


def common(*results: StoredResult) -> list[dict[str, Cell]]:
    return rows(common_table().rows(results))


# --- One cell ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        ("", ""),
        (7, 7),
        (-7, -7),
        (10**15 - 1, 10**15 - 1),
        (4006381333931001, "4006 3813 3393 1001"),  # a spreadsheet would round it to 15 digits
        (-4006381333931001, "'-4006 3813 3393 1001"),
        (0.1, "0.1"),
        (2707.68, "2707.68"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (-1.5, "-1.5"),
        (2.0, "2"),
        ("text", "text"),
        ("  two\r\nlines \n", "two lines"),
        ("a\x00b\x1bc", "abc"),
        ("+447700900142", "+44 7700 900142"),
        ("07700 900142", "07700 900142"),
        (["a", "b"], "a; b"),
        (["a", None, "", "b"], "a; b"),
        ((), ""),
        ({}, ""),
        ({"name": "Excel", "level": None}, "Excel"),
        ({"name": "x", "current": True}, "x, current"),
        ({"name": "x", "current": False}, "x"),
        ({"name": "x", "highlights": ["a", "b"]}, "x, (a; b)"),
        ([{"name": "x", "start": "2019"}, {"name": "y"}], "x, 2019; y"),
        ([{"name": "x", "amount": 12345678901.55}, {"name": "y", "amount": 2.0}], "x, 12345678901.55; y, 2"),
    ],
    ids=repr,
)
def test_a_value_becomes_a_number_or_readable_text(value: Any, shown: Cell) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "=cmd|' /C calc'!A0", "+cmd", "-cmd", "@SUM(A1)", "＝1", "＋a", "－a", "＠a", "\t=1", " =1", "\n=1", "\r\n=1",
        "\x00=1", "\u00a0=1", "+", "-", "--", "- item", "-2+3", "+44 20 7946 0857+cmd", "+49 30 x", "-5\n=1",
        "+1*2", "=\r1",
    ],
)  # fmt: skip
def test_what_looks_like_a_formula_is_quoted(text: str) -> None:
    shown = cell(text)
    assert isinstance(shown, str)
    assert shown.startswith("'")
    assert shown[1:] == " ".join(text.replace("\x00", "").split())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Acme;=cmd|' /C calc'!A0", "Acme;'=cmd|' /C calc'!A0"),
        (["Acme", "@SUM(A1)", "-2+3"], "Acme; '@SUM(A1); '-2+3"),
        ("-5;=1;\u00a0+x", "'-5;'=1;\u00a0'+x"),
        ("a\t=1", "a\t'=1"),
        (["C++", "+44 7700 900142", "-5"], "C++; +44 7700 900142; -5"),
    ],
)
def test_no_formula_begins_where_a_spreadsheet_parts_cells_at_semicolons(value: Any, shown: Cell) -> None:
    """So Excel does where numbers have a decimal comma, and no quotes within a line keep it from that."""
    assert cell(value) == shown


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "-5,50",
        "-1.234,50",
        "+5",
        "-5%",
        "+44 7700 900142",
        "+1 (312) 555 0142",
        "+49 (0) 30 123",
        "1+1",
        "'quoted",
        "a=b",
        "5",
        "%",
    ],
)
def test_phone_numbers_and_signed_numbers_are_left_as_they_are(text: str) -> None:
    assert cell(text) == text


@law
@given(st.builds(lambda start, rest: start + rest, starts, texts))
def test_no_cell_begins_like_a_formula_but_numbers_and_phone_numbers(text: str) -> None:
    shown = cell(text)
    assert isinstance(shown, str)
    assert not re.match(r"[=@\t\r\n＝＋－＠]", shown)
    assert not re.match(r"[+-]", shown) or re.fullmatch(r"[+-][\d ().,/%-]+", shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("01712345678", "0171 2345 678"),
        ("1234567890123456", "1234 5678 9012 3456"),
        ("123456789012345", "123456789012345"),
        ("2026", "2026"),
        ("01067", "01067"),
        ("0171 2345678", "0171 2345678"),
        ("-1234567890123456", "'-1234 5678 9012 3456"),  # what begins with a sign and is no number would be a formula
        ("-123456789012345", "-123456789012345"),
        ("+1234567890123456", "+1234 5678 9012 3456"),
    ],
)
def test_digits_that_a_spreadsheet_would_lose_stand_in_groups(text: str, shown: str) -> None:
    assert cell(text) == shown


@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0", " \n", "\r"])
def test_a_long_row_of_blanks_is_laid_out_at_once(blank: str) -> None:
    with within(1.0):
        cell(f"a\x00{blank * 20_000}b")


def test_a_cell_holds_no_more_than_a_spreadsheet_can_show() -> None:
    for value in ("x" * 40_000, ["x" * 100] * 400, "=" * 40_000):
        shown = cell(value)
        assert isinstance(shown, str)
        assert len(shown) == 32_767
        assert shown.endswith("…")


@law
@given(texts)
def test_a_cell_is_one_line_without_control_characters_but_tabs(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]", str(cell(text)))


@law
@given(st.floats(-1e15, 1e15))
def test_a_number_is_written_without_an_exponent_to_nine_places(value: float) -> None:
    shown = cell(value)
    assert isinstance(shown, str)
    assert re.fullmatch(r"-?\d+(\.\d+)?", shown)
    assert float(shown) == pytest.approx(value, abs=1e-9)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@law
@given(json_values)
def test_any_value_has_a_readable_form(value: Any) -> None:
    assert isinstance(readable(value), str)


# --- Phone numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "country", "stored", "shown"),
    [
        ("+31 6 12345678", None, "+31612345678", "+31 6 12345678"),
        ("0031612345678", None, "+31612345678", "+31 6 12345678"),
        ("(0031) 6 12345678", None, "+31612345678", "+31 6 12345678"),
        ("(+31) 6 12345678", None, "+31612345678", "+31 6 12345678"),
        ("06 12345678", "NL", "+31612345678", "+31 6 12345678"),
        ("+49 (0)30 23125-417", None, "+493023125417", "+49 30 23125417"),
        ("06 12345678", None, "06 12345678", "06 12345678"),
        ("07700 900142", "XX", "07700 900142", "07700 900142"),
        ("+1", None, "+1", "+1"),
        ("+999123456789", None, "+999123456789", "+999123456789"),
        (" by appointment ", "GB", "by appointment", "by appointment"),
        ("", "GB", "", ""),
    ],
)
def test_a_phone_number_is_stored_in_e164_and_shown_with_blanks(
    printed: str, country: str | None, stored: str, shown: str
) -> None:
    assert e164(printed, country) == stored
    assert spaced(stored) == shown


@law
@given(st.text("+0123456789 ()/-x", max_size=20), st.sampled_from([None, "GB", "DE", "US", "XX", ""]))
def test_a_phone_number_that_was_tidied_stays_as_it_is(printed: str, country: str | None) -> None:
    stored = e164(printed, country)
    assert e164(stored, country) == stored
    assert e164(spaced(stored), country) == stored


# --- Overview ---------------------------------------------------------------------------------------------------------


def test_a_cv_is_told_in_one_line_made_of_its_fields() -> None:
    assert overview(CV).summary == (
        "Supervisor at Brackenfield since 2019-03; 11 years 5 months of experience; skills: Excel, =SUM(A1); "
        "speaks English (C1), Polish (native)"
    )


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        ([], None),
        ([{"position": "Cook", "name": None}], "last: Cook"),
        ([{"position": "Cook", "name": "Gris", "startDate": "2019", "endDate": "2020"}], "last: Cook at Gris"),
        ([{"position": None, "name": "Gris", "current": True}], "Gris"),
        ([{"position": None, "name": None, "current": True, "startDate": "2019"}], None),
    ],
    ids=range(5),
)
def test_what_is_not_known_of_a_cv_is_not_said(work: list[dict[str, Any]], sentence: str | None) -> None:
    empty: dict[str, Any] = {"current": False, "startDate": None, "endDate": None}
    fields = CV | {
        "work": [empty | job for job in work],
        "skills": [],
        "languages": [],
        "derived": {"experience_months": None},
    }
    assert overview(fields).summary == sentence


@pytest.mark.parametrize(
    ("jobs", "newest"),
    [
        ([("2010", "2012", False), ("2013", "2015", False)], 1),
        ([("2013", "2015", False), ("2010", "2012", False)], 0),
        ([("2010", "2012", False), ("2009", None, True)], 1),
        ([("2018", None, True), ("2019", None, True)], 1),
        ([(None, None, False), (None, None, False)], 0),
        ([(None, None, False), ("2019", "2020", False)], 1),
    ],
)
def test_the_newest_job_is_the_one_that_goes_on_or_ended_last(
    jobs: list[tuple[str | None, str | None, bool]], newest: int
) -> None:
    work = [
        {"name": f"{number}", "position": None, "startDate": start, "endDate": end, "current": current}
        for number, (start, end, current) in enumerate(jobs)
    ]
    assert overview(CV | {"work": work}).employer == str(newest)


def test_a_business_document_is_told_by_its_facts() -> None:
    seen = overview(INVOICE)
    assert (seen.kind, seen.about, seen.total, seen.currency) == (
        "invoice",
        "Invoice 7 · Quillmere · Ballyfen",
        2019.66,
        "EUR",
    )
    assert (seen.date, seen.parties) == ("2026-03-12", ("Quillmere", "Ballyfen", "Third"))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"fields": None},
        {"fields": "x"},
        {"parties": "x"},
        {"fields": {"parties": [None, 5], "total": [], "date": 5}},
        {"total": {}},
        {"total": True},
        {"document_type": ["cv"]},
        {"basics": "x"},
        {"basics": {"name": "Ada"}, "work": ["x"], "skills": ["y"], "languages": ["en"]},
    ],
    ids=str,
)
def test_a_summary_of_any_shape_has_an_overview(fields: dict[str, Any]) -> None:
    seen = overview(fields)
    assert (seen.kind, seen.total, seen.date) == (None, None, None)


@law
@given(
    st.dictionaries(
        st.sampled_from(
            "title fields parties total document_type language number x basics work skills languages summary name".split()
        ),
        json_values,
    )
)
def test_any_custom_summary_can_be_exported(fields: dict[str, Any]) -> None:
    result = replace(RESULT, fields=fields)
    assert len(common(result)) == 1
    assert len(rows(own_table([("title",), ("fields", "total")]).rows([result]))) == 1


def test_the_fields_of_a_schema_are_listed_in_its_order() -> None:
    schema = built_in("cv")
    assert schema is not None
    assert list(field_paths(schema.json_schema)) == [
        ("document_type",), ("language",), ("basics", "name"), ("basics", "email"), ("basics", "phone"), ("basics", "url"),
        ("basics", "location", "city"), ("basics", "location", "region"), ("basics", "location", "countryCode"),
        ("basics", "profiles"), ("work",), ("education",), ("skills",), ("languages",), ("certificates",), ("driving_licences",),
    ]  # fmt: skip


# --- Tables -----------------------------------------------------------------------------------------------------------


def test_the_columns_of_the_common_table_are_public() -> None:
    assert [name for name, _ in COMMON + STATE] == (
        "file kind about language summary email phone city current_position current_employer experience_months skills languages "
        "date parties total currency status reason not_found_in_text notices prompt model pages attempts input_tokens "
        "cached_input_tokens output_tokens reasoning_tokens cost_usd unknown_attempts unpriced_attempts processed_at other_names sha256"
    ).split()


def test_a_row_says_what_a_document_says_and_what_was_done() -> None:
    (row,) = common(RESULT)
    wanted = {
        "file": "CV Ada.pdf", "kind": "cv", "about": "Ada Kowalczyk", "email": "ada@example.org", "phone": "+44 7700 900142",
        "city": "Leeds", "current_position": "Supervisor", "current_employer": "Brackenfield", "experience_months": 137,
        "skills": "Excel; '=SUM(A1)", "languages": "English (C1); Polish (native)", "date": None, "parties": "", "total": None,
        "status": "done", "reason": None, "not_found_in_text": "basics.url", "pages": 2, "input_tokens": 1840,
        "cached_input_tokens": 1024, "reasoning_tokens": 0, "cost_usd": "0.000622", "other_names": "copy.pdf",
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted


def test_a_document_without_a_summary_has_a_row_too() -> None:
    (row,) = common(QUARANTINED)
    assert (row["file"], row["status"], row["reason"], row["about"]) == ("scan.pdf", "quarantined", "no_text", None)
    assert (row["cost_usd"], row["input_tokens"]) == (None, None)


def test_an_unknown_cost_is_an_empty_cell_and_no_cost_is_zero() -> None:
    assert (dollars(None), dollars(0), dollars(1_500_000_000)) == (None, 0.0, 1.5)
    assert [row["cost_usd"] for row in common(replace(RESULT, nanodollars=None), replace(RESULT, nanodollars=0))] == [
        None,
        "0",
    ]


@pytest.mark.parametrize(
    ("total", "shown"),
    [
        (2019.66, "2019.66"),
        ("2019.660", "2019.66"),
        ("1450", "1450"),
        (7, "7"),
        ("about five", "about five"),
        (None, None),
    ],
)
def test_a_total_is_a_number_that_can_be_added_up(total: Any, shown: Cell) -> None:
    (row,) = common(replace(RESULT, fields=INVOICE | {"fields": {"total": total}}))
    assert row["total"] == shown


def test_a_prompt_s_own_table_has_its_fields_between_file_and_state() -> None:
    paths = [("title",), ("fields", "total"), ("fields", "no such"), ("title", "deeper")]
    table = list(own_table(paths).rows([replace(RESULT, fields=INVOICE), QUARANTINED]))
    assert table[0][:6] == ["file", "title", "fields.total", "fields.no such", "title.deeper", "status"]
    assert table[1][:6] == ["CV Ada.pdf", "Invoice 7", "2019.66", None, None, "done"]
    assert table[2][:6] == ["scan.pdf", None, None, None, None, "quarantined"]


def test_no_two_columns_of_a_table_have_the_same_name() -> None:
    fields = {"file": "a", "status": "hired", "model": "VW", "client": {"status": "new"}, "client.status": "old"}
    paths = [("file",), ("status",), ("model",), ("client", "status"), ("client.status",)]
    header, row = own_table(paths).rows([replace(RESULT, fields=fields)])
    assert len(set(header)) == len(header)
    named = dict(zip(header, row, strict=True))
    assert (named["summary.file"], named["summary.status"], named["summary.model"]) == ("a", "hired", "VW")
    assert (named["file"], named["status"], named["client.status"]) == ("CV Ada.pdf", "done", "new")
    assert named["summary.client.status"] == "old"


# --- Files ------------------------------------------------------------------------------------------------------------


@law
@given(st.lists(st.lists(texts, min_size=2, max_size=3), max_size=4))
def test_csv_read_back_equals_what_was_written(table: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    write_csv(file, table)
    text = file.getvalue()
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:], newline=""))) == table


@law
@given(st.lists(texts, min_size=1, max_size=4))
def test_every_row_of_an_export_is_one_line_of_the_file(names: list[str]) -> None:
    file = io.StringIO(newline="")
    write_csv(file, common_table().rows(replace(RESULT, file=name) for name in names))
    assert file.getvalue().count("\r\n") == len(names) + 1
    read = list(csv.DictReader(io.StringIO(file.getvalue()[1:], newline="")))
    assert [row["file"] for row in read] == [str(cell(name)) for name in names]


@law
@given(st.lists(st.lists(st.none() | st.integers() | starts | texts | st.text(',"\r\n;a '), min_size=2, max_size=4)))
def test_csv_is_what_python_s_own_writer_makes_of_it(table: list[list[Cell]]) -> None:
    ours, theirs = io.StringIO(newline=""), io.StringIO(newline="")
    write_csv(ours, table)
    csv.writer(theirs).writerows(table)
    assert ours.getvalue() == "\ufeff" + theirs.getvalue()


def results(*, prompt: str | None = None) -> list[StoredResult]:
    return [result for result in (RESULT, QUARANTINED) if prompt in (None, result.prompt)]


def test_csv_is_one_table_for_all_and_one_for_each_prompt_with_results(tmp_path: Path) -> None:
    paths = write(tmp_path, "csv", results(), {"cv": [("language",)], "invoice": [("title",)]})
    assert [path.name for path in paths] == ["summaries.csv", "cv.csv"]
    assert [len(path.read_bytes().split(b"\r\n")) for path in paths] == [4, 3]
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in paths)


def test_jsonl_keeps_every_summary_whole(tmp_path: Path) -> None:
    (path,) = write(tmp_path / "new folder", "jsonl", results(), {})
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["file"], line["status"], line["reason"]) for line in lines] == [
        ("CV Ada.pdf", "done", None),
        ("scan.pdf", "quarantined", "no_text"),
    ]
    assert (lines[0]["summary"], lines[0]["cost_usd"], lines[0]["usage"]["attempts"]) == (CV, 0.000622, 1)
    assert (lines[1]["summary"], lines[1]["cost_usd"]) == (None, None)


def test_jsonl_is_one_line_a_document_whatever_it_says() -> None:
    file = io.StringIO()
    write_jsonl(file, [replace(RESULT, file="a\nb", fields={"x": "c\r\nd \u2028"})])
    assert file.getvalue().count("\n") == 1
    assert json.loads(file.getvalue())["summary"] == {"x": "c\r\nd \u2028"}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_one_open_file_can_be_written_as_well(form: str) -> None:
    file = io.StringIO(newline="")
    write_one(file, form, [RESULT])
    assert "CV Ada.pdf" in file.getvalue()


def test_one_open_file_may_have_the_fields_of_one_prompt() -> None:
    file = io.StringIO(newline="")
    write_one(file, "csv", [RESULT], [("basics", "name")])
    assert file.getvalue().startswith("\ufefffile,basics.name,status,")


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")
    with whole_file(path) as file:
        file.write("new")
        file.flush()
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "new"
    assert os.listdir(tmp_path) == ["out.csv"]  # noqa: PTH208  # hidden files too, by name


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), whole_file(path) as file:
        file.write(str(1 / 0))
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_a_share_that_cannot_wait_for_its_disk_takes_exports_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_number: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", refuse)
    with whole_file(tmp_path / "out.csv") as file:
        file.write("new")

    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "new"


def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out.csv")
    with pytest.raises(ExportError, match="a pipe that nobody reads") as caught, whole_file(tmp_path / "out.csv"):
        pass
    assert "start first what reads it" in caught.value.hint


def test_an_export_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "exports" / "out.csv"
    with whole_file(path) as file:
        file.write("x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


# --- Found the hard way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["+49-30-123", "+1-2", "+1 - 2", "+12/3", "+1.5/2-3"])
def test_no_phone_number_is_calculated(text: str) -> None:
    shown = str(cell(text))
    assert shown.startswith("'") or not re.fullmatch(r"[+-]?[\d.]+( ?[-/] ?[\d.]+)+", shown)


def test_false_is_not_unknown() -> None:
    assert cell(False) not in (None, "")


def test_nothing_is_written_as_minus_zero() -> None:
    assert (cell(-0.0), cell(-1e-12)) == ("0", "0")


def test_an_extension_is_not_lost() -> None:
    assert "12" in e164("+44 20 7946 0857 ext. 12").removeprefix("+442079460857")
