"""prompts/*.md: one file is one kind of document. Parse, hash, route, render.

A prompt file is Markdown with YAML front matter. The body is the instruction to the model, the same
for every document, so that a provider can cache it; the document follows, fenced as data. A prompt's
hash covers all that decides a reply: the body, the resolved JSON Schema and max_output_tokens.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import SettingsError
from pipeline.matching import MatchRules, Rules, Seen
from pipeline.records import Extraction, Prompt
from pipeline.schemas.custom import SchemaProblemError
from pipeline.schemas.schema import BUILT_IN, Schema, built_in, custom

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml is ten times as fast, where PyYAML was built with it."""
_HASH_TAG = "p1-"
"""Names the recipe of the hash; a new recipe gets a new tag, so that old results are never taken for new ones."""
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE)
_BEGINS = re.compile(r"---[ \t]*\n")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")
_NO_KEY = re.compile(r"[:：{]|[^\S ]|[\u200b-\u200d\ufeff]")
"""What stands in a key without quotes only where no plain blank follows its colon, or is in front of it."""
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_READ_OTHERWISE = {"tag:yaml.org,2002:int": "a number", "tag:yaml.org,2002:timestamp": "a date"}
_YAML_HINT = 'YAML: `key: value`, lists as [a, b]; a text with one of : , # \' { [ in "double quotes"'
_FIRST_LINE = 2
"""The front matter begins on the file's second line."""
_NEARLY_ENDINGS = (".md.txt", ".markdown")
"""What editors make of the name of a prompt."""
_ROUTED_CHARACTERS = 8_000
"""How far into a document the match rules look: a contract of forty pages has the words of an invoice somewhere."""
_ALL_PROMPTS = "summaries"
_PLAINLY = {
    "tuple_type": "Input should be a list, such as [one, two]",
    "model_type": "Input should be a mapping of `key: value`",
    "string_type": "Input should be a text: put it in quotes",
}
"""What pydantic says in words of its own trade, or without the remedy."""
_NAKED = re.compile(r"^(https?://(www\.)?|mailto:|tel:)|/$")


Lines = dict[tuple[str, ...], int]
"""In which line of the file each key stands, by its path."""


class PromptError(SettingsError):
    """A prompt file cannot be used; the message names file, line and key."""


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    match: MatchRules = MatchRules()
    schema_: str | dict[str, Any] = Field(alias="schema")
    model: str | None = None
    max_output_tokens: int | None = Field(None, ge=1, le=10**9, strict=True)


@dataclass(frozen=True, slots=True)
class Template:
    """One prompt file, ready to be used."""

    name: str
    title: str
    hash: str
    system: str = field(repr=False)
    schema: Schema = field(repr=False)
    instruction: str = field(repr=False)
    """`system` and `schema` as text: all that a request holds besides the document, to count its tokens."""
    max_output_tokens: int
    model: str | None
    """None: the model of the settings."""
    match: MatchRules = field(repr=False)
    rules: Rules = field(repr=False)
    """`match`, made ready."""

    def render(self, extraction: Extraction) -> Prompt:
        """Put a document into the prompt, fenced with a mark that it cannot know, and never substituted twice."""
        text = extraction.text + _link_lines(extraction)
        mark = fence_mark(text)
        user = f"<document {mark}>\n{text}\n</document {mark}>"
        return Prompt(
            self.name, self.hash, self.model, self.system, user, self.schema.json_schema, self.max_output_tokens
        )


@dataclass(frozen=True, slots=True)
class Prompts:
    """All prompts of a folder, by name."""

    by_name: Mapping[str, Template]
    default: str

    def route(self, folder: str, name: str, text: str, before: str | None = None) -> Template:
        """Choose the prompt: the nearest sub-folder named like one, else the strongest match, else the default.

        `before`: the prompt that read the same bytes before. Another name does not make another document of them.
        """
        for part in reversed(folder.split("/")):
            if part.casefold() in self.by_name:
                return self.by_name[part.casefold()]
        if before and before in self.by_name:
            return self.by_name[before]
        seen = Seen.of(name, text[:_ROUTED_CHARACTERS])
        scored = [(template.rules.points(seen) / template.match.points, template) for template in self.by_name.values()]
        best, template = max(scored, key=lambda pair: pair[0])
        return template if best >= 1 else self.by_name[self.default]


