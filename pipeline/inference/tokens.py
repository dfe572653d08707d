"""How many tokens a text makes, without a tokenizer: a likely number, and two that are sure.

Characters a token, measured with o200k (INFERENCE facts): English 4.2, German 4.6, Polish 3.5, Arabic
3.9, Greek 2.8, Chinese 1.4, tables 1.7.
"""

from __future__ import annotations

import json
import re
from typing import Any

_MOST_CHARACTERS = 5.0
"""No language of ours has more characters a token."""
_BYTES_PER_TOKEN = 4
_COPIED_BY_A_LIST = 0.2
_SCRIPTS = (
    (re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]"), 1 / 1.4),
    (re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"), 1 / 2.8),
    (re.compile(r"[\u0400-\u052f]"), 1 / 3.2),
    (re.compile(r"[\u0590-\u08ff]"), 1 / 3.2),
    (re.compile(r"[\u0080-\u036f\u1e00-\u1eff]"), 1 / 1.3),
    (re.compile(r"[A-Za-z ]"), 1 / 4.6),
    (re.compile(r"\d"), 1 / 2.4),
    (re.compile(r"[\n\t!-/:-@\[-`{-~]"), 1 / 2.0),
)
"""What each kind of character adds. Letters with marks split words, so they weigh more than plain ones."""


def likely_tokens(text: str) -> int:
    """Return about how many tokens a model makes of a text."""
    return round(sum(len(pattern.findall(text)) * weight for pattern, weight in _SCRIPTS))


def likely_reply_tokens(schema: dict[str, Any], document_tokens: int) -> int:
    """Return about how long a reply will be, from its schema: what is always there, and what it copies.

    Each list of objects holds facts that a document may state any number of times, so it copies a part
    of the document: a fifth, on the CVs and letters this was measured with.
    """
    skeleton = json.dumps(_skeleton(schema), separators=(",", ":"))
    return likely_tokens(skeleton) + round(_COPIED_BY_A_LIST * _lists_of_objects(schema) * document_tokens)


def fewest_tokens(text: str) -> int:
    """Return a number of tokens that a text makes at least."""
    return int(len(text) / _MOST_CHARACTERS)


def most_tokens(data: bytes) -> int:
    """Return a number of tokens that a request cannot exceed: tokenizers make no token of less than a byte."""
    return len(data)


def roughly(data: bytes) -> int:
    """Return a quick guess for pacing: four bytes a token."""
    return -(-len(data) // _BYTES_PER_TOKEN)


def _skeleton(node: dict[str, Any]) -> Any:
    """Return the emptiest value of a schema that still names everything."""
    if "properties" in node:
        return {name: _skeleton(part) for name, part in node["properties"].items()}
    return [_skeleton(node["items"])] if "items" in node else None


def _lists_of_objects(node: dict[str, Any]) -> int:
    inner = [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]
    return sum(map(_lists_of_objects, inner)) + ("properties" in node.get("items", {}))
