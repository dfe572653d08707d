"""The embedded engine: a document's text in, an instance of the asked-for JSON schema out, by rules.

Promise: the same text gives the same answer, without key, network or clock; any text gets an answer that the schema
accepts; what is not printed is null. Nothing in a document is obeyed: it is only read.

    text -> lines -> wraps -> language
    "cv"         kinds, sections -> person, contact, stays, work, education, skills, spoken, certificates -> resume
    "document"   kinds -> titles, moments, money, totals, parties, summary -> business
    any other    the same facts, and what stands behind labels, by what each property is called -> custom
    shape        cuts what was found to the schema
"""

from __future__ import annotations

from typing import Any

from pipeline.inference.offline.business.document import as_document, read_business
from pipeline.inference.offline.custom import read_custom
from pipeline.inference.offline.cv.resume import EMPTY, read_resume
from pipeline.inference.offline.kinds import CV, kind_of_document
from pipeline.inference.offline.language import language_of
from pipeline.inference.offline.lines import read_lines
from pipeline.inference.offline.shape import shaped
from pipeline.inference.offline.wraps import joined_dates


def answer(text: str, schema_name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return an instance of the (strict) JSON schema, read from the document's text by rules."""
    lines = joined_dates(read_lines(text))
    language = language_of(text)
    wanted = schema.get("properties", {})
    if schema_name == "cv" and "basics" in wanted:
        kind = kind_of_document(lines, expected_cv=True)
        found = {"document_type": kind, "language": language} | (read_resume(lines, language) if kind == CV else EMPTY)
    elif schema_name == "document" and "fields" in wanted:
        found = {"language": language} | as_document(read_business(lines, language))
    else:
        found = read_custom(lines, language, schema)
    reply: dict[str, Any] = shaped(found, schema)
    return reply
