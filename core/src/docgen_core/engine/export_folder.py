"""Writes the document of a finished run in further formats, without a server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs

from docgen_core.engine.backmatter import kept_appendices
from docgen_core.engine.export import export_all, load_formats
from docgen_core.engine.facts import recorded_facts
from docgen_core.engine.reporting import with_report
from docgen_core.errors import DocgenError, FileError
from docgen_core.model import Document, Section
from docgen_core.plugins import Registry
from docgen_core.store import RunFolder, RunRecord
from docgen_core.store.atomic import is_link, read_text, require_folder
from docgen_core.store.seal import hash_file

__all__ = ["Exported", "export_folder"]

_DOCUMENT: Final = "document.md"
_PARTIAL: Final = 5
_AGAIN: Final = "Name the folder that `docgen generate -o` wrote to."


@attrs.frozen(kw_only=True)
class Exported:
    """What was written, and what was not.

    Attributes:
        files: The files written.
        errors: Why a format was not written, one for each that failed.
        warnings: What a reader should know about the folder and the files.
    """

    files: tuple[Path, ...]
    errors: tuple[DocgenError, ...]
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when every format was written, 5 otherwise."""
        return _PARTIAL if self.errors else 0


def export_folder(
    folder: Path,
    formats: Sequence[str],
    *,
    registry: Registry,
    tables: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    settings_folder: Path | None = None,
) -> Exported:
    """Write the document that stands in a run folder in further formats.

    The document is taken as it stands, with what people edited in it. No connection is opened.

    Args:
        folder: The run folder.
        formats: The formats' names.
        registry: The plugins.
        tables: The user's `[settings.<format>]` tables.
        settings_folder: The folder that relative paths in them begin in; None for the current one.

    Raises:
        FileError: there is no document, or the folder cannot be written.
        PluginError: a format has no plugin, or its plugin is broken.
        SettingsError: the table of a format does not fit.
        UsageError: two formats would write the same file.
    """
    import asyncio

    loaded = load_formats(registry, formats, tables, settings_folder)
    path = folder.absolute()
    _check(path)
    with RunFolder(path) as store:
        store.sweep()
        document, older = _stored(store), _older(store)
        files, errors, remarks = asyncio.run(export_all(loaded, document, path))
        if store.previous is not None:
            names = [f"document{item.suffix}" for item in loaded]
            written = {file.name for file in files}
            store.write_record(_with_files(store.previous, path, names, written))
        warnings = (*store.warnings, *older, *remarks)
    shown = tuple(folder / file.relative_to(path) for file in files)
    return Exported(files=shown, errors=errors, warnings=warnings)


def _check(path: Path) -> None:
    document = path / _DOCUMENT
    require_folder(path)
    if not (path / ".docgen").is_dir():
        raise FileError(f"{path} is not a folder that docgen wrote", hint=_AGAIN)
    if is_link(document) or not document.is_file():
        hint = "Make it with `docgen replay`, or run `docgen generate` without --no-merge."
        raise FileError(f"{document} is missing, so there is nothing to export", hint=hint)


def _older(store: RunFolder) -> tuple[str, ...]:
    """Say so where the last run wrote sections and left the document of an earlier run."""
    record = store.previous
    if record is None or _DOCUMENT in record.files:
        return ()
    again = "run `docgen generate` without --no-merge for one of now"
    return (f"{_DOCUMENT} is of an earlier run, because the last one wrote none; {again}",)


def _stored(store: RunFolder) -> Document:
    from docgen_core.document import outline_of

    record, recipe = store.previous, store.recipe
    document = Document(
        title=_title(store),
        sections=() if record is None else (*_sections(record, store), *kept_appendices(store)),
        markdown=read_text(store.path / _DOCUMENT) or "",
        language="en" if record is None else record.language,
        date="" if recipe is None else recipe.date,
        facts=recorded_facts(record),
    )
    document = attrs.evolve(document, outline=outline_of(document))
    return with_report(document, record)


def _title(store: RunFolder) -> str:
    if store.recipe is not None and store.recipe.brief.get("title"):
        return str(store.recipe.brief["title"])
    return store.path.name if store.previous is None else store.previous.brief_title


def _sections(record: RunRecord, store: RunFolder) -> list[Section]:
    from docgen_core.document import split_section

    found: list[Section] = []
    for item in record.sections:
        standing = store.read_section(item.id) if item.has_text else None
        if standing is not None:
            text, edited = standing
            body, data = split_section(text), _data(store, item.id)
            section = Section(id=item.id, title=item.title, markdown=body, edited=edited, data=data)
            found.append(section)
    return found


def _data(store: RunFolder, key: str) -> Mapping[str, Any] | None:
    text = store.read_data(key)
    try:
        data = None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _with_files(
    record: RunRecord, path: Path, names: Sequence[str], written: AbstractSet[str]
) -> RunRecord:
    """The record with the hashes of the exports; one that failed is in it no more."""
    hashes = {name: hash_file(path / name) if name in written else None for name in names}
    kept = {name: digest for name, digest in record.files.items() if name not in hashes}
    present = {name: digest for name, digest in hashes.items() if digest is not None}
    return attrs.evolve(record, files={**kept, **present})
