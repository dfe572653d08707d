"""What programs do to Word, RTF and web files of their own: signs for letters, boxes as they were drawn, pages in one file."""

from __future__ import annotations

import time

import pytest

from pipeline.extract.formats import extract
from pipeline.extract.office.places import styles_may_move
from pipeline.extract.plain.text import decode
from test_extract import W, docx, html, p

DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"


def box(text: str, left: int, top: int, wide: int, high: int, measured_from: str = "page") -> str:
    """Make a text box, measured in tenths of an inch."""
    sides = zip("HV", (left, top), strict=True)
    places = "".join(
        f'<d:position{axis} relativeFrom="{measured_from}"><d:posOffset>{at * 91440}</d:posOffset></d:position{axis}>'
        for axis, at in sides
    )
    extent = f'<d:extent cx="{wide * 91440}" cy="{high * 91440}"/>'
    content = f"<w:txbxContent>{p(text)}</w:txbxContent>"
    return f'<w:r><w:drawing><d:anchor xmlns:d="{DRAWN}">{places}{extent}{content}</d:anchor></w:drawing></w:r>'


def boxes(*drawn: str) -> list[str]:
    return extract(docx(f"<w:p>{''.join(drawn)}</w:p>"), "a.docx").text.split()


def test_text_boxes_are_read_column_by_column_below_what_stands_on_top() -> None:
    main, side, under_side = box("jobs", 30, 20, 45, 80), box("contact", 2, 20, 25, 30), box("skills", 2, 55, 25, 40)
    assert boxes(main, under_side, side, box("Ada", 2, 2, 70, 12)) == ["Ada", "contact", "skills", "jobs"]


def test_text_boxes_of_a_time_line_are_read_row_by_row() -> None:
    rows = [(box(f"post{row}", 30, row * 10, 40, 8), box(f"year{row}", 2, row * 10, 20, 8)) for row in (2, 1)]
    assert boxes(*rows[0], *rows[1]) == ["year1", "post1", "year2", "post2"]


def test_text_boxes_of_a_group_are_read_where_they_stand_in_it() -> None:
    ms, art = "http://schemas.microsoft.com/office/word/2010/wordprocessing", "openxmlformats.org/drawingml/2006/main"
    shapes = "".join(
        f'<s:wsp><s:spPr><a:xfrm><a:off x="0" y="{at}00000"/><a:ext cx="500000" cy="500000"/></a:xfrm></s:spPr>'
        f"<s:txbx><w:txbxContent>{p(text)}</w:txbxContent></s:txbx></s:wsp>"
        for text, at in (("low", 9), ("high", 1))
    )
    group = f'<g:wgp xmlns:g="{ms}Group" xmlns:s="{ms}Shape" xmlns:a="http://schemas.{art}">{shapes}</g:wgp>'
    drawn = box("x", 9, 9, 9, 9)
    drawn = drawn[: drawn.index("<w:txbxContent>")] + group + "</d:anchor></w:drawing></w:r>"
    assert boxes(drawn) == ["high", "low"]


def test_text_boxes_whose_places_cannot_be_compared_stay_as_they_are() -> None:
    assert boxes(box("first", 9, 9, 5, 5), box("second", 2, 2, 5, 5, "margin")) == ["first", "second"]
    assert boxes(box("first", 9, 9, 5, 5), box("second", 2, 2, 5, 5).replace("Offset>", "Nowhere>")) == [
        "first",
        "second",
    ]


@pytest.mark.parametrize(
    ("font", "number", "said"),
    [
        ("Wingdings", "F0A7", "• one"),
        ("Wingdings", "F028", " one"),
        ("MS Gothic", "2612", "☒ one"),
        ("x", "D800", " one"),
    ],
)
def test_signs_of_a_word_file(font: str, number: str, said: str) -> None:
    sign = f'<w:r><w:sym w:font="{font}" w:char="{number}"/></w:r>'
    assert (
        extract(docx(f"<w:p>{sign}<w:r><w:t xml:space='preserve'> one</w:t></w:r></w:p>", x=W), "a.docx").text == said
    )


