"""How much memory a process of ours may take."""

from __future__ import annotations

import resource


def ceiling(memory: int) -> tuple[int, int]:
    """Return the limits (soft, hard; bytes) for so many MiB, or what this process may have itself where that is less.

    Nobody may raise a hard limit that `ulimit -v` or a service has set.
    """
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory * 2**20
    limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    return limit, limit
