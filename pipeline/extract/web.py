"""HTML: what a page shows, as lines, and its links. Nothing it refers to is fetched."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from pipeline.errors import LimitError, NoTextError
from pipeline.extract.css import Look, Sheet
from pipeline.extract.limits import Limits
from pipeline.extract.markup import kept_links, syntax_error
from pipeline.extract.pages import without_pages
from pipeline.extract.plain import decode
from pipeline.extract.unseen import letters
from pipeline.records import Extraction

_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SKIPPED = frozenset("script style template head noscript svg math object iframe select textarea".split())
_BLANKS = re.compile(r"[ \t]+")
_NEVER_SHOWN = frozenset(("template", "noscript"))
_CODE = "code"
"""How text in elements that hold no text for people is hidden: not worth telling."""
_SHORT_COMMENT = 30
"""Characters."""
_BLOCKS = frozenset(
    "address article aside blockquote body br center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul /pre".split()
)


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
    for tag, words, how in _html_words(root, hidden, targets):
        if tag in _BLOCKS:
            pieces.append("\n")
        elif tag == "/td":
            pieces.append("\t")
        if how:
            hidden[how] += letters(words)
        elif words:
            pieces.append(words if tag == "pre" else re.sub(r"\s+", " ", words))
    lines = (_BLANKS.sub(_blanks, line).strip() for line in "".join(pieces).split("\n"))
    del hidden[_CODE]
    return "\n".join(line for line in lines if line), hidden, targets


def _blanks(found: re.Match[str]) -> str:
    """Return the tab that a run of blanks holds, or the run."""
    return "\t" if "\t" in found[0] else found[0]


def _html_words(root: etree._Element, hidden: Counter[str], targets: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each tag, opened or closed, the words that follow it, and how they are hidden (empty: they are seen).

    Comments are counted in `hidden`, visible links are put into `targets`.
    """
    sheet = Sheet.of("\n".join(style.text or "" for style in root.iter("style")))
    looks = [Look(is_on_white=not sheet.has_unknown_grounds)]
    for event, node in etree.iterwalk(root, events=("start", "end", "comment")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            look = looks[-1]
            if tag in _SKIPPED:
                look = look._replace(gone=look.gone or ("marked" if tag in _NEVER_SHOWN else _CODE))
            elif node.attrib or sheet.looks_at(tag):
                look = look.within(sheet.said(tag, dict(node.attrib.items())))
            looks.append(look)
            if tag == "a" and not look.hidden():
                targets.append(node.get("href", ""))
            yield tag, node.text or "", look.hidden()
            continue
        if event == "comment":
            hidden["comment"] += _letters_of_comment(node.text or "")
        else:
            looks.pop()
        name = "/td" if tag in ("td", "th") else "/pre" if tag == "pre" else tag
        yield name, node.tail or "", looks[-1].hidden()


def _letters_of_comment(text: str) -> int:
    """Return how many letters a comment says; 0 for a condition of an old browser, and for a designer's short note."""
    said = letters(re.sub(r"<[^<>]*>", " ", text))
    return 0 if said < _SHORT_COMMENT or text.lstrip().startswith("[if") else said
