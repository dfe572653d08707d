"""What the layouts say: texts/<language>.txt, each a side part and a main part in small marks.

"#" a name, "##" a heading, "###" an entry as "when | what | where", "-" a point of a list; any other
line is a line or a paragraph. All people and firms are invented.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

_MARKS = (("### ", "entry"), ("## ", "heading"), ("# ", "name"), ("- ", "point"))
_TEXTS = Path(__file__).resolve().parent / "texts"

Block = tuple[str, tuple[str, ...]]
"""A kind (name, heading, entry, point, line) and what it says; an entry says when, what and perhaps where."""


@dataclass(frozen=True, slots=True)
class Person:
    """A CV: the short lines that may stand at the side, and the rest."""

    language: str
    side: tuple[Block, ...]
    main: tuple[Block, ...]

    @property
    def is_rtl(self) -> bool:
        """Tell whether the text runs from right to left."""
        return self.language in ("ar", "he")

    def without_points(self) -> tuple[Block, ...]:
        """Return the main part without its lists."""
        return tuple(block for block in self.main if block[0] != "point")


def person(language: str) -> Person:
    """Read the text in a language."""
    side, main = (_TEXTS / f"{language}.txt").read_text("utf-8").split("====\n")
    return Person(language, _blocks(side), _blocks(main))


def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(_block(line) for line in text.splitlines())


def _block(line: str) -> Block:
    for mark, kind in _MARKS:
        if line.startswith(mark):
            return kind, tuple(line.removeprefix(mark).split(" | "))
    return "line", (line,)


def said(blocks: tuple[Block, ...], dates: str = "left") -> list[str]:
    """Return the true text as lines. dates: "left" or "right" of what, or "below" what and where."""
    return [line for block in blocks for line in _said(block, dates)]


def _said(block: Block, dates: str) -> list[str]:
    kind, parts = block
    if kind != "entry":
        return list(parts)
    when, what, *where = parts
    if dates == "below":
        return [what, *where, when]
    return [f"{when}\t{what}" if dates == "left" else f"{what}\t{when}", *where]


def sections(blocks: tuple[Block, ...]) -> list[tuple[Block, ...]]:
    """Return the blocks cut before each heading."""
    cuts = [0, *(at for at, block in enumerate(blocks) if block[0] == "heading" and at), len(blocks)]
    return [blocks[start:end] for start, end in itertools.pairwise(cuts)]
