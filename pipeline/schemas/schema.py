"""From a model's reply to validated fields, and from fields to a finished summary."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from pipeline.errors import InvalidReplyError
from pipeline.records import Notice
from pipeline.schemas import cv
from pipeline.schemas.custom import custom_model
from pipeline.schemas.cv import CV
from pipeline.schemas.document import BusinessDocument
from pipeline.schemas.strict import strict_schema
from pipeline.schemas.values import Reply
from pipeline.signs import WITHOUT_WIDTH

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile(f"[{WITHOUT_WIDTH}]")
_MAY_BE_UNWANTED = re.compile(rf"[\x00\ud800-\udfff{WITHOUT_WIDTH}]|\\u")
"""Characters that cannot be stored, or are not seen, and how JSON writes any."""
_THOUGHT = re.compile(r"""\s*(?:<think(?:ing)?>.*?|(?:(?!\{\s*["}]).)*?)</think(?:ing)?>""", re.DOTALL)
"""What models write before their answer whose server does not part the two. Where it begins is often said in the prompt; then
it ends before any JSON, whose values may hold such a mark because the document does."""
_OBJECT = re.compile(r"""\{\s*["}]""")
_TEXT_OR_COMMA = re.compile(r"""("(?:[^"\\]++|\\.)*+(?:"|\\?\Z))|,(?=\s*[\]}])""", re.DOTALL)
"""A text, or a comma that no value follows. A text that does not end is one to the end: it is looked at once, not from each quote."""
_SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Schema:
    """The shape of one kind of summary. `name`: "cv", "document", or "custom" for one written in a prompt file."""

    name: str
    model: type[Reply]
    json_schema: dict[str, Any] = field(repr=False)
    """In the strict subset that providers enforce."""

    def read(self, reply: str) -> tuple[dict[str, Any], tuple[Notice, ...]]:
        """Validate a model's reply and return its fields, tidied, and what was dropped on the way.

        Raises InvalidReplyError; its message names fields and rules, never values.
        """
        notices: list[Notice] = []
        try:
            value = self.model.model_validate(self._unwrapped(_json_object(reply)), context={"notices": notices})
        except RecursionError:
            raise InvalidReplyError("the reply is nested deeper than is safe to read") from None
        except ValidationError as error:
            raise InvalidReplyError(_problems(error)) from None
        return value.model_dump(mode="json"), tuple(notices)

    def _unwrapped(self, value: dict[str, Any]) -> Any:
        """Return the answer where it is the only thing in an object around it."""
        [inner] = value.values() if len(value) == 1 else [None]
        asked = self.json_schema["properties"].keys()
        return inner if isinstance(inner, dict) and not value.keys() & asked and inner.keys() & asked else value

    def finish(self, fields: dict[str, Any], as_of: dt.date, kind: str) -> dict[str, Any]:
        """Add what is computed rather than read. `kind` is the document_type of a schema that has none."""
        if self.model is CV:
            return cv.derive(fields, as_of)
        own = {key: value for key, value in fields.items() if key != "document_type" or value}
        return {"document_type": kind, "as_of": as_of.isoformat()} | own


@functools.cache
def built_in(name: str) -> Schema | None:
    """Return a built-in schema, or None. Made once: pydantic takes 15 ms for it, and every command asks."""
    model = BUILT_IN.get(name)
    return Schema(name, model, strict_schema(model)) if model else None


def custom(node: Any) -> Schema:
    """Return the schema that a user wrote as JSON Schema. Raises SchemaProblemError."""
    model = custom_model(node)
    return Schema("custom", model, strict_schema(model))


BUILT_IN: dict[str, type[Reply]] = {"cv": CV, "document": BusinessDocument}


def _json_object(reply: str) -> Any:
    """Find the JSON object in a reply; models that no grammar holds put a fence or a sentence around it."""
    reply = _once_encoded(reply)
    thought = _THOUGHT.match(reply) if "</think" in reply else None
    start = _OBJECT.search(reply, thought.end() if thought else 0)
    if not start:
        raise InvalidReplyError("the reply is not JSON")
    try:
        value = _decoded(reply, start.start())
    except (ValueError, RecursionError):
        raise InvalidReplyError("the reply is not complete, valid JSON") from None
    return _seen(value) if _MAY_BE_UNWANTED.search(reply) else value


def _once_encoded(reply: str) -> str:
    """Return what stands in a reply that is one JSON string: some gateways and small models encode their answer twice."""
    if not reply.lstrip().startswith('"'):
        return reply
    try:
        inner = json.loads(reply)
    except ValueError:
        return reply
    return inner if isinstance(inner, str) else reply


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _fullest(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a key that is written twice, the last value that is not empty."""
    made = dict(pairs)
    if len(made) < len(pairs):
        made |= {key: value for key, value in pairs if value not in (None, "", [], {})}
    return made


_DECODER = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_fullest, strict=False)
"""Takes the ends of lines inside a text as well, which JSON wants to be written as \\n."""


def _decoded(reply: str, start: int) -> Any:
    try:
        return _DECODER.raw_decode(reply, start)[0]
    except ValueError:
        without = _TEXT_OR_COMMA.sub(lambda found: found[1] or "", reply[start:])
        return _DECODER.raw_decode(without)[0]


def _seen(value: Any) -> Any:
    """Replace lone surrogates, which JSON can write and neither SQLite nor a terminal can take; drop what nobody sees.

    A mark that turns the direction of writing makes a value look like another one in a table.
    """
    if isinstance(value, str):
        return _UNSEEN.sub("", _storable(value))
    if isinstance(value, list):
        return [_seen(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _seen(item) for key, item in value.items()}  # a schema may have such marks in its names
    return value


def _storable(text: str) -> str:
    return _LONE_SURROGATE.sub("\ufffd", text).replace("\x00", "")


def _problems(error: ValidationError) -> str:
    """Say which fields break which rules; the values stay out, since messages are stored and shown."""
    problems = error.errors(include_input=False, include_context=False, include_url=False)
    shown = [f"{'.'.join(map(str, one['loc'])) or 'reply'}: {one['msg']}" for one in problems[:_SHOWN_PROBLEMS]]
    more = len(problems) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
