"""Usage to cost. A price that is not known is None, never 0; only the embedded engine is free, on purpose."""

from __future__ import annotations

from importlib.metadata import version

from genai_prices import Usage as PricedUsage
from genai_prices import calc_price

from pipeline.inference.providers.table import Endpoint
from pipeline.records import Cost, Usage

_NANODOLLARS = 1_000_000_000


def cost(endpoint: Endpoint, usage: Usage, model: str | None = None, own: Cost | None = None) -> Cost:
    """Return the cost of one attempt: the provider's own figure, else genai-prices by provider URL, else unknown.

    `model` is the one that answered; where it has no price, the one that was asked for is looked up.
    """
    if endpoint.provider.free:
        return Cost(0, endpoint.name)
    if own is not None:
        return own
    if usage.input_tokens is None or usage.output_tokens is None:
        return Cost()
    priced = PricedUsage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=min(usage.cached_input_tokens or 0, usage.input_tokens),
        output_tokens=usage.output_tokens,
    )
    for name in dict.fromkeys(filter(None, (model, endpoint.model))):
        try:
            price = calc_price(priced, name, provider_api_url=endpoint.base_url)
        except LookupError:
            continue
        return Cost(round(price.total_price * _NANODOLLARS), f"genai-prices {version('genai-prices')}")
    return Cost()
