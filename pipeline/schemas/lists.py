"""Lists of names and codes in all languages: the files in cldr/, which tests/make_names.py makes from CLDR."""

from __future__ import annotations

import functools
import json
import tomllib
from importlib import resources
from typing import Any


def read_list(name: str) -> Any:
    """Return a file of lists. The files are part of the program; who reads one keeps what is made of it."""
    return json.loads(resources.files(__package__).joinpath("cldr", f"{name}.json").read_bytes())


@functools.cache
def read_words() -> dict[str, Any]:
    """Return the words of words.toml, which CLDR does not have."""
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
