"""How much of a document is read before it is refused. The defaults are decisions; the settings are in [extract]."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may be. Passed to every reader, since readers run in other processes."""

    max_bytes: int = 25 * 2**20
    """Size of a file."""
    max_pages: int = 200
    """Pages of a PDF or a picture file."""
    max_characters: int = 400_000
    """Characters of text, about 100,000 tokens."""
    max_part_bytes: int = 50 * 2**20
    """One part of an office file, inflated."""
    max_inflated_bytes: int = 100 * 2**20
    """All parts of an office file, inflated."""
    max_entries: int = 2_000
    """Entries of an office file's zip."""
    max_pixels: int = 50_000_000
    """Of a picture, as it declares them; it is not decoded to find out."""
    ocr_pixels: int = 10_000_000
    """Of a page that is drawn for OCR: A4 at 300 dpi has 8.7 million."""
    truncate: bool = False
    """Cut text beyond max_characters, and say so; False: refuse the document."""


USUAL = Limits()
