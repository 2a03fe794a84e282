"""Writes one section of a run folder again, with a person's wish and its present text."""

from __future__ import annotations

import datetime as dt
import difflib
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import attrs

from docgen_core.document import split_section
from docgen_core.document.threeway import mine_of
from docgen_core.engine.absorb import absorb
from docgen_core.engine.assemble import Assembled, assemble
from docgen_core.engine.export import export_all
from docgen_core.engine.freshness import STALE, as_recorded, look_at, recorded_tools
from docgen_core.engine.inquiry import Inquiry
from docgen_core.engine.inspection import Preview
from docgen_core.engine.job import Job, Tools
from docgen_core.engine.keep import recalling, share, whole_plan
from docgen_core.engine.modes import ModeContext
from docgen_core.engine.nobody import Nobody
from docgen_core.engine.plan import Plan
from docgen_core.engine.prepare import make_tools, plan_settings
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.engine.recipe import brief_of
from docgen_core.engine.record import RunFacts, describe
from docgen_core.engine.timeline import Timeline, in_utc
from docgen_core.engine.wishes import revision_of, revisions_of
from docgen_core.engine.workshop import Workshop
from docgen_core.errors import FileError, UsageError
from docgen_core.events import RunFinished
from docgen_core.model import DeliverableResult
from docgen_core.plugins import Registry
from docgen_core.settings import OrchestrationConfig
from docgen_core.store import Recipe, RunFolder, SectionRecord
from docgen_core.store.atomic import require_folder, sha256
from docgen_core.store.requests import REFINEMENT
from docgen_core.store.view import FolderView
from docgen_core.store.wishes import Wish

__all__ = ["Refinement", "Study", "preview", "refine", "undo"]


@attrs.frozen(kw_only=True)
class Refinement:
    """What became of a wish.

    Attributes:
        id: The deliverable's id.
        wish: What was asked for; empty when a wish was taken back.
        result: What became of the deliverable; a failed one changed nothing.
        before: The section's file before.
        after: The section's file now.
        stale: Ids of the sections that the next run would make again.
        files: What was written, the document first.
        warnings: What a reader should know.
    """

    id: str
    wish: str
    result: DeliverableResult
    before: str
    after: str
    stale: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """The change of the section as a unified diff; empty when it is the same."""
        lines = difflib.unified_diff(
            self.before.splitlines(),
            self.after.splitlines(),
            f"sections/{self.id}.md before",
            f"sections/{self.id}.md",
            lineterm="",
        )
        return "\n".join(lines)


@attrs.frozen(kw_only=True)
class Study:
    """A run folder and what is needed to work on it.

    Attributes:
        config: The settings of now.
        registry: The plugins.
        generator: Writes the prompts.
        folder: The run folder.
    """

    config: OrchestrationConfig
    registry: Registry
    generator: PromptGenerator
    folder: Path

    def recipe(self) -> Recipe:
        """What the last run was asked for.

        Raises:
            FileError: that is not known.
        """
        require_folder(self.folder)
        view = FolderView(self.folder)
        if view.recipe is None or view.previous is None:
            raise FileError(
                f"{self.folder} holds no readable record of a run",
                hint="Name the folder that `docgen generate -o` wrote to.",
            )
        return view.recipe

    def plan(self, key: str) -> Plan:
        """The plan of all sections of the folder.

        Raises:
            UsageError: the folder holds no finished section of that id.
            PluginError: the plugin that owns it cannot be used.
        """
        recipe, record = self.recipe(), FolderView(self.folder).previous
        if record is None or not _is_done(record.section(key)):
            done = [item.id for item in record.sections if _is_done(item)] if record else []
            raise UsageError(
                f"{self.folder} holds no finished section {key!r}",
                hint=f"It holds: {', '.join(done) or 'none'}.",
            )
        plan = whole_plan(self.registry, recipe.order, record)
        if key not in plan.order:
            raise plan.broken[key]
        return plan

    def offline_tools(self, plan: Plan) -> Tools:
        """Tools with what the recorded run knew of its server."""
        config = as_recorded(self.config, self.recipe())
        settings = plan_settings(config, plan)
        tools = make_tools(config, self.registry, plan, settings, self.generator, None)
        return recorded_tools(tools, self.recipe())


