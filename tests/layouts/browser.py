"""Layouts printed by headless Chromium."""

from __future__ import annotations

import base64
import io
import re
import subprocess
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from content import Block, person, said, sections

Made = tuple[str, list[str]]
"""A page of HTML, and what it says."""

_STYLE = """
@page { size: A4; margin: 14mm } * { box-sizing: border-box }
body { font: 10pt/1.35 FONT; margin: 0 } h1 { font-size: 19pt; margin: 0 0 3pt } h2 { font-size: 12pt; margin: 9pt 0 3pt }
p, ul { margin: 2pt 0 } ul { padding-inline-start: 14pt } .entry { margin-top: 4pt } .where { font-style: italic }
"""


def page(body: str, style: str = "", font: str = "'Liberation Sans', sans-serif", language: str = "en") -> str:
    """Return a whole page."""
    direction = "rtl" if language in ("ar", "he") else "ltr"
    return (
        f"<!doctype html><html lang={language} dir={direction}><meta charset=utf-8>"
        f"<style>{_STYLE.replace('FONT', font)}{style}</style><body>{body}</body></html>"
    )


def html(blocks: tuple[Block, ...], dates: str = "left") -> str:
    """Return blocks as HTML."""
    made = "".join(_html(kind, [escape(part) for part in parts], dates) for kind, parts in blocks)
    return re.sub(r"(<li>.*?</li>)+", lambda items: f"<ul>{items[0]}</ul>", made)


def _html(kind: str, parts: list[str], dates: str) -> str:
    tag = {"name": "h1", "heading": "h2", "point": "li", "line": "p"}.get(kind)
    if tag:
        return f"<{tag}>{parts[0]}</{tag}>"
    when, what = f"<span class=when>{parts[0]}</span>", f"<b class=what>{parts[1]}</b>"
    where = "".join(f"<div class=where>{part}</div>" for part in parts[2:])
    if dates == "below":
        return f"<div class=entry><div>{what}</div>{where}<div>{when}</div></div>"
    return (
        f"<div class='entry row'>{when}{what}</div>{where}"
        if dates == "left"
        else f"<div class='entry row'>{what}{when}</div>{where}"
    )


def dates_right() -> Made:
    """One column, dates at the right edge."""
    one = person("en")
    style = ".row { display: flex; justify-content: space-between }"
    blocks = one.main + one.side
    return page(html(blocks, "right"), style), said(blocks, "right")


def side_bar_left_soft_hyphens() -> Made:
    """A narrow bar at the left, soft hyphens in all long words."""
    one = person("de")
    body = _with_soft_hyphens(html(one.main, "below"))
    style = (
        "body { display: grid; grid-template-columns: 48mm 70mm; gap: 8mm } aside { background: #e8eef2; padding: 3mm }"
    )
    return page(f"<aside>{html(one.side)}</aside><main>{body}</main>", style, language="de"), said(one.side) + said(
        one.main, "below"
    )


def _with_soft_hyphens(markup: str) -> str:
    def hyphenated(word: re.Match[str]) -> str:
        return re.sub(r"(?<=[aeiouäöü][bdfgklmnprst])(?=[bdfgklmnprst][aeiouäöü])", "&shy;", word[0])

    return re.sub(r">[^<]+<", lambda text: re.sub(r"[^\W\d_]{9,}", hyphenated, text[0]), markup)


def side_bar_right_drawn_first() -> Made:
    """A bar at the right that the page draws before the rest."""
    one = person("pl")
    style = "body { display: flex; flex-direction: row-reverse; gap: 7mm } aside { flex: 0 0 52mm; color: #246 } .when { float: left; width: 38mm } .what { display: block; margin-left: 40mm }"
    body = f"<aside>{html(one.side)}</aside><main>{html(one.main)}</main>"
    return page(body, style, "'DejaVu Sans'", "pl"), said(one.main) + said(one.side)


