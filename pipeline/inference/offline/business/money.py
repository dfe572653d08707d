"""Amounts of money and what they are for.

Promise: an amount is a number beside a currency or with two decimals; the total is the one that a label names.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, zip_longest

from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import Word, any_of, phrases, split_words, word_list
from pipeline.schemas.names import currency_code, shared_signs
from pipeline.schemas.numbers import decimal_text

_SIGN = (
    r"[€$£¥￥₹₴₺₽₪₩₫฿₱₦]|(?:US|AU?|CA?|NZ|HK|SG?|NT|MX|R)\$|[A-Z]{3}|[Ee]uros?|zł|zl|Kč|kč|[Kk]r\.?|Ft|lei|Fr\.|TL|Rs\.?"
    r"|Rp\.?|RM|ر\.س\.?|د\.إ\.?|ج\.م\.?|元|円|원|грн\.?|руб\.?|лв\.?"
)
_GROUPED = r"\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}"  # the second is Indian: 12,34,567
_NUMBER = rf"(?:(?:{_GROUPED})(?:[.,]\d{{1,2}})?|\d{{1,12}}(?:[.,]\d{{1,4}})?)(?![.,'’/]?\d)"  # and no part of a date
_MONEY = re.compile(
    rf"(?P<minus>(?<![^\W_])[-−]|(?<=\t)[-−–]\s?)?(?:(?P<before>(?<![^\W_])(?:{_SIGN})|(?<=\d)[€$£])\s?(?P<bracket>\()?)?"
    rf"(?<![\d.,/%])(?P<negative>[-−])?(?P<number>{_NUMBER})(?P<whole>,[-–—]{{1,2}})?(?P<behind>[-−](?![^\W_]))?"
    rf"(?:\)?\s?(?P<after>{_SIGN})(?![^\W\d_]))?"
)
_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_WHOLE_ONLY = frozenset({"CLP", "HUF", "IDR", "ISK", "JPY", "KRW", "VND"})
"""Currencies without a smaller coin: their amounts have no decimals to be known by."""
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])")
_LETTERS = re.compile(r"[^\W\d_]{3}")
"""What the first cell of a row has that is for one thing of several."""
_CODE = 3
"""Letters of "EUR"."""
_CENTS = re.compile(r"[.,]\d\d$")
_IN_LABEL = re.compile(rf"(?<![^\W_])(?P<sign>(?:{_SIGN})(?=\)?[\s:]*$)|[€$£]|EUR)(?![^\W_])")
_KINDS = ("due", "gross", "net", "tax", "total")  # in this order: "total net" is no total
_MOST_WORDS_OF_LABEL = 4
_NUMBER_OF_PAYER = re.compile(r"\d{7}")
"""Behind a word for tax it is no amount's: "VAT: FR11999999998, capital of 120 000,00 €"."""
_LONGEST_LABEL, _LONGEST_HEAD, _WORDS_BEFORE_TAX = 80, 400, 4


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
    """due, gross, total, net or tax; "" where the label is another."""
    label: str
    money: Money


def find_money(text: str, language: str | None, *, whole: bool = False) -> list[Money]:
    """Return the amounts of money in a text, in order. `whole`: they are printed without decimals."""
    text = text[:2_000]
    found: list[Money] = []
    for match in _MONEY.finditer(text):
        currency = _beside(match["before"], match["after"], language)
        looks_like_money = (
            match["whole"] or _CENTS.search(match["number"]) or (whole and _GROUPS.fullmatch(match["number"]))
        )
        if (currency or (looks_like_money and not _measures(match, text))) and not _is_rounded(match, text):
            amount = decimal_text(match["number"])
            sign = "-" if _is_negative(match, text) else ""
            found.append(Money(sign + amount, currency, _start(match, language), match.end()))
    return found


def _start(match: re.Match[str], language: str | None) -> int:
    """Return where an amount begins: three capitals that are no currency are its label, as in "VAT 27.80"."""
    before = match["before"]
    is_label = before and before.isalpha() and not _currency(before, language)
    return match.end("before") if is_label else match.start()


def _measures(match: re.Match[str], text: str) -> bool:
    """Tell whether a number is followed by a unit that is no currency, or is day and month."""
    behind = text[match.end("number") :]
    return bool(_unit().match(behind)) or bool(
        _DAY.fullmatch(match["number"]) and behind[:1] == "." and behind[1:].strip()
    )


def _is_rounded(match: re.Match[str], text: str) -> bool:
    """Tell whether an amount is in thousands or millions, which no office books: "£1.2m"."""
    return bool(_magnitude().match(text, match.end("number")))


@functools.cache
def _magnitude() -> re.Pattern[str]:
    return re.compile(rf"\s?(?:{any_of('business', 'magnitudes')})(?![^\W_])")


@functools.cache
def _unit() -> re.Pattern[str]:
    return re.compile(
        rf"\s?(?!(?-i:[SH])(?![^\W_]))(?:[%‰°]|(?:{any_of('business', 'units')})(?![^\W_]))", re.IGNORECASE
    )


