"""How to reach the person: e-mail, phone, addresses on the web, town.

Promise: only details of the person. What stands among references, jobs, courses and projects belongs to others.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import phonenumbers

from pipeline.inference.offline.address import REACHABLE, Place, find_place, without_birth_date
from pipeline.inference.offline.cv.sections import Section
from pipeline.inference.offline.lines import Line
from pipeline.inference.offline.words import phrases, word_list
from pipeline.schemas.dates import find_dates
from pipeline.schemas.numbers import usual_digits
from pipeline.schemas.phones import e164

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@\n?(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?![\w@])")
_MAIL_LINK = "mailto:"
_BROKEN_DOMAIN = re.compile(r"(@[\w.-]{1,80}?)(?:\.\n|\n\.)([^\W\d_]{2,12}(?![\w@]))")
_PHONE = re.compile(r"(?<![\w/.,-])(?:\+|\(\+|\(0|00|0|\(|[1-9])[\d \u00a0()./\-–]{5,22}\d(?![\w/])")
_URL = re.compile(
    r"(?<![\w@.+-])(?:https?://)?(?:[^\W_][\w-]{0,62}\.){1,4}(?P<top>[^\W\d_]{2,12})(?P<path>/[^\s|,;•·<>()\"]*)?(?![\w@])",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|(?:19|20)\d\d\s*[-–/.]\s*(?:19|20)\d\d|\d{4}-\d\d-\d\d"
)
_POSTCODE_LIKE = re.compile(r"\d{4,5}[ -]?\d{0,3}")
_OTHERS = frozenset({"references", "work", "education", "projects", "certificates", "hobbies"})
_NEAR = frozenset({"head", "contact"})
_PIECES = re.compile(r"[|•·,;/\t]")
_PROSE_WORDS = 8
_BEGUN = 2
"""The rank of a phone number that at least begins like one."""
_IN_PAIRS = re.compile(r"\d{2,3}(?: \d{2,3}){2,3}")  # as in Denmark and Norway
_MOST_BEHIND = 2
"""Lines of an address below the phone number."""
SURE = 3
"""The rank of a phone number that is labelled or international, and so cannot be another number of the document."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person can be reached, as printed."""

    email: str | None
    phone: str | None
    url: str | None
    profiles: tuple[tuple[str, str], ...]
    """(network, address)."""
    place: Place


def find_contact(sections: list[Section], is_other: Callable[[str], bool]) -> Contact:
    """Return the contact details of the person whose CV this is. `is_other` tells what is no town: name and position."""
    near = _text(section for section in sections if section.kind in _NEAR)
    wider = _text(section for section in sections if section.kind not in _OTHERS)
    url, profiles = _pages(near if _URL.search(_EMAIL.sub(" ", near)) else wider)
    lines = [line for line in near.split("\n") if _EMAIL.search(line) or _PHONE.search(line)]
    lines += _recurring(sections)
    phone = find_phone(near) or find_phone(wider, least=_BEGUN)
    addresses = "\n".join(_without_prose(near.split("\n")))
    place = find_place(
        addresses.replace(phone, "|") if phone else addresses,
        [_PHONE.sub("|", _EMAIL.sub("|", line)) for line in lines],
        is_other,
        _titles_of_jobs(sections),
    )
    return Contact(
        email=_whole_email(find_email(near) or find_email(wider), sections),
        phone=e164(phone, place.country) if phone else None,
        url=url,
        profiles=profiles,
        place=place,
    )


def _without_prose(lines: list[str]) -> Iterator[str]:
    """Leave out what is told about the person, to the end of its last sentence: "seit 2019 Leiterin" is no postcode."""
    goes_on = False
    for line in lines:
        words = re.findall(r"[^\W\d_]{2,}", line)
        is_prose = len(line.split()) >= _PROSE_WORDS and sum(word[0].islower() for word in words) * 2 > len(words)
        goes_on = (is_prose or (goes_on and not re.search(r"\d", line))) and not REACHABLE.search(line)
        yield "" if goes_on else line
        goes_on = goes_on and not line.endswith(".")


