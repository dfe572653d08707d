"""A pipe by which the kernel ends a process when the one that started it is gone, however that ended, SIGKILL included.

The starter alone holds the writing end, and never writes. No thread could watch the other end while C code holds the
interpreter, and no program that is not ours would; so the kernel is asked to send SIGIO, which ends who does not expect it.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal


def end_with(reader: int, process: int) -> None:
    """Have a process ended when the writing end is closed. It has to hold `reader` itself, for as long as it lives."""
    fcntl.fcntl(reader, fcntl.F_SETOWN, process)
    fcntl.fcntl(reader, fcntl.F_SETFL, fcntl.fcntl(reader, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(reader, 0)
    if poll.poll(0):  # closed before we asked: no signal will come
        os.kill(process, signal.SIGKILL)
