"""Makes a document again from what its run folder holds, without a server."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import attrs

from docgen_core.engine.absorb import absorb
from docgen_core.engine.assemble import Assembled, assemble
from docgen_core.engine.job import Job, Tools
from docgen_core.engine.keep import with_kept
from docgen_core.engine.nobody import Nobody
from docgen_core.engine.plan import Plan, make_plan
from docgen_core.engine.prepare import make_tools, plan_settings
from docgen_core.engine.prompt import PromptGenerator
from docgen_core.engine.recipe import brief_of, config_of, equip
from docgen_core.engine.record import RunFacts, describe
from docgen_core.engine.result import OrchestrationResult
from docgen_core.engine.wishes import revisions_of
from docgen_core.errors import FileError, GenerationError
from docgen_core.model import DeliverableId, DeliverableResult
from docgen_core.plugins import PluginPolicy, Registry
from docgen_core.store import Recipe, RunFolder, RunRecord, StoredAnswer, read_recipe
from docgen_core.store.atomic import require_folder
from docgen_core.store.seal import hash_file

__all__ = ["areplay", "replay"]

_AGAIN = "Run the same `docgen generate` command again; only what is missing is asked for."


def replay(
    folder: Path | str,
    *,
    registry: Registry | None = None,
    generator: PromptGenerator | None = None,
) -> OrchestrationResult:
    """Make the sections and the document of a run folder again; see `areplay`."""
    import asyncio

    return asyncio.run(areplay(folder, registry=registry, generator=generator))


async def areplay(
    folder: Path | str,
    *,
    registry: Registry | None = None,
    generator: PromptGenerator | None = None,
) -> OrchestrationResult:
    """Make the sections and the document of a run folder again, from what is stored in it.

    Brief, settings, language and date are the recorded ones; no connection is opened. What a
    person edited is kept, as in a run. When a section cannot be made, a document that is there
    already is left as it is.

    Args:
        folder: The run folder.
        registry: The plugins; None for those installed, as the recorded settings say.
        generator: What wrote the prompts, where a program replaced docgen's own.

    Returns:
        What became of each deliverable; one whose answer is not stored is a failed result.

    Raises:
        FileError: there is nothing recorded, it is damaged, or a file cannot be written.
        PluginError: a plugin that the run needed cannot be used.
    """
    started = time.monotonic()
    path = Path(folder)
    recipe = _recipe(path)
    config = config_of(recipe)
    registry = registry or Registry(PluginPolicy.from_config(config))
    plan = make_plan(recipe.order, lambda key, by: registry.deliverable(key, needed_by=by))
    settings = plan_settings(config, plan)
    tools = make_tools(config, registry, plan, settings, generator or PromptGenerator(), None)
    tools = equip(tools, recipe)
    with _ReplayFolder(path) as store:
        store.sweep()
        absorb(store)
        brief = brief_of(recipe)
        job = Job(
            brief,
            run_id=recipe.run_id,
            tools=tools,
            inquiry=Nobody(hint=_AGAIN),
            folder=store,
            revisions=revisions_of(store, brief),
        )
        await _rebuild(job, plan)
        assembled = await _put_together(*await with_kept(job, tools, registry), recipe)
        record = _write_record(store, job, tools, recipe, assembled)
    return OrchestrationResult(
        deliverable_results=tuple(job.results[key] for key in plan.order),
        document=assembled.document,
        document_error=assembled.error,
        total_execution_time=time.monotonic() - started,
        config_used=config,
        files=(*assembled.files, record),
        warnings=(*store.warnings, *assembled.warnings),
    )


def _recipe(path: Path) -> Recipe:
    require_folder(path)
    recipe = read_recipe(path)
    if recipe is None:
        raise FileError(
            f"{path} holds no readable record of a run",
            hint="Name the folder that `docgen generate -o` wrote to, or run that command again.",
        )
    return recipe


class _ReplayFolder(RunFolder):
    """A run folder whose answers are also found by the prompt that the run recorded.

    A prompt may come out differently after an upgrade of a plugin; the answer of the recorded
    run is still the one to show.
    """

    def begin(self, key: str, fingerprint: str) -> None:
        """Note nothing: nobody is asked."""

    def give_up(self, key: str, fingerprint: str, reason: str) -> None:
        """Note nothing: nobody was asked."""

    def load_answer(self, key: str, fingerprint: str) -> StoredAnswer | None:
        """The answer to this question, or else the one that the recorded run got."""
        section = None if self.previous is None else self.previous.section(key)
        if section is None or not self._same_run():
            return super().load_answer(key, fingerprint)
        answer = None if section.text_from else super().load_answer(key, fingerprint)
        if answer is not None:
            return answer
        answer = super().load_answer(key, section.fingerprint)
        note = "the prompt would be another one today; this answers the recorded prompt"
        if section.text_from:
            note = (
                f"the run could not write it again; its text is of the run of {section.text_from}"
            )
        return answer and attrs.evolve(answer, warnings=(*answer.warnings, note))

    def _same_run(self) -> bool:
        previous, recipe = self.previous, self.recipe
        return bool(previous and recipe and previous.run_id == recipe.run_id)


async def _rebuild(job: Job, plan: Plan) -> None:
    for key in plan.order:
        lost = [need for need in plan.inputs[key] if not job.results[need].success]
        job.results[key] = await job.write(key) if not lost else _without(key, lost[0])


def _without(key: str, lost: str) -> DeliverableResult:
    error = GenerationError(f"{key} cannot be made again without {lost}", hint=_AGAIN)
    return DeliverableResult(deliverable_type=DeliverableId(key), success=False, error=error)


async def _put_together(job: Job, tools: Tools, recipe: Recipe) -> Assembled:
    complete = all(result.success for result in job.results.values())
    folder = job.folder
    if complete or folder is None or not (folder.path / "document.md").exists():
        return await assemble(job, tools, force=False, date=recipe.date)
    note = f"{folder.path / 'document.md'} was left as it is, because sections are missing"
    merging_off = attrs.evolve(tools.config, merge_into_single_document=False)
    assembled = await assemble(
        job, attrs.evolve(tools, config=merging_off), force=False, date=recipe.date
    )
    return attrs.evolve(assembled, warnings=(*assembled.warnings, note))


def _write_record(
    store: RunFolder, job: Job, tools: Tools, recipe: Recipe, assembled: Assembled
) -> Path:
    """Write run.json anew only where it is gone or tells of another run."""
    previous = store.previous
    if previous is not None and previous.run_id == recipe.run_id:
        record = _with_hashes(previous, store.path, assembled.files)
    else:
        complete = all(result.success for result in job.results.values())
        facts = RunFacts(
            status="done" if complete else "partial",
            server=recipe.server,
            run_id=recipe.run_id,
            started=dt.datetime.now(tz=dt.UTC),
            seconds=0.0,
            files=assembled.files,
        )
        record = describe(job, tools, facts, folder=store.path)
    return store.write_record(record)


def _with_hashes(record: RunRecord, folder: Path, files: tuple[Path, ...]) -> RunRecord:
    """The record with the hashes of what stands there now; edits are kept, so they may differ."""
    hashes = dict(record.files)
    for path in files:
        hashes[str(path.relative_to(folder))] = hash_file(path) or ""
    sections = tuple(
        attrs.evolve(section, sha256=hashes.get(section.file, section.sha256))
        for section in record.sections
    )
    return attrs.evolve(record, files=hashes, sections=sections)
