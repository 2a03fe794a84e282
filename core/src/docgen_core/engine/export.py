"""Further formats: calls the exporters that plugins bring, and moves their files into place."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import attrs

from docgen_core.api import Exporter
from docgen_core.engine.backmatter import as_in_folder
from docgen_core.errors import (
    DocgenError,
    FileError,
    PluginError,
    PluginLoadError,
    SettingsError,
    UsageError,
)
from docgen_core.model import Document
from docgen_core.plain import clean
from docgen_core.plugins import EXPORTERS, Registry
from docgen_core.plugins.isolate import call, call_async
from docgen_core.settings import structure_settings
from docgen_core.store.atomic import file_errors
from docgen_core.store.disk import TEMPORARY

__all__ = ["Format", "export_all", "exporter_settings", "load_formats"]

#: Seconds that one export may take.
_TIMEOUT: Final = 600.0
#: Seconds that an exporter may take to say its suffix.
_SUFFIX_TIMEOUT: Final = 10.0
#: Sentences, and characters of each, that an exporter may have shown.
_REMARKS: Final = 5
_REMARK_LENGTH: Final = 500
_MODE: Final = 0o600

_SUFFIX: Final = re.compile(r"\.[a-z0-9]+(\.[a-z0-9]+)?")
#: The ending of docgen's own document, and of the copies of what a person edited.
_TAKEN: Final = (".md",)
#: What people may call that document.
_OWN: Final = frozenset({"markdown", "md"})


@attrs.frozen(kw_only=True, eq=False)
class Format:
    """A format that was asked for, with the exporter that writes it.

    Attributes:
        name: What the user calls it.
        exporter: The plugin's.
        suffix: The file's ending, checked.
        settings: What the user set for it, or None for an exporter without settings.
    """

    name: str
    exporter: Exporter
    suffix: str
    settings: Any = None


def load_formats(
    registry: Registry,
    names: Sequence[str],
    tables: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    folder: Path | None = None,
) -> tuple[Format, ...]:
    """Load the exporter of each format, before anything is asked.

    Args:
        registry: The plugins.
        names: What the user asked for.
        tables: The user's `[settings.<name>]` tables, as read.
        folder: The folder that relative paths in them begin in; None for the current one.

    Raises:
        PluginError: a format has no plugin, or its plugin is broken.
        SettingsError: the table of a format does not fit its exporter.
        UsageError: two formats would write the same file, or one is docgen's own document.
    """
    formats = tuple(
        _load(registry, name, tables.get(name, {}), folder) for name in dict.fromkeys(names)
    )
    first: dict[str, str] = {}
    for item in formats:
        other = first.setdefault(item.suffix, item.name)
        if other != item.name:
            raise UsageError(
                f"the formats {other} and {item.name} both write document{item.suffix}",
                hint="Ask for one of them.",
            )
    return formats


def _refuse_own(registry: Registry, name: str) -> None:
    """Say so when somebody asks for what is written anyway."""
    offered = registry.names(EXPORTERS)
    if name in _OWN and name not in offered:
        known = f" Installed: {', '.join(offered)}." if offered else ""
        raise UsageError(
            "Markdown is no further format: docgen always writes document.md",
            hint=f"Leave {name} out.{known}",
        )


def _load(registry: Registry, name: str, table: Mapping[str, Any], folder: Path | None) -> Format:
    _refuse_own(registry, name)
    # The registry has checked that it is one.
    exporter = cast("Exporter", registry.load_object(EXPORTERS, name))
    outcome = call(lambda: exporter.suffix, timeout=_SUFFIX_TIMEOUT, label=f"suffix of {name}")
    suffix: object = outcome.value
    if not outcome.ok:
        raise _unusable(name, f"asking for its suffix {outcome.reason}") from outcome.error
    if not isinstance(suffix, str) or not _SUFFIX.fullmatch(suffix) or suffix.endswith(_TAKEN):
        raise _unusable(
            name,
            f"its suffix is {suffix!r:.60}, expected one such as '.html', and not .md",
        )
    settings = _settings(name, exporter, table, folder)
    return Format(name=name, exporter=exporter, suffix=suffix, settings=settings)


def exporter_settings(registry: Registry, name: str) -> type[attrs.AttrsInstance] | None:
    """Give the class of what users may set for a format, or None when it has no settings.

    Raises:
        PluginError: the format has no plugin, or its plugin is broken.
    """
    return _settings_class(name, cast("Exporter", registry.load_object(EXPORTERS, name)))


def _settings_class(name: str, exporter: Exporter) -> type[attrs.AttrsInstance] | None:
    cls = getattr(exporter, "settings", None)
    if cls is None or (isinstance(cls, type) and attrs.has(cls)):
        return cls
    raise _unusable(name, "its settings are no attrs class")


def _settings(name: str, exporter: Exporter, table: Mapping[str, Any], folder: Path | None) -> Any:  # noqa: ANN401 - the plugin's class
    cls = _settings_class(name, exporter)
    if cls is not None:
        return structure_settings(cls, table, path=f"settings.{name}", folder=folder)
    if table:
        raise SettingsError((f"settings.{name}: the format {name} has no settings",))
    return None


def _unusable(name: str, why: str) -> PluginLoadError:
    return PluginLoadError(
        f"the exporter {name} cannot be used: {why}",
        hint=f"Leave the format {name} out, or ask the exporter plugin's author.",
    )


async def export_all(
    formats: Sequence[Format], document: Document | None, folder: Path | None
) -> tuple[tuple[Path, ...], tuple[DocgenError, ...], tuple[str, ...]]:
    """Write the document in each format; one that fails does not stop the others.

    Args:
        formats: What `load_formats` gave.
        document: The merged document; without one there is nothing to export.
        folder: The run folder; without one nothing is written.

    Returns:
        The files written, the errors of those that failed, and what the exporters remarked.
    """
    files: list[Path] = []
    errors: list[DocgenError] = []
    remarks: list[str] = []
    if document is None or folder is None:
        return (), (), ()
    if formats:
        document = as_in_folder(document)
    for item in formats:
        try:
            file, remarked = await _export(item, document, folder)
        except DocgenError as error:
            errors.append(error)
        else:
            files.append(file)
            remarks += (f"{file.name}: {remark}" for remark in remarked)
    return tuple(files), tuple(errors), tuple(remarks)


async def _export(item: Format, document: Document, folder: Path) -> tuple[Path, tuple[str, ...]]:
    target = folder / f"document{item.suffix}"
    if target.is_dir() and not target.is_symlink():
        raise FileError(
            f"cannot write {target}: there is a folder of that name",
            hint="Move it away, or give it another name.",
        )
    try:
        with file_errors("write", target), _scratch(folder) as scratch:
            draft = Path(scratch) / target.name
            remarks = await _write(item, document, draft)
            # Like all that docgen writes: for the user alone, whatever the umask.
            draft.chmod(_MODE)
            draft.replace(target)
    except BaseException:
        _remove_earlier(target)
        raise
    return target, remarks


def _remove_earlier(target: Path) -> None:
    """The export of an earlier document must not look like one of this document."""
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise FileError(
            f"{target} is of an earlier document, and cannot be replaced: {reason}",
            hint="Close the program that has it open, or make it writable; then export again.",
        ) from error


def _scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder for unfinished files; the next run sweeps what a killed one leaves in it."""
    # An exporter that was left behind may still write while this is removed.
    return tempfile.TemporaryDirectory(dir=folder, prefix=TEMPORARY, ignore_cleanup_errors=True)


