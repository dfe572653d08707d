"""Pictures that say more than they hold, made by hand. None of them shows a letter."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from case import Case, case

_HUGE = 100_000


def pictures() -> Iterator[Case]:
    """Yield the pictures. Without OCR one that can be opened is no text; it is not decoded to find that it is cut."""
    for name, side, expected in (
        ("huge", _HUGE, "too_large"),
        ("small", 8, "no_text"),
        ("none", 0, "damaged"),
        ("beyond", 2**31 - 1, "too_large"),
    ):
        yield case(f"picture-{name}.png", _png(side, side), expected)
        yield case(f"picture-{name}.gif", _gif(side), expected)
        yield case(f"picture-{name}.bmp", _bmp(side), expected)
        yield case(f"picture-{name}.tiff", _tiff(side), expected)
        yield case(f"picture-{name}.webp", _webp(side), "no_text", "damaged")
        yield case(f"picture-{name}.jpg", _jpeg(side), expected)
    yield case("picture-bomb.png", lambda: _png(20_000, 20_000, 400_000_000), "too_large")
    yield case("picture-bomb-of-fewer.png", lambda: _png(7_000, 7_000, 400_000_000), "no_text")
    yield case("picture-cut.png", _png(600, 600)[:60], "no_text")
    yield case("picture-of-chunks.png", _png(8, 8)[:33] + _chunk(b"tEXt", b"a\0b") * 200_000, "damaged")
    texts = _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000)))
    yield case("picture-text-bomb.png", _png(8, 8)[:33] + texts + _png(8, 8)[33:], "damaged")
    yield case("picture-cut.jpg", _jpeg(600)[:40], "damaged")
    yield case("picture-directory-loop.tiff", _tiff(8, following=8), "no_text", "damaged")
    narrow = _tiff(8, following=186) + struct.pack("<HHHLLL", 1, 257, 4, 1, 8, 0)
    yield case("picture-second-without-width.tiff", narrow, "damaged")
    yield case("picture-as-a-pdf.pdf", _png(9, 9), "no_text")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def _png(width: int, height: int, held: int = 1000) -> bytes:
    packer, blank = zlib.compressobj(9), bytes(1000)
    pixels = b"".join([*(packer.compress(blank) for _ in range(held // 1000)), packer.flush()])
    head = _chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _gif(side: int) -> bytes:
    short = min(side, 65535)
    screen = struct.pack("<HHBBB", short, short, 0x80, 0, 0) + bytes(6)
    return b"GIF89a" + screen + b"," + struct.pack("<HHHHB", 0, 0, short, short, 0) + b"\2\2\x4c\1\0;"


def _bmp(side: int) -> bytes:
    info = struct.pack("<LllHHLLllLL", 40, side, side, 1, 24, 0, 0, 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<LHHL", 54 + 64, 0, 0, 54) + info + bytes(64)


def _tiff(side: int, following: int = 0) -> bytes:
    said = ((256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 122), (277, 1), (278, side), (279, 64))
    tags = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in said)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(said)) + tags + struct.pack("<L", following) + bytes(64)


def _webp(side: int) -> bytes:
    canvas = min(side, 2**24 - 1).to_bytes(3, "little")
    extended = b"VP8X" + struct.pack("<LL", 10, 0) + canvas + canvas
    return (
        b"RIFF"
        + struct.pack("<L", 4 + len(extended) + 24)
        + b"WEBP"
        + extended
        + b"VP8L"
        + struct.pack("<L", 16)
        + b"/"
        + bytes(15)
    )


def _jpeg(side: int) -> bytes:
    short = min(side, 65535)
    frame = struct.pack(">BHHB", 8, short, short, 1) + b"\1\x11\0"
    tables = b"\xff\xdb\0\x43\0" + b"\1" * 64 + b"\xff\xc4\0\x14\0\1" + bytes(16)
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(32)
    return (
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
        b"\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + tables + scan + b"\xff\xd9"
    )
