"""The database: its shape, its versions, and transactions that keep what they promise."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError

from fakes import NOON, FakeClock
from pipeline.errors import StoreBusyError, StoreError
from pipeline.inference.retries import ANSWERED, NEVER_SENT, may_cost
from pipeline.records import (
    Attempt,
    Cost,
    Document,
    Evidence,
    Extraction,
    Notice,
    Outcome,
    Past,
    Prompt,
    Summary,
    Usage,
)
from pipeline.store.examine import damage
from pipeline.store.reading import Reader
from pipeline.store.store import Store
from pipeline.store.tables import metadata
from pipeline.store.versions import APPLICATION_ID

PROMPT = Prompt("cv", "p1-a", None, "Read.", "user", {"type": "object"}, 100)


def document(name: str = "a.txt", digit: str = "a") -> Document:
    return Document(digit * 64, name, "", Path(name), 3, b"abc")


def register(
    store: Store, document: Document, extraction: Extraction | None, prompt: Prompt, model: str
) -> Future[Past]:
    store.introduce(document, extraction, prompt)
    return store.past(document, prompt, model)


def summarised(document: Document, model: str = "m") -> Outcome:
    summary = Summary({"document_type": "cv"}, (), (), NOON.date())
    return Outcome(document, 1.0, prompt_name="cv", prompt_hash="p1-a", model=model, summary=summary)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pipeline.db"


@pytest.fixture
def store(path: Path, clock: FakeClock) -> Iterator[Store]:
    store = Store(path, clock)
    yield store
    store.close()


def query(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.mark.usefixtures("store")
def test_the_tables_in_the_code_are_the_tables_in_the_file(path: Path) -> None:
    for table in metadata.tables.values():
        columns = {row[1] for row in query(path, f"PRAGMA table_info({table.name})")}
        assert columns == {column.name for column in table.columns}, table.name
    made = {row[0] for row in query(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert made == set(metadata.tables)


@pytest.mark.usefixtures("store")
def test_public_names_are_there(path: Path) -> None:
    names = "document_id, status, error, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_nanodollars, price_source, started_at, seconds"
    for sql in (
        f"SELECT {names} FROM attempts",
        "SELECT document_id FROM outcomes",
        "SELECT document_id FROM summaries",
        "SELECT file, reason, message, hint FROM quarantine",
        "SELECT * FROM latest_summaries",
        "SELECT * FROM spend_by_day",
        "SELECT * FROM runs",
        "SELECT * FROM documents",
        "SELECT * FROM prompts",
    ):
        assert query(path, sql) == []


def test_opening_twice_changes_nothing(path: Path, clock: FakeClock) -> None:
    Store(path, clock).close()
    before = query(path, "SELECT type, name, sql FROM sqlite_master")

    Store(path, clock).close()

    assert query(path, "SELECT type, name, sql FROM sqlite_master") == before
    assert query(path, "PRAGMA user_version") != [(0,)]


@pytest.mark.usefixtures("store")
def test_only_the_owner_may_read_the_file(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_of_another_program_is_refused(path: Path, clock: FakeClock) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (x)")
    connection.commit()
    connection.close()

    with pytest.raises(StoreError, match="another program"):
        Store(path, clock)
    assert query(path, "SELECT name FROM sqlite_master") == [("mine",)]


def test_a_file_that_is_no_database_is_said_to_be_damaged(path: Path, clock: FakeClock) -> None:
    path.write_bytes(b"not a database at all, only some bytes" * 100)

    with pytest.raises(StoreError, match="damaged"):
        Store(path, clock)


def test_a_newer_database_is_refused_and_left_as_it_is(path: Path, clock: FakeClock) -> None:
    Store(path, clock).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(StoreError, match="newer version"):
        Store(path, clock)
    assert query(path, "PRAGMA user_version") == [(99,)]
    assert query(path, "PRAGMA application_id") == [(APPLICATION_ID,)]


@pytest.mark.parametrize("spoiled", ["user_version = 0", "user_version = 3", "application_id = 7"])
def test_a_header_that_disagrees_with_its_tables_is_damaged(path: Path, clock: FakeClock, spoiled: str) -> None:
    Store(path, clock).close()
    query(path, f"PRAGMA {spoiled}")

    with pytest.raises(StoreError, match="damaged") as raised:
        Store(path, clock)
    assert "recover" in raised.value.hint
    assert "tables version" in (damage(path) or "")


def test_a_database_without_one_of_its_views_is_damaged_and_one_with_a_view_of_a_person_is_not(
    path: Path, clock: FakeClock
) -> None:
    Store(path, clock).close()
    query(path, "CREATE VIEW mine AS SELECT 1")
    assert damage(path) is None

    query(path, "DROP VIEW document_costs")

    assert damage(path) == "it lacks document_costs"
    store = Store(path, clock)
    with contextlib.closing(store), pytest.raises(StoreError, match="no such table") as raised:
        list(Reader(store.engine).results())
    assert "recover" in raised.value.hint


@contextlib.contextmanager
def together(store: Store) -> Iterator[None]:
    """Keep the writer busy meanwhile, so that what is submitted shares a transaction."""
    started, release = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        started.set()
        release.wait(5)

    store._writer.submit(hold)
    started.wait(5)
    yield
    release.set()


class Failing:
    """A function for the writer that writes a row and fails."""

    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def __call__(self, connection: Connection) -> None:
        self.calls += 1
        connection.exec_driver_sql("INSERT INTO inbox VALUES (1, 'half', 'done')")
        raise self.error


@pytest.mark.parametrize("place", range(3))
def test_one_writers_failure_undoes_nobody_elses_work(store: Store, path: Path, place: int) -> None:
    fail = Failing(ValueError("mine alone"))
    with together(store):
        good = [store.begin_run("hand") for _ in range(place)]
        bad = store._writer.submit(fail)
        good += [store.begin_run("hand") for _ in range(place, 2)]

    assert [future.result(5) for future in good] == [1, 2]
    with pytest.raises(ValueError, match="mine alone"):
        bad.result(5)
    assert fail.calls == 2  # with the others, and then in a savepoint
    assert query(path, "SELECT id FROM runs") == [(1,), (2,)]
    assert query(path, "SELECT * FROM inbox") == []


def test_an_attempt_at_a_document_that_nobody_knows_is_refused_alone(store: Store, path: Path) -> None:
    ledger = store.ledger(store.begin_run("hand").result())
    with together(store):
        registered = register(store, document(), None, PROMPT, "m")
        known, stranger = ledger.begin(attempt(1)), ledger.begin(replace(attempt(2), document_sha256="b" * 64))

    assert (registered.result(5), known.result(5)) == (Past(known=False, failure=None, paid=0, promised=0), 1)
    with pytest.raises(IntegrityError):
        stranger.result(5)
    assert query(path, "SELECT number FROM attempts") == [(1,)]


def test_trouble_of_the_database_itself_fails_all_that_share_a_transaction(store: Store, path: Path) -> None:
    fail = Failing(OperationalError("INSERT", None, sqlite3.OperationalError("database or disk is full")))
    with together(store):
        futures: list[Future[Any]] = [store.begin_run("hand"), store._writer.submit(fail), store.begin_run("hand")]

    for future in futures:
        with pytest.raises(StoreBusyError, match="full"):
            future.result(5)
    assert fail.calls == 1
    assert query(path, "SELECT * FROM runs") == []
    assert store.begin_run("hand").result(5) == 1  # the writer goes on


def test_what_could_not_be_committed_is_not_run_again(store: Store, path: Path) -> None:
    calls: list[str] = []

    def dangle(connection: Connection) -> None:
        calls.append("dangle")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("INSERT INTO files (document_id, run_id, name, folder) VALUES (9, 9, '', '')")

    with together(store):
        futures: list[Future[Any]] = [store.begin_run("hand"), store._writer.submit(dangle)]

    for future in futures:
        with pytest.raises(StoreError, match="FOREIGN KEY"):
            future.result(5)
    assert calls == ["dangle"]
    assert query(path, "SELECT * FROM runs") == []


def test_what_is_queued_is_written_before_the_store_closes(path: Path, clock: FakeClock) -> None:
    store = Store(path, clock)
    futures: list[Future[int]] = [store.begin_run("hand") for _ in range(500)]
    store.close()

    assert [future.result(0) for future in futures] == list(range(1, 501))


def test_three_processes_write_at_once_without_a_locked_database(path: Path, clock: FakeClock) -> None:
    Store(path, clock).close()
    program = (
        "import sys; from pathlib import Path; from pipeline.store.store import Store; from pipeline.clock import SystemClock\n"
        "store = Store(Path(sys.argv[1]), SystemClock())\n"
        "for _ in range(100): store.begin_run('hand').result()\n"
        "store.close()"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]

    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert query(path, "SELECT count(*) FROM runs") == [(300,)]


def test_a_document_keeps_what_was_read_of_it_when_it_cannot_be_read_the_next_time(store: Store, path: Path) -> None:
    def known_after(read: Extraction | None) -> Any:
        register(store, document(), read, PROMPT, "m").result()
        return query(path, "SELECT id, media_type, pages, characters, extractor, language FROM documents")

    read = Extraction("abc", (0, 2), "text/plain", "plain 1", language="en")

    assert known_after(None) == [(1, None, None, None, None, None)]
    assert known_after(read) == [(1, "text/plain", 2, 3, "plain 1", "en")]
    assert known_after(None) == [(1, "text/plain", 2, 3, "plain 1", "en")]
    assert known_after(replace(read, language=None)) == [(1, "text/plain", 2, 3, "plain 1", None)]
    assert query(path, "SELECT name, hash, schema FROM prompts") == [("cv", "p1-a", '{"type": "object"}')]


def test_a_summary_is_stored_once_for_a_document_prompt_and_model(store: Store, path: Path) -> None:
    run = store.begin_run("hand").result()
    register(store, document(), None, PROMPT, "m").result()

    for _ in range(2):
        store.commit(summarised(document()), run, "done/x/a.txt").result()
    store.commit(summarised(document(), "n"), run, "done/x/a.txt").result()

    assert query(path, "SELECT model FROM summaries ORDER BY id") == [("m",), ("n",)]
    assert query(path, "SELECT count(*) FROM outcomes") == [(1,)]
    assert register(store, document(), None, PROMPT, "m").result().known
    assert not register(store, document(), None, replace(PROMPT, hash="p1-b"), "m").result().known


def attempt(number: int, **more: Any) -> Attempt:
    values: dict[str, Any] = {"status": 200, "error": None, "seconds": 1.0, **more}
    return Attempt("a" * 64, "cv", "p1-a", number, "custom", "m", NOON, **values)


def test_which_attempts_count_as_paid(store: Store) -> None:
    run = store.begin_run("hand").result()
    register(store, document(), None, PROMPT, "m").result()
    ledger = store.ledger(run)
    settled = [
        attempt(1, usage=Usage(5, 0, 5, 0)),
        attempt(2, status=None, error="timeout"),
        attempt(3, status=200, error="invalid_reply"),
        attempt(4, status=503, error="http_503"),
        attempt(5, status=None, error="unreachable"),
        attempt(6, status=429, error="rate_limit_exceeded"),
    ]
    for one in settled:
        ledger.settle(
            ledger.begin(attempt(one.number, status=None, error="unknown_usage", seconds=None)).result(), one
        ).result()
    ledger.begin(attempt(7, status=None, error="unknown_usage", seconds=None)).result()  # our own crash

    assert register(store, document(), None, PROMPT, "m").result().paid == 2


@pytest.mark.parametrize("status", sorted(ANSWERED))
def test_whatever_status_an_answer_comes_with_it_counts_as_paid_and_its_tokens_as_usual(
    store: Store, status: int
) -> None:
    register(store, document(), None, PROMPT, "m").result()
    ledger = store.ledger(store.begin_run("hand").result())
    one = attempt(1, status=status, error="invalid_reply", usage=Usage(5, 0, 7, 0))
    ledger.settle(ledger.begin(one).result(), one).result()

    assert register(store, document(), None, PROMPT, "m").result().paid == 1
    assert Reader(store.engine).usual_output("cv", "m") == 7


def test_ten_good_replies_that_a_crash_took_from_us_are_forgiven_and_no_more(store: Store) -> None:
    register(store, document(), None, PROMPT, "m").result()
    for number in range(1, 16):
        ledger = store.ledger(store.begin_run("cron").result())
        ledger.begin(attempt(number, usage=Usage(5, 0, 5, 0))).result()

        assert register(store, document(), None, PROMPT, "m").result().paid == max(0, number - 10)


def test_an_attempt_that_is_withdrawn_was_never_made(store: Store, path: Path) -> None:
    register(store, document(), None, PROMPT, "m").result()
    ledger = store.ledger(store.begin_run("hand").result())
    first, second = (ledger.begin(attempt(1)).result() for _ in range(2))

    ledger.withdraw(first).result()

    assert query(path, "SELECT id FROM attempts") == [(second,)]


def test_what_never_left_is_neither_paid_nor_unknown_and_what_nobody_saw_counts_at_its_highest_price(
    store: Store, path: Path
) -> None:
    run = store.begin_run("hand").result()
    register(store, document(), None, PROMPT, "m").result()
    ledger = store.ledger(run)
    kinds = [*sorted(NEVER_SENT), "timeout"]
    for number, kind in enumerate(kinds, 1):
        one = attempt(number, status=None, error=kind, reserved=7)
        ledger.settle(ledger.begin(one).result(), one).result()

    past = register(store, document(), None, PROMPT, "m").result()

    assert (past.paid, past.promised) == (1, 7)
    assert query(path, "SELECT error FROM unknown_attempts") == [("timeout",)]


def test_the_database_says_of_the_same_attempts_that_they_may_cost(store: Store, path: Path) -> None:
    run = store.begin_run("hand").result()
    register(store, document(), None, PROMPT, "m").result()
    ledger = store.ledger(run)
    kinds = [(None, kind) for kind in (*sorted(NEVER_SENT), "timeout", "unknown_usage")]
    statuses = [(status, error) for status in range(200, 530) for error in (f"http_{status}", None)]
    told = {}
    for status, error in kinds + statuses:
        one = attempt(1, status=status, error=error)
        told[ledger.begin(one).result()] = may_cost(status, error)

    charged = {number for (number,) in query(path, "SELECT id FROM chargeable_attempts")}

    assert charged == {number for number, may in told.items() if may}


def test_results_are_what_was_stored_however_deep_it_is(store: Store) -> None:
    run = store.begin_run("hand").result()
    deep: Any = "ü"
    for _ in range(300):
        deep = [deep]
    fields = {"title": deep, "total": 0.1}
    evidence = (Evidence("title", "absent"), Evidence("total", "verbatim", 1, 0, 3))
    summary = Summary(fields, evidence, (Notice("kind", "detail"),), NOON.date())
    for name in ("b.txt", "a.txt", "b.txt"):
        register(store, document(name), None, PROMPT, "m").result()
        store.commit(replace(summarised(document(name)), summary=summary), run, f"done/x/{name}").result()

    (result,) = Reader(store.engine).results()

    assert (result.fields, result.absent, result.notices) == (fields, ("title",), ("kind: detail",))
    assert (result.file, result.other_names) == ("b.txt", ("a.txt",))
    assert (result.prompt, result.model, result.status, result.usage) == ("cv", "m", "done", Usage())


def test_costs_add_up_whichever_way_they_are_added(store: Store) -> None:
    run = store.begin_run("hand").result()
    ledger = store.ledger(run)
    for number, digit in enumerate("abcab"):
        register(store, document(digit=digit), None, PROMPT, "m").result()
        one = Attempt(
            digit * 64,
            "cv",
            "p1-a",
            1,
            "custom",
            "m",
            NOON,
            1.0,
            200,
            None,
            "stop",
            Usage(10, 2, number, 0),
            Cost(number * 7, "x"),
        )
        ledger.settle(ledger.begin(one).result(), one).result()
    reader = Reader(store.engine)

    total = reader.total_cost()

    assert total["cost_nanodollars"] == 7 * (0 + 1 + 2 + 3 + 4)
    for by in ("day", "model", "prompt", "run"):
        assert sum(row["cost_nanodollars"] for row in reader.costs(by, None)) == total["cost_nanodollars"]
    with store.engine.connect() as connection:
        assert (
            connection.execute(text("SELECT sum(cost_nanodollars) FROM document_costs")).scalar()
            == total["cost_nanodollars"]
        )
        assert (
            connection.execute(text("SELECT sum(cost_nanodollars) FROM spend_by_day")).scalar()
            == total["cost_nanodollars"]
        )


def test_an_unknown_price_stays_unknown(store: Store) -> None:
    run = store.begin_run("hand").result()
    register(store, document(), None, PROMPT, "m").result()
    ledger = store.ledger(run)
    ledger.settle(ledger.begin(attempt(1)).result(), attempt(1, usage=Usage(10, 0, 5, 0))).result()

    total = Reader(store.engine).total_cost()

    assert (total["cost_nanodollars"], total["unpriced_attempts"], total["unknown_attempts"]) == (None, 1, 0)


def test_what_nobody_waits_for_is_on_the_disk_before_what_comes_after_it(store: Store, path: Path) -> None:
    run_id = store.begin_run("hand").result()
    ledger = store.ledger(run_id)
    store.introduce(document(), Extraction("abc", (0,), "text/plain", "plain 1"), PROMPT)
    ledger.settle(ledger.begin(attempt(1)).result(), attempt(1, usage=Usage(10, 0, 5, 0)))
    file_id = store.commit(summarised(document()), run_id, "done/a.txt", is_new=True).result()
    assert query(path, "SELECT input_tokens, output_tokens FROM attempts") == [(10, 5)]

    store.put_away(file_id, "done/a (2).txt")
    store.written().result()

    assert query(path, "SELECT place, put_away_at IS NOT NULL FROM files") == [("done/a (2).txt", 1)]


def test_who_submits_next_is_told_once_that_what_nobody_waited_for_could_not_be_written(
    store: Store, path: Path
) -> None:
    fail = Failing(StoreError("everybody's"))
    with together(store):
        lost = store._writer.post(fail)
        kept = store.begin_run("hand")
    assert kept.result(5) == 1
    assert lost.exception(5) is fail.error

    with pytest.raises(StoreError, match="everybody's"):
        store.begin_run("hand")
    assert store.begin_run("hand").result(5) == 2
    assert query(path, "SELECT count(*) FROM inbox") == [(0,)]


def test_a_mistake_in_what_nobody_waited_for_is_told_only_to_who_asks_whether_all_is_written(store: Store) -> None:
    fail = Failing(ValueError("nobody's"))
    assert store._writer.post(fail).exception(5) is fail.error

    assert store.begin_run("hand").result(5) == 1  # another document's business
    assert store.written().exception(5) is fail.error


def test_who_waits_for_all_that_was_queued_is_told_what_went_wrong_where_nobody_waited(store: Store) -> None:
    fail = Failing(ValueError("nobody's"))
    with together(store):
        store._writer.post(fail)
        written = store.written()  # before the other one was tried

    assert written.exception(5) is fail.error
    assert store.begin_run("hand").result(5) == 1
    assert store.written().result(5) is None


def test_a_document_is_new_until_somebody_asks_or_it_is_written_down(path: Path, clock: FakeClock) -> None:
    store = Store(path, clock)
    register(store, document(digit="b"), None, PROMPT, "m").result()
    store.close()

    store = Store(path, clock)
    try:
        assert not store.is_new(document(digit="b"))
        assert store.is_new(document(digit="c"))
        assert not store.is_new(document(digit="c"))
    finally:
        store.close()
    store = Store(path, clock)
    try:
        assert store.is_new(document(digit="c"))
    finally:
        store.close()


def test_room_on_the_disk_is_looked_for_again_and_again(
    path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 2000
    monkeypatch.setattr("pipeline.store.store.room", lambda _: free)
    store = Store(path, clock, least_room=1000)
    try:
        register(store, document(), None, PROMPT, "m").result()
        ledger = store.ledger(store.begin_run("hand").result())
        ledger.begin(attempt(1)).result()
        free = 500
        clock.seconds += 1

        with pytest.raises(StoreBusyError, match="nearly full"):
            ledger.begin(attempt(2)).result()
    finally:
        store.close()


def test_a_database_that_is_refused_is_not_kept_open(path: Path, clock: FakeClock) -> None:
    Store(path, clock).close()
    query(path, "PRAGMA user_version = 99")
    with pytest.raises(StoreError):
        Store(path, clock)
    assert not [link for link in Path("/proc/self/fd").iterdir() if os.path.realpath(link) == str(path)]
