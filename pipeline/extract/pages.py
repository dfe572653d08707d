"""What was read of a document, to the text that is handed on, with the offsets at which its pages begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.errors import NoTextError, TooLongError
from pipeline.extract.clean import clean, has_words
from pipeline.extract.limits import Limits
from pipeline.extract.unseen import spelled_without_width, told
from pipeline.records import Extraction, Notice

_BREAK = "\n\n"


def joined(pages: Sequence[str], limits: Limits) -> tuple[str, tuple[int, ...], tuple[Notice, ...]]:
    """Return one text, the offset of each page, and what was cut. Raises TooLongError where nothing may be cut."""
    starts, length = [], 0
    for page in pages:
        starts.append(length)
        length += len(page) + len(_BREAK)
    text, most = _BREAK.join(pages), limits.max_characters
    if len(text) <= most:
        return text, tuple(starts) or (0,), ()
    if not limits.truncate:
        raise TooLongError(
            f"it holds {len(text):,} characters of text; the limit is {most:,}",
            "split it, or raise max_characters under [extract] in pipeline.toml, then: pipeline retry",
        )
    told = f"only the first {most:,} of {len(text):,} characters were read"
    return text[:most], tuple(start for start in starts if start < most), (Notice("truncated", told),)


def split(text: str, starts: Sequence[int]) -> list[str]:
    """Return the pages of a text that was joined."""
    ends = (*(start - len(_BREAK) for start in starts[1:]), len(text))
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def without_pages(
    raw: Sequence[str],
    limits: Limits,
    *,
    media_type: str,
    extractor: str,
    links: tuple[str, ...] = (),
    hidden: Mapping[str, int] | None = None,
) -> Extraction:
    """Clean and join the parts of a document of a format without pages. Raises NoTextError, TooLongError.

    What two parts say alike (the headers of two kinds of page) stays once. `hidden`: see `told`.
    """
    whole = "\n".join(text for text in dict.fromkeys(map(clean, raw)) if text)
    if not has_words(whole):
        raise NoTextError(
            "there is no text in it",
            "look at it: if it holds a picture of a page, save it as PDF and put that in the inbox; else ask the sender again",
        )
    text, starts, cut = joined([whole], limits)
    notices = told({**(hidden or {}), "zero_width": sum(map(spelled_without_width, raw))})
    return Extraction(text, starts, media_type, extractor, links, cut + notices)
