"""Settings of a run: the configuration class, and the way from files, variables and flags to it.

`load_settings` and `structure_settings` load cattrs, so they live in modules of their own and
arrive here when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from docgen_core.settings.config import CompletionMode, OrchestrationConfig, PluginSettings

if TYPE_CHECKING:
    from docgen_core.settings.convert import structure_settings
    from docgen_core.settings.load import LoadedSettings, load_settings
    from docgen_core.settings.words import SettingDescription, describe

__all__ = [
    "CompletionMode",
    "LoadedSettings",
    "OrchestrationConfig",
    "PluginSettings",
    "SettingDescription",
    "describe",
    "load_settings",
    "structure_settings",
]

_HOMES = {
    "LoadedSettings": "load",
    "SettingDescription": "words",
    "describe": "words",
    "load_settings": "load",
    "structure_settings": "convert",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute can be anything
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
