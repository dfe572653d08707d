"""Text that runs from right to left: from the order in which it is seen to the order in which it is read.

Programs store such text as seen, as read, or each word another way; what is seen is the same for all. So
the letters of a line are taken as they stand from left to right, and the rules by which they came to stand
there (Unicode's bidirectional algorithm) are followed backwards as far as a line of text needs them.
"""

from __future__ import annotations

import re
import unicodedata

_SHAPES = "\ufb1d-\ufdff\ufe70-\ufefc"
_LETTERS = f"\u0590-\u065f\u066a-\u06ef\u06fa-\u08ff{_SHAPES}"
IS_RTL = re.compile(f"[{_LETTERS}]")
"""A letter of Hebrew, Arabic or another script that runs from right to left; no digit."""
_SPELT = (unicodedata.normalize("NFKC", chr(code)) for code in (*range(0xFB1D, 0xFE00), *range(0xFE70, 0xFEFD)))
LIGATURES = frozenset(text for text in _SPELT if len(text) > 1)
"""What those shapes of Arabic and Hebrew spell that stand for several letters, such as lam and alef."""
_DIGIT = r"[0-9\u0660-\u0669\u06f0-\u06f9]"
_NUMBER = rf"[%€$£]?{_DIGIT}+(?:[.,:/\u066b\u066c-]{_DIGIT}+)*[%€$£]?"
_MARKS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_LTR_LETTER = rf"[^\W\d_{_LETTERS}]"
_LTR_RUN = rf"{_LTR_LETTER}(?:[^{_LETTERS}]*(?:{_LTR_LETTER}|{_DIGIT}))?"
_PHONE = rf"\+{_DIGIT}[0-9 ().-]{{5,}}{_DIGIT}"
_RUNS = re.compile(rf"({_LTR_RUN})|({_PHONE})|({_NUMBER})|(.[{_MARKS}]*)", re.DOTALL)
_RTL_SPAN = re.compile(rf"[{_LETTERS}](?:(?:(?!{_LTR_LETTER}).)*[{_LETTERS}])?", re.DOTALL)
_FIGURES = rf"{_DIGIT}[0-9\u0660-\u0669\u06f0-\u06f9\s+.,/()%-]*+"
_RTL_IN_LTR = re.compile(rf"(?:{_FIGURES}:)?{_RTL_SPAN.pattern}", re.DOTALL)
"""The same with a number behind a colon, which is seen at its left in a line of either direction."""
_ALL_RTL = re.compile(rf"(?!{_FIGURES}(?!:))(?:(?!{_LTR_LETTER}).)*[{_LETTERS}](?:(?!{_LTR_LETTER}).)*", re.DOTALL)
"""No word of the other direction, and no number before the first word, which would be read first."""
_TAIL = re.compile(r"[\s.,:;!?\u060c\u061b\u061f$\u20a0-\u20bf]*\Z")
"""What is read last in a line from left to right, whatever stands before it."""
_TURNED_PHONE = re.compile(rf"({_DIGIT}[0-9 ().-]{{8,20}}\+)")
"""A telephone number whose groups run from right to left, as they do behind Arabic."""
_ARABIC = re.compile("[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_BRACKET = re.compile(r"[()]")
_STOP = "[.,:;!?\u060c\u061b\u061f]"
_TO_RTL = re.compile(
    rf"^{_STOP}(?=.*[{_LETTERS}])|(?P<left>\S*{_LTR_LETTER}\S*) {_STOP}[{_LETTERS}]"
    rf"|[{_LETTERS}]\S* {_STOP}{_LTR_LETTER}|[{_LETTERS}]\)? ?[.)]?{_DIGIT}+$"
)
"""Marks in a line, as seen, that stand so only where it runs from right to left: they touch what is read before them."""
_TO_LTR = re.compile(
    rf"(?<=[{_LETTERS}]){_STOP}$|(?<=[{_LETTERS}]){_STOP} (?={_LTR_LETTER})"
    rf"|{_LTR_LETTER}[\w)-]*{_STOP} (?=[{_LETTERS}])|{_LTR_LETTER}[\w)-]*{_STOP}$"
)
_NATIONAL = re.compile(r"0[1-9].*\s(?!0)\S*[^+]$")


def is_rtl(text: str) -> bool:
    """Tell whether most letters of a text run from right to left."""
    ours = len(IS_RTL.findall(text))
    return 2 * ours > sum(letter.isalpha() for letter in text) if ours else False


def leaning(seen: str) -> int:
    """Return which way a line runs as its marks tell: above 0 from right to left, below 0 from left to right, 0: they tell nothing."""
    if not IS_RTL.search(seen):
        return 0
    return len(_TO_RTL.findall(seen)) - len(_TO_LTR.findall(seen))


def as_read(seen: str, rtl: bool) -> str:
    """Return a line, given as seen from left to right, in the order in which it is read.

    `rtl` says in which direction the whole runs: in it, or only words of it.
    """
    if not rtl:
        return _balanced(_read_in_ltr(seen)) if IS_RTL.search(seen) else seen
    is_turned = IS_RTL.search(seen) or _TURNED_PHONE.search(seen)
    if not is_turned and (any(letter.isalpha() for letter in seen) or _NATIONAL.match(seen)):
        return seen
    return _balanced(_reversed(seen))


def _read_in_ltr(seen: str) -> str:
    if not _ALL_RTL.fullmatch(seen):
        return _RTL_IN_LTR.sub(lambda span: _reversed(span[0]), seen)
    end = _TAIL.search(seen).start()  # type: ignore[union-attr]  # it may be empty
    return _reversed(seen[:end]) + seen[end:]


def _reversed(seen: str) -> str:
    """Read from the right; words of the other direction and numbers stay as they are."""
    read, behind_arabic = [], False
    for part in reversed(_TURNED_PHONE.split(seen)):
        for found in reversed(list(_RUNS.finditer(part))):
            ltr_run, number, letter = found.group(1, 3, 4)
            read.append(_regrouped(number) if number and behind_arabic else found[0])
            if ltr_run or (letter and letter[0].isalpha()):
                behind_arabic = bool(letter) and _ARABIC.match(letter) is not None
    return "".join(read)


def _regrouped(number: str) -> str:
    """Return a number as it is read behind Arabic, where what hyphens join runs from right to left.

    One that begins with 0, and years that go up, were set as they are read, unless it ends with a code of an area.
    A sign of percent is seen at its left.
    """
    if number[0] == "%":
        return f"{_regrouped(number[1:])}%"
    groups = number.split("-")
    years = [group for group in groups if _YEAR.fullmatch(group)]
    ends_with_code = groups[-1].startswith("0") and len(groups[-1]) < len(groups[0])
    is_as_read = (number.startswith("0") and not ends_with_code) or (
        len(years) == len(groups) and years == sorted(years)
    )
    return number if is_as_read else "-".join(reversed(groups))


def _balanced(text: str) -> str:
    """Let brackets open and close in turn: some programs store their shape, some their meaning."""
    found = _BRACKET.findall(text)
    if len(found) % 2 or found == ["(", ")"] * (len(found) // 2):
        return text
    turn = iter("()" * (len(found) // 2))
    return _BRACKET.sub(lambda _: next(turn), text)


def folded(text: str) -> str:
    """Return letters of Arabic and Hebrew for the shapes that they take within a word."""
    return re.sub(f"[{_SHAPES}]+", lambda found: unicodedata.normalize("NFKC", found[0]), text)
