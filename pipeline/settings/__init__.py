"""pipeline.toml, environment and .env to Settings: the only room that reads configuration.

Precedence, lowest first: built-in values, pipeline.toml, .env, environment, command line. A key that
nobody reads is an error that names the nearest right one, wherever it was written.
"""

from pipeline.settings.reading import KEY_VARIABLE, Configuration, load
from pipeline.settings.shapes import (
    BudgetSettings,
    ExtractSettings,
    InboxSettings,
    InferenceSettings,
    LocalSettings,
    ModelPrice,
    Settings,
)

__all__ = [
    "KEY_VARIABLE",
    "BudgetSettings",
    "Configuration",
    "ExtractSettings",
    "InboxSettings",
    "InferenceSettings",
    "LocalSettings",
    "ModelPrice",
    "Settings",
    "load",
]