def load(folder: Path | None, default: str, max_output_tokens: int) -> Prompts:
    """Read all prompt files of a folder. Raises PromptError for the first that is broken."""
    if folder is None:
        raise PromptError(
            "there is no folder prompts/", "run from the project's folder, or put prompts/ beside pipeline.toml"
        )
    files = sorted(file for file in folder.glob("*") if _is_meant_as_prompt(file))
    by_name = {file.stem: parse(Path(folder.name, file.name), _bytes(file), max_output_tokens) for file in files}
    if default not in by_name:
        raise PromptError(
            f"[inbox] default_prompt: there is no {folder.name}/{default}.md",
            f"there are: {', '.join(by_name) or 'none'}",
        )
    return Prompts(by_name, default)


def _is_meant_as_prompt(file: Path) -> bool:
    """Tell whether a file is a prompt. Raises PromptError for one whose ending would hide it."""
    if file.name.startswith("."):  # an editor's lock, a Mac's notes
        return False
    if file.name.casefold().endswith(_NEARLY_ENDINGS) or (file.suffix.casefold() == ".md" != file.suffix):
        raise PromptError(f"{file.parent.name}/{file.name}: the name of a prompt ends in .md", "rename it")
    return file.suffix == ".md"


def _bytes(file: Path) -> bytes:
    if file.exists() and not file.is_file():  # a pipe would have us wait, and a device would never end
        raise PromptError(f"{file}: cannot be read: it is no file", "move it away, or put the prompt in its place")
    try:
        return file.read_bytes()
    except OSError as error:
        raise PromptError(f"{file}: cannot be read: {error.strerror}", "look at its permissions") from None


@functools.lru_cache(maxsize=64)  # it takes 20 ms, for the same answer each time
def parse(file: Path, data: bytes, max_output_tokens: int) -> Template:
    """Read one prompt file. `max_output_tokens` is for a prompt that names none."""
    shown = f"{file.parent.name}/{file.name}"
    if file.stem == _ALL_PROMPTS:
        raise PromptError(f"{shown}: {file.stem}.csv is the table of all documents", "give the prompt another name")
    if not _NAME.fullmatch(file.stem):
        raise PromptError(f"{shown}: a prompt's file name becomes a folder and a CSV", "use a-z, 0-9, - and _ only")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PromptError(f"{shown}: line {line}: not UTF-8 (byte {error.start})", "save it as UTF-8") from None
    found = _FRONT_MATTER.match(text)
    if not found:
        end = ", as its second --- is missing" if _BEGINS.match(text) else ""
        raise PromptError(
            f"{shown}: line 1: no front matter{end}", "begin the file with a block between two lines of ---"
        )
    front, lines = _front_matter(shown, found[1])
    system = found[2].strip()
    if not system:
        raise PromptError(f"{shown}: there is no instruction below the front matter", "say what the model is to do")
    schema = _schema(shown, front.schema_, lines)
    tokens = front.max_output_tokens or max_output_tokens
    version = _hash({"system": system, "schema": schema.json_schema, "max_output_tokens": tokens})
    instruction = system + json.dumps(schema.json_schema, ensure_ascii=False, separators=(",", ":"))
    rules = Rules.of(front.match)
    return Template(
        file.stem, front.title, version, system, schema, instruction, tokens, front.model, front.match, rules
    )


def _front_matter(shown: str, block: str) -> tuple[_FrontMatter, Lines]:
    values, lines = _yaml(shown, block)
    try:
        return _FrontMatter.model_validate(values), lines
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A key that is misspelt is missing as well: what helps is where it stands.
        first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
        path, message = (
            tuple(map(str, first["loc"])),
            _PLAINLY.get(first["type"], first["msg"].removeprefix("Value error, ")),
        )
        if path[0] == "schema" and first["type"] != "missing":  # pydantic names the branch of the union that it tried
            path, message = path[:1], "a built-in name, or a JSON Schema as a mapping"
        raise _key_error(shown, path, first["type"], message, lines) from None


def _yaml(shown: str, block: str) -> tuple[dict[str, Any], Lines]:
    """Return the mapping in a front matter and where its keys stand. Raises PromptError for whatever YAML cannot be."""
    try:
        loader = _Loader(block)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode | None):
            raise PromptError(f"{shown}: line 2: the front matter is no list of `key: value`", "see prompts/invoice.md")
        lines = _lines(shown, node) if node else {}
        _must_mean_what_is_written(shown, node)
        return (loader.construct_document(node) if node else {}), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, sign = (mark.line + _FIRST_LINE, block[mark.index : mark.index + 1]) if mark else (1, "")
        raise PromptError(f"{shown}: line {line}: {error.problem}", _yaml_hint(sign, str(error.problem))) from None
    except RecursionError:
        raise PromptError(f"{shown}: the front matter is nested too deep, or holds itself", "write it out") from None
    except yaml.reader.ReaderError as error:  # a control character
        line = block.encode().count(b"\n", 0, error.position) + _FIRST_LINE
        raise PromptError(f"{shown}: line {line}: {str(error).splitlines()[0]}", "YAML: take it out") from None


