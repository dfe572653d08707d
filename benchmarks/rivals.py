"""Contenders that a person would write without us: a client library, a semaphore, a model of the reply, SQLite."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from openai import AsyncOpenAI
from pydantic import BaseModel, Field

from job import Job, Tally

Work = Callable[[], Awaitable[object]]
Ask = Callable[[str], Awaitable["CV"]]
"""The text of a document to what it says."""


class Basics(BaseModel):
    """Who it is."""

    name: str | None
    email: str | None
    phone: str | None


class Position(BaseModel):
    """One job."""

    employer: str | None = Field(alias="name")
    position: str | None
    start: str | None = Field(alias="startDate")
    end: str | None = Field(alias="endDate")
    highlights: list[str]


class Education(BaseModel):
    """One course of study."""

    institution: str | None
    area: str | None
    award: str | None = Field(alias="studyType")


class Skill(BaseModel):
    """One skill."""

    name: str


class CV(BaseModel):
    """What is wanted of a CV."""

    language: str | None
    basics: Basics
    work: list[Position]
    education: list[Education]
    skills: list[Skill]


def openai(job: Job, tally: Tally) -> Work:
    """Ask with the SDK as it comes, retries included, by our own prompt and schema."""
    client = AsyncOpenAI(base_url=job.url, api_key="none")
    asked = _asked(job)
    system = asked.pop("messages")[0]

    async def ask(text: str) -> CV:
        reply = await client.chat.completions.create(messages=[system, {"role": "user", "content": text}], **asked)
        return CV.model_validate_json(reply.choices[0].message.content or "")

    return _loop(job, tally, ask)


def instructor(job: Job, tally: Tally) -> Work:
    """Ask with instructor as it comes, by our own prompt and the schema of its own that it makes of the model."""
    # It is in an environment of its own, or not there at all.
    import instructor as library  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    client = library.from_openai(AsyncOpenAI(base_url=job.url, api_key="none"), mode=library.Mode.JSON_SCHEMA)
    asked = _asked(job)
    system = asked["messages"][0]

    async def ask(text: str) -> CV:
        messages = [system, {"role": "user", "content": text}]
        found: CV = await client.create(model=asked["model"], response_model=CV, messages=messages)
        return found

    return _loop(job, tally, ask)


def _asked(job: Job) -> dict[str, Any]:
    """Return what our line asks for the first document."""
    with (job.source / "bodies").open() as bodies:
        asked: dict[str, Any] = json.loads(bodies.readline())
        return asked


def _loop(job: Job, tally: Tally, ask: Ask) -> Work:
    """Ask for all files, so many at once, and insert each answer into a database as it comes."""
    job.data.mkdir()
    database = sqlite3.connect(job.data / "summaries.db")
    database.execute("CREATE TABLE summaries (file TEXT, summary TEXT)")

    async def work() -> None:
        turns = asyncio.Semaphore(job.concurrency)
        await asyncio.gather(*(one(path, turns) for path in job.files))

    async def one(path: Path, turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                cv = await ask(path.read_text())  # noqa: ASYNC240  # as most people would
            except Exception:  # whatever it is, the other documents go on
                tally.note(is_finished=False)
                return
        database.execute("INSERT INTO summaries VALUES (?, ?)", (path.name, cv.model_dump_json()))
        database.commit()
        tally.note(is_finished=True)

    return work
