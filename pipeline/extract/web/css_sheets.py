"""The rules of a style sheet, out of the blocks and the rules that they stand in. tinycss2 reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

import tinycss2
from tinycss2.ast import FunctionBlock, LiteralToken, WhitespaceToken

from pipeline.extract.web.css_media import counts
from pipeline.extract.web.css_tokens import MOST, Token, are_few, bounded, split, text_of
from pipeline.extract.web.css_values import Said, said_by

Tokens = list[Token]
_MOST_NESTED = 12
"""Blocks and rules within each other."""
_LAST_FRAMES = frozenset(("to", "100%"))
_NOT_UNDERSTOOD: Tokens = []


class Rule(NamedTuple):
    """What is said of some elements."""

    selectors: Tokens
    said: Said
    counts_everywhere: bool = True
    """It counts on every usual screen, not on some only."""
    animation: str = ""
    """What it is the end of; such a rule has no selectors."""
    layer: str = ""
    """The outermost layer (@layer) that it stands in; of those, the later ones have their way, and what is in none, most."""


class _Around(NamedTuple):
    """The block or rule that rules and declarations stand in."""

    selectors: Tokens | None = None
    """None: it is no rule, and in none."""
    counts: bool | None = True
    """What stands in it counts on a usual screen, as far as all around it does; None: on some, or not known."""
    depth: int = 0
    layer: str = ""


def rules(css: str, media: str = "") -> Iterator[Rule]:
    """Yield the rules of a style sheet for some media; those that count on no usual screen are left out."""
    nodes = tinycss2.parse_stylesheet(bounded(css), skip_comments=True, skip_whitespace=True)
    return _rules(nodes, _Around(counts=counts(f"@media {media}") if media else True))


def _rules(nodes: Iterable[Token], around: _Around) -> Iterator[Rule]:
    if around.counts is False or around.depth > _MOST_NESTED:
        return
    for kind, some in groupby(nodes, lambda node: str(node.type)):
        if kind == "declaration" and around.selectors is not None:
            yield Rule(around.selectors, said_by(some), around.counts is True, layer=around.layer)
        for node in some if kind in ("qualified-rule", "at-rule") else ():
            if node.content is None:
                names = split(node.prelude) if node.lower_at_keyword == "layer" and not around.layer else []
                yield from (Rule([], {}, layer=_outermost(name)) for name in names)
                continue
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            if kind == "at-rule" and node.lower_at_keyword.endswith("keyframes"):
                yield from _ends(text_of(node.prelude).strip("\"'"), inner)
            else:
                yield from _rules(inner, _within(node, around))


def _within(node: Token, around: _Around) -> _Around:
    """Return what the contents of a block or rule stand in."""
    depth = around.depth + 1
    if node.type == "at-rule":
        block = f"@{node.lower_at_keyword} {text_of(node.prelude)}".strip()
        both = (around.counts, counts(block))
        named = _outermost(node.prelude) or f"line {node.source_line}:{node.source_column}"
        layer = around.layer or (named if node.lower_at_keyword == "layer" else "")
        return _Around(around.selectors, False if False in both else all(both) or None, depth, layer)
    if around.selectors is None:
        return _Around(node.prelude, around.counts, depth, around.layer)
    are_known = are_few(around.selectors, MOST) and are_few(node.prelude, MOST)
    nested = _nested(node.prelude, around.selectors) if are_known else _NOT_UNDERSTOOD
    return _Around(nested, around.counts, depth, around.layer)


def _outermost(name: Tokens) -> str:
    """Return the name of the layer in which a layer ("base.fonts") stands."""
    return text_of(name).partition(".")[0]


def _nested(selectors: Tokens, outer: Tokens) -> Tokens:
    """Return the selectors of a rule in a rule: for what stands in what that one is for, or takes its place ("&")."""
    those = [LiteralToken(1, 1, ":"), FunctionBlock(1, 1, "is", outer)]
    found: Tokens = []
    for each in split(selectors):
        is_placed = "&" in text_of(each)
        found += [LiteralToken(1, 1, ",")] if found else []
        found += _placed(each, those) if is_placed else [*those, WhitespaceToken(1, 1, " "), *each]
    return found


def _placed(tokens: Tokens, those: Tokens) -> Tokens:
    """Return tokens with others in the place of each "&"."""
    found: Tokens = []
    for each in tokens:
        if each == "&":
            found += those
        elif each.type == "function":
            found.append(FunctionBlock(1, 1, each.name, _placed(each.arguments, those)))
        else:
            found.append(each)
    return found


def _ends(animation: str, frames: Iterable[Token]) -> Iterator[Rule]:
    """Yield what an animation ends with."""
    for frame in frames:
        if frame.type == "qualified-rule":
            said = said_by(tinycss2.parse_blocks_contents(frame.content, skip_comments=True, skip_whitespace=True))
            if not _LAST_FRAMES.isdisjoint(text_of(part) for part in split(frame.prelude)):
                yield Rule([], said, animation=animation)
