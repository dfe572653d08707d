"""Names and sentences as a model writes them: other capitals and marks, another order, a slip, something left out."""

from __future__ import annotations

import bisect
import functools
import re
from collections import Counter

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.evidence.text import WORD, Span, Text, folded
from pipeline.schemas.lists import read_words

_SIMILAR = 90.0
"""Least likeness, 0 to 100, for a value with a slip in it."""
_SHORTEST_SIMILAR, _LONGEST_SIMILAR = 6, 300
_SHORTEST_WITH_SLIP = 5
"""Letters from which on one letter of a word may be wrong; in one twice as long, two."""
_LONGEST_AND = 3
"""Letters of a word that may be printed as "&"."""
_SENTENCE = 6
"""Words from which on a value is a sentence, of which a model may leave some out."""
_LONGEST_SENTENCE, _LONGEST_GAP, _FEWEST_IN_A_ROW = 600, 120, 2
_SHORTEST_WORD = 2
"""Letters up to which a word in small letters is another one: "it", "go"."""
_SHARP_END = re.compile(r"(?<=\w)[+#]+\Z")
_CELL_BEFORE = re.compile(r"(?:\A|[\n\t|:]|[ ]{2})[ •·-]{0,3}\Z")
_CELL_AFTER = re.compile(r"[ ]?(?:\Z|[\n\t|,;]|[ ]{2})")
_TURNED = re.compile(r"[ ]?,?[ ]?(?=\w)")
_LABEL_BETWEEN = re.compile(r"[ ]{0,3}[\n\t|]\s{0,3}([^\n\t|:]{1,30})[:\t|]\s{0,3}")
_LETTERS = re.compile(r"[^\W\d_]+")


def find_wording(text: Text, value: str) -> tuple[str, Span] | None:
    """Return how a text is found and where: "normalised", or "similar" where letters or words differ."""
    if span := _same_word(text, value) or _other_order(text, value):
        return "normalised", span
    span = _similar(text, value) or _with_a_gap(text, value)
    return ("similar", span) if span else None


def _same_word(text: Text, value: str) -> Span | None:
    """Look without case and marks, but for what makes another word of a short one: "C#", "IT"."""
    sharp = _SHARP_END.search(value)
    span = _without_marks(text, folded(value), sharp[0] if sharp else "")
    is_other = span and len(value) <= _SHORTEST_WORD and value.isalpha() and text.text[slice(*span)] == value.lower()
    return None if is_other else span


def _without_marks(text: Text, letters: str, sharp: str = "") -> Span | None:
    """Look without case, blanks and punctuation; `sharp` is what must follow."""
    start = text.squeezed.find(letters) if letters else -1
    while start >= 0:
        begin, end = text.span(start, start + len(letters))
        if text.text.startswith(sharp, end) and text.is_whole(begin, end + len(sharp)):
            return begin, end + len(sharp)
        start = text.squeezed.find(letters, start + 1)
    return None


def _other_order(text: Text, value: str) -> Span | None:
    """Look for the two parts of a name: as "Kowalczyk, Ada", alone in its cell, or as the values of two labels of a form."""
    words = value.split()
    if not 2 <= len(words) <= _SENTENCE or any(map(str.isdigit, value)):
        return None
    for cut in range(1, len(words)):
        head, tail = folded("".join(words[:cut])), folded("".join(words[cut:]))
        for first, second, is_turned in ((tail, head, True), (head, tail, False)):
            if first and second and (span := _cells(text, first, second, is_turned=is_turned)):
                return span
    return None


def _cells(text: Text, first: str, second: str, *, is_turned: bool) -> Span | None:
    start = text.squeezed.find(first)
    while start >= 0:
        begin, end = text.span(start, start + len(first))
        if _CELL_BEFORE.search(text.around(begin, end)[0]):
            gap = _LABEL_BETWEEN.match(text.text, end)
            if not gap or not _is_of_a_name(gap[1]):
                gap = _TURNED.match(text.text, end) if is_turned else None
            there = _end_of_cell(text, second, gap.end()) if gap else None
            if there:
                return begin, there
        start = text.squeezed.find(first, start + 1)
    return None


def _is_of_a_name(label: str) -> bool:
    """Tell the label of a part of the same name from those of a maiden name, a father, a town."""
    return set(_LETTERS.findall(label.casefold())) <= _name_labels()


@functools.cache
def _name_labels() -> frozenset[str]:
    return frozenset(read_words()["name_labels"])


def _end_of_cell(text: Text, letters: str, start: int) -> int | None:
    """Return where a value ends that begins here and fills the rest of its cell."""
    at = bisect.bisect_left(text.at, start)
    if text.at[at : at + 1] != [start] or not text.squeezed.startswith(letters, at):
        return None
    end = text.span(at, at + len(letters))[1]
    return end if _CELL_AFTER.match(text.text, end) else None


def _similar(text: Text, value: str) -> Span | None:
    letters = folded(value)
    if not _SHORTEST_SIMILAR <= len(letters) <= _LONGEST_SIMILAR or len(text.squeezed) < len(letters):
        return None
    best = fuzz.partial_ratio_alignment(letters, text.squeezed, score_cutoff=_SIMILAR)
    if not best or best.dest_end <= best.dest_start:
        return None
    span = text.whole_words(*text.span(best.dest_start, best.dest_end))
    return span if span and _is_a_slip(value, text.text[slice(*span)]) else None


def _is_a_slip(value: str, printed: str) -> bool:
    """Tell whether two texts differ by slips of letters only: no digit, no short word, no word as a whole.

    Of a sentence, words may be left out.
    """
    words = [folded(word) for word in WORD.findall(value)]
    wanted, there = "".join(words), folded(printed)
    word_at = [number for number, word in enumerate(words) for _ in word] + [len(words) - 1]
    slips: Counter[int] = Counter()
    for edit in Levenshtein.editops(wanted, there):
        kind, at, to = edit.tag, edit.src_pos, edit.dest_pos
        changed = (wanted[at : at + 1] if kind != "insert" else "") + (there[to : to + 1] if kind != "delete" else "")
        if not changed.isalpha():
            return False
        slips[word_at[at]] += kind != "insert" or len(words) < _SENTENCE
    joint = _LONGEST_AND if "&" in printed else 0
    return all(count <= _slips(words[at]) or count == len(words[at]) <= joint for at, count in slips.items())


def _slips(word: str) -> int:
    """Return how many letters of a word may be wrong."""
    return min(2, len(word) // _SHORTEST_WITH_SLIP)


def _with_a_gap(text: Text, value: str) -> Span | None:
    """Look for a sentence of which something is left out in the middle, or inside which a page ends."""
    words = [word for word in map(folded, value.split()) if word]
    if len(words) < _SENTENCE or sum(map(len, words)) > _LONGEST_SENTENCE:
        return None
    for cut in range(_FEWEST_IN_A_ROW, len(words) - _FEWEST_IN_A_ROW + 1):
        begun, rest = "".join(words[:cut]), "".join(words[cut:])
        start = text.squeezed.find(begun)
        if start < 0:
            return None
        end = start + len(begun)
        at = text.squeezed.find(rest, end, end + _LONGEST_GAP + len(rest))
        if at > end:
            parts = text.span(start, end), text.span(at, at + len(rest))
            if all(text.is_whole(*part) for part in parts):
                return parts[0][0], parts[1][1]
    return None
