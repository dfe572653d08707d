"""What a failed attempt means, and whether another one is worth it: tables by the provider's code and by HTTP status. No effects.

Sources: the retry rules of the official SDKs and the providers' lists of error codes, November 2026.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import enum
import functools
from collections.abc import Mapping

import httpx

from pipeline.errors import (
    DeniedError,
    DocumentError,
    InvalidReplyError,
    PipelineError,
    RefusedError,
    RunError,
    TooLongError,
    UnavailableError,
)
from pipeline.inference.quota import number, until
from pipeline.records import Completion


class Verdict(enum.Enum):
    """What a failed attempt means."""

    RETRY = "retry"
    """Passing: this document tries again after a while."""
    SLOW_DOWN = "slow down"
    """Passing, and everybody pauses."""
    LATER = "later"
    """Passing, but not now: the server asks not to be tried again, so the next run does."""
    REPAIR = "repair"
    """The reply does not fit: one more call that says why."""
    LONGER = "longer"
    """The reply was cut off: one more call with room for twice as much."""
    TOO_LONG = "too long"
    """Lasting: the document does not fit into the model."""
    REFUSED = "refused"
    """Lasting: the provider does not answer this document."""
    REJECTED = "rejected"
    """This document's where others are answered; where nobody is, it may be everyone's: a setting, the account."""
    FORBIDDEN = "forbidden"
    """Everyone's, and ends the run; but where others are answered with the same key, it may be this document's."""
    DENIED = "denied"
    """Everyone's: key, permission, model or endpoint; ends the run."""
    NO_MONEY = "no money"
    """Everyone's: the account is used up; ends the run."""


BY_CODE: dict[str, Verdict] = {
    "insufficient_quota": Verdict.NO_MONEY,
    "credit_balance_exhausted": Verdict.NO_MONEY,
    "organization_spend_limit_exceeded": Verdict.NO_MONEY,
    "project_spend_limit_exceeded": Verdict.NO_MONEY,
    "organization_usage_limit_exceeded": Verdict.NO_MONEY,
    "enforced_spend_limit_reached": Verdict.NO_MONEY,
    "contract_spend_limit_reached": Verdict.NO_MONEY,
    "billing_error": Verdict.NO_MONEY,
    "billing_not_active": Verdict.NO_MONEY,
    "billing_hard_limit_reached": Verdict.NO_MONEY,
    "exceeded_current_quota_error": Verdict.NO_MONEY,
    "budget_exceeded": Verdict.NO_MONEY,
    "blocked_api_access": Verdict.NO_MONEY,
    "Arrearage": Verdict.NO_MONEY,
    "context_length_exceeded": Verdict.TOO_LONG,
    "exceed_context_size_error": Verdict.TOO_LONG,
    "string_above_max_length": Verdict.TOO_LONG,
    "content_filter": Verdict.REFUSED,
    "content_policy_violation": Verdict.REFUSED,
    "data_inspection_failed": Verdict.REFUSED,
    "content_policy": Verdict.REJECTED,
    "json_validate_failed": Verdict.REPAIR,
    "API_KEY_INVALID": Verdict.DENIED,
    "FAILED_PRECONDITION": Verdict.DENIED,
    "model_not_found": Verdict.DENIED,
    "invalid_model": Verdict.DENIED,
    "unknown_model": Verdict.DENIED,
    "model_not_available": Verdict.DENIED,
    "model_not_supported": Verdict.DENIED,
    "model_decommissioned": Verdict.DENIED,
    "model_terms_required": Verdict.DENIED,
    "OperationNotSupported": Verdict.DENIED,
    "not_supported_error": Verdict.DENIED,
    "invalid_api_key": Verdict.DENIED,
    "unsupported_parameter": Verdict.DENIED,
    "unsupported_value": Verdict.DENIED,
    "unknown_parameter": Verdict.DENIED,
    "rate_limit_exceeded": Verdict.SLOW_DOWN,
    "slow_down": Verdict.SLOW_DOWN,
    "resource_unavailable": Verdict.SLOW_DOWN,
    "ramp_limit_exceeded": Verdict.SLOW_DOWN,
}
"""By the provider's own code or type; a code decides before the status does."""

