"""Where a town stands in a postal address: before or behind the postcode, in the form that each country gives it.

In each pattern `town` is what it is called, and `country` or `region` what is printed with it.
"""

from __future__ import annotations

import re

from pipeline.inference.offline.words import any_of

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
