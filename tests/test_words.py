"""What is said of numbers: unknown is never nothing, one is no plural, and a sum says what it leaves out."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import BudgetError
from pipeline.inference.budget import Budget
from pipeline.records import Attempt, Document, Outcome, Usage
from pipeline.reports import status_lines
from pipeline.screen import clip, counted, document_facts, table, tokens_of, width

FACTS: dict[str, Any] = {
    "inbox": "data/inbox", "missing": None, "waiting": 1, "kept": 0, "ignored": [], "documents": {}, "quarantine": {},
    "running": False, "last_run": None,
}  # fmt: skip


def spent(**cost: Any) -> str:
    """Return what `status` says of a ledger."""
    none = {"attempts": 3, "cost_nanodollars": 19_800_000, "unknown_attempts": 0, "unpriced_attempts": 0}
    return "\n".join(status_lines(FACTS | {"cost": none | cost}))


@pytest.mark.parametrize(("number", "said"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1200, "1,200 files")])
def test_one_is_no_plural(number: int, said: str) -> None:
    assert counted(number, "file") == said


def test_a_sum_says_what_it_leaves_out() -> None:
    assert spent().endswith("$0.0198 in 3 attempts")
    assert "1 attempt may be charged although nobody could see for how much." in spent(unknown_attempts=1)
    assert "2 attempts without a known price: not in the sum." in spent(unpriced_attempts=2)
    assert "not in the sum" not in spent(unpriced_attempts=3, cost_nanodollars=None)


@pytest.mark.parametrize(
    ("usages", "tokens"),
    [
        ([], 0),
        ([Usage()], None),
        ([Usage(), Usage(1000, 0, 100, 0)], 1000),
    ],
)
def test_tokens_that_nobody_saw_are_not_called_none(usages: list[Usage], tokens: int | None) -> None:
    moment = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    attempts = tuple(
        Attempt("0" * 64, "cv", "p1-0", number, "custom", "some-model", moment, usage=usage)
        for number, usage in enumerate(usages, 1)
    )
    outcome = Outcome(Document("0" * 64, "a.txt", "", Path("a.txt"), 0, b""), 0.1, attempts=attempts)
    assert document_facts(outcome)["input_tokens"] == tokens


def test_unknown_tokens_are_a_question() -> None:
    assert (tokens_of(None), tokens_of(0), tokens_of(1500)) == ("?", "0", "1,500")


def test_seconds_are_said_as_short_as_they_are() -> None:
    assert table([{"seconds": 0.008, "speed": 5500.0}], ["seconds", "speed"]).split() == [
        "seconds", "speed", "0.008", "5,500",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "amount", "hint"),
    [
        ("per_run", 60, "or run again;"),
        ("per_day", 60, "or wait for the next day (UTC);"),
        ("per_month", 100, "or wait for the next month (UTC);"),
        ("per_month", 101, "one such call does not fit into it at all;"),
    ],
)
def test_a_budget_that_is_used_up_says_what_helps(name: str, amount: int, hint: str) -> None:
    with pytest.raises(BudgetError) as caught:
        asyncio.run(Budget({name: 100}, {name: 50}).reserve(amount))
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada", "Ada  "),
        ("Adamo", "Adamo"),
        ("Adamos", "Adam…"),
        ("日本語", "日本…"),
        ("x日本語", "x日… "),
        ("", "     "),
        ("e\u0301" * 6, "e\u0301" * 4 + "…"),
    ],
)
def test_a_text_fills_its_columns_and_no_more(text: str, shown: str) -> None:
    assert clip(text, 5) == shown
    assert width(clip(text, 5)) == 5


def test_a_very_long_text_is_cut_at_once() -> None:
    begun = time.perf_counter()
    assert width(clip("x" * 200_000, 34)) == 34
    assert time.perf_counter() - begun < 5
