"""What a reader process is asked to do. The modules that do it are loaded there, not here where it is asked for.

The libraries that open files take 25 MB and a tenth of a second, which the program itself does without.

They raise what nobody foresaw. The file they stumble over is named like any other damaged one, or it would wait in the inbox for ever.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from pipeline.errors import DamagedError, PipelineError
from pipeline.extract.limits import Limits
from pipeline.records import Extraction

if TYPE_CHECKING:
    from pipeline.extract.ocr.raster import Raster


def look(data: bytes, name: str, limits: Limits) -> Extraction:
    """Return what a document says, pages without text unread; see formats.py. Raises DocumentError."""
    from pipeline.extract import formats  # noqa: PLC0415  # see above

    with _stumbling():
        return formats.look(data, name, limits)


def draw(data: bytes, media_type: str, page: int, limits: Limits) -> Raster:
    """Return a picture of a page (from 1); see ocr/raster.py. Raises DocumentError."""
    from pipeline.extract.ocr import raster  # noqa: PLC0415  # see above

    with _stumbling():
        return raster.draw(data, media_type, page, limits)


@contextlib.contextmanager
def _stumbling() -> Iterator[None]:
    """Raise DamagedError for what nobody foresaw, but for what is the machine's fault: a module or a file that is not there."""
    try:
        yield
    except (PipelineError, OSError, ImportError):
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {PurePath(place.filename).name}, line {place.lineno}"
        raise DamagedError(f"the reader stumbled over it ({where})") from None
