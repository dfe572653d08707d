"""Just enough CSS to tell what an HTML page does not show, and what it sets apart.

That is: inline styles, and rules for a tag, a class or an id. What needs a browser (other selectors, media rules,
scripts) is passed over: then a text counts as seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.extract.edges import BESIDE, CROSSED_OUT, RAISED
from pipeline.extract.unseen import POINTS, SMALLEST

Said = dict[str, str]
"""Declarations, the nearest of each property."""

_COMMENT = re.compile(r"/\*(?:.*?\*/|.*\Z)", re.DOTALL)
_SELECTOR = re.compile(r"(\*|[a-z][\w-]*)?((?:[.#][\w-]+)*)", re.IGNORECASE)
_LENGTH = re.compile(r"(-?\d*\.?\d+)(px|pt|em|rem|%|cm|mm|in)?")
_POINTS = {**POINTS, "em": 12.0, "rem": 12.0, "%": 0.12}
"""Of a unit; what is relative counts from 12 pt."""
_USUAL_UNIT = "px"
_WHITE = re.compile(r"white|#fff|#(?:f[3-9a-f]){3}|rgba?\(25[0-5],25[0-5],25[0-5](?:,[\d.]+)?\)")
_CLEAR = re.compile(r"transparent|(?:rgb|hsl)a?\(.*[,/]0(?:\.0+)?\)")
_NO_ROOM = re.compile(
    r"(?:rect|inset)\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%\s*\)|circle\(0.*\)"
)
_FAR = -400.0
"""Points to the left of the page, or above it."""
_MOST_CSS, _LONGEST_VALUE = 500_000, 100
"""Characters of style sheets, and of one value in them, that are looked at."""
_SAID = frozenset(
    "background background-color background-image clip clip-path color content-visibility display flex-direction flex-flow "
    "flex-wrap float font-size height left margin-left margin-top max-height max-width opacity overflow position text-decoration "
    "text-decoration-line text-indent top transform vertical-align visibility white-space width".split()
)
"""What may hide text, be the ground on which it is seen, or set it apart from what is beside it."""

_LINES = frozenset(
    "block flex flow-root grid list-item table table-caption table-footer-group table-header-group table-row "
    "table-row-group".split()
)
_IN_LINE = frozenset(("inline-block", "inline-flex", "inline-grid", "inline-table"))
"""Kinds of display: boxes on lines of their own, and boxes in a line."""


class Look(NamedTuple):
    """How an element's text looks; children inherit it."""

    gone: str = ""
    """How the element and all within it is hidden; empty: it is not."""
    is_invisible: bool = False
    points: float = 12.0
    colour: str = ""
    is_on_white: bool = True
    keeps_lines: bool = False
    """Lines and blanks are shown as they are written."""
    edge: str = ""
    """What its style puts before and behind the element: a line's end, a tab, BESIDE or RAISED. Not inherited."""
    childs_edge: str = ""
    """The edge of each of its children, in a flex box or a grid. Not inherited."""

    def hidden(self) -> str:
        """Return how the text is hidden: a key of HOW in unseen.py; empty: it is seen."""
        if self.gone or self.is_invisible:
            return self.gone or "marked"
        if self.points < SMALLEST:
            return "tiny"
        if _CLEAR.fullmatch(self.colour):
            return "transparent"
        return "same_colour" if self.is_on_white and _WHITE.fullmatch(self.colour) else ""

    def within(self, said: Said) -> Look:
        """Return the look of a child of which this is said."""
        colour = said.get("color", self.colour).replace(" ", "")
        return Look(
            self.gone or _gone(said),
            said.get("visibility", "hidden" if self.is_invisible else "") in ("hidden", "collapse"),
            _size(said.get("font-size", ""), self.points),
            self.colour if colour in ("inherit", "currentcolor") else colour,
            self.is_on_white and not sets_ground(said),
            said["white-space"].startswith("pre") if "white-space" in said else self.keeps_lines,
            self.childs_edge or _edge(said),
            _childs_edge(said),
        )


@dataclass(slots=True)
class Sheet:
    """The rules of a page's own style sheets."""

    rules: dict[str, list[tuple[frozenset[str], int, Said]]] = field(default_factory=dict)
    """By the last part of a selector ("p", ".note", "#top"): the other parts that must fit, the rank, what is said."""
    known: dict[tuple[str, str, str | None], Said] = field(default_factory=dict)
    """What the rules say of the elements asked for so far."""
    has_unknown_grounds: bool = False
    """Some rule that was passed over sets a background: then nothing is known to be white on white."""

    @classmethod
    def of(cls, text: str) -> Sheet:
        """Read the rules; those in @media and other blocks are passed over."""
        sheet = cls()
        for selectors, body, is_plain in _blocks(_COMMENT.sub("", text[:_MOST_CSS])):
            said = declarations(body)
            for selector in selectors.split(",") if said else ():
                sheet.add(selector.strip() if is_plain else "@", said)
        return sheet

    def add(self, selector: str, said: Said) -> None:
        """Take up a rule, if its selector is one that is understood."""
        found = _SELECTOR.fullmatch(selector)
        if not found or not selector:
            self.has_unknown_grounds = self.has_unknown_grounds or sets_ground(said)
            return
        marks = re.findall(r"[.#][\w-]+", found[2])
        parts = [*([found[1].lower()] if found[1] else []), *marks]
        rank = sum(100 if mark[0] == "#" else 10 for mark in marks) + bool(found[1] and found[1] != "*")
        self.rules.setdefault(parts[-1], []).append((frozenset(parts[:-1]) - {"*"}, rank, said))

    def looks_at(self, tag: str) -> bool:
        """Tell whether there is a rule for a tag alone, here or in browsers."""
        return tag in self.rules or "*" in self.rules or tag == "dialog"

    def said(self, tag: str, attributes: Mapping[str, str]) -> Said:
        """Return what applies to an element, its own style last."""
        by_rules = self._by_rules(tag, attributes.get("class", ""), attributes.get("id"))
        return _of_attributes(tag, attributes) | by_rules | declarations(attributes.get("style", ""))

    def _by_rules(self, tag: str, classes: str, name: str | None) -> Said:
        """Return what the rules say; the same for elements that are called the same."""
        key = (tag, classes, name)
        if key not in self.known:
            marks = dict.fromkeys(
                ("*", tag, *("." + each for each in classes.split()), *(["#" + name] if name else []))
            )
            rules = (rule for mark in marks for rule in self.rules.get(mark, ()))
            fitting = [(rank, said) for others, rank, said in rules if others <= marks.keys()]
            self.known[key] = {}
            for _, said in sorted(fitting, key=lambda pair: pair[0]):
                self.known[key] |= said
        return self.known[key]