async def _write(item: Format, document: Document, draft: Path) -> tuple[str, ...]:
    """Have the exporter write, check that it did, and pass on what it remarks."""
    outcome = await call_async(
        lambda: _written(item, document, draft),
        timeout=_TIMEOUT,
        label=f"export {item.name}",
    )
    if isinstance(outcome.error, DocgenError):
        raise outcome.error
    if outcome.value is None:
        reason = outcome.reason or "wrote no file"
        raise PluginError(
            f"the exporter {item.name} {reason}",
            hint="The Markdown document is written; ask the exporter plugin's author.",
        ) from outcome.error
    return outcome.value


def _written(item: Format, document: Document, draft: Path) -> tuple[str, ...] | None:
    # Older exporters take no settings; those that declare a class for them do.
    extra = {} if item.settings is None else {"settings": item.settings}
    remarks: object = item.exporter.export(document, draft, **extra)
    # A link to a file would let whoever reads the folder think that docgen wrote what it leads to.
    return _remarks(remarks) if draft.is_file() and not draft.is_symlink() else None


def _remarks(value: object) -> tuple[str, ...]:
    """What an exporter remarked; one that returns something else remarks nothing."""
    if not isinstance(value, tuple):
        return ()
    said = [clean(item) for item in value if isinstance(item, str)]
    return tuple(item[:_REMARK_LENGTH] for item in said[:_REMARKS])
