"""Connections for httpcore: what comes in, how they end, TLS on them, and that httpx uses them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from pipeline.inference.shards import network
from pipeline.inference.wire import Stream, Wire

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

MIB = 2**20
REPLY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextlib.asynccontextmanager
async def listening(serve: Serve, certificate: Path | None = None) -> AsyncIterator[int]:
    """Serve on loopback; yield the port."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    tasks: list[asyncio.Task[None] | None] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())
        async with _closing(writer):
            await serve(reader, writer)

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]
    for task in filter(None, tasks):
        task.cancel()
    await asyncio.gather(*filter(None, tasks), return_exceptions=True)


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Close a server's side of a connection, with a goodbye or without."""
    try:
        with contextlib.suppress(OSError, EOFError):
            yield
        writer.close()
    except BaseException:
        writer.transport.abort()
        raise
    finally:
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def connected(serve: Serve) -> AsyncIterator[Stream]:
    """Serve, and yield a connection."""
    async with listening(serve) as port:
        stream = await Wire().connect_tcp("127.0.0.1", port, timeout=5)
        try:
            yield stream
        finally:
            await stream.aclose()


async def all_of(stream: Stream) -> bytes:
    """Read to the end."""
    parts = []
    while part := await stream.read(2**16, timeout=5):
        parts.append(part)
    return b"".join(parts)


def run(work: Callable[[], Awaitable[Any]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(20):
            await work()

    asyncio.run(within())


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def goodbye(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"goodbye")
    await writer.drain()


async def hang_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    pass


async def slam(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End it without a goodbye."""
    end = writer.get_extra_info("socket")
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request without a body."""
    while await reader.readuntil(b"\r\n\r\n"):
        writer.write(REPLY)


def test_what_came_before_the_end_is_read_and_then_the_end() -> None:
    async def work() -> None:
        async with connected(goodbye) as stream:
            assert await all_of(stream) == b"goodbye"
            assert await stream.read(1) == b""
            with pytest.raises(httpcore.WriteError):
                await stream.write(b"hello?")

    run(work)


def test_a_connection_that_breaks_is_an_error_not_an_end() -> None:
    async def work() -> None:
        async with connected(slam) as stream:
            for _ in range(2):
                with pytest.raises(httpcore.ReadError):
                    await stream.read(1, timeout=5)

    run(work)


def test_nothing_for_too_long_is_a_timeout_and_the_connection_can_still_be_read() -> None:
    heard = asyncio.Event()

    async def late(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard.wait()
        await goodbye(_, writer)

    async def work() -> None:
        async with connected(late) as stream:
            with pytest.raises(httpcore.ReadTimeout):
                await stream.read(1, timeout=0.01)
            heard.set()
            assert await all_of(stream) == b"goodbye"

    run(work)


def test_a_peer_that_sends_more_than_is_read_has_to_wait() -> None:
    sent = 0

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        for _number in range(64):
            writer.write(bytes(MIB))
            await writer.drain()
            sent += MIB

    async def work() -> None:
        async with connected(flood) as stream:
            before = -1
            while sent != before:
                before = sent
                await asyncio.sleep(0.1)
            assert sent < 32 * MIB  # the rest of it waits in the system's buffers and there
            assert len(await stream.read(1)) < MIB
            assert len(await all_of(stream)) > 63 * MIB

    run(work)


def test_head_and_body_leave_together_when_the_answer_is_to_be_heard() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))

    async def work() -> None:
        async with connected(echo) as stream:
            await stream.write(b"head ")
            await asyncio.sleep(0.05)
            await stream.write(b"body")
            assert await all_of(stream) == b"head body"

    run(work)


@pytest.mark.parametrize("ending", [hang_up, slam, goodbye])
def test_an_idle_connection_tells_at_once_that_it_is_of_no_more_use(ending: Serve) -> None:
    may_end = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await may_end.wait()
        await ending(reader, writer)

    async def work() -> None:
        async with connected(serve) as stream:
            assert not stream.get_extra_info("is_readable")
            may_end.set()
            for _ in range(500):
                await asyncio.sleep(0.01)
                if stream.get_extra_info("is_readable"):
                    break
            assert stream.get_extra_info("is_readable")

    run(work)


def test_it_tells_before_the_event_loop_has_heard_of_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        async def work() -> None:
            stream = await Wire().connect_tcp("127.0.0.1", server.getsockname()[1])
            peer, _ = server.accept()
            assert not stream.get_extra_info("is_readable")
            peer.close()
            assert stream.get_extra_info("is_readable")  # nothing was awaited in between
            await stream.aclose()
            assert stream.get_extra_info("is_readable")

        run(work)


def test_nobody_there_is_a_connect_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    async def work() -> None:
        with pytest.raises(httpcore.ConnectError):
            await Wire().connect_tcp("127.0.0.1", port, timeout=5)

    run(work)


@pytest.mark.parametrize(
    ("serve", "error", "patience"),
    [
        (hang_up, httpcore.ConnectError, 10),
        (slam, httpcore.ConnectError, 10),
        (goodbye, httpcore.ConnectError, 10),
        (silent, httpcore.ConnectTimeout, 0.2),
    ],
)
def test_a_peer_that_does_not_speak_tls_is_left(serve: Serve, error: type[Exception], patience: float) -> None:
    async def work() -> None:
        async with connected(serve) as stream:
            with pytest.raises(error):
                await stream.start_tls(ssl.create_default_context(), "127.0.0.1", timeout=patience)
            assert stream.get_extra_info("is_readable")  # closed

    run(work)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_httpx_uses_it_with_tls_and_without(scheme: str, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails after an upgrade of httpx, it has another name for what network() replaces."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def work() -> None:
        async with (
            listening(answer, certificate if scheme == "https" else None) as port,
            network(f"{scheme}://127.0.0.1:{port}", 1, trust_env=True) as transport,
        ):
            used = []
            for _ in range(2):
                response = await transport.handle_async_request(httpx.Request("GET", f"{scheme}://127.0.0.1:{port}/"))
                assert await response.aread() == b"ok"
                used.append(response.extensions["network_stream"])
            assert isinstance(used[0], Stream)
            assert used[0] is used[1]
            assert bool(used[0].get_extra_info("ssl_object")) is (scheme == "https")

    run(work)


def test_tls_goes_through_a_proxy(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def work() -> None:
        async with listening(answer, certificate) as behind:

            async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", behind)
                async with _closing(far_writer):
                    await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))

            async with listening(tunnel) as proxy:
                monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
                monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
                url = f"https://llm.acme.invalid:{behind}/"
                async with network(url, 1, trust_env=True) as transport:
                    response = await transport.handle_async_request(httpx.Request("GET", url))
                    assert await response.aread() == b"ok"
        assert asked[0].startswith(b"CONNECT llm.acme.invalid:%d HTTP/1.1\r\n" % behind)

    run(work)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(2**16):
            writer.write(data)
    writer.close()
