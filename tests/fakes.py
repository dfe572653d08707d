"""Small real fakes for the edges of the program: clock, provider, workers, the person who is told."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

import httpx

from pipeline.records import Attempt, Outcome

P = ParamSpec("P")
T = TypeVar("T")

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail where this process takes longer by its own clock, which other processes on the machine do not hold up."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


class FakeClock:
    """Time passes only in sleep."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.is_wrong_by = dt.timedelta()
        """What somebody did to the time of day."""
        self.slept: list[float] = []

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.seconds) + self.is_wrong_by

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.seconds + seconds
        await asyncio.sleep(0)
        self.seconds = max(self.seconds, until)


class InlineExecutor(Executor):
    """Runs a task at once, in the caller's thread."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def done(value: Any) -> Future[Any]:
    """Return a future that is done already."""
    future: Future[Any] = Future()
    future.set_result(value)
    return future


class Ledger:
    """A ledger in memory: the last word on each attempt."""

    def __init__(self) -> None:
        self._attempts: dict[int, Attempt] = {}
        self._last = 0

    @property
    def attempts(self) -> list[Attempt]:
        return list(self._attempts.values())

    def begin(self, attempt: Attempt) -> Future[int]:
        self._last += 1
        self._attempts[self._last] = attempt
        return done(self._last)

    def withdraw(self, attempt_id: int) -> Future[None]:
        del self._attempts[attempt_id]
        return done(None)

    def settle(self, attempt_id: int, attempt: Attempt) -> Future[None]:
        self._attempts[attempt_id] = attempt
        return done(None)


class Listener:
    """A person who remembers what was said."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.troubles: list[tuple[str, str]] = []

    def begin(self, total: int) -> None:
        pass

    def waits(self, seconds: float) -> None:
        pass

    def document(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def trouble(self, name: str, message: str, hint: str) -> None:
        assert hint
        self.troubles.append((name, message))

    def end(self) -> None:
        pass


@dataclass
class Answer:
    """What the provider sends. `cut`: the connection breaks in the middle of the body; `drop`: before any of it."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drop: bool = False


Fault = str
"""An HTTP status, or one of: drop, cut, prose, schema, empty, length, refusal, garbage, wait (429 with Retry-After)."""


class FakeProvider:
    """An OpenAI-compatible provider with a book of its own. `fault(document, n)` spoils the n-th call (from 1) for it."""

    def __init__(self, fault: Callable[[str, int], Fault | None] = lambda _document, _number: None) -> None:
        self.fault = fault
        self.calls: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.input_tokens = self.output_tokens = 0
        """Of replies that were sent whole."""
        self.more: dict[str, Any] = {}
        """What else stands in a reply."""
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.in_flight = 0
        """Requests that have come in whole, and whose reply has not gone out yet."""
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def in_hand(self) -> Iterator[None]:
        """Count a request as in flight until the block ends."""
        with self._lock:
            self.in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def transport(self) -> httpx.MockTransport:
        """Return this provider without a network."""
        return httpx.MockTransport(self._handle)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        answer = self.answer(request.content, request.headers.get("authorization"))
        if answer.drop:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        if answer.cut:
            raise httpx.ReadError("peer closed the connection", request=request)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)

    def answer(self, content: bytes, key: str | None) -> Answer:
        """Answer one request body."""
        body = json.loads(content)
        document = document_in(body)
        with self._lock:
            self.requests.append(body)
            self.keys.append(key)
            self.calls[document] += 1
            fault = self.fault(document, self.calls[document])
            if fault:
                self.faults[fault] += 1
            return self._answer(body, document, fault or "")

    def _answer(self, body: dict[str, Any], document: str, fault: Fault) -> Answer:
        if fault == "drop":
            return Answer(drop=True)
        if fault == "wait":
            return _error(429, "rate_limit_exceeded", {"retry-after": "0"})
        if fault == "garbage":
            return Answer(body=b"<html>proxy</html>", headers={"content-type": "text/html"})
        if fault.isdigit():
            return _error(int(fault), "server_error", {})
        reply = instance(body["response_format"]["json_schema"]["schema"], document)
        text = json.dumps(reply, ensure_ascii=False)
        finish = "stop"
        if fault == "prose":
            text = "The candidate has many years of experience."
        elif fault == "schema":
            text = '{"unexpected": [1, 2, 3]}'
        elif fault == "length":
            text, finish = text[: len(text) // 2], "length"
        used = {"prompt_tokens": len(json.dumps(body)) // 4, "completion_tokens": len(text) // 4 + 1}
        message = {"role": "assistant", "content": None if fault in ("empty", "refusal") else text}
        if fault == "refusal":
            message["refusal"] = "I cannot help with that."
        payload = json.dumps(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "model": body["model"] + "-2026",
                "choices": [{"index": 0, "finish_reason": finish, "message": message}],
                "usage": used | {"total_tokens": sum(used.values())},
                **self.more,
            }
        ).encode()
        if fault == "cut":
            return Answer(body=payload, cut=True)
        self.input_tokens += used["prompt_tokens"]
        self.output_tokens += used["completion_tokens"]
        return Answer(body=payload, headers={"content-type": "application/json", "x-request-id": "req_1"})


def document_in(body: dict[str, Any]) -> str:
    """Return a short name for the document in a request."""
    return hashlib.sha256(body["messages"][-1]["content"].encode("utf-8", "replace")).hexdigest()[:16]


def instance(schema: dict[str, Any], text: str) -> Any:
    """Return a value that fits a schema; free texts carry the document's name."""
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "object" in kinds:
        return {key: instance(part, text) for key, part in schema["properties"].items()}
    if "array" in kinds:
        return [instance(schema["items"], text)]
    return {"string": text, "number": 1.5, "integer": 2, "boolean": False}[kinds[0]]


def random_faults(seed: int, share: float, kinds: list[Fault], most: int = 2) -> Callable[[str, int], Fault | None]:
    """Return a plan that spoils a share of the first `most` calls for each document, the same way each time."""

    def fault(document: str, number: int) -> Fault | None:
        chance = random.Random(f"{seed} {document} {number}")
        return chance.choice(kinds) if number <= most and chance.random() < share else None

    return fault


def _error(status: int, code: str, headers: dict[str, str]) -> Answer:
    body = json.dumps({"error": {"message": "injected", "type": code, "code": code}}).encode()
    return Answer(status, body, {"content-type": "application/json", **headers})
