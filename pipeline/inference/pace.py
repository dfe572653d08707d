"""Who may ask when. One pace for all documents of a run: every request takes its turn here.

A turn is given to one document after another, in the order in which they came. The first in line waits until all of
this holds, and no one behind it overtakes:

1.  Nobody was told to wait. A 429 pauses everybody, for as long as the provider asks (half a second where it says 0),
    or else half a second, twice as long each time in a row. One that comes back with "429" costs a line in the ledger
    and no money, but a provider that is not obeyed shuts its door for longer.
2.  Fewer than `width` turns are held. It begins as the setting `concurrency` and never grows beyond it.
    A 429 that no quota explains says that this was too many at once: width becomes what the provider did take
    at that moment, at most nine tenths of what it was (multiplicative decrease). Then each round of answers adds one
    (additive increase), up to the number that was too many; there it asks again only after 32 rounds, then 64, since
    each such question may end in another pause. Where it took more at once before, or nobody else was under way, the
    reason is another: then nine tenths are enough, and half of what it took before is believed the next time. It may
    be wrong about the cause and does not need to be right: a provider that counts requests per minute and does not
    say so is found by 2 and 4 together.
3.  Every bucket holds what the request will take (meter.py, bucket.py). Two are ours, from the settings
    `requests_per_minute` and `tokens_per_minute`, and spread starts evenly. Others are copies of the provider's own, made
    when a reply first tells of a limit (quota.py) and corrected by each reply since. A copy is only roughly right: replies
    come late and out of order. So each is read with what we sent after the request that it answers. Nor need it be for a
    minute: when the time has come at which a reply said that all would be there again, one may ask, and what that tells counts.
    Where no reply says such a time, the time in which most of it was seen to come back counts.
4.  The last start is long enough ago. A start that brings more under way than ever were answered comes 2 ms after the
    one before it, so that a provider that takes 8 of our 64 has said so before many more have left. A 429 that no
    quota explains doubles that time, for all starts, when it is not the first in a row, when hardly anybody else was
    under way, or when more were taken before: then width is not the reason. It grows no longer than the time in which
    an answer came on average since the 429 before: that fast they were taken. Each answer takes a hundredth off.
    Where answers came clearly faster than that between two other 429s, their number a second is not the reason either, but
    the load of others, or chance: it stays as it is. Where about half of all are refused however slowly they come, it is
    chance as well, and they need not come slowly.

A refusal of a request that left before the last refusal came is an echo: it says again what is known already.
When nobody has got an answer for ten minutes and ten refusals in a row, `is_hopeless` tells so, and the run ends.

What fails in another way (5xx, a lost connection, a timeout) is one request's bad luck as long as others are answered.
When as many in a row failed as were under way, everybody pauses as for a 429, for eight seconds at most, and then one
alone asks, until there is an answer. After half a minute and five such rounds `is_down` tells so; after 75 seconds,
in which a server starts anew, where anybody was answered before.
Where half of recent attempts failed and the server says that it is busy, width becomes what was taken at once, once a
round, and grows as above: it may be busy with others than us, so no number is remembered as too many. Where it took as many
before, half of that is believed the next time, and no more is done.
A timeout while fewer were answered than are under way says that they wait in a queue there: width becomes four fifths
of what was answered in that time, or half where nothing was.

To check this by reading, give it a clock that moves only in sleep: tests/test_pace.py runs it against a provider that
lives in the same hours.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from pipeline.clock import Clock
from pipeline.inference.meter import HOPELESS_SECONDS, Meter, Turn
from pipeline.inference.quota import Quota
from pipeline.inference.retries import BASE_WAIT, LONGEST_WAIT
from pipeline.records import Usage

_SPACING, _WIDEST_SPACING = 0.002, 5.0
"""Seconds between two starts, in the beginning and at most."""
_DECREASE = 0.9
_HARDLY_ANYBODY = 2
_PATIENCE, _MOST_PATIENCE = 32.0, 256.0
"""Rounds of answers until a width that was too much once is tried again."""
_CALMER = 0.99
_A_FEW = 5
"""So many answers between two 429s tell how fast they are taken."""
_FORGOTTEN = 1.01
"""By so much more time a 429 lets us believe that an answer takes at best: limits change."""
_CLEARLY = 1.4
_CHANCE, _RECENTLY = 0.45, 1 / 16
"""The share of refused starts that no pace explains; the weight of the newest one in that share."""
_LOOK = 0.5
"""Seconds between two looks at whether anybody still wants to wait."""
_TICK = 0.0001
"""Seconds; less is a rounding error, and no time would pass."""
_REMEMBERED = 4
"""Rounds of turns that a late reply may be about."""
_DOUBLINGS = 10
"""Of a pause; it is cut to two minutes before that, and days of refusals make a number that no float holds."""
_HOPELESS_REFUSALS = 10
_DOWN_ROUNDS, _DOWN_SECONDS, _RESTART_SECONDS = 5, 30.0, 75.0
_BAD_LUCK = 5
"""Fewer failures in a row than this say nothing, however few are under way."""
_LONGEST_PROBE = 8.0
"""Seconds between two questions whether a provider that failed is back."""
_IN_TIME = 0.8
"""The share of what was answered within a timeout that may be under way."""


class Pace:
    """One for all documents of a run, or of all runs of a watch. Rates are per minute; None: no limit but what the provider says."""

    def __init__(
        self,
        clock: Clock,
        concurrency: int,
        requests: int | None = None,
        tokens: int | None = None,
        *,
        output: int = 1000,
    ) -> None:
        """Take what the settings say. `output`: tokens that a reply is expected to have before the first one came."""
        self._clock = clock
        self.concurrency = concurrency
        """How many may be under way at most; `width` says how many may be now."""
        self._meter = Meter(clock, requests, tokens, output=float(output), remembered=_REMEMBERED * concurrency)
        self._first_in_line = asyncio.Lock()
        self._room = asyncio.Event()
        self._under_way = self._answered_at_once = self._last = self._echo_until = 0
        self._width, self._too_many, self._patience = float(concurrency), math.inf, _PATIENCE
        self._spacing, self._last_start, self._paused_until = _SPACING, -math.inf, -math.inf
        self._taken_at_once = 0.0
        """So many were under way when one of them left that was answered. Other than `_answered_at_once` it outlives a 429."""
        self._counted_since, self._answers = clock.monotonic(), 0
        """When the 429 before the last one came, or when we began, and how many were answered since."""
        self._steady_from, self._is_steady = math.inf, False
        """The number of the answer from which on none is to what left before the first 429: a bucket may have been full then."""
        self._shortest_gap = math.inf
        """Seconds in which an answer came on average between two 429s since then, at best."""
        self._refused_in_a_row, self._refused_since, self._refused_share = 0, 0.0, 0.0
        self._failed_in_a_row = self.answered_ever = 0
        self._is_failing = False
        """Too many in a row failed: until there is an answer, be it a 429, one alone asks."""
        self.has_answered = False
        """Anybody was ever answered, in this run of a watch or in one before."""

    @property
    def width(self) -> int:
        """Return how many requests may be under way."""
        return 1 if self._is_failing else int(self._width)

    @property
    def pause(self) -> float:
        """Return seconds for which everybody is told to wait."""
        return max(0.0, self._paused_until - self._clock.monotonic())

    @property
    def is_hopeless(self) -> bool:
        """Tell whether the provider has refused everything for so long that there is no sense in going on."""
        lasted = self._clock.monotonic() - self._refused_since
        return self._refused_in_a_row >= _HOPELESS_REFUSALS and lasted >= HOPELESS_SECONDS

    @property
    def is_waiting(self) -> bool:
        """Tell whether everybody waits for a provider that was there and is away."""
        return self._is_failing and self.has_answered

    @property
    def is_shared(self) -> bool:
        """Tell whether others are under way beside the one whose reply has come."""
        return self._under_way > 1

    @property
    def is_down(self) -> bool:
        """Tell whether the provider has failed for so long that there is no sense in going on."""
        lasted = self._clock.monotonic() - self._refused_since
        patience = _RESTART_SECONDS if self.has_answered else _DOWN_SECONDS
        return self._is_failing and self._refused_in_a_row >= _DOWN_ROUNDS and lasted >= patience

    async def turn(
        self, guess: float, look: Callable[[float], None] = lambda _wait: None, *, most_output: float = 0.0
    ) -> Turn:
        """Wait for a turn; it is held until it is given back. `guess`: tokens of the request's input, roughly.

        `most_output`: tokens that the request allows its reply.

        `look` is called before the turn is given, and twice a second while one waits as the first in line, with the
        seconds that are left as far as is known; what it raises ends the wait.
        Raises UnavailableError when an hour's or a day's quota is used up.
        """
        async with self._first_in_line:
            return await self._begin(guess, look, most_output)

    def give_back(self) -> None:
        """Give a turn back: its request is not under way any more."""
        self._under_way -= 1
        self._room.set()

    def settle(self, turn: Turn, usage: Usage) -> None:
        """Put what a request really used in the place of what was expected. Unknown usage counts as expected."""
        self._meter.settle(turn, usage)

    def answered(self, turn: Turn, quotas: tuple[Quota, ...], *, well: bool = True) -> None:
        """Learn from a reply, while its turn is held. `well` False: from an error that is not about our pace."""
        self._meter.told(turn, quotas)
        if well:
            self.has_answered = True
            if self._refused_in_a_row:
                self._counted_since, self._answers = self._refused_since, 0
            self._answers += 1
            self.answered_ever += 1
            self._refused_in_a_row = self._failed_in_a_row = 0
            self._is_failing = False
            self._answered_at_once = max(self._answered_at_once, turn.at_once)
            self._taken_at_once = max(self._taken_at_once, turn.at_once)
            self._spacing = max(_SPACING, self._spacing * _CALMER)
            self._refused_share *= 1 - _RECENTLY
            self._widen(turn)

    def refused(self, turn: Turn, quotas: tuple[Quota, ...], retry_after: float | None) -> None:
        """Learn from a 429, while its turn is held: everybody pauses."""
        is_echo = turn.number <= self._echo_until
        self._refused_share += 0.0 if is_echo else _RECENTLY * (1 - self._refused_share)
        if not self._meter.refused(turn, quotas):
            self._narrow(is_echo=is_echo)
        self._failed_in_a_row, self._is_failing = 0, False
        self._pause(retry_after, is_echo=is_echo)

    def failed(
        self, turn: Turn, retry_after: float | None = None, *, is_slow: bool = False, is_busy: bool = False
    ) -> None:
        """Learn from a failure that is no 429, while its turn is held.

        `is_slow`: no end of it came in time. `is_busy`: the server says that it is asked too much.
        """
        is_echo = turn.number <= self._echo_until
        answered = self.answered_ever - turn.answered
        if is_busy and not is_echo:
            if turn.at_once > self._taken_at_once:
                self._width = max(1.0, min(self._width * _DECREASE, self._taken_at_once))
            else:
                self._taken_at_once /= 2
            self._echo_until = self._last
        if is_slow and not is_echo and answered < self._under_way:
            self._too_many, self._patience = max(2.0, answered), _PATIENCE
            self._width = max(1.0, min(self._width, _IN_TIME * answered or self._width / 2))
            self._echo_until = self._last
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= max(_BAD_LUCK, turn.at_once):
            is_echo = is_echo and self._is_failing
            self._is_failing = True
            self._pause(retry_after, is_echo=is_echo, longest=_LONGEST_PROBE)

    def _pause(self, asked: float | None, *, is_echo: bool, longest: float = LONGEST_WAIT) -> None:
        """Let nobody ask for as long as was asked for, or else for `longest` seconds at most."""
        if not is_echo:
            self._refused_since = self._refused_since if self._refused_in_a_row else self._clock.monotonic()
            self._refused_in_a_row += 1
            self._echo_until = self._last
        own = min(self._own_pause(), longest)
        pause = own if asked is None else min(asked or BASE_WAIT, LONGEST_WAIT)
        if self._is_failing:  # the second that a gateway asks for by habit is too little for a restart
            pause = max(pause, own)
        self._paused_until = max(self._paused_until, self._clock.monotonic() + pause)
        self._answered_at_once = 0

    def _own_pause(self) -> float:
        return BASE_WAIT * 2.0 ** min(self._refused_in_a_row - 1, _DOUBLINGS)

    async def _begin(self, guess: float, look: Callable[[float], None], most_output: float) -> Turn:
        wait = 0.0
        while True:
            look(wait)
            need, most = self._meter.need(guess, most_output)
            if self._under_way >= self.width:
                self._room.clear()
                await self._room.wait()
                continue
            wait = max(self._meter.wait(need, is_alone=not self._under_way), self._own_wait())
            if wait <= 0:
                break
            nap = min(max(wait, _TICK), _LOOK)
            await self._clock.sleep(nap)
            wait -= nap
        self._under_way += 1
        self._last += 1
        self._last_start = self._clock.monotonic()
        turn = Turn(self._last, guess, need, most, self._last_start, self._under_way, self.answered_ever)
        self._meter.take(turn)
        return turn

    def _own_wait(self) -> float:
        """Return seconds until nobody was told to wait and the last start is long enough ago."""
        now = self._clock.monotonic()
        is_known = self._under_way < self._answered_at_once and self._spacing <= _SPACING
        return max(self._paused_until - now, 0.0 if is_known else self._last_start + self._spacing - now)

    def _narrow(self, *, is_echo: bool) -> None:
        """Learn from a 429 that no quota explains: these were too many at once, or they came too fast."""
        others = self._under_way - 1.0
        is_too_many = others >= max(1.0, self._taken_at_once)
        if is_too_many:
            if not is_echo:
                self._patience = min(_MOST_PATIENCE, self._patience * 2) if self._too_many < math.inf else _PATIENCE
            self._width = min(self._width if is_echo else self._width * _DECREASE, others)
            self._too_many = others + 1
        elif not is_echo:
            self._width *= 1.0 if self._refused_in_a_row else _DECREASE
            self._taken_at_once /= 2 if others else 1  # it may take fewer than it did
        self._width = max(1.0, self._width)
        if not is_echo:
            may_be_fast = self._refused_in_a_row or not is_too_many or others <= _HARDLY_ANYBODY
            self._slow_down(may_be_fast=bool(may_be_fast))

    def _slow_down(self, *, may_be_fast: bool) -> None:
        """Let starts come in twice the time, but not more slowly than answers did, nor where answers came faster before."""
        until = self._refused_since if self._refused_in_a_row else self._clock.monotonic()
        gap = (until - self._counted_since) / self._answers if self._answers else math.inf
        if not self._refused_in_a_row:
            is_told = self._is_steady and self._answers >= _A_FEW
            self._shortest_gap = min(self._shortest_gap * _FORGOTTEN, gap if is_told else math.inf)
            self._steady_from = min(self._steady_from, self.answered_ever + self._under_way)
            self._is_steady = self.answered_ever >= self._steady_from
        if self._refused_share > _CHANCE:
            self._spacing = _SPACING
        elif may_be_fast and gap <= _CLEARLY * self._shortest_gap:
            self._spacing = min(_WIDEST_SPACING, max(_SPACING, min(self._spacing * 2, gap)))

    def _widen(self, turn: Turn) -> None:
        if turn.at_once >= self._too_many:  # it is not too many any more
            self._too_many, self._patience = math.inf, _PATIENCE
        if turn.number > self._echo_until and self._under_way >= self.width:
            rounds = 1.0 if self._width + 1 < self._too_many else self._patience
            self._width = min(self.concurrency, self._width + 1 / (self._width * rounds))
