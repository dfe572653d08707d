"""One document's text: read in a worker that can be killed, and by OCR where a page has none."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

from pipeline.clock import Clock
from pipeline.errors import DocumentError, LimitError, TooLargeError
from pipeline.extract.layout.tsv import Recognised
from pipeline.extract.limits import Limits
from pipeline.extract.ocr.tesseract import Ocr
from pipeline.extract.settle import settled, with_recognised
from pipeline.extract.tasks import draw, look
from pipeline.landing import Arrive, in_thread
from pipeline.records import Document, Extraction

_MOST_IN_VAIN = 5
"""Times ocr_timeout: seconds of OCR that may bring nothing. The next pages are not tried: 200 of noise would take hours."""
_SCAN_ANEW = "if a person can read it, scan it anew: straight, at 300 dpi"


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads documents, as long as a command lives."""

    readers: Executor
    """Workers, for all that a stranger's bytes can break."""
    limits: Limits
    ocr: Ocr | None
    """None: it is off, or not installed."""
    clock: Clock
    turns: asyncio.Semaphore
    """So many pages are drawn and recognised at once, over all documents: a page in hand is megabytes."""
    pages_at_once: int = 1
    """So many of one document: its others do not stand in line before another document's."""
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
        numbers, vain = [page.page for page in extraction.unread], list[float]()
        own = asyncio.Semaphore(self.pages_at_once)

        async def in_turn(number: int) -> Recognised | DocumentError:
            async with own, self.turns:
                return await self._page(data, extraction.media_type, number, ocr, vain)

        results = await asyncio.gather(*map(in_turn, numbers))
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
        self, data: bytes, media_type: str, number: int, ocr: Ocr, vain: list[float]
    ) -> Recognised | DocumentError:
        """Read a page. `vain`: seconds of the document's pages without a result, and those beyond ocr_timeout of others."""
        if sum(vain) >= _MOST_IN_VAIN * ocr.timeout:
            return LimitError(f"{sum(vain):.0f} seconds of OCR brought nothing", _SCAN_ANEW)
        began = self.clock.monotonic()
        try:
            page = await self.arrive(self.readers.submit(draw, data, media_type, number, self.limits))
            began = self.clock.monotonic()  # to wait for a reader is no fault of the page
            result = await in_thread(ocr.recognise, page)
        except DocumentError as error:
            vain.append(ocr.timeout if isinstance(error, LimitError) else self.clock.monotonic() - began)
            return error
        vain.append(max(0.0, self.clock.monotonic() - began - ocr.timeout))
        return result
