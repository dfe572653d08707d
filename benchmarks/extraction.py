"""How well and how fast PDFs are read, beside pypdf alone and beside a bare loop over pdfium's text.

    python benchmarks/extraction.py
    python benchmarks/extraction.py some/folder/*.pdf

Quality: tests/layouts, PDFs whose text is known. Words: share of its words that were found. Pairs: share
of its neighbouring words that are neighbours in what was read. Speed: CPU of this process, best of nine.
"""

from __future__ import annotations

import argparse
import io
import logging
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pypdf
import pypdfium2

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from known_text import LAYOUTS, kept, truth
from pipeline.clock import SystemClock
from pipeline.extract.formats import extract
from pipeline.extract.limits import USUAL
from pipeline.extract.pdf import document as pdf
from pipeline.extract.pdf.document import read_pdf
from pipeline.extract.workers.pool import ReaderPool

DOCUMENTS = 200
Reader = Callable[[bytes], object]


def pypdf_alone(data: bytes) -> str:
    """Return the text as pypdf gives it."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def bare(data: bytes) -> int:
    """Read the text with pdfium and throw it away; return the number of pages."""
    with pypdfium2.PdfDocument(data) as document:
        for number in range(len(document)):
            page = document[number]
            textpage = page.get_textpage()
            textpage.get_text_range()
            textpage.close()
            page.close()
        return len(document)


def trusting(data: bytes) -> object:
    """Read a PDF as the chain does, but look for no hidden text."""
    chain = vars(pdf)
    looked_for, chain["find_hidden"] = chain["find_hidden"], lambda *_, **__: []
    try:
        return read_pdf(data, USUAL)
    finally:
        chain["find_hidden"] = looked_for


def quality() -> None:
    """Print the table of the known-text set."""
    print(f"{'':<44}{'words':>7}{'pairs':>7}{'  pypdf':>9}{'pairs':>7}")
    rows = []
    for path in LAYOUTS:
        data, known = path.read_bytes(), truth(path)
        rows.append((*kept(known, read_pdf(data, USUAL).text), *kept(known, pypdf_alone(data))))
        print(f"{path.stem:<44}{rows[-1][0]:>7.3f}{rows[-1][1]:>7.3f}{rows[-1][2]:>9.3f}{rows[-1][3]:>7.3f}")
    for name, total in (("mean", statistics.mean), ("worst", min)):
        words, pairs, other_words, other_pairs = (total(column) for column in zip(*rows, strict=True))
        print(f"{name:<44}{words:>7.3f}{pairs:>7.3f}{other_words:>9.3f}{other_pairs:>7.3f}")


def cpu(reader: Reader, files: list[bytes]) -> float:
    """Return CPU milliseconds for all files, the best of nine."""
    best = float("inf")
    for _ in range(9):
        before = time.process_time()
        for data in files:
            reader(data)
        best = min(best, time.process_time() - before)
    return best * 1000


def readable(paths: Iterable[Path]) -> list[bytes]:
    """Return the files that can be read at all."""
    files = []
    for path in sorted(paths):
        data = path.read_bytes()
        try:
            extract(data, path.name)
        except Exception as error:
            print(f"left out: {path}: {error}")
        else:
            files.append(data)
    return files


def speed(files: list[bytes]) -> None:
    """Print CPU per page beside the bare loop."""
    pages = sum(map(bare, files))
    loop = cpu(bare, files)
    print(f"\n{len(files)} documents, {pages} pages{'':<6}{'ms/page':>9}{'docs/s':>8}{'of bare':>9}")
    for name, used in (
        ("bare loop", loop),
        ("chain", cpu(lambda data: read_pdf(data, USUAL), files)),
        ("chain, all text seen", cpu(trusting, files)),
        ("pypdf alone", cpu(pypdf_alone, files)),
    ):
        print(f"{name:<28}{used / pages:>9.2f}{1000 * len(files) / used:>8.0f}{used / loop:>9.2f}")


def pool(files: list[bytes]) -> None:
    """Print what the pool of workers costs."""
    clock = SystemClock()
    start = clock.monotonic()
    workers = ReaderPool(1, 20, 2048)
    workers.submit(extract, files[0], "a.pdf").result()
    first = clock.monotonic() - start
    before = time.process_time()
    for number in range(DOCUMENTS):
        workers.submit(extract, files[number % len(files)], "a.pdf").result()
    parent = (time.process_time() - before) * 1000 / DOCUMENTS
    memory = workers.submit(resource.getrusage, resource.RUSAGE_SELF).result().ru_maxrss / 1024
    workers.shutdown()
    print(f"\nstart of the first document {first:.2f} s; parent {parent:.2f} ms/document; worker {memory:.0f} MB")


def office() -> None:
    """Print CPU of a DOCX and an ODT of a page."""
    # Imported here: workers import this file as their main module, and would pay for all that tests need.
    from test_extract import docx, odt, p  # noqa: PLC0415

    body = "".join(p(f"A line of a page, number {number}, with words enough to be one") for number in range(45))
    lines = "".join(f"<text:p>A line of a page, number {number}, with words enough</text:p>" for number in range(45))
    for name, data in (("DOCX", docx(body)), ("ODT", odt(lines))):
        used = cpu(lambda data: extract(data, "a page"), [data] * 50) / 50
        print(f"{name} {used:.2f} ms")


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "files", nargs="*", type=Path, help="PDFs to measure the speed with; if none, the known-text set"
    )
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    quality()
    files = readable(options.files) if options.files else [path.read_bytes() for path in LAYOUTS]
    speed(files)
    pool(files)
    office()


if __name__ == "__main__":
    main()
