"""HTML: what a page shows, as lines, and its links. Nothing it refers to is fetched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from pipeline.errors import LimitError, NoTextError
from pipeline.extract.edges import BESIDE, CROSSED_OUT, IN_A_BOX, RAISED, with_blanks
from pipeline.extract.figures import is_row_of_figures
from pipeline.extract.limits import Limits
from pipeline.extract.markup import kept_links, syntax_error
from pipeline.extract.pages import without_pages
from pipeline.extract.plain.text import decode
from pipeline.extract.symbols import said_in
from pipeline.extract.unseen import letters
from pipeline.extract.web.css import Look, Sheet, is_band
from pipeline.extract.web.css_colours import WHITE
from pipeline.extract.web.css_selectors import Place
from pipeline.extract.web.css_values import declarations
from pipeline.extract.web.drawings import is_outside, paints, prepare_drawings, scale_of_drawing
from pipeline.extract.web.forms import FIELDS
from pipeline.extract.web.lists import WebLists
from pipeline.extract.web.styles import style_sheets
from pipeline.records import Extraction

_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SKIPPED = frozenset(
    "audio button canvas datalist del head iframe math meter noembed noframes noscript object progress rp script style template "
    "title video".split()
)
"""What browsers do not show, what is there to be pressed, and what was deleted."""
_BLANKS = re.compile(r"[ \t]+")
_NEVER_SHOWN = frozenset(("template", "noscript"))
_SHADOW = frozenset(("shadowrootmode", "shadowroot"))
"""Attributes of a template that is shown in its place, as programs that save pages write them."""
_CODE = "code"
"""How text in elements that hold no text for people is hidden: not worth telling."""
_SHORT_COMMENT = 30
"""Characters."""
_BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody "
    "textarea tfoot thead tr ul".split()
)
_EDGE_OF_TAG = {
    **dict.fromkeys(_BLOCKS, "\n"),
    **dict.fromkeys(("td", "th"), "\t"),
    **dict.fromkeys(("s", "strike"), CROSSED_OUT),
    **dict.fromkeys(FIELDS, BESIDE),
    "sup": RAISED,
    "text": "\n",  # of a drawing
}
_PAINTED = etree.XPath("boolean(//img | //@bgcolor | //@background | //@style[contains(., 'background')])")
_PLACED = etree.XPath("//@style[contains(., 'background') and contains(., 'position')]")
_KEEP_LINES = frozenset(("pre", "textarea"))


def read_html(data: bytes, limits: Limits) -> Extraction:
    """Return the text of an HTML page as lines, and its links. Nothing it refers to is fetched."""
    declared = _META_CHARSET.search(data[:4096])
    markup = decode(data, declared[1].decode("ascii") if declared else None)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise syntax_error(error, "this HTML page is damaged") from error
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise LimitError("this HTML page is nested deeper than is safe to read")
    if root is None:
        raise NoTextError("this HTML page holds no text")
    text, hidden, targets = _html_text(root)
    reader = f"lxml {etree.__version__}"
    return without_pages(
        [text], limits, media_type="text/html", extractor=reader, links=kept_links(targets), hidden=hidden
    )


def _html_text(root: etree._Element) -> tuple[str, Counter[str], list[str]]:
    """Return the text of a page, how many characters are hidden in which way, and where its visible links lead.

    Without recursion, for the deepest page.
    """
    hidden: Counter[str] = Counter()
    targets: list[str] = []
    pieces: list[str] = []
    for edge, words, how in _html_words(root, hidden, targets):
        pieces.append(edge)
        if how:
            hidden[how] += letters(words)
        else:
            pieces.append(words)
    lines = (_BLANKS.sub(_blanks, line).strip() for line in with_blanks("".join(pieces)).split("\n"))
    del hidden[_CODE]
    return "\n".join(line for line in lines if line), hidden, targets


def _blanks(found: re.Match[str]) -> str:
    """Return the tab that a run of blanks holds, or the run."""
    return "\t" if "\t" in found[0] else found[0]


def _html_words(root: etree._Element, hidden: Counter[str], targets: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the edge of each element, the words that follow it, and how they are hidden (empty: they are seen).

    Comments are counted in `hidden`, visible links are put into `targets`.
    """
    sheet = Sheet.of(style_sheets(root))
    prepare_drawings(root)
    is_painted = sheet.paints or bool(_PAINTED(root))
    has_bands = sheet.has_bands or any(is_band(declarations(str(style))) for style in _styles_placed(root))
    looks = [Look(ground=None if sheet.has_unknown_grounds or has_bands else WHITE, is_painted=is_painted)]
    edges: list[str] = []
    in_figures, lists, mark = _in_rows_of_figures(root), WebLists(), ""
    for event, node in etree.iterwalk(root, events=("start", "end", "comment")):
        tag = node.tag if isinstance(node.tag, str) else ""
        edge, words = "", node.tail or ""
        if event == "start":
            look = _look(node, tag, looks[-1], sheet)
            edge = BESIDE if node in in_figures else _edge(node, tag, look, looks[-1])
            edges.append(edge)
            words, how = node.text or "", look.hidden()
            if tag in FIELDS:
                words = "" if look.gone else FIELDS[tag](node)
                look = look._replace(gone=look.gone or _CODE)
            looks.append(look)
            if tag == "a" and not how:
                targets.append(node.get("href", ""))
        elif event == "comment":
            hidden["comment"] += _letters_of_comment(node.text or "")
            how = looks[-1].hidden()
        else:
            looks.pop()
            edge, how = edges.pop(), looks[-1].hidden()
        if tag == "li":
            mark = lists.mark(node, looks[-1]) if event == "start" else ""
        words = said_in(looks[-1].font, words if looks[-1].keeps_lines else _in_a_line(words))
        if mark and words.strip() and not how:
            words, mark = f"{mark} {words.lstrip()}", ""
        yield edge, words, how


