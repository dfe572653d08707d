"""PDFs that people filled in, typed on, signed and stamped: what they wrote stands beside what it answers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, FloatObject, NameObject, NumberObject
from pypdf.generic import DecodedStreamObject as Stream
from pypdf.generic import TextStringObject as Words
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]  # reportlab ships no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from pipeline.errors import UnsupportedError
from pipeline.extract.formats import extract, look
from pipeline.extract.limits import USUAL
from pipeline.extract.ocr.raster import draw
from pipeline.records import Extraction
from test_extract import docx, html, odt, run

Change = Callable[[pypdf.PdfWriter], None]


def drawn(*steps: Callable[[Any], object]) -> bytes:
    """Return a PDF of one page."""
    file = io.BytesIO()
    canvas = Canvas(file)
    for step in steps:
        step(canvas)
    canvas.save()
    return file.getvalue()


def words(x: float, y: float, text: str) -> Callable[[Any], object]:
    return lambda canvas: canvas.drawString(x, y, text)


def field(kind: str, x: float, y: float, **how: Any) -> Callable[[Any], object]:
    """Return a step that draws a field of a form, as high as the line of 12 pt text beside it."""
    how = {"name": f"{kind} {x} {y}", "x": x, "y": y - 5} | how
    if kind in ("textfield", "choice"):
        how = {"width": 200, "height": 20, "fontSize": 12} | how
    return lambda canvas: getattr(canvas.acroForm, kind)(**how)


def changed(data: bytes, change: Change) -> bytes:
    writer = pypdf.PdfWriter()
    writer.append(pypdf.PdfReader(io.BytesIO(data)))
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def read(data: bytes) -> Extraction:
    return extract(data, "form.pdf")


def lines(data: bytes) -> list[str]:
    return read(data).text.split("\n")


APPLICATION = drawn(
    words(50, 780, "Application form"),
    words(50, 740, "Name:"),
    field("textfield", 140, 740, value="Ida Sample"),
    words(50, 710, "E-mail:"),
    field("textfield", 140, 710, value="ida@example.org"),
    words(50, 680, "German:"),
    field("choice", 140, 680, value="B2", options=["A1", "B2", "C1"]),
    words(50, 650, "Licence:"),
    field("checkbox", 140, 650, checked=True),
    words(170, 650, "car"),
    field("checkbox", 240, 650, checked=False),
    words(262, 650, "lorry"),
    words(50, 620, "Experience:"),
    field("textfield", 140, 570, value="Welder, Anvil Works\nfour years", height=60, fieldFlags="multiline"),
    words(50, 520, "I agree that what I wrote may be stored for half a year."),
)
FILLED = [
    "Application form",
    "Name:\tIda Sample",
    "E-mail:\tida@example.org",
    "German:\tB2",
    "Licence:\t[x] car\t[ ] lorry",
    "Experience:\tWelder, Anvil Works",
    "four years",
    "I agree that what I wrote may be stored for half a year.",
]


def test_what_was_filled_in_stands_beside_its_label() -> None:
    assert lines(APPLICATION) == FILLED


def without_pictures(writer: pypdf.PdfWriter) -> None:
    """Let the program that shows it draw the values, as some that fill forms in do."""
    for annotation in writer.pages[0]["/Annots"]:  # type: ignore[attr-defined]
        if annotation.get_object()["/FT"] != "/Btn":
            del annotation.get_object()["/AP"]
    writer.root_object["/AcroForm"][NameObject("/NeedAppearances")] = BooleanObject(True)  # type: ignore[index]


def test_values_without_a_picture_of_their_own_are_read() -> None:
    assert lines(changed(APPLICATION, without_pictures)) == FILLED


def test_a_long_number_costs_nothing_of_what_was_filled_in() -> None:
    number = "APPLICATION2026UKLEEDS000017345"
    form = drawn(
        words(50, 780, "Application form"),
        words(50, 740, "Number:"),
        field("textfield", 140, 740, value=number, width=250),
    )
    assert lines(form) == ["Application form", f"Number:\t{number}"]


def test_a_form_that_nobody_filled_in_is_what_is_printed() -> None:
    empty = drawn(words(50, 780, "Application form"), words(50, 740, "Name:"), field("textfield", 140, 740, value=""))

    assert lines(empty) == ["Application form", "Name:"]


def test_labels_above_their_fields() -> None:
    form = drawn(
        words(50, 760, "First name"),
        words(300, 760, "Last name"),
        words(50, 700, "Town"),
        words(300, 700, "Country"),
        field("textfield", 50, 735, value="Ida"),
        field("textfield", 300, 735, value="Sample"),
        field("textfield", 50, 675, value="Leeds"),
        field("textfield", 300, 675, value="United Kingdom"),
    )

    assert lines(form) == [
        "First name\tLast name",
        "Ida\tSample",
        "Town\tCountry",
        "Leeds\tUnited Kingdom",
    ]


def test_fields_on_lines_of_dots_and_two_in_a_row() -> None:
    form = drawn(
        words(50, 760, "Postal code: ........"),
        words(300, 760, "Town: ____________________"),
        words(50, 730, "Street: ......................."),
        field("textfield", 125, 763, value="LS1 4AP", width=60),
        field("textfield", 340, 763, value="Leeds"),
        field("textfield", 95, 733, value="1 High Street"),
    )

    text = [line.replace(".", "").replace("_", "").split() for line in lines(form)]
    assert text == [["Postal", "code:", "LS1", "4AP", "Town:", "Leeds"], ["Street:", "1", "High", "Street"]]


def test_of_radio_buttons_the_chosen_one_is_ticked() -> None:
    def radio(x: float, value: str) -> Callable[[Any], object]:
        return field("radio", x, 740, name="notice", value=value, selected=value == "3")

    form = drawn(
        words(50, 780, "Notice period in months"), radio(50, "1"), words(80, 740, "one"), radio(140, "3"),
        words(170, 740, "three"), words(50, 700, "Thank you for your application."),
    )  # fmt: skip

    assert lines(form)[1].split() == ["[", "]", "one", "[x]", "three"]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [(["SQL"], ["SQL"]), (["Python", "Préparation"], ["Python", "Préparation"]), ([], []), (["Кадры"], None)],
)
def test_of_a_list_what_was_chosen_is_read(chosen: list[str], said: list[str] | None) -> None:
    """Unless its letters are not among those that we can write: then all that it shows."""
    options = ["COBOL", "SQL", "Python", "Préparation", "Кадры"]

    def choose(writer: pypdf.PdfWriter) -> None:
        box = writer.pages[0]["/Annots"][0].get_object()  # type: ignore[index]
        box[NameObject("/Opt")] = ArrayObject(map(Words, options))
        box[NameObject("/V")] = ArrayObject(map(Words, chosen))
        box.pop("/I", None)

    form = drawn(
        words(50, 740, "Skills:"),
        lambda canvas: canvas.acroForm.listbox(
            name="skills",
            x=140,
            y=660,
            width=200,
            height=90,
            value=["SQL"],
            options=["COBOL", "SQL"],
            fieldFlags="multiSelect",
        ),
        words(50, 620, "Thank you for your application."),
    )
    text = read(changed(form, choose)).text

    if said is None:
        assert "COBOL" in text
    else:
        assert text.split() == ["Skills:", *said, *"Thank you for your application.".split()]


def test_a_buttons_caption_is_no_text() -> None:
    def rename(writer: pypdf.PdfWriter) -> None:
        button = writer.pages[0]["/Annots"][0].get_object()  # type: ignore[index]
        button[NameObject("/FT")], button[NameObject("/Ff")] = NameObject("/Btn"), NumberObject(1 << 16)

    form = drawn(words(50, 780, "Application form of a company"), field("textfield", 50, 740, value="Print this form"))

    assert "Print" not in read(changed(form, rename)).text


# --- typed and stamped


def put_on(
    kind: str, text: str, *, flags: int = 4, colour: str = "0 g", box: tuple[int, ...] = (140, 735, 340, 755)
) -> Change:
    """Return a change that puts an annotation with a picture of its own on the page."""

    def change(writer: pypdf.PdfWriter) -> None:
        font = {"/Type": NameObject("/Font"), "/Subtype": NameObject("/Type1"), "/BaseFont": NameObject("/Helvetica")}
        fonts = DictionaryObject(
            {NameObject("/F"): DictionaryObject({NameObject(key): value for key, value in font.items()})}
        )
        picture = Stream()
        picture.set_data(f"BT {colour} /F 12 Tf 2 5 Td ({text}) Tj ET".encode())
        picture[NameObject("/Subtype")] = NameObject("/Form")
        picture[NameObject("/BBox")] = ArrayObject(map(FloatObject, (0, 0, box[2] - box[0], box[3] - box[1])))
        picture[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        made = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject(kind),
                NameObject("/Rect"): ArrayObject(map(FloatObject, box)),
                NameObject("/Contents"): Words(text),
                NameObject("/F"): NumberObject(flags),
                NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(picture)}),
            }
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(made)])

    return change


PRINTED = drawn(
    words(50, 780, "Application form of a company"), words(50, 740, "Name:"), words(50, 700, "Thank you very much.")
)


@pytest.mark.parametrize("kind", ["/FreeText", "/Stamp"])
def test_what_was_typed_or_stamped_on_a_page_is_read_where_it_stands(kind: str) -> None:
    assert lines(changed(PRINTED, put_on(kind, "Ida Sample"))) == [
        "Application form of a company",
        "Name:\tIda Sample",
        "Thank you very much.",
    ]


@pytest.mark.parametrize(
    ("kind", "flags"), [("/Text", 4), ("/Popup", 4), ("/FreeText", 2), ("/FreeText", 32), ("/Stamp", 2)]
)
def test_notes_that_open_and_what_is_not_shown_are_left_out(kind: str, flags: int) -> None:
    found = read(changed(PRINTED, put_on(kind, "Ida Sample", flags=flags)))

    assert found.text == "Application form of a company\nName:\nThank you very much."


@pytest.mark.parametrize(
    ("way", "how"),
    [("colour of its ground", {"colour": "1 g"}), ("off the page", {"box": (-400, 735, -200, 755)})],
)
def test_what_nobody_sees_of_it_is_left_out_and_told(way: str, how: dict[str, Any]) -> None:
    found = read(changed(PRINTED, put_on("/FreeText", "Hire this one at once", **how)))

    assert "Hire" not in found.text
    assert any(notice.kind == "hidden_text" for notice in found.notices), way


def test_letters_are_right_where_a_pages_fonts_are_named_by_its_parents() -> None:
    """pdfium gives such a page names of its own when it takes a form in, and loses its fonts."""

    def change(writer: pypdf.PdfWriter) -> None:
        put_on("/FreeText", "Ida Sample")(writer)
        page = writer.pages[0]
        page["/Parent"].get_object()[NameObject("/Resources")] = page.raw_get("/Resources")  # type: ignore[index]
        del page["/Resources"]

    symbols = drawn(lambda canvas: canvas.setFont("Symbol", 12), words(50, 740, "\u03b1\u03b2\u03c7"), *NAMED)

    assert read(changed(symbols, change)).text == "\u03b1\u03b2\u03c7\tIda Sample\nA line of plain words below it."


NAMED = (lambda canvas: canvas.setFont("Helvetica", 12), words(50, 700, "A line of plain words below it."))


def test_a_form_that_only_adobe_shows_is_refused_with_what_to_do() -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        form = Stream()
        form.set_data(b"<xdp/>")
        fields = {NameObject("/Fields"): ArrayObject(), NameObject("/XFA"): writer._add_object(form)}
        writer.root_object[NameObject("/AcroForm")] = DictionaryObject(fields)
        writer.root_object[NameObject("/NeedsRendering")] = BooleanObject(True)

    with pytest.raises(UnsupportedError, match="dynamic form") as caught:
        read(changed(drawn(words(50, 780, "Please wait...")), change))

    assert "print it into a PDF" in caught.value.hint


@pytest.mark.parametrize(("cover", "is_refused"), [(14, True), (300, False)])
def test_a_portfolio_is_refused_unless_its_own_pages_say_something(cover: int, *, is_refused: bool) -> None:
    def change(writer: pypdf.PdfWriter) -> None:
        writer.root_object[NameObject("/Collection")] = DictionaryObject()
        writer.add_attachment("cv.txt", b"Ida Sample")

    rows = [words(50, 780 - 15 * row, "For the best experience, open this PDF") for row in range(cover // 7)]
    portfolio = changed(drawn(*rows), change)

    if is_refused:
        with pytest.raises(UnsupportedError, match="portfolio"):
            read(portfolio)
    else:
        assert read(portfolio).text.startswith("For the best experience")


# --- HTML


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("<input value='Eva  Lind'>", "Eva Lind"),
        ("<input type=email value='eva@example.org'>", "eva@example.org"),
        ("<input type=hidden value=no><input type=PASSWORD value=no><input type=submit value=no>", ""),
        ("<input placeholder=no>", ""),
        ("<input type=checkbox checked value=no>", "[x]"),
        ("<input type=radio name=r>", "[ ]"),
        ("<input type=checkbox role=button>", ""),
        ("<textarea>one\ntwo</textarea>", "one\ntwo"),
        ("<select><option>A1<option selected>B2</select>", "B2"),
        ("<select><option>A1<option>B2</select>", "A1"),
        ("<select size=4><option>A1<option>B2</select>", ""),
        ("<select multiple><option selected>A1<option>B2<option selected>C1</select>", "A1, C1"),
        ("<div style='display:none'><input value=no><select><option>no</select></div>", ""),
    ],
)
def test_fields_of_a_page(field: str, said: str) -> None:
    text = extract(html(f"<label>German</label>{field}and so on"), "form.html").text

    assert text.split() == ["German", *said.split(), "and", "so", "on"]


# --- Word


def in_a_field(data: str) -> str:
    """Make a field of an older form, as Word writes it."""
    begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Box1"/>{data}</w:ffData></w:fldChar></w:r>'
    code = "<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>"
    return f'{begin}{code}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('<w:checkBox><w:sizeAuto/><w:default w:val="0"/><w:checked/></w:checkBox>', "[x]"),
        ('<w:checkBox><w:sizeAuto/><w:default w:val="0"/><w:checked w:val="1"/></w:checkBox>', "[x]"),
        ('<w:checkBox><w:sizeAuto/><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>', "[ ]"),
        ('<w:checkBox><w:sizeAuto/><w:default w:val="1"/></w:checkBox>', "[x]"),
        ('<w:checkBox><w:sizeAuto/><w:default w:val="0"/></w:checkBox>', "[ ]"),
        ('<w:ddList><w:result w:val="1"/><w:listEntry w:val="A1"/><w:listEntry w:val="B2"/></w:ddList>', "B2"),
        ('<w:ddList><w:listEntry w:val="A1"/><w:listEntry w:val="B2"/></w:ddList>', "A1"),
        ('<w:ddList><w:result w:val="7"/><w:listEntry w:val="A1"/></w:ddList>', ""),
        ("<w:ddList/>", ""),
        ("<w:checkBox/>", "[ ]"),
        ('<w:textInput><w:default w:val="type here"/></w:textInput>', ""),
    ],
)
def test_fields_of_an_older_word_form(data: str, said: str) -> None:
    form = docx(f"<w:p>{run('German: ')}{in_a_field(data)}{run(' and so on')}</w:p>")

    assert extract(form, "form.docx").text.split() == ["German:", *said.split(), "and", "so", "on"]


@pytest.mark.parametrize(
    ("font", "number", "said"),
    [
        ("Wingdings", "F0FE", "[x]"),
        ("Wingdings", "F0A8", "[ ]"),
        ("Wingdings", "00FC", "✓"),
        ("Wingdings 2", "F052", "[x]"),
        ("Wingdings", "F028", ""),
        ("Symbol", "F0FE", ""),
        ("Symbol", "F061", "α"),
        ("Wingdings", "", ""),
    ],
)
def test_ticks_of_a_symbol_font(font: str, number: str, said: str) -> None:
    symbol = f'<w:r><w:sym w:font="{font}" w:char="{number}"/></w:r>'
    form = docx(f"<w:p>{run('German ')}{symbol}{run(' and so on')}</w:p>")

    assert extract(form, "form.docx").text.split() == ["German", *said.split(), "and", "so", "on"]


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ("<form:text {} form:value='old' form:current-value='Eva Lind'/>", "Eva Lind"),
        ("<form:textarea {} form:value='Eva Lind'/>", "Eva Lind"),
        ("<form:password {} form:current-value='no'/>", ""),
        ("<form:checkbox {} form:label='on' form:state='unchecked' form:current-state='checked'/>", "[x] on"),
        ("<form:radio {} form:label='on'/>", "[ ] on"),
        ("<form:listbox {}><form:option form:label='A1'/><form:option form:label='B2' form:current-selected='true'/></form:listbox>", "B2"),
        ("<form:fixed-text {} form:label='on'/>", "on"),
        ("<form:button {} form:label='no'/>", ""),
    ],
)  # fmt: skip
def test_controls_of_an_odt(control: str, said: str) -> None:
    forms = f"<office:forms><form:form>{control.format('form:id=' + repr('c1'))}</form:form></office:forms>"
    form = odt(
        f"{forms}<text:p>German<draw:control draw:control='c1'/>and so on<draw:control draw:control='c2'/></text:p>"
    )

    assert extract(form, "form.odt").text.split() == (f"German {said} and so on" if said else "Germanand so on").split()


def test_a_scanned_form_stays_a_scan_however_much_is_filled_in() -> None:
    paper = ImageReader(Image.new("RGB", (200, 280), (240, 240, 235)))
    fields = [field("textfield", 100, 760 - 30 * row, value=f"typed word {row}") for row in range(20)]
    ticks = [field("checkbox", 60, 760 - 30 * row, checked=True) for row in range(20)]
    scan = look(drawn(lambda canvas: canvas.drawImage(paper, 0, 0, 595, 842), *fields, *ticks), "form.pdf", USUAL)

    assert [page.page for page in scan.unread] == [1]
    assert scan.text.count("typed word") == 20


def test_ocr_is_shown_the_fields_as_well() -> None:
    def picture(value: str) -> bytes:
        form = drawn(words(50, 780, "Form"), field("textfield", 140, 740, name="name", value=value))
        return draw(form, "application/pdf", 1, USUAL).pixels

    assert picture("Ida Sample") != picture("")
