"""Where a town stands in a postal address: before or behind the postcode, in the form that each country gives it; and states.

In each pattern `town` is what it is called, and `country` or `region` what is printed with it.
"""

from __future__ import annotations

import re

from pipeline.inference.offline.words import any_of, phrases, word_list
from pipeline.schemas.names import country_code

_B = r"[^\S\n]"  # a blank within the line
_BLANK = r"[^\S\t]+"  # what a tab parts are two cells: "Postcode and City<tab>LS6 2QT Leeds"
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_CAPITALISED = rf"{_CAPITAL}[^\W\d_'’.\-]*(?:[-'’.]{{1,2}}[^\W\d_]+)*\.?"
_SMALL = rf"(?:{any_of('addresses', 'town_particles')})(?={_B})"
_TOWN = rf"(?P<town>(?:['’][a-z]-|den{_B}|la{_B})?{_CAPITALISED}(?:{_B}(?:{_SMALL}|{_CAPITALISED})){{0,4}})"
_YEAR_AT_END = rf"(?:19|20)\d\d{_B}*\n"  # "Last updated in May 2024", the name below
_PREFIX = r"(?:(?P<country>[A-Z]{1,3})[-–]\s?)?"
TOWN_BEHIND = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w+/.-]){_PREFIX}\d{{2}}-\d{{3}}{_BLANK}{_TOWN}",  # Poland
        rf"(?<![\w+/.-]){_PREFIX}\d{{4,5}}-\d{{3}}{_BLANK}{_TOWN}",  # Portugal, Brazil
        rf"(?<![\w+/.-]){_PREFIX}\d{{4}}{_B}?[A-Z]{{2}}{_BLANK}{_TOWN}",  # Netherlands
        rf"(?<![\w+/.-]){_PREFIX}\d{{3}}{_B}\d{{2}}{_BLANK}{_TOWN}",  # Czechia, Slovakia, Sweden, Greece
        rf"(?<![\w+/.-]){_PREFIX}(?:(?!{_YEAR_AT_END})\d{{4,6}}|\d{{5,6}},){_BLANK}{_TOWN}",  # most others
    )
)
TOWN_BEFORE = tuple(
    re.compile(rf"(?<!{_CAPITAL}){_TOWN}{pattern}")  # tried once in a row of capitals, not from each of them
    for pattern in (
        r",?\s+(?P<region>[A-Z]{2})\.?,?\s+\d{5}(?:-\d{4})?(?![\w])",  # United States
        rf",?\s+(?P<region>[A-Z]{{2}}),?\s+[A-Z]\d[A-Z]{_B}?\d[A-Z]\d(?!\w)",  # Canada
        rf"{_B}\((?P<region>[^()\d\n]{{2,25}})\),?\s+[A-Z]\d[A-Z]{_B}?\d[A-Z]\d(?!\w)",  # "Laval (Québec) H2X 1Y4"
        rf",?{_BLANK}[A-Z]{{1,2}}\d[A-Z\d]?\s+\d[A-Z]{{2}}(?!\w)",  # United Kingdom
        r",?\s+[A-Z]\d[\dW]\s?[A-Z\d]{4}(?!\w)",  # Ireland
        rf",?{_B}*[-–]?{_B}*\d{{3}}{_B}?\d{{3}}(?![\d\s]*\d)",  # India and others
        rf",?{_B}+(?P<region>[A-Z]{{2,3}}){_B}+\d{{4}}(?!\d)",  # Australia
        rf",?{_B}+\d{{4,5}}(?![\d/.-])",
        rf"{_B}[A-Z]{{2}}\d{{1,2}}(?=\s*(?:[|•·,]|$))",  # "Wrexham LL11", as much of it as many British print
    )
)
TOWN_BEHIND_BRITISH = re.compile(rf"(?<![\w/.-])[A-Z]{{1,2}}\d[A-Z\d]?{_B}\d[A-Z]{{2}}{_B}+{_TOWN}")
_CODE_AND_POSTCODE = re.compile(
    r"(,\s*(?P<code>[A-Z]{2})),\s*(?=\S*\d)[A-Z\d][A-Z\d -]{2,9}$"
)  # "Utrecht, NL, 3512 HC"


def without_postcode(line: str) -> str:
    """Leave out a postcode behind the country: "Utrecht, NL, 3512 HC"; behind a state, as in America, it tells the town."""
    found = _CODE_AND_POSTCODE.search(line)
    is_american = found and is_state(found["code"]) and re.search(r"\d{5}", found[0])
    return (line[: found.end(1)] if found and country_code(found["code"]) and not is_american else line).rstrip(" ,")


def is_state(text: str) -> bool:
    """Tell whether a text is a state or province that is printed behind a town: "CA", "Ohio"."""
    codes = word_list("addresses")["american_states"], word_list("addresses")["provinces"]
    return any(text in of_country for of_country in codes) or text in phrases("addresses", "state_names")