def with_strayed_contact(sections: list[Section]) -> list[Section]:
    """Set apart the details that stand alone on lines of another section, where no others are: a side column without heading.

    Beside an e-mail address any number is a phone number; elsewhere only a sure one is.
    """
    near = _text(section for section in sections if section.kind in _NEAR)
    has_email, has_phone = bool(find_email(near)), bool(find_phone(near))
    strayed = [
        () if one.kind == "references" else _strayed(one.lines, has_email=has_email, has_phone=has_phone)
        for one in sections
    ]
    at = max(reversed(range(len(sections))), key=lambda at: len(strayed[at]), default=-1)
    if not any(strayed):
        return sections
    email = find_email("\n".join(line.text for line in strayed[at]))

    def is_kept(line: Line, section: Section) -> bool:
        is_moved = line in strayed[at] and (section is sections[at] or _is_address_in_foot(line))
        is_again = email and find_email(line.text) == email and _is_but_contact(line.text)  # the foot of another page
        return not (is_moved or is_again)

    bare = [replace(one, lines=tuple(line for line in one.lines if is_kept(line, one))) for one in sections]
    return [*bare[: at + 1], Section("contact", strayed[at]), *bare[at + 1 :]]


def _strayed(lines: tuple[Line, ...], *, has_email: bool, has_phone: bool) -> tuple[Line, ...]:
    """Return the lines with details that are still lacking, and what ends the section behind them: the town."""
    alone = [line for line in lines if _is_but_contact(line.text)]
    emails = [] if has_email else [line for line in alone if find_email(line.text)]
    least = _BEGUN if emails else SURE
    phones = [] if has_phone else [line for line in alone if find_phone(line.text, least=least)]
    found = [line for line in lines if line in emails or line in phones]
    above = lines[: lines.index(found[0])][-1:] if found and emails else ()
    found = [*(line for line in above if _is_address_in_foot(line)), *found]
    rest = lines[lines.index(found[-1]) + 1 :] if found else ()
    is_address = len(rest) <= _MOST_BEHIND and not any(line.bullet or find_dates(line.text) for line in rest)
    return (*found, *rest) if is_address else tuple(found)


def _is_address_in_foot(line: Line) -> bool:
    """Tell whether a line above the details in a page's foot is "Kerkstraat 18 – Zwolle"."""
    return bool(re.search(r"\d\s+[–-]\s+[^\W\d_]", line.text)) and not (line.bullet or find_dates(line.text))


def _is_but_contact(text: str) -> bool:
    """Tell whether a line holds details and their labels or icons, nothing else."""
    rest = _PHONE.sub("|", _EMAIL.sub("|", text))
    pieces = (piece.strip(" :") for piece in _PIECES.split(rest))
    return all(
        len(piece) <= 1 or piece in phrases("labels", "phone") or piece in phrases("labels", "email")
        for piece in pieces
    )


def _recurring(sections: list[Section]) -> list[str]:
    """Return the lines among the contact details that stand with jobs and courses too: towns.

    A position recurs there as well, but as a line of its own and right under the name, not among the contact details.
    """
    lines = [line.text for section in sections if section.kind in ("work", "education") for line in section.lines]
    behind = {piece.strip(" ().") for line in lines for piece in re.split(r"[,\t|•·(]|\s[-–—]\s", line)[1:]}
    whole = set(lines)
    near = ((section.lines, 2 * (section.kind == "head")) for section in sections if section.kind in _NEAR)
    found = []
    for of_section, titles in near:
        for at, line in enumerate(of_section):
            _, _, last = line.text.rpartition(",")  # "Mill Lane 5, Hull"
            if line.text in behind or (at >= titles and line.text in whole):
                found.append(line.text)
            elif last.strip() in behind:
                found.append(last.strip())
    return found


def _titles_of_jobs(sections: list[Section]) -> set[str]:
    """Return what the lines of the jobs begin with: a profession that no list knows is among them."""
    lines = (line.text for section in sections if section.kind == "work" for line in section.lines)
    return {re.split(r"[,\t|]|\s[-–—]\s", line)[0].strip() for line in lines}


def _text(sections: Iterator[Section]) -> str:
    return "\n".join(line.text for section in sections for line in section.lines)


def find_email(text: str) -> str | None:
    """Return the first e-mail address in a text."""
    mended = _BROKEN_DOMAIN.sub(r"\1.\2", text)
    found = _EMAIL.search(mended) or _broken_email(mended)
    return found[0].replace("\n", "").strip(".") if found else None


