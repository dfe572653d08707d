"""How work comes into the event loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from pipeline.errors import WorkerError
from pipeline.landing import Landing, Room, Turnstile, beating, in_thread


def test_work_that_was_given_up_ends_the_wait_for_it_and_holds_up_nobody_behind_it() -> None:
    async def run() -> tuple[bool, str]:
        landing, given_up, read = Landing(asyncio.get_running_loop()), Future[str](), Future[str]()
        waiting = landing(given_up), landing(read)
        given_up.cancel()
        read.set_result("read")
        await asyncio.sleep(0)
        return waiting[0].cancelled(), waiting[1].result()

    assert asyncio.run(run()) == (True, "read")


def test_one_goes_through_in_each_pass_and_what_is_ready_comes_first() -> None:
    async def run() -> list[str]:
        turnstile, seen = Turnstile(), list[str]()

        async def work(name: str) -> None:
            await turnstile()
            seen.append(name)
            asyncio.get_running_loop().call_soon(seen.append, "network")

        await asyncio.gather(*map(work, "abc"))
        return seen

    assert asyncio.run(run()) == ["a", "network", "b", "network", "c", "network"]


def test_who_does_not_wait_any_more_holds_up_nobody() -> None:
    async def run() -> list[str]:
        turnstile, seen = Turnstile(), list[str]()

        async def work(name: str) -> None:
            await turnstile()
            seen.append(name)

        tasks = [asyncio.create_task(work(name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await work("d")
        return seen

    assert asyncio.run(run()) == ["a", "c", "d"]


def test_there_is_room_for_what_fits_in_order_of_arrival_and_what_is_too_large_goes_alone() -> None:
    async def run() -> list[str]:
        room, seen = Room(10), list[str]()

        async def work(name: str, size: int) -> None:
            async with room.for_(size) as leave:
                seen.append(f"+{name}")
                await asyncio.sleep(0)
                seen.append(f"-{name}")
                leave()
                leave()  # once is enough
                await asyncio.sleep(0)

        await asyncio.gather(work("a", 6), work("b", 4), work("c", 1), work("d", 99), work("e", 1))
        return seen

    assert "".join(asyncio.run(run())) == "+a+b-a-b+c-c+d-d+e-e"


@pytest.mark.parametrize("given_up", ["in the room", "first in the queue", "in the queue"])
def test_who_is_given_up_leaves_the_room_and_the_queue(given_up: str) -> None:
    async def run() -> list[str]:
        room, seen, goes_on = Room(10), list[str](), asyncio.Event()

        async def work(name: str) -> None:
            async with room.for_(7):
                await goes_on.wait()
                seen.append(name)

        names = ["in the room", "first in the queue", "in the queue", "last"]
        tasks = {name: asyncio.create_task(work(name)) for name in names}
        for _ in range(3):
            await asyncio.sleep(0)
        tasks[given_up].cancel()
        goes_on.set()
        await asyncio.wait(tasks.values(), timeout=5)
        return seen

    assert asyncio.run(run()) == [
        name for name in ("in the room", "first in the queue", "in the queue", "last") if name != given_up
    ]


def no_room(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_a_machine_without_room_for_a_thread_is_no_mistake_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        monkeypatch.setattr(threading.Thread, "start", no_room)
        try:
            await in_thread(str)
        finally:
            monkeypatch.undo()

    with pytest.raises(WorkerError, match="no thread"):
        asyncio.run(run())


def test_a_wake_that_is_lost_costs_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.landing._BEAT", 0.05)

    async def run() -> str:
        loop, read = asyncio.get_running_loop(), Future[str]()
        monkeypatch.setattr(loop, "_write_to_self", lambda: None)  # as where the system has no memory for the byte
        threading.Timer(0.1, read.set_result, ["read"]).start()
        async with beating(), asyncio.timeout(10):
            return await Landing(loop)(read)

    assert asyncio.run(run()) == "read"
