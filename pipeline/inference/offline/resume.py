"""A whole CV: the parts that the other modules read, put into the shape of the schema "cv"."""

from __future__ import annotations

from typing import Any

from pipeline.inference.offline.contact import Contact, find_contact
from pipeline.inference.offline.education import Course, read_education
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.lists import (
    labelled_licences,
    read_certificates,
    read_languages,
    read_licences,
    read_skills,
)
from pipeline.inference.offline.person import find_name
from pipeline.inference.offline.scores import Scores
from pipeline.inference.offline.sections import Section, find_headings, sections
from pipeline.inference.offline.work import Job, WorkReader

_MOST_LINES = 8_000
EMPTY: dict[str, Any] = {
    "basics": {},
    "work": [],
    "education": [],
    "skills": [],
    "languages": [],
    "certificates": [],
    "driving_licences": [],
}
"""What a document that is no CV says about a person."""


def read_resume(lines: list[Line], language: str | None) -> dict[str, Any]:
    """Return what a CV says, in the shape of the schema "cv" without document_type and language."""
    lines = lines[:_MOST_LINES]
    scores = Scores(language)
    name = find_name(lines, find_headings(lines), scores)
    parts = sections(lines, {name.line} if name else set())
    contact = find_contact(parts)
    work = WorkReader(scores, _titles(lines, name.line if name else None), contact.place.city)
    return {
        "basics": _basics(name.text if name else None, contact),
        "work": [_job(job) for job in _jobs(parts, work)],
        "education": [_course(course) for course in read_education(_lines(parts, "education"))],
        "skills": [{"name": skill} for skill in read_skills(_lines(parts, "skills"))],
        "languages": [
            {"language": one.language, "fluency": one.fluency, "cefr": one.cefr}
            for one in read_languages(_lines(parts, "languages"))
        ],
        "certificates": [
            {"name": one.name, "issuer": one.issuer, "date": one.date}
            for one in read_certificates(_lines(parts, "certificates"))
        ],
        "driving_licences": _licences(parts),
    }


def _lines(parts: list[Section], kind: str) -> list[Line]:
    return [line for part in parts if part.kind == kind for line in part.lines]


def _titles(lines: list[Line], name_line: int | None) -> list[str]:
    """Return the line under the name: if anything, it is the person's profession."""
    return [line.text for line in lines[name_line + 1 : name_line + 2]] if name_line is not None else []


def _jobs(parts: list[Section], work: WorkReader) -> list[Job]:
    return [job for part in parts if part.kind == "work" for job in work.read(list(part.lines))]


def _licences(parts: list[Section]) -> list[str]:
    text = "\n".join(line.text for line in _lines(parts, "licences"))
    lines = [line for part in parts if part.kind not in ("references", "work") for line in part.lines]
    return list(dict.fromkeys([*read_licences(text), *labelled_licences(lines)]))


def _basics(name: str | None, contact: Contact) -> dict[str, Any]:
    return {
        "name": name,
        "email": contact.email,
        "phone": contact.phone,
        "url": contact.url,
        "location": {
            "city": contact.place.city,
            "region": contact.place.region,
            "countryCode": contact.place.country,
        },
        "profiles": [{"network": network, "url": url} for network, url in contact.profiles],
    }


def _job(job: Job) -> dict[str, Any]:
    span = job.span
    return {
        "name": job.name,
        "position": job.position,
        "location": job.location,
        "startDate": span.start if span else None,
        "endDate": span.end if span else None,
        "current": bool(span and span.current),
        "highlights": list(job.highlights),
    }


def _course(course: Course) -> dict[str, Any]:
    span = course.span
    return {
        "institution": course.institution,
        "area": course.area,
        "studyType": course.study_type,
        "startDate": span.start if span and span.is_range else None,
        "endDate": span.end if span else None,
    }
