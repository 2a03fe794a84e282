"""The live table: one line per deliverable, drawn again several times a second."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from docgen_core.cli.progress.board import Board
from docgen_core.cli.progress.lines import event_line
from docgen_core.cli.progress.table import make_table
from docgen_core.events import DeliverableFinished, Event

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.segment import Segment

__all__ = ["LiveDisplay"]

_PER_SECOND: Final = 8
#: Lines that the table leaves free: header, rule, totals, last words, and one message.
_SPARE: Final = 7
#: Goes up one line and empties it.
_UP: Final = "\x1b[1A\x1b[2K"


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
        self._drawn: list[int] = []
        self._width = 0
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
        """Draw the rows that fit the terminal, each line no longer than its words."""
        from rich.segment import Segment

        self._take_back(options.max_width)
        lines = console.render_lines(self._frame(console, options), options, pad=False)
        stripped = [_without_end(line) for line in lines]
        self._drawn = [Segment.get_line_length(line) for line in stripped]
        for number, line in enumerate(stripped):
            yield from line
            if number < len(stripped) - 1:
                yield Segment.line()

    def _frame(self, console: Console, options: ConsoleOptions) -> RenderableType:
        rows = self._board.visible(max(3, console.size.height - _SPARE))
        if rows:
            return make_table(self._board, rows, width=options.max_width, totals=True)
        from rich.text import Text

        return Text("Looking for a model server ...", style="dim")

    def _take_back(self, width: int) -> None:
        """Empty the lines by which a terminal that became narrower has made the last frame longer.

        The library goes up by the lines that it drew.
        """
        before, self._width = self._width, width
        if width >= before or not _wraps_anew():
            return
        more = sum(max(length - 1, 0) // width for length in self._drawn)
        self._console.file.write("\r\x1b[2K" + _UP * more)


def _wraps_anew() -> bool:
    """Whether the terminal breaks lines anew when it becomes narrower: all but a few do."""
    kind = os.environ.get("TERM", "")
    known = any(name in os.environ for name in ("XTERM_VERSION", "STY"))
    return not known and not kind.startswith(("linux", "rxvt"))


def _without_end(line: list[Segment]) -> list[Segment]:
    """A line without the spaces at its end, which would wrap in a terminal made narrower."""
    from rich.segment import Segment

    kept = list(line)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[-1] = Segment(kept[-1].text.rstrip(), kept[-1].style)
    return kept
