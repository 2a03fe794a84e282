"""How each section was made, for exporters that show it: from a job, or from a recorded run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from docgen_core.engine.job import Job, Tools
from docgen_core.model import SectionFacts, Usage
from docgen_core.store import RunRecord, SectionRecord

__all__ = ["facts_of", "recorded_facts", "section_facts"]


def section_facts(job: Job, tools: Tools) -> tuple[SectionFacts, ...]:
    """The facts of the sections that a job has made, in reading order."""
    return tuple(_of_result(key, job, tools) for key in tools.plan.order if key in job.results)


def _of_result(key: str, job: Job, tools: Tools) -> SectionFacts:
    result = job.results[key]
    # What comes from the user's cache took the time of another folder's run, which nobody noted.
    seconds = None if result.cached else round(result.execution_time, 3)
    return SectionFacts(
        section=key,
        plugin=tools.releases.get(key, ""),
        model=result.model,
        template=job.templates.get(key, ""),
        seconds=seconds,
        usage=result.usage,
        attempts=result.attempts,
    )


def recorded_facts(record: RunRecord | None) -> tuple[SectionFacts, ...]:
    """The facts of the sections that run.json tells of; none without a record."""
    if record is None:
        return ()
    return tuple(facts_of(section) for section in record.sections if section.has_text)


def facts_of(section: SectionRecord) -> SectionFacts:
    """The facts of a section that was recorded."""
    return SectionFacts(
        section=section.id,
        plugin=section.plugin,
        model=section.model,
        template=section.template.partition(" (")[0],
        seconds=None if section.cached else section.seconds or None,
        usage=_usage(section.usage),
        attempts=section.attempts,
    )


def _usage(recorded: Mapping[str, Any]) -> Usage | None:
    known = {field.name for field in attrs.fields(Usage)}
    counts = {name: value for name, value in recorded.items() if name in known}
    return Usage(**counts) if counts else None
