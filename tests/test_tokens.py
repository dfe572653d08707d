"""What a run will cost, said before it: tokens without a tokenizer, and the whole bill, held against true counts.

token_counts.json holds the texts, the documents and what four real tokenizers make of them. benchmarks/forecast.py
measures the same with documents of your own.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT
from fakes import FakeClock, InlineExecutor
from pipeline.app import House, World
from pipeline.commands import Order, forecast_run
from pipeline.estimate import Estimate
from pipeline.inference.tokens import fewest_tokens, likely_reply_tokens, likely_tokens, most_tokens
from pipeline.prompts import load as load_prompts
from pipeline.schemas.schema import custom
from pipeline.settings import load
from pipeline.store.reading import Reader
from test_line import go, rows

FACTS = json.loads(Path(__file__).with_name("token_counts.json").read_text(encoding="utf-8"))
TEXTS: list[dict[str, Any]] = FACTS["texts"]
INBOX: list[dict[str, Any]] = FACTS["inbox"]
TOKENIZERS = ("o200k", "tekken", "qwen3", "gemma3")
BILL = 0.15
"""So far may a forecast be from the bill."""
WEIGHED_AS_OTHERS = ("tr", "pt", "ru", "fr", "hi")
"""Their words stand in o200k's vocabulary more often than those of their neighbours, and the letters do not tell."""


def off(said: float, true: float) -> float:
    return abs(said / true - 1)


def shown(text: dict[str, Any]) -> str:
    return f"{text['kind']}-{text['language']}"


# --- texts


@pytest.mark.parametrize("text", TEXTS, ids=shown)
def test_a_likely_number_is_near_the_true_one(text: dict[str, Any]) -> None:
    widest = 0.5 if text["language"] in WEIGHED_AS_OTHERS or text["kind"] == "spaced" else 0.2

    assert off(likely_tokens(text["text"]), text["tokens"]["o200k"]) <= widest


def test_over_many_languages_and_kinds_errors_cancel_out() -> None:
    said = sum(likely_tokens(text["text"]) for text in TEXTS)
    true = {name: sum(text["tokens"][name] for text in TEXTS) for name in TOKENIZERS}

    assert len({text["language"] for text in TEXTS}) >= 20
    assert off(said, true["o200k"]) <= 0.05
    assert all(off(said, count) <= 0.2 for count in true.values())


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_the_true_number_is_never_outside_the_sure_ones(tokenizer: str) -> None:
    for text in TEXTS:
        assert fewest_tokens(text["text"]) <= text["tokens"][tokenizer] <= most_tokens(text["text"].encode())


@pytest.mark.parametrize(
    ("text", "o200k"),
    [
        (" " * 1000, 9),
        ("\n" * 1000, 63),
        ("." * 1000, 17),
        ("_" * 1000, 17),
        ("-" * 1000, 16),
        ("1" * 999, 333),
        ("don't " * 100, 101),
        (" disproportionately" * 100, 100),
        ("abcdefghijklmnopqrstuvwxyz" * 10, 10),
        (" verantwoordelijkheid" * 100, 100),
        ("ありがとうございました" * 100, 100),
        (" 天天中彩票app" * 100, 100),
    ],
)
def test_the_longest_tokens_there_are_do_not_break_the_lower_bound(text: str, o200k: int) -> None:
    assert fewest_tokens(text) <= o200k


def test_the_lower_bound_still_says_something() -> None:
    said = sum(fewest_tokens(text["text"]) for text in TEXTS)

    assert said >= 0.4 * sum(text["tokens"]["o200k"] for text in TEXTS)


@given(st.text(), st.text())
def test_a_longer_text_has_no_fewer_tokens(text: str, more: str) -> None:
    assert fewest_tokens(text) <= fewest_tokens(text + more)
    assert likely_tokens(text) <= likely_tokens(text + more)


@given(st.text(), st.text())
def test_a_text_has_as_many_tokens_as_its_parts(text: str, more: str) -> None:
    assert fewest_tokens(f"{text}\n{more}") == fewest_tokens(text) + fewest_tokens(more)
    assert abs(likely_tokens(f"{text}\n{more}") - likely_tokens(text) - likely_tokens(more)) <= 3


