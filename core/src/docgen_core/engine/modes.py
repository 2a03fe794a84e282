"""What a completion mode works with: it decides what is written when, not how."""

from __future__ import annotations

from collections.abc import Sequence

from docgen_core.engine.job import Job, Tools
from docgen_core.engine.parameters import settle
from docgen_core.engine.runner import Concurrency, Runner
from docgen_core.events import Event, Listener
from docgen_core.model import DeliverableResult

__all__ = ["ModeContext", "expected_costs", "server_concurrency"]

#: Slots of a server that does not report them: LM Studio's default.
_USUAL_SLOTS = 4


class ModeContext:
    """One brief's run, as a mode sees it.

    Args:
        job: The brief on its way.
        tools: What the run shares.
        listeners: Receive the events; the mode's own measurements join them while it writes.
    """

    def __init__(self, job: Job, tools: Tools, listeners: list[Listener]) -> None:
        self._job = job
        self._tools = tools
        self._listeners = listeners

    @property
    def results(self) -> dict[str, DeliverableResult]:
        """What is finished so far, by id."""
        return self._job.results

    async def write(
        self, deliverable_types: Sequence[str], *, slots: int | None = None
    ) -> list[DeliverableResult]:
        """Write deliverables in dependency order.

        Args:
            deliverable_types: Ids of the run's plan; what they need must be among them or written.
            slots: Requests in flight at most; None for as many as pay on this server.

        Returns:
            Their results, in the plan's order.
        """
        wanted = set(deliverable_types)
        inputs = {
            key: self._tools.plan.inputs[key] for key in self._tools.plan.order if key in wanted
        }
        concurrency = (
            server_concurrency(self._tools)
            if slots is None
            else Concurrency(slots=slots, fixed=True)
        )
        runner = Runner(
            inputs,
            expected_costs(self._tools),
            [self._job],
            concurrency=concurrency,
            emit=self._emit,
        )
        self._listeners.append(runner.observe)
        try:
            async for _ in runner.finished():
                pass
        finally:
            self._listeners.remove(runner.observe)
        return [self.results[key] for key in inputs]

    def _emit(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)


def server_concurrency(tools: Tools) -> Concurrency:
    """The user's number, taken as it is; else the server's slots, as far as measurements show."""
    if tools.config.concurrency is not None:
        return Concurrency(slots=tools.config.concurrency, fixed=True)
    return Concurrency(slots=tools.model.slots or _USUAL_SLOTS)


def expected_costs(tools: Tools) -> dict[str, float]:
    """How long each deliverable may take: its bound on the answer, in tokens."""
    return {
        key: float(settle(tools.config, tools.server_generation, item.generation).max_tokens)
        for key, item in tools.plan.deliverables.items()
    }
