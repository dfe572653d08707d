"""Types of fields that tidy what a model replies: dates to ISO, numbers to decimals, empty to null.

A value that cannot be tidied is dropped with a notice; it never costs the whole, paid reply.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from pipeline.records import Notice
from pipeline.schemas.dates import partial_date
from pipeline.schemas.names import currency_code, language_code
from pipeline.schemas.numbers import amount


class Reply(BaseModel):
    """Base of all schemas: tolerant of extra keys and of numbers where text is asked, strict about what must be there."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)


def note(info: ValidationInfo, kind: str, value: str) -> None:
    """Add a notice about this field to the list in the validation context, where there is one."""
    notices: list[Notice] = (info.context or {}).get("notices", [])
    notices.append(Notice(kind, f"{info.field_name}: {value}"))


def _empty_to_none(value: str | None) -> str | None:
    return value or None


def _none_to_list(value: Any) -> Any:
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [] if value is None or value == "" else value


def _date(value: str | None, info: ValidationInfo) -> str | None:
    tidy = partial_date(value) if value else None
    if value and not tidy:
        note(info, "unreadable_date", value)
    return tidy


def _amount(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):  # JSON's own number: not to be read as printed
        number = Decimal(str(value))
        return f"{number:f}" if number.is_finite() else None
    if not isinstance(value, str):
        return value
    tidy = amount(value)
    if value and tidy is None:
        note(info, "unreadable_amount", value)
    return tidy


def _currency(value: str | None) -> str | None:
    return (currency_code(value) or value) if value else None


def _language(value: str | None) -> str | None:
    return (language_code(value) or value) if value else None


DocumentType = Literal["cv", "cover_letter", "invoice", "contract", "job_ad", "certificate", "other"]
"""The kinds of document that the built-in schemas tell apart."""
Text = Annotated[str | None, AfterValidator(_empty_to_none)]
"""Free text; empty is None."""
PartialDate = Annotated[str | None, AfterValidator(_date)]
"""ISO 8601, as precise as printed."""
Amount = Annotated[str | None, BeforeValidator(_amount)]
"""A decimal number as text: no thousands, a point for the decimals."""
Currency = Annotated[str | None, AfterValidator(_currency)]
"""ISO 4217."""
LanguageCode = Annotated[str | None, AfterValidator(_language)]
"""ISO 639-1."""
NoneIsEmpty = BeforeValidator(_none_to_list)
"""For lists: null and the empty text are the empty list."""
