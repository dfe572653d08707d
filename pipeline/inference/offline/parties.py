"""Who a business document is between.

Promise: names as printed, behind the words or in the place where such documents print them; addresses are cut off.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.mailing import addressed_names, honoured_names
from pipeline.inference.offline.person import looks_like_name
from pipeline.inference.offline.scores import Scores, has_legal_form, is_legal_form, school
from pipeline.inference.offline.words import phrases, split_words, word_list

_HEAD_LINES = 14
_LONGEST_NAME, _MOST_WORDS_OF_FIRM = 80, 7
_END_OF_NAME = re.compile(
    r"\t|\s[-–—|•·]\s|\s\(|,\s+(?!(?:Inc|LLC|Ltd|Lda|S\.|Corp|Co\b|GmbH|s\.))|;|:\s|\s+\d{1,5}\b|\s*[„\"“]"
)
_FIRM = re.compile(r"[^\t;:–—|•·@„\"“”«»]+")
"""What the name of a firm is looked for in, up to its legal form: it may hold brackets, numbers and commas."""
_QUOTED = re.compile(r"\s*[„\"“«]([^„\"“”«»]{2,60})[\"“”»]")
_NUMBERING = re.compile(r"^(?:\(?(?:\d{1,2}|[a-dA-D]|i{1,3})[.)]|[1-9]\s)\s*")
_IN_BRACKETS = re.compile(r"^\([^()]*\)\s*|\s*\([^()]*\)$")
_HOUSE_NUMBER = re.compile(r"[^\W\d_]\.?\s\d{1,4}[a-z]?$")
_NO_NAME = re.compile(r"[@]|https?:|www\.|\d{4,}|^\W*$")


def find_parties(kind: str, lines: list[Line], scores: Scores, person: str | None) -> list[str]:
    """Return the names of the parties of a document of this kind. `person` is a name found by its e-mail address."""
    readers = {
        "invoice": _of_invoice,
        "contract": _of_contract,
        "cover_letter": _of_letter,
        "job_ad": _of_job_ad,
        "certificate": _of_certificate,
    }
    reader = readers.get(kind, _of_any)
    names = (tidy_name(name) for name in reader(lines, scores, person))
    found: list[str] = []
    for name in names:
        if name and name.casefold() not in {one.casefold() for one in found}:
            found.append(name)
    return found


def tidy_name(text: str) -> str | None:
    """Return the name a text begins with, or None."""
    bare = _without_address_form(_NUMBERING.sub("", text.strip(" \t:,.•–—-")))
    bare = _without_honour(bare)
    name = _firm(bare) or _with_quoted(bare) or _END_OF_NAME.split(bare)[0].strip(" ,:")
    name = _to_legal_form(name) or name
    if text.rstrip().endswith(".") and re.search(r"\.\w{1,2}$|\b(?:Inc|Ltd|Co|Corp|Lda|Şti)$", name):
        name += "."
    is_name = 2 <= len(name) <= _LONGEST_NAME and re.search(r"[^\W\d_]{2}", name) and len(name.split()) <= 9
    if not is_name or _NO_NAME.search(name):
        return None
    return name


def _without_address_form(text: str) -> str:
    """Leave out how a person is addressed ("Frau Ida Berg") and an article that is no part of a name ("der Anker AG")."""
    end = phrases("business", "address_forms").prefix(text)
    rest = text[end:].lstrip(" .")
    if end and rest[:1].isupper():
        return rest
    first, _, rest = text.partition(" ")
    return rest if first in word_list("business")["articles"] and rest[:1].isupper() else text


def _without_honour(text: str) -> str:
    return next((text[: -len(word)].rstrip() for word in word_list("business")["honours"] if text.endswith(word)), text)


def _firm(text: str) -> str | None:
    """Return the name of a firm that holds what ends other names: "The Old Mill (Bath) Ltd", "Smith, Jones & Co. LLP"."""
    found = _FIRM.match(text)
    name = (_to_legal_form(found[0].strip()) or "").rstrip(",") if found else ""
    if not name or not _END_OF_NAME.search(name) or len(name.split()) > _MOST_WORDS_OF_FIRM:
        return None
    words = name.replace("(", " ").replace(")", " ").split()
    is_list = "," not in name or bool(re.search(r",.*\s(?:&|and|und|et|y|e)\s", name))
    return name if is_list and all(word[0].isupper() or word[0].isdigit() or len(word) <= 3 for word in words) else None


def _with_quoted(text: str) -> str | None:
    """Return a name that is partly in quotes, as in the East: 'UAB "Baltic Trade House"', not 'Anker Ltd "the Supplier"'."""
    found = _QUOTED.search(text)
    before = text[: found.start()] if found else ""
    if not found or _END_OF_NAME.search(before) or has_legal_form(before) or not 1 <= len(before.split()) <= 3:
        return None
    if not all(word[:1].isupper() for word in before.split()) or not found[1][:1].isupper():
        return None
    behind = text[found.end() :].strip(" ,").split(" ")[0]
    return text[: found.end()] + (f" {behind}" if behind and has_legal_form(f"x {behind}") else "")


def _to_legal_form(name: str) -> str | None:
    """Return a firm's name up to the end of its legal form: "Kłos Sp. z o.o. z siedzibą w Krakowie" goes on too long."""
    words = name.split()
    if words and is_legal_form(words[0]):
        return None  # it leads the name: "ТОВ «Карпати»"
    ends = [count for count in range(2, len(words) + 1) if has_legal_form(" ".join(words[:count]))]
    if not ends:
        return None
    end = ends[0]
    while end < len(words) and (words[end] in ("&", "und") or has_legal_form(f"x {words[end]}")):
        end += 1
    return " ".join(words[:end])


