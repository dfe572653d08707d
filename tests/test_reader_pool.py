"""Readers in processes: whatever one document does, the others go on. All functions sent are importable ones."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, wait
from typing import Any

import pytest

from pipeline.errors import (
    DamagedError,
    DocumentError,
    EncryptedError,
    InvalidReplyError,
    LimitError,
    PipelineError,
    RunError,
    SettingsError,
    UnsupportedError,
)
from pipeline.extract.formats import extract
from pipeline.extract.pool import ReaderPool
from pipeline.prompts import PromptError

TIMEOUT = 0.7
PATIENCE = 10.0
"""Seconds a test waits for an answer before it calls the pool stuck."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    """One worker, so that whatever comes next meets what the last task left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPELINE_API_KEY", "sk-not-a-real-key")
        pool = ReaderPool(1, TIMEOUT, 512)
        yield pool
        pool.shutdown()


def works(pool: ReaderPool) -> bool:
    return pool.submit(extract, b"some words", "x.txt").result(PATIENCE).text == "some words"


def test_an_extraction_comes_back_whole(pool: ReaderPool) -> None:
    assert pool.submit(extract, b"Ada Kowalczyk", "x.txt").result(PATIENCE) == extract(b"Ada Kowalczyk", "x.txt")


def test_a_reader_stays_for_the_next_document(pool: ReaderPool) -> None:
    assert pool.submit(os.getpid).result(PATIENCE) == pool.submit(os.getpid).result(PATIENCE) != os.getpid()


def test_a_hang_is_ended_after_the_timeout_and_the_pool_goes_on(pool: ReaderPool) -> None:
    stuck = pool.submit(time.sleep, 60)
    began = time.perf_counter()
    with pytest.raises(LimitError, match=r"longer than 0\.7 seconds"):
        stuck.result(PATIENCE)
    assert time.perf_counter() - began < TIMEOUT + 3
    assert works(pool)


def test_the_time_a_document_waits_for_a_worker_is_not_counted(pool: ReaderPool) -> None:
    busy = [pool.submit(time.sleep, TIMEOUT * 0.6) for _ in range(3)]
    assert [one.result(PATIENCE) for one in busy] == [None] * 3


@pytest.mark.parametrize(
    ("function", "argument"),
    [(os._exit, 3), (signal.raise_signal, signal.SIGKILL), (signal.raise_signal, signal.SIGSEGV)],
    ids=["exit", "killed", "crashed"],
)
def test_a_crash_costs_one_document(pool: ReaderPool, function: Any, argument: int) -> None:
    crash, queued = pool.submit(function, argument), pool.submit(os.getpid)
    with pytest.raises(LimitError, match="crashed"):
        crash.result(PATIENCE)
    assert queued.result(PATIENCE)
    assert works(pool)


@pytest.fixture(scope="module")
def small_pool() -> Iterator[ReaderPool]:
    """One worker with the least memory that can be set."""
    pool = ReaderPool(1, PATIENCE, 256)
    yield pool
    pool.shutdown()


def docx(body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document xmlns:w='{space}'>{body}</w:document>")
    return buffer.getvalue()


def test_a_memory_bomb_is_a_limit_and_the_reader_goes_on(small_pool: ReaderPool) -> None:
    reader = small_pool.submit(os.getpid).result(PATIENCE)
    with pytest.raises(LimitError, match="more memory"):
        small_pool.submit(extract, b"ab " * 20_000_000, "x").result(2 * PATIENCE)
    assert small_pool.submit(os.getpid).result(PATIENCE) == reader


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            docx("<w:p/>" * 8_000_000),
            id="docx",
        ),
        pytest.param(
            b"<html>" + b"<p>ab" * 3_000_000,
            id="html",
        ),
    ],
)
def test_a_memory_bomb_in_the_parser_is_a_limit_too(small_pool: ReaderPool, data: bytes) -> None:
    with pytest.raises(LimitError, match="more memory"):
        small_pool.submit(extract, data, "x").result(2 * PATIENCE)


def test_memory_has_a_ceiling(pool: ReaderPool) -> None:
    with pytest.raises(MemoryError):
        pool.submit(bytes, 600 * 2**20).result(PATIENCE)


