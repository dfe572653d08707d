"""Is the provider down? Told by what became of recent attempts, whichever documents they were for."""

from __future__ import annotations

from collections import deque

_STRAINED, _OVERRUN = 0.25, 0.5


class Circuit:
    """Opens when, of the last `window` attempts, at least `share` failed and none of the newest half succeeded."""

    def __init__(self, window: int, share: float) -> None:
        """Take the number of attempts to look back on, and a share from 0 to 1; 1: all of them failed."""
        self._failed: deque[bool] = deque(maxlen=window)
        self._share = share

    def note(self, *, failed: bool) -> None:
        """Take an attempt into account."""
        self._failed.append(failed)

    @property
    def is_strained(self) -> bool:
        """Tell whether a quarter of recent attempts failed."""
        return sum(self._failed) >= _STRAINED * max(len(self._failed), 1)

    @property
    def is_overrun(self) -> bool:
        """Tell whether half of as many attempts as it looks back on failed."""
        return sum(self._failed) >= _OVERRUN * (self._failed.maxlen or 0)

    @property
    def is_open(self) -> bool:
        """Tell whether the provider is down."""
        recent, window = list(self._failed), self._failed.maxlen or 0
        is_full = len(recent) == window
        return is_full and sum(recent) >= self._share * window and all(recent[window // 2 :])
