"""Money set aside before a request leaves, and settled when its cost is known. At no moment is more promised than allowed.

Each limit (of the run, the day, the month) has a sum of what is spent and what is reserved. A request
is let go only when its highest possible price fits under every limit; while others are under way it
waits for what they give back. What was sent and never settled counts at its highest price.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from pipeline.errors import BudgetError


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
                    raise BudgetError(
                        f"the budget is used up: [budget] {name} is ${self._limits[name] / 1e9:.4f}, spent are "
                        f"${self._spent[name] / 1e9:.4f}, and the next call may cost ${amount / 1e9:.4f}",
                        "raise it in pipeline.toml, or wait for the next day or month; the documents stay in the inbox",
                    )
                await self._given_back.wait()
            self._reserved += amount

    async def settle(self, reserved: int, cost: int | None) -> None:
        """Turn a reservation into what was spent. `cost` None: nobody knows, so all of it counts."""
        async with self._given_back:
            self._reserved -= reserved
            for name in self._spent:
                self._spent[name] += reserved if cost is None else cost
            self._given_back.notify_all()

    def _too_tight(self, amount: int) -> str | None:
        return next((name for name, promised in self.promised.items() if promised + amount > self._limits[name]), None)
