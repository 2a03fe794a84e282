"""Notes when each request of a run waited, was read and was answered; kept in run.json."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from docgen_core.events import (
    AttemptFailed,
    AttemptFinished,
    AttemptStarted,
    Event,
    TextArrived,
)
from docgen_core.store.requests import RequestRecord

__all__ = ["Timeline", "in_utc"]


def in_utc(moment: dt.datetime) -> str:
    """A moment as run.json holds it: to the second, ISO 8601."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


class Timeline:
    """Writes down the requests of one brief's run.

    It is a listener of that run's requests; when a deliverable begins and ends, its job says.

    Args:
        run_id: Names the run.
        run_started: When it started (UTC, seconds precision, ISO 8601).
        clock: Gives seconds; for tests.
    """

    def __init__(
        self,
        run_id: str = "",
        run_started: str = "",
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = (run_id, run_started)
        self._clock = clock
        self._begin = clock()
        self._ready: dict[str, float] = {}
        self._open: dict[str, RequestRecord] = {}
        self._closed: list[RequestRecord] = []

    @property
    def requests(self) -> tuple[RequestRecord, ...]:
        """Every request in the order in which they were sent; those still open included."""
        found = [*self._closed, *self._open.values()]
        return tuple(sorted(found, key=lambda request: request.started))

    def of(self, key: str) -> tuple[RequestRecord, ...]:
        """The requests of one deliverable."""
        return tuple(request for request in self.requests if request.deliverable == key)

    @contextlib.contextmanager
    def working_on(self, key: str) -> Iterator[None]:
        """Note that a deliverable's inputs are there; what is open at the end was interrupted."""
        self._ready[key] = self._now()
        try:
            yield
        finally:
            self._close(key, "interrupted")

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case AttemptStarted():
                self._start(event)
            case TextArrived():
                self._first(event.deliverable)
            case AttemptFinished():
                self._finish(event)
            case AttemptFailed():
                self._close(event.deliverable, "failed", error=str(event.error))
                self._ready[event.deliverable] = self._now()
            case _:
                pass

    def _now(self) -> float:
        return round(self._clock() - self._begin, 3)

    def _start(self, event: AttemptStarted) -> None:
        now = self._now()
        run, run_started = self._run
        self._open[event.deliverable] = RequestRecord(
            deliverable=event.deliverable,
            run=run,
            run_started=run_started,
            attempt=event.attempt,
            model=event.model,
            ready=self._ready.get(event.deliverable, now),
            started=now,
        )

    def _first(self, key: str) -> None:
        request = self._open.get(key)
        if request is not None and request.first_token is None:
            self._open[key] = attrs.evolve(request, first_token=self._now())

    def _finish(self, event: AttemptFinished) -> None:
        before = {"took": event.seconds, "began": event.time_to_first_token}
        self._close(
            event.deliverable,
            "cached" if event.cached else "answered",
            prompt_tokens=event.usage.prompt_tokens,
            completion_tokens=event.usage.completion_tokens,
            finish_reason=event.finish_reason,
            **(before if event.cached else {}),
        )
        self._ready[event.deliverable] = self._now()

    def _close(self, key: str, outcome: str, **facts: Any) -> None:  # noqa: ANN401 - fields
        request = self._open.pop(key, None)
        if request is not None:
            closed = attrs.evolve(request, outcome=outcome, ended=self._now(), **facts)
            self._closed.append(closed)
