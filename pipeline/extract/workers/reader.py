"""One process that reads documents: started when it is needed, ended when it hangs or has grown, and judged by its end.

The kernel keeps the time on both sides: it ends a process whose task takes too long (see worker.py), and cuts short a
call of ours that waits much longer for one. So no clock is asked that somebody may set, and nothing looks every now and then.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import socket
import struct
import threading
from collections.abc import Sequence
from multiprocessing import connection, forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from pipeline.errors import LimitError
from pipeline.extract.workers.worker import BY_THE_CLOCK, Reply, serve

_GRACE = 1.0
"""Seconds after which we end a process that the kernel should have ended: it is stopped, or deaf to signals."""
_LONGEST_END = 10.0
"""Seconds until the server that forked a process tells how it ended, once it was killed. Beyond that, the server is stopped."""
_TIME_IS_UP = (-signal.SIGPROF, -signal.SIGALRM)
"""Exit codes of a process that the kernel ended: of the processor, and by the clock."""
_LATELY = 4
"""Tasks that the pace is made of, roughly."""
_TURN = threading.Lock()
"""Held to start a process, which also asks how all others ended, and to ask: an exit code can be read only once."""


class LostError(Exception):
    """A process did not start, or ended before it began a task, or by nothing that the task did."""


class Reader:
    """A process, for one thread. It has so many seconds of the processor for each task, and so much memory (MiB) for all."""

    def __init__(self, timeout: float, memory: int) -> None:
        self._timeout = timeout
        self._memory = memory
        self.pace = 1.0
        """Seconds that a task takes, of late; the first guess is high."""
        self._is_given_up = False
        self._process: ForkServerProcess | None = None
        self._connection: Connection
        self._lifeline: Connection
        """The process ends when this is closed, which the kernel sees to when this program is killed."""

    def send(self, tasks: Sequence[bytes]) -> None:
        """Hand over pickled callables, which are run in turn. Raises LostError."""
        try:
            self._start()
            self._connection.send_bytes(pickle.dumps(tasks))
        except Exception as error:  # the system and the server have many ways to say no
            self.end()
            raise LostError from error

    def receive(self) -> Reply:
        """Wait for the next reply. Raises LostError, or LimitError where its task ended the process or had to be ended."""
        try:
            reply: Reply = pickle.loads(self._connection.recv_bytes())  # noqa: S301  # of a process of ours, behind the guard
            self.pace += (reply.seconds - self.pace) / _LATELY
        except ConnectionResetError as error:  # it ended before it had taken the tasks
            self.end()
            raise LostError from error
        except BlockingIOError as error:  # the kernel let us wait no longer
            self.end()
            raise self._too_slow() from error
        except Exception as error:  # it ended, or what it said is no reply
            raise self._verdict(self.end()) from error
        if reply.is_last:
            self.end()
        return reply

    def is_able(self) -> bool:
        """Tell whether a process can be started, and does what is surely in its power."""
        try:
            self.send([pickle.dumps(os.getpid)])
            self.receive()
        except (LostError, LimitError):
            return False
        return True

    def give_up(self) -> None:
        """End the process for good, from any thread: whoever waits for it gets an error."""
        with _TURN:
            self._is_given_up = True
            self._kill()

    def end(self) -> int | None:
        """End the process, whatever it does, and return its exit code; the next task starts another one."""
        if self._process is None:
            return None
        with _TURN:
            self._kill()  # if it is ending by itself, that changes no exit code
        if not connection.wait([self._process.sentinel], _LONGEST_END):
            _end_server()
            connection.wait([self._process.sentinel])
        with _TURN:
            code = self._process.exitcode
            self._process.close()
            self._process = None
        self._connection.close()
        self._lifeline.close()
        return code

    def _start(self) -> None:
        if self._process:
            return
        context = _context()
        self._connection, theirs = context.Pipe()
        reader, self._lifeline = context.Pipe(duplex=False)
        _let_wait(self._connection, BY_THE_CLOCK * self._timeout + _GRACE)
        process = context.Process(target=serve, args=(theirs, reader, self._timeout, self._memory), daemon=True)
        with theirs, reader, _TURN:  # our copies are closed: what the process has tells when it has ended
            if self._is_given_up:
                raise LostError
            process.start()
            self._process = process

    def _kill(self) -> None:
        if self._process and self._process.exitcode is None:  # the number of one that has ended may be another's
            self._process.kill()

    def _verdict(self, exitcode: int | None) -> Exception:
        """Return what the end of a process says of the task it was at.

        A crash is a signal. Who ended in order could not begin or not reply, and SIGKILL is sent by people and by a system that
        is short of memory: both may be the machine's fault, so the task is tried once more.
        """
        if exitcode is None or exitcode >= 0 or exitcode == -signal.SIGKILL:
            return LostError()
        return self._too_slow() if exitcode in _TIME_IS_UP else LimitError("the reader crashed on it")

    def _too_slow(self) -> LimitError:
        return LimitError(f"reading it took longer than {self._timeout:g} seconds")


def warm() -> None:
    """Let the server that forks processes load what they need, while others do other things."""
    _context()
    with contextlib.suppress(Exception), _TURN:  # an error is told when a process is wanted
        forkserver.ensure_running()


def _context() -> multiprocessing.context.ForkServerContext:
    """Return how processes start: forked from a server that knows the modules, and never had the parent's memory."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["pipeline.extract.workers.hush", "pipeline.extract.formats", "pipeline.extract.workers.worker"]
    )
    return context


def _end_server() -> None:
    """End the server that forks processes; the next process has a new one started."""
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]  # noqa: SLF001  # no other way leads to it
    with contextlib.suppress(ProcessLookupError, TypeError):  # it has ended
        os.kill(server, signal.SIGKILL)


def _let_wait(pipe: Connection, seconds: float) -> None:
    """Let no call wait longer for the other side to take something, or to say something."""
    limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    with socket.socket(fileno=os.dup(pipe.fileno())) as end:
        for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            end.setsockopt(socket.SOL_SOCKET, option, limit)
