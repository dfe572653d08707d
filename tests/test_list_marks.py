"""Marks of lists in DOCX, ODT and web pages: what a reader sees before an item, and no paragraph holds."""

from __future__ import annotations

import pytest

from pipeline.extract.formats import extract
from pipeline.extract.list_marks import number
from test_extract import SPACES, W, docx, html, odt, run

END = "the end"
"""A file without a word is refused."""


def lines_of(data: bytes) -> list[str]:
    *lines, end = extract(data, "a file").text.split("\n")
    assert end == END
    return lines


def level(at: int, kind: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


NUMBERING = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="1">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%1.%2)")}</w:abstractNum>
<w:abstractNum w:abstractNumId="2">{level(0, "bullet", "&#xf0b7;")}</w:abstractNum>
<w:abstractNum w:abstractNumId="3">{level(0, "upperRoman", "§ %1")}{level(1, "decimal", "%1.%2", "<w:isLgl/>")}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="3"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
</w:numbering>"""
STYLES = f"""<w:styles {W}><w:style w:type="paragraph" w:styleId="Points"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="More"><w:basedOn w:val="Points"/></w:style></w:styles>"""


def item(text: str, name: int, at: int = 0) -> str:
    return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{name}"/></w:numPr></w:pPr>{run(text)}</w:p>'


def styled(text: str, style: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{run(text)}</w:p>'


def of_docx(body: str) -> list[str]:
    return lines_of(docx(body + f"<w:p>{run(END)}</w:p>", numbering=NUMBERING, styles=STYLES))


def test_clauses_of_a_word_file_have_their_numbers() -> None:
    body = item("Scope", 1) + item("goods", 1, 1) + item("work", 1, 1) + item("Fees", 1) + item("monthly", 1, 1)
    assert of_docx(body) == ["1. Scope", "1.a) goods", "1.b) work", "2. Fees", "2.a) monthly"]


def test_a_number_is_told_as_its_list_says() -> None:
    assert of_docx(item("One", 3) + item("Two", 3) + item("inner", 3, 1)) == ["§ I One", "§ II Two", "2.1 inner"]


def test_a_list_goes_on_behind_other_paragraphs_and_another_begins_anew() -> None:
    body = item("a", 1) + f"<w:p>{run('between')}</w:p>" + item("b", 1) + item("c", 4) + item("d", 4) + item("e", 1)
    assert of_docx(body) == ["1. a", "between", "2. b", "7. c", "8. d", "3. e"]


def test_a_style_may_say_that_a_paragraph_is_an_item_and_a_paragraph_that_it_is_none() -> None:
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    assert of_docx(styled("one", "Points") + styled("two", "More") + styled("none", "Points", off)) == [
        "• one",
        "• two",
        "none",
    ]


def test_an_item_without_words_has_no_mark_and_is_not_counted() -> None:
    assert of_docx(item("a", 1) + item(" ", 1) + item("b", 1)) == ["1. a", "", "2. b"]


def test_a_list_in_a_text_box_is_counted_once() -> None:
    inside = f"<w:txbxContent>{item('in the box', 1)}</w:txbxContent>"
    box = (
        f"<mc:AlternateContent><mc:Choice>{inside}</mc:Choice><mc:Fallback>{inside}</mc:Fallback></mc:AlternateContent>"
    )
    assert of_docx(f"<w:p>{run('before')}<w:r>{box}</w:r></w:p>" + item("next", 1)) == [
        "before",
        "1. in the box",
        "2. next",
    ]


def test_an_item_of_which_all_is_hidden_has_no_mark() -> None:
    hidden = f'<w:p><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>{run("keywords", "<w:vanish/>")}</w:p>'
    assert of_docx(item("seen", 2) + hidden) == ["• seen", ""]


def test_a_broken_part_costs_the_marks_and_not_the_document() -> None:
    assert extract(docx(item("ab", 1), numbering="<w:numbering"), "a.docx").text == "ab"
    assert extract(docx(item("ab", 9, 99), numbering=NUMBERING), "a.docx").text == "ab"


LISTS = f"""<office:document-styles {SPACES}><office:automatic-styles>
<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")" text:display-levels="2"/></text:list-style>
<text:list-style style:name="B"><text:list-level-style-bullet text:level="1" text:bullet-char="-"/></text:list-style>
<text:list-style style:name="0"><text:list-level-style-number text:level="1" style:num-format=""/></text:list-style>
</office:automatic-styles></office:document-styles>"""


def items(*texts: str) -> str:
    return "".join(
        f"<text:list-item>{text if text[0] == '<' else f'<text:p>{text}</text:p>'}</text:list-item>" for text in texts
    )


def of_odt(body: str) -> list[str]:
    return lines_of(odt(f"{body}<text:p>{END}</text:p>", **{"styles.xml": LISTS}))


def test_items_of_an_odt_have_their_marks() -> None:
    nested = f"<text:p>Scope</text:p><text:list>{items('goods', 'work')}</text:list>"
    assert of_odt(f'<text:list text:style-name="N">{items(nested, "Fees")}</text:list>') == [
        "1. Scope",
        "1.a) goods",
        "1.b) work",
        "2. Fees",
    ]
    assert of_odt(f'<text:list text:style-name="B">{items("one", "two")}</text:list>') == ["• one", "• two"]
    assert of_odt(f'<text:list text:style-name="0">{items("Heading")}</text:list>') == ["Heading"]


def test_a_list_of_an_odt_goes_on_where_it_says_so() -> None:
    first, more = f'<text:list text:style-name="N">{items("a")}</text:list><text:p>x</text:p>', items("b")
    assert of_odt(f'{first}<text:list text:style-name="N" text:continue-numbering="true">{more}</text:list>') == [
        "1. a",
        "x",
        "2. b",
    ]
    assert of_odt(f'{first}<text:list text:style-name="N">{more}</text:list>') == ["1. a", "x", "1. b"]
    begun = '<text:list text:style-name="N"><text:list-item text:start-value="5"><text:p>e</text:p></text:list-item></text:list>'
    assert of_odt(begun) == ["5. e"]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<ol><li>a<ol type=a><li>b</ol><li>c</ol>", ["1. a", "a. b", "2. c"]),
        ("<ol start=3><li>a<li value=9>b<li>c</ol>", ["3. a", "9. b", "10. c"]),
        ("<ol style='list-style-type:upper-roman'><li>a<li>b</ol>", ["I. a", "II. b"]),
        ("<ul><li><p>a</p><p>b</p></ul>", ["• a", "b"]),
        ("<ul><li><b>a</b> b</ul>", ["• a b"]),
        ("<ul><li><ul><li>inner</ul></ul>", ["• inner"]),
        ("<ul style='list-style:none'><li>a<li>b</ul>", ["a", "b"]),
        ("<style>ul.nav {list-style: none}</style><ul class=nav><li>a</ul><ul><li>b</ul>", ["a", "• b"]),
        ("<ul><li style='display:inline-block'>a</li> <li style='display:inline-block'>b</li></ul>", ["a", "b"]),
        ("<ol><li>a<li hidden>b<li>c</ol>", ["1. a", "2. c"]),
        ("<ul><li></ul>c", ["c"]),
    ],
)
def test_items_of_a_web_page_have_the_marks_that_a_browser_puts(body: str, lines: list[str]) -> None:
    assert lines_of(html(f"{body}<p>{END}</p>")) == lines


@pytest.mark.parametrize(
    ("count", "kind", "said"),
    [(4, "decimal", "4"), (4, "decimalZero", "04"), (28, "lowerLetter", "bb"), (3, "A", "C"), (1994, "lowerRoman", "mcmxciv"), (9, "I", "IX"), (0, "I", "0"), (5, "chineseCounting", "5"), (99_999, "i", "99999")],
)  # fmt: skip
def test_numbers_are_told_in_letters_and_roman_figures(count: int, kind: str, said: str) -> None:
    assert number(count, kind) == said
