"""The commands as a person or a script types them: real processes, exit codes, what is on which stream."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from conftest import PROJECT
from fakes import FakeProvider
from pipeline import __version__
from pipeline.cli import app
from pipeline.clock import SystemClock
from pipeline.console import speaking
from pipeline.errors import ExitCode
from pipeline.screen import money
from server import serving
from test_line import CV, names

KEY = "sk-test-marked-key"


@dataclass(frozen=True)
class Said:
    """What a command printed."""

    stdout: str
    stderr: str


class Shell:
    """Types commands in a folder of its own, without a terminal: in this process, or as a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.environ = {"PIPELINE_INBOX__SETTLE": "0"}
        (self.data / "inbox").mkdir(parents=True)

    def __call__(self, *words: str, code: int = 0, **environ: str) -> Said:
        done = CliRunner().invoke(app, words, env={**self.environ, **environ})
        assert done.exit_code == code, (done.exit_code, done.output, done.exception)
        return Said(done.stdout, done.stderr)

    def start(self, *words: str) -> subprocess.Popen[str]:
        environ = {**os.environ, "PYTHONPATH": str(PROJECT), **self.environ}  # noqa: TID251  # handed on to a process
        command = [sys.executable, "-m", "pipeline", *words]
        return subprocess.Popen(command, cwd=self.folder, env=environ, stdout=PIPE, stderr=PIPE, text=True)

    def drop(self, name: str = "ida.txt", text: str = CV) -> None:
        (self.data / "inbox" / name).write_text(text)

    def ask(self, url: str) -> None:
        self.environ |= {
            "PIPELINE_INFERENCE__PROVIDER": "custom",
            "PIPELINE_INFERENCE__BASE_URL": url,
            "PIPELINE_INFERENCE__MODEL": "some-model",
            "PIPELINE_API_KEY": KEY,
        }


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell that knows nothing of what the person at this machine has set up."""
    for name in [name for name in os.environ if name.startswith("PIPELINE_")]:  # noqa: TID251  # to empty it
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


def test_a_clean_run_without_a_terminal_prints_nothing(shell: Shell) -> None:
    shell.drop()

    done = shell("run")

    assert (done.stdout, done.stderr) == ("", "")
    assert names(shell.data / "done") == ["ida.txt"]


def test_a_run_that_needs_a_person_says_what_and_what_to_do(shell: Shell) -> None:
    shell.drop()
    shell.drop("bad.pdf", "%PDF-1.7 broken")

    done = shell("run", code=1)

    assert done.stdout == ""
    assert "bad.pdf" in done.stderr
    assert "damaged" in done.stderr
    assert "->" in done.stderr
    assert "ida.txt" not in done.stderr


def test_verbose_says_every_document_the_totals_and_where_things_are(shell: Shell) -> None:
    shell.drop()

    first, second = shell("run", "-v"), shell("run", "-v")

    assert "ida.txt" in first.stderr
    assert "1 inference call:" in first.stderr
    for line in ("data/pipeline.db", "data/exports/summaries.csv"):
        assert line in first.stderr
        assert line in second.stderr
    assert "No inference call was made." in second.stderr


def test_json_is_alone_on_standard_output(shell: Shell) -> None:
    shell.drop()

    facts = json.loads(shell("run", "--json").stdout)

    assert facts["counts"] == {"done": 1}
    assert facts["calls"] == 1
    assert facts["cost"]["run"] == 1  # what `export --run` asks for
    [document] = facts["documents"]
    assert (document["file"], document["status"], document["kind"]) == ("ida.txt", "done", "cv")
    assert document["cost_usd"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--bogus"),
        ("bogus",),
        ("run", "--as-of", "yesterday"),
        ("export", "--format", "xml"),
        ("costs", "--by", "moon"),
        ("run", "--limit", "0"),
        ("run", "--data", ""),
        ("run", "--config", ""),
        ("export", "--output", ""),
        ("backup", "--output", ""),
        ("run", "--only", ""),
        ("redo", "--prompt", "cv", "--model", ""),
        ("redo", "--prompt", ""),
        ("export", "--prompt", ""),
        ("show", ""),
        ("retry", ""),
        ("show",),
    ],
)
def test_a_wrong_command_line_is_2(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell(*words, code=2)

    assert done.stdout == ""
    assert done.stderr
    assert sorted(path.name for path in shell.folder.iterdir()) == [
        "data"
    ]  # not even the folders that a data folder has


@pytest.mark.parametrize(
    "verb",
    ["run", "watch", "export", "costs", "status", "show", "retry", "redo", "check", "backup", "recover"],
)
def test_every_command_explains_itself_with_an_example(shell: Shell, verb: str) -> None:
    assert f"Example: pipeline {verb}" in shell(verb, "--help").stdout


def test_a_misspelt_setting_is_78_and_names_the_right_one(shell: Shell) -> None:
    (shell.folder / "pipeline.toml").write_text("[inference]\nmodle = 'x'\n")

    done = shell("run", code=78)

    assert "[inference] modle" in done.stderr
    assert "[inference] model" in done.stderr


def test_a_missing_key_is_78_before_anything_is_sent(shell: Shell) -> None:
    shell.drop()

    done = shell(
        "run", code=78, PIPELINE_INFERENCE__PROVIDER="openai", PIPELINE_INFERENCE__MODEL="gpt-x", OPENAI_API_KEY=""
    )

    assert "OPENAI_API_KEY" in done.stderr
    assert names(shell.data / "inbox") == ["ida.txt"]


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"PIPELINE_INFERENCE__PROVIDER": "opnai"}, "there is no 'opnai'"),
        ({"PIPELINE_INFERENCE__PROVIDER": "openai", "PIPELINE_INFERENCE__MODEL": "gpt-x"}, "OPENAI_API_KEY is not set"),
        ({"PIPELINE_INBOX__DEFAULT_PROMPT": "letter"}, "there is no prompts/letter.md"),
    ],
)
def test_what_no_document_could_be_read_with_is_78_although_none_is_waiting(
    shell: Shell, environ: dict[str, str], told: str
) -> None:
    assert told in shell("run", code=78, OPENAI_API_KEY="", **environ).stderr


def test_ctrl_c_at_a_question_is_130(shell: Shell) -> None:
    with pytest.raises(typer.Exit) as left, speaking(shell.data, None):
        raise typer.Abort

    assert left.value.exit_code == ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("nanodollars", "shown"),
    [
        (None, "$?"),
        (0, "$0"),
        (100, "<$0.000001"),
        (622_400, "$0.000622"),
        (999_999_900, "$1"),
        (1_234_567_890_000, "$1,234.57"),
    ],
)
def test_a_sum_of_money_is_never_shown_as_nothing_or_cut_off(nanodollars: int | None, shown: str) -> None:
    assert money(nanodollars) == shown


def test_another_run_is_75_at_once(shell: Shell) -> None:
    import filelock

    with filelock.FileLock(shell.data / "pipeline.lock"):
        done = shell("run", code=75)
        shell.drop()
        assert json.loads(shell("status", "--json").stdout)["running"] is True

    assert done.stderr.startswith("pipeline: another run is going on")
    assert len(done.stderr.splitlines()) == 1


def test_a_wrong_key_is_78_and_never_printed(shell: Shell) -> None:
    provider = FakeProvider(lambda _document, _number: "401")
    with serving(provider) as url:
        shell.ask(url)
        shell.drop()
        done = shell("run", code=78)

    assert provider.keys == [f"Bearer {KEY}"]
    assert KEY not in done.stdout + done.stderr + (shell.data / "pipeline.log").read_text()
    assert names(shell.data / "inbox") == ["ida.txt"]


def test_dry_run_sends_makes_and_moves_nothing(shell: Shell) -> None:
    provider = FakeProvider()
    with serving(provider) as url:
        shell.ask(url)
        shell.drop()
        shell.drop("copy.txt")
        shell.drop("bad.pdf", "%PDF-1.7 broken")
        before = sorted(path.relative_to(shell.data) for path in shell.data.rglob("*"))
        facts = json.loads(shell("run", "--dry-run", "--json").stdout)

    assert sum(provider.calls.values()) == 0
    [part] = facts["by_prompt"]
    assert (part["prompt"], part["model"], part["calls"]) == ("cv", "some-model", 1)
    assert part["input_tokens"] > 100
    assert part["nanodollars"] is None
    assert (facts["known"], facts["unreadable"]) == (1, 1)
    assert sorted(path.relative_to(shell.data) for path in shell.data.rglob("*")) == before


def test_export_filters_and_goes_where_it_is_told(shell: Shell) -> None:
    shell.drop()
    shell.drop("note.txt", "Minutes of the meeting\nPresent: nobody")
    shell.drop("bad.pdf", "%PDF-1.7 broken")
    shell("run", code=1)

    lines = [
        json.loads(line) for line in shell("export", "--format", "jsonl", "--output", "-", "--all").stdout.splitlines()
    ]
    table = list(
        csv.DictReader(io.StringIO(shell("export", "--prompt", "cv", "--output", "-").stdout.lstrip("\ufeff")))
    )
    shell("export", "--output", "mine.csv", "--since", "2000-01-01")
    nothing = shell("export", "--since", "2999-01-01", "--format", "jsonl", "--output", "-").stdout

    assert {line["file"]: line["status"] for line in lines} == {
        "ida.txt": "done",
        "note.txt": "done",
        "bad.pdf": "quarantined",
    }
    assert list(lines[0]) == ["file", "sha256", "prompt", "model", "summary", "usage", "cost_usd", "status", "reason"]
    assert {line["reason"] for line in lines} == {None, "damaged"}
    assert [row["file"] for row in table] == ["ida.txt"]
    assert (shell.folder / "mine.csv").read_bytes().startswith(b"\xef\xbb\xbffile,")
    assert nothing == ""


def test_status_show_costs_and_check_tell_the_same_story(shell: Shell) -> None:
    shell.drop()
    shell.drop("bad.pdf", "%PDF-1.7 broken")
    shell("run", code=1)
    (shell.data / "inbox" / ".hidden").write_text("x")

    status = json.loads(shell("status", "--json").stdout)
    [shown] = json.loads(shell("show", "ida.txt", "--json").stdout)
    costs = json.loads(shell("costs", "--json").stdout)
    answers = json.loads(shell("check", "--json").stdout)

    assert status["documents"] == {"done": 1, "quarantined": 1}
    assert status["quarantine"] == {"damaged": 1}
    assert status["ignored"] == [{"name": ".hidden", "why": "hidden"}]
    assert shown["outcome"]["status"] == "done"
    assert (shell.data / shown["files"][0]["place"]).is_file()
    assert costs["total"]["attempts"] == len(shown["attempts"]) == 1
    assert all(answer["ok"] for answer in answers)
    for words in (
        ["status"],
        ["show", "ida.txt"],
        ["show", "1"],
        ["show", shown["document"]["sha256"][:8]],
        ["costs"],
        ["costs", "--by", "model"],
        ["check"],
    ):
        assert shell(*words).stdout


def test_what_made_no_call_has_cost_nothing_which_is_not_unknown(shell: Shell) -> None:
    shell.drop("bad.pdf", "%PDF-1.7 broken")
    shell("run", code=1)

    [row] = csv.DictReader(io.StringIO(shell("export", "--all", "--output", "-").stdout.removeprefix("\ufeff")))
    assert (row["cost_usd"], row["input_tokens"], row["attempts"]) == ("0", "0", "0")
    for words in (["status"], ["show", "bad.pdf"], ["costs"], ["costs", "--since", "2030-01-01"]):
        told = shell(*words).stdout
        assert "$0" in told
        assert "$?" not in told
    total = json.loads(shell("costs", "--json").stdout)["total"]
    assert (total["attempts"], total["cost_nanodollars"], total["unknown_attempts"]) == (0, 0, 0)


def test_commands_that_read_say_so_where_there_is_nothing_yet(shell: Shell) -> None:
    assert "0 files waiting" in shell("status").stdout
    for words in (["export"], ["costs"], ["show", "x"], ["retry"], ["redo", "--prompt", "cv"]):
        assert "there is no database" in shell(*words, code=78).stderr
    assert not (shell.data / "pipeline.db").exists()


def test_retry_puts_back_one_or_all(shell: Shell) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        shell.drop(name, f"%PDF-1.7 {name}")
    shell("run", code=1)

    shell("retry", "b.pdf")
    assert names(shell.data / "inbox") == ["b.pdf"]
    told = shell("retry", "nothing.pdf", code=2).stderr
    assert "nothing.pdf" in told
    assert "data/quarantine" in told  # `status` says how many are there, not which
    shell("retry")

    assert names(shell.data / "inbox") == ["a.pdf", "b.pdf", "c.pdf"]
    assert names(shell.data / "quarantine") == []


@contextlib.contextmanager
def slow_server(seconds: float) -> Iterator[tuple[str, FakeProvider, threading.Event]]:
    """Serve replies that take a while; the event tells that a call is under way."""
    under_way = threading.Event()

    class Slow(FakeProvider):
        def answer(self, content: bytes, key: str | None) -> Any:
            under_way.set()
            time.sleep(seconds)
            return super().answer(content, key)

    provider = Slow()
    with serving(provider) as url:
        yield url, provider, under_way


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_what_is_in_hand_and_leaves_the_rest(shell: Shell, number: signal.Signals) -> None:
    with slow_server(1.0) as (url, provider, under_way):
        shell.ask(url)
        for count in range(30):
            shell.drop(f"{count}.txt", f"{CV}{count}")
        running = shell.start("run")
        under_way.wait(30)
        running.send_signal(number)
        _, words = running.communicate(timeout=30)

    assert running.returncode == 130, words
    paid = sum(provider.calls.values())
    assert 0 < paid < 30
    assert len(names(shell.data / "done")) == paid
    assert len(names(shell.data / "inbox")) == 30 - paid
    connection = sqlite3.connect(shell.data / "pipeline.db")
    assert connection.execute("SELECT count(*) FROM attempts WHERE status = 200").fetchone() == (paid,)
    assert connection.execute("SELECT exit_code FROM runs").fetchone() == (130,)
    connection.close()


def test_a_second_signal_leaves_at_once(shell: Shell) -> None:
    with slow_server(20.0) as (url, _, under_way):
        shell.ask(url)
        shell.drop()
        running = shell.start("run")
        under_way.wait(30)
        running.send_signal(signal.SIGINT)
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        begun = SystemClock().monotonic()
        running.communicate(timeout=30)

    assert running.returncode == 130
    assert SystemClock().monotonic() - begun < 10
    assert names(shell.data / "inbox") == ["ida.txt"]


def test_watch_takes_what_comes_exports_it_and_ends_well(shell: Shell) -> None:
    shell.environ["PIPELINE_INBOX__EVERY"] = "0.5"
    running = shell.start("watch")
    try:
        deadline = SystemClock().monotonic() + 30
        shell.drop()
        while not names(shell.data / "done") and SystemClock().monotonic() < deadline:
            time.sleep(0.1)
        assert "another run" in shell("run", code=75).stderr
        shell("status")
    finally:
        running.send_signal(signal.SIGTERM)
        _, words = running.communicate(timeout=30)

    assert running.returncode == 0, words
    assert words == ""
    assert names(shell.data / "done") == ["ida.txt"]
    assert "ida.txt" in (shell.data / "exports" / "summaries.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_no_reason_to_do_nothing(shell: Shell, closed: str) -> None:
    shell.drop()
    command = f"{shlex.join([sys.executable, '-m', 'pipeline', 'run'])} {closed}"
    environ = {**os.environ, "PYTHONPATH": str(PROJECT), **shell.environ}  # noqa: TID251  # handed on to a process
    done = subprocess.run(["/bin/sh", "-c", command], cwd=shell.folder, env=environ, check=False, timeout=60)

    assert done.returncode == 0
    assert names(shell.data / "done") == ["ida.txt"]


def test_what_is_no_file_is_written_into_and_never_replaced(shell: Shell) -> None:
    shell.drop()
    shell("run")
    link, real = shell.folder / "link.csv", shell.folder / "real.csv"
    link.symlink_to(real)
    pipe = shell.folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    shell("export", "--output", str(pipe))
    shell("export", "--output", str(link))
    refused = shell("backup", "--output", str(pipe), code=78).stderr

    with os.fdopen(reader, encoding="utf-8-sig") as file:
        assert file.read() == real.read_text(encoding="utf-8-sig")
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert "no file that a backup could replace" in refused


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("costs", "--since", "0001-01-01"), 2, "1970"),
        (("export", "--run", "9" * 30), 2, "--run"),
        (("status", "--data", "~nobody-of-this-name/x"), 78, "~nobody-of-this-name"),
    ],
)
def test_a_value_that_nothing_can_hold_is_refused_in_words(
    shell: Shell, words: tuple[str, ...], code: int, told: str
) -> None:
    assert told in shell(*words, code=code).stderr


# --- Words that would be taken for another wish -----------------------------------------------------------------------


def test_a_file_that_is_not_waiting_is_said_to_be_missing(shell: Shell) -> None:
    shell.drop()

    for words in (("run", "--only", "idda.txt"), ("run", "--only", "idda.txt", "--dry-run")):
        told = shell(*words, code=2).stderr
        assert "no file 'idda.txt' is waiting" in told
        assert "data/inbox" in told  # `status` says how many wait, not which

    shell("run", "--only", "ida.txt")
    assert names(shell.data / "done") == ["ida.txt"]


def test_a_name_is_found_however_its_accents_are_written(shell: Shell) -> None:
    composed, apart = "Zo\u00eb.txt", "Zoe\u0308.txt"
    shell.drop(apart)

    shell("run", "--only", composed)

    assert apart in shell("show", composed).stdout
    assert apart in shell("show", apart).stdout


def test_the_table_of_one_prompt_has_its_own_columns_wherever_it_goes(shell: Shell) -> None:
    shell.drop()
    shell("run")

    printed = shell("export", "--prompt", "cv", "--output", "-").stdout
    shell("export", "--prompt", "cv", "--output", "mine.csv")

    for text in (printed, (shell.folder / "mine.csv").read_text(encoding="utf-8")):
        assert text.startswith("\ufefffile,document_type,language,basics.name,")


@pytest.mark.parametrize(
    ("name", "begin"), [("a.JSONL", "{"), ("a.ndjson", "{"), ("a.txt", "\ufefffile,"), ("a", "\ufefffile,")]
)
def test_an_export_has_the_form_that_its_name_asks_for(shell: Shell, name: str, begin: str) -> None:
    shell.drop()
    shell("run")

    shell("export", "--output", name)

    assert (shell.folder / name).read_text(encoding="utf-8").startswith(begin)


def test_what_is_not_written_is_not_called_so(shell: Shell) -> None:
    """Excel opens no CSV that is called a workbook, and nobody reads CSV as JSON."""
    shell.drop()
    shell("run")

    for name in ("a.xlsx", "a.json"):
        assert "say --format" in shell("export", "--output", name, code=2).stderr
        shell("export", "--output", name, "--format", "csv")


def test_a_prompt_that_nobody_knows_exports_nothing(shell: Shell) -> None:
    shell.drop()
    shell("run")

    for words in (("export",), ("export", "--output", "-")):
        told = shell(*words, "--prompt", "invoce", code=2)
        assert "there is no prompt 'invoce'" in told.stderr
        assert told.stdout == ""
    assert "ida.txt" in shell("export", "--prompt", "cv", "--output", "-").stdout
    assert "ida.txt" not in shell("export", "--prompt", "invoice", "--output", "-").stdout


def test_two_data_folders_may_share_an_inbox_that_is_left_as_it_is(shell: Shell) -> None:
    shell.drop()
    other = shell.folder / "other"
    other.mkdir()
    (other / "inbox").symlink_to(shell.data / "inbox")

    for data in (shell.data, other, shell.data, other):
        shell("run", "--data", str(data), PIPELINE_INBOX__MOVE="false")
        assert "ida.txt" in shell("export", "--data", str(data), "--output", "-").stdout


def test_a_run_that_never_was_exports_nothing(shell: Shell) -> None:
    shell.drop()
    shell("run")
    spreadsheet = (shell.data / "exports" / "summaries.csv").read_bytes()

    for words in (("export",), ("export", "--output", "-")):
        told = shell(*words, "--run", "2", code=2)
        assert "there is no run 2" in told.stderr
        assert told.stdout == ""
    assert (shell.data / "exports" / "summaries.csv").read_bytes() == spreadsheet


def test_standard_output_by_its_path_is_not_replaced_where_it_is_a_file(shell: Shell) -> None:
    shell.drop()
    shell("run")
    with (shell.folder / "all.csv").open("w") as file:
        file.write("mine\n")
        file.flush()
        environ = {**os.environ, "PYTHONPATH": str(PROJECT), **shell.environ}  # noqa: TID251  # handed on to a process
        command = [sys.executable, "-m", "pipeline", "export", "--output", "/dev/stdout"]
        subprocess.run(command, cwd=shell.folder, env=environ, stdout=file, check=True)

    first, second, *_ = (shell.folder / "all.csv").read_text().splitlines()
    assert first == "mine"
    assert second.startswith("\ufefffile,kind")


def test_an_export_is_what_its_file_is_called(shell: Shell) -> None:
    shell.drop()
    shell("run")

    shell("export", "--output", "all.jsonl")
    shell("export", "--output", "other.jsonl", "--format", "csv")

    assert json.loads((shell.folder / "all.jsonl").read_text())["file"] == "ida.txt"
    assert (shell.folder / "other.jsonl").read_text().startswith("\ufefffile,kind")


def test_a_folder_is_no_file_to_export_to(shell: Shell) -> None:
    shell.drop()
    shell("run")
    assert "data is a folder" in shell("export", "--output", "data", code=2).stderr


def test_check_says_which_prompts_only_their_folder_can_ask_for(shell: Shell) -> None:
    shutil.copytree(PROJECT / "prompts", shell.folder / "prompts")
    prompt = "---\ntitle: Memo\nmatch: {name: ['*memo*']}\nschema: document\n---\nRead."
    (shell.folder / "prompts" / "memo.md").write_text(prompt, encoding="utf-8")
    assert "memo (Memo; by its folder only: of 4 points its rules give 2)" in shell("check").stdout


def test_a_model_that_would_not_be_asked_is_refused(shell: Shell) -> None:
    shell.drop()
    shell("run")
    assert "no model but rules-1" in shell("redo", "--prompt", "cv", "--model", "gpt-5-mini", code=78).stderr

    shutil.copytree(PROJECT / "prompts", shell.folder / "prompts")
    prompt = shell.folder / "prompts" / "cv.md"
    prompt.write_text(prompt.read_text(encoding="utf-8").replace("schema:", "model: one-of-its-own\nschema:", 1))
    shell.ask("http://127.0.0.1:9/v1")
    assert "prompt cv is for model one-of-its-own" in shell("redo", "--prompt", "cv", "--model", "x", code=78).stderr


@pytest.mark.parametrize("verb", ["run", "status", "check", "export"])
def test_a_data_folder_that_is_a_file_is_told(shell: Shell, verb: str) -> None:
    (shell.folder / "letter.txt").touch()
    assert "letter.txt is no folder" in shell(verb, "--data", "letter.txt", code=78).stderr


def test_costs_begin_with_a_whole_day_of_their_own_table(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are UTC: where it is later in the day, `--since` must not cut a row in two."""
    shell.drop()
    shell("run")
    with contextlib.closing(sqlite3.connect(shell.data / "pipeline.db")) as database, database:
        database.execute("UPDATE attempts SET started_at = '2026-11-20T01:00:00.000Z'")
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        costs = json.loads(shell("costs", "--since", "2026-11-20", "--json").stdout)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [row["day"] for row in costs["rows"]] == ["2026-11-20"]


