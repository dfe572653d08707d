"""A Python that will not do stops with one clear sentence, before anything is made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import PROJECT

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="the program make is not installed")


def fake_python(folder: Path, refuses: str) -> Path:
    """Return a Python that fails when it is asked something with this word in it."""
    script = folder / "python"
    script.write_text(f'#!/bin/sh\ncase "$*" in *{refuses}*) exit 1;; esac\nexit 0\n')
    script.chmod(0o755)
    return script


@pytest.mark.parametrize(
    ("refuses", "sentence"), [("version_info", "needs Python 3.11 or newer"), ("ensurepip", "has no venv")]
)
@pytest.mark.parametrize("target", ["run", "test", "check"])
def test_a_python_that_will_not_do_is_refused(tmp_path: Path, target: str, refuses: str, sentence: str) -> None:
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path / name)
    before = sorted(tmp_path.iterdir())
    python = fake_python(tmp_path.parent, refuses)

    done = subprocess.run(
        ["make", target, f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_a_missing_python_is_refused_with_the_same_sentence(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path / name)

    done = subprocess.run(
        ["make", "run", "PYTHON=no-such-python"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_help_lists_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True)

    for target in ("run", "test", "check", "lock", "bench", "samples", "names", "clean"):
        assert f"make {target} " in done.stdout


def test_the_locks_hold_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (PROJECT / name).read_text()
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")
