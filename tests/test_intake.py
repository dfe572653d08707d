"""What holds of the inbox over many runs: it is the right one, nothing is half-read, and what is done may stay there."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

import pytest

from fakes import Answer, FakeClock, FakeProvider
from pipeline.app import House
from pipeline.commands import Order, forecast_run, retry, status
from pipeline.errors import ExitCode, InboxError
from pipeline.settings import Settings, load
from test_line import CV, go, names, one, rows

Drop = Callable[..., Path]


@pytest.fixture
def staying(house: House, tmp_path: Path) -> House:
    """Return a house whose files stay in the inbox."""
    environ = {"PIPELINE_INBOX__MOVE": "false"}
    return House(load(house.configuration.file, tmp_path / "data", environ), house.world)


def test_the_inbox_is_marked_when_the_database_is_made(house: House) -> None:
    go(house)

    assert house.folders.mark_found() == one(house, "SELECT mark FROM inbox")


def test_an_inbox_that_lost_its_marker_is_an_error_of_the_run_and_never_nothing_to_do(house: House, drop: Drop) -> None:
    go(house)
    drop("ida.txt", CV)
    house.folders.marker.unlink()

    for command in (lambda: go(house), lambda: retry(house, None), lambda: asyncio.run(forecast_run(house, Order()))):
        with pytest.raises(InboxError, match="not the inbox it was") as raised:
            command()
        assert raised.value.exit_code == ExitCode.TRY_LATER
        assert "pipeline recover" in raised.value.hint
    assert "not the inbox it was" in status(house)["missing"]
    assert names(house.folders.inbox) == ["ida.txt"]


def test_a_database_from_before_there_was_a_marker_marks_the_inbox_it_finds(house: House, drop: Drop) -> None:
    go(house)
    house.folders.marker.unlink()
    with house.store() as store:
        store._writer.submit(lambda connection: connection.exec_driver_sql("DELETE FROM inbox")).result()
    drop("ida.txt", CV)

    go(house)

    assert names(house.folders.done) == ["ida.txt"]
    assert house.folders.mark_found()


def test_an_inbox_that_vanishes_during_a_run_ends_it_and_nothing_is_lost(
    build: Callable[..., House], drop: Drop, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = build(concurrency=1)
    for number in range(20):
        drop(f"{number:02}.txt", f"{CV}{number}")
    share = house.data / "share"
    answer = provider.answer

    def unmount(content: bytes, key: str | None) -> Answer:
        if sum(provider.calls.values()) == 3:
            house.folders.inbox.rename(share)
            house.folders.inbox.mkdir()
        return answer(content, key)

    monkeypatch.setattr(provider, "answer", unmount)
    result = go(house)
    monkeypatch.undo()

    assert isinstance(result.report.brake.error, InboxError)
    assert result.report.exit_code == ExitCode.TRY_LATER
    house.folders.inbox.rmdir()
    share.rename(house.folders.inbox)
    assert go(house).report.exit_code == ExitCode.DONE
    assert names(house.folders.done) == [f"{number:02}.txt" for number in range(20)]
    assert sum(provider.calls.values()) == 20


@pytest.mark.parametrize("what", ["changes", "disappears"])
def test_a_file_that_changes_or_disappears_while_in_hand_is_noticed(
    house: House, drop: Drop, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    path = drop("ida.txt", CV)
    answer = provider.answer

    def meddle(content: bytes, key: str | None) -> Answer:
        if not provider.calls:
            path.write_text(f"{CV}new") if what == "changes" else path.unlink()
        return answer(content, key)

    monkeypatch.setattr(provider, "answer", meddle)
    assert go(house).report.exit_code == ExitCode.DONE

    assert rows(house, "SELECT count(*), count(place) FROM files") == [(1, 0)]
    assert names(house.folders.inbox) == ["ida.txt"] * (what == "changes")
    go(house)
    assert [path.read_text() for path in house.folders.done.rglob("*.txt")] == [f"{CV}new"] * (what == "changes")
    assert one(house, "SELECT count(*) FROM summaries") == sum(provider.calls.values()) == 1 + (what == "changes")


def test_a_file_that_changes_before_it_is_read_makes_no_call(house: House, drop: Drop, provider: FakeProvider) -> None:
    path = drop("ida.txt", CV)
    readers = house.world.readers

    def meddle(settings: Settings) -> Executor:
        path.write_text(f"{CV}new")
        return readers(settings)

    meddling = House(house.configuration, replace(house.world, readers=meddle))
    result = go(meddling)

    assert (dict(result.report.counts), result.report.exit_code) == ({"changed": 1}, ExitCode.DONE)
    assert sum(provider.calls.values()) == 0
    go(house)
    assert [path.read_text() for path in house.folders.done.rglob("*.txt")] == [f"{CV}new"]


def test_what_is_done_may_stay_in_the_inbox_and_is_not_read_again(
    staying: House, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop("ida.txt", CV, folder="cv")
    drop("bad.pdf", b"%PDF-1.7 no")
    go(staying)
    read = []
    monkeypatch.setattr("pipeline.run.read_waiting", lambda *args: read.append(args))

    result = go(staying)

    assert (result.files, read) == (0, [])
    assert names(staying.folders.inbox) == ["bad.pdf", "ida.txt"]
    assert names(staying.folders.done) == names(staying.folders.quarantine) == []
    assert rows(staying, "SELECT place FROM files ORDER BY place") == [("inbox/bad.pdf",), ("inbox/cv/ida.txt",)]
    assert rows(staying, "SELECT file, reason FROM quarantine") == [("bad.pdf", "damaged")]
    assert (status(staying)["waiting"], status(staying)["kept"]) == (0, 2)


def test_a_staying_file_that_is_touched_costs_nothing_and_one_that_is_changed_is_a_new_document(
    staying: House, drop: Drop, provider: FakeProvider
) -> None:
    path = drop("ida.txt", CV)
    go(staying)
    os.utime(path)
    assert go(staying).report.counts == {"known": 1}
    assert go(staying).files == 0
    path.write_text(f"{CV}new")
    assert go(staying).report.counts == {"done": 1}

    assert go(staying).files == 0
    assert sum(provider.calls.values()) == 2
    assert rows(staying, "SELECT count(*), count(seal) FROM files") == [(2, 1)]


def test_a_staying_file_can_be_retried_and_moved_later(
    staying: House, house: House, drop: Drop, provider: FakeProvider
) -> None:
    provider.fault = lambda _document, _number: "422"
    path = drop("ida.txt", CV)
    go(staying)
    provider.fault = lambda _document, _number: None

    assert retry(staying, "ida.txt") == [path]
    assert go(staying).report.counts == {"done": 1}
    assert go(house).report.counts == {"known": 1}

    assert names(house.folders.done) == ["ida.txt"]
    assert rows(house, "SELECT place LIKE 'done/%', put_away_at IS NOT NULL, seal FROM files") == [(1, 1, None)]


def test_a_retry_that_is_killed_after_the_move_is_finished_by_the_next_run(
    house: House, drop: Drop, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.fault = lambda _document, _number: "422"
    drop("ida.txt", CV)
    go(house)
    provider.fault = lambda _document, _number: None
    with monkeypatch.context() as killed:
        killed.setattr("pipeline.store.store.Store.take_back", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            retry(house, None)

    go(house)

    assert names(house.folders.done) == ["ida.txt"]
    assert names(house.folders.quarantine) == []


def test_a_retry_beside_a_run_that_was_quicker_changes_nothing(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    provider.fault = lambda _document, _number: "422"
    drop("ida.txt", CV)
    go(house)
    provider.fault = lambda _document, _number: None
    with house.reader() as reader:
        [file] = reader.quarantined()
    house.folders.take_back(file.place, file.folder)
    go(house)  # the run finds the file before retry has written down that it moved it

    with house.store() as store:
        store.take_back(file).result()

    assert rows(house, "SELECT status FROM outcomes") == [("done",)]
    assert one(house, "SELECT count(*) FROM files WHERE place LIKE 'done/%'") == 1


def test_a_clock_set_back_an_hour_forgives_only_what_a_person_forgave(
    house: House, drop: Drop, provider: FakeProvider, clock: FakeClock
) -> None:
    provider.fault = lambda _document, _number: "garbage"
    drop("ida.txt", CV)
    go(house)
    retry(house, None)
    clock.is_wrong_by = dt.timedelta(hours=-1)

    go(house)
    shutil.copy(house.folders.quarantine / "gave_up" / "ida.txt", house.folders.inbox / "copy.txt")
    result = go(house)

    assert sum(provider.calls.values()) == 10
    assert result.report.counts == {"quarantined": 1}
    assert names(house.folders.quarantine / "gave_up") == ["copy.txt", "copy.txt.txt", "ida.txt", "ida.txt.txt"]
