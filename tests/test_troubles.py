"""Disks that are full, folders nobody may write to, files nobody may read, databases that somebody else holds.

On real file systems. As root, a test gives up the rights that make root blind to permissions; a full disk is a
small tmpfs where one may be mounted, and a limit on the size of files everywhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import sqlite3
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fakes import FakeProvider
from pipeline.cli import app
from pipeline.inbox.folders import MARKER
from pipeline.store.database import unusable
from server import serving
from test_line import CV, names

_CAPABILITY_VERSION, _SEE_ALL, _READ_ALL = 0x20080522, 1, 2
_IN_HAND = 8


@contextlib.contextmanager
def obeying_permissions() -> Iterator[None]:
    """Give up what lets root ignore permissions, in this thread and those it starts."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    before, without = (ctypes.c_uint32 * 6)(), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, before) == libc.capget(header, without) == 0
    without[0] &= ~(1 << _SEE_ALL | 1 << _READ_ALL)
    assert libc.capset(header, without) == 0
    try:
        yield
    finally:
        libc.capset(header, before)


class Desk:
    """A folder with documents in its inbox, a provider that counts, and the program."""

    def __init__(self, folder: Path, provider: FakeProvider, url: str) -> None:
        self.data, self.provider = folder / "data", provider
        self.inbox = self.data / "inbox"
        self.environ = {
            "PIPELINE_INBOX__SETTLE": "0",
            "PIPELINE_INFERENCE__PROVIDER": "custom",
            "PIPELINE_INFERENCE__BASE_URL": url,
            "PIPELINE_INFERENCE__MODEL": "some-model",
        }

    @property
    def calls(self) -> int:
        return sum(self.provider.calls.values())

    def drop(self, *numbers: int) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            (self.inbox / f"{number}.txt").write_text(f"{CV}{number}")

    def run(self, *words: str, code: int = 0) -> str:
        """Return what the program said. Never a traceback."""
        with obeying_permissions():
            done = CliRunner().invoke(app, [*(words or ("run",)), "--data", str(self.data)], env=self.environ)
        assert done.exit_code == code, (done.output, done.exception)
        assert "Traceback" not in done.output
        return done.output

    def must_hold(self, *numbers: int) -> None:
        """All is done: each document once in the database, its file in one place, nothing left lying about."""
        assert names(self.inbox) == []
        assert Counter(names(self.data / "done")) == Counter(f"{number}.txt" for number in numbers)
        assert names(self.data / "quarantine") == []
        connection = sqlite3.connect(self.data / "pipeline.db")
        assert connection.execute("SELECT status, count(*) FROM outcomes GROUP BY 1").fetchall() == [
            ("done", len(numbers))
        ]
        assert connection.execute("SELECT count(*) FROM summaries").fetchone() == (len(numbers),)
        assert connection.execute("SELECT count(*) FROM files WHERE put_away_at IS NULL").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    provider = FakeProvider()
    with serving(provider) as url:
        yield Desk(tmp_path, provider, url)


