"""What is handed from room to room, as rows of the database: the same facts under the names of its columns. No effects.

When something was written is not in them: that is the store's to say.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from pipeline.records import Attempt, Evidence, Extraction, Notice, Outcome, Prompt, Summary, Usage


def stamp(moment: dt.datetime) -> str:
    """Return a moment as it is stored: UTC, ISO 8601, to the millisecond."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def extraction_row(extraction: Extraction) -> dict[str, Any]:
    """Return what is kept of a document's text: numbers, never the text."""
    return {
        "media_type": extraction.media_type,
        "pages": len(extraction.page_starts),
        "characters": len(extraction.text),
        "extractor": extraction.extractor,
        "language": extraction.language,
    }


def prompt_row(prompt: Prompt) -> dict[str, Any]:
    """Return a prompt without the document in it."""
    return {
        "name": prompt.name,
        "hash": prompt.hash,
        "system": prompt.system,
        "schema": json.dumps(prompt.schema, ensure_ascii=False),
        "max_output_tokens": prompt.max_output_tokens,
    }


def prompt_key(name: str | None, version: str | None) -> dict[str, str | None]:
    """Return what statements ask for that look a prompt up."""
    return {"prompt_name": name, "prompt_hash": version}


def attempt_row(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as far as it has come; whose it is, its row holds beside it."""
    return {
        "number": attempt.number,
        "provider": attempt.provider,
        "model": attempt.model,
        "answered_by": attempt.answered_by,
        "status": attempt.status,
        "error": attempt.error,
        "finish_reason": attempt.finish_reason,
        **_plain(attempt.usage),
        "cost_nanodollars": attempt.cost.nanodollars,
        "price_source": attempt.cost.source,
        "price_date": stamp(attempt.started_at)[:10] if attempt.cost.source else None,
        "reserved_nanodollars": attempt.reserved,
        "request_id": attempt.request_id,
        "started_at": stamp(attempt.started_at),
        "seconds": attempt.seconds,
    }


def summary_row(summary: Summary) -> dict[str, Any]:
    """Return a summary; fields, evidence and notices are JSON."""
    return {
        "as_of": summary.as_of.isoformat(),
        "fields": _json(summary.fields),
        "evidence": _json([_plain(item) for item in summary.evidence]),
        "notices": _json([_plain(item) for item in summary.notices]),
    }


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """Return what became of a document, in words of the database."""
    failure = outcome.failure
    return {
        "status": outcome.status,
        "reason": failure.reason if failure else None,
        "message": failure.message if failure else None,
        "hint": failure.hint if failure else None,
        "seconds": round(outcome.seconds, 3),
    }


def _plain(record: Evidence | Notice | Usage) -> dict[str, Any]:
    """Return a record of plain values as asdict would, four times as fast."""
    return {name: getattr(record, name) for name in record.__slots__}


def _json(value: dict[str, Any] | Sequence[Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
