"""How work comes into the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future

from pipeline.landing import Landing, Turnstile


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
