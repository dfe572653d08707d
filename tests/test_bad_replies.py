"""Everything that can come back instead of an answer, and what becomes of documents, money and the run then.

Where the wire matters there is a real server on loopback that sends the very bytes a test wants; the
clock is a fake one, so that nobody waits for a backoff.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import gc
import gzip
import json
import os
import re
import socket
import socketserver
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from fakes import FakeClock, FakeProvider, InlineExecutor
from pipeline.app import House, World
from pipeline.cli import app
from pipeline.errors import ExitCode, PipelineError
from pipeline.settings import load
from test_line import CV, go, names, one, rows

KEY = "sk-marked-secret-0815"
MIB = 2**20

Piece = bytes | float | None
"""What a server does next: send bytes, wait some seconds, or (None) hang up."""
Script = Callable[[int, bytes], Iterable[Piece]]
"""Called with the number of the request (from 1) and its body."""


# --- a server that sends what it is told


@dataclass
class Door:
    """Where a scripted server listens, and what it has seen."""

    url: str = ""
    """Base URL, with /v1."""
    heads: list[str] = field(default_factory=list)
    """First line and headers of each request."""
    connections: int = 0

    @property
    def calls(self) -> int:
        return len(self.heads)


class _Handler(socketserver.StreamRequestHandler):
    door: Door
    script: Script

    def handle(self) -> None:
        self.door.connections += 1
        with contextlib.suppress(OSError):
            while (content := self._request()) is not None:
                for piece in type(self).script(self.door.calls, content):
                    if piece is None:
                        return
                    if isinstance(piece, float):
                        time.sleep(piece)
                    else:
                        self.wfile.write(piece)

    def _request(self) -> bytes | None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return None
            head += line
        self.door.heads.append(head.decode())
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        return self.rfile.read(int(length[1])) if length else b""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that goes away is no news


@contextlib.contextmanager
def answering(script: Script, certificate: ssl.SSLContext | None = None) -> Iterator[Door]:
    """Serve until the block ends."""
    door = Door()
    handler = type("Handler", (_Handler,), {"door": door, "script": staticmethod(script)})
    with _Server(("127.0.0.1", 0), handler) as server:
        if certificate:
            server.socket = certificate.wrap_socket(server.socket, server_side=True)
        door.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield door
        finally:
            server.shutdown()
            thread.join()


def reply(status: int, body: bytes | str, *headers: str, kind: str = "application/json") -> bytes:
    """Return the bytes of a whole response."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def error(status: int, code: str | None, message: str = "injected", *headers: str) -> bytes:
    return reply(status, json.dumps({"error": {"message": message, "type": "t", "code": code}}), *headers)


def good_body(content: bytes) -> bytes:
    """Return the body of a right answer to a request."""
    return FakeProvider().answer(content, None).body


def good(content: bytes, *headers: str) -> bytes:
    return reply(200, good_body(content), *headers)


def always(*pieces: Piece) -> Script:
    return lambda _number, _content: pieces


def at_first(*first: bytes | None) -> Script:
    """Send these one after the other, then right answers."""

    def script(number: int, content: bytes) -> Iterable[Piece]:
        return [first[number - 1]] if number <= len(first) else [good(content)]

    return script


def changed(change: Callable[[dict[str, Any]], object]) -> Script:
    """Send right answers with something changed."""

    def script(_number: int, content: bytes) -> Iterable[Piece]:
        body = json.loads(good_body(content))
        change(body)
        return [reply(200, json.dumps(body))]

    return script


# --- a house that asks it

Ask = Callable[..., House]


@pytest.fixture
def ask(tmp_path: Path, clock: FakeClock) -> Ask:
    """Return a maker of houses that really connect: `ask(url, documents=3, concurrency=2)`."""

    def make(url: str, documents: int = 1, *, key: str | None = None, **inference: Any) -> House:
        environ = {
            "PIPELINE_INBOX__SETTLE": "0",
            "PIPELINE_INFERENCE__PROVIDER": "custom",
            "PIPELINE_INFERENCE__BASE_URL": url,
            "PIPELINE_INFERENCE__MODEL": "some-model",
            "PIPELINE_INFERENCE__TIMEOUT": "5",
            **({"PIPELINE_API_KEY": key} if key else {}),
            **{f"PIPELINE_INFERENCE__{name.upper()}": str(value) for name, value in inference.items()},
        }
        world = World(clock, lambda: None, lambda _settings: InlineExecutor())
        house = House(load(None, tmp_path / "data", environ), world)
        house.folders.inbox.mkdir(parents=True, exist_ok=True)
        for number in range(documents):
            (house.folders.inbox / f"{number}.txt").write_text(f"{CV}{number}")
        return house

    return make


@pytest.fixture(autouse=True)
def _no_exceptions_for_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def errors_of(house: House) -> list[str | None]:
    return [found for (found,) in rows(house, "SELECT error FROM attempts ORDER BY id")]


def message_of(house: House) -> str:
    """Return why the last run ended early."""
    return str(one(house, "SELECT message FROM runs ORDER BY id DESC LIMIT 1"))


def all_said(house: House, result: Any) -> str:
    """Return every word a person gets to read of a run that ended early."""
    brake = result.report.brake.error
    return f"{brake.message} {brake.hint}" if brake else " ".join(rows(house, "SELECT message, hint FROM outcomes")[0])


def everything_written(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file())


def nobody_is_blamed(house: House, documents: int) -> None:
    assert len(names(house.folders.inbox)) == documents
    assert names(house.folders.quarantine) == []
    assert rows(house, "SELECT * FROM outcomes WHERE status <> 'waiting'") == []


# --- key, model, address


