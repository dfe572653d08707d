"""A limit per minute as a bucket that fills evenly: ours, from the settings, or our copy of one at the provider's."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.inference.quota import MINUTE, Quota

_CAUTION = 0.97
"""The share of a provider's rate that we use, so that its bucket fills up faster than ours and forgives small delays."""
_ROUNDED = 1.0
"""What is left is told in whole numbers, rounded down."""


@dataclass(slots=True)
class Bucket:
    """So much may be taken; it comes back at `rate` a second."""

    rate: float
    size: float
    """What it holds at most. 0: no bursts, each one waits until what the last one took has come back."""
    level: float
    """What is in it. Below 0: more was taken than was there."""
    at: float
    """The second at which it held that."""
    again_at: float = math.inf
    """The second at which the provider says that all is there again. Then one may ask, whatever is in our copy: the limit may be
    for a second, which nobody said."""

    empty_at: float = math.inf
    """The second at which the provider first said that nothing is left; then nothing was seen to come back yet."""
    seen: float = 0.0
    """How many were seen to come back in a second."""

    @classmethod
    def of(cls, per_minute: int, now: float) -> Bucket:
        """Return a bucket for a limit in the settings: starts are spread evenly."""
        return cls(per_minute / MINUTE, 0.0, 0.0, now)

    @classmethod
    def like(cls, quota: Quota, since: float, now: float) -> Bucket:
        """Return a copy of one at the provider's. `since`: what we took after the request that was told of it."""
        size = max(quota.remaining, 1.0)  # it was not empty before the request that was answered
        return cls(_CAUTION * quota.rate, size, quota.remaining - since, now, _again_at(quota, now))

    def wait(self, amount: float, now: float) -> float:
        """Return seconds until so much may be taken. More than it holds may be taken when it is full."""
        self._fill(now)
        enough = min(amount, self.size)
        if now >= self.again_at:
            self.level, self.again_at = max(self.level, enough), math.inf
        return max(0.0, min((enough - self.level) / self.rate, self.again_at - now))

    def take(self, amount: float) -> None:
        """Take so much out; a negative amount is put back."""
        self.level -= amount

    def told(self, quota: Quota, since: float, elapsed: float, now: float) -> None:
        """Correct our copy. `elapsed`: seconds since the request was sent that was told of it.

        The provider looked into its bucket at some moment of that time, so what is in it now is between two bounds;
        within them our own count is the better one. That nothing is left says nothing about how much is owed.
        """
        self._fill(now)
        self.rate = _CAUTION * max(quota.rate, self._seen(quota, now))
        self.size, self.again_at = max(self.size, quota.remaining), _again_at(quota, now)
        is_exact = quota.remaining or quota.subject == "requests"
        least = quota.remaining - since if is_exact else -math.inf
        most = quota.remaining + _ROUNDED - since + self.rate * elapsed
        self.level = min(max(self.level, least), most, self.size)

    def _seen(self, quota: Quota, now: float) -> float:
        """Return how fast it was seen to fill, where nobody says for how long the limit is: it may be for less than a minute."""
        if quota.window or quota.reset:
            return 0.0
        if quota.remaining < _ROUNDED:
            self.empty_at = min(self.empty_at, now)
            self.seen /= 2 if self.level >= _ROUNDED else 1  # we thought that there was more: it fills more slowly
        elif self.empty_at < now and quota.remaining - self.level >= quota.limit / 2:
            self.seen, self.empty_at = quota.remaining / (now - self.empty_at), math.inf
        return self.seen

    def _fill(self, now: float) -> None:
        self.level = min(max(self.size, self.level), self.level + (now - self.at) * self.rate)
        self.at = now


def _again_at(quota: Quota, now: float) -> float:
    return now + quota.reset if quota.reset else math.inf