def labelled(lines: list[Line], *kinds: str) -> Iterator[str]:
    """Yield the values behind labels of these kinds, on the same line or on the next."""
    for at, line in enumerate(lines):
        cells = line.text.split("\t")
        for kind, (column, cell) in itertools.product(kinds, enumerate(cells)):
            end = phrases("business", "labels", kind).prefix(cell)
            rest = _IN_BRACKETS.sub("", cell[end:].strip())
            if not end or (rest and rest[0] != ":" and not _goes_on(cell[:end], rest)):
                continue
            beside = cells[column + 1] if column + 1 < len(cells) else ""
            below = _below(lines, at)
            if rest.strip(" :"):
                yield rest.strip(" :")
            elif beside and not _is_label(beside):
                yield beside
            elif below and (rest or cell.isupper() or len(cell) > 3):
                yield _without_name_label(below[column] if len(below) == len(cells) else "\t".join(below))


def _goes_on(label: str, rest: str) -> bool:
    """Tell whether a name follows a label of several words without a colon: "Prepared for Mrs Hannah Colley"."""
    return " " in label and not is_sentence(rest) and all(word[0].isupper() or len(word) <= 3 for word in rest.split())


def _below(lines: list[Line], at: int) -> list[str]:
    """Return the cells of the next line that is not a label as well: "BILL TO" may stand above "SHIP TO"."""
    texts = (line.text for line in lines[at + 1 : at + 3])
    return next((text.split("\t") for text in texts if not _is_label(text)), [])


def _without_name_label(text: str) -> str:
    """Return what stands behind "Name:"."""
    end = phrases("business", "labels", "party_name").prefix(text)
    rest = text[end:].lstrip(" \t")
    return rest.lstrip(" :\t") if end and rest[:1] == ":" else text


def _is_label(text: str) -> bool:
    kinds = ("seller", "buyer", "party", "date", "due", "number", "other_number")
    bare = _IN_BRACKETS.sub("", text).strip(" :")
    return any(bare in phrases("business", "labels", kind) for kind in kinds)


