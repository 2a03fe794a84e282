"""Bookmarks: the ids of the document as names that Word accepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from docgen_core.api import nodes
from docgen_plugin_docx.xml import Element, make

__all__ = ["Bookmarks", "ids_of"]

#: Word takes 40 characters at most.
_LONGEST: Final = 40
_OTHER: Final = re.compile("[^A-Za-z0-9_]")


@attrs.define
class Bookmarks:
    """Gives names and numbers to the places that links lead to.

    Attributes:
        names: The bookmark's name by the document's id.
    """

    names: Mapping[str, str]
    _count: int = 0

    @classmethod
    def of(cls, ids: Iterable[str]) -> Bookmarks:
        """Name the ids of a document, each differently, whatever the case of letters.

        A name keeps the id's letters and digits; where that is not enough to tell it from
        another, a number follows.
        """
        names: dict[str, str] = {}
        taken: set[str] = set()
        counts: dict[str, int] = {}
        for wanted in ids:
            stem = _OTHER.sub("_", wanted)
            stem = stem if stem[:1].isalpha() else f"id_{stem}"
            name = stem[:_LONGEST]
            while name.lower() in taken:
                counts[stem] = counts.get(stem, 1) + 1
                tail = f"_{counts[stem]}"
                name = stem[: _LONGEST - len(tail)] + tail
            taken.add(name.lower())
            names[wanted] = name
        return cls(names)

    def around(self, name: str, children: Iterable[Element] = ()) -> list[Element]:
        """A bookmark around elements.

        Args:
            name: The bookmark's name.
            children: What it holds; nothing for a mere place.
        """
        self._count += 1
        number = {"w:id": str(self._count)}
        return [
            make("w:bookmarkStart", {**number, "w:name": name}),
            *children,
            make("w:bookmarkEnd", number),
        ]


def ids_of(content: nodes.Content) -> list[str]:
    """Every id in a document, in reading order."""
    top = [heading for heading in (content.heading, content.contents) if heading is not None]
    notes = [block for note in content.notes for block in note.blocks]
    blocks = (*top, *content.front, *content.body, *notes)
    found = (
        node.id for node in nodes.walk(blocks) if isinstance(node, nodes.Heading | nodes.Anchor)
    )
    return list(dict.fromkeys(found))
