"""Layouts printed by LibreOffice, from flat ODT files."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from content import Block, person, said

Made = tuple[str, list[str]]
"""The body of a flat ODT, and what it says."""

_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing",
        "fo": "xsl-fo-compatible", "svg": "svg-compatible",
    }.items()
)  # fmt: skip


def document(body: str, font: str = "Liberation Sans", page: str = "", master: str = "", rtl: bool = False) -> str:
    """Return a flat ODT."""
    mode = ' style:writing-mode="rl-tb"' if rtl else ""
    paragraphs = "".join(
        f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties fo:margin-top="{above}pt" '
        f'fo:margin-left="{left}mm" fo:text-align="{align_}"{mode}>{tabs}</style:paragraph-properties>'
        f'<style:text-properties fo:font-size="{size}pt" style:font-size-asian="{size}pt" style:font-size-complex="{size}pt" '
        f'style:font-name="F" style:font-name-asian="F" style:font-name-complex="F"/></style:style>'
        for name, above, left, size, align_, tabs in (
            ("name", 0, 0, 20, "start", ""),
            ("heading", 9, 0, 13, "start", ""),
            ("line", 1, 0, 10, "start", ""),
            ("justified", 1, 0, 10, "justify", ""),
            ("point", 1, 6, 10, "start", ""),
            ("left", 3, 0, 10, "start", '<style:tab-stops><style:tab-stop style:position="48mm"/></style:tab-stops>'),
            (
                "right",
                3,
                0,
                10,
                "start",
                '<style:tab-stops><style:tab-stop style:type="right" style:position="170mm"/></style:tab-stops>',
            ),
        )
    )
    columns = "".join(
        f'<style:style style:name="columns{count}" style:family="section"><style:section-properties>'
        f'<style:columns fo:column-count="{count}" fo:column-gap="8mm"/></style:section-properties></style:style>'
        for count in (2, 3)
    )
    size = page or 'fo:page-width="210mm" fo:page-height="297mm" fo:margin="20mm"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_NAMES} office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.text">'
        f'<office:font-face-decls><style:font-face style:name="F" svg:font-family="{font}"/></office:font-face-decls>'
        f'<office:automatic-styles>{paragraphs}{columns}<style:page-layout style:name="P"><style:page-layout-properties {size}/>'
        '<style:header-style/><style:footer-style/></style:page-layout>'
        '<style:style style:name="narrow" style:family="table-column"><style:table-column-properties style:column-width="60mm"/></style:style>'
        '<style:style style:name="wide" style:family="table-column"><style:table-column-properties style:column-width="110mm"/></style:style>'
        '<style:style style:name="boxed" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #888888" fo:padding="1.5mm"/></style:style>'
        '<style:style style:name="open" style:family="table-cell"><style:table-cell-properties fo:padding="1.5mm"/></style:style>'
        '<style:style style:name="frame" style:family="graphic"><style:graphic-properties draw:fill="none" style:wrap="run-through" style:horizontal-pos="from-left" style:horizontal-rel="page" style:vertical-pos="from-top" style:vertical-rel="page" fo:padding="2mm"/></style:style>'
        f'</office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P">{master}'
        f'</style:master-page></office:master-styles><office:body><office:text>{body}</office:text></office:body></office:document>'
    )  # fmt: skip


def odt(blocks: tuple[Block, ...], dates: str = "left", prose: str = "line") -> str:
    """Return blocks as paragraphs; dates stand at a tab stop, "left" or "right"."""
    return "".join(_odt(kind, [escape(part) for part in parts], dates, prose) for kind, parts in blocks)


def _odt(kind: str, parts: list[str], dates: str, prose: str) -> str:
    if kind == "point":
        return _paragraph("point", f"• {parts[0]}")
    if kind != "entry":
        return _paragraph(prose if kind == "line" else kind, parts[0])
    when, what, *where = parts
    if dates == "below":
        return "".join(_paragraph("line", part) for part in (what, *where, when))
    first = (when, what) if dates == "left" else (what, when)
    indent = "<text:tab/>" if dates == "left" else ""
    return _paragraph(dates, "<text:tab/>".join(first)) + "".join(_paragraph(dates, indent + part) for part in where)


def _paragraph(style: str, text: str) -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def _table(rows: list[list[str]], widths: tuple[str, ...], cell: str) -> str:
    columns = "".join(f'<table:table-column table:style-name="{width}"/>' for width in widths)
    made = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell table:style-name="{cell}">{content}</table:table-cell>' for content in row)
        + "</table:table-row>"
        for row in rows
    )
    return f"<table:table>{columns}{made}</table:table>"


def _section(count: int, body: str) -> str:
    return f'<text:section text:style-name="columns{count}" text:name="s{count}">{body}</text:section>'


def dates_at_a_right_tab() -> Made:
    """One column, dates at a right tab stop."""
    one = person("hu")
    return document(odt(one.main + one.side, "right")), said(one.main + one.side, "right")


def table_with_borders() -> Made:
    """Entries as rows of a table with borders, cells of several lines."""
    one = person("pl")
    rows, truth = [], []
    entries = [block for block in one.main if block[0] in ("entry", "point")]
    for kind, parts in entries:
        if kind == "entry":
            rows.append(
                [_paragraph("line", escape(parts[0])), "".join(_paragraph("line", escape(part)) for part in parts[1:])]
            )
            truth += said(((kind, parts),))
        else:
            rows[-1][1] += _paragraph("line", escape(parts[0]))
            truth += list(parts)
    body = odt(one.main[:4]) + _table(rows, ("narrow", "wide"), "boxed") + odt(one.side)
    return document(body, "DejaVu Sans"), said(one.main[:4]) + truth + said(one.side)


def two_columns_on_two_pages() -> Made:
    """A section in two columns, justified, that runs over to the next page."""
    one = person("en")
    blocks = one.main[2:] + one.side + one.main[2:]
    body = odt(one.main[:2]) + _section(2, odt(blocks, "below", "justified"))
    page = 'fo:page-width="148mm" fo:page-height="210mm" style:print-orientation="portrait" fo:margin="15mm"'
    return document(body, "Liberation Serif", page), said(one.main[:2]) + said(blocks, "below")


def side_bar_by_a_table() -> Made:
    """A table of one row for the layout: a bar at the left, the rest at the right."""
    one = person("cs")
    body = _table([[odt(one.side), odt(one.main, "below")]], ("narrow", "wide"), "open")
    return document(body), said(one.side) + said(one.main, "below")


def frame_at_the_right() -> Made:
    """A text box at the right of the page."""
    one = person("fr")
    box = (
        '<draw:frame draw:style-name="frame" draw:name="side" text:anchor-type="page" text:anchor-page-number="1" svg:width="55mm" svg:x="148mm" svg:y="20mm">'
        f'<draw:text-box fo:min-height="20mm">{odt(one.side)}</draw:text-box></draw:frame>'
    )
    page = 'fo:page-width="210mm" fo:page-height="297mm" fo:margin-top="20mm" fo:margin-bottom="20mm" fo:margin-left="20mm" fo:margin-right="68mm"'
    return document(box + odt(one.main, "below"), "Liberation Serif", page), said(one.main, "below") + said(one.side)


def arabic_table() -> Made:
    """Right to left, dates at the left of a table without borders."""
    one = person("ar")
    rows = [[_paragraph("line", part) for part in block[1][:2]] for block in one.main if block[0] == "entry"]
    body = odt(one.main[:4]) + _table(rows, ("narrow", "wide"), "open") + odt(one.side)
    truth = said(one.main[:4]) + ["\t".join(block[1][:2]) for block in one.main if block[0] == "entry"] + said(one.side)
    page = 'fo:page-width="210mm" fo:page-height="297mm" fo:margin="20mm" style:writing-mode="rl-tb"'
    return document(body, "Noto Naskh Arabic", page, rtl=True), truth


def japanese() -> Made:
    """One column of Japanese, wrapped in the middle of sentences."""
    one = person("ja")
    page = 'fo:page-width="105mm" fo:page-height="148mm" fo:margin="10mm"'
    blocks = one.main + one.side
    return document(odt(blocks, "below"), "Droid Sans Fallback", page), said(blocks, "below")


def heads_and_feet() -> Made:
    """Three small pages with a head and a foot on each, soft hyphens in long words."""
    one = person("ru")
    page = 'fo:page-width="120mm" fo:page-height="120mm" fo:margin="12mm"'
    head = f"<style:header>{_paragraph('line', 'Забоева Фёкла')}</style:header>"
    foot = f"<style:footer>{_paragraph('line', 'Резюме')}</style:footer>"
    body = re.sub(
        r"\w{9,}",
        lambda word: re.sub(r"(?<=[аеиоуы][бвгдклмнпрст])(?=[бвгдклмнпрст][аеиоуы])", "\u00ad", word[0]),
        odt(one.main, "below", "justified"),
    )
    return document(body, "Liberation Serif", page, head + foot), said(one.main, "below")


def three_columns() -> Made:
    """A section in three narrow columns."""
    one = person("el")
    body = odt(one.main[:2]) + _section(3, odt(one.main[2:] + one.side, "below"))
    return document(body, "Liberation Sans Narrow"), said(one.main[:2]) + said(one.main[2:] + one.side, "below")


LAYOUTS: tuple[Callable[[], Made], ...] = (
    dates_at_a_right_tab,
    table_with_borders,
    two_columns_on_two_pages,
    side_bar_by_a_table,
    frame_at_the_right,
    arabic_table,
    japanese,
    heads_and_feet,
    three_columns,
)


def make(folder: Path) -> None:
    """Print all layouts to a folder."""
    sources = []
    for layout in LAYOUTS:
        body, truth = layout()
        source = folder / f"libreoffice_{layout.__name__}.fodt"
        source.write_text(body, "utf-8")
        source.with_suffix(".txt").write_text("\n".join(truth) + "\n", "utf-8")
        sources.append(source)
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    for source in sources:
        source.unlink()
