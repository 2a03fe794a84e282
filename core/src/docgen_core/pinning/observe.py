"""Looks at what is installed and set, as a docgen.lock would hold it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core import __version__
from docgen_core.api import API_VERSION
from docgen_core.pinning.pins import Pins, PluginPin, TemplatePin
from docgen_core.plugins import EntryPoint, Registry
from docgen_core.plugins.content import content_hash
from docgen_core.settings import OrchestrationConfig
from docgen_core.settings.config import keys
from docgen_core.store.atomic import file_errors
from docgen_core.templating import Templates

__all__ = ["observe", "observe_metadata", "observe_templates"]

#: The settings that change what is written, by their keys in docgen.toml.
_SHAPING: Final = frozenset(
    {"language", "max_tokens", "merge", "seed", "temperature", "toc", "top_p"}
)


def observe(config: OrchestrationConfig, registry: Registry, *, model: str = "") -> Pins:
    """Look at everything that a docgen.lock holds. The plugins are loaded, for their templates.

    Args:
        config: The settings.
        registry: The plugins.
        model: The model's id; empty to leave it open.

    Raises:
        FileError: an installed file cannot be read.
        TemplateError: a template cannot be read.
    """
    pins = observe_metadata(config, registry)
    templates = observe_templates(Templates.for_registry(registry, config.templates_dir))
    return attrs.evolve(pins, model=model, templates=templates)


def observe_metadata(config: OrchestrationConfig, registry: Registry) -> Pins:
    """Look at everything but model and templates, without loading any plugin."""
    return Pins(
        docgen=__version__,
        api=".".join(map(str, API_VERSION)),
        model=config.model_name or "",
        settings=dict(_settings(config)),
        plugins=tuple(_plugins(registry)),
    )


def observe_templates(templates: Templates) -> tuple[TemplatePin, ...]:
    """Give every template name with the hash of the file that stands for it.

    Raises:
        FileError: a file cannot be read.
        TemplateError: a template cannot be found.
    """
    return tuple(
        TemplatePin(name=winner.name, origin=winner.origin, sha256=_file_hash(Path(winner.path)))
        for winner in templates.list()
    )


def _file_hash(path: Path) -> str:
    with file_errors("read", path):
        return hashlib.sha256(path.read_bytes()).hexdigest()


def _settings(config: OrchestrationConfig) -> Iterator[tuple[str, Any]]:
    """The shaping settings that somebody set; the defaults belong to the version of docgen."""
    for key, field in keys(OrchestrationConfig):
        if key in _SHAPING and field.name in config.explicit:
            yield key, getattr(config, field.name)
    if config.plugins.pack_order:
        yield "plugins.pack_order", list(config.plugins.pack_order)
    for name, provider in config.providers.items():
        yield f"deliverables.{name}.provider", provider
    for name, table in config.settings.items():
        yield from _flat(f"settings.{name}", table)


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}.{key}", value)
        else:
            yield f"{prefix}.{key}", value


def _plugins(registry: Registry) -> Iterator[PluginPin]:
    by_distribution: dict[str, list[EntryPoint]] = defaultdict(list)
    for point in registry.used():
        by_distribution[point.distribution].append(point)
    for name, points in sorted(by_distribution.items()):
        yield PluginPin(
            distribution=name,
            version=points[0].version,
            sha256=content_hash(points),
            offers=tuple(sorted(f"{point.group} {point.name}" for point in points)),
        )
