"""Exports that grow: only what is new is laid out, and the tables are as if all had been."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeProvider, Listener
from pipeline.app import House
from pipeline.commands import Order, redo, run
from pipeline.export import archive
from pipeline.records import StoredResult
from pipeline.store.reading import Reader

CV = "Ida Sample {}\nida@example.org\n\nWork experience\nWelder, Anvil Works\n2019 - 2021\n\nSkills\nwelding\n"
Laid = list[str]


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> Laid:
    """Return the names of the documents whose rows were laid out, all exports together."""
    seen, results = Laid(), Reader.results

    def watched(*args: object, **filters: Any) -> Iterator[StoredResult]:
        for result in results(*args, **filters):  # type: ignore[arg-type]
            seen.append(result.file)
            yield result

    monkeypatch.setattr(Reader, "results", watched)
    return seen


def go(house: House) -> None:
    house.world.clock.seconds += 60  # type: ignore[attr-defined]
    asyncio.run(run(House(house.configuration, house.world), Order(), Listener()))


def tables(house: House) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in house.exports.glob("*.csv")}


def anew(house: House) -> dict[str, bytes]:
    """Write the exports from the beginning, and return them."""
    with house.reader() as reader:
        House(house.configuration, house.world).write_exports(reader, anew=True)
    return tables(house)


def test_a_night_lays_out_what_it_has_read(house: House, drop: Callable[..., Path], laid: Laid) -> None:
    drop("a.txt", CV.format("A"))
    drop("b.txt", CV.format("B"))
    go(house)
    drop("c.txt", CV.format("C"))
    go(house)

    assert sorted(laid) == ["a.txt", "b.txt", "c.txt"]
    assert tables(house) == anew(house)
    assert tables(house)["cv.csv"].count(b"\r\n") == 4


def test_a_copy_of_an_old_document_changes_its_row_where_that_stands(
    house: House, drop: Callable[..., Path], laid: Laid
) -> None:
    drop("a.txt", CV.format("A"))
    drop("b.txt", CV.format("B"))
    go(house)
    drop("again.txt", CV.format("A"))
    drop("c.txt", CV.format("C"))
    go(house)

    assert sorted(laid) == ["a.txt", "a.txt", "b.txt", "c.txt"]
    assert tables(house) == anew(house)
    assert b",again.txt," in tables(house)["summaries.csv"]


def _new(house: House, drop: Callable[..., Path], dice: random.Random) -> None:
    for _ in range(dice.randint(1, 3)):
        number = dice.randrange(10**9)
        drop(f"{number}.txt", CV.format(number) if dice.random() < 0.7 else f"Invoice {number}\nTotal: 12.00 EUR\n")
    go(house)


def _copy(house: House, drop: Callable[..., Path], dice: random.Random) -> None:
    path = dice.choice(sorted(house.folders.done.rglob("*.txt")))
    drop(f"copy {dice.randrange(10**9)}.txt", path.read_bytes(), dice.choice(["", "other"]))
    go(house)


def _redo(house: House, _drop: Callable[..., Path], dice: random.Random) -> None:
    better = House(house.configuration.with_model(f"model {dice.randrange(10**9)}"), house.world)
    house.world.clock.seconds += 60  # type: ignore[attr-defined]
    asyncio.run(redo(better, "cv", None, Order("redo", limit=2), Listener()))


def _spoil(house: House, drop: Callable[..., Path], dice: random.Random) -> None:
    drop(f"spoilt {dice.randrange(10**9)}.pdf", b"%PDF-1.7 nothing")
    go(house)


def _edit(house: House, drop: Callable[..., Path], dice: random.Random) -> None:
    path = dice.choice(sorted(house.exports.glob("*.csv")))
    path.write_bytes(path.read_bytes() + b"edited\r\n")
    _new(house, drop, dice)


def _turn_back_the_clock(house: House, drop: Callable[..., Path], dice: random.Random) -> None:
    house.world.clock.seconds -= 600  # type: ignore[attr-defined]
    _new(house, drop, dice)


def _calm(_text: str, _call: int) -> None:
    return None


def _refused(_text: str, _call: int) -> str:
    return "422"


ACTS = [_new, _copy, _redo, _spoil, _edit, _turn_back_the_clock]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_tables_are_as_if_written_from_the_beginning(
    house: House, drop: Callable[..., Path], provider: FakeProvider, seed: int
) -> None:
    dice = random.Random(seed)
    _new(house, drop, dice)
    for act in dice.sample(ACTS, len(ACTS)) * 2:
        is_bad = act is _redo and dice.random() < 0.7  # then documents keep their summary, and cost more
        provider.fault = _refused if is_bad else _calm
        act(house, drop, dice)
        assert tables(house) == anew(house), act.__name__
        if dice.random() < 0.5:
            (house.exports / "cv.csv").touch()  # as somebody may who saves what he has looked at


@pytest.mark.parametrize("note", [b"", b"\xff", b"[]", b'{"shape": 1}', b'{"shape": [], "files": [], "extent": []}'])
def test_a_note_that_says_nothing_costs_only_time(
    house: House, drop: Callable[..., Path], laid: Laid, note: bytes
) -> None:
    drop("a.txt", CV.format("A"))
    go(house)
    (house.exports / archive._NOTE).write_bytes(note)
    drop("b.txt", CV.format("B"))
    go(house)

    assert sorted(laid) == ["a.txt", "a.txt", "b.txt"]
    assert tables(house) == anew(house)


def test_a_table_of_another_shape_is_written_from_the_beginning(
    house: House, drop: Callable[..., Path], laid: Laid
) -> None:
    drop("a.txt", CV.format("A"))
    go(house)
    note = house.exports / archive._NOTE
    said = json.loads(note.read_text())
    said["shape"][2]["cv"].remove("basics.phone")
    note.write_text(json.dumps(said))
    drop("b.txt", CV.format("B"))
    go(house)

    assert sorted(laid) == ["a.txt", "a.txt", "b.txt"]
