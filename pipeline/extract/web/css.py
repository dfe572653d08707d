"""Just enough CSS to tell what an HTML page does not show, and what it sets apart.

That is: inline styles, and rules (css_sheets.py) for elements by name and by place (css_selectors.py), also in blocks that
count on usual screens (css_media.py). What needs a browser (scripts, selectors that cssselect2 does not know) is passed over:
then a text counts as seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from cssselect2.compiler import CompiledSelector
from lxml import etree

from pipeline.errors import LimitError
from pipeline.extract.edges import BESIDE, CROSSED_OUT, IN_A_BOX, RAISED, TABBED
from pipeline.extract.unseen import ALIKE, SMALLEST, are_alike
from pipeline.extract.web.css_colours import CLEAR, FAINT, WHITE, Colour, colour, is_clear
from pipeline.extract.web.css_gone import Room, how_gone, is_pushed_out, room_within, shrunk
from pipeline.extract.web.css_lengths import ENDLESS, USUAL_SIZE, number, points, size
from pipeline.extract.web.css_selectors import Place, Steps, TooLongError, compiled, is_of_times, marks
from pipeline.extract.web.css_sheets import rules
from pipeline.extract.web.css_tokens import Token, split
from pipeline.extract.web.css_values import Said, declarations, filled_in, ground, merged, plainly
from pipeline.extract.web.drawings import said_by_drawing, with_colour_of_drawing

_BAND = 40.0
"""Points: what is smaller on both sides lies under no line of text."""
_BLANK = 3.0
"""Points: as wide as a blank. Pages made by programs have no other between the words of a row of labels."""
_ROOM_BESIDE = frozenset(f"{kind}-{side}" for kind in ("margin", "padding") for side in ("left", "right", "inline"))
_ON_TOP = -0.45
"""Of its size: by so much letters are moved back that stand on each other."""
_MOST_CSS = 500_000
"""Characters of style sheets that are looked at."""
_LONGEST_NAME = 100
"""Characters of an attribute that is a colour."""
_IN_NO_LAYER = 1_000_000
_MOST_STEPS = 1_000_000
"""Elements around others that are looked at."""
_MOST_CANDIDATES = 2_000_000
"""Rules that are looked at for what elements are called: a page of templates has some ten thousand."""
_BARE_DIGITS = re.compile(r"[\da-f]{6}", re.IGNORECASE)
_ANIMATION = ("animation", "animation-name", "animation-fill-mode", "animation-iteration-count")
_STAYS = frozenset(("forwards", "both", "infinite"))

_LINES = frozenset(
    "block flex flow-root grid list-item table table-caption table-footer-group table-header-group table-row "
    "table-row-group".split()
)
_BOXES = frozenset(("background", "background-color", "border", "border-radius"))
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
    place: Place | None = None
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
    font: str = ""
    """What its style calls the first of its fonts, as far as it says so; empty: nothing is said."""

    def hidden(self) -> str:
        """Return how the text is hidden: a key of HOW in unseen.py; empty: it is seen."""
        if self.gone or self.is_invisible:
            return self.gone or "marked"
        if self.points * self.shrunk < SMALLEST:
            return "tiny"
        if self.is_squeezed:
            return "squeezed"
        return self._faded()

    def _faded(self) -> str:
        """Return how the text is of too little colour to be seen; letters of an unknown one may be black."""
        opacity = self.opacity * (self.colour[3] if self.colour else 1.0)
        if opacity < FAINT or (self.colour is None and 255 * opacity <= ALIKE):
            return "transparent"
        if self.colour is None or self.ground is None:
            return ""
        shown = [opacity * part for part in self.colour[:3]]
        is_alike = are_alike(shown, [opacity * part for part in self.ground[:3]])
        return "" if not is_alike else "same_colour" if opacity == 1 else "transparent"

    def within(self, said: Said) -> Look:
        """Return the look of a child of which this is said."""
        named = said.get("color", "inherit")
        opacity = self.opacity * min(1.0, number(said.get("opacity", "")))
        size_now = size(said.get("font-size", ""), self.points, self.of_root)
        spacing = said.get("letter-spacing", "inherit")
        gone = self.gone or how_gone(said) or ("transparent" if opacity < FAINT else "")
        own = {name: value for name, value in said.items() if name.startswith("--")}
        return self._replace(
            gone=gone or ("clipped" if is_pushed_out(said, self.room) else ""),
            is_invisible=said.get("visibility", "hidden" if self.is_invisible else "") in ("hidden", "collapse"),
            points=size_now,
            colour=self.colour if named in ("inherit", "currentcolor") else colour(named),
            ground=self._ground(said),
            keeps_lines=said["white-space"].startswith("pre") if "white-space" in said else self.keeps_lines,
            edge=self.childs_edge or _edge(said),
            childs_edge=_childs_edge(said),
            list_style=said.get("list-style-type", said.get("list-style", self.list_style)),
            shrunk=self.shrunk * shrunk(said),
            opacity=opacity,
            is_squeezed=self.is_squeezed if spacing == "inherit" else size(spacing, size_now) <= _ON_TOP * size_now,
            room=room_within(said, self.room),
            variables={**self.variables, **own} if own else self.variables,
            font=_font(said) or self.font,
        )

    def _ground(self, said: Said) -> Colour | None:
        """Return what a text lies on; what lets something shine through may be any colour."""
        own = ground(said)
        if own is not None and is_clear(own):
            is_elsewhere = self.is_painted and said.get("position") in ("absolute", "fixed")
            return None if is_elsewhere else self.ground
        return own if own is not None and own[3] == 1 else None


class _Rule:
    """What is said of elements."""

    def __init__(self, marks: frozenset[str], tokens: list[Token], place: tuple[int, int], said: Said) -> None:
        self.marks = marks
        """What they are called."""
        self.tokens = tokens
        """What else has to be true of them, as it is written; empty: nothing."""
        self.place = place
        """Its layer, and its own place among the rules."""
        self.said = said

    @cached_property
    def selector(self) -> CompiledSelector | None:
        """None: it is not understood. Read only where it may be for an element: that takes longest of all."""
        return compiled(self.tokens)

    def fits(self, place: Place) -> bool:
        """Tell whether it is for an element that is called so. Raises TooLongError."""
        return not self.tokens or (self.selector is not None and bool(self.selector.test(place)))

    @cached_property
    def rank(self) -> tuple[int, tuple[int, int, int], int]:
        """Its layer, how much it says of which elements it is for, and its place among the rules."""
        layer, place = self.place
        if self.tokens:
            return layer, self.selector.specificity if self.selector else (0, 0, 0), place
        ids, classes = (sum(mark[0] == sign for mark in self.marks) for sign in "#.")
        return layer, (ids, classes, len(self.marks - {"*"}) - ids - classes), place


@dataclass(slots=True)
class Sheet:
    """The rules of a page's own style sheets."""

    rules: dict[str, list[_Rule]] = field(default_factory=dict)
    """By what tells most of the element that a rule is for ("p", ".note", "#top", "*")."""
    known: dict[tuple[str, str, str], tuple[Said, list[_Rule]]] = field(default_factory=dict)
    """By what elements are called: what rules say of them wherever they stand, and, if some look around, all that may fit."""
    has_unknown_grounds: bool = False
    """Some rule that was passed over sets a background: then nothing is known to be white on white."""
    paints: bool = False
    """Some rule sets a background that is not white."""
    has_bands: bool = False
    """Some rule places freely what has such a background: it may lie under any text."""
    frames: dict[str, Said] = field(default_factory=dict)
    """What animations end with, by name."""
    looks_around: bool = False
    """Some rule is for elements within or beside others."""
    count: int = 0
    """Rules."""
    candidates: int = 0
    """Rules that were looked at by name."""
    steps: Steps = field(default_factory=lambda: Steps(_MOST_STEPS))

    @classmethod
    def of(cls, sheets: Iterable[tuple[str, str]]) -> Sheet:
        """Read the rules of style sheets and the media that they are for."""
        sheet, left = cls(), _MOST_CSS
        layers: dict[str, int] = {}
        for text, media in sheets:
            for rule in rules(text[:left], media):
                layer = layers.setdefault(rule.layer, len(layers)) if rule.layer else _IN_NO_LAYER
                if rule.animation:
                    sheet.frames[rule.animation] = rule.said
                elif rule.said:
                    under = ground(plainly(rule.said))
                    sheet.paints = sheet.paints or under not in (CLEAR, WHITE)
                    sheet.has_bands = sheet.has_bands or is_band(rule.said)
                    for each in split(rule.selectors):
                        is_known = rule.counts_everywhere and sheet.add(
                            each, rule.said, layer, has_ground=under != CLEAR
                        )
                        sheet.has_unknown_grounds = sheet.has_unknown_grounds or (under != CLEAR and not is_known)
            left = max(0, left - len(text))
        return sheet

    def add(self, tokens: list[Token], said: Said, layer: int, *, has_ground: bool) -> bool:
        """Take up a rule. Tell whether it is understood; where that matters to no ground, it is found out later."""
        if is_of_times(tokens):
            return True
        names, asks_more = marks(tokens)
        rule = _Rule(names, tokens if asks_more else [], (layer, self.count), said)
        if asks_more and (not tokens or (has_ground and rule.selector is None)):
            return False
        self.count += 1
        self.looks_around = self.looks_around or bool(rule.tokens)
        self.rules.setdefault(max(names, key=_tells, default="*"), []).append(rule)
        return True

    def looks_at(self, tag: str) -> bool:
        """Tell whether there is a rule for a tag alone, here or in browsers."""
        return tag in self.rules or "*" in self.rules or tag == "dialog"

    def said(self, node: etree._Element, attributes: Mapping[str, str], around: Look) -> Said:
        """Return what applies to an element, its own style last; `around` has the place of the element itself."""
        tag = str(node.tag)
        by_rules = self._by_rules(node, attributes, around.place)
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

    def _by_rules(self, node: etree._Element, attributes: Mapping[str, str], place: Place | None) -> Said:
        """Return what the rules say. Those that ask for no place say the same of elements that are called the same."""
        tag, classes, name = str(node.tag), attributes.get("class", ""), attributes.get("id", "")
        key = (tag, classes, name)
        if key not in self.known:
            self.known[key] = self._of_names({"*", tag, f"#{name}", *(f".{each}" for each in classes.split())})
        said, rules = self.known[key]
        if not rules or place is None:
            return said
        try:
            self.steps.take(len(rules))
            return _said(rule for rule in rules if rule.fits(place))
        except TooLongError:  # what takes too long to find out is not so
            return said

    def _of_names(self, called: set[str]) -> tuple[Said, list[_Rule]]:
        """Return what rules say of elements that are called so. Raises LimitError: that takes too long to find out."""
        lists = [self.rules.get(mark, []) for mark in called]
        self.candidates += sum(map(len, lists))
        if self.candidates > _MOST_CANDIDATES:
            raise LimitError("its style sheets have more rules for its elements than is safe to read")
        rules = sorted((rule for rules in lists for rule in rules if rule.marks <= called), key=lambda rule: rule.rank)
        asks_more = any(rule.tokens for rule in rules)
        return _said(rule for rule in rules if not rule.tokens), rules if asks_more else []


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
    return ".#".find(mark[0])


