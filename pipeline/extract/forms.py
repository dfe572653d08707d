"""What was filled into a PDF's form, typed on its pages or stamped on them: made a part of the page, where it stands.

A person sees it as they see what is printed; to pdfium's text pages, and to pypdf's, it does not belong to the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.errors import UnsupportedError
from pipeline.extract.gutters import Piece
from pipeline.extract.page_objects import number_of, plain, texts_within

_TYPED = frozenset((pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP))
_NOT_SHOWN = pdfium.FPDF_ANNOT_FLAG_INVISIBLE | pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_TICKED = frozenset((pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON))
_NO_TEXT = _TICKED | {pdfium.FPDF_FORMFIELD_PUSHBUTTON}
_LARGEST = 12.0
"""Points: no letters are larger that say whether a box is ticked."""
_MIDDLE = 0.35
"""In heights: how far above its base the middle of a letter is."""
_MOST = 5_000
"""Annotations of a page, and pieces of its text: with more than a form has, a page is left as it is."""
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
    boxes, is_typed = _looked_over(document, page, layers=layers)
    if not boxes and not is_typed:
        return None
    is_flat = is_typed and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS
    made = document[number]
    # pdfium puts all of it into one form at the end. A page whose fonts are named by its parents is told wrong letters for
    # what is printed, as it has names of its own now.
    last = plain.FPDFPage_GetObject(number_of(made.raw), pdfium.FPDFPage_CountObjects(made) - 1) if is_flat else None
    typed = {*texts_within(last)} if last else set()
    return Filled(made, frozenset(typed.union(_write(document, made, box) for box in boxes)))


class _Box(NamedTuple):
    """A box to tick, and where it stands."""

    left: float
    bottom: float
    size: float
    """Of letters that fill it."""
    is_ticked: bool


def _looked_over(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, *, layers: bool) -> tuple[list[_Box], bool]:
    """Return the boxes to tick, and whether anything was typed; hide all else, as pens' marks, notes and buttons.

    Boxes are hidden, too: their pictures are no text.
    """
    count, form = pdfium.FPDFPage_GetAnnotCount(page), document.formenv
    boxes: list[_Box] = []
    is_typed = False
    for index in range(count if count <= _MOST else 0):
        found = pdfium.FPDFPage_GetAnnot(page, index)
        is_seen = pdfium.FPDFAnnot_GetSubtype(found) in _TYPED and not pdfium.FPDFAnnot_GetFlags(found) & _NOT_SHOWN
        is_seen = is_seen and not (layers and pdfium.FPDFAnnot_HasKey(found, b"OC"))
        kind = pdfium.FPDFAnnot_GetFormFieldType(form, found) if form and is_seen else None
        if is_seen and kind in _TICKED:
            boxes.append(_box(found, is_ticked=bool(pdfium.FPDFAnnot_IsChecked(form, found))))
        if is_seen and kind not in _NO_TEXT:
            is_typed = True
        else:
            pdfium.FPDFAnnot_SetFlags(found, pdfium.FPDF_ANNOT_FLAG_HIDDEN)
        pdfium.FPDFPage_CloseAnnot(found)
    return boxes, is_typed


def _box(found: Any, *, is_ticked: bool) -> _Box:
    edges = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(found, edges)
    size = min(_LARGEST, max(1.0, abs(edges.top - edges.bottom)))
    return _Box(min(edges.left, edges.right), (edges.bottom + edges.top) / 2 - _MIDDLE * size, size, is_ticked)


def _write(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, box: _Box) -> int:
    """Write what a box says where it stands, and return the text's handle; only this page in memory has it."""
    text = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica", box.size)
    letters = (pdfium.FPDF_WCHAR * 4)(*map(ord, "[x]" if box.is_ticked else "[ ]"))
    pdfium.FPDFText_SetText(text, letters)
    pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, box.left, box.bottom)
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
