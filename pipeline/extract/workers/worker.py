"""What runs in a process of its own that reads documents: see reader.py for the other side."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import pickle
import resource
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from pipeline.errors import PipelineError
from pipeline.extract.workers.ceiling import ceiling
from pipeline.extract.workers.guard import guard
from pipeline.extract.workers.lifeline import end_with

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
BY_THE_CLOCK = 3
"""A task may take so many times its seconds of the processor by the clock: others keep the machine busy, or it stood still
for a while, and that is no document's fault."""
_NICE = 5
"""No more, for the same reason."""
_GROWN = 400 * 2**20
"""Bytes: a process that once had so much memory is replaced, as little of it comes back. An ordinary one has 60 MiB."""


class Reply(NamedTuple):
    """What a process sends back for each task."""

    result: Any
    error: BaseException | None
    seconds: float
    """How long it took, by the clock."""
    is_last: bool
    """The process has grown and ends: it begins no other task, not even of the same batch."""


def serve(connection: Connection, lifeline: Connection, seconds: float, memory: int) -> None:
    """Run the tasks of each batch that comes, a list of pickled callables, until the other side hangs up.

    Each reply is sent before the next task begins, so the first one that is owed is for the task at which a process died.
    Unpacking a task is a part of it.
    """
    prepare(memory, lifeline)
    with contextlib.suppress(EOFError, OSError):  # whoever asked is gone
        while True:
            tasks = deque(pickle.loads(connection.recv_bytes()))  # noqa: S301  # our own program packed it
            while tasks:
                reply = work(seconds, functools.partial(_run_first, tasks))
                connection.send_bytes(_packed(reply))
                if reply.is_last:
                    return


def prepare(memory: int, lifeline: Connection) -> None:
    """Set up a process: no key in its environment, no Ctrl-C of its own, a ceiling on its memory (MiB), and the guard.

    It ends with the program, in the middle of a document, too, and gives way to it: a reply that waits holds up more than a
    document that is not read yet.
    """
    os.environ.clear()
    os.nice(_NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGALRM, signal.SIGPROF, signal.SIGIO):
        signal.signal(ending, signal.SIG_DFL)
    end_with(os.dup(lifeline.fileno()), os.getpid())  # a copy, which nothing closes
    logging.disable(logging.CRITICAL)  # pypdf complains about every crooked file
    resource.setrlimit(resource.RLIMIT_AS, ceiling(memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    guard()


def work(seconds: float, task: Callable[[], Any]) -> Reply:
    """Run a task. After so many seconds of the processor, or thrice as many by the clock, the kernel ends the process.

    Whatever it does, and even if its parent is gone.
    """
    result = error = None
    signal.setitimer(signal.ITIMER_REAL, BY_THE_CLOCK * seconds)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        result = task()
    except BaseException as raised:  # it belongs to whoever waits for the task
        error = raised
        if not isinstance(raised, PipelineError):
            raised.add_note(traceback.format_exc())
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
    return Reply(result, error, BY_THE_CLOCK * seconds - left, memory >= _GROWN)


def _run_first(tasks: deque[bytes]) -> Any:
    return pickle.loads(tasks.popleft())()  # noqa: S301  # likewise; nothing holds the packed form any more when it runs


def _packed(reply: Reply) -> bytes:
    """Return a reply as it is sent; where that cannot be, the reason is the reply."""
    try:
        return pickle.dumps(reply)
    except Exception as error:  # a foreign object raises what it likes
        return pickle.dumps(reply._replace(result=None, error=pickle.PicklingError(f"{error}")))