@contextlib.contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    """Give a file or folder other permissions for a while."""
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """Mount a small file system."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_ends_the_run_before_money_is_spent_on_what_cannot_be_kept(tmp_path: Path) -> None:
    provider = FakeProvider()
    with serving(provider) as url, small_disk(tmp_path / "disk", "3500k"):
        desk = Desk(tmp_path / "disk", provider, url)
        desk.drop(*range(60))

        said = desk.run(code=75)

        assert "nearly full" in said
        assert "make room" in said
        assert 0 < len(names(desk.data / "done")) == desk.calls < 60
        subprocess.run(["mount", "-o", "remount,size=64m", tmp_path / "disk"], check=True)
        desk.run()
        desk.must_hold(*range(60))
        assert desk.calls == 60


def test_a_disk_that_somebody_else_fills_loses_nothing(tmp_path: Path) -> None:
    provider = FakeProvider()
    with serving(provider) as url, small_disk(tmp_path / "disk", "8m"):
        desk = Desk(tmp_path / "disk", provider, url)
        desk.drop(*range(10))
        ballast = tmp_path / "disk" / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

        said = desk.run(code=75)

        assert "full" in said or "No space" in said
        assert desk.calls == 0
        ballast.unlink()
        desk.run()
        desk.must_hold(*range(10))


def test_a_backup_that_has_no_room_names_the_disk_that_is_full(desk: Desk, tmp_path: Path) -> None:
    desk.drop(1)
    desk.run()
    with small_disk(tmp_path / "stick", "64k"):
        said = desk.run("backup", "--output", str(tmp_path / "stick" / "copy.db"), code=75)
        assert names(tmp_path / "stick") == []

    assert f"the disk of {tmp_path / 'stick' / 'copy.db'} is full" in said


def test_files_that_may_not_grow_end_the_run_and_lose_nothing(desk: Desk) -> None:
    desk.drop(*range(60))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        said = desk.run(code=75)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert "cannot be read or written" in said
    assert "ulimit -f" in said
    assert len(names(desk.inbox)) + len(names(desk.data / "done")) == 60
    desk.run()
    desk.must_hold(*range(60))
    assert desk.calls <= 60 + _IN_HAND


def test_an_inbox_nobody_may_write_to_is_read_and_emptied_later_without_a_second_call(desk: Desk) -> None:
    desk.drop()
    desk.run()
    desk.drop(1, 2)
    with mode(desk.inbox, 0o555):
        for _ in range(2):
            said = desk.run(code=1)
            assert "1.txt" in said
            assert "its result is stored, but it cannot be moved: Permission denied" in said
            assert f"the rights of {desk.inbox} and" in said
            assert "the next run moves it" in said
            assert "move = false" in said

    desk.run()
    desk.must_hold(1, 2)
    assert desk.calls == 2


@pytest.mark.parametrize(("moves", "code"), [("false", 0), ("true", 78)])
def test_an_inbox_nobody_may_write_to_is_in_order_where_files_stay_in_it(desk: Desk, moves: str, code: int) -> None:
    desk.drop(1)
    desk.environ["PIPELINE_INBOX__MOVE"] = moves
    desk.run()
    with mode(desk.inbox, 0o555):
        said = desk.run("check", code=code)
    assert (f"{desk.inbox} cannot be read and written" in said) == (code != 0)


def test_an_inbox_of_another_disk_nobody_may_write_to_leaves_no_copy_each_night(desk: Desk) -> None:
    desk.data.mkdir()
    with small_disk(desk.inbox, "1m"):
        desk.drop()
        desk.run()
        desk.drop(1)
        with mode(desk.inbox, 0o555):
            for _ in range(2):
                assert "cannot be moved: Permission denied" in desk.run(code=1)
                assert names(desk.data / "done") == []
            [place] = (desk.data / "done").iterdir()
            (place / "1.txt").write_bytes((desk.inbox / "1.txt").read_bytes())  # killed after the copy
            assert "cannot be moved: Permission denied" in desk.run(code=1)

        desk.run()
        desk.must_hold(1)
    assert desk.calls == 1


def test_an_inbox_nobody_may_mark_says_so(desk: Desk) -> None:
    desk.drop(1)
    with mode(desk.inbox, 0o555):
        said = desk.run(code=75)
    assert "cannot be marked: Permission denied" in said
    assert str(desk.inbox / MARKER) in said

    desk.run()
    desk.must_hold(1)


@pytest.mark.parametrize("folder", ["done", "quarantine", "exports"])
def test_a_folder_nobody_may_write_to_costs_no_call_twice(desk: Desk, folder: str) -> None:
    desk.drop(1)
    desk.run()
    desk.drop(2)
    (desk.inbox / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    closed = next((desk.data / folder).iterdir()) if folder == "done" else desk.data / folder
    with mode(closed, 0o555):
        said = desk.run(code=75 if folder == "exports" else 1)
    assert "Permission denied" in said
    assert str(desk.data) in said

    said = desk.run(code=0 if folder != "quarantine" else 1)
    assert names(desk.data / "quarantine") == ["bad.pdf", "bad.pdf.txt"]
    assert names(desk.data / "done") == ["1.txt", "2.txt"]
    assert desk.calls == 2


def test_permission_denied_on_one_file_is_its_own_trouble(desk: Desk) -> None:
    desk.drop(1, 2, 3)
    denied = desk.inbox / "2.txt"
    strange = desk.inbox / os.fsdecode(b"caf\xe9.txt")
    strange.write_text("x")
    strange.chmod(0)
    with mode(denied, 0):
        said = desk.run(code=1)
    assert "2.txt" in said
    assert "caf\\xe9.txt" in said
    assert said.count("it cannot be read: Permission denied") == 2
    assert "give this program the right to read it" in said
    assert names(desk.data / "done") == ["1.txt", "3.txt"]

    strange.unlink()
    desk.run()
    desk.must_hold(1, 2, 3)


@pytest.mark.parametrize(
    ("words", "denied", "code", "after"),
    [
        (("retry",), "quarantine/damaged", 1, "inbox/b.doc"),
        (("recover", "--yes"), "done/unknown 1.txt", 75, "inbox/unknown 2.txt"),
        (("redo", "--prompt", "cv", "--model", "another"), "done/DAY/1.txt", 1, None),
    ],
)
def test_one_file_nobody_may_touch_holds_up_no_other(
    desk: Desk, words: tuple[str, ...], denied: str, code: int, after: str | None
) -> None:
    desk.drop(1, 2)
    (desk.inbox / "a.pdf").write_bytes(b"%PDF-1.7 no")
    (desk.inbox / "b.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    desk.run(code=1)
    for number in (1, 2):
        (desk.data / "done" / f"unknown {number}.txt").write_text(f"{number}")
    [day] = [path for path in (desk.data / "done").iterdir() if path.is_dir()]
    path = desk.data / denied.replace("DAY", day.name)
    with mode(path, 0o500 if path.is_dir() else 0):
        said = desk.run(*words, code=code)

    assert "Permission denied" in said
    assert path.name in said or "a.pdf" in said
    assert after is None or (desk.data / after).exists()
    assert desk.calls == (3 if words[0] == "redo" else 2)


def test_a_sub_folder_nobody_may_read_is_left_alone_and_said(desk: Desk) -> None:
    desk.drop(1)
    (desk.inbox / "secret").mkdir()
    with mode(desk.inbox / "secret", 0):
        desk.run()
        told = desk.run("status")
    assert "secret (the folder cannot be read: Permission denied)" in told


@pytest.mark.parametrize("what", ["data", "pipeline.db"])
def test_a_database_nobody_may_write_to_says_so(desk: Desk, what: str) -> None:
    desk.drop(1)
    desk.run()
    desk.drop(2)
    path = desk.data if what == "data" else desk.data / what
    with mode(path, 0o500 if what == "data" else 0o400):
        said = desk.run(code=78)
    assert f"chmod u+rwX '{path}'" in said

    desk.run()
    desk.must_hold(1, 2)


def test_folders_that_vanish_during_a_run_are_made_again(desk: Desk) -> None:
    desk.drop(*range(20))
    real = desk.provider.answer

    def remove(content: bytes, key: str | None) -> object:
        if desk.calls == 5:
            for folder in ("quarantine", "exports"):
                subprocess.run(["rm", "-rf", desk.data / folder], check=True)
        return real(content, key)

    desk.provider.answer = remove  # type: ignore[method-assign,assignment]
    (desk.inbox / "bad.pdf").write_bytes(b"%PDF-1.7 no")

    desk.run(code=1)

    assert names(desk.data / "quarantine") == ["bad.pdf", "bad.pdf.txt"]
    assert len(names(desk.data / "done")) == 20
    assert (desk.data / "exports" / "summaries.csv").exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EMFILE, 75),
        (errno.EIO, 75),
        (errno.ESTALE, 75),
        (errno.EDQUOT, 75),
        (errno.EACCES, 78),
        (errno.EISDIR, 78),
    ],
)
def test_what_passes_is_no_database_for_a_person_to_mend(tmp_path: Path, number: int, code: int) -> None:
    error = unusable(tmp_path / "pipeline.db", OSError(number, os.strerror(number)))

    assert error.exit_code == code
    assert os.strerror(number) in error.message
    assert ("permissions" in error.hint) == (code == 78)


def test_a_database_that_no_file_is_left_to_open_with_can_be_opened_later(tmp_path: Path) -> None:
    vague = sqlite3.OperationalError("unable to open database file")
    (tmp_path / "pipeline.db").touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        error = unusable(tmp_path / "pipeline.db", vague)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert (error.exit_code, "Too many open files" in error.message) == (75, True)
    assert unusable(tmp_path, vague).exit_code == 78
    passed = unusable(tmp_path / "pipeline.db", vague)  # nothing stands in the way any more
    assert (passed.exit_code, "a moment ago" in passed.message) == (75, True)


def test_a_lock_that_the_system_does_not_give_is_asked_for_again_later(tmp_path: Path) -> None:
    assert unusable(tmp_path / "pipeline.db", sqlite3.OperationalError("locking protocol")).exit_code == 75


def test_a_store_without_room_for_its_thread_opens_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", no_room)
    result = CliRunner().invoke(app, ["run", "--data", str(desk.data)], env=desk.environ)
    assert (result.exit_code, "can't start new thread" in result.output) == (75, True)
    assert not [link for link in Path("/proc/self/fd").iterdir() if "pipeline.db" in os.path.realpath(link)]


@contextlib.contextmanager
def held(database: Path, seconds: float) -> Iterator[None]:
    """Hold the database, as another program might, and give it back after a while."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(seconds, connection.execute, ["ROLLBACK"])
    timer.start()
    try:
        yield
    finally:
        timer.join()
        connection.close()


