"""One document's text: read in a worker that can be killed, and by OCR where a page has none."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from pipeline.errors import DocumentError, LimitError, TooLargeError
from pipeline.extract.limits import Limits
from pipeline.extract.ocr import Ocr
from pipeline.extract.settle import settled, with_recognised
from pipeline.extract.tasks import draw, look
from pipeline.extract.tsv import Recognised
from pipeline.landing import Arrive
from pipeline.records import Document, Extraction

_MOST_STUCK = 5
"""Pages of a document that may run into a limit. The next ones are not tried: others wait for their turn, for hours if all 200 do."""
_SCAN_ANEW = "if a person can read it, scan it anew: straight, at 300 dpi"


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads documents, as long as a command lives."""

    readers: Executor
    """Workers, for all that a stranger's bytes can break."""
    limits: Limits
    ocr: Ocr | None
    """None: it is off, or not installed."""
    turns: asyncio.Semaphore
    """So many pages are drawn and recognised at once, over all documents: a page in hand is megabytes."""
    arrive: Arrive = asyncio.wrap_future
    hint: str = ""
    """What to do about a scan where there is no OCR; empty: install it."""

    async def read(self, document: Document) -> Extraction:
        """Return what a document says. Raises DocumentError, and WorkerError where the machine has no room for a reader."""
        if document.data is None:
            most = self.limits.max_bytes // 2**20
            raise TooLargeError(f"it has {document.size / 2**20:.0f} MiB; the limit is {most}")
        extraction = await self.arrive(self.readers.submit(look, document.data, document.name, self.limits))
        if not extraction.unread or self.ocr is None:
            return settled(extraction, self.hint)
        return await self._recognised(document.data, extraction, self.ocr)

    async def _recognised(self, data: bytes, extraction: Extraction, ocr: Ocr) -> Extraction:
        """Read the pages that have no text. Where that leaves nothing, the first page's trouble is the document's."""
        numbers, stuck = [page.page for page in extraction.unread], list[LimitError]()
        results = await asyncio.gather(
            *(self._page(data, extraction.media_type, number, ocr, stuck) for number in numbers)
        )
        by_page = dict(zip(numbers, results, strict=True))
        found = {number: result for number, result in by_page.items() if isinstance(result, Recognised)}
        try:
            return settled(with_recognised(extraction, found, ocr.version, self.limits), _SCAN_ANEW)
        except DocumentError:
            for result in results:
                if isinstance(result, DocumentError):
                    raise result from None
            raise

    async def _page(
        self, data: bytes, media_type: str, number: int, ocr: Ocr, stuck: list[LimitError]
    ) -> Recognised | DocumentError:
        """Read a page. `stuck`: what ended other pages of the document."""
        async with self.turns:
            if len(stuck) >= _MOST_STUCK:
                return stuck[0]
            try:
                page = await self.arrive(self.readers.submit(draw, data, media_type, number, self.limits))
                return await asyncio.to_thread(ocr.recognise, page)
            except LimitError as error:
                stuck.append(error)
                return error
            except DocumentError as error:
                return error
