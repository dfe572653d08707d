"""Names of languages, countries and currencies in any language, to the one form that is stored. Source: CLDR."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from importlib import resources
from itertools import chain
from typing import Any

from pipeline.schemas.lists import read_list


def english_language(text: str) -> str | None:
    """Return the English name of a language given by name (in any language) or by ISO 639 code; None: not a language."""
    code = language_code(text)
    return _english_languages().get(code) if code else None


def language_code(text: str) -> str | None:
    """Return the ISO 639-1 code (639-3 where there is none) of a language given by name or code."""
    word = text.strip().casefold()
    if word in _english_languages() and word.isascii():
        return word
    primary = word.replace("_", "-").split("-")[0]
    if len(primary) in (2, 3) and primary != word and primary in _english_languages():
        return primary
    return _names("languages").get(word)


def country_code(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country given by name (in any language) or by code."""
    word = text.strip()
    if len(word) == 2 and word.isascii() and word.upper() in _codes()["countries"]:
        return word.upper()
    return _names("countries").get(word.casefold())


def currency_code(text: str) -> str | None:
    """Return the ISO 4217 code of a currency given by code or by symbol; "$" alone is taken for USD."""
    word = text.strip().strip(".")
    if word.upper() in _codes()["currencies"] and len(word) == 3:
        return word.upper()
    return _extra()["currencies"].get(text.strip().casefold()) or _extra()["currencies"].get(word.casefold())


def shared_signs(code: str) -> list[str]:
    """Return the signs that may stand for a currency, and for others as well: "kr" for SEK."""
    return [sign for sign, codes in _extra()["shared_currencies"].items() if code in codes]


@functools.cache
def first_words_of_languages() -> frozenset[str]:
    """Return the first word, casefolded, of every name and code of a language."""
    return _first_words(_names("languages"), _english_languages())


@functools.cache
def first_words_of_countries() -> frozenset[str]:
    """Return the first word, casefolded, of every name and code of a country."""
    return _first_words(_names("countries"), _codes()["countries"])


@functools.cache
def first_words_of_currencies() -> frozenset[str]:
    """Return the first word, casefolded, of every code and symbol of a currency."""
    return _first_words(_extra()["currencies"], _codes()["currencies"])


def _first_words(names: Iterable[str], codes: Iterable[str]) -> frozenset[str]:
    return frozenset(name.partition(" ")[0] for name in chain(names, map(str.casefold, codes)))


@functools.cache
def _extra() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))


@functools.cache
def _english_languages() -> dict[str, str]:
    """Return the English name of every language by its code."""
    names: dict[str, str] = read_list("codes")["languages"]
    return names


@functools.cache
def _codes() -> dict[str, frozenset[str]]:
    """Return the codes of countries and of currencies."""
    lists = read_list("codes")
    return {kind: frozenset(lists[kind]) for kind in ("countries", "currencies")}


@functools.cache
def _names(kind: str) -> dict[str, str]:
    """Return the code of every name, casefolded; what names.toml says goes before CLDR."""
    names = {name: code for code, called in read_list(kind)["names"].items() for name in called}
    names.update(_extra()[kind])
    return names