_LINKED = "linked_organization_"
"""Begins Anthropic's codes for a limit that another organisation has used up."""

BY_STATUS: dict[int, Verdict] = {
    400: Verdict.REJECTED,
    401: Verdict.DENIED,
    402: Verdict.NO_MONEY,
    403: Verdict.FORBIDDEN,
    404: Verdict.DENIED,
    405: Verdict.DENIED,
    408: Verdict.RETRY,
    409: Verdict.RETRY,
    413: Verdict.TOO_LONG,
    422: Verdict.REJECTED,
    424: Verdict.RETRY,
    425: Verdict.RETRY,
    429: Verdict.SLOW_DOWN,
    498: Verdict.SLOW_DOWN,
    499: Verdict.RETRY,
    501: Verdict.REJECTED,
}
"""424: the host behind it failed (TGI, Bedrock); 498: no room for flexible requests (Groq); 499: it was cancelled (Google).
Other statuses: 5xx are worth a retry, what is no error is a wrong endpoint, the rest is as 403."""
_NO_ERROR = range(200, 400)
ANSWERED = frozenset({200, 201, 202, 203, 206})
"""What an answer comes with; some servers say that they made or accepted it, some proxies that they changed it."""
_WAITED_IN_VAIN = frozenset({504, 524})
"""What a gateway says that has waited for as long as it does: what is behind it may have gone on, as after our own timeout."""
NEVER_SENT = frozenset({"unreachable", "tls", "bad_request"})
"""Kinds of attempts that did not reach anybody, so nobody can charge for them."""

BUSY = frozenset({httpx.codes.SERVICE_UNAVAILABLE, 529})
"""Where many are answered with these (529: Anthropic), they are asked too many at once: then they count as 429 does."""

ATTEMPTS = 6
"""At most this many requests for one document in one run, those aside that were refused with a 429, or because the server is busy."""
REFUSALS = 20
"""At most this many of those for one document in one run: it came at a wrong moment, which says nothing about it."""
PAID_ATTEMPTS = 5
"""At most this many paid requests for one document, prompt and model over all runs."""
EXTRA = {Verdict.REPAIR: 1, Verdict.LONGER: 1}
"""At most this many calls more for a reply that came, but is of no use."""
ENDING = {Verdict.DENIED, Verdict.NO_MONEY}
"""These concern every document, so they end the run."""
DOUBTED = {Verdict.REJECTED, Verdict.FORBIDDEN}
"""Who is to blame for these is told by what becomes of others."""
MOST_DOUBTS = 10
"""So many documents in a row whose blame is doubted are everyone's trouble."""
MOST_FORBIDDEN = 3
"""So many in a row are everyone's where nobody was answered yet: one may be a document that a firewall does not like."""
LONGEST_WAIT = 120.0
"""Seconds; when the provider asks for more, the document waits for the next run."""
BASE_WAIT, WAIT_CEILING = 0.5, 8.0
"""Seconds of the exponential backoff with full jitter. Source: AWS, "Exponential backoff and jitter"."""
CALM_WAIT = 0.1
"""In the place of the first, while most requests are answered: then a failure is one request's bad luck."""
TOLD_JITTER = 0.1
"""On top of a wait that the provider asks for, as a share of it."""

_PASSING = {Verdict.RETRY, Verdict.SLOW_DOWN, Verdict.LATER}


