"""Just enough CSS to tell what an HTML page does not show, and what it sets apart.

That is: inline styles, and rules for elements by name and by place (css_selectors.py), also in blocks that count on usual
screens (css_media.py). What needs a browser (other selectors, scripts) is passed over: then a text counts as seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

from pipeline.extract.css_blocks import blocks
from pipeline.extract.css_colours import CLEAR, FAINT, WHITE, Colour, colour, is_clear
from pipeline.extract.css_gone import Room, how_gone, is_pushed_out, room_within, shrunk
from pipeline.extract.css_lengths import USUAL_SIZE, number, points, size
from pipeline.extract.css_selectors import Compound, Test, listed, selector
from pipeline.extract.css_values import Said, declarations, filled_in, ground, merged, plainly, uncommented
from pipeline.extract.edges import BESIDE, CROSSED_OUT, RAISED
from pipeline.extract.unseen import SMALLEST, are_alike
from pipeline.extract.web_drawings import said_by_drawing, with_colour_of_drawing

Path = tuple[frozenset[str], etree._Element, "Path"] | None  # noqa: SLF001  # lxml has no public name for it
"""What an element is called (its tag, ".class", "#id", "[attribute]"), it itself, and the path of the one around it."""

_ONLY_AT_TIMES = re.compile(r":(?:hover|focus|active|visited|target)\b|::?(?:selection|placeholder)\b")
"""What is said so of an element, nobody sees who only looks at the page."""
_BAND = 40.0
"""Points: what is smaller on both sides lies under no line of text."""
_ON_TOP = -0.45
"""Of its size: by so much letters are moved back that stand on each other."""
_MOST_CSS = 500_000
"""Characters of style sheets that are looked at."""
_MOST_AROUND, _MOST_STEPS = 100, 1_000_000
"""Elements around one that are looked at for a rule, and for all rules together."""
_STEPS_OF_TEST = 10
"""What it costs to ask for an element's place, on the whole."""
_FRAME = re.compile(r"@(?:-\w+-)?keyframes\s+[\"']?([\w-]+)[\"']?\s*\|(.*)", re.IGNORECASE | re.DOTALL)
_LAST_FRAME = re.compile(r"(?:from\s*,\s*)?(?:to|100%)(?:\s*,\s*from)?", re.IGNORECASE)
_BARE_DIGITS = re.compile(r"[\da-f]{6}", re.IGNORECASE)
_ANIMATION = ("animation", "animation-name", "animation-fill-mode", "animation-iteration-count")
_STAYS = frozenset(("forwards", "both", "infinite"))

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
    points: float = USUAL_SIZE
    colour: Colour | None = None
    """None: nothing that is known here is said of it."""
    ground: Colour | None = WHITE
    """None: it may be any colour, or a picture."""
    is_painted: bool = False
    """Something on the page has a colour of its own, or is a picture: what is placed freely may lie on it."""
    keeps_lines: bool = False
    """Lines and blanks are shown as they are written."""
    path: Path = None
    """Kept only where some rule asks for it."""
    edge: str = ""
    """What its style puts before and behind the element: a line's end, a tab, BESIDE or RAISED. Not inherited."""
    childs_edge: str = ""
    """The edge of each of its children, in a flex box or a grid. Not inherited."""
    list_style: str = ""
    """What its style says of the marks of lists."""
    of_root: float = USUAL_SIZE
    """Points of the page's own letters."""
    shrunk: float = 1.0
    """To which share of its size it is drawn."""
    opacity: float = 1.0
    is_squeezed: bool = False
    """Its letters stand on top of each other."""
    room: Room = Room()
    variables: Mapping[str, str] = {}  # it is never changed
    is_drawn: bool = False
    """It stands in a drawing."""

    def hidden(self) -> str:
        """Return how the text is hidden: a key of HOW in unseen.py; empty: it is seen."""
        if self.gone or self.is_invisible:
            return self.gone or "marked"
        if self.points * self.shrunk < SMALLEST:
            return "tiny"
        if self.is_squeezed:
            return "squeezed"
        if self.colour is None:
            return ""
        if is_clear(self.colour):
            return "transparent"
        return "same_colour" if self.ground is not None and are_alike(self.colour[:3], self.ground[:3]) else ""

    def within(self, said: Said) -> Look:
        """Return the look of a child of which this is said."""
        named = said.get("color", "inherit")
        opacity = self.opacity * min(1.0, number(said.get("opacity", "")))
        size_now = size(said.get("font-size", ""), self.points, self.of_root)
        spacing = said.get("letter-spacing", "inherit")
        gone = self.gone or how_gone(said) or ("transparent" if opacity < FAINT else "")
        own = {name: value for name, value in said.items() if name.startswith("--")}
        return Look(
            gone or ("clipped" if is_pushed_out(said, self.room) else ""),
            said.get("visibility", "hidden" if self.is_invisible else "") in ("hidden", "collapse"),
            size_now,
            self.colour if named in ("inherit", "currentcolor") else colour(named),
            self._ground(said),
            self.is_painted,
            said["white-space"].startswith("pre") if "white-space" in said else self.keeps_lines,
            self.path,
            self.childs_edge or _edge(said),
            _childs_edge(said),
            said.get("list-style-type", said.get("list-style", self.list_style)),
            self.of_root,
            self.shrunk * shrunk(said),
            opacity,
            self.is_squeezed if spacing == "inherit" else size(spacing, size_now) <= _ON_TOP * size_now,
            room_within(said, self.room),
            {**self.variables, **own} if own else self.variables,
            self.is_drawn,
        )

    def _ground(self, said: Said) -> Colour | None:
        """Return what a text lies on; what lets something shine through may be any colour."""
        own = ground(said)
        if own is not None and is_clear(own):
            is_elsewhere = self.is_painted and said.get("position") in ("absolute", "fixed")
            return None if is_elsewhere else self.ground
        return own if own is not None and own[3] == 1 else None


