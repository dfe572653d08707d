"""Connections for httpcore, straight on asyncio.

httpcore speaks to asyncio through anyio, which costs as much for each read and write as building the request and
understanding the reply: of 0.55 ms CPU a request, 0.2. What is left out is what we have no use for: other event loops,
and cancelling from within.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

_FULL = 2**18
"""Bytes that nobody has read, from which on we take no more from a peer: as many as asyncio reads at once."""
_HAPPY_EYEBALLS = 0.25
"""Seconds until the next address of a host is tried beside the last one (RFC 8305)."""


class Wire(httpcore.AsyncNetworkBackend):
    """What opens connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore names it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        """Connect to a host. Raises httpcore.ConnectError or ConnectTimeout."""
        loop = asyncio.get_running_loop()
        own = (local_address, 0) if local_address else None
        try:
            async with asyncio.timeout(timeout):
                transport, received = await loop.create_connection(
                    _Received, host, port, local_addr=own, happy_eyeballs_delay=_HAPPY_EYEBALLS
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        for option in socket_options or ():
            transport.get_extra_info("socket").setsockopt(*option)
        return Stream(transport, received)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class _Received(asyncio.Protocol):
    """What came in and was not read yet, and how the connection ended."""

    def __init__(self) -> None:
        self.has_ended = False
        self.error: Exception | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._is_paused = False
        self._transport: asyncio.Transport
        self._waiting: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._size >= _FULL and not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.has_ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.has_ended, self.error = True, exc
        self._wake()

    @property
    def is_ready(self) -> bool:
        """Tell whether there is something to read, be it the end."""
        return bool(self._parts) or self.has_ended

    async def wait(self) -> None:
        """Wait until there is something to read."""
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def take(self) -> bytes:
        """Return all that has come in; nothing: it is the end."""
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
        return data

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, transport: asyncio.Transport, received: _Received) -> None:
        self._transport, self._received = transport, received
        self._unsent: list[bytes] = []
        self._poll = select.poll()
        self._poll.register(transport.get_extra_info("socket"), select.POLLIN)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109  # httpcore
        """Return what has come in, be it more than `max_bytes`; nothing: the peer has ended it. Raises httpcore.ReadError."""
        received = self._received
        self._flush()
        if not received.is_ready:
            try:
                async with asyncio.timeout(timeout):
                    await received.wait()
            except TimeoutError as error:
                raise httpcore.ReadTimeout from error
        data = received.take()
        if not data and received.error:
            raise httpcore.ReadError(str(received.error)) from received.error
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  # httpcore
        """Write when the peer is to be heard next: head and body of a request leave together. Raises httpcore.WriteError."""
        if self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        self._unsent.append(buffer)

    def _flush(self) -> None:
        if self._unsent:
            self._transport.write(b"".join(self._unsent))
            self._unsent.clear()

    @property
    def is_unsent(self) -> bool:
        """Tell whether something is written that has not left yet: what is read then is no answer to it."""
        return bool(self._unsent)

    async def aclose(self) -> None:
        """Close at once; whoever ends a connection has no use for what is still on its way."""
        self._transport.abort()
        await asyncio.sleep(0)  # that is when asyncio closes the socket

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore names it
    ) -> Stream:
        """Go on in secret. Raises httpcore.ConnectError or ConnectTimeout, and the connection is closed."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(
                    self._transport, self._received, ssl_context, server_hostname=server_hostname
                )
            if transport is None:  # Python says so where the peer hangs up in the middle of it
                raise ConnectionResetError("the connection was lost in the TLS handshake")  # noqa: TRY301
        except BaseException as error:
            await self.aclose()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout(str(error)) from error
            if isinstance(error, OSError):  # ssl.SSLError is one
                raise httpcore.ConnectError(str(error)) from error
            raise
        self._received.connection_made(transport)
        return Stream(transport, self._received)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks for: `is_readable` tells of an idle connection that the peer has ended it, or spoken."""
        if info == "is_readable":
            return self._received.is_ready or self._transport.is_closing() or bool(self._poll.poll(0))
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return self._transport.get_extra_info(names.get(info, info))
