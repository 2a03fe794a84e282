"""Which file of the book holds which part of the document, and with it every place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from docgen_core.api import nodes

__all__ = ["NAV", "TITLE", "Chapter", "chapters_of", "places_of"]

#: The file with the table of contents.
NAV: Final = "nav.xhtml"
#: The file with the title page.
TITLE: Final = "title.xhtml"
#: A book of more files takes long to open.
_MOST: Final = 500


@attrs.frozen(kw_only=True)
class Chapter:
    """One file of the book.

    Attributes:
        file: Its name.
        title: What it is called, as plain text.
        blocks: What it holds.
    """

    file: str
    title: str
    blocks: tuple[nodes.Block, ...]


def chapters_of(read: nodes.Content) -> tuple[Chapter, ...]:
    """Divide the body: a file for each section, or for each second-level heading without any."""
    parts = list(_parts(read.body))
    return tuple(
        Chapter(file=f"section-{number}.xhtml", title=_name(part) or read.title, blocks=tuple(part))
        for number, part in enumerate(parts, start=1)
    )


def _parts(body: Sequence[nodes.Block]) -> Iterator[list[nodes.Block]]:
    sections = any(isinstance(block, nodes.Heading) and block.section for block in body)
    part: list[nodes.Block] = []
    given = 0
    for block in body:
        if part and given < _MOST and _begins(block, sections=sections):
            yield part
            part = []
            given += 1
        part.append(block)
    if part:
        yield part


def _begins(block: nodes.Block, *, sections: bool) -> bool:
    if not isinstance(block, nodes.Heading):
        return False
    return bool(block.section) if sections else block.level <= 2  # noqa: PLR2004 - as document.md


def _name(part: Sequence[nodes.Block]) -> str:
    first = part[0]
    return nodes.plain_text(first.children) if isinstance(first, nodes.Heading) else ""


def places_of(
    read: nodes.Content, chapters: Iterable[Chapter], notes_file: str
) -> Mapping[str, str]:
    """The file of each place that links may lead to, by its id."""
    places: dict[str, str] = {}
    notes = [block for note in read.notes for block in note.blocks]
    front = (*([read.heading] if read.heading else []), *read.front)
    contents = [read.contents] if read.contents else []
    parts: list[tuple[str, Sequence[nodes.Block]]] = [
        (TITLE, front),
        (NAV, contents),
        *((chapter.file, chapter.blocks) for chapter in chapters),
        (notes_file, notes),
    ]
    for file, blocks in parts:
        for node in nodes.walk(blocks):
            if isinstance(node, nodes.Heading | nodes.Anchor):
                places.setdefault(node.id, file)
    return places
