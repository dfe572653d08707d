"""Skills: lists one a line, between commas, in groups, or in a sentence.

Promise: items as printed, one each, in order; prose, names of groups, years and self-given marks ("advanced", "●●●○")
are no items.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from pipeline.inference.offline.cv.heads import labelled_value
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.text import trimmed
from pipeline.inference.offline.words import any_of, phrases, split_words, word_list
from pipeline.inference.offline.wraps import ends_openly

_NO_SKILLS = ("conditions", "employer", "position", "email", "phone")
"""Labels of details that job boards print among the skills."""
_MOST = 120
_LONGEST, _MOST_WORDS = 70, 7
_MOST_LINES, _LONGEST_LIST = 500, 4_000
_LIST_MARKS = "•·‧▪●■►✓"
_SEPARATOR = re.compile(rf"\s*[;|{_LIST_MARKS}\t、]\s*|,(?!\d)(?![^()]*\))\s*|\s+/\s+")
_MARKED_CELL = re.compile(rf"\t[{_LIST_MARKS}]\s*(?=[^\W_])")
_DASHED = re.compile(r"\s+[-–]\s+")  # "Welding - Grinding - Forklift"
_GROUP = re.compile(r"^([^:,;|•()\t]{2,45})(?:(?<=\w{3}):\s*|:\s+|:?\t\s*)(?=\S)")  # not "1С:Предприятие"
_RATED_GROUP = re.compile(r"([^:,;|•()\t]{2,45})\s\(([^():]{2,30})\):")  # "Databases (advanced): PostgreSQL"
_SHARE = r"\d{1,3}\s?%|\d{1,2}\s?/\s?(?:5|10)\b"
_MARKS = re.compile(rf"[★☆●○■□▪▫◆◇✦✧⬤◯⚫⚪▰▱█░▓⭐]+|\b(?:{_SHARE})|\(\s*(?:{_SHARE})\s*\)")
_YEARS = re.compile(rf"\s*\(?\b\d{{1,2}}\+?\s*(?:{any_of('ranges', 'units')})\b[^,;]*\)?$", re.IGNORECASE)
_EXPLAINED_WORDS = 4
_LONGEST_UNCLEAR = 2  # letters of an "and" that is another word in other languages
_SIGNATURE = re.compile(r",.{0,8}\d{1,2}\.\s?\d{1,2}\.\s?\d{4}$")  # "Köln, den 03.02.2026"


def read_skills(lines: Iterable[Line], language: str | None = None) -> list[str]:
    """Return the skills of a section. `language` of the document: "en" is "and" in Dutch only."""
    printed = _without_colons(_unwrapped(itertools.islice(lines, _MOST_LINES)))
    whole = map(_without_ratings, _without_names(printed))
    texts = [text for text in whole if text and not _is_prose(text) and not labelled_value(text, *_NO_SKILLS)]
    # A tab sets a group's name apart where lists stand behind tabs; where single words do, they are two columns.
    named = any(_names_list(*text.split("\t", 1)) for text in texts if "\t" in text)
    items = (item for text in texts for item in _items(text if named else text.replace("\t", "; "), language))
    return list(dict.fromkeys(items))[:_MOST]


def _without_colons(texts: list[str]) -> list[str]:
    """Leave out the colon behind a skill for which a template has no list: the next has none, either, or there is no next."""
    ends = [text.endswith(":") for text in texts]
    is_bare = [end and following for end, following in itertools.pairwise([*ends, True])]
    return [text.rstrip(": ") if bare and any(ends[:-1]) else text for text, bare in zip(texts, is_bare, strict=True)]


def _without_names(texts: list[str]) -> list[str]:
    """Leave out the names of groups that stand on lines of their own, each above its list: "Web", "HTML, CSS"."""
    names, lists = texts[::2], texts[1::2]
    is_grouped = len(lists) > 1 and len(names) == len(lists) and all(map(_SEPARATOR.search, lists))
    return lists if is_grouped and not any(map(_SEPARATOR.search, names)) else texts


def _without_ratings(text: str) -> str:
    """Leave out the cells of a table that say how well or how long, and the line that names its columns."""
    columns, ratings = phrases("skills", "columns"), phrases("skills", "ratings")
    rated = _RATED_GROUP.match(text)
    text = f"{rated[1]}:{text[rated.end() :]}" if rated and rated[2] in ratings else text
    first, *others = text.split("\t")
    if others and all(cell in columns for cell in (first, *others)):
        return ""
    return "\t".join([first, *(cell for cell in others if cell not in ratings and not cell.strip().isdigit())])


def _names_list(first: str, rest: str) -> bool:
    """Tell whether the first cell of a line is the name of a group."""
    return first.endswith(":") or any(_SEPARATOR.search(cell) for cell in rest.split("\t"))


def group_of(text: str) -> tuple[str, str] | None:
    """Return (name, items) of a line such as "Databases: PostgreSQL, Redis"."""
    found = _GROUP.match(text)
    return (found[1].strip(), text[found.end() :]) if found else None


def _unwrapped(lines: Iterable[Line]) -> list[str]:
    """Return the lines of a list, those joined that a narrow column broke."""
    texts: list[str] = []
    for line in lines:
        text = _without_marks(line.text) if line.bullet else line.text
        if texts and not line.bullet and len(texts[-1]) < _LONGEST_LIST and _goes_on(texts[-1], line.text):
            texts[-1] = f"{texts[-1]} {line.text}"
        else:
            texts.append(text)
    return texts


def _without_marks(text: str) -> str:
    """Leave out the marks of the items behind the first, where each of a line stands behind a tab and a mark."""
    return _MARKED_CELL.sub("\t", text)


def _goes_on(above: str, text: str) -> bool:
    """Tell whether a line carries on the list above: behind a comma or "and", or with a small letter within a list."""
    joints = phrases("skills", "and")
    first, last = text.split(maxsplit=1)[0], above.rsplit(maxsplit=1)[-1]
    if (
        ends_openly(above)
        or above.endswith(",")
        or text.startswith(("&", ","))
        or last in joints
        or (first in joints and len(first) > 1)
    ):
        return True
    is_list = "," in above or bool(_lead_end(above))
    return is_list and not above.endswith((".", ";")) and (text[0].islower() or bool(_lead_end(above)))


def _is_prose(text: str) -> bool:
    """Tell whether a text is a sentence or the title of a group, not a list."""
    if text.endswith(":") or _SIGNATURE.search(text):
        return True
    bare = text.rstrip("; ")
    return is_sentence(bare) and not _SEPARATOR.search(bare) and not _lead_end(text)


def _items(text: str, language: str | None) -> Iterator[str]:
    group = group_of(text)
    if group and _explains(group[1]):
        text = group[0]  # "Budgeting: controlled budgets of two branches"
    elif group:
        text = group[1]
    lead = _lead_end(text)
    separator = _DASHED if len(_DASHED.findall(text)) > 1 and not _SEPARATOR.search(text) else _SEPARATOR
    parts = [part for part in separator.split(text[lead:].strip().rstrip(".")) if part and part.strip()]
    if (lead or len(parts) > 2) and parts:
        parts[-1:] = _split_and(parts[-1], language, is_sure=bool(lead))
    yield from filter(None, map(tidy_skill, parts))


def _explains(text: str) -> bool:
    """Tell whether what stands behind a name is no list, but a sentence about it or a mark."""
    return text in phrases("skills", "ratings") or (
        not _SEPARATOR.search(text) and len(text.split()) >= _EXPLAINED_WORDS
    )


def _lead_end(text: str) -> int:
    """Return the offset behind "Experienced in" at the beginning of a sentence; 0: there is none."""
    end = phrases("skills", "leads").prefix(text)
    return end if end and text[end:].startswith((" ", ":")) and len(text) > end + 2 else 0


def _split_and(text: str, language: str | None, *, is_sure: bool) -> list[str]:
    """Split the end of a list, "C and D" or "and D"; without a sentence around it, "C and D" may be one skill."""
    words = split_words(text)
    joints = [word for word in words if _is_and(word.key, language)]
    if joints and joints[0] is words[0] and len(words) > 1:
        return [text[words[0].end :]]
    if is_sure and joints and joints[0] is not words[-1]:
        return [text[: joints[0].start], text[joints[0].end :]]
    return [text]


def _is_and(key: str, language: str | None) -> bool:
    """Tell whether a word is "and"; a short one of another language is not, where this one has a word of its own."""
    is_own = key in phrases("skills", "and", str(language)) or key in phrases("skills", "and", "en")
    is_clear = len(key) > _LONGEST_UNCLEAR or language not in word_list("skills")["and"]
    return is_own or (is_clear and key in phrases("skills", "and"))


def tidy_skill(text: str) -> str | None:
    """Return a skill without marks, or None when it is none."""
    text = trimmed(_YEARS.sub("", _MARKS.sub("", text)))
    mark = re.search(r"\s*[(–—-]\s*([^()]+?)\)?$", text)
    if mark and mark[1] in phrases("skills", "ratings"):
        text = text[: mark.start()].strip()
    is_long = len(text) > _LONGEST or len(text.split()) > _MOST_WORDS
    digits = sum(letter.isdigit() for letter in text)
    is_skill = re.search(r"[^\W_]", text) and digits < min(7, len(text)) and "@" not in text  # no phone, no number
    return text if is_skill and not is_long and text not in phrases("skills", "ratings") else None
