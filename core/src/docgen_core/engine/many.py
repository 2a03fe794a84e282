"""Keeps the runs of many briefs open until each of them is finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import attrs

from docgen_core.errors import DocgenError
from docgen_core.model import Brief

if TYPE_CHECKING:
    from docgen_core.engine.job import Job
    from docgen_core.engine.record import Run

__all__ = ["OpenRuns", "Opened"]


@attrs.frozen(kw_only=True)
class Opened:
    """The run of one brief; closing `stack` gives its folder back."""

    job: Job
    run: Run
    stack: ExitStack


class OpenRuns:
    """Opens one run after the other, and remembers those that are not finished.

    Args:
        open_run: Opens the run of one brief, or raises why it cannot be started.
    """

    def __init__(self, open_run: Callable[[str | Brief], Opened]) -> None:
        self._open_run = open_run
        self._opened: dict[Job, Opened] = {}
        self._refused: list[DocgenError] = []

    def jobs(self, briefs: Iterable[str | Brief]) -> Iterator[Job]:
        """Open the runs as they are wanted; a brief that cannot be started is left out."""
        for brief in briefs:
            try:
                opened = self._open_run(brief)
            except DocgenError as error:
                self._refused.append(error)
            else:
                self._opened[opened.job] = opened
                yield opened.job

    def take(self, job: Job) -> Opened:
        """Give the run of a finished job; it is the caller's to close."""
        return self._opened.pop(job)

    def take_refused(self) -> Iterator[DocgenError]:
        """Give why briefs could not be started, each once."""
        while self._refused:
            yield self._refused.pop(0)

    def take_all(self) -> Iterator[Opened]:
        """Give the runs that are open still; each is the caller's to close."""
        while self._opened:
            yield self._opened.popitem()[1]
