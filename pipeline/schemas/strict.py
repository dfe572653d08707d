"""The subset of JSON Schema that every provider enforces.

All properties required, optional ones nullable, no additional properties, no $ref, no keyword that
narrows a value: what a provider does not enforce is validated here, after the reply. Source: the
strictest common subset of OpenAI's and Anthropic's structured outputs (their SDKs, 2026).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_KEPT = ("type", "enum", "description")
_TYPE_NAMES = {str: "string", bool: "boolean", int: "integer"}


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model in the strict subset, everything in line."""
    whole = model.model_json_schema()
    return _strict(whole, whole.get("$defs", {}))


def _strict(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        target = definitions[node["$ref"].rsplit("/", 1)[-1]]
        own = {key: value for key, value in target.items() if key != "description"}
        return _strict(own | {key: node[key] for key in ("description",) if key in node}, definitions)
    if "anyOf" in node:
        return _nullable(node, definitions)
    kept = {key: node[key] for key in _KEPT if key in node}
    if "const" in node:
        kept["enum"] = [node["const"]]
    if node.get("type") == "array":
        kept["items"] = _strict(node["items"], definitions)
    if node.get("type") == "object":
        kept["properties"] = {name: _strict(part, definitions) for name, part in node.get("properties", {}).items()}
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept


def _nullable(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Write "this or null" as one node with two types: the shortest form, and it is paid for with every document."""
    inner = next(choice for choice in node["anyOf"] if choice.get("type") != "null")
    merged = _strict(inner | {key: node[key] for key in ("description",) if key in node}, definitions)
    if "enum" not in merged:
        return merged | ({"type": [merged["type"], "null"]} if "type" in merged else {})
    kinds = dict.fromkeys(_TYPE_NAMES[type(choice)] for choice in merged["enum"])  # no provider takes a choice without
    return merged | {"type": [*kinds, "null"], "enum": [*merged["enum"], None]}
