"""Are documents read while others are asked about? PDFs, read alone, asked about alone, and both.

    .venv/bin/python benchmarks/overlap.py
    .venv/bin/python benchmarks/overlap.py --documents 100 --pages 1

`reading` reads the PDFs in the program's workers (one for each core, four at most), `bare` asks about their text and
stores nothing, `line` is the whole line. Both together should take no longer than the slower of the two.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # reportlab ships no types

from rig import arguments, contend, cvs, here, provider, source

LATENCY, CONCURRENCY = 0.3, 64


def pdfs(count: int, pages: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of so many CVs as PDFs."""
    for name, text in cvs(count):
        yield name.replace(".txt", ".pdf"), _pdf(text.decode(), pages)


def _pdf(text: str, pages: int) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    for _ in range(pages):
        page = canvas.beginText(50, 780)
        for row in text.splitlines():
            page.textLine(row[:90])
        canvas.drawText(page)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def main() -> None:
    """Measure and print a table."""
    parser = arguments(__doc__, documents=500, pages=2)
    options = parser.parse_args()
    documents, pages = options.documents, options.pages
    print(f"{here()}\n{documents} PDFs of {pages} pages, {1000 * LATENCY:.0f} ms a reply, {CONCURRENCY} at once")
    with source(pdfs(documents, pages)) as folder, provider(options.provider) as whom:
        whom.set(latency=LATENCY)
        found = {}
        for name in ("reading", "bare", "line"):
            with tempfile.TemporaryDirectory() as own:
                found[name] = contend(name, whom, folder, Path(own) / "data", concurrency=CONCURRENCY)
    slower = max(found["reading"].wall, found["bare"].wall)
    print(f"{'':<10}{'wall s':>8}{'of slower':>11}{'CPU ms/doc':>12}{'finished':>10}")
    for name, run in found.items():
        each = 1000 * run.cpu / documents
        print(f"{name:<10}{run.wall:>8.2f}{run.wall / slower:>11.2f}{each:>12.1f}{run.finished:>10}")


if __name__ == "__main__":
    main()
