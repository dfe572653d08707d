"""Which folders are on a disk of this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.inbox.near import are_near


def table(tmp_path: Path, kind: str, device: int) -> Path:
    lines = [
        "22 27 0:21 / /proc rw,relatime - proc proc rw",
        f"41 31 {os.major(device)}:{os.minor(device)} / /a\\040place rw shared:1 - {kind} server:/share rw,vers=4",
    ]
    mounts = tmp_path / "mountinfo"
    mounts.write_text("\n".join(lines) + "\n")
    return mounts


@pytest.mark.parametrize(
    ("kind", "near"), [("ext4", True), ("overlay", True), ("nfs4", False), ("cifs", False), ("fuse.sshfs", False)]
)
def test_a_share_is_far(tmp_path: Path, kind: str, *, near: bool) -> None:
    mounts = table(tmp_path, kind, tmp_path.stat().st_dev)

    assert are_near([tmp_path, tmp_path], mounts) is near


def test_what_is_not_known_is_far(tmp_path: Path) -> None:
    assert not are_near([tmp_path], table(tmp_path, "ext4", 12345))
    assert not are_near([tmp_path], tmp_path / "not there")
    assert not are_near([tmp_path / "gone"], table(tmp_path, "ext4", tmp_path.stat().st_dev))


def test_two_disks_are_far_as_a_move_between_them_is_a_copy() -> None:
    here, there = Path("/proc"), Path("/")

    assert not are_near([here, there])
