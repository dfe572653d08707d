"""Town, region and country out of a printed address.

Promise: only what is printed. A postcode tells where the town stands; without one, a label, a country or the company
of an e-mail address does. A country is never derived from a postcode or a telephone code.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pipeline.inference.offline.lines import without_icons
from pipeline.inference.offline.postcodes import (
    TOWN_BEFORE,
    TOWN_BEHIND,
    TOWN_BEHIND_BRITISH,
    is_state,
    without_postcode,
)
from pipeline.inference.offline.text import without_brackets
from pipeline.inference.offline.words import any_of, phrases, split_words, word_list
from pipeline.schemas.dates import find_dates, month_names
from pipeline.schemas.names import country_code, english_language

_LABELLED_LIST = re.compile(r"[^\W\d_][^:,|•·]{1,20}:\s[^,|•·]+,")  # "Tools: Git, Docker"
_WITH_CODE = re.compile(r"([^,]*[^\W\d_A-Z])\s+([A-Z]{2})")  # "Trieste IT"
_IN_BRACKETS = re.compile(r"\s\([^()]*\)$")  # "Italy (Home)"
_CELLS = re.compile(r"\t|\s*(?:[|•·]\s+)+|\s+[–—*]\s+")
_BARS = re.compile(r"\s\|\s")
REACHABLE = re.compile(r"@|(?:\d[ ./()-]{0,2}){7}")
"""An e-mail address or a phone number."""
_UNSPACED_TOWN = re.compile(
    rf"(?:^|[\s:|])(?:〒?\d{{3}}-?\d{{4}}\s*)?(?:[\u4e00-\u9fff]{{2,3}}[省県府道])?"
    rf"(?P<town>[\u4e00-\u9fff\uac00-\ud7a3]{{1,6}}?(?:{any_of('addresses', 'city_endings')}))(?![\uac00-\ud7a3])"
)
_ZIP_CODE = re.compile(r"\s+\d{4,6}(?:-\d{4})?$")
_TOWN_AND_STATE = re.compile(r"\s*,\s*[^\W\d_][^,\n]{1,30},?\s+(?P<state>[A-Z]{2,3})(?!\w)")
_PROVINCE = re.compile(r"\s\([A-Z]{2}\)(?=\W*$)")  # "38062 Arco (TN)"
_LONE_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}")  # British, below its town
_COUNTY = re.compile(r"(?:Co\.|County)\s")  # "Co. Clare"
_BOX = re.compile(rf"\b(?:{any_of('addresses', 'boxes')})\.?\s?(?:[A-Z]{{1,3}}\s?)?\d[\d-]*", re.IGNORECASE)
_STREET = re.compile(rf"\b(?:{any_of('addresses', 'streets')})\b\.?", re.IGNORECASE)
_SAINT = re.compile(r"St\.?\s(?=[^\W\d_a-z])")
_TOWN_NAME = re.compile(r"(?!C/)(?:St\.)?[^\d@:+()_.]{2,40}(?: \([^\W\d_]{2,}\))?")  # "Halle (Saale)", no "C/ Olmo"
_HOUSE = re.compile(r"[^\W\d_][^\d,@:|•·\t]{3,40},? \d{1,3}(?: ?[A-Za-z])?")  # "Lindenallee 14"
_FOLLOWED = re.compile(r"(?:,|\s[–-])\s+(?!\d+ ?[A-Za-z]?$)\S")
_TOWN_SIGN = re.compile(rf"(?:{any_of('addresses', 'town_signs')})\s*(?=[^\W\d_])")
_TOWN_SLASH_STATE = re.compile(
    r"(?:^|[,–-])\s*([^,–\d/|-]{3,40}?)(?:/|\s[–-]\s)([A-Z]{2})(?:\s*$|\s*[|•·,])"
)  # "São Paulo/SP", "Recife - PE"
_TOWN_AND_CODE = re.compile(r"(?:^|,\s*)(?P<town>[^,\d]{2,40}?)\s\([A-Z]{2}\)(?=\s*(?:,|$))")  # "Braga (PT), Minho"
_LONGEST_LINE = 240
_LONGEST_NAME = 40
_MOST_PIECES = 6
_LONGEST_UNSPACED = 12
_PIECES = re.compile(r"[,|•·‧;\n\t]|\s[-–—*]\s")


@dataclass(frozen=True, slots=True)
class Place:
    """What an address says."""

    city: str | None = None
    region: str | None = None
    country: str | None = None


def find_place(
    text: str, contact_lines: list[str], is_other: Callable[[str], bool], titles: Collection[str] = ()
) -> Place:
    """Return the town, region and country printed in the head of a CV.

    `contact_lines` stand beside a phone or e-mail. `is_other` tells what is known to be no town: the name, a position;
    `titles` head the jobs.
    """
    printed = text.split("\n")
    lines = [without_postcode(_without_birth(line)) for line in _without_second_home(printed)]
    text = "\n".join(line if len(line) <= _LONGEST_LINE else "" for line in lines)
    place = (
        _by_sign(lines)
        or _by_code(lines, is_other)
        or _by_postcode(text, is_other)
        or _by_ending(lines)
        or _by_label(lines)
        or _by_country(lines, is_other)
        or _by_company(contact_lines, is_other)
        or _beside(printed, lambda town: town in titles or is_other(town))
    )
    place = place or Place()
    return Place(place.city, place.region, place.country or _country(lines))


def ends_in_town(line: str) -> bool:
    """Tell whether a line is the last of a postal address: a postcode with its town, and a country at most."""
    if len(line) > _LONGEST_NAME * 2 or not re.search(r"\d", line):
        return False
    line = _PROVINCE.sub("", line)
    return bool(_LONE_POSTCODE.fullmatch(line)) or any(
        _is_country(line[found.end() :])
        for pattern in (*TOWN_BEHIND, *TOWN_BEFORE[:7])
        for found in pattern.finditer(line)
    )


def _is_country(rest: str) -> bool:
    bare = rest.strip(" .,()-–")
    return not bare or bool(_named_country(bare))


def names_country(line: str) -> bool:
    """Tell whether a line is but the name of a country, as the last one of an address."""
    return bool(_named_country(line.strip(" .,")))


def is_street(line: str) -> bool:
    """Tell whether a line is a street with a number."""
    return bool(_STREET.search(line) and re.search(r"\d", line))


def _without_second_home(lines: list[str]) -> list[str]:
    """Leave out where a person comes from, where the CV says as well where they live: "Permanent address: ..."."""
    others = phrases("labels", "second_home")
    lived_at = any(phrases("labels", "address").prefix(line) and not others.prefix(line) for line in lines)
    return [line for line in lines if not others.prefix(line)] if lived_at else lines


def _without_birth(line: str) -> str:
    """Leave out what is said about birth and nationality, which name towns and countries as well."""
    kept = [part for part in _BARS.split(without_birth_date(line)) if not _is_about_birth(part)]
    return " | ".join(kept)


def without_birth_date(line: str) -> str:
    """Return what stands behind the day of birth on a line that tells how to reach the person as well."""
    dates = find_dates(line) if phrases("labels", "birth").prefix(line) else []
    rest = line[dates[0].end :].lstrip(" ,;|•·") if dates else ""
    return rest if REACHABLE.search(rest) else line


def _is_about_birth(line: str) -> bool:
    return any(phrases("labels", kind).prefix(line) for kind in ("nationality", "birth"))


def _by_sign(lines: list[str]) -> Place | None:
    """Read "461355, г. Казань, ул. Ленина": a town behind the abbreviation for it."""
    for piece in (_bare(piece) for line in lines for piece in _PIECES.split(line)):
        sign = _TOWN_SIGN.match(piece)
        if sign and _is_town(piece[sign.end() :]):
            return Place(piece[sign.end() :])
    return None


def _by_code(lines: list[str], is_other: Callable[[str], bool]) -> Place | None:
    """Read "12 Mill Lane, Leeds (GB), Yorkshire": a town with the code of its country or province in brackets."""
    towns = (found["town"] for found in map(_TOWN_AND_CODE.search, lines) if found)
    return next((Place(town) for town in towns if _is_town(town) and not is_other(town)), None)


def _by_postcode(text: str, is_other: Callable[[str], bool]) -> Place | None:
    text = re.sub(r"\S+@\S+", "|", _BOX.sub("|", text))
    for pattern in TOWN_BEFORE[:3]:
        for found in pattern.finditer(text):
            town = _last_part(found)
            if town:
                return Place(town, found["region"])
    for pattern in TOWN_BEHIND:
        for found in pattern.finditer(text):
            street = _TOWN_AND_STATE.match(text, found.end())  # "1234 Broadway, New York, NY"
            if _may_be_behind(found["town"], is_other) and not (street and is_state(street["state"])):
                return Place(_town(found["town"]), None, _prefix_country(found["country"]))
    found_last = (found for pattern in (*TOWN_BEFORE[3:], TOWN_BEHIND_BRITISH) for found in pattern.finditer(text))
    return next(filter(None, (_before_postcode(found, is_other) for found in found_last)), None)


def _may_be_behind(town: str, is_other: Callable[[str], bool]) -> bool:
    """Tell whether what stands behind a postcode may be its town, and is no street, country or name."""
    is_code = re.fullmatch(r"[A-Z]{2}", town)  # "45879 DE"
    return not (is_code or _names_street(town) or _is_labelled(town) or _named_country(town) or is_other(town))


def _names_street(text: str) -> bool:
    """Tell whether a text names a street; "St." in front of a name is a saint: "St. Gallen", "Bury St Edmunds"."""
    return any(not _SAINT.match(text, found.start()) for found in _STREET.finditer(text))


def _before_postcode(found: re.Match[str], is_other: Callable[[str], bool]) -> Place | None:
    town = _last_part(found)
    if _COUNTY.match(town) or town in phrases("addresses", "counties") or town in phrases("addresses", "state_names"):
        return Place(_town_before(found.string[: found.start()], is_other), town)
    is_date = bool(town) and town.split()[-1].casefold() in month_names()  # "Updated in May 2024"
    is_town = town and not (is_date or _is_labelled(town) or _named_country(town) or is_other(town))
    return Place(town, found.groupdict().get("region")) if is_town else None


def _town_before(text: str, is_other: Callable[[str], bool]) -> str | None:
    """Return the town in front of a county: "Leeds, West Yorkshire LS8 4AA"."""
    pieces = [piece.strip() for piece in _PIECES.split(text[-_LONGEST_LINE:])]
    last = next((piece for piece in reversed(pieces) if piece), "")
    return last if _is_town(last) and not is_other(last) else None


def _town(text: str) -> str:
    """Leave out a country printed right behind the town, and a final point."""
    words = _before_label(text).split()
    if len(words) > 1 and (_named_country(words[-1]) or re.fullmatch("[A-ZÆØÅ]", words[-1])):  # "Aarhus C"
        words = words[:-1]
    return " ".join(words).strip(" .")


def _before_label(text: str) -> str:
    """Leave out the label of the next detail and what stands behind it: "Thun Mobil", "Linz Führerschein Klasse B"."""
    begins = (word.start for word in split_words(text)[1:] if _is_labelled(text[word.start :]))
    return text[: next(begins, len(text))].strip()


def _last_part(found: re.Match[str]) -> str:
    """Return what stands behind the street in "12 Mill Lane Leeds"; "St" is one behind a number: not in "Bury St Edmunds"."""
    text = _bare(found["town"].rpartition("\t")[2])
    is_numbered = found.string[max(0, found.start() - 3) : found.start()].rstrip()[-1:].isdigit()
    streets = [
        one
        for at, one in enumerate(_STREET.finditer(text))
        if not _SAINT.match(text, one.start()) or (is_numbered and at == 0 < one.start())
    ]
    rest = text[streets[-1].end() :] if streets else text
    return rest.strip(" .,")


def _prefix_country(code: str | None) -> str | None:
    if not code:
        return None
    car_codes: dict[str, str] = word_list("addresses")["car_codes"]
    return car_codes.get(code) or (country_code(code) if len(code) == 2 else None)


def _is_labelled(text: str) -> bool:
    first = text.split(maxsplit=1)[0]
    is_number = text.endswith(("º", "°"))  # "Colegiada nº"
    return is_number or any(
        first in phrases("labels", kind) or text in phrases("labels", kind)
        for kind in ("phone", "email", "website", "birth", "licence")
    )


def _with_cells(lines: list[str]) -> Iterator[str]:
    """Yield the lines, and behind each its cells."""
    for line in lines:
        yield from dict.fromkeys([line, *_CELLS.split(line)])


def _by_ending(lines: list[str]) -> Place | None:
    """Read "〒810-0001 福岡市中央区天神1-2" and "부산시 중앙로 41": a town by its last letter, before a number or alone."""
    for line in lines:
        found = _UNSPACED_TOWN.search(line) if re.search(r"\d", line) or len(line) <= _LONGEST_UNSPACED else None
        if found and found["town"] not in phrases("labels", "address"):
            return Place(found["town"])
    return None


def _by_label(lines: list[str]) -> Place | None:
    """Read "City: Leeds" and "Wohnort: 2. Bezirk, Wien, Österreich"."""
    for line in _with_cells(lines):
        end = phrases("labels", "address").prefix(line)
        if end and line[end:].lstrip(" ")[:1] in (":", "\t"):
            towns = list(_town_like(_before_label(line[end:].lstrip(" :\t"))))
            if towns:
                return towns[-1]
    return None


def _by_country(lines: list[str], is_other: Callable[[str], bool]) -> Place | None:
    """Read a line or a cell that is "Leeds, UK", "Rotterdam, South Holland, Netherlands" or "Toronto, ON"."""
    for line in _with_cells(lines):
        with_state = _TOWN_SLASH_STATE.search(line)
        if with_state and _is_town(with_state[1].strip()):
            return Place(with_state[1].strip(), with_state[2])
        pieces = [_bare(piece) for piece in line.split(",")]
        ends_in_land = is_land(pieces[-1]) or pieces[-1] in phrases("addresses", "counties")
        ends_in_place = len(pieces) >= 2 and (ends_in_land or re.fullmatch(r"[A-Z]{2}", pieces[-1]))
        is_street_first = bool(re.search(r"\d", line.split(",")[0]))
        if ends_in_place and is_street_first and len(pieces) <= _MOST_PIECES:  # "12 Mill Lane, Hull, Iowa"
            place = next((one for one in _town_like(line) if one.region or one.country), None)
            if place:
                return place
        is_short = len(pieces) <= 3 or all(_names_street(one) or re.search(r"\d", one) for one in pieces[1:-1])
        if ends_in_place and is_short and _is_town(pieces[0]) and not is_other(pieces[0]):
            return next(_town_like(line))
    return None


def _by_company(lines: list[str], is_other: Callable[[str], bool]) -> Place | None:
    """Read "Leeds | 07700 900741 | ...": a piece beside a phone or e-mail that is but a town."""
    cells = (cell for line in lines for cell in line.split("\t"))
    for cell in (cell for cell in cells if not (_LABELLED_LIST.match(cell) or _lists_languages(cell))):
        for place in _town_like(cell):
            if place.city and not (is_other(place.city) or _is_about_birth(place.city)):
                return place
    return None


def _lists_languages(text: str) -> bool:
    """Tell whether a text is "Deutsch, Englisch"; of one word alone, "Bari" is a town as well."""
    parts = [part.strip() for part in text.split(",")]
    return len(parts) > 1 and all(map(english_language, parts))


def _beside(lines: list[str], is_other: Callable[[str], bool]) -> Place | None:
    """Read "Leeds" alone, or "12 Mill Lane, Leeds", right above or below a line with a phone, e-mail, street or birthday."""
    details = {at for at, line in enumerate(lines) if _is_detail(line) or _is_but_street(line)}
    for at, line in enumerate(lines):
        street, _, last = line.rpartition(",")
        street, last = (last, street) if _is_but_street(last.strip()) else (street, last)  # "Ferrara, Via Dante 12"
        is_whole = not street or bool(re.search(r"\d", line))
        if at in details or not is_whole or not {at - 1, at + 1} & details:
            continue
        place = next(_town_like(last), None)
        if place and place.city and looks_capitalised(place.city) and not is_other(place.city):
            return place
    return None


def _is_but_street(line: str) -> bool:
    return bool(_HOUSE.fullmatch(line) or (is_street(line) and not _FOLLOWED.search(line)))


def _is_detail(line: str) -> bool:
    return "|" in line or bool(REACHABLE.search(line) or phrases("labels", "birth").prefix(line))


def looks_capitalised(text: str) -> bool:
    """Tell whether each longer word of a text has a capital, as in the names of towns."""
    return not any(word[0].islower() for word in re.findall(r"[^\W\d_]{4,}", text)) and not text.isupper()


def _town_like(text: str) -> Iterator[Place]:
    pieces = [_bare(piece) for piece in _PIECES.split(text)]
    for at, piece in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else ""
        is_county = bool(_COUNTY.match(following))
        is_region = is_county or is_state(following) or _is_code(following)
        name, inner = without_brackets(piece)
        if inner and _is_town(name) and (in_brackets := _named_country(inner)):  # "Dakar (Sénégal)"
            yield Place(name, None, in_brackets)
            continue
        with_region = _WITH_CODE.fullmatch(piece)
        country = country_code(following) if _is_code(following) and not is_state(following) else None  # "Leeds, GB"
        if _is_town(piece) and not is_state(piece):
            region = following if is_region and not country else None
            yield Place(piece, region, country or _named_country(following))
        elif with_region and _is_town(with_region[1]):
            state = with_region[2] if is_state(with_region[2]) else None
            yield Place(with_region[1], state, None if state else country_code(with_region[2]))


def _is_code(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]{2}", text)) and not _named_country(text)


def _bare(piece: str) -> str:
    """Return a piece of an address without its label, the icon in front of it ("½" is a pin in some fonts) and its ZIP code."""
    text = without_icons(piece.strip(" *"))
    end = phrases("labels", "address").prefix(text)
    value = text[end:].lstrip()
    text = value if end and text[end : end + 1] == " " and value[:1].isupper() else text
    return _ZIP_CODE.sub("", text.removeprefix("½").lstrip()).rstrip(".")


def is_land(text: str) -> bool:
    """Tell whether a text is a country, a state or a province by name."""
    return is_state(text) or _named_country(text) is not None


def _is_town(text: str) -> bool:
    if not 1 <= len(text.split()) <= 4 or not _TOWN_NAME.fullmatch(text) or _names_street(text):
        return False
    is_label = _is_labelled(text) or text in phrases("labels", "address")
    return not (text[0].islower() or is_label or _named_country(text) or _WITH_CODE.fullmatch(text))


def _named_country(text: str) -> str | None:
    """Return the code of a country printed by name; of two letters only "UK" and "US" are everyday names."""
    return country_code(text) if len(text) > 2 or text in ("UK", "US") else None


def _country(lines: list[str]) -> str | None:
    """Return the country printed in an address; a narrow column may have broken "United" from "Kingdom"."""
    pairs = (f"{above.rsplit(',', 1)[-1]} {below.split(',', 1)[0]}" for above, below in itertools.pairwise(lines))
    for line in (*lines, *pairs):
        for piece in _PIECES.split(line):
            bare = _IN_BRACKETS.sub("", piece.split(":")[-1]).strip(" .()")
            last = bare.split()[-1] if bare.split() else ""
            code = _named_country(bare) if len(bare) < _LONGEST_NAME else None
            code = code or _named_country(without_brackets(piece.strip())[1] or "")
            if not code and re.search(r"\d", bare) and len(last) > 3:  # "10115 Berlin Germany"
                code = _named_country(last)
            if code:
                return code
    return None
