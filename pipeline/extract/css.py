"""Just enough CSS to tell what an HTML page does not show, and what it sets apart.

That is: inline styles, and rules for a tag, a class, an id or an attribute, also within other elements and in blocks that
count on usual screens (css_media.py). What needs a browser (other selectors, scripts) is passed over: then a text counts as
seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.extract.css_media import counts
from pipeline.extract.css_values import (
    CLEAR,
    ENDLESS,
    FAINT,
    WHITE,
    Colour,
    Said,
    colour,
    declarations,
    ground,
    is_clear,
    merged,
    number,
    plainly,
    points,
    size,
    uncommented,
)
from pipeline.extract.edges import BESIDE, CROSSED_OUT, RAISED
from pipeline.extract.unseen import FAR, SMALLEST, are_alike

Path = tuple[frozenset[str], "Path"] | None
"""What an element is called (its tag, ".class", "#id", "[attribute]"), and the path of the one around it."""

_COMPOUND = re.compile(r"(\*|[a-z][\w-]*)?((?:[.#][\w-]+|\[[\w-]+(?:=[\"']?[\w-]*[\"']?)?\])*)", re.IGNORECASE)
_MARK = re.compile(r"[.#][\w-]+|\[[^\]]*\]")
_COMBINATOR = re.compile(r"\s*(>)\s*|\s+")
_ONLY_AT_TIMES = re.compile(r":(?:hover|focus|active|visited|target|checked|disabled)\b|::?(?:selection|placeholder)\b")
"""What is said so of an element, nobody sees who only looks at the page."""
_STATEMENTS = re.compile(r"\A(?:\s*(?:@[^;]*;|<!--|-->))+")
"""What may stand before a rule without being of it. Any other semicolon there spoils the rule, as a browser sees it."""
_NO_ROOM = re.compile(
    r"(?:rect|inset)\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%\s*\)|circle\(0.*\)"
    r"|polygon\((?:[\s,]*0(?:px|%)?)+\s*\)"
)
_NO_SIZE = re.compile(r"scale(?:x|y|3d)?\((?:[\s,\d]*[\s,])?0(?:\.0+)?[\s,)]|scale\(\s*0(?:\.0+)?\s*[,)]")
_MOVED = re.compile(r"translate(?:x|y|3d)?\(\s*([^,()]{1,20})(?:,\s*([^,()]{1,20}))?[,)]")
_FAR_RIGHT = 5_000.0
"""Points: no page is so wide."""
_MOST_CSS = 500_000
"""Characters of style sheets that are looked at."""
_MOST_AROUND, _MOST_STEPS = 100, 1_000_000
"""Elements around one that are looked at for a rule, and for all rules together."""

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

    def hidden(self) -> str:
        """Return how the text is hidden: a key of HOW in unseen.py; empty: it is seen."""
        if self.gone or self.is_invisible:
            return self.gone or "marked"
        if self.points < SMALLEST:
            return "tiny"
        if self.colour is None:
            return ""
        if is_clear(self.colour):
            return "transparent"
        return "same_colour" if self.ground is not None and are_alike(self.colour[:3], self.ground[:3]) else ""

    def within(self, said: Said) -> Look:
        """Return the look of a child of which this is said."""
        named = said.get("color", "inherit")
        return Look(
            self.gone or _gone(said),
            said.get("visibility", "hidden" if self.is_invisible else "") in ("hidden", "collapse"),
            size(said.get("font-size", ""), self.points),
            self.colour if named in ("inherit", "currentcolor") else colour(named),
            self._ground(said),
            self.is_painted,
            said["white-space"].startswith("pre") if "white-space" in said else self.keeps_lines,
            self.path,
            self.childs_edge or _edge(said),
            _childs_edge(said),
            said.get("list-style-type", said.get("list-style", self.list_style)),
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
    around: tuple[tuple[frozenset[str], bool], ...]
    """What elements around them are called, the nearest first; True: it is right around the one before."""
    rank: tuple[int, int]
    """How much it says of which elements it is for, and its place among the rules."""
    said: Said


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
        for selectors, body, is_plain in _blocks(uncommented(text[:_MOST_CSS])):
            said = declarations(body)
            sheet.paints = sheet.paints or ground(plainly(said)) not in (CLEAR, WHITE)
            for selector in selectors.split(",") if said else ():
                sheet.add(selector.strip() if is_plain else "@", said)
        return sheet

    def add(self, selector: str, said: Said) -> None:
        """Take up a rule, if its selector is one that is understood."""
        if _ONLY_AT_TIMES.search(selector):
            return
        *parts, last = _COMBINATOR.split(selector)
        compounds = [_marks(part) for part in (last, *parts[-2::-2])]
        names, *around = compounds
        if not names or not all(around):
            self.has_unknown_grounds = self.has_unknown_grounds or ground(plainly(said)) != CLEAR
            return
        near = [combinator is not None for combinator in parts[-1::-2]]
        rank = sum(_rank(mark) for marks in compounds for mark in marks or ()), self.count
        chain = tuple((frozenset(marks or ()) - {"*"}, is_near) for marks, is_near in zip(around, near, strict=True))
        self.looks_around = self.looks_around or bool(around)
        self.count += 1
        self.names_attributes = self.names_attributes or "[" in selector
        rule = _Rule(frozenset(names[:-1]) - {"*"}, chain, rank, said)
        self.rules.setdefault(names[-1], []).append(rule)

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

    def said(self, tag: str, attributes: Mapping[str, str], path: Path = None) -> Said:
        """Return what applies to an element, its own style last; `path`: that of the element."""
        by_rules = self._by_rules(self.called(tag, attributes) if path is None else path[0], path)
        said, style = _of_attributes(tag, attributes), attributes.get("style", "")
        return plainly(merged(said | by_rules if said else by_rules, declarations(style)))

    def _by_rules(self, marks: frozenset[str], path: Path) -> Said:
        """Return what the rules say. Those that do not look around say the same of elements that are called the same."""
        if marks not in self.known:
            rules = (rule for mark in ("*", *marks) for rule in self.rules.get(mark, ()))
            fitting = sorted((rule for rule in rules if rule.marks <= marks), key=lambda rule: rule.rank)
            looks_around = any(rule.around for rule in fitting)
            self.known[marks] = (_said(rule for rule in fitting if not rule.around), fitting if looks_around else [])
        said, rules_around = self.known[marks]
        if path is None or not rules_around or self.steps > _MOST_STEPS:
            return said
        self.steps += len(rules_around)
        return _said(rule for rule in rules_around if self._stands(rule.around, path[1]))

    def _stands(self, around: tuple[tuple[frozenset[str], bool], ...], path: Path) -> bool:
        """Tell whether an element stands within those that a rule names. What takes too long to find out is not so."""
        for marks, is_near in around:
            for _ in range(1 if is_near else _MOST_AROUND):
                self.steps += 1
                if path is None or self.steps > _MOST_STEPS:
                    return False
                called, path = path
                if marks <= called:
                    break
            else:
                return False
        return True


def _said(rules: Iterable[_Rule]) -> Said:
    """Return what rules say together, the nearest last."""
    said: Said = {}
    for rule in rules:
        said = merged(said, rule.said)
    return said


def _marks(compound: str) -> list[str] | None:
    """Return what an element is called by a part of a selector; None: it says more than is understood."""
    found = _COMPOUND.fullmatch(compound)
    if not found or not compound:
        return None
    marks = [re.sub(r"[\"']", "", mark) for mark in _MARK.findall(found[2])]
    return [*([found[1].lower()] if found[1] else []), *marks]


def _rank(mark: str) -> int:
    return {"#": 100, ".": 10, "[": 10, "*": 0}.get(mark[0], 1)


class _Block(NamedTuple):
    """A rule, or a block of rules."""

    name: str = ""
    """Its selectors, or what it begins with ("@media print")."""
    counts: bool | None = True
    """What stands in it counts on a usual screen, as far as all around it does; None: on some, or not known."""
    is_rule: bool = False
    """It is a rule, or stands in one."""


def _blocks(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield selectors and body of each rule, and whether it counts on every usual screen; what counts on none is left out."""
    around = [_Block()]
    before = ""
    for piece in re.split(r"([{}])", text):
        outer = around[-1]
        if piece == "{":
            name = (before.rpartition(";")[2] if outer.is_rule else _STATEMENTS.sub("", before)).strip()
            is_rule = not name.startswith("@")
            both = (outer.counts, None if is_rule else counts(name))
            around.append(_Block(name, False if False in both else all(both) or None, outer.is_rule or is_rule))
        elif piece == "}":
            selectors = around.pop().name if len(around) > 1 else ""
            if around[-1].counts is not False:
                yield selectors, before, around[-1].counts is True
        else:
            before = piece


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
        said["color"] = named.lower()
    return said


