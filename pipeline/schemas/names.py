"""Names of languages, countries and currencies in any language, to the one form that is stored. Source: CLDR (Babel)."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from importlib import resources

import babel

from pipeline.schemas.dates import MONTH_LANGUAGES

_ENGLISH = babel.Locale.parse("en")
# Taken out once: Babel merges its data anew at every access.
_ENGLISH_LANGUAGES = dict(_ENGLISH.languages)
_ENGLISH_TERRITORIES = dict(_ENGLISH.territories)
_ENGLISH_CURRENCIES = dict(_ENGLISH.currencies)
_LANGUAGES = (*MONTH_LANGUAGES, "ja", "ko", "zh", "th", "hi")


def english_language(text: str) -> str | None:
    """Return the English name of a language given by name (in any language) or by ISO 639 code; None: not a language."""
    code = language_code(text)
    return _ENGLISH_LANGUAGES.get(code) if code else None


def language_code(text: str) -> str | None:
    """Return the ISO 639-1 code (639-3 where there is none) of a language given by name or code."""
    word = text.strip().casefold()
    if word in _ENGLISH_LANGUAGES and word.isascii():
        return word
    primary = word.replace("_", "-").split("-")[0]
    if len(primary) in (2, 3) and primary != word and primary in _ENGLISH_LANGUAGES:
        return primary
    return _usual_language_names().get(word) or _language_names().get(word)


def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country given by name (in any language) or by code."""
    word = text.strip()
    if len(word) == 2 and word.isascii() and word.upper() in _ENGLISH_TERRITORIES:
        return word.upper()
    return _country_names().get(word.casefold())


def currency_code(text: str) -> str | None:
    """Return the ISO 4217 code of a currency given by code or by symbol; "$" alone is taken for USD."""
    word = text.strip().strip(".")
    if word.upper() in _ENGLISH_CURRENCIES and len(word) == 3:
        return word.upper()
    return _extra()["currencies"].get(text.strip().casefold()) or _extra()["currencies"].get(word.casefold())


@functools.cache
def first_words_of_languages() -> frozenset[str]:
    """Return the first word, casefolded, of every name and code of a language."""
    return _first_words(_language_names(), _ENGLISH_LANGUAGES)


@functools.cache
def first_words_of_countries() -> frozenset[str]:
    """Return the first word, casefolded, of every name and code of a country."""
    return _first_words(_country_names(), _ENGLISH_TERRITORIES)


@functools.cache
def first_words_of_currencies() -> frozenset[str]:
    """Return the first word, casefolded, of every code and symbol of a currency."""
    return _first_words(_extra()["currencies"], _ENGLISH_CURRENCIES)


def _first_words(names: Iterable[str], codes: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold().partition(" ")[0] for name in (*names, *codes))


@functools.cache
def _extra() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))


@functools.cache
def _usual_language_names() -> dict[str, str]:
    """Return the names that models answer with: the others take half a second to load."""
    english = {name.casefold(): code for code, name in _ENGLISH_LANGUAGES.items() if len(code) <= 3}
    return english | _extra()["languages"]


@functools.cache
def _language_names() -> dict[str, str]:
    names = dict(_usual_language_names())
    for locale in _LANGUAGES:
        for code, name in babel.Locale.parse(locale).languages.items():
            if len(code) <= 3:
                names.setdefault(name.casefold(), code)
    return names


@functools.cache
def _country_names() -> dict[str, str]:
    names = dict(_extra()["countries"])
    for locale in _LANGUAGES:
        for code, name in babel.Locale.parse(locale).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(name.casefold(), code)
    return names
