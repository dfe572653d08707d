"""How to reach the person: e-mail, phone, addresses on the web, town.

Promise: only details of the person. What stands among references, jobs, courses and projects belongs to others.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from pipeline.inference.offline.address import Place, find_place
from pipeline.inference.offline.sections import Section
from pipeline.inference.offline.words import phrases
from pipeline.schemas.phones import e164

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@\n?(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?![\w@])")
_PHONE = re.compile(r"(?<![\w/.,-])(?:\+|\(\+|\(0|00|0|\(|[1-9])[\d \u00a0()./\-–]{5,22}\d(?![\w/])")
_URL = re.compile(
    r"(?<![\w@.+-])(?:https?://)?(?:[^\W_][\w-]{0,62}\.){1,4}(?P<top>[^\W\d_]{2,12})(?P<path>/[^\s|,;•·<>()\"]*)?(?![\w@])",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|(?:19|20)\d\d\s*[-–/.]\s*(?:19|20)\d\d|\d{4}-\d\d-\d\d"
)
_NETWORKS = {
    "linkedin.com": "LinkedIn", "xing.com": "XING", "github.com": "GitHub", "gitlab.com": "GitLab",
    "bitbucket.org": "Bitbucket", "stackoverflow.com": "Stack Overflow", "twitter.com": "Twitter", "x.com": "X",
    "facebook.com": "Facebook", "instagram.com": "Instagram", "behance.net": "Behance", "dribbble.com": "Dribbble",
    "medium.com": "Medium", "kaggle.com": "Kaggle", "orcid.org": "ORCID", "researchgate.net": "ResearchGate",
    "scholar.google.com": "Google Scholar", "youtube.com": "YouTube", "goldenline.pl": "GoldenLine",
    "viadeo.com": "Viadeo", "vimeo.com": "Vimeo", "artstation.com": "ArtStation", "codepen.io": "CodePen",
    "leetcode.com": "LeetCode", "hackerrank.com": "HackerRank", "academia.edu": "Academia.edu", "t.me": "Telegram",
    "mastodon.social": "Mastodon", "malt.fr": "Malt", "malt.com": "Malt", "soundcloud.com": "SoundCloud",
}  # fmt: skip
_TOP_LEVEL = frozenset(
    "com org net info biz name pro dev io me app tech design art blog online site xyz page eu uk de at ch fr be nl lu es pt it pl cz sk hu ro bg hr si gr se dk no fi ie us ca au nz in br mx tr ua ru ee lv lt is rs il ae sa cn jp kr example test invalid academy agency cloud digital email studio work works codes engineer photography photos consulting ai co".split()
)
_OTHERS = frozenset({"references", "work", "education", "projects", "certificates", "hobbies"})
_NEAR = frozenset({"head", "contact"})


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person can be reached, as printed."""

    email: str | None
    phone: str | None
    url: str | None
    profiles: tuple[tuple[str, str], ...]
    """(network, address)."""
    place: Place


def find_contact(sections: list[Section]) -> Contact:
    """Return the contact details of the person whose CV this is."""
    near = _text(section for section in sections if section.kind in _NEAR)
    wider = _text(section for section in sections if section.kind not in _OTHERS)
    url, profiles = _pages(near if _URL.search(_EMAIL.sub(" ", near)) else wider)
    lines = [line for line in near.split("\n") if _EMAIL.search(line) or _PHONE.search(line)]
    place = find_place(near, [_PHONE.sub("|", _EMAIL.sub("|", line)) for line in lines])
    phone = find_phone(near) or find_phone(wider)
    return Contact(
        email=find_email(near) or find_email(wider),
        phone=e164(phone, place.country) if phone else None,
        url=url,
        profiles=profiles,
        place=place,
    )


def _text(sections: Iterator[Section]) -> str:
    return "\n".join(line.text for section in sections for line in section.lines)


def find_email(text: str) -> str | None:
    """Return the first e-mail address in a text."""
    found = _EMAIL.search(text) or _broken_email(text)
    return found[0].replace("\n", "").strip(".") if found else None


def _broken_email(text: str) -> re.Match[str] | None:
    """Find an address that a narrow column broke over two lines."""
    lines = text.split("\n")
    pairs = (above + below for above, below in itertools.pairwise(lines) if "@" in above + below)
    return next(filter(None, map(_EMAIL.search, pairs)), None)


def find_phone(text: str) -> str | None:
    """Return the likeliest phone number in a text, as printed: a labelled one, else an international one, else the first."""
    best, best_rank = None, 0
    for line in text.split("\n"):
        label_end = phrases("labels", "phone").prefix(line)
        if phrases("labels", "fax").prefix(line) or phrases("labels", "birth").prefix(line):
            continue
        for found in _PHONE.finditer(line):
            number = found[0].strip(" -–./")
            rank = _phone_rank(number, line[: found.start()], bool(label_end))
            if rank > best_rank:
                best, best_rank = number, rank
    return best


def _phone_rank(number: str, before: str, labelled: bool) -> int:
    digits = re.sub(r"\D", "", number)
    if not 7 <= len(digits) <= 15 or _DATE_LIKE.search(number) or re.fullmatch(r"\d{4,5}[ -]?\d{0,3}", number):
        return 0
    last = before.rstrip(" :.").split("|")[-1].split()[-1:]
    if last and last[0] in phrases("labels", "fax"):
        return 0
    labelled = labelled or bool(last and last[0] in phrases("labels", "phone"))
    international = number.startswith(("+", "(+", "00"))
    if international and not _is_possible(number):
        return 0
    return (
        3 * labelled + 2 * international + (number.startswith(("0", "(")) or len(digits) >= 9)
        if labelled or international or len(digits) >= 9
        else 0
    )


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(
            phonenumbers.parse(re.sub(r"^\(?00", "+", number).replace("(+", "+(").replace("+(", "+"))
        )
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
        if explicit or (found["top"] in _TOP_LEVEL and (found["path"] or _stands_alone(text, address))):
            yield address


def _stands_alone(text: str, address: str) -> bool:
    """Tell whether an address without "www." is a detail of its own, not a word such as "ASP.net" in a sentence."""
    if address.lower() != address:
        return False
    line = next((line for line in text.split("\n") if address in line), "")
    pieces = [piece.split(": ")[-1].strip() for piece in re.split(r"[|•·‧\t;,]|\s[-–—]\s", line)]
    return address in pieces


def _network(address: str) -> str | None:
    host = re.sub(r"^(?:https?://)?(?:www\.)?", "", address.lower()).split("/")[0]
    return next((name for domain, name in _NETWORKS.items() if host == domain or host.endswith("." + domain)), None)
