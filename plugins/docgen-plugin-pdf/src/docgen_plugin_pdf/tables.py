"""Widths of the columns of a table, from what its cells hold."""

from __future__ import annotations

import math
from typing import Final

from docgen_core.api import nodes

__all__ = ["MANY", "columns", "word_limits"]

#: Columns from which on the text is smaller.
MANY: Final = 8
#: Points that a bold character takes and the space beside a cell, in usual and in smaller text.
_USUAL: Final = (5.4, 10.0)
_SMALL: Final = (4.4, 5.0)
#: Even where words run into the next column, a line has so many characters.
_LEAST: Final = 3
#: Characters that fit on a line of a page.
_LINE: Final = 84
#: Rows and characters up to which the typesetter may try several widths.
_ROWS: Final = 200
#: No word needs a wider column than this, in characters: longer ones are broken.
_WORD: Final = 16
#: A cell is not read in lines longer than this.
_WIDEST: Final = 60


def columns(table: nodes.Table) -> str:
    """Give the widths: natural ones where all cells fit on a line, shares of the page otherwise.

    Args:
        table: The table.

    Returns:
        A list for the typesetter, such as `(auto, auto)` or `(3fr, 10fr)`.
    """
    texts = _texts(table)
    natural = [min(_WIDEST * 2, max(map(len, column))) for column in texts]
    if sum(natural) + 3 * len(natural) <= _LINE and len(table.rows) <= _ROWS:
        return _listed(["auto"] * len(natural))
    return _listed([f"{_share(column)}fr" for column in texts])


def word_limits(table: nodes.Table, width: float) -> tuple[int, ...]:
    """Say how long words may be, where not every column can be as wide as its longest.

    Args:
        table: The table.
        width: The width of the text in points.

    Returns:
        The characters that a word may have in each column; nothing where there is room for all.
    """
    unit, beside = _SMALL if len(table.head) > MANY else _USUAL
    texts = _texts(table)
    if sum(_word(column) * unit + beside for column in texts) <= width:
        return ()
    shares = [_share(column) for column in texts]
    each = (width * share / sum(shares) for share in shares)
    return tuple(max(_LEAST, int((room - beside) / unit)) for room in each)


def _texts(table: nodes.Table) -> list[list[str]]:
    return [
        [nodes.plain_text(row[at]) for row in (table.head, *table.rows)]
        for at in range(len(table.head))
    ]


def _word(column: list[str]) -> int:
    """The characters of the longest word that is not broken."""
    words = (len(word) for text in column for word in text[:2_000].split())
    return min(_WORD, max(words, default=1))


def _share(column: list[str]) -> int:
    """A column's share: room for its longest word, more for long texts, but not in proportion."""
    longest = max(map(len, column))
    return max(3, _word(column) + 2, round(math.sqrt(min(longest, _WIDEST * 10)) * 2))


def _listed(widths: list[str]) -> str:
    return f"({', '.join(widths)},)"
