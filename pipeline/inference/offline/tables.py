"""Rows of goods and services: description, quantity, price, amount.

Promise: a row is only given where it proves itself, its quantity times its price being its amount, or where its
cells stand under a heading row that names them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product, takewhile

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.money import amount_kind
from pipeline.inference.offline.words import phrase_key, phrases
from pipeline.schemas.dates import find_dates
from pipeline.schemas.numbers import decimal_text

_MOST_ROWS, _LONGEST_ROW = 500, 500
"""Rows, and characters of one that are looked at."""
_NUMBERS = re.compile(r"-?\d[\d .,'’\u00a0]*\d|-?\d")
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}|[\u3040-\u9fff\uac00-\ud7af]")
_UNIT = re.compile(r"(?<=\d)\s+[^\W\d_]{1,8}\.?$")
"""What is counted: "2,00 Stk"."""
_POSITION = re.compile(r"^\d{1,3}\.?\s+(?=[^\W\d_])")
_LONGEST_PERIOD, _LONGEST_MONTH = 60, 3
"""Characters of a period, and of the short name of a month in it."""
_MOST_ABOVE = 2
"""Lines of a description above its numbers."""
_CODE = re.compile(r"(?=[^\d\s]*\d)[^a-z\s]{2,20}")
"""Of an article, in front of its name: "HL-22"."""
_WHOLE = 100
_CENT, _MOST_NUMBERS = 0.011, 8
_SIGNS = re.compile(r"[€$£¥₹₴₺₽₪]|\b[A-Z]{3}\b|zł|Kč|kr\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a list of goods or services."""

    description: str
    quantity: float
    unit_price: float
    amount: float


def item_rows(lines: list[Line]) -> list[Row]:
    """Return the rows of which quantity, price and amount agree."""
    rows: list[Row] = []
    above: list[str] = []
    for line in lines:
        row = _row(line.text) or (_row(f"{above[0]}\t{line.text}") if _stands_above(above, line.text) else None)
        if row:  # below what is charged a cell may say for which time
            rows.append(replace(row, description=above[-1]) if above and _is_period(row.description) else row)
        above = [] if "\t" in line.text or row else [*above, line.text][-_MOST_ABOVE - 1 :]
    return rows[:_MOST_ROWS]


def _stands_above(above: list[str], text: str) -> bool:
    """Tell whether the lines since the last row may be what a row of numbers alone charges, which are set lower."""
    is_near = 0 < len(above) <= _MOST_ABOVE and not re.search(r"\d{3}", above[0])
    return is_near and all(map(_may_count, text[:_LONGEST_ROW].split()))


def _is_period(text: str) -> bool:
    """Tell whether a text is but dates: "Sep 1 – Oct 1, 2026"."""
    dates = find_dates(text[:_LONGEST_PERIOD]) if text[-4:].isdecimal() else []
    rest = text[: dates[0].start] + text[dates[-1].end :] if dates else text
    return bool(dates) and not any(len(word) > _LONGEST_MONTH for word in re.findall(r"[^\W\d_]+", rest))


def _row(text: str) -> Row | None:
    cells = [cell.strip() for cell in text[:_LONGEST_ROW].split("\t") if cell.strip()]
    named = next((at for at, cell in enumerate(cells) if _is_worded(cell)), 0)
    if len(cells) > named + 1 and _CODE.fullmatch(cells[named]) and _is_worded(cells[named + 1]):
        named += 1
    if len(cells) - named >= 4:
        return _checked(cells[named], _numbers(cells[named + 1 :]))
    if named and len(cells) - named == 3:  # "1", "120 Stk.", "Geranien", "2,40 €", "288,00 €"
        return _checked(cells[named], _numbers([cells[named - 1], *cells[named + 1 :]]))
    words = text[:_LONGEST_ROW].split()
    tail = len(words) - sum(1 for _ in takewhile(_may_count, reversed(words)))
    tail = next((at for at in range(tail, len(words)) if _number(words[at]) is not None), len(words))
    return _checked(" ".join(words[:tail]), _numbers(words[tail:]))


def _is_worded(cell: str) -> bool:
    return bool(_TWO_LETTERS.search(cell)) and _number(cell) is None


def _may_count(word: str) -> bool:
    """Tell whether a word is a number or what one counts: each in "2,00 Stk 1.249,00 € 19 % 2.498,00 €"."""
    return _number(word) is not None or not _SIGNS.sub("", word).strip("%") or word in phrases("business", "units")


def _numbers(cells: list[str]) -> list[float]:
    return [number for cell in cells if (number := _number(cell)) is not None]


def _number(cell: str) -> float | None:
    bare = _UNIT.sub("", _SIGNS.sub("", cell).strip(" x×*@%"))
    return float(decimal_text(bare)) if _NUMBERS.fullmatch(bare) else None


def _checked(description: str, numbers: list[float]) -> Row | None:
    """Return the row when three of its numbers are quantity, price and amount, in this order."""
    if not _TWO_LETTERS.search(description) or not 3 <= len(numbers) <= _MOST_NUMBERS:
        return None
    for at, quantity in enumerate(numbers[:-2]):
        price = numbers[at + 1]
        shares = [1.0, *(1 - rate / 100 for rate in numbers[at + 2 : -1] if 0 < rate < _WHOLE)]  # a discount
        amounts = (
            one for one, share in product(numbers[at + 2 :], shares) if abs(quantity * price * share - one) < _CENT
        )
        amount = next(filter(None, amounts), None)
        if amount:
            return Row(_POSITION.sub("", description).strip(" .:"), quantity, price, amount)
    return None


def table_rows(lines: list[Line], columns: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """Return the rows under a heading row that has at least two of these columns; each column has its possible titles."""
    wanted = {phrase_key(title): name for name, titles in columns.items() for title in titles}
    for at, line in enumerate(lines):
        names = [wanted.get(phrase_key(cell)) for cell in line.text[:_LONGEST_ROW].split("\t")]
        if len({name for name in names if name}) >= 2:
            return _rows_under(lines[at + 1 :], names)
    return []


def _is_total(cells: list[str]) -> bool:
    """Tell whether a row sums up the ones above it: a word for total, and an empty cell at least."""
    return amount_kind(cells[0]) is not None and not all(cell.strip() for cell in cells)


def _rows_under(lines: list[Line], names: list[str | None]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    whole = 0
    for line in lines:
        cells = line.text.split("\t")
        if not 1 < len(cells) <= len(names) or len(rows) >= _MOST_ROWS:
            break
        is_whole = len(cells) == len(names)
        if not is_whole:  # a cell is empty, nobody knows which: but the first is the first
            cells = [cells[0], *("" for _ in names[1:])]
        if _is_total(cells):
            continue
        rows.append({name: cell.strip() for name, cell in zip(names, cells, strict=True) if name and cell.strip()})
        whole = len(rows) if is_whole else whole
    return rows[:whole]  # what follows the last whole row may be no part of the table
