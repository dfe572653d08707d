"""What glyphs are said to stand for (ActualText), where pdfium puts it in a wrong place.

Browsers say so of ligatures and small capitals. Where such a text stands within a form (a part of the page that is faded, turned
or blended as a whole), pdfium places it as if the form were not moved, and words with an "fi" come apart all over the page. Without
what is said, it reads the letters from the font, and in their place.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.extract.pdf.page_objects import Text, mark_name, marks, plain

_SAID_OF = "Span"
"""The mark with which it is said (ISO 32000-2, 14.9.4)."""


def drop_misplaced(texts: Iterable[Text]) -> None:
    """Take from the texts of a page, before it is read, what those within forms are said to stand for."""
    for text in texts:
        if text.is_in_form():
            for mark in [mark for mark in marks(text.handle) if mark_name(mark) == _SAID_OF]:
                plain.FPDFPageObj_RemoveMark(text.handle, mark)
