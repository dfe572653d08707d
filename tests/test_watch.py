"""Watching: what is dropped is summarised, trouble makes it patient, a signal ends it in order."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from fakes import FakeClock
from pipeline.app import House
from pipeline.commands.watching import Watching
from pipeline.errors import DeniedError, ExitCode, LostServerError, RunError, UnavailableError
from pipeline.inbox.folders import Folders
from pipeline.inbox.looking import Waiting
from pipeline.run import Brake, Report
from pipeline.watch import Rhythm, Watch


class Watched:
    """A watch over a real folder, with a script of what happens in each round."""

    def __init__(self, tmp_path: Path, clock: FakeClock, settle: float = 2.0) -> None:
        self.clock, self.brake = clock, Brake()
        self.folders = Folders(tmp_path / "data", settle)
        self.folders.make()
        self.taken: list[tuple[float, list[str]]] = []
        self.alerts: list[RunError] = []
        self.rests = 0
        self.reports: list[Report | RunError] = []
        self.report = Report()
        self.begun = 0
        self.slow: set[str] = set()
        """Files that are not finished as long as they stand here."""
        self.finished: list[str] = []

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[Watched]:
        self.report = Report()
        self.begun += 1
        yield self

    async def take(self, files: Sequence[Waiting]) -> None:
        self.taken.append((self.clock.monotonic(), [file.name for file in files]))
        answer = self.reports.pop(0) if self.reports else Report(Counter(done=len(files)))
        if isinstance(answer, RunError):
            self.brake.fail(answer)
            return
        while self.slow.intersection(file.name for file in files):  # noqa: ASYNC110  # the test ends it
            await asyncio.sleep(0)
        for file in files if not answer.counts["waiting"] + answer.counts["trouble"] else ():
            file.path.unlink()
        self.report.counts += answer.counts
        self.finished.extend(file.name for file in files)

    def rest(self) -> None:
        self.rests += 1
        if self.clock.monotonic() > 10_000 or self.rests > 200:
            self.brake.interrupted = True

    def go(self) -> ExitCode:
        watch = Watch(
            lambda: self.folders.look(self.clock.monotonic()),
            self.begin,
            self.clock,
            brake=self.brake,
            rhythm=Rhythm(10.0, 2.0),
            alert=self.alerts.append,
            rest=self.rest,
        )
        return asyncio.run(watch.go())


@pytest.fixture
def watched(tmp_path: Path, clock: FakeClock) -> Watched:
    return Watched(tmp_path, clock)


def test_a_file_is_taken_as_soon_as_it_has_settled(watched: Watched) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")

    assert watched.go() == ExitCode.DONE
    assert watched.taken == [(2.0, ["a.txt"])]


def test_an_idle_watch_looks_every_ten_seconds(watched: Watched, clock: FakeClock) -> None:
    watched.go()

    assert watched.taken == []
    assert clock.seconds / (watched.rests - 1) == pytest.approx(10.0)


@pytest.mark.parametrize("word", ["waiting", "trouble"])
def test_while_documents_have_to_wait_the_pauses_grow(watched: Watched, word: str) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")
    watched.reports = [Report(Counter({word: 1})) for _ in range(4)]

    watched.go()

    moments = [moment for moment, _ in watched.taken]
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert pauses == pytest.approx([20.0, 40.0, 80.0, 160.0], abs=2)  # and the wait for what is in hand


def test_while_the_provider_is_away_the_pauses_grow_as_well(watched: Watched) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")
    watched.reports = [UnavailableError(f"down, try {number}") for number in range(4)]

    watched.go()

    moments = [moment for moment, _ in watched.taken]
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert pauses == pytest.approx([20.0, 40.0, 80.0, 160.0], abs=2)


def test_the_longer_an_export_takes_the_rarer_it_is(
    house: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports = list[float]()

    def slow(*_: object) -> None:
        exports.append(clock.seconds)
        clock.seconds += 10

    async def one_run(runs: Watching) -> None:
        async with runs.begin():
            pass

    monkeypatch.setattr(house, "write_exports", slow)
    with house.store() as store:
        runs = Watching(house, store, contextlib.nullcontext)  # type: ignore[arg-type]  # nobody looks at the run
        for moment in (0.0, 100.0, 209.0, 210.0, 300.0):
            clock.seconds = max(clock.seconds, moment)
            asyncio.run(one_run(runs))
            runs.export_when_due()

    assert exports == [0.0, 210.0]  # ten seconds are a twentieth of two hundred


def test_a_new_file_is_taken_in_seconds_however_long_another_one_has_waited(watched: Watched) -> None:
    (watched.folders.inbox / "refused.txt").write_text("x")
    watched.reports = [Report(Counter(waiting=1)) for _ in range(8)]
    dropped, rest = list[float](), watched.rest

    def drop() -> None:
        rest()
        if watched.clock.monotonic() > 1500 and not dropped:
            dropped.append(watched.clock.monotonic())
            (watched.folders.inbox / "new.txt").write_text("x")
            watched.reports.insert(0, Report(Counter(done=1)))

    watched.rest = drop  # type: ignore[method-assign]  # somebody drops a file meanwhile
    watched.go()

    [taken] = [moment for moment, names in watched.taken if names == ["new.txt"]]
    assert taken - dropped[0] <= 22  # to see it, and to see it lie still
    asked = [moment for moment, names in watched.taken if names == ["refused.txt"]]
    assert len(asked) == 8
    assert asked[-1] - asked[-2] > 500


def test_a_file_that_nobody_may_read_is_taken_as_soon_as_somebody_gives_the_right(watched: Watched) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")
    watched.reports = [Report(Counter(trouble=1)) for _ in range(6)]
    rest, allowed = watched.rest, list[float]()

    def allow() -> None:
        rest()
        if len(watched.taken) == 6 and not allowed:
            allowed.append(watched.clock.monotonic())
            (watched.folders.inbox / "a.txt").chmod(0o604)

    watched.rest = allow  # type: ignore[method-assign]
    watched.go()

    assert len(watched.taken) == 7
    assert watched.taken[-1][0] - allowed[0] <= 22


def test_a_provider_that_gives_nothing_new_an_answer_is_not_asked_about_all_that_is_new(watched: Watched) -> None:
    watched.reports = [Report(Counter(waiting=1)) for _ in range(1000)]
    rest = watched.rest

    def drop() -> None:
        rest()
        (watched.folders.inbox / f"{watched.rests}.txt").write_text("x")

    watched.rest = drop  # type: ignore[method-assign]  # there is something new at each look
    watched.go()

    moments = [moment for moment, _ in watched.taken]
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    assert max(pauses) >= 600
    assert sum(moment < 3000 for moment in moments) < 12


def test_a_provider_that_is_away_is_told_and_the_watch_goes_on(watched: Watched) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")
    watched.reports = [UnavailableError("down")]

    assert watched.go() == ExitCode.DONE
    assert [error.message for error in watched.alerts] == ["down"]
    assert len(watched.taken) == 2


def test_a_key_that_is_refused_ends_the_watch(watched: Watched) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")
    watched.reports = [DeniedError("wrong key")]

    assert watched.go() == ExitCode.CONFIGURATION
    assert [error.message for error in watched.alerts] == ["wrong key"]


def test_a_local_model_that_has_died_ends_the_watch_so_that_whoever_started_it_starts_it_anew(
    watched: Watched,
) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")
    watched.reports = [LostServerError("killed")]

    assert watched.go() == ExitCode.TRY_LATER
    assert [error.message for error in watched.alerts] == ["killed"]


def test_an_inbox_that_is_unmounted_for_a_while_is_told_once_and_waited_for(watched: Watched) -> None:
    watched.folders.inbox.rmdir()
    mended = watched.rest

    def rest() -> None:
        mended()
        if watched.rests == 2:
            watched.folders.inbox.mkdir()
            (watched.folders.inbox / "a.txt").write_text("x")

    watched.rest = rest  # type: ignore[method-assign]  # the share comes back
    watched.go()

    assert len(watched.alerts) == 1
    assert [names for _, names in watched.taken] == [["a.txt"]]


def test_a_slow_document_holds_up_no_other(watched: Watched) -> None:
    (watched.folders.inbox / "slow.txt").write_text("x")
    watched.slow.add("slow.txt")
    rest = watched.rest

    def drop() -> None:
        rest()
        if watched.rests == 3:
            (watched.folders.inbox / "quick.txt").write_text("x")
        if watched.rests == 20:
            watched.slow.clear()

    watched.rest = drop  # type: ignore[method-assign]  # somebody drops a file meanwhile
    watched.go()

    assert watched.finished == ["quick.txt", "slow.txt"]
    assert watched.begun == 1


def test_what_waits_is_not_given_twice_to_one_run(watched: Watched) -> None:
    (watched.folders.inbox / "slow.txt").write_text("x")
    (watched.folders.inbox / "waits.txt").write_text("x")
    watched.slow.add("slow.txt")
    watched.reports = [Report(Counter(waiting=1))]
    rest = watched.rest

    def finish() -> None:
        rest()
        if watched.rests == 20:
            watched.slow.clear()

    watched.rest = finish  # type: ignore[method-assign]
    watched.go()

    assert watched.begun == 2
    assert [names for _, names in watched.taken] == [["slow.txt", "waits.txt"]] * 2


def test_trouble_ends_a_run_after_what_is_in_hand(watched: Watched) -> None:
    for name in ("a.txt", "b.txt"):
        (watched.folders.inbox / name).write_text("x")
    watched.slow.add("a.txt")
    rest = watched.rest

    def unmount() -> None:
        rest()
        if watched.rests == 2:
            watched.folders.inbox.rename(watched.folders.data / "share")
            watched.slow.clear()
        if watched.rests == 40:
            watched.brake.interrupted = True

    watched.rest = unmount  # type: ignore[method-assign]  # the share goes away
    watched.reports = [Report(Counter(waiting=2))]
    watched.go()

    assert watched.finished == ["a.txt", "b.txt"]
    assert "is not there" in watched.alerts[0].message


def test_a_look_that_fails_as_nobody_thought_waits_for_what_is_in_hand_and_the_watch_goes_on(watched: Watched) -> None:
    (watched.folders.inbox / "slow.txt").write_text("x")
    watched.slow.add("slow.txt")
    rest = watched.rest

    def fail_once() -> None:
        rest()
        if watched.rests == 2:
            (watched.folders.inbox / "late.txt").write_text("x")
            watched.slow.clear()
            raise ValueError

    watched.rest = fail_once  # type: ignore[method-assign]  # a mistake of ours, at the second look
    assert watched.go() == ExitCode.DONE

    assert watched.finished == ["slow.txt", "late.txt"]
    assert [str(alert.message) for alert in watched.alerts] == ["an error in this program (ValueError)"]


def test_a_run_that_goes_on_and_on_is_given_nothing_new_after_ten_minutes(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    (watched.folders.inbox / "slow.txt").write_text("x")
    rest, take = watched.rest, watched.take

    def drop() -> None:
        rest()
        late = watched.folders.inbox / "late.txt"
        if watched.clock.monotonic() >= 600 and "late.txt" not in watched.finished and not late.exists():
            late.write_text("x")

    async def take_long(files: Sequence[Waiting]) -> None:
        if not watched.finished:
            while watched.clock.monotonic() < 600:  # noqa: ASYNC110  # others let the time pass
                await asyncio.sleep(0)
            for _ in range(5000):
                await asyncio.sleep(0)
        await take(files)

    watched.rest = drop  # type: ignore[method-assign]  # a file comes when the run is old
    monkeypatch.setattr(watched, "take", take_long)
    watched.go()

    assert watched.begun == 2
    assert watched.finished == ["slow.txt", "late.txt"]


def test_trouble_that_is_another_one_or_comes_back_is_told_again(watched: Watched) -> None:
    (watched.folders.inbox / "a.txt").write_text("x")
    down, busy = UnavailableError("down"), UnavailableError("busy")
    watched.reports = [down, down, busy, Report(Counter(waiting=1)), busy]
    watched.go()

    assert [error.message for error in watched.alerts] == ["down", "busy", "busy"]
