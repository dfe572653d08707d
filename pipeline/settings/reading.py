"""pipeline.toml, .env and the environment, read into Settings; what nobody can mean is refused with the nearest right word."""

from __future__ import annotations

import difflib
import io
import os
import shlex
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import BaseModel, ValidationError

from pipeline.errors import SettingsError
from pipeline.settings.shapes import InferenceSettings, Settings

_CONFIG_NAME = "pipeline.toml"
_ENV_PREFIX = "PIPELINE_"
KEY_VARIABLE = "PIPELINE_API_KEY"
"""Where the key of a `custom` provider is looked for, unless api_key_env names another variable."""
_FREE_NAMES = "prices"
"""A section whose keys are names of models; pydantic looks at what stands under them."""
_PLAINLY = {
    "model_type": "input should be a section, with its keys in lines below it",
    "dict_type": "input should be a section, with its keys in lines below it",
    "path_type": "input should be a text, in quotes",
    "string_pattern_mismatch": "input should be auto, off, or tesseract's names of languages, such as eng+deu",
    "missing": "is missing",
    "extra_forbidden": "is no setting",
}
"""What pydantic says in words of its own trade. The one pattern is that of [extract] ocr."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings and what stands around them."""

    settings: Settings
    home: Path
    """The folder of pipeline.toml: relative paths in it are meant from here."""
    file: Path | None
    """None: there is no pipeline.toml, built-in values are used."""
    environ: Mapping[str, str] = field(repr=False)
    """The environment over .env: where keys are looked up. Never printed."""
    warnings: tuple[str, ...] = ()
    """What a person should know before anything goes wrong, a line each."""

    def with_model(self, model: str) -> Configuration:
        """Return the same configuration with another model."""
        inference = self.settings.inference.model_copy(update={"model": model})
        return replace(self, settings=self.settings.model_copy(update={"inference": inference}))

    def folder(self, name: str) -> Path | None:
        """Find a folder of the project (prompts): beside pipeline.toml, in the working folder, beside the program."""
        places = (self.home, Path.cwd(), Path(__file__).resolve().parents[2])
        return next((place / name for place in places if (place / name).is_dir()), None)


def load(config: Path | None, data: Path | None, environ: Mapping[str, str]) -> Configuration:
    """Read the configuration. `config` and `data` are what the command line named. Raises SettingsError."""
    # What is there and cannot be read, such as a link to a share that is not connected, is an error: it would go unheeded.
    file = config or (Path(_CONFIG_NAME) if os.path.lexists(_CONFIG_NAME) else None)
    home = file.resolve().parent if file else Path.cwd()
    written = _from_toml(file) if file else {}
    dotenv, warnings = _dotenv(home)
    everywhere = {**dotenv, **environ}
    keys = _key_variables(written, everywhere)
    merged = _under_home(written, home)
    for where, variables in ((".env", dotenv), ("environment", environ)):
        merged = _merged(merged, _from_variables(where, variables, keys))
    if data is not None:
        merged["data_dir"] = data
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise _value_error(error, {"environment": environ, ".env": dotenv}, file) from None
    resolved = _at_home(settings.data_dir).absolute()
    if "\0" in str(resolved) or (resolved.exists() and not resolved.is_dir()):
        raise SettingsError(f"data_dir: {resolved} is no folder", "name another one, or remove what lies there")
    warnings = (*warnings, *_unheard(settings.inference))
    return Configuration(settings.model_copy(update={"data_dir": resolved}), home, file, everywhere, warnings)


def _unheard(inference: InferenceSettings) -> Iterator[str]:
    """Yield a warning where somebody has chosen a model, and the embedded rules would read all the same."""
    given = next((name for name in ("model", "base_url", "api_key_env") if getattr(inference, name)), None)
    if given and inference.provider == InferenceSettings.model_fields["provider"].default:
        yield f"[inference] {given} is not heeded: provider is {inference.provider!r}, the embedded rules; name another one"


def _at_home(folder: Path) -> Path:
    """Return a folder whose name may begin with ~. Raises SettingsError where that is nobody's."""
    try:
        return folder.expanduser()
    except RuntimeError:
        raise SettingsError(f"data_dir: nobody's home is {folder.parts[0]}", "write the folder out") from None