async def refine(study: Study, key: str, wish: str, *, workshop: Workshop) -> Refinement:
    """Ask for one section again, heeding a wish. See `OrchestrationEngine.refine`."""
    plan = study.plan(key)
    workshop.listeners.begin()
    connection, tools, formats = await workshop.prepare(plan, study.generator)
    tools = attrs.evolve(tools, config=as_recorded(tools.config, study.recipe()))
    with RunFolder(study.folder.absolute()) as store:
        store.sweep()
        absorb(store)
        told = _told(store, study.recipe(), key, wish)
        job = _job(store, study.recipe(), tools, workshop.inquiry(connection), {key: told})
        workshop.announce(connection, attrs.evolve(plan, order=(key,), added=()), "refine")
        before = _shown(store, key)

        async def ask() -> None:
            await ModeContext(job, tools, workshop.listeners).write([key], slots=1)

        assembled = Assembled()
        if await _write(store, job, tools, key, ask):
            store.write_wishes({**store.wishes, key: [*store.wishes.get(key, ()), told]})
            assembled = await _put_down(store, job, tools, key)
        files, errors, remarks = await export_all(formats, assembled.document, store.path)
        after = _shown(store, key)
    workshop.listeners.emit(_finished(job, key))
    return Refinement(
        id=key,
        wish=wish,
        result=job.results[key],
        before=before,
        after=after,
        stale=await _stale(study),
        files=_named((*assembled.files, *files), study.folder),
        warnings=(*store.warnings, *assembled.warnings, *remarks, *map(str, errors)),
    )


async def undo(study: Study, key: str) -> Refinement:
    """Take the latest wish back. See `OrchestrationEngine.undo_refine`."""
    plan = study.plan(key)
    tools = study.offline_tools(plan)
    with RunFolder(study.folder.absolute()) as store:
        store.sweep()
        absorb(store)
        *earlier, gone = store.wishes.get(key, ()) or (None,)
        if gone is None:
            raise UsageError(f"there is no wish for {key} to take back")
        store.write_wishes({**store.wishes, key: earlier})
        job = _job(store, study.recipe(), tools, Nobody(), {})
        before = _shown(store, key)

        async def ask() -> None:
            job.results[key] = await job.write(key)

        assembled = Assembled()
        if await _write(store, job, tools, key, ask):
            assembled = await _put_down(store, job, tools, key)
        after = _shown(store, key)
    return Refinement(
        id=key,
        wish="",
        result=job.results[key],
        before=before,
        after=after,
        stale=await _stale(study),
        files=_named(assembled.files, study.folder),
        warnings=(*store.warnings, *assembled.warnings),
    )


async def preview(study: Study, key: str, wish: str) -> Preview:
    """Show what `refine` would ask. See `OrchestrationEngine.preview_refine`."""
    plan = study.plan(key)
    tools = study.offline_tools(plan)
    view = FolderView(study.folder)
    told = _told(view, study.recipe(), key, wish)
    job = _job(view, study.recipe(), tools, Nobody(), {key: told})
    for item in plan.order[: plan.order.index(key)]:
        job.results[item] = await job.write(item)
    question = await job.ask_what(plan.deliverables[key])
    return Preview(
        id=key,
        inputs=plan.inputs[key],
        prompt=question.fitted.prompt,
        prompt_tokens=question.fitted.prompt_tokens,
        max_tokens=question.fitted.max_tokens,
    )


def _is_done(section: SectionRecord | None) -> bool:
    return section is not None and section.has_text


