"""Reads raw values from files, variables and flags, each with the place that it came from.

Nothing is judged here but what a source alone can get wrong: syntax, unknown names, secrets in
plain text. `load` weighs the values against their rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from docgen_core.errors import FileError
from docgen_core.settings.config import OrchestrationConfig, PluginSettings, keys
from docgen_core.settings.rules import redact
from docgen_core.settings.words import did_you_mean

__all__ = ["Entry", "Source", "find_file", "read_environment", "read_file", "read_flags"]

CONFIG_NAME: Final = "docgen.toml"
PROJECT_NAME: Final = "pyproject.toml"
PREFIX: Final = "DOCGEN_"
#: How the origin of a setting begins that an option of the command gave.
OPTION: Final = "option "
#: The variable that LM Studio's own tools read the token from.
SERVER_TOKEN: Final = "LM_API_TOKEN"  # noqa: S105 - a variable's name
#: Variables that are not settings: they act before the settings are read.
RESERVED: Final = frozenset({"DEBUG"})

#: Options that are not called as their setting is.
_OPTIONS: Final[Mapping[str, str]] = {
    "formats": "--format",
    "plugins.disable": "--disable-plugin",
    "plugins.only": "--only-plugin",
    "plugins.no_plugins": "--no-plugins",
    "plugins.strict": "--strict-plugins",
}
_TABLES = ("plugins", "deliverables", "settings")
_POSITION = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@attrs.frozen(kw_only=True)
class Entry:
    """One value on its way to a field.

    Attributes:
        field: The field's name; `plugins.<name>` for those of `PluginSettings`.
        value: The value as the source gave it.
        label: Where it stands, as messages begin: `docgen.toml: temperature`.
        origin: Where it comes from, for `docgen config show`.
        folder: The folder that relative paths are meant from, or None.
    """

    field: str
    value: Any = attrs.field(repr=False)
    label: str
    origin: str
    folder: Path | None = None


@attrs.define
class Source:
    """What one source gave.

    Attributes:
        entries: Its values.
        problems: What is wrong with it, a line each.
        providers: Deliverable id to distribution.
        settings: The raw `[settings.<id>]` tables.
        folder: The folder that relative paths in those tables begin in, or None.
    """

    entries: list[Entry] = attrs.field(factory=list)
    problems: list[str] = attrs.field(factory=list)
    providers: dict[str, str] = attrs.field(factory=dict)
    settings: dict[str, Mapping[str, Any]] = attrs.field(factory=dict)
    folder: Path | None = None


def find_file(start: Path) -> Path | None:
    """Look for docgen.toml, or a pyproject.toml with [tool.docgen], from `start` upwards."""
    folder = start.absolute()
    for parent in (folder, *folder.parents):
        if (parent / CONFIG_NAME).is_file():
            return parent / CONFIG_NAME
        project = parent / PROJECT_NAME
        if project.is_file() and _mentions_docgen(project):
            return project
    return None


def _mentions_docgen(path: Path) -> bool:
    return (
        re.search(rb"^\s*\[+\s*tool\s*\.\s*[\"']?docgen\b", _read(path), re.MULTILINE) is not None
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"cannot read the configuration file {path}: {error.strerror or error}"
        raise FileError(msg, hint="Check the path and its permissions.") from error


def read_file(path: Path, environ: Mapping[str, str]) -> Source:
    """Read one configuration file.

    Args:
        path: A docgen.toml, or a pyproject.toml whose [tool.docgen] is meant.
        environ: The environment, for `api_key = { env = "NAME" }`.

    Raises:
        FileError: the file cannot be read.
    """
    source = Source()
    table = _parse(path, source)
    reader = _FileReader(path=path, environ=environ, source=source)
    for key, value in table.items():
        reader.take(key, value)
    return source


def _parse(path: Path, source: Source) -> Mapping[str, Any]:
    try:
        document = tomllib.loads(_read(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        source.problems.append(f"{path}: not UTF-8: byte {error.start} cannot be read")
        return {}
    except tomllib.TOMLDecodeError as error:
        source.problems.append(_syntax_problem(path, str(error)))
        return {}
    return document if path.name != PROJECT_NAME else _tool_table(path, document, source)


def _tool_table(path: Path, document: Mapping[str, Any], source: Source) -> Mapping[str, Any]:
    tools = document.get("tool", {})
    table = tools.get("docgen", {}) if isinstance(tools, Mapping) else {}
    if isinstance(table, Mapping):
        return table
    source.problems.append(f"{path}: tool.docgen: got {redact(table)}, expected a table")
    return {}


def _syntax_problem(path: Path, message: str) -> str:
    match = _POSITION.match(message)
    if match is None:
        return f"{path}: not valid TOML: {message}"
    text, line, column = match.groups()
    where = f"line {line}, column {column}" if line else "the end of the file"
    return f"{path}: not valid TOML at {where}: {text}"


@attrs.frozen(kw_only=True)
class _FileReader:
    path: Path
    environ: Mapping[str, str]
    source: Source

    def take(self, key: str, value: object) -> None:
        """Put one top-level key where it belongs, or note what is wrong with it."""
        if key == "plugins":
            self._take_plugins(value)
        elif key == "deliverables":
            self._take_deliverables(value)
        elif key == "settings":
            self._take_settings(value)
        elif key == "api_key":
            self._take_api_key(value)
        else:
            self._take_flat(key, value)

    def _take_flat(self, key: str, value: object) -> None:
        known = {name: field.name for name, field in keys(OrchestrationConfig)}
        if key in known:
            self._add(known[key], key, value)
        else:
            self._problem(key, f"unknown key{did_you_mean(key, [*known, *_TABLES])}")

    def _take_plugins(self, value: object) -> None:
        known = [name for name, _ in keys(PluginSettings) if name != "no_plugins"]
        for key, item in self._table("plugins", value):
            if key in known:
                self._add(f"plugins.{key}", f"plugins.{key}", item)
            else:
                self._problem(f"plugins.{key}", f"unknown key{did_you_mean(key, known)}")

    def _take_deliverables(self, value: object) -> None:
        for name, table in self._table("deliverables", value):
            for key, item in self._table(f"deliverables.{name}", table):
                where = f"deliverables.{name}.{key}"
                if key != "provider":
                    self._problem(where, f"unknown key{did_you_mean(key, ['provider'])}")
                elif not isinstance(item, str) or not item:
                    self._problem(where, f"got {redact(item)}, expected a distribution's name")
                else:
                    self.source.providers[name] = item

    def _take_settings(self, value: object) -> None:
        for name, table in self._table("settings", value):
            self.source.settings[name] = dict(self._table(f"settings.{name}", table))
            self.source.folder = self.path.parent.absolute()

    def _take_api_key(self, value: object) -> None:
        name = value.get("env") if isinstance(value, Mapping) else None
        if not isinstance(name, str) or not isinstance(value, Mapping) or set(value) != {"env"}:
            why = "a secret does not belong in a file that is shared"
            self._problem("api_key", f'expected {{ env = "NAME" }}, because {why}')
        elif name in self.environ:
            self._add("lm_studio_api_key", f"api_key (from {name})", self.environ[name])
        else:
            self._problem("api_key", f"the environment variable {redact(name)} is not set")

    def _table(self, where: str, value: object) -> Iterator[tuple[str, Any]]:
        if isinstance(value, Mapping):
            yield from value.items()
        else:
            self._problem(where, f"got {redact(value)}, expected a table")

    def _add(self, field: str, key: str, value: object) -> None:
        self.source.entries.append(
            Entry(
                field=field,
                value=value,
                label=f"{self.path}: {key}",
                origin=str(self.path),
                folder=self.path.parent,
            )
        )

    def _problem(self, key: str, text: str) -> None:
        self.source.problems.append(f"{self.path}: {key}: {text}")


def read_environment(environ: Mapping[str, str]) -> Source:
    """Read the `DOCGEN_` variables. An empty variable counts as not set."""
    source = Source()
    known = {PREFIX + field.metadata["env"]: (name, field) for name, field in _all_fields()}
    for variable, text in sorted(environ.items()):
        if variable in known and text.strip():
            name, field = known[variable]
            value = _from_text(text.strip(), field)
            origin = f"environment variable {variable}"
            source.entries.append(Entry(field=name, value=value, label=origin, origin=origin))
        elif variable.startswith(PREFIX) and variable not in known:
            source.problems.extend(_near_miss(variable, list(known)))
    return source


def _all_fields() -> Iterator[tuple[str, attrs.Attribute[Any]]]:
    for _, field in keys(OrchestrationConfig):
        yield field.name, field
    for _, field in keys(PluginSettings):
        yield f"plugins.{field.name}", field


def _near_miss(variable: str, known: list[str]) -> Iterator[str]:
    """Report a variable that looks like a misspelt one; others may belong to somebody else."""
    bare = variable.removeprefix(PREFIX)
    hint = did_you_mean(bare, [name.removeprefix(PREFIX) for name in known])
    if hint and bare not in RESERVED:
        yield f"environment variable {variable}: unknown{hint.replace('mean ', 'mean ' + PREFIX)}"


def _from_text(text: str, field: attrs.Attribute[Any]) -> object:
    """Read a variable's text as the kind of value that its field holds."""
    kind = str(field.type)
    if kind.startswith("tuple"):
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind == "bool" and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    if kind.startswith(("int", "float")):
        return _number_from(text, whole=kind.startswith("int"))
    return text


def _number_from(text: str, *, whole: bool) -> object:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        return text  # its rule names what was expected


def read_flags(flags: Mapping[str, object]) -> Source:
    """Take what the command line (or another caller) gave; None means: not given.

    Args:
        flags: Keys as in docgen.toml; those of `[plugins]` as `plugins.<key>`.

    Raises:
        KeyError: a key is not a setting; that is a mistake of the caller.
    """
    fields = {field.metadata["key"]: name for name, field in _all_fields() if "." not in name}
    fields.update({name: name for name, _ in _all_fields() if "." in name})
    source = Source()
    for key, value in flags.items():
        if value is not None:
            label = _OPTIONS.get(key) or "--" + key.replace("_", "-")
            entry = Entry(field=fields[key], value=value, label=label, origin=f"{OPTION}{label}")
            source.entries.append(entry)
    return source
