"""What may be taken in which time: buckets of ours and copies of the provider's, and what a request will take out of them.

Tokens are reserved by an estimate, corrected by what requests used before (a moving average), and settled by the usage
in the reply. A request that was refused gives everything back; one whose usage nobody knows keeps what it had reserved.
Some providers count all the output that a request allows instead: that is found out by the first refusal of one that
had enough left for what it was to use.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from pipeline.clock import Clock
from pipeline.errors import UnavailableError
from pipeline.inference.bucket import Bucket
from pipeline.inference.quota import MINUTE, Quota
from pipeline.inference.retries import LONGEST_WAIT
from pipeline.records import Usage

HOPELESS_SECONDS = 600.0
"""Nobody waits for longer until anybody may ask again."""
_MEMORY = 0.1
"""The weight of the newest request in the moving averages."""
_EXPLAINED = 0.05
"""With less than this share left, a 429 is about the quota whatever this request was to use."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a request takes out of the buckets: tokens, estimated or used."""

    input: float = 0.0
    output: float = 0.0
    requests: float = 1.0

    def of(self, subject: str) -> float:
        """Return the part that a bucket counts."""
        if subject == "tokens":
            return self.input + self.output
        return {"requests": self.requests, "input": self.input, "output": self.output}[subject]


@dataclass(slots=True)
class Turn:
    """A request that may leave, and what is known of it so far."""

    number: int
    """1: the first one of the run."""
    guess: float
    """Tokens that its input has by a rule of thumb."""
    need: Need
    most: Need
    """What it takes where all the output counts that it allows."""
    at: float
    """The second in which it was given."""
    at_once: int
    """How many were under way when it was given, itself among them."""
    answered: int = 0
    """How many had been answered by then, of all."""


class Meter:
    """The buckets of one pace. Rates are per minute; None: no limit but what the provider says."""

    def __init__(
        self, clock: Clock, requests: int | None, tokens: int | None, *, output: float, remembered: int
    ) -> None:
        """Take what the settings say. `output`: tokens expected of a first reply; `remembered`: turns that are of any use later."""
        self._clock = clock
        now = clock.monotonic()
        ours = {"requests": requests, "tokens": tokens}
        self._ours = {subject: Bucket.of(limit, now) for subject, limit in ours.items() if limit}
        self._theirs: dict[tuple[str, float | None], Bucket] = {}
        self._ratio, self._output = 1.0, output
        self._sent: deque[Turn] = deque(maxlen=remembered)
        """Turns after the newest one that a reply has told of quotas."""
        self._newest_told = 0
        self._counts_most = False
        """The provider counts the output that a request allows, not what comes."""

    def need(self, guess: float, most_output: float) -> tuple[Need, Need]:
        """Return what a request will take, and what it takes where all the output counts that it allows."""
        need = Need(guess * self._ratio, self._output)
        most = Need(need.input, max(self._output, most_output))
        return most if self._counts_most else need, most

    def wait(self, need: Need, *, is_alone: bool) -> float:
        """Return seconds until so much may be taken. `is_alone`: nobody is under way, whose reply may tell otherwise.

        Raises UnavailableError when that is not worth waiting for.
        """
        now = self._clock.monotonic()
        ours = [bucket.wait(need.of(subject), now) for subject, bucket in self._ours.items()]
        theirs = {key: bucket.wait(need.of(key[0]), now) for key, bucket in self._theirs.items()}
        for (subject, window), wait in theirs.items():
            if is_alone and (wait > HOPELESS_SECONDS or (wait > LONGEST_WAIT and (window or MINUTE) > MINUTE)):
                raise UnavailableError(
                    f"the provider's quota of {subject} for this hour or day is used up",
                    "the documents stay in the inbox; run again later",
                )
        return max([0.0, *ours, *theirs.values()])

    def take(self, turn: Turn) -> None:
        """Take out what a turn needs."""
        for subject, bucket in self._all():
            bucket.take(turn.need.of(subject))
        self._sent.append(turn)

    def settle(self, turn: Turn, usage: Usage) -> None:
        """Put what a request really used in the place of what was expected. Unknown usage counts as expected."""
        if usage.input_tokens is None or usage.output_tokens is None:
            return
        self._ratio += _MEMORY * (usage.input_tokens / max(turn.guess, 1.0) - self._ratio)
        self._output += _MEMORY * (usage.output_tokens - self._output)
        self._settled(turn, Need(usage.input_tokens, usage.output_tokens))

    def refused(self, turn: Turn, quotas: tuple[Quota, ...]) -> bool:
        """Learn from a 429, whose request has used nothing; tell whether a quota explains it."""
        is_explained = any(_explains(quota, turn) for quota in quotas)
        self._counts_most = self._counts_most or any(_tells_of_most(quota, turn) for quota in quotas)
        self._settled(turn, Need(requests=0.0))
        self.told(turn, quotas)
        return is_explained

    def told(self, turn: Turn, quotas: tuple[Quota, ...]) -> None:
        """Correct the copies of the provider's buckets, unless a reply to a later request has done so already."""
        if not quotas or turn.number < self._newest_told:
            return
        self._newest_told = turn.number
        while self._sent and self._sent[0].number <= turn.number:
            self._sent.popleft()
        now = self._clock.monotonic()
        for quota in quotas:
            since = sum(later.need.of(quota.subject) for later in self._sent)
            key = (quota.subject, quota.window)
            if key in self._theirs:
                self._theirs[key].told(quota, since, now - turn.at, now)
            else:
                self._theirs[key] = Bucket.like(quota, since, now)

    def _all(self) -> list[tuple[str, Bucket]]:
        return [*self._ours.items(), *((subject, bucket) for (subject, _), bucket in self._theirs.items())]

    def _settled(self, turn: Turn, used: Need) -> None:
        # The provider's word about a turn, or a later one, has its real use in it.
        buckets = self._all() if turn.number > self._newest_told else self._ours.items()
        for subject, bucket in buckets:
            bucket.take(used.of(subject) - turn.need.of(subject))
        turn.need = used


def _explains(quota: Quota, turn: Turn) -> bool:
    least = max(turn.need.of(quota.subject), _EXPLAINED * quota.limit)
    return quota.remaining < least or _tells_of_most(quota, turn)


def _tells_of_most(quota: Quota, turn: Turn) -> bool:
    """Tell whether there was enough for what a refused request uses, but not for all that it allows (OpenAI, Azure)."""
    return quota.subject == "tokens" and turn.need.of("tokens") <= quota.remaining < turn.most.of("tokens")
