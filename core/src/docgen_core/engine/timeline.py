"""Notes when each request of a run waited, was read and was answered; kept in run.json."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import attrs

from docgen_core.events import (
    AttemptFailed,
    AttemptFinished,
    AttemptStarted,
    DeliverableFinished,
    DeliverableStarted,
    Event,
    TextArrived,
)
from docgen_core.store.requests import RequestRecord

__all__ = ["Timeline"]


class Timeline:
    """A listener that writes down the requests of one brief's run.

    Args:
        clock: Gives seconds; for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
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

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case DeliverableStarted():
                self._ready[event.deliverable] = self._now()
            case AttemptStarted():
                self._start(event)
            case TextArrived():
                self._first(event.deliverable)
            case AttemptFinished():
                self._finish(event)
            case AttemptFailed():
                self._close(event.deliverable, "failed", error=str(event.error))
                self._ready[event.deliverable] = self._now()
            case DeliverableFinished():
                # A request that no event closed was given up: the run was interrupted.
                self._close(str(event.result.deliverable_type), "given up")
            case _:
                pass

    def _now(self) -> float:
        return round(self._clock() - self._begin, 3)

    def _start(self, event: AttemptStarted) -> None:
        now = self._now()
        self._open[event.deliverable] = RequestRecord(
            deliverable=event.deliverable,
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
        self._close(
            event.deliverable,
            "cached" if event.cached else "answered",
            prompt_tokens=event.usage.prompt_tokens,
            completion_tokens=event.usage.completion_tokens,
            finish_reason=event.finish_reason,
        )
        self._ready[event.deliverable] = self._now()

    def _close(self, key: str, outcome: str, **facts: Any) -> None:  # noqa: ANN401 - fields
        request = self._open.pop(key, None)
        if request is not None:
            closed = attrs.evolve(request, outcome=outcome, ended=self._now(), **facts)
            self._closed.append(closed)
