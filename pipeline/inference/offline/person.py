"""The person's name: the line of a CV that reads like one and agrees with the e-mail address.

Promise: a name that is printed, as printed (capitals are set in mixed case, titles left out), or None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.inference.offline.address import REACHABLE, is_street
from pipeline.inference.offline.heading_words import Heading, is_heading_text
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.scores import Scores, has_legal_form, school
from pipeline.inference.offline.words import any_of, phrases, split_words, word_list
from pipeline.schemas.names import country_code

_SEARCHED_LINES = 250
_ENOUGH = 2.0
_LONGEST, _LONGEST_LINE = 60, 120
_CUT = re.compile(r"\t|\s*[|•·‧/]\s*|\s+[-–—]\s+|,")
_BRACKET = re.compile(r"\s*(?:\([^()]*\)|(?<=\s)[\"“„«][^\"“”«»]{1,30}[\"”“»](?=\s))\s*")
_PLURAL = re.compile(r"\s?\([^()]{1,8}\)")
_BORN = re.compile(rf",?\s+(?:{any_of('labels', 'born')})\s+(?=[^\W\d_]).*")
_SURNAME_FIRST = re.compile(r"([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)?), ([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)?)")
_MARKS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670"
"""Accents and vowels that are letters of their own behind the one they belong to, as in Arabic."""
_NAME_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_'’`´.–\-]|[{_MARKS}])*(?:['’`´.–\-]+(?:[^\W\d_]|[{_MARKS}])+)*\.?")
_HOUSE_NUMBER = re.compile(r",?\s+(?:n\.?\s?[º°]?\s?|#|No:?\s?)?\d{1,4}(?!\d)\W{0,3}(?:$|[^\d\s])")
_CJK_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff々]{1,3}\s[\u3040-\u30ff\u4e00-\u9fff々]{1,4}|[\uac00-\ud7a3]{2,4}|[\uac00-\ud7a3]{1,2}\s[\uac00-\ud7a3]{1,2}"
)
_SHORT_SURNAME = re.compile(r"[^\W\d_AEIOU][AEIOU]|[AEIOU][^\W\d_AEIOU]")  # "MEI XU", but not "SURESH KR"
_EMAIL = re.compile(r"([\w.+-]{2,64})@[\w-]{1,63}\.")
_OWN_PAGE = re.compile(r"linkedin\.com/in/([^\s/|,;?]{3,80})", re.IGNORECASE)
_EXPANDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i"})
_HEADS = frozenset({"head", "contact", "profile", "other"})
_MAIN = frozenset({"profile", "work", "education"})
_HEADS_COLUMN = 3.5
_HEAD_LINES = 3
_LONGEST_HEAD = 6  # lines from under the name to the next heading
_LATER = frozenset({"work", "education", "references", "projects"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name and where it stands."""

    text: str
    line: int
    lines: int = 1
    """How many lines it takes up."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A text that may be the name."""

    text: str
    at: int
    section: str
    labelled: bool = False
    lines: int = 1
    doubtful: bool = False
    """Towns and lists are written like this, too: it needs an e-mail address or its place to speak for it."""
    behind_number: bool = False
    """It may be a part of an address: only an e-mail address can speak for it."""


def find_name(lines: list[Line], headings: dict[int, Heading], scores: Scores) -> Name | None:
    """Return the name of the person whose CV this is."""
    local_parts = _local_parts(lines, headings)
    lines = _with_capitals(lines, headings, local_parts, scores)
    in_parts = _name_in_parts(lines)
    if in_parts:
        return in_parts
    best, best_score = None, 0.0
    first = int(bool(lines) and lines[0].text in phrases("headings", "title"))  # below "Curriculum vitae"
    for one in _candidates(lines, headings):
        if not has_name_form(one.text) or _names_street(lines[one.at].text, one.text):
            continue
        at, agreement = max(0, one.at - first), _agreement(one.text, local_parts)
        heads_column = _heads_a_column(lines, headings, one, scores)
        if one.behind_number and not (agreement or one.labelled):
            continue
        if (one.doubtful or lines[one.at].bullet) and not (
            agreement or one.labelled or heads_column or (at == 0 and headings)
        ):
            continue
        score = _place(at, one.section) + agreement + 4 * one.labelled + _company(lines, one.at, scores)
        score += _HEADS_COLUMN * heads_column
        score -= _other_reading(one.text, scores) * (0.5 if at == 0 else 1.0) + one.doubtful + _is_town(lines, one)
        if score > best_score:
            best, best_score = Name(display_name(one.text, scores.language), one.at, one.lines), score
    return best if best_score >= _ENOUGH else _above_main(lines, headings, scores)


