"""Reads one file in a worker, and says what it took. A module of its own, so that a worker can import it."""

from __future__ import annotations

import contextlib
import resource
import time
from pathlib import Path
from typing import NamedTuple

from case import DONE

from pipeline.errors import DocumentError
from pipeline.extract.formats import look
from pipeline.extract.limits import USUAL
from pipeline.extract.ocr.raster import draw
from pipeline.extract.settle import settled

_DRAWN = 3
"""Pages."""


class Reading(NamedTuple):
    """What became of a file, and at what price."""

    outcome: str
    text: str
    seconds: float
    mebibytes: float
    """Most memory that the worker had so far."""


def measured(path: Path, name: str) -> Reading:
    """Read a file, and draw what OCR would be shown of it. Only what is no DocumentError is raised."""
    began, text, data = time.perf_counter(), "", path.read_bytes()
    try:
        seen = look(data, name)
        for page in seen.unread[:_DRAWN]:
            with contextlib.suppress(DocumentError):
                draw(data, seen.media_type, page.page, USUAL)
        text, outcome = settled(seen).text, DONE
    except DocumentError as error:
        outcome = error.reason.value
    return Reading(
        outcome, text, time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    )
