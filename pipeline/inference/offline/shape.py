"""An answer cut to its schema.

Promise: whatever the readers found, the result has exactly the schema's keys, each with a value of its type; a value
that does not fit is null, or an empty list or object.
"""

from __future__ import annotations

from typing import Any

_SCALARS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}


def shaped(value: Any, schema: dict[str, Any]) -> Any:
    """Return a value that the schema accepts, as near to this one as can be."""
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "enum" in schema:
        allowed = any(type(choice) is type(value) and choice == value for choice in schema["enum"])  # True is not 1
        return value if allowed and value is not None else _no_choice(schema["enum"])
    if "object" in kinds:
        given = value if isinstance(value, dict) else {}
        return {name: shaped(given.get(name), part) for name, part in schema.get("properties", {}).items()}
    if "array" in kinds:
        items = value if isinstance(value, list) else []
        return [item for item in (shaped(item, schema.get("items", {})) for item in items) if item is not None]
    return _scalar(value, kinds)


def _no_choice(choices: list[Any]) -> Any:
    """Return null where the schema allows it, else the choice that claims least."""
    if None in choices:
        return None
    return "other" if "other" in choices else choices[-1]


def _scalar(value: Any, kinds: list[Any]) -> Any:
    for kind in kinds:
        fits = isinstance(value, _SCALARS.get(kind, ()))
        if fits and (kind == "boolean") == isinstance(value, bool):
            return value
    return None if "null" in kinds else {"string": "", "boolean": False}.get(kinds[0], 0)
