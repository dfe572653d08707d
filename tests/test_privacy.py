"""Marked documents walk the whole line; no mark may come out where people look who are not to read CVs.

Marks stand in text, names, addresses, numbers, in what a provider that quotes everything says of them, in damaged
files and in the key. Looked at are log, standard error, notes, messages in the database, and what status, costs and
check print. File names are not a CV's text, so these say nothing.
"""

from __future__ import annotations

import json
import logging
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fakes import Answer, FakeProvider, Fault, instance
from pipeline import process
from pipeline.clock import SystemClock
from server import serving
from test_cli import KEY, Shell
from test_cli import shell as shell  # noqa: PLC0414  # a fixture
from test_extract import docx, p, pdf
from test_line import names

NAME, MAIL, PHONE, EMPLOYER = "Zyxmark Quellwen", "zyxmark@example.org", "+44 7700 900123", "Fennimark Works"
MARKS = re.compile(r"zyxmark|quellwen|example\.org|7700|900123|fennimark|marked-key", re.IGNORECASE)
CV = f"{NAME}\n{MAIL}\n{PHONE}\n\nWork experience\nWelder, {EMPLOYER}\n2019 - 2021\n\nEducation\nSchool\n\nSkills\nwelding"
TOLD = [
    "cannot read: {text}",
    "cannot read: {line}",
    "the content {quoted} is refused",
    f"the name {NAME} is refused",
    f"'{MAIL}' is no content that I like",
    f"{PHONE} is refused",
    f"{NAME.upper()} is refused",
    f"employer Fennimark, key {KEY}",
]
"""What the provider says of the document that is sent; one for each case."""
BODIES: dict[str, Callable[[str], object]] = {
    "error200": lambda text: {"error": {"message": text, "code": 400}},
    "code": lambda _text: {"error": {"message": "no", "code": KEY, "type": NAME}},
    "page": lambda text: f"<html>{text}</html>",
}
REPLIES: dict[str, Callable[[str, Any], str]] = {
    "prose": lambda text, _fitting: f"The candidate is {text}",
    "keys": lambda _text, _fitting: json.dumps({NAME: {MAIL: 1}}),
    "values": lambda text, fitting: json.dumps({key: [text, {NAME: text}] for key in fitting}),
    "cut": lambda text, _fitting: f'{{"basics": {{"name": "{text[:30]}',
}
CASES = ["good", *(str(number) for number in range(len(TOLD))), *BODIES, *REPLIES, "later"]


class Gossip(FakeProvider):
    """Quotes what it was sent, and the key, in whatever it says. A document's last word says how."""

    denies = False
    """True: it lets nobody in."""

    def _answer(self, body: dict[str, Any], document: str, fault: Fault) -> Answer:
        text = body["messages"][-1]["content"]
        case = next((case for case in CASES if f"case-{case}." in text), "good")
        if self.denies:
            return _said(401, {"error": {"message": f"Incorrect key {KEY} for {text}", "code": KEY}})
        if case.isdigit():
            quoted = TOLD[int(case)].format(text=text, line=" ".join(text.split()), quoted=json.dumps(text)[-120:])
            return _said(422 if int(case) % 2 else 400, {"error": {"message": quoted}})
        if case == "later":
            return _said(500, {"error": {"message": text}}, {"x-should-retry": "false"})
        if case in BODIES:
            return _said(200 if case == "error200" else 400, BODIES[case](text))
        answer = super()._answer(body, document, fault)
        if case in REPLIES:
            whole = json.loads(answer.body)
            fitting = instance(body["response_format"]["json_schema"]["schema"], document)
            whole["choices"][0]["message"]["content"] = REPLIES[case](text, fitting)
            answer.body = json.dumps(whole).encode()
        return answer


def _said(status: int, body: object, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, (body if isinstance(body, str) else json.dumps(body)).encode(), headers or {})


@pytest.fixture
def gossip(shell: Shell) -> Iterator[Gossip]:
    provider = Gossip()
    with serving(provider) as url:
        shell.ask(url)
        yield provider


