"""Jobs and courses of a Japanese or Korean CV, which prints entering and leaving on a line each, in columns or not.

Promise: a line that enters becomes one with both dates where a later line leaves, or says that it lasts; a word for
entering or leaving never stands for a position. Other lines are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.inference.offline.lines import Line, has_long_word
from pipeline.inference.offline.words import any_of
from pipeline.schemas.dates import ERAS, PrintedDate, find_dates, is_present

_ENTERED = re.compile(rf"\s*(?:{any_of('ranges', 'entered')})\s*$")
_LEFT = re.compile(rf"\s*(?:{any_of('ranges', 'left')})\s*$")
_MONTH_CELL = re.compile(
    rf"((?:19|20)\d\d|(?:{ERAS}) ?(?:\d{{1,2}}|元))[ \t](\d{{1,2}})[ \t](?=\D{{0,40}}[\u3040-\u9fff])"
)
_MONTH_COLUMNS = re.compile(r"年[ \t]+月[ \t]+")
_FARTHEST = 8
"""Lines between entering and leaving."""


def with_months(lines: Iterable[Line]) -> list[Line]:
    """Write the columns of a Japanese form, "2015<tab>4<tab>...", as dates, and leave out what they are called."""
    plain = ((line, _MONTH_COLUMNS.sub("", line.text, count=1)) for line in lines)
    return [replace(line, text=_MONTH_CELL.sub(r"\1年\2月\t", text, count=1)) for line, text in plain]


def joined_stays(lines: Iterable[Line]) -> list[Line]:
    """Join "平成28年4月 株式会社ポプラ工房 入社" and "令和3年3月 退社"."""
    rest = list(lines)
    found: list[Line] = []
    while rest:
        line = rest.pop(0)
        entered = _leading_date(line.text) if _ENTERED.search(line.text) else None
        at = _leaving(rest) if entered else None
        if entered:
            name = _ENTERED.sub("", line.text[entered.end :]).strip()
            dates = line.text[: entered.end] + (f" ~ {_end(rest.pop(at))}" if at is not None else "")
            line = replace(line, text=f"{dates} {name}")
        elif _LEFT.search(line.text) and _leading_date(line.text):
            line = replace(line, text=_LEFT.sub("", line.text))
        found.append(line)
    return found


def _leaving(lines: Sequence[Line]) -> int | None:
    """Return which of the lines that follow says when it ended."""
    for at, line in enumerate(lines[:_FARTHEST]):
        if is_present(line.text) or (_LEFT.search(line.text) and _leading_date(line.text)):
            return at
        if _ENTERED.search(line.text):
            return None
    return None


def _end(line: Line) -> str:
    date = _leading_date(line.text)
    return line.text[: date.end] if date else line.text


def _leading_date(text: str) -> PrintedDate | None:
    """Return the date that a line begins with."""
    dates = [] if has_long_word(text) else find_dates(text)
    return dates[0] if dates and dates[0].start == 0 else None
