"""A whole CV: the parts that the other modules read, put into the shape of the schema "cv"."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import Any

from pipeline.inference.offline.cv.certificates import (
    is_licence_line,
    labelled_licences,
    names_licence,
    read_certificates,
    read_licences,
)
from pipeline.inference.offline.cv.contact import Contact, find_contact, find_email, with_strayed_contact
from pipeline.inference.offline.cv.education import Course, read_education
from pipeline.inference.offline.cv.forwarded import without_mail
from pipeline.inference.offline.cv.sections import Section, find_headings, sections
from pipeline.inference.offline.cv.skills import read_skills
from pipeline.inference.offline.cv.spoken import is_language_line, is_level_header, read_languages
from pipeline.inference.offline.cv.stays import joined_stays, with_months
from pipeline.inference.offline.cv.work import Job, WorkReader
from pipeline.inference.offline.heading_words import is_heading_text
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.person import Name, find_name
from pipeline.inference.offline.scores import Scores, school
from pipeline.inference.offline.words import letters_only, phrases, word_list

_MOST_LINES = 4_000
_MOST_REPEATED = 50
_LONGEST_CONSENT = 6  # lines
_LONGEST_HEAD = 12  # lines, from the name to the e-mail address
_PAGE_BEHIND = re.compile(r"[\s|·•–—-]+\d{1,3}(?:\s?/\s?\d{1,3})?$")
_MAY_HOLD_JOBS = ("projects", "other", "certificates", "hobbies", "skills")
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
    lines = with_months(_without_consent(without_mail(lines[:_MOST_LINES])))
    scores = Scores(language)
    name = find_name(lines, find_headings(lines), scores)
    if name:
        lines = _first_version(lines, name)
        lines = _without_running_head(_with_whole_name(lines, name), name)
    parts = with_strayed_contact(sections(lines, {name.line} if name else set()))
    contact = find_contact(parts, lambda text: _is_other(text, name.text if name else "", scores))
    city = contact.place.city
    work = WorkReader(scores, [one for one in _titles(lines, name.line if name else None) if one != city], city)
    courses = [line for line in _lines(parts, "education") if not is_licence_line(line.text)]
    languages = [line for line in _lines(parts, "languages") if not is_licence_line(line.text)]
    languages += [line for line in _lines(parts, "skills") if is_language_line(line.text)]
    languages = languages or [line for line in _lines(parts, "head") if is_language_line(line.text)]
    return {
        "basics": _basics(name.text if name else None, contact),
        "work": [_job(job) for job in _jobs(parts, work)],
        "education": [_course(course) for course in read_education(joined_stays(courses))],
        "skills": [{"name": skill} for skill in _skills(_lines(parts, "skills"), language)],
        "languages": [
            {"language": one.language, "fluency": one.fluency, "cefr": one.cefr} for one in read_languages(languages)
        ],
        "certificates": [
            {"name": one.name, "issuer": one.issuer, "date": one.date}
            for one in read_certificates(_lines(parts, "certificates"))
        ],
        "driving_licences": _licences(parts),
    }


def _without_consent(lines: list[Line]) -> list[Line]:
    """Leave out the sentence that consents to data processing, which many countries ask for, wrapped lines and all."""
    kept: list[Line] = []
    left = 0
    for line in lines:
        begins = phrases("labels", "consent").prefix(line.text) > 0
        goes_on = left > 0 and not (line.gap or line.bullet or is_heading_text(line.text))
        left = (_LONGEST_CONSENT if begins else left - 1) if (begins or goes_on) and line.text[-1:] != "." else 0
        if not (begins or goes_on):
            kept.append(line)
    return kept


def _with_whole_name(lines: list[Line], name: Name) -> list[Line]:
    """Put a name that is printed on two lines on one."""
    end = name.line + name.lines
    whole = replace(lines[name.line], text=" ".join(line.text for line in lines[name.line : end]))
    return [*lines[: name.line], whole, *lines[end:]]


def _first_version(lines: list[Line], name: Name) -> list[Line]:
    """Return a CV up to where the same one begins again in another language: name, e-mail address, jobs and courses."""
    repeated = (
        at for at in range(name.line + 1, len(lines)) if letters_only(lines[at].text) == letters_only(name.text)
    )
    email = _email_near(lines, 0)
    versions = itertools.islice(repeated, _MOST_REPEATED)  # below a menu of headings there is one only
    begins = [at for at in versions if email and _email_near(lines[:at], 0) == email == _email_near(lines, at)]
    headings = find_headings(lines) if begins else {}
    for at in begins:
        kinds = ({one.kind for line, one in headings.items() if (line < at) == is_first} for is_first in (True, False))
        if all(kind >= {"work", "education"} for kind in kinds):
            return lines[:at]
    return lines


def _email_near(lines: list[Line], at: int) -> str | None:
    return find_email("\n".join(line.text for line in lines[at : at + _LONGEST_HEAD]))


def _without_running_head(lines: list[Line], name: Name) -> list[Line]:
    """Leave out the name where later pages repeat it, alone, with "Curriculum vitae" or with the page: "Ada Nowak – 1/2"."""
    titles = word_list("headings")["title"]
    repeated = {
        letters_only(name.text),
        letters_only(lines[name.line].text),
        *(letters_only(f"{name.text}{title}") for title in titles),
    }
    first = lines[: name.line + 1]
    return first + [
        line for line in lines[name.line + 1 :] if letters_only(_PAGE_BEHIND.sub("", line.text)) not in repeated
    ]


def _is_other(text: str, name: str, scores: Scores) -> bool:
    """Tell whether a text in the head is a title, the person's name, a position, an employer or a school, and so no town."""
    words, own = set(text.casefold().split()), set(name.casefold().split())
    is_name = words <= own or (len(own) > 1 and own <= words) or text in phrases("headings", "title")  # "CV Ada Nowak"
    is_employer = " " in text.strip() and scores.organisation(text) >= 2  # Tours and Bath are towns
    return is_name or scores.role(text) > 0 or is_employer or school(text) > 0