@pytest.fixture
def _talkative() -> Iterator[None]:
    """Let every library say all it has to say."""
    loggers = [
        logging.getLogger(name) for name in ("", "httpx", "httpcore", "asyncio", "sqlalchemy.engine", "pypdf", "PIL")
    ]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def drop_all(shell: Shell) -> None:
    for number, case in enumerate(CASES, -1):  # the good one comes first, so it is not everybody who is refused
        text = f"{CV}\ncase-{case}."
        form = number % 4 if case == "good" or case.isdigit() else 0
        data, suffix = [
            (text.encode(), "txt"),
            (pdf(text), "pdf"),
            (docx("".join(map(p, text.split("\n")))), "docx"),
            (f"<html><title>{NAME}</title><pre>{text}</pre></html>".encode(), "html"),
        ][form]
        (shell.data / "inbox" / f"{case}.{suffix}").write_bytes(data)
    whole = pdf(CV)
    for name, data in {
        "broken-1.pdf": f"%PDF-1.7 {CV}".encode(),
        "broken-2.pdf": whole[: len(whole) // 2],
        "broken-3.docx": docx(f"<w:p>{CV}"),
        "broken-4.png": b"\x89PNG\r\n\x1a\n" + CV.encode(),
    }.items():
        (shell.data / "inbox" / name).write_bytes(data)


def told(shell: Shell) -> dict[str, str]:
    """Return what people may read who are not to read CVs: logs, notes, and all words in the database but the summaries."""
    found = {path.name: path.read_text() for path in shell.data.glob("pipeline.log*")}
    found |= {path.name: path.read_text() for path in (shell.data / "quarantine").rglob("*.*.txt")}
    connection = sqlite3.connect(shell.data / "pipeline.db")
    for table in ("runs", "outcomes", "attempts", "files"):
        found[table] = "\n".join(map(str, connection.execute(f"SELECT * FROM {table}")))
    connection.close()
    return found


def leaks(found: dict[str, str]) -> list[str]:
    """Return each line that has a mark, and where."""
    lines = [(where, line) for where, text in found.items() for line in text.splitlines()]
    return [f"{where}: {line}" for where, line in lines if MARKS.search(line)]


@pytest.mark.usefixtures("_talkative")
def test_no_mark_of_a_document_or_a_key_comes_out(
    shell: Shell, gossip: Gossip, capfd: pytest.CaptureFixture[str]
) -> None:
    drop_all(shell)
    said = {
        "run": shell("run", code=1).stderr,
        "retry": shell("retry", "broken-2.pdf").stderr + shell("retry", "0.txt").stderr,
    }
    said["redo"] = shell("redo", "--prompt", "cv", "--model", "other-model").stderr
    said["export"] = shell("export", "--all", "--output", "all.csv").stderr
    for words in ("status", "costs", "check"):
        answer = shell(words, "--json")
        said[words] = answer.stdout + answer.stderr
    gossip.denies = True
    said["denied"] = shell("run", code=78).stderr
    gossip.denies = False
    watch = shell.start("watch")
    deadline = SystemClock().monotonic() + 30
    while "0.txt" not in names(shell.data / "quarantine") and SystemClock().monotonic() < deadline:
        time.sleep(0.05)
    watch.send_signal(signal.SIGTERM)
    said["watch"] = "".join(watch.communicate(timeout=30))
    found = told(shell)

    assert len(gossip.calls) == len({f"{CV}{case}" for case in CASES})
    assert {name for name in names(shell.data / "quarantine") if not name.endswith(".txt")} >= {
        "1.pdf",
        "2.docx",
        "3.html",
    }
    assert found["pipeline.log"].count("document.quarantined") >= len(TOLD) + len(REPLIES)
    assert "0.txt" in said["watch"]
    assert watch.returncode == 0
    assert leaks(found | said | dict(zip(("stdout", "stderr"), capfd.readouterr(), strict=True))) == []


def test_of_an_unexpected_error_only_kind_and_place_are_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(fields: object, extraction: object) -> None:
        raise RuntimeError(f"{fields} {extraction}") from ValueError(CV)

    monkeypatch.setattr(process, "find_evidence", fail)
    shell.drop("a.txt", CV)

    done = shell("run", code=1)

    found = told(shell)
    assert "RuntimeError" in done.stderr
    assert re.search(r"document\.error error=RuntimeError at=\S*test_privacy\.py:\d+", found["pipeline.log"])
    assert leaks(found | {"stderr": done.stderr, "screen": str(capfd.readouterr())}) == []
