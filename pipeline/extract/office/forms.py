"""What a form made in Word or LibreOffice says without letters of its text: fields, boxes to tick, choices from a list."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from pipeline.extract.office.hidden import DRAW, OFF, W
from pipeline.extract.symbols import sign

_HEX = re.compile(r"[0-9a-fA-F]{2,4}")
_FORM = "{urn:oasis:names:tc:opendocument:xmlns:form:1.0}"
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"

_NOTHING_SHOWN = frozenset("button file generic-control grid hidden image image-frame password value-range".split())
"""Kinds of controls that show no words."""


def _box(node: etree._Element) -> str:
    """Return the state of a box (ISO 29500-1, 17.16.7): whether it was ticked, else whether it is so from the start."""
    state = node.find(f"{W}checked")
    state = node.find(f"{W}default") if state is None else state
    is_ticked = state is not None and state.get(f"{W}val", "1") not in OFF
    return "[x]" if is_ticked else "[ ]"


def _choice(node: etree._Element) -> str:
    """Return the entry of a list that was chosen, the first one where none was (17.16.9)."""
    entries = [entry.get(f"{W}val", "") for entry in node.iterfind(f"{W}listEntry")]
    chosen = next((found for name in ("result", "default") if (found := node.find(f"{W}{name}")) is not None), None)
    number = "0" if chosen is None else chosen.get(f"{W}val", "0")
    return dict(enumerate(entries)).get(int(number) if number.isdecimal() and len(number) < 4 else 0, "")


def _symbol(node: etree._Element) -> str:
    """Return a sign by its font and number, which Word moves to U+F000 (17.3.3.30)."""
    number = node.get(f"{W}char", "")
    return sign(node.get(f"{W}font", ""), int(number, 16)) if _HEX.fullmatch(number) else ""


SAID: dict[str, Callable[[etree._Element], str]] = {
    f"{W}checkBox": _box,
    f"{W}ddList": _choice,
    f"{W}sym": _symbol,
}
"""What an element of this tag says."""


def fill_in(part: etree._Element) -> None:
    """Write what the controls of an ODT's form show where they stand in its text."""
    places = list(part.iter(f"{DRAW}control"))
    controls = {control.get(_XML_ID) or control.get(f"{_FORM}id"): control for control in part.iter(f"{_FORM}*")}
    for place in places:
        control = controls.get(place.get(f"{DRAW}control"))
        if said := "" if control is None else _control(control):
            place.text = f" {said} "


def _control(node: etree._Element) -> str:
    """Return what a control shows (OpenDocument 1.2, part 1, 13): its present value, else the one that it began with."""
    kind = node.tag.removeprefix(_FORM)
    label = node.get(f"{_FORM}label", "")
    if kind == "checkbox":
        return f"[{'x' if _now(node, 'state') == 'checked' else ' '}] {label}"
    if kind == "radio":
        return f"[{'x' if _now(node, 'selected') == 'true' else ' '}] {label}"
    if kind == "listbox":
        chosen = (option for option in node.iterfind(f"{_FORM}option") if _now(option, "selected") == "true")
        return ", ".join(option.get(f"{_FORM}label", "") for option in chosen)
    if kind == "fixed-text":
        return label
    return "" if kind in _NOTHING_SHOWN else _now(node, "value")


def _now(node: etree._Element, name: str) -> str:
    return node.get(f"{_FORM}current-{name}", node.get(f"{_FORM}{name}", ""))
