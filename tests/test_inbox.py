"""What is taken from the inbox and when, and where files go."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.disk import to_disk
from pipeline.errors import ChangedError, InboxError, Reason
from pipeline.inbox.folders import Folders
from pipeline.inbox.looking import LARGEST, Look, Stamp, Waiting, read_file, read_waiting
from pipeline.inbox.moving import free, move, note_path, numbered
from pipeline.records import Failure
from pipeline.settings import ExtractSettings

TODAY = dt.date(2026, 11, 24)
LOCKED = Failure(Reason.ENCRYPTED, "it has a password", "take it off")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path / "data", settle=2.0)
    folders.make()
    return folders


def ready(look: Look) -> list[str]:
    return [waiting.name for waiting in look.ready]


def waiting(folders: Folders, name: str, text: str = "x") -> Waiting:
    (folders.inbox / name).write_text(text)
    folders.look(0.0)
    return next(file for file in folders.look(9.0).ready if file.name == name)


def test_a_file_is_ready_when_it_was_the_same_two_seconds_ago(folders: Folders) -> None:
    (folders.inbox / "a.pdf").write_text("x")

    assert ready(folders.look(100.0)) == []
    assert ready(folders.look(101.9)) == []
    assert ready(folders.look(102.0)) == ["a.pdf"]


def test_a_file_that_grows_between_two_looks_is_not_ready(folders: Folders) -> None:
    path = folders.inbox / "a.pdf"
    path.write_text("x")
    folders.look(100.0)
    path.write_text("xy")

    assert ready(folders.look(102.0)) == []
    assert ready(folders.look(104.0)) == ["a.pdf"]


def test_a_file_rewritten_with_the_same_size_and_time_is_noticed(folders: Folders) -> None:
    path = folders.inbox / "a.pdf"
    path.write_text("old")
    folders.look(100.0)
    times = path.stat()
    path.write_text("new")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert ready(folders.look(102.0)) == []


def test_settle_zero_means_one_look(tmp_path: Path) -> None:
    folders = Folders(tmp_path, settle=0.0)
    folders.make()
    (folders.inbox / "a.pdf").write_text("x")

    assert ready(folders.look(0.0)) == ["a.pdf"]


def test_the_oldest_file_comes_first(folders: Folders) -> None:
    for number, name in enumerate(["c", "a", "b"]):
        (folders.inbox / name).write_text("x")
        os.utime(folders.inbox / name, (1000 + number, 1000 + number))
    folders.look(0.0)

    assert ready(folders.look(9.0)) == ["c", "a", "b"]


def test_what_is_no_finished_document_is_left_alone_and_said(folders: Folders) -> None:
    inbox = folders.inbox
    for name in (".hidden", "~$cv.docx", "cv.pdf.part", "cv.crdownload", "CV.TMP", "Thumbs.db", "desktop.ini"):
        (inbox / name).write_text("x")
    (inbox / "empty.pdf").touch()
    os.mkfifo(inbox / "pipe.pdf")
    (inbox / "real").write_text("x")
    (inbox / "link.pdf").symlink_to(inbox / "real")
    (inbox / "x.pdf").mkdir()
    (inbox / ".git").mkdir()
    (inbox / ".git" / "config").write_text("x")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.relpath(inbox / "socket.pdf"))
    folders.look(0.0)

    look = folders.look(9.0)
    listener.close()

    assert ready(look) == ["real"]
    assert {item.name: item.why for item in look.ignored} == {
        ".hidden": "hidden",
        ".git": "hidden",
        "~$cv.docx": "lock file of an office program",
        "cv.pdf.part": "still being downloaded",
        "cv.crdownload": "still being downloaded",
        "CV.TMP": "still being downloaded",
        "Thumbs.db": "a file of the system's own",
        "desktop.ini": "a file of the system's own",
        "empty.pdf": "empty",
        "pipe.pdf": "named pipe",
        "link.pdf": "symbolic link",
        "socket.pdf": "socket",
    }


@pytest.mark.parametrize("name", ["inbox", "done", "quarantine"])
def test_what_stands_where_a_folder_should_be_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(InboxError, match=f"{name} is no folder"):
        Folders(tmp_path, settle=0).make()


def test_a_vanished_inbox_is_an_error(folders: Folders) -> None:
    folders.inbox.rmdir()

    with pytest.raises(InboxError, match="is not there"):
        folders.look(0.0)


def test_an_empty_mount_point_is_not_taken_for_the_inbox(folders: Folders) -> None:
    folders.know(folders.mark("a1b2"))
    (folders.inbox / "a.pdf").write_text("x")
    folders.look(0.0)
    mounted = folders.inbox.rename(folders.data / "share")
    folders.inbox.mkdir()

    with pytest.raises(InboxError, match=r"not the inbox it was: it has no file \.inbox-pipeline"):
        folders.look(9.0)
    folders.mark("c3d4")
    with pytest.raises(InboxError, match="has another mark"):
        folders.look(9.0)
    folders.marker.unlink()
    folders.inbox.rmdir()
    mounted.rename(folders.inbox)
    assert ready(folders.look(9.0)) == ["a.pdf"]


def test_nobody_waits_for_a_mark_that_is_no_file(folders: Folders) -> None:
    folders.marker.unlink(missing_ok=True)
    os.mkfifo(folders.marker)
    folders.know("token")

    with pytest.raises(InboxError, match="has no file"):
        folders.look(0.0)


def test_the_marker_says_what_it_is_for_and_is_no_document(folders: Folders) -> None:
    folders.know(folders.mark("a1b2"))

    assert folders.look(0.0) == Look()
    assert "leave it here" in folders.marker.read_text()


@pytest.mark.parametrize("put", [Path.symlink_to, Path.hardlink_to, lambda marker, _: os.mkfifo(marker)])
def test_a_mark_takes_a_place_and_is_written_into_nothing_that_is_there(
    folders: Folders, tmp_path: Path, put: Callable[[Path, Path], None]
) -> None:
    """Whoever may put files into the inbox may not have others of ours overwritten."""
    theirs = tmp_path / "precious"
    theirs.write_text("\nits first line is empty")
    put(folders.marker, theirs)

    assert folders.mark("a1b2") == folders.mark_found() == "a1b2"
    assert theirs.read_text().endswith("is empty")


def test_an_inbox_that_cannot_be_marked_says_so(folders: Folders) -> None:
    folders.marker.mkdir()

    with pytest.raises(InboxError, match="cannot be marked") as raised:
        folders.mark("a1b2")
    assert str(folders.marker) in raised.value.hint


def test_a_mark_that_is_there_stays(folders: Folders) -> None:
    folders.marker.write_text("theirs\n")

    assert folders.mark("a1b2") == "theirs"
    assert folders.marker.read_text() == "theirs\n"


def test_what_is_done_and_stays_is_not_seen_again_until_it_is_touched(folders: Folders) -> None:
    (folders.inbox / "cv").mkdir()
    file, other = folders.inbox / "cv" / "a.pdf", folders.inbox / "b.pdf"
    for path in (file, other):
        path.write_text("x")
    folders.look(0.0)
    kept = {"cv": {found.name: found.seal for found in folders.look(9.0).ready if found.name == "a.pdf"}}

    look = folders.look(18.0, kept)
    file.write_text("y")
    touched = folders.look(27.0, kept)

    assert (ready(look), look.kept) == (["b.pdf"], 1)
    assert (len(touched.unsettled), touched.kept) == (1, 0)


def test_a_file_that_changes_while_it_is_read_is_not_half_read(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = waiting(folders, "a.pdf", "x" * 3_000_000)
    real = hashlib.sha256

    def changing(*args: bytes) -> object:
        file.path.write_text("y" * 3_000_000)
        return real(*args)

    monkeypatch.setattr(hashlib, "sha256", changing)

    with pytest.raises(ChangedError):
        read_waiting(file, most=10)


@pytest.mark.parametrize("become", ["link", "pipe", "folder", "nothing"])
def test_a_file_that_became_something_else_is_not_read(folders: Folders, become: str) -> None:
    file = waiting(folders, "a.pdf")
    file.path.unlink()
    if become == "link":
        file.path.symlink_to("/etc/hostname")
    elif become == "pipe":
        os.mkfifo(file.path)
    elif become == "folder":
        file.path.mkdir()

    with pytest.raises((ChangedError, OSError)):
        read_waiting(file, most=10)


def test_a_note_that_cannot_be_written_whole_is_not_left_half(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = waiting(folders, "a.pdf")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.inbox.moving.os.fdopen", full)
    with pytest.raises(OSError, match="No space"):
        folders.put_away(file, folders.place_for("a.pdf", LOCKED, TODAY), LOCKED)

    assert file.path.exists()
    assert list((folders.quarantine / "encrypted").iterdir()) == []


def test_a_document_is_known_by_its_bytes_and_its_folder(folders: Folders) -> None:
    (folders.inbox / "cv" / "july").mkdir(parents=True)
    (folders.inbox / "cv" / "july" / "a.pdf").write_bytes(b"abc")
    folders.look(0.0)

    document = read_waiting(folders.look(9.0).ready[0], most=10)

    assert document.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (document.name, document.folder, document.size, document.data) == ("a.pdf", "cv/july", 3, b"abc")


def test_a_file_that_is_too_large_is_hashed_but_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 3_000_000)

    document = read_file(path, "a", "", most=2_999_999)

    assert (document.size, document.data) == (3_000_000, None)
    assert read_file(path, "a", "", most=3_000_000).sha256 == document.sha256


def test_a_file_of_terabytes_of_holes_is_named_at_once_by_its_size_and_its_ends(tmp_path: Path) -> None:
    path, copy = tmp_path / "a", tmp_path / "b"
    for place in (path, copy):
        with place.open("wb") as file:
            file.truncate(2**42)
            file.seek(-1, os.SEEK_END)
            file.write(b"x")

    document = read_file(path, "a", "", most=LARGEST)

    assert (document.size, document.data) == (2**42, None)
    assert read_file(copy, "b", "", most=0).sha256 == document.sha256
    with copy.open("ab") as file:
        file.write(b"x")
    assert read_file(copy, "b", "", most=0).sha256 != document.sha256


def test_no_reader_takes_what_is_not_hashed_whole() -> None:
    assert ExtractSettings(max_file_mib=1024).max_file_mib * 2**20 == LARGEST
    with pytest.raises(ValueError, match="less than or equal to 1024"):
        ExtractSettings(max_file_mib=1025)


def test_done_files_go_to_the_day_and_quarantined_ones_to_the_reason_with_a_note(folders: Folders) -> None:
    good, bad = waiting(folders, "good.pdf"), waiting(folders, "bad.pdf")

    assert folders.put_away(good, folders.place_for("good.pdf", None, TODAY), None) == "done/2026-11-24/good.pdf"
    place = folders.put_away(bad, folders.place_for("bad.pdf", LOCKED, TODAY), LOCKED)

    assert place == "quarantine/encrypted/bad.pdf"
    note = (folders.data / "quarantine" / "encrypted" / "bad.pdf.txt").read_text()
    assert "bad.pdf" in note
    assert "it has a password" in note
    assert "take it off" in note


def test_a_place_is_promised_to_one_file_only(folders: Folders) -> None:
    places = [folders.place_for("a.pdf", None, TODAY) for _ in range(3)]

    assert places == ["done/2026-11-24/a.pdf", "done/2026-11-24/a (2).pdf", "done/2026-11-24/a (3).pdf"]


@pytest.mark.parametrize(("first", "second"), [("CV.txt", "cv.txt"), ("\u00e9.txt", "e\u0301.txt")])
def test_a_place_is_promised_once_where_a_share_knows_two_spellings_as_one(
    folders: Folders, first: str, second: str
) -> None:
    assert folders.place_for(first, None, TODAY) == f"done/2026-11-24/{first}"
    assert folders.place_for(second, None, TODAY).endswith(" (2).txt")


def test_a_file_named_like_another_ones_note_overwrites_nothing(folders: Folders) -> None:
    first, second = waiting(folders, "a.pdf"), waiting(folders, "a.pdf.txt", "a document of its own")

    for file in (first, second):
        folders.put_away(file, folders.place_for(file.name, LOCKED, TODAY), LOCKED)

    files = sorted(path.name for path in (folders.quarantine / "encrypted").iterdir())
    assert files == ["a.pdf", "a.pdf (2).txt", "a.pdf (2).txt.txt", "a.pdf.txt"]
    assert (folders.quarantine / "encrypted" / "a.pdf (2).txt").read_text() == "a document of its own"


def test_a_place_taken_meanwhile_is_not_overwritten(folders: Folders) -> None:
    file = waiting(folders, "a.pdf", "new")
    place = folders.place_for("a.pdf", None, TODAY)
    (folders.data / place).parent.mkdir(parents=True)
    (folders.data / place).write_text("old")

    assert folders.put_away(file, place, None) == "done/2026-11-24/a (2).pdf"
    assert (folders.data / place).read_text() == "old"


def test_a_file_that_changed_or_vanished_meanwhile_is_left_to_the_next_look(folders: Folders) -> None:
    changed, vanished = waiting(folders, "changed"), waiting(folders, "vanished")
    changed.path.write_text("something else")
    vanished.path.unlink()

    assert folders.put_away(changed, folders.place_for("changed", None, TODAY), None) is None
    assert folders.put_away(vanished, folders.place_for("vanished", None, TODAY), None) is None
    assert changed.path.read_text() == "something else"


def test_a_file_that_vanishes_at_the_last_moment_leaves_no_note_about_nothing(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = waiting(folders, "a.pdf")

    def taken_away(source: Path, target: Path, stamp: Stamp) -> None:
        source.unlink()
        move(source, target, stamp)

    monkeypatch.setattr("pipeline.inbox.folders.move", taken_away)

    assert folders.put_away(file, folders.place_for("a.pdf", LOCKED, TODAY), LOCKED) is None
    assert list((folders.quarantine / "encrypted").iterdir()) == []


def test_taken_back_a_file_lies_in_its_old_folder_and_its_note_is_gone(folders: Folders) -> None:
    file = waiting(folders, "a.pdf")
    place = folders.put_away(file, folders.place_for("a.pdf", LOCKED, TODAY), LOCKED)
    assert place is not None

    assert folders.take_back(place, "cv/july") == folders.inbox / "cv" / "july" / "a.pdf"
    assert list((folders.quarantine / "encrypted").iterdir()) == []
    assert folders.take_back(place, "cv/july") is None


@given(
    name=st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=255),
    number=st.integers(1, 2000),
    with_note=st.booleans(),
)
def test_a_numbered_name_fits_every_file_system_and_keeps_its_suffix(name: str, number: int, with_note: bool) -> None:
    result = numbered(name, number, with_note=with_note)

    assert len((result + ".txt" * with_note).encode()) <= 255
    suffix = os.path.splitext(name)[1]  # noqa: PTH122  # on a name, not on a path
    assert result.endswith(suffix) or len(suffix.encode()) > 20
    if number == 1 and len(name.encode()) <= 251:
        assert result == name


@given(in_a_row=st.integers(0, 300), others=st.sets(st.integers(2, 400)), with_note=st.booleans())
def test_a_free_name_is_found_without_looking_at_all_that_are_taken(
    in_a_row: int, others: set[int], with_note: bool
) -> None:
    taken = {
        Path("done") / numbered("CV.pdf", number, with_note=False) for number in {*range(1, in_a_row + 1), *others}
    }
    looks: list[Path] = []

    def is_taken(path: Path) -> bool:
        looks.append(path)
        return path in taken

    found = free(Path("done"), "CV.pdf", is_taken, with_note=with_note)

    assert found not in taken
    assert not with_note or note_path(found) not in taken
    assert len(looks) <= 40
    if not others:
        assert found.name == numbered("CV.pdf", in_a_row + 1, with_note=with_note)


def test_across_file_systems_a_file_is_copied_whole_and_then_removed(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = waiting(folders, "a.pdf", "content")
    real = Path.rename

    def across(self: Path, target: Path) -> Path:
        raise OSError(18, "Invalid cross-device link") if self == file.path else AssertionError(target)

    monkeypatch.setattr(Path, "rename", across)
    place = folders.put_away(file, folders.place_for("a.pdf", None, TODAY), None)
    monkeypatch.setattr(Path, "rename", real)

    assert place is not None
    assert (folders.data / place).read_text() == "content"
    assert list(folders.inbox.iterdir()) == []
    assert [path.name for path in (folders.data / place).parent.iterdir()] == ["a.pdf"]


@pytest.mark.parametrize("failure", [None, LOCKED])
@pytest.mark.parametrize("is_across", [False, True])
@pytest.mark.parametrize("scanner", ["replaces", "rewrites", "takes away"])
def test_a_document_that_comes_under_the_same_name_at_the_last_moment_is_not_put_away_unread(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, scanner: str, failure: Failure | None, *, is_across: bool
) -> None:
    """A scanner that writes scan.pdf anew: just before the rename, or while a slow disk is copied to."""
    file = waiting(folders, "scan.pdf", "read")
    real = Path.rename

    def scan() -> None:
        if scanner == "replaces":
            (folders.data / "new").write_text("unread")
            (folders.data / "new").replace(file.path)
        elif scanner == "rewrites":
            file.path.write_text("unread")
        else:
            file.path.unlink()

    def rename(self: Path, target: Path) -> Path:
        if self != file.path or target.parent == folders.inbox:
            return real(self, target)
        scan()
        if is_across:
            raise OSError(18, "Invalid cross-device link")
        return real(self, target)

    def copied(_source: Path, target: Path) -> None:
        target.write_text("read")

    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr("pipeline.inbox.moving._copy", copied)
    assert folders.put_away(file, folders.place_for("scan.pdf", failure, TODAY), failure) is None

    left = [path.read_text() for path in folders.inbox.iterdir()]
    assert left == ([] if scanner == "takes away" else ["unread"])
    assert [path for path in folders.data.rglob("*") if path.is_file() and path.parent != folders.inbox] == []


def test_a_share_that_keeps_no_rights_and_cannot_wait_for_its_disk_takes_files_all_the_same(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = waiting(folders, "a.pdf", "content")
    real = os.fsync

    def refuse(*_: object, **_more: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    def fsync(number: int) -> None:
        if stat.S_ISDIR(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(number)

    def across(_self: Path, _target: Path) -> Path:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "rename", across)
    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(os, "fsync", fsync)
    place = folders.put_away(file, folders.place_for("a.pdf", None, TODAY), None)

    assert place is not None
    assert (folders.data / place).read_text() == "content"
    assert list(folders.inbox.iterdir()) == []


def test_a_disk_that_fails_is_no_share_that_cannot_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_number: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(OSError, match="Input/output"):
        to_disk(tmp_path)


def test_a_mark_that_cannot_be_read_is_not_said_to_be_gone(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    folders.know(folders.mark("a1b2"))

    def broken(_: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("pipeline.inbox.folders.read_start", broken)
    with pytest.raises(InboxError, match=r"cannot be read: Input/output error \(look at the disk"):
        folders.must_be_there()
