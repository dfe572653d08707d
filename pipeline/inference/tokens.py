"""How many tokens a text makes, without a tokenizer: a likely number, and two that are sure.

The weights were fitted to o200k (GPT-4o and later) on CVs, business documents, prompts and short texts in forty
languages. The tokenizers of Mistral, Qwen and Gemma make 2 to 10 % more of a whole request. How close the forecast
is: benchmarks/forecast.py.
"""

from __future__ import annotations

import math
import re
from typing import Any

_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_INDIC = "\u0900-\u109f"
_SYLLABLES = "\u3040-\u30fa\u30fc-\u30ff\uac00-\ud7af"
_HAN = "\u3005\u3400-\u9fff\uf900-\ufaff"
_PARTS = (
    # A short Latin word is one token, a long one more, and a letter with a mark breaks it.
    (re.compile(f"[{_LATIN}]+"), 0.65),
    (re.compile(f"(?<=[{_LATIN}]{{4}})[A-Za-z]"), 0.33),
    (re.compile("[\u00c0-\u024f]"), 1.3),
    # A number is cut into threes, and does not take the space before it along as a word does.
    (re.compile(r"\d{1,3}"), 1.35),
    (re.compile(r"\s\d"), 0.85),
    (re.compile(rf"[^\w\s{_INDIC}]+"), 1.0),
    (re.compile(r"\n+"), 0.35),
    # Cyrillic and Arabic; Greek, Armenian, Hebrew, Georgian and all that India writes; Kana and Hangul; Han.
    (re.compile("[\u0400-\u052f\u0600-\u08ff]"), 0.33),
    (re.compile(f"[\u0370-\u03ff\u0530-\u05ff{_INDIC}\u10a0-\u10ff\u1f00-\u1fff]"), 0.42),
    (re.compile(f"[{_SYLLABLES}]"), 0.6),
    (re.compile(f"[{_HAN}]"), 0.85),
)
"""What a text is made of, and how many tokens each of it adds."""
_ONE_ENTRY = 110
"""Tokens of a document that fills a list with one entry."""
_VALUE, _SENTENCES, _ENTRY, _SHORT_VALUE = 3.0, 30.0, 12.0, 2.0
"""Tokens of a name or a date, null included; of a text in sentences; of an entry of a list, at least; of anything else."""
_ASKS_FOR_SENTENCES = re.compile("summar|sentence|paragraph", re.IGNORECASE)
_INSIDE = "'\u2019\u0300-\u036f\u0590-\u05ff\u0600-\u109f\u1700-\u1cff\u200c\u200d"
_AT_MOST = re.compile(
    rf"[A-Za-z]{{1,48}}+(?![\w{_INSIDE}])"  # most words, which the next but one would find as well, in twice the time
    rf"|[{_HAN}{_SYLLABLES}][^\W\d]{{0,11}}"
    rf"|[^\W\d_](?:[^\W\d]|[{_INSIDE}]){{0,47}}"
    r"|(?<![^\W_])[0-9]+"
)
"""What one token holds at most of letters and digits, in five vocabularies. Of spaces and dots it may hold any number."""
_BYTES_PER_TOKEN = 4


def likely_tokens(text: str) -> int:
    """Return about how many tokens a model makes of a text."""
    return round(sum(len(pattern.findall(text)) * weight for pattern, weight in _PARTS))


def likely_reply_tokens(schema: dict[str, Any], document_tokens: int) -> int:
    """Return about how many tokens a reply has, from its schema and the length of the document.

    A list grows with the document, but slower: eight times the text, four times the entries. A list within an
    entry grows as the root of that, so all tasks of all jobs grow as the text does, and the dates of a long
    contract stay few. The reply is taken to be JSON on one line.
    """
    return round(_value_tokens("", schema, (document_tokens / _ONE_ENTRY) ** (2 / 3)))


def fewest_tokens(text: str) -> int:
    """Return a number of tokens that a text makes at least."""
    return len(_AT_MOST.findall(text))


def most_tokens(data: bytes) -> int:
    """Return a number of tokens that a request cannot exceed: tokenizers make no token of less than a byte."""
    return len(data)


def roughly(data: bytes) -> int:
    """Return a quick guess for pacing: four bytes a token."""
    return -(-len(data) // _BYTES_PER_TOKEN)


def _value_tokens(name: str, node: dict[str, Any], entries: float) -> float:
    """Return about how many tokens a value has where every list has so many entries."""
    if "properties" in node:
        parts = node["properties"].items()
        return sum(likely_tokens(f'"{key}":,') + _value_tokens(key, part, entries) for key, part in parts)
    if "items" in node:
        return 1 + entries * max(_value_tokens("", node["items"], math.sqrt(entries)), _ENTRY)
    if "string" not in node.get("type", ()) or "enum" in node:
        return _SHORT_VALUE
    asked = f"{name} {node.get('description', '')}"
    return _SENTENCES if _ASKS_FOR_SENTENCES.search(asked) else _VALUE
