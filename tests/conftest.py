"""Fixtures shared by all tests. No test reaches beyond this machine."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fakes import FakeClock, FakeProvider, InlineExecutor
from pipeline.app import House, World
from pipeline.settings import load

PROJECT = Path(__file__).resolve().parent.parent


def pytest_report_header() -> str:
    return f"SQLite {sqlite3.sqlite_version}"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection but those to this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def build(tmp_path: Path, clock: FakeClock, provider: FakeProvider) -> Callable[..., House]:
    """Return a maker of houses: `build(concurrency=4)` asks the fake provider, `build(provider="offline")` the engine."""

    def make(**inference: Any) -> House:
        values = {"provider": "custom", "base_url": "http://provider.test/v1", "model": "some-model", **inference}
        if values["provider"] == "offline":
            values = {"provider": "offline"}
        lines = [f"{key} = {value!r}".replace("'", '"') for key, value in values.items()]
        config = tmp_path / "pipeline.toml"
        config.write_text("[inference]\n" + "\n".join(lines) + "\n[inbox]\nsettle = 0\n", encoding="utf-8")
        world = World(clock, provider.transport, lambda _settings: InlineExecutor())
        return House(load(config, tmp_path / "data", {}), world)

    return make


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build()


@pytest.fixture
def drop(house: House) -> Callable[..., Path]:
    """Return a way to put a text into the inbox: `drop("a.txt", "text", folder="cv")`."""

    def put(name: str, text: str | bytes = "", folder: str = "") -> Path:
        path = house.folders.inbox / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return put


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate for 127.0.0.1 and llm.acme.invalid that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2090, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("llm.acme.invalid")]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
