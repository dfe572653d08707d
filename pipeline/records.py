"""The frozen values handed from room to room. Nothing here does anything."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.errors import DocumentError, PipelineError, Reason


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one file, read once. Its identity is the SHA-256 of the bytes, not its name."""

    sha256: str
    """64 lower-case hexadecimal digits. Of a file over 1 GiB, which nobody reads: of its size and its two ends."""
    name: str
    """The file's own name; bytes that are not Unicode are written as `\\xNN`."""
    folder: str
    """Where it lay below the inbox: "" for the inbox itself, else "cv" or "acme/july"."""
    path: Path
    size: int
    """Bytes."""
    data: bytes | None = field(repr=False)
    """None: larger than the reader takes, so never loaded; or not needed any more."""

    @property
    def short(self) -> str:
        """The first 8 digits of the identity: what logs and people use."""
        return self.sha256[:8]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a reader of the summary should know: cut text, an unreadable date."""

    kind: str
    detail: str
    page: int | None = None
    """From 1; None: not bound to a page."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A page without text that can be used."""

    page: int
    """From 1."""
    why: str
    """scan: there is a picture of a text; garbled: its letters cannot be told."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a reader saw in a document."""

    text: str = field(repr=False)
    page_starts: tuple[int, ...]
    """Offset in `text` at which each page begins; formats without pages have one."""
    media_type: str
    """By content, not by name."""
    extractor: str
    """Library and version that gave the text."""
    links: tuple[str, ...] = field(default=(), repr=False)
    """Targets of links: http, https, mailto, tel. Never fetched."""
    notices: tuple[Notice, ...] = ()
    language: str | None = None
    """Of the text, ISO 639-1; None: not certain."""
    unread: tuple[Unread, ...] = ()
    """Pages that OCR may read; none once that is settled."""

    def page_at(self, offset: int) -> int:
        """Return the page (from 1) that holds this offset."""
        return max(1, sum(start <= offset for start in self.page_starts))


@dataclass(frozen=True, slots=True)
class Prompt:
    """One rendered request to a model, before any provider's dialect."""

    name: str
    hash: str
    model: str | None
    """None: the model of the settings."""
    system: str
    """The static part: the same for every document of this prompt, so that providers can cache it."""
    user: str = field(repr=False)
    """The document, fenced as data."""
    schema: dict[str, Any] = field(repr=False)
    max_output_tokens: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one attempt. None: the provider did not say, which is not 0."""

    input_tokens: int | None = None
    """All of the input, cached or not."""
    cached_input_tokens: int | None = None
    """The part of `input_tokens` read from the provider's cache."""
    output_tokens: int | None = None
    """All of the output, reasoning included."""
    reasoning_tokens: int | None = None
    """The part of `output_tokens` spent on reasoning."""
    cache_write_input_tokens: int | None = None
    """The part of `input_tokens` written to the provider's cache, which some charge more for."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one attempt costs. Integers, so that sums are equal in whatever order they are made."""

    nanodollars: int | None = None
    """Billionths of a US dollar; None: the price is not known, which is not 0."""
    source: str | None = None
    """Where the price comes from: "provider", "[prices]", "offline", "genai-prices 0.2.3"; None: not known."""


Terms = tuple[tuple[str, str], ...]
"""What a price depends on besides tokens, as the price list calls it: (("service_tier", "priority"),)."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's reply, in our words instead of a provider's."""

    text: str | None = field(repr=False)
    finish_reason: str | None
    """OpenTelemetry GenAI words: stop, length, content_filter; None: not said."""
    usage: Usage
    refusal: bool = False
    request_id: str | None = None
    model: str | None = None
    """The model that answered, by its full name."""
    cost: Cost | None = None
    """The provider's own figure, where it gives one."""
    terms: Terms = ()
    """How it was served, where that has a price of its own."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that left, or was about to: a row of the ledger."""

    document_sha256: str
    prompt_name: str
    prompt_hash: str
    number: int
    """1 = the first attempt at this document in this run."""
    provider: str
    model: str
    started_at: dt.datetime
    seconds: float | None = None
    """None: no reply was seen, so the usage is not known."""
    status: int | None = None
    """HTTP status; None: there was no reply."""
    error: str | None = "unknown_usage"
    """None: a usable reply. "unknown_usage": sent, and nothing is known of what became of it."""
    finish_reason: str | None = None
    usage: Usage = Usage()
    cost: Cost = Cost()
    reserved: int | None = None
    """Nano-dollars it may cost at most, set aside before it leaves; None: no price is known."""
    request_id: str | None = None
    answered_by: str | None = None
    reply: str | None = field(default=None, repr=False)
    """What the model wrote, as far as it may be of use. It is kept until the document has its outcome."""