@given(st.text())
def test_the_three_numbers_are_in_order(text: str) -> None:
    assert fewest_tokens(text) <= most_tokens(text.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    "piece",
    [" ", "\n", " \n", "\t\u00a0", ".", "a", "é", "1 ", "a'", "汉", "ab ", *(text["text"] for text in TEXTS[:3])],
)
def test_a_long_document_is_counted_at_all(piece: str) -> None:
    text = piece * (400_000 // len(piece))  # a pattern that looks back would take minutes

    assert fewest_tokens(text) <= len(text)
    assert likely_tokens(text) <= 2 * len(text)


# --- replies


def reply(schema: dict[str, Any], document_tokens: int = 300) -> int:
    return likely_reply_tokens(custom(schema).json_schema, document_tokens)


def an_object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


TEXT = {"type": "string"}
ENTRIES = {"type": "array", "items": an_object(item=TEXT, price={"type": "number"})}


def test_every_key_of_a_schema_makes_the_reply_longer() -> None:
    one, two = an_object(name=TEXT), an_object(name=TEXT, street=TEXT)

    assert 0 < reply(one) < reply(two)
    assert reply(an_object(kind={"enum": ["a", "b"]})) <= reply(an_object(kind=TEXT))


def test_a_summary_is_longer_than_a_name() -> None:
    told = {"type": "string", "description": "two sentences"}

    assert reply(an_object(about=told)) == reply(an_object(about=TEXT)) + 27
    assert reply(an_object(Summary=TEXT)) > reply(an_object(surname=TEXT)) + 20


def test_a_reply_without_lists_does_not_grow_with_the_document() -> None:
    assert reply(an_object(name=TEXT), 100) == reply(an_object(name=TEXT), 100_000)


def test_a_list_grows_slower_than_the_document_and_a_list_within_it_as_fast() -> None:
    plain = an_object(lines=ENTRIES)
    nested = an_object(jobs={"type": "array", "items": an_object(tasks={"type": "array", "items": TEXT})})

    assert 3 < reply(plain, 80_000) / reply(plain, 10_000) < 5
    assert 6 < reply(nested, 80_000) / reply(nested, 10_000) < 9


def test_an_empty_document_costs_the_keys_only() -> None:
    assert 0 < reply(an_object(lines=ENTRIES), 0) < reply(an_object(lines=ENTRIES), 1) < 60


@pytest.mark.parametrize(
    ("prompt", "document_tokens", "shortest", "longest"),
    [
        ("cv", 300, 350, 550),
        ("cv", 1500, 900, 2000),
        ("document", 110, 90, 180),
        ("document", 9000, 300, 1500),
        ("invoice", 200, 90, 180),
        ("invoice", 1500, 150, 500),
    ],
)
def test_the_prompts_of_the_project_get_sensible_replies(
    prompt: str, document_tokens: int, shortest: int, longest: int
) -> None:
    schema = load_prompts(PROJECT / "prompts", "document", 4000).by_name[prompt].schema.json_schema

    assert shortest <= likely_reply_tokens(schema, document_tokens) <= longest


# --- the bill


class Biller:
    """A provider that knows the true reply to every document of the inbox, and what it charges for it."""

    def __init__(self) -> None:
        self._facts = {item["text"].split("\n", 1)[0]: item for item in INBOX}

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        facts = self._facts[body["messages"][-1]["content"].split("\n")[1]]
        message = {"role": "assistant", "content": json.dumps(facts["reply"], ensure_ascii=False)}
        usage = {"prompt_tokens": facts["input"], "completion_tokens": facts["output"]}
        return httpx.Response(
            200, json={"choices": [{"finish_reason": "stop", "message": message}], "usage": usage}, request=request
        )


@pytest.fixture
def office(tmp_path: Path, clock: FakeClock) -> House:
    """A house with two prompts of its own and 24 documents in six languages in its inbox."""
    config = tmp_path / "pipeline.toml"
    config.write_text(
        '[inference]\nprovider = "custom"\nbase_url = "https://api.openai.com/v1"\nmodel = "gpt-4.1-mini"\n'
        '[inbox]\nsettle = 0\ndefault_prompt = "letter"\n'
        '[prices."gpt-4.1-mini"]\ninput = 0.40\noutput = 1.60\n'
    )
    (tmp_path / "prompts").mkdir()
    for name in ("application", "letter"):
        (tmp_path / "prompts" / f"{name}.md").write_text(FACTS[name], encoding="utf-8")
    house = House(load(config, tmp_path / "data", {}), World(clock, Biller().transport, lambda _: InlineExecutor()))
    fill(house, INBOX)
    return house


def fill(house: House, items: list[dict[str, Any]], ending: str = "") -> None:
    house.folders.inbox.mkdir(parents=True, exist_ok=True)
    for item in items:
        (house.folders.inbox / item["file"]).write_text(item["text"] + ending, encoding="utf-8")


def forecast(house: House) -> tuple[Estimate, ...]:
    fresh = House(house.configuration, house.world)
    return asyncio.run(forecast_run(fresh, Order())).by_prompt


def total(parts: tuple[Estimate, ...], figure: Callable[[Estimate], int | None]) -> int:
    return sum(figure(part) or 0 for part in parts)


def test_a_dry_run_is_near_the_bill_of_a_mixed_inbox(office: House) -> None:
    said = forecast(office)
    result = go(office)
    [(calls, inputs, outputs, cost)] = rows(
        office, "SELECT count(*), sum(input_tokens), sum(output_tokens), sum(cost_nanodollars) FROM attempts"
    )

    assert len({item["reply"]["language"] for item in INBOX}) == 6
    assert result.report.counts["done"] == len(INBOX) == calls == total(said, lambda part: part.calls)
    assert off(total(said, lambda part: part.input_tokens), inputs) <= BILL
    assert off(total(said, lambda part: part.output_tokens), outputs) <= BILL
    assert off(total(said, lambda part: part.nanodollars), cost) <= BILL


def test_a_forecast_adds_up_the_history_once_for_each_prompt(office: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, usual_output = list[str](), Reader.usual_output

    def watched(self: Reader, prompt: str, model: str) -> int | None:
        asked.append(prompt)
        return usual_output(self, prompt, model)

    monkeypatch.setattr(Reader, "usual_output", watched)
    with office.store():
        pass
    said = forecast(office)

    assert sorted(asked) == sorted(part.prompt for part in said)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pl", "nl"])
def test_a_dry_run_is_near_the_bill_in_every_language(office: House, language: str) -> None:
    items = [item for item in INBOX if item["reply"]["language"] == language]
    for path in office.folders.inbox.iterdir():
        path.unlink()
    fill(office, items)

    said = forecast(office)

    bill = sum(400 * item["input"] + 1600 * item["output"] for item in items)
    assert off(total(said, lambda part: part.nanodollars), bill) <= BILL


def test_history_replaces_what_the_schema_said(office: House) -> None:
    go(office)
    true: Counter[str] = Counter()
    for item in INBOX:
        true["letter" if item["file"].startswith("letter") else "application"] += item["output"]
    fill(office, INBOX, ending="\nVale")

    said = {part.prompt: part for part in forecast(office)}

    assert {name: part.calls for name, part in said.items()} == {"application": 18, "letter": 6}
    assert all(off(part.output_tokens, true[name]) < 0.01 for name, part in said.items())


def test_a_model_without_a_history_is_told_from_the_schema(office: House) -> None:
    before = {part.prompt: part.output_tokens for part in forecast(office)}
    go(office)
    fill(office, INBOX, ending="\n")
    other = House(office.configuration.with_model("gpt-4.1-nano"), office.world)

    after = {part.prompt: part.output_tokens for part in forecast(other)}

    assert all(off(after[name], before[name]) < 0.02 for name in before)
