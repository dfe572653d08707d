"""Backup, the deep look, and recovery: nothing is lost, and nothing is paid for twice, whatever becomes of the database."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fakes import FakeClock, FakeProvider, random_faults
from pipeline.app import House
from pipeline.cli import app
from pipeline.commands import retry
from pipeline.errors import BusyError, ExitCode, InboxError, SettingsError, StoreError
from pipeline.inbox.folders import MARKER
from pipeline.reports import deed_line, plan_lines
from pipeline.settings import load
from pipeline.store.backup import backups
from pipeline.upkeep.deep import Answer, look_deep
from pipeline.upkeep.recovery import backup, carry_out, plans
from test_line import CV, go, names, one, rows

Drop = Callable[..., Path]
Spoil = Callable[[Path], None]
PAGE = 4096
TABLES = ("documents", "files", "attempts", "summaries", "outcomes")


def fresh(house: House) -> House:
    return House(house.configuration, house.world)  # as a new process


def deep(house: House) -> dict[str, Answer]:
    return {answer.name: answer for answer in asyncio.run(look_deep(fresh(house)))}


def troubles(house: House) -> list[str]:
    return [name for name, answer in deep(house).items() if not answer.ok]


def recover(house: House, most: int = 99) -> list[str]:
    """Recover, or do only the first steps of it; return what was said to be done."""
    house, done = fresh(house), []
    with closing(plans(house)) as found:
        for steps in found:
            done += list(plan_lines(steps))
            for step, salvaged in carry_out(house, steps):
                done.append(deed_line(step, salvaged))
                most -= 1
                if not most:
                    return done
    return done


def kinds(house: House) -> list[str]:
    """Return what a recovery would do first."""
    with closing(plans(fresh(house))) as found:
        return [step.kind for step in next(found, [])]


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(drop: Drop, numbers: range) -> None:
    for number in numbers:
        drop(f"cv {number}.txt", CV + f"number {number}\n")


def spoil_middle(path: Path) -> None:
    """Overwrite some pages, as a failing disk does."""
    with path.open("r+b") as file:
        for page in range(12, path.stat().st_size // PAGE, 5):
            file.seek(page * PAGE)
            file.write(b"\xa5" * PAGE)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 // PAGE * PAGE)


def spoil_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"no header" * 20)


def spoil_name(path: Path) -> None:
    """Make the name of a table a word that is no text."""
    contents = path.read_bytes()
    assert contents.count(b"tablesummariessummaries") == 1
    path.write_bytes(contents.replace(b"tablesummariessummaries", b"table" + b"\xff" * 18))


SPOILING: list[Spoil] = [spoil_middle, truncate, spoil_header, spoil_name, Path.unlink]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the data of `full` is kept; it is made once."""
    return tmp_path_factory.mktemp("template") / "data"


@pytest.fixture
def full(house: House, drop: Drop, provider: FakeProvider, template: Path) -> House:
    """Return a house with eight documents in its backup, and eight more that came later."""
    if not template.exists():
        fill(drop, range(8))
        go(house)
        backup(house, 14, None)
        fill(drop, range(8, 16))
        drop("bad.pdf", b"%PDF-1.7 this is no PDF at all")
        go(house)
        house.data.rename(template)
    shutil.copytree(template, house.data)
    provider.calls.clear()
    return house


