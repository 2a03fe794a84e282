"""The live table: one line per deliverable, drawn again several times a second."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from docgen_core.cli.progress.board import Board
from docgen_core.cli.progress.lines import event_line
from docgen_core.cli.progress.table import make_table
from docgen_core.events import DeliverableFinished, Event

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

__all__ = ["LiveDisplay"]

_PER_SECOND: Final = 8
#: Lines that the table leaves free: header, rule, totals, last words, and one message.
_SPARE: Final = 7


class LiveDisplay:
    """Redraws the board while the run goes on, and takes it away at the end.

    Args:
        console: Where to draw.
        board: What to draw; its events come through this display.
    """

    def __init__(self, console: Console, board: Board) -> None:
        from rich.live import Live

        self._console = console
        self._board = board
        # Standard streams stay as they are: plugins' output is routed elsewhere meanwhile.
        self._live = Live(
            self,
            console=console,
            refresh_per_second=_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Take in one event; what deserves a sentence of its own stands above the table."""
        from rich.text import Text

        self._board(event)
        line = None if isinstance(event, DeliverableFinished) else event_line(event, self._board)
        if line:
            self._console.print(Text(line, style="dim"))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the rows that fit the terminal."""
        rows = self._board.visible(max(3, console.size.height - _SPARE))
        if rows:
            yield make_table(self._board, rows, width=options.max_width, totals=True)
        else:
            from rich.text import Text

            yield Text("Looking for a model server ...", style="dim")
