"""Town, region and country out of a printed address.

Promise: only what is printed. A postcode tells where the town stands; without one, a label, a country or the company
of an e-mail address does. A country is never derived from a postcode or a telephone code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.inference.offline.words import phrases
from pipeline.schemas.names import country_code

_B = r"[^\S\n]"  # a blank within the line
_TOWN = rf"(?P<town>(?:['’][a-z]-|den{_B}|la{_B})?[^\W\d_a-zß-öø-ÿ][^\W\d_'’.\-]*(?:[-'’.]{{1,2}}[^\W\d_]+)*\.?(?:{_B}(?:(?:am|an|der|de|del|della|di|im|in|la|le|les|sur|sous|en|upon|on|aan|den|bei|nad|pod|und|a\.|M\.|i\.|d\.)(?={_B})|[^\W\d_a-zß-öø-ÿ][^\W\d_'’.\-]*(?:[-'’.]{{1,2}}[^\W\d_]+)*\.?)){{0,4}})"
_PREFIX = r"(?:(?P<country>[A-Z]{1,3})[-–]\s?)?"
_AFTER_POSTCODE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w+/.-]){_PREFIX}\d{{2}}-\d{{3}}\s+{_TOWN}",  # Poland
        rf"(?<![\w+/.-]){_PREFIX}\d{{4}}-\d{{3}}\s+{_TOWN}",  # Portugal
        rf"(?<![\w+/.-]){_PREFIX}\d{{4}}{_B}?[A-Z]{{2}}\s+{_TOWN}",  # Netherlands
        rf"(?<![\w+/.-]){_PREFIX}\d{{3}}{_B}\d{{2}}\s+{_TOWN}",  # Czechia, Slovakia, Sweden, Greece
        rf"(?<![\w+/.-]){_PREFIX}\d{{4,6}}\s+{_TOWN}",  # most others
    )
)
_BEFORE_POSTCODE = tuple(
    re.compile(rf"{_TOWN}{pattern}")
    for pattern in (
        rf",?\s+(?P<region>[A-Z]{{2}})\.?,?\s+\d{{5}}(?:-\d{{4}})?(?![\w])",  # United States
        rf",?\s+(?P<region>[A-Z]{{2}}),?\s+[A-Z]\d[A-Z]{_B}?\d[A-Z]\d(?!\w)",  # Canada
        r",?\s+[A-Z]{1,2}\d[A-Z\d]?\s+\d[A-Z]{2}(?!\w)",  # United Kingdom
        r",?\s+[A-Z]\d[\dW]\s?[A-Z\d]{4}(?!\w)",  # Ireland
        rf",?{_B}*[-–]?{_B}*\d{{3}}{_B}?\d{{3}}(?![\d\s]*\d)",  # India and others
        rf",?{_B}+(?P<region>[A-Z]{{2,3}}){_B}+\d{{4}}(?!\d)",  # Australia
        rf",?{_B}+\d{{4,5}}(?![\d/.-])",
    )
)
_STREET = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|court|way|boulevard|blvd|place|square|sq|terrace|crescent|gardens|grove|hill|row|walk|apt|flat|suite|unit|floor|rue|allée|chemin|impasse|calle|avda|plaza|paseo|via|viale|piazza|corso|rua|avenida|travessa|ulica|ul|al|os|pl|straße|str|strasse|gasse|weg|platz|allee|straat|laan|plein|kade|gracht|box|po)\b\.?",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[,|•·‧;\n\t]|\s[-–—]\s")
_CAR_CODES = {
    "D": "DE",
    "A": "AT",
    "F": "FR",
    "I": "IT",
    "B": "BE",
    "L": "LU",
    "E": "ES",
    "P": "PT",
    "S": "SE",
    "N": "NO",
    "H": "HU",
}


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says."""

    city: str | None = None
    region: str | None = None
    country: str | None = None


