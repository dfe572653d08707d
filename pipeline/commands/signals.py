"""Ctrl-C, SIGTERM and a terminal that goes away, as an orderly end."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

from pipeline.errors import ExitCode
from pipeline.run import Brake

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def signals(brake: Brake) -> Iterator[Brake]:
    """Let Ctrl-C, SIGTERM and a terminal that goes away end the run in order; a second one leaves at once."""

    def stop(_number: int, _frame: object) -> None:
        if brake.interrupted:
            os._exit(ExitCode.INTERRUPTED)
        brake.interrupted = True

    # What is ignored stays ignored: nohup, or a shell that put us into the background.
    numbers = [number for number in _STOPPING if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield brake
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
