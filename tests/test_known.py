"""Which documents are known, against a set that knows all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store import known
from pipeline.store.known import Known


def digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


@given(st.sets(st.integers(0, 40)), st.lists(st.integers(0, 40)), st.integers(1, 5))
def test_what_was_there_or_was_added_is_known_and_nothing_else(
    before: Iterable[int], added: Iterable[int], apart: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(known, "_MOST_APART", apart)
        ours, theirs = Known(map(digest, before)), set(before)
        for number in added:
            ours.add(digest(number))
            theirs.add(number)

            assert {number for number in range(41) if digest(number) in ours} == theirs


def test_half_of_a_digest_is_enough() -> None:
    ours = Known([digest(1)[:16]])

    assert digest(1) in ours
    assert digest(2) not in ours
