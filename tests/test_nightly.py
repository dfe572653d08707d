"""What nobody watches: permissions, a full disk, the cron line, the units, a watch that stays small."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_docs import README, blocks

from conftest import PROJECT
from fakes import FakeProvider, Listener
from pipeline import telemetry
from pipeline.__main__ import main as start
from pipeline.app import House
from pipeline.commands import Order, run
from pipeline.errors import ExitCode
from pipeline.records import Document, Outcome
from pipeline.screen import Screen
from program import eventually
from test_cli import Shell
from test_cli import shell as shell  # noqa: PLC0414  # a fixture
from test_line import CV, names

Drop = Callable[..., Path]
UNITS = dict(
    re.findall(
        r"`/etc/systemd/system/(\S+)`[^`]*(?:`\w+`[^`]*)?\n\n```ini\n(.*?)^```$", README, re.DOTALL | re.MULTILINE
    )
)

NOTE = "quarantine/damaged/bad.pdf.txt"
LOG = logging.getLogger("pipeline.run")


@pytest.fixture
def _no_umask() -> Any:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Return the permissions of everything below a folder, the folder itself included."""
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


@pytest.mark.usefixtures("_no_umask")
def test_whatever_the_umask_all_that_is_made_is_its_owners_alone(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_BYTES_PER_FILE", 300)
    shutil.rmtree(shell.data)
    shell("run")
    for number in range(5):
        shell.drop(f"{number}.txt", f"{CV}{number}")
    shell.drop("bad.pdf", "%PDF-1.7 broken")
    came = {f"{number}.txt" for number in range(5)} | {"bad.pdf"}

    shell("run", code=1)
    shell("export", "--output", str(shell.data / "mine.jsonl"), "--format", "jsonl")

    found = modes(shell.data)
    ours = {name: mode for name, mode in found.items() if Path(name).name not in came}
    folders = {name for name in found if (shell.data / name).is_dir()}
    assert {"inbox", "done", "quarantine/damaged", "exports"} < folders
    assert {"pipeline.db", "pipeline.log", "pipeline.log.1", "mine.jsonl", NOTE} < set(ours)
    assert {name: oct(mode) for name, mode in ours.items() if mode != (0o700 if name in folders else 0o600)} == {}


@pytest.mark.usefixtures("_no_umask")
def test_what_the_database_writes_beside_itself_is_its_owners_alone(house: House) -> None:
    with house.opened() as store:
        store.begin_run("hand").result()
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in house.data.glob("pipeline.*")}

    assert found == dict.fromkeys(
        ["pipeline.db", "pipeline.db-shm", "pipeline.db-wal", "pipeline.lock", "pipeline.log"], 0o600
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_log_on_a_full_disk_says_nothing_and_stops_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    handler = telemetry.configure(Path("/dev/full"))
    LOG.info("document.done")
    LOG.warning("document.quarantined")
    telemetry.close(handler)

    assert capfd.readouterr() == ("", "")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Return a log that is written to."""
    handler = telemetry.configure(tmp_path / "pipeline.log")
    yield tmp_path / "pipeline.log"
    telemetry.close(handler)


def test_nobody_waits_for_a_reader_of_a_pipe_in_the_place_of_the_log(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipeline.log")
    with pytest.raises(OSError, match="No such device"):
        telemetry.configure(tmp_path / "pipeline.log")


def test_lines_of_the_log_go_together_and_a_warning_takes_them_along(log: Path) -> None:
    LOG.info("one")
    assert log.read_text() == ""
    LOG.warning("two")
    assert re.findall(r" (one|two)\n", log.read_text()) == ["one", "two"]


def test_a_line_of_the_log_waits_a_second_at_most(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_LONGEST_WAIT", 0.05)
    for word in ("one", "two"):
        LOG.info(word)
        assert eventually(lambda: log.read_text().endswith(f" {word}\n"))  # noqa: B023


def test_a_log_that_is_closed_has_every_line(tmp_path: Path) -> None:
    handler = telemetry.configure(tmp_path / "pipeline.log")
    LOG.info("one")
    telemetry.close(handler)
    assert (tmp_path / "pipeline.log").read_text().endswith(" one\n")


def test_a_log_changes_before_it_is_too_long_and_loses_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_BYTES_PER_FILE", 150)
    for number in range(3):  # three runs: what is there already counts as well
        handler = telemetry.configure(tmp_path / "pipeline.log")
        for line in range(5):
            LOG.log(logging.WARNING if line == 3 else logging.INFO, "ü%s-%s", number, line)
        telemetry.close(handler)

    files = [tmp_path / f"pipeline.log.{number}" for number in (3, 2, 1)] + [tmp_path / "pipeline.log"]
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in files}
    assert all(100 < path.stat().st_size < 150 for path in files[:-1])
    said = re.findall(r"ü(\d-\d)\n", "".join(path.read_text() for path in files))
    assert said == [f"{number}-{line}" for number in range(3) for line in range(5)]


def test_a_log_keeps_five_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_BYTES_PER_FILE", 100)
    handler = telemetry.configure(tmp_path / "pipeline.log")
    for number in range(20):
        LOG.info("%s", number)
    telemetry.close(handler)
    old = [f"pipeline.log.{number}" for number in range(1, 6)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipeline.log", *old]


def test_a_watch_remembers_the_documents_of_one_round(tmp_path: Path) -> None:
    screen = Screen(verbose=False)
    for number in range(3):
        screen.begin(1)
        screen.document(Outcome(Document(str(number), "a.txt", "", tmp_path, 0, b""), 0.0))
        screen.end()

    assert [document["sha256"] for document in screen.documents] == ["2"]


def test_a_house_forgets_the_places_it_has_chosen(house: House, drop: Drop, provider: FakeProvider) -> None:
    for number in range(20):
        drop(f"{number}.txt", f"{CV}{number}")
    provider.fault = lambda document, _number: "422" if document < "8" else None

    result = asyncio.run(run(house, Order(), Listener()))

    assert {"done", "quarantined"} <= set(result.report.counts)
    assert house.folders._reserved == set()


def test_the_cron_line_works_in_the_little_environment_that_cron_gives(shell: Shell) -> None:
    """See against_cron.py for the daemon itself."""
    block, backup = blocks("cron")
    line = block.splitlines()[-1]
    assert backup.rstrip().endswith("&& .venv/bin/pipeline backup")
    command = re.fullmatch(r"0 3 \* \* \*  (.*)", line)
    assert command
    assert "%" not in line  # cron takes it for the end of the line
    (shell.folder / ".venv" / "bin").mkdir(parents=True)
    program = shell.folder / ".venv" / "bin" / "pipeline"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m pipeline "$@"\n')
    program.chmod(0o700)
    name = "Lebenslauf Müller – Zürich.pdf"
    shell.drop(name, "%PDF-1.7 broken")
    environ = {"HOME": "/", "LOGNAME": "root", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"} | shell.environ

    done = subprocess.run(
        ["/bin/sh", "-c", command[1].replace("/srv/inbox-pipeline", str(shell.folder))],
        env=environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )

    words = done.stderr.decode("utf-8")
    assert (done.returncode, done.stdout) == (1, b"")
    assert f"quarantined {name} " in words
    assert "            -> " in words


def test_the_units_of_the_readme_belong_together() -> None:
    assert set(UNITS) == {
        "inbox-pipeline-.service.d/safe.conf",
        "inbox-pipeline-watch.service",
        "inbox-pipeline-night.service",
        "inbox-pipeline-night.timer",
    }
    for name, verb in (("watch", "watch"), ("night", "run")):
        assert f"bin/pipeline {verb}\n" in UNITS[f"inbox-pipeline-{name}.service"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong_with_the_units_of_the_readme(tmp_path: Path) -> None:
    for name, text in UNITS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("/srv/inbox-pipeline/.venv/bin/pipeline", "/bin/true"))
    environ = {"PATH": os.defpath, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}  # the colon: and the usual places
    units = [tmp_path / name for name in UNITS if not name.endswith(".conf")]

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], env=environ, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("words", ["status", "export --output -"])
def test_what_has_no_room_on_standard_output_is_an_error_in_words(shell: Shell, words: str) -> None:
    shell.drop()
    shell("run")

    done = in_a_shell(shell, f"{words} >/dev/full")

    assert done.returncode == ExitCode.TRY_LATER
    assert "No space left" in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_run_whose_words_nobody_takes_any_more_keeps_its_exit_code(shell: Shell) -> None:
    shell.drop("empty.pdf", "%PDF-1.7 broken")
    shell.drop()

    done = in_a_shell(shell, "run --verbose 2>&1 >&- | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}")

    assert done.stdout.strip() == str(int(ExitCode.ATTENTION))


def test_names_of_files_are_read_whatever_the_locale_says(shell: Shell) -> None:
    shell.drop("Lebenslauf Brückner 履歴書.txt")
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}

    done = in_a_shell(shell, "run", **ascii_only)
    shown = in_a_shell(shell, "show 'Lebenslauf Brückner 履歴書.txt'", **ascii_only)
    told = in_a_shell(shell, "export --output -", **ascii_only)

    assert (done.returncode, shown.returncode, told.returncode) == (0, 0, 0)
    assert "Lebenslauf Brückner 履歴書.txt" in shown.stdout
    assert "Lebenslauf Brückner 履歴書.txt" in told.stdout
    assert names(shell.data / "done") == ["Lebenslauf Brückner 履歴書.txt"]


def in_a_shell(shell: Shell, words: str, **more: str) -> subprocess.CompletedProcess[str]:
    own = {"PYTHONPATH": str(PROJECT), **shell.environ, **more}
    environ = {**os.environ, **own}  # noqa: TID251  # handed on to a process
    line = f"{sys.executable} -m pipeline {words}"
    return subprocess.run(
        ["bash", "-c", line], check=False, cwd=shell.folder, env=environ, capture_output=True, text=True
    )


def test_ctrl_c_before_anything_has_begun_is_an_exit_code_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.cli.main", interrupted)

    with pytest.raises(SystemExit) as left:
        start()

    assert left.value.code == ExitCode.INTERRUPTED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whatever_ends_a_command_that_has_nothing_in_hand_is_told_by_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Also in the first second, before a run listens itself."""
    before = signal.signal(number, signal.SIG_DFL)
    monkeypatch.setattr("pipeline.cli.main", lambda: signal.raise_signal(number))
    try:
        with pytest.raises(SystemExit) as left:
            start()
    finally:
        signal.signal(number, before)

    assert left.value.code == ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "(MemoryError, at "),
        (ImportError("cannot open shared object file"), "(ImportError: cannot open shared object file, at "),
        (ValueError("words of a document"), "(ValueError, at "),
    ],
    ids=str,
)
def test_what_nobody_foresaw_is_two_lines_and_a_later_try(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, words: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("pipeline.cli.main", fail)
    with pytest.raises(SystemExit) as ended:
        start()
    said = capsys.readouterr().err
    assert (ended.value.code, said.count("\n"), words in said, "document" in said) == (75, 2, True, False)


def test_what_libraries_log_before_a_run_has_begun_reaches_nobody(
    capfd: pytest.CaptureFixture[str], shell: Shell
) -> None:
    code = (
        "import logging, pipeline.cli as cli, pipeline.console as console\n"
        "with console.speaking(None, None): logging.getLogger('asyncio').error('words of a document')"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=shell.folder)
    assert capfd.readouterr().err == ""
