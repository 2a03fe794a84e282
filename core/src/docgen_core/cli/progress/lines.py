"""Puts events into sentences, and shows them as plain lines where there is no terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from docgen_core.cli.output import note
from docgen_core.cli.progress.board import Board
from docgen_core.cli.text import duration, one_line
from docgen_core.events import (
    AttemptFailed,
    DeliverableFinished,
    Event,
    Notice,
    ServerChosen,
)
from docgen_core.model import DeliverableResult

__all__ = ["LineDisplay", "event_line", "result_line"]


def event_line(event: Event, board: Board) -> str | None:
    """Say in one line what an event means to a user; None when it needs no line.

    Args:
        event: The event, already taken in by `board`.
        board: Knows the titles.
    """
    match event:
        case ServerChosen():
            line = _server_line(event)
        case Notice():
            line = event.message
        case AttemptFailed(retry_in=float() as pause):
            title = board.title(event.deliverable)
            failure = f"attempt {event.attempt} failed ({event.error})"
            line = f"{title}: {failure}; trying again in {duration(pause)}"
        case DeliverableFinished():
            line = result_line(event.result)
        case _:  # a last failed attempt among them: the deliverable's own end says why
            return None
    return one_line(line)


def _server_line(event: ServerChosen) -> str:
    if event.model in event.description:
        return event.description
    return f"{event.description.rstrip('.')}, model {event.model}"


def result_line(result: DeliverableResult) -> str:
    """Say in one line what became of a deliverable."""
    title = result.title or str(result.deliverable_type)
    if not result.success:
        return one_line(f"{title}: failed: {result.error_message}")
    if result.reused:
        return one_line(f"{title}: unchanged")
    if result.cached:
        return one_line(f"{title}: done, from the cache")
    tokens = f", {result.usage.completion_tokens:,} tokens" if result.usage else ""
    return one_line(f"{title}: done{tokens}, {duration(result.execution_time)}")


class LineDisplay:
    """Writes one line for each thing that a log's reader should know."""

    def __init__(self, board: Board) -> None:
        self._board = board

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
        self._board(event)
        line = event_line(event, self._board)
        if line:
            note(f"docgen: {line}")
