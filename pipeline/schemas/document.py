"""What a summary of a business document holds: letters, contracts, certificates, invoices, anything but a CV."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pipeline.schemas.values import (
    Amount,
    Currency,
    DocumentType,
    Item,
    LanguageCode,
    NoneIsEmpty,
    PartialDate,
    Reply,
    Text,
    under,
)


class LabelledDate(Reply):
    """A date and what it is the date of."""

    label: Text = None
    date: PartialDate = None


class LabelledAmount(Reply):
    """An amount of money and what it is for."""

    label: Text = None
    amount: Amount = None
    currency: Currency = None


class DocumentFields(Reply):
    """The facts of a business document."""

    parties: Annotated[list[Item], NoneIsEmpty] = Field([], description="names of the persons and firms it is between")
    date: PartialDate = Field(None, description="the date of the document itself")
    total: Amount = Field(None, description="the one amount to be paid, as a decimal number")
    currency: Currency = Field(None, description="ISO 4217")
    dates: Annotated[list[Annotated[LabelledDate, under("date")]], NoneIsEmpty] = Field(
        [], description="other dates that matter"
    )
    amounts: Annotated[list[Annotated[LabelledAmount, under("amount")]], NoneIsEmpty] = Field(
        [], description="other amounts that matter"
    )


class BusinessDocument(Reply):
    """Any business document."""

    document_type: DocumentType
    language: LanguageCode = Field(description="ISO 639-1 code of the document's language")
    title: Text = Field(description="as printed")
    fields: DocumentFields
    summary: Text = Field(description="two sentences, in the document's language")
