"""Whose fault is it: the document's, the key's, the provider's? What each is told by, and what it means for the run."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable, Iterable

import httpx
import pytest

from fakes import FakeProvider, Listener
from pipeline.app import House
from pipeline.check import check
from pipeline.errors import ExitCode, RunError
from pipeline.inference.retries import AttemptError, Verdict
from pipeline.inference.sending import Sender
from pipeline.run import Brake
from test_bad_replies import Ask, Piece, answering, error, errors_of, good, message_of, nobody_is_blamed, reply
from test_bad_replies import ask as ask  # noqa: PLC0414  # a fixture
from test_line import CV, Drop, go, names, texts

BARE = reply(404, "404 page not found", kind="text/plain")
"""As a load balancer answers that has nobody behind it for the moment."""


def by_number(*pieces: bytes) -> Callable[[int, bytes], Iterable[Piece]]:
    """Send these one after the other, b"" for a right answer, and the last one again and again."""
    return lambda number, content: [pieces[min(number, len(pieces)) - 1] or good(content)]


@pytest.mark.parametrize("fault", ["403", "451"])
def test_a_document_that_a_firewall_refuses_does_not_end_the_run_though_it_is_asked_about_first(
    house: House, drop: Drop, provider: FakeProvider, fault: str
) -> None:
    texts(drop, 5)
    provider.fault = lambda _document, _number: fault if provider.calls.total() <= 2 else None

    result = go(house)

    assert result.report.exit_code == ExitCode.ATTENTION
    assert len(names(house.folders.done)) == 3
    assert len(names(house.folders.quarantine / "refused")) == 4  # two, each with its note
    assert provider.calls.total() == 5


@pytest.mark.parametrize(("documents", "calls"), [(1, 1), (2, 2), (30, 3)])
def test_a_key_that_is_refused_with_403_costs_three_calls_at_most_and_blames_no_document(
    ask: Ask, documents: int, calls: int
) -> None:
    with answering(by_number(error(403, "permission_error"))) as door:
        house = ask(door.url, documents, key="a-key", concurrency=8)

        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls == calls
    assert "refuses the request" in message_of(house)
    nobody_is_blamed(house, documents)


@pytest.mark.parametrize(("documents", "code"), [(1, ExitCode.ATTENTION), (2, ExitCode.TRY_LATER)])
def test_a_provider_that_answers_nobody_is_to_be_tried_later_however_few_asked(
    house: House, drop: Drop, provider: FakeProvider, documents: int, code: ExitCode
) -> None:
    texts(drop, documents)
    provider.fault = lambda _document, _number: "503"

    result = go(house)

    assert result.report.exit_code == code
    assert provider.calls.total() == 6 * documents
    assert len(names(house.folders.inbox)) == documents


STREAM = reply(200, 'data: {"choices": [{"delta": {"content": "{"}}]}\n\n', kind="text/event-stream")


@pytest.mark.parametrize("key", ["a-key", None])
@pytest.mark.parametrize("said", [STREAM, reply(200, "<html>log in</html>", kind="text/html"), reply(200, "{}")])
def test_what_answers_everybody_and_never_with_an_answer_is_asked_six_times_in_all(
    ask: Ask, said: bytes, key: str | None
) -> None:
    with answering(by_number(said)) as door:
        house = ask(door.url, 30, key=key, concurrency=8)

        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert door.calls == 6 if key else door.calls <= 6 + 8
    assert "is down" in message_of(house)
    nobody_is_blamed(house, 30)


def test_a_few_unreadable_answers_before_the_first_good_one_are_bad_luck(ask: Ask) -> None:
    with answering(by_number(*[STREAM] * 5, b"", *[STREAM] * 7, b"")) as door:
        result = go(ask(door.url, 6, key="a-key", concurrency=2))

    assert result.report.counts == {"done": 6}
    assert door.calls == 6 + 12


def test_a_document_that_was_paid_for_in_vain_is_not_blamed_where_nobody_else_was_answered(ask: Ask) -> None:
    """One gets five cut replies, which may be charged, the other an honest 503: that is the provider."""

    def script(_number: int, content: bytes) -> Iterable[Piece]:
        return [None] if f"{CV}0".encode() in content.replace(b"\\n", b"\n") else [error(503, None)]

    with answering(script) as door:
        house = ask(door.url, 2)

        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    nobody_is_blamed(house, 2)


@pytest.mark.parametrize("documents", [1, 2])
def test_a_copy_of_a_document_that_was_paid_for_in_vain_waits_for_the_end_of_the_run_as_well(
    ask: Ask, documents: int
) -> None:
    with answering(lambda _number, _content: [None]) as door:
        house = ask(door.url, documents)
        shutil.copy(house.folders.inbox / "0.txt", house.folders.inbox / "copy.txt")

        result = go(house)

    assert door.calls == 5 * documents
    if documents == 1:  # both files are this one document
        assert result.report.counts == {"quarantined": 2}
        assert len(names(house.folders.quarantine / "gave_up")) == 4
    else:
        assert result.report.exit_code == ExitCode.TRY_LATER
        nobody_is_blamed(house, 3)


@pytest.mark.parametrize("status", [400, 422])
def test_two_copies_of_one_refused_document_are_one_that_is_refused_alone(ask: Ask, status: int) -> None:
    with answering(by_number(error(status, None))) as door:
        house = ask(door.url)
        shutil.copy(house.folders.inbox / "0.txt", house.folders.inbox / "copy.txt")

        result = go(house)

    assert door.calls == 1
    assert result.report.counts == {"quarantined": 2}
    assert len(names(house.folders.quarantine / "refused")) == 4


def test_the_copy_of_one_of_two_refused_documents_is_no_more_to_blame_than_they_are(ask: Ask) -> None:
    with answering(by_number(error(422, None))) as door:
        house = ask(door.url, 2)
        shutil.copy(house.folders.inbox / "0.txt", house.folders.inbox / "copy.txt")

        result = go(house)

    assert door.calls == 2
    assert result.report.exit_code == ExitCode.TRY_LATER
    nobody_is_blamed(house, 3)


@pytest.mark.parametrize("status", [204, 302, 404, 405])
def test_what_ends_a_run_that_was_answered_before_is_passing_unless_the_provider_says_why(
    ask: Ask, status: int
) -> None:
    with answering(by_number(b"", reply(status, "", kind="text/plain"))) as door:
        house = ask(door.url, 4, concurrency=1)

        result = go(house)

    assert result.report.exit_code == ExitCode.TRY_LATER
    assert f"is down: recent attempts failed, none succeeded (last: http_{status})" in message_of(house)
    assert len(names(house.folders.done)) == 1
    assert len(names(house.folders.inbox)) == 3
    assert door.calls < 30


@pytest.mark.parametrize("said", [error(401, None), error(404, "model_not_found")])
def test_a_key_or_a_model_that_is_gone_needs_a_person_also_where_others_were_answered(ask: Ask, said: bytes) -> None:
    with answering(by_number(b"", said)) as door:
        result = go(ask(door.url, 4, concurrency=1))

    assert result.report.exit_code == ExitCode.CONFIGURATION


@pytest.mark.parametrize(
    "said", [BARE, reply(307, ""), error(401, "invalid_api_key"), error(404, "model_not_found")], ids=repr
)
def test_one_no_among_answers_is_asked_again(ask: Ask, said: bytes) -> None:
    with answering(by_number(b"", said, b"")) as door:
        result = go(ask(door.url, 4, concurrency=1))

    assert result.report.counts == {"done": 4}
    assert door.calls == 5


def test_a_model_that_is_missing_for_one_document_ends_the_run_the_second_time(ask: Ask) -> None:
    def script(_number: int, content: bytes) -> Iterable[Piece]:
        return [error(404, "model_not_found") if b"Quill3" in content else good(content)]

    with answering(script) as door:
        house = ask(door.url, 5, concurrency=1)
        (house.folders.inbox / "3.txt").write_text(f"{CV}Quill3")
        result = go(house)

    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls <= 6


def test_a_watch_goes_on_where_a_later_run_meets_a_proxys_no(ask: Ask) -> None:
    with answering(by_number(b"", reply(403, "<html>blocked</html>", kind="text/html"), b"")) as door:
        house = ask(door.url, 1)
        first, second, third = asyncio.run(_three_runs(house))

    assert (first, third) == (None, None)
    assert second is not None
    assert second.exit_code == ExitCode.TRY_LATER
    assert names(house.folders.done) == ["0.txt", "1.txt"]


def test_a_watch_goes_on_where_a_proxy_says_no_to_all_that_came_later(ask: Ask) -> None:
    with answering(by_number(b"", *[reply(403, "<html>blocked</html>", kind="text/html")] * 3, b"")) as door:
        first, second, third = asyncio.run(_three_runs(ask(door.url, 1), later=3))

    assert (first, third) == (None, None)
    assert second is not None
    assert second.exit_code == ExitCode.TRY_LATER


def test_a_certificate_that_is_strange_once_after_a_good_one_is_asked_for_again(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, exchange = itertools.count(1), Sender._send

    async def expire(self: Sender, request: httpx.Request) -> httpx.Response:
        if next(numbers) == 2:
            raise AttemptError("tls", Verdict.DENIED, "its certificate cannot be trusted: certificate has expired")
        return await exchange(self, request)

    monkeypatch.setattr(Sender, "_send", expire)
    with answering(by_number(b"")) as door:
        assert asyncio.run(_three_runs(ask(door.url, 1))) == [None, None, None]


async def _three_runs(house: House, later: int = 1) -> list[RunError | None]:
    """Run three times in one process, as a watch does; the `later` documents come after the first run."""
    troubles: list[RunError | None] = []
    with house.opened() as store:
        async with house.tools() as tools:
            for number in (1, None, None):
                brake = Brake()
                async with house.run(store, tools, Listener(), brake, trigger="watch") as run:
                    await run.take(house.look(store).ready)
                troubles.append(brake.error)
                for new in range(1, 1 + later if number else 1):
                    (house.folders.inbox / f"{new}.txt").write_text(f"{CV}{new}")
    return troubles


GROQ = "Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details."


@pytest.mark.parametrize("said", [(b"",), ()])
def test_a_model_that_missed_the_schema_in_its_providers_eyes_is_asked_once_more(
    ask: Ask, said: tuple[bytes, ...]
) -> None:
    with answering(by_number(error(400, "json_validate_failed", GROQ), *said)) as door:
        house = ask(door.url)

        result = go(house)

    assert door.calls == 2
    assert result.report.counts == {"done" if said else "quarantined": 1}
    assert names(house.folders.quarantine) == ([] if said else ["0.txt", "0.txt.txt"])


def test_a_name_and_password_in_the_address_sign_in_and_are_shown_nowhere(ask: Ask) -> None:
    with answering(by_number(b"")) as door:
        url = door.url.replace("//", "//ida:p%40ssw0rd@")
        house = ask(url)
        answers = asyncio.run(check(house))
        result = go(house)

    assert result.report.exit_code == ExitCode.DONE
    assert all("authorization: Basic aWRhOnBAc3N3MHJk" in head for head in door.heads)
    nobody = asyncio.run(check(ask(url)))
    wrong = asyncio.run(check(ask(url.replace("http:", "ftp:"))))
    assert "p%40ssw0rd" not in str([*answers, *nobody, *wrong])
    assert any("nobody answers at http://127.0.0.1" in answer.found for answer in nobody)
    assert any("'ftp://127.0.0.1" in answer.found for answer in wrong)


def test_a_redirection_is_not_followed_with_what_a_document_says_but_told(ask: Ask) -> None:
    moved = reply(308, "", "location: https://ida:secret@llm.example.org/v1/chat/completions?token=secret")
    with answering(by_number(moved)) as door:
        result = go(ask(door.url, 3, key="a-key"))

    trouble = result.report.brake.error
    assert result.report.exit_code == ExitCode.CONFIGURATION
    assert door.calls == 1
    assert trouble is not None
    assert "it sends us to https://llm.example.org/v1/chat/completions:" in trouble.hint
    assert "secret" not in f"{trouble.message} {trouble.hint}"


@pytest.mark.parametrize(("code", "kept"), [("Sample", "http_400"), ("strange_code", "strange_code")])
def test_a_code_that_is_a_word_of_the_document_is_not_kept(ask: Ask, code: str, kept: str) -> None:
    with answering(by_number(error(400, code))) as door:
        house = ask(door.url)
        go(house)

    assert errors_of(house) == [kept]
