"""An OpenAI-compatible provider on loopback that takes its time, has limits, breaks on purpose, and counts.

    .venv/bin/python benchmarks/provider.py --port 8099 --latency 0.3 --max-concurrency 8
    .venv/bin/python benchmarks/provider.py --faults 500:0.03,reset:0.02,cut:0.02,notjson:0.02

POST /v1/chat/completions: a reply that fits the request's JSON schema, in which every free text is a name of the
document. GET /stats: what was counted. POST /config: options as JSON, by the names below; counting begins anew.

It shares its cores with whom it serves, so a call costs it little: a reply is made once for each schema, and filled in.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import json
import math
import random
import re
import resource
import socket
import struct
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fakes import instance

MARK = b"@document@@@"
"""Stands in a reply where the document's name will; both have twelve characters."""
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
REASONS = {200: "OK", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}
NO_GOODBYE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends RST."""
PROSE = "The candidate has many years of experience."


@dataclass
class Options:
    """How it behaves; 0 means no limit."""

    latency: float = 0.0
    """Seconds a reply takes."""
    max_concurrency: int = 0
    """Calls at once; one more is refused (429)."""
    rpm: int = 0
    """Requests a minute."""
    tpm: int = 0
    """Tokens a minute, those of the reply included."""
    burst: float = 1.0
    """Share of a minute that may come at once."""
    faults: str = ""
    """KIND:SHARE,...: an HTTP status, reset, cut, notjson."""
    seed: int = 1


class Bucket:
    """What is left of a limit: fills evenly, holds a share of a minute."""

    def __init__(self, per_minute: float, burst: float, now: float) -> None:
        self.limit, self.rate = per_minute, per_minute / 60
        self.size = max(1.0, per_minute * burst)
        self.level, self._at = self.size, now

    def wait(self, amount: float, now: float) -> float:
        """Return seconds until so much is there; 0: it is. More than it ever holds is taken when it is full."""
        self.level = min(self.size, self.level + (now - self._at) * self.rate)
        self._at = now
        return max(0.0, (min(amount, self.size) - self.level) / self.rate)

    def headers(self, name: str) -> str:
        """Return what OpenAI tells of a limit with every reply."""
        return (
            f"x-ratelimit-limit-{name}: {self.limit:g}\r\n"
            f"x-ratelimit-remaining-{name}: {max(0, int(self.level))}\r\n"
            f"x-ratelimit-reset-{name}: {(self.size - self.level) / self.rate:.3f}s\r\n"
        )


@dataclass
class Counts:
    """What happened since the last /config."""

    requests: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_fault: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    """By document."""
    abandoned: int = 0
    """Calls whose client was gone before the reply."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Of replies that were sent whole."""
    cpu: float = 0.0
    """Seconds that had been used when counting began."""


@dataclass(frozen=True)
class Call:
    """One request, and what will become of it."""

    document: str
    fault: str
    reply: bytes
    """A chat completion, to be filled in."""
    prompt_tokens: int
    completion_tokens: int


