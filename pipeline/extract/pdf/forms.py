"""What was filled into a PDF's form, typed on its pages or stamped on them: made a part of the page, where it stands.

A person sees it as they see what is printed; to pdfium's text pages, and to pypdf's, it does not belong to the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.errors import UnsupportedError
from pipeline.extract.layout.gutters import Piece
from pipeline.extract.pdf.page_objects import number_of, plain, texts_within
from pipeline.extract.unseen import SMALLEST

_TYPED = frozenset((pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP))
_NOT_SHOWN = pdfium.FPDF_ANNOT_FLAG_INVISIBLE | pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_TICKED = frozenset((pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON))
_LARGEST = 12.0
"""Points: no letters of ours are larger."""
_MIDDLE = 0.35
"""In heights: how far above its base the middle of a letter is."""
_SIZE = re.compile(r"(\d{0,4}\.?\d{1,4}) Tf")
_WHITE = re.compile(
    r"(?:(?<![\d.] )(?:1(?:\.0*)?|0?\.9[5-9]\d*) g|(?:(?:1(?:\.0*)?|0?\.9[5-9]\d*) ){3}rg|(?:0(?:\.0*)? ){4}k)(?![a-z])"
)
"""What is said of letters that are white."""
_MOST = 5_000
"""Annotations of a page, and pieces of its text: with more than a form has, a page is left as it is."""
_MOST_OPTIONS = 500
"""Of a list: of a longer one all is read that its picture shows."""
_SAME_LINE, _SAME_ROW = 0.45, 0.9
"""In heights: how far the base of what is printed on one line may differ, and of what is filled in beside it."""


def prepare(document: pypdfium2.PdfDocument) -> None:
    """Make a document ready for `filled`, before its first page is opened.

    Raises UnsupportedError for a form that only Adobe's programs show.
    """
    if document.get_formtype() == pdfium.FORMTYPE_XFA_FULL:
        raise UnsupportedError(
            "this PDF is a dynamic form (XFA), which only Adobe's programs show",
            "open it there, and print it into a PDF",
        )
    document.init_forms()  # values without a picture of their own get one


class Filled(NamedTuple):
    """A page and what was typed on it, in one."""

    page: pypdfium2.PdfPage
    """Close it before the one that it was made of. Of what is printed its letters may be wrong."""
    typed: frozenset[int]
    """Handles of the texts that were typed."""

    def start(self, textpage: pypdfium2.PdfTextPage) -> int:
        """Return the number of its first character that was typed."""
        handle, count = number_of(textpage.raw), textpage.count_chars()
        owners = (plain.FPDFText_GetTextObject(handle, number) for number in range(count))
        return next((number for number, owner in enumerate(owners) if owner in self.typed), count)


def filled(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, number: int, *, layers: bool) -> Filled | None:
    """Return another page, with all that was typed on this one (`number` from 0); None: nothing was.

    From now on the document has that one in the place of this. `layers`: some are switched off.
    """
    lines, is_typed = _looked_over(document, page, layers=layers)
    if not lines and not is_typed:
        return None
    is_flat = is_typed and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS
    made = document[number]
    # pdfium puts all of it into one form at the end. A page whose fonts are named by its parents is told wrong letters for
    # what is printed, as it has names of its own now.
    last = plain.FPDFPage_GetObject(number_of(made.raw), pdfium.FPDFPage_CountObjects(made) - 1) if is_flat else None
    typed = {*texts_within(last)} if last else set()
    return Filled(made, frozenset(typed.union(_write(document, made, line) for line in lines)))


class _Line(NamedTuple):
    """What is said of a field in letters of ours, and where it stands."""

    left: float
    base: float
    size: float
    text: str


def _looked_over(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, *, layers: bool) -> tuple[list[_Line], bool]:
    """Return what is to be written, and whether anything was typed; hide all else, as pens' marks, notes and buttons.

    A box to tick is hidden, too, as its picture is no text, and so is a list, which shows what was not chosen as well.
    """
    count, form = pdfium.FPDFPage_GetAnnotCount(page), document.formenv
    lines: list[_Line] = []
    is_typed = False
    for index in range(count if count <= _MOST else 0):
        found = pdfium.FPDFPage_GetAnnot(page, index)
        said = _said(form, found) if _is_seen(found, layers=layers) else ()
        if said is None:
            is_typed = True
        else:
            lines += _lines(found, said)
            pdfium.FPDFAnnot_SetFlags(found, pdfium.FPDF_ANNOT_FLAG_HIDDEN)
        pdfium.FPDFPage_CloseAnnot(found)
    return lines, is_typed


def _is_seen(found: Any, *, layers: bool) -> bool:
    """Tell whether an annotation is one that says something, and is shown."""
    return (
        pdfium.FPDFAnnot_GetSubtype(found) in _TYPED
        and not pdfium.FPDFAnnot_GetFlags(found) & _NOT_SHOWN
        and not (layers and pdfium.FPDFAnnot_HasKey(found, b"OC"))
    )


def _said(form: Any, found: Any) -> Sequence[str] | None:
    """Return what a field says, line by line; None: what its picture says."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, found) if form else pdfium.FPDF_FORMFIELD_UNKNOWN
    if kind in _TICKED:
        return ("[x]" if pdfium.FPDFAnnot_IsChecked(form, found) else "[ ]",)
    count = pdfium.FPDFAnnot_GetOptionCount(form, found) if kind == pdfium.FPDF_FORMFIELD_LISTBOX else -1
    if 0 <= count <= _MOST_OPTIONS:
        options = filter(partial(pdfium.FPDFAnnot_IsOptionSelected, form, found), range(count))
        chosen = [_text(pdfium.FPDFAnnot_GetOptionLabel, form, found, option) for option in options]
        # Our letters are those of Western Europe.
        return chosen if all(label.encode("cp1252", "ignore").decode("cp1252") == label for label in chosen) else None
    if kind == pdfium.FPDF_FORMFIELD_PUSHBUTTON:
        return ()
    is_bare = pdfium.FPDFAnnot_GetSubtype(found) == pdfium.FPDF_ANNOT_FREETEXT and not pdfium.FPDFAnnot_HasKey(
        found, b"AP"
    )
    return _without_picture(found) if is_bare else None