def test_a_part_of_the_spreadsheet_is_made_whole_by_the_next_run(shell: Shell) -> None:
    shell.drop()
    shell("run")
    spreadsheet = shell.data / "exports" / "summaries.csv"

    shell("export", "--since", "2999-01-01")
    assert "ida.txt" not in spreadsheet.read_text()
    shell("run")

    assert "ida.txt" in spreadsheet.read_text()


def test_the_version_is_told(shell: Shell) -> None:
    assert shell("--version").stdout == f"pipeline {__version__}\n"


def test_no_verb_is_cut_short_in_the_list(shell: Shell) -> None:
    assert "..." not in shell("--help").stdout.split("Commands:")[1]


def test_a_done_file_that_somebody_removed_does_not_keep_others_from_being_read_again(shell: Shell) -> None:
    shell.drop()
    shell.drop("otto.txt", CV + "Otto")
    shell("run")
    next((shell.data / "done").rglob("otto.txt")).unlink()
    shutil.copytree(PROJECT / "prompts", shell.folder / "prompts")
    with (shell.folder / "prompts" / "cv.md").open("a", encoding="utf-8") as prompt:
        prompt.write("- One more rule.\n")

    told = shell("redo", "--prompt", "cv", "--dry-run").stdout
    assert "1 call with prompt cv" in told
    assert "1 document not in its place any more: no call." in told
    assert json.loads(shell("redo", "--prompt", "cv", "--json").stdout)["counts"] == {"done": 1}


