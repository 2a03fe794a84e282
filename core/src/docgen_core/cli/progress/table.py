"""Draws a board as a rich table that also reads well in a narrow terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from docgen_core.cli.progress.board import Board, Row, State
from docgen_core.cli.text import duration, one_line

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["make_table"]

#: Below this width the tokens-per-second column is left out.
NARROW: Final = 56

_STYLES: Final = {
    State.WAITING: "dim",
    State.READING: "cyan",
    State.THINKING: "cyan",
    State.WRITING: "cyan",
    State.RETRYING: "yellow",
    State.DONE: "green",
    State.REUSED: "green",
    State.FAILED: "bold red",
}


def make_table(board: Board, rows: Sequence[Row], *, width: int) -> Table:
    """Draw rows of a board.

    Args:
        board: The board.
        rows: Those of its rows that are shown.
        width: The terminal's width in columns.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    table.add_column("Section", no_wrap=True, overflow="ellipsis", ratio=1, min_width=8)
    table.add_column("State", no_wrap=True, min_width=9)
    table.add_column("Tokens", justify="right", no_wrap=True, min_width=6)
    if width >= NARROW:
        table.add_column("Tok/s", justify="right", no_wrap=True, min_width=5)
    table.add_column("Time", justify="right", no_wrap=True, min_width=7)
    table.expand = width < 2 * NARROW
    for row in rows:
        _add(table, board, row, rate=width >= NARROW)
    return table


def _add(table: Table, board: Board, row: Row, *, rate: bool) -> None:
    from rich.text import Text

    elapsed, speed = board.elapsed(row), board.rate(row)
    cells = [
        Text(one_line(row.title)),
        Text(row.state.value, style=_STYLES[row.state]),
        Text(f"{row.tokens:,}" if row.tokens else ""),
        *([Text(f"{speed:.1f}" if speed is not None else "")] if rate else []),
        Text(duration(elapsed) if elapsed is not None else ""),
    ]
    table.add_row(*cells)