@pytest.mark.parametrize(
    ("data", "kind", "hint"),
    [
        (b"%PDF-1.7 cut", DamagedError, DamagedError.hint),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", UnsupportedError, UnsupportedError.hint),
        (docx(" " * 101 * 2**20), LimitError, "save it anew without large pictures"),
    ],
    ids=["damaged", "unsupported", "limit"],
)
def test_an_error_comes_back_with_its_reason_message_and_hint(
    pool: ReaderPool, data: bytes, kind: type[DocumentError], hint: str
) -> None:
    with pytest.raises(kind) as here:
        extract(data, "x")
    with pytest.raises(kind) as there:
        pool.submit(extract, data, "x").result(PATIENCE)
    assert (there.value.message, there.value.hint, there.value.reason) == (here.value.message, hint, kind.reason)


def kinds(of: type[PipelineError]) -> list[type[PipelineError]]:
    return [of, *(kind for below in of.__subclasses__() for kind in kinds(below))]


@pytest.mark.parametrize("kind", kinds(PipelineError))
@pytest.mark.parametrize("hint", ["", "do this"])
def test_every_error_survives_pickling(kind: type[PipelineError], hint: str) -> None:
    error = kind("what happened", hint)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is kind
    assert (copy.message, copy.hint, str(copy)) == (error.message, hint or kind.hint, str(error))


def test_the_tree_of_errors_decides_who_is_to_blame() -> None:
    assert {SettingsError, PromptError} <= set(kinds(RunError))
    assert {EncryptedError, LimitError, InvalidReplyError} <= set(kinds(DocumentError))
    reasons = [kind.reason for kind in DocumentError.__subclasses__()]
    assert len(set(reasons)) == len(reasons)
    assert all(kind.hint for kind in DocumentError.__subclasses__())


def test_a_foreign_error_reaches_whoever_waits(pool: ReaderPool) -> None:
    with pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 1, 0).result(PATIENCE)


@pytest.mark.parametrize(
    ("function", "arguments"), [(print, [lambda: 1]), (open, [os.devnull])], ids=["argument", "result"]
)
def test_what_cannot_be_sent_is_an_error_and_not_a_hang(pool: ReaderPool, function: Any, arguments: list[Any]) -> None:
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError)):
        pool.submit(function, *arguments).result(PATIENCE)
    assert works(pool)


def test_a_reader_sees_no_environment_and_no_key(pool: ReaderPool) -> None:
    assert pool.submit(subprocess.check_output, ["/usr/bin/env"]).result(PATIENCE) == b""


def test_ctrl_c_does_not_reach_a_reader(pool: ReaderPool) -> None:
    reader = pool.submit(os.getpid).result(PATIENCE)
    asleep = pool.submit(time.sleep, 0.3)
    time.sleep(0.1)
    os.kill(reader, signal.SIGINT)
    assert asleep.result(PATIENCE) is None
    assert pool.submit(os.getpid).result(PATIENCE) == reader


def test_a_document_that_nobody_waits_for_any_more_does_no_harm(pool: ReaderPool) -> None:
    first, second = pool.submit(time.sleep, 0.2), pool.submit(time.sleep, 0)
    assert second.cancel()
    assert first.result(PATIENCE) is None
    assert works(pool)


def test_two_readers_work_at_once() -> None:
    with ReaderPool(2, PATIENCE, 512) as pool:
        wait([pool.submit(os.getpid), pool.submit(os.getpid)], PATIENCE)
        began = time.perf_counter()
        wait([pool.submit(time.sleep, 0.5), pool.submit(time.sleep, 0.5)], PATIENCE)
        assert time.perf_counter() - began < 0.95


def test_shutting_down_finishes_what_is_in_hand() -> None:
    with ReaderPool(1, PATIENCE, 512) as pool:
        slow, quick = pool.submit(time.sleep, 0.1), pool.submit(os.getpid)
    assert slow.done()
    assert quick.done()


@pytest.mark.parametrize("options", [{"wait": False}, {"cancel_futures": True}], ids=str)
def test_shutting_down_at_once_leaves_nobody_waiting(options: dict[str, bool]) -> None:
    pool = ReaderPool(1, PATIENCE, 512)
    futures: list[Future[None]] = [pool.submit(time.sleep, 5), pool.submit(time.sleep, 0)]
    pool.shutdown(**options)
    wait(futures, 0.3)
    assert all(future.done() for future in futures)