def test_a_file_may_be_named_by_its_path(shell: Shell) -> None:
    """As the shell completes it: of two of one name the one that lies there is meant."""
    for folder in ("a", "b"):
        (shell.data / "inbox" / folder).mkdir()
        shell.drop(f"{folder}/bad.pdf", f"%PDF-1.7 broken {folder}")
    shell("run", "--only", "data/inbox/b/bad.pdf", code=1)
    assert names(shell.data / "inbox" / "a") == ["bad.pdf"]

    shell("run", code=1)
    assert shell("show", "data/quarantine/damaged/bad.pdf").stdout.count("document ") == 1
    assert "1 file for the next run" in shell("retry", "data/quarantine/damaged/bad.pdf").stderr
    assert names(shell.data / "inbox" / "b") == ["bad.pdf"]


def test_a_terminal_that_lacks_letters_gets_escapes_and_data_is_utf_8(shell: Shell) -> None:
    name = "Łucja Żak.txt"
    shell.drop(name)
    shell("run")

    assert name in spoken(shell, "ascii", "export", "--output", "-").decode("utf-8-sig")
    assert name in spoken(shell, "latin-1", "show", "1", "--json").decode()
    assert rb"\u0141ucja \u017bak.txt" in spoken(shell, "latin-1", "show", "1")


