"""A business document: title, date, parties, amounts, and a summary in its own words.

Promise: every value is printed in the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.inference.offline.business.moments import Moment, document_date, labelled_dates, month_leads
from pipeline.inference.offline.business.money import (
    LabelledMoney,
    Money,
    agreed_money,
    in_stated_currency,
    labelled_money,
    meant_currency,
    stated_currency,
    usual_currency,
)
from pipeline.inference.offline.business.parties import find_parties
from pipeline.inference.offline.business.summary import summary_of
from pipeline.inference.offline.business.titles import find_title
from pipeline.inference.offline.business.totals import (
    agreed_price,
    columned_money,
    demanded_amount,
    proven_row,
    proven_total,
    total_of,
)
from pipeline.inference.offline.kinds import OTHER, is_titled, kind_of_document
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.person import find_name
from pipeline.inference.offline.scores import Scores

_MOST_LISTED = 20
_ADDED_UP = ("invoice", OTHER)
"""Kinds of documents whose figures add up to what is to be paid."""


@dataclass(frozen=True, slots=True)
class Business:
    """What a business document says."""

    kind: str
    title: str | None
    parties: list[str]
    date: str | None
    dates: list[Moment]
    american: bool
    """Dates have the month first."""
    total: Money | None
    currency: str | None
    amounts: list[LabelledMoney]
    summary: str | None


def read_business(lines: list[Line], language: str | None) -> Business:
    """Return what a business document says."""
    kind = kind_of_document(lines)
    scores = Scores(language)
    name = find_name(lines, {}, scores)
    name = None if name and is_titled(name.text) else name
    american = month_leads(lines)
    dates = labelled_dates(lines, american=american)
    amounts = [*labelled_money(lines, language), *columned_money(lines, language), *proven_row(lines, language)]
    stated = stated_currency(lines) or meant_currency(amounts, lines)
    amounts = in_stated_currency(amounts, stated)
    total = total_of(amounts)
    if kind in _ADDED_UP:
        total = proven_total(lines, language, total) or total
    if kind == "invoice":
        total = total or demanded_amount(lines, language)
    if kind == "contract":
        total = total or agreed_price(lines, language)
        amounts += agreed_money(lines, language)
    currency = total.currency if total else None
    parties = find_parties(kind, lines, scores, name.text if name else None)
    return Business(
        kind=kind,
        title=find_title(kind, lines, parties),
        parties=parties,
        date=document_date(kind, lines, dates, american=american),
        dates=dates,
        american=american,
        total=total,
        currency=currency or stated or (usual_currency(lines, language) if amounts else None),
        amounts=amounts,
        summary=summary_of(lines),
    )


def as_document(found: Business) -> dict[str, Any]:
    """Return a business document in the shape of the schema "document", without its language."""
    dates = [one for one in found.dates if one.kind != "date"][:_MOST_LISTED]
    amounts = [one for one in found.amounts if one.money != found.total][:_MOST_LISTED]
    return {
        "document_type": found.kind,
        "title": found.title,
        "fields": {
            "parties": found.parties,
            "date": found.date,
            "total": found.total.amount if found.total else None,
            "currency": found.currency,
            "dates": [{"label": one.label, "date": one.iso} for one in dates],
            "amounts": [
                {"label": one.label, "amount": one.money.amount, "currency": one.money.currency or found.currency}
                for one in amounts
            ],
        },
        "summary": found.summary,
    }
