"""Usage to cost. A price that is not known is None, never 0; what runs on this machine is free, on purpose.

In this order: the provider's own figure, the user's table ([prices]), genai-prices by provider URL, unknown.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version

from genai_prices import Usage as PricedUsage
from genai_prices import calc_price
from genai_prices.types import ModelPrice as PriceList
from genai_prices.types import PriceCalculation, TieredPrices

from pipeline.inference.providers.table import Endpoint
from pipeline.records import Cost, Terms, Usage
from pipeline.settings import ModelPrice

NANODOLLARS = 1_000_000_000
_MILLION = 1_000_000
_LIST = f"genai-prices {version('genai-prices')}"


@dataclass(frozen=True, slots=True)
class Prices:
    """The user's own prices, over those of the price list."""

    own: Mapping[str, ModelPrice]
    """By model, US dollars for a million tokens."""

    def cost(
        self,
        endpoint: Endpoint,
        usage: Usage,
        model: str | None = None,
        told: Cost | None = None,
        terms: Terms = (),
    ) -> Cost:
        """Return the cost of one attempt. `told` is the provider's own figure, `terms` are those it was served on.

        `model` is the one that answered; where it has no price, the one that was asked for is looked up.
        """
        if endpoint.provider.free:
            return Cost(0, endpoint.name)
        if told is not None:
            return told
        if usage.input_tokens is None or usage.output_tokens is None:
            return Cost()
        names = list(dict.fromkeys(filter(None, (model, endpoint.model))))
        for name in names:
            if name in self.own:
                return Cost(_by_table(self.own[name], usage, endpoint.provider.cache_write_factor), "[prices]")
        listed = next(filter(None, (_listed(endpoint.base_url, name, terms) for name in names)), None)
        return Cost(round(listed.dollars(usage) * NANODOLLARS), _LIST) if listed else Cost()

    def ceiling(self, endpoint: Endpoint, input_tokens: int, output_tokens: int, terms: Terms = ()) -> int | None:
        """Return nano-dollars that a call on such terms cannot exceed, whether its input is new, cached or written to a cache.

        None: no price.
        """
        ways = ((0, 0), (input_tokens, 0), (0, input_tokens))
        usages = [Usage(input_tokens, read, output_tokens, 0, written) for read, written in ways]
        costs = [self.cost(endpoint, usage, terms=terms) for usage in usages]
        return max((cost.nanodollars for cost in costs if cost.nanodollars is not None), default=None)

    def dearer(self, endpoint: Endpoint, terms: Terms, others: Terms) -> Terms:
        """Return on which of two terms a call costs more; the first ones where there is no telling."""
        if terms == others:
            return terms
        cost, other = (self.ceiling(endpoint, _MILLION, _MILLION, each) or 0 for each in (terms, others))
        return terms if cost >= other else others

    def context_window(self, endpoint: Endpoint) -> int | None:
        """Return how many tokens the model takes, input and output together; None: not known."""
        if endpoint.context_window or endpoint.provider.free:
            return endpoint.context_window
        listed = _listed(endpoint.base_url, endpoint.model)
        return listed.context_window if listed else None


@dataclass(frozen=True, slots=True)
class _Listed:
    """A model of the price list. What does not change is asked for once: the list takes 0.1 ms for an answer."""

    base_url: str
    model: str
    terms: Terms
    context_window: int | None
    rates: tuple[Decimal, ...] | None
    """US dollars for a call, and for a token of new, read and written input and of output.

    None: they change with the hour or with the number of tokens.
    """

    def dollars(self, usage: Usage) -> Decimal:
        """Return what a call costs."""
        read, written = _from_cache(usage)
        if self.rates is None:
            return _calculated(self.base_url, self.model, usage, self.terms).total_price
        counts = (1, (usage.input_tokens or 0) - read - written, read, written, usage.output_tokens or 0)
        return sum((rate * count for rate, count in zip(self.rates, counts, strict=True)), Decimal())


def _by_table(price: ModelPrice, usage: Usage, write_factor: float) -> int:
    cached, written = _from_cache(usage)
    cached_price = price.input if price.cached_input is None else price.cached_input
    dollars = (
        Decimal(str(price.input)) * ((usage.input_tokens or 0) - cached - written)
        + Decimal(str(price.input)) * Decimal(str(write_factor)) * written
        + Decimal(str(cached_price)) * cached
        + Decimal(str(price.output)) * (usage.output_tokens or 0)
    )
    return round(dollars * NANODOLLARS / _MILLION)


@functools.lru_cache(maxsize=256)
def _listed(base_url: str, model: str, terms: Terms = ()) -> _Listed | None:
    """Return a model of the price list; None: it is not there."""
    try:
        call = _calculated(base_url, model, Usage(0, 0, 0, 0), terms)
    except LookupError:
        return None
    steady = isinstance(call.model.prices, PriceList) and TieredPrices not in map(type, vars(call.model_price).values())
    rates = _rates(call, base_url, model, terms) if steady else None
    return _Listed(base_url, model, terms, call.model.context_window, rates)


def _rates(call: PriceCalculation, base_url: str, model: str, terms: Terms) -> tuple[Decimal, ...]:
    usages = (
        Usage(_MILLION, 0, 0),
        Usage(_MILLION, _MILLION, 0),
        Usage(_MILLION, 0, 0, cache_write_input_tokens=_MILLION),
        Usage(0, 0, _MILLION),
    )
    prices = [_calculated(base_url, model, usage, terms).total_price for usage in usages]
    return call.total_price, *((price - call.total_price) / _MILLION for price in prices)


def _calculated(base_url: str, model: str, usage: Usage, terms: Terms) -> PriceCalculation:
    read, written = _from_cache(usage)
    priced = PricedUsage(
        input_tokens=usage.input_tokens or 0,
        cache_read_tokens=read,
        cache_write_tokens=written,
        output_tokens=usage.output_tokens,
    )
    return calc_price(priced, model, provider_api_url=base_url, price_context=dict(terms) or None)


def _from_cache(usage: Usage) -> tuple[int, int]:
    """Return the tokens of input that were read from a cache and written to one; together no more than there are."""
    inputs = usage.input_tokens or 0
    read = min(usage.cached_input_tokens or 0, inputs)
    return read, min(usage.cache_write_input_tokens or 0, inputs - read)
