"""Whose fault is it that a document was refused: its own, the key's, the settings', the provider's? Others' answers tell."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import DocumentError, GaveUpError, PipelineError, RunError, UnavailableError, UndecidedError
from pipeline.inference.case import Case
from pipeline.inference.providers.reading import WEB_PAGE
from pipeline.inference.retries import (
    ANSWERED,
    DOUBTED,
    MOST_DOUBTS,
    MOST_FORBIDDEN,
    PAID_ATTEMPTS,
    AttemptError,
    Verdict,
    denied,
)
from pipeline.records import Completion, Failure

_NO_ANSWER = {WEB_PAGE, "unreadable_body", "no_choices", "error_choice"}
"""Kinds of what comes as an answer and is none; an error that comes so is the provider's word."""


class Doubts:
    """One for all documents of a run."""

    def __init__(self, provider: str) -> None:
        """Take the provider's name."""
        self._provider = provider
        self._open: dict[str, tuple[UndecidedError, DocumentError]] = {}
        """Documents, by SHA-256, whose end is open: what is said of it, and what it means if they are to blame."""
        self._blamed: dict[str, DocumentError] = {}
        self._in_a_row = self._forbidden_in_a_row = self._nonsense_in_a_row = self._noes_in_a_row = 0
        self.has_answers = False
        """Anybody was answered in this run."""
        self._forbidden: RunError | None = None
        """What it means if those that were answered with 403 before anybody was answered are not to blame."""

    def doubt_a_late_no(self, result: Completion | AttemptError, case: Case, *, answered_before: bool) -> None:
        """Take what would end the run for a fault that passes, where it was answered before with the same settings.

        The provider's own word is believed when it is said twice, to one document or in a row; that of a proxy never is.
        """
        if not answered_before or not isinstance(result, AttemptError) or result.verdict is not Verdict.DENIED:
            return
        self._noes_in_a_row += 1
        case.noes += 1
        if result.is_bare or (case.noes == 1 and self._noes_in_a_row == 1):
            result.verdict = Verdict.RETRY

    def heard(self, error: AttemptError | None, status: int | None) -> bool:
        """Take a reply into account, before the next call leaves; tell whether it leaves no doubt. None: it was an answer."""
        word = error.verdict if error else None
        is_nonsense = error is not None and error.kind in _NO_ANSWER and status in ANSWERED
        self.has_answers = self.has_answers or word is None
        self._in_a_row = self._in_a_row if word else 0
        self._noes_in_a_row = self._noes_in_a_row if word else 0
        self._forbidden_in_a_row = self._forbidden_in_a_row + 1 if word is Verdict.FORBIDDEN else 0
        self._nonsense_in_a_row = self._nonsense_in_a_row + 1 if is_nonsense else 0
        return word not in DOUBTED and not is_nonsense

    @property
    def is_key_refused(self) -> bool:
        """Tell whether everybody so far was answered with 403, and enough were for that to be the key's."""
        return not self.has_answers and self._forbidden_in_a_row >= MOST_FORBIDDEN

    @property
    def is_nobody_there(self) -> bool:
        """Tell whether all that came as an answer was none, oftener than one document is asked about: each may be charged."""
        return not self.has_answers and self._nonsense_in_a_row > PAID_ATTEMPTS

    def about(self, sha256: str) -> DocumentError | None:
        """Return what a document is to blame for; None: nothing. Raises UndecidedError for a copy of one whose end is open."""
        if sha256 in self._open:
            raise self._open[sha256][0]
        return self._blamed.get(sha256)

    def put_off(self, sha256: str, words: str, hint: str, final: DocumentError) -> UndecidedError:
        """Return what to raise for a document whose fault it may be; the end of the run tells, for its copies too."""
        undecided = UndecidedError(words, hint)
        self._open[sha256] = undecided, final
        return undecided

    def doubt(self, sha256: str, error: AttemptError, final: PipelineError, *, answered_before: bool) -> PipelineError:
        """Return what to raise: the end of the run has to tell whose fault it is, or it is everyone's as many in a row have it."""
        self._in_a_row += 1
        is_forbidden = error.verdict is Verdict.FORBIDDEN
        if is_forbidden and not self.has_answers:
            self._forbidden = denied(error, self._provider, answered_before=answered_before)
        words = f"it refuses the request ({error.said})"
        if self._in_a_row < MOST_DOUBTS and not self.is_key_refused and isinstance(final, DocumentError):
            return self.put_off(sha256, words, error.hint, final)
        if is_forbidden:
            return denied(error, self._provider, answered_before=answered_before)
        return UnavailableError(
            f"{self._provider} has answered none of {self._in_a_row} documents: {words}",
            error.hint
            or "check the model, max_output_tokens and the account: pipeline check; the documents stay in the inbox",
        )

    def everyones(self, deferred: Sequence[Failure]) -> RunError | None:
        """Tell at the end of a run what trouble it is everyone's; None: documents that got no answer are to blame."""
        trouble = None if self.has_answers else self._forbidden or self._nobodys_answer(deferred)
        if trouble is None:
            self._blamed |= {sha256: final for sha256, (_, final) in self._open.items()}
            self._open.clear()
        return trouble

    def _nobodys_answer(self, deferred: Sequence[Failure]) -> RunError | None:
        """Return what it means that nobody was answered; None: only one asked, or one alone was refused."""
        finals = [final for _, final in self._open.values()]
        is_refused_alone = len(finals) == 1 and not isinstance(finals[0], GaveUpError)
        if is_refused_alone or len(finals) + len(deferred) <= 1:
            return None
        if not finals:
            return UnavailableError(deferred[-1].message, deferred[-1].hint)
        last, _ = list(self._open.values())[-1]
        return UnavailableError(f"{self._provider} gave no document an answer: {last.message}", last.hint)