def test_a_wrong_key_is_one_call_however_many_documents_wait_and_it_is_shown_nowhere(tmp_path: Path) -> None:
    message = f"Incorrect API key provided: {KEY}. You can find your API key at https://example.org."
    data = tmp_path / "data"
    (data / "inbox").mkdir(parents=True)
    for number in range(30):
        (data / "inbox" / f"{number}.txt").write_text(f"{CV}{number}")
    with answering(always(0.2, error(401, "invalid_api_key", message))) as door:
        environ = {
            "PIPELINE_INBOX__SETTLE": "0",
            "PIPELINE_INFERENCE__PROVIDER": "custom",
            "PIPELINE_INFERENCE__BASE_URL": door.url,
            "PIPELINE_INFERENCE__MODEL": "some-model",
            "PIPELINE_INFERENCE__CONCURRENCY": "8",
            "PIPELINE_API_KEY": KEY,
        }

        said = CliRunner().invoke(app, ["run", "--verbose", "--data", str(data)], env=environ)

    assert said.exit_code == ExitCode.CONFIGURATION
    assert door.calls == 1
    assert f"Bearer {KEY}" in door.heads[0]
    assert len(names(data / "inbox")) == 30
    assert "refuses the request" in said.output
    assert "pipeline check" in said.output
    assert KEY not in said.output
    assert KEY.encode() not in everything_written(data)


def test_a_key_that_a_long_message_ends_with_is_not_shown_in_part(ask: Ask) -> None:
    with answering(always(error(401, "invalid_api_key", "x" * 180 + f" {KEY}"))) as door:
        house = ask(door.url, key=KEY)

        result = go(house)

    assert KEY[:10] not in all_said(house, result)


@pytest.mark.parametrize(
    "said",
    [KEY.upper(), "\u200b".join(KEY), f"{KEY[:9]}\n{KEY[9:]}", KEY[2:-2], KEY.replace("-", "%2D"), f"Bearer_{KEY}"],
)
def test_a_key_that_is_torn_or_written_otherwise_is_not_shown(ask: Ask, said: str) -> None:
    with answering(always(error(401, "invalid_api_key", f"Incorrect: {said}"))) as door:
        house = ask(door.url, key=KEY)

        result = go(house)

    assert all(part not in re.sub("[^a-z0-9]", "", all_said(house, result).casefold()) for part in ("secret", "0815"))


def test_a_key_in_what_a_provider_calls_things_or_where_it_sends_us_is_kept_nowhere(ask: Ask) -> None:
    def named(_number: int, content: bytes) -> Iterable[Piece]:
        whole = json.loads(good_body(content)) | {"model": KEY}
        whole["choices"][0]["finish_reason"] = f"stopped by {KEY}"
        return [reply(200, json.dumps(whole), f"x-request-id: {KEY}")]

    for script in (named, always(reply(302, "", f"location: http://login.example/{KEY}/in"))):
        with answering(script) as door:
            house = ask(door.url, key=KEY)

            result = go(house)

        assert KEY.encode() not in everything_written(house.data)
        assert result.report.brake.error is None or KEY not in all_said(house, result)


