"""A summary in the document's own words: the first sentences of its running text.

Promise: whole sentences as printed, or None; letterheads, tables and lists are no running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.inference.offline.business.moments import is_date_line
from pipeline.inference.offline.lines import Line, is_abbreviation, is_sentence
from pipeline.inference.offline.words import phrases

_SEARCHED_LINES, _SEARCHED_TEXT = 400, 6_000
_SENTENCES, _LONGEST = 2, 320
_FEWEST_WORDS, _FEWEST_SIGNS = 4, 8  # signs: of scripts without blanks
_WIDTH = 120
_FULL_LINE = 0.7
_LABELLED = re.compile(r"[^\s:.][^:.]{1,30}:\s\S")
"""A label and its value."""
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3}[.!?])\s+(?=[^\W\d_])|(?<=[。！？])")


def summary_of(lines: list[Line]) -> str | None:
    """Return the first two sentences of the document's running text."""
    found = [
        sentence
        for text, is_first in _paragraphs(lines)
        for at, sentence in enumerate(_sentences(text))
        if _is_whole(sentence) and (not sentence.lstrip()[0].islower() or (is_first and not at))
    ]
    summary = ""
    for sentence in found[:_SENTENCES]:
        longer = f"{summary} {sentence.strip()}".strip()
        if len(longer) > _LONGEST:
            break
        summary = longer
    return summary or None


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph; "geb." ends none."""
    begun = ""
    for piece in _SENTENCE_END.split(text):
        begun = f"{begun} {piece}" if begun else piece
        words = piece.split()
        if begun and not (words and is_abbreviation(words[-1])):
            yield begun
            begun = ""
    if begun:
        yield begun


def _paragraphs(lines: list[Line]) -> Iterator[tuple[str, bool]]:
    """Yield pieces of running text: a line that ends a sentence, with the full lines right above it.

    With each stands whether it is the first below a salutation with a comma, where many languages go on in small letters.
    """
    searched = lines[:_SEARCHED_LINES]
    width = max((len(line.text) for line in searched if len(line.text) <= _WIDTH), default=0)
    open_lines: list[str] = []
    is_greeted = is_first = False
    for line in searched:
        is_running = _may_be_running(line.text)
        if line.gap or line.bullet or not is_running:
            open_lines = []
        if not is_running:
            is_greeted = line.text.endswith(",") and phrases("business", "salutations").prefix(line.text) > 0
            continue
        is_first = is_first if open_lines else is_greeted
        is_greeted = False
        open_lines.append(line.text)
        if is_sentence(line.text) and line.text.rstrip()[-1] in ".!?。！？":
            yield " ".join(open_lines)[:_SEARCHED_TEXT], is_first
            open_lines = []
        elif len(line.text) < width * _FULL_LINE:
            open_lines = []


def _may_be_running(text: str) -> bool:
    is_labelled = _LABELLED.match(text) and not is_sentence(text)
    is_other = is_labelled or is_date_line(text)
    return "\t" not in text and "@" not in text and not text.endswith((":", ",")) and not is_other


def _is_whole(sentence: str) -> bool:
    stripped = sentence.strip()
    long_enough = len(stripped.split()) >= _FEWEST_WORDS or (len(stripped) >= _FEWEST_SIGNS and not stripped.isascii())
    return stripped.endswith((".", "!", "?", "。", "！", "？")) and long_enough