@dataclass(frozen=True, slots=True)
class Inference:
    """All attempts at one document and what they led to: fields, or the error that ended them."""

    attempts: tuple[Attempt, ...]
    fields: dict[str, Any] | None = field(default=None, repr=False)
    notices: tuple[Notice, ...] = ()
    error: PipelineError | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where one value of a summary stands in the document."""

    path: str
    """`work[0].startDate`"""
    found: str
    """verbatim, normalised (another spelling of the same), similar, link (in a link's target only), or absent."""
    page: int | None = None
    """From 1; None when it does not stand in the text."""
    start: int | None = None
    """Offset in the extracted text; None as above."""
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What the program says about one document."""

    fields: dict[str, Any] = field(repr=False)
    evidence: tuple[Evidence, ...] = field(repr=False)
    notices: tuple[Notice, ...]
    as_of: dt.date
    """The day that "present" means."""

    @property
    def absent(self) -> list[str]:
        """The paths of values that do not stand in the document."""
        return [item.path for item in self.evidence if item.found == "absent"]


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs know of one document, prompt and model."""

    known: bool
    """There is a summary."""
    failure: Failure | None
    """Why it went to quarantine after it was sent; None: it did not, or a person asked to try again."""
    paid: int
    """Attempts that may have been charged."""
    promised: int
    """Nano-dollars that they cost at most."""
    reply: str | None = field(default=None, repr=False)
    """One that came just before a crash, paid for and not summarised yet."""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """What the database knows of one document: what an export is made of."""

    document_id: int
    sha256: str
    file: str
    other_names: tuple[str, ...]
    """Further names under which the same bytes came in."""
    media_type: str | None
    pages: int | None
    prompt: str | None
    model: str | None
    status: str
    reason: str | None
    message: str | None
    language: str | None
    """Of the text, told without a model; None: not certain."""
    fields: dict[str, Any] | None = field(repr=False)
    """None: there is no summary."""
    absent: tuple[str, ...] = field(repr=False)
    """The paths of values that do not stand in the document."""
    notices: tuple[str, ...] = field(repr=False)
    usage: Usage
    """Of all attempts at this document together."""
    attempts: int
    unknown_attempts: int
    """Attempts that may be charged although nobody could see how many tokens were counted."""
    unpriced_attempts: int
    """Attempts whose tokens are known and whose price is not."""
    nanodollars: int | None
    """Known cost of all attempts, 0 where there was none; None: no price is known."""
    decided_at: str


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the finished documents reach at one moment."""

    newest: str | None
    """When the last of them was decided; None: there is none."""
    file: int | None
    """The number of the last file that came in; None: there is none."""
    attempt: int | None
    """The number of the last attempt; None: there is none."""
    sums: tuple[int | None, ...]
    """Of these documents, files and attempts: where something about one of them changes, a sum does."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was put away."""

    file_id: int
    document_id: int
    sha256: str
    name: str
    folder: str
    place: str
    """Below the data folder."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no summary. `reason` None: passing, the document stays for the next run."""

    reason: Reason | None
    message: str
    hint: str

    @classmethod
    def of(cls, error: PipelineError) -> Failure:
        """Turn an error into the record that the database and the note file keep."""
        reason = error.reason if isinstance(error, DocumentError) else None
        return cls(reason, error.message, error.hint)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document in one run: a summary, a failure, or (known) what it was before."""

    document: Document
    seconds: float
    extraction: Extraction | None = None
    prompt_name: str | None = None
    prompt_hash: str | None = None
    model: str | None = None
    attempts: tuple[Attempt, ...] = ()
    summary: Summary | None = None
    known: bool = False
    """True: the result for this document, prompt and model is stored already; nothing was sent."""
    failure: Failure | None = None

    @property
    def status(self) -> str:
        """Return done, quarantined or waiting."""
        if self.failure is None:
            return "done"
        return "quarantined" if self.failure.reason else "waiting"

    def failed(self, error: PipelineError) -> Outcome:
        """Return the same outcome as a failure."""
        return replace(self, summary=None, known=False, failure=Failure.of(error))
