"""Sections that earlier runs left in a folder: made again from what is stored, without asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from docgen_core.engine.job import Job, Tools
from docgen_core.engine.nobody import Nobody
from docgen_core.engine.plan import Plan, make_plan
from docgen_core.engine.prepare import settings_of
from docgen_core.engine.wishes import revisions_of
from docgen_core.errors import DocgenError, PluginError, SettingsError
from docgen_core.plugins import Registry
from docgen_core.settings import OrchestrationConfig
from docgen_core.store import RunFolder, RunRecord, SectionRecord
from docgen_core.store.atomic import sha256

__all__ = ["carried", "recalling", "same_subject", "share", "whole_plan", "with_kept"]


def same_subject(job: Job, tools: Tools) -> RunRecord | None:
    """What the last run in the folder recorded, if it was on the same brief and language."""
    previous = None if job.folder is None else job.folder.previous
    if previous is None or previous.brief_sha256 != sha256(job.brief.text):
        return None
    return previous if previous.language == tools.config.language else None


def carried(job: Job, tools: Tools) -> tuple[SectionRecord, ...]:
    """The sections of earlier runs that belong beside those of this one.

    Those of another brief or language do not.
    """
    previous = same_subject(job, tools)
    if previous is None:
        return ()
    mine = set(tools.plan.order)
    return tuple(item for item in previous.sections if item.id not in mine and item.file)


async def with_kept(job: Job, tools: Tools, registry: Registry) -> tuple[Job, Tools]:
    """Add the sections of earlier runs to what a run has written, in the order of the graph.

    Args:
        job: Holds what this run has written.
        tools: What the run shares.
        registry: The plugins.

    Returns:
        A job with all results, and tools whose plan holds all of them; the same ones when there is
        nothing to add. A section that cannot be made again is a failed result, or left out where
        its plugin is gone; why is said in the folder's warnings.

    Raises:
        FileError: an answer could not be read.
    """
    kept = [item for item in carried(job, tools) if item.has_text]
    if not kept or job.folder is None or job.folder.previous is None:
        return job, tools
    try:
        plan = whole_plan(registry, tools.plan.order, job.folder.previous)
    except DocgenError as error:  # the documents of the others are not worth less for it
        job.folder.warnings.append(f"the sections of earlier runs cannot be made again: {error}")
        return job, tools
    settings, wrong = _settings(tools.config, plan)
    job.folder.warnings += [str(error) for error in wrong.values()]
    owners = {key: registry.owner(key).release for key in plan.order}
    tools = attrs.evolve(tools, plan=plan, settings=settings, releases={**owners, **tools.releases})
    whole = recalling(job, tools, job.folder)
    whole.results.update(job.results)
    whole.sources.update(job.sources)
    whole.questions.update(job.questions)
    whole.templates.update(job.templates)
    whole.requests.update(job.requests)
    for item in (one for one in plan.order if one not in job.results):
        failed = wrong.get(item)
        whole.results[item] = whole.fail(item, failed) if failed else await whole.write(item)
    return whole, tools


def _settings(
    config: OrchestrationConfig, plan: Plan
) -> tuple[dict[str, Any], dict[str, SettingsError]]:
    """The settings objects of a plan, and what is wrong with the tables of the others."""
    found: dict[str, Any] = {}
    wrong: dict[str, SettingsError] = {}
    for key, item in plan.deliverables.items():
        try:
            found[key] = settings_of(config, key, item.settings)
        except SettingsError as error:
            wrong[key] = error
    return found, wrong


def recalling(job: Job, tools: Tools, folder: RunFolder) -> Job:
    """A job that takes recorded answers only, also where the question would be another one now."""
    previous = folder.previous
    sections = () if previous is None else previous.sections
    folder.recorded = {item.id: item.fingerprint for item in sections}
    return Job(
        job.brief,
        run_id="recall",
        tools=tools,
        inquiry=Nobody(),
        folder=folder,
        revisions=revisions_of(folder, job.brief),
    )


def share(job: Job, other: Job) -> None:
    """Let two jobs on one brief work on the same results, and on what is known of each."""
    other.results, other.sources = job.results, job.sources
    other.questions, other.templates = job.questions, job.templates
    other.requests = job.requests


def whole_plan(registry: Registry, order: Sequence[str], record: RunRecord) -> Plan:
    """The plan of a command together with what earlier ones left, each with its own inputs.

    Args:
        registry: The plugins.
        order: What the command writes.
        record: What the folder holds.

    Raises:
        PluginError: no plugin of all of them can be used.
    """
    wanted = dict.fromkeys([*order, *(item.id for item in record.sections)])
    rank = {key: place for place, key in enumerate(registry.deliverable_ids())}
    known = sorted(wanted, key=lambda key: rank.get(key, len(rank)))
    if not known:
        raise PluginError("the folder holds no section")
    plan = make_plan(known, lambda key, by: registry.deliverable(key, needed_by=by), tolerant=True)
    inputs = {key: _inputs(key, plan, order, record) for key in plan.order}
    return attrs.evolve(plan, inputs=inputs)


def _inputs(key: str, plan: Plan, order: Sequence[str], record: RunRecord) -> tuple[str, ...]:
    """What it reads: in the command what is part of that, else what is recorded."""
    section = record.section(key)
    known = order if key in order or section is None else section.inputs
    needs = plan.deliverables[key].needs
    return tuple(item for item in plan.inputs[key] if item in needs or item in known)