def test_a_database_that_another_program_holds_for_a_while_is_waited_for(desk: Desk) -> None:
    desk.drop(1)
    desk.run()
    desk.drop(*range(2, 9))
    with held(desk.data / "pipeline.db", float(os.environ.get("TROUBLE_SECONDS", "2"))):  # noqa: TID251  # by hand: 20
        desk.run("status")
        desk.run()

    desk.must_hold(*range(1, 9))
    assert desk.calls == 8


def test_a_database_that_another_program_never_gives_back_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.drop(1)
    desk.run()
    monkeypatch.setattr("pipeline.store.database._PRAGMAS", ("busy_timeout = 100",))
    with held(desk.data / "pipeline.db", 1.5):
        said = desk.run(code=75)

    assert "held by another program" in said


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_database_that_is_taken_away_in_the_middle_ends_the_run_before_more_is_paid_for(
    desk: Desk, is_replaced: bool
) -> None:
    desk.environ["PIPELINE_INFERENCE__CONCURRENCY"] = "1"
    desk.drop(*range(20))
    database, away = desk.data / "pipeline.db", desk.data / "away.db"

    def tidy_up(_document: str, _number: int) -> None:
        if desk.calls == 3:
            database.rename(away)
            if is_replaced:
                database.write_bytes(away.read_bytes())

    desk.provider.fault = tidy_up

    said = desk.run(code=78)

    assert "taken away or replaced" in said
    assert desk.calls <= 4
    assert len(names(desk.inbox)) == 20 - len(names(desk.data / "done")) >= 17