def _of_invoice(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    buyers = list(labelled(lines, "buyer"))[:1] or list(honoured_names(lines))[:1]
    sellers = list(labelled(lines, "seller"))[:1]
    if sellers or buyers:
        sellers = sellers or _senders(lines, scores, buyers) or _first_plain(lines)
        yield from [*sellers, *(buyers or _addressees(lines, sellers))]
    else:
        yield from _unlabelled(lines, scores)


def _unlabelled(lines: list[Line], scores: Scores) -> list[str]:
    """Return who sends an invoice and to whom; of two with an address the first sends it, be it a person to a firm."""
    senders = _senders(lines, scores, []) or _first_plain(lines)
    both = [*senders, *_addressees(lines, senders)]
    addressed = list(addressed_names(lines))
    return sorted(both, key=addressed.index) if all(name in addressed for name in both) else both


def _senders(lines: list[Line], scores: Scores, others: list[str]) -> list[str]:
    """Return the organisation that a document begins with, as long as it is none of the others."""
    known = set(map(tidy_name, others))
    cells = [Line(cell) for line in lines[:_HEAD_LINES] for cell in line.text.split("\t")]
    return [name for name in _organisations(cells, scores) if tidy_name(name) not in known][:1]


def _addressees(lines: list[Line], senders: list[str], most: int = 1) -> list[str]:
    """Return the first names above a postal address that are not the sender's."""
    known = set(map(tidy_name, senders))
    return [name for name in addressed_names(lines) if tidy_name(name) not in known][:most]


def _first_plain(lines: list[Line]) -> list[str]:
    """Return the first line when it may be a letterhead: a name, no title and no sentence."""
    return [
        line.text
        for line in lines[:1]
        if not is_sentence(line.text) and not phrases("business", "titles").prefix(line.text)
    ]


def _of_contract(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    yield from (
        list(_below_heading(lines))
        or list(_between(lines))
        or list(labelled(lines, "party", "seller", "buyer"))[:2]
        or list(_organisations(lines[:_HEAD_LINES], scores))[:1]
    )


def _below_heading(lines: list[Line]) -> Iterator[str]:
    """Read the two names below "Parties" on lines of their own: numbered, firms, or called something from here on."""
    for at, line in enumerate(lines[:60]):
        if line.text.strip(" :").casefold() in phrases("business", "labels", "parties"):
            below = [text.text for text in lines[at + 1 : at + 14]]
            names = list(filter(_is_party, below))
            if len(names) >= 2 and all(map(tidy_name, names[:2])):
                yield from names[:2]
            return


def _is_party(text: str) -> bool:
    is_called = any(True for _ in phrases("business", "cues", "contract").find(split_words(text)))
    return bool(_NUMBERING.match(text) or is_called or has_legal_form(tidy_name(text) or ""))


def _between(lines: list[Line]) -> Iterator[str]:
    """Read "between X and Y", in one sentence or with each name on a line of its own."""
    for at, line in enumerate(lines[:60]):
        words = split_words(line.text)
        place = next(phrases("business", "labels", "between").find(words), None)
        if not place:
            continue
        rest = line.text[words[sum(place) - 1].end :].strip(" :")
        block = [*filter(None, [rest]), *(below.text for below in lines[at + 1 : at + 14])]
        parties = list(filter(tidy_name, _two_parties(block))) if block else []
        if len(parties) == 2:
            yield from parties
            return


def _two_parties(block: list[str]) -> Iterator[str]:
    """Yield the name that a block begins with and the one behind its "and"."""
    first = block[0]
    joint = _and_in(first)
    yield first[: joint[0]] if joint else first
    if joint:
        yield first[joint[1] :] or (block[1] if len(block) > 1 else "")
        return
    for at, text in enumerate(block[1:], 1):
        bare = text.strip(" ,.:-–—").casefold()
        if bare in phrases("skills", "and") and at + 1 < len(block):
            yield block[at + 1]
            return
        end = phrases("skills", "and").prefix(text)
        if end and text[end:].strip():
            yield text[end:].strip()
            return


def _and_in(text: str) -> tuple[int, int] | None:
    """Return where an "and" between two capitalised names begins and ends."""
    words = split_words(text)
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        capitals = not text[before.start].islower() or text[: word.start].rstrip().endswith((",", ")", "."))
        is_and = word.key in phrases("skills", "and") and word.key != "&"
        is_article = len(word.key) == 1 and text[: word.start].rstrip().endswith(",")  # "Inc., a Delaware corporation"
        if is_and and not is_article and capitals and not text[after.start].islower():
            return word.start, word.end
    return None


def _of_letter(lines: list[Line], scores: Scores, person: str | None) -> Iterator[str]:
    if person:
        yield person
    for line in lines[:_HEAD_LINES]:
        if phrases("business", "cues", "cover_letter").prefix(line.text) or phrases(
            "business", "titles", "cover_letter"
        ).prefix(line.text):
            return
        if line.text != person and not _HOUSE_NUMBER.search(line.text) and _names_organisation(line.text, scores):
            yield line.text
            return


def _of_job_ad(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    named = list(labelled(lines, "party"))[:1] or list(_organisations(lines, scores))[:1] or _first_plain(lines)
    yield from map(_without_offer, named)


def _without_offer(text: str) -> str:
    """Return the firm in "Boulangerie Martin recrute"."""
    words = split_words(text)
    first = next(phrases("business", "cues", "job_ad").find(words), (0, 0))[0]
    return text[: words[first].start] if first else text


def _of_certificate(lines: list[Line], scores: Scores, person: str | None) -> Iterator[str]:
    holder = next(_certified(lines, scores), None) or person
    if holder:
        yield holder
    issuers = (
        list(labelled(lines, "seller"))[:1] or [name for name in _organisations(lines, scores) if name != holder][:1]
    )
    yield from issuers or [
        name
        for name in _first_plain(lines)
        if name != holder and not phrases("business", "titles", "certificate").prefix(name)
    ]


def _certified(lines: list[Line], scores: Scores) -> Iterator[str]:
    """Yield the name behind "this is to certify that"."""
    for at, line in enumerate(lines):
        words = split_words(line.text)
        for first, count in phrases("business", "labels", "certified").find(words):
            rest = line.text[words[first + count - 1].end :].strip(" ,:")
            text = rest or (lines[at + 1].text if at + 1 < len(lines) else "")
            name = _leading_name(text, scores)
            if name:
                yield name


def _leading_name(text: str, scores: Scores) -> str | None:
    """Return the longest beginning of a text that reads like a person's name."""
    words = [word for word in text.split()[:6] if word]
    while words and words[0] in phrases("labels", "titles"):
        words = words[1:]
    for count in range(len(words), 1, -1):
        name = " ".join(words[:count]).strip(" ,.")
        if looks_like_name(name, scores):
            return name
    return None


def _of_any(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    for at, line in enumerate(lines):
        end = phrases("business", "labels", "people").prefix(line.text)
        if end and line.text[end:].strip()[:1] in ("", ":"):
            below = itertools.takewhile(
                lambda text: looks_like_name(tidy_name(text) or "", scores), (other.text for other in lines[at + 1 :])
            )
            for text in (line.text[end:].strip(" :\t"), *below):
                yield from re.split(r"[,;]\s*|\s(?:and|und|et|y|i|en|e|a)\s", text)
    named = list(labelled(lines, "party", "seller", "buyer"))
    senders = _senders(lines, scores, named)
    yield from [*named, *senders] if len(named) != 1 else [*senders, *named]
    if not named:
        yield from _addressees(lines, senders, most=1 if senders else 2)


def _organisations(lines: list[Line], scores: Scores) -> Iterator[str]:
    for line in lines:
        if not is_sentence(line.text) and _names_organisation(line.text, scores):
            yield line.text


def _names_organisation(text: str, scores: Scores) -> bool:
    name = tidy_name(text)
    if not name or ":" in text[: len(name) + 2] or phrases("business", "titles").prefix(name):
        return False
    if has_legal_form(name):
        return True
    has_word = scores.organisation(name) >= 2 or school(name) > 0
    return has_word and scores.leaning(name) < 0 and name[0].isupper() == name[0].isalpha() and len(name.split()) <= 7