class Provider:
    """Everything that connections share."""

    def __init__(self, options: Options, loop: asyncio.AbstractEventLoop) -> None:
        self.options, self.loop = options, loop
        self.in_flight = 0
        self._replies: dict[bytes, tuple[bytes, int]] = {}
        self.begin()

    def begin(self) -> None:
        """Count anew, with full buckets."""
        options, now = self.options, self.loop.time()
        self.counts = Counts(cpu=_cpu())
        limits = {"requests": options.rpm, "tokens": options.tpm}
        self.buckets = {name: Bucket(limit, options.burst, now) for name, limit in limits.items() if limit}
        pairs = [part.split(":") for part in options.faults.split(",") if part]
        self._faults = [(kind, float(share)) for kind, share in pairs]

    def stats(self) -> dict[str, Any]:
        """Return the counts, as they are told."""
        counts = self.counts
        return {
            "requests": counts.requests,
            "by_status": counts.by_status,
            "by_fault": counts.by_fault,
            "documents": len(counts.calls),
            "in_flight": self.in_flight,
            "abandoned_by_client": counts.abandoned,
            "prompt_tokens": counts.prompt_tokens,
            "completion_tokens": counts.completion_tokens,
            "server_cpu_s": _cpu() - counts.cpu,
        }

    def read(self, content: bytes) -> Call:
        """Understand a request, and choose what will go wrong with it."""
        body = json.loads(content)
        document = hashlib.sha256(body["messages"][-1]["content"].encode("utf-8", "replace")).hexdigest()[: len(MARK)]
        self.counts.requests += 1
        self.counts.calls[document] += 1
        fault = self._fault(document, self.counts.calls[document]) if self._faults else ""
        reply, tokens = self._reply(content, body) if fault != "notjson" else _completion(body, PROSE)
        return Call(document, fault, reply, len(content) // 4 + 1, tokens)

    def _fault(self, document: str, number: int) -> str:
        chance = random.Random(f"{self.options.seed} {document} {number}").random()
        for kind, share in self._faults:
            chance -= share
            if chance < 0:
                return kind
        return ""

    def _reply(self, content: bytes, body: dict[str, Any]) -> tuple[bytes, int]:
        """Make a reply, once for each schema: that stands at the end of a request, where no text can look like it."""
        key = content[content.rfind(b'"response_format":') :]
        if key not in self._replies:
            schema = body["response_format"]["json_schema"]["schema"]
            self._replies[key] = _completion(body, json.dumps(instance(plain(schema, schema), MARK.decode())))
        return self._replies[key]

    def wait(self, tokens: int) -> float:
        """Take a request and its tokens from the buckets; return the seconds to wait if they are too low."""
        amounts, now = {"requests": 1, "tokens": tokens}, self.loop.time()
        longest = max((bucket.wait(amounts[name], now) for name, bucket in self.buckets.items()), default=0.0)
        if not longest:
            for name, bucket in self.buckets.items():
                bucket.level -= amounts[name]
        return longest

    def headers(self) -> str:
        """Return what is told of the limits with every reply."""
        return "".join(bucket.headers(name) for name, bucket in self.buckets.items())


class Connection(asyncio.Protocol):
    """One client's connection: one call after another."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._received = b""
        self._timer: asyncio.TimerHandle | None = None
        """A call is under way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the call under way."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
            self._provider.in_flight -= 1
            self._provider.counts.abandoned += 1

    def data_received(self, data: bytes) -> None:
        """Collect, until a request is whole."""
        self._received += data
        head, gap, rest = self._received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        size = int(length[1]) if length else 0
        if gap and len(rest) >= size:
            self._received = rest[size:]
            self._route(head.split(b" ", 2)[1], rest[:size])

    def _route(self, path: bytes, body: bytes) -> None:
        provider = self._provider
        if path == b"/v1/chat/completions":
            self._call(provider.read(body))
        elif path == b"/config":
            for name, value in json.loads(body).items():
                setattr(provider.options, name, value)
            provider.begin()
            self._send(200, b"{}")
        elif path == b"/stats":
            self._send(200, json.dumps(provider.stats()).encode())
        else:
            self._send(404, b"{}")

    def _call(self, call: Call) -> None:
        """Refuse a call at once, or answer it later."""
        provider = self._provider
        most = provider.options.max_concurrency
        is_full = bool(most) and provider.in_flight >= most
        wait = 1.0 if is_full else provider.wait(call.prompt_tokens + call.completion_tokens)
        if wait:
            told = f"retry-after: {math.ceil(wait)}\r\nretry-after-ms: {math.ceil(wait * 1000)}\r\n"
            self._fail(429, "rate_limit_exceeded", told)
            return
        provider.in_flight += 1
        self._timer = provider.loop.call_later(provider.options.latency, self._finish, call)

    def _finish(self, call: Call) -> None:
        self._timer = None
        self._provider.in_flight -= 1
        if call.fault:
            self._provider.counts.by_fault[call.fault] += 1
        if call.fault.isdigit():
            self._fail(int(call.fault), "server_error", "retry-after: 1\r\n" if call.fault == "503" else "")
        elif call.fault == "reset":
            self._count("reset")
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_GOODBYE)
            self._transport.abort()
        else:
            self._answer(call)

    def _answer(self, call: Call) -> None:
        used = b"%d" % call.prompt_tokens, b"%d" % (call.prompt_tokens + call.completion_tokens)
        body = (
            call.reply.replace(MARK, call.document.encode()).replace(b"@prompt@", used[0]).replace(b"@total@", used[1])
        )
        if call.fault == "cut":
            self._count("cut")
            self._send(200, body, missing=len(body) // 2)
            self._transport.close()
            return
        self._count("200")
        self._provider.counts.prompt_tokens += call.prompt_tokens
        self._provider.counts.completion_tokens += call.completion_tokens
        self._send(200, body)

    def _fail(self, status: int, code: str, told: str) -> None:
        self._count(str(status))
        body = json.dumps({"error": {"message": "on purpose", "type": code, "code": code}}).encode()
        self._send(status, body, told)

    def _count(self, status: str) -> None:
        self._provider.counts.by_status[status] += 1

    def _send(self, status: int, body: bytes, told: str = "", missing: int = 0) -> None:
        head = (
            f"HTTP/1.1 {status} {REASONS.get(status, 'Trouble')}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n{told}{self._provider.headers()}\r\n"
        )
        self._transport.write(head.encode() + body[: len(body) - missing])


def plain(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without references and choices, as pydantic writes them."""
    if "$ref" in part:
        return plain(whole["$defs"][part["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in part:
        return plain(part["anyOf"][0], whole)
    inner = {key: plain(value, whole) for key, value in part.get("properties", {}).items()}
    items = {"items": plain(part["items"], whole)} if "items" in part else {}
    return part | ({"properties": inner} if inner else {}) | items


def _completion(body: dict[str, Any], text: str) -> tuple[bytes, int]:
    """Return a reply with this text, and the text's tokens; the tokens of a request are filled in later."""
    tokens = len(text) // 4 + 1
    message = {"role": "assistant", "content": text, "refusal": None}
    reply = {
        "id": f"chatcmpl-{MARK.decode()}",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": message}],
        "usage": {"prompt_tokens": "@prompt@", "completion_tokens": tokens, "total_tokens": "@total@"},
    }
    return json.dumps(reply).replace('"@prompt@"', "@prompt@").replace('"@total@"', "@total@").encode(), tokens


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def serve(options: Options, port: int, port_file: Path | None) -> None:
    """Serve until killed; write the port into a file."""
    loop = asyncio.get_running_loop()
    provider = Provider(options, loop)
    server = await loop.create_server(lambda: Connection(provider), "127.0.0.1", port, backlog=1024)
    bound = server.sockets[0].getsockname()[1]
    if port_file:
        port_file.write_text(str(bound))  # noqa: ASYNC240  # nobody waits yet
    print(f"serving at http://127.0.0.1:{bound}/v1", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8099, help="0: any that is free")
    parser.add_argument("--port-file", type=Path)
    usual = vars(Options())
    for name, value in usual.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    chosen = vars(parser.parse_args())
    gc.freeze()  # what was imported is not looked through again
    asyncio.run(serve(Options(**{name: chosen[name] for name in usual}), chosen["port"], chosen["port_file"]))


if __name__ == "__main__":
    main()
