"""Edges within a line: where what meets there would be glued, they become a blank."""

from __future__ import annotations

import re

BESIDE, RAISED = "\x1f", "\x1e"
"""Marks of an edge: a blank where words would be glued, a blank where figures would be (1,250.00 and its footnote 1)."""
CROSSED_OUT = BESIDE + RAISED
"""The edge of what is crossed out: as BESIDE, but told from that of a box in a line."""
IN_A_BOX = BESIDE + BESIDE
"""The edge of a label in a box of its own: a blank, or a tab where another one stands beside it."""
TABBED = f"\t{BESIDE}"
"""A tab that Word wrote as blanks into a web page."""
_EDGES = re.compile(f"[{BESIDE}{RAISED}]++")
_NO_BLANK_BEHIND, _NO_BLANK_BEFORE = "([{/-", ".,;:!?)]}/-"


def with_blanks(text: str) -> str:
    """Return a text with its marked edges made blanks, or nothing."""
    return _EDGES.sub(_blank, text)


def _blank(edges: re.Match[str]) -> str:
    text = edges.string
    before, after = text[max(0, edges.start() - 1) : edges.start()], text[edges.end() : edges.end() + 1]
    if BESIDE in edges[0]:
        needs_one = before not in _NO_BLANK_BEHIND and after not in _NO_BLANK_BEFORE
    else:
        needs_one = before.isdecimal() and after.isdecimal()
    return " " if needs_one and not before.isspace() and not after.isspace() else ""
