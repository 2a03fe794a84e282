"""Shows the text of the answers as it arrives."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from docgen_core.cli.progress.board import Board
from docgen_core.cli.progress.json_words import JsonWords
from docgen_core.cli.progress.lines import event_line
from docgen_core.cli.text import clean, one_line
from docgen_core.events import AttemptStarted, DeliverableStarted, Event, TextArrived

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["StreamDisplay"]


class StreamDisplay:
    """Writes each deliverable under its title, piece by piece; of JSON, the words alone.

    Args:
        console: Where to write.
        board: Knows the titles; its events come through this display.
    """

    def __init__(self, console: Console, board: Board) -> None:
        self._console = console
        self._board = board
        self._mid_line = False
        self._words = JsonWords()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_line()

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        from rich.text import Text

        self._board(event)
        if isinstance(event, TextArrived):
            self._write(clean(self._words.take(event.text)))
            return
        if isinstance(event, AttemptStarted):
            self._words = JsonWords()
        line = event_line(event, self._board)
        if isinstance(event, DeliverableStarted):
            self._end_line()
            title = one_line(self._board.title(event.deliverable))
            self._console.print(Text(f"\n{title}", style="bold cyan"))
        elif line:
            self._end_line()
            self._console.print(Text(line, style="dim"))

    def _write(self, piece: str) -> None:
        from rich.text import Text

        if piece:
            # Wrapped by the terminal: pieces are too small to be wrapped one by one.
            self._console.print(Text(piece), end="", soft_wrap=True)
            self._mid_line = not piece.endswith("\n")

    def _end_line(self) -> None:
        if self._mid_line:
            self._console.print()
        self._mid_line = False
