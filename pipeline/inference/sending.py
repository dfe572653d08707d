"""One request over the wire and back: the one place where httpx's errors become ours."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import ssl
import zlib
from dataclasses import dataclass, field, replace
from typing import Protocol

import httpx

from pipeline.clock import Clock
from pipeline.inference.providers import anthropic, openai
from pipeline.inference.providers.asking import encoded
from pipeline.inference.providers.loading import object_in
from pipeline.inference.providers.reading import (
    WEB_PAGE,
    error_code,
    error_detail,
    error_meaning,
    is_page,
    line,
    request_id,
    told_wait,
)
from pipeline.inference.providers.table import Endpoint, without_password
from pipeline.inference.quota import Quota, quotas
from pipeline.inference.retries import ANSWERED, BY_CODE, AttemptError, Verdict, may_cost, moment, retry_after, verdict
from pipeline.records import Completion, Prompt

_MARK, _AROUND = "5f0d0c8e the document 5f0d0c8e", 2
"""What stands in a blank form for the document, which parts it into two."""
_OTHERWISE = (
    'if that goes on, it may not know how it is held to a schema: try structured = "json_object" under [inference]'
)
_MAX_REPLY_BYTES = 10 * 2**20
_CONNECT_SECONDS = 15.0
_GZIP_OR_ZLIB = zlib.MAX_WBITS + 32
"""What zlib takes for: see by the first bytes which of the two it is."""
_PACKED = ("gzip", "x-gzip", "deflate")
_NOT_ASKED_FOR = ("br", "zstd", "compress")
_NO_SUCH_PLACE = (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED)
_VERSIONED = re.compile(r"/v\d")
_BODY_HEADERS = {b"content-encoding", b"content-length", b"transfer-encoding"}


class Dialect(Protocol):
    """A way to speak to providers. A module is one: it builds a request and reads a response, and sends nothing."""

    def build_request(
        self, endpoint: Endpoint, prompt: Prompt, max_output_tokens: int, correction: str | None
    ) -> httpx.Request:
        """Return the request for one document."""

    def read_response(self, response: httpx.Response) -> Completion:
        """Return the completion in a 200 reply. Raises AttemptError."""


_DIALECTS: dict[str, Dialect] = {"openai": openai, "anthropic": anthropic}


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came back for one request."""

    result: Completion | AttemptError
    seconds: float
    status: int | None
    """HTTP; None: there was no reply, or no whole one."""
    request_id: str | None
    quotas: tuple[Quota, ...] = ()
    """What the reply says of the provider's limits."""

    @property
    def is_paid(self) -> bool:
        """Tell whether a provider may charge for it."""
        return may_cost(self.status, self.result.kind if isinstance(self.result, AttemptError) else None)


def build_request(endpoint: Endpoint, prompt: Prompt, max_output_tokens: int, correction: str | None) -> httpx.Request:
    """Return the request for one document, in the provider's dialect."""
    return _DIALECTS[endpoint.provider.dialect].build_request(endpoint, prompt, max_output_tokens, correction)


class Forms:
    """Requests as forms: what is the same for all documents of a prompt is made once, the document is put in as JSON.

    The prompt's schema is ten times as much work for the encoder as an ordinary document.
    """

    def __init__(self) -> None:
        self._forms: dict[tuple[str | int, ...], tuple[httpx.URL, httpx.Headers, list[bytes]]] = {}

    def request(
        self, endpoint: Endpoint, prompt: Prompt, max_output_tokens: int, correction: str | None = None
    ) -> httpx.Request:
        """Return what build_request returns."""
        if correction:
            return build_request(endpoint, prompt, max_output_tokens, correction)
        key = (endpoint.base_url, endpoint.model, endpoint.structured, prompt.name, prompt.hash, max_output_tokens)
        if key not in self._forms:
            self._forms[key] = self._form(endpoint, prompt, max_output_tokens)
        url, headers, parts = self._forms[key]
        if len(parts) != _AROUND:  # somebody's prompt holds our mark
            return build_request(endpoint, prompt, max_output_tokens, None)
        return httpx.Request("POST", url, headers=headers, content=encoded(prompt.user).join(parts))

    def _form(
        self, endpoint: Endpoint, prompt: Prompt, max_output_tokens: int
    ) -> tuple[httpx.URL, httpx.Headers, list[bytes]]:
        blank = build_request(endpoint, replace(prompt, user=_MARK), max_output_tokens, None)
        headers = blank.headers.copy()
        del headers["content-length"]
        return blank.url, headers, blank.content.split(encoded(_MARK))