def test_a_key_in_a_billing_message_a_page_or_a_name_is_not_shown(ask: Ask) -> None:
    with answering(always(reply(402, f"<html>{KEY}</html>", f"x-request-id: {KEY}", kind="text/html"))) as door:
        house = ask(door.url, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert KEY not in all_said(house, result)


def test_an_unknown_model_is_one_call_and_named(ask: Ask) -> None:
    message = "The model `some-model` does not exist or you do not have access to it."
    with answering(always(error(404, "model_not_found", message))) as door:
        house = ask(door.url, 30, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls == 1
    assert "some-model" in message_of(house)
    nobody_is_blamed(house, 30)


NOT_FOUND = {
    "a page": reply(404, "<!DOCTYPE html><html><h1>Not Found</h1></html>", kind="text/html"),
    "openai": reply(
        404, '{"error": {"message": "Invalid URL (POST /chat/completions)", "type": "invalid_request_error"}}'
    ),
    "vllm": reply(404, '{"detail": "Not Found"}'),
    "ollama": reply(404, "404 page not found", kind="text/plain"),
    "llama-server": reply(404, '{"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}'),
}


@pytest.mark.parametrize("server", NOT_FOUND)
def test_a_base_url_without_v1_is_a_configuration_error_that_names_the_remedy(ask: Ask, server: str) -> None:
    with answering(always(NOT_FOUND[server])) as door:
        house = ask(door.url.removesuffix("/v1"), 30, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls == 1
    nobody_is_blamed(house, 30)
    assert "/v1" in all_said(house, result)


def _unknown(*_args: object, **_more: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _no_answer(*_args: object, **_more: object) -> None:
    time.sleep(1)


@pytest.mark.parametrize("resolve", [_unknown, _no_answer])
def test_a_name_that_nobody_knows_blames_no_document_and_costs_nothing(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, resolve: Callable[..., None]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    house = ask("http://no-such-host.invalid/v1", 30, timeout=1.2)  # half of it to connect, on a busy machine as well

    result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    nobody_is_blamed(house, 30)
    assert set(errors_of(house)) == {"unreachable"}
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 0


def test_one_document_alone_waits_when_nobody_is_there(ask: Ask) -> None:
    with answering(always()) as door:
        pass  # the port is free again
    house = ask(door.url)

    result = go(house)

    assert result.report.exit_code == ExitCode.ATTENTION
    assert result.report.counts == {"waiting": 1}
    assert len(errors_of(house)) == 6
    nobody_is_blamed(house, 1)


@pytest.fixture
def self_signed(certificate: Path) -> ssl.SSLContext:
    """Return a server's context with a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_that_cannot_be_trusted_is_a_configuration_error_and_the_key_is_not_sent(
    ask: Ask, self_signed: ssl.SSLContext
) -> None:
    with answering(always(error(500, None)), self_signed) as door:
        house = ask(door.url, 30, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls == 0
    assert "certificate cannot be trusted" in message_of(house)
    assert errors_of(house) == ["tls"]
    nobody_is_blamed(house, 30)


def test_an_attempt_that_ended_at_the_certificate_cannot_have_cost_anything(
    ask: Ask, self_signed: ssl.SSLContext
) -> None:
    with answering(always(error(500, None)), self_signed) as door:
        house = ask(door.url)

        go(house)

    assert one(house, "SELECT count(*) FROM unknown_attempts") == 0


# --- proxies


def test_a_proxy_that_is_away_blames_no_document(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(always()) as dead:
        pass
    monkeypatch.setenv("HTTP_PROXY", dead.url)
    house = ask("http://llm.acme.invalid/v1", 30)

    result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert set(errors_of(house)) == {"unreachable"}
    nobody_is_blamed(house, 30)


@pytest.mark.parametrize("exempt", ["llm.acme.invalid", ".acme.invalid,example.org", "*"])
def test_no_proxy_leads_past_it(ask: Ask, monkeypatch: pytest.MonkeyPatch, exempt: str) -> None:
    found = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *args, **more: found("127.0.0.1", *args, **more))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", exempt)
    with answering(at_first()) as door:
        result = go(ask(door.url.replace("127.0.0.1", "llm.acme.invalid")))

    assert result.report.exit_code == ExitCode.DONE


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_what_is_said_to_a_server_of_this_machine_goes_to_no_proxy(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    with answering(always(error(500, None))) as proxy, answering(at_first()) as door:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))

        result = go(ask(door.url.replace("127.0.0.1", host)))

    assert result.report.exit_code == ExitCode.DONE
    assert proxy.calls == 0


def test_a_proxy_of_the_environment_is_used_and_resolves_the_name_itself(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(at_first()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))

        result = go(ask("http://llm.acme.invalid/v1"))

    assert result.report.exit_code == ExitCode.DONE
    assert proxy.heads[0].startswith("POST http://llm.acme.invalid/v1/chat/completions HTTP/1.1")


def test_a_proxy_that_wants_a_password_is_not_taken_for_an_answer(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(always(reply(407, "<html>log in</html>", kind="text/html"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.removesuffix("/v1"))
        house = ask("https://llm.acme.invalid/v1", key=KEY)

        result = go(house)

    assert result.report.exit_code in (ExitCode.ATTENTION, ExitCode.TRY_LATER, ExitCode.CONFIGURATION)
    nobody_is_blamed(house, 1)
    assert KEY not in "".join(proxy.heads)


def test_the_embedded_engine_does_not_care_for_proxies(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    world = World(clock, lambda: None, lambda _settings: InlineExecutor())
    house = House(load(None, tmp_path / "data", {"PIPELINE_INBOX__SETTLE": "0"}), world)
    house.folders.inbox.mkdir(parents=True)
    (house.folders.inbox / "ida.txt").write_text(CV)

    assert go(house).report.exit_code == ExitCode.DONE


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "ftp://127.0.0.1:9", "http://[::1"])
def test_a_proxy_variable_that_cannot_be_used_is_said_in_words(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)

    with pytest.raises(PipelineError):
        go(ask("http://llm.acme.invalid/v1"))


# --- 200, and yet no answer


def test_a_page_instead_of_an_answer_blames_no_document_of_a_full_inbox(ask: Ask) -> None:
    with answering(
        always(reply(200, "<!DOCTYPE html><html>Log in to the guest network</html>", kind="text/html"))
    ) as door:
        house = ask(door.url, 60, concurrency=8)

        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    nobody_is_blamed(house, 60)


@pytest.mark.parametrize(
    "body", [None, reply(200, "{}"), reply(200, "<html>log in</html>")], ids=["none", "empty", "page"]
)
def test_a_small_inbox_survives_two_nights_in_which_nobody_gets_an_answer(
    ask: Ask, clock: FakeClock, body: bytes | None
) -> None:
    for _ in range(2):
        with answering(always(body)) as door:
            house = ask(door.url, 3)

            result = go(house)
        assert result.report.exit_code == ExitCode.TRY_LATER
        assert set(result.report.counts) <= {"waiting"}
        nobody_is_blamed(house, 3)
        clock.seconds += 86_400
    with answering(at_first()) as door:
        house = ask(door.url, 3)

        assert go(house).report.counts == {"done": 3}


def test_but_not_for_ever(ask: Ask) -> None:
    with answering(always(None)) as door:
        house = ask(door.url, 2)
        for _ in range(6):
            go(house)

    assert one(house, "SELECT count(*) FROM attempts") == 2 * (5 + 10)
    assert names(house.folders.quarantine / "gave_up") == ["0.txt", "0.txt.txt", "1.txt", "1.txt.txt"]


def test_a_document_that_gets_no_answer_where_others_do_is_given_up_in_the_same_run(ask: Ask) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        return [None] if b"Poison" in content else [good(content)]

    with answering(script) as door:
        house = ask(door.url, 3)
        (house.folders.inbox / "poison.txt").write_text(f"{CV} Poison")

        result = go(house)

    assert result.report.counts == {"done": 3, "quarantined": 1}
    assert one(house, "SELECT count(*) FROM attempts WHERE error IS NOT NULL") == 5
    note = (house.folders.quarantine / "gave_up" / "poison.txt.txt").read_text()
    assert "disconnected" in note


def test_a_page_instead_of_an_answer_blames_no_document_with_one_call_at_once(ask: Ask) -> None:
    with answering(
        always(reply(200, "<!DOCTYPE html><html>Log in to the guest network</html>", kind="text/html"))
    ) as door:
        house = ask(door.url, 60, concurrency=1)

        go(house)

    nobody_is_blamed(house, 60)


@pytest.mark.parametrize("documents", [1, 3, 60])
def test_a_page_instead_of_an_answer_is_called_one(ask: Ask, documents: int) -> None:
    with answering(always(reply(200, "<html>Open WebUI</html>", kind="text/html"))) as door:
        house = ask(door.url.removesuffix("/v1"), documents)

        result = go(house)

    assert "web page" in all_said(house, result)
    assert documents == 1 or "does base_url end in /v1?" in all_said(house, result)


BILLING: list[Any] = [
    {"message": "You exceeded your current quota", "type": "insufficient_quota", "code": "insufficient_quota"},
    {"message": "limit", "type": "x", "code": "project_spend_limit_exceeded"},
    {"message": "credit", "type": "billing_error"},
    {"message": "Insufficient credits", "code": 402},
]


@pytest.mark.parametrize("inside", BILLING, ids=["openai", "limit", "anthropic", "openrouter"])
def test_an_account_without_money_ends_the_run_even_where_the_status_says_200(ask: Ask, inside: dict[str, Any]) -> None:
    with answering(always(reply(200, json.dumps({"error": inside})))) as door:
        house = ask(door.url, 30, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert door.calls == 1
    nobody_is_blamed(house, 30)


@pytest.mark.parametrize("code", ["invalid_api_key", 401])
def test_a_wrong_key_ends_the_run_even_where_the_status_says_200(ask: Ask, code: str | int) -> None:
    with answering(always(reply(200, json.dumps({"error": {"message": "no", "code": code}})))) as door:
        house = ask(door.url, 30, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls == 1


def test_a_passing_error_in_the_body_of_a_200_is_tried_again(ask: Ask) -> None:
    body = reply(200, '{"error": {"message": "Upstream overloaded", "code": 503}}')
    with answering(at_first(body, body)) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.exit_code == ExitCode.DONE
    assert errors_of(house) == ["error_body", "error_body", None]


def test_errors_in_bodies_of_200_are_a_provider_in_trouble_and_nobody_elses_page(ask: Ask) -> None:
    body = reply(200, '{"error": {"message": "Upstream died", "code": 502}}')
    with answering(at_first(*[body] * 8)) as door:
        result = go(ask(door.url, 8, key=KEY))

    assert result.report.counts == {"done": 8}
    assert door.calls == 16


def test_more_tokens_than_a_minute_has_name_the_room_for_the_reply_and_blame_no_document(ask: Ask) -> None:
    said = "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 6294, please reduce it"
    with answering(always(error(413, "rate_limit_exceeded", said))) as door:
        house = ask(door.url, 3)
        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert "lower max_output_tokens" in all_said(house, result)
    nobody_is_blamed(house, 3)


def peak(reset: Path = Path("/proc/self/clear_refs")) -> int:
    """Return this process's highest memory in bytes since the last call."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    reset.write_text("5")
    return int(found[1]) * 1024


def growth(ask: Ask, script: Script) -> int:
    """Return how many bytes of memory one document takes at most with this server, its retries included."""
    with answering(at_first()) as door:
        go(ask(door.url, 2))  # what any first run needs
    with answering(script) as door:
        house = ask(door.url)
        (house.folders.inbox / "0.txt").write_text(f"{CV}another")
        gc.collect()
        peak()
        before = peak()

        go(house)

        grown = peak() - before
    assert set(errors_of(house)) == {None, "unreadable_body"}
    assert door.calls == 5
    return grown


linux = pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="only Linux tells a process's peak")


@linux
@pytest.mark.parametrize("with_length", [True, False])
def test_a_reply_of_fifty_megabytes_is_left_after_ten(ask: Ask, *, with_length: bool) -> None:
    piece = b"x" * 2**16
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    head += f"content-length: {50 * MIB}\r\n\r\n".encode() if with_length else b"connection: close\r\n\r\n"

    grown = growth(ask, always(head, *[piece] * (50 * MIB // len(piece)), None))

    assert grown < 60 * MIB


@linux
@pytest.mark.parametrize("size", [50, 200])
def test_a_small_reply_that_unpacks_to_a_large_one_is_left_as_well(ask: Ask, size: int) -> None:
    packer = zlib.compressobj(1, wbits=31)
    body = b"".join(packer.compress(bytes(MIB)) for _ in range(size)) + packer.flush()

    grown = growth(ask, always(reply(200, body, "content-encoding: gzip")))

    assert grown < 60 * MIB


def test_a_reply_that_drips_is_given_up_as_a_whole(ask: Ask) -> None:
    def script(number: int, content: bytes) -> Iterable[Piece]:
        if number > 2:
            return [good(content)]
        return [piece for byte in reply(200, b" " * 500) for piece in (bytes([byte]), 0.02)]  # 12 seconds in all

    with answering(script) as door:
        house = ask(door.url, timeout=0.4)
        started = dt.datetime.now(dt.UTC)  # noqa: TID251  # how long it really takes is what is tested

        result = go(house)

        took = dt.datetime.now(dt.UTC) - started  # noqa: TID251
    assert result.report.exit_code == ExitCode.DONE
    assert errors_of(house) == ["timeout", "timeout", None]
    assert took.total_seconds() < 4
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 2


@pytest.mark.parametrize(
    "usage",
    [
        None,
        [],
        "many",
        {},
        {"prompt_tokens": -1, "completion_tokens": -1},
        {"prompt_tokens": 10**15, "completion_tokens": 10**15},
        {"prompt_tokens": 10**8, "completion_tokens": 10**8},
        {"prompt_tokens": "a few", "completion_tokens": "-200"},
        {"prompt_tokens": 1.5, "completion_tokens": True},
        {"prompt_tokens": {"text": 5}, "completion_tokens": [3], "prompt_tokens_details": 7},
    ],
)
def test_usage_that_is_missing_or_makes_no_sense_is_not_known_and_the_answer_counts(ask: Ask, usage: Any) -> None:
    with answering(changed(lambda body: body.update(usage=usage))) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    assert rows(house, "SELECT input_tokens, output_tokens, cost_nanodollars FROM attempts") == [(None, None, None)]
    assert result.cost
    assert result.cost["unknown_attempts"] == 1


@pytest.mark.parametrize("key", ["created", "prompt_tokens"])
def test_a_number_that_python_finds_too_long_costs_no_answer(ask: Ask, key: str) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        body = json.loads(good_body(content))
        body["created"] = body["usage"]["prompt_tokens"] = 0
        return [reply(200, json.dumps(body).replace(f'"{key}": 0', f'"{key}": {"9" * 5000}'))]

    with answering(script) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    assert door.calls == 1
    assert one(house, "SELECT input_tokens FROM attempts") == (None if key == "prompt_tokens" else 0)


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 1000.0, "completion_tokens": 2e2, "total_tokens": 1200.0},
        {"prompt_tokens": "1000", "completion_tokens": "200", "total_tokens": "1200"},
    ],
)
def test_tokens_that_a_gateway_writes_with_a_point_or_as_a_text_are_known(ask: Ask, usage: dict[str, Any]) -> None:
    with answering(changed(lambda body: body.update(usage=usage))) as door:
        house = ask(door.url)

        go(house)

    assert rows(house, "SELECT input_tokens, output_tokens FROM attempts") == [(1000, 200)]


def test_a_reply_without_usage_at_all_counts(ask: Ask) -> None:
    with answering(changed(lambda body: body.pop("usage"))) as door:
        assert go(ask(door.url)).report.counts == {"done": 1}


def test_of_several_answers_the_first_one_counts(ask: Ask) -> None:
    def more(body: dict[str, Any]) -> None:
        second = json.loads(json.dumps(body["choices"][0]))
        second["message"]["content"] = "something else"
        second["index"] = 1
        body["choices"] += [second, second]

    with answering(changed(more)) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    assert errors_of(house) == [None]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 5000])
def test_numbers_that_json_does_not_have_are_no_answer_and_no_crash(ask: Ask, number: str) -> None:
    def odd(body: dict[str, Any]) -> None:
        body["choices"][0]["message"]["content"] = f'{{"document_type": "other", "fields": {{"total": {number}}}}}'

    with answering(changed(odd)) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"quarantined": 1}
    assert errors_of(house) == ["invalid_reply", "invalid_reply"]
    assert rows(house, "SELECT reason FROM outcomes") == [("invalid_reply",)]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_json_does_not_have_are_no_usage_and_no_cost(ask: Ask, number: str) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        body = json.loads(good_body(content)) | {"usage": "USAGE"}
        usage = f'{{"prompt_tokens": {number}, "completion_tokens": 7, "cost": {number}}}'
        return [reply(200, json.dumps(body).replace('"USAGE"', usage))]

    with answering(script) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    assert rows(house, "SELECT input_tokens, cost_nanodollars FROM attempts") == [(None, None)]


def every_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: every_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [every_text(item, change) for item in value]
    return change(value) if isinstance(value, str) and len(value) == 16 else value  # only what carries the document


@pytest.mark.parametrize(
    "odd", ["\ud800", "\udfff x", "a\ud83d", "\x00", "\x1b[2J\x07", "\u202egpj.exe", "\ufeff", "😀" * 50]
)
def test_any_character_in_an_answer_is_stored_and_exported(ask: Ask, odd: str) -> None:
    def spoil(body: dict[str, Any]) -> None:
        message = body["choices"][0]["message"]
        fields = every_text(json.loads(message["content"]), lambda text: f"{odd} {text} {odd}")
        message["content"] = json.dumps(fields)

    with answering(changed(spoil)) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    [row] = table(house)
    assert row["status"] == "done"
    assert one(house, "SELECT json_valid(fields) FROM summaries") == 1


@pytest.mark.parametrize("escaped", [True, False])
def test_half_a_character_in_the_reply_itself_is_stored(ask: Ask, *, escaped: bool) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        body = json.loads(good_body(content))
        message = body["choices"][0]["message"]
        message["content"] = message["content"].replace('"name": "', '"name": "\ud800', 1)
        text = json.dumps(body, ensure_ascii=escaped)
        return [reply(200, text.encode("utf-8", "surrogatepass"))]

    with answering(script) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    assert errors_of(house) == [None]


def table(house: House) -> list[dict[str, str]]:
    lines = (house.exports / "summaries.csv").read_text(encoding="utf-8-sig").splitlines()
    return list(csv.DictReader(lines))


def test_an_answer_that_belongs_to_another_document_is_marked_as_not_in_the_text(ask: Ask) -> None:
    def other(body: dict[str, Any]) -> None:
        message = body["choices"][0]["message"]
        fields = json.loads(message["content"])
        fields["basics"] |= {"name": "Zoltan Quimby", "email": "zoltan@quimby.example", "url": "https://quimby.example"}
        fields["skills"] = [{"name": "falconry"}, {"name": "glass blowing"}]
        message["content"] = json.dumps(fields)

    with answering(changed(other)) as door:
        house = ask(door.url, 3)

        result = go(house)

    assert result.report.counts == {"done": 3}
    for row in table(house):
        assert "basics.name" in row["not_found_in_text"]
        assert "do not stand in the document" in row["notices"]


# --- when to come back


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "is_waited"),
    [
        ("retry-after: Tue, 24 Nov 2020 12:00:00 GMT", True),
        ("retry-after: -5", True),
        ("retry-after: 0", True),
        ("retry-after: soon", True),
        ("retry-after: inf", True),
        ("retry-after: nan", True),
        ("retry-after:", True),
        ("retry-after: 1e-9", True),
        ("retry-after-ms: 1500", True),
        ("retry-after-ms: -1", True),
        ("retry-after: 119", True),
        ("retry-after: 121", False),
        ("retry-after: 1e18", False),
        ("retry-after: " + "9" * 300, False),
        ("retry-after-ms: 900000", False),
        ("retry-after: Thu, 31 Dec 2099 23:59:59 GMT", False),
        ("retry-after: Fri, 31 Dec 9999 23:59:59 -2359", False),
    ],
)
def test_a_clock_that_is_far_off_neither_hangs_nor_crashes_a_run(
    ask: Ask, clock: FakeClock, *, status: int, header: str, is_waited: bool
) -> None:
    with answering(at_first(error(status, None, "busy", header))) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == ({"done": 1} if is_waited else {"waiting": 1})
    assert clock.seconds <= 120 + 30


