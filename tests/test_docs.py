"""What the README tells people to type works, and what it says of columns, settings and codes is so."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import PROJECT
from pipeline.cli import app
from pipeline.errors import ExitCode, Reason
from pipeline.export.tables import COMMON, STATE
from pipeline.inference.providers.table import PROVIDERS
from pipeline.prompts import parse
from pipeline.settings import (
    BudgetSettings,
    ExtractSettings,
    InboxSettings,
    InferenceSettings,
    LocalSettings,
    ModelPrice,
    load,
)

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def table_column(header: str) -> list[str]:
    """Return the first cell of every row of the table with this first header."""
    found = re.search(rf"^\| {re.escape(header)} \|.*\n\|[ |:-]+\|\n((?:\|.*\n)+)", README, re.MULTILINE)
    assert found, header
    return [row.split("|")[1].strip() for row in found[1].splitlines()]


def names(cells: list[str]) -> list[str]:
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the samples have been read, as after `make run`."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("pipeline.toml", "prompts"):
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.copytree(PROJECT / "sample_docs", folder / "data" / "inbox")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(app, ["run"], env={"PIPELINE_INBOX__SETTLE": "0"})
    assert done.exit_code == ExitCode.ATTENTION, done.output
    return folder


COMMANDS = sorted({line for block in blocks("sh") for line in block.splitlines() if line.strip()})
TABLE = [name for name in names(table_column("command")) if name.startswith("pipeline ")]


@pytest.mark.parametrize(
    "line", [line for line in [*COMMANDS, *TABLE] if "pipeline " in line and "sqlite3" not in line]
)
def test_every_command_of_the_readme_works(sampled: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(sampled)
    words = shlex.split(line.replace("FILE", "cv_camille_fournier.txt").replace("NAME", "cv"))[1:]
    if words == ["watch"]:
        words.append("--help")  # it would go on for ever; test_cli.py starts and stops it

    done = CliRunner().invoke(app, words, env={"PIPELINE_INBOX__SETTLE": "0"})

    assert done.exit_code == ExitCode.DONE, done.output


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("sqlite3")])
@pytest.mark.skipif(not shutil.which("sqlite3"), reason="the program sqlite3 is not installed")
def test_every_query_of_the_readme_gives_rows(sampled: Path, line: str) -> None:
    done = subprocess.run(shlex.split(line), cwd=sampled, capture_output=True, text=True, check=True)

    if "quarantine" not in line:  # `pipeline retry` above may have emptied it
        assert done.stdout.strip()


def test_every_make_target_of_the_readme_is_there() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)", README)) - {"it"}

    for target in targets | {"help", "lock", "bench", "samples", "clean"}:
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


@pytest.mark.parametrize("block", [*blocks("toml"), (PROJECT / "pipeline.toml").read_text(encoding="utf-8")])
def test_every_settings_example_is_valid(tmp_path: Path, block: str) -> None:
    (tmp_path / "pipeline.toml").write_text(block, encoding="utf-8")

    assert load(tmp_path / "pipeline.toml", None, {}).settings.inference.provider in PROVIDERS


def test_the_shipped_settings_stay_valid_with_every_comment_taken_away(tmp_path: Path) -> None:
    text = (PROJECT / "pipeline.toml").read_text(encoding="utf-8")
    (tmp_path / "pipeline.toml").write_text(
        re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE), encoding="utf-8"
    )

    settings = load(tmp_path / "pipeline.toml", None, {}).settings

    assert settings.inference.model == "gpt-5-mini"
    assert settings.extract == ExtractSettings()
    assert settings.inbox == InboxSettings()


def test_the_example_prompt_is_valid() -> None:
    [block] = blocks("markdown")

    template = parse(Path("prompts/timesheet.md"), block.encode(), 100)

    assert list(template.schema.json_schema["properties"]) == ["name", "week", "hours", "approved"]


def test_every_column_is_in_the_table() -> None:
    assert names(table_column("column")) == [name for name, _ in COMMON + STATE]


def test_every_setting_is_in_the_table() -> None:
    written = [name.rsplit("] ", 1)[-1] for name in names(table_column("key"))]

    sections = (InferenceSettings, InboxSettings, ExtractSettings, BudgetSettings, LocalSettings, ModelPrice)
    assert sorted(written) == sorted(["data_dir", *(name for section in sections for name in section.model_fields)])


def test_every_reason_exit_code_and_command_is_in_its_table() -> None:
    assert sorted(names(table_column("reason"))) == sorted(Reason)
    assert table_column("exit code") == [str(int(code)) for code in ExitCode]
    verbs = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert {name.split()[1] for name in TABLE} == verbs