def _is_negative(match: re.Match[str], text: str) -> bool:
    """Tell whether an amount has a minus on one of its sides, or stands in brackets in a cell of its own."""
    if match["minus"] or match["negative"] or (match["behind"] and not match["whole"]):
        return True
    if match["bracket"]:
        return text[match.end("number") :][:1] == ")"
    before, bracket, between = text[: match.start()].rpartition("(")
    is_alone = not between.strip() and before[-1:] in ("", "\t")
    return bool(bracket) and is_alone and text[match.end("number") :][:1] == ")"


def _beside(before: str | None, after: str | None, language: str | None) -> str | None:
    """Return the currency of an amount by what stands on its sides: of "$12.00 CAD" the code says which dollar."""
    first, second = _currency(before, language), _currency(after, language)
    return second if before and second and before in shared_signs(second) else first or second


def _currency(sign: str | None, language: str | None) -> str | None:
    if not sign:
        return None
    shared: dict[str, dict[str, str]] = word_list("business")["shared_signs"]
    return shared.get(sign.strip(".").casefold(), {}).get(language or "") or currency_code(sign)


def labelled_money(lines: list[Line], language: str | None) -> list[LabelledMoney]:
    """Return the amounts that a label names, each with its label. The label may stand on the line above."""
    found: list[LabelledMoney] = []
    above = ""
    printed = [find_money(line.text, language) for line in lines]
    if (_most_frequent(printed) or _headed_currency(lines, language)) in _WHOLE_ONLY:
        printed = [find_money(line.text, language, whole=True) for line in lines]
    for line, amounts in zip(lines, printed, strict=True):
        found += [with_its_currency(one, language) for one in _labelled(line.text, amounts, above)]
        is_label = not amounts and len(line.text) < 40 and not re.search(r"\d", line.text)
        above = line.text if is_label else ""
    return found


def agreed_money(lines: list[Line], language: str | None) -> Iterator[LabelledMoney]:
    """Yield the amounts of a contract that stand behind a label of any name: "Deposit: £1,673.00", "Kaution<tab>980,00 €"."""
    for line in lines:
        label, parting, value = line.text.partition("\t" if "\t" in line.text else ":")
        amounts = find_money(value, language) if parting and "\t" not in value else []
        is_label = len(label.split()) <= _MOST_WORDS_OF_LABEL and re.search(r"[^\W\d_]{3}", label)
        if (
            is_label
            and amounts
            and amounts[0].currency
            and not value[: amounts[0].start].strip()
            and not amount_kind(label)
        ):
            yield LabelledMoney("", label.strip(" :"), amounts[0])


def _labelled(text: str, amounts: list[Money], above: str) -> Iterator[LabelledMoney]:
    """Yield the labelled amounts of a line. `above`: the line above it, where that one may be a label.

    In a row of columns the last amount counts, and behind a tax the last one (its base comes first). Elsewhere it is the
    first: other words than a label begin another matter ("Total £120.00, with discount £114.00").
    """
    named: LabelledMoney | None = None
    end = 0
    for at, money in enumerate(amounts):
        between = text[end : money.start]
        label = _label(between) or (_label_above(text[: money.start], text, above) if len(amounts) == 1 else None)
        goes_on = named and (named.kind == "tax" or not re.search(r"[^\W\d_]", between))
        if label:
            if named:
                yield named
            named = LabelledMoney(*label, money)
        elif named and goes_on:
            is_sum = named.kind == "tax" and at > 1 and _adds_up(amounts[at - 2 : at + 1])  # base, tax, and both
            named = named if is_sum else replace(named, money=money)
        elif named:
            yield named
            named = None
        end = money.end
    if named:
        yield named


def _adds_up(amounts: list[Money]) -> bool:
    first, second, whole = (Decimal(money.amount) for money in amounts)
    return first + second == whole


def _label_above(before: str, text: str, above: str) -> tuple[str, str] | None:
    """Return the label that stands above what follows `before` in a text: in the same column, where there are columns."""
    heads = above.split("\t")
    is_row = len(heads) > 1 and len(heads) == text.count("\t") + 1
    label = _label(heads[before.count("\t")] if is_row else above)
    is_item = is_row and label and label[0] != "due" and _LETTERS.search(before.partition("\t")[0])
    return None if is_item else label


def with_its_currency(found: LabelledMoney, language: str | None) -> LabelledMoney:
    """Take the currency from the label where the amount has none or just a sign that others use: "Total (EUR)"."""
    sign = _IN_LABEL.search(found.label)
    currency = _currency(sign["sign"], language) if sign else None
    if not currency or (found.money.currency and not _may_mean(found.money.currency, currency)):
        return found
    return replace(found, money=replace(found.money, currency=currency))


def _may_mean(currency: str, other: str) -> bool:
    """Tell whether the sign that is taken for one currency may stand for another: "$" for Canadian dollars."""
    return any(currency_code(sign) == currency for sign in shared_signs(other))


