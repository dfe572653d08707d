"""DOCX and ODT of any shape: what is shown is read in its order, what is hidden is not, and nothing foreign is raised."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError, LimitError
from pipeline.extract.clean import has_words
from pipeline.extract.formats import extract
from test_extract import ODT_TYPE, RELATIONS, SPACES, W, docx, odt, p, zipped

law = settings(deadline=None, max_examples=30)


def words_or_reason(data: bytes) -> str:
    """Return the text, empty where it is refused with a reason. Whatever else is raised fails the test."""
    try:
        text = extract(data, "a file").text
    except DocumentError:
        return ""
    assert has_words(text)
    return text


# --- Any tree of the elements that are known --------------------------------------------------------------------------

WORD_TAGS = (
    "body p r t tab br tbl tr tc tcPr tblPr pPr rPr pStyle rStyle vanish color sz shd sdt sdtContent ins del moveFrom "
    "moveTo hyperlink instrText fldSimple delText txbxContent noBreakHyphen sectPr customXml smartTag"
).split()
WORD_ELEMENTS = [f"w:{tag}" for tag in WORD_TAGS] + ["mc:AlternateContent", "mc:Choice", "mc:Fallback", "v:box"]
ODT_ELEMENTS = (
    "text:p text:h text:span text:s text:tab text:line-break text:a text:list text:list-item text:section text:note "
    "text:note-citation text:hidden-text text:hidden-paragraph text:tracked-changes text:script table:table "
    "table:table-row table:table-cell draw:frame draw:text-box office:annotation style:style style:header"
).split()
WORD_ATTRIBUTES = ["w:val", "w:instr", "w:fill", "r:id", "w:styleId", "val"]
ODT_ATTRIBUTES = [
    "text:c",
    "text:style-name",
    "text:display",
    "text:is-hidden",
    "style:name",
    "style:parent-style-name",
]
values = st.one_of(
    st.sampled_from(
        ["", "0", "-1", "1e9", "9" * 5000, "٣", "FFFFFF", "#ffffff", "true", "none", "s0", "a'b", "&", "²"]
    ),
    st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=6),
)
texts = st.text(st.characters(categories=("L", "N", "P", "Zs", "Mn", "Sc")), max_size=12)


def trees(names: Sequence[str], attributes: Sequence[str]) -> st.SearchStrategy[str]:
    """Make XML of any shape."""

    def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        said = st.dictionaries(st.sampled_from(attributes), values, max_size=2)
        return st.builds(written, st.sampled_from(names), said, st.lists(inner, max_size=4))

    return st.lists(st.recursive(texts.map(escaped), element, max_leaves=25), max_size=5).map("".join)


def written(name: str, said: dict[str, str], children: list[str]) -> str:
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in said.items())
    return f"<{name}{attributes}>{''.join(children)}</{name}>"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


@law
@given(trees(WORD_ELEMENTS, WORD_ATTRIBUTES), trees(WORD_ELEMENTS, WORD_ATTRIBUTES))
def test_a_docx_of_any_shape_is_read_or_refused(body: str, styles: str) -> None:
    words_or_reason(docx(p("two words") + body, styles=f"<w:styles {W}>{styles}</w:styles>"))


@law
@given(trees(ODT_ELEMENTS, ODT_ATTRIBUTES), trees(ODT_ELEMENTS, ODT_ATTRIBUTES))
def test_an_odt_of_any_shape_is_read_or_refused(body: str, styles: str) -> None:
    looks = f"<office:document-styles {SPACES}><office:master-styles>{styles}</office:master-styles></office:document-styles>"
    words_or_reason(odt(f"<text:p>two words</text:p>{body}", **{"styles.xml": looks}))


# --- What is shown, and what is not -----------------------------------------------------------------------------------


@dataclass
class Wording:
    """Gives every run a word of its own, and remembers which are to be seen."""

    numbers: Iterator[int]
    seen: list[str]
    hidden: list[str]

    def word(self, *, is_seen: bool) -> str:
        word = f"word{next(self.numbers)}x"
        (self.seen if is_seen else self.hidden).append(word)
        return f" {word} "


Node = tuple[str, list["Node"]]


def nodes(
    leaves: Sequence[str], inline: Sequence[str], blocks: Sequence[str], paragraph: str
) -> st.SearchStrategy[list[Node]]:
    """Make documents that are nested as office programs nest them: blocks, paragraphs, runs."""
    leaf: st.SearchStrategy[Node] = st.sampled_from(leaves).map(lambda kind: (kind, []))
    line = st.recursive(
        leaf, lambda inner: st.tuples(st.sampled_from(inline), st.lists(inner, max_size=3)), max_leaves=5
    )
    one = st.tuples(st.just(paragraph), st.lists(line, max_size=4))
    block = st.recursive(
        one, lambda inner: st.tuples(st.sampled_from(blocks), st.lists(inner, max_size=3)), max_leaves=6
    )
    return st.lists(block, min_size=1, max_size=5)


def printed(tree: list[Node], patterns: dict[str, str], wording: Wording) -> str:
    """Write nodes as XML: %s is a word or what stands within, "-" before a pattern hides the word."""
    pieces = []
    for kind, children in tree:
        pattern = patterns[kind]
        inner = printed(children, patterns, wording) if children else ""
        if "{}" in pattern:
            inner = wording.word(is_seen=not pattern.startswith("-"))
        pieces.append(pattern.removeprefix("-").replace("{}", "%s") % inner)
    return "".join(pieces)


DOCX_LEAVES = {
    "run": "<w:r><w:t>{}</w:t></w:r>",
    "large": "<w:r><w:rPr><w:b/><w:sz w:val='40'/></w:rPr><w:t>{}</w:t></w:r>",
    "shown": '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>{}</w:t></w:r>',
    "vanished": "-<w:r><w:rPr><w:vanish/></w:rPr><w:t>{}</w:t></w:r>",
    "white": '-<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{}</w:t></w:r>',
    "tiny": "-<w:r><w:rPr><w:sz\n w:val = '2'/></w:rPr><w:t>{}</w:t></w:r>",
    "by style": "-<w:r><w:rPr><w:rStyle w:other='>' w:val='hush'/></w:rPr><w:t>{}</w:t></w:r>",
    "deleted": "-<w:del><w:r><w:t>{}</w:t></w:r></w:del>",
    "moved": "-<w:moveFrom><w:r><w:t>{}</w:t></w:r></w:moveFrom>",
    "code": "-<w:r><w:instrText>{}</w:instrText></w:r>",
    "old": "-<mc:AlternateContent><mc:Fallback><w:r><w:t>{}</w:t></w:r></mc:Fallback></mc:AlternateContent>",
}
DOCX_INLINE = {
    "link": "<w:hyperlink r:id='r1'>%s</w:hyperlink>",
    "inserted": "<w:ins>%s</w:ins>",
    "smart": "<w:smartTag>%s</w:smartTag>",
    "field": "<w:fldSimple w:instr='PAGE'>%s</w:fldSimple>",
    "chosen": "<w:sdt><w:sdtPr/><w:sdtContent>%s</w:sdtContent></w:sdt>",
}
DOCX_BLOCKS = {
    "paragraph": "<w:p><w:pPr/>%s</w:p>",
    "cell": "<w:tbl><w:tblPr/><w:tr><w:tc>%s<w:p/></w:tc></w:tr></w:tbl>",
    "control": "<w:sdt><w:sdtContent>%s</w:sdtContent></w:sdt>",
    "custom": "<w:customXml>%s</w:customXml>",
}
ODT_LEAVES = {
    "words": "{}",
    "span": "<text:span>{}</text:span>",
    "shown": '<text:hidden-text text:is-hidden="false">{}</text:hidden-text>',
    "hidden": "-<text:hidden-text>{}</text:hidden-text>",
    "off": "-<text:span text:display='none'>{}</text:span>",
    "by style": "-<text:span text:style-name='hush'>{}</text:span>",
    "comment": "-<office:annotation><text:p>{}</text:p></office:annotation>",
    "script": "-<text:script>{}</text:script>",
}
ODT_INLINE = {"span of more": "<text:span>%s</text:span>", "link": "<text:a>%s</text:a>"}
ODT_BLOCKS = {
    "paragraph": "<text:p>%s</text:p>",
    "list": "<text:list><text:list-item>%s</text:list-item></text:list>",
    "section": "<text:section>%s</text:section>",
    "cell": "<table:table><table:table-row><table:table-cell>%s</table:table-cell></table:table-row></table:table>",
    "frame": "<draw:frame><draw:text-box>%s</draw:text-box></draw:frame>",
}
HUSH = f'<w:styles {W}><w:style w:type="character"\n w:styleId="hush"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
HUSHED = (
    f"<office:document-styles {SPACES}><style:style style:name='hush'><style:text-properties text:display='none'/>"
    "</style:style></office:document-styles>"
)


def hushed_docx(body: str) -> bytes:
    return docx(body, styles=HUSH)


def hushed_docx_in_utf_16(body: str) -> bytes:
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return zipped({"word/document.xml": document.encode("utf-16"), "word/styles.xml": HUSH.encode("utf-16-be")})


def hushed_odt(body: str) -> bytes:
    return odt(body, **{"styles.xml": HUSHED})


def check(tree: list[Node], patterns: dict[str, str], make: Callable[[str], bytes]) -> None:
    wording = Wording(itertools.count(), [], [])
    text = words_or_reason(make(printed(tree, patterns, wording)))
    assert [word for word in text.split() if word != "•"] == wording.seen
    assert not set(text.split()) & set(wording.hidden)


DOCX_NODES = nodes(list(DOCX_LEAVES), list(DOCX_INLINE), list(DOCX_BLOCKS)[1:], "paragraph")
ODT_NODES = nodes(list(ODT_LEAVES), list(ODT_INLINE), list(ODT_BLOCKS)[1:], "paragraph")


@pytest.mark.parametrize("make", [hushed_docx, hushed_docx_in_utf_16])
@law
@given(tree=DOCX_NODES)
def test_what_a_docx_shows_is_read_in_order_and_what_it_hides_is_not(
    make: Callable[[str], bytes], tree: list[Node]
) -> None:
    check(tree, DOCX_LEAVES | DOCX_INLINE | DOCX_BLOCKS, make)


@law
@given(tree=ODT_NODES)
def test_what_an_odt_shows_is_read_in_order_and_what_it_hides_is_not(tree: list[Node]) -> None:
    check(tree, ODT_LEAVES | ODT_INLINE | ODT_BLOCKS, hushed_odt)


# --- Any zip ----------------------------------------------------------------------------------------------------------

DOCUMENT = f"<w:document {W}><w:body>{p('two words')}</w:body></w:document>"
PARTS = ["word/document.xml", "word/styles.xml", "word/header1.xml", "word/_rels/document.xml.rels", "mimetype", "content.xml",
         "styles.xml", "META-INF/manifest.xml", "../word/document.xml", "word/", "x"]  # fmt: skip
contents = st.one_of(
    st.sampled_from([DOCUMENT.encode(), DOCUMENT.encode("utf-16"), DOCUMENT[:-9].encode(), ODT_TYPE.encode(), b"<a/>"]),
    st.binary(max_size=40),
)
methods = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])


@law
@given(
    parts=st.dictionaries(st.sampled_from(PARTS), contents, max_size=6),
    method=methods,
    harm=st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=4)), max_size=3),
)
def test_a_zip_with_any_parts_and_any_harm_is_read_or_refused(
    parts: dict[str, bytes], method: int, harm: list[tuple[int, bytes]]
) -> None:
    with zipfile.ZipFile(buffer := io.BytesIO(), "w", method) as archive:
        for name, content in ({"word/document.xml": DOCUMENT.encode()} | parts).items():
            archive.writestr(name, content)
    data = bytearray(buffer.getvalue())
    for at, piece in harm:  # from the end, where the directory is
        start = max(0, len(data) - at - len(piece))
        data[start : start + len(piece)] = piece
    words_or_reason(bytes(data))


# --- Found by the hostile set -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [1, 9, 99, 65535])
def test_a_part_that_is_packed_in_an_unknown_way_is_damaged_and_not_encrypted(method: int) -> None:
    data = bytearray(zipped({"word/document.xml": DOCUMENT}))
    row = data.index(b"PK\x01\x02")
    data[8:10] = data[row + 10 : row + 12] = method.to_bytes(2, "little")
    with pytest.raises(DocumentError, match="cannot be read"):
        extract(bytes(data), "x")


def test_noise_that_is_said_to_be_lzma_is_damaged() -> None:
    with zipfile.ZipFile(buffer := io.BytesIO(), "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", DOCUMENT)
    data = bytearray(buffer.getvalue())
    start = data.index(b"word/document.xml") + len("word/document.xml")
    data[start + 4 : start + 9] = b"\xff" * 5  # its properties
    with pytest.raises(DocumentError, match="cannot be read"):
        extract(bytes(data), "x")


def test_broken_relations_cost_the_links_and_not_the_document() -> None:
    parts = {"word/document.xml": DOCUMENT, "word/_rels/document.xml.rels": f"<Relationships xmlns='{RELATIONS}'>"}
    assert extract(zipped(parts), "x").text == "two words"


def test_a_number_of_five_thousand_digits_is_many_blanks() -> None:
    assert extract(odt(f"<text:p>two<text:s text:c='{'9' * 5000}'/>words</text:p>"), "x").text.split() == [
        "two",
        "words",
    ]


def test_a_strict_docx_in_utf_16_is_read() -> None:
    strict = DOCUMENT.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert extract(zipped({"word/document.xml": strict.encode("utf-16")}), "x").text == "two words"


@pytest.mark.parametrize("body", ["<w:p>" * 300 + "</w:p>" * 300, " " * 11_000_000], ids=["deep", "long"])
def test_what_the_parser_refuses_for_its_size_is_a_limit_and_not_damage(body: str) -> None:
    with pytest.raises(LimitError, match="deeper"):
        extract(docx(body), "x")


def test_a_table_in_a_page_header_is_read_row_by_row() -> None:
    cells = "<table:table><table:table-row><table:table-cell><text:p>left</text:p></table:table-cell><table:table-cell><text:p>right</text:p></table:table-cell></table:table-row></table:table>"
    page = f"<style:header>{cells}</style:header><style:footer-left><text:p>foot</text:p></style:footer-left>"
    styles = (
        f"<office:document-styles {SPACES}><office:master-styles>{page}</office:master-styles></office:document-styles>"
    )
    assert extract(odt("<text:p>body</text:p>", **{"styles.xml": styles}), "x").text == "left\tright\nbody\nfoot"


HIDDEN_RUN = f"<w:document {W}><w:body>{p('two words')}<w:p><w:r><w:rPr><w:color w:val='FFFFFF'/></w:rPr><w:t>hush</w:t></w:r></w:p></w:body></w:document>"


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(HIDDEN_RUN, id="other quotes"),
        pytest.param(HIDDEN_RUN.replace("'FFFFFF'", '"&#70;FFFFF"'), id="a number for a letter"),
        pytest.param(HIDDEN_RUN.replace("val='FFFFFF'", 'val = "FFFFFF"'), id="blanks"),
        pytest.param(HIDDEN_RUN.replace("w:", "x:").replace("xmlns:w=", "xmlns:x="), id="another prefix"),
        pytest.param("<!DOCTYPE w [<!ENTITY x 'y'>]>" + HIDDEN_RUN, id="a document type"),
        pytest.param('<?xml version="1.0" encoding="utf-7"?>' + HIDDEN_RUN, id="another encoding"),
    ],
)
def test_hidden_text_is_found_however_the_xml_is_spelled(document: str) -> None:
    assert extract(zipped({"word/document.xml": document}), "x").text == "two words"
