"""The whole line, from the inbox to the tables, with a provider that answers from memory."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import gc
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from conftest import PROJECT
from fakes import Answer, FakeProvider, Listener
from pipeline.app import House
from pipeline.commands import Order, Result, forecast_run, redo, retry, run
from pipeline.errors import ExitCode, StoreBusyError, StoreError
from pipeline.evidence import find_evidence
from pipeline.inbox.folders import MARKER
from pipeline.inference.offline import engine, transport
from pipeline.records import Document, Evidence, Extraction, Outcome
from pipeline.screen import Screen
from pipeline.store.ledger import RunLedger
from pipeline.store.store import Store

Drop = Callable[..., Path]
CV = "Ida Sample\nida@example.org\n\nWork experience\nWelder, Anvil Works\n2019 - 2021\n\nEducation\nSchool\n\nSkills\nwelding\n"


def go(house: House, **order: Any) -> Result:
    house = House(house.configuration, house.world)  # as a new process
    return asyncio.run(run(house, Order(**order), Listener()))


def rows(house: House, query: str) -> list[Any]:
    with sqlite3.connect(house.database) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def one(house: House, query: str) -> Any:
    return rows(house, query)[0][0]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != MARKER)


def test_a_document_becomes_a_summary_and_goes_to_done(house: House, drop: Drop, provider: FakeProvider) -> None:
    drop("ida.txt", CV)

    result = go(house)

    assert result.report.exit_code == ExitCode.DONE
    assert names(house.folders.inbox) == []
    assert names(house.folders.done) == ["ida.txt"]
    assert rows(house, "SELECT status FROM outcomes") == [("done",)]
    assert one(house, "SELECT kind FROM latest_summaries") == "cv"
    assert sum(provider.calls.values()) == 1


def test_a_second_run_makes_no_call(house: House, drop: Drop, provider: FakeProvider) -> None:
    drop("ida.txt", CV)
    go(house)
    before = names(house.data)

    result = go(house)

    assert result.calls == 0
    assert sum(provider.calls.values()) == 1
    assert names(house.data) == before


def test_a_copy_of_a_done_document_costs_nothing_and_both_names_are_kept(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    drop("ida.txt", CV)
    go(house)
    drop("ida again.txt", CV)

    result = go(house)

    assert result.report.counts["known"] == 1
    assert sum(provider.calls.values()) == 1
    assert names(house.folders.done) == ["ida again.txt", "ida.txt"]
    table = list(csv.DictReader((house.exports / "summaries.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["file"], row["other_names"]) for row in table] == [("ida.txt", "ida again.txt")]


HALF = "Ida Marsh\n12 Mill Lane, Leeds\n\nSkills\nForklift, stock control"
"""By itself no CV, by the points of its one heading; with a name that says so, one."""


def test_a_copy_whose_name_speaks_for_another_prompt_costs_nothing_unless_its_folder_asks_for_it(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    drop("scan0001.txt", HALF)
    drop("CV Ida.txt", HALF)
    planned = asyncio.run(forecast_run(house, Order()))
    go(house)
    drop("Lebenslauf.txt", HALF)
    known = go(house)
    before = provider.calls.total()
    drop("x.txt", HALF, folder="cv")
    asked = go(house)
    drop("CV.txt", HALF)
    go(house)

    assert ([part.calls for part in planned.by_prompt], planned.known) == ([1], 1)
    assert (before, known.report.counts) == (1, {"known": 1})
    assert (provider.calls.total(), asked.report.counts) == (2, {"done": 1})
    assert rows(house, "SELECT name FROM prompts ORDER BY id") == [("document",), ("cv",)]


def test_two_copies_at_once_make_one_call(house: House, drop: Drop, provider: FakeProvider) -> None:
    for number in range(6):
        drop(f"copy {number}.txt", CV)

    go(house)

    assert sum(provider.calls.values()) == 1
    assert len(names(house.folders.done)) == 6
    assert one(house, "SELECT count(*) FROM summaries") == 1


def test_two_files_of_one_name_never_overwrite_each_other(house: House, drop: Drop) -> None:
    drop("cv.txt", CV, folder="a")
    drop("cv.txt", CV + "more", folder="b")
    drop("cv.txt", CV + "even more")

    go(house)

    assert names(house.folders.done) == ["cv (2).txt", "cv (3).txt", "cv.txt"]
    contents = {path.read_text() for path in house.folders.done.rglob("*.txt")}
    assert contents == {CV, CV + "more", CV + "even more"}


def test_one_bad_file_does_not_stop_the_others(house: House, drop: Drop) -> None:
    drop("bad.pdf", b"%PDF-1.7 this is no PDF at all")
    drop("ida.txt", CV)

    result = go(house)

    assert result.report.exit_code == ExitCode.ATTENTION
    assert names(house.folders.done) == ["ida.txt"]
    assert names(house.folders.quarantine / "damaged") == ["bad.pdf", "bad.pdf.txt"]
    note = (house.folders.quarantine / "damaged" / "bad.pdf.txt").read_text()
    assert "What to do:" in note
    assert "damaged" in note
    assert rows(house, "SELECT file, reason FROM quarantine") == [("bad.pdf", "damaged")]


def test_a_sub_folder_named_like_a_prompt_asks_for_it(house: House, drop: Drop) -> None:
    drop("x.txt", "nothing in here tells what it is", folder="Invoice/march")
    drop("y.txt", "nothing in here tells what it is, either", folder="acme")

    go(house)

    found = dict(
        rows(
            house,
            "SELECT f.name, p.name FROM files f JOIN outcomes o USING (document_id) JOIN prompts p ON p.id = o.prompt_id",
        )
    )
    assert found == {"x.txt": "invoice", "y.txt": "document"}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("prose", "invalid_reply"),
        ("schema", "invalid_reply"),
        ("length", "invalid_reply"),
        ("refusal", "refused"),
        ("422", "refused"),
        ("413", "too_long"),
    ],
)
def test_a_lasting_failure_is_quarantined_and_its_cost_is_kept(
    house: House, drop: Drop, provider: FakeProvider, fault: str, reason: str
) -> None:
    provider.fault = lambda _document, _number: fault
    drop("ida.txt", CV)

    go(house)

    assert names(house.folders.quarantine / reason) == ["ida.txt", "ida.txt.txt"]
    assert one(house, "SELECT count(*) FROM attempts") == sum(provider.calls.values())
    assert (one(house, "SELECT sum(input_tokens) FROM attempts") or 0) == provider.input_tokens
    assert (one(house, "SELECT sum(output_tokens) FROM attempts") or 0) == provider.output_tokens


@pytest.mark.parametrize("fault", ["500", "429", "wait"])
def test_a_passing_failure_leaves_the_document_in_the_inbox(
    house: House, drop: Drop, provider: FakeProvider, fault: str
) -> None:
    provider.fault = lambda _document, _number: fault
    drop("ida.txt", CV)

    result = go(house)

    assert result.report.exit_code == (ExitCode.TRY_LATER if fault == "429" else ExitCode.ATTENTION)
    assert names(house.folders.inbox) == ["ida.txt"]
    assert names(house.folders.quarantine) == []
    provider.fault = lambda _document, _number: None
    go(house)
    assert names(house.folders.done) == ["ida.txt"]


def test_a_document_cannot_bill_for_ever(house: House, drop: Drop, provider: FakeProvider) -> None:
    provider.fault = lambda _document, _number: "garbage"
    drop("ida.txt", CV)

    go(house)

    assert sum(provider.calls.values()) == 5
    assert names(house.folders.quarantine / "gave_up") == ["ida.txt", "ida.txt.txt"]
    provider.fault = lambda _document, _number: None
    retry(house, None)
    go(house)
    assert names(house.folders.done) == ["ida.txt"]


@pytest.mark.parametrize(
    ("status", "code"), [("401", ExitCode.CONFIGURATION), ("404", ExitCode.CONFIGURATION), ("402", ExitCode.TRY_LATER)]
)
def test_trouble_that_is_everybodys_ends_the_run_and_blames_no_document(
    house: House, drop: Drop, provider: FakeProvider, status: str, code: ExitCode
) -> None:
    provider.fault = lambda _document, _number: status
    for number in range(40):
        drop(f"{number}.txt", f"{CV}{number}")

    result = go(house)

    assert result.report.exit_code == code
    assert len(names(house.folders.inbox)) == 40
    assert names(house.folders.quarantine) == []
    assert rows(house, "SELECT * FROM outcomes WHERE status = 'quarantined'") == []
    assert sum(provider.calls.values()) <= house.settings.inference.concurrency


def test_a_provider_that_is_down_ends_the_run(build: Callable[..., House], drop: Drop, provider: FakeProvider) -> None:
    provider.fault = lambda _document, _number: "503"
    for number in range(60):
        drop(f"{number}.txt", f"{CV}{number}")

    result = go(build(concurrency=2))

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert sum(provider.calls.values()) < 40


def test_retry_takes_documents_out_of_quarantine(house: House, drop: Drop, provider: FakeProvider) -> None:
    provider.fault = lambda _document, _number: "422"
    drop("ida.txt", CV, folder="cv")
    go(house)
    provider.fault = lambda _document, _number: None

    taken = retry(house, "ida.txt")

    assert taken == [house.folders.inbox / "cv" / "ida.txt"]
    assert names(house.folders.quarantine) == []
    go(house)
    assert names(house.folders.done) == ["ida.txt"]
    assert rows(house, "SELECT status, reason FROM outcomes") == [("done", None)]


def test_a_quarantined_file_put_back_by_hand_is_tried_again(house: House, drop: Drop, provider: FakeProvider) -> None:
    provider.fault = lambda _document, _number: "422"
    path = drop("ida.txt", CV)
    go(house)
    provider.fault = lambda _document, _number: None
    shutil.move(house.folders.quarantine / "refused" / "ida.txt", path)

    go(house)

    assert names(house.folders.done) == ["ida.txt"]
    assert names(house.folders.quarantine) == []  # nor does the note stay that said why


def test_a_copy_of_a_quarantined_document_is_not_paid_for_again(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    provider.fault = lambda _document, _number: "prose"
    drop("ida.txt", CV)
    go(house)
    calls = sum(provider.calls.values())
    drop("copy of ida.txt", CV)

    result = go(house)

    assert sum(provider.calls.values()) == calls == 2
    assert result.report.counts == {"quarantined": 1}
    assert names(house.folders.quarantine) == sorted(
        ["ida.txt", "ida.txt.txt", "copy of ida.txt", "copy of ida.txt.txt"]
    )


def test_a_quarantined_document_is_asked_again_of_another_model(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    provider.fault = lambda _document, _number: "prose"
    drop("ida.txt", CV)
    go(house)
    provider.fault = lambda _document, _number: None
    drop("ida.txt", CV)

    go(House(house.configuration.with_model("better-model"), house.world))

    assert names(house.folders.done) == ["ida.txt"]


def test_redo_reads_done_documents_again_with_another_model(house: House, drop: Drop, provider: FakeProvider) -> None:
    drop("ida.txt", CV)
    go(house)
    better = House(house.configuration.with_model("better-model"), house.world)

    for _ in range(2):
        asyncio.run(redo(better, "cv", None, Order("redo"), Listener()))

    assert [request["model"] for request in provider.requests] == ["some-model", "better-model"]
    assert rows(house, "SELECT model FROM summaries ORDER BY id") == [("some-model",), ("better-model",)]
    assert rows(house, "SELECT model FROM latest_summaries") == [("better-model",)]
    assert names(house.folders.done) == ["ida.txt"]


def test_redo_goes_on_where_it_stopped_and_opens_nothing_that_is_known(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    for number in range(3):
        drop(f"{number}.txt", CV + str(number))
    go(house)
    better = House(house.configuration.with_model("better-model"), house.world)

    counts = [asyncio.run(redo(better, "cv", None, Order("redo", limit=2), Listener())).report.counts for _ in range(3)]

    assert counts == [{"done": 2}, {"done": 1, "known": 2}, {"known": 3}]
    assert provider.calls.total() == 6
    assert rows(house, "SELECT count(*) FROM runs") == [(3,)]  # where there is nothing to read, none begins


def test_a_redo_that_fails_keeps_the_old_summary(house: House, drop: Drop, provider: FakeProvider) -> None:
    drop("ida.txt", CV)
    go(house)
    provider.fault = lambda _document, _number: "422"

    asyncio.run(redo(House(house.configuration.with_model("b"), house.world), "cv", None, Order("redo"), Listener()))

    assert rows(house, "SELECT status FROM outcomes") == [("done",)]
    assert rows(house, "SELECT model FROM latest_summaries") == [("some-model",)]
    assert names(house.folders.done) == ["ida.txt"]


def test_a_vanished_inbox_is_an_error_and_not_an_empty_inbox(house: House, drop: Drop) -> None:
    drop("ida.txt", CV)
    go(house)
    shutil.rmtree(house.folders.inbox)

    with pytest.raises(Exception, match="is not there") as caught:
        go(house)

    assert getattr(caught.value, "exit_code", None) == ExitCode.TRY_LATER


def test_a_file_that_changes_while_it_is_read_stays_for_the_next_run(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    path = drop("ida.txt", CV)

    def change(_document: str, _number: int) -> None:
        path.write_text(CV + "changed")

    provider.fault = change
    go(house)
    assert names(house.folders.inbox) == ["ida.txt"]
    provider.fault = lambda _document, _number: None

    go(house)

    assert [path.read_text() for path in house.folders.done.rglob("*.txt")] == [CV + "changed"]


def test_where_a_file_really_went_is_written_down(house: House, drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    drop("ida.txt", CV)
    commit = Store.commit

    def and_somebody_takes_its_place(self: Store, outcome: Outcome, run_id: int, place: str, **named: Any) -> Any:
        (house.data / place).parent.mkdir(parents=True)
        (house.data / place).write_text("somebody's own")
        return commit(self, outcome, run_id, place, **named)

    monkeypatch.setattr(Store, "commit", and_somebody_takes_its_place)
    go(house)

    with house.reader() as reader:
        [file] = reader.document(1)["files"]
    assert file["place"].endswith("/ida (2).txt")
    assert (house.data / file["place"]).read_text() == CV


class KilledError(BaseException):
    """Stands for SIGKILL: nothing catches it on its way."""


def kill_at(monkeypatch: pytest.MonkeyPatch, house: House, step: str, when: str) -> None:
    """Run, and die before or after one step of the store."""
    owner = RunLedger if step in ("begin", "settle") else Store
    original = getattr(owner, step)

    def dies(self: Any, *args: Any, **named: Any) -> Any:
        if when == "after":
            original(self, *args, **named).result()
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(owner, step, dies)
        with pytest.raises(BaseExceptionGroup):
            go(house)


@pytest.mark.parametrize(
    ("step", "when", "calls", "unknown"),
    [
        ("introduce", "before", 1, 0),
        ("introduce", "after", 1, 0),
        ("begin", "before", 1, 0),
        ("begin", "after", 1, 1),
        ("settle", "before", 2, 1),
        ("settle", "after", 1, 0),
        ("commit", "before", 1, 0),
        ("commit", "after", 1, 0),
        ("put_away", "before", 1, 0),
        ("put_away", "after", 1, 0),
    ],
)
def test_killed_at_any_step_nothing_is_lost_and_nothing_stored_is_paid_for_again(
    house: House,
    drop: Drop,
    provider: FakeProvider,
    monkeypatch: pytest.MonkeyPatch,
    *,
    step: str,
    when: str,
    calls: int,
    unknown: int,
) -> None:
    drop("ida.txt", CV)
    kill_at(monkeypatch, house, step, when)

    go(house)

    assert names(house.folders.inbox) == []
    assert names(house.folders.done) == ["ida.txt"]
    assert rows(house, "SELECT status FROM outcomes") == [("done",)]
    assert one(house, "SELECT count(*) FROM summaries") == 1
    assert rows(house, "SELECT count(*), count(put_away_at) FROM files") == [(1, 1)]
    assert sum(provider.calls.values()) == calls
    orphans = "SELECT count(*) FROM attempts WHERE error = 'unknown_usage' AND input_tokens IS NULL"
    assert one(house, orphans) == one(house, "SELECT count(*) FROM unknown_attempts") == unknown
    assert one(house, "SELECT count(*) FROM kept_replies") == 0


def test_a_kept_reply_that_is_of_no_use_any_more_is_not_the_last_word(
    house: House, drop: Drop, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop("ida.txt", CV)
    kill_at(monkeypatch, house, "commit", "before")
    with closing(sqlite3.connect(house.database)) as connection, connection:
        assert connection.execute("UPDATE kept_replies SET reply = '{}'").rowcount == 1

    go(house)

    assert rows(house, "SELECT status FROM outcomes") == [("done",)]
    assert sum(provider.calls.values()) == 2


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (StoreBusyError("the disk is full", "make room"), "the disk is full"),
        (ValueError("Ida Beispiel"), "an error in this program (ValueError)"),
    ],
)
def test_trouble_with_what_nobody_waited_for_ends_the_run_in_order(
    house: House,
    drop: Drop,
    provider: FakeProvider,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    message: str,
) -> None:
    def full(_connection: Connection) -> None:
        raise error

    drop("ida.txt", CV)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "put_away", lambda self, *_: self._writer.post(full))
        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert rows(house, "SELECT exit_code, message FROM runs") == [(75, message)]
    assert names(house.folders.done) == ["ida.txt"]
    assert "Ida" not in (house.data / "pipeline.log").read_text()
    go(house)
    assert rows(house, "SELECT count(*), count(put_away_at) FROM files") == [(1, 1)]
    assert sum(provider.calls.values()) == 1


def test_the_bytes_of_large_documents_are_let_go_while_a_reply_is_waited_for(
    house: House, drop: Drop, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        drop(f"{number}.txt", f"{CV}{number}" + "\n" * 2**20)
    answer, held = provider.answer, list[int]()

    def loaded() -> list[Document]:
        return [item for item in gc.get_objects() if isinstance(item, Document) and item.data is not None]

    others = loaded()  # of tests before this one; kept, so that no document of ours gets the place of one

    def count(content: bytes, key: str | None) -> Answer:
        held.append(sum(not any(item is other for other in others) for item in loaded()))
        return answer(content, key)

    monkeypatch.setattr(provider, "answer", count)
    monkeypatch.setattr("pipeline.run._ROOM", 2**20)
    go(house)
    asyncio.run(redo(House(house.configuration.with_model("better"), house.world), "cv", None, Order(), Listener()))

    assert len(held) == 10
    assert max(held) <= 1  # the one that is read meanwhile


def test_a_long_text_is_looked_through_beside_the_loop(
    house: House, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[bool, bool] = {}

    def note(fields: Any, extraction: Extraction) -> tuple[Evidence, ...]:
        seen[len(extraction.text) > 100_000] = threading.current_thread() is threading.main_thread()
        return find_evidence(fields, extraction)

    monkeypatch.setattr("pipeline.process.find_evidence", note)
    drop("short.txt", CV)
    drop("long.txt", CV + "welded frames and gates\n" * 5_000)

    result = go(house)

    assert result.report.counts["done"] == 2
    assert seen == {False: True, True: False}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["commit", "put_away"])
def test_killed_while_quarantining_the_document_is_quarantined_once(
    house: House, drop: Drop, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    drop("bad.pdf", b"%PDF-1.7 no")
    kill_at(monkeypatch, house, step, when)

    go(house)

    assert names(house.folders.inbox) == []
    assert names(house.folders.quarantine) == ["bad.pdf", "bad.pdf.txt"]
    assert rows(house, "SELECT file, reason FROM quarantine") == [("bad.pdf", "damaged")]


def test_a_name_that_is_not_unicode_is_kept_as_well_as_can_be(house: House) -> None:
    import os

    house.folders.inbox.mkdir(parents=True)
    (house.folders.inbox / os.fsdecode(b"caf\xe9.txt")).write_text(CV)

    go(house)

    assert names(house.folders.done) == ["caf\\xe9.txt"]


def test_as_of_is_the_day_that_present_means(house: House, drop: Drop) -> None:
    import datetime as dt

    drop("ida.txt", CV)

    go(house, as_of=dt.date(2025, 1, 31))

    assert rows(house, "SELECT as_of, json_extract(fields, '$.as_of') FROM summaries") == [("2025-01-31", "2025-01-31")]


def test_limit_and_only_choose_files(house: House, drop: Drop) -> None:
    for number in range(5):
        drop(f"{number}.txt", f"{CV}{number}")

    go(house, limit=2)
    assert len(names(house.folders.done)) == 2
    go(house, only="4.txt")

    assert len(names(house.folders.done)) == 3
    assert "4.txt" in names(house.folders.done)


def test_a_changed_prompt_never_returns_an_old_result(
    house: House, drop: Drop, provider: FakeProvider, tmp_path: Path
) -> None:
    drop("ida.txt", CV)
    go(house)
    shutil.copytree(PROJECT / "prompts", tmp_path / "prompts")
    prompt = tmp_path / "prompts" / "cv.md"
    prompt.write_text(prompt.read_text(encoding="utf-8") + "- One more rule.\n", encoding="utf-8")
    drop("ida.txt", CV)

    go(house)

    assert sum(provider.calls.values()) == 2
    assert one(house, "SELECT count(*) FROM summaries") == 2


def test_a_database_of_a_newer_version_is_refused(house: House, drop: Drop) -> None:
    drop("ida.txt", CV)
    go(house)
    with sqlite3.connect(house.database) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()

    with pytest.raises(StoreError, match="newer version"):
        go(house)


def test_an_answer_of_another_prompts_kind_says_where_to_put_the_file(build: Callable[..., House]) -> None:
    house = build(provider="offline")
    inbox = house.folders.inbox / "document"
    inbox.mkdir(parents=True)
    (inbox / "ida.txt").write_text("Curriculum vitae\n" + CV)

    go(house)

    assert "put it into inbox/cv/" in one(house, "SELECT notices FROM summaries")


def texts(drop: Drop, number: int) -> None:
    for one_of_them in range(number):
        drop(f"{one_of_them:02}.txt", CV.replace("Ida", f"Ida{one_of_them}"))


@pytest.mark.parametrize("fault", ["400", "422"])
@pytest.mark.parametrize(("number", "most_calls"), [(3, 3), (30, 11)])
def test_where_every_document_is_rejected_none_is_blamed(
    build: Callable[..., House], drop: Drop, provider: FakeProvider, fault: str, number: int, most_calls: int
) -> None:
    house = build(concurrency=2)
    texts(drop, number)
    provider.fault = lambda _document, _number: fault

    result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert "refuses the request" in str(result.report.brake.error)
    assert len(names(house.folders.inbox)) == number
    assert names(house.folders.quarantine) == []
    assert sum(provider.calls.values()) <= most_calls


@pytest.mark.parametrize("fault", ["400", "403", "451"])
def test_where_others_are_answered_a_rejected_document_is_to_blame_and_asked_about_once(
    house: House, drop: Drop, provider: FakeProvider, fault: str
) -> None:
    texts(drop, 4)
    seen: list[str] = []
    provider.fault = lambda document, _number: seen.append(document) or (fault if len(seen) == 3 else None)  # type: ignore[func-returns-value]

    result = go(house)

    assert result.report.exit_code == ExitCode.ATTENTION
    assert len(names(house.folders.quarantine)) == 2
    assert len(names(house.folders.done)) == 3
    assert sum(provider.calls.values()) == 4


def test_a_key_that_is_withdrawn_in_the_middle_ends_the_run_and_blames_no_document(
    build: Callable[..., House], drop: Drop, provider: FakeProvider
) -> None:
    house = build(concurrency=1)
    texts(drop, 30)
    provider.fault = lambda _document, _number: "403" if provider.calls.total() > 1 else None

    result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert len(names(house.folders.done)) == 1
    assert names(house.folders.quarantine) == []
    assert sum(provider.calls.values()) == 11


def test_words_that_nobody_hears_any_more_end_no_run(house: House, drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    texts(drop, 3)
    read, write = os.pipe()
    os.close(read)
    with open(write, "w", encoding="utf-8") as nobody:  # noqa: PTH123  # a descriptor has no path
        monkeypatch.setattr("sys.stderr", nobody)
        result = asyncio.run(run(house, Order(), Screen(verbose=True)))
        monkeypatch.undo()
        with contextlib.suppress(BrokenPipeError):
            nobody.close()

    assert result.report.exit_code == ExitCode.DONE
    assert len(names(house.folders.done)) == 3


@pytest.mark.parametrize("error", [StopIteration, RecursionError])
def test_an_error_of_the_embedded_engine_costs_its_own_document(
    build: Callable[..., House], monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def spoilt(text: str, *wanted: Any) -> Any:
        if "Quill" in text:
            raise error
        return engine.answer(text, *wanted)

    monkeypatch.setattr(transport, "answer", spoilt)
    house = build(provider="offline")
    house.folders.inbox.mkdir(parents=True)
    for number in range(3):
        (house.folders.inbox / f"{number}.txt").write_text(f"{CV}{'Quill' * (number == 1)} {number}")

    result = asyncio.run(asyncio.wait_for(run(house, Order(), Listener()), 20))

    assert result.report.counts == {"done": 2, "trouble": 1}
    assert names(house.folders.inbox) == ["1.txt"]