def in_stated_currency(found: list[LabelledMoney], stated: str | None) -> list[LabelledMoney]:
    """Return amounts with the currency that the document states for all, where their sign leaves it open."""
    return [
        replace(one, money=replace(one.money, currency=stated))
        if stated and (one.money.currency is None or _may_mean(one.money.currency, stated))
        else one
        for one in found
    ]


def stated_currency(lines: list[Line]) -> str | None:
    """Return the currency that a document says its amounts are in: "Currency: CAD", "All amounts in USD"."""
    known = phrases("business", "labels", "currency")
    for line in lines:
        cells = line.text.split("\t")
        for cell, beside in zip_longest(cells, cells[1:], fillvalue=""):
            end = known.prefix(cell)
            words = split_words(f"{cell[end:]} {beside}"[:40]) if end else []
            code = currency_code(words[0].key) if words else None
            if code:
                return code
    parted = (below.text for line, below in pairwise(lines) if line.text[-1:].isdigit() and len(below.text) <= _CODE)
    return next(filter(None, map(currency_code, parted)), None)  # a line's end stands between it and its amount


def meant_currency(found: list[LabelledMoney], lines: list[Line]) -> str | None:
    """Return what a bare "$" means where some amounts say it and others do not: "Total AUD $2,310.00", "Due $1,810.00"."""
    named = {one.money.currency for one in found} - {None}
    bare = {code for code in named if code and any(_may_mean(code, other) for other in named - {code} if other)}
    meant = named - bare
    is_printed = any(code in line.text for code in bare for line in lines)  # then it is meant as well
    return meant.pop() if bare and len(meant) == 1 and not is_printed else None


def _label(text: str) -> tuple[str, str] | None:
    """Return (kind, label) when a text is the label of an amount: "Total due:", "zzgl. 19 % MwSt."."""
    kind = amount_kind(text)
    return (kind, text.strip(" :\t").rstrip("(")) if kind else None


def amount_kind(label: str) -> str | None:
    """Return what the amount behind a label is; of "Total incl. VAT" and "Total excl. VAT" the second word tells."""
    words = split_words(label[:_LONGEST_LABEL])
    if _is_of_late_payers(words):
        return None
    if _starts("due", words):
        return "due"
    if (_starts("total", words) or _starts("gross", words)) and (which := _which_total(words)):
        return which
    for kind in _KINDS:
        places = range(_WORDS_BEFORE_TAX + 1) if kind == "tax" else range(1)
        if any(_starts(kind, words[at:]) for at in places):
            is_other = (kind in ("gross", "total") and _names(words, "other_sums")) or (
                kind == "tax" and (_names(words, "other_taxes") or _NUMBER_OF_PAYER.search(label) is not None)
            )
            return None if is_other else kind
    return None


def _is_of_late_payers(words: list[Word]) -> bool:
    """Tell whether an amount is asked of those only who pay late: "Amount due after 06/23/2026"."""
    behind = (at + count for at, count in phrases("business", "amounts", "after").find(words))
    return any(words[at].key[0].isdigit() for at in behind if at < len(words))


def _starts(kind: str, words: list[Word]) -> bool:
    return phrases("business", "amounts", kind).match(words, 0) > 0


def _which_total(words: list[Word]) -> str | None:
    """Return gross or net when the words behind "total" say with or without tax."""
    for at in range(1, min(len(words), _WORDS_BEFORE_TAX)):
        for kind, which in (("including", "gross"), ("excluding", "net")):
            if _starts(kind, words[at:]):
                return which
    return None


def _names(words: list[Word], kind: str) -> bool:
    return phrases("business", "amounts", kind).any_in(words)


def usual_currency(lines: list[Line], language: str | None) -> str | None:
    """Return the currency that most amounts of a document are in."""
    return _most_frequent(find_money(line.text, language) for line in lines) or _headed_currency(lines, language)


def _most_frequent(printed: Iterable[list[Money]]) -> str | None:
    counted = Counter(money.currency for amounts in printed for money in amounts if money.currency)
    return counted.most_common(1)[0][0] if counted else None


def _headed_currency(lines: list[Line], language: str | None) -> str | None:
    """Return the one currency that heads of columns name: "Amount EUR", "Betrag (€)"."""
    cells = [cell for line in lines if "\t" in line.text for cell in line.text[:_LONGEST_HEAD].split("\t")]
    heads = [cell for cell in cells if len(cell) <= _LONGEST_LABEL and _is_head_of_money(cell)]
    named = {_currency(sign["sign"], language) for head in heads if (sign := _IN_LABEL.search(head))} - {None}
    return named.pop() if len(named) == 1 else None


def _is_head_of_money(cell: str) -> bool:
    known = (phrases("business", "columns", kind) for kind in ("amount", "unit_price"))
    return not re.search(r"\d", cell) and (amount_kind(cell) is not None or any(one.prefix(cell) for one in known))
