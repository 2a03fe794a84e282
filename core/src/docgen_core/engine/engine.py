"""The facade: from a brief to a document, synchronously or from an event loop."""

from __future__ import annotations

import contextlib
import logging
import types
import uuid
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

from docgen_core.engine.briefs import as_brief
from docgen_core.engine.inspection import Preview, TemplateValidation, preview, validate
from docgen_core.engine.logs import log_event, logging_to_stderr, quiet_by_default
from docgen_core.engine.loop import OwnLoop, off_loop
from docgen_core.engine.modes import ModeContext
from docgen_core.engine.plan import Plan, make_plan
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.engine.result import OrchestrationResult
from docgen_core.engine.upkeep import Upkeep
from docgen_core.engine.workshop import Process, Workshop
from docgen_core.errors import DocgenError, Interrupted, UsageError
from docgen_core.events import Listener
from docgen_core.lmstudio.types import ServerInfo
from docgen_core.model import Brief, Deliverable, DeliverableResult
from docgen_core.plugins import PluginPolicy, Registry
from docgen_core.settings import OrchestrationConfig

__all__ = ["OrchestrationEngine"]

_log = logging.getLogger("docgen_core.engine")

OutputFor = Callable[[Brief], Path | str | None]


class OrchestrationEngine(Upkeep):
    """Writes packs of documents: plans, asks the model, merges.

    Use it as a context manager, or call `close`; it may have started a server of its own. Every
    method has an async twin whose name begins with `a`, for servers and notebooks.

    A subclass adds a mode by adding a coroutine method `_process_<name>(user_input,
    deliverable_types, context)` and naming it in `OrchestrationConfig(completion_mode="<name>")`;
    it writes through `context.write(ids, slots=...)` and returns the results.

    Args:
        config: The settings; None for the defaults.
        registry: The plugins; None for those installed, as `config` says.
        listeners: Called with each event (`docgen_core.events`).
        on_second_interrupt: Called in the signal handler at a second Ctrl-C in a row, for programs
            that want to leave at once; None leaves that to asyncio.

    Attributes:
        config: The settings.
        prompt_generator: Writes the prompts; replace it to change them.
        listeners: May be appended to before a run.
        error: Why `initialize` returned False, or None.
    """

    def __init__(
        self,
        config: OrchestrationConfig | None = None,
        *,
        registry: Registry | None = None,
        listeners: Iterable[Listener] = (),
        on_second_interrupt: Callable[[], None] | None = None,
    ) -> None:
        self.config = config or OrchestrationConfig()
        self.registry = registry or Registry(PluginPolicy.from_config(self.config))
        self.prompt_generator: PromptGenerator = PromptGenerator()
        self.listeners: list[Listener] = [log_event, *listeners]
        self.error: DocgenError | None = None
        self._workshop = Workshop(self.config, self.registry, self.listeners)
        self._loop = OwnLoop(on_second_interrupt)
        self._cleanup = contextlib.ExitStack()
        quiet_by_default()
        if self.config.enable_logging:
            self._cleanup.enter_context(logging_to_stderr(self.config.log_level))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        await self.aclose()

    # What needs no server.

    def plan(self, deliverable_types: Sequence[str] | None = None) -> Plan:
        """Say what a run would write, and in which order.

        Args:
            deliverable_types: Deliverable ids; None for every one installed.

        Raises:
            UsageError: an unknown id, a cycle, or nothing to write.
            PluginError: a plugin that is needed cannot be used.
        """
        lookup = self._lookup
        if isinstance(deliverable_types, str):
            raise UsageError(
                f"deliverable_types is the text {deliverable_types!r}, not a list of ids",
                hint=f"Pass a list: [{deliverable_types!r}].",
            )
        if deliverable_types is not None:
            wanted = [str(item) for item in deliverable_types]
            if not wanted:
                raise UsageError("no deliverable was asked for", hint="Name at least one id.")
            return make_plan(wanted, lookup)
        installed = self.registry.deliverable_ids()
        if not installed:
            reason, hint = self.registry.why_no_deliverables()
            raise UsageError(reason, hint=hint)
        return make_plan(installed, lookup, tolerant=True)

    async def aplan(self, deliverable_types: Sequence[str] | None = None) -> Plan:
        """The async twin of `plan`; it loads the plugins without holding up the event loop."""
        return await off_loop(lambda: self.plan(deliverable_types), label="planning")

    def preview(
        self, user_input: str | Brief, deliverable_types: Sequence[str] | None = None
    ) -> tuple[Preview, ...]:
        """Show each prompt as it would be without the inputs that a run produces."""
        return self._loop.run(self.apreview(user_input, deliverable_types))

    async def apreview(
        self, user_input: str | Brief, deliverable_types: Sequence[str] | None = None
    ) -> tuple[Preview, ...]:
        """The async twin of `preview`."""
        brief, plan = as_brief(user_input), await self.aplan(deliverable_types)
        return await preview(self.config, self.registry, brief, plan, self.prompt_generator)

    def validate_deliverable_templates(self) -> dict[str, TemplateValidation]:
        """Check the template of every installed deliverable, and the document's own.

        Returns:
            For each id, and for `document.md.j2`, `is_valid` and the `errors` as a list of
            sentences.
        """
        return self._loop.run(self.avalidate_deliverable_templates())

    async def avalidate_deliverable_templates(self) -> dict[str, TemplateValidation]:
        """The async twin of `validate_deliverable_templates`."""
        return await validate(self.config, self.registry)

    # What talks to the server.

    def initialize(self) -> bool:
        """Find the server and the model.

        Returns:
            Whether a run can start; `error` says why not.
        """
        return self._loop.run(self.ainitialize())

    async def ainitialize(self) -> bool:
        """The async twin of `initialize`."""
        try:
            await self._workshop.connect()
        except DocgenError as error:
            _log.error("cannot start: %s", error)
            self.error = error
            return False
        self.error = None
        return True

    def server_info(self) -> ServerInfo:
        """What the server is and which models it has.

        Raises:
            ServerError: no server, no model, or not authorised.
        """
        return self._loop.run(self.aserver_info())

    async def aserver_info(self) -> ServerInfo:
        """The async twin of `server_info`."""
        return (await self._workshop.connect()).info

    def get_available_models(self) -> list[str]:
        """The ids of the models that can write, in the server's order.

        Raises:
            ServerError: no server, no model, or not authorised.
        """
        return self._loop.run(self.aget_available_models())

    async def aget_available_models(self) -> list[str]:
        """The async twin of `get_available_models`."""
        return [model.id for model in (await self.aserver_info()).models if not model.embedding]

    def orchestrate(
        self,
        user_input: str | Brief,
        deliverable_types: Sequence[str] | None = None,
        *,
        output: Path | str | None = None,
        force: bool = False,
    ) -> OrchestrationResult:
        """Write the deliverables of one brief.

        Args:
            user_input: The brief.
            deliverable_types: Deliverable ids; None for every one installed. What they need is
                written too.
            output: The run folder, or None to write no file. A later run in the same folder asks
                only for what changed.
            force: Ask again for everything, and replace sections edited by hand (a copy is kept).

        Returns:
            What became of each deliverable. A failed one is a result, not an exception.

        Raises:
            UsageError: an unknown id, an empty brief, or one that the model cannot hold.
            PluginError: a plugin that is needed cannot be used, or the document's template.
            ServerError: no server, no model, or not authorised.
            FileError: the output folder cannot be written.
            Interrupted: the user stopped the run; what was finished is kept.
        """
        try:
            return self._loop.run(
                self.aorchestrate(user_input, deliverable_types, output=output, force=force)
            )
        except KeyboardInterrupt:
            kept = "" if output is None else f"; what was finished is kept in {output}"
            raise Interrupted(
                f"interrupted{kept}", hint="Run the same command again to go on."
            ) from None

    async def aorchestrate(
        self,
        user_input: str | Brief,
        deliverable_types: Sequence[str] | None = None,
        *,
        output: Path | str | None = None,
        force: bool = False,
    ) -> OrchestrationResult:
        """The async twin of `orchestrate`; cancelling it keeps what was finished."""
        brief, plan = as_brief(user_input), await self.aplan(deliverable_types)
        folder = None if output is None else Path(output)
        return await self._workshop.make(
            brief,
            plan,
            generator=self.prompt_generator,
            process=self._mode(),
            folder=folder,
            force=force,
            run_id=uuid.uuid4().hex[:12],
        )

    def orchestrate_many(
        self,
        briefs: Iterable[str | Brief],
        deliverable_types: Sequence[str] | None = None,
        *,
        output: OutputFor | None = None,
    ) -> Iterator[OrchestrationResult]:
        """Write the deliverables of many briefs, a few open at a time.

        Args:
            briefs: Pulled one at a time, as many open as the server has slots.
            deliverable_types: Deliverable ids; None for every one installed.
            output: Gives the run folder of a brief; None to write no files.

        Yields:
            The result of each brief as it finishes; not always in the order of `briefs`. A brief
            that cannot be used (empty, too long, its folder in use) is a failed result. With
            `completion_mode="batch"` as many briefs are open as the server has slots; with the
            other two one is. Between two results nothing runs: a slow consumer should use
            `aorchestrate_many`.
        """
        results = self.aorchestrate_many(briefs, deliverable_types, output=output)
        try:
            while (result := self._loop.run(_next(results))) is not None:
                yield result
        finally:
            self._loop.run(results.aclose())

    async def aorchestrate_many(
        self,
        briefs: Iterable[str | Brief],
        deliverable_types: Sequence[str] | None = None,
        *,
        output: OutputFor | None = None,
    ) -> AsyncGenerator[OrchestrationResult, None]:
        """The async twin of `orchestrate_many`."""
        plan = await self.aplan(deliverable_types)
        async with contextlib.aclosing(
            self._workshop.make_many(
                briefs,
                plan,
                generator=self.prompt_generator,
                folder_of=output,
            )
        ) as results:
            async for result in results:
                yield result

    # The modes.

    async def _process_sequential(
        self,
        user_input: str,  # noqa: ARG002 - part of what a mode is given
        deliverable_types: Sequence[str],
        context: ModeContext,
    ) -> Sequence[DeliverableResult]:
        """One after another."""
        return await context.write(deliverable_types, slots=1)

    async def _process_streaming(
        self,
        user_input: str,  # noqa: ARG002 - part of what a mode is given
        deliverable_types: Sequence[str],
        context: ModeContext,
    ) -> Sequence[DeliverableResult]:
        """One after another; listeners show the text as it arrives."""
        return await context.write(deliverable_types, slots=1)

    async def _process_batch(
        self,
        user_input: str,  # noqa: ARG002 - part of what a mode is given
        deliverable_types: Sequence[str],
        context: ModeContext,
    ) -> Sequence[DeliverableResult]:
        """As many at once as pay."""
        return await context.write(deliverable_types)

    def _mode(self) -> Process:
        name = str(self.config.completion_mode)
        method: Process | None = getattr(self, f"_process_{name}", None)
        if method is None:
            known = sorted(item[9:] for item in dir(self) if item.startswith("_process_"))
            raise UsageError(
                f"unknown completion mode {name!r}", hint=f"Known modes: {', '.join(known)}."
            )
        return method

    # Housekeeping.

    def close(self) -> None:
        """Close the connection and stop the server that docgen started. May be called twice."""
        try:
            self._loop.close(self._workshop.close)
        finally:
            self._cleanup.close()

    async def aclose(self) -> None:
        """The async twin of `close`."""
        await self._workshop.close()
        self._cleanup.close()

    def _lookup(self, key: str, needed_by: str) -> Deliverable:
        return self.registry.deliverable(key, needed_by=needed_by)


async def _next(
    results: AsyncGenerator[OrchestrationResult, None],
) -> OrchestrationResult | None:
    return await anext(results, None)