def _with_capitals(
    lines: list[Line], headings: dict[int, Heading], local_parts: list[str], scores: Scores
) -> list[Line]:
    """Read "maya okafor" at the head of a CV as "Maya Okafor", where an address of the person's own agrees."""
    particles = phrases("labels", "particles")
    for at in range(min(_HEAD_LINES, *headings)) if headings else ():
        name = _CUT.split(lines[at].text)[0]
        capitals = " ".join(word if word in particles else word.title() for word in name.split())
        is_name = name.islower() and has_name_form(capitals) and not scores.role(name)
        if is_name and _agreement(name, local_parts):
            return [*lines[:at], replace(lines[at], text=capitals + lines[at].text[len(name) :]), *lines[at + 1 :]]
    return lines


def _above_main(lines: list[Line], headings: dict[int, Heading], scores: Scores) -> Name | None:
    """Return what stands alone above the first heading of the main column, behind a side bar that was read before it.

    It has the form of a name, and nothing else under the side bar's last heading has it: there it would be one of a list.
    """
    first = min((at for at, heading in headings.items() if heading.kind in _MAIN), default=0)
    at = first - 2 if first >= 2 and scores.role(lines[first - 1].text) >= 1 else first - 1
    above = max((other for other in headings if other < at), default=None)
    if above is None or at in headings:
        return None
    text = _without_titles(lines[at].text)
    is_level = any(text in phrases("levels", kind) for kind in ("native", "others"))
    others = [line.text for line in lines[above + 1 : at] if line.text not in phrases("headings", "title")]
    if lines[at].bullet or is_level or not looks_like_name(text, scores) or any(map(has_name_form, others)):
        return None
    return Name(display_name(text, scores.language), at)


def _candidates(lines: list[Line], headings: dict[int, Heading]) -> Iterator[_Candidate]:
    section = "head"
    for at, line in enumerate(lines[:_SEARCHED_LINES]):
        heading = headings.get(at)
        section = heading.kind if heading else section
        pair = lines[at : at + 2] if not {at, at + 1} & headings.keys() else []
        if _is_broken(pair):
            is_open = _breaks_at_particle(pair)
            yield _Candidate(" ".join(half.text for half in pair), at, section, lines=2, doubtful=not is_open)
        value, is_labelled = _labelled((heading.rest if heading else line.text)[:_LONGEST_LINE])
        value = _BRACKET.sub(" ", value)  # "Willem (Bill) de Groot", "Eva Lind (she/her)", 'Erik "Jerka" Lind'
        value = _BORN.sub("", value)
        for part in dict.fromkeys([*_whole(value), *_CUT.split(value)]):
            bare = _without_titles(part)
            if bare:
                is_behind_number = bool(re.search(r"\d", value.partition(part)[0]))  # "Flat 7, Shanti Nagar"
                yield _Candidate(bare, at, section, is_labelled, behind_number=is_behind_number)
        surname_first = _SURNAME_FIRST.fullmatch(value)
        if surname_first and not country_code(surname_first[2]):
            yield _Candidate(f"{surname_first[2]} {surname_first[1]}", at, section, is_labelled, doubtful=True)


def _whole(text: str) -> list[str]:
    """Return the whole text, but not where a tab sets something else apart from the name."""
    cells = text.split("\t")
    return [text] if len(cells) == 1 or all(len(cell.split()) == 1 for cell in cells) else []


def _is_broken(pair: list[Line]) -> bool:
    """Tell whether two lines may be the two halves of a name."""
    counts = sorted(len(half.text.split()) for half in pair)
    is_other = any(half.bullet or is_heading_text(half.text) or _is_label(half.text) for half in pair)
    return (counts in ([1, 1], [1, 2]) or (len(pair) == 2 and _breaks_at_particle(pair))) and not is_other


def _breaks_at_particle(pair: list[Line]) -> bool:
    """Tell whether a particle shows that a name goes on: "Thaís Albuquerque dos" and "Santos"."""
    particles, (above, below) = phrases("labels", "particles"), (half.text.split() for half in pair)
    ends = above[-1].islower() and above[-1] in particles
    return ends or (len(below) > 1 and below[0].islower() and below[0] in particles)


def _name_in_parts(lines: list[Line]) -> Name | None:
    """Read "First name: ..." and "Surname: ..." on lines of their own."""
    found: dict[str, tuple[str, int]] = {}
    for at, line in enumerate(lines[:_SEARCHED_LINES]):
        for kind in ("first_name", "last_name"):
            end = phrases("labels", kind).prefix(line.text)
            value = line.text[end:].strip(" :\t")
            if end and line.text[end:].lstrip(" ")[:1] in (":", "\t") and 1 <= len(value.split()) <= 3:
                found.setdefault(kind, (value, at))
    if len(found) < 2 or found["first_name"][1] == found["last_name"][1]:
        return None
    (first, at), (last, other) = found["first_name"], found["last_name"]
    return Name(display_name(f"{first} {last}"), max(at, other)) if _is_capitalised([first, last]) else None