class _Rule(NamedTuple):
    """What is said of elements."""

    marks: frozenset[str]
    """What they are called, but for the mark by which the rule is found."""
    tests: tuple[Test, ...]
    """What else has to be true of them."""
    around: tuple[tuple[Compound, bool], ...]
    """What elements around them are, the nearest first; True: it is right around the one before."""
    rank: tuple[int, int]
    """How much it says of which elements it is for, and its place among the rules."""
    said: Said

    @property
    def is_for_places(self) -> bool:
        """Tell whether it is for some of the elements of a name only."""
        return bool(self.around or self.tests)


@dataclass(slots=True)
class Sheet:
    """The rules of a page's own style sheets."""

    rules: dict[str, list[_Rule]] = field(default_factory=dict)
    """By the last mark of a selector ("p", ".note", "#top")."""
    known: dict[frozenset[str], tuple[Said, list[_Rule]]] = field(default_factory=dict)
    """By what elements are called: what rules say of them wherever they stand, and, if some look around, all that may fit."""
    has_unknown_grounds: bool = False
    """Some rule that was passed over sets a background: then nothing is known to be white on white."""
    paints: bool = False
    """Some rule sets a background that is not white."""
    has_bands: bool = False
    """Some rule places freely what has such a background: it may lie under any text."""
    frames: dict[str, Said] = field(default_factory=dict)
    """What animations end with, by name."""
    names_attributes: bool = False
    looks_around: bool = False
    """Some rule is for elements within others."""
    count: int = 0
    """Rules."""
    steps: int = 0
    """Elements around others that were looked at."""

    @classmethod
    def of(cls, text: str) -> Sheet:
        """Read the rules; those in @media and other blocks are passed over, but for what is shown on every screen."""
        sheet = cls()
        for selectors, body, is_plain in blocks(uncommented(text[:_MOST_CSS])):
            said = declarations(body)
            if not said:
                continue
            if found := _FRAME.fullmatch(selectors):
                if _LAST_FRAME.fullmatch(found[2].strip()):
                    sheet.frames[found[1].lower()] = said
                continue
            sheet.paints = sheet.paints or ground(plainly(said)) not in (CLEAR, WHITE)
            sheet.has_bands = sheet.has_bands or is_band(said)
            for each in listed(selectors):
                sheet.add(each if is_plain else "@", said)
        return sheet

    def add(self, text: str, said: Said) -> None:
        """Take up a rule, if its selector is one that is understood."""
        if _ONLY_AT_TIMES.search(text):
            return
        found = selector(text)
        if found is None:
            self.has_unknown_grounds = self.has_unknown_grounds or ground(plainly(said)) != CLEAR
            return
        last, around = found
        rank = last.rank + sum(compound.rank for compound, _ in around), self.count
        self.looks_around = self.looks_around or bool(around)
        self.count += 1
        self.names_attributes = self.names_attributes or "[" in text
        mark = max(last.marks, key=_tells, default="*")
        self.rules.setdefault(mark, []).append(_Rule(last.marks - {mark}, last.tests, around, rank, said))

    def looks_at(self, tag: str) -> bool:
        """Tell whether there is a rule for a tag alone, here or in browsers."""
        return tag in self.rules or "*" in self.rules or tag == "dialog"

    def called(self, tag: str, attributes: Mapping[str, str]) -> frozenset[str]:
        """Return what an element is called by rules."""
        classes, name = attributes.get("class", ""), attributes.get("id")
        marks = [tag, *("." + each for each in classes.split()), *(["#" + name] if name else [])]
        if self.names_attributes:
            marks += [mark for key, value in attributes.items() for mark in (f"[{key}]", f"[{key}={value}]")]
        return frozenset(marks)

    def said(self, node: etree._Element, attributes: Mapping[str, str], around: Look) -> Said:
        """Return what applies to an element, its own style last; `around` has the path of the element itself."""
        tag = str(node.tag)
        marks = self.called(tag, attributes) if around.path is None else around.path[0]
        by_rules = self._by_rules(marks, node, around.path)
        is_drawn = around.is_drawn or tag == "svg"
        said = said_by_drawing(attributes) if is_drawn else _of_attributes(tag, attributes)
        said = merged(said | by_rules if said else by_rules, declarations(attributes.get("style", "")))
        said = plainly(filled_in(self._animated(said), around.variables))
        return with_colour_of_drawing(said, is_outermost=tag == "svg") if is_drawn else said

    def _animated(self, said: Said) -> Said:
        """Return what is said at the end of an animation that stays there."""
        told = " ".join(said.get(name, "") for name in _ANIMATION).split() if self.frames else []
        if not _STAYS.isdisjoint(told):
            for name in told:
                said = said | self.frames.get(name, {})
        return said

    def _by_rules(self, marks: frozenset[str], node: etree._Element, path: Path) -> Said:
        """Return what the rules say. Those that ask for no place say the same of elements that are called the same."""
        if marks not in self.known:
            rules = (rule for mark in ("*", *marks) for rule in self.rules.get(mark, ()))
            fitting = sorted((rule for rule in rules if rule.marks <= marks), key=lambda rule: rule.rank)
            are_for_places = any(rule.is_for_places for rule in fitting)
            everywhere = _said(rule for rule in fitting if not rule.is_for_places)
            self.known[marks] = (everywhere, fitting if are_for_places else [])
        said, rules_for_places = self.known[marks]
        if not rules_for_places or self.steps > _MOST_STEPS:
            return said
        self.steps += len(rules_for_places)
        return _said(rule for rule in rules_for_places if self._stands(rule, node, path))

    def _stands(self, rule: _Rule, node: etree._Element, path: Path) -> bool:
        """Tell whether an element stands where a rule asks for it. What takes too long to find out is not so."""
        path = path and path[2]
        for compound, is_near in rule.around:
            for _ in range(1 if is_near else _MOST_AROUND):
                self.steps += 1
                if path is None or self.steps > _MOST_STEPS:
                    return False
                called, other, path = path
                if compound.marks <= called and self._passes(compound.tests, other):
                    break
            else:
                return False
        return self._passes(rule.tests, node)

    def _passes(self, tests: tuple[Test, ...], node: etree._Element) -> bool:
        self.steps += _STEPS_OF_TEST * len(tests)
        return self.steps <= _MOST_STEPS and all(test(node) for test in tests)


