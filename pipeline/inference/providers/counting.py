"""What a reply in OpenAI's dialect says of tokens and money, by whatever name its server gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.inference.providers.reading import count, part
from pipeline.records import Cost, Usage

_INPUT, _OUTPUT = ("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")
_CACHED = ("cached_tokens", "cache_read_input_tokens", "prompt_cache_hit_tokens", "num_cached_tokens")
_WRITTEN = ("cache_write_tokens", "cache_creation_tokens", "cache_creation_input_tokens")
_REASONING = ("reasoning_tokens",)
_NANODOLLARS = 1_000_000_000
_TICKS_PER_NANODOLLAR = 10
_LONGEST_THOUGHT = 200_000
"""Tokens; a total that is further off than this is a mistake, not reasoning."""
_HEADER = "x-litellm-response-cost"


def usage_of(usage: dict[str, Any]) -> Usage:
    """Return tokens as told, with cached ones as a part of the input and reasoning ones as a part of the output.

    What the total tells and the parts do not is added to the part that it belongs to, since all of it is charged.
    """
    inputs, outputs = _first(usage, _INPUT), _first(usage, _OUTPUT)
    cached, written = _detail(usage, _INPUT, _CACHED), _detail(usage, _INPUT, _WRITTEN)
    reasoning = _detail(usage, _OUTPUT, _REASONING)
    total = count(usage.get("total_tokens"))
    if inputs is not None and _is_left_out(usage, _OUTPUT) and total is not None and total >= inputs:
        outputs = total - inputs  # Gemini, where all of it was reasoning
    if inputs is None or outputs is None:
        return Usage(inputs, cached, outputs, reasoning, written)
    beside = (total or 0) - inputs - outputs
    from_cache = (cached or 0) + (written or 0)
    if from_cache > inputs or 0 < beside == from_cache:  # counted beside the input, as Anthropic does
        inputs, beside = inputs + from_cache, beside - from_cache
    outputs += beside if 0 < beside <= _LONGEST_THOUGHT else 0
    if reasoning is not None and outputs < reasoning <= _LONGEST_THOUGHT:  # no part of it, so beside it
        outputs += reasoning
    return Usage(inputs, cached, outputs, reasoning, written)


def own_cost(usage: dict[str, Any], headers: Mapping[str, str]) -> Cost | None:
    """Return the price in the reply itself, in US dollars; None: it tells none.

    OpenRouter's `cost` is its fee alone where is_byok says that the key at the host behind it is one's own: then the
    host's price comes on top. xAI tells ticks, ten to the nano-dollar. LiteLLM tells a header, with 0 where it knows no price.
    """
    told = [_nanodollars(usage.get("cost"))]
    if usage.get("is_byok") is True:
        told.append(_nanodollars(part(usage, "cost_details").get("upstream_inference_cost")))
    if None not in told:
        return Cost(sum(filter(None, told)), "provider")
    if usage.get("cost") is not None and not isinstance(usage["cost"], dict):
        return None
    ticks = count(usage.get("cost_in_usd_ticks"), most=10**17)
    others = (
        _nanodollars(part(usage, "cost").get("total_cost")),
        None if ticks is None else round(ticks / _TICKS_PER_NANODOLLAR),
        _nanodollars(usage.get("estimated_cost")),
        _nanodollars(_number(headers.get(_HEADER))) or None,
    )
    return next((Cost(amount, "provider") for amount in others if amount is not None), None)


def _first(usage: dict[str, Any], names: tuple[str, ...]) -> int | None:
    return count(*(usage.get(name) for name in names))


def _detail(usage: dict[str, Any], whole: tuple[str, ...], names: tuple[str, ...]) -> int | None:
    """Return a part of a count: told among its details, or beside it."""
    places = [*(part(usage, f"{name}_details") for name in whole), usage]
    return count(*(place.get(name) for place in places for name in names))


def _is_left_out(usage: dict[str, Any], names: tuple[str, ...]) -> bool:
    return all(usage.get(name) is None for name in names)


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _nanodollars(dollars: Any) -> int | None:
    """Return a plausible price; None: it is none."""
    if isinstance(dollars, int | float) and not isinstance(dollars, bool) and 0 <= dollars < 10**6:
        return round(dollars * _NANODOLLARS)
    return None
