"""One document, bytes to outcome: a straight line of named steps."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, Protocol

from pipeline.clock import Clock
from pipeline.errors import DeferredError, DocumentError, InvalidReplyError, TooLongError
from pipeline.evidence import find_evidence
from pipeline.inference.client import Client
from pipeline.inference.tokens import fewest_tokens, likely_tokens
from pipeline.landing import Arrive, GiveWay, at_once, in_thread
from pipeline.prompts import Prompts, Template
from pipeline.reading import Reading
from pipeline.records import Document, Evidence, Extraction, Inference, Notice, Outcome, Past, Prompt, Summary


class Memory(Protocol):
    """What the line asks and tells the database; see store/store.py."""

    def introduce(self, document: Document, extraction: Extraction, prompt: Prompt) -> Future[None]:
        """Write down a document and the prompt chosen for it, where they are new. Nobody needs to wait for it."""

    def read_with(self, document: Document) -> Future[str | None]:
        """Return the name of the prompt that read a document last; None: none did."""

    def past(self, document: Document, prompt: Prompt, model: str) -> Future[Past]:
        """Return what earlier runs know of a document, a prompt and a model."""


@dataclass(frozen=True, slots=True)
class Line:
    """Everything a document meets on its way."""

    reading: Reading
    prompts: Prompts
    client: Client
    memory: Memory
    clock: Clock
    as_of: dt.date
    """The day that "present" means."""
    truncate: bool = False
    """Cut what is too long for the model, and say so."""
    arrive: Arrive = asyncio.wrap_future
    give_way: GiveWay = at_once


_NO_PAST = Past(known=False, failure=None, paid=0, promised=0)
_SAFE_SHARE = 0.85
"""Of the room for a document that is cut: its tokens are only estimated."""
_FEWEST_FOREIGN = 3
_LONG = 100_000
"""Characters; ordinary documents have a tenth of it, and a thread would cost them more than it saves."""


async def process(
    document: Document, line: Line, *, is_new: bool = False, when_read: Callable[[], None] = lambda: None
) -> Outcome:
    """Take one document from bytes to outcome. `is_new`: nothing is known of it, so there is nothing to ask for.

    `when_read` is called once its bytes are let go: a reply may take minutes.
    Raises RunError when the trouble is everybody's, or UndecidedError.
    """
    started = line.clock.monotonic()
    outcome = Outcome(replace(document, data=None), 0.0)
    try:
        extraction = await line.reading.read(document)
        document = outcome.document
        when_read()
        await line.give_way()
        outcome = replace(outcome, extraction=extraction)
        before = None if is_new else await line.arrive(line.memory.read_with(document))
        template, prompt = route(document, extraction, line.prompts, before)
        extraction, prompt = fitted(extraction, template, prompt, line)
        outcome = replace(outcome, extraction=extraction)
        model = line.client.endpoint.for_model(prompt.model).model
        outcome = replace(outcome, prompt_name=prompt.name, prompt_hash=prompt.hash, model=model)
        line.memory.introduce(document, extraction, prompt)
        past = _NO_PAST if is_new else await line.arrive(line.memory.past(document, prompt, model))
        if past.known or past.failure:
            outcome = replace(outcome, known=True, failure=past.failure)
        else:
            inference = _kept(past.reply, template) or await line.client.infer(
                document.sha256, prompt, template.schema.read, past.paid, past.promised
            )
            outcome = replace(outcome, attempts=inference.attempts)
            # In a long text values are looked for for seconds: others need not wait for that.
            is_long = len(extraction.text) > _LONG
            given = inference, extraction, template, line
            summary = await in_thread(_summarise, *given) if is_long else _summarise(*given)
            outcome = replace(outcome, summary=summary)
    except (DocumentError, DeferredError) as error:
        outcome = outcome.failed(error)
    return replace(outcome, seconds=line.clock.monotonic() - started)


def route(
    document: Document, extraction: Extraction, prompts: Prompts, before: str | None = None
) -> tuple[Template, Prompt]:
    """Choose the prompt of a document, and put the document into it. `before`: the prompt that read it before, if any did."""
    template = prompts.route(document.folder, document.name, extraction.text, before)
    return template, template.render(extraction)


def fitted(extraction: Extraction, template: Template, prompt: Prompt, line: Line) -> tuple[Extraction, Prompt]:
    """Return the document as it fits into the model. Raises TooLongError before anything is spent.

    What may or may not fit is sent: the provider decides, and an answer that it does not fit costs nothing.
    """
    window = line.client.prices.context_window(line.client.endpoint.for_model(prompt.model))
    if window is None:
        return extraction, prompt
    asked = template.instruction + prompt.user
    # They are at most as many as the characters, so of most documents they need not be counted.
    if any(count(asked) + prompt.max_output_tokens <= window for count in (len, fewest_tokens)):
        return extraction, prompt
    room = window - prompt.max_output_tokens - likely_tokens(asked) + likely_tokens(extraction.text)
    if not line.truncate or room <= 0:
        raise TooLongError(
            f"it makes at least {fewest_tokens(asked):,} tokens; the model takes {window:,}, the reply included"
        )
    kept = int(len(extraction.text) * _SAFE_SHARE * room / likely_tokens(extraction.text))
    told = f"only the first {kept:,} of {len(extraction.text):,} characters were sent"
    cut = replace(extraction, text=extraction.text[:kept], notices=(*extraction.notices, Notice("truncated", told)))
    return cut, template.render(cut)


def _kept(reply: str | None, template: Template) -> Inference | None:
    """Return what a reply says that was paid for just before a crash; None: there is none, or it is of no use."""
    if reply is None:
        return None
    try:
        return Inference((), *template.schema.read(reply))
    except InvalidReplyError:
        return None


def _summarise(inference: Inference, extraction: Extraction, template: Template, line: Line) -> Summary:
    """Finish what the model read: computed facts, then evidence for every value. Raises what ended the inference."""
    if inference.error is not None:
        raise inference.error
    assert inference.fields is not None
    fields = template.schema.finish(inference.fields, line.as_of, template.name)
    evidence = find_evidence(fields, extraction)
    notices = extraction.notices + inference.notices + _foreign(evidence) + _misrouted(fields, template, line.prompts)
    return Summary(fields, evidence, notices, line.as_of)


def _misrouted(fields: dict[str, Any], template: Template, prompts: Prompts) -> tuple[Notice, ...]:
    """Return a notice where the answer says that the document is of a kind that another prompt is for."""
    kind = fields.get("document_type")
    if kind == template.name or kind not in prompts.by_name:
        return ()
    return (Notice("misrouted", f"it is called {kind}: put it into inbox/{kind}/ to have it read with that prompt"),)


def _foreign(evidence: tuple[Evidence, ...]) -> tuple[Notice, ...]:
    """Return a notice where most of an answer does not stand in the document: it may belong to another one."""
    absent = sum(item.found == "absent" for item in evidence)
    if absent < _FEWEST_FOREIGN or absent <= len(evidence) / 2:
        return ()
    return (Notice("foreign", f"{absent} of {len(evidence)} values do not stand in the document"),)