def _dotenv(home: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the variables of .env, and a warning where others than its owner can read or change them."""
    # A folder of this name is a virtual environment. A pipe is how keepers of passwords hand the file over.
    places = (place / ".env" for place in (home, Path.cwd()))
    file = next((place for place in places if os.path.lexists(place) and not place.is_dir()), None)
    if file is None:
        return {}, ()
    try:
        text, warnings = _understood(file)
        values = {name: value for name, value in dotenv_values(stream=io.StringIO(text)).items() if value is not None}
        is_open = bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file}: cannot be read: {error}", "look at its permissions and encoding (UTF-8)"
        ) from None
    if not (is_open and any(values.values())):
        return values, warnings
    return values, (*warnings, f"{file} is open to others on this machine; type: chmod 600 {shlex.quote(str(file))}")


def _understood(file: Path) -> tuple[str, tuple[str, ...]]:
    """Return what is in .env without lines that say nothing, and a warning for each of those. Raises OSError, UnicodeDecodeError."""
    parts = list(parse_stream(io.StringIO(file.read_text(encoding="utf-8"))))
    text = "".join(part.original.string for part in parts if not part.error)
    broken = (part.original for part in parts if part.error)
    return text, tuple(f"{file}: line {part.line} is left out: it is no NAME=value" for part in broken)


def _from_toml(file: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"{file}: there is no such file", "name an existing one with --config") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file}: cannot be read: {error}", "look at its permissions and encoding (UTF-8)"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{file}: {error}", 'texts stand in quotes (model = "gpt-5-mini"), and each key stands once'
        ) from None
    known = _known_keys()
    for path in _paths(written):
        if path not in known and path[0] != _FREE_NAMES:
            raise SettingsError(
                f"{file}: {_shown(path)} is no setting", _nearest(_shown(path), [_shown(key) for key in known])
            )
    return written


def _key_variables(written: Mapping[str, Any], environ: Mapping[str, str]) -> set[str]:
    """Return the names of variables that hold a key, not a setting."""
    section = written.get("inference")
    in_file = section.get("api_key_env") if isinstance(section, dict) else None
    return {KEY_VARIABLE, str(in_file), environ.get(f"{_ENV_PREFIX}INFERENCE__API_KEY_ENV", "")}


def _from_variables(where: str, variables: Mapping[str, str], keys: set[str]) -> dict[str, Any]:
    """Read PIPELINE_SECTION__KEY variables, except those that hold a provider's key."""
    known = {
        _ENV_PREFIX + "__".join(path).upper(): path for path in _known_keys() if len(path) == 2 or path == ("data_dir",)
    }
    found: dict[str, Any] = {}
    for name, value in variables.items():
        if not name.upper().startswith(_ENV_PREFIX) or name in keys:
            continue
        path = known.get(name.upper())
        if path is None:
            raise SettingsError(f"{where}: {name} is no setting", _nearest(name.upper(), [*known, KEY_VARIABLE]))
        if value != "":
            _put(found, path, value)
    return found


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree.setdefault(key, {})
    tree[path[-1]] = value


def _known_keys() -> list[tuple[str, ...]]:
    """Return the path of every section and every key."""
    keys: list[tuple[str, ...]] = []
    for name, info in Settings.model_fields.items():
        keys.append((name,))
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            keys += [(name, inner) for inner in info.annotation.model_fields]
    return keys


def _paths(tree: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in tree.items():
        yield (*prefix, key)
        if isinstance(value, dict):
            yield from _paths(value, (*prefix, key))


def _shown(path: tuple[str, ...]) -> str:
    return path[0] if len(path) == 1 else f"[{'.'.join(path[:-1])}] {path[-1]}"


def _nearest(wrong: str, right: list[str]) -> str:
    if wrong.startswith("["):  # the same section first
        section = wrong.split("]", maxsplit=1)[0]
        near = difflib.get_close_matches(wrong, [name for name in right if name.startswith(section)], 1, 0.7)
        if near:
            return f"did you mean {near[0]}?"
    close = difflib.get_close_matches(wrong, right, 1, 0.5)
    keys = {name.rsplit(maxsplit=1)[-1]: name for name in right}
    by_key = difflib.get_close_matches(wrong.rsplit(maxsplit=1)[-1], keys, 1, 0.7)
    best = keys[by_key[0]] if by_key else next(iter(close), None)
    return f"did you mean {best}?" if best else f"known are: {', '.join(right)}"


def _under_home(written: dict[str, Any], home: Path) -> dict[str, Any]:
    """Return what pipeline.toml says, with its data_dir meant from where it lies."""
    folder = written.get("data_dir") or "data"  # an empty one is not given, as in the environment
    return {**written, "data_dir": home / _at_home(Path(folder)) if isinstance(folder, str) else folder}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        below_it = result.get(key, {})
        if isinstance(value, dict) and isinstance(below_it, dict):
            result[key] = {**below_it, **value}
        elif not isinstance(value, dict):
            result[key] = value
    return result


def _value_error(error: ValidationError, sources: Mapping[str, Mapping[str, str]], file: Path | None) -> SettingsError:
    """Say what is wrong, and where it was written: in a variable, which is stronger, or in the file."""
    first = error.errors(include_input=False, include_url=False)[0]
    path = tuple(str(part) for part in first["loc"])
    variable = _ENV_PREFIX + "__".join(path).upper()
    named = (
        where
        for where, variables in sources.items()
        if any(name.upper() == variable and value for name, value in variables.items())
    )
    where = next(named, None)
    place = f"{where}: {variable}" if where else f"{file or 'settings'}: {_shown(path)}"
    problem = _PLAINLY.get(first["type"], first["msg"][0].lower() + first["msg"][1:])
    quoted = 'the model\'s name stands in quotes, with input and output below it: [prices."gpt-5-mini"]'
    return SettingsError(
        f"{place}: {problem}", quoted if path[0] == _FREE_NAMES else "see the table of settings in README.md"
    )
