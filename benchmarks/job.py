"""What every contender is given, and where it says what is finished. Imports nothing that would weigh in its memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MARKS = 200
"""So many points are kept of how far a contender was at what time."""


def settings(url: str, model: str = "some-model", concurrency: int = 64) -> dict[str, str]:
    """Return the environment in which our program asks a provider on this machine."""
    inference = {"PROVIDER": "custom", "BASE_URL": url, "MODEL": model, "CONCURRENCY": str(concurrency)}
    return {"PIPELINE_INBOX__SETTLE": "0"} | {f"PIPELINE_INFERENCE__{name}": value for name, value in inference.items()}


@dataclass(frozen=True)
class Job:
    """What to do: the documents of a folder, asked of a provider."""

    url: str
    source: Path
    """Holds `inbox`, and `bodies`: the requests that our line makes of it, one a line."""
    data: Path
    """A folder of the contender's own, not there yet."""
    concurrency: int
    model: str
    config: Path | None = None

    @property
    def files(self) -> list[Path]:
        """The documents, in an order that is always the same."""
        return sorted((self.source / "inbox").iterdir())


@dataclass
class Tally:
    """What became of the documents, and when. Also the person who is told by a run of ours."""

    total: int
    finished: int = 0
    failed: int = 0
    curve: list[tuple[float, int]] = field(default_factory=list)
    """Seconds, and how many were finished by then."""
    _begun: float = 0.0

    def start(self) -> None:
        """Start the clock."""
        self._begun = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self._begun

    def note(self, *, is_finished: bool) -> None:
        """Count one document."""
        self.finished += is_finished
        self.failed += not is_finished
        if is_finished and self.finished % max(1, self.total // MARKS) == 0:
            self.curve.append((round(self.seconds, 3), self.finished))

    def begin(self, total: int) -> None:
        """Hear that a run of ours begins."""

    def waits(self, seconds: float) -> None:
        """Hear that the provider may not be asked."""

    def document(self, outcome: Any) -> None:
        """Hear what became of a document in our line; one that waits for the next run is neither finished nor failed."""
        if outcome.status != "waiting":
            self.note(is_finished=outcome.status == "done")

    def trouble(self, name: str, message: str, hint: str) -> None:  # noqa: ARG002  # a number is enough
        """Hear of a file that cannot be read or moved."""
        self.failed += 1

    def end(self) -> None:
        """Hear that a run of ours is over."""
