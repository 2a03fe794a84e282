"""What a completion mode works with: it decides what is written when, not how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docgen_core.engine.job import Job, Tools
from docgen_core.engine.listeners import Listeners
from docgen_core.engine.parameters import settle
from docgen_core.engine.runner import Concurrency, Runner, not_started
from docgen_core.errors import UsageError
from docgen_core.events import DeliverableFinished
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

    def __init__(self, job: Job, tools: Tools, listeners: Listeners) -> None:
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
            slots: Requests in flight at most, 1 or more; None for as many as pay on this server.

        Returns:
            Their results, in the plan's order. One whose needs failed, or were not written and are
            not among them, is a failed result.

        Raises:
            UsageError: `slots` is below 1.
        """
        if slots is not None and slots < 1:
            raise UsageError(f"slots must be at least 1, got {slots}")
        wanted = [key for key in self._tools.plan.order if key in set(deliverable_types)]
        inputs = {key: self._tools.plan.inputs[key] for key in self._writable(wanted)}
        runner = Runner(
            inputs,
            expected_costs(self._tools),
            [self._job] if inputs else [],
            concurrency=(
                server_concurrency(self._tools)
                if slots is None
                else Concurrency(slots=slots, fixed=True)
            ),
            emit=self._listeners.emit,
        )
        with self._listeners.hearing(runner.observe):
            async for _ in runner.finished():
                pass
        return [self.results[key] for key in wanted]

    def _writable(self, wanted: Sequence[str]) -> Iterator[str]:
        """Those whose needs are among them or written; the others fail here and now."""
        coming: set[str] = set()
        for key in wanted:
            missing = (n for n in self._tools.plan.deliverables[key].needs if n not in coming)
            failed = next((need for need in missing if not self._has(need)), None)
            if failed is None:
                coming.add(key)
                yield key
                continue
            cause = self.results[failed].error if failed in self.results else None
            self.results[key] = self._job.fail(key, not_started(key, failed, cause))
            self._listeners.emit(DeliverableFinished(result=self.results[key]))

    def _has(self, key: str) -> bool:
        return key in self.results and self.results[key].success


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