def declarations(text: str) -> Said:
    """Return the declarations of a rule or of a style attribute, in lower case."""
    pairs = (entry.partition(":") for entry in text.lower().split(";"))
    said = ((name.strip(), value[:_LONGEST_VALUE]) for name, _, value in pairs)
    return {name: value.replace("!important", "").strip() for name, value in said if name in _SAID}


def sets_ground(said: Said) -> bool:
    """Tell whether declarations give a background that is not white."""
    grounds = (said.get(name, "none") for name in ("background", "background-color", "background-image"))
    return any(
        not _WHITE.fullmatch(ground.replace(" ", "")) and ground not in ("none", "transparent", "inherit", "")
        for ground in grounds
    )


def _blocks(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield selectors and body of each rule, and whether it stands by itself, outside of any @-block."""
    depth, selectors, before = 0, "", ""
    for piece in re.split(r"([{}])", text):
        if piece == "{":
            depth, selectors = depth + 1, before.rpartition(";")[2].strip()
        elif piece == "}":
            yield selectors, before, depth == 1
            depth = max(0, depth - 1)
        else:
            before = piece


def _of_attributes(tag: str, attributes: Mapping[str, str]) -> Said:
    """Return what old attributes, and elements that browsers do not show, amount to."""
    said: Said = {}
    if attributes.get("hidden", "until-found") != "until-found" or (tag == "dialog" and "open" not in attributes):
        said["display"] = "none"
    if "bgcolor" in attributes or "background" in attributes:
        said["background"] = attributes.get("bgcolor", "picture").lower()
    if tag == "font" and "color" in attributes:
        said["color"] = attributes["color"].lower()
    return said


def _gone(said: Said) -> str:
    """Return how declarations hide an element and all within it, empty where they do not."""
    if not said:
        return ""
    if said.get("display") == "none" or said.get("content-visibility") == "hidden" or _has_no_room(said):
        return "marked"
    opacity = _LENGTH.fullmatch(said.get("opacity", ""))
    if opacity and float(opacity[1]) < (2 if opacity[2] == "%" else 0.02):
        return "transparent"
    if re.search(r"scale\(0(?:\.0+)?\)", said.get("transform", "")):
        return "tiny"
    is_placed = said.get("position") in ("absolute", "fixed", "relative")
    sides = ("text-indent", "margin-left", "margin-top", *(("left", "top") if is_placed else ()))
    return "off_page" if any(_points(said.get(side, "")) < _FAR for side in sides) else ""


def _edge(said: Said) -> str:
    """Return what declarations put before and behind an element."""
    display = said.get("display", "")
    if display in _LINES:
        return "\n"
    if (
        display == "table-cell"
        or said.get("float", "none") in ("left", "right")
        or said.get("position") in ("absolute", "fixed")
    ):
        return "\t"
    if "line-through" in said.get("text-decoration", said.get("text-decoration-line", "")):
        return CROSSED_OUT
    if display in _IN_LINE:
        return BESIDE
    return RAISED if said.get("vertical-align") == "super" else ""


def _childs_edge(said: Said) -> str:
    """Return what stands between the children of an element: side by side are those of a flex box in one row."""
    display = said.get("display", "").removeprefix("inline-")
    if display == "flex":
        flow = " ".join(said.get(name, "") for name in ("flex-direction", "flex-wrap", "flex-flow"))
        return "\n" if re.search(r"column|\bwrap", flow) else "\t"
    return "\n" if display == "grid" else ""


def _has_no_room(said: Said) -> bool:
    """Tell whether an element is cut to nothing, as texts for screen readers are."""
    if _NO_ROOM.fullmatch(said.get("clip", "")) or _NO_ROOM.fullmatch(said.get("clip-path", "")):
        return True
    rooms = (_points(said.get(side, "")) for side in ("width", "height", "max-width", "max-height"))
    return said.get("overflow") in ("hidden", "clip") and any(0 <= room < 1 for room in rooms)


def _points(length: str) -> float:
    """Return a length in points; what is none counts as endless."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _POINTS[found[2] or _USUAL_UNIT] if found else float("inf")


def _size(said: str, inherited: float) -> float:
    """Return the size of letters in points."""
    found = _LENGTH.fullmatch(said)
    if not found:
        return inherited if said in ("", "inherit") else 12.0
    share = {"em": 1.0, "%": 0.01}.get(found[2] or "")
    return float(found[1]) * (_POINTS[found[2] or _USUAL_UNIT] if share is None else share * inherited)
