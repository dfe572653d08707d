"""What a power cut may not take: the one place that waits for the disk, where SQLite does not do it itself."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_NO_SUCH_THING = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
"""What network shares say that cannot wait, mostly for a folder: they do what they can without being asked."""


def to_disk(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_THING:
            raise
    finally:
        os.close(descriptor)
