"""Amounts of money and what they are for.

Promise: an amount is a number beside a currency or with two decimals; the total is the one that a label names.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import phrases, split_words, word_list
from pipeline.schemas.names import currency_code
from pipeline.schemas.numbers import decimal_text

_SIGN = r"[€$£¥₹₴₺₽₪]|(?:US|A|C|CA|AU|NZ|HK|S)\$|[A-Z]{3}|zł|zl|Kč|kč|kr|Ft|lei|Fr\.|TL|元|円|грн|руб|лв"
_NUMBER = r"-?\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|-?\d{1,12}(?:[.,]\d{1,2})?(?!\d)"
_MONEY = re.compile(
    rf"(?:(?P<before>(?<![^\W_]){_SIGN}|(?<=\d)[€$£])\s?)?(?<![\d.,/])(?P<number>{_NUMBER})(?:\s?(?P<after>{_SIGN})(?![^\W\d_]))?"
)
_KINDS = ("due", "gross", "net", "tax", "total")  # in this order: "total net" is no total
_TOTALS = ("due", "gross", "total")
_LONGEST_LABEL, _WORDS_BEFORE_TAX = 80, 4


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a text."""

    amount: str
    """A decimal text."""
    currency: str | None
    start: int


@dataclass(frozen=True, slots=True)
class LabelledMoney:
    """An amount and the words before it."""

    kind: str
    """due, gross, total, net or tax."""
    label: str
    money: Money


def find_money(text: str, language: str | None) -> list[Money]:
    """Return the amounts of money in a text, in order."""
    found: list[Money] = []
    for match in _MONEY.finditer(text[:2_000]):
        currency = _currency(match["before"], language) or _currency(match["after"], language)
        if currency or re.search(r"[.,]\d\d$", match["number"]):
            found.append(Money(decimal_text(match["number"]), currency, match.start()))
    return found


def _currency(sign: str | None, language: str | None) -> str | None:
    if not sign:
        return None
    shared: dict[str, dict[str, str]] = word_list("business")["shared_signs"]
    if sign in shared:
        return shared[sign].get(language or "")
    return currency_code(sign)


def labelled_money(lines: list[Line], language: str | None) -> list[LabelledMoney]:
    """Return the amounts that a label names, each with its label. The label may stand on the line above."""
    found: list[LabelledMoney] = []
    waiting: tuple[str, str] | None = None
    for line in lines:
        amounts = find_money(line.text, language)
        label = _label(line.text[: amounts[0].start] if amounts else line.text)
        if amounts and (label or waiting):
            kind, words = label or waiting or ("", "")
            found.append(LabelledMoney(kind, words, amounts[-1]))
        waiting = label if label and not amounts and len(line.text) < 40 else None
    return found


def _label(text: str) -> tuple[str, str] | None:
    """Return (kind, label) when a text is the label of an amount: "Total due:", "zzgl. 19 % MwSt."."""
    words = split_words(text[:_LONGEST_LABEL])
    for kind in _KINDS:
        known = phrases("business", "amounts", kind)
        places = range(min(len(words), _WORDS_BEFORE_TAX + 1)) if kind == "tax" else range(min(len(words), 1))
        if any(known.match(words, at) for at in places):
            return kind, text.strip(" :\t").rstrip("(")
    return None


def total_of(amounts: list[LabelledMoney]) -> Money | None:
    """Return what is to be paid: the last amount with the surest label."""
    for kind in _TOTALS:
        named = [one.money for one in amounts if one.kind == kind]
        if named:
            return named[-1]
    return None


def usual_currency(lines: list[Line], language: str | None) -> str | None:
    """Return the currency that most amounts of a document are in."""
    counted = Counter(money.currency for line in lines for money in find_money(line.text, language) if money.currency)
    return counted.most_common(1)[0][0] if counted else None
