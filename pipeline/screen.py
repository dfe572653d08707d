"""What a person sees: one line for each document, a bar on a terminal, tables. Decides on words, knows no commands."""

from __future__ import annotations

import contextlib
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipeline.errors import PipelineError
from pipeline.records import Attempt, Outcome
from pipeline.schemas.overview import overview

_LONGEST_NAME, _LONGEST_ABOUT = 40, 34
"""Columns."""
_SHORTEST_WAIT = 2.0
"""Seconds; less is no news."""
_MICRODOLLAR = 1000
"""Nano-dollars; a smaller sum has no digit to show, and is not nothing."""


class Screen:
    """Tells a person how a run goes; silent about what went well where nobody is looking (cron mails what is printed)."""

    def __init__(self, *, verbose: bool) -> None:
        self.verbose = verbose
        self.documents: list[dict[str, Any]] = []
        """What was told of this run, as data."""
        self._bar: tqdm[Any] | None = None
        self._going = 0
        self._nanodollars: int | None = None
        """Known cost so far; None: none is known."""
        self._failures = 0
        self._wait = 0
        """Seconds, as they are shown."""

    def begin(self, total: int) -> None:
        """Show a bar, on a terminal only, and forget the run before: a watch makes many, and gives some of them more."""
        self._going += 1
        if self._bar is not None:
            self._bar.total = (self._bar.total or 0) + total
            return
        self.documents = []
        with _whoever_listens():
            self._bar = tqdm(total=total, unit="doc", file=sys.stderr, disable=None, leave=False, dynamic_ncols=True)

    def waits(self, seconds: float) -> None:
        """Say beside the bar for how long the provider may not be asked."""
        wait = round(seconds) if seconds >= _SHORTEST_WAIT else 0
        if self._bar is not None and wait != self._wait:
            self._wait = wait
            self._bar.set_postfix_str(self._state(), refresh=False)
            with _whoever_listens():
                self._bar.refresh()

    def document(self, outcome: Outcome) -> None:
        """Say what became of a document."""
        facts = document_facts(outcome)
        self.documents.append(facts)
        self._nanodollars = _known_sum([self._nanodollars, *(attempt.cost.nanodollars for attempt in outcome.attempts)])
        self._failures += outcome.failure is not None
        if outcome.failure:
            word = outcome.failure.reason or "waits for the next run"
            self.say(
                f"{outcome.status:<11} {clip(facts['file'], _LONGEST_NAME)}  {word}: {safe(outcome.failure.message)}"
            )
            if outcome.failure.hint:
                self.say(f"{'':<11} -> {safe(outcome.failure.hint)}")
        elif self.verbose:
            self.say(_done_line(facts, outcome))
        self._advance()

    def trouble(self, name: str, message: str, hint: str) -> None:
        """Say that a file could not be read or moved."""
        self._failures += 1
        self.documents.append({"file": name, "status": "trouble", "message": message, "hint": hint})
        self.say(f"{'trouble':<11} {clip(name, _LONGEST_NAME)}  {safe(message)}")
        self.say(f"{'':<11} -> {safe(hint)}")
        self._advance()

    def end(self) -> None:
        """Take the bar away, when all that was begun has ended."""
        self._going -= 1
        if self._bar is not None and not self._going:
            with _whoever_listens():
                self._bar.close()
            self._bar = None

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        with _whoever_listens():
            if self._bar is not None and not self._bar.disable:
                self._bar.write(line, file=sys.stderr)
            else:
                print(line, file=sys.stderr, flush=True)  # noqa: T201  # this room is what prints

    def tell(self, line: str) -> None:
        """Print a line that only somebody who is looking wants to read."""
        if self.verbose:
            self.say(line)

    def error(self, error: PipelineError) -> None:
        """Print what went wrong and what to do."""
        self.say(f"pipeline: {safe(error.message)}")
        if error.hint:
            self.say(f"          -> {safe(error.hint)}")

    def _advance(self) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str(self._state(), refresh=False)
            with _whoever_listens():
                self._bar.update()

    def _state(self) -> str:
        waits = f", waits {self._wait} s for the provider" if self._wait else ""
        return f"{money(self._nanodollars)}, {self._failures} failed{waits}"


