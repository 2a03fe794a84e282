"""Compares what is locked with what is found, and refuses what differs, each thing by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from docgen_core.errors import LockError, SettingsError
from docgen_core.pinning.observe import observe_metadata, observe_templates
from docgen_core.pinning.pins import Pins, PluginPin, TemplatePin
from docgen_core.plugins import Registry
from docgen_core.settings import OrchestrationConfig
from docgen_core.templating import Templates

__all__ = ["hold", "pinned_model"]

_SHORT: Final = 12
_ACCEPT: Final = "Put it back as it was, or accept it with `docgen lock`."


def hold(pins: Pins, config: OrchestrationConfig, registry: Registry) -> None:
    """Refuse to go on where anything differs from the pins.

    No plugin is loaded before the files of all of them are found to be the locked ones.

    Args:
        pins: What is locked.
        config: The settings.
        registry: The plugins.

    Raises:
        LockError: docgen, a plugin or a template is another one; each is named.
        SettingsError: the code is the same, but settings or the model differ; each is named.
    """
    found = observe_metadata(config, registry)
    _refuse([*_versions(pins, found), *_plugins(pins.plugins, found.plugins)])
    templates = observe_templates(Templates.for_registry(registry, config.templates_dir))
    _refuse(list(_templates(pins.templates, templates)))
    problems = list(_settings(pins, found))
    if problems:
        raise SettingsError(tuple(f"docgen.lock: {line}" for line in problems), hint=_ACCEPT)


def pinned_model(pins: Pins, config: OrchestrationConfig) -> dict[str, Any]:
    """Give the changes to the settings that let nothing but the locked model answer."""
    return {"model_name": pins.model or config.model_name, "fallback_models": ()}


def _refuse(differences: Sequence[str]) -> None:
    if differences:
        raise LockError(tuple(differences), hint=_ACCEPT)


def _versions(locked: Pins, found: Pins) -> Iterator[str]:
    for what, old, new in (
        ("docgen-core", locked.docgen, found.docgen),
        ("hook API", locked.api, found.api),
    ):
        if old != new:
            yield f"{what}: locked {old} -> found {new}"


def _plugins(locked: Sequence[PluginPin], found: Sequence[PluginPin]) -> Iterator[str]:
    old = {pin.distribution: pin for pin in locked}
    new = {pin.distribution: pin for pin in found}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"{name}: locked {old[name].version} -> not installed, or switched off"
        elif name not in old:
            yield f"{name}: not locked -> found {new[name].version}"
        elif old[name] != new[name]:
            yield f"{name}: {_plugin(old[name], new[name])}"


def _plugin(old: PluginPin, new: PluginPin) -> str:
    if old.version != new.version:
        return f"locked {old.version} -> found {new.version}"
    if old.offers != new.offers:
        return f"locked {', '.join(old.offers)} -> found {', '.join(new.offers)}"
    return f"its files: locked {_short(old.sha256)} -> found {_short(new.sha256)}"


def _templates(locked: Sequence[TemplatePin], found: Sequence[TemplatePin]) -> Iterator[str]:
    old = {pin.name: pin for pin in locked}
    new = {pin.name: pin for pin in found}
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            was, now = _template(old.get(name)), _template(new.get(name))
            yield f"template {name}: locked {was} -> found {now}"


def _template(pin: TemplatePin | None) -> str:
    return "none" if pin is None else f"{pin.origin} {_short(pin.sha256)}"


def _short(digest: str) -> str:
    return digest[:_SHORT]


def _settings(locked: Pins, found: Pins) -> Iterator[str]:
    old, new = locked.settings, found.settings
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield f"{key}: locked {_value(old, key)} -> found {_value(new, key)}"
    if locked.model and found.model and locked.model != found.model:
        yield f"model: locked {locked.model} -> found {found.model}"


def _value(settings: Mapping[str, Any], key: str) -> str:
    return repr(settings[key]) if key in settings else "the default"
