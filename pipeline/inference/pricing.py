"""Usage to cost. A price that is not known is None, never 0; what runs on this machine is free, on purpose.

In this order: the provider's own figure, the user's table ([prices]), genai-prices by provider URL, unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version

from genai_prices import Usage as PricedUsage
from genai_prices import calc_price
from genai_prices.types import PriceCalculation

from pipeline.inference.providers.table import Endpoint
from pipeline.records import Cost, Usage
from pipeline.settings import ModelPrice

NANODOLLARS = 1_000_000_000
_MILLION = 1_000_000
_LIST = f"genai-prices {version('genai-prices')}"


@dataclass(frozen=True, slots=True)
class Prices:
    """The user's own prices, over those of the price list."""

    own: Mapping[str, ModelPrice]
    """By model, US dollars for a million tokens."""

    def cost(self, endpoint: Endpoint, usage: Usage, model: str | None = None, told: Cost | None = None) -> Cost:
        """Return the cost of one attempt. `told` is the provider's own figure.

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
                return Cost(_by_table(self.own[name], usage), "[prices]")
        found = (_listed(endpoint, usage, name) for name in names)
        price = next(filter(None, found), None)
        if price is None:
            return Cost()
        return Cost(round(price.total_price * NANODOLLARS), _LIST)

    def ceiling(self, endpoint: Endpoint, input_tokens: int, output_tokens: int) -> int | None:
        """Return nano-dollars that a call cannot exceed, whether its input is new, cached or written to a cache. None: no price."""
        ways = ((0, 0), (input_tokens, 0), (0, input_tokens))
        costs = [self.cost(endpoint, Usage(input_tokens, read, output_tokens, 0, written)) for read, written in ways]
        return max((cost.nanodollars for cost in costs if cost.nanodollars is not None), default=None)

    def context_window(self, endpoint: Endpoint) -> int | None:
        """Return how many tokens the model takes, input and output together; None: not known."""
        if endpoint.context_window or endpoint.provider.free:
            return endpoint.context_window
        listed = _listed(endpoint, Usage(0, 0, 0, 0), endpoint.model)
        return listed.model.context_window if listed else None


def _by_table(price: ModelPrice, usage: Usage) -> int:
    cached = min(usage.cached_input_tokens or 0, usage.input_tokens or 0)
    cached_price = price.input if price.cached_input is None else price.cached_input
    dollars = (
        Decimal(str(price.input)) * ((usage.input_tokens or 0) - cached)
        + Decimal(str(cached_price)) * cached
        + Decimal(str(price.output)) * (usage.output_tokens or 0)
    )
    return round(dollars * NANODOLLARS / _MILLION)


def _listed(endpoint: Endpoint, usage: Usage, model: str) -> PriceCalculation | None:
    inputs = usage.input_tokens or 0
    read = min(usage.cached_input_tokens or 0, inputs)
    priced = PricedUsage(
        input_tokens=inputs,
        cache_read_tokens=read,
        cache_write_tokens=min(usage.cache_write_input_tokens or 0, inputs - read),
        output_tokens=usage.output_tokens,
    )
    try:
        return calc_price(priced, model, provider_api_url=endpoint.base_url)
    except LookupError:
        return None
