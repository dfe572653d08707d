"""Money: at no moment is more promised than allowed, whatever the provider does, and a used-up budget blames no document."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import FakeClock, FakeProvider, InlineExecutor, Ledger
from pipeline.app import House, World
from pipeline.commands import Result, retry
from pipeline.errors import BudgetError, ExitCode, PipelineError, RunError, SettingsError, UndecidedError
from pipeline.inference.budget import Budget
from pipeline.inference.circuit import Circuit
from pipeline.inference.client import Client, Purse
from pipeline.inference.pace import Pace
from pipeline.inference.pricing import Prices
from pipeline.inference.providers.table import PROVIDERS, Endpoint
from pipeline.inference.sending import Sender
from pipeline.records import Attempt, Inference, Prompt
from pipeline.reports import result_lines
from pipeline.schemas.schema import custom
from pipeline.settings import ModelPrice, load
from test_line import CV, go, kill_at, names, one, rows

LIMITS = ("per_run", "per_day", "per_month")
SCHEMA = custom({"type": "object", "properties": {"title": {"type": "string"}}})
RUNS_IN_ONE = 5
"""Sets of documents in one example, so that 200 examples are 1,000 runs."""


# --- the law


class WatchedBudget(Budget):
    """Looks at every moment in which a sum changes."""

    def __init__(self, limits: Mapping[str, int], spent: Mapping[str, int]) -> None:
        super().__init__(limits, spent)
        # What was spent before may be more than is allowed now; then nothing may be added.
        self.highest = {name: max(limit, spent.get(name, 0)) for name, limit in limits.items()}

    def look(self) -> None:
        assert all(promised <= self.highest[name] for name, promised in self.promised.items())
        assert self._reserved >= 0

    async def reserve(self, amount: int) -> None:
        await super().reserve(amount)
        self.look()

    async def settle(self, reserved: int, cost: int | None) -> None:
        await super().settle(reserved, cost)
        self.look()


class MoodyProvider(httpx.AsyncBaseTransport):
    """Answers late and badly, and charges for whatever it began, also where nobody can see it."""

    def __init__(self, chance: random.Random, price: tuple[int, int, int]) -> None:
        """Take nano-dollars a token: of the input, of what came from the cache, of the output."""
        self._chance, self._price = chance, price
        self.charged = 0
        """Nano-dollars."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(self._chance.randrange(6)):
            await asyncio.sleep(0)
        body = json.loads(request.content)
        mood = self._chance.choice(
            ["good"] * 6 + ["prose", "length", "silent", "garbage", "drop", "away", "500", "429", "422"]
        )
        if mood == "away":
            raise httpx.ConnectError("refused", request=request)
        if mood.isdigit():
            return httpx.Response(int(mood), json={"error": {"message": "injected"}})
        inputs = self._chance.choice([0, 1, len(request.content) // 4, len(request.content)])
        outputs = self._chance.choice([0, 1, body["max_tokens"] // 2, body["max_tokens"]])
        cached = self._chance.randint(0, inputs)
        fresh_price, cached_price, output_price = self._price
        self.charged += fresh_price * (inputs - cached) + cached_price * cached + output_price * outputs
        if mood == "drop":
            raise httpx.ReadError("peer closed the connection", request=request)
        if mood == "garbage":
            return httpx.Response(200, text="<html>proxy</html>")
        usage = {
            "prompt_tokens": inputs,
            "completion_tokens": outputs,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        return httpx.Response(
            200,
            json={
                "choices": [
                    {
                        "finish_reason": "length" if mood == "length" else "stop",
                        "message": {"content": "Well." if mood == "prose" else '{"title": "A letter"}'},
                    }
                ],
                "usage": None if mood == "silent" else usage,
            },
        )


@dataclass
class Spree:
    """Many documents at once with little money. Everything about it comes from one seed."""

    chance: random.Random

    def __post_init__(self) -> None:
        chance = self.chance
        self.price = (chance.randint(1, 20_000), chance.randint(0, 2_000), chance.randint(0, 80_000))
        # About what is set aside for a call; the smallest limits do not allow a single one.
        call = 900 * max(self.price[:2]) + 150 * self.price[2]
        chosen = chance.sample(LIMITS, chance.randint(1, 3))
        self.limits = {name: chance.randint(0, 8 * call) for name in chosen}
        self.spent = {name: chance.choice([0, 0, chance.randint(0, 4 * call)]) for name in chosen}
        self.per_document = chance.choice([None, None, chance.randint(call // 3, 4 * call)])
        self.budget = WatchedBudget(self.limits, self.spent)
        self.provider, self.ledger, self.clock = MoodyProvider(chance, self.price), Ledger(), FakeClock()
        self.documents = chance.randint(1, 9)

    async def run(self) -> list[Inference | PipelineError]:
        to = Endpoint("custom", PROVIDERS["custom"], "http://provider.test/v1", "some-model", None)
        client = Client(
            Sender(self.provider, self.clock, 5),
            to,
            Pace(self.clock, self.chance.randint(1, 4), None, None),
            self.ledger,
            Purse(Prices({"some-model": self.listed}), self.budget, self.per_document),
            clock=self.clock,
            circuit=Circuit(1000, 1.0),
            jitter=lambda _low, _high: 0.0,
        )
        waiting = (self._ask(client, number) for number in range(self.documents))
        return await asyncio.wait_for(asyncio.gather(*waiting), 60)

    async def _ask(self, client: Client, number: int) -> Inference | PipelineError:
        words = "word " * self.chance.randint(1, 200)
        prompt = Prompt("letter", "p1-x", None, "Read it.", words, SCHEMA.json_schema, self.chance.randint(1, 300))
        try:
            return await client.infer(f"{number:064}", prompt, SCHEMA.read)
        except (RunError, UndecidedError) as error:
            return error

    @property
    def listed(self) -> ModelPrice:
        """Return the provider's price as a person writes it down: dollars for a million tokens."""
        fresh, cached, output = (nanodollars / 1000 for nanodollars in self.price)
        return ModelPrice(input=fresh, output=output, cached_input=cached)

    @property
    def booked(self) -> int:
        """Add up the ledger: what is known, and the highest price of what nobody knows."""
        return sum(map(_booked, self.ledger.attempts))


def _booked(attempt: Attempt) -> int:
    if attempt.cost.nanodollars is not None:
        return attempt.cost.nanodollars
    nobody_charges = attempt.status not in (None, 200) or attempt.error == "unreachable"
    return 0 if nobody_charges else attempt.reserved or 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_at_no_moment_is_more_promised_than_allowed_and_the_provider_never_charges_more(seed: int) -> None:
    for number in range(RUNS_IN_ONE):
        spree = Spree(random.Random(f"{seed} {number}"))

        outcomes = asyncio.run(spree.run())

        assert spree.budget._reserved == 0
        for name, limit in spree.limits.items():
            before = spree.spent[name]
            assert spree.budget.promised[name] == before + spree.booked
            assert before + spree.provider.charged <= max(limit, before)
        if spree.per_document is not None:
            for document in {attempt.document_sha256 for attempt in spree.ledger.attempts}:
                mine = [attempt for attempt in spree.ledger.attempts if attempt.document_sha256 == document]
                assert sum(map(_booked, mine)) <= spree.per_document
        assert {type(outcome) for outcome in outcomes} <= {Inference, BudgetError, UndecidedError}


def test_who_does_not_fit_waits_for_what_others_give_back() -> None:
    async def run() -> list[str]:
        budget, order = Budget({"per_run": 10}, {}), []

        async def spend(name: str, amount: int, cost: int) -> None:
            await budget.reserve(amount)
            order.append(name)
            await asyncio.sleep(0.001)
            await budget.settle(amount, cost)

        await asyncio.gather(spend("first", 8, 1), spend("second", 8, 1), spend("third", 8, 1))
        return order

    assert asyncio.run(run()) == ["first", "second", "third"]


def test_what_nobody_knows_the_price_of_counts_in_full() -> None:
    async def run() -> dict[str, int]:
        budget = Budget({"per_run": 10, "per_day": 30}, {"per_day": 20})
        await budget.reserve(7)
        await budget.settle(7, None)
        with pytest.raises(BudgetError, match="per_run"):
            await budget.reserve(4)
        await budget.reserve(3)
        await budget.settle(3, 0)
        return budget.promised

    assert asyncio.run(run()) == {"per_run": 7, "per_day": 27}


def test_the_message_names_the_limit_that_is_too_tight_and_the_three_sums() -> None:
    async def run() -> None:
        await Budget({"per_run": 10**9, "per_day": 5 * 10**9}, {"per_day": 45 * 10**8}).reserve(10**9)

    with pytest.raises(BudgetError) as caught:
        asyncio.run(run())

    assert "per_day is $5.0000" in caught.value.message
    assert "$4.5000" in caught.value.message
    assert "$1.0000" in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == ExitCode.TRY_LATER


@pytest.mark.parametrize(("amount", "helps"), [(10, True), (11, False)])
def test_to_wait_for_the_next_day_is_advised_only_where_the_call_fits_into_a_whole_day(
    amount: int, helps: bool
) -> None:
    with pytest.raises(BudgetError) as caught:
        asyncio.run(Budget({"per_day": 10}, {"per_day": 1}).reserve(amount))

    assert ("wait for the next day" in caught.value.hint) is helps
    assert ("does not fit into it at all" in caught.value.hint) is not helps


def test_all_that_is_allowed_may_be_spent_to_the_last_nanodollar() -> None:
    async def run() -> dict[str, int]:
        budget = Budget({"per_run": 10}, {})
        await budget.reserve(10)
        await budget.settle(10, 10)
        return budget.promised

    assert asyncio.run(run()) == {"per_run": 10}


def test_without_a_limit_anything_goes() -> None:
    budget = Budget({}, {"per_day": 10**12})

    asyncio.run(budget.reserve(10**15))

    assert not budget.is_limited
    assert budget.promised == {}


# --- the whole line

Budgeted = Callable[..., House]


@pytest.fixture
def budgeted(tmp_path: Path, clock: FakeClock, provider: FakeProvider) -> Budgeted:
    """Return a maker of houses: `budgeted(per_run=0.02)`; the fake provider sits where prices are known."""

    def make(concurrency: int = 8, prices: str = "", model: str = "gpt-4.1-mini", **budget: float) -> House:
        config = tmp_path / "pipeline.toml"
        limits = "\n".join(f"{name} = {dollars}" for name, dollars in budget.items())
        config.write_text(
            f'[inference]\nprovider = "custom"\nbase_url = "https://api.openai.com/v1"\nmodel = "{model}"\n'
            f"concurrency = {concurrency}\n[inbox]\nsettle = 0\n[budget]\n{limits}\n{prices}\n"
        )
        world = World(clock, provider.transport, lambda _settings: InlineExecutor())
        house = House(load(config, tmp_path / "data", {}), world)
        house.folders.inbox.mkdir(parents=True, exist_ok=True)
        return house

    return make


def fill(house: House, documents: int) -> None:
    for number in range(documents):
        (house.folders.inbox / f"{number}.txt").write_text(f"{CV}{number}")


def calls(provider: FakeProvider) -> int:
    return sum(provider.calls.values())


def spent(house: House) -> float:
    """Return the ledger's sum in dollars."""
    return (one(house, "SELECT sum(cost_nanodollars) FROM attempts") or 0) / 1e9


def price_of_one(budgeted: Budgeted, provider: FakeProvider) -> tuple[float, float]:
    """Return what one document costs, and what is set aside for it, in dollars."""
    house = budgeted()
    (house.folders.inbox / "first.txt").write_text(CV)
    go(house)
    reserved = one(house, "SELECT reserved_nanodollars FROM attempts") / 1e9
    assert calls(provider) == 1
    return spent(house), reserved


def last_line(house: House, result: Result) -> str:
    return list(result_lines(house, result))[-1]


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("name", LIMITS)
def test_a_used_up_budget_ends_the_run_in_order(
    budgeted: Budgeted, provider: FakeProvider, name: str, concurrency: int
) -> None:
    house = budgeted(concurrency, **{name: 0.02})
    fill(house, 30)

    result = go(house)

    done = result.report.counts["done"]
    assert result.report.exit_code == ExitCode.TRY_LATER
    assert 0 < done < 30
    assert result.report.counts == {"done": done}
    assert names(house.folders.quarantine) == []
    assert len(names(house.folders.inbox)) == 30 - done
    assert len(names(house.folders.done)) == done == calls(provider) == one(house, "SELECT count(*) FROM attempts")
    assert 0 < spent(house) <= 0.02
    assert rows(house, "SELECT DISTINCT status FROM outcomes") == [("done",)]
    assert name in one(house, "SELECT message FROM runs")


def test_the_last_line_says_what_the_rest_would_cost(budgeted: Budgeted) -> None:
    house = budgeted(per_run=0.02)
    fill(house, 30)

    result = go(house)

    rest = 30 - result.report.counts["done"]
    each = spent(house) / result.report.counts["done"]
    found = last_line(house, result)
    assert found.startswith(f"The other {rest} documents would cost about $")
    assert float(found.split("$")[1].rstrip(".")) == pytest.approx(rest * each, rel=1e-3)


def test_a_run_that_ends_otherwise_says_nothing_of_a_rest(budgeted: Budgeted) -> None:
    house = budgeted(per_run=5.0)
    fill(house, 3)

    result = go(house)

    assert result.report.exit_code == ExitCode.DONE
    assert "would cost" not in " ".join(result_lines(house, result))


@pytest.mark.parametrize("name", ["per_day", "per_month"])
def test_a_second_run_of_the_same_day_spends_nothing_more(
    budgeted: Budgeted, provider: FakeProvider, name: str
) -> None:
    house = budgeted(**{name: 0.02})
    fill(house, 30)
    go(house)
    before = (calls(provider), spent(house), names(house.folders.inbox))

    again = go(house)

    assert again.report.exit_code == ExitCode.TRY_LATER
    assert (calls(provider), spent(house), names(house.folders.inbox)) == before


def test_a_second_run_has_its_own_allowance_per_run(budgeted: Budgeted, provider: FakeProvider) -> None:
    house = budgeted(per_run=0.02)
    fill(house, 30)
    go(house)
    first = calls(provider)

    go(house)

    assert calls(provider) == 2 * first
    assert 0.02 < spent(house) <= 0.04


@pytest.mark.parametrize(
    ("name", "days", "is_free"),
    [("per_day", 0.4, False), ("per_day", 1, True), ("per_month", 1, False), ("per_month", 7, True)],
)
def test_a_new_day_and_a_new_month_begin_at_nothing(
    budgeted: Budgeted, provider: FakeProvider, clock: FakeClock, *, name: str, days: float, is_free: bool
) -> None:
    house = budgeted(**{name: 0.02})
    fill(house, 30)
    go(house)  # at noon of 24 November
    first = calls(provider)
    clock.seconds += days * 86_400

    go(house)

    assert calls(provider) == (2 * first if is_free else first)


@pytest.mark.parametrize("name", ["per_day", "per_month"])
def test_what_a_clock_that_was_wrong_once_dated_into_the_future_uses_nothing_up_today(
    budgeted: Budgeted, provider: FakeProvider, clock: FakeClock, name: str
) -> None:
    house = budgeted(**{name: 0.02})
    fill(house, 30)
    clock.is_wrong_by = dt.timedelta(days=400)
    go(house)
    first = calls(provider)
    clock.is_wrong_by = dt.timedelta()

    go(house)
    assert calls(provider) == 2 * first
    go(house)
    assert calls(provider) == 2 * first


def test_what_a_killed_run_sent_counts_at_its_highest_price(
    budgeted: Budgeted, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost, reserved = price_of_one(budgeted, provider)
    limit = cost + 1.9 * reserved  # room for one call in flight beside a lost one, not for two
    fill(budgeted(), 1)
    kill_at(monkeypatch, budgeted(per_day=limit), "settle", "before")
    assert calls(provider) == 2
    with budgeted().reader() as reader:
        assert reader.spent("2026-11-24") == pytest.approx((cost + reserved) * 1e9, rel=0.001)

    tight = go(budgeted(per_day=limit))

    assert tight.report.exit_code == ExitCode.TRY_LATER
    assert calls(provider) == 2
    roomy = go(budgeted(per_day=limit + 0.2 * reserved))
    assert roomy.report.exit_code == ExitCode.DONE
    assert calls(provider) == 3


@pytest.mark.parametrize(
    "usage",
    [
        {},
        {"prompt_tokens": 3000},
        {"completion_tokens": 300},
        {"prompt_tokens": 3000, "completion_tokens": -5},
    ],
    ids=["nothing", "input only", "output only", "absurd output"],
)
def test_a_reply_that_does_not_say_its_usage_counts_at_its_highest_price_in_later_runs(
    budgeted: Budgeted, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch, usage: dict[str, int]
) -> None:
    _, reserved = price_of_one(budgeted, provider)
    answer = provider.answer

    def silent(content: bytes, key: str | None) -> Any:
        found = answer(content, key)
        found.body = json.dumps(json.loads(found.body) | {"usage": usage}).encode()
        return found

    monkeypatch.setattr(provider, "answer", silent)
    fill(budgeted(), 1)
    with budgeted().reader() as reader:
        before = reader.spent("2026-11-24")

    go(budgeted())

    with budgeted().reader() as reader:
        assert reader.spent("2026-11-24") - before == pytest.approx(reserved * 1e9, rel=0.01)


@pytest.mark.parametrize("name", [*LIMITS, "per_document"])
def test_a_model_without_a_price_under_a_budget_is_a_configuration_error_and_no_call(
    budgeted: Budgeted, provider: FakeProvider, name: str
) -> None:
    house = budgeted(model="my-own-model", **{name: 100.0})
    fill(house, 3)

    with pytest.raises(SettingsError) as caught:
        go(house)

    assert caught.value.exit_code == ExitCode.CONFIGURATION
    assert "my-own-model" in caught.value.message
    assert '[prices."my-own-model"]' in caught.value.hint
    assert calls(provider) == 0
    assert len(names(house.folders.inbox)) == 3


def test_with_a_price_of_ones_own_the_same_model_runs(budgeted: Budgeted) -> None:
    house = budgeted(model="my-own-model", prices='[prices."my-own-model"]\ninput = 1\noutput = 2\n', per_day=100.0)
    fill(house, 3)

    result = go(house)

    assert result.report.exit_code == ExitCode.DONE
    assert rows(house, "SELECT DISTINCT price_source FROM attempts") == [("[prices]",)]


def test_without_a_budget_a_model_without_a_price_runs_and_its_cost_is_not_known(budgeted: Budgeted) -> None:
    house = budgeted(model="my-own-model")
    fill(house, 1)

    assert go(house).report.exit_code == ExitCode.DONE
    assert rows(house, "SELECT cost_nanodollars, reserved_nanodollars FROM attempts") == [(None, None)]


def test_a_document_that_may_cost_too_much_is_quarantined_without_a_call(
    budgeted: Budgeted, provider: FakeProvider
) -> None:
    _, reserved = price_of_one(budgeted, provider)
    house = budgeted(per_document=reserved * 1.1)
    (house.folders.inbox / "long.txt").write_text(CV + "We also did this and that. " * 1000)
    fill(house, 2)

    result = go(house)

    assert result.report.exit_code == ExitCode.ATTENTION
    assert result.report.counts == {"done": 2, "quarantined": 1}
    assert names(house.folders.quarantine / "too_long") == ["long.txt", "long.txt.txt"]
    assert calls(provider) == 1 + 2
    note = (house.folders.quarantine / "too_long" / "long.txt.txt").read_text()
    assert "per_document" in note
    retry(house, None)
    assert go(budgeted(per_document=1.0)).report.counts == {"done": 1}


def test_a_repair_that_would_cost_too_much_is_not_made(budgeted: Budgeted, provider: FakeProvider) -> None:
    _, reserved = price_of_one(budgeted, provider)
    provider.fault = lambda _document, _number: "prose"
    house = budgeted(per_document=reserved * 1.05)
    fill(house, 1)

    go(house)

    assert calls(provider) == 2
    assert names(house.folders.quarantine / "gave_up") == ["0.txt", "0.txt.txt"]


def test_faults_that_cost_nothing_use_nothing_up(budgeted: Budgeted, provider: FakeProvider) -> None:
    provider.fault = lambda _document, number: "503" if number < 3 else None
    house = budgeted(per_run=0.012)
    fill(house, 1)

    assert go(house).report.exit_code == ExitCode.DONE
    assert calls(provider) == 3


@pytest.mark.parametrize("status", ["504", "524"])
def test_what_a_gateway_waited_for_in_vain_counts_at_its_highest_price(
    budgeted: Budgeted, provider: FakeProvider, status: str
) -> None:
    """The model behind it may have gone on, as it may after our own timeout."""
    provider.fault = lambda _document, number: status if number < 3 else None
    house = budgeted(per_run=0.012)
    fill(house, 1)

    assert go(house).report.exit_code == ExitCode.TRY_LATER
    assert calls(provider) == 1
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 1


def test_what_is_served_with_priority_is_set_aside_at_its_price(budgeted: Budgeted, provider: FakeProvider) -> None:
    """No request asks for it: the project is set to it, and the first reply tells those that wait for no turn yet."""
    house, aside = budgeted(concurrency=1), "SELECT reserved_nanodollars FROM attempts ORDER BY id"
    fill(house, 30)
    provider.more = {"service_tier": "priority"}

    go(house)

    first, *_, last = [amount for (amount,) in rows(house, aside)]
    assert last == pytest.approx(1.75 * first, rel=0.01)


def test_a_budget_of_nothing_lets_nothing_out(budgeted: Budgeted, provider: FakeProvider) -> None:
    house = budgeted(per_month=0.0)
    fill(house, 3)

    assert go(house).report.exit_code == ExitCode.TRY_LATER
    assert calls(provider) == 0


def test_a_budget_does_not_hold_up_what_runs_on_this_machine(
    tmp_path: Path, clock: FakeClock, provider: FakeProvider
) -> None:
    config = tmp_path / "pipeline.toml"
    config.write_text("[inbox]\nsettle = 0\n[budget]\nper_day = 0\nper_document = 0\n")
    world = World(clock, provider.transport, lambda _settings: InlineExecutor())
    house = House(load(config, tmp_path / "data", {}), world)
    house.folders.inbox.mkdir(parents=True)
    fill(house, 2)

    assert go(house).report.exit_code == ExitCode.DONE
