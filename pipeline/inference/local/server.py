"""Starts llama.cpp's server for a model as a process of its own, and stops it.

It listens on 127.0.0.1 only and lets in nobody but who knows a key that is made for it at random. It
holds on to our end of a pipe, so that it ends when we end, however we end (child.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import httpx

from pipeline.errors import LostServerError, SettingsError
from pipeline.inference.local.plan import Plan, look_over
from pipeline.inference.providers.table import Endpoint

SERVER = (sys.executable, "-P", str(Path(__file__).with_name("child.py")))

_LOAD_SECONDS = 300.0
"""Ten gigabytes from a slow disk take less."""
_STOP_SECONDS = 1.0
_KEPT_LINES = 20


@contextlib.asynccontextmanager
async def serving(
    whom: Endpoint,
    chosen: Plan,
    transport: httpx.AsyncBaseTransport,
    *,
    command: Sequence[str] = SERVER,
    load_seconds: float = _LOAD_SECONDS,
) -> AsyncIterator[tuple[Endpoint, httpx.AsyncBaseTransport]]:
    """Run a server for this model; yield where it is and its key, and what sends to it by way of `transport`.

    Raises SettingsError where it does not load in time.
    """
    look_over(chosen)
    key = secrets.token_urlsafe(32)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    try:
        address = await _loaded(process, chosen, key, load_seconds)
        yield replace(whom, base_url=f"{address}/v1", key=key), _Gate(transport, process, chosen)
    finally:
        await _stop(process)


class _Gate(httpx.AsyncBaseTransport):
    """Sends only while the server lives: whoever takes over its address gets no document."""

    def __init__(self, transport: httpx.AsyncBaseTransport, process: Process, chosen: Plan) -> None:
        self._transport, self._process, self._chosen = transport, process, chosen

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises LostServerError where the server is no more."""
        if self._process.returncode is not None:
            raise LostServerError(
                f"the server of {self._chosen.file.name} {_ending(self._process.returncode)} in the middle of the work",
                "is there memory enough? The documents stay in the inbox; run again",
            )
        return await self._transport.handle_async_request(request)


async def _loaded(process: Process, chosen: Plan, key: str, seconds: float) -> str:
    """Tell the server what to load and return its address once it has."""
    told = {"model": str(chosen.file), "key": key}
    told |= {name: getattr(chosen, name) for name in ("slots", "context", "threads")}
    assert process.stdin is not None
    process.stdin.write(json.dumps(told).encode() + b"\n")
    try:
        async with asyncio.timeout(seconds):
            return await _address(process, chosen)
    except TimeoutError:
        raise SettingsError(
            f"{chosen.file.name} was not loaded within {seconds:g} seconds", "use a smaller model, or a faster disk"
        ) from None


async def _address(process: Process, chosen: Plan) -> str:
    """Read what the server says until that is its address."""
    assert process.stdout is not None
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    async for line in process.stdout:
        words = line.decode(errors="replace").strip()
        if words.startswith("http://127.0.0.1:"):
            return words
        said.append(words)
    raise SettingsError(
        f"{chosen.file.name} could not be loaded: {_reason(said, await process.wait())}",
        "is the file whole, and a model that llama.cpp can run?",
    )


def _reason(said: Sequence[str], code: int) -> str:
    """Return the line that says why: llama.cpp's first error, else the last line, else how the process ended."""
    errors = (re.sub(r"^[\d.]+ E ", "", line) for line in said if " E " in line)
    last = next((line for line in reversed(said) if line), None)
    return next(errors, None) or last or f"its server {_ending(code)} and said nothing"


def _ending(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


async def _stop(process: Process) -> None:
    """End the server: it goes when its stdin closes, and if it does not, it is killed."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
