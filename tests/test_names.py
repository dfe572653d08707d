"""The lists of names are what their script makes, and the program does without the library they come from."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import make_names
from conftest import PROJECT
from pipeline.schemas.dates import MONTH_LANGUAGES
from pipeline.schemas.lists import read_list

FOLDER = PROJECT / "pipeline" / "schemas" / "cldr"
FILES = sorted(path.name for path in FOLDER.iterdir())
LISTS = [name.removesuffix(".json") for name in FILES if name.endswith(".json")]
WITHOUT_BABEL = """
import sys
sys.modules["babel"] = None  # whoever imports it fails
from pipeline.inference.offline.ranges import find_span
from pipeline.schemas.dates import partial_date
from pipeline.schemas.names import country_code, currency_code, english_language
print(english_language("Deutsch"), country_code("Polska"), currency_code("eur"), partial_date("mai 2021"))
print(find_span("2019. május – 2021. június").end)
"""


def test_the_script_makes_these_very_files(tmp_path: Path) -> None:
    written = read_list("codes")["cldr"]
    if written != make_names.CLDR:
        pytest.skip(f"the lists are of CLDR {written}, the installed Babel has CLDR {make_names.CLDR}: make names")
    # In a process of its own: Babel's locales are not the same any more when dates have been written with them.
    subprocess.run([sys.executable, make_names.__file__, tmp_path], check=True, stdout=subprocess.DEVNULL, cwd=PROJECT)
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    assert [name for name in FILES if (tmp_path / name).read_bytes() != (FOLDER / name).read_bytes()] == []


@pytest.mark.parametrize("name", LISTS)
def test_every_list_names_its_source_and_licence(name: str) -> None:
    assert f"CLDR {read_list(name)['cldr']} " in read_list(name)["source"]
    assert "Unicode License v3" in read_list(name)["source"]


def test_the_licence_is_the_one_that_is_named() -> None:
    assert (FOLDER / "LICENSE").read_text(encoding="utf-8").startswith("UNICODE LICENSE V3")


@pytest.mark.parametrize("kind", ["languages", "countries"])
def test_a_name_has_one_code_and_is_written_as_it_is_looked_up(kind: str) -> None:
    names = [name for called in read_list(kind)["names"].values() for name in called]
    assert len(names) == len(set(names))
    ours = tomllib.loads(FOLDER.with_name("names.toml").read_text(encoding="utf-8"))[kind]
    assert [name for name in [*names, *ours] if name != name.casefold()] == []


def test_the_months_of_every_language_are_there() -> None:
    months = read_list("months")["months"]
    assert tuple(months) == MONTH_LANGUAGES
    assert all(set(tables["format"].values()) == set(range(1, 13)) for tables in months.values())


def test_the_program_does_without_babel() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_BABEL], capture_output=True, text=True, check=True, timeout=60, cwd=PROJECT
    )
    assert done.stdout.split() == ["German", "PL", "EUR", "2021-05", "2021-06"]