def two_columns_over_two_pages() -> Made:
    """Text that runs on over columns and pages."""
    one = person("cs")
    blocks = one.main + one.side + one.main[2:]
    style = "body { columns: 2; column-gap: 9mm; font-size: 12pt } @page { size: A5 landscape }"
    return page(html(blocks, "below"), style, language="cs"), said(blocks, "below")


def table_in_greek() -> Made:
    """A table with borders, row by row, some cells of several lines."""
    one = person("el")
    rows = [block[1] for block in one.main if block[0] == "entry"]
    rows = [(*row, "")[:3] for row in rows]
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    style = "table { border-collapse: collapse } td { border: .5pt solid #888; padding: 2pt 5pt; vertical-align: top }"
    head = tuple(block for block in one.main[:4])
    truth = said(head) + ["\t".join(row) for row in rows] + said(one.side)
    return page(f"{html(head)}<table>{cells}</table>{html(one.side)}", style, "'Noto Sans'", "el"), truth


def header_band_with_icons() -> Made:
    """A band of contact data with the glyphs of an icon font, headings letter-spaced."""
    one = person("en")
    contact = [block[1][0] for block in one.side[1:4]]
    icons = "".join(
        f"<span><i>{icon}</i>&nbsp;{escape(text)}</span> "
        for icon, text in zip("\ue000\ue001\ue002", contact, strict=True)
    )
    font = base64.b64encode(icon_font()).decode()
    style = (
        f"@font-face {{ font-family: Icons; src: url(data:font/ttf;base64,{font}) }} i {{ font: 10pt Icons }}"
        "header { background: #234; color: #fff; padding: 5mm; margin-bottom: 4mm } span { margin-right: 6mm }"
        "h2 { text-transform: uppercase; letter-spacing: .22em } .when { display: block }"
    )
    band = f"<header>{html(one.main[:1])}{html(one.main[1:2])}{icons}</header>"
    rest = one.main[2:] + one.side[4:]
    upper = tuple((kind, tuple(part.upper() for part in parts) if kind == "heading" else parts) for kind, parts in rest)
    return page(band + html(rest, "left"), style), said(one.main[:2]) + contact + said(upper)