def _of_attributes(tag: str, attributes: Mapping[str, str]) -> Said:
    """Return what old attributes, and elements that browsers do not show, amount to."""
    said: Said = {}
    is_hidden = attributes.get("hidden", "until-found") != "until-found" or "popover" in attributes
    if is_hidden or (tag == "dialog" and "open" not in attributes):
        said["display"] = "none"
    if "bgcolor" in attributes or "background" in attributes:
        said["background"] = attributes.get("bgcolor", "picture").lower()
    if tag == "font" and "face" in attributes:
        said["font-family"] = attributes["face"][:_LONGEST_NAME].lower()
    named = attributes.get({"font": "color", "body": "text"}.get(tag, ""))
    if named is not None:
        bare = _BARE_DIGITS.fullmatch(named)  # as old pages write them
        said["color"] = f"#{bare[0]}" if bare else named[:_LONGEST_NAME].lower()
    return said


def _font(said: Said) -> str:
    """Return the name of the first font that is asked for."""
    named = said.get("font-family", said.get("font", ""))
    return named.split(",")[0].strip(" \"'")


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
    if "mso-tab-count" in said:
        return TABBED
    sides = (points(said[side].split(" ")[0]) for side in _ROOM_BESIDE & said.keys())
    has_room = any(_BLANK <= side < ENDLESS for side in sides)
    if has_room or display in _IN_LINE:
        return BESIDE if _BOXES.isdisjoint(said) else IN_A_BOX
    return RAISED if said.get("vertical-align") == "super" else ""


def _childs_edge(said: Said) -> str:
    """Return what stands between the children of an element: side by side are those of a flex box in one row."""
    display = said.get("display", "").removeprefix("inline-")
    if display == "flex":
        flow = " ".join(said.get(name, "") for name in ("flex-direction", "flex-wrap", "flex-flow"))
        return "\n" if re.search(r"column|\bwrap", flow) else "\t"
    return "\n" if display == "grid" else ""
