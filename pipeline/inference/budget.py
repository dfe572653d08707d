"""Money set aside before a request leaves, and settled when its cost is known. At no moment is more promised than allowed.

Each limit (of the run, the day, the month) has a sum of what is spent and what is reserved. A request
is let go only when its highest possible price fits under every limit; while others are under way it
waits for what they give back. What was sent and never settled counts at its highest price.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from pipeline.errors import BudgetError

_LATER = {
    "per_run": "run again",
    "per_day": "wait for the next day (UTC)",
    "per_month": "wait for the next month (UTC)",
}
"""What helps, besides more money, against each limit."""


class Budget:
    """One for all documents of a run. Amounts are nano-dollars."""

    def __init__(self, limits: Mapping[str, int], spent: Mapping[str, int]) -> None:
        """Take the limits by name ("per_day"), and what was spent under each before this run."""
        self._limits = dict(limits)
        self._spent = {name: spent.get(name, 0) for name in limits}
        self._reserved = 0
        self._given_back = asyncio.Condition()

    @property
    def is_limited(self) -> bool:
        """Tell whether there is any limit."""
        return bool(self._limits)

    @property
    def promised(self) -> dict[str, int]:
        """Return what is spent and reserved under each limit."""
        return {name: spent + self._reserved for name, spent in self._spent.items()}

    async def reserve(self, amount: int) -> None:
        """Set money aside for one request. Raises BudgetError when it does not fit and nobody can give anything back."""
        async with self._given_back:
            while (name := self._too_tight(amount)) is not None:
                if not self._reserved:
                    raise self._used_up(name, amount)
                await self._given_back.wait()
            self._reserved += amount

    async def settle(self, reserved: int, cost: int | None) -> None:
        """Turn a reservation into what was spent. `cost` None: nobody knows, so all of it counts."""
        async with self._given_back:
            self._reserved -= reserved
            for name in self._spent:
                self._spent[name] += reserved if cost is None else cost
            self._given_back.notify_all()

    def _used_up(self, name: str, amount: int) -> BudgetError:
        limit = self._limits[name]
        otherwise = f", or {_LATER[name]}" if amount <= limit else ": one such call does not fit into it at all"
        return BudgetError(
            f"the budget is used up: [budget] {name} is ${limit / 1e9:.4f}, spent are "
            f"${self._spent[name] / 1e9:.4f}, and the next call may cost ${amount / 1e9:.4f}",
            f"raise it in pipeline.toml{otherwise}; the documents stay in the inbox",
        )

    def _too_tight(self, amount: int) -> str | None:
        return next((name for name, promised in self.promised.items() if promised + amount > self._limits[name]), None)
