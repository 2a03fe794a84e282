"""Puts the settings together: flags over variables over the file over the defaults."""

from __future__ import annotations

import os
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from docgen_core.errors import SettingsError
from docgen_core.settings.coerce import from_home
from docgen_core.settings.config import OrchestrationConfig, PluginSettings, rule_of
from docgen_core.settings.sources import (
    OPTION,
    SERVER_TOKEN,
    Entry,
    Source,
    find_file,
    read_environment,
    read_file,
    read_flags,
)

__all__ = ["DEFAULT_ORIGIN", "LoadedSettings", "load_settings"]

DEFAULT_ORIGIN = "default"
_PLUGINS = "plugins."
_HINT = "`docgen config show` lists every setting, its value and where it comes from."


@attrs.frozen(kw_only=True)
class LoadedSettings:
    """The settings of a run and where each one comes from.

    Attributes:
        config: The settings.
        origins: Field name to origin: `default`, a file's path, a variable or an option. The
            fields of `PluginSettings` appear as `plugins.<name>`.
        files: The configuration files that were read.
    """

    config: OrchestrationConfig
    origins: Mapping[str, str]
    files: tuple[Path, ...] = ()


def load_settings(
    flags: Mapping[str, object],
    *,
    config_file: Path | None = None,
    start: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> LoadedSettings:
    """Read all sources of settings and check them strictly.

    Args:
        flags: What the caller gave: keys as in docgen.toml, those of `[plugins]` as
            `plugins.<key>`; None means not given.
        config_file: The file to read instead of searching for one.
        start: The folder in which the search for docgen.toml begins; by default the current one.
        environ: The environment; by default the process's own.

    Returns:
        The settings with their origins.

    Raises:
        SettingsError: anything is wrong in any source; every problem has its own line.
        FileError: a configuration file cannot be read.
    """
    environ = os.environ if environ is None else environ
    path = config_file or find_file(start or Path.cwd())
    sources = [_server_token(environ)]
    if path is not None:
        sources.append(read_file(path, environ))
    sources += [read_environment(environ), read_flags(flags)]
    config, origins = _build(sources)
    return LoadedSettings(config=config, origins=origins, files=() if path is None else (path,))


def _server_token(environ: Mapping[str, str]) -> Source:
    """Take the token that LM Studio's own tools use, as the weakest source."""
    token = environ.get(SERVER_TOKEN, "").strip()
    if not token:
        return Source()
    origin = f"environment variable {SERVER_TOKEN}"
    entry = Entry(field="lm_studio_api_key", value=token, label=origin, origin=origin)
    return Source(entries=[entry])


def _build(sources: Iterable[Source]) -> tuple[OrchestrationConfig, Mapping[str, str]]:
    reader = _Reader()
    merged = Source()
    for source in sources:
        reader.problems += source.problems
        merged.providers.update(source.providers)
        merged.settings.update(source.settings)
        # Only one file is read, so all tables begin in the same folder.
        merged.folder = source.folder or merged.folder
        for entry in source.entries:
            reader.take(entry)
    if reader.problems:
        raise SettingsError(tuple(reader.problems), hint=_HINT)
    return reader.config(merged), MappingProxyType(reader.all_origins())


class _Reader:
    """Structures and checks entries one by one; a later one wins over an earlier one."""

    def __init__(self) -> None:
        from docgen_core.settings.convert import make_converter

        self._structure: Callable[[Any, Any], Any] = make_converter().structure
        self._kinds = _kinds()
        self._values: dict[str, Any] = {}
        self._origins: dict[str, str] = {}
        self.problems: list[str] = []

    def take(self, entry: Entry) -> None:
        """Check one entry and keep its value, or note the problem. Weaker ones are checked too."""
        import cattrs

        from docgen_core.settings.convert import WrongValueError

        field, kind = self._kinds[entry.field]
        rule = rule_of(field, read=True)
        try:
            value = self._structure(_prepare(entry), kind)
        except (WrongValueError, cattrs.BaseValidationError) as error:
            refusal = rule.problem(entry.value) if rule else None
            self.problems.append(f"{entry.label}: {refusal or error}")
            return
        refusal = rule.problem(value) if rule and value is not None else None
        if refusal is not None:
            self.problems.append(f"{entry.label}: {refusal}")
            return
        self._values[entry.field] = value
        self._origins[entry.field] = entry.origin

    def config(self, merged: Source) -> OrchestrationConfig:
        """Build the configuration from what was taken."""
        flat = {name: v for name, v in self._values.items() if not name.startswith(_PLUGINS)}
        nested = {n.removeprefix(_PLUGINS): v for n, v in self._values.items() if n not in flat}
        return OrchestrationConfig(
            **flat,
            plugins=PluginSettings(**nested),
            providers=merged.providers,
            settings=merged.settings,
            settings_folder=merged.folder,
            explicit=frozenset(flat),
            given=frozenset(name for name in flat if self._origins[name].startswith(OPTION)),
        )

    def all_origins(self) -> dict[str, str]:
        """Return the origin of every field that can be set, in the order of the classes."""
        return {name: self._origins.get(name, DEFAULT_ORIGIN) for name in self._kinds}


def _kinds() -> dict[str, tuple[attrs.Attribute[Any], Any]]:
    """Map each field's name to the field and the type that sources must give for it."""
    kinds = {}
    for prefix, cls in (("", OrchestrationConfig), (_PLUGINS, PluginSettings)):
        hints = typing.get_type_hints(cls)
        for field in attrs.fields(cls):
            if field.metadata.get("key"):
                kinds[prefix + field.name] = (field, hints[field.name])
    kinds["completion_mode"] = (kinds["completion_mode"][0], str)
    return kinds


def _prepare(entry: Entry) -> object:
    """Give words and paths the form that their field holds."""
    if entry.field == "concurrency" and entry.value == "auto":
        return None
    if entry.field == "log_level" and isinstance(entry.value, str):
        return entry.value.upper()
    if entry.field == "templates_dir" and isinstance(entry.value, str) and entry.value:
        return str((entry.folder or Path()) / from_home(entry.value))
    return entry.value
