"""Which elements a CSS rule is for: cssselect2 reads its selector and tries it, here within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from cssselect2 import ElementWrapper, compile_selector_list
from cssselect2.compiler import CompiledSelector
from lxml import etree

from pipeline.extract.web.css_tokens import MOST, Token, are_few, is_blank

_STEPS_WITHIN = 10
"""What an element costs that is looked at within or beside another."""
_SIBLINGS_PER_STEP = 20
_NOT_READ = (ValueError, SyntaxError, AttributeError, TypeError, NotImplementedError, RecursionError, MemoryError)
"""What cssselect2 says of a selector that is wrong, or that it does not know."""
_AT_TIMES = ("selection", "placeholder")
"""Parts of a page that nobody sees who only looks at it."""


class TooLongError(Exception):
    """The steps are used up."""


class Steps:
    """How many elements may still be looked at, for all rules of a page together."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, count: int) -> None:
        """Use up some. Raises TooLongError."""
        self.left -= count
        if self.left < 0:
            raise TooLongError


def compiled(tokens: list[Token]) -> CompiledSelector | None:
    """Return a selector to try on elements; None: more than is understood, or of a part of an element."""
    if not tokens or not are_few(tokens, MOST):
        return None
    try:
        (found,) = compile_selector_list(tokens)
    except _NOT_READ:
        return None
    return found if found.pseudo_element is None else None


def is_of_times(tokens: list[Token]) -> bool:
    """Tell whether a selector is of something that is only there while a person does something."""
    last = tokens[-1] if tokens else None
    return last is not None and last.type == "ident" and last.lower_value.endswith(_AT_TIMES)


def marks(tokens: list[Token]) -> tuple[frozenset[str], bool]:
    """Return what an element is called by a selector (its tag, "*", ".class", "#id"), and whether more is asked of it."""
    found: set[str] = set()
    asks_more = not tokens
    before: Token = None
    for each in tokens:
        mark = _mark(each, before)
        asks_more = asks_more or mark in found or not (mark or each == ".")
        if is_blank(each) or each in (">", "+", "~"):
            found.clear()
        elif mark:
            found.add(mark)
        before = each
    return frozenset(found), asks_more


def _mark(token: Token, before: Token) -> str:
    if token.type == "ident" and before != ":":
        return f".{token.value}" if before == "." else str(token.lower_value)
    if token.type == "hash" and token.is_identifier:
        return f"#{token.value}"
    return "*" if token == "*" else ""  # noqa: S105  # a part of a selector


class Place(ElementWrapper):  # type: ignore[misc]  # cssselect2 has no types
    """An element and what is around it, of which no more is looked at than there are steps."""

    in_html_document = True
    in_disabled_fieldset = False

    def __init__(self, node: etree._Element, parent: Place | None, steps: Steps) -> None:
        self.etree_element = node
        self.parent = parent
        self.steps = steps

    @cached_property
    def etree_children(self) -> list[etree._Element]:
        """The elements in it."""
        return list(self.etree_element.iterchildren("*"))

    @property
    def etree_siblings(self) -> list[etree._Element]:
        """The elements around which its own parent is, it itself among them."""
        siblings = [self.etree_element] if self.parent is None else self.parent.etree_children
        self.steps.take(1 + len(siblings) // _SIBLINGS_PER_STEP)
        return siblings

    @cached_property
    def order(self) -> dict[etree._Element, int]:
        """The places of the elements in it, from 0."""
        return {child: place for place, child in enumerate(self.etree_children)}

    @cached_property
    def index(self) -> int:
        """Its place among its siblings, from 0."""
        return 0 if self.parent is None else self.parent.order[self.etree_element]

    @property
    def previous(self) -> Place | None:
        """The sibling right before it."""
        return next(self.previous_siblings, None)

    @property
    def previous_siblings(self) -> Iterator[Place]:
        """The siblings before it, the nearest first."""
        for node in self.etree_element.itersiblings("*", preceding=True):
            self.steps.take(1)
            yield Place(node, self.parent, self.steps)

    @property
    def ancestors(self) -> Iterator[Place]:
        """The elements around it, the nearest first."""
        place = self.parent
        while place is not None:
            self.steps.take(1)
            yield place
            place = place.parent

    def iter_children(self) -> Iterator[Place]:
        """Yield the elements in it; it is asked for those within them in the same way."""
        for child in self.etree_children:
            self.steps.take(_STEPS_WITHIN)
            yield Place(child, self, self.steps)

    @cached_property
    def lang(self) -> str:
        """The language of its text, as it or an element around it says."""
        places = (self, *self.ancestors)
        return next((found.lower() for place in places if (found := place.etree_element.get("lang"))), "")
