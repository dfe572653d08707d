"""A CV that stands in a mail which somebody forwarded: the mail around it is left out.

Promise: whoever sent it on, with address and signature, is not taken for the person of the CV.
"""

from __future__ import annotations

import re

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import phrases, split_words

_SEARCHED_LINES = 80
_HEAD_LINES = 12
_SENDER = re.compile(r"^[^\W\d_]{2,12}\s?:\s(?P<name>[^<>@:]{3,60}) <(?P<address>[^\s<>]{3,100}@[^\s<>]{3,100})>$")
_MARKS = " -–—_=>*:.|•"
_FEWEST_HEADERS, _MOST_ABOVE = 3, 12
"""Lines of a mail's headers, and where on a page those of the mail that came in end at the latest."""


def without_mail(lines: list[Line]) -> list[Line]:
    """Return the lines below what says "Forwarded message", or below the headers of the mail within a mail."""
    searched = lines[:_SEARCHED_LINES]
    forwarded = [at for at, line in enumerate(searched) if line.text.strip(_MARKS) in phrases("labels", "forwarded")]
    ends = _ends_of_headers(searched)
    is_within = len(ends) > 1 and ends[0] <= _MOST_ABOVE
    if not (forwarded or is_within):
        return lines
    begin = forwarded[-1] + 1 if forwarded else ends[-1]
    first = max([begin, *(end for end in ends if end > begin)])
    return [*_own_sender(lines[begin if begin < first else 0 : first], lines[first:]), *lines[first:]]


def _own_sender(headers: list[Line], cv: list[Line]) -> list[Line]:
    """Return the line with the address of who sent the CV, where it is the person's own: their name stands above it all."""
    for line in reversed(headers):
        found = _SENDER.search(line.text)
        if found:
            words = split_words(found["name"])
            head = {word.key for one in cv[:_HEAD_LINES] for word in split_words(one.text)}
            is_own = len(words) > 1 and all(word.key in head for word in words)
            return [Line(found["address"])] if is_own else []
    return []


def _ends_of_headers(lines: list[Line]) -> list[int]:
    """Return where the headers of each mail end: "From: ...", "Date: ...", "To: ..." on lines of their own."""
    ends: list[int] = []
    count = 0
    for at, line in enumerate([*lines, Line("")]):
        end = phrases("labels", "mail_headers").prefix(line.text)
        if end and line.text[end:].lstrip(" ")[:1] in (":", "\t"):
            count += 1
            continue
        if count >= _FEWEST_HEADERS:
            ends.append(at)
        count = 0
    return ends
