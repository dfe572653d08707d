"""Many calls at once over httpx: requests are spread over several small pools instead of one large one.

A pool of httpx (0.28.1) looks at each of its connections whenever a request comes or goes, so a pool of 64 costs
more time than everything else we do for a document. And it closes an idle connection as soon as it has more
connections of any kind than may be kept, so a pool must be allowed to keep all it may open. Each pool here is small,
keeps what it opens, and gets the next request when no other has fewer under way.
"""

from __future__ import annotations

import ipaddress
import ssl
import urllib.request
from collections.abc import AsyncIterator, Callable

import httpx

from pipeline.inference.wire import Stream, Wire

_MOST = 16
_CONNECTIONS = 4
"""In a pool, until there are as many pools as make sense; from then on pools grow."""


def network(url: str, concurrency: int, *, trust_env: bool) -> Shards:
    """Return connections to the host of a URL, by the proxy that the environment names for it.

    Raises ImportError, ValueError, OSError or httpx.InvalidURL for a proxy or certificates that cannot be used.
    """
    whom = httpx.URL(url)
    # One for all: it takes a tenth of a second to make. Plain HTTP, as to a server of one's own, needs none.
    tls = (
        httpx.create_ssl_context(trust_env=trust_env)
        if whom.scheme == "https"
        else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    )
    proxy = _proxy(whom) if trust_env else None
    wire = Wire()

    def pool(limits: httpx.Limits) -> httpx.AsyncHTTPTransport:
        made = httpx.AsyncHTTPTransport(verify=tls, limits=limits, proxy=proxy)
        made._pool._network_backend = wire  # noqa: SLF001  # httpcore takes one, httpx hands none on
        return made

    return Shards(concurrency, pool)


def _proxy(whom: httpx.URL) -> httpx.Proxy | None:
    """Return the proxy that the environment names; None for a server of this machine: what it is told stays here."""
    if _is_here(whom.host):
        return None
    named = urllib.request.getproxies()
    address = named.get(whom.scheme) or named.get("all")
    if not address or urllib.request.proxy_bypass(whom.netloc.decode("ascii")):
        return None
    return httpx.Proxy(address if "://" in address else f"http://{address}")


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Shards(httpx.AsyncBaseTransport):
    """A transport that spreads requests over several others."""

    def __init__(self, concurrency: int, make: Callable[[httpx.Limits], httpx.AsyncBaseTransport]) -> None:
        """Take the number of calls at once, and what makes an inner transport for so many connections."""
        shards = min(_MOST, -(-concurrency // _CONNECTIONS))
        each = -(-concurrency // shards)
        limits = httpx.Limits(max_connections=each, max_keepalive_connections=each)
        self._inner = [make(limits) for _ in range(shards)]
        self._under_way = [0] * shards

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request by the shard with the fewest under way; it is under way until its reply is closed."""
        shard = self._under_way.index(min(self._under_way))
        self._under_way[shard] += 1
        try:
            response = await self._inner[shard].handle_async_request(request)
            await _refuse_what_came_before(response)
        except BaseException:
            self._under_way[shard] -= 1
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Counted(response.stream, lambda: self._release(shard))
        return response

    def _release(self, shard: int) -> None:
        self._under_way[shard] -= 1

    async def aclose(self) -> None:
        """Close the inner transports."""
        for inner in self._inner:
            await inner.aclose()


async def _refuse_what_came_before(response: httpx.Response) -> None:
    """Raise httpx.ConnectError for a reply that lay there before its request left: it is to another one (a peer that spoke twice).

    httpcore reads on from what is left over of the reply before. The request has not left, and will not.
    """
    stream = response.extensions.get("network_stream")
    if isinstance(stream, Stream) and stream.is_unsent:
        await stream.aclose()
        await response.aclose()
        raise httpx.ConnectError("the server has spoken unasked")


class _Counted(httpx.AsyncByteStream):
    """A reply's body that says when it is closed, once."""

    def __init__(self, stream: httpx.AsyncByteStream, closed: Callable[[], None]) -> None:
        self._stream, self._closed = stream, closed
        self._is_open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        if self._is_open:
            self._is_open = False
            self._closed()
        await self._stream.aclose()