def icon_font() -> bytes:
    """Return a font whose three glyphs are squares, at private code points."""
    from fontTools.fontBuilder import FontBuilder  # type: ignore[import-not-found, unused-ignore]
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-not-found, unused-ignore]

    pen: Any = TTGlyphPen(None)
    for number, corner in enumerate([(100, 0), (100, 700), (800, 700), (800, 0)]):
        (pen.lineTo if number else pen.moveTo)(corner)
    pen.closePath()
    square, names = pen.glyph(), [".notdef", "one", "two", "three"]
    font: Any = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({0xE000: "one", 0xE001: "two", 0xE002: "three"})
    font.setupGlyf(dict.fromkeys(names, square))
    font.setupHorizontalMetrics(dict.fromkeys(names, (900, 100)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Icons", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(buffer := io.BytesIO())
    return buffer.getvalue()


def arabic() -> Made:
    """Right to left in one column, dates in a column at the right."""
    one = person("ar")
    style = ".when { display: inline-block; width: 45mm }"
    blocks = one.main + one.side
    return page(html(blocks), style, "'Noto Naskh Arabic', 'Noto Sans Arabic'", "ar"), said(blocks)


def hebrew_side_bar() -> Made:
    """Right to left beside a bar of its own."""
    one = person("he")
    style = "body { display: flex; gap: 8mm } aside { flex: 0 0 50mm }"
    body = f"<aside>{html(one.side)}</aside><main>{html(one.main, 'below')}</main>"
    return page(body, style, "'Noto Sans Hebrew', 'DejaVu Sans'", "he"), said(one.side) + said(one.main, "below")


def chinese_label_table() -> Made:
    """Labels at the left, values at the right, as on a form."""
    one = person("zh")
    style = "table { width: 100% } th { width: 40mm; text-align: right; vertical-align: top; padding-right: 6mm; font-weight: 400 }"
    rows, truth = "", said(one.main[:1])
    for heading, *others in sections(one.side + one.main[2:]):
        values = "<br>".join(escape(" ".join(parts)) for _, parts in others)
        rows += f"<tr><th>{escape(heading[1][0])}<td>{values}"
        first, *more = [" ".join(parts) for _, parts in others]
        truth += [f"{heading[1][0]}\t{first}", *more]
    return page(f"{html(one.main[:1])}<table>{rows}</table>", style, "'Droid Sans Fallback'", "zh"), truth


def dates_left_drawn_after() -> Made:
    """Dates in a left column that are placed there after their entry was drawn."""
    one = person("ru")
    style = ".entry { position: relative } .when { position: absolute; left: 0; top: 0 } .what, .where, li, p { margin-left: 64mm } .what { display: block }"
    body = html(one.main).replace("<div class='entry row'>", "<div class=entry>")
    body = re.sub(r"(<span class=when>.*?</span>)(<b .*?</b>)", r"\2\1", body)
    return page(body, style, "'DejaVu Sans'", "ru"), said(one.main)


def letter_spaced() -> Made:
    """The name and the headings letter-spaced, some of them widely."""
    one = person("fr")
    style = "h1 { letter-spacing: .3em; text-transform: uppercase } h2 { letter-spacing: .45em; text-transform: uppercase; font-weight: 400 } .when { display: block }"
    blocks = one.main + one.side
    upper = tuple(
        (kind, tuple(part.upper() for part in parts) if kind in ("heading", "name") else parts)
        for kind, parts in blocks
    )
    return page(html(blocks, "below"), style, "'DejaVu Sans'", "fr"), said(upper, "below")


def turned_label() -> Made:
    """A label at the edge that is turned by 90 degrees, beside a time line."""
    one = person("es")
    label = "Curriculum Montalbanejo"
    style = ".turned { position: absolute; left: 0; top: 40mm; transform-origin: 0 0; transform: rotate(-90deg) translateX(-70mm); font-size: 20pt; white-space: nowrap } main { margin-left: 20mm; border-left: 1pt solid #999; padding-left: 5mm } .when { display: inline-block; width: 48mm; color: #666 }"
    blocks = one.main + one.side
    return page(f"<main>{html(blocks)}</main><div class=turned>{label}</div>", style, language="es"), [
        *said(blocks),
        label,
    ]


def three_columns_under_a_head() -> Made:
    """A head over the whole width, then three columns of unequal length."""
    one = person("tr")
    first, *rest = sections(one.main)
    columns = [rest[0] + rest[3], rest[1], rest[2] + one.side]
    style = "article { display: grid; grid-template-columns: 50mm 62mm 50mm; gap: 10mm }"
    body = (
        html(first)
        + "<article>"
        + "".join(f"<section>{html(column, 'below')}</section>" for column in columns)
        + "</article>"
    )
    return page(body, style, "'Liberation Serif'", "tr"), said(first) + [
        line for column in columns for line in said(column, "below")
    ]


LAYOUTS: tuple[Callable[[], Made], ...] = (
    dates_right,
    side_bar_left_soft_hyphens,
    side_bar_right_drawn_first,
    two_columns_over_two_pages,
    table_in_greek,
    header_band_with_icons,
    arabic,
    hebrew_side_bar,
    chinese_label_table,
    dates_left_drawn_after,
    letter_spaced,
    turned_label,
    three_columns_under_a_head,
)


def make(folder: Path) -> None:
    """Print all layouts to a folder."""
    for layout in LAYOUTS:
        markup, truth = layout()
        name = f"chromium_{layout.__name__}"
        source = folder / f"{name}.html"
        source.write_text(markup, "utf-8")
        options = (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--print-to-pdf={folder / name}.pdf",
        )
        subprocess.run(["chromium", *options, source.as_uri()], check=True, capture_output=True, timeout=120)
        source.unlink()
        (folder / f"{name}.txt").write_text("\n".join(truth) + "\n", "utf-8")
