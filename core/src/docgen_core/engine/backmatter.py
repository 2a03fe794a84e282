"""The appendices in the run folder, so that a folder is exported as the run itself would be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import attrs

from docgen_core.model import Document, Section
from docgen_core.store import RunFolder

__all__ = ["as_in_folder", "keep_appendices", "kept_appendices"]

#: Under which name they stand beside the sections' data; no deliverable can be called so.
_KEY: Final = "_appendices"


def as_in_folder(document: Document) -> Document:
    """Give a document's sections the text of their files in `sections/`."""
    # Loads a Markdown parser.
    from docgen_core.document import normalise_section, split_section

    sections = tuple(
        attrs.evolve(section, markdown=split_section(normalise_section(section)[0]))
        for section in document.sections
    )
    return attrs.evolve(document, sections=sections)


def keep_appendices(folder: RunFolder, sections: Sequence[Section]) -> None:
    """Write what follows the sections in the document.

    Raises:
        FileError: the file could not be written.
    """
    kept = [{"id": each.id, "title": each.title, "markdown": each.markdown} for each in sections]
    folder.write_data(_KEY, json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


def kept_appendices(folder: RunFolder) -> tuple[Section, ...]:
    """Read it back; nothing from a folder that holds none, or one that somebody changed."""
    try:
        kept = json.loads(folder.read_data(_KEY) or "[]")
        return tuple(_section(**each) for each in kept)
    except (ValueError, TypeError, RecursionError):
        return ()


def _section(*, id: str, title: str, markdown: str) -> Section:  # noqa: A002 - as in the file
    return Section(id=str(id), title=str(title), markdown=str(markdown))