def test_a_year_that_no_clock_has_neither_hangs_nor_crashes_a_run(ask: Ask) -> None:
    header = "retry-after: Fri, 31 Dec 99999999999999999999 23:59:59 GMT"
    with answering(at_first(error(503, None, "busy", header))) as door:
        assert go(ask(door.url)).report.counts == {"done": 1}


def test_what_a_provider_asks_to_wait_in_milliseconds_is_waited(ask: Ask, clock: FakeClock) -> None:
    with answering(at_first(error(503, None, "busy", "retry-after-ms: 45000", "retry-after: 1"))) as door:
        go(ask(door.url))

    assert 45 <= clock.seconds < 46


@pytest.mark.parametrize("wrong_by", [-3600, 3600])
def test_moments_in_a_reply_are_meant_by_the_providers_clock(ask: Ask, clock: FakeClock, wrong_by: int) -> None:
    clock.is_wrong_by = dt.timedelta(seconds=wrong_by)
    told = ["date: Tue, 24 Nov 2026 12:00:00 GMT", "retry-after: Tue, 24 Nov 2026 12:00:30 GMT"]
    with answering(at_first(error(503, None, "busy", *told))) as door:
        result = go(ask(door.url))

    assert result.report.counts == {"done": 1}
    assert 30 <= clock.seconds < 35