def _whole_email(email: str | None, sections: list[Section]) -> str | None:
    """Return the address behind a link where a line end cut off what it begins with: "lum.berg@…" of "mailto:callum.berg@…"."""
    links = (line.text for section in sections for line in section.lines if line.text.startswith(_MAIL_LINK))
    return next((link.removeprefix(_MAIL_LINK) for link in links if email and link.endswith(email)), email)


def _broken_email(text: str) -> re.Match[str] | None:
    """Find an address that a narrow column broke over two lines."""
    lines = text.split("\n")
    pairs = (above + below for above, below in itertools.pairwise(lines) if "@" in above + below)
    return next(filter(None, map(_EMAIL.search, pairs)), None)


def find_phone(text: str, *, least: int = 1) -> str | None:
    """Return the likeliest phone number in a text, as printed: a labelled one, else an international one, else the first.

    `least` is the rank it must have; see SURE.
    """
    best, best_rank = None, least - 1
    for line in map(without_birth_date, re.split(r"\n|\s\|\s", usual_digits(text))):
        label_end = phrases("labels", "phone").prefix(line)
        if phrases("labels", "fax").prefix(line) or phrases("labels", "birth").prefix(line):
            continue
        for found in _PHONE.finditer(line):
            number = found[0].strip(" -–./")
            rank = _phone_rank(number, line[: found.start()], is_labelled=bool(label_end))
            if rank > best_rank:
                best, best_rank = number, rank
    return best


def _phone_rank(number: str, before: str, *, is_labelled: bool) -> int:
    """Return how sure it is that a run of digits is a phone number; 0: it is none."""
    digits = re.sub(r"\D", "", number)
    if not 7 <= len(digits) <= 15 or _DATE_LIKE.fullmatch(number) or _POSTCODE_LIKE.fullmatch(number):
        return 0
    if len(find_dates(number)) > 1:
        return 0  # "03/2019 - 05/2020"
    last = before.rstrip(" :.").split("|")[-1].split()[-1:]
    if last and last[0] in phrases("labels", "fax"):
        return 0
    is_labelled = is_labelled or bool(last and last[0] in phrases("labels", "phone"))
    is_international = number.startswith(("+", "(+", "00"))
    is_short = len(digits) < 9 and not (_IN_PAIRS.fullmatch(number) and before.strip()[-1:] in ("", "|", "•", "·", ","))
    if not is_labelled and not is_international and is_short:
        return 0
    begins_like_one = not is_labelled and number.startswith(("0", "("))  # of two behind one label the first counts
    return 1 + 3 * is_labelled + 2 * (is_international and _is_possible(number)) + begins_like_one


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(re.sub(r"^\(?(?:00|\+)", "+", number)))
    except phonenumbers.NumberParseException:
        return False


def _pages(text: str) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """Return the person's own site and their pages on networks."""
    own, profiles = None, dict[str, str]()
    for address in _addresses(text):
        network = _network(address)
        if network:
            profiles.setdefault(address, network)
        elif own is None:
            own = address
    return own, tuple((network, address) for address, network in profiles.items())


def _addresses(text: str) -> Iterator[str]:
    for found in _URL.finditer(_EMAIL.sub(" ", text)):
        address = found[0].rstrip("./")
        explicit = found[0].lower().startswith(("http", "www."))
        if explicit or (
            found["top"] in phrases("addresses", "domains") and (found["path"] or _stands_alone(text, address))
        ):
            yield address


def _stands_alone(text: str, address: str) -> bool:
    """Tell whether an address without "www." is a detail of its own, not a word such as "ASP.net" in a sentence."""
    if address.lower() != address:
        return False
    lines = [line for line in text.split("\n") if address in line]  # an e-mail address may hold it as well
    pieces = (piece for line in lines for piece in re.split(r"[|•·‧\t;,]|\s[-–—]\s", line))
    return any(piece.split(": ")[-1].strip() == address for piece in pieces)


def _network(address: str) -> str | None:
    networks: dict[str, str] = word_list("addresses")["networks"]
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", address.lower()).split("/")[0]
    return next((name for domain, name in networks.items() if host == domain or host.endswith("." + domain)), None)