def is_band(said: Said) -> bool:
    """Tell whether an element is placed freely, has a colour or a picture, and is no dot or line."""
    if not any(word in said.get("position", "") for word in ("absolute", "fixed")):
        return False
    said = plainly(said)
    is_small = all(points(said.get(side, "")) < _BAND and "%" not in said[side] for side in ("width", "height"))
    return not is_small and ground(said) not in (CLEAR, WHITE)


def _said(rules: Iterable[_Rule]) -> Said:
    """Return what rules say together, the nearest last."""
    said: Said = {}
    for rule in rules:
        said = merged(said, rule.said)
    return said


def _tells(mark: str) -> int:
    """Return how few elements have a mark."""
    return "[.#".find(mark[0])


def _of_attributes(tag: str, attributes: Mapping[str, str]) -> Said:
    """Return what old attributes, and elements that browsers do not show, amount to."""
    said: Said = {}
    is_hidden = attributes.get("hidden", "until-found") != "until-found" or "popover" in attributes
    if is_hidden or (tag == "dialog" and "open" not in attributes):
        said["display"] = "none"
    if "bgcolor" in attributes or "background" in attributes:
        said["background"] = attributes.get("bgcolor", "picture").lower()
    named = attributes.get({"font": "color", "body": "text"}.get(tag, ""))
    if named is not None:
        bare = _BARE_DIGITS.fullmatch(named)  # as old pages write them
        said["color"] = f"#{bare[0]}" if bare else named.lower()
    return said


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