def test_a_date_that_is_none_leaves_our_own_clock(ask: Ask, clock: FakeClock) -> None:
    told = ["date: yesterday", "retry-after: Tue, 24 Nov 2026 12:00:30 GMT"]
    with answering(at_first(error(503, None, "busy", *told))) as door:
        assert go(ask(door.url)).report.counts == {"done": 1}

    assert 30 <= clock.seconds < 35


def test_a_long_wait_of_one_document_holds_no_other_up_for_longer_than_two_minutes(ask: Ask, clock: FakeClock) -> None:
    with answering(at_first(error(429, "rate_limit_exceeded", "busy", "retry-after: 86400"))) as door:
        result = go(ask(door.url, 5, concurrency=1))

    assert result.report.counts == {"done": 4, "waiting": 1}
    assert clock.seconds <= 121


def test_a_server_may_ask_for_another_try_of_what_looks_lasting(ask: Ask) -> None:
    with answering(at_first(error(400, None, "busy", "x-should-retry: true"))) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert door.calls == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_may_ask_not_to_try_again(ask: Ask, status: int) -> None:
    with answering(always(error(status, None, "no", "x-should-retry: false"))) as door:
        go(ask(door.url))

    assert door.calls == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_asks_not_to_try_again_now_blames_no_document(ask: Ask, status: int) -> None:
    with answering(always(error(status, None, "no", "x-should-retry: false"))) as door:
        house = ask(door.url, 5)

        go(house)

    nobody_is_blamed(house, 5)


