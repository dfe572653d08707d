"""What a form made in Word says without letters: boxes to tick, choices from a list, ticks of a symbol font."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib import resources

from lxml import etree

from pipeline.extract.office_hidden import W

_SYMBOLS = tomllib.loads(resources.files(__package__).joinpath("symbols.toml").read_text(encoding="utf-8"))
_OFF = frozenset(("0", "false", "off"))


def _box(node: etree._Element) -> str:
    """Return the state of a box (ISO 29500-1, 17.16.7): whether it was ticked, else whether it is so from the start."""
    state = node.find(f"{W}checked")
    state = node.find(f"{W}default") if state is None else state
    is_ticked = state is not None and state.get(f"{W}val", "1") not in _OFF
    return "[x]" if is_ticked else "[ ]"


def _choice(node: etree._Element) -> str:
    """Return the entry of a list that was chosen, the first one where none was (17.16.9)."""
    entries = [entry.get(f"{W}val", "") for entry in node.iterfind(f"{W}listEntry")]
    chosen = next((found for name in ("result", "default") if (found := node.find(f"{W}{name}")) is not None), None)
    number = "0" if chosen is None else chosen.get(f"{W}val", "0")
    return dict(enumerate(entries)).get(int(number) if number.isdecimal() and len(number) < 4 else 0, "")


def _symbol(node: etree._Element) -> str:
    """Return a sign by its font and number, which Word moves to U+F000 (17.3.3.30)."""
    signs: dict[str, str] = _SYMBOLS.get(node.get(f"{W}font", "").casefold(), {})
    return signs.get(node.get(f"{W}char", "")[-2:].casefold(), "")


SAID: dict[str, Callable[[etree._Element], str]] = {
    f"{W}checkBox": _box,
    f"{W}ddList": _choice,
    f"{W}sym": _symbol,
}
"""What an element of this tag says."""
