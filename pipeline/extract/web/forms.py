"""What a form of an HTML page shows besides its text: what was typed, ticked and chosen."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

_NOTHING_TYPED = frozenset("button color file hidden image password range reset submit".split())
"""Kinds of input in which nothing is written that a person could read."""


def _input(node: etree._Element) -> str:
    """Return what is typed in a field, or whether a box is ticked."""
    kind = node.get("type", "").strip().lower()
    if node.get("role") == "button":  # a box that opens a menu
        return ""
    if kind in ("checkbox", "radio"):
        return "[ ]" if node.get("checked") is None else "[x]"
    return "" if kind in _NOTHING_TYPED else node.get("value", "")


def _choice(node: etree._Element) -> str:
    """Return the entries of a list that are chosen; of one that opens, the first where none is, as browsers do."""
    options = list(node.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None]
    if node.get("multiple") is None:
        is_open = node.get("size", "1").strip() not in ("", "0", "1")
        chosen = chosen[-1:] or options[: 0 if is_open else 1]
    return ", ".join(" ".join("".join(map(str, option.itertext())).split()) for option in chosen)


FIELDS: dict[str, Callable[[etree._Element], str]] = {"input": _input, "select": _choice}
"""What an element of this tag shows."""
