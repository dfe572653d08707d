"""What a summary of a CV holds. Names are JSON Resume's."""

from __future__ import annotations

import datetime as dt
import functools
import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from pipeline.schemas.dates import experience_months, is_present
from pipeline.schemas.lists import read_words
from pipeline.schemas.names import country_code, english_language
from pipeline.schemas.phones import e164
from pipeline.schemas.values import (
    DocumentType,
    Item,
    LanguageCode,
    NoneIsEmpty,
    PartialDate,
    Reply,
    Text,
    YesOrNo,
    under,
)

_CEFR = re.compile(r"\b([ABC][12])\b", re.IGNORECASE)


def _country(value: str | None) -> str | None:
    return country_code(value) if value else None


def _english(value: str | None) -> str | None:
    return (english_language(value) or value) if value else None


def _cefr(value: str | None) -> str | None:
    found = _CEFR.search(value or "")
    return found[1].upper() if found else None


class Location(Reply):
    """Where the person lives."""

    city: Text = None
    region: Text = None
    countryCode: Annotated[str | None, AfterValidator(_country)] = Field(
        None, description="ISO 3166-1 alpha-2, only if a country is printed"
    )


class Profile(Reply):
    """A page of the person on a network."""

    network: Text = None
    url: Text = None


class Basics(Reply):
    """Who the person is and how to reach them."""

    name: Text = None
    email: Text = None
    phone: Text = None
    url: Text = Field(None, description="the person's own website")
    location: Location = Field(default_factory=Location)
    profiles: Annotated[list[Annotated[Profile, under("url")]], NoneIsEmpty] = []

    @model_validator(mode="before")
    @classmethod
    def _no_location(cls, data: Any) -> Any:
        return {**data, "location": {}} if isinstance(data, dict) and data.get("location") is None else data

    @model_validator(mode="after")
    def _tidy_phone(self) -> Basics:
        if self.phone:
            self.phone = e164(self.phone, self.location.countryCode)
        return self


class Work(Reply):
    """One job."""

    name: Text = Field(None, description="employer")
    position: Text = None
    location: Text = None
    startDate: PartialDate = None
    endDate: PartialDate = None
    current: YesOrNo = None
    highlights: Annotated[list[Item], NoneIsEmpty] = []

    @model_validator(mode="before")
    @classmethod
    def _present_is_current(cls, data: Any) -> Any:
        end = data.get("endDate") if isinstance(data, dict) else None
        return {**data, "endDate": None, "current": True} if isinstance(end, str) and is_present(end) else data

    @model_validator(mode="after")
    def _one_end(self) -> Work:
        self.current = bool(self.current) and self.endDate is None
        return self


class Education(Reply):
    """One course of study."""

    institution: Text = None
    area: Text = Field(None, description="subject")
    studyType: Text = Field(None, description="award, such as BSc or Ausbildung")
    startDate: PartialDate = None
    endDate: PartialDate = None


class Skill(Reply):
    """One skill."""

    name: str


class Language(Reply):
    """A language the person speaks."""

    language: Annotated[str | None, AfterValidator(_english)] = Field(None, description="English name")
    fluency: Text = Field(None, description="as printed")
    cefr: Annotated[str | None, AfterValidator(_cefr)] = Field(None, description="A1 to C2, only if printed")


class Certificate(Reply):
    """A certificate or licence."""

    name: Text = None
    issuer: Text = None
    date: PartialDate = None


class CV(Reply):
    """A CV, as a recruiter files it."""

    document_type: DocumentType
    language: LanguageCode = Field(description="ISO 639-1 code of the document's language")
    basics: Basics
    work: Annotated[list[Work], NoneIsEmpty]
    education: Annotated[list[Education], NoneIsEmpty]
    skills: Annotated[list[Annotated[Skill, under("name")]], NoneIsEmpty]
    languages: Annotated[list[Annotated[Language, under("language")]], NoneIsEmpty]
    certificates: Annotated[list[Annotated[Certificate, under("name")]], NoneIsEmpty]
    driving_licences: Annotated[list[Item], NoneIsEmpty] = Field(description="classes, such as B or CE")

    @model_validator(mode="after")
    def _once(self) -> CV:
        """Drop what is listed twice; weak models repeat themselves."""
        first: dict[str, Skill] = {}
        for skill in self.skills:
            if skill.name:
                first.setdefault(skill.name.casefold(), skill)
        self.skills = list(first.values())
        self.driving_licences = list(dict.fromkeys(self.driving_licences))
        return self


def is_break(text: str) -> bool:
    """Tell whether a position says that there was none: "Parental leave", "Career break"."""
    return _breaks().search(text.casefold()) is not None


@functools.cache
def _breaks() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, read_words()['breaks']))})(?!\w)")


def derive(fields: dict[str, Any], as_of: dt.date) -> dict[str, Any]:
    """Add what is computed, not read: the day that "present" means, and the months of experience (None: no dates)."""
    worked = (job for job in fields["work"] if job["name"] or not is_break(job["position"] or ""))
    jobs = [(job["startDate"], job["endDate"], job["current"]) for job in worked]
    months = experience_months(jobs, as_of)
    head = {"document_type": fields["document_type"], "language": fields["language"], "as_of": as_of.isoformat()}
    return head | fields | {"derived": {"experience_months": months or None}}
