"""Which elements a CSS rule is for: its selector, read into what elements are called and what is asked of their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree

Test = Callable[[etree._Element], bool]  # noqa: SLF001  # lxml has no public name for it

_PART = re.compile(
    r"\s*(?P<combinator>[>+~])\s*|(?P<blank>\s+)|(?P<tag>\*|[a-z][\w-]*)"
    r"|(?P<name>[.#](?:[\w-]|\\[\da-f]{1,6}\s?|\\.)+)"
    r"|\[\s*(?P<key>[\w-]+)\s*(?:(?P<how>[~^$*|]?=)\s*[\"']?(?P<value>[^\"'\]]*?)[\"']?\s*(?:[is]\s*)?)?\]"
    r"|:(?P<pseudo>[a-z-]+)(?:\((?P<inner>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\))?",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\(?:([\da-f]{1,6})\s?|(.))", re.IGNORECASE)
_LIST = re.compile(r"(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\[[^\]]*\]|[^,(\[]|[(\[])+")
_FORMULA = re.compile(r"([-+]?\d*)n\s*(?:([-+])\s*(\d+))?|([-+]?\d+)")
_WORDS = {"odd": (2, 1), "even": (2, 0)}
_LONGEST = 400
"""Characters of a selector that is looked at."""
_MOST_SIBLINGS, _MOST_WITHIN = 300, 300
"""Elements beside one, and within one, that are looked at. Where there are more, a rule is not for it."""


class Compound(NamedTuple):
    """What a selector says of one element."""

    marks: frozenset[str]
    """What it is called: its tag, ".class", "#id", "[attribute]", "[attribute=value]"."""
    tests: tuple[Test, ...]
    """What else has to be true of it."""
    rank: int

    def fits(self, node: etree._Element) -> bool:
        """Tell whether it is for an element."""
        return all(_is_called(node, mark) for mark in self.marks) and all(test(node) for test in self.tests)


class Selector(NamedTuple):
    """What a rule says of an element, and of those around it."""

    last: Compound
    around: tuple[tuple[Compound, bool], ...]
    """The nearest first; True: it is right around the one before."""


def listed(selectors: str) -> list[str]:
    """Return the selectors of a list."""
    return [each.strip() for each in _LIST.findall(selectors)]


def selector(text: str) -> Selector | None:
    """Return what a selector says; None: more than is understood."""
    if not text or len(text) > _LONGEST:
        return None
    compounds: list[Compound] = [_ANYTHING]
    is_near: list[bool] = []
    is_begun = False
    for found in _parts(text):
        if found is None:
            return None
        between = found["combinator"] or (" " if found["blank"] else "")
        if not between:
            said = _compound(found)
            if said is None:
                return None
            compounds[-1] = _both(compounds[-1], said)
            is_begun = True
        elif not is_begun:
            return None
        elif between in "+~":
            compounds[-1] = _both(
                _ANYTHING, Compound(frozenset(), (_beside(compounds[-1], between),), compounds[-1].rank)
            )
            is_begun = False
        else:
            compounds.append(_ANYTHING)
            is_near.append(between == ">")
            is_begun = False
    if not is_begun:
        return None
    *around, last = compounds
    return Selector(last, tuple(zip(reversed(around), reversed(is_near), strict=True)))


def _parts(text: str) -> Iterator[re.Match[str] | None]:
    """Yield the parts of a selector; None where one is not understood."""
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or found.end() == at:
            yield None
            return
        yield found
        at = found.end()


def _both(one: Compound, other: Compound) -> Compound:
    return Compound(one.marks | other.marks, one.tests + other.tests, one.rank + other.rank)


_ANYTHING = Compound(frozenset(), (), 0)


def _compound(found: re.Match[str]) -> Compound | None:
    """Return what one part of a selector says of an element."""
    if found["tag"]:
        tag = found["tag"].lower()
        return _ANYTHING if tag == "*" else Compound(frozenset((tag,)), (), 1)
    if found["name"]:
        name = found["name"][0] + _ESCAPED.sub(_letter, found["name"][1:])
        return Compound(frozenset((name,)), (), 100 if name[0] == "#" else 10)
    if found["key"]:
        return _of_attribute(found["key"].lower(), found["how"], found["value"])
    return _of_pseudo_class(found["pseudo"].lower(), found["inner"])


def _letter(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else 0
    return found[2] or (chr(number) if 0 < number < 0xD800 else "\ufffd")


def _of_attribute(key: str, how: str | None, value: str) -> Compound:
    if how is None:
        return Compound(frozenset((f"[{key}]",)), (), 10)
    if how == "=":
        return Compound(frozenset((f"[{key}={value}]",)), (), 10)
    compare = _COMPARED[how]
    return Compound(
        frozenset((f"[{key}]",)), (lambda node: bool(value) and compare(str(node.get(key, "")), value),), 10
    )


_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "^=": lambda said, value: said.startswith(value),
    "$=": lambda said, value: said.endswith(value),
    "*=": lambda said, value: value in said,
    "~=": lambda said, value: value in said.split(),
    "|=": lambda said, value: said == value or said.startswith(f"{value}-"),
}


def _of_pseudo_class(name: str, inner: str | None) -> Compound | None:
    """Return what a pseudo-class asks; None: it is not known, or is of a part of an element."""
    if name in _SIMPLE and inner is None:
        return Compound(frozenset(), (_SIMPLE[name],), 10)
    if name in _COUNTED and inner is not None:
        return _counted(name, inner)
    if name not in ("not", "is", "where", "matches", "has") or inner is None:
        return _of_language(inner) if name == "lang" and inner else None
    found = [selector(each.removeprefix(">")) for each in listed(inner)]
    compounds = [each.last for each in found if each is not None and not each.around]
    if not compounds or len(compounds) < len(found):
        return None
    rank = 0 if name == "where" else max(each.rank for each in compounds)
    if name == "has":
        return Compound(frozenset(), (lambda node: _has(node, compounds),), rank)
    wanted = name != "not"
    return Compound(frozenset(), (lambda node: any(each.fits(node) for each in compounds) == wanted,), rank)


def _of_language(inner: str) -> Compound:
    codes = [each.strip("\"' ").lower() for each in listed(inner)]

    def test(node: etree._Element) -> bool:
        said = next(
            (one.get("lang") or "" for one in (node, *islice(node.iterancestors(), _MOST_WITHIN)) if one.get("lang")),
            "",
        ).lower()
        return any(said == code or said.startswith(f"{code}-") for code in codes)

    return Compound(frozenset(), (test,), 10)


def _has(node: etree._Element, compounds: list[Compound]) -> bool:
    return any(each.fits(inner) for inner in islice(node.iterdescendants("*"), _MOST_WITHIN) for each in compounds)


def _beside(compound: Compound, combinator: str) -> Test:
    """Return the test whether an element before another one, right before it or anywhere, is such a one."""
    most = 1 if combinator == "+" else _MOST_SIBLINGS

    def test(node: etree._Element) -> bool:
        return any(compound.fits(other) for other in islice(node.itersiblings("*", preceding=True), most))

    return test


def _counted(name: str, inner: str) -> Compound | None:
    found = _FORMULA.fullmatch(inner.strip().lower())
    step, start = _WORDS.get(inner.strip().lower(), (0, 0))
    if not (step or found):
        return None
    if found and found[4]:
        start = int(found[4][:6])
    elif found:
        step = int(found[1][:6] + ("1" if found[1] in ("", "+", "-") else ""))
        start = int(f"{found[2]}{found[3][:6]}") if found[3] else 0
    is_of_type, from_end = "of-type" in name, "last" in name

    def test(node: etree._Element) -> bool:
        place = _place(node, is_of_type=is_of_type, from_end=from_end)
        behind = place - start
        return place > 0 and (behind == 0 if step == 0 else behind % step == 0 and behind // step >= 0)

    return Compound(frozenset(), (test,), 10)


_COUNTED = frozenset(("nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"))


def _place(node: etree._Element, *, is_of_type: bool = False, from_end: bool = False) -> int:
    """Return the place of an element among its siblings, from 1; 0: it has too many to be counted."""
    others = node.itersiblings(node.tag if is_of_type else "*", preceding=not from_end)
    count = sum(1 for _ in islice(others, _MOST_SIBLINGS))
    return count + 1 if count < _MOST_SIBLINGS else 0


def _is_alone(node: etree._Element, *, of_type: bool) -> bool:
    tag = node.tag if of_type else "*"
    both = (node.itersiblings(tag, preceding=True), node.itersiblings(tag))
    return all(next(others, None) is None for others in both)


def _is_called(node: etree._Element, mark: str) -> bool:
    if mark[0] == ".":
        return mark[1:] in (node.get("class") or "").split()
    if mark[0] == "#":
        return node.get("id") == mark[1:]
    if mark[0] == "[":
        key, has_value, value = mark[1:-1].partition("=")
        return node.get(key) == value if has_value else node.get(key) is not None
    return node.tag == mark


_SIMPLE: dict[str, Test] = {
    "root": lambda node: node.getparent() is None,
    "empty": lambda node: len(node) == 0 and not node.text,
    "first-child": lambda node: next(node.itersiblings("*", preceding=True), None) is None,
    "last-child": lambda node: next(node.itersiblings("*"), None) is None,
    "only-child": lambda node: _is_alone(node, of_type=False),
    "first-of-type": lambda node: next(node.itersiblings(node.tag, preceding=True), None) is None,
    "last-of-type": lambda node: next(node.itersiblings(node.tag), None) is None,
    "only-of-type": lambda node: _is_alone(node, of_type=True),
    "checked": lambda node: node.get("checked") is not None or node.get("selected") is not None,
    "disabled": lambda node: node.get("disabled") is not None,
    "link": lambda node: node.tag == "a" and node.get("href") is not None,
    "any-link": lambda node: node.tag == "a" and node.get("href") is not None,
}
