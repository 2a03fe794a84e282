"""The outline of a document that is read again: what merging knew when it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from docgen_core import nodes
from docgen_core.document.read import read_document
from docgen_core.model import Document, OutlineEntry

__all__ = ["outline_of"]

_SECTION_LEVEL: Final = 2


def outline_of(document: Document) -> tuple[OutlineEntry, ...]:
    """Find every heading of a finished document, in reading order.

    Args:
        document: The document as it stands, with what people changed in it.
    """
    content = read_document(document)
    front = (heading for heading in (content.heading, content.contents) if heading is not None)
    return (*(_entry(heading, "") for heading in front), *_entries(content.headings()))


def _entries(headings: tuple[nodes.Heading, ...]) -> Iterator[OutlineEntry]:
    section = ""
    for heading in headings:
        if heading.level <= _SECTION_LEVEL:
            section = heading.section
        yield _entry(heading, section)


def _entry(heading: nodes.Heading, section: str) -> OutlineEntry:
    title = nodes.plain_text(heading.children)
    return OutlineEntry(level=heading.level, title=title, anchor=heading.id, section=section)
