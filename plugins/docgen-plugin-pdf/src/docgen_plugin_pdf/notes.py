"""Where each footnote stands: at the foot of the page, once, or at the end when no page takes it.

A footnote that is named only in a heading, in the head of a table or in another footnote would be
shown more than once or not at all, and a long one would push the text off its page. Those stand at
the end of the document, and their marks are links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

import attrs

from docgen_core.api import nodes
from docgen_plugin_pdf.quoting import content, literal

__all__ = ["Notes", "notes_of"]

#: Characters that a page takes at its foot.
_LONGEST: Final = 1_500


class Writer(Protocol):
    """Writes the text of a footnote."""

    def aside(self, blocks: Iterable[nodes.Block]) -> str:
        """Write blocks whose marks are links."""


@attrs.define
class Notes:
    """The footnotes of a document while it is written.

    Attributes:
        all: Every footnote, by its number.
        placed: The numbers of those that stand at the foot of a page.
    """

    all: Mapping[int, nodes.Footnote]
    placed: frozenset[int]
    _done: set[int] = attrs.field(factory=set)

    def mark(self, number: int, writer: Writer, *, flowing: bool) -> str:
        """Write a mark: the first in the text brings the footnote with it.

        Args:
            number: The footnote's.
            writer: Writes its text.
            flowing: Whether the mark stands in the text, and not in something shown twice.
        """
        if number not in self.all:
            return content(f"[{number}]")
        place = f"label({literal(f'note:{number}')})"
        if number not in self.placed or not flowing:
            return f"#super[#link({place})[#linked[{content(str(number))}];];];"
        numbered = f'numbering: _ => "{number}"'
        if number in self._done:
            return f"#footnote({numbered}, {place});"
        self._done.add(number)
        return f"#footnote({numbered})[{writer.aside(self.all[number].blocks)}]#{place};"

    @property
    def left(self) -> tuple[nodes.Footnote, ...]:
        """Those that stand at the end."""
        return tuple(note for number, note in self.all.items() if number not in self.placed)


def notes_of(content: nodes.Content, flowing: Sequence[nodes.Block]) -> Notes:
    """Decide where each footnote stands.

    Args:
        content: The document.
        flowing: The blocks that are written as they are, and not as plain text.
    """
    every = {note.number: note for note in content.notes}
    short = {number for number, note in every.items() if _is_short(note)}
    return Notes(all=every, placed=frozenset(short & set(_marked(flowing))))


def _is_short(note: nodes.Footnote) -> bool:
    inside = list(nodes.walk(note.blocks))
    if any(isinstance(node, nodes.Heading | nodes.Table | nodes.Code) for node in inside):
        return False
    texts = (node.text for node in inside if isinstance(node, nodes.Text | nodes.InlineCode))
    return bool(inside) and sum(map(len, texts)) <= _LONGEST


def _marked(blocks: Iterable[nodes.Block | nodes.Inline]) -> Iterator[int]:
    """The numbers of footnotes with a mark in the text, not only in headings and heads."""
    for block in blocks:
        if isinstance(block, nodes.FootnoteMark):
            yield block.number
        elif isinstance(block, nodes.Table):
            yield from (n for row in block.rows for cell in row for n in _marked(cell))
        elif isinstance(block, nodes.List):
            yield from (n for item in block.items for n in _marked(item.blocks))
        elif isinstance(block, nodes.Quote):
            yield from _marked(block.blocks)
        elif isinstance(block, nodes.Paragraph | nodes.Span | nodes.Link | nodes.CrossReference):
            yield from _marked(block.children)
