"""Picture files: so many pages, none of them read yet."""

from __future__ import annotations

from pipeline.extract.limits import Limits
from pipeline.extract.ocr.raster import frames
from pipeline.extract.pages import joined
from pipeline.extract.settle import SCAN
from pipeline.records import Extraction, Unread


def read_picture(data: bytes, limits: Limits) -> Extraction:
    """Return the pages of a picture file, all of them unread. Raises DocumentError."""
    media_type, count = frames(data, limits)
    text, starts, _ = joined([""] * count, limits)
    return Extraction(text, starts, media_type, "", unread=tuple(Unread(page, SCAN) for page in range(1, count + 1)))
