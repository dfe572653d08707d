"""Numbers of bank accounts (IBAN).

Promise: as many characters as the country's accounts have, also where a line ends in between; one without its label
only where its check digits are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.inference.offline.words import phrases, split_words, word_list

_BEGIN = re.compile(r"(?<!\w)([A-Z]{2})\d{2}(?=[ \u00a0]?[A-Z0-9]{3,4})")
_MOST_BEFORE, _MOST_BETWEEN = 40, 4
"""Characters in front of an account's number in which its label is looked for, and between the two."""


def find_iban(text: str) -> str | None:
    """Return the first account's number that a label names or that is right in itself, as printed."""
    found = list(_accounts(text))
    named = (account for start, account in found if _is_named(text[max(0, start - _MOST_BEFORE) : start]))
    return next(named, None) or next((account for _, account in found if _is_right(account)), None)


def _accounts(text: str) -> Iterator[tuple[int, str]]:
    lengths: dict[str, int] = word_list("business")["iban_lengths"]
    for begin in _BEGIN.finditer(text):
        length = lengths.get(begin[1], 0)
        printed = re.compile(rf"(?:[A-Z0-9]\s?){{{max(length, 1) - 1}}}[A-Z0-9](?!\w)").match(text, begin.start())
        if length and printed:
            yield begin.start(), " ".join(printed[0].split())


def _is_named(before: str) -> bool:
    words = split_words(before)
    known = phrases("business", "labels", "iban")
    return any(len(before) - words[at + count - 1].end <= _MOST_BETWEEN for at, count in known.find(words))


def _is_right(account: str) -> bool:
    """Tell whether the check digits are right (ISO 13616)."""
    bare = account.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in bare[4:] + bare[:4])) % 97 == 1
