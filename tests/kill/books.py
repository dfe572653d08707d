"""What must hold after any number of kills: the laws, and who had to be asked again.

A call is lost where the program died between sending it and writing down what came back. Whose those are is read from a
copy of the database right after each kill, as attempts are committed before they leave: the documents with an attempt
of that run that was never settled. In the end a document may have cost one call, one more for each kill at which it was such
a one, and one for each fault of the provider. Nothing here depends on when exactly a kill or a reply came.
"""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from fakes import Answer, FakeProvider, document_in, random_faults
from pipeline.inbox.folders import MARKER
from program import Program, sha256

Ask = Callable[[str], list[Any]]
"""Asks the database."""
FAULTS = ["500", "503", "drop"]
"""Those that end without tokens, and are tried again with the same words."""
_ATTEMPTS = """
    SELECT a.id, d.sha256, a.seconds IS NOT NULL
    FROM attempts a JOIN documents d ON d.id = a.document_id WHERE a.id > ?
"""
_LEDGER = """
    SELECT d.sha256, count(*), count(a.input_tokens), count(*) FILTER (WHERE a.error = 'unknown_usage'),
           coalesce(sum(a.input_tokens), 0)
    FROM attempts a JOIN documents d ON d.id = a.document_id GROUP BY d.id
"""
_OUTCOMES = """
    SELECT d.sha256, count(o.id), max(coalesce(o.reason, o.status))
    FROM documents d LEFT JOIN outcomes o ON o.document_id = d.id GROUP BY d.id
"""
_NAMES = (
    "SELECT d.sha256, json_extract(fields, '$.basics.name') FROM summaries s JOIN documents d ON d.id = s.document_id"
)
_PLACES = "SELECT f.place, d.sha256 FROM files f JOIN documents d ON d.id = f.document_id WHERE put_away_at IS NOT NULL"
_DOUBLE = "SELECT 1 FROM summaries GROUP BY document_id, prompt_id, model HAVING count(*) > 1"
_MARK = re.compile(r"Reference \d{6}")


class SlowProvider(FakeProvider):
    """Takes its time, so that calls are in flight, and fails now and then, at most twice for a document."""

    def __init__(self, seed: int, share: float = 0.0, slowest: float = 0.3) -> None:
        """Take the share of calls that fail, and the seconds of the slowest reply."""
        super().__init__(random_faults(seed, share, FAULTS))
        self._slowest, self._random = slowest, random.Random(seed)

    def answer(self, content: bytes, key: str | None) -> Answer:
        """Answer after a while."""
        time.sleep(self._random.uniform(self._slowest / 3, self._slowest))
        return super().answer(content, key)

    def spoiled(self, document: str) -> int:
        """Return how many calls for a document were answered with a fault."""
        return sum(bool(self.fault(document, number)) for number in range(1, self.calls[document] + 1))

    def identities(self, program: Program) -> dict[str, str]:
        """Return the hash of the file from which each request was made, by the name of its document here."""
        marks = {document_in(body): _MARK.findall(body["messages"][-1]["content"]) for body in self.requests}
        return {document: program.marked[mark] for document, [mark] in marks.items()}


class Losses:
    """The documents that were in hand when the program was killed."""

    def __init__(self, program: Program) -> None:
        """Take the program that is to be killed."""
        self._program, self._last = program, 0
        self.by_document: Counter[str] = Counter()
        self.most = 0
        """At one kill."""

    def note(self) -> None:
        """Look at what a kill has left behind."""
        rows = copied(self._program.database, _ATTEMPTS, self._last)
        lost = {document for _, document, is_settled in rows if not is_settled}
        self.by_document.update(lost)
        self.most = max(self.most, len(lost))
        self._last = max([self._last, *(number for number, *_ in rows)])


def copied(database: Path, query: str, *values: Any) -> list[Any]:
    """Ask a copy of a database, so that mending it after a crash is left to the program. Nothing: it has no tables yet."""
    with tempfile.TemporaryDirectory() as folder:
        for path in database.parent.glob(f"{database.name}*"):
            shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / database.name)) as connection:
            is_made = connection.execute("PRAGMA user_version").fetchone()[0]
            return connection.execute(query, values).fetchall() if is_made else []


