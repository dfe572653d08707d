"""A business document: title, date, parties, amounts, and a summary in its own words.

Promise: every value is printed in the document; the summary consists of its own first sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.inference.offline.kinds import kind_of_document, title_line
from pipeline.inference.offline.lines import Line, has_long_word, is_sentence
from pipeline.inference.offline.money import LabelledMoney, Money, labelled_money, total_of, usual_currency
from pipeline.inference.offline.parties import find_parties
from pipeline.inference.offline.person import find_name
from pipeline.inference.offline.scores import Scores
from pipeline.inference.offline.words import phrases, split_words
from pipeline.schemas.dates import find_dates

_MOST_LISTED = 20
_LONGEST_LABEL = 50
_LONGEST_TITLE = 90
_LONGEST_SUMMARY = 320
_SENTENCE = re.compile(r"(?<=[^\W\d_]{3}[.!?])\s+(?=[^\W\d_])|(?<=[。！？])")
_JOB_LINE = re.compile(r"\((?:m|w|f|d|h|x|k|v)(?:\s?[/|]\s?(?:m|w|f|d|h|x|k|v|div))+\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabelledDate:
    """A date and the words before it."""

    kind: str | None
    """date, due or start; None: another label."""
    label: str
    iso: str


@dataclass(frozen=True, slots=True)
class Business:
    """What a business document says."""

    kind: str
    title: str | None
    parties: list[str]
    date: str | None
    dates: list[LabelledDate]
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
    amounts = labelled_money(lines, language)
    total = total_of(amounts)
    currency = (total and total.currency) or (usual_currency(lines, language) if amounts else None)
    return Business(
        kind=kind,
        title=find_title(kind, lines),
        parties=find_parties(kind, lines, scores, name.text if name else None),
        date=document_date(kind, lines, dates),
        dates=dates,
        total=total,
        currency=currency,
        amounts=amounts,
        summary=summary_of(lines),
    )


def as_document(found: Business) -> dict[str, Any]:
    """Return a business document in the shape of the schema "document", without its language."""
    others = [one for one in found.amounts if one.money != found.total]
    return {
        "document_type": found.kind,
        "title": found.title,
        "fields": {
            "parties": found.parties,
            "date": found.date,
            "total": found.total.amount if found.total else None,
            "currency": found.currency,
            "dates": [{"label": one.label, "date": one.iso} for one in found.dates if one.kind != "date"][
                :_MOST_LISTED
            ],
            "amounts": [
                {"label": one.label, "amount": one.money.amount, "currency": one.money.currency or found.currency}
                for one in others
            ][:_MOST_LISTED],
        },
        "summary": found.summary,
    }


def find_title(kind: str, lines: list[Line]) -> str | None:
    """Return the title as printed: a subject line, a line titled like its kind, or the line of a job offered."""
    for line in lines[:20]:
        end = phrases("business", "labels", "subject").prefix(line.text)
        if end and line.text[end:].lstrip()[:1] == ":":
            return line.text[end:].strip(" :\t") or None
    if kind == "job_ad":
        offered = (line.text for line in lines[:20] if _JOB_LINE.search(line.text) or _offers(line.text))
        return next(offered, None) or title_line(kind, lines)
    if kind in ("other", "cv"):
        return next(
            (
                line.text
                for line in lines[:10]
                if phrases("business", "titles", "other").prefix(line.text) and len(line.text) <= _LONGEST_TITLE
            ),
            _first_title(lines),
        )
    return title_line(kind, lines)


def _offers(text: str) -> bool:
    """Tell whether a line such as "HGV driver wanted" offers a job."""
    words = split_words(text)
    has_cue = any(True for _ in phrases("business", "cues", "job_ad").find(words))
    return has_cue and 2 <= len(words) <= 9 and not is_sentence(text) and not text.endswith(":")


def _first_title(lines: list[Line]) -> str | None:
    first = lines[0].text if lines else ""
    return first if 3 <= len(first) <= _LONGEST_TITLE and not is_sentence(first) and "@" not in first else None


def labelled_dates(lines: list[Line]) -> list[LabelledDate]:
    """Return the dates that stand behind a label, or under one."""
    found: list[LabelledDate] = []
    above = ""
    for line in lines:
        for label, iso in _dates_with_labels(line.text, above):
            found.append(LabelledDate(_kind_of_label(label), label, iso))
        above = line.text
    return found[: 5 * _MOST_LISTED]


def _dates_with_labels(text: str, above: str) -> Iterator[tuple[str, str]]:
    if not re.search(r"\d{2}", text) or has_long_word(text) or len(text) > 400:
        return
    end = 0
    for date in find_dates(text):
        if len(date.iso) < 10:
            continue
        label = text[end : date.start].strip(" \t,;|•(")
        end = date.end
        if not label and not text[date.end :].strip(" .") and _kind_of_label(above):
            label = above
        bare = label.rstrip(": \t")
        if bare and len(bare) <= _LONGEST_LABEL and (label != bare or _kind_of_label(bare)):
            yield bare, date.iso


def _kind_of_label(label: str) -> str | None:
    words = split_words(label)
    for kind in ("due", "start", "date"):
        known = phrases("business", "labels", kind)
        # The words right before the date count: "Leeds, date of issue", "employment starts on".
        if words and any(known.match(words[-count:], 0) == count for count in range(min(4, len(words)), 0, -1)):
            return kind
    return None


def document_date(kind: str, lines: list[Line], dates: list[LabelledDate]) -> str | None:
    """Return the date of the document: labelled, on a line of its own, behind a town, or the only full date there is."""
    named = next((one.iso for one in dates if one.kind == "date"), None)
    alone = next(filter(None, (_date_line(line.text) for line in [*lines[:30], *lines[-8:]])), None)
    if named or alone:
        return named or alone
    every = list(_full_dates(lines))
    if kind == "contract":  # a contract without a date of its own is filed under the day it begins
        return every[0] if every else None
    return every[0] if len(set(every)) == 1 else None


def _date_line(text: str) -> str | None:
    """Return the date of a line that is a date and at most a town before it."""
    if len(text) > 60 or not re.search(r"\d{2}", text):
        return None
    found = find_dates(text)
    if len(found) != 1 or len(found[0].iso) < 10 or text[found[0].end :].strip(" .,r"):
        return None
    before = text[: found[0].start].strip()
    is_town = before.endswith((",", " den", " le", " dnia", " dne", " dňa", " den", " il")) and len(before.split()) <= 5
    return found[0].iso if not before or is_town else None


def _full_dates(lines: list[Line]) -> Iterator[str]:
    for line in lines[:300]:
        if re.search(r"\d{4}", line.text) and not has_long_word(line.text) and len(line.text) < 800:
            yield from (date.iso for date in find_dates(line.text) if len(date.iso) == 10)


def summary_of(lines: list[Line]) -> str | None:
    """Return the first two sentences of the document's running text."""
    text = " ".join(_running_text(lines))
    sentences = [sentence.strip() for sentence in _SENTENCE.split(text[:5_000]) if _is_good(sentence)]
    summary = ""
    for sentence in sentences[:2]:
        longer = f"{summary} {sentence}".strip()
        if len(longer) > _LONGEST_SUMMARY:
            break
        summary = longer
    return summary or None


def _running_text(lines: list[Line]) -> Iterator[str]:
    """Yield lines of sentences and those they were broken into, without what is beside them."""
    inside = False
    for line in lines[:400]:
        words = len(line.text.split())
        ends = line.text.rstrip().endswith((".", "!", "?", "。"))
        begins = words >= 7 and not line.text.endswith(":") and "\t" not in line.text and "@" not in line.text
        if begins or (ends and (inside or words >= 4)):
            yield line.text
        inside = (begins or inside) and not ends


def _is_good(sentence: str) -> bool:
    stripped = sentence.strip()
    is_whole = stripped.endswith((".", "!", "?", "。", "！", "？"))
    return is_whole and (len(stripped.split()) >= 4 or (len(stripped) >= 8 and not stripped.isascii()))
