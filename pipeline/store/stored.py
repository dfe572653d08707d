"""What the columns of a summary hold, and whether that can be believed: SQLite looks at pages, not at what texts say."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import from_json

from pipeline.schemas.overview import BROKEN, overview


def value(column: str | bytes) -> Any:
    """Return what a column of JSON holds. The quick reader gives up at 200 levels, and the usual one does not."""
    try:
        return from_json(column)
    except ValueError:
        return json.loads(column)


def absent(evidence: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the paths of values that do not stand in the document. Raises one of BROKEN."""
    return tuple([item["path"] for item in evidence if item["found"] == "absent"])


def told(notices: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return notices as an export tells them. Raises one of BROKEN."""
    return tuple([f"{item['kind']}: {item['detail']}" for item in notices])


def believable(fields: bytes, evidence: bytes, notices: bytes) -> bool:
    """Tell whether an export could read a summary. Given to SQLite as a function."""
    try:
        overview(value(fields))
        absent(value(evidence))
        told(value(notices))
    except BROKEN:
        return False
    return True
