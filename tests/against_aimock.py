"""The whole program against a mock that others wrote, and its journal against our ledger, line by line.

    make aimock

aimock (@copilotkit/aimock, from npm) is installed into a temporary folder, so this needs node, npm and,
the first time, a network. It is asked in both dialects: in peace, in each of its chaos modes, in all of
them at once; its dice cannot be seeded. Its journal has a line for every request it saw, those it
spoilt included. It does not hold the replies, but the fixture each was made from, and with it the
tokens that were told. What it leaves out is a client that gives up during its latency, so none does here.
"""

# ruff: noqa: T201  # it prints a table

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from fakes import instance
from pipeline.clock import SystemClock
from pipeline.errors import ExitCode
from pipeline.schemas.schema import BUILT_IN
from pipeline.schemas.strict import strict_schema

AIMOCK = "@copilotkit/aimock@1.43.0"
PROJECT = Path(__file__).resolve().parent.parent
NAMES = [f"cv_{number:02}" for number in range(60)]
PROVIDERS = {"custom": "OpenAI", "anthropic": "Anthropic"}
PLACES = ("done", "inbox", "quarantine")
MODES: dict[str, dict[str, float]] = {
    "none": {},
    "drop": {"dropRate": 0.25},
    "malformed": {"malformedRate": 0.25},
    "disconnect": {"disconnectRate": 0.25},
    "ratelimit": {"rateLimitRate": 0.2},
    "all": {"dropRate": 0.1, "malformedRate": 0.1, "disconnectRate": 0.1, "rateLimitRate": 0.1, "latencyMs": 50},
}
ERRORS = {
    "drop": "chaos_drop",
    "malformed": "unreadable_body",
    "disconnect": "disconnected",
    "rateLimit": "chaos_ratelimit",
}
"""What the ledger has to say of each action of the mock's chaos; its "drop" is a 500, not a dropped connection."""
CV = """{name}
{name}@example.org

Work experience
Welder, Anvil Works
01/2019 - 12/2021

Skills
welding, reading drawings
"""
ATTEMPTS = """
    SELECT files.name, request_id, status, error, input_tokens, output_tokens
    FROM attempts LEFT JOIN files USING (document_id) ORDER BY attempts.id
"""


class Line(NamedTuple):
    """One request, as either side wrote it down. A dropped connection leaves neither more than name and error."""

    name: str | None
    request_id: str | None
    status: int | None
    error: str | None
    input_tokens: int | None
    output_tokens: int | None


class Found(NamedTuple):
    """What a run left behind."""

    exit_code: int
    said: str
    seconds: float
    done: int
    waiting: int
    quarantined: Counter[str]
    """By reason."""
    journal: list[Line]
    ledger: list[Line]

    def problems(self, chaos: dict[str, float]) -> Iterator[str]:
        """Say what should not be so."""
        if self.exit_code not in (ExitCode.DONE, ExitCode.ATTENTION):
            yield f"exit code {self.exit_code}: {self.said}"
        if self.done + self.waiting + self.quarantined.total() != len(NAMES):
            yield "a document is lost, or is in two places"
        if not chaos and self.done != len(NAMES):
            yield "not all is done although nothing went wrong"
        if bool(chaos) != any(line.error for line in self.journal):
            yield "the mock did not do what it was asked to"
        for told, unknown_to in ((self.journal, self.ledger), (self.ledger, self.journal)):
            for line in (Counter(told) - Counter(unknown_to)).elements():
                yield f"only in the {'journal' if told is self.journal else 'ledger'}: {line}"


def fixture(number: int, name: str) -> dict[str, Any]:
    """Return a valid reply for one document, with tokens that no other has."""
    reply = json.dumps(instance(strict_schema(BUILT_IN["cv"]), name))
    usage = {"input_tokens": 2000 + number, "output_tokens": 500 + number}
    return {"match": {"userMessage": f"{name}@"}, "response": {"content": reply, "usage": usage}}