class Sender:
    """Sends requests and understands what comes back."""

    def __init__(self, transport: httpx.AsyncBaseTransport, clock: Clock, timeout: float) -> None:
        """Take `timeout` in seconds for a whole exchange, however slowly a reply drips.

        What httpx.AsyncClient adds to a transport (cookies, redirects, sign-in, a log of addresses) is not wanted here.
        """
        self._transport, self._clock, self._timeout = transport, clock, timeout
        self._timeouts = httpx.Timeout(timeout, connect=min(_CONNECT_SECONDS, timeout / 2)).as_dict()

    async def exchange(self, request: httpx.Request, endpoint: Endpoint) -> Exchange:
        """Send one request and read the whole reply. Failures are part of the result."""
        started = self._clock.monotonic()
        response: httpx.Response | None = None
        try:
            response = await self._send(request)
            result: Completion | AttemptError = self._understood(response, endpoint)
        except AttemptError as error:
            result = error.with_traceback(
                None
            )  # which would keep the whole reply, up to 20 MiB, until the next one is here
            result.hint = _address_hint(error, response, endpoint) or _hint(error, response)
        seconds = round(self._clock.monotonic() - started, 3)
        if response is None:
            return Exchange(result, seconds, None, None)
        told = quotas(response.headers.raw, self._their_time(response))
        return Exchange(result, seconds, response.status_code, request_id(response), told)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        heard = _Heard()
        try:
            async with asyncio.timeout(self._timeout):
                request.extensions["timeout"] = self._timeouts
                heard.head = await self._transport.handle_async_request(request)
                assert isinstance(heard.head.stream, httpx.AsyncByteStream)
                try:
                    return await _read_body(heard.head, heard.head.stream, heard.body)
                finally:
                    await heard.head.stream.aclose()
        except (TimeoutError, httpx.TransportError, AttemptError) as error:
            if (enough := heard.enough()) is not None:
                return enough
            if isinstance(error, AttemptError):
                raise
            raise _lost(error, self._timeout) from None
        except httpx.DecodingError as error:
            raise AttemptError("disconnected", Verdict.RETRY, type(error).__name__) from None

    def _understood(self, response: httpx.Response, endpoint: Endpoint) -> Completion:
        if response.status_code in ANSWERED:
            return _DIALECTS[endpoint.provider.dialect].read_response(response)
        code, now = error_code(response), self._their_time(response)
        word = verdict(response.status_code, code, response.headers)
        if word is Verdict.REJECTED and is_page(response):
            word = Verdict.FORBIDDEN  # a proxy's or a firewall's: the provider has not seen the document
        wait = retry_after(response.headers, now)
        raise AttemptError(
            code or f"http_{response.status_code}",
            word,
            error_detail(response),
            told_wait(response, now) if wait is None else wait,
        )

    def _their_time(self, response: httpx.Response) -> dt.datetime:
        """Return the time of day by the clock that moments in a reply are meant by: ours may be wrong by minutes."""
        return moment(response.headers.get("date", "")) or self._clock.now()


@dataclass(slots=True)
class _Heard:
    """What has come in of a reply so far."""

    head: httpx.Response | None = None
    body: bytearray = field(default_factory=bytearray)

    def enough(self) -> httpx.Response | None:
        """Return what is here where that is enough: all of an answer, though nobody said that it ends, or an error's status.

        An answer is paid for, so it is read. An error says the most by its status, and with that it is not paid for.
        """
        if self.head is None:
            return None
        is_error = self.head.status_code not in ANSWERED
        try:
            reply = _with_body(self.head, self.body)
        except AttemptError:  # it is packed and broken off, or too large
            return httpx.Response(self.head.status_code, headers=_without_body(self.head)) if is_error else None
        return reply if is_error or object_in(reply.content) is not None else None