def test_a_server_cannot_ask_to_try_again_without_money(ask: Ask) -> None:
    with answering(always(error(429, "insufficient_quota", "no", "x-should-retry: true", "retry-after: 1"))) as door:
        result = go(ask(door.url, 5, key=KEY))

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert door.calls == 1


# --- answers that are none


def refusing(body: dict[str, Any]) -> None:
    body["choices"][0]["message"] = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}


def filtered(body: dict[str, Any]) -> None:
    body["choices"][0]["finish_reason"] = "content_filter"


@pytest.mark.parametrize("change", [refusing, filtered])
def test_a_refusal_is_one_call_paid_for_and_quarantined_as_refused(
    ask: Ask, change: Callable[[dict[str, Any]], None]
) -> None:
    with answering(changed(change)) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"quarantined": 1}
    assert names(house.folders.quarantine / "refused") == ["0.txt", "0.txt.txt"]
    assert door.calls == 1
    assert rows(house, "SELECT error, input_tokens > 0 FROM attempts") == [("content_filter", 1)]


def test_a_reply_that_is_cut_off_twice_is_two_calls_the_second_with_twice_the_room(ask: Ask) -> None:
    asked: list[int] = []

    def script(_number: int, content: bytes) -> Iterable[Piece]:
        asked.append(json.loads(content)["max_tokens"])
        body = json.loads(good_body(content))
        choice = body["choices"][0]
        choice["finish_reason"] = "length"
        choice["message"]["content"] = choice["message"]["content"][:50]
        return [reply(200, json.dumps(body))]

    with answering(script) as door:
        house = ask(door.url, max_output_tokens=300)

        go(house)

    assert asked == [300, 600]
    assert errors_of(house) == ["cut_off", "cut_off"]
    note = (house.folders.quarantine / "invalid_reply" / "0.txt.txt").read_text()
    assert "max_output_tokens" in note
    assert one(house, "SELECT count(*) FROM attempts WHERE output_tokens > 0") == 2


