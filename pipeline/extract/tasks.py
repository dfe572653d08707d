"""What a reader process is asked to do. The modules that do it are loaded there, not here where it is asked for.

The libraries that open files take 25 MB and a tenth of a second, which the program itself does without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.limits import Limits
from pipeline.records import Extraction

if TYPE_CHECKING:
    from pipeline.extract.raster import Raster


def look(data: bytes, name: str, limits: Limits) -> Extraction:
    """Return what a document says, pages without text unread; see formats.py."""
    from pipeline.extract import formats  # noqa: PLC0415  # see above

    return formats.look(data, name, limits)


def draw(data: bytes, media_type: str, page: int, limits: Limits) -> Raster:
    """Return a picture of a page (from 1); see raster.py."""
    from pipeline.extract import raster  # noqa: PLC0415  # see above

    return raster.draw(data, media_type, page, limits)
