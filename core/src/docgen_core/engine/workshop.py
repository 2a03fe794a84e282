"""Where runs are made: holds the connection, prepares what jobs share, writes the run down."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import uuid
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from docgen_core.cache import AnswerCache
from docgen_core.engine.briefs import as_brief, check_fits
from docgen_core.engine.connection import Connection, connect
from docgen_core.engine.ending import (
    conclude,
    noting_interruption,
    refused,
    write_interrupted,
)
from docgen_core.engine.export import Format, load_formats
from docgen_core.engine.inquiry import Inquiry
from docgen_core.engine.job import Job, Tools
from docgen_core.engine.listeners import Listeners
from docgen_core.engine.loop import off_loop
from docgen_core.engine.many import Opened, OpenRuns
from docgen_core.engine.modes import ModeContext, expected_costs, server_concurrency
from docgen_core.engine.opening import open_folder
from docgen_core.engine.plan import Plan
from docgen_core.engine.prepare import make_templates, make_tools, plan_settings
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.engine.recipe import recipe_of
from docgen_core.engine.record import Clock, Run
from docgen_core.engine.result import OrchestrationResult
from docgen_core.engine.runner import Concurrency, Runner
from docgen_core.engine.wishes import revisions_of
from docgen_core.events import Event, Listener, Notice, RunFinished, RunStarted, ServerChosen
from docgen_core.lmstudio.retry import RetryPolicy
from docgen_core.model import Brief
from docgen_core.plugins import Registry
from docgen_core.settings import CompletionMode, OrchestrationConfig

__all__ = ["Process", "Workshop"]

Process = Callable[[str, Sequence[str], ModeContext], Any]


class Workshop:
    """Makes runs with one connection.

    Args:
        config: The settings.
        registry: The plugins.
        listeners: Receive the events; the list may change between runs.

    Attributes:
        listeners: The same, ready for a run.
    """

    def __init__(
        self, config: OrchestrationConfig, registry: Registry, listeners: list[Listener]
    ) -> None:
        self._config = config
        self._registry = registry
        self.listeners = Listeners(listeners)
        self._connection: Connection | None = None
        self._opening: asyncio.Lock | None = None
        self._cache = AnswerCache(config, warn=lambda text: self._emit(Notice(message=text)))

    async def connect(self) -> Connection:
        """Open the connection, once.

        Raises:
            ServerError: no server, no model, or not authorised.
            PluginError: the server plugin that was asked for is missing or broken.
        """
        async with self._gate():
            if self._connection is None:
                self._connection = await connect(self._config, self._registry)
                for notice in self._connection.notices:
                    self._emit(Notice(message=notice))
            return self._connection

    async def close(self) -> None:
        """Close the connection, if it is open."""
        async with self._gate():
            connection, self._connection = self._connection, None
        self._opening = None
        if connection is not None:
            await connection.close()

    def _gate(self) -> asyncio.Lock:
        """Lets one at a time open or close; made late, because a lock belongs to its loop."""
        if self._opening is None:
            self._opening = asyncio.Lock()
        return self._opening

    async def prepare(
        self, plan: Plan, generator: PromptGenerator
    ) -> tuple[Connection, Tools, tuple[Format, ...]]:
        """Load and check all that a run needs, before and after connecting."""

        def load() -> tuple[dict[str, Any], tuple[Format, ...]]:
            settings = plan_settings(self._config, plan)
            config = self._config
            formats = load_formats(
                self._registry, config.formats, config.settings, config.settings_folder
            )
            self._check_shell()
            return settings, formats

        def equip() -> Tools:
            return make_tools(self._config, self._registry, plan, settings, generator, connection)

        # Loading plugins blocks: off the event loop, so that an interruption ends it at once.
        settings, formats = await off_loop(load, label="loading the plugins")
        connection = await self.connect()
        return connection, await off_loop(equip, label="loading the packs"), formats

    async def make(
        self,
        brief: Brief,
        plan: Plan,
        *,
        generator: PromptGenerator,
        process: Process,
        folder: Path | None,
        force: bool,
        run_id: str,
    ) -> OrchestrationResult:
        """Make one run. Raises what `OrchestrationEngine.orchestrate` raises."""
        clock = Clock()
        self.listeners.begin()
        connection, tools, formats = await self.prepare(plan, generator)
        check_fits(brief, tools)
        recipe = recipe_of(brief, tools, connection.info, run_id)
        run = Run(recipe=recipe, clock=clock)
        absorbing = tools.config.merge_into_single_document and not force
        with open_folder(folder, recipe, absorbing=absorbing) as store:
            job = Job(
                brief,
                run_id=run_id,
                tools=tools,
                inquiry=self.inquiry(connection, fresh=force).heard_by(run.timeline),
                folder=store,
                force=force,
                revisions=revisions_of(store, brief),
                timeline=run.timeline,
            )
            self.announce(connection, plan, run_id)
            with noting_interruption(job, tools, run):
                await self._process(process, job, tools)
            result = await conclude(job, tools, run, formats, registry=self._registry, force=force)
        self._cache.trim()
        self._tell_finished(result)
        return result

    async def make_many(
        self,
        briefs: Iterable[str | Brief],
        plan: Plan,
        *,
        generator: PromptGenerator,
        folder_of: Callable[[Brief], Path | str | None] | None,
    ) -> AsyncGenerator[OrchestrationResult, None]:
        """Make a run for each brief, as many open as the server has slots."""
        self.listeners.begin()
        connection, tools, formats = await self.prepare(plan, generator)
        inquiry = self.inquiry(connection)
        runs = OpenRuns(lambda item: self._open_job(item, tools, connection, inquiry, folder_of))
        runner = Runner(
            plan.inputs,
            expected_costs(tools),
            runs.jobs(briefs),
            concurrency=self._many_concurrency(tools),
            emit=self._emit,
        )
        try:
            with self.listeners.hearing(runner.observe):
                async with contextlib.aclosing(runner.finished()) as finished:
                    async for job in finished:
                        yield await self._close_job(runs.take(job), tools, formats)
                        for error in runs.take_refused():
                            yield refused(tools, error)
            for error in runs.take_refused():
                yield refused(tools, error)
        finally:
            self._cache.trim()
            for opened in runs.take_all():
                with opened.stack:
                    write_interrupted(opened.job, tools, opened.run)

    async def _close_job(
        self, opened: Opened, tools: Tools, formats: tuple[Format, ...]
    ) -> OrchestrationResult:
        """End the run of one of many briefs, and give its folder back."""
        with opened.stack:
            return await conclude(opened.job, tools, opened.run, formats, registry=self._registry)

    def _open_job(
        self,
        item: str | Brief,
        tools: Tools,
        connection: Connection,
        inquiry: Inquiry,
        folder_of: Callable[[Brief], Path | str | None] | None,
    ) -> Opened:
        """Start one of many briefs: its folder stays open until the stack is closed.

        Raises:
            UsageError: the brief is empty or too long.
            FileError: its folder cannot be written, or another brief is using it.
        """
        brief = as_brief(item)
        check_fits(brief, tools)
        run_id = uuid.uuid4().hex[:12]
        run = Run(recipe=recipe_of(brief, tools, connection.info, run_id))
        folder = folder_of(brief) if folder_of else None
        stack = contextlib.ExitStack()
        absorbing = tools.config.merge_into_single_document
        store = stack.enter_context(
            open_folder(
                None if folder is None else Path(folder).absolute(), run.recipe, absorbing=absorbing
            )
        )
        self.announce(connection, tools.plan, run_id)
        job = Job(
            brief,
            run_id=run_id,
            tools=tools,
            inquiry=inquiry.heard_by(run.timeline),
            folder=store,
            revisions=revisions_of(store, brief),
            timeline=run.timeline,
        )
        return Opened(job=job, run=run, stack=stack)

    async def _process(self, process: Process, job: Job, tools: Tools) -> None:
        """Run the mode. An override may be a plain function that returns the results."""
        context = ModeContext(job, tools, self.listeners)
        outcome = process(job.brief.text, tools.plan.order, context)
        results = await outcome if inspect.isawaitable(outcome) else outcome
        for result in results:
            job.results.setdefault(str(result.deliverable_type), result)

    def _check_shell(self) -> None:
        """Refuse a document template that cannot work before the model has spent an hour."""
        if self._config.merge_into_single_document:
            from docgen_core.engine.assemble import check_shell

            check_shell(make_templates(self._config, self._registry))

    def inquiry(self, connection: Connection, *, fresh: bool = False) -> Inquiry:
        """What asks the server; with `fresh`, the cache of answers is not looked into."""
        return Inquiry(
            self._cache.wrap(connection.client.complete, fresh=fresh),
            connection.models,
            policy=RetryPolicy(max_retries=self._config.max_retries_per_deliverable),
            emit=self._emit,
        )

    def _many_concurrency(self, tools: Tools) -> Concurrency:
        if self._config.completion_mode == CompletionMode.BATCH:
            return server_concurrency(tools)
        return Concurrency(slots=1)

    def announce(self, connection: Connection, plan: Plan, run_id: str) -> None:
        """Tell the listeners that a run begins."""
        self._emit(
            ServerChosen(
                base_url=connection.info.base_url,
                model=connection.models[0].id,
                description=connection.description,
            )
        )
        titles = tuple(plan.deliverables[key].title for key in plan.order)
        self._emit(RunStarted(run_id=run_id, deliverables=plan.order, titles=titles))
        if plan.added:
            self._emit(Notice(message=f"also writing what is needed: {', '.join(plan.added)}"))
        for key, error in plan.broken.items():
            self._emit(Notice(message=f"left out {key}: {error}"))

    def _tell_finished(self, result: OrchestrationResult) -> None:
        self._emit(
            RunFinished(
                success_count=result.success_count,
                error_count=result.error_count,
                elapsed=result.total_execution_time,
            )
        )

    def _emit(self, event: Event) -> None:
        self.listeners.emit(event)
