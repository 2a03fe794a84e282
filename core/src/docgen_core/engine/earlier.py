"""Keeps the text of an earlier run where a section could not be written again."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import attrs

from docgen_core.engine.job import Job, Tools
from docgen_core.engine.keep import same_subject
from docgen_core.engine.stored import data_in
from docgen_core.model import Deliverable, DeliverableId, DeliverableResult
from docgen_core.store import RunFolder, SectionRecord

__all__ = ["Earlier", "earlier_record", "earlier_texts", "standing_in"]


@attrs.frozen(kw_only=True)
class Earlier:
    """A text of an earlier run.

    Attributes:
        record: How it was made.
        result: The text, and its data as far as that fits the schema of now.
    """

    record: SectionRecord
    result: DeliverableResult


def earlier_record(key: str, job: Job, tools: Tools) -> SectionRecord | None:
    """How the text was made that stands in the folder for a section that this run did not write.

    Args:
        key: The deliverable's id.
        job: The run.
        tools: What the run shares.

    Returns:
        The record, with when its run started; None for a section that is written, or that no run
        on the same brief in the same language has written.
    """
    result = job.results.get(key)
    if result is not None and result.success:
        return None
    previous = same_subject(job, tools)
    section = None if previous is None else previous.section(key)
    if previous is None or section is None or not section.has_text:
        return None
    return attrs.evolve(section, text_from=section.text_from or previous.started)


def earlier_texts(job: Job, tools: Tools) -> dict[str, Earlier]:
    """The texts that stand in for sections that failed, by deliverable id.

    Raises:
        FileError: a file could not be read.
    """
    found: dict[str, Earlier] = {}
    for key in tools.plan.order:
        record = earlier_record(key, job, tools) if key in job.results else None
        result = None
        if record is not None and job.folder is not None:
            result = _result(tools.plan.deliverables[key], record, job.folder)
        if record is not None and result is not None:
            found[key] = Earlier(record=record, result=result)
    return found


def standing_in(job: Job, earlier: Mapping[str, Earlier]) -> Job:
    """The job as the document shows it: with the earlier texts in place of what failed."""
    shown = copy.copy(job)
    shown.results = {**job.results, **{key: each.result for key, each in earlier.items()}}
    return shown


def _result(
    deliverable: Deliverable, record: SectionRecord, folder: RunFolder
) -> DeliverableResult | None:
    """The text as it was generated; what a person changed in its file is kept as in every run."""
    from docgen_core.document import split_section, title_of

    text = folder.generated(record.id)
    if text is None:
        return None
    plain = folder.read_data(record.id)
    schema = deliverable.schema
    return DeliverableResult(
        deliverable_type=DeliverableId(record.id),
        title=title_of(text) or deliverable.title,
        content=split_section(text),
        model=record.model,
        reused=True,
        data=None if plain is None or schema is None else data_in(plain, schema),
        fingerprint=record.fingerprint,
    )
