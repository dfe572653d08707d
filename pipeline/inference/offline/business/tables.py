"""Rows of goods and services: description, quantity, price, amount.

Promise: a row is only given where it proves itself, its quantity times its price being its amount, or where its
cells stand under a heading row that names them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product, takewhile, zip_longest

from pipeline.inference.offline.business.money import amount_kind
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import phrase_key, phrases, word_list
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
_TWO_FIGURES = re.compile(r"[\d.,]+\s+[\d.,]+%")
"""A discount and a tax, say, that stand too near to each other: "10.00 15.00%"."""
_PRICED = ("quantity", "unit_price", "amount")
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
    for line, below in zip_longest(lines, lines[1:], fillvalue=Line("")):
        row = _row(line.text) or (_row(f"{above[0]}\t{line.text}") if _stands_above(above, line.text) else None)
        if row:  # below what is charged a cell may say for which time, and below its codes a line may say what it is
            is_coded = _is_coded(row.description) and _TWO_LETTERS.search(below.text) and "\t" not in below.text
            other = above[-1] if above and _is_period(row.description) else below.text if is_coded else None
            rows.append(replace(row, description=other) if other else row)
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
    cells = [part for cell in cells for part in (cell.split() if _TWO_FIGURES.fullmatch(cell) else [cell])]
    first = next((at for at, cell in enumerate(cells) if _is_worded(cell)), 0)
    worded = list(takewhile(lambda at: _is_worded(cells[at]), range(first, len(cells))))
    named = next((at for at in worded if not _refers(cells[at])), first)
    row = _checked(cells[named], cells[named + 1 :]) if len(cells) - named >= 4 else None
    if row:
        return row
    if named and len(cells) - named >= 3:  # "1", "120 Stk.", "Geranien", "2,40 €", "288,00 €"
        return _checked(cells[named], [cells[named - 1], *cells[named + 1 :]])
    words = text[:_LONGEST_ROW].split()
    tail = len(words) - sum(1 for _ in takewhile(_may_count, reversed(words)))
    tail = next((at for at in range(tail, len(words)) if _number(words[at]) is not None), len(words))
    return _checked(" ".join(words[:tail]), words[tail:])


def _is_coded(cell: str) -> bool:
    return all(_CODE.fullmatch(word) for word in cell.split())


def _refers(cell: str) -> bool:
    """Tell whether a cell only says where to find an article: "HL-22", "Art. no: SE0815"."""
    known = phrases("business", "columns", "code")
    return _is_coded(cell) or cell.endswith(":") or known.prefix(cell) > 0


def _is_worded(cell: str) -> bool:
    return bool(_TWO_LETTERS.search(cell)) and _number(cell) is None


def _may_count(word: str) -> bool:
    """Tell whether a word is a number or what one counts: each in "2,00 Stk 1.249,00 € 19 % 2.498,00 €"."""
    return _number(word) is not None or not _SIGNS.sub("", word).strip("%") or word in phrases("business", "units")


def _numbers(cells: list[str]) -> list[float]:
    return [number for cell in cells if (number := _number(cell)) is not None]


def _number(cell: str) -> float | None:
    bare = _UNIT.sub("", _SIGNS.sub("", cell).strip(" x×*@%")).removesuffix(",-")
    return float(decimal_text(bare)) if _NUMBERS.fullmatch(bare) else None


def _checked(description: str, cells: list[str]) -> Row | None:
    """Return the row when three of its numbers are quantity, price and amount, in this order; none is a percentage."""
    numbers, rates = (_numbers([cell for cell in cells if cell.endswith("%") == is_rate]) for is_rate in (False, True))
    if (
        not _TWO_LETTERS.search(description)
        or description in phrases("business", "units")
        or not 3 <= len(numbers) <= _MOST_NUMBERS
    ):
        return None
    places = [(at, at + step) for step in (1, 2) for at in range(len(numbers) - step - 1)]  # a package may be between
    for first, at in places:
        quantity, price = numbers[first], numbers[at]
        behind = numbers[at + 1 :]
        discounts = [*rates, *(behind[:-1] if at == first + 1 else [])]
        shares = [1.0, *(1 - rate / 100 for rate in discounts if 0 < rate < _WHOLE)]
        amounts = (one for one, share in product(behind, shares) if abs(quantity * price * share - one) < _CENT)
        amount = next(filter(None, amounts), None)
        if amount:
            return Row(_POSITION.sub("", description).strip(" .:"), quantity, price, amount)
    return None


def table_rows(lines: list[Line], columns: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """Return the rows under a heading row that has at least two of these columns; each column has its possible titles."""
    wanted = {phrase_key(title): name for name, titles in columns.items() for title in titles}
    for at, line in enumerate(lines):
        heads = _SIGNS.sub("", line.text[:_LONGEST_ROW]).split("\t")  # "Amount (EUR)"
        names = [wanted.get(phrase_key(head)) for head in heads]
        if len({name for name in names if name}) >= 2:
            return _rows_under(lines[at + 1 :], names)
    return []


def charged(lines: list[Line]) -> list[str]:
    """Return what is charged: the rows that prove themselves or, where there are as many at least, those beside a price under heads."""
    proven = [row.description for row in item_rows(lines)]
    titles = {kind: word_list("business")["columns"][kind] for kind in ("description", *_PRICED)}
    listed = [
        row["description"]
        for row in takewhile(lambda row: amount_kind(row.get("description", "")) is None, table_rows(lines, titles))
        if _is_worded(row.get("description", "")) and any(_number(row.get(kind, "")) is not None for kind in _PRICED)
    ]
    return listed if set(proven) <= set(listed) else proven


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