def violations(program: Program, provider: SlowProvider, losses: Losses) -> Iterator[str]:
    """Yield every law that is broken after a last run which nobody disturbed."""
    with closing(sqlite3.connect(program.database)) as connection:

        def ask(query: str) -> list[Any]:
            return connection.execute(query).fetchall()

        yield from _wrong_outcomes(program, ask)
        yield from _wrong_places(program, ask)
        yield from _wrong_calls(program, provider, losses)
        yield from _wrong_ledger(program, provider, ask)
        yield from _wrong_exports(program, ask)
        if ask("PRAGMA integrity_check") != [("ok",)]:
            yield "the database is damaged"


def _wrong_outcomes(program: Program, ask: Ask) -> Iterator[str]:
    found = {document: (count, outcome) for document, count, outcome in ask(_OUTCOMES)}
    readable = set(program.marked.values())
    for document in program.dropped | found:
        right = (1, "done" if document in readable else "damaged")
        if found.get(document) != right:
            yield f"{document[:8]} has outcomes: {found.get(document)}, not {right}"
    yield from ("there is a summary twice" for _ in ask(_DOUBLE))


def _wrong_places(program: Program, ask: Ask) -> Iterator[str]:
    """Yield what is lost, in two places, left behind, or not where the database says."""
    ours = ("pipeline.", MARKER)
    files = [path for path in program.data.rglob("*") if path.is_file() and not path.name.startswith(ours)]
    kept = [path for path in files if program.data / "exports" not in path.parents and not _is_note(path)]
    places = {path.relative_to(program.data).as_posix(): sha256(path.read_bytes()) for path in kept}
    held = Counter(places.values())
    for document in program.dropped | held:
        if held[document] != program.dropped[document]:
            where = sorted(place for place in places if places[place] == document)
            yield f"{document[:8]} came in {program.dropped[document]} times, and is in {where}"
    yield from (f"{place} is still in the inbox" for place in places if place.startswith("inbox/"))
    yield from (f"{path.relative_to(program.data)} is left behind" for path in files if path.suffix == ".part")
    known = dict(ask(_PLACES))
    if known != places or len(known) != len(ask("SELECT id FROM files")):
        yield f"the database names other places: {sorted(known.items() ^ places.items())}"
    quarantined = {place for place in places if place.startswith("quarantine/")}
    if {f"{place}.txt" for place in quarantined} != {
        path.relative_to(program.data).as_posix() for path in files if _is_note(path)
    }:
        yield "what is in quarantine and the notes beside it do not match"


def _is_note(path: Path) -> bool:
    return "quarantine" in path.parts and path.name.endswith((".pdf.txt", ".txt.txt"))


def _wrong_calls(program: Program, provider: SlowProvider, losses: Losses) -> Iterator[str]:
    """Yield the documents that were asked about more often than kills and faults explain."""
    identities = provider.identities(program)
    for document, calls in provider.calls.items():
        allowed = 1 + provider.spoiled(document) + losses.by_document[identities[document]]
        if calls > allowed:
            yield f"{document} was asked about {calls} times, not {allowed}"


def _wrong_ledger(program: Program, provider: SlowProvider, ask: Ask) -> Iterator[str]:
    """Yield what the provider sent and the ledger does not know, beyond what was in flight at a kill."""
    rows, summaries, identities = (
        {row[0]: row[1:] for row in ask(_LEDGER)},
        dict(ask(_NAMES)),
        provider.identities(program),
    )
    costs = {document_in(body): len(json.dumps(body)) // 4 for body in provider.requests}
    for document, calls in provider.calls.items():
        attempts, settled, unknown, tokens = rows.get(identities[document], (0, 0, 0, 0))
        unseen = calls - provider.spoiled(document) - settled
        if attempts < calls:
            yield f"{document}: {calls} calls, {attempts} attempts in the ledger"
        if not 0 <= unseen <= unknown:
            yield f"{document}: {unseen} replies are not in the ledger, which knows of {unknown} it did not see"
        if tokens != settled * costs[document]:
            yield f"{document}: {tokens} tokens in the ledger, {settled} replies of {costs[document]}"
        if summaries.get(identities[document], document) != document:
            yield f"the summary of {document} is made of another one's reply"


def _wrong_exports(program: Program, ask: Ask) -> Iterator[str]:
    done = len(ask("SELECT id FROM outcomes WHERE status = 'done'"))
    exports = program.data / "exports"
    if done and not (exports / "summaries.csv").exists():
        yield "there is no export"
    for path in exports.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        if len(rows) != done or len({row["sha256"] for row in rows}) != done:
            yield f"{path.name} has {len(rows)} rows for {done} documents"
