"""Readers in processes: whatever one document does, the others go on. All functions sent are importable ones."""

from __future__ import annotations

import asyncio
import errno
import functools
import io
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

import deeds
from conftest import PROJECT
from fakes import Listener
from pipeline.app import House
from pipeline.commands import Order, run
from pipeline.errors import (
    DamagedError,
    DocumentError,
    EncryptedError,
    ExitCode,
    InvalidReplyError,
    LimitError,
    PipelineError,
    RunError,
    SettingsError,
    UnsupportedError,
    WorkerError,
)
from pipeline.extract.formats import extract
from pipeline.extract.pdf.document import _PYPDF_ERRORS
from pipeline.extract.workers.ceiling import ceiling
from pipeline.extract.workers.pool import ReaderPool
from pipeline.extract.workers.reader import LostError, Reader
from pipeline.extract.workers.worker import work
from pipeline.prompts import PromptError
from pipeline.records import Extraction
from test_extract import POLISH, aes, odt, pdf

TIMEOUT = 0.8
"""Seconds that a document has where a test waits for it to take too long."""
PATIENCE = 30.0
"""Seconds that a document has elsewhere, and that a test waits for an answer before it calls the pool stuck."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    """One worker, so that whatever comes next meets what the last task left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPELINE_API_KEY", "sk-not-a-real-key")
        pool = ReaderPool(1, PATIENCE, 512)
        yield pool
        pool.shutdown()


@pytest.fixture(scope="module")
def hasty_pool() -> Iterator[ReaderPool]:
    """One worker whose documents have little time."""
    pool = ReaderPool(1, TIMEOUT, 512)
    yield pool
    pool.shutdown()


def works(pool: ReaderPool) -> bool:
    return pool.submit(extract, b"some words", "x.txt").result(PATIENCE).text == "some words"


def test_an_extraction_comes_back_whole(pool: ReaderPool) -> None:
    assert pool.submit(extract, b"Ada Kowalczyk", "x.txt").result(PATIENCE) == extract(b"Ada Kowalczyk", "x.txt")


def test_a_reader_stays_for_the_next_document(pool: ReaderPool) -> None:
    assert pool.submit(os.getpid).result(PATIENCE) == pool.submit(os.getpid).result(PATIENCE) != os.getpid()


def test_a_hang_is_ended_after_the_timeout_and_the_pool_goes_on(hasty_pool: ReaderPool) -> None:
    with pytest.raises(LimitError, match=rf"longer than {TIMEOUT} seconds"):
        hasty_pool.submit(time.sleep, 60).result(PATIENCE)
    assert works(hasty_pool)


def test_a_document_is_not_blamed_for_a_machine_that_is_busy_with_others(hasty_pool: ReaderPool) -> None:
    assert hasty_pool.submit(time.sleep, 1.5 * TIMEOUT).result(PATIENCE) is None  # as one that gets no turn


def test_what_keeps_the_processor_busy_is_ended_after_its_time(hasty_pool: ReaderPool) -> None:
    assert works(hasty_pool)
    with pytest.raises(LimitError, match="longer than"):
        hasty_pool.submit(signal.raise_signal, signal.SIGPROF).result(PATIENCE)


def test_a_task_has_thrice_as_many_seconds_by_the_clock_as_of_the_processor() -> None:
    timers = (signal.ITIMER_PROF, signal.ITIMER_REAL)
    left = work(20, lambda: [signal.getitimer(timer)[0] for timer in timers]).result
    assert left == [pytest.approx(20, abs=1), pytest.approx(60, abs=20)]
    assert [signal.getitimer(timer)[0] for timer in timers] == [0, 0]


def test_the_time_a_document_waits_for_a_worker_is_not_counted(hasty_pool: ReaderPool) -> None:
    busy = [hasty_pool.submit(time.sleep, TIMEOUT / 4) for _ in range(6)]
    assert [one.result(PATIENCE) for one in busy] == [None] * 6


@pytest.mark.parametrize(
    ("function", "argument"),
    [(os._exit, 3), (os._exit, 0), (signal.raise_signal, signal.SIGKILL), (signal.raise_signal, signal.SIGSEGV)],
    ids=["exit", "exit as if all were well", "killed", "crashed"],
)
def test_a_crash_costs_one_document(pool: ReaderPool, function: Any, argument: int) -> None:
    crash, queued = pool.submit(function, argument), pool.submit(os.getpid)
    with pytest.raises(LimitError, match="crashed"):
        crash.result(PATIENCE)
    assert queued.result(PATIENCE)
    assert works(pool)


