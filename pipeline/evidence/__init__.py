"""Every extracted value looked up in the document: what a summary says, and where it stands.

A value that is not found is marked, never dropped: the reader of the summary decides. Values that a
schema normalises (dates, phone numbers, names of languages and countries) are looked for in the
forms in which people print them.
"""

from pipeline.evidence.meanings import load
from pipeline.evidence.values import find_evidence

__all__ = ["find_evidence", "load"]
