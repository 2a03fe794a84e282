"""Hands events to the listeners, and keeps a listener's faults out of the run."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from docgen_core.events import Event, Listener

__all__ = ["Listeners"]

_log = logging.getLogger("docgen_core.engine")


class Listeners:
    """The listeners of an engine, and those that the engine itself adds for a while.

    Args:
        listeners: The caller's list; it may change between runs.
    """

    def __init__(self, listeners: list[Listener]) -> None:
        self._listeners = listeners
        self._own: list[Listener] = []
        self._dropped: list[Listener] = []

    @contextlib.contextmanager
    def hearing(self, listener: Listener) -> Iterator[None]:
        """Let a listener of the engine's own take part while the block runs."""
        self._own.append(listener)
        try:
            yield
        finally:
            self._own.remove(listener)

    def begin(self) -> None:
        """Start a run: a listener that failed in an earlier one is called again."""
        self._dropped.clear()

    def emit(self, event: Event) -> None:
        """Call each listener; one that raises is logged once and not called again in this run."""
        for listener in (*self._listeners, *self._own):
            if self._dropped and any(listener is each for each in self._dropped):
                continue
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - the caller's code: its faults are not the run's
                self._dropped.append(listener)
                _log.exception("a listener failed and is left out of this run: %r", listener)
