"""Checks of the settings class that a deliverable declares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from docgen_core.conformance.findings import Finding
from docgen_core.conformance.places import Sources
from docgen_core.errors import SettingsError

__all__ = ["can_be_changed", "check_settings", "default_settings"]


def check_settings(cls: type[Any], name: str, sources: Sources) -> Iterator[Finding]:
    """Check a settings class.

    Args:
        cls: What the deliverable declares as `settings`.
        name: The deliverable's id.
        sources: The plugin's files.
    """
    for field in attrs.fields(cls):
        if field.init and not str(field.metadata.get("help", "")).strip():
            place = sources.of_class(cls, field.name)
            yield Finding.at(place, "DG402", f"settings.{name}.{field.name} has no help text")
    try:
        settings = default_settings(cls, name)
    except SettingsError as error:
        for problem in error.problems:
            field_name = problem.partition(":")[0].rpartition(".")[2]
            yield Finding.at(sources.of_class(cls, field_name), "DG401", problem)
        return
    if can_be_changed(settings):
        message = f"{cls.__qualname__} is not frozen"
        yield Finding.at(sources.of_class(cls), "DG403", message)
    yield from _check_defaults(cls, settings, name, sources)


def default_settings(cls: type[Any] | None, name: str) -> Any:  # noqa: ANN401 - the plugin's class
    """Make the settings of a user who sets nothing.

    Raises:
        SettingsError: the class cannot be made without values.
    """
    from docgen_core.settings import structure_settings

    if cls is None:
        return None
    try:
        return structure_settings(cls, {}, path=f"settings.{name}")
    except (TypeError, ValueError, NameError, AttributeError) as error:
        raise SettingsError((f"settings.{name}: {error}",)) from error


def can_be_changed(instance: Any) -> bool:  # noqa: ANN401 - an attrs object
    """Tell whether an attrs object lets its fields be set."""
    for field in attrs.fields(type(instance)):
        try:
            setattr(instance, field.name, getattr(instance, field.name))
        except attrs.exceptions.FrozenError:
            return False
        return True
    return False


def _check_defaults(
    cls: type[Any],
    settings: attrs.AttrsInstance,
    name: str,
    sources: Sources,
) -> Iterator[Finding]:
    """Give each default to the converter as if a user had written it."""
    from docgen_core.settings import structure_settings

    for field in attrs.fields(cls):
        value = _as_toml(getattr(settings, field.name))
        if not field.init or value is None:
            continue
        try:
            structure_settings(cls, {field.alias or field.name: value}, path=f"settings.{name}")
        except (SettingsError, TypeError, ValueError) as error:
            lines = error.problems if isinstance(error, SettingsError) else (str(error),)
            place = sources.of_class(cls, field.name)
            yield Finding.at(place, "DG404", f"the default of {'; '.join(lines)}")


def _as_toml(value: object) -> object:
    from docgen_core.cli.facts import plain

    return plain(value)
