"""How much of a document is read before it is called too large. Sources: EXTRACTION measurements, see README."""

from __future__ import annotations

MAX_BYTES = 25 * 2**20
"""Size of a file."""
MAX_PAGES = 200
"""Pages of a PDF."""
MAX_CHARACTERS = 400_000
"""Characters of text, about 100,000 tokens."""
MAX_PART_BYTES = 50 * 2**20
"""One part of an office file, inflated."""
MAX_INFLATED_BYTES = 100 * 2**20
"""All parts of an office file, inflated."""
MAX_ENTRIES = 2_000
"""Entries of an office file's zip."""
