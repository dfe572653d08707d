"""The exported CSV as a spreadsheet program sees it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from fakes import FakeProvider, Listener
from pipeline.app import House
from pipeline.commands import Order, run
from test_line import CV

soffice = shutil.which("soffice") or shutil.which("libreoffice")
calc = soffice and (Path(soffice).resolve().parent / "libsclo.so").exists()


@pytest.mark.skipif(not calc, reason="LibreOffice Calc is not installed")
def test_libreoffice_shows_every_cell_as_it_was_meant(
    house: House, drop: Callable[..., Path], provider: FakeProvider, tmp_path: Path
) -> None:
    """Names, phone numbers and formulas stay text, counts are numbers, and each document is one row."""
    hostile = '=HYPERLINK("x";"y").txt'
    for name in ('Zoë, "the" Ångström.txt', hostile, "+1+1.txt"):
        drop(name, CV + name)
    asyncio.run(run(house, Order(), Listener()))
    # 44,34,76: comma, double quote, UTF-8, which the import dialog proposes by itself when it sees the byte order mark.
    command = [
        str(soffice),
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/lo",
        "--infilter=CSV:44,34,76,1",
        "--convert-to",
        "xlsx",
    ]

    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(house.exports / "summaries.csv")],
        check=True,
        timeout=110,
        capture_output=True,
    )

    sheet = openpyxl.load_workbook(tmp_path / "summaries.xlsx").worksheets[0]
    header, *rows = sheet.iter_rows(values_only=True)
    table = [dict(zip(header, row, strict=True)) for row in rows]
    assert sum(provider.calls.values()) == len(table) == 3
    assert {str(row["file"]).removeprefix("'") for row in table} == {'Zoë, "the" Ångström.txt', hostile, "+1+1.txt"}
    assert all(isinstance(row["input_tokens"], int) for row in table)
    assert not any(isinstance(cell.value, str) and cell.data_type == "f" for line in sheet for cell in line)
