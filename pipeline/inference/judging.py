"""What a reply is worth: its fields, its tokens, its price, its words. No effects."""

from __future__ import annotations

import functools
import html
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from pipeline.errors import InvalidReplyError
from pipeline.inference.providers.loading import object_in
from pipeline.inference.providers.reading import line
from pipeline.inference.retries import BY_CODE, AttemptError, Verdict, may_cost
from pipeline.inference.tokens import fewest_tokens
from pipeline.records import Attempt, Completion, Notice, Prompt, Usage

Fields = tuple[dict[str, Any], tuple[Notice, ...]]
Read = Callable[[str], Fields]
"""Validates a reply, or raises InvalidReplyError."""

_WORD = re.compile(r"[\w@.+-]+")
_QUOTED_WORDS = 3
"""So many words in a row that stand in the document are a quotation."""
_LONG_ENOUGH = 4
"""Letters of a word that may be a name."""
_QUOTED_DIGITS = 5
"""So many digits in one word may be a telephone number's."""
_PIECE = 12
"""Letters and digits of a key; what keys begin with, such as sk-ant-api03-, is shorter."""
_CUT_SHARE = 0.7
"""A server that counts fewer input tokens than this share of the fewest possible has cut the prompt."""
_ABSURD = 10
"""So many times more than there can be is a mistake; what is only more than expected may well be charged."""


def judged(completion: Completion, read: Read) -> Fields:
    """Return the fields in a reply. Raises AttemptError when it was refused, cut off, or does not fit."""
    if completion.finish_reason == "content_filter" or completion.refusal:
        raise AttemptError("content_filter", Verdict.REFUSED, "its safety filter stopped the answer")
    # A model that went on with blanks after the end of its answer has lost nothing (a grammar may allow them).
    if completion.finish_reason == "length" and object_in(completion.text or "") is None:
        raise AttemptError("cut_off", Verdict.LONGER)
    try:
        return read(completion.text or "")
    except InvalidReplyError as error:
        raise AttemptError("invalid_reply", Verdict.REPAIR, error.message) from None


def believed(usage: Usage, most_input: int, most_output: int) -> Usage:
    """Return the usage without counts that cannot be: what is absurd is not known, so it counts at its highest price."""
    if usage.input_tokens == usage.output_tokens == 0:  # nobody reads and writes nothing: the server does not count
        return Usage()
    if usage.input_tokens is not None and usage.input_tokens > _ABSURD * most_input:
        usage = replace(usage, input_tokens=None, cached_input_tokens=None, cache_write_input_tokens=None)
    if usage.output_tokens is not None and usage.output_tokens > _ABSURD * most_output:
        usage = replace(usage, output_tokens=None, reasoning_tokens=None)
    return usage


def charged(attempt: Attempt) -> int | None:
    """Return nano-dollars that an attempt costs; 0 where nobody can charge for it, None where nobody knows."""
    if attempt.cost.nanodollars is not None:
        return attempt.cost.nanodollars
    return None if may_cost(attempt.status, attempt.error) else 0


def cut_notice(prompt: Prompt, usage: Usage) -> tuple[Notice, ...]:
    """Return a notice when the server counted too few tokens to have read the whole prompt (Ollama cuts in silence)."""
    fewest = _fewest_tokens_of_instruction(prompt.system) + fewest_tokens(prompt.user)
    if usage.input_tokens is None or usage.input_tokens >= _CUT_SHARE * fewest:
        return ()
    told = f"the server counted {usage.input_tokens} tokens of input, there are at least {fewest}: it cut the document"
    return (Notice("cut_by_server", told),)


@functools.lru_cache(maxsize=64)
def _fewest_tokens_of_instruction(system: str) -> int:
    return fewest_tokens(system)


def discreet(detail: str, key: str | None, document: str) -> str:
    """Return a provider's words on one short line, without our key, and not at all where they quote the document."""
    detail = line(detail.replace(key, "[key]") if key else detail)
    if holds_key(detail, key):
        return "its words hold our key, so they are left out"
    return "its words quote the document, so they are left out" if _quotes(detail, document) else detail


def may_be_kept(code: str, key: str | None, document: str) -> bool:
    """Tell whether a provider's code is one: it may be anything, our key or a word of the document as well."""
    words = (word.casefold() for word in _WORD.findall(document))
    return not holds_key(code, key) and (code in BY_CODE or code.casefold() not in words)


def holds_key(words: str, key: str | None) -> bool:
    """Tell whether our key stands among words: whole, or a long piece of it: cut, torn by blanks, as in an address or a page."""
    if not key or key in words:
        return bool(key)
    said = _letters(html.unescape(unquote(words))) if len(words) >= _PIECE else ""
    pieces = (said[start : start + _PIECE] for start in range(len(said) - _PIECE + 1))
    return any(piece in _letters_of_key(key) for piece in pieces)


def without_key(words: str | None, key: str | None) -> str | None:
    """Return a name that a provider gave to something; None where our key stands in it."""
    return None if holds_key(words or "", key) else words


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words.casefold()))


_letters_of_key = functools.lru_cache(maxsize=1)(_letters)


def _is_name(word: str) -> bool:
    return word[0].isupper() and not word.isupper() and len(word) >= _LONG_ENOUGH


def _quotes(detail: str, document: str) -> bool:
    """Tell whether words of the document are among others: some in a row, or one that looks like somebody's own."""
    words, known = _WORD.findall(detail), _WORD.findall(document)
    text = " ".join(known).casefold()
    rows = (words[start : start + _QUOTED_WORDS] for start in range(len(words) - _QUOTED_WORDS + 1))
    names = (pair for pair in itertools.pairwise(words) if all(word[0].isupper() for word in pair))
    own = ([word] for word in words if "@" in word or sum(map(str.isdigit, word)) >= _QUOTED_DIGITS)
    # The first word of a message has a capital whatever it means.
    surname = any(_is_name(word) and word in known for word in words[1:])
    return surname or any(" ".join(part).casefold() in text for part in (*rows, *names, *own))
