"""What lies in an inbox and is no file to be read: it is left alone, and `pipeline status` says why."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from case import Oddity


def oddities() -> Iterator[Oddity]:
    """Yield them."""
    yield Oddity("empty.pdf", Path.touch, "empty")
    yield Oddity("pipe.pdf", os.mkfifo, "named pipe")
    yield Oddity("socket.pdf", _socket, "socket")
    yield Oddity("loop.pdf", lambda path: path.symlink_to(path.name), "symbolic link")
    yield Oddity("link.pdf", lambda path: path.symlink_to("/etc/hostname"), "symbolic link")
    yield Oddity("link to a folder", lambda path: path.symlink_to(".."), "symbolic link")
    yield Oddity("link to nothing.pdf", lambda path: path.symlink_to("nowhere"), "symbolic link")
    yield Oddity("link to a device.pdf", lambda path: path.symlink_to("/dev/zero"), "symbolic link")
    yield Oddity(".hidden.pdf", _words, "hidden")
    yield Oddity("~$lock.docx", _words, "lock file of an office program")
    yield Oddity("half.pdf.part", _words, "still being downloaded")
    yield Oddity("folder.pdf", Path.mkdir, "")
    yield Oddity("deep.pdf", lambda path: path.joinpath(*["x"] * 60).mkdir(parents=True), "")


def _socket(path: Path) -> None:
    """Make a socket; its name alone may be too long for one."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def _words(path: Path) -> None:
    path.write_text("some words", encoding="utf-8")
