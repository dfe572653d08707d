"""Attempts at a document: turns, money, retries, and a ledger that knows of every one of them.

An attempt is committed to the ledger before its request leaves, and settled when its reply has
arrived, before the content is judged. Killed in between, it stays there as unknown usage.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol

import httpx
import tenacity

from pipeline.clock import Clock
from pipeline.errors import DeferredError, DocumentError, GaveUpError, PipelineError, RunError, UnavailableError
from pipeline.inference.budget import Budget
from pipeline.inference.case import Case
from pipeline.inference.circuit import Circuit
from pipeline.inference.doubts import Doubts
from pipeline.inference.judging import (
    Fields,
    Read,
    believed,
    charged,
    cut_notice,
    discreet,
    judged,
    may_be_kept,
    without_key,
)
from pipeline.inference.meter import Turn
from pipeline.inference.pace import Pace
from pipeline.inference.pricing import Prices
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.retries import (
    BASE_WAIT,
    BUSY,
    CALM_WAIT,
    ENDING,
    NEVER_SENT,
    PAID_ATTEMPTS,
    TOLD_JITTER,
    WAIT_CEILING,
    AttemptError,
    Verdict,
    final_error,
)
from pipeline.inference.sending import Exchange, Forms, Sender
from pipeline.inference.tokens import most_tokens, roughly
from pipeline.landing import Arrive, GiveWay, at_once
from pipeline.records import Attempt, Completion, Inference, Prompt, Terms, Usage

_STOP_CHECK = 0.5
"""Seconds between two looks at whether the run is being stopped."""

_WRITTEN_AHEAD = 4
"""One attempt for so many calls at once is written down before its turn comes. A crash leaves it as one that may have left."""

_log = logging.getLogger(__name__)


class Ledger(Protocol):
    """Where attempts are written down, in this order: committed when the future is done."""

    def begin(self, attempt: Attempt) -> Future[int]:
        """Write down an attempt before its request leaves; return its number in the ledger."""

    def withdraw(self, attempt_id: int) -> Future[None]:
        """Take an attempt back whose request did not leave."""

    def settle(self, attempt_id: int, attempt: Attempt) -> Future[None]:
        """Write down what became of it. Nobody waits for it: it is on the disk before what is written after it."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What things cost and what may be spent."""

    prices: Prices
    budget: Budget
    per_document: int | None = None
    """Nano-dollars; None: no limit."""

    @property
    def is_limited(self) -> bool:
        """Tell whether a call without a known price would be a free pass."""
        return self.budget.is_limited or self.per_document is not None