def _labelled(text: str) -> tuple[str, bool]:
    """Return the value behind "Name:", or the text without what a CV calls itself."""
    label, tab, value = text.partition("\t")
    if tab and all(part in phrases("labels", "name") for part in re.split(r"\s*/\s*", _PLURAL.sub("", label))):
        return value, True  # "Nome(s) / Apelido(s)"
    end = phrases("labels", "name").prefix(text)
    if end and (text[end:].lstrip(" ")[:1] in (":", "\t") or text[end:].startswith("  ")):
        return text[end:].lstrip(" :\t"), True
    end = phrases("headings", "title").prefix(text)
    rest = re.sub(r"^[\s:–—\-|]+(?:[oO][fF]|von|de|di|van)?\s*", "", text[end:]) if end else text
    return (rest or text), False


def _without_titles(text: str) -> str:
    """Leave out "Dr.", "mgr inż." and "MBA" around a name."""
    words = text.strip(" :.,()").split()
    titles = phrases("labels", "titles")
    ranks = phrases("labels", "ranks").match(split_words(" ".join(words)), 0)
    words = words[ranks:] if len(words) > ranks + 1 else words
    while len(words) > 2 and words[0] in titles:
        words = words[1:]
    while len(words) > 2 and words[-1].isascii() and _is_behind_name(words[-1].strip(",()")):
        words = words[:-1]
    return " ".join(words).strip(" ,")


def _is_behind_name(word: str) -> bool:
    """Tell whether a word is a title that stands behind a name, or nothing but the comma in front of one."""
    return not word or word in phrases("labels", "titles") or word in phrases("labels", "post_nominals")


def looks_like_name(text: str, scores: Scores) -> bool:
    """Tell whether a text has the form of a person's name and is nothing else that is known."""
    return has_name_form(text) and not _other_reading(text, scores)


def has_name_form(text: str) -> bool:
    """Tell whether a text is two to six capitalised words, and no heading or label."""
    if is_heading_text(text) or _is_label(text) or len(text) > _LONGEST:
        return False
    if _CJK_NAME.fullmatch(text):
        return True
    words = text.split()
    particles = phrases("labels", "particles")  # of which some begin with an apostrophe
    are_names = all(_NAME_WORD.fullmatch(word) or word in particles for word in words)
    return 2 <= len(words) <= 6 and are_names and _is_capitalised(words)


def _other_reading(text: str, scores: Scores) -> float:
    """Tell how much a text names a position, a firm or a school; "Luis Miller" does a little."""
    is_other = scores.role(text) >= 2 or scores.organisation(text) >= 2 or school(text)
    return 2.0 * bool(is_other) + 4.0 * has_legal_form(text)


def _is_capitalised(words: list[str]) -> bool:
    """Tell whether all words but particles ("van der") begin with a capital; the last is none: "Rohan Das"."""
    particles = phrases("labels", "particles")
    main = [word for word in words[:-1] if word not in particles] + words[-1:]
    return len(main) >= 2 and not any(word[0].islower() for word in main) and not words[-1][0].islower()


def _is_label(text: str) -> bool:
    return any(
        text in phrases("labels", kind)
        for kind in ("phone", "email", "address", "birth", "nationality", "licence", "name")
    )


def _place(at: int, section: str) -> float:
    """The first lines are the place for a name; in a list or a job, only an e-mail address can show one."""
    if section in _LATER:
        return -2.0
    if section not in _HEADS:
        return -1.0
    return 3.0 if at == 0 else 2.5 if at <= 2 else 1.5 if at <= 8 else 0.5


def _company(lines: list[Line], at: int, scores: Scores) -> float:
    """A position or a contact detail below, or capitals, speak for a name."""
    below = lines[at + 1].text if at + 1 < len(lines) else ""
    around = scores.role(below) >= 1 or "@" in below or bool(re.search(r"\d{4}", below))
    return 0.5 * around + 0.5 * lines[at].text.isupper()


