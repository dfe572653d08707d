"""The only room that sends: turns, attempts, retries, and a ledger that knows of every one of them.

An attempt is committed to the ledger before its request leaves, and settled when its reply has
arrived, before the content is judged. Killed in between, it stays there as unknown usage.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import httpx
import tenacity

from pipeline.clock import Clock
from pipeline.errors import DeferredError, GaveUpError, InvalidReplyError, PipelineError, RunError, UnavailableError
from pipeline.inference import pricing
from pipeline.inference.limits import Limits, estimated_tokens
from pipeline.inference.providers import openai as dialect
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.retries import (
    ATTEMPTS,
    BASE_WAIT,
    ENDING,
    EXTRA,
    LONGEST_WAIT,
    PAID_ATTEMPTS,
    WAIT_CEILING,
    AttemptError,
    Verdict,
    final_error,
    retry_after,
    verdict,
)
from pipeline.records import Attempt, Completion, Inference, Notice, Prompt, Usage

_EXPECTED_OUTPUT = 1000
"""Tokens, for the pace until the usage is known."""
_MAX_REPLY_BYTES = 10 * 2**20
_STOP_CHECK = 0.5
"""Seconds between two looks at whether the run is being stopped."""
_NEVER_SENT = "unreachable"
_QUOTED_WORDS = 3
"""So many words in a row that stand in the document are a quotation."""
_BODY_HEADERS = {"content-encoding", "content-length", "transfer-encoding"}

_log = logging.getLogger(__name__)

Fields = tuple[dict[str, Any], tuple[Notice, ...]]


class Ledger(Protocol):
    """Where attempts are written down: committed when the future is done."""

    def begin(self, attempt: Attempt) -> Future[int]:
        """Write down an attempt before its request leaves; return its number in the ledger."""

    def settle(self, attempt_id: int, attempt: Attempt) -> Future[None]:
        """Write down what became of it."""


@dataclass(slots=True)
class _Case:
    """The attempts at one document so far, and what the next one asks for."""

    document_sha256: str
    prompt: Prompt
    endpoint: Endpoint
    max_output_tokens: int
    paid: int
    """Paid attempts, those of earlier runs included."""
    correction: str | None = None
    attempts: list[Attempt] = field(default_factory=list)
    extra: dict[Verdict, int] = field(default_factory=dict)

    def worth_another(self, error: BaseException) -> bool:
        """Tell whether one more attempt makes sense after this error."""
        if not isinstance(error, AttemptError):
            return False
        if error.passing:
            return (error.retry_after or 0) <= LONGEST_WAIT
        return self.extra.get(error.verdict, 0) < EXTRA.get(error.verdict, 0)

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


class Client:
    """Sends documents to one endpoint. Everything external is passed in."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        endpoint: Endpoint,
        limits: Limits,
        ledger: Ledger,
        clock: Clock,
        *,
        timeout: float,
        down_after: int = 20,
        stopping: Callable[[], bool] = lambda: False,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Take `timeout` in seconds for a whole call, and `down_after` failures in a row for a provider that is down."""
        self.endpoint = endpoint
        self._http, self._limits, self._ledger, self._clock = http, limits, ledger, clock
        self._timeout, self._down_after, self._failures = timeout, down_after, 0
        self._stopping, self._jitter = stopping, jitter
        self._ended = False
        """True: the provider does not let us in; nobody asks again."""

    async def infer(
        self, document_sha256: str, prompt: Prompt, read: Callable[[str], Fields], paid: int = 0
    ) -> Inference:
        """Ask until there is a valid reply, or no sense in asking. Raises RunError when it concerns every document.

        `read` validates a reply or raises InvalidReplyError; `paid` counts the paid attempts of earlier runs.
        """
        case = _Case(document_sha256, prompt, self.endpoint.for_model(prompt.model), prompt.max_output_tokens, paid)
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(case.worth_another),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=self._wait,
            sleep=self._sleep,
            before_sleep=lambda state: self._before_next(case, state),
            reraise=True,
        )
        try:
            found: Fields = await retrying(self._attempt, case, read)
        except AttemptError as error:
            return Inference(tuple(case.attempts), error=self._final(error))
        except (DeferredError, GaveUpError) as error:
            return Inference(tuple(case.attempts), error=error)
        return Inference(tuple(case.attempts), *found)

    async def _attempt(self, case: _Case, read: Callable[[str], Fields]) -> Fields:
        """Make one attempt: in the ledger before it leaves, settled as it arrives, judged after."""
        if case.paid >= PAID_ATTEMPTS:
            raise GaveUpError(f"{case.paid} paid attempts gave no usable reply")
        request = dialect.build_request(case.endpoint, case.prompt, case.max_output_tokens, case.correction)
        expected = estimated_tokens(request.content) + _EXPECTED_OUTPUT
        async with self._limits.turn(expected):
            self._refuse_when_stopping()
            attempt = self._opened(case)
            attempt_id = await asyncio.wrap_future(self._ledger.begin(attempt))
            case.attempts.append(attempt)
            attempt, result = await self._exchange(request, attempt, case)
            # Before the slot is free again, so that the next one in line does not ask in vain.
            self._ended = self._ended or (isinstance(result, AttemptError) and result.verdict in ENDING)
        await self._settle(case, attempt_id, attempt)
        case.paid += _is_paid(attempt)
        self._limits.settle((attempt.usage.input_tokens or 0) + (attempt.usage.output_tokens or 0) - expected)
        if isinstance(result, AttemptError):
            self._note_failure(result, len(case.attempts))
            raise result
        self._failures = 0
        try:
            return _judged(result, read)
        except AttemptError as error:
            await self._settle(case, attempt_id, replace(attempt, error=error.kind))
            raise

    def _opened(self, case: _Case) -> Attempt:
        return Attempt(
            case.document_sha256,
            case.prompt.name,
            case.prompt.hash,
            len(case.attempts) + 1,
            case.endpoint.name,
            case.endpoint.model,
            self._clock.now(),
            cost=pricing.cost(case.endpoint, Usage()),
        )

    async def _settle(self, case: _Case, attempt_id: int, attempt: Attempt) -> None:
        case.attempts[-1] = attempt
        await asyncio.wrap_future(self._ledger.settle(attempt_id, attempt))

    async def _exchange(
        self, request: httpx.Request, attempt: Attempt, case: _Case
    ) -> tuple[Attempt, Completion | AttemptError]:
        """Send, and return the attempt as the ledger should keep it, with what came back."""
        started = self._clock.monotonic()
        response: httpx.Response | None = None
        try:
            response = await self._send(request)
            result: Completion | AttemptError = self._understood(response)
        except AttemptError as error:
            error.detail = _discreet(error.detail, case)
            result = error
        attempt = replace(
            attempt,
            seconds=round(self._clock.monotonic() - started, 3),
            status=response.status_code if response else None,
            request_id=dialect.request_id(response) if response else None,
            error=result.kind if isinstance(result, AttemptError) else None,
        )
        if isinstance(result, Completion):
            attempt = replace(
                attempt,
                finish_reason=result.finish_reason,
                usage=result.usage,
                answered_by=result.model,
                cost=pricing.cost(case.endpoint, result.usage, result.model, result.cost),
            )
        return attempt, result

    async def _send(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read the whole reply. The one place where httpx's errors become ours."""
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._http.send(request, stream=True)
                try:
                    return await _read_body(response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise AttemptError(_NEVER_SENT, Verdict.RETRY, str(error)) from None
        except (TimeoutError, httpx.TimeoutException):
            raise AttemptError("timeout", Verdict.RETRY, f"no whole reply within {self._timeout:g} seconds") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise AttemptError("disconnected", Verdict.RETRY, type(error).__name__) from None

    def _understood(self, response: httpx.Response) -> Completion:
        if response.status_code == httpx.codes.OK:
            return dialect.read_response(response)
        code = dialect.error_code(response)
        raise AttemptError(
            code or f"http_{response.status_code}",
            verdict(response.status_code, code, response.headers),
            dialect.error_detail(response),
            retry_after(response.headers, self._clock.now()),
        )

    def _note_failure(self, error: AttemptError, number: int) -> None:
        """Let everybody pause after a 429, and end the run when the provider is down."""
        if error.verdict is Verdict.SLOW_DOWN:
            self._limits.pause(min(error.retry_after or BASE_WAIT * 2**number, LONGEST_WAIT))
        else:
            self._failures += error.passing
        if self._failures >= self._down_after:
            raise UnavailableError(
                f"{self.endpoint.name} is down: the last {self._failures} attempts failed ({error.kind})",
                "the documents stay in the inbox; run again later",
            )

    def _wait(self, state: tenacity.RetryCallState) -> float:
        """Return seconds until the next attempt: full jitter, on top of what the provider asks for."""
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, AttemptError) or not error.passing:
            return 0.0
        ceiling = min(WAIT_CEILING, BASE_WAIT * 2 ** (state.attempt_number - 1))
        return (error.retry_after or 0.0) + self._jitter(0.0, ceiling)

    async def _sleep(self, seconds: float) -> None:
        """Wait outside of any turn, unless the run is being stopped."""
        while seconds > 0 and not self._stopping():
            await self._clock.sleep(min(seconds, _STOP_CHECK))
            seconds -= _STOP_CHECK
        self._refuse_when_stopping()

    def _refuse_when_stopping(self) -> None:
        if self._stopping() or self._ended:
            raise DeferredError("the run was stopped before this document was done")

    def _before_next(self, case: _Case, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, AttemptError):
            case.learn(error)
            wait = state.next_action.sleep if state.next_action else 0.0
            last = case.attempts[-1]
            facts = {"id": case.document_sha256[:8], "n": last.number, "status": last.status, "error": error.kind}
            _log.warning("attempt.failed", extra={"facts": facts | {"wait": round(wait, 1)}})

    def _final(self, error: AttemptError) -> PipelineError:
        """Return what the last failure means for the document; raise it when it means the whole run."""
        if not error.passing:
            final = final_error(error, self.endpoint.name)
            if isinstance(final, RunError):
                raise final from None
            return final
        said = f": {error.detail}" if error.detail else ""
        return DeferredError(
            f"{self.endpoint.name} gave no reply ({error.kind}){said}", "it is tried again in the next run"
        )


