"""Types of fields that tidy what a model replies: dates to ISO, numbers to decimals, empty to null.

A value that cannot be tidied is dropped with a notice; it never costs the whole, paid reply.
"""

from __future__ import annotations

import functools
import re
from decimal import Decimal
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from pipeline.records import Notice
from pipeline.schemas.dates import is_present, partial_date
from pipeline.schemas.lists import read_words
from pipeline.schemas.names import currency_code, language_code
from pipeline.schemas.numbers import amount

_SEVERAL = re.compile(r"[,;\n]")
_BETWEEN_WORDS = re.compile(r"[\s-]+")


class Reply(BaseModel):
    """Base of all schemas: tolerant of extra keys and of numbers where text is asked, strict about what must be there."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)


def note(info: ValidationInfo, kind: str, value: str) -> None:
    """Add a notice about this field to the list in the validation context, where there is one."""
    notices: list[Notice] = (info.context or {}).get("notices", [])
    notices.append(Notice(kind, f"{info.field_name}: {value}"))


def _is_nothing(value: Any) -> bool:
    """Tell whether this is null, or what models write in its place."""
    return value is None or (isinstance(value, str) and (not value.strip() or value.strip().casefold() in _nothing()))


@functools.cache
def _nothing() -> frozenset[str]:
    return frozenset(read_words()["nothing"])


def _nothing_to_none(value: Any) -> Any:
    return None if _is_nothing(value) else value


def _to_list(value: Any) -> Any:
    """Return the list that is meant: one value, or lists under headings. What may be several in one text is left as it is."""
    if isinstance(value, dict):
        lists = [part for part in value.values() if isinstance(part, list)]
        value = list(chain.from_iterable(lists)) if value and len(lists) == len(value) else [value]
    if isinstance(value, list):
        return [item for item in value if not _is_nothing(item)]
    if _is_nothing(value) or (isinstance(value, str) and value.strip().casefold() in read_words()["no_items"]):
        return []
    return [value] if isinstance(value, str) and not _SEVERAL.search(value) else value


def _full_list(value: Any, validated: ValidatorFunctionWrapHandler) -> list[Any]:
    """Return a list without what is nothing, before or after its items were tidied: the text of {"name": ""} is empty."""
    return [item for item in validated(_to_list(value)) if not _is_nothing(item)]


def _to_text(value: Any) -> Any:
    """Return the name of an object where a text is asked for, or the one text that it has."""
    if not isinstance(value, dict):
        return value
    texts = [part for part in value.values() if isinstance(part, str)]
    return value["name"] if isinstance(value.get("name"), str) else texts[0] if len(texts) == len(value) == 1 else value


def _kind(value: Any) -> Any:
    return _BETWEEN_WORDS.sub("_", value.strip().casefold()) if isinstance(value, str) else value


def _yes_or_no(value: Any) -> Any:
    """Return true for "until now", null for what models write in its place, and leave the rest as it is."""
    if isinstance(value, str) and is_present(value):
        return True
    return _nothing_to_none(value)


def under(key: str) -> BeforeValidator:
    """Return what takes a bare text or number for an object with this key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str | int | float) else value)


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
    if _is_nothing(value):
        return None
    tidy = amount(value)
    if value and tidy is None:
        note(info, "unreadable_amount", value)
    return tidy


def _currency(value: str | None) -> str | None:
    return (currency_code(value) or value) if value else None


def _language(value: str | None) -> str | None:
    return (language_code(value) or value) if value else None


DocumentType = Annotated[
    Literal["cv", "cover_letter", "invoice", "contract", "job_ad", "certificate", "other"], BeforeValidator(_kind)
]
"""The kinds of document that the built-in schemas tell apart."""
Text = Annotated[str | None, BeforeValidator(_nothing_to_none)]
"""Free text; empty is None."""
Item = Annotated[str, BeforeValidator(_to_text)]
"""A text in a list."""
YesOrNo = Annotated[bool | None, BeforeValidator(_yes_or_no)]
"""True, false or not known; "present" is true."""
PartialDate = Annotated[str | None, AfterValidator(_date), BeforeValidator(_nothing_to_none)]
"""ISO 8601, as precise as printed."""
Amount = Annotated[str | None, BeforeValidator(_amount)]
"""A decimal number as text: no thousands, a point for the decimals."""
Currency = Annotated[str | None, AfterValidator(_currency), BeforeValidator(_nothing_to_none)]
"""ISO 4217."""
LanguageCode = Annotated[str | None, AfterValidator(_language), BeforeValidator(_nothing_to_none)]
"""ISO 639-1."""
NoneIsEmpty = WrapValidator(_full_list)
"""For lists: null and the empty text are the empty list, one value is a list of one."""