@contextlib.contextmanager
def mock(folder: Path) -> Iterator[str]:
    """Install aimock and serve until the block ends; yield its address."""
    install = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", AIMOCK]
    if subprocess.run(install, stdout=subprocess.DEVNULL, check=False).returncode:
        sys.exit(f"npm could not install {AIMOCK}.")
    fixtures, program = folder / "fixtures.json", folder / "node_modules" / ".bin" / "llmock"
    fixtures.write_text(json.dumps({"fixtures": [fixture(*numbered) for numbered in enumerate(NAMES)]}))
    command = [str(program), "--port", "0", "--fixtures", str(fixtures), "--journal-max", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        try:
            yield next(line.split()[-1] for line in server.stdout if "listening on" in line)
        finally:
            server.terminate()


def expected(entry: dict[str, Any]) -> Line:
    """Return an entry of the mock's journal as our ledger should have it."""
    response, action = entry["response"], entry["response"].get("chaosAction")
    made_from = response["fixture"] or {"match": {"userMessage": "none@"}, "response": {"usage": {}}}
    name = made_from["match"]["userMessage"].removesuffix("@") + ".txt"
    request_id = entry["headers"]["x-request-id"] if response["status"] else None
    used = {} if action else made_from["response"]["usage"]
    status = response["status"] or None  # 0 is a connection that it dropped
    return Line(name, request_id, status, ERRORS.get(action), used.get("input_tokens"), used.get("output_tokens"))


def run(data: Path, url: str, provider: str) -> subprocess.CompletedProcess[str]:
    """Type `pipeline run` where no setting, key or proxy of this machine is known."""
    environ = {
        "PYTHONPATH": str(PROJECT),
        "PIPELINE_INBOX__SETTLE": "0",
        "PIPELINE_INFERENCE__PROVIDER": provider,
        "PIPELINE_INFERENCE__BASE_URL": f"{url}/v1",
        "PIPELINE_INFERENCE__MODEL": "some-model",
        "PIPELINE_INFERENCE__CONCURRENCY": "8",
        "PIPELINE_API_KEY": "sk-test",
        "ANTHROPIC_API_KEY": "sk-test",
    }
    command = [sys.executable, "-m", "pipeline", "run", "--data", str(data)]
    return subprocess.run(command, cwd=data, env=environ, capture_output=True, text=True, timeout=120, check=False)


def measure(url: str, provider: str, chaos: dict[str, float]) -> Found:
    """Run once over new documents, and ask both sides what they saw."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, httpx.Client(base_url=f"{url}/__aimock", trust_env=False) as control:
        control.post("/chaos", json=chaos).raise_for_status()
        control.post("/reset/journal").raise_for_status()
        data = Path(folder)
        (data / "inbox").mkdir()
        for name in NAMES:
            (data / "inbox" / f"{name}.txt").write_text(CV.format(name=name))
        started = clock.monotonic()
        said = run(data, url, provider)
        seconds = clock.monotonic() - started
        done, waiting, quarantined = (list((data / place).rglob("cv_??.txt")) for place in PLACES)
        with contextlib.closing(sqlite3.connect(data / "pipeline.db")) as database:
            ledger = [Line(*row) for row in database.execute(ATTEMPTS)]
        journal = [expected(entry) for entry in control.get("/journal").raise_for_status().json()]
    reasons = Counter(path.parent.name for path in quarantined)
    return Found(said.returncode, said.stderr.strip(), seconds, len(done), len(waiting), reasons, journal, ledger)


def row(found: Found) -> str:
    """Return the numbers of a run, and why documents were quarantined."""
    spoilt = sum(line.error is not None for line in found.journal)
    counts = (found.done, found.waiting, found.quarantined.total(), spoilt, len(found.journal), len(found.ledger))
    told, booked = (
        f"{sum(line.input_tokens or 0 for line in lines):,} + {sum(line.output_tokens or 0 for line in lines):,}"
        for lines in (found.journal, found.ledger)
    )
    cells = "".join(f"{count:>9}" for count in counts)
    return f"{cells}{told:>19}{booked:>19}{found.seconds:>6.1f} s  {' '.join(found.quarantined)}".rstrip()


def main() -> int:
    """Run everything, print a table, and return 1 if the two sides disagree anywhere."""
    if not shutil.which("node") or not shutil.which("npm"):
        sys.exit("This needs node and npm.")
    heads = "".join(f"{head:>9}" for head in ("done", "waiting", "quarant.", "spoilt", "journal", "ledger"))
    print(f"{AIMOCK}, {len(NAMES)} documents a run; tokens: input + output")
    print(f"{'dialect':<10}{'chaos':<11}{heads}{'tokens it told':>19}{'tokens booked':>19}")
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as folder, mock(Path(folder)) as url:
        for (provider, dialect), (mode, chaos) in itertools.product(PROVIDERS.items(), MODES.items()):
            found = measure(url, provider, chaos)
            print(f"{dialect:<10}{mode:<11}{row(found)}", flush=True)
            problems += (f"{dialect}, {mode}: {problem}" for problem in found.problems(chaos))
    print(*(problems or ["The journal and the ledger agree in every line."]), sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