async def _read_body(response: httpx.Response) -> httpx.Response:
    """Return the same response with its body read, but never more than a sane reply holds."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _MAX_REPLY_BYTES:
            raise AttemptError("unreadable_body", Verdict.RETRY, "the reply is larger than 10 MiB")
    headers = [(name, value) for name, value in response.headers.items() if name not in _BODY_HEADERS]
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


def _discreet(detail: str, case: _Case) -> str:
    """Return a provider's words without our key, and not at all where they quote the document."""
    words = detail.split()
    quoted = (" ".join(words[start : start + _QUOTED_WORDS]) for start in range(len(words) - _QUOTED_WORDS + 1))
    if any(part in case.prompt.user for part in quoted):
        return "its words quote the document, so they are left out"
    return detail.replace(case.endpoint.key, "[key]") if case.endpoint.key else detail


def _judged(completion: Completion, read: Callable[[str], Fields]) -> Fields:
    """Return the fields in a reply. Raises AttemptError when it was refused, cut off, or does not fit."""
    if completion.finish_reason == "content_filter" or completion.refusal:
        raise AttemptError("content_filter", Verdict.REFUSED, "its safety filter stopped the answer")
    if completion.finish_reason == "length":
        raise AttemptError("cut_off", Verdict.LONGER)
    try:
        return read(completion.text or "")
    except InvalidReplyError as error:
        raise AttemptError("invalid_reply", Verdict.REPAIR, error.message) from None


def _is_paid(attempt: Attempt) -> bool:
    """Tell whether a provider may charge for it: it answered, or we cannot know that it did not."""
    return attempt.status == httpx.codes.OK or (attempt.status is None and attempt.error != _NEVER_SENT)