def _skills(lines: list[Line], language: str | None) -> list[str]:
    """Return the skills, without the languages and driving licences that some list among them."""
    others = is_language_line, is_level_header, is_licence_line
    kept = [line for line in lines if not any(is_other(line.text) for is_other in others)]
    return [
        skill
        for skill in read_skills(kept, language)
        if not labelled_licences([Line(skill)]) and not names_licence(skill)
    ]


def _lines(parts: list[Section], kind: str) -> list[Line]:
    return [line for part in parts if part.kind == kind for line in part.lines]


def _titles(lines: list[Line], name_line: int | None) -> list[str]:
    """Return the line under the name: if anything, it is the person's profession."""
    return [line.text for line in lines[name_line + 1 : name_line + 2]] if name_line is not None else []


def _jobs(parts: list[Section], work: WorkReader) -> list[Job]:
    """Return the jobs; where the section for them is empty, those that a reader of pages put under another heading."""
    jobs = [job for part in parts if part.kind == "work" for job in work.read(joined_stays(part.lines))]
    if not jobs and not any(part.kind == "work" for part in parts):
        return _told_jobs(parts, work)
    strayed = (job for part in parts if part.kind in _MAY_HOLD_JOBS for job in work.read(list(part.lines)))
    jobs = jobs or [job for job in strayed if work.is_sure(job)]
    contracts = [job for part in parts if part.kind == "projects" for job in work.contracts(list(part.lines), jobs)]
    return [*contracts, *jobs] if contracts and _stand_above(parts) else [*jobs, *contracts]


def _stand_above(parts: list[Section]) -> bool:
    """Tell whether the projects are printed above the jobs."""
    kinds = [part.kind for part in parts]
    return kinds.index("projects") < kinds.index("work")  # both are there: contracts are read beside jobs only


def _told_jobs(parts: list[Section], work: WorkReader) -> list[Job]:
    """Return the jobs of a profile: a "career summary" may be a list of them."""
    told = (job for part in parts if part.kind == "profile" for job in work.read(joined_stays(part.lines)))
    jobs = [job for job in told if job.name and job.position and job.span and job.span.is_range]
    return jobs if any(map(work.may_be_under, jobs)) else []


def _licences(parts: list[Section]) -> list[str]:
    lines = [line for part in parts if part.kind not in ("references", "work") for line in part.lines]
    return list(dict.fromkeys([*read_licences(_lines(parts, "licences")), *labelled_licences(lines)]))


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