def test_an_answer_that_went_on_with_blanks_until_its_room_was_used_up_is_not_asked_for_again(ask: Ask) -> None:
    def padded(body: dict[str, Any]) -> None:
        body["choices"][0]["finish_reason"] = "length"
        body["choices"][0]["message"]["content"] += "\n" * 1000

    with answering(changed(padded)) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert door.calls == 1


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_is_a_wrong_address(ask: Ask, status: int) -> None:
    with answering(always(f"HTTP/1.1 {status} X\r\n\r\n".encode())) as door:
        house = ask(door.url, 5, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls == 1
    nobody_is_blamed(house, 5)


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"data: [DONE]\n\n", b"ok", b"null", b"\xff\xfe", b"[[[[", b'{"choices": []}']
)
def test_an_empty_or_senseless_body_is_tried_again(ask: Ask, body: bytes) -> None:
    with answering(at_first(reply(200, body))) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert door.calls == 2
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_with_key_and_document(ask: Ask, status: int) -> None:
    with (
        answering(always(error(500, None))) as elsewhere,
        answering(always(reply(status, "", f"location: {elsewhere.url}/chat/completions"))) as door,
    ):
        house = ask(door.url, 5, key=KEY)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert (door.calls, elsewhere.calls) == (1, 0)
    nobody_is_blamed(house, 5)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 529])
def test_a_gateways_page_is_a_passing_fault(ask: Ask, status: int) -> None:
    page = reply(status, "<html><h1>Bad gateway</h1></html>", kind="text/html")
    with answering(at_first(page, page)) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert errors_of(house) == [f"http_{status}", f"http_{status}", None]


# --- the wire


def packed(body: bytes, way: str) -> bytes:
    if way == "gzip":
        return gzip.compress(body)
    return zlib.compress(body) if way == "deflate" else body


@pytest.mark.parametrize("way", ["gzip", "deflate", "identity"])
def test_a_packed_reply_is_unpacked(ask: Ask, way: str) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        return [reply(200, packed(good_body(content), way), f"content-encoding: {way}")]

    with answering(script) as door:
        assert go(ask(door.url)).report.counts == {"done": 1}


@pytest.mark.parametrize("status", [401, 429])
def test_a_packed_error_is_understood(ask: Ask, status: int) -> None:
    code = {401: "invalid_api_key", 429: "insufficient_quota"}[status]
    body = gzip.compress(json.dumps({"error": {"message": "no", "code": code}}).encode())
    with answering(always(reply(status, body, "content-encoding: gzip"))) as door:
        house = ask(door.url)

        go(house)

    assert errors_of(house) == [code]


def test_a_reply_in_chunks_is_put_together(ask: Ask) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        body = good_body(content)
        pieces = [body[start : start + 7] for start in range(0, len(body), 7)]
        yield b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
        yield from (f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)
        yield b"0\r\n\r\n"

    with answering(script) as door:
        assert go(ask(door.url)).report.counts == {"done": 1}