@pytest.fixture(scope="module")
def small_pool() -> Iterator[ReaderPool]:
    """One worker with the least memory that can be set, and time enough to use it up on a busy machine."""
    pool = ReaderPool(1, 9 * PATIENCE, 256)
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
        small_pool.submit(extract, "abcdefg😀 ".encode() * 6_000_000, "x").result(10 * PATIENCE)
    assert small_pool.submit(os.getpid).result(PATIENCE) == reader


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: docx("<w:p/>" * 8_000_000), id="docx"),
        pytest.param(lambda: b"<html>" + b"<p>ab" * 3_000_000, id="html"),
    ],
)
def test_a_memory_bomb_in_the_parser_is_a_limit_too(small_pool: ReaderPool, make: Callable[[], bytes]) -> None:
    with pytest.raises(LimitError, match="more memory"):
        small_pool.submit(extract, make(), "x").result(10 * PATIENCE)


def test_memory_has_a_ceiling(pool: ReaderPool) -> None:
    with pytest.raises(MemoryError):
        pool.submit(bytes, 600 * 2**20).result(PATIENCE)


@pytest.mark.parametrize(
    ("make", "kind", "hint"),
    [
        (lambda: b"%PDF-1.7 cut", DamagedError, DamagedError.hint),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", UnsupportedError, UnsupportedError.hint),
        (lambda: docx(" " * 101 * 2**20), LimitError, "save it anew without large pictures"),
    ],
    ids=["damaged", "unsupported", "limit"],
)
def test_an_error_comes_back_with_its_reason_message_and_hint(
    calm_pool: ReaderPool, make: Callable[[], bytes], kind: type[DocumentError], hint: str
) -> None:
    data = make()
    with pytest.raises(kind) as here:
        extract(data, "x")
    with pytest.raises(kind) as there:
        calm_pool.submit(extract, data, "x").result(PATIENCE)
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
    ("function", "arguments"), [(print, [lambda: 1]), (memoryview, [b"words"])], ids=["argument", "result"]
)
def test_what_cannot_be_sent_is_an_error_and_not_a_hang(pool: ReaderPool, function: Any, arguments: list[Any]) -> None:
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError)):
        pool.submit(function, *arguments).result(PATIENCE)
    assert works(pool)


def test_a_reader_gives_way_to_the_program_and_to_others(pool: ReaderPool) -> None:
    assert pool.submit(os.nice, 0).result(PATIENCE) == min(19, os.nice(0) + 5)


def test_a_reader_sees_no_environment_and_no_key(pool: ReaderPool) -> None:
    assert pool.submit(deeds.environment).result(PATIENCE) == {}


# --- The guard --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", deeds.REACHING_OUT, ids=lambda deed: deed.__name__)
def test_a_reader_reaches_nothing_outside(pool: ReaderPool, deed: Any) -> None:
    with pytest.raises(LimitError, match="open a connection") as caught:
        pool.submit(deed).result(PATIENCE)
    assert "do not trust this file" in caught.value.hint


@pytest.mark.parametrize("deed", deeds.STARTING, ids=lambda deed: deed.__name__)
def test_a_reader_starts_no_program(pool: ReaderPool, deed: Any) -> None:
    with pytest.raises(LimitError, match="start a program"):
        pool.submit(deed).result(PATIENCE)


@pytest.mark.parametrize("deed", deeds.CHANGING, ids=lambda deed: deed.__name__)
def test_a_reader_changes_nothing_on_the_disk(pool: ReaderPool, tmp_path: Path, deed: Any) -> None:
    file = tmp_path / "a file"
    file.write_text("as it was")
    with pytest.raises(LimitError, match=r"write a file|change the disk"):
        pool.submit(deed, str(file)).result(PATIENCE)
    assert [(path, path.read_text()) for path in tmp_path.iterdir()] == [(file, "as it was")]


