"""Amounts of money and what they are for.

Promise: an amount is a number beside a currency or with two decimals; the total is the one that a label names.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import any_of, phrases, split_words, word_list
from pipeline.schemas.names import currency_code
from pipeline.schemas.numbers import decimal_text

_SIGN = (
    r"[€$£¥₹₴₺₽₪]|(?:US|A|C|CA|AU|NZ|HK|S|R)\$|[A-Z]{3}|[Ee]uros?|zł|zl|Kč|kč|kr|Ft|lei|Fr\.|TL|Rs\.?|元|円|грн|руб|лв"
)
_GROUPED = r"\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}"  # the second is Indian: 12,34,567
_NUMBER = rf"(?:(?:{_GROUPED})(?:[.,]\d{{1,2}})?|\d{{1,12}}(?:[.,]\d{{1,4}})?)(?![.,'’/]?\d)"  # and no part of a date
_MONEY = re.compile(
    rf"(?P<minus>(?<![^\W_])[-−])?(?:(?P<before>(?<![^\W_])(?:{_SIGN})|(?<=\d)[€$£])\s?)?"
    rf"(?<![\d.,/])(?P<negative>[-−])?(?P<number>{_NUMBER})(?P<whole>,[-–—]{{1,2}})?(?P<behind>[-−](?![^\W_]))?"
    rf"(?:\)?\s?(?P<after>{_SIGN})(?![^\W\d_]))?"
)
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])")
_CENTS = re.compile(r"[.,]\d\d$")
_IN_LABEL = re.compile(rf"(?<![^\W_])(?P<sign>{_SIGN})(?![^\W_])\)?[\s:]*$")
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
    end: int


@dataclass(frozen=True, slots=True)
class LabelledMoney:
    """An amount and the words before it."""

    kind: str
    """due, gross, total, net or tax."""
    label: str
    money: Money


def find_money(text: str, language: str | None) -> list[Money]:
    """Return the amounts of money in a text, in order."""
    text = text[:2_000]
    found: list[Money] = []
    for match in _MONEY.finditer(text):
        currency = _currency(match["before"], language) or _currency(match["after"], language)
        if currency or ((match["whole"] or _CENTS.search(match["number"])) and not _measures(match, text)):
            amount = decimal_text(match["number"])
            sign = "-" if _is_negative(match, text) else ""
            found.append(Money(sign + amount, currency, match.start(), match.end()))
    return found


def _measures(match: re.Match[str], text: str) -> bool:
    """Tell whether a number is followed by a unit that is no currency, or is day and month."""
    behind = text[match.end("number") :]
    return bool(_unit().match(behind)) or bool(
        _DAY.fullmatch(match["number"]) and behind[:1] == "." and behind[1:].strip()
    )


@functools.cache
def _unit() -> re.Pattern[str]:
    return re.compile(rf"\s?(?:[%‰°]|(?:{any_of('business', 'units')})(?![^\W_]))", re.IGNORECASE)


def _is_negative(match: re.Match[str], text: str) -> bool:
    """Tell whether an amount has a minus on one of its sides, or stands in brackets in a cell of its own."""
    if match["minus"] or match["negative"] or (match["behind"] and not match["whole"]):
        return True
    before, bracket, between = text[: match.start()].rpartition("(")
    is_alone = not between.strip() and before[-1:] in ("", "\t")
    return bool(bracket) and is_alone and text[match.end("number") :][:1] == ")"


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
    above: tuple[str, str] | None = None
    for line in lines:
        amounts = find_money(line.text, language)
        found += [_with_its_currency(one, language) for one in _labelled(line.text, amounts, above)]
        is_label = not amounts and len(line.text) < 40 and not re.search(r"\d", line.text)
        above = _label(line.text) if is_label else None
    return found


def _labelled(text: str, amounts: list[Money], above: tuple[str, str] | None) -> Iterator[LabelledMoney]:
    """Yield the labelled amounts of a line.

    In a row of columns the last amount counts, and behind a tax the last one (its base comes first). Elsewhere it is the
    first: other words than a label begin another matter ("Total £120.00, with discount £114.00").
    """
    named: LabelledMoney | None = None
    end = 0
    for money in amounts:
        between = text[end : money.start]
        label = _label(between) or (above if not end else None)
        goes_on = named and (named.kind == "tax" or not re.search(r"[^\W\d_]", between))
        if label:
            if named:
                yield named
            named = LabelledMoney(*label, money)
        elif named and goes_on:
            named = replace(named, money=money)
        elif named:
            yield named
            named = None
        end = money.end
    if named:
        yield named


def _with_its_currency(found: LabelledMoney, language: str | None) -> LabelledMoney:
    """Take the currency from the label where the amount has none: "Total (EUR)"."""
    sign = None if found.money.currency else _IN_LABEL.search(found.label)
    if not sign:
        return found
    return replace(found, money=replace(found.money, currency=_currency(sign["sign"], language)))


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
