"""What a document might make a reader do. Sent to workers, so this module imports nothing that a worker would miss."""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def connect() -> None:
    with socket.create_connection(("127.0.0.1", 9), 1):
        pass


def look_up() -> None:
    socket.getaddrinfo("example.org", 443)


def open_unix_socket() -> None:
    socket.socket(socket.AF_UNIX).close()


def fetch_a_file() -> None:
    urllib.request.urlopen("file:///etc/hostname").close()


def start() -> None:
    subprocess.check_output(["/bin/true"])


def start_by_shell() -> None:
    os.system("true")


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def spawn() -> None:
    os.posix_spawn("/bin/true", ["true"], {})


def become() -> None:
    os.execv("/bin/true", ["true"])


def kill_the_parent() -> None:
    os.kill(os.getppid(), signal.SIGTERM)


def write(path: str) -> None:
    Path(path).write_text("words", encoding="utf-8")


def append(path: str) -> None:
    with Path(path).open("a", encoding="utf-8"):
        pass


def open_for_writing(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY))


def remove(path: str) -> None:
    Path(path).unlink()


def rename(path: str) -> None:
    Path(path).rename(path + "~")


def make_a_folder(path: str) -> None:
    Path(path + ".d").mkdir()


REACHING_OUT: list[Callable[[], None]] = [connect, look_up, open_unix_socket, fetch_a_file]
STARTING: list[Callable[[], None]] = [start, start_by_shell, fork, spawn, become, kill_the_parent]
CHANGING: list[Callable[[str], None]] = [write, append, open_for_writing, remove, rename, make_a_folder]


def as_a_reader_would(errors: tuple[type[BaseException], ...], deed: Callable[[], None]) -> str:
    """Do something, as code does that takes every error of a list for a damaged file."""
    try:
        deed()
    except errors:
        return "damaged"
    return "read"


def write_in_c(path: str) -> int:
    """Write behind Python's back; return how many bytes were written, -1 for none."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.open(os.fsencode(path), os.O_WRONLY)
    return int(libc.write(descriptor, b"words", 5))


def environment() -> dict[str, str]:
    return dict(os.environ)  # noqa: TID251  # a worker's own


def read_file(path: str) -> bytes:
    return Path(path).read_bytes()


def import_late(name: str) -> str:
    return importlib.import_module(name).__name__


def hang_in_c() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def hang_deaf() -> None:
    """Hang, with every signal blocked that can be."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    time.sleep(60)


def sleep(seconds: float) -> int:
    """Take a while; return which process did."""
    time.sleep(seconds)
    return os.getpid()


def grow(mebibytes: int) -> int:
    """Use so much memory for a moment; return which process did."""
    bytearray(mebibytes * 2**20)
    return os.getpid()


def grow_and_fail(mebibytes: int) -> None:
    grow(mebibytes)
    raise ZeroDivisionError


def is_hushed() -> bool:
    return os.fstat(2).st_rdev == Path(os.devnull).stat().st_rdev


def _pipe() -> Connection:
    """Return what this process answers through."""
    found = (one for one in gc.get_objects() if isinstance(one, Connection))
    return next(one for one in found if one.readable and one.writable)


def die_while_answering() -> None:
    """Die as if the kernel had ended this process while it sent its answer: after half a message."""
    os.write(_pipe().fileno(), b"\0\0\1\0half")
    signal.raise_signal(signal.SIGKILL)


def babble(message: bytes) -> None:
    """Answer with what is no reply."""
    _pipe().send_bytes(message)
    time.sleep(60)


def hang_up() -> None:
    """Let the other side think that this process is gone."""
    _pipe().close()
    time.sleep(60)


def stop() -> None:
    """Stop, so that no signal is heard but the one that kills."""
    signal.raise_signal(signal.SIGSTOP)


class UnpackableError(Exception):
    """An error that can be sent, and cannot be received."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def fail_unpackably() -> None:
    raise UnpackableError("one", "two")


class Poison:
    """An argument that ends the process that unpacks it, before the task begins."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


def fail_to_start(*_: object) -> None:
    raise OSError("no room")
