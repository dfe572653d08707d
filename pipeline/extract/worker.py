"""What runs in a process of its own that reads documents: see pool.py for the other side."""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from pipeline.errors import PipelineError
from pipeline.extract.guard import guard
from pipeline.extract.lifeline import end_with

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Reply(NamedTuple):
    """What a process sends back."""

    result: Any
    error: BaseException | None
    memory: int
    """Bytes that the process had at most, so far."""


def prepare(memory: int, lifeline: Connection) -> None:
    """Set up a process: no key in its environment, no Ctrl-C of its own, a ceiling on its memory (MiB), and the guard.

    It ends with the program, in the middle of a document, too.
    """
    os.environ.clear()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGALRM, signal.SIGIO):
        signal.signal(ending, signal.SIG_DFL)
    end_with(os.dup(lifeline.fileno()), os.getpid())  # a copy, which nothing closes
    logging.disable(logging.CRITICAL)  # pypdf complains about every crooked file
    resource.setrlimit(resource.RLIMIT_AS, (memory * 2**20, memory * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    guard()


def work(seconds: float, task: Callable[[], Any]) -> Reply:
    """Run a task. After so many seconds the kernel ends the process, whatever it does, and even if its parent is gone."""
    result = error = None
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        result = task()
    except BaseException as raised:  # it belongs to whoever waits for the task
        error = raised
        if not isinstance(raised, PipelineError):
            raised.add_note(traceback.format_exc())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Reply(result, error, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT)
