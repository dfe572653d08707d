"""The same line over a real connection, against a server that misbehaves in every way it can."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import FakeProvider, Listener, random_faults
from pipeline.app import House, World
from pipeline.commands import Order, run
from pipeline.errors import ExitCode
from pipeline.settings import load
from server import FAULTS, serving
from test_laws import check_books
from test_line import CV, names


@pytest.fixture
def ask(tmp_path: Path) -> Callable[[str], House]:
    """Return a maker of houses that really connect, with real worker processes and the real clock."""

    def make(url: str) -> House:
        environ = {
            "PIPELINE_INBOX__SETTLE": "0",
            "PIPELINE_INFERENCE__PROVIDER": "custom",
            "PIPELINE_INFERENCE__BASE_URL": url,
            "PIPELINE_INFERENCE__MODEL": "some-model",
            "PIPELINE_INFERENCE__TIMEOUT": "10",
        }
        house = House(load(None, tmp_path / "data", environ), World())
        house.folders.inbox.mkdir(parents=True)
        return house

    return make


def test_documents_get_through_a_server_that_misbehaves(ask: Callable[[str], House]) -> None:
    provider = FakeProvider(random_faults(3, 0.35, FAULTS))
    with serving(provider) as url:
        house = ask(url)
        for number in range(80):
            (house.folders.inbox / f"{number}.txt").write_text(f"{CV}{number}")

        result = asyncio.run(run(house, Order(), Listener()))

    assert set(provider.faults) == set(FAULTS)
    assert result.report.counts["done"] >= 0.97 * 80
    assert sum(result.report.counts.values()) == 80
    assert len(names(house.folders.done)) == result.report.counts["done"]
    check_books(house, provider)


def test_nobody_at_the_address_ends_the_run_and_blames_no_document(ask: Callable[[str], House]) -> None:
    with serving(FakeProvider()) as url:
        pass  # the port is free again
    house = ask(url)
    for number in range(30):
        (house.folders.inbox / f"{number}.txt").write_text(f"{CV}{number}")

    result = asyncio.run(run(house, Order(), Listener()))

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert len(names(house.folders.inbox)) == 30
    with sqlite3.connect(house.database) as connection:
        assert connection.execute("SELECT count(*) FROM attempts WHERE cost_nanodollars IS NOT NULL").fetchone() == (0,)
    connection.close()
