"""Make the lists of names that the program carries, from CLDR as Babel has it.

Run by `make names`, after Babel has brought a new CLDR. The program itself does without Babel: loading 48 locales takes
a fifth of a second and 47 MB. Here names are casefolded and each is given to one code, so that nothing is left to do but to
look them up. Two runs give the same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global

from pipeline.schemas.dates import MONTH_LANGUAGES

CLDR: str = get_global("cldr")["version"]
# Where two languages use one name for two things, the first wins.
LANGUAGES = (*MONTH_LANGUAGES, "ja", "ko", "zh", "th", "hi")
CONTEXTS = ("format", "stand-alone")
WIDTHS = ("wide", "abbreviated")


def codes() -> dict[str, Any]:
    """Return the codes there are, those of languages with their English names."""
    english = Locale.parse("en")
    return {
        "languages": dict(sorted(english.languages.items())),
        "countries": sorted(english.territories),
        "currencies": sorted(english.currencies),
    }


def languages() -> dict[str, list[str]]:
    """Return the names of every language by its code, leaving out those of one country ("de_AT")."""
    tables = (Locale.parse(name).languages for name in LANGUAGES)
    return _by_code(tables, lambda code: len(code) <= 3)


def countries() -> dict[str, list[str]]:
    """Return the names of every country by its code, leaving out the continents ("150")."""
    tables = (Locale.parse(name).territories for name in LANGUAGES)
    return _by_code(tables, lambda code: len(code) == 2 and code.isalpha())


def _by_code(tables: Iterable[Mapping[str, str]], is_wanted: Callable[[str], bool]) -> dict[str, list[str]]:
    """Return what each code is called in these tables; a name that two codes have belongs to the first."""
    owners: dict[str, str] = {}
    for table in tables:
        for code, name in table.items():
            if is_wanted(code):
                owners.setdefault(name.casefold(), code)
    called: dict[str, list[str]] = {code: [] for code in sorted(set(owners.values()))}
    for name, code in owners.items():
        called[code].append(name)
    return called


def months() -> dict[str, dict[str, dict[str, int]]]:
    """Return by language the names that months have inside a date, and the names that they have only on their own."""
    return {language: _months(Locale.parse(language).months) for language in MONTH_LANGUAGES}


def _months(tables: Mapping[str, Mapping[str, Mapping[int, str]]]) -> dict[str, dict[str, int]]:
    known: set[str] = set()
    found: dict[str, dict[str, int]] = {context: {} for context in CONTEXTS}
    for context, width in product(CONTEXTS, WIDTHS):
        for number, printed in tables[context][width].items():
            name = printed.casefold().strip(". ")
            if name not in known:
                known.add(name)
                found[context][name] = number
    return found


def _text(content: dict[str, Any]) -> str:
    """Return a file of a list, an entry a line, so that a diff shows what a new CLDR changes."""
    source = f"Unicode CLDR {CLDR} by way of Babel; Unicode License v3, see LICENSE; made by tests/make_names.py"
    parts = [f'"cldr": {_json(CLDR)}', f'"source": {_json(source)}']
    parts += [f"{_json(name)}: {_lines(part)}" for name, part in content.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(part: dict[str, Any] | list[str]) -> str:
    if isinstance(part, list):
        return "[\n" + ",\n".join(map(_json, part)) + "\n]"
    return "{\n" + ",\n".join(f"{_json(key)}: {_json(value)}" for key, value in part.items()) + "\n}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def files() -> dict[str, str]:
    """Return the files by their names."""
    return {
        "codes.json": _text(codes()),
        "languages.json": _text({"names": languages()}),
        "countries.json": _text({"names": countries()}),
        "months.json": _text({"months": months()}),
        "LICENSE": (resources.files("babel") / "locale-data" / "LICENSE.unicode").read_text(encoding="utf-8"),
    }


def main(argv: list[str]) -> int:
    """Write the files into the folder that is named on the command line."""
    if len(argv) != 1:
        sys.exit("usage: make_names.py FOLDER")
    folder = Path(argv[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(f"Wrote the names of CLDR {CLDR} to {folder}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
