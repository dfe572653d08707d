"""What the benchmarks share: the machine's name, the documents, a provider to ask, contenders to let run."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from job import settings
from pipeline.app import House
from pipeline.clock import SystemClock
from pipeline.extract.formats import extract
from pipeline.inference.sending import build_request
from pipeline.settings import load

HERE = Path(__file__).resolve().parent
CALM = {"latency": 0.3, "max_concurrency": 0, "rpm": 0, "tpm": 0, "burst": 1.0, "faults": "", "seed": 1}
"""A provider without limits and faults."""
CV = """Ida Sample {number}
ida{number}@example.org
Leeds, United Kingdom

Profile
Welder with eight years in workshops and on building sites. Reads drawings, works to tight tolerances, and has trained
three apprentices. Looks for a permanent post with early shifts.

Work experience
Lead welder, Anvil Works
03/2021 - present
Plans the week of a team of four and checks their seams. Brought in a new way to mark parts, which halved mistakes.
Welder, Harbour Frames
01/2017 - 02/2021
Welded frames, gates and railings from drawings, in steel and aluminium. Kept the machines of the shop in order.
Trainee, Central Forge
09/2013 - 12/2016
Learned cutting, bending and grinding, and welded simple parts under guidance.

Education
Apprenticeship in metal work, Central School
2013 - 2016

Skills
MIG and TIG welding, reading drawings, plasma cutting, quality checks, training apprentices

Languages
English (native), Polish (B2)
"""


def here() -> str:
    """Return what every figure has to say: the machine and the day."""
    info = Path("/proc/cpuinfo")
    rows = info.read_text().splitlines() if info.exists() else []
    cpu = next((row.partition(":")[2].strip() for row in rows if row.startswith("model name")), platform.machine())
    day = f"{SystemClock().now():%Y-%m-%d}"
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, {day}"


def arguments(doc: str | None, **defaults: Any) -> argparse.ArgumentParser:
    """Return a command line with --provider and options of these names and usual values."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--provider", type=Path, default=HERE / "provider.py", help="a script to ask instead of ours")
    for name, value in defaults.items():
        parser.add_argument(f"--{name}", type=type(value), default=value, help=f"{value} by default")
    return parser


def environ() -> dict[str, str]:
    """Return the environment of a child: none of our settings, and compiled modules are kept as anywhere else."""
    ours = ("PIPELINE_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}  # noqa: TID251  # handed on


def cvs(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of so many CVs."""
    return ((f"{number:06}.txt", CV.format(number=number).encode()) for number in range(count))


@contextlib.contextmanager
def source(files: Iterable[tuple[str, bytes]]) -> Iterator[Path]:
    """Yield a folder with an inbox, and beside it the body of each request that our line makes of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "inbox").mkdir()
        house = House(load(None, folder / "data", settings("http://127.0.0.1/v1")))
        with (folder / "bodies").open("wb") as bodies:
            for file, data in files:
                (folder / "inbox" / file).write_bytes(data)
                bodies.write(_body(house, file, data) + b"\n")
        yield folder


def _body(house: House, name: str, data: bytes) -> bytes:
    extraction = extract(data, name)
    template = house.prompts.route("", name, extraction.text)
    return build_request(house.endpoint(), template.render(extraction), template.max_output_tokens, None).content


@dataclass(frozen=True)
class Provider:
    """A provider in a process of its own."""

    root: str

    @property
    def url(self) -> str:
        """Where to ask."""
        return f"{self.root}/v1"

    def set(self, **options: Any) -> None:
        """Let it behave like this from now on, in all else calm, and count anew."""
        httpx.post(f"{self.root}/config", json=CALM | options, trust_env=False).raise_for_status()

    def stats(self) -> dict[str, Any]:
        """Return its own count."""
        counts: dict[str, Any] = httpx.get(f"{self.root}/stats", trust_env=False).json()
        return counts


@contextlib.contextmanager
def provider(script: Path) -> Iterator[Provider]:
    """Start a provider; end it with the block."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "port"
        command = [sys.executable, str(script), "--port", "0", "--port-file", str(file)]
        process = subprocess.Popen(command, env=environ(), stdout=subprocess.DEVNULL)
        try:
            while not (file.exists() and file.read_text()):
                assert process.poll() is None, f"{script.name} has ended"
                time.sleep(0.05)
            yield Provider(f"http://127.0.0.1:{file.read_text()}")
        finally:
            process.kill()
            process.wait()


@dataclass(frozen=True)
class Measured:
    """What a contender did and took."""

    wall: float
    cpu: float
    """Seconds, its workers included."""
    peak: float
    """MiB of the process itself."""
    family: float
    """MiB of it and its workers."""
    finished: int
    failed: int
    curve: list[tuple[float, int]]
    """Seconds, and how many documents were finished by then."""


def contend(name: str, whom: Provider, folder: Path, data: Path, **options: Any) -> Measured:
    """Let a contender work at the documents of a folder; `data` is to be its own. `options`: of contenders.py."""
    python = str(_own_python()) if name == "instructor" else sys.executable
    given = {"url": whom.url, "source": folder, "data": data, **options}
    words = [word for key, value in given.items() for word in (f"--{key}", str(value))]
    command = [python, str(HERE / "contenders.py"), name, *words]
    done = subprocess.run(command, cwd=folder, env=environ(), stdout=subprocess.PIPE, check=True)
    return Measured(**json.loads(done.stdout))


def install_instructor() -> None:
    """Install instructor beside us, in an environment of its own; where that cannot be, pip says why."""
    folder = _own_python().parent.parent
    for words in (["-m", "venv", str(folder)], ["-m", "pip", "--python", str(folder), "install", "-qq", "instructor"]):
        subprocess.run([sys.executable, *words], env=environ(), check=False)


def has_instructor() -> bool:
    """Tell whether instructor is there to be measured."""
    return any(_own_python().parent.parent.glob("lib/*/site-packages/instructor"))


def _own_python() -> Path:
    return Path(sys.prefix) / "bench-instructor" / "bin" / "python"
