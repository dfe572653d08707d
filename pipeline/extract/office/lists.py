"""Marks of lists in DOCX and ODT, which stand in no paragraph: bullets, and the numbers that Word and LibreOffice count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from pipeline.extract.list_marks import BULLET, Counts, count_in, number
from pipeline.extract.office.hidden import MC, STYLE, TEXT, W

_LONGEST_MARK = 40
"""Characters."""
_MOST_LEVELS, _MOST_STYLES_DEEP = 10, 20
_COUNT = re.compile(r"%([1-9])")


class _Level(NamedTuple):
    """How the items of one level of a list are marked."""

    kind: str = "bullet"
    """Word's and OpenDocument's name of a kind of number; "bullet"; "none"."""
    text: str = "%1."
    """%1 stands for the number of the outermost level."""
    start: int = 1
    is_legal: bool = False
    """All its numbers are in figures."""

    def mark(self, counts: list[int], levels: Mapping[int, _Level]) -> str:
        """Return what stands before an item."""
        if self.kind == "bullet":
            return BULLET
        kinds = ["decimal" if self.is_legal else levels.get(at, self).kind for at in range(len(counts))]

        def counted(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            return number(counts[at], kinds[at]) if at < len(counts) and kinds[at] != "none" else ""

        return _COUNT.sub(counted, self.text)[:_LONGEST_MARK].strip()


# --- DOCX -------------------------------------------------------------------------------------------------------------


def _value(node: etree._Element | None, path: str = "") -> str | None:
    found = node.find(path) if node is not None and path else node
    return None if found is None else found.get(f"{W}val")


@dataclass(slots=True)
class DocxLists:
    """The lists of a DOCX, and how far each has been counted."""

    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    """By the number that paragraphs name."""
    counts: dict[str, Counts] = field(default_factory=dict)
    """Lists of one kind are counted together, unless one begins anew."""
    styles: dict[str, etree._Element] = field(default_factory=dict)
    usual_style: str = ""

    @classmethod
    def of(cls, numbering: etree._Element, looks: etree._Element) -> DocxLists:
        """Read word/numbering.xml and word/styles.xml."""
        found = cls()
        for style in looks.iterfind(f"{W}style"):
            found.styles[style.get(f"{W}styleId", "")] = style
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
                found.usual_style = style.get(f"{W}styleId", "")
        kinds = {kind.get(f"{W}abstractNumId"): kind for kind in numbering.iterfind(f"{W}abstractNum")}
        together: dict[str | None, Counts] = {}
        for entry in numbering.iterfind(f"{W}num"):
            kind, name = _value(entry, f"{W}abstractNumId"), entry.get(f"{W}numId", "")
            levels = _docx_levels(kinds[kind]) if kind in kinds else {}
            begins_anew = False
            for change in entry.iterfind(f"{W}lvlOverride"):
                at, anew = count_in(change.get(f"{W}ilvl"), 0), _value(change, f"{W}startOverride")
                levels |= _docx_levels(change)
                if anew is not None:
                    begins_anew = True
                    levels[at] = levels.get(at, _Level())._replace(start=count_in(anew, 1))
            found.lists[name] = levels
            found.counts[name] = Counts() if begins_anew else together.setdefault(kind, Counts())
        return found

    def put_marks(self, parts: Iterable[etree._Element]) -> None:
        """Write the mark of each item of a list before its words."""
        for paragraph in [paragraph for part in parts for paragraph in part.iter(f"{W}p")]:
            name, level = self._list_of(paragraph)
            levels = self.lists.get(name, {})
            if level in levels and _says_something(paragraph):
                starts = [levels.get(at, _Level()).start for at in range(level + 1)]
                mark = levels[level].mark(self.counts[name].next(level, starts), levels)
                if mark:
                    run = etree.Element(f"{W}r")
                    etree.SubElement(run, f"{W}t").text = f"{mark} "
                    paragraph.insert(1 if paragraph.find(f"{W}pPr") is not None else 0, run)

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        """Return the list and the level that a paragraph names, or its style does."""
        name = level = None
        for said in self._properties(paragraph):
            numbering = said.find(f"{W}numPr")
            name = _value(numbering, f"{W}numId") if name is None else name
            level = _value(numbering, f"{W}ilvl") if level is None else level
            if name is not None:
                break
        return name or "", count_in(level, 0)

    def _properties(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        own = paragraph.find(f"{W}pPr")
        if own is not None:
            yield own
        style = self.styles.get(_value(own, f"{W}pStyle") or self.usual_style)
        for _ in range(_MOST_STYLES_DEEP):
            if style is None:
                return
            if (said := style.find(f"{W}pPr")) is not None:
                yield said
            style = self.styles.get(_value(style, f"{W}basedOn") or "")


def _says_something(paragraph: etree._Element) -> bool:
    """Tell whether a paragraph has words, and is not the same again for old readers."""
    return next(paragraph.iterancestors(f"{MC}Fallback"), None) is None and any(
        text.text and text.text.strip() for text in paragraph.iter(f"{W}t")
    )


def _docx_levels(kind: etree._Element) -> dict[int, _Level]:
    return {
        count_in(level.get(f"{W}ilvl"), 0): _Level(
            _value(level, f"{W}numFmt") or "decimal",
            _value(level, f"{W}lvlText") or "",
            count_in(_value(level, f"{W}start"), 1),
            level.find(f"{W}isLgl") is not None,
        )
        for level in kind.iterfind(f"{W}lvl")
    }


# --- ODT --------------------------------------------------------------------------------------------------------------


def put_marks_of_odt(parts: Iterable[etree._Element], looks: Iterable[etree._Element | None]) -> None:
    """Write the mark of each item of an ODT's lists before its words. `looks`: where its styles are."""
    styles = {
        style.get(f"{STYLE}name", ""): _odt_levels(style)
        for root in looks
        if root is not None
        for style in root.iter(f"{TEXT}list-style")
    }
    last: dict[str, Counts] = {}
    for part in parts:
        for outer in list(part.iter(f"{TEXT}list")):
            if next(outer.iterancestors(f"{TEXT}list"), None) is None:
                name = outer.get(f"{TEXT}style-name", "")
                goes_on = outer.get(f"{TEXT}continue-numbering") == "true" or outer.get(f"{TEXT}continue-list")
                counts = last.get(name, Counts()) if goes_on else Counts()
                last[name] = counts
                _mark_items(outer, styles.get(name, {}), counts, 0)