def _lost(error: Exception, timeout: float) -> AttemptError:
    """Return what it means that no whole reply came."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
        return _unreachable(error)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return AttemptError("timeout", Verdict.RETRY, f"no whole reply within {timeout:g} seconds")
    if isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return AttemptError("bad_request", Verdict.DENIED, str(error))
    return AttemptError("disconnected", Verdict.RETRY, type(error).__name__)


async def _read_body(response: httpx.Response, stream: httpx.AsyncByteStream, packed: bytearray) -> httpx.Response:
    """Return the same response with its body read, but never more than a sane reply holds.

    We do not ask for packed replies, as they are small; where one comes, httpx would unpack it without a limit.
    """
    if response.is_closed:  # a transport without a network has it in memory, unpacked
        return response
    async for piece in stream:
        packed += piece
        if len(packed) > _MAX_REPLY_BYTES:
            raise _too_large()
    return _with_body(response, packed)


def _with_body(response: httpx.Response, packed: bytearray) -> httpx.Response:
    body = _unpacked(packed, response.headers.get("content-encoding", "identity").lower())
    return httpx.Response(response.status_code, headers=_without_body(response), content=body)


def _without_body(response: httpx.Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in response.headers.raw if name.lower() not in _BODY_HEADERS]


def _unpacked(packed: bytearray, encoding: str) -> bytes:
    if len(packed) > _MAX_REPLY_BYTES:
        raise _too_large()
    if encoding in _NOT_ASKED_FOR:
        raise AttemptError("unreadable_body", Verdict.RETRY, f"the reply is packed with {encoding}, unasked")
    if encoding not in _PACKED:  # as httpx does: some servers name a character set here
        return bytes(packed)
    windows = (_GZIP_OR_ZLIB, -zlib.MAX_WBITS) if encoding == "deflate" else (_GZIP_OR_ZLIB,)
    body = next((body for window in windows if (body := _inflated(packed, window)) is not None), None)
    if body is None and packed.lstrip()[:1] == b"{":  # a proxy has unpacked it, and left the header
        return bytes(packed)
    if body is None:
        raise AttemptError("unreadable_body", Verdict.RETRY, "the reply cannot be unpacked")
    if len(body) > _MAX_REPLY_BYTES:
        raise _too_large()
    return body


def _inflated(packed: bytearray, window: int) -> bytes | None:
    try:
        return zlib.decompressobj(window).decompress(packed, _MAX_REPLY_BYTES + 1)
    except zlib.error:
        return None


def _too_large() -> AttemptError:
    return AttemptError("unreadable_body", Verdict.RETRY, "the reply is larger than 10 MiB")


def _address_hint(error: AttemptError, response: httpx.Response | None, endpoint: Endpoint) -> str:
    """Return what may be wrong with the address; "" where nothing speaks for that."""
    if response is not None and response.has_redirect_location:
        place = line(without_password(response.headers["location"].partition("?")[0]))
        return f"it sends us to {place}: is base_url right, or does a login page stand in between?"
    is_elsewhere = error.kind == WEB_PAGE or (response is not None and response.status_code in _NO_SUCH_PLACE)
    if error.kind == "http_400" and error.verdict is Verdict.FORBIDDEN:
        return "is base_url right, https instead of http, or does a proxy stand in between?"
    if not is_elsewhere or error.kind in BY_CODE:
        return ""
    if not _VERSIONED.search(endpoint.base_url):
        return f"does base_url end in /v1? It is {endpoint.address}"
    return "is base_url right, or does a login page stand in between?" if error.kind == WEB_PAGE else ""


def _hint(error: AttemptError, response: httpx.Response | None) -> str:
    """Return what helps by the provider's own words; "" where they tell nothing."""
    if error.kind == "no_choices":
        return _OTHERWISE
    if error.kind == "timeout":
        return "a slow model may need more time, and is paid for all the same: raise timeout under [inference]"
    meant = error_meaning(response) if response is not None else None
    return meant.hint if meant and meant.code == error.kind else ""


def _unreachable(error: httpx.TransportError) -> AttemptError:
    """Tell a certificate that will never do from a server or a network that is away for the moment."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return AttemptError("tls", Verdict.DENIED, f"its certificate cannot be trusted: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    return AttemptError("unreachable", Verdict.RETRY, str(error))