def _yaml_hint(sign: str, problem: str) -> str:
    """Say what to do about the sign at which YAML cannot go on."""
    if sign == "\t":
        return "YAML: indent with blanks, not with a tab"
    if "alphabetic" in problem or sign in tuple("@`%!&*"):
        return 'YAML: a text that begins with * & ! % @ or ` stands in quotes: "*invoice*"'
    if "escape" in problem:
        return "YAML: a text with \\ stands in single quotes"
    return _YAML_HINT


def _must_mean_what_is_written(shown: str, node: yaml.Node | None) -> None:
    """Refuse what YAML reads as something else than is written: 012 is 10, 2026-02-03 a date, `x:{a: b}` a key "x:{a"."""
    parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else []
    for key in parts[::2]:
        if isinstance(key, yaml.ScalarNode) and not key.style and _NO_KEY.search(key.value):
            line = key.start_mark.line + _FIRST_LINE
            problem = f"{shown}: line {line}: `{key.value.strip()}` is read as one key"
            raise PromptError(problem, "YAML: a plain blank follows each colon, and stands in front of a key")
    if isinstance(node, yaml.ScalarNode) and not node.style:
        kind = _READ_OTHERWISE.get(node.tag)
        if kind and not _WHOLE.fullmatch(node.value):
            line = node.start_mark.line + _FIRST_LINE
            raise PromptError(f"{shown}: line {line}: {node.value} is {kind} in YAML", "put it in quotes")
    for part in parts or (node.value if isinstance(node, yaml.SequenceNode) else []):
        _must_mean_what_is_written(shown, part)


def _key_error(shown: str, path: tuple[str, ...], kind: str, problem: str, lines: Lines) -> PromptError:
    keys = [
        name.rstrip("_") for name in (MatchRules if path[0] == "match" and len(path) > 1 else _FrontMatter).model_fields
    ]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(path[-1].casefold(), keys, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(keys)}"
        return PromptError(f"{shown}: {_at(path, lines)}{'.'.join(path)} is no key of a prompt", hint)
    return PromptError(
        f"{shown}: {_at(path, lines)}{'.'.join(path)}: {problem}", f"keys of a prompt: {', '.join(keys)}"
    )


def _schema(shown: str, written: str | dict[str, Any], lines: Lines) -> Schema:
    if isinstance(written, str):
        schema = built_in(written)
        if schema is None:
            raise PromptError(
                f"{shown}: {_at(('schema',), lines)}schema: there is no built-in schema {written!r}",
                f"built in are {', '.join(BUILT_IN)}; or write a JSON Schema there",
            )
        return schema
    try:
        return custom(written)
    except SchemaProblemError as error:
        path = ("schema", *error.path)
        raise PromptError(f"{shown}: {_at(path, lines)}{'.'.join(path)}: {error}", "see prompts/invoice.md") from None


def _lines(shown: str, node: yaml.MappingNode, prefix: tuple[str, ...] = ()) -> Lines:
    """Return the line (from 1, in the file) of every key. A key that stands twice is refused: one would be lost."""
    found: dict[tuple[str, ...], int] = {}
    for key, value in node.value:
        path, line = (*prefix, str(key.value)), key.start_mark.line + _FIRST_LINE
        if path in found:
            raise PromptError(f"{shown}: line {line}: {'.'.join(path)} stands here twice", "keep one of them")
        found[path] = line
        if isinstance(value, yaml.MappingNode):
            found |= _lines(shown, value, path)
    return found


def _at(path: Sequence[str], lines: Lines) -> str:
    """Return "line N: " for a key, or for the nearest one that holds it."""
    known = (lines.get(tuple(path[:length])) for length in range(len(path), 0, -1))
    line = next(filter(None, known), None)
    return f"line {line}: " if line else ""


def fence_mark(text: str, length: int = 16) -> str:
    """Return a mark that a text does not hold: its own hash, made longer by `length` digits as often as need be."""
    digits = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    mark = digits[:length]
    while mark in text:
        digits = hashlib.sha256(digits.encode()).hexdigest()
        mark += digits[:length]
    return mark


def _hash(parts: dict[str, Any]) -> str:
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return _HASH_TAG + hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _link_lines(extraction: Extraction) -> str:
    """Return the links whose targets do not stand in the text, one a line."""
    bare = (_NAKED.sub("", link) for link in extraction.links)
    unseen = [link for link, seen in zip(extraction.links, bare, strict=True) if seen not in extraction.text]
    return "\n\nLinks in the document:\n" + "\n".join(unseen) if unseen else ""