def test_what_gets_round_python_is_refused_by_the_kernel(pool: ReaderPool, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.touch()
    assert pool.submit(deeds.write_in_c, str(file)).result(PATIENCE) == -1
    assert file.stat().st_size == 0


@pytest.mark.parametrize("errors", [_PYPDF_ERRORS, (OSError, ValueError, RuntimeError)], ids=["pypdf", "usual"])
def test_a_refusal_is_never_taken_for_a_damaged_file(pool: ReaderPool, errors: Any) -> None:
    with pytest.raises(LimitError, match="open a connection"):
        pool.submit(deeds.as_a_reader_would, errors, deeds.connect).result(PATIENCE)


@pytest.mark.parametrize("path", ["/proc/self/environ", "/proc/1/mem", "/../proc/self/maps"])
def test_the_environment_that_a_reader_began_with_stays_closed_to_it(pool: ReaderPool, path: str) -> None:
    with pytest.raises(LimitError, match="look into the system"):
        pool.submit(deeds.read_file, path).result(PATIENCE)


def test_a_guarded_reader_still_imports_and_opens_files(pool: ReaderPool) -> None:
    assert pool.submit(deeds.import_late, "wave").result(PATIENCE) == "wave"
    assert pool.submit(deeds.read_file, __file__).result(PATIENCE) == Path(__file__).read_bytes()


def outcome(read: Callable[[], Extraction]) -> Extraction | tuple[type[DocumentError], str]:
    try:
        return read()
    except DocumentError as error:
        return type(error), error.message


def test_every_format_is_read_in_a_guarded_reader_as_it_is_here(calm_pool: ReaderPool) -> None:
    documents = [(path.read_bytes(), path.name) for path in sorted((PROJECT / "sample_docs").iterdir())]
    documents += [(odt("<text:p>Ada</text:p>"), "a.odt"), (rb"{\rtf1\ansi caf\'e9 words}", "a.rtf")]
    documents += [(POLISH.encode("cp1250"), "a.txt"), (aes(pdf("Ada Kowalczyk"), ""), "a.pdf")]
    assert {Path(name).suffix for _, name in documents} >= {".pdf", ".docx", ".odt", ".rtf", ".html", ".txt"}
    for data, name in documents:
        here = outcome(functools.partial(extract, data, name))
        there = outcome(functools.partial(calm_pool.submit(extract, data, name).result, PATIENCE))
        assert there == here, name


# --- What befalls a worker --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def calm_pool() -> Iterator[ReaderPool]:
    """One worker with time and room."""
    pool = ReaderPool(1, PATIENCE, 2048)
    yield pool
    pool.shutdown()


@pytest.mark.parametrize("pause", [0, 0.5], ids=["at once", "later"])
def test_a_worker_that_is_killed_while_it_is_idle_costs_nothing(calm_pool: ReaderPool, pause: float) -> None:
    reader = calm_pool.submit(os.getpid).result(PATIENCE)
    os.kill(reader, signal.SIGKILL)
    time.sleep(pause)
    assert calm_pool.submit(os.getpid).result(PATIENCE) != reader
    assert works(calm_pool)


def test_a_worker_that_dies_while_it_answers_costs_one_document(calm_pool: ReaderPool) -> None:
    with pytest.raises(LimitError, match="crashed"):
        calm_pool.submit(deeds.die_while_answering).result(PATIENCE)
    assert works(calm_pool)


@pytest.mark.parametrize(
    "deed",
    [(deeds.babble, b"words"), (deeds.babble, pickle.dumps("words")), (deeds.hang_up,), (deeds.fail_unpackably,)],
    ids=["garbage", "another object", "the end", "an error that cannot be unpacked"],
)
def test_what_is_no_reply_costs_one_document(calm_pool: ReaderPool, deed: tuple[Any, ...]) -> None:
    reader = calm_pool.submit(os.getpid).result(PATIENCE)
    with pytest.raises(LimitError, match="crashed"):
        calm_pool.submit(*deed).result(PATIENCE)
    assert calm_pool.submit(os.getpid).result(PATIENCE) != reader


def test_a_document_that_ends_the_worker_before_it_begins_is_to_blame_itself(calm_pool: ReaderPool) -> None:
    with pytest.raises(LimitError, match="crashed"):
        calm_pool.submit(repr, deeds.Poison()).result(PATIENCE)
    assert works(calm_pool)


def test_the_end_of_the_server_that_forks_workers_costs_no_document(calm_pool: ReaderPool) -> None:
    assert works(calm_pool)
    asleep = calm_pool.submit(time.sleep, 0.5)
    time.sleep(0.2)
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
    assert asleep.result(PATIENCE) is None
    assert works(calm_pool)


def test_a_server_that_is_stopped_is_replaced(calm_pool: ReaderPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.extract.workers.reader._LONGEST_END", 0.2)
    reader = calm_pool.submit(os.getpid).result(PATIENCE)
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGSTOP)  # type: ignore[attr-defined]
    os.kill(reader, signal.SIGKILL)
    assert works(calm_pool)


def test_a_hang_in_c_is_ended_too(hasty_pool: ReaderPool) -> None:
    with pytest.raises(LimitError, match="longer than"):
        hasty_pool.submit(deeds.hang_in_c).result(PATIENCE)
    assert works(hasty_pool)


@pytest.mark.parametrize("deed", [deeds.hang_deaf, deeds.stop], ids=["deaf", "stopped"])
def test_a_hang_that_hears_nothing_is_ended_too(hasty_pool: ReaderPool, deed: Any) -> None:
    with pytest.raises(LimitError, match="longer than"):
        hasty_pool.submit(deed).result(PATIENCE)
    assert works(hasty_pool)


def test_a_worker_that_is_stopped_while_it_is_idle_costs_nothing(hasty_pool: ReaderPool) -> None:
    os.kill(hasty_pool.submit(os.getpid).result(PATIENCE), signal.SIGSTOP)
    assert (
        len(hasty_pool.submit(bytes, bytes(2**24)).result(PATIENCE)) == 2**24
    )  # more than a pipe takes that nobody empties


def test_a_clock_that_is_set_costs_no_document(hasty_pool: ReaderPool, monkeypatch: pytest.MonkeyPatch) -> None:
    step, now = 0.0, time.time  # noqa: TID251
    monkeypatch.setattr(time, "time", lambda: now() + step)
    asleep = hasty_pool.submit(time.sleep, TIMEOUT / 4)
    time.sleep(TIMEOUT / 8)
    step = 3600
    assert asleep.result(PATIENCE) is None
    assert works(hasty_pool)


def test_a_hang_is_ended_while_the_parent_is_busy(hasty_pool: ReaderPool) -> None:
    stuck = hasty_pool.submit(time.sleep, 60)
    began = time.perf_counter()
    while not stuck.done() and time.perf_counter() - began < PATIENCE:
        pass
    with pytest.raises(LimitError, match="longer than"):
        stuck.result(0)


def test_the_kernel_ends_a_hang_when_the_parent_is_gone() -> None:
    code = "import time; from pipeline.extract.workers.worker import work; work(0.2, lambda: time.sleep(60))"
    ended = subprocess.run([sys.executable, "-c", code], timeout=3 * PATIENCE, check=False)
    assert ended.returncode == -signal.SIGALRM


def test_a_worker_that_the_kernel_ended_took_too_long(pool: ReaderPool) -> None:
    with pytest.raises(LimitError, match="longer than"):
        pool.submit(signal.raise_signal, signal.SIGALRM).result(PATIENCE)


def test_a_worker_that_has_grown_is_replaced_and_no_document_is_lost(calm_pool: ReaderPool) -> None:
    large = calm_pool.submit(deeds.grow, 420)
    queued = [calm_pool.submit(os.getpid) for _ in range(5)]
    after = {one.result(PATIENCE) for one in queued}
    assert len(after) == 1
    assert large.result(PATIENCE) not in after


def test_a_worker_that_grew_on_a_document_it_could_not_read_is_replaced(calm_pool: ReaderPool) -> None:
    reader = calm_pool.submit(deeds.grow, 10).result(PATIENCE)
    with pytest.raises(ZeroDivisionError):
        calm_pool.submit(deeds.grow_and_fail, 420).result(PATIENCE)
    assert calm_pool.submit(os.getpid).result(PATIENCE) != reader


def no_process(*_: object, **_named: object) -> None:
    raise OSError(errno.EAGAIN, "Resource temporarily unavailable")


@pytest.mark.parametrize(
    ("place", "trouble"),
    [
        ("pipeline.extract.workers.reader.serve", deeds.fail_to_start),
        ("multiprocessing.popen_forkserver.Popen._launch", no_process),
        ("multiprocessing.forkserver.ForkServer.ensure_running", no_process),
        ("multiprocessing.context.BaseContext.Pipe", no_process),
    ],
    ids=["dies", "no process", "no server", "no pipe"],
)
def test_where_no_worker_can_be_started_the_run_ends_and_no_document_is_blamed(
    house: House, drop: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, place: str, trouble: Any
) -> None:
    monkeypatch.setattr(place, trouble)
    file = drop("ada.txt", "Ada Kowalczyk")
    world = replace(house.world, readers=lambda _settings: ReaderPool(2, PATIENCE, 512))
    result = asyncio.run(run(House(house.configuration, world), Order(), Listener()))
    assert result.report.exit_code == ExitCode.TRY_LATER
    assert isinstance(result.report.brake.error, WorkerError)
    assert file.exists()
    assert not result.report.counts["quarantined"]


def test_a_server_that_cannot_be_warmed_costs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_now() -> None:
        raise RuntimeError("An attempt has been made to start a new process too early")

    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", not_now)
    pool = ReaderPool(1, PATIENCE, 512)
    assert pool.submit(os.getpid).result(PATIENCE) != os.getpid()
    pool.shutdown()


# --- Several at a time ------------------------------------------------------------------------------------------------


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tasks go together, however slow the last ones were."""
    monkeypatch.setattr("pipeline.extract.workers.pool._SPAN", 1e6)


def together(pool: ReaderPool, *tasks: tuple[Any, ...]) -> list[Future[Any]]:
    """Submit tasks that wait until the worker is free, and are then handed over at once."""
    busy = pool.submit(time.sleep, 0.2)
    time.sleep(0.05)
    futures = [pool.submit(*task) for task in tasks]
    assert busy.result(PATIENCE) is None
    return futures


@pytest.mark.usefixtures("batches")
def test_each_of_a_batch_has_a_time_limit_of_its_own(hasty_pool: ReaderPool) -> None:
    futures = together(hasty_pool, *[(time.sleep, TIMEOUT / 4)] * 6)
    assert [one.result(PATIENCE) for one in futures] == [None] * 6


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize(
    ("deed", "match"),
    [
        ((os._exit, 0), "crashed"),
        ((time.sleep, 60), "longer than"),
        ((deeds.stop,), "longer than"),
        ((repr, deeds.Poison()), "crashed"),
        ((deeds.babble, b"words"), "crashed"),
    ],
    ids=["exit", "hang", "stopped", "poison", "garbage"],
)
def test_of_a_batch_only_the_one_that_did_it_is_to_blame(
    hasty_pool: ReaderPool, deed: tuple[Any, ...], match: str
) -> None:
    first, guilty, *others = together(hasty_pool, (os.getpid,), deed, (os.getpid,), deed, (os.getpid,))
    with pytest.raises(LimitError, match=match):
        guilty.result(PATIENCE)
    with pytest.raises(LimitError, match=match):
        others[1].result(PATIENCE)
    assert len({first.result(0), others[0].result(0), others[2].result(PATIENCE)}) == 3


@pytest.mark.usefixtures("batches")
def test_what_cannot_be_sent_or_was_cancelled_costs_no_other_of_its_batch(pool: ReaderPool) -> None:
    busy = pool.submit(time.sleep, 0.2)
    time.sleep(0.05)
    first, unsendable, cancelled, last = (
        pool.submit(abs, -1),
        pool.submit(print, lambda: 1),
        pool.submit(abs, -2),
        pool.submit(abs, -3),
    )
    assert cancelled.cancel()
    assert busy.result(PATIENCE) is None
    with pytest.raises((AttributeError, pickle.PicklingError)):
        unsendable.result(PATIENCE)
    assert (first.result(PATIENCE), last.result(PATIENCE)) == (1, 3)


@pytest.mark.usefixtures("batches")
def test_a_batch_whose_worker_is_killed_before_it_takes_it_costs_nothing(calm_pool: ReaderPool) -> None:
    reader = calm_pool.submit(os.getpid).result(PATIENCE)
    os.kill(reader, signal.SIGKILL)
    futures = [calm_pool.submit(os.getpid) for _ in range(8)]
    assert reader not in {one.result(PATIENCE) for one in futures}


@pytest.mark.usefixtures("batches")
def test_a_small_one_goes_with_others_and_a_large_one_alone() -> None:
    with ReaderPool(1, PATIENCE, 512) as pool:
        sent: list[int] = []
        send = pool._readers[0].send
        pool._readers[0].send = lambda tasks: (sent.append(len(tasks)), send(tasks))[1]  # type: ignore[method-assign,func-returns-value]
        sizes = [10, 2**15, 2**15 - 10, 10, 2**20, 10] + [1] * 40
        futures = together(pool, *[(len, bytes(size)) for size in sizes])
        assert [one.result(PATIENCE) for one in futures] == sizes
    assert sent == [1, 3, 1, 1, 16, 16, 9]


@pytest.mark.usefixtures("batches")
def test_no_worker_takes_everything_while_another_is_idle() -> None:
    with ReaderPool(2, PATIENCE, 512) as pool:
        started = [pool.submit(deeds.sleep, 0.3) for _ in range(2)]
        assert len({one.result(PATIENCE) for one in started}) == 2
        readers = [one.result(PATIENCE) for one in [pool.submit(deeds.sleep, 0.1) for _ in range(8)]]
    assert max(readers.count(reader) for reader in readers) < 8


def test_slow_ones_go_one_by_one() -> None:
    with ReaderPool(2, PATIENCE, 512) as pool:
        slow = [pool.submit(deeds.sleep, 0.3) for _ in range(2)]
        quick = [pool.submit(deeds.sleep, 0) for _ in range(100)]
        assert len({one.result(PATIENCE) for one in slow}) == 2
        assert all(one.result(PATIENCE) for one in quick)
        assert min(reader.pace for reader in pool._readers) < 0.01


# --- How a pool is used -----------------------------------------------------------------------------------------------


def test_ctrl_c_does_not_reach_a_reader(pool: ReaderPool) -> None:
    reader = pool.submit(os.getpid).result(PATIENCE)
    asleep = pool.submit(time.sleep, 0.3)
    time.sleep(0.1)
    os.kill(reader, signal.SIGINT)
    assert asleep.result(PATIENCE) is None
    assert pool.submit(os.getpid).result(PATIENCE) == reader


def test_a_document_that_nobody_waits_for_while_it_is_read_does_no_harm_either(pool: ReaderPool) -> None:
    reader = pool.submit(os.getpid).result(PATIENCE)
    asleep = pool.submit(time.sleep, 0.2)
    time.sleep(0.1)
    assert asleep.cancel()
    assert pool.submit(os.getpid).result(PATIENCE) == reader


def test_a_document_that_nobody_waits_for_any_more_does_no_harm(pool: ReaderPool) -> None:
    first, second = pool.submit(time.sleep, 0.2), pool.submit(time.sleep, 0)
    assert second.cancel()
    assert first.result(PATIENCE) is None
    assert works(pool)


def test_two_readers_work_at_once() -> None:
    with ReaderPool(2, PATIENCE, 512) as pool:
        at_once = [pool.submit(deeds.sleep, 0.5) for _ in range(2)]
        in_turn = [pool.submit(deeds.sleep, 0) for _ in range(8)]
        readers = {one.result(PATIENCE) for one in at_once}
        assert len(readers) == 2
        assert {one.result(PATIENCE) for one in in_turn} <= readers


def test_a_worker_that_somebody_kills_costs_nothing_also_while_another_lives_that_was_started_after_it() -> None:
    with ReaderPool(2, 9 * PATIENCE, 512) as pool:
        first, _ = [pool.submit(deeds.sleep, 0.3) for _ in range(2)]
        both = [pool.submit(deeds.sleep, 1.5) for _ in range(2)]
        reader = first.result(PATIENCE)
        time.sleep(0.5)
        os.kill(reader, signal.SIGKILL)
        assert reader not in {one.result(PATIENCE) for one in both}


@pytest.mark.parametrize(
    ("code", "is_tried_again"),
    [(0, True), (1, True), (255, True), (None, True), (-signal.SIGKILL, True), (-signal.SIGSEGV, False)],
)
def test_only_a_signal_of_its_own_making_is_a_crash(code: int | None, is_tried_again: bool) -> None:
    assert isinstance(Reader(1, 512)._verdict(code), LostError) == is_tried_again


def test_what_python_says_in_a_worker_reaches_no_screen(calm_pool: ReaderPool) -> None:
    assert calm_pool.submit(deeds.is_hushed).result(PATIENCE)


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
    assert all(future.done() for future in futures)


def test_a_pool_that_is_shut_down_takes_nothing() -> None:
    pool = ReaderPool(1, PATIENCE, 512)
    pool.shutdown()
    pool.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(os.getpid)


def descriptors() -> set[Path]:
    return set(Path("/dev/fd").iterdir())


@pytest.mark.parametrize("is_at_once", [False, True])
def test_nothing_is_left_of_a_pool(is_at_once: bool) -> None:
    before, threads = descriptors(), set(threading.enumerate())
    pool = ReaderPool(2, PATIENCE, 512)
    asleep = [pool.submit(deeds.sleep, 0.2) for _ in range(2)]
    readers = [] if is_at_once else [one.result(PATIENCE) for one in asleep]
    pool.shutdown(wait=not is_at_once)
    assert set(threading.enumerate()) == threads
    assert len(descriptors() - before) <= 2  # of the fork server and the tracker, which stay
    for reader in readers:
        with pytest.raises(ProcessLookupError):
            os.kill(reader, 0)


def test_a_process_whose_starter_was_gone_before_it_asked_ends_at_once() -> None:
    asks = (
        "import os; from pipeline.extract.workers.lifeline import end_with; reader, writer = os.pipe(); os.close(writer); "
        "end_with(reader, os.getpid()); print('alive')"
    )
    ended = subprocess.run([sys.executable, "-c", asks], cwd=PROJECT, capture_output=True, check=False)

    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, b"")


@pytest.mark.parametrize(
    ("most", "held"), [(resource.RLIM_INFINITY, 2**31), (2**40, 2**31), (1_500_000 * 2**10, 1_500_000 * 2**10)]
)
def test_where_the_machine_gives_less_memory_than_the_settings_allow_that_is_the_limit(
    monkeypatch: pytest.MonkeyPatch, most: int, held: int
) -> None:
    """As under `ulimit -v 1500000`: to ask for more is refused, and no reader would start."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (most, most))

    assert ceiling(2048) == (held, held)


PROGRAM = """
import sys, threading

def changed(event, _):
    if event in ("os.putenv", "os.unsetenv") and threading.active_count() > 1:
        open({changed!r}, "w").close()

if __name__ == "__main__":
    sys.addaudithook(changed)
    from pipeline.__main__ import main
    main()
"""
"""A run that tells whether its environment is changed while another thread may read it."""


@pytest.fixture(scope="module")
def from_within(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the program from within its inbox, and return the folder where it would tell what it should not have done."""
    folder = tmp_path_factory.mktemp("from_within")
    inbox, program = folder / "data" / "inbox", folder / "program.py"
    inbox.mkdir(parents=True)
    (inbox / "ida.txt").write_text("Ida Quillmere")
    for name in ("zipfile", "dataclasses", "pipeline", "signal"):
        (inbox / f"{name}.py").write_text(f"open({str(folder / 'imported')!r}, 'w')")
    program.write_text(PROGRAM.format(changed=str(folder / "changed")))
    environ = {**os.environ, "PYTHONPATH": str(PROJECT), "PIPELINE_INBOX__SETTLE": "0"}  # noqa: TID251  # handed on
    environ.pop("PYTHONSAFEPATH", None)

    command = [sys.executable, str(program), "run", "--data", str(folder / "data")]
    subprocess.run(command, cwd=inbox, env=environ, check=False)

    assert list((folder / "data" / "done").rglob("ida.txt"))
    return folder


def test_nothing_is_imported_from_the_folder_that_the_program_is_started_in(from_within: Path) -> None:
    """It may be an inbox, and what lies there is a stranger's."""
    assert not (from_within / "imported").exists()


def test_the_environment_is_changed_only_while_there_is_no_other_thread(from_within: Path) -> None:
    """A program that another thread starts at that moment would get half of it, and not start ("Bad address")."""
    assert not (from_within / "changed").exists()
