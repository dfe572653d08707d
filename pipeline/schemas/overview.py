"""What a person wants to see first of a summary of any kind: the same few facts, whatever its schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_OF_CV = {"basics", "work", "skills", "languages", "derived"}
"""A schema that somebody wrote may have some of these names for other things, but `derived` is made by us."""
BROKEN = (ValueError, KeyError, TypeError, AttributeError)
"""What is raised by whoever reads a stored summary in which a letter of a name, a comma or a quote is another one now."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Facts common to all kinds of document. None or empty: it has none."""

    kind: str | None
    about: str | None
    """Whom or what it is about: the person of a CV, else title and parties."""
    language: str | None
    summary: str | None
    """The model's own, or for a CV one sentence made here of its fields."""
    email: str | None = None
    phone: str | None = None
    city: str | None = None
    position: str | None = None
    employer: str | None = None
    experience_months: int | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    date: str | None = None
    parties: tuple[str, ...] = ()
    total: str | float | None = None
    currency: str | None = None


def overview(fields: dict[str, Any]) -> Overview:
    """Return the common facts of a summary."""
    return _of_cv(fields) if fields.keys() >= _OF_CV else _of_document(fields)


def field_paths(schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the path of every field of a JSON Schema, in its order. Lists are fields; objects are looked into."""
    for name, part in schema.get("properties", {}).items():
        if "properties" in part:
            yield from ((name, *rest) for rest in field_paths(part))
        else:
            yield (name,)


def _of_cv(fields: dict[str, Any]) -> Overview:
    basics = fields["basics"]
    job = _newest(fields["work"])
    months = fields.get("derived", {}).get("experience_months")
    skills = tuple(skill["name"] for skill in fields["skills"])
    languages = tuple(_spoken(language) for language in fields["languages"] if language.get("language"))
    return Overview(
        kind=fields["document_type"],
        about=basics["name"],
        language=fields["language"],
        summary=_sentence(job, months, skills, languages),
        email=basics["email"],
        phone=basics["phone"],
        city=basics["location"]["city"],
        position=job.get("position"),
        employer=job.get("name"),
        experience_months=months,
        skills=skills,
        languages=languages,
    )


def _of_document(fields: dict[str, Any]) -> Overview:
    facts = fields["fields"] if isinstance(fields.get("fields"), dict) else fields
    listed = facts.get("parties")
    parties = tuple(str(party) for party in listed if party) if isinstance(listed, list) else ()
    total = facts.get("total")
    named = (_title(value) for value in (fields.get("title"), fields.get("name"), facts.get("number")))
    return Overview(
        kind=_text(fields.get("document_type")),
        about=" · ".join(part for part in (next(filter(None, named), None), *parties[:2]) if part) or None,
        language=_text(fields.get("language")),
        summary=_text(fields.get("summary")),
        email=_text(facts.get("email")),
        phone=_text(facts.get("phone")),
        date=_text(facts.get("date")),
        parties=parties,
        total=total if isinstance(total, str | int | float) and not isinstance(total, bool) else None,
        currency=_text(facts.get("currency")),
    )


def _newest(work: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the job that goes on or ended last; as printed where dates do not tell."""
    ends = [("9999" if job["current"] else job["endDate"] or "", job["startDate"] or "") for job in work]
    return work[ends.index(max(ends))] if work else {}


def _spoken(language: dict[str, Any]) -> str:
    level = language.get("cefr") or language.get("fluency")
    return f"{language['language']} ({level})" if level else str(language["language"])


def _sentence(
    job: dict[str, Any], months: int | None, skills: tuple[str, ...], languages: tuple[str, ...]
) -> str | None:
    """Say a CV in one line. Made of its fields, so that it can claim nothing else."""
    role = " at ".join(part for part in (job.get("position"), job.get("name")) if part)
    since = f" since {job['startDate']}" if role and job.get("current") and job.get("startDate") else ""
    parts = [
        role and ("" if job.get("current") else "last: ") + role + since,
        months and f"{months // 12} years {months % 12} months of experience",
        skills and "skills: " + ", ".join(skills[:6]),
        languages and "speaks " + ", ".join(languages),
    ]
    return "; ".join(part for part in parts if part) or None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _title(value: Any) -> str | None:
    """Return a text, or a number as one; lists and objects are shown by the table of their own kind."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
