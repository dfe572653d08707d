"""SIGKILL at random moments and at each moment that has a name, and Ctrl-C while a document is read; see tests/kill/."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from books import Losses, SlowProvider, violations
from kills import Trial, zygote
from pipeline import store
from pipeline.errors import ExitCode
from points import ACROSS, COPIED, COPYING, EXPORTING, KILLS, MAKING, READING, UNDECIDED
from program import Fresh, Program, Zygote, all_gone, cv, eventually, is_called
from server import serving

MOST_IN_HAND = 8 + 4
"""Documents: calls at once, and those that readers hold."""
ENDED = (ExitCode.DONE, ExitCode.ATTENTION)
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look at processes")
OLD_ROWS = """
    INSERT INTO runs VALUES (1, 'hand', '2026-11-01T08:00:00.000Z', '2026-11-01T08:00:09.000Z', 0, NULL, '0.1.0');
    INSERT INTO documents (id, sha256, size, seen_at) VALUES (1, 'ab', 9, '2026-11-01T08:00:00.000Z');
    INSERT INTO prompts VALUES (1, 'cv', 'cd', 'Read.', '{}', 100, '2026-11-01T08:00:00.000Z');
    INSERT INTO attempts (id, run_id, document_id, prompt_id, number, provider, model, status, input_tokens, started_at)
        VALUES (1, 1, 1, 1, 1, 'custom', 'some-model', 200, 7, '2026-11-01T08:00:00.000Z');
    PRAGMA user_version = 1;
    PRAGMA application_id = 110789;
"""


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Yield a process that forks the program."""
    with closing(zygote(tmp_path_factory.mktemp("zygote"))) as forks:
        yield forks


@pytest.fixture
def provider() -> SlowProvider:
    return SlowProvider(seed=1, slowest=0.03)


@pytest.fixture
def program(tmp_path: Path, provider: SlowProvider) -> Iterator[Program]:
    """Yield a program on an empty inbox."""
    with serving(provider) as url:
        yield Program(tmp_path, url)


def fill(program: Program) -> None:
    """Put in texts, a copy of one under the name of another, and a file that cannot be read."""
    for number in range(4):
        text, mark = cv(number)
        program.drop(f"{number}.txt", text.encode(), mark)
    program.drop("july/0.txt", cv(1)[0].encode(), cv(1)[1])
    program.drop("bad.pdf", b"%PDF-1.7 broken")


@pytest.mark.parametrize("seed", [7, 8])  # two, so that two processes share the work
def test_killed_at_random_moments_nothing_is_lost_or_double_or_unknown(
    tmp_path: Path, forks: Zygote, seed: int
) -> None:
    figures = Trial(tmp_path, forks, seed, waiting=60).run(kills=6)

    assert figures.violations == []
    assert figures.most_lost <= MOST_IN_HAND


@pytest.mark.parametrize("point", KILLS)
def test_killed_at_a_named_moment_the_next_run_ends_as_if_nothing_had_happened(
    program: Program, provider: SlowProvider, forks: Zygote, point: str
) -> None:
    fill(program)
    losses = Losses(program)

    assert program.run(forks, point) == -signal.SIGKILL, program.said()
    losses.note()
    assert [*program.data.glob("exports/*.csv")] == []

    assert program.run(forks, ACROSS if point in (COPYING, COPIED) else "") in ENDED, program.said()
    assert list(violations(program, provider, losses)) == []


def test_killed_inside_a_migration_an_old_database_is_as_it_was_and_migrates_with_the_next_run(
    program: Program, forks: Zygote
) -> None:
    oldest = resources.files(store).joinpath("migrations", "001_initial.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(program.database)) as connection:
        connection.executescript(oldest + OLD_ROWS)
    fill(program)

    assert program.run(forks, MAKING) == -signal.SIGKILL, program.said()
    with closing(sqlite3.connect(program.database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert "price_date" not in {row[1] for row in connection.execute("PRAGMA table_info(attempts)")}

    assert program.run(forks) in ENDED, program.said()
    with closing(sqlite3.connect(program.database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] > 1
        assert connection.execute("SELECT input_tokens, price_date FROM attempts WHERE id = 1").fetchone() == (7, None)
        assert connection.execute("SELECT count(*) FROM outcomes").fetchone() == (5,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_a_killed_export_left_half_written_is_removed_by_the_next_one(
    program: Program, provider: SlowProvider, forks: Zygote
) -> None:
    fill(program)
    assert program.run(forks, EXPORTING) == -signal.SIGKILL, program.said()
    assert [*program.data.glob("exports/.*.part")]
    text, mark = cv(9)
    program.drop("9.txt", text.encode(), mark)

    assert program.run(forks) == ExitCode.DONE, program.said()
    assert list(violations(program, provider, Losses(program))) == []


def test_a_document_whose_reply_was_lost_to_kills_is_not_given_up(
    program: Program, provider: SlowProvider, forks: Zygote
) -> None:
    losses = Losses(program)
    text, mark = cv(0)
    program.drop("0.txt", text.encode(), mark)
    ends = []
    for _ in range(5):
        ends.append(program.run(forks, UNDECIDED))
        losses.note()

    assert program.run(forks) == ExitCode.DONE, (ends, program.said())
    assert list(violations(program, provider, losses)) == []


@needs_proc
def test_a_reader_in_the_middle_of_a_document_ends_with_the_program_that_is_killed(program: Program) -> None:
    fill(program)
    process = Fresh(program.home, program.environ, "stuck reader", "run")
    assert eventually(lambda: is_called(process.pid, READING)), program.said()

    process.kill()

    assert process.wait() == -signal.SIGKILL
    assert all_gone(process), process.orphans()


@needs_proc
def test_ctrl_c_reaches_every_process_and_does_no_harm_to_the_document_that_a_reader_holds(
    program: Program, provider: SlowProvider, forks: Zygote
) -> None:
    text, mark = cv(0)
    program.drop("0.txt", text.encode(), mark)
    process = Fresh(program.home, program.environ, "slow reader", "run")
    assert eventually(lambda: is_called(process.pid, READING)), program.said()

    os.killpg(process.pid, signal.SIGINT)

    assert process.wait() == ExitCode.INTERRUPTED, program.said()
    assert all_gone(process)
    assert provider.calls.total() == 0
    assert program.waiting() == 1
    assert program.run(forks) == ExitCode.DONE
    assert list(violations(program, provider, Losses(program))) == []
