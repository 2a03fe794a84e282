"""What is known about a run at this moment, kept up to date from its events."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Sequence

import attrs

from docgen_core.events import (
    AttemptFailed,
    AttemptStarted,
    DeliverableFinished,
    DeliverableStarted,
    Event,
    RunStarted,
    ServerChosen,
    TextArrived,
)
from docgen_core.model import DeliverableResult

__all__ = ["Board", "Row", "State"]


class State(enum.StrEnum):
    """Where a deliverable stands."""

    WAITING = "waiting"
    #: A request is out and nothing has come back yet.
    READING = "reading"
    #: The model reasons; none of that is shown.
    THINKING = "thinking"
    WRITING = "writing"
    #: A request failed and another one follows.
    RETRYING = "retrying"
    DONE = "done"
    #: An unchanged earlier result was taken.
    REUSED = "unchanged"
    FAILED = "failed"


_OVER = frozenset({State.DONE, State.REUSED, State.FAILED})


@attrs.define(kw_only=True)
class Row:
    """One deliverable.

    Attributes:
        id: Its id.
        title: Its section heading.
        state: Where it stands.
        tokens: Tokens of the answer and its reasoning: pieces that arrived, then what the server
            counted.
        started: When its first request went out, on the board's clock.
        first_token: When the current answer began, or None.
        seconds: How long it took, once it is over.
        rate: Tokens per second, once it is over.
        finished: A number that grows with each finished row; 0 while it is not over.
    """

    id: str
    title: str
    state: State = State.WAITING
    tokens: int = 0
    started: float | None = None
    first_token: float | None = None
    seconds: float | None = None
    rate: float | None = None
    finished: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in _OVER


class Board:
    """All deliverables of a run in reading order. It is a listener.

    Args:
        clock: Gives seconds; for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows: dict[str, Row] = {}
        self._finished = 0
        self.server: ServerChosen | None = None

    @property
    def rows(self) -> Sequence[Row]:
        """Every deliverable in reading order."""
        return tuple(self._rows.values())

    def title(self, key: str) -> str:
        """Give a deliverable's title, or its id when it is not known."""
        return self._rows[key].title if key in self._rows else key

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case ServerChosen():
                self.server = event
            case RunStarted():
                pairs = zip(event.deliverables, event.titles, strict=True)
                self._rows = {key: Row(id=key, title=title) for key, title in pairs}
            case DeliverableStarted() | AttemptStarted():
                self._start(self._row(event.deliverable))
            case TextArrived():
                self._write(self._row(event.deliverable), event.text)
            case AttemptFailed():
                self._row(event.deliverable).state = State.RETRYING
            case DeliverableFinished():
                self._finish(self._row(str(event.result.deliverable_type)), event.result)
            case _:
                pass

    def elapsed(self, row: Row) -> float | None:
        """How many seconds a deliverable has taken so far; None before it starts."""
        if row.seconds is not None or row.started is None:
            return row.seconds
        return self._clock() - row.started

    def rate(self, row: Row) -> float | None:
        """Tokens per second; None before there is anything to divide."""
        if row.over or row.first_token is None:
            return row.rate
        return _per_second(row.tokens - 1, self._clock() - row.first_token)

    def visible(self, limit: int) -> Sequence[Row]:
        """Give at most `limit` rows: those at work, then the last ones finished, then others."""
        if len(self._rows) <= limit:
            return self.rows
        ranked = sorted(self.rows, key=lambda row: (_urgency(row), -row.finished))
        chosen = {row.id for row in ranked[: max(limit, 1)]}
        return tuple(row for row in self.rows if row.id in chosen)

    def _row(self, key: str) -> Row:
        return self._rows.setdefault(key, Row(id=key, title=key))

    def _start(self, row: Row) -> None:
        row.state, row.tokens, row.first_token = State.READING, 0, None
        row.started = self._clock() if row.started is None else row.started

    def _write(self, row: Row, text: str) -> None:
        row.state = State.WRITING if text else State.THINKING
        row.tokens += 1
        row.first_token = self._clock() if row.first_token is None else row.first_token

    def _finish(self, row: Row, result: DeliverableResult) -> None:
        self._finished += 1
        row.title, row.finished = result.title or row.title, self._finished
        row.seconds = result.execution_time
        if not result.success:
            row.state, row.tokens = State.FAILED, 0
        elif result.reused:
            row.state, row.tokens, row.seconds = State.REUSED, 0, None
        else:
            row.state = State.DONE
            row.tokens = result.usage.completion_tokens if result.usage else row.tokens
            writing = result.execution_time - (result.time_to_first_token or 0.0)
            row.rate = _per_second(row.tokens, writing)


def _per_second(tokens: int, seconds: float) -> float | None:
    return tokens / seconds if tokens > 0 and seconds > 0 else None


def _urgency(row: Row) -> int:
    if row.over:
        return 1
    return 2 if row.state is State.WAITING else 0