def _whoever_listens() -> contextlib.suppress:
    """Let a run go on without words where they reach nobody: the pipe is closed, the terminal gone, the disk full.

    An error here would end up as a document's, and cut off calls that are paid for.
    """
    return contextlib.suppress(OSError, ValueError)


def document_facts(outcome: Outcome) -> dict[str, Any]:
    """Return what is told of one document, as data."""
    seen = overview(outcome.summary.fields) if outcome.summary else None
    return {
        "file": outcome.document.name,
        "sha256": outcome.document.sha256,
        "status": "known" if outcome.known and not outcome.failure else outcome.status,
        "reason": outcome.failure.reason if outcome.failure else None,
        "message": outcome.failure.message if outcome.failure else None,
        "hint": outcome.failure.hint if outcome.failure else None,
        "prompt": outcome.prompt_name,
        "kind": seen.kind if seen else None,
        "about": seen.about if seen else None,
        "attempts": len(outcome.attempts),
        "input_tokens": _known_sum(attempt.usage.input_tokens for attempt in outcome.attempts),
        "output_tokens": _known_sum(attempt.usage.output_tokens for attempt in outcome.attempts),
        "cost_usd": _dollars(outcome.attempts),
        "seconds": round(outcome.seconds, 2),
    }


def _known_sum(values: Iterable[int | None]) -> int | None:
    """Return the sum of what is known; None: there is something, and nothing of it is known."""
    given = list(values)
    known = [value for value in given if value is not None]
    return sum(known) if known or not given else None


def _dollars(attempts: Sequence[Attempt]) -> float | None:
    nanodollars = _known_sum(attempt.cost.nanodollars for attempt in attempts)
    return None if nanodollars is None else nanodollars / 1e9


def _done_line(facts: Mapping[str, Any], outcome: Outcome) -> str:
    name = clip(facts["file"], _LONGEST_NAME)
    if outcome.known:
        return f"{'known':<11} {name}  summarised before; no call"
    nanodollars = None if facts["cost_usd"] is None else round(facts["cost_usd"] * 1e9)
    tokens = f"{tokens_of(facts['input_tokens']):>6} in {tokens_of(facts['output_tokens']):>5} out"
    figures = f"{tokens}  {money(nanodollars)}  {facts['seconds']:.1f} s"
    return f"{'done':<11} {name}  {facts['kind'] or facts['prompt']:<12} {clip(facts['about'] or '-', _LONGEST_ABOUT)}  {figures}"


def money(nanodollars: int | None) -> str:
    """Return a cost in words a person can take in; None: not known."""
    if nanodollars is None:
        return "$?"
    if nanodollars == 0:
        return "$0"
    if nanodollars < _MICRODOLLAR:
        return "<$0.000001"
    return f"${nanodollars / 1e9:,.2f}" if nanodollars >= 10**9 else f"${nanodollars / 1e9:.6f}".rstrip("0").rstrip(".")


def tokens_of(number: int | None) -> str:
    """Return a number of tokens in words; None: not known."""
    return "?" if number is None else f"{number:,}"


def counted(number: int, noun: str) -> str:
    """Return how many there are of something: "1 file", "2 files"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def safe(text: str) -> str:
    """Return text that cannot steer a terminal: control and direction characters are shown as escapes."""
    return "".join(
        character if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else repr(character)[1:-1]
        for character in text
    )


def width(text: str) -> int:
    """Return the columns a text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def clip(text: str, columns: int) -> str:
    """Return text cut or filled to some columns."""
    text = safe(text)
    if width(text) > columns:
        ends = accumulate(map(width, text))
        text = text[: sum(1 for _ in takewhile(lambda end: end < columns, ends))] + "…"
    return text + " " * (columns - width(text))


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as a table with a header; numbers to the right."""
    cells = [[_shown(row.get(column)) for column in columns] for row in rows]
    widths = [max(width(column), *(width(row[index]) for row in cells), 0) for index, column in enumerate(columns)]
    lines = ["  ".join(clip(column, size) for column, size in zip(columns, widths, strict=True)).rstrip()]
    for row, values in zip(cells, rows, strict=True):
        padded = [
            " " * (size - width(text)) + text if isinstance(values.get(column), int | float) else clip(text, size)
            for text, size, column in zip(row, widths, columns, strict=True)
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool | str):
        return safe(str(value))
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")


def near(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
