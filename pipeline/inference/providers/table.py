"""Providers as rows of data. To add one that speaks a known dialect: one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pipeline.errors import SettingsError
from pipeline.inference.offline.engine import MODEL as OFFLINE_MODEL
from pipeline.settings import KEY_VARIABLE, InferenceSettings

OFFLINE_URL = "http://offline.invalid/v1"
"""Where the embedded engine is mounted; .invalid never resolves (RFC 6761), so nothing can leave by mistake."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of the OpenAI-compatible dialect."""

    base_url: str | None
    """None: the settings must name it."""
    key_variable: str | None = None
    """None: no key is needed."""
    max_tokens_field: str = "max_tokens"
    """OpenAI's reasoning models reject max_tokens; Mistral knows nothing else."""
    store_false: bool = False
    """Ask the provider not to keep the request."""
    free: bool = False
    """Costs nothing, on purpose."""
    model: str | None = None
    """None: the settings must name it."""
    key_optional: bool = False


PROVIDERS: dict[str, Provider] = {
    "offline": Provider(OFFLINE_URL, free=True, model=OFFLINE_MODEL),
    "openai": Provider("https://api.openai.com/v1", "OPENAI_API_KEY", "max_completion_tokens", store_false=True),
    "ollama": Provider("http://127.0.0.1:11434/v1"),
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

    def for_model(self, own: str | None) -> Endpoint:
        """Return the endpoint with a prompt's own model, where it names one. An engine is its own model."""
        return replace(self, model=own) if own and not self.provider.model else self


def endpoint(settings: InferenceSettings, environ: Mapping[str, str], *, need_key: bool = True) -> Endpoint:
    """Return the endpoint that the settings choose. Raises SettingsError with what is missing."""
    name = settings.provider
    if name not in PROVIDERS:
        raise SettingsError(f"[inference] provider: there is no {name!r}", f"known are {', '.join(PROVIDERS)}")
    provider = PROVIDERS[name]
    base_url = settings.base_url or provider.base_url
    if not base_url:
        raise SettingsError(
            f"[inference] base_url is missing for provider {name!r}",
            'for example base_url = "http://127.0.0.1:8080/v1"',
        )
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"[inference] base_url: {base_url!r} is no web address", 'for example base_url = "http://127.0.0.1:8080/v1"'
        )
    model = settings.model or provider.model
    if not model:
        raise SettingsError(f"[inference] model is missing for provider {name!r}", "name the model in pipeline.toml")
    key = _key(name, provider, settings, environ) if need_key else None
    return Endpoint(name, provider, base_url.rstrip("/"), model, key)


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
