"""What is to be started, and whether it can be: engine, file and memory are looked over before anything runs."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import struct
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError
from pipeline.inference.local.gguf import bytes_per_token, read_facts
from pipeline.inference.providers.table import Endpoint
from pipeline.settings import Configuration, InferenceSettings

ENGINE = "xllamacpp"
"""The module of the optional extra `local`."""
MEMORY = Path("/proc/meminfo")

_PACE: dict[str, Any] = {"concurrency": 1, "timeout": 600.0}
"""Where the settings say nothing: all cores work on one document, which takes its time."""
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be started."""

    file: Path
    slots: int
    """Requests at once."""
    context: int
    """Tokens of each slot, input and output together."""
    threads: int


def own_pace(inference: InferenceSettings) -> InferenceSettings:
    """Return the settings with a local model's pace in place of what the person did not set."""
    unset = {name: value for name, value in _PACE.items() if name not in inference.model_fields_set}
    return inference.model_copy(update=unset)


def plan(whom: Endpoint, configuration: Configuration) -> Plan:
    """Return what the settings ask for; the model's path is meant from the folder of pipeline.toml."""
    inference, local = configuration.settings.inference, configuration.settings.local
    if inference.base_url:
        raise SettingsError(
            '[inference] base_url goes with a server that runs already; provider "local" starts its own',
            'leave base_url out, or name the running server\'s kind: provider = "llamacpp"',
        )
    file = os.path.normpath(configuration.home / Path(whom.model).expanduser())
    return Plan(Path(file), own_pace(inference).concurrency, local.context, local.threads or _cores())


def named(whom: Endpoint, chosen: Plan) -> Endpoint:
    """Return the endpoint as the ledger knows it: the model by the name of its file, with our own context window."""
    return replace(whom, model=chosen.file.name, context_window=chosen.context)


def look_over(chosen: Plan, meminfo: Path = MEMORY) -> str:
    """Say in words what would be started. Raises SettingsError where the engine, the file or memory is missing."""
    if importlib.util.find_spec(ENGINE) is None:
        raise SettingsError(
            f'provider "local" needs the extra "local", the package {ENGINE}',
            f"install it: {shlex.quote(sys.executable)} -m pip install {ENGINE}",
        )
    size, cache = _sizes(chosen)
    needed, free = size + cache, _free_memory(meminfo)
    if free is not None and needed > free:
        raise SettingsError(
            f"{chosen.file.name} needs at least {_gib(needed)} of memory "
            f"({_gib(size)} model, {_gib(cache)} context), {_gib(free)} are free",
            "use a smaller model, lower [local] context or [inference] concurrency, or close other programs",
        )
    rest = "" if free is None else f" of {_gib(free)} free"
    return (
        f"{chosen.file} with {ENGINE}: needs at least {_gib(needed)} of memory{rest}; "
        f"{chosen.slots} x {chosen.context:,} tokens of context, {chosen.threads} threads"
    )


def _sizes(chosen: Plan) -> tuple[int, int]:
    """Return bytes of the model and of the memory for its context. Raises SettingsError for no, or no right, file."""
    hint = "[inference] model is the path of a .gguf file, from the folder of pipeline.toml"
    try:
        with chosen.file.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            facts = read_facts(file, size)
    except FileNotFoundError:
        raise SettingsError(f"{chosen.file}: there is no such file", hint) from None
    except OSError as error:
        raise SettingsError(f"{chosen.file}: cannot be read: {error.strerror}", hint) from None
    except (struct.error, ValueError, OverflowError):
        raise SettingsError(f"{chosen.file}: it is damaged or cut off", "download it again") from None
    if facts is None:
        raise SettingsError(f"{chosen.file}: it is no GGUF file", hint)
    return size, bytes_per_token(facts) * chosen.context * chosen.slots


def _cores() -> int:
    """Return how many processors we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _gib(size: int) -> str:
    return f"{size / _GIB:.1f} GiB"


def _free_memory(meminfo: Path) -> int | None:
    """Return bytes of memory that a new program can have; None: this system does not say."""
    try:
        found = re.search(r"^MemAvailable:\s*(\d+) kB", meminfo.read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
