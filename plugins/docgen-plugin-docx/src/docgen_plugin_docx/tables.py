"""Tables: columns as wide as their text asks for, and what Word can take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from docgen_core.api import nodes

__all__ = ["Columns", "fit", "is_short", "parts"]

#: Word takes 63 columns at most.
_MOST_COLUMNS: Final = 60
#: Characters up to which a row is kept on one page.
_SHORT_ROW: Final = 1_200
#: Twips that a character of the usual and of the narrow text takes, and the space beside a cell.
_WIDE: Final = 112
_NARROW: Final = 84
_PADDING: Final = 220
_NARROW_PADDING: Final = 95
#: Longer words may be broken.
_LONGEST_WORD: Final = 18
#: Rows whose text decides over the widths.
_SAMPLE: Final = 200
#: Characters of a cell that decide over its column's width.
_SEEN: Final = 400
_LOWEST: Final = 360


@attrs.frozen(kw_only=True)
class Columns:
    """How a table is laid out.

    Attributes:
        widths: The width of each column in twips.
        narrow: Whether the text is set smaller, so that words are not broken.
        squeezed: Whether words are broken all the same.
    """

    widths: tuple[int, ...]
    narrow: bool
    squeezed: bool = False


def parts(table: nodes.Table) -> Iterator[nodes.Table]:
    """The table, cut into several side by side when it has more columns than Word takes."""
    for at in range(0, max(1, len(table.head)), _MOST_COLUMNS):
        here = slice(at, at + _MOST_COLUMNS)
        yield nodes.Table(
            alignments=table.alignments[here],
            head=table.head[here],
            rows=tuple(row[here] for row in table.rows),
        )


def is_short(row: Sequence[nodes.Cell]) -> bool:
    """Whether a row is kept on one page; a longer one may not fit on any."""
    return sum(len(nodes.plain_text(cell)) for cell in row) <= _SHORT_ROW


def fit(table: nodes.Table, room: int) -> Columns:
    """Share the width of the text among columns.

    Args:
        table: At most 60 columns.
        room: The width in twips.
    """
    texts = [
        [nodes.plain_text(row[column])[:_SEEN] for row in (table.head, *table.rows[:_SAMPLE])]
        for column in range(len(table.head))
    ]
    floors = [_longest_word(column) for column in texts]
    wanted = [max(map(_breadth, column)) for column in texts]
    narrow = sum(floors) * _WIDE + _PADDING * len(floors) > room
    unit, beside = (_NARROW, _NARROW_PADDING) if narrow else (_WIDE, _PADDING)
    least = [max(_LOWEST, floor * unit + beside) for floor in floors]
    most = [max(low, width * unit + beside) for low, width in zip(least, wanted, strict=True)]
    widths = tuple(_shared(least, most, room))
    return Columns(widths=widths, narrow=narrow, squeezed=sum(least) > room)


def _shared(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """Between the least and the most that each wants, more to those that want more."""
    if sum(least) >= room:
        return [max(1, low * room // sum(least)) for low in least]
    if sum(most) <= room:
        return [high * room // sum(most) for high in most]
    # By the square root, so that one long text does not leave its neighbours the bare minimum.
    wishes = [(high - low) ** 0.5 for low, high in zip(least, most, strict=True)]
    spare, total = room - sum(least), sum(wishes) or 1.0
    return [low + int(spare * wish / total) for low, wish in zip(least, wishes, strict=True)]


def _longest_word(texts: Sequence[str]) -> int:
    words = (_breadth(word) for text in texts for word in text.split())
    return min(_LONGEST_WORD, max(words, default=1))


def _breadth(text: str) -> int:
    """The width in characters; those of East Asia take two."""
    return len(text) + sum(1 for char in text if "\u2e80" <= char <= "\uffe6")
