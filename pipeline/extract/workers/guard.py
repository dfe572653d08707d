"""What a reader may not do, whatever a document makes a library try: reach out, start a program, change the disk.

A reader is handed bytes and hands back text. So in its process Python itself refuses the rest, by an audit hook, which
nothing can take off again. Reading files stays possible, but for /proc: modules are imported when they are first needed, and no
reader is told the path of anything.

A refusal is a LimitError, since the wall is ours and the file may be whole. It is no OSError on purpose: libraries, and
our own readers, take one for a damaged file and go on.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Any

from pipeline.errors import LimitError

_REFUSED = {
    "socket": "open a connection",
    "urllib": "open a connection",
    "webbrowser": "start a program",
    "subprocess": "start a program",
    "pty": "start a program",
    "os": "start a program or change the disk",
    "shutil": "change the disk",
    "tempfile": "change the disk",
}
"""By the first part of an audit event's name (https://docs.python.org/3/library/audit_events.html)."""
_ALLOWED = frozenset({"os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.putenv", "os.unsetenv"})
"""What an import may do."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_HINT = "do not trust this file; if you know who sent it, ask for it printed anew as PDF"


def guard() -> None:
    """Refuse, from now on and for as long as this process lives, what a reader does not need."""
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # what C code writes is refused by the kernel
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    what = _REFUSED.get(event.partition(".")[0])
    if event == "open":
        what = _misdeed(*arguments)
    if what and event not in _ALLOWED:
        raise LimitError(f"reading it tried to {what}, which a reader may not ({event})", _HINT)


def _misdeed(path: str | bytes | int | None, _mode: str | None, flags: int) -> str | None:
    """Return what is wrong with opening a file. /proc holds the environment that this process began with, keys and all."""
    if flags & _WRITING:
        return "write a file"
    is_told = isinstance(path, str | bytes) and "proc" in os.fsdecode(path).split("/")
    return "look into the system" if is_told else None
