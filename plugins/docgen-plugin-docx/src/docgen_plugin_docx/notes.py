"""Which footnote is Word's own, which number it shows, and which have to stand at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from docgen_core.api import nodes

__all__ = ["Notes"]


@attrs.define
class Notes:
    """The footnotes of one document.

    Word's footnotes belong to one mark in the text. Those that are named in another footnote
    only, or nowhere, cannot be footnotes of Word: they stand at the end, with numbers that go on.

    Attributes:
        numbers: The number that is shown, by the document's number.
        texts: The document's numbers of the footnotes that the text names, in its order.
        leftover: The others.
    """

    numbers: Mapping[int, int]
    texts: tuple[nodes.Footnote, ...]
    leftover: tuple[nodes.Footnote, ...]
    _written: set[int] = attrs.field(factory=set)

    @classmethod
    def of(cls, content: nodes.Content) -> Notes:
        """Sort the footnotes of a document."""
        by_number = {note.number: note for note in content.notes}
        heading = () if content.heading is None else (content.heading,)
        named = dict.fromkeys(_marks((*heading, *content.front, *content.body)))
        texts = tuple(by_number[number] for number in named if number in by_number)
        leftover = tuple(note for note in content.notes if note.number not in named)
        order = [note.number for note in (*texts, *leftover)]
        numbers = {number: shown for shown, number in enumerate(order, start=1)}
        return cls(numbers=numbers, texts=texts, leftover=leftover)

    def first_mark(self, number: int, *, in_note: bool) -> int | None:
        """The id of Word's footnote at its first mark in the text; None at any other mark."""
        if in_note or number in self._written or not self.in_text(number):
            return None
        self._written.add(number)
        return self.shown(number)

    def in_text(self, number: int) -> bool:
        """Whether the text names it, so that it is a footnote of Word."""
        return self.numbers.get(number, len(self.texts) + 1) <= len(self.texts)

    def is_reached(self, number: int) -> bool:
        """Whether it is in the document at all."""
        return number in self.numbers

    def shown(self, number: int) -> int:
        """The number that readers see."""
        return self.numbers.get(number, number)

    def place(self, number: int) -> str:
        """The bookmark at its first mark; hidden in Word, and no id of a document's heading."""
        return f"_note_{number}"


def _marks(blocks: Iterable[nodes.Block]) -> Iterable[int]:
    found = nodes.walk(blocks)
    return (node.number for node in found if isinstance(node, nodes.FootnoteMark))
