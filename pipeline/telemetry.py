"""Log lines: the only room that configures logging.

    2026-11-24T03:00:07Z INFO    document.done id=3f9a1c02 kind=cv pages=2 attempts=1 in=1840 out=212 usd=0.000622 s=2.4

One event a line: a stable name, then key=value. Never a name, an address, a text or a key: what a
document says, and what its file is called, stays out.
"""

from __future__ import annotations

import contextlib
import io
import logging
import logging.handlers
import os
import stat
import threading
import time
import traceback
from pathlib import Path

_BYTES_PER_FILE = 5 * 2**20
_OLD_FILES = 5
"""Together 30 MiB: the lines of some 250,000 documents."""
_LONGEST_WAIT = 1.0
"""Seconds until a line is in the file."""
_FRAMES = 6
"""Of a traceback: the last ones say where."""


class EventFormatter(logging.Formatter):
    """Writes an event and its facts on one line. Tracebacks are reduced to where, since a message may quote a document."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        facts: dict[str, object] = getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])[-_FRAMES:]
            places = ">".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
            facts = facts | {"error": record.exc_info[0].__name__, "at": places}
        pairs = "".join(f" {key}={_value(value)}" for key, value in facts.items() if value is not None)
        return f"{moment} {record.levelname:<7} {record.getMessage()}{pairs}"


class EventFile(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner can read, the new one after a change as well. It fails in silence.

    A line at WARNING or above goes to the system at once, and all before it. Others wait for that, at most a second, and
    go together. What waits is lost only where the process is killed, or leaves at once at a second signal.
    """

    _bytes = 0
    """In the file, and on their way. Counted here, since to ask the file for each line costs more than to write it."""
    _timer: threading.Timer | None = None

    def _open(self) -> io.TextIOWrapper:
        # Path.open takes no opener; the handler closes the file.
        file = open(self.baseFilename, "a", encoding=self.encoding, opener=_private)  # noqa: SIM115
        self._bytes = os.fstat(file.fileno()).st_size
        return file

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, into a new file where this one is full."""
        try:
            line = self.format(record) + self.terminator
            length = len(line.encode())
            if self.stream is None or self.stream.closed:  # a change of files was cut off
                self.stream = self._open()
            if self._bytes + length >= self.maxBytes and stat.S_ISREG(os.fstat(self.stream.fileno()).st_mode):
                self.doRollover()
            self.stream.write(line)
            self._bytes += length
            if record.levelno >= logging.WARNING:
                self.flush()
            elif self._timer is None:
                self._flush_soon()
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Give the system all lines, and see how long the file is: some may have found no room. Raises OSError."""
        try:
            super().flush()
        finally:
            if self.stream:
                self._bytes = os.fstat(self.stream.fileno()).st_size

    def close(self) -> None:
        """Give the system all lines, and take no more. Raises OSError."""
        if self._timer:
            self._timer.cancel()
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the name is the base class's
        """Say nothing: where the disk is full the run itself says so, and a traceback in cron's mail helps nobody."""

    def _flush_soon(self) -> None:
        timer = threading.Timer(_LONGEST_WAIT, self._flush_late)
        timer.daemon = True
        timer.start()
        self._timer = timer

    def _flush_late(self) -> None:
        self.acquire()
        try:
            self._timer = None
            with contextlib.suppress(OSError, ValueError):  # no room, as above; or closed meanwhile
                self.flush()
        finally:
            self.release()


def configure(file: Path) -> logging.Handler:
    """Send our events to a rotating file. Libraries' own chatter is dropped. Raises OSError."""
    handler = EventFile(file, maxBytes=_BYTES_PER_FILE, backupCount=_OLD_FILES, encoding="utf-8")
    handler.setFormatter(EventFormatter())
    ours = logging.getLogger("pipeline")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    ours.propagate = False
    drop_chatter()
    return handler


def drop_chatter() -> None:
    """Let what libraries log reach nobody: where no handler is, Python would print it, tracebacks and all."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())


def close(handler: logging.Handler) -> None:
    """Take a handler of configure() back."""
    logging.getLogger("pipeline").removeHandler(handler)
    with contextlib.suppress(OSError):  # the last lines may have no room on the disk
        handler.close()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK, 0o600)  # a pipe in its place is refused, where nobody reads it


def _value(value: object) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    if text.isprintable() and " " not in text:
        return text
    return "".join(character if character.isprintable() and character != " " else "_" for character in text)
