"""Layouts set by Typst: justified and hyphenated as a typesetter would."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from content import Block, person, said, sections

Made = tuple[str, list[str]]
"""A Typst source, and what it says."""


def source(body: str, settings: str = "", font: str = "Libertinus Serif", language: str = "en") -> str:
    """Return a whole source."""
    return (
        f'#set page(paper: "a4", margin: 18mm)\n#set text(font: "{font}", size: 10pt, lang: "{language}")\n#set smartquote(enabled: false)\n'
        f"{settings}\n#let where(it) = block(emph(it), spacing: 4pt)\n{body}\n"
    )


def typ(blocks: tuple[Block, ...], dates: str = "left") -> str:
    """Return blocks as Typst markup."""
    return "\n".join(_typ(kind, [_quoted(part) for part in parts], dates) for kind, parts in blocks)


def _quoted(text: str) -> str:
    return re.sub(r"([\\#$*_`<>@\[\]~/=+-])", r"\\\1", text)


def _typ(kind: str, parts: list[str], dates: str) -> str:
    if kind in ("name", "heading"):
        return f"#heading(level: {1 if kind == 'name' else 2})[{parts[0]}]"
    if kind == "point":
        return f"- {parts[0]}"
    if kind == "line":
        return f"#par[{parts[0]}]"
    when, what, *where = parts
    below = "".join(f"\n#where[{part}]" for part in where)
    if dates == "right":
        return f"#block(spacing: 8pt)[*{what}* #h(1fr) {when}]{below}"
    if dates == "left":
        both = "".join(f" \\ {part}" for part in where)
        return f"#grid(columns: (48mm, 1fr), [{when}], [*{what}*{both}])"
    return f"#block(spacing: 8pt)[*{what}*]{below}\n#block(spacing: 4pt)[{when}]"


def two_columns_hyphenated() -> Made:
    """Two narrow justified columns of German with many words broken."""
    one = person("de")
    blocks = one.main + one.side
    body = f"#columns(2, gutter: 10mm)[{typ(blocks, 'below')}]"
    return source(
        body, "#set par(justify: true)\n#set page(width: 118mm, height: 160mm, margin: 12mm)", language="de"
    ), said(blocks, "below")


def dates_left_with_ligatures() -> Made:
    """Dates in the left column of a grid, ligatures in the text."""
    one = person("en")
    return source(typ(one.main + one.side)), said(one.main + one.side)


def side_bar_right() -> Made:
    """A grid with a bar at the right."""
    one = person("cs")
    body = f"#grid(columns: (1fr, 48mm), column-gutter: 8mm, [{typ(one.main, 'below')}], [{typ(one.side)}])"
    return source(body, language="cs"), said(one.main, "below") + said(one.side)


def three_columns_hyphenated() -> Made:
    """A head, then three narrow columns of French, justified."""
    one = person("fr")
    body = f"{typ(one.main[:2])}\n#columns(3, gutter: 8mm)[{typ(one.main[2:] + one.side, 'below')}]"
    settings = "#set par(justify: true)\n#set page(height: 130mm)"
    return source(body, settings, language="fr"), said(one.main[:2]) + said(one.main[2:] + one.side, "below")


def table() -> Made:
    """A table without lines whose cells wrap."""
    one = person("tr")
    entries = [parts for kind, parts in one.main if kind == "entry" and len(parts) > 2]
    cells = ", ".join(f"[{_quoted(part)}]" for parts in entries for part in parts)
    body = f"{typ(one.main[:4])}\n#table(columns: (34mm, 26mm, 1fr), stroke: none, column-gutter: 5mm, {cells})\n{typ(one.side)}"
    return source(body, language="tr"), said(one.main[:4]) + ["\t".join(parts) for parts in entries] + said(one.side)


def heads_on_pages() -> Made:
    """Small pages with a running head, text that runs on over them."""
    one = person("pl")
    settings = (
        '#set page(width: 120mm, height: 110mm, margin: (x: 12mm, y: 18mm), numbering: "1")\n#set par(justify: true)'
    )
    return source(typ(one.main + one.side, "below"), settings, language="pl"), said(one.main + one.side, "below")


def dates_right_in_greek() -> Made:
    """Dates pushed to the right edge, a grid of two short lists below."""
    one = person("el")
    first, *rest = sections(one.side)
    body = (
        typ(one.main, "right")
        + f"\n#grid(columns: (1fr, 1fr), {', '.join(f'[{typ(part)}]' for part in rest)})\n{typ(first)}"
    )
    truth = said(one.main, "right") + [line for part in rest for line in said(part)] + said(first)
    return source(body, language="el"), truth


def hebrew_dates() -> Made:
    """Right to left, dates in a column of a grid at the right."""
    one = person("he")
    return source(typ(one.main + one.side), font="Noto Sans Hebrew", language="he"), said(one.main + one.side)


LAYOUTS: tuple[Callable[[], Made], ...] = (
    two_columns_hyphenated,
    dates_left_with_ligatures,
    side_bar_right,
    three_columns_hyphenated,
    table,
    heads_on_pages,
    dates_right_in_greek,
    hebrew_dates,
)


def make(folder: Path) -> None:
    """Print all layouts to a folder."""
    typst: Any = importlib.import_module("typst")
    for layout in LAYOUTS:
        markup, truth = layout()
        path = folder / f"typst_{layout.__name__}.pdf"
        path.write_bytes(typst.compile(markup.encode()))
        path.with_suffix(".txt").write_text("\n".join(truth) + "\n", "utf-8")