def _without_picture(found: Any) -> Sequence[str]:
    """Return the lines of a text typed on the page that readers draw themselves: nothing, where it would not be seen."""
    edges = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(found, edges)
    look = _text(pdfium.FPDFAnnot_GetStringValue, found, b"DA")
    size = _SIZE.search(look)
    is_small = min(abs(edges.right - edges.left), abs(edges.top - edges.bottom)) < 2 * SMALLEST
    if is_small or _WHITE.search(look) or (size and 0 < float(size[1]) < SMALLEST):
        return ()
    contents = _text(pdfium.FPDFAnnot_GetStringValue, found, b"Contents")
    return [line for line in contents.splitlines() if line.strip()]


def _text(ask: Callable[..., int], *about: Any) -> str:
    """Return a text of which pdfium is first asked for its size, in bytes."""
    size = ask(*about, None, 0)
    letters = (pdfium.FPDF_WCHAR * (size // 2))()
    ask(*about, letters, size)
    return bytes(letters).decode("utf-16-le", "replace").rstrip("\0")


def _lines(found: Any, said: Sequence[str]) -> Iterator[_Line]:
    """Yield where each line of a field stands: a single one in its middle, several from its top."""
    if not said:  # most annotations are links
        return
    edges = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(found, edges)
    left, bottom, top = min(edges.left, edges.right), min(edges.bottom, edges.top), max(edges.bottom, edges.top)
    size = min(_LARGEST, max(1.0, (top - bottom) / len(said)))
    first = (bottom + top) / 2 if len(said) == 1 else top - size / 2
    for number, text in enumerate(said):
        yield _Line(left, first - _MIDDLE * size - number * size, size, text)


def _write(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, line: _Line) -> int:
    """Write a line where it stands, and return the text's handle; only this page in memory has it."""
    text = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica", line.size)
    letters = (pdfium.FPDF_WCHAR * (len(line.text) + 1))(*map(ord, line.text))
    pdfium.FPDFText_SetText(text, letters)
    pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, line.left, line.base)
    handle = number_of(text)
    pdfium.FPDFPage_InsertObject(page, text)
    return handle


def filled_in(printed: Sequence[Piece], typed: Iterable[Piece]) -> list[Piece]:
    """Return the pieces of a page in the order of drawing, what was typed beside the words that it belongs to.

    Where it was drawn says nothing: it comes last, whatever label it answers.
    """
    page = list(printed)
    for piece in sorted(typed, key=lambda piece: (-piece.base, piece.left)):
        if len(page) > _MOST:
            page.append(piece)
        else:
            _put_in(page, piece)
    return page


def _put_in(page: list[Piece], piece: Piece) -> None:
    """Put a piece behind its label at the left, else before the one at the right, else below what stands above it."""
    off = [abs(other.base - piece.base) / piece.height for other in page]
    row = [at for at, by in enumerate(off) if by <= _SAME_ROW]
    if before := [at for at in row if page[at].left < piece.left]:
        label = min(before, key=lambda at: (off[at] > _SAME_LINE, max(0.0, piece.left - page[at].right)))
        page.insert(label + 1, piece._replace(base=page[label].base))
    elif row:
        label = min(row, key=lambda at: page[at].left)
        page.insert(label, piece._replace(base=page[label].base))
    else:
        page.insert(_below(page, piece), piece)


def _below(page: Sequence[Piece], piece: Piece) -> int:
    """Return where in the order a piece comes that stands alone on its line: after the line above it, in its column."""
    higher = (other for other in page if other.base > piece.base)
    above = [other.base for other in higher if other.left < piece.right and other.right > piece.left]
    if above:
        reach = _SAME_LINE * piece.height
        return 1 + max(at for at, other in enumerate(page) if abs(other.base - min(above)) <= reach)
    return next((at for at, other in enumerate(page) if other.base < piece.base), len(page))