def _mark_items(items: etree._Element, levels: dict[int, _Level], counts: Counts, depth: int) -> None:
    if depth >= _MOST_LEVELS:
        return
    for item in items.iterfind(f"{TEXT}list-item"):
        first = next((node for node in item if node.tag in (f"{TEXT}p", f"{TEXT}h")), None)
        if (begin := item.get(f"{TEXT}start-value")) is not None:
            counts.set(depth, count_in(begin, 1))
        if first is not None and item.find(f"{TEXT}number") is None and "".join(map(str, first.itertext())).strip():
            level = levels.get(depth, _Level())
            starts = [levels.get(at, _Level()).start for at in range(depth + 1)]
            if mark := level.mark(counts.next(depth, starts), levels):
                first.text = f"{mark} {first.text or ''}"
        for inner in item.iterfind(f"{TEXT}list"):
            _mark_items(inner, levels, counts, depth + 1)


def _odt_levels(style: etree._Element) -> dict[int, _Level]:
    found = {}
    for level in style:
        at = count_in(level.get(f"{TEXT}level"), 1) - 1
        if level.tag == f"{TEXT}list-level-style-number":
            kind = level.get(f"{STYLE}num-format", "")
            shown = min(count_in(level.get(f"{TEXT}display-levels"), 1), at + 1)
            counted = ".".join(f"%{upper + 1}" for upper in range(at + 1 - shown, at + 1)) if kind else ""
            text = level.get(f"{STYLE}num-prefix", "") + counted + level.get(f"{STYLE}num-suffix", "")
            found[at] = _Level(kind or "none", text, count_in(level.get(f"{TEXT}start-value"), 1))
        elif level.tag == f"{TEXT}list-level-style-bullet":
            found[at] = _Level()
    return found
