"""A schema that a user writes into a prompt file, as JSON Schema, made into a pydantic model.

What is printed is all there is, so every field may be null. `format: date` is a partial date.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, create_model

from pipeline.schemas.numbers import amount
from pipeline.schemas.values import Item, NoneIsEmpty, PartialDate, Reply, Text, YesOrNo, note

_KEYWORDS = {
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "format",
    "description",
    "title",
}
_TYPES = ("object", "array", "string", "number", "integer", "boolean")
_BELONGS = {
    "items": "array",
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "format": "string",
}
"""The type that a keyword says something about; beside another one it would be ignored in silence."""
_FORMATS = frozenset(
    {"date", "date-time", "time", "duration", "email", "idn-email", "hostname", "ipv4", "ipv6", "uri", "iri", "uuid"}
)
"""Of JSON Schema; only a date is tidied."""
_DEEPEST = 20
"""Keys on the way to a property: ten objects, one within another, are the most that providers take."""
_CHOICES: dict[str, tuple[type, ...]] = {"string": (str,), "number": (int,), "integer": (int,), "boolean": (bool,)}
"""What may stand in the `enum` of a type."""
_IN_QUOTES = "put it in quotes (yes, no, on and off are true and false)"
_OF_DATES = "a date is `{type: string, format: date}`"
_KIND = "document_type"
"""The one name of the first level that the program reads itself."""


class SchemaProblemError(ValueError):
    """A schema cannot be used. `path` leads to the key: ("properties", "total", "type")."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


class _Named(Reply):
    """Properties may have any name, so the model's own fields have tame ones and the names are aliases."""

    model_config = ConfigDict(serialize_by_alias=True)


def custom_model(node: Any) -> type[Reply]:
    """Return a model for a JSON Schema of type object. Raises SchemaProblemError with the path of what is wrong."""
    if not isinstance(node, dict) or node.get("type") != "object":
        raise SchemaProblemError(("type",), "a schema begins with `type: object` and has `properties`")
    model = _object(node, ())
    if not _is_text(node["properties"].get(_KIND, {"type": "string"})):
        raise SchemaProblemError(("properties", _KIND), f"`{_KIND}` is a text: the kind of the document")
    return model


def _is_text(node: dict[str, Any]) -> bool:
    """Tell whether a property holds a text. What it is described by was looked at before."""
    choices = [node["const"]] if "const" in node else node.get("enum")
    if choices is not None:
        return all(isinstance(choice, str | None) for choice in choices)
    return _kind(node, ()) == "string"


def _object(node: dict[str, Any], path: tuple[str, ...]) -> type[Reply]:
    properties = node.get("properties")
    if not isinstance(properties, dict) or not properties:
        raise SchemaProblemError((*path, "properties"), "an object needs `properties`, at least one")
    fields: dict[str, Any] = {}
    if len({str(name) for name in properties}) < len(properties):
        raise SchemaProblemError((*path, "properties"), "two properties have the same name")
    for number, (name, part) in enumerate(properties.items()):
        here = (*path, "properties", str(name))
        if isinstance(name, bool) or not isinstance(name, str | int):
            raise SchemaProblemError((*path, "properties"), f"a name that YAML reads as {name}: {_IN_QUOTES}")
        options: dict[str, Any] = {"alias": str(name), "description": _checked(part, here).get("description")}
        if path:  # only the first level is demanded; see Reply
            options["default"] = None
            options["validate_default"] = True
        fields[_field_name(str(name), number, fields)] = (_type(part, here), Field(**options))
    _checked(node, path)
    _must_name_properties(node.get("required", []), properties, (*path, "required"))
    return create_model("Custom", __base__=_Named, __doc__=None if path else node.get("description"), **fields)


def _must_name_properties(required: Any, properties: dict[str, Any], path: tuple[str, ...]) -> None:
    """Refuse a name that is no property: most likely it is misspelt, here or there."""
    names = set(map(str, properties))
    if not isinstance(required, list):
        raise SchemaProblemError(path, "`required` is a list of names of properties")
    if unknown := [name for name in required if str(name) not in names]:
        raise SchemaProblemError(path, f"`{unknown[0]}` is no property; there are: {', '.join(sorted(names))}")


def _field_name(name: str, number: int, taken: dict[str, Any]) -> str:
    """Return a name that pydantic takes, as near to the property's as can be: notices use it."""
    near = re.sub(r"\W", "_", name).strip("_")
    usable = near.isidentifier() and near not in taken and not hasattr(Reply, near) and not near.startswith("model_")
    return near if usable else f"field_{number}"