def _styles_placed(root: etree._Element) -> list[object]:
    """Return the styles of elements that are placed, and have a ground of their own."""
    found = _PLACED(root)
    return list(found) if isinstance(found, list) else []


def _in_rows_of_figures(root: etree._Element) -> set[etree._Element]:
    """Return the elements within cells that begin a line, where those lines mean nothing."""
    found: set[etree._Element] = set()
    for row in root.iter("tr"):
        if row.find(".//table") is not None:
            continue
        cells = row.findall("td") + row.findall("th")
        inner = [node for cell in cells for node in cell.iterdescendants(*_BLOCKS)]
        if inner and is_row_of_figures(map(_words, cells)):
            found.update(inner)
    return found


def _words(node: etree._Element) -> str:
    return " ".join(map(str, node.itertext()))


def _in_a_line(words: str) -> str:
    return re.sub(r"\s+", " ", words)


def _look(node: etree._Element, tag: str, around: Look, sheet: Sheet) -> Look:
    """Return the look of an element from that of the one around it."""
    if tag in _SKIPPED and not (tag == "template" and _SHADOW.intersection(map(str, node.attrib))):
        return around._replace(
            gone=around.gone or ("marked" if tag in _NEVER_SHOWN else _CODE), edge="", childs_edge="", place=None
        )
    attributes = {str(name): str(value) for name, value in node.attrib.items()}
    look = around
    if sheet.looks_around:
        around = around._replace(place=Place(node, around.place, sheet.steps))
    if attributes or sheet.looks_at(tag):
        look = around.within(sheet.said(node, attributes, around))
    elif around.edge or around.childs_edge:
        look = around.within({})
    elif sheet.looks_around:
        look = around
    if tag == "svg" or look.is_drawn:
        return _drawn(node, tag, look)
    if tag == "html":
        look = look._replace(of_root=look.points)
    return look._replace(keeps_lines=True) if tag in _KEEP_LINES else look


def _drawn(node: etree._Element, tag: str, look: Look) -> Look:
    """Return the look of an element of a drawing."""
    if tag == "foreignobject":
        return look._replace(is_drawn=False, ground=None)
    if tag == "svg":
        is_nothing = any(node.get(side, "").strip() in ("0", "0px") for side in ("width", "height"))
        ground = None if paints(node) else look.ground
        gone = look.gone or ("marked" if is_nothing else "")
        return look._replace(is_drawn=True, ground=ground, gone=gone, shrunk=look.shrunk * scale_of_drawing(node))
    return look._replace(gone="off_page") if tag == "text" and not look.gone and is_outside(node) else look


def _edge(node: etree._Element, tag: str, look: Look, around: Look) -> str:
    """Return what stands before and behind an element: its own kind of edge, or that of its style."""
    of_tag = _EDGE_OF_TAG.get(tag, "")
    if of_tag == "\n":  # what holds several lines is not told line by line with what is beside it
        is_cell = around.childs_edge == "\t" and tag != "br" and not any(child.tag in _BLOCKS for child in node)
        return "\t" if is_cell else "\n"
    signs = (node.text or "").strip()
    is_letter = len(node) == 0 and len(signs) == 1 and signs.isalnum()
    edge = look.edge
    if edge == IN_A_BOX:
        edge = "\t" if _is_one_of_several(node) else BESIDE
    is_in_line = edge in (BESIDE, "\t")
    # Each letter of a heading may be a box of its own, and an empty one may move the next letter a little.
    is_of_word = is_in_line and (is_letter or not (signs or len(node) or around.childs_edge))
    return of_tag if is_of_word or (of_tag and edge == BESIDE) else edge or of_tag


def _is_one_of_several(node: etree._Element) -> bool:
    """Tell whether one of its kind stands beside an element, with nothing between them."""
    before, behind = node.getprevious(), node.getnext()
    pairs = ((before, before), (node, behind))
    return any(
        twin is not None and (twin.tag, twin.get("class")) == (node.tag, node.get("class"))
        for first, twin in pairs
        if first is not None and not (first.tail or "").strip()
    )


def _letters_of_comment(text: str) -> int:
    """Return how many letters a comment says; 0 for a condition of an old browser, and for a designer's short note."""
    said = letters(re.sub(r"<[^<>]*>", " ", text))
    return 0 if said < _SHORT_COMMENT or text.lstrip().startswith("[if") else said
