"""What is known about a run at this moment, kept up to date from its events."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Sequence

import attrs

from docgen_core.cli.progress.json_words import JsonWords
from docgen_core.events import (
    AttemptFailed,
    AttemptFinished,
    AttemptStarted,
    DeliverableFinished,
    DeliverableStarted,
    Event,
    RunStarted,
    ServerChosen,
    TextArrived,
)
from docgen_core.model import DeliverableResult

__all__ = ["Board", "Row", "State", "Totals"]


class State(enum.StrEnum):
    """Where a deliverable stands."""

    #: For what it needs, or for room on the server.
    WAITING = "waiting"
    #: A request is out and nothing has come back yet.
    READING = "reading"
    #: The model reasons; none of that is shown.
    THINKING = "thinking"
    WRITING = "writing"
    #: A request failed and another one follows.
    RETRYING = "retrying"
    DONE = "done"
    #: The user's cache had the answer to the same request.
    CACHED = "cached"
    #: An unchanged earlier result was taken.
    REUSED = "unchanged"
    FAILED = "failed"


#: Characters of an answer that are kept to be shown.
_TAIL = 160
_OVER = frozenset({State.DONE, State.CACHED, State.REUSED, State.FAILED})


@attrs.define(kw_only=True)
class Row:
    """One deliverable.

    Attributes:
        id: Its id.
        title: Its section heading.
        state: Where it stands.
        tokens: Tokens of the answer and its reasoning: pieces that arrived, then what the server
            counted.
        attempt: Which attempt it is at, from 1; 0 before the first.
        started: When all that it needs was there, on the board's clock.
        asked: When the current request went out, or None.
        first_token: When the current answer began, or None.
        waited: Seconds from the request to the beginning of its answer, or None.
        tail: The last words of the answer so far; empty once it is over.
        words: Takes the words of the current answer from its JSON.
        seconds: How long it took, once it is over.
        rate: Tokens per second of the last answer, once that is there.
        finished: A number that grows with each finished row; 0 while it is not over.
    """

    id: str
    title: str
    state: State = State.WAITING
    tokens: int = 0
    attempt: int = 0
    started: float | None = None
    asked: float | None = None
    first_token: float | None = None
    waited: float | None = None
    tail: str = ""
    words: JsonWords = attrs.field(factory=JsonWords, eq=False, repr=False)
    seconds: float | None = None
    rate: float | None = None
    finished: int = 0

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in _OVER


@attrs.frozen(kw_only=True)
class Totals:
    """How far a run is.

    Attributes:
        over: Rows that are over.
        rows: All rows.
        tokens: Tokens of all answers so far.
        rate: Tokens per second of all that are being written, or None.
        seconds: Since the run started, or None before.
    """

    over: int
    rows: int
    tokens: int
    rate: float | None
    seconds: float | None


class Board:
    """All deliverables of a run in reading order. It is a listener.

    Args:
        clock: Gives seconds; for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows: dict[str, Row] = {}
        self._finished = 0
        self._began: float | None = None
        self._latest: Row | None = None
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
                self._began = self._clock()
            case DeliverableStarted():
                self._start(self._row(event.deliverable))
            case AttemptStarted():
                self._ask(self._row(event.deliverable), event.attempt)
            case TextArrived():
                self._write(self._row(event.deliverable), event.text)
            case AttemptFinished():
                self._answer(self._row(event.deliverable), event)
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

    def totals(self) -> Totals:
        """How far the run is."""
        rates = [self.rate(row) for row in self._rows.values() if not row.over]
        return Totals(
            over=sum(row.over for row in self._rows.values()),
            rows=len(self._rows),
            tokens=sum(row.tokens for row in self._rows.values()),
            rate=sum(rate for rate in rates if rate is not None) or None,
            seconds=None if self._began is None else self._clock() - self._began,
        )

    def latest(self) -> Row | None:
        """The row that wrote last and is not over, or None."""
        writing = self._latest is not None and not self._latest.over and self._latest.tail
        return self._latest if writing else None

    def rate(self, row: Row) -> float | None:
        """Tokens per second; None before there is anything to divide."""
        if row.over or row.first_token is None or row.rate is not None:
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
        row.state, row.tokens, row.first_token = State.WAITING, 0, None
        row.asked, row.waited, row.rate = None, None, None
        row.tail, row.words = "", JsonWords()
        row.started = self._clock() if row.started is None else row.started

    def _ask(self, row: Row, attempt: int) -> None:
        self._start(row)
        row.state, row.attempt, row.asked = State.READING, attempt, self._clock()

    def _write(self, row: Row, text: str) -> None:
        row.state = State.WRITING if text else State.THINKING
        row.tokens += 1
        row.tail = (row.tail + row.words.take(text))[-_TAIL:]
        self._latest = row
        if row.first_token is None:
            row.first_token = self._clock()
            row.waited = None if row.asked is None else row.first_token - row.asked

    def _answer(self, row: Row, event: AttemptFinished) -> None:
        if row.first_token is not None and not event.cached:
            tokens = event.usage.completion_tokens - 1
            row.rate = _per_second(tokens, self._clock() - row.first_token)

    def _finish(self, row: Row, result: DeliverableResult) -> None:
        self._finished += 1
        row.title, row.finished = result.title or row.title, self._finished
        row.seconds, row.tail = result.execution_time, ""
        if not result.success:
            row.state, row.tokens = State.FAILED, 0
        elif result.reused:
            row.state, row.tokens, row.seconds = State.REUSED, 0, None
        else:
            row.state = State.CACHED if result.cached else State.DONE
            row.waited = result.time_to_first_token
            row.tokens = result.usage.completion_tokens if result.usage else row.tokens


def _per_second(tokens: int, seconds: float) -> float | None:
    return tokens / seconds if tokens > 0 and seconds > 0 else None


def _urgency(row: Row) -> int:
    if row.over:
        return 1
    return 2 if row.started is None else 0