def _told(store: RunFolder, recipe: Recipe, key: str, wish: str) -> Wish:
    """The wish as it is kept: with the section as a reader sees it now."""
    if not wish.strip():
        raise UsageError("the wish is empty", hint='Say what is to change: "make them B2B".')
    text = split_section(mine_of(_shown(store, key) or store.generated(key) or ""))
    return Wish(wish=wish.strip(), text=text, brief_sha256=sha256(brief_of(recipe).text))


def _shown(store: RunFolder, key: str) -> str:
    standing = store.read_section(key)
    return "" if standing is None else standing[0]


def _job(
    store: RunFolder,
    recipe: Recipe,
    tools: Tools,
    asks: Inquiry | Nobody,
    wishes: Mapping[str, Wish],
) -> Job:
    brief = brief_of(recipe)
    latest = {key: revision_of(wish, brief) for key, wish in wishes.items()}
    run_id = uuid.uuid4().hex[:12]
    timeline = Timeline(f"{REFINEMENT}{run_id}", in_utc(dt.datetime.now(tz=dt.UTC)))
    return Job(
        brief,
        run_id=run_id,
        tools=tools,
        inquiry=asks.heard_by(timeline) if isinstance(asks, Inquiry) else asks,
        folder=store,
        revisions={**revisions_of(store, brief), **latest},
        timeline=timeline,
    )


async def _write(
    store: RunFolder, job: Job, tools: Tools, key: str, ask: Callable[[], Awaitable[None]]
) -> bool:
    """Make every section again from what is recorded, but ask for the one.

    Returns:
        Whether that one succeeded.
    """
    others = recalling(job, tools, store)
    share(job, others)
    store.recorded.pop(key, None)
    for item in tools.plan.order:
        if item == key:
            await ask()
        else:
            job.results[item] = await others.write(item)
    return job.results[key].success


async def _put_down(store: RunFolder, job: Job, tools: Tools, key: str) -> Assembled:
    """Write the section, the document and the record; the other sections stay as recorded."""
    previous, recipe = store.previous, store.recipe
    if previous is None or recipe is None:
        raise FileError(f"{store.path} holds no readable record of a run")
    complete = all(result.success for result in job.results.values())
    if not complete:
        merging_off = attrs.evolve(tools.config, merge_into_single_document=False)
        tools = attrs.evolve(tools, config=merging_off)
    assembled = await assemble(job, tools, force=False, date=recipe.date)
    facts = RunFacts(
        status=previous.status,
        server=previous.server,
        run_id=previous.run_id,
        started=dt.datetime.now(tz=dt.UTC),
        seconds=previous.seconds,
        files=assembled.files,
    )
    made = describe(job, tools, facts, folder=store.path)
    sections = [made.section(item.id) if item.id == key else item for item in previous.sections]
    requests = [each for each in previous.requests if each.deliverable != key]
    requests += [each for each in made.requests if each.deliverable == key]
    store.write_record(
        attrs.evolve(
            previous,
            sections=tuple(filter(None, sections)),
            files={**previous.files, **made.files},
            requests=tuple(requests),
        )
    )
    if complete:
        return assembled
    note = "document.md was left as it is, because other sections cannot be made again"
    return attrs.evolve(assembled, warnings=(*assembled.warnings, note))


async def _stale(study: Study) -> tuple[str, ...]:
    found = await look_at(study.config, study.registry, study.folder, generator=study.generator)
    return tuple(item.id for item in found.sections if item.state == STALE)


def _named(files: Iterable[Path], folder: Path) -> tuple[Path, ...]:
    """The files as the caller named the folder."""
    return tuple(folder / path.relative_to(folder.absolute()) for path in files)


def _finished(job: Job, key: str) -> RunFinished:
    result = job.results[key]
    return RunFinished(
        success_count=int(result.success),
        error_count=int(not result.success),
        elapsed=result.execution_time,
    )
