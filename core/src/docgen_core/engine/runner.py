"""Drives the schedule with real requests: one brief or many, on one slot or several."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Hashable, Iterable, Mapping
from typing import Generic, Protocol, TypeVar

import attrs

from docgen_core.engine.adaptive import Limit, Observation
from docgen_core.engine.schedule import Graph, Window, window_size
from docgen_core.errors import AuthError, ConnectError, DocgenError, GenerationError
from docgen_core.events import DeliverableFinished, DeliverableStarted, Event, Listener, TextArrived
from docgen_core.model import DeliverableResult

__all__ = ["BriefRun", "Concurrency", "Runner", "not_started"]


class BriefRun(Hashable, Protocol):
    """One brief on its way: writes its deliverables and keeps their results."""

    @property
    def results(self) -> dict[str, DeliverableResult]:
        """What is finished, by id."""

    async def write(self, key: str) -> DeliverableResult:
        """Write one deliverable whose inputs are in `results`; never raises for a failure."""

    def fail(self, key: str, error: DocgenError) -> DeliverableResult:
        """The result of a deliverable that was given up."""


@attrs.frozen(kw_only=True)
class Concurrency:
    """How many requests may be in flight.

    Attributes:
        slots: The most at once.
        fixed: True to use all slots for one brief too, False to let measurements decide.
    """

    slots: int
    fixed: bool = False


Run = TypeVar("Run", bound=BriefRun)


class Runner(Generic[Run]):
    """Takes briefs through the graph.

    Args:
        inputs: For each id to write, in topological order, the ids it reads.
        costs: Expected cost of each id, in any unit.
        runs: The briefs; pulled one at a time.
        concurrency: How many requests may be in flight.
        emit: Receives the events.
    """

    def __init__(
        self,
        inputs: Mapping[str, tuple[str, ...]],
        costs: Mapping[str, float],
        runs: Iterable[Run],
        *,
        concurrency: Concurrency,
        emit: Listener,
    ) -> None:
        within = {key: tuple(n for n in needs if n in inputs) for key, needs in inputs.items()}
        self._window = Window(Graph.build(within, costs), runs, size=window_size(concurrency.slots))
        self._concurrency = concurrency
        self._limit = Limit(concurrency.slots, clock=time.monotonic)
        self._emit = emit
        self._tasks: dict[asyncio.Task[DeliverableResult], tuple[Run, str]] = {}
        self._lost: DocgenError | None = None

    def observe(self, event: Event) -> None:
        """Count the tokens that arrive; the measurements rest on it."""
        if isinstance(event, TextArrived):
            self._limit.token_arrived()

    async def finished(self) -> AsyncGenerator[Run, None]:
        """Yield each brief when all its deliverables are written or failed.

        When the consumer stops early or is cancelled, what is in flight is cancelled too.
        """
        try:
            while not self._window.finished:
                self._start_what_may()
                done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    run, key = self._tasks.pop(task)
                    if self._settle(run, key, task.result()):
                        yield run
        finally:
            await self._abandon()

    def _start_what_may(self) -> None:
        while (pick := self._pick()) is not None:
            run, key = pick
            self._limit.started()
            self._emit(DeliverableStarted(deliverable=key))
            task = asyncio.create_task(self._write(run, key), name=f"docgen {key}")
            self._tasks[task] = pick

    def _pick(self) -> tuple[Run, str] | None:
        """One request for each open brief first; more for one brief only where that pays."""
        slots = self._concurrency.slots
        pick = self._window.next(total=slots, per_brief=1)
        if pick is None and (self._concurrency.fixed or self._limit.allows_more()):
            pick = self._window.next(total=slots, per_brief=slots)
        return pick

    async def _write(self, run: Run, key: str) -> DeliverableResult:
        if self._lost is not None:
            return run.fail(key, self._lost)
        return await run.write(key)

    def _settle(self, run: Run, key: str, result: DeliverableResult) -> bool:
        self._limit.finished(_observation(result))
        self._record(run, result)
        if result.success:
            return self._window.succeed(run, key)
        if isinstance(result.error, AuthError | ConnectError):
            self._lost = result.error
        doomed, closed = self._window.fail(run, key)
        for other in doomed:
            self._record(run, run.fail(other, not_started(other, key, result.error)))
        return closed

    def _record(self, run: Run, result: DeliverableResult) -> None:
        run.results[str(result.deliverable_type)] = result
        self._emit(DeliverableFinished(result=result))

    async def _abandon(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


def not_started(key: str, failed: str, cause: DocgenError | None) -> DocgenError:
    """Why `key` was not started: `failed`, which it needs, failed for `cause`."""
    if isinstance(cause, AuthError | ConnectError):
        return cause
    hint = "Run the same command again." if cause is None else cause.hint
    return GenerationError(f"{key} was not started, because {failed} failed", hint=hint)


def _observation(result: DeliverableResult) -> Observation | None:
    usage, first = result.usage, result.time_to_first_token
    if usage is None or first is None or result.reused or result.attempts != 1:
        return None
    return Observation(
        prompt_tokens=usage.prompt_tokens - (usage.cached_tokens or 0),
        completion_tokens=usage.completion_tokens,
        time_to_first_token=first,
        duration=result.execution_time,
    )