def spoken(shell: Shell, encoding: str, *words: str) -> bytes:
    """Return the bytes that a process of its own prints to a terminal with this encoding."""
    own = {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": encoding, **shell.environ}
    environ = {**os.environ, **own}  # noqa: TID251  # handed on to a process
    command = [sys.executable, "-m", "pipeline", *words]
    return subprocess.run(command, cwd=shell.folder, env=environ, capture_output=True, check=True).stdout


def test_who_asks_a_model_does_not_load_the_rules_of_the_embedded_engine() -> None:
    code = "import sys, pipeline.cli; print([name for name in sys.modules if name.startswith('pipeline.inference.offline.')])"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, check=True, text=True)
    assert loaded.stdout == "[]\n"


def test_show_tells_notices_and_what_each_attempt_cost(shell: Shell) -> None:
    shell.drop("ida.doc")
    shell("run")

    told = shell("show", "ida.doc").stdout

    assert "notice   misnamed: its name says DOC, its content is text" in told
    assert re.search(r" output_tokens +cost +seconds", told)
    assert " $0 " in told


def test_neither_a_backup_nor_an_export_makes_a_folder_that_may_be_a_share(shell: Shell) -> None:
    shell.drop()
    shell("run")
    assert "there is no folder share" in shell("export", "--output", "share/x.csv", code=2).stderr
    assert "there is no folder share" in shell("backup", "--output", "share/x.db", code=78).stderr
    assert not (shell.folder / "share").exists()


def test_of_thousands_that_are_left_alone_status_names_some_of_each_reason(shell: Shell) -> None:
    for number in range(60):
        shell.drop(f".hidden{number}")
    shell.drop("large.zip.part")

    told = shell("status").stdout

    assert told.count("(hidden)") == 21
    assert "and 40 more (hidden); all are in: pipeline status --json" in told
    assert "left alone: large.zip.part (still being downloaded)" in told
    assert len(json.loads(shell("status", "--json").stdout)["ignored"]) == 61


def test_of_many_documents_of_one_name_the_newest_are_shown(shell: Shell) -> None:
    for number in range(13):
        (shell.data / "inbox" / str(number)).mkdir()
        shell.drop(f"{number}/scan.txt", f"{CV}{number}")
    shell("run")

    shown = shell("show", "scan.txt")

    assert shown.stdout.count("summary  by") == 10
    assert "The newest 10 of 13 documents of this name" in shown.stderr
    assert len(json.loads(shell("show", "scan.txt", "--json").stdout)) == 13