class Client:
    """Asks one endpoint for documents. Everything external is passed in."""

    def __init__(
        self,
        sender: Sender,
        endpoint: Endpoint,
        pace: Pace,
        ledger: Ledger,
        purse: Purse,
        *,
        clock: Clock,
        circuit: Circuit,
        stopping: Callable[[], bool] = lambda: False,
        waits: Callable[[float], None] = lambda _seconds: None,
        jitter: Callable[[float, float], float] = random.uniform,
        arrive: Arrive = asyncio.wrap_future,
        give_way: GiveWay = at_once,
    ) -> None:
        """`waits` is told for how many seconds nobody may ask yet; 0: somebody asks."""
        self.endpoint, self.prices = endpoint, purse.prices
        self._sender, self._pace, self._ledger, self._purse = sender, pace, ledger, purse
        self._clock, self._circuit, self._stopping, self._jitter = clock, circuit, stopping, jitter
        self._waits = waits
        self._arrive, self._give_way, self._forms = arrive, give_way, Forms()
        self._anteroom = asyncio.Semaphore(max(1, pace.concurrency // _WRITTEN_AHEAD))
        self._door = asyncio.Lock()
        self._is_let_in = endpoint.key is None
        """False: nobody knows yet whether the key is right and who answers is the provider, so one call goes first."""
        self.doubts = Doubts(endpoint.name)
        self._terms: Terms = ()
        """The dearest ones on which anybody was served: a project may be set to priority, which no request of ours says."""
        self._ended = False
        """True: the provider does not let us in; nobody asks again."""

    async def infer(
        self, document_sha256: str, prompt: Prompt, read: Read, paid: int = 0, promised: int = 0
    ) -> Inference:
        """Ask until there is a valid reply, or no sense in asking.

        `paid` counts the paid attempts of earlier runs, `promised` is what they cost at most, in nano-dollars.
        Raises RunError when it concerns every document, UndecidedError when the end of the run has to tell.
        """
        if blame := self.doubts.about(document_sha256):
            return Inference((), error=blame)
        if paid >= PAID_ATTEMPTS:
            return Inference((), error=GaveUpError(f"{paid} paid attempts in earlier runs gave no usable reply"))
        whom = self.endpoint.for_model(prompt.model)
        case = Case(document_sha256, prompt, whom, prompt.max_output_tokens, paid, promised)
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(case.worth_another),
            stop=case.tried_enough,
            wait=self._wait,
            sleep=self._sleep,
            before_sleep=lambda state: self._before_next(case, state),
            reraise=True,
        )
        try:
            found: Fields = await retrying(self._attempt, case, read)
        except AttemptError as error:
            return Inference(tuple(case.attempts), error=self._final(case, error))
        except (DeferredError, DocumentError) as error:
            return Inference(tuple(case.attempts), error=error)
        finally:
            retrying.iter_state.reset()  # what is left there holds itself, and the document, until memory is swept
        return Inference(tuple(case.attempts), *found)

    async def _attempt(self, case: Case, read: Read) -> Fields:
        """Make one attempt: paid for and in the ledger before it leaves, settled as it arrives, judged after."""
        request = self._forms.request(case.endpoint, case.prompt, case.max_output_tokens, case.correction)
        async with self._money(case, request) as reserved:
            attempt_id, exchange = await self._take_turn(case, request, reserved)
        result = exchange.result
        if isinstance(result, AttemptError):
            self._note_failure(result, case)
            raise result
        self._circuit.note(failed=False)
        try:
            fields, notices = judged(result, read)
        except AttemptError as error:
            self._settle(case, attempt_id, replace(case.attempts[-1], error=error.kind, reply=None))
            raise
        last = case.attempts[-1]  # a reply is kept where the prompt was not cut
        return fields, notices if last.reply else notices + cut_notice(case.prompt, last.usage)

    @asynccontextmanager
    async def _money(self, case: Case, request: httpx.Request) -> AsyncIterator[int | None]:
        """Set aside the most that an attempt can cost, and settle what it did cost. None: no price is known."""
        purse, sent_before = self._purse, len(case.attempts)
        most_input = most_tokens(request.content)
        reserved = purse.prices.ceiling(case.endpoint, most_input, case.max_output_tokens, self._terms)
        if purse.per_document is not None and case.promised + (reserved or 0) > purse.per_document:
            raise case.too_dear(reserved or 0, purse.per_document)
        await purse.budget.reserve(reserved or 0)
        cost: int | None = 0
        try:
            yield reserved
        finally:
            if len(case.attempts) > sent_before:
                cost = charged(case.attempts[-1])
            case.promised += (reserved or 0) if cost is None else cost
            await purse.budget.settle(reserved or 0, cost)

    async def _take_turn(self, case: Case, request: httpx.Request, reserved: int | None) -> tuple[int, Exchange]:
        """Write the attempt down, wait for a turn, send, and write down what came back."""
        async with self._first_alone():
            attempt_id, attempt, turn = await self._depart(case, request, reserved)
            case.attempts.append(attempt)
            try:
                exchange = await self._sender.exchange(request, case.endpoint)
                case.forgive_our_own_wish(exchange.result)
                self.doubts.doubt_a_late_no(exchange.result, case, answered_before=self._pace.has_answered)
                self._tell_pace(turn, exchange)
                # Before the slot is free again, so that the next one in line does not ask in vain.
                error = exchange.result if isinstance(exchange.result, AttemptError) else None
                is_sure = self.doubts.heard(error, exchange.status)
                is_no = error is not None and error.verdict in ENDING
                is_denied = is_no or self.doubts.is_key_refused or self.doubts.is_nobody_there
                self._ended = self._ended or is_denied
                self._is_let_in = not is_denied and (self._is_let_in or is_sure)
            finally:
                self._pace.give_back()
        self._settle(case, attempt_id, self._closed(attempt, exchange, case, most_tokens(request.content)))
        case.paid += exchange.is_paid
        self._pace.settle(turn, case.attempts[-1].usage)
        await self._give_way()
        return attempt_id, exchange

    async def _depart(self, case: Case, request: httpx.Request, reserved: int | None) -> tuple[int, Attempt, Turn]:
        """Write an attempt down, then wait for its turn: none is held while the disk is written to."""
        async with self._anteroom:
            self._refuse_when_stopping()
            attempt = self._opened(case, reserved)
            attempt_id = await self._arrive(self._ledger.begin(attempt))
            try:
                turn = await self._pace.turn(
                    roughly(request.content), self._look_around, most_output=case.max_output_tokens
                )
            except BaseException:
                self._ledger.withdraw(attempt_id)
                raise
        return attempt_id, replace(attempt, started_at=self._clock.now()), turn

    def _tell_pace(self, turn: Turn, exchange: Exchange) -> None:
        """Let the pace learn from a reply. What a server answers that is busy counts as a 429 where a quarter of the last ones failed."""
        error = exchange.result if isinstance(exchange.result, AttemptError) else None
        if exchange.status is not None and (error is None or error.verdict is not Verdict.SLOW_DOWN):
            self._pace.answered(turn, exchange.quotas, well=error is None)
        if error is None or not error.passing:
            return
        if error.verdict is Verdict.SLOW_DOWN:
            self._pace.refused(turn, exchange.quotas, error.retry_after)
        elif self._pace.has_answered or error.kind not in NEVER_SENT:
            is_busy = exchange.status in BUSY and error.verdict is Verdict.RETRY and self._pace.is_shared
            is_overrun = is_busy and self._circuit.is_overrun
            self._pace.failed(turn, error.retry_after, is_slow=error.kind == "timeout", is_busy=is_overrun)
            if is_busy and self._circuit.is_strained:
                error.verdict = Verdict.SLOW_DOWN

    @asynccontextmanager
    async def _first_alone(self) -> AsyncIterator[None]:
        """Let one call after the other go until one finds out that we are let in: a wrong key costs one, not one for each."""
        if self._is_let_in:
            yield
            return
        async with self._door:
            if not self._is_let_in:
                yield
                return
        yield

    def _opened(self, case: Case, reserved: int | None) -> Attempt:
        return Attempt(
            case.document_sha256,
            case.prompt.name,
            case.prompt.hash,
            len(case.attempts) + 1,
            case.endpoint.name,
            case.endpoint.model,
            self._clock.now(),
            cost=self.prices.cost(case.endpoint, Usage()),
            reserved=reserved,
        )

    def _closed(self, attempt: Attempt, exchange: Exchange, case: Case, most_input: int) -> Attempt:
        """Return the attempt as the ledger keeps it. `most_input`: tokens that its request cannot exceed."""
        result, key = exchange.result, case.endpoint.key
        name = without_key(exchange.request_id, key)
        attempt = replace(attempt, seconds=exchange.seconds, status=exchange.status, request_id=name)
        if isinstance(result, AttemptError):
            result.hint = without_key(result.hint, key) or ""
            result.detail = discreet(result.detail, key, case.prompt.user)
            if exchange.status and not may_be_kept(result.kind, key, case.prompt.user):
                result.kind = f"http_{exchange.status}"
            attempt = replace(attempt, error=result.kind)
            return self._charged(attempt, result.completion, case, most_input) if result.completion else attempt
        attempt = self._charged(replace(attempt, error=None), result, case, most_input)
        is_whole = result.finish_reason == "stop" and not cut_notice(case.prompt, attempt.usage)
        return replace(attempt, reply=result.text if is_whole else None)

    def _charged(self, attempt: Attempt, completion: Completion, case: Case, most_input: int) -> Attempt:
        """Return the attempt with what its reply tells of tokens and price, be it an answer or not."""
        usage = believed(completion.usage, most_input, case.max_output_tokens)
        self._terms = self.prices.dearer(case.endpoint, completion.terms, self._terms)
        return replace(
            attempt,
            finish_reason=without_key(completion.finish_reason, case.endpoint.key),
            usage=usage,
            answered_by=without_key(completion.model, case.endpoint.key),
            cost=self.prices.cost(case.endpoint, usage, completion.model, completion.cost, completion.terms),
        )

    def _settle(self, case: Case, attempt_id: int, attempt: Attempt) -> None:
        case.attempts[-1] = attempt
        self._ledger.settle(attempt_id, attempt)

    def _note_failure(self, error: AttemptError, case: Case) -> None:
        """End the run when the provider is down, or refuses everybody for a long time."""
        if error.verdict is Verdict.SLOW_DOWN:
            case.refusals += 1
        elif error.passing:
            case.failed(self._pace.answered_ever, is_away=self._pace.is_waiting)
        if error.passing and case.attempts[-1].status != httpx.codes.TOO_MANY_REQUESTS:
            self._circuit.note(failed=True)
        is_down = self._pace.is_down or (self._circuit.is_open and not self._pace.is_waiting)
        if is_down or self.doubts.is_nobody_there:
            raise UnavailableError(
                f"{self.endpoint.name} is down: recent attempts failed, none succeeded (last: {error.said})",
                error.hint or "the documents stay in the inbox; run again later",
            )
        if self._pace.is_hopeless:
            raise UnavailableError(
                f"{self.endpoint.name} has refused every request for a long time (last: {error.said})",
                "is the quota of the account used up? The documents stay in the inbox; run again later",
            )

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Return seconds until the next attempt: what the provider asks for and a little more, or full jitter."""
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, AttemptError) or not error.passing:
            return 0.0
        if error.retry_after:
            return error.retry_after + self._jitter(0.0, min(BASE_WAIT, TOLD_JITTER * error.retry_after))
        base = BASE_WAIT if self._circuit.is_strained else CALM_WAIT
        return self._jitter(0.0, min(WAIT_CEILING, base * 2 ** (state.attempt_number - 1)))

    async def _sleep(self, seconds: float) -> None:
        """Wait outside of any turn, unless the run is being stopped."""
        while seconds > 0 and not self._stopping():
            if pause := self._pace.pause:
                self._waits(pause)
            await self._clock.sleep(min(seconds, _STOP_CHECK))
            seconds -= _STOP_CHECK
        self._refuse_when_stopping()

    def _look_around(self, wait: float) -> None:
        self._refuse_when_stopping()
        self._waits(wait)

    def _refuse_when_stopping(self) -> None:
        if self._stopping() or self._ended:
            raise DeferredError("the run was stopped before this document was done")

    def _before_next(self, case: Case, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, AttemptError):
            case.learn(error)
            wait = state.next_action.sleep if state.next_action else 0.0
            last = case.attempts[-1]
            facts = {"id": case.document_sha256[:8], "n": last.number, "status": last.status, "error": error.kind}
            _log.warning("attempt.failed", extra={"facts": facts | {"wait": round(wait, 1)}})

    def _final(self, case: Case, error: AttemptError) -> PipelineError:
        """Return what the last failure means for the document; raise it when others have a say in that."""
        if not error.passing:
            answered_before = self._pace.has_answered
            final = final_error(error, self.endpoint.name, answered_before=answered_before)
            if error.verdict is Verdict.FORBIDDEN or (
                error.verdict is Verdict.REJECTED and not self.doubts.has_answers
            ):
                raise self.doubts.doubt(case.document_sha256, error, final, answered_before=answered_before) from None
            if isinstance(final, RunError):
                raise final from None
            return final
        if case.paid >= PAID_ATTEMPTS:
            words = f"{case.paid} paid attempts gave no usable reply (last: {error.said})"
            final = GaveUpError(words, error.hint and f"{error.hint}, then: pipeline retry")
            raise self.doubts.put_off(case.document_sha256, words, error.hint, final) from None
        return DeferredError(
            f"{self.endpoint.name} gave no answer ({error.said})", error.hint or "it is tried again in the next run"
        )
