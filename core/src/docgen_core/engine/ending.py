"""Ends a run: puts the document together, writes the formats, and writes the run down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docgen_core.engine.export import Format, export_all
from docgen_core.engine.job import Job, Tools
from docgen_core.engine.keep import with_kept
from docgen_core.engine.plan import Plan
from docgen_core.engine.record import Run, record_of, with_files
from docgen_core.engine.reporting import with_report
from docgen_core.engine.result import OrchestrationResult
from docgen_core.errors import DocgenError
from docgen_core.model import DeliverableId, DeliverableResult
from docgen_core.plugins import Registry

if TYPE_CHECKING:
    from docgen_core.engine.assemble import Assembled

__all__ = ["conclude", "noting_interruption", "refused", "write_interrupted"]


async def conclude(
    job: Job,
    tools: Tools,
    run: Run,
    formats: tuple[Format, ...],
    *,
    registry: Registry,
    force: bool = False,
) -> OrchestrationResult:
    """Put the document together, write the formats and run.json, and give the result.

    Args:
        job: Holds what was written.
        tools: What the run shares.
        run: The run.
        formats: What else to write.
        registry: The plugins, for the sections of earlier runs.
        force: Replace what a person edited.
    """
    with noting_interruption(job, tools, run) as written:
        assembled = await _assemble(job, tools, registry, force=force, date=run.recipe.date)
        written.extend(assembled.files)
        return await _finish(job, tools, run, assembled, formats)


@contextlib.contextmanager
def noting_interruption(job: Job, tools: Tools, run: Run) -> Iterator[list[Path]]:
    """Write an interrupted run down. Gives a list to be told in what is written meanwhile."""
    written: list[Path] = []
    try:
        yield written
    except asyncio.CancelledError:
        write_interrupted(job, tools, run, tuple(written))
        raise


def write_interrupted(job: Job, tools: Tools, run: Run, files: tuple[Path, ...] = ()) -> None:
    """Show the sections that are finished, and say in run.json that there are no more."""
    from docgen_core.engine.assemble import show_finished

    files = tuple(dict.fromkeys((*files, *show_finished(job))))
    record = record_of(job, tools, run, "interrupted", files)
    if job.folder is not None and record is not None:
        job.folder.write_record(record)


async def _assemble(
    job: Job, tools: Tools, registry: Registry, *, force: bool, date: str
) -> Assembled:
    # The Markdown parser loads here: listing models or previewing prompts does without.
    from docgen_core.engine.assemble import assemble

    job, tools = await with_kept(job, tools, registry)
    return await assemble(job, tools, force=force, date=date)


async def _finish(
    job: Job, tools: Tools, run: Run, assembled: Assembled, formats: tuple[Format, ...]
) -> OrchestrationResult:
    kept = () if job.folder is None else job.folder.warnings
    folder = None if job.folder is None else job.folder.path
    results = _all_results(job, tools.plan)
    complete = assembled.error is None and all(result.success for result in results)
    status = "done" if complete else "partial"
    record = record_of(job, tools, run, status, assembled.files, order=assembled.order)
    document = assembled.document
    if formats and document is not None:
        document = with_report(document, record)
    exported, errors, remarks = await export_all(formats, document, folder)
    files = (*assembled.files, *exported)
    if job.folder is not None and record is not None:
        record = with_files(record, job.folder.path, exported, complete=complete and not errors)
        files = (*files, job.folder.write_record(record))
    return OrchestrationResult(
        deliverable_results=results,
        document=assembled.document,
        document_error=assembled.error,
        total_execution_time=run.clock.seconds,
        config_used=tools.config,
        files=files,
        export_errors=errors,
        warnings=(*kept, *assembled.warnings, *remarks),
    )


def _all_results(job: Job, plan: Plan) -> tuple[DeliverableResult, ...]:
    """The results in reading order, then those whose plugins are broken."""
    made = tuple(job.results[key] for key in plan.order if key in job.results)
    broken = tuple(
        DeliverableResult(deliverable_type=DeliverableId(key), success=False, error=error)
        for key, error in plan.broken.items()
    )
    return (*made, *broken)


def refused(tools: Tools, error: DocgenError) -> OrchestrationResult:
    """The result of a brief that could not be started."""
    results = tuple(
        DeliverableResult(
            deliverable_type=DeliverableId(key),
            title=tools.plan.deliverables[key].title,
            success=False,
            error=error,
        )
        for key in tools.plan.order
    )
    return OrchestrationResult(deliverable_results=results, config_used=tools.config)
