"""Whether files lie on a disk of this machine: looking at a small one takes microseconds there, and a share may take for ever."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NEAR = frozenset("btrfs ext2 ext3 ext4 f2fs overlay tmpfs xfs zfs".split())
"""File systems whose disk is in this machine."""
_DEVICE = 2
"""Where a line of mountinfo tells the device ("8:1"); the file system comes after a dash. Source: proc(5)."""


def are_near(folders: Iterable[Path], mounts: Path = _MOUNTS) -> bool:
    """Tell whether all folders are on one disk of this machine. What is not known is far."""
    try:
        devices = {folder.stat().st_dev for folder in folders}
        told = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    if len(devices) != 1:
        return False
    [device] = devices
    name = f"{os.major(device)}:{os.minor(device)}"
    kinds = {_kind(line) for line in told if line.split()[_DEVICE] == name}
    return bool(kinds) and kinds <= _NEAR


def _kind(line: str) -> str:
    return line.partition(" - ")[2].split(" ")[0]
