"""Good files with damage at seeded places."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from case import DONE, Case, case
from offices import docx, odt, paragraph

_PROJECT = Path(__file__).resolve().parent.parent.parent
_PER_KIND = 70
_READABLE = {
    # A PDF that is cut or flipped may lose its letters, its fonts or its last page, and may then seem to have a lock.
    "pdf": (DONE, "damaged", "no_text", "garbled", "encrypted", "limit", "too_large"),
    # A zip holds a sum of each part: it is whole, or it is damaged; a flipped bit may call it locked, or very large.
    "docx": (DONE, "damaged", "encrypted", "limit", "unsupported"),
    "odt": (DONE, "damaged", "encrypted", "limit", "unsupported"),
    # Text is read as far as it goes.
    "rtf": (DONE, "damaged", "no_text", "unsupported"),
    "html": (DONE, "no_text", "unsupported"),
}
"""What damage may make of each kind."""
Damage = Callable[[random.Random, bytes, bytes], bytes]


def damaged(seed: int) -> Iterator[Case]:
    """Yield the damaged files of one seed."""
    chance, made = random.Random(seed), set[bytes]()
    for kind, seeds in _seeds().items():
        for number in range(_PER_KIND):
            harm = _HARMS[number % len(_HARMS)]
            while (data := harm(chance, chance.choice(seeds), chance.choice(seeds))) in made:
                pass
            made.add(data)
            yield case(f"damaged-{kind}-{number}-{harm.__name__.strip('_')}.{kind}", data, *_READABLE[kind])


def _seeds() -> dict[str, list[bytes]]:
    samples = _PROJECT / "sample_docs"
    pdfs = [*samples.glob("*.pdf"), *sorted((_PROJECT / "tests" / "layouts").glob("*.pdf"))]
    rows = "".join(
        f"<w:tr><w:tc>{paragraph(f'{year}')}</w:tc><w:tc>{paragraph('Leeds')}</w:tc></w:tr>"
        for year in range(2001, 2020)
    )
    lines = "".join(
        f"<text:p>In {year} at <text:span>Leeds</text:span><text:s text:c='3'/>again</text:p>"
        for year in range(2001, 2020)
    )
    rtf = (
        r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\b Ada Kowalczyk}\par caf\'e9 \u8364? {\v hidden} Leeds\par "
        + r"2019\tab Shift supervisor\par " * 20
        + "}"
    )
    return {
        "pdf": [path.read_bytes() for path in sorted(pdfs)],
        "docx": [*(path.read_bytes() for path in sorted(samples.glob("*.docx"))), docx(f"<w:tbl>{rows}</w:tbl>")],
        "odt": [odt(lines)],
        "rtf": [rtf.encode()],
        "html": [path.read_bytes() for path in sorted(samples.glob("*.html"))],
    }


def _cut(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    return data[: chance.randrange(16, len(data))]


def _flipped(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 10, 100))):
        changed[chance.randrange(16, len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _lost(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    start = chance.randrange(16, len(data))
    return data[:start] + data[start + chance.randrange(1, 2_000) :]


def _doubled(chance: random.Random, data: bytes, _other: bytes) -> bytes:
    start = chance.randrange(16, len(data))
    end = start + chance.randrange(1, 2_000)
    return data[:end] + data[start:]


def _spliced(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: chance.randrange(16, len(data))] + other[chance.randrange(len(other)) :]


_HARMS: tuple[Damage, ...] = (_cut, _flipped, _lost, _doubled, _spliced)