def _heads_a_column(lines: list[Line], headings: dict[int, Heading], one: _Candidate, scores: Scores) -> bool:
    """Tell whether a text stands as a name does at the head of a main column that was read after a side bar.

    Below it stand a position, perhaps a town, or how to reach the person where nothing above has told that; then comes
    a heading that is none of a side bar's.
    """
    under = one.at + one.lines
    whole = " ".join(line.text for line in lines[one.at : under])
    is_level = any(one.text in phrases("levels", kind) for kind in ("native", "others"))
    if (
        whole != one.text
        or lines[one.at].bullet
        or is_level
        or under in headings
        or under >= len(lines)
        or scores.role(one.text) >= 1
    ):
        return False
    next_heading = next((at for at in range(under + 1, under + _LONGEST_HEAD) if at in headings), None)
    if next_heading is None or headings[next_heading].kind not in _MAIN:
        return False
    is_title = len(lines[under].text) <= _LONGEST and not is_sentence(lines[under].text)
    if is_title and next_heading <= under + 2 and scores.role(lines[under].text) >= 1:
        return True
    reaches = any(REACHABLE.search(line.text) for line in lines[under:next_heading])
    return reaches and one.section not in _LATER and not any(REACHABLE.search(line.text) for line in lines[: one.at])


def _names_street(line: str, text: str) -> bool:
    """Tell whether a text is a street in front of its number: "Avda. de la Constitución, 96"."""
    rest = line.partition(text)[2]
    return is_street(f"{text} 1") and bool(_HOUSE_NUMBER.match(rest))


def _is_town(lines: list[Line], one: _Candidate) -> bool:
    """Tell whether a Chinese or Japanese text, which may be as short as a name, is the town of a job as well."""
    others = (line.text for line in lines[:_SEARCHED_LINES] if line.text != one.text)
    return bool(_CJK_NAME.fullmatch(one.text)) and (
        one.text.endswith(tuple(word_list("addresses")["town_endings"]))
        or any(re.search(rf"[,，、\s(]{one.text}\W*$", text) for text in others)
    )


def _local_parts(lines: list[Line], headings: dict[int, Heading]) -> list[str]:
    found = []
    section = "head"
    for at, line in enumerate(lines):
        section = headings[at].kind if at in headings else section
        if section != "references":
            found += [ascii_letters(match[1]) for match in _EMAIL.finditer(line.text) if "@" in line.text]
            found += [ascii_letters(match[1]) for match in _OWN_PAGE.finditer(line.text)]
    return found[:5]


def _agreement(name: str, local_parts: list[str]) -> float:
    """Tell how well a name fits an e-mail address: 4 for two of its words, 3 for one, 0 for none."""
    words = dict.fromkeys(part for word in name.split() for part in (word, *word.split("-")))
    best = 0.0
    for local in local_parts:
        hits = sum(any(len(form) >= 3 and form in local for form in _latin_forms(word)) for word in words)
        best = max(best, 4.0 if hits >= 2 else 3.0 * hits)
    return best


def _latin_forms(word: str) -> tuple[str, str]:
    """Return how a word is written in an address: "Müller" is "muller" or "mueller"."""
    expanded = word.casefold().translate(_EXPANDED)
    return ascii_letters(word), ascii_letters(expanded)


def ascii_letters(text: str) -> str:
    """Return the bare Latin letters of a text: "Łukasz Müller" is "lukaszmuller"."""
    folded = text.casefold().translate(_PLAIN)
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in decomposed if letter.isalpha() and letter.isascii())


def display_name(text: str, language: str | None = None) -> str:
    """Return a name in mixed case: "EWA NOWAK-LIS" is "Ewa Nowak-Lis", "Léa ROUX" is "Léa Roux"."""
    if _CJK_NAME.fullmatch(text):
        return text
    particles = phrases("labels", "particles")
    is_capitals = text.isupper()
    is_turkish = language == "tr" or "İ" in text
    last = len(text.split()) - 1
    words = (
        word.casefold()
        if is_capitals and 0 < at < last and word in particles and not word.endswith(".")
        else _capital(word, is_turkish=is_turkish)
        if _is_shouted(word) or (is_capitals and at == last and _SHORT_SURNAME.fullmatch(word))
        else word
        for at, word in enumerate(text.split())
    )
    return " ".join(words)


def _is_shouted(word: str) -> bool:
    """Tell whether a word is in capitals and no initial: "BERTHIER", but not "J." or "JP"."""
    return word.isupper() and sum(letter.isalpha() for letter in word) > 2


def _capital(word: str, *, is_turkish: bool) -> str:
    return re.sub(r"[^\W\d_]+", lambda part: part[0][0] + _small(part[0][1:], is_turkish=is_turkish), word)


def _small(text: str, *, is_turkish: bool) -> str:
    """Return a text in small letters; Turkish has an i with a point and one without."""
    return (text.replace("I", "ı").replace("İ", "i") if is_turkish else text).lower()
