"""Whose fault is it that a document was refused: its own, the key's, the settings', the provider's? Others' answers tell."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import PipelineError, RunError, UnavailableError, UndecidedError
from pipeline.inference.retries import MOST_DOUBTS, MOST_FORBIDDEN, AttemptError, Verdict, denied
from pipeline.records import Failure


class Doubts:
    """One for all documents of a run."""

    def __init__(self, provider: str) -> None:
        """Take the provider's name."""
        self._provider = provider
        self._meaning: dict[str, PipelineError] = {}
        """What it means for a document if it is to blame; by SHA-256."""
        self._in_a_row = self._forbidden_in_a_row = 0
        self._has_answers = False
        self._forbidden: RunError | None = None
        """What it means if those that were answered with 403 before anybody was answered are not to blame."""

    def heard(self, word: Verdict | None) -> None:
        """Take a reply into account, before the next call leaves. None: it was an answer."""
        self._has_answers = self._has_answers or word is None
        self._in_a_row = self._in_a_row if word else 0
        self._forbidden_in_a_row = self._forbidden_in_a_row + 1 if word is Verdict.FORBIDDEN else 0

    @property
    def is_key_refused(self) -> bool:
        """Tell whether everybody so far was answered with 403, and enough were for that to be the key's."""
        return not self._has_answers and self._forbidden_in_a_row >= MOST_FORBIDDEN

    def pop(self, sha256: str) -> PipelineError | None:
        """Return what a document was doubted for, at the end of a run that does not blame others; None: it was not."""
        return self._meaning.pop(sha256, None)

    def doubt(self, sha256: str, error: AttemptError, final: PipelineError, *, answered_before: bool) -> PipelineError:
        """Return what to raise: the end of the run has to tell whose fault it is, or it is everyone's as many in a row have it."""
        self._in_a_row += 1
        is_forbidden = error.verdict is Verdict.FORBIDDEN
        if is_forbidden and not self._has_answers:
            self._forbidden = denied(error, self._provider, answered_before=answered_before)
        words = f"it refuses the request ({error.said})"
        if self._in_a_row < MOST_DOUBTS and not self.is_key_refused:
            self._meaning[sha256] = final
            return UndecidedError(words)
        if is_forbidden:
            return denied(error, self._provider)
        return UnavailableError(
            f"{self._provider} has answered none of {self._in_a_row} documents: {words}",
            "check the model, max_output_tokens and the account: pipeline check; the documents stay in the inbox",
        )

    def everyones(self, undecided: Sequence[UndecidedError], deferred: Sequence[Failure]) -> RunError | None:
        """Tell at the end of a run what trouble it is everyone's; None: documents that got no answer are to blame."""
        if self._has_answers or self._forbidden:
            return None if self._has_answers else self._forbidden
        is_refused_alone = len(undecided) == len(self._meaning) == 1
        if is_refused_alone or len(undecided) + len(deferred) <= 1:
            return None
        if not undecided:
            return UnavailableError(deferred[-1].message, deferred[-1].hint)
        last = undecided[-1]
        return UnavailableError(f"{self._provider} gave no document an answer: {last.message}", last.hint)