BROKEN = {
    "before the headers": b"",
    "in the middle of the headers": b"HTTP/1.1 200 OK\r\ncontent-ty",
    "in the middle of the body": b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"choices": [',
    "in the middle of a chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\n{",
    "with another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "with a bad chunk": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "with a body that is not packed": b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello",
}


@pytest.mark.parametrize("where", BROKEN)
def test_a_connection_that_breaks_is_one_more_try_and_its_tokens_are_not_known(ask: Ask, where: str) -> None:
    def script(number: int, content: bytes) -> Iterable[Piece]:
        return [BROKEN[where], None] if number == 1 else [good(content)]

    with answering(script) as door:
        house = ask(door.url)

        result = go(house)

    assert result.report.counts == {"done": 1}
    assert errors_of(house) == ["unreadable_body" if "packed" in where else "disconnected", None]
    assert rows(house, "SELECT input_tokens, cost_nanodollars FROM attempts LIMIT 1") == [(None, None)]
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 1


BROKEN_ERROR = {
    "cut": b'content-length: 100\r\n\r\n{"err',
    "cut in a chunk": b"transfer-encoding: chunked\r\n\r\n20\r\n{",
    "packed as nobody asked": b"content-encoding: br\r\ncontent-length: 2\r\n\r\nxx",
    "not packed": b"content-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello",
    "endless": b"content-length: 12000000\r\n\r\n" + b"x" * 12_000_000,
}


@pytest.mark.parametrize(("status", "where"), list(zip([401, 429, 503, 429, 401], BROKEN_ERROR, strict=True)))
def test_an_error_whose_words_are_lost_is_what_its_status_says(ask: Ask, status: int, where: str) -> None:
    def script(number: int, content: bytes) -> Iterable[Piece]:
        head = f"HTTP/1.1 {status} X\r\nretry-after: 7\r\n".encode()
        return [head + BROKEN_ERROR[where], None] if number == 1 else [good(content)]

    with answering(script) as door:
        house = ask(door.url)

        go(house)

    assert errors_of(house) == [f"http_{status}", *([] if status == 401 else [None])]
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 0
    assert status == 401 or house.clock.monotonic() >= 7  # its headers are obeyed


def test_a_reply_that_nobody_asked_for_is_never_another_documents(ask: Ask) -> None:
    """A second reply that comes along with one, on a connection that is used again."""

    def script(number: int, content: bytes) -> Iterable[Piece]:
        return [good(content) + good(content) if number == 1 else good(content)]

    with answering(script) as door:
        house = ask(door.url, 4, concurrency=1)

        assert go(house).report.counts == {"done": 4}
    assert errors_of(house) == [None, "unreachable", None, None, None]
    assert one(house, "SELECT count(*) FROM unknown_attempts") == 0
    assert one(house, "SELECT count(DISTINCT fields) FROM summaries") == 4


def test_a_server_that_hangs_up_after_each_reply_without_saying_so_is_no_fault(ask: Ask) -> None:
    with answering(lambda _number, content: [good(content), None]) as door:
        house = ask(door.url, 20, concurrency=2)

        result = go(house)

    assert result.report.counts == {"done": 20}
    assert one(house, "SELECT max(number) FROM attempts") <= 2


def test_a_server_that_hangs_up_on_every_document_once_costs_one_more_try_each(ask: Ask) -> None:
    seen: set[bytes] = set()

    def script(_number: int, content: bytes) -> Iterable[Piece]:
        if content not in seen:
            seen.add(content)
            return [None]
        return [good(content)]

    with answering(script) as door:
        house = ask(door.url, 20, concurrency=1)

        result = go(house)

    assert result.report.counts == {"done": 20}
    assert rows(house, "SELECT number, count(*) FROM attempts GROUP BY 1") == [(1, 20), (2, 20)]


def test_connections_are_used_again(ask: Ask) -> None:
    with answering(at_first()) as door:
        go(ask(door.url, 20, concurrency=2))

    assert door.calls == 20
    assert door.connections <= 2


def test_no_more_calls_are_under_way_than_allowed_however_slow_they_are(ask: Ask) -> None:
    inside = [0, 0]
    lock = threading.Lock()

    def script(_number: int, content: bytes) -> Iterator[Piece]:
        with lock:
            inside[0] += 1
            inside[1] = max(inside)
        yield 0.15  # long enough for the next ones to come in on a busy machine
        with lock:
            inside[0] -= 1
        yield good(content)

    with answering(script) as door:
        go(ask(door.url, 12, concurrency=3))

    assert inside[1] == 3


def test_a_header_that_is_no_text_is_no_crash(ask: Ask) -> None:
    with answering(lambda _number, content: [good(content, "x-request-id: \t r\u00e9q ")]) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert str(one(house, "SELECT request_id FROM attempts")).isprintable()


def test_a_base_url_that_is_no_address_never_leaves(ask: Ask) -> None:
    with pytest.raises(PipelineError) as caught:
        go(ask("ftp://127.0.0.1/v1"))

    assert "base_url" in caught.value.message


def test_httpx_is_told_what_it_cannot_send(ask: Ask) -> None:
    with pytest.raises((PipelineError, httpx.InvalidURL)):
        go(ask("http://[::1/v1"))


def parted(body: dict[str, Any]) -> None:
    """Answer in parts, as reasoning models do."""
    message = body["choices"][0]["message"]
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": '{"a": 1}'}]}
    message["content"] = [thought, {"type": "text", "text": message["content"]}]


def thinking_aloud(body: dict[str, Any]) -> None:
    message = body["choices"][0]["message"]
    message["content"] = '<think>\nIs it {"a": 1}?\n</think>\n' + message["content"]


def thinking_from_the_prompt_on(body: dict[str, Any]) -> None:
    message = body["choices"][0]["message"]
    message["content"] = "Is it {a} or {b}? It is {b}.\n</think>\n\n" + message["content"]


@pytest.mark.parametrize("change", [parted, thinking_aloud, thinking_from_the_prompt_on])
def test_what_a_model_thinks_is_no_part_of_its_answer(ask: Ask, change: Callable[[dict[str, Any]], None]) -> None:
    with answering(changed(change)) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert door.calls == 1


def test_a_choice_that_is_an_error_is_a_passing_fault(ask: Ask) -> None:
    choice = {"error": {"code": 502, "message": "Provider disconnected"}, "finish_reason": "error", "message": {}}
    with answering(at_first(reply(200, json.dumps({"choices": [choice]})))) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert errors_of(house) == ["error_choice", None]


@pytest.mark.parametrize("status", [201, 202, 203, 206])
def test_an_answer_is_one_whichever_success_it_comes_with(ask: Ask, status: int) -> None:
    with answering(lambda _number, content: [reply(status, good_body(content))]) as door:
        house = ask(door.url)

        assert go(house).report.counts == {"done": 1}
    assert door.calls == 1
    assert one(house, "SELECT count(*) FROM attempts WHERE output_tokens > 0") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "none", "", "identity", "gzip", "deflate"])
def test_an_encoding_that_is_none_or_was_undone_on_the_way_is_passed_over(ask: Ask, encoding: str) -> None:
    with answering(lambda _number, content: [reply(200, good_body(content), f"content-encoding: {encoding}")]) as door:
        assert go(ask(door.url)).report.counts == {"done": 1}
    assert door.calls == 1


def test_a_body_deflated_without_a_head_is_unpacked(ask: Ask) -> None:
    def script(_number: int, content: bytes) -> list[bytes]:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        packed = packer.compress(good_body(content)) + packer.flush()
        return [reply(200, packed, "content-encoding: deflate")]

    with answering(script) as door:
        assert go(ask(door.url)).report.counts == {"done": 1}
    assert door.calls == 1
