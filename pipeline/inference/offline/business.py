"""A business document: title, date, parties, amounts, and a summary in its own words.

Promise: every value is printed in the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipeline.inference.offline.kinds import kind_of_document, title_line
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.moments import Moment, document_date, labelled_dates
from pipeline.inference.offline.money import (
    LabelledMoney,
    Money,
    in_stated_currency,
    labelled_money,
    stated_currency,
    usual_currency,
)
from pipeline.inference.offline.parties import find_parties
from pipeline.inference.offline.person import find_name
from pipeline.inference.offline.scores import Scores
from pipeline.inference.offline.summary import summary_of
from pipeline.inference.offline.totals import columned_money, total_of
from pipeline.inference.offline.words import phrases, split_words

_MOST_LISTED = 20
_HEAD_LINES = 20
_LONGEST_TITLE = 90
_THREE_LETTERS = re.compile(r"[^\W\d_]{3}")
"""What names a matter: "Ref: 4711" does not."""
_JOB_LINE = re.compile(r"\((?:m|w|f|d|h|x|k|v)(?:\s?[/|]\s?(?:m|w|f|d|h|x|k|v|div))+\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Business:
    """What a business document says."""

    kind: str
    title: str | None
    parties: list[str]
    date: str | None
    dates: list[Moment]
    total: Money | None
    currency: str | None
    amounts: list[LabelledMoney]
    summary: str | None


def read_business(lines: list[Line], language: str | None) -> Business:
    """Return what a business document says."""
    kind = kind_of_document(lines)
    scores = Scores(language)
    name = find_name(lines, {}, scores)
    dates = labelled_dates(lines)
    amounts = [*labelled_money(lines, language), *columned_money(lines, language)]
    stated = stated_currency(lines)
    amounts = in_stated_currency(amounts, stated)
    total = total_of(amounts)
    currency = total.currency if total else None
    return Business(
        kind=kind,
        title=find_title(kind, lines),
        parties=find_parties(kind, lines, scores, name.text if name else None),
        date=document_date(kind, lines, dates),
        dates=dates,
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


def find_title(kind: str, lines: list[Line]) -> str | None:
    """Return the title as printed: a subject line, the job offered, a line titled like its kind, or the first line."""
    title = _title(kind, lines)
    return title.replace("\t", " ") if title else None


def _title(kind: str, lines: list[Line]) -> str | None:
    head = [line.text for line in lines[:_HEAD_LINES]]
    subject = next(filter(None, map(_subject, head)), None)
    if kind == "job_ad":
        offers = [*filter(_JOB_LINE.search, head), *filter(_offers, head)]
        return subject or (offers[0] if offers else title_line(kind, lines))
    if kind == "other":
        return title_line(kind, lines) or subject or _first_title(head)
    return subject or title_line(kind, lines)


def _subject(text: str) -> str | None:
    """Return what stands behind "Subject:"."""
    end = phrases("business", "labels", "subject").prefix(text)
    is_label = end and text[end:].lstrip()[:1] == ":"
    return text[end:].strip(" :\t") if is_label and _THREE_LETTERS.search(text, end) else None


def _offers(text: str) -> bool:
    """Tell whether a line such as "HGV driver wanted" offers a job."""
    words = split_words(text)
    has_cue = any(True for _ in phrases("business", "cues", "job_ad").find(words))
    return has_cue and 2 <= len(words) <= 9 and not is_sentence(text) and not text.endswith(":")


def _first_title(head: list[str]) -> str | None:
    first = head[0] if head else ""
    return first if 3 <= len(first) <= _LONGEST_TITLE and not is_sentence(first) and "@" not in first else None