def find_place(text: str, contact_lines: list[str]) -> Place:
    """Return the town, region and country printed in the head of a CV. `contact_lines` stand beside a phone or e-mail."""
    place = _by_postcode(text) or _by_label(text) or _by_company(contact_lines) or Place()
    return Place(place.city, place.region, place.country or _country(text))


def _by_postcode(text: str) -> Place | None:
    text = re.sub(r"\S+@\S+", "|", text)
    for pattern in _BEFORE_POSTCODE[:2]:
        for found in pattern.finditer(text):
            town = _last_part(found["town"])
            if town:
                return Place(town, found["region"])
    for pattern in _AFTER_POSTCODE:
        for found in pattern.finditer(text):
            if not _STREET.search(found["town"]) and not _is_labelled(found["town"]):
                return Place(_town(found["town"]), None, _prefix_country(found["country"]))
    for pattern in _BEFORE_POSTCODE[2:]:
        for found in pattern.finditer(text):
            town = _last_part(found["town"])
            if town and not _is_labelled(town):
                return Place(town, found.groupdict().get("region"))
    return None


def _town(text: str) -> str:
    """Leave out a country printed right behind the town, and a final point."""
    words = text.split()
    if len(words) > 1 and country_code(words[-1]) and len(words[-1]) > 2:
        words = words[:-1]
    return " ".join(words).strip(" .")


def _last_part(text: str) -> str:
    """Return what stands behind the street in "Mill Lane Leeds"."""
    found = list(_STREET.finditer(text))
    rest = text[found[-1].end() :] if found else text
    return rest.strip(" .,")


def _prefix_country(code: str | None) -> str | None:
    if not code:
        return None
    return _CAR_CODES.get(code) or (country_code(code) if len(code) == 2 else None)


def _is_labelled(text: str) -> bool:
    first = text.split()[0]
    return any(
        first in phrases("labels", kind) or text in phrases("labels", kind)
        for kind in ("phone", "email", "website", "birth")
    )


def _by_label(text: str) -> Place | None:
    """Read "City: Leeds" and "Wohnort: 2. Bezirk, Wien, Österreich"."""
    for line in text.split("\n"):
        end = phrases("labels", "address").prefix(line)
        if end and line[end:].lstrip()[:1] in (":", "\t"):
            towns = [piece for piece in _town_like(line[end:].lstrip(" :\t"))]
            if towns:
                return towns[-1]
    return None


def _by_company(lines: list[str]) -> Place | None:
    """Read "Leeds | 07700 900741 | ..." and "Toronto, ON": a piece beside a phone or e-mail that is but a town."""
    for line in lines:
        towns = list(_town_like(line))
        if towns:
            return towns[0]
    return None


def _town_like(text: str) -> Iterator[Place]:
    pieces = [piece.strip() for piece in _PIECES.split(text)]
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else ""
        if _is_town(piece):
            region = following if re.fullmatch(r"[A-Z]{2}", following) else None
            yield Place(piece, region, country_code(following) if len(following) > 2 else None)
        elif inner := re.fullmatch(r"(.+?)\s+([A-Z]{2})", piece):
            if _is_town(inner[1]):
                yield Place(inner[1], inner[2])


def _is_town(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 4 or not re.fullmatch(r"[^\d@:+()_]{2,40}", text) or _STREET.search(text):
        return False
    return text[0].isupper() and not country_code(text) and not _is_labelled(text) and "." not in text


def _country(text: str) -> str | None:
    for line in text.split("\n"):
        if any(phrases("labels", kind).prefix(line) for kind in ("nationality", "birth")):
            continue
        for piece in _PIECES.split(line):
            bare = piece.split(":")[-1].strip(" .()")
            last = " ".join(bare.split()[-1:])
            if len(bare) > 2 and len(bare) < 40 and (code := country_code(bare)):
                return code
            if re.search(r"\d", bare) and len(last) > 3 and (code := country_code(last)):
                return code
    return None
