"""Widths of the columns of a table, from what its cells hold."""

from __future__ import annotations

import math
from typing import Final

from docgen_core.api import nodes

__all__ = ["columns"]

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
    texts = [
        [nodes.plain_text(row[at]) for row in (table.head, *table.rows)]
        for at in range(len(table.head))
    ]
    natural = [min(_WIDEST * 2, max(map(len, column))) for column in texts]
    if sum(natural) + 3 * len(natural) <= _LINE and len(table.rows) <= _ROWS:
        return _listed(["auto"] * len(natural))
    return _listed([f"{_share(column)}fr" for column in texts])


def _share(column: list[str]) -> int:
    """A column's share: room for its longest word, more for long texts, but not in proportion."""
    longest = max(map(len, column))
    word = max((len(word) for text in column for word in text[:2_000].split()), default=1)
    return max(3, min(word, _WORD) + 2, round(math.sqrt(min(longest, _WIDEST * 10)) * 2))


def _listed(widths: list[str]) -> str:
    return f"({', '.join(widths)},)"
