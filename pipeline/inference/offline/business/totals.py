"""What the amounts of a document are together: what is to be paid, the net amount and the tax.

Promise: every amount is printed as what it is given as; nothing is added up that the document does not add up.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice, pairwise, takewhile

from pipeline.inference.offline.business.money import LabelledMoney, Money, amount_kind, find_money, with_its_currency
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import phrases, split_words

_TOTALS = ("due", "gross", "total")
_ORDER = ("net", "tax", "total")
_MOST_COMPARED = 20
_MOST_LINES_OF_CONTRACT, _LONGEST_LEAD = 400, 60
"""Lines, and characters between "the purchase price" and its amount."""
_MOST_PAYMENTS, _MOST_ADDED = 4, 80
_LONGEST_SENTENCE = 200
_HIGHEST_RATE, _ROUNDED = 28, Decimal("0.02")
"""Percent: taxes on sales are not higher, and are rounded to cents."""
_LONGEST_HEAD, _FEWEST_COLUMNS, _CELLS_OF_EXPORT = 40, 2, 5


def total_of(amounts: list[LabelledMoney]) -> Money | None:
    """Return what is to be paid: the last amount with the surest label; "Balance due 0.00" says that the total is paid."""
    last = {one.kind: one.money for one in amounts}
    named = [last[kind] for kind in _TOTALS if kind in last]
    return next((money for money in named if Decimal(money.amount)), None) or next(iter(named), None)


def proven_total(lines: list[Line], language: str | None, named: Money | None) -> Money | None:
    """Return what is to be paid where the figures tell and the words do not.

    What is left of a named total behind what was paid of it, or, where no total is named, the last amount that the ones
    right above it add up to. Both are printed: nothing is added up that the document does not add up.
    """
    figures = list(_figures(lines, language))
    return _left_of(figures, named) if named else _added_up(figures)


def agreed_price(lines: list[Line], language: str | None) -> Money | None:
    """Return the price that a contract of sale names, or the sum of a loan: what stands first behind such words."""
    known = phrases("business", "amounts", "price")
    for line in lines[:_MOST_LINES_OF_CONTRACT]:
        found = find_money(line.text, language)
        words = split_words(line.text) if found else []
        for at, count in known.find(words):
            end = words[at + count - 1].end
            behind = next((money for money in found if 0 <= money.start - end <= _LONGEST_LEAD), None)
            if behind:
                return behind
    return None


def demanded_amount(lines: list[Line], language: str | None) -> Money | None:
    """Return what is asked for: the only amount of the document, beside a word for paying or behind a label."""
    known = phrases("business", "amounts", "paying")
    only: Money | None = None
    is_asked = False
    for before, line, below in zip([Line(""), *lines], lines, [*lines[1:], Line("")], strict=False):
        for money in find_money(line.text, language):
            only = only or money
            if (money.amount, money.currency) != (only.amount, only.currency):
                return None
            around = " ".join(
                (before.text[-_LONGEST_SENTENCE:], line.text[:_LONGEST_SENTENCE], below.text[:_LONGEST_SENTENCE])
            )
            is_asked = is_asked or known.any_in(split_words(around)) or _is_labelled(line.text[: money.start])
    return only if is_asked and only and only.currency and Decimal(only.amount) > 0 else None


def _is_labelled(before: str) -> bool:
    """Tell whether words and a colon stand in front of an amount: "Renda do mês de maio de 2026: 620,00 €"."""
    return before.rstrip(" \t").endswith(":") and amount_kind(before) not in ("net", "tax")


def _figures(lines: list[Line], language: str | None) -> Iterator[LabelledMoney]:
    """Yield the last amount of each line that has one, with the words in front of the first."""
    for line in lines:
        found = find_money(line.text, language)
        if found:
            label = line.text[: found[0].start].strip(" :\t")
            yield LabelledMoney(amount_kind(label) or "", label, found[-1])


def _left_of(figures: list[LabelledMoney], named: Money) -> Money | None:
    """Return the amount that a total and the payments below it leave: 1,000.00, less 300.00, 700.00."""
    total = Decimal(named.amount)
    places = (at for at, one in enumerate(figures) if one.kind in _TOTALS and one.money.amount == named.amount)
    start = max(places, default=len(figures))
    paid = Decimal(0)
    for one, left in pairwise(figures[start + 1 : start + _MOST_PAYMENTS + 2]):
        if one.kind or left.kind in ("net", "tax"):
            return None
        paid += abs(Decimal(one.money.amount))
        rest = Decimal(left.money.amount)
        if rest > 0 and total - paid == rest and not _is_rate(paid, rest):
            return left.money
    return None


def _is_rate(part: Decimal, rest: Decimal) -> bool:
    """Tell whether an amount may be the tax that is in a total: a whole percentage of the rest."""
    percent = part * 100 / rest
    return percent < _HIGHEST_RATE and abs(percent - round(percent)) < _ROUNDED


def _added_up(figures: list[LabelledMoney]) -> Money | None:
    """Return the last amount behind words that is the sum of the ones right above it."""
    values = [Decimal(one.money.amount) for one in figures]
    for at in range(len(figures) - 1, 0, -1):
        one = figures[at]
        if one.kind in ("net", "tax") or not _is_plain_label(one.label) or values[at] <= 0:
            continue
        whole = Decimal(0)
        for value in reversed(values[max(0, at - _MOST_ADDED) : at]):
            whole += value
            if whole == values[at]:
                return one.money
    return None


def _is_plain_label(label: str) -> bool:
    """Tell whether words name an amount and list nothing: a row of goods has several cells or figures."""
    return any(sign.isalpha() for sign in label) and not any(sign.isdigit() or sign == "\t" for sign in label)


def net_and_tax(amounts: list[LabelledMoney]) -> tuple[str | None, str | None]:
    """Return the net amount and the tax: those that make a printed total together, else the last net and the only tax.

    Of several taxes without a printed sum none is the tax.
    """
    nets, taxes = _of_kind(amounts, "net"), _of_kind(amounts, "tax")
    totals = {value for kind in _TOTALS for value in list(_of_kind(amounts, kind))[-_MOST_COMPARED:]}
    whole_tax = sum(Decimal(one.money.amount) for one in amounts if one.kind == "tax")
    for net in list(nets)[: -_MOST_COMPARED - 1 : -1]:
        rests = {total - net for total in totals}
        fitting = next((tax for tax in taxes if tax in rests), None)
        if fitting is not None:
            return nets[net], taxes[fitting]
        if whole_tax in rests:
            return nets[net], None
    levied = [tax for tax in taxes if tax] or list(taxes)
    return next(reversed(nets.values()), None), taxes[levied[0]] if len(levied) == 1 else None


def _of_kind(amounts: list[LabelledMoney], kind: str) -> dict[Decimal, str]:
    """Return the different amounts of a kind, each with how it is written."""
    return {Decimal(one.money.amount): one.money.amount for one in amounts if one.kind == kind}


def columned_money(lines: list[Line], language: str | None) -> Iterator[LabelledMoney]:
    """Yield the amounts of a row of totals whose columns are named above it: "Net | VAT | Gross"."""
    heads: list[tuple[str | None, str]] = []

    @functools.cache  # only what looks like an export asks
    def first_with_money() -> list[int]:
        return list(islice((at for at, line in enumerate(lines) if find_money(line.text, language)), 2))

    for at, line in enumerate(lines):
        cells = [cell.strip() for cell in line.text.split("\t")]
        if len(cells) < _FEWEST_COLUMNS:
            continue
        named = [(amount_kind(cell) if len(cell) <= _LONGEST_HEAD else None, cell) for cell in cells]
        are_heads = len({kind for kind, _ in named if kind}) >= _FEWEST_COLUMNS
        if are_heads and not any(_whole_cell(cell, language) for cell in cells):
            heads = named
        elif heads and (
            _is_sum(named, amounts := [_whole_cell(cell, language) for cell in cells], heads)
            or (_may_be_export(lines, at) and all(other == at for other in first_with_money()))
        ):
            for (kind, label), money in zip(reversed(heads), reversed(amounts), strict=False):
                if kind and money:
                    yield with_its_currency(LabelledMoney(kind, label, money), language)


def proven_row(lines: list[Line], language: str | None) -> Iterator[LabelledMoney]:
    """Yield net, tax and total of a table by rates: of several rows the last one that the others add up to.

    An only row may be of one rate of several, and says nothing of the total.
    """
    for at, line in enumerate(lines):
        if line.text.count("\t") < len(_ORDER) - 1:
            continue
        heads = [amount_kind(cell) if len(cell) <= _LONGEST_HEAD else None for cell in line.text.split("\t")]
        if "net" not in heads or "tax" not in heads or not set(heads).intersection(_TOTALS):
            continue
        below = (_by_kind(heads, row.text, language) for row in lines[at + 1 : at + 1 + _MOST_COMPARED])
        rows = [row for row in takewhile(lambda row: row is not None, below) if row]
        totals = [Decimal(row["total"].amount) for row in rows]
        is_only = len(rows) == 1
        if rows and (is_only or sum(totals[:-1]) == totals[-1]):
            found = ((kind, money) for kind, money in rows[-1].items() if not (is_only and kind == "total"))
            yield from (LabelledMoney(kind, kind, money) for kind, money in found)


def _by_kind(heads: list[str | None], text: str, language: str | None) -> dict[str, Money] | None:
    """Return the amounts of a row by their heads, where net and tax make the total; cells on the left may be empty."""
    cells = [_whole_cell(cell.strip(), language) for cell in text.split("\t")]
    amounts = [money for money in cells if money]
    kinds = ["total" if kind in _TOTALS else kind for kind in heads]
    if len(amounts) == len(_ORDER) and tuple(dict.fromkeys(filter(None, kinds))) == _ORDER:  # no rate is summed up
        kinds, cells = list(_ORDER), list(amounts)
    named = zip(reversed(kinds), reversed(cells), strict=False)
    found = {kind: money for kind, money in named if kind and money}
    if not found.keys() >= set(_ORDER):
        return None
    net, tax, total = (Decimal(found[kind].amount) for kind in _ORDER)
    return found if net + tax == total else None


def _is_sum(
    named: list[tuple[str | None, str]], amounts: list[Money | None], heads: list[tuple[str | None, str]]
) -> bool:
    """Tell whether a row is one of totals: called so in its first cell, or with amounts only, each with its head."""
    columns = sum(kind is not None for kind, _ in heads)
    if named[0][0] in _TOTALS:
        return len(amounts) > columns and all(amounts[-columns:])
    return len(amounts) == columns == len(heads) and all(amounts)


def _may_be_export(lines: list[Line], at: int) -> bool:
    """Tell whether a row has as many cells as the one above it, as where programs export a document: one row with amounts."""
    cells = lines[at].text.count("\t") + 1
    return cells >= _CELLS_OF_EXPORT and at > 0 and lines[at - 1].text.count("\t") + 1 == cells


def _whole_cell(cell: str, language: str | None) -> Money | None:
    found = find_money(cell, language)
    return found[0] if len(found) == 1 and (found[0].start, found[0].end) == (0, len(cell)) else None
