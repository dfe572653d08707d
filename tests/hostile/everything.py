"""All hostile files, from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import chain

from case import Case, Trap
from damage import damaged
from offices import offices
from pdfs import pdfs
from pictures import pictures
from texts import texts


def everything(trap: Trap, seed: int) -> Iterator[Case]:
    """Yield every case."""
    yield from chain(pdfs(trap), offices(trap), texts(trap), pictures(), damaged(seed))


def chosen(trap: Trap, seed: int, sample: int | None) -> list[Case]:
    """Return all cases, or some of them that the seed chooses."""
    cases = list(everything(trap, seed))
    return cases if sample is None else random.Random(seed).sample(cases, sample)
