"""One document's attempts so far: is another one worth it, what does it ask for, and may it be paid? No effects."""

from __future__ import annotations

from dataclasses import dataclass, field

import tenacity

from pipeline.errors import DocumentError, GaveUpError, TooLongError
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.retries import (
    ATTEMPTS,
    BY_CODE,
    EXTRA,
    LONGEST_WAIT,
    PAID_ATTEMPTS,
    REFUSALS,
    AttemptError,
    Verdict,
)
from pipeline.records import Attempt, Completion, Prompt


@dataclass(slots=True)
class Case:
    """The attempts at one document so far, and what the next one asks for."""

    document_sha256: str
    prompt: Prompt
    endpoint: Endpoint
    max_output_tokens: int
    paid: int
    """Paid attempts, those of earlier runs included."""
    promised: int
    """Nano-dollars that those have cost, or may have."""
    correction: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    extra: dict[Verdict, int] = field(default_factory=dict)
    refusals: int = 0
    """Attempts of this run that were answered with 429, or by a server that was busy."""
    spared: int = 0
    """Attempts of this run that failed as all did: the provider was away."""
    noes: int = 0
    """How often it was told what would end the run."""
    _answered: int | None = None
    """How many answers all had got when this one failed first; None: it did not fail yet."""

    def worth_another(self, error: BaseException) -> bool:
        """Tell whether one more attempt makes sense after this error."""
        if not isinstance(error, AttemptError) or self.paid >= PAID_ATTEMPTS or error.verdict is Verdict.LATER:
            return False
        if error.passing:
            return (error.retry_after or 0) <= LONGEST_WAIT
        return self.extra.get(error.verdict, 0) < EXTRA.get(error.verdict, 0)

    def tried_enough(self, state: tenacity.RetryCallState) -> bool:
        """Tell whether this was the last attempt of the run."""
        return state.attempt_number - self.refusals - self.spared >= ATTEMPTS or self.refusals >= REFUSALS

    def failed(self, answered: int, *, is_away: bool) -> None:
        """Note a passing failure. `answered`: how many answers all have got; `is_away`: nobody gets one now.

        Then it does not count, unless others were answered since this one failed first: that may be its own fault.
        """
        self._answered = answered if self._answered is None else self._answered
        self.spared += is_away and answered == self._answered

    def forgive_our_own_wish(self, result: Completion | AttemptError) -> None:
        """Leave it at a reply that was cut off where the provider has no room for twice as much: that is nobody else's trouble."""
        has_more_room = self.max_output_tokens > self.prompt.max_output_tokens
        if has_more_room and isinstance(result, AttemptError) and BY_CODE.get(result.kind) is Verdict.DENIED:
            result.verdict = Verdict.LONGER

    def learn(self, error: AttemptError) -> None:
        """Change what the next attempt asks for, where that is why there is one."""
        self.extra[error.verdict] = self.extra.get(error.verdict, 0) + 1
        if error.verdict is Verdict.LONGER:
            self.max_output_tokens *= 2
        if error.verdict is Verdict.REPAIR:
            self.correction = (
                f"Your last reply to this document could not be used: {error.detail}. "
                "Reply with one JSON object that fits the schema, and nothing else."
            )

    def too_dear(self, amount: int, limit: int) -> DocumentError:
        """Return why a document is not asked about (again): its next attempt might cost more than one document may."""
        could = f"its next attempt could bring its cost to ${(self.promised + amount) / 1e9:.4f}"
        kind = GaveUpError if self.attempts else TooLongError
        return kind(
            f"{could}; [budget] per_document is ${limit / 1e9:.4f}",
            "raise per_document in pipeline.toml, then: pipeline retry",
        )
