"""PDF: pypdf opens every file and knows its structure, pdfium gives the text, pypdf is the second reader."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pypdf
import pypdfium2
import pypdfium2.raw as pdfium
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, NameObject, NumberObject
from pypdfium2 import PdfiumError

from pipeline.errors import DamagedError, EncryptedError, LimitError, TooLargeError, UnsupportedError
from pipeline.extract.clean import FULL_WIDTH, clean, damaged_share, has_words
from pipeline.extract.layout.gutters import Piece
from pipeline.extract.layout.order import arranged
from pipeline.extract.limits import Limits
from pipeline.extract.markup import kept_links
from pipeline.extract.pages import joined
from pipeline.extract.pdf import forms
from pipeline.extract.pdf.actual_text import drop_misplaced
from pipeline.extract.pdf.beginning import from_its_beginning
from pipeline.extract.pdf.hidden import DRAWN_PAGES, Hidden, find_hidden, hidden_notices, without
from pipeline.extract.pdf.mended import mended
from pipeline.extract.pdf.page_objects import painted
from pipeline.extract.pdf.scan import pictured, unread_pages
from pipeline.extract.pdf.structure import has_layers, layers_off, ligatures
from pipeline.extract.pdf.words import pieces
from pipeline.extract.quality import is_garbled
from pipeline.extract.settle import GARBLED, amount
from pipeline.extract.unseen import letters_nowhere_printed, spelled_without_width, told
from pipeline.records import Extraction, Notice

# pypdf raises beyond its own tree: bad files reach it as any of these (EXTRACTION, "Hostile input").
_PYPDF_ERRORS = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    ZeroDivisionError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    DeprecationWarning,
    OSError,
    pypdf.errors.DependencyError,
    pypdf.errors.DeprecationError,
)
_SOME_DAMAGE = 0.02
_LEAST_KEPT = 0.95
"""Of the letters of one reading: another one with fewer is no better, however well it parts them."""
_COVER = 120
"""Words: the cover of a portfolio has no more, which say in some languages to open it with another program."""
_NOT_SHOWN = 0b100010
"""Flags of an annotation: hidden, no view (ISO 32000-2, 12.5.3)."""


class _Known(NamedTuple):
    """What is known of a file before pdfium reads it."""

    has_layers: bool = False
    """Which of them is shown, is looked at."""
    layers_off: bool = False
    """Some are switched off."""
    ligatures: Callable[[], Mapping[int, str]] = dict
    """For codes that pdfium does not understand; looked for where there are such."""


class _Page(NamedTuple):
    """What pdfium reads on a page."""

    text: str
    """What a person sees."""
    unseen: tuple[str, ...] = ()
    """What nobody sees, run by run."""
    notices: tuple[Notice, ...] = ()
    pictured: float = 0.0
    """How much of it is a picture of a page, 0 to 1."""


def read_pdf(data: bytes, limits: Limits) -> Extraction:
    """Return the text that a person sees in a PDF, page by page, in the order in which it was written."""
    given = from_its_beginning(data)
    data = mended(given)
    reader = _open(data, limits)
    known = _known(reader) if reader else _Known()
    found = _pdfium_pages(data, limits, known)
    is_whole = reader is not None and found is not None and len(found) == len(reader.pages)
    if reader and not is_whole:
        found = _fuller(found, _pdfium_pages(_written_anew(reader), limits, known))
    extractor = f"pypdfium2 {pypdfium2.version.PYPDFIUM_INFO}"
    pages = None if found is None else [page.text for page in found]
    if reader and (found is None or not _sound("\n".join("".join((page.text, *page.unseen)) for page in found))):
        shows_something = any(page.text or page.pictured for page in found or ())
        second = _pypdf_pages(reader, is_last_hope=not shows_something)
        if second and found:
            second = [without(text, page.unseen) for text, page in zip(second, found, strict=False)]
        if second and (pages is None or _better(second, pages)):
            pages, extractor = second, f"pypdf {pypdf.__version__}"
    if pages is None:
        raise DamagedError("this PDF is damaged; neither reader can open it")
    raw = "\n".join(pages)
    unread = unread_pages(pages, [page.pictured for page in found or ()])
    garbled = {page.page for page in unread if page.why == GARBLED}
    pages = ["" if number in garbled else page for number, page in enumerate(pages, 1)]
    text, starts, cut = joined([clean(page) for page in pages], limits)
    if reader and amount(text) <= _COVER and _is_portfolio(reader):
        raise UnsupportedError(
            "this PDF is a portfolio: its documents are files within it",
            "open it in Adobe's Reader, save the files, and put those into the inbox",
        )
    is_sound = is_whole and data == given
    repaired = () if is_sound else (Notice("repaired", "the file is damaged; some of it may be missing"),)
    links = kept_links(_targets(reader)) if reader else ()
    unseen = (notice for page in found or () for notice in page.notices)
    elsewhere = {"zero_width": spelled_without_width(raw), "title": letters_nowhere_printed(_properties(reader), text)}
    notices = (*repaired, *cut, *unseen, *told(elsewhere))
    return Extraction(text, starts, "application/pdf", extractor, links, notices, unread=unread)


def _open(data: bytes, limits: Limits) -> pypdf.PdfReader | None:
    """Open with pypdf and check what it declares; None: pypdf cannot, pdfium may."""
    # A context variable of pypdf: lower than its defaults, at which two bombs took over 12 s.
    pypdf.overwrite_configuration(
        zlib_maximum_output_length=25_000_000,
        stream_parsing_work_maximum_count=300_000,
        stream_decoding_work_maximum_length=50_000_000,
    )
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise EncryptedError("this PDF is protected with a password")
        count = len(reader.pages)
    except _PYPDF_ERRORS:
        return None
    _refuse_many(count, limits)
    return reader


def _refuse_many(pages: int, limits: Limits) -> None:
    if pages > limits.max_pages:
        raise TooLargeError(f"this PDF has {pages} pages; the limit is {limits.max_pages}")


def _is_portfolio(reader: pypdf.PdfReader) -> bool:
    try:
        return "/Collection" in reader.root_object
    except _PYPDF_ERRORS:
        return False


def _known(reader: pypdf.PdfReader) -> _Known:
    return _Known(_told(has_layers, reader), _told(layers_off, reader), functools.cache(lambda: _ligatures(reader)))


def _told(of_layers: Callable[[pypdf.PdfReader], bool], reader: pypdf.PdfReader) -> bool:
    try:
        return of_layers(reader)
    except _PYPDF_ERRORS:
        return True  # then they are looked at


def _ligatures(reader: pypdf.PdfReader) -> dict[int, str]:
    try:
        return ligatures(reader)
    except _PYPDF_ERRORS:
        return {}


def _properties(reader: pypdf.PdfReader | None) -> list[str]:
    """Return what the file says of itself, for programs to show."""
    try:
        said = reader.metadata if reader else None
        return [str(said.get(key) or "") for key in ("/Title", "/Subject", "/Keywords")] if said else []
    except _PYPDF_ERRORS:
        return []


def _pdfium_pages(data: bytes, limits: Limits, known: _Known) -> list[_Page] | None:
    """Return each page as pdfium reads it; None: pdfium cannot open the file."""
    _forget_last_error()
    try:
        with pypdfium2.PdfDocument(data) as document:
            _refuse_many(len(document), limits)
            forms.prepare(document)
            return [_page(document, number, known) for number in range(len(document))] or None
    except PdfiumError as error:
        said = str(error).lower()
        if "password" in said:
            raise EncryptedError("this PDF is protected with a password") from None
        if "security" in said:
            raise EncryptedError("this PDF is locked in a way that needs a certificate or another program") from None
        return None


def _written_anew(reader: pypdf.PdfReader) -> bytes:
    """Return a file as pypdf understands it, for pdfium: where it is damaged, the one finds pages that the other misses."""
    anew = io.BytesIO()
    with contextlib.suppress(*_PYPDF_ERRORS):
        writer = pypdf.PdfWriter(clone_from=reader)
        pages = [page.indirect_reference for page in writer.pages]
        tree: Any = writer.root_object["/Pages"]
        tree[NameObject("/Kids")], tree[NameObject("/Count")] = ArrayObject(pages), NumberObject(len(pages))
        writer.write(anew)
    return anew.getvalue()


def _fuller(*readings: list[_Page] | None) -> list[_Page] | None:
    """Return the reading with most text, the first of equals; None: there is none."""
    return max(filter(None, readings), key=lambda pages: sum(len(page.text) for page in pages), default=None)


def _forget_last_error() -> None:
    """Let pdfium fail at nothing: it keeps its last error, and a document without pages would be told that one."""
    pdfium.FPDF_LoadMemDocument64(b"", 0, None)


def _page(document: pypdfium2.PdfDocument, number: int, known: _Known) -> _Page:
    page = document[number]
    try:
        read = _read(page, number, known)
        printed = "\n".join(piece.text for frame in read.frames for piece in frame)
        filled = forms.filled(document, page, number, layers=known.layers_off)
        if filled:
            try:
                read = read.with_typed(_read(filled.page, number, known, filled.start))
            finally:
                filled.page.close()
        text = "\n".join(arranged(frame) for frame in read.frames)
        return _Page(text, read.unseen, hidden_notices(number + 1, read.hidden, read.unseen), pictured(page, printed))
    finally:
        page.close()


class _Read(NamedTuple):
    """What stands on a page, and what nobody sees of it."""

    frames: list[list[Piece]]
    hidden: list[Hidden]
    unseen: tuple[str, ...]

    def with_typed(self, typed: _Read) -> _Read:
        """Put what was typed among what is printed, where both are turned as most of them is."""
        printed, filled = (frames[0] if frames else [] for frames in (self.frames, typed.frames))
        frames = [forms.filled_in(printed, filled), *self.frames[1:], *typed.frames[1:]]
        return _Read(frames, self.hidden + typed.hidden, self.unseen + typed.unseen)


def _read(
    page: pypdfium2.PdfPage,
    number: int,
    known: _Known,
    start: Callable[[pypdfium2.PdfTextPage], int] = lambda _: 0,
) -> _Read:
    """Read a page from the character on that `start` tells."""
    drawn = painted(page)
    drop_misplaced(drawn.texts)
    textpage = page.get_textpage()
    try:
        first = start(textpage)
        found = find_hidden(page, textpage, drawn, has_layers=known.has_layers, may_draw=number < DRAWN_PAGES)
        hidden = [run for run in found if run.start >= first]
        unseen = tuple(str(textpage.get_text_range(run.start, run.end - run.start)) for run in hidden)
        shown = pieces(textpage, [(run.start, run.end) for run in hidden], first, drawn, known.ligatures)
        return _Read(shown, hidden, unseen)
    finally:
        textpage.close()


def _pypdf_pages(reader: pypdf.PdfReader, *, is_last_hope: bool) -> list[str] | None:
    """Return each page as pypdf reads it; None: it cannot. Raises LimitError where nobody else saw anything."""
    try:
        return [page.extract_text() for page in reader.pages]
    except LimitReachedError:
        if is_last_hope:
            raise LimitError("what is drawn on a page of it is more than is safe to read") from None
        return None
    except _PYPDF_ERRORS:
        return None


def _sound(text: str) -> bool:
    return (
        has_words(text)
        and damaged_share(text) <= _SOME_DAMAGE
        and _glued(text) <= _SOME_DAMAGE
        and not is_garbled(text)
    )


def _glued(text: str) -> float:
    """Return the share of words that are too long to be one: blanks were lost."""
    words = text.split()
    # Chinese and Japanese are written without blanks.
    long = sum(len(word) > 25 and word[12] < FULL_WIDTH and not any(mark in word for mark in "/@.") for word in words)
    return long / len(words) if words else 0.0


def _better(second: list[str], first: list[str]) -> bool:
    new, old = "\n".join(second), "\n".join(first)
    if not has_words(old) or is_garbled(old):
        return has_words(new) and not is_garbled(new)
    letters = [len("".join(text.split())) for text in (new, old)]
    if letters[0] < _LEAST_KEPT * letters[1]:  # pypdf reads nothing of what was filled into a form
        return False
    return damaged_share(new) + _glued(new) < damaged_share(old) + _glued(old)


def _targets(reader: pypdf.PdfReader) -> Iterator[object]:
    """Yield the targets of the links that a person can click. A broken annotation ends the list, not the document."""
    try:
        for page in reader.pages:
            for reference in page.get("/Annots") or ():
                annotation = reference.get_object()
                if _is_on(annotation, page):
                    yield _target(annotation)
    except _PYPDF_ERRORS:
        return


def _is_on(annotation: Any, page: pypdf.PageObject) -> bool:
    """Tell whether an annotation is shown, and on the page."""
    if int(annotation.get("/F", 0)) & _NOT_SHOWN:
        return False
    corners = [float(edge.get_object()) for edge in annotation.get("/Rect", ())]
    if len(corners) != 4:
        return True
    (left, right), (bottom, top) = sorted(corners[::2]), sorted(corners[1::2])
    box = page.cropbox
    return bool(left < box.right and right > box.left and bottom < box.top and top > box.bottom)


def _target(annotation: Any) -> object:
    action: Any = annotation.get("/A") if hasattr(annotation, "get") else None
    action = action.get_object() if hasattr(action, "get_object") else action
    return action.get("/URI") if hasattr(action, "get") else None
