"""Lines as pdfium gives them where it cuts words into letters, or runs lines together: on some pages from right to left."""

from __future__ import annotations

import io

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from pipeline.extract.limits import USUAL
from pipeline.extract.pdf.document import read_pdf

_WIDE = 5.56
"""Points: the width of a, b, d and e in Helvetica at 10."""
_TO_HEBREW = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def
1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <61> <7A> <05D0> endbfrange endcmap end end"""


def at(left: float, base: float, text: str) -> str:
    return f"BT /F 10 Tf {left} {base} Td ({text}) Tj ET\n"


def page(content: str, meaning: bytes = b"") -> str:
    """Return what is read on a page in Helvetica. `meaning`: which letters its letters stand for."""
    writer = pypdf.PdfWriter()
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
    if meaning:
        table = DecodedStreamObject()
        table.set_data(meaning)
        font[NameObject("/ToUnicode")] = writer._add_object(table)
    fonts = DictionaryObject({NameObject("/F"): writer._add_object(font)})
    blank = writer.add_blank_page(595, 842)
    blank[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(content.encode())
    blank[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(buffer := io.BytesIO())
    return read_pdf(buffer.getvalue(), USUAL).text


def test_lines_that_pdfium_ran_together_are_lines_again() -> None:
    rows = at(500, 700, "abc") + at(440, 700, "def") + at(500, 694, "ghi") + at(440, 694, "jkl")
    assert page(rows, _TO_HEBREW) == "גבא\tוהד\nטחז\tכךי"


@pytest.mark.parametrize("step", [-_WIDE, -_WIDE - 0.8])
def test_a_word_that_pdfium_cut_into_letters_is_a_word_again(step: float) -> None:
    letters = "".join(at(500 + step * place, 700, letter) for place, letter in enumerate("abde"))
    assert page(letters + at(300, 650, "abc"), _TO_HEBREW) == "אבדה\nגבא"


def test_letters_far_apart_stay_apart() -> None:
    letters = "".join(at(500 - 30 * place, 700, letter) for place, letter in enumerate("abde"))
    assert page(letters + at(300, 650, "abc"), _TO_HEBREW) == "א\tב\tד\tה\nגבא"
