"""Draws a board as a rich table that also reads well in a narrow terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from docgen_core.cli.progress.board import Board, Row, State
from docgen_core.cli.text import clean, count, duration, one_line

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Table
    from rich.text import Text

__all__ = ["last_words", "make_table"]

#: Widths from which on a column has room: tokens per second, time to first token, last words.
RATE_FROM: Final = 56
FIRST_FROM: Final = 72
WORDS_FROM: Final = 110
#: The most columns of a title that has last words beside it.
_TITLE: Final = 44
#: Room at the end of the last line for the `^C` that terminals write there.
_ECHO: Final = 8

_STYLES: Final = {
    State.WAITING: "dim",
    State.READING: "cyan",
    State.THINKING: "cyan",
    State.WRITING: "cyan",
    State.RETRYING: "yellow",
    State.DONE: "green",
    State.CACHED: "green",
    State.REUSED: "green",
    State.FAILED: "bold red",
}


def make_table(board: Board, rows: Sequence[Row], *, width: int, totals: bool = False) -> Table:
    """Draw rows of a board.

    Args:
        board: The board.
        rows: Those of its rows that are shown.
        width: The terminal's width in columns.
        totals: Whether the last words that arrived and the totals stand below.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in _columns(width, words=totals):
        table.add_column(
            column.name,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=column.ratio,
            min_width=column.least,
            max_width=column.most,
        )
    table.expand = width < 2 * RATE_FROM or totals
    for row in rows:
        table.add_row(*(column.cell(board, row) for column in _columns(width, words=totals)))
    if totals:
        table.caption = _caption(board, width, len(board.rows) - len(rows))
        table.caption_justify = "left"
        table.caption_style = ""
    return table


@attrs.frozen(kw_only=True)
class _Column:
    name: str
    cell: Callable[[Board, Row], RenderableType]
    least: int
    most: int | None = None
    right: bool = True
    ratio: int | None = None


def _columns(width: int, *, words: bool) -> Iterator[_Column]:
    wide = words and width >= WORDS_FROM
    # Beside last words, titles take the room that they need and leave them the rest.
    yield _Column(
        name="Section",
        cell=_title,
        least=8,
        most=_TITLE if wide else None,
        right=False,
        ratio=None if wide else 1,
    )
    yield _Column(name="State", cell=_state, least=9, right=False)
    yield _Column(name="Tokens", cell=_tokens, least=6)
    if width >= RATE_FROM:
        yield _Column(name="Tok/s", cell=_rate, least=5)
    if width >= FIRST_FROM:
        yield _Column(name="First", cell=_first, least=6)
    yield _Column(name="Time", cell=_time, least=7)
    if wide:
        yield _Column(name="Last words", cell=_words, least=20, right=False, ratio=1)


def _title(_board: Board, row: Row) -> Text:
    return _text(one_line(row.title))


def _state(_board: Board, row: Row) -> Text:
    again = f" ({row.attempt})" if row.attempt > 1 and not row.over else ""
    return _text(row.state.value + again, _STYLES[row.state])


def _tokens(_board: Board, row: Row) -> Text:
    return _text(f"{row.tokens:,}" if row.tokens else "")


def _rate(board: Board, row: Row) -> Text:
    speed = board.rate(row)
    return _text("" if speed is None else f"{speed:.1f}")


def _first(_board: Board, row: Row) -> Text:
    return _text("" if row.waited is None else duration(row.waited))


def _time(board: Board, row: Row) -> Text:
    elapsed = board.elapsed(row)
    return _text("" if elapsed is None else duration(elapsed))


def _words(_board: Board, row: Row) -> RenderableType:
    return _LastWords(row)


@attrs.frozen
class _LastWords:
    """As many of a row's last words as the column has room for."""

    row: Row

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _text(last_words(self.row, options.max_width), "dim")


def _caption(board: Board, width: int, hidden: int) -> Text:
    """The last words, where they have no column, and how far the run is."""
    found = board.totals()
    parts = [f"{found.over} of {found.rows} done", count(found.tokens, "token")]
    if hidden:
        parts.insert(1, f"{hidden} not shown")
    if found.rate is not None:
        parts.append(f"{found.rate:.1f} tok/s")
    if found.seconds is not None:
        parts.append(duration(found.seconds))
    caption = _text("\n" + ", ".join(parts))
    row = board.latest()
    if row is not None and width < WORDS_FROM:
        caption.append("\n" + last_words(row, width - _ECHO), style="dim")
    return caption


def last_words(row: Row, limit: int) -> str:
    """The end of what a row has written so far, on one line.

    Args:
        row: The row.
        limit: The most columns.
    """
    from rich.cells import cell_len

    plain = one_line(clean(row.tail))
    if cell_len(plain) <= limit:
        return plain
    # Letters of East Asia are two columns wide.
    begin = next(at for at in range(len(plain)) if cell_len(plain[at:]) < limit)
    return "…" + plain[begin:]


def _text(words: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(words, style=style)
