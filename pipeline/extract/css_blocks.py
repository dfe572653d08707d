"""The rules of a style sheet, out of the blocks and the rules that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.extract.css_media import counts
from pipeline.extract.css_selectors import listed

_STATEMENTS = re.compile(r"\A(?:\s*(?:@[^;]*;|<!--|-->))+")
"""What may stand before a rule without being of it. Any other semicolon there spoils the rule, as a browser sees it."""
_MOST_NESTED, _LONGEST_NAME = 20, 500
"""Selectors of a rule within a rule; characters of all selectors of a rule that has others within it."""
_KEYFRAMES = re.compile(r"@(?:-\w+-)?keyframes\s", re.IGNORECASE)


class _Block(NamedTuple):
    """A rule, or a block of rules."""

    name: str = ""
    """What it begins with ("@media print"); of a rule, its selectors."""
    selectors: str = ""
    """Those of the rule that it is or stands in; empty: it stands in none."""
    counts: bool | None = True
    """What stands in it counts on a usual screen, as far as all around it does; None: on some, or not known."""


def blocks(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield selectors and body of each rule, and whether it counts on every usual screen; what counts on none is left out.

    Of an animation each picture is yielded, with both names.
    """
    around = [_Block()]
    before = ""
    for piece in re.split(r"([{}])", text):
        outer = around[-1]
        if piece == "{":
            if outer.selectors:
                said, _, before = before.rpartition(";")
                if outer.counts is not False:
                    yield outer.selectors, said, outer.counts is True
            around.append(_within(outer, (before if outer.selectors else _STATEMENTS.sub("", before)).strip()))
        elif piece == "}":
            block = around.pop() if len(around) > 1 else _Block()
            if block.counts is not False and block.selectors:
                yield block.selectors, before, block.counts is True
            before = ""
        else:
            before = piece


def _within(outer: _Block, name: str) -> _Block:
    """Return the block of a name within another."""
    if name.startswith("@"):
        both = (outer.counts, counts(name))
        return _Block(name, outer.selectors, False if False in both else all(both) or None)
    if _KEYFRAMES.match(outer.name):
        return _Block(name, f"{outer.name} | {name}", True)
    if len(outer.selectors) > _LONGEST_NAME:
        return _Block(name, "@", outer.counts)
    if outer.selectors:  # a rule in a rule is for what stands in what that one is for, or takes its place ("&")
        pairs = [(one, inner) for inner in listed(name) for one in listed(outer.selectors)][:_MOST_NESTED]
        name = ", ".join(inner.replace("&", one) if "&" in inner else f"{one} {inner}" for one, inner in pairs)
    return _Block(name, name or "@", outer.counts)
