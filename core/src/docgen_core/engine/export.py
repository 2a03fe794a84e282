"""Further formats: calls the exporters that plugins bring, and moves their files into place."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from docgen_core.api import Exporter
from docgen_core.errors import DocgenError, PluginError
from docgen_core.model import Document
from docgen_core.plugins import EXPORTERS, Registry
from docgen_core.plugins.isolate import call
from docgen_core.store.atomic import file_errors
from docgen_core.store.disk import TEMPORARY

__all__ = ["export_all", "load_exporters"]

#: Seconds that one export may take.
_TIMEOUT = 600.0


def load_exporters(registry: Registry, formats: Sequence[str]) -> dict[str, Exporter]:
    """Load the exporter of each format, before anything is asked.

    Raises:
        PluginError: a format has no plugin, or its plugin is broken.
    """
    # The registry has checked that each is one.
    return {name: cast("Exporter", registry.load_object(EXPORTERS, name)) for name in formats}


def export_all(
    exporters: Mapping[str, Exporter], document: Document, folder: Path
) -> tuple[tuple[Path, ...], tuple[DocgenError, ...]]:
    """Write the document in each format; one that fails does not stop the others.

    Returns:
        The files written, and the errors of those that failed.
    """
    files: list[Path] = []
    errors: list[DocgenError] = []
    for name, exporter in exporters.items():
        try:
            files.append(_export(name, exporter, document, folder))
        except DocgenError as error:
            errors.append(error)
    return tuple(files), tuple(errors)


def _scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder for unfinished files; the next run sweeps what a killed one leaves in it."""
    return tempfile.TemporaryDirectory(dir=folder, prefix=TEMPORARY)


def _export(name: str, exporter: Exporter, document: Document, folder: Path) -> Path:
    target = folder / f"document{exporter.suffix}"
    with file_errors("write", target), _scratch(folder) as scratch:
        # An old file must never look like a new one: it goes before the export starts.
        target.unlink(missing_ok=True)
        draft = Path(scratch) / target.name
        outcome = call(
            lambda: exporter.export(document, draft), timeout=_TIMEOUT, label=f"export {name}"
        )
        if isinstance(outcome.error, DocgenError):
            raise outcome.error
        if not outcome.ok or not draft.is_file():
            reason = outcome.reason or "wrote no file"
            raise PluginError(
                f"the exporter {name} {reason}",
                hint="The Markdown document is written; ask the exporter plugin's author.",
            )
        draft.replace(target)
    return target