def _checked(node: Any, path: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise SchemaProblemError(path, "a property is described by a mapping such as `{type: string}`")
    if not isinstance(node.get("description", ""), str):
        raise SchemaProblemError((*path, "description"), "`description` is a text: put it in quotes")
    for key in node:
        if key not in _KEYWORDS:
            raise SchemaProblemError(
                (*path, str(key)), f"`{key}` is not supported; known: {', '.join(sorted(_KEYWORDS))}"
            )
    return node


def _must_belong(node: dict[str, Any], path: tuple[str, ...]) -> None:
    """Refuse keywords that say nothing about a property of its type."""
    if "type" in node and "enum" not in node and "const" not in node:
        kind = _kind(node, path)
        if stray := next((key for key in node if _BELONGS.get(key, kind) != kind), None):
            raise SchemaProblemError((*path, stray), f"`{stray}` belongs to `type: {_BELONGS[stray]}`: take it out")
    if node.get("format", "date") not in _FORMATS:
        raise SchemaProblemError((*path, "format"), f"there is no format {node['format']!r}; a date is `format: date`")


def _type(node: dict[str, Any], path: tuple[str, ...]) -> Any:
    if len(path) > _DEEPEST:
        raise SchemaProblemError(path[:2], f"nested deeper than {_DEEPEST // 2} objects, which no provider takes")
    _must_belong(node, path)
    keyword = "const" if "const" in node else "enum"
    choices = [node["const"]] if "const" in node else node.get("enum")
    if choices is not None:
        return _choice(node, choices, (*path, keyword))
    kind = _kind(node, path)
    if kind == "object":
        return Annotated[_object(node, path), BeforeValidator(lambda value: {} if value is None else value)]
    if kind == "array":
        return Annotated[list[_item(node.get("items"), (*path, "items"))], NoneIsEmpty]  # type: ignore[misc]  # made at run time
    if kind == "string":
        return PartialDate if node.get("format") == "date" else Text
    return {"number": _Number, "integer": _Integer, "boolean": YesOrNo}[kind]


def _choice(node: dict[str, Any], choices: Any, path: tuple[str, ...]) -> Any:
    """Return the type of a property that holds one of some values."""
    keyword = path[-1]
    named = [choice for choice in choices if choice is not None] if isinstance(choices, list) else []
    if not named or not all(isinstance(choice, str | int) for choice in named):
        raise SchemaProblemError(path, f"`{keyword}` takes texts or whole numbers")
    kind = _kind(node, path[:-1]) if "type" in node else None
    if kind != "boolean" and any(isinstance(choice, bool) for choice in named):
        raise SchemaProblemError(path, f"`{keyword}` holds what YAML reads as true or false: {_IN_QUOTES}")
    if kind and not all(type(choice) in _CHOICES.get(kind, ()) for choice in named):
        raise SchemaProblemError(path, f"`{keyword}` holds a value that is no {kind}")
    return Annotated[Literal[tuple(named)] | None, BeforeValidator(_chooses(named))]


def _chooses(named: list[Any]) -> Callable[[Any], Any]:
    """Return what reads a choice that a model wrote with other capitals, blanks around it or a number as text."""
    by_text = {str(choice).strip().casefold(): choice for choice in reversed(named)}
    by_text.setdefault("", None)

    def choose(value: Any) -> Any:
        is_other_text = isinstance(value, str) and value not in named
        return by_text.get(value.strip().casefold(), value) if is_other_text else value

    return choose


def _item(node: Any, path: tuple[str, ...]) -> Any:
    if node is None:
        raise SchemaProblemError(path, "an array needs `items`, such as `{type: string}`")
    inner = _type(_checked(node, path), path)
    inner = Item if inner == Text else inner
    return Annotated[inner, Field(description=node.get("description"))]


def _kind(node: dict[str, Any], path: tuple[str, ...]) -> str:
    kinds = node.get("type")
    named = [kind for kind in kinds if kind not in ("null", None)] if isinstance(kinds, list) else [kinds]
    if len(named) != 1 or named[0] not in _TYPES:
        raise SchemaProblemError((*path, "type"), f"`type` is one of {', '.join(_TYPES)}; {_OF_DATES}")
    return str(named[0])


def _to_number(value: Any, info: ValidationInfo) -> Any:
    """Read a number that a model wrote as people print it; what is none becomes null with a notice."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, str):
        return value
    tidy = amount(value)
    if tidy and not math.isfinite(float(tidy)):
        tidy = None
    if tidy is None and value:
        note(info, "unreadable_amount", value)
    return tidy


def _to_integer(value: Any, info: ValidationInfo) -> Any:
    number = _to_number(value, info)
    if not isinstance(number, str | float):
        return number
    exact = Decimal(number)
    if exact.is_finite() and exact == exact.to_integral_value():
        return int(exact)
    note(info, "unreadable_amount", str(value))
    return None


_Number = Annotated[float | None, BeforeValidator(_to_number)]
_Integer = Annotated[int | None, BeforeValidator(_to_integer)]