def take(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_backup_made_while_a_run_writes_is_whole_and_holds_a_moment(house: House, drop: Drop) -> None:
    drop("ida.txt", CV)
    go(house)
    with house.locked(), house.store() as store:
        going = threading.Event()

        def write() -> None:
            while not going.is_set():
                store.begin_run("hand").result()
                store._writer.submit(
                    lambda connection: connection.exec_driver_sql(
                        "INSERT INTO documents (sha256, size, seen_at) SELECT lower(hex(randomblob(32))), 1, 'now' FROM runs LIMIT 9"
                    )
                ).result()

        writer = threading.Thread(target=write)
        writer.start()
        made = [backup(house, 14, None) for _ in range(3)]
        going.set()
        writer.join()

    assert len(set(made)) == 3  # also those of one second
    for path in made:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            assert connection.execute("SELECT count(*) FROM summaries").fetchone() == (1,)
    assert stat.S_IMODE(house.backups.stat().st_mode) == 0o700
    assert sorted(path.name for path in house.backups.iterdir()) == sorted([".lock", *(path.name for path in made)])


def test_old_backups_are_removed_and_never_anybody_elses_file(full: House, clock: FakeClock) -> None:
    mine = (
        "notes.txt",
        "pipeline.db",
        "pipeline-old.db",
        "my pipeline-20200101T000000Z.db",
        "pipeline-99999999T999999Z.db",
    )
    for name in mine:
        (full.backups / name).write_text("mine")
    (full.backups / ".pipeline-20200101T000000Z.db.part-journal").touch()

    for day in range(5):
        clock.seconds = 86400.0 * day
        newest = backup(full, 3, None)

    assert [path.name for path in backups(full.backups)] == [f"pipeline-202611{day}T120000Z.db" for day in (26, 27, 28)]
    clock.is_wrong_by = dt.timedelta(days=-400)
    newest = backup(full, 1, None)
    assert backups(full.backups) == [newest]
    others = {path.name for path in full.backups.iterdir()} - {newest.name, ".lock"}
    assert others == set(mine)


def test_a_damaged_database_is_not_backed_up(full: House) -> None:
    before = tree(full.backups)
    spoil_middle(full.database)

    with pytest.raises(StoreError, match="damaged") as raised:
        backup(full, 1, None)

    assert raised.value.exit_code == ExitCode.CONFIGURATION
    assert "pipeline recover" in raised.value.hint
    assert tree(full.backups) == before


def test_a_backup_goes_where_a_person_says_and_never_over_the_database(full: House, tmp_path: Path) -> None:
    path = tmp_path / "carried away.db"
    before = tree(full.backups)

    backup(full, 14, path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM summaries").fetchone() == (16,)
    assert backup(full, 14, tmp_path).name == "pipeline-20261124T120000Z.db"
    assert tree(full.backups) == before
    with pytest.raises(SettingsError, match="beside the database"):
        backup(full, 14, full.database)
    foreign = tmp_path / "foreign.db"
    take(foreign, "CREATE TABLE notes (words)")
    shutil.copy(foreign, full.database)
    with pytest.raises(StoreError, match="another program"):
        backup(full, 14, path)


def test_a_backup_without_a_terminal_prints_nothing(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(full.data.parent)

    with full.locked():
        done = CliRunner().invoke(app, ["backup", "--keep", "2"])

    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert len(backups(full.backups)) == 2


def test_there_is_nothing_to_back_up_or_recover_before_the_first_run(house: House) -> None:
    with pytest.raises(SettingsError, match="no database"):
        backup(house, 14, None)
    assert recover(house) == []
    assert troubles(house) == []
    assert not house.data.exists()


def test_all_is_well_after_runs_with_faults(house: House, drop: Drop, provider: FakeProvider, clock: FakeClock) -> None:
    provider.fault = random_faults(7, 0.6, ["500", "drop", "cut", "schema", "refusal", "wait"])
    fill(drop, range(12))
    drop("bad.pdf", b"%PDF-1.7 this is no PDF at all")
    drop("copy.txt", CV)
    drop("copy.txt", CV, folder="cv")
    for _ in range(4):
        go(house)
        clock.seconds += 60
        assert troubles(house) == []
    retry(house, None)
    assert troubles(house) == []
    go(house)
    assert troubles(house) == []
    assert recover(house) == []


@pytest.mark.parametrize("spoil", SPOILING)
def test_recovery_brings_back_the_backup_and_what_came_after_it(
    full: House, provider: FakeProvider, spoil: Spoil
) -> None:
    everything = one(full, "SELECT count(*) FROM summaries")
    spoil(full.database)
    with pytest.raises(StoreError, match=r"damaged|gone"):
        backup(full, 14, None)

    said = recover(full)

    assert troubles(full) == []
    assert recover(full) == []
    kept = one(full, "SELECT count(*) FROM summaries")
    assert kept >= 8
    waiting = names(full.folders.inbox)
    go(full)
    assert sum(provider.calls.values()) == everything - kept  # exactly for what was lost
    assert len([name for name in waiting if name != "bad.pdf"]) == everything - kept
    assert one(full, "SELECT count(*) FROM summaries") == everything
    assert names(full.folders.inbox) == []
    assert troubles(full) == []
    aside = list((full.data / "damaged").glob("pipeline-*.db"))
    assert bool(aside) == (spoil != Path.unlink)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in [*aside, full.database])
    assert any("backup of 2026-11-24 12:00 UTC is in place" in line for line in said)


def test_most_of_a_database_with_damaged_pages_is_taken_over(full: House) -> None:
    before = {table: one(full, f"SELECT count(*) FROM {table}") for table in TABLES}
    with full.database.open("r+b") as file:
        file.seek((full.database.stat().st_size // PAGE - 1) * PAGE)  # one page, in use
        file.write(b"\xa5" * PAGE)

    recover(full)

    after = {table: one(full, f"SELECT count(*) FROM {table}") for table in TABLES}
    assert sum(after.values()) > sum(before.values()) * 0.8
    assert after["summaries"] > 8


@pytest.mark.parametrize(
    ("column", "spoiled"),
    [
        ("fields", """replace(fields, '"current"', '"currenu"')"""),
        ("evidence", """'[{"pbth":"basics.name","found":"absent"}]'"""),
        ("notices", """'[{"kind":"ocr","detayl":"page 1"}]'"""),
    ],
)
def test_a_name_within_a_summary_that_is_damaged_is_an_error_in_words(full: House, column: str, spoiled: str) -> None:
    before = one(full, "SELECT count(*) FROM summaries")
    take(full.database, f"UPDATE summaries SET {column} = {spoiled} WHERE id = 3")

    with full.reader() as reader, pytest.raises(StoreError, match="damaged") as raised:
        full.write_exports(reader, anew=True)
    assert "recover" in raised.value.hint
    assert deep(full)["integrity"].found == "damaged: a row of summaries cannot be read"
    recover(full)

    assert one(full, "SELECT count(*) FROM summaries") == before  # the backup has it
    with full.reader() as reader:
        assert full.write_exports(reader)


@pytest.mark.parametrize("damaged", [b'{"document_typ\xff":', b'{"document_type"?'])
def test_a_text_that_is_damaged_is_found_and_costs_no_other_row(full: House, damaged: bytes) -> None:
    before = one(full, "SELECT count(*) FROM summaries")
    at = full.database.read_bytes().rindex(b'{"document_type":')
    with full.database.open("r+b") as file:
        file.seek(at)
        file.write(damaged)

    assert deep(full)["integrity"].found == "damaged: a row of summaries cannot be read"
    with pytest.raises(StoreError, match="damaged") as raised:
        backup(full, 14, None)
    assert "recover" in raised.value.hint
    recover(full)

    assert troubles(full) == []
    assert one(full, "SELECT count(*) FROM summaries") >= before - 1
    go(full)
    assert one(full, "SELECT count(*) FROM summaries") == before


def test_without_a_backup_what_can_be_read_becomes_a_new_database(
    house: House, drop: Drop, provider: FakeProvider
) -> None:
    fill(drop, range(8))
    go(house)
    rows(house, "PRAGMA wal_checkpoint(TRUNCATE)")
    root = one(house, "SELECT rootpage FROM sqlite_master WHERE name = 'outcomes'")
    with house.database.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\xa5" * PAGE)

    assert kinds(house) == ["aside", "begin"]
    recover(house)

    assert troubles(house) == []
    assert one(house, "SELECT count(*) FROM outcomes WHERE status = 'done'") == 8  # known by their summaries
    go(house)
    assert sum(provider.calls.values()) == 8


def test_a_lost_run_does_not_take_its_results_with_it(full: House, provider: FakeProvider) -> None:
    take(full.database, "DELETE FROM runs WHERE id = 2")
    assert "rows point to nothing" in deep(full)["integrity"].found
    assert kinds(full) == ["mend"]

    recover(full)

    assert troubles(full) == []
    assert one(full, "SELECT count(*) FROM summaries") == 16
    go(full)
    assert sum(provider.calls.values()) == 0


def test_a_database_that_is_gone_is_not_begun_anew_while_there_are_backups(full: House, drop: Drop) -> None:
    full.database.unlink()
    drop("new.txt", CV)

    with pytest.raises(StoreError, match="is gone, but there are backups") as raised:
        go(full)

    assert raised.value.exit_code == ExitCode.CONFIGURATION
    assert not full.database.exists()
    shutil.rmtree(full.backups)
    go(full)
    assert names(full.folders.inbox) == []


def test_a_dry_run_changes_nothing(full: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (full.folders.done / "2026-11-24" / "strange.txt").write_text("strange")
    spoil_middle(full.database)
    before = tree(full.data)
    monkeypatch.chdir(full.data.parent)

    done = CliRunner().invoke(app, ["recover", "--dry-run"])

    assert done.exit_code == ExitCode.DONE
    assert "1. Set the database aside in data/damaged" in done.stderr
    assert "2. Put the backup of 2026-11-24 12:00 UTC in its place" in done.stderr
    assert tree(full.data) == before
    done = CliRunner().invoke(app, ["recover"])
    assert "Taken over" in done.stderr
    assert "Nothing to recover." in CliRunner().invoke(app, ["recover", "--yes"]).stderr


def test_a_recovery_waits_for_no_run_and_does_nothing_beside_it(full: House) -> None:
    with fresh(full).locked(), pytest.raises(BusyError):
        recover(full)


def test_an_inbox_without_its_mark_is_taken_when_a_person_says_so(full: House, drop: Drop) -> None:
    full.folders.marker.unlink()
    drop("new.txt", CV)
    assert troubles(full) == ["inbox"]

    said = recover(full)

    assert "no mark, and 1 files in it" in " ".join(said)
    assert troubles(full) == []
    go(full)
    assert names(full.folders.inbox) == []


def test_an_inbox_that_is_not_there_is_not_made_up(full: House) -> None:
    shutil.rmtree(full.folders.inbox)

    with pytest.raises(InboxError, match="not there") as raised:
        recover(full)

    assert "make the folder" in raised.value.hint
    assert troubles(full) == ["inbox"]
    assert not full.folders.inbox.exists()


def _unmove(house: House) -> None:
    """Put two files back to where they were before the moves that were written down."""
    take(house.database, "UPDATE files SET put_away_at = NULL WHERE name IN ('cv 3.txt', 'cv 4.txt', 'bad.pdf')")
    day = house.folders.done / "2026-11-24"
    (day / "cv 3.txt").rename(house.folders.inbox / "cv 3.txt")
    (house.folders.quarantine / "damaged" / "bad.pdf").rename(house.folders.inbox / "bad.pdf")


def test_moves_that_were_cut_off_are_ended(full: House, provider: FakeProvider) -> None:
    _unmove(full)
    assert "3 moves were cut off" in deep(full)["files"].found

    recover(full)

    assert names(full.folders.inbox) == []
    assert names(full.folders.quarantine / "damaged") == ["bad.pdf", "bad.pdf.txt"]
    assert rows(full, "SELECT name FROM files WHERE put_away_at IS NULL") == []
    go(full)
    assert sum(provider.calls.values()) == 0
    assert recover(full) == []


def test_a_move_whose_file_became_another_document_is_let_go(full: House, provider: FakeProvider) -> None:
    _unmove(full)
    (full.folders.inbox / "cv 3.txt").write_text(CV + "another one")

    recover(full)

    assert rows(full, "SELECT place FROM files WHERE name = 'cv 3.txt'") == [(None,)]
    go(full)
    assert sum(provider.calls.values()) == 1


def test_files_that_lie_nowhere_are_named_and_let_go(full: House) -> None:
    for number in range(7):
        (full.folders.done / "2026-11-24" / f"cv {number}.txt").unlink()
    found = deep(full)["files"]
    assert not found.ok
    assert found.found.startswith(
        "7 files do not lie in their place: cv 0.txt, cv 1.txt, cv 2.txt, cv 3.txt, cv 4.txt, …"
    )

    recover(full)

    assert "7 done documents were changed or taken away by hand" in deep(full)["files"].found
    assert troubles(full) == []
    assert recover(full) == []


def test_a_quarantined_file_put_back_by_hand_before_a_recovery_is_tried_again(full: House) -> None:
    (full.folders.quarantine / "damaged" / "bad.pdf").rename(full.folders.inbox / "bad.pdf")

    recover(full)

    assert rows(full, "SELECT status, message FROM outcomes WHERE status <> 'done'") == [
        ("waiting", "put back by hand")
    ]
    assert names(full.folders.quarantine) == []  # the note has gone as well
    go(full)
    assert names(full.folders.quarantine / "damaged") == ["bad.pdf", "bad.pdf.txt"]


def test_a_quarantined_file_that_somebody_took_away_is_not_tried_again(full: House) -> None:
    (full.folders.quarantine / "damaged" / "bad.pdf").unlink()

    recover(full)

    assert rows(full, "SELECT status, reason FROM outcomes WHERE status <> 'done'") == [("quarantined", "damaged")]
    assert troubles(full) == []


def test_files_that_were_moved_about_by_hand_are_known_again_without_a_call(
    full: House, provider: FakeProvider
) -> None:
    archive = full.folders.done / "archive"
    (full.folders.done / "2026-11-24").rename(archive)
    assert troubles(full) == ["files", "orphans"]
    assert kinds(full) == ["let_go", "adopt", "exports"]

    recover(full)

    assert one(full, "SELECT count(*) FROM files WHERE place LIKE 'done/archive/%'") == 16
    assert one(full, "SELECT count(*) FROM files") == 17
    assert troubles(full) == []
    go(full)
    assert sum(provider.calls.values()) == 0


def test_a_file_that_nobody_knows_goes_back_into_the_inbox(full: House, provider: FakeProvider) -> None:
    (full.folders.done / "strange.txt").write_text(CV + "strange")
    shutil.copy(full.folders.quarantine / "damaged" / "bad.pdf", full.folders.done / "bad.pdf")
    for name in (".DS_Store", "~$cv.docx", "half.crdownload"):
        (full.folders.done / name).write_text("no document")
    assert "2 files in done/ and quarantine/ are not in the database: done/bad.pdf" in deep(full)["orphans"].found

    said = recover(full)

    assert any("which costs 2 calls at most" in line for line in said)
    assert {"strange.txt", "bad.pdf"} <= set(names(full.folders.inbox))
    go(full)
    assert sum(provider.calls.values()) == 1
    assert names(full.folders.inbox) == []


def test_leftovers_of_a_crash_are_removed_and_nothing_that_only_looks_like_one(full: House) -> None:
    quarantine = full.folders.quarantine / "damaged"
    (full.folders.done / ".0123456789abcdef.part").write_text("half")
    (quarantine / "gone.pdf.txt").write_text("gone.pdf was not summarised.\n\nWhy: x\n")
    (quarantine / "letter.pdf.txt").write_text("Dear all")
    os.mkfifo(quarantine / "pipe.pdf.txt")  # which nobody waits for
    (full.exports / ".summaries.csv.999999999.part").write_text("half")
    (full.exports / f".summaries.csv.{os.getppid()}.part").write_text("in the making")
    (full.exports / ".mine.part").write_text("mine")
    (full.data / ".pipeline-20200101T000000Z.db.part").touch()
    found = deep(full)["orphans"].found
    assert "quarantine/damaged/letter.pdf.txt" in found
    assert "4 leftovers of a crash: done/.0123456789abcdef.part" in found

    recover(full)

    assert names(full.folders.done)[:1] == ["cv 0.txt"]
    assert names(quarantine) == ["bad.pdf", "bad.pdf.txt"]
    assert names(full.folders.inbox) == ["letter.pdf.txt"]
    assert {".mine.part", f".summaries.csv.{os.getppid()}.part"} <= set(names(full.exports))


def test_rows_that_contradict_each_other_are_named_and_mended(full: House, provider: FakeProvider) -> None:
    take(full.database, "DELETE FROM summaries WHERE document_id = 1")
    take(full.database, "DELETE FROM outcomes WHERE document_id = 2")
    take(
        full.database, "DELETE FROM outcomes WHERE document_id = (SELECT document_id FROM files WHERE name = 'bad.pdf')"
    )
    found = deep(full)["outcomes"].found
    assert found.startswith("2 files were put away without an outcome: ")
    assert "1 documents are done without a summary: " in found

    recover(full)

    assert troubles(full) == []
    assert len(names(full.folders.inbox)) == 2
    go(full)
    assert sum(provider.calls.values()) == 1
    assert troubles(full) == []


def test_sums_that_differ_are_named(full: House) -> None:
    take(full.database, "UPDATE attempts SET prompt_id = 999 WHERE id = 1")

    assert "these differ by the way they are added: attempts, input_tokens" in deep(full)["sums"].found

    recover(full)

    assert troubles(full) == []
    assert one(full, "SELECT count(*) FROM attempts") == 16  # what was paid stays in the ledger


def test_the_deep_look_is_data_too_and_says_how_old_the_newest_backup_is(
    full: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(full.data.parent)
    monkeypatch.setenv("PIPELINE_API_KEY", "sk-test")
    spoil_middle(full.database)

    done = CliRunner().invoke(app, ["check", "--deep", "--json"])

    assert done.exit_code == ExitCode.CONFIGURATION
    found = {answer["name"]: answer for answer in json.loads(done.stdout)}
    assert not found["integrity"]["ok"]
    assert "pipeline recover" in found["integrity"]["remedy"]
    clock.seconds = 86400.0 * 9
    assert deep(full)["backups"].found == "1; the newest is 9 days old: pipeline-20261124T120000Z.db"
    shutil.rmtree(full.backups)
    assert deep(full)["backups"].found == "there is none"


def test_the_backup_that_knows_most_is_taken_unless_it_is_damaged_itself(full: House, clock: FakeClock) -> None:
    clock.is_wrong_by = dt.timedelta(days=-30)
    newest = backup(full, 14, None)  # it has an older name
    full.database.unlink()
    assert f"({newest})" in " ".join(recover(full))
    assert one(full, "SELECT count(*) FROM summaries") == 16

    spoil_middle(newest)
    full.database.unlink()
    assert f"({newest})" not in " ".join(recover(full))


def test_what_only_the_journal_of_a_killed_run_holds_is_taken_over_too(full: House, tmp_path: Path) -> None:
    with closing(sqlite3.connect(full.database)) as open_all_the_time:
        open_all_the_time.execute("SELECT count(*) FROM runs").fetchall()
        take(full.database, "UPDATE runs SET message = 'only in the journal' WHERE id = 2")
        for ending in ("", "-wal"):
            shutil.copy(f"{full.database}{ending}", tmp_path)
    root = one(full, "SELECT rootpage FROM sqlite_master WHERE name = 'outcomes'")
    with (tmp_path / "pipeline.db").open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\xa5" * PAGE)
    for ending in ("", "-wal"):
        shutil.copy(tmp_path / f"pipeline.db{ending}", full.data)

    recover(full)

    assert troubles(full) == []
    assert rows(full, "SELECT message FROM runs WHERE id = 2") == [("only in the journal",)]
    assert one(full, "SELECT count(*) FROM summaries") == 16


def test_files_that_stay_in_the_inbox_are_in_their_place(house: House, drop: Drop, tmp_path: Path) -> None:
    staying = House(load(house.configuration.file, tmp_path / "data", {"PIPELINE_INBOX__MOVE": "false"}), house.world)
    fill(drop, range(3))
    go(staying)
    assert deep(staying)["files"].found == "3 files lie in their place"
    (house.folders.inbox / "cv 1.txt").unlink()
    house.folders.marker.unlink()
    assert troubles(staying) == ["inbox"]  # an inbox that may be another one says nothing about its files

    recover(staying)

    assert troubles(staying) == []
    assert rows(staying, "SELECT name FROM files WHERE place IS NULL") == [("cv 1.txt",)]


class Killed(BaseException):
    """Nothing in the program catches this."""


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """Return a way to end the program before its n-th change to the disk."""
    left = 10**9

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return function(*arguments, **more)

        return call

    def after(number: int) -> None:
        nonlocal left
        left = number

    for name in ("rename", "replace", "unlink", "fsync", "mkdir"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))
    yield after
    left = 10**9


def state(house: House) -> tuple[Any, ...]:
    """Return what a recovery must end in, moments left out."""
    found = [rows(house, f"SELECT * FROM {table} ORDER BY id") for table in ("documents", "attempts", "summaries")]
    places = rows(house, "SELECT name, place FROM files ORDER BY id")
    return (*found, places, names(house.folders.done), names(house.folders.quarantine), names(house.folders.inbox))


def test_a_recovery_that_is_killed_anywhere_ends_in_the_same_state_when_it_is_begun_again(
    full: House, kill: Callable[[int], None], tmp_path: Path
) -> None:
    (full.folders.done / "2026-11-24" / "strange.txt").write_text(CV + "strange")
    (full.folders.done / "2026-11-24" / "cv 3.txt").unlink()
    (full.folders.quarantine / "damaged" / "gone.pdf.txt").write_text("gone.pdf was not summarised.\n")
    spoil_middle(full.database)
    (full.exports / "summaries.csv").write_text("old")
    shutil.copytree(full.data, tmp_path / "before")
    recover(full)
    expected = state(full)
    table = (full.exports / "summaries.csv").read_text()

    for number in range(0, 200, 7):  # some fifty changes in all
        shutil.rmtree(full.data)
        shutil.copytree(tmp_path / "before", full.data)
        kill(number)
        try:
            recover(full)
        except Killed:
            kill(10**9)
        else:
            break
        if not full.database.exists():
            with pytest.raises(StoreError, match=r"gone|cut off"):  # a run between the two begins nothing anew
                go(full)
        recover(full)
        assert state(full) == expected, number
        assert (full.exports / "summaries.csv").read_text() == table, number
        assert len(list((full.data / "damaged").glob("pipeline-*.db"))) == 1
        assert recover(full) == []
        assert not list(full.data.glob(".*.part*"))
    assert number > 30


def test_a_damaged_database_that_was_mended_by_hand_in_between_is_not_overwritten_by_the_next_one(full: House) -> None:
    spoil_middle(full.database)
    recover(full, most=1)
    shutil.copy(backups(full.backups)[0], full.database)
    spoil_header(full.database)

    recover(full)

    assert troubles(full) == []
    assert len(list((full.data / "damaged").glob("pipeline-*.db"))) == 2


def test_only_some_steps_done_the_rest_follows(full: House) -> None:
    (full.folders.done / "strange.txt").write_text(CV + "strange")
    (full.folders.done / "2026-11-24" / "cv 3.txt").unlink()
    full.folders.marker.unlink()
    full.database.unlink()

    for _ in range(20):
        if not recover(full, most=1):
            break

    assert troubles(full) == []
    assert names(full.folders.inbox).count("strange.txt") == 1
    assert (full.folders.inbox / MARKER).exists()