class AttemptError(Exception):
    """One attempt failed. `kind` is the word the ledger keeps; `detail` is the provider's, never a document's text."""

    def __init__(self, kind: str, verdict: Verdict, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.verdict = verdict
        self.detail = detail
        self.retry_after = retry_after
        """Seconds the provider asks to wait, at least."""
        self.hint = ""
        """What a person can do, where more is known than the verdict says."""
        self.completion: Completion | None = None
        """What came along with it: it is no answer, but its tokens are charged all the same."""

    @property
    def said(self) -> str:
        """Return what went wrong as the end of a sentence."""
        return f"{self.kind}: {self.detail}" if self.detail else self.kind

    @property
    def passing(self) -> bool:
        """Tell whether the same request may succeed later."""
        return self.verdict in _PASSING

    @property
    def is_bare(self) -> bool:
        """Tell whether it is a status without the provider's own word, or a stranger's certificate: a proxy's or a firewall's."""
        return self.kind == "tls" or (self.kind == f"http_{self.kind[-3:]}" and self.kind != "http_401")


def verdict(status: int, code: str | None, headers: Mapping[str, str]) -> Verdict:
    """Judge an HTTP error: billing and other codes first, then the server's own x-should-retry, then the status."""
    by_code = Verdict.NO_MONEY if (code or "").startswith(_LINKED) else BY_CODE.get(code or "")
    if by_code is Verdict.SLOW_DOWN and status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return Verdict.REJECTED  # it asks for more tokens than a minute has, so waiting does not help
    if by_code:
        return by_code
    by_status = BY_STATUS.get(status, Verdict.RETRY if status >= 500 else Verdict.FORBIDDEN)
    by_status = Verdict.DENIED if status in _NO_ERROR else by_status
    told = headers.get("x-should-retry", "").lower()
    if told == "true" and by_status not in (Verdict.NO_MONEY, Verdict.SLOW_DOWN):
        return Verdict.RETRY
    if told == "false" and by_status in _PASSING:
        return Verdict.LATER
    return by_status


def may_cost(status: int | None, kind: str | None) -> bool:
    """Tell whether a provider may charge for an attempt: it answered, or nobody can know that it did not.

    `status` None: no whole reply came; `kind`: of the error, None: there is none. The database says the same: chargeable_attempts.
    """
    return kind not in NEVER_SENT if status is None else status in ANSWERED | _WAITED_IN_VAIN


def retry_after(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Return the seconds that a reply asks to wait: retry-after-ms, or retry-after as seconds, duration or date; None: not said."""
    milliseconds = number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    seconds = until(headers.get("retry-after", ""), now)
    if seconds is not None:
        return seconds
    date = moment(headers.get("retry-after", ""))
    return max(0.0, (date - now).total_seconds()) if date else None


@functools.lru_cache(maxsize=16)  # each reply has a date, those of one second the same
def moment(text: str) -> dt.datetime | None:
    """Read a date as HTTP and e-mail write it; None: it is none."""
    try:
        date = email.utils.parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or dt.UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def denied(error: AttemptError, provider: str, *, answered_before: bool = False) -> RunError:
    """Return what it means for all where it is nobody's own. `answered_before`: with the same settings."""
    words = f"{provider} refuses the request ({error.kind}){': ' if error.detail else ''}{error.detail}"
    if answered_before and error.is_bare:
        return UnavailableError(
            f"{words}; it was answered before",
            "look whether the provider, or a proxy before it, is in trouble; the documents stay in the inbox",
        )
    return DeniedError(words, error.hint or "check [inference] provider, model, base_url and the key: pipeline check")


def final_error(error: AttemptError, provider: str, *, answered_before: bool = False) -> PipelineError:
    """Turn the failure that ended a document's attempts into what it means for the document or the run."""
    said = f": {error.detail}" if error.detail else ""
    if error.verdict is Verdict.DENIED:
        return denied(error, provider, answered_before=answered_before)
    if error.verdict is Verdict.NO_MONEY:
        return UnavailableError(
            f"{provider} says the account is used up ({error.kind}){said}",
            error.hint or "add credit or raise the limit there, then run again",
        )
    refused = RefusedError, f"{provider} refused this document ({error.kind}){said}"
    lasting: dict[Verdict, tuple[type[DocumentError], str]] = {
        Verdict.TOO_LONG: (TooLongError, f"it is too long for the model{said}"),
        Verdict.REFUSED: refused,
        Verdict.REJECTED: refused,
        Verdict.FORBIDDEN: refused,
        Verdict.LONGER: (InvalidReplyError, "the reply was cut off twice at max_output_tokens"),
        Verdict.REPAIR: (InvalidReplyError, f"the model's reply does not fit the schema{said}"),
    }
    kind, message = lasting[error.verdict]
    hint = error.hint and f"{error.hint}, then: pipeline retry" if error.verdict is Verdict.REJECTED else ""
    if error.verdict is Verdict.LONGER:
        hint = "raise max_output_tokens in pipeline.toml or in the prompt, then: pipeline retry"
    return kind(message, hint)
