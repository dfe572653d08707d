"""The fake provider behind a real HTTP server on loopback, which can drop connections and cut bodies.

By hand: `.venv/bin/python tests/server.py [--port 8099] [--share 0.3] [--seed 1]`; GET /stats shows its own count.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fakes import Answer, FakeProvider, random_faults

FAULTS = ["500", "503", "wait", "drop", "cut", "prose", "schema"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: FakeProvider

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        with self.provider.in_hand():
            self._reply(self.provider.answer(content, self.headers.get("authorization")))

    def _reply(self, answer: Answer) -> None:
        if answer.drop:
            self._reset()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        if answer.cut:
            self.close_connection = True

    def do_GET(self) -> None:
        body = json.dumps(stats(self.provider) if self.path == "/stats" else {"data": []}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        pass

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that goes away is no news


def stats(provider: FakeProvider) -> dict[str, object]:
    """Return what the provider counted itself."""
    return {
        "calls": sum(provider.calls.values()),
        "in_flight": provider.in_flight,
        "faults": dict(provider.faults),
        "prompt_tokens": provider.input_tokens,
        "completion_tokens": provider.output_tokens,
    }


@contextlib.contextmanager
def serving(provider: FakeProvider, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; yield the base URL."""
    handler = type("Handler", (_Handler,), {"provider": provider})
    with _Server(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()


def main() -> None:
    """Serve by hand until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument(
        "--share", type=float, default=0.3, help="of calls that go wrong, at most two for each document"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    provider = FakeProvider(random_faults(options.seed, options.share, FAULTS))
    with serving(provider, options.port) as url, contextlib.suppress(KeyboardInterrupt):
        sys.stdout.write(f"serving at {url}\n")
        sys.stdout.flush()
        threading.Event().wait()
    sys.stdout.write(json.dumps(stats(provider)) + "\n")


if __name__ == "__main__":
    main()
