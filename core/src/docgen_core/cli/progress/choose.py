"""Decides how a run is shown: by the terminal, the mode, and how much the user wants to see."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, Self

from docgen_core.cli.progress.board import Board
from docgen_core.cli.progress.lines import LineDisplay
from docgen_core.events import Event

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console

__all__ = ["Display", "QuietDisplay", "choose_display", "terminal"]


class Display(AbstractContextManager["Display"], Protocol):
    """A listener that shows what it hears while its block runs."""

    def __call__(self, event: Event) -> None:
        """Take in one event."""


class QuietDisplay:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    def __call__(self, event: Event) -> None:
        """Take in one event."""


def terminal() -> Console | None:
    """Give a console on stderr, or None when stderr is no terminal that can redraw."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console

    console = Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
    return None if console.is_dumb_terminal else console


def choose_display(board: Board, *, quiet: bool, verbose: bool, streaming: bool) -> Display:
    """Make the display that suits the terminal.

    Args:
        board: Filled from the events that the display hears.
        quiet: Show nothing.
        verbose: The log goes to stderr, which a redrawn table would garble.
        streaming: Show the text itself.
    """
    if quiet:
        return QuietDisplay()
    console = None if verbose else terminal()
    if console is None:
        return LineDisplay(board)
    if streaming:
        from docgen_core.cli.progress.stream import StreamDisplay

        return StreamDisplay(console, board)
    from docgen_core.cli.progress.live import LiveDisplay

    return LiveDisplay(console, board)
