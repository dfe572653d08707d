"""Providers as rows of data. To add one that speaks a known dialect: one row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import SettingsError
from pipeline.inference.offline import MODEL as OFFLINE_MODEL
from pipeline.settings import KEY_VARIABLE, InferenceSettings

OFFLINE = "offline"
"""The embedded engine."""
OFFLINE_URL = "http://offline.invalid/v1"
"""Where the embedded engine is mounted; .invalid never resolves (RFC 6761), so nothing can leave by mistake."""
LOCAL = "local"
"""The provider whose server we start ourselves; its address is known once it runs."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider: where it is, how it is spoken to, what it wants."""

    base_url: str | None
    """None: the settings must name it."""
    key_variable: str | None = None
    """None: no key is needed."""
    dialect: str = "openai"
    """openai or anthropic: a module of this folder."""
    structured: str = "json_schema"
    """How it is held to a schema: json_schema, json_object_schema, json_object (schema in words), none (in words)."""
    shows_schema: bool = True
    """False: it holds the model to the schema by a grammar, but the model never reads it, so it is said in words too."""
    max_tokens_field: str = "max_tokens"
    """OpenAI's reasoning models reject max_tokens; Mistral knows nothing else."""
    key_header: str = "authorization"
    headers: Mapping[str, str] = field(default_factory=dict)
    """Go along with every request."""
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    """Goes along with every request."""
    cache_key_field: str | None = None
    """Where requests with the same beginning are named, so that they meet in one cache."""
    probe_path: str = "models"
    """What is asked for to see whether the key is right, below the base URL; nothing there may cost."""
    cache_write_factor: float = 1.0
    """What input costs that is written to its cache, times other input; the price list knows it by itself."""
    key_optional: bool = False
    free: bool = False
    """Costs nothing, on purpose: it runs on this machine."""
    model: str | None = None
    """None: the settings must name it."""
    base_url_hint: str = 'for example base_url = "http://127.0.0.1:8080/v1"'


PROVIDERS: dict[str, Provider] = {
    OFFLINE: Provider(OFFLINE_URL, free=True, model=OFFLINE_MODEL),
    LOCAL: Provider("http://127.0.0.1/v1", free=True, shows_schema=False),
    "openai": Provider(
        "https://api.openai.com/v1",
        "OPENAI_API_KEY",
        max_tokens_field="max_completion_tokens",
        extra_body={"store": False},
        cache_key_field="prompt_cache_key",
        cache_write_factor=1.25,
    ),
    "azure": Provider(
        None,
        "AZURE_OPENAI_API_KEY",
        max_tokens_field="max_completion_tokens",
        key_header="api-key",
        base_url_hint='base_url = "https://YOUR-RESOURCE.openai.azure.com/openai/v1", and model is your deployment\'s name',
    ),
    "anthropic": Provider(
        "https://api.anthropic.com/v1",
        "ANTHROPIC_API_KEY",
        dialect="anthropic",
        key_header="x-api-key",
        headers={"anthropic-version": "2026-10-21"},
        cache_write_factor=1.25,
    ),
    "gemini": Provider("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "mistral": Provider("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "openrouter": Provider(
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
        extra_body={"provider": {"require_parameters": True}},  # only hosts that hold a model to the schema
        probe_path="key",  # its models are shown to anybody
    ),
    "groq": Provider("https://api.groq.com/openai/v1", "GROQ_API_KEY", structured="json_object"),
    "deepseek": Provider("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", structured="json_object"),
    "ollama": Provider("http://127.0.0.1:11434/v1", shows_schema=False),
    "vllm": Provider("http://127.0.0.1:8000/v1", KEY_VARIABLE, key_optional=True, shows_schema=False),
    "llamacpp": Provider("http://127.0.0.1:8080/v1", KEY_VARIABLE, key_optional=True, shows_schema=False),
    "lmstudio": Provider("http://127.0.0.1:1234/v1", shows_schema=False),
    "custom": Provider(None, KEY_VARIABLE, key_optional=True),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider as the settings name it: everything a request needs."""

    name: str
    provider: Provider
    base_url: str
    """Without a slash at the end."""
    model: str
    key: str | None = field(repr=False)
    structured: str = "json_schema"
    context_window: int | None = None
    """Tokens, as the settings give it; None: what the price list says, if it says anything."""

    @property
    def address(self) -> str:
        """Return where requests go, as a person may read it: without name and password."""
        return without_password(self.base_url)

    def for_model(self, own: str | None) -> Endpoint:
        """Return the endpoint with a prompt's own model, where it names one. An engine is its own model."""
        return replace(self, model=own) if own and not self.provider.free else self


def endpoint(settings: InferenceSettings, environ: Mapping[str, str], *, need_key: bool = True) -> Endpoint:
    """Return the endpoint that the settings choose. Raises SettingsError with what is missing."""
    name = settings.provider
    if name not in PROVIDERS:
        raise SettingsError(f"[inference] provider: there is no {name!r}", f"known are {', '.join(PROVIDERS)}")
    provider = PROVIDERS[name]
    base_url = settings.base_url or provider.base_url
    if not base_url:
        raise SettingsError(f"[inference] base_url is missing for provider {name!r}", provider.base_url_hint)
    if not _is_web_address(base_url):
        shown = without_password(base_url)
        raise SettingsError(f"[inference] base_url: {shown!r} is no web address", provider.base_url_hint)
    model = provider.model or settings.model
    if not model:
        raise SettingsError(f"[inference] model is missing for provider {name!r}", "name the model in pipeline.toml")
    return Endpoint(
        name,
        provider,
        base_url.rstrip("/"),
        model,
        _key(name, provider, settings, environ) if need_key else None,
        provider.structured if provider.model else settings.structured or provider.structured,
        settings.context_window,
    )


def without_password(address: str) -> str:
    """Return an address without the name and the password in it."""
    return re.sub(r"(?<=//)[^/]*@", "", address)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    return is_whole and not any(map(str.isspace, text))


def _key(name: str, provider: Provider, settings: InferenceSettings, environ: Mapping[str, str]) -> str | None:
    variable = settings.api_key_env or provider.key_variable
    if not variable:
        return None
    key = environ.get(variable, "").strip()
    if not key and not (provider.key_optional and not settings.api_key_env):
        raise SettingsError(
            f"{variable} is not set: provider {name!r} needs a key",
            f"write {variable}=... into .env beside pipeline.toml",
        )
    if not key.isascii() or not key.isprintable():
        raise SettingsError(
            f"{variable} holds characters that no key has", "copy the key again, without blanks or quotes"
        )
    return key or None
