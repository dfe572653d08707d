"""What a GGUF file says of the model in it: only as much as is needed to tell how much memory it takes.

Source: the format's specification (ggml/docs/gguf.md), version 3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

_GGUF_MAGIC = b"GGUF"
_HALF_PRECISION = 2
"""Bytes of a number in the context's memory."""
_STRING, _ARRAY = 8, 9
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


def bytes_per_token(facts: dict[str, Any]) -> int:
    """Return what one token of context takes at least; 0 where the header does not say, or says it in a newer way.

    Models that look back through a window, or keep a compressed context, take less than they would by these numbers.
    """
    kind = facts.get("general.architecture")
    about = {name.removeprefix(f"{kind}."): value for name, value in facts.items()}
    if {"attention.sliding_window", "attention.kv_lora_rank"} & set(about):
        return 0
    names = ("block_count", "embedding_length", "attention.head_count")
    blocks, width, heads = (about.get(name) for name in names)
    if not (isinstance(blocks, int) and isinstance(width, int) and isinstance(heads, int) and heads):
        return 0
    kept = about.get("attention.head_count_kv", heads)
    total = sum(kept) if isinstance(kept, list) else kept * blocks
    sizes = [about.get(f"attention.{name}_length", width // heads) for name in ("key", "value")]
    return int(total * sum(sizes) * _HALF_PRECISION)


def read_facts(file: BinaryIO, size: int) -> dict[str, Any] | None:
    """Return what a GGUF header says of the model, without its vocabulary; None: it is no GGUF.

    Raises struct.error or ValueError for a header that is not whole.
    """
    if file.read(4) != _GGUF_MAGIC:
        return None
    _version, _tensors, number = struct.unpack("<IQQ", file.read(20))
    return dict(_pairs(file, size, number))


def _pairs(file: BinaryIO, size: int, number: int) -> Iterator[tuple[str, Any]]:
    """Yield names and values up to the vocabulary, which comes last and is long."""
    for _ in range(number):
        name = _string(file, size)
        if name.startswith("tokenizer."):
            return
        yield name, _value(file, size, _unpacked(file, "I"))


def _value(file: BinaryIO, size: int, kind: int) -> Any:
    if kind == _STRING:
        return _string(file, size)
    if kind != _ARRAY:
        if kind not in _FORMATS:
            raise ValueError(kind)
        return _unpacked(file, _FORMATS[kind])
    inner, length = _unpacked(file, "I"), _unpacked(file, "Q")
    if length > size or inner == _ARRAY:
        raise ValueError(length)
    return [_value(file, size, inner) for _ in range(length)]


def _string(file: BinaryIO, size: int) -> str:
    length = _unpacked(file, "Q")
    if length > size:
        raise ValueError(length)
    return file.read(length).decode(errors="replace")


def _unpacked(file: BinaryIO, form: str) -> Any:
    return struct.unpack(f"<{form}", file.read(struct.calcsize(form)))[0]