FONTS = rb"{\fonttbl{\f0 Arial;}{\f1\fcharset2{\*\panose 05}Wingdings;}{\f2\fcharset2 Symbol;}}"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rb"{\listtext\f1 \'a7\tab}one", "•\tone"),
        (rb"{\pntext\f2\'b7\tab}{\*\pn\pnlvlblt}one", "•\tone"),
        (rb"{\f1 \'fc} one {\f1 (} 2", "✓ one  2"),
        (rb"\pard\pn\pnlvlblt one\par two", "one\ntwo"),
        (rb"\f1 \'fc\plain  one", "✓ one"),
        (rb"{\f2 ab = 3} \'a7", "αβ = 3 §"),
    ],
)
def test_signs_of_an_rtf(body: bytes, said: str) -> None:
    assert extract(rb"{\rtf1\ansi" + FONTS + rb"\f0 " + body + rb"\par}", "a.rtf").text == said


def test_signs_and_tabs_that_word_writes_into_a_web_page() -> None:
    bullet = "<span style='font-family:Wingdings'>§<span style='font:7.0pt \"Times New Roman\"'>&nbsp; </span></span>"
    tab = "<span style='mso-tab-count:1'>&nbsp;&nbsp; </span>"
    assert extract(html(f"<p>{bullet}one{tab}<font face=Wingdings>*</font>two</p>"), "x").text == "• one\ttwo"


def test_labels_in_boxes_side_by_side_are_cells_and_one_in_a_sentence_is_none() -> None:
    look = (
        "<style>b{padding:0 6px;background:#eee}i{display:inline-block;border:1px solid}u{display:inline-block}</style>"
    )
    body = (
        "<p><b>a b</b> <b>c</b></p><p><i>d</i><i>ef</i></p><p>it is <b>g</b> or <b>h</b></p><p><u>Ada</u> <u>Lo</u></p>"
    )
    assert extract(html(look + body), "x").text == "a b\tc\nd\tef\nit is g or h\nAda Lo"


def test_the_looks_of_a_saved_page_count() -> None:
    head = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n"
    page = head + b"<p class=n>menu</p><p>Ada</p>\n--x\nContent-Type: text/css\n\n.n{display:none}\n--x--\n"
    assert extract(page, "cv.doc").text == "Ada"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("Jürgen Häußler, Köln: Türen".encode("utf-7"), "Jürgen Häußler, Köln: Türen"),
        (b"+49 30 1234567, +49301234-1, C++, +SQL and +1", "+49 30 1234567, +49301234-1, C++, +SQL and +1"),
        ("Ada Lind\nTelefon 030 1234567\n".encode("cp037"), "Ada Lind\nTelefon 030 1234567\n"),
        (b"ada@a.example,lo@b.example,eve@c.example", "ada@a.example,lo@b.example,eve@c.example"),
        (b"Ada Lind\0\0\0\0 works in York, \xc4rger included", "Ada Lind works in York, Ärger included"),
        ("Анна Линд, город Тверь".encode("utf-16-le"), "Анна Линд, город Тверь"),
    ],
)
def test_encodings_of_old_mails_and_mainframes_and_zeros_in_a_text(data: bytes, said: str) -> None:
    assert decode(data) == said


@pytest.mark.parametrize("data", [b"+a1" * 500_000, b"+abc " * 300_000, b"a\0" * 500_000])
def test_what_looks_like_an_encoding_takes_no_minutes(data: bytes) -> None:
    start = time.process_time()
    decode(data)
    assert time.process_time() - start < 3


def test_styles_are_looked_through_once_whatever_is_written_in_them() -> None:
    assert not styles_may_move(
        b'<w:style w:name="' + b"ind " * 100_000 + b'"/>'
    )  # four minutes, were it each time anew
    assert styles_may_move(b'<w:ind w:left="20000"/>')