def _gone(said: Said) -> str:
    """Return how declarations hide an element and all within it, empty where they do not."""
    if not said:
        return ""
    if said.get("display") == "none" or said.get("content-visibility") == "hidden" or _has_no_room(said):
        return "marked"
    seen_through = re.fullmatch(r"opacity\((.*)\)", said.get("filter", ""))
    if number(said.get("opacity", "")) < FAINT or (seen_through and number(seen_through[1]) < FAINT):
        return "transparent"
    if _NO_SIZE.search(said.get("transform", "")) or "0" in said.get("scale", "").split():
        return "tiny"
    return "off_page" if _is_far(said) else ""


def _is_far(said: Said) -> bool:
    """Tell whether an element is moved to where nobody looks."""
    is_placed = said.get("position") in ("absolute", "fixed", "relative")
    moved = _MOVED.search(said.get("transform", ""))
    across = [said.get(side, "") for side in ("text-indent", "margin-left", *(("left",) if is_placed else ()))]
    along = [said.get(side, "") for side in ("margin-top", *(("top", "right") if is_placed else ()))]
    lengths = [*map(points, (*across, *along)), *(points(length or "") for length in (moved.groups() if moved else ()))]
    is_cut = said.get("overflow") in ("hidden", "clip") and number(said.get("text-indent", "")) == 1
    return (
        any(length < FAR for length in lengths)
        or any(_FAR_RIGHT < points(length) < ENDLESS for length in across)
        or (is_cut and "%" in said["text-indent"])
    )


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
    overflow = (said.get(name, "visible") for name in ("overflow", "overflow-x", "overflow-y"))
    rooms = (points(said.get(side, "")) for side in ("width", "height", "max-width", "max-height"))
    return any(value != "visible" for value in overflow) and any(0 <= room < 1 for room in rooms)
