"""Writes down a run: what made each section, for run.json."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import attrs

from docgen_core import __version__
from docgen_core.engine.earlier import earlier_record
from docgen_core.engine.fingerprint import digest
from docgen_core.engine.job import Job, Question, Tools
from docgen_core.engine.keep import carried
from docgen_core.engine.origins import fragments, packs_of
from docgen_core.engine.timeline import Timeline, in_utc
from docgen_core.model import DeliverableResult
from docgen_core.store import Recipe, RunRecord, SectionRecord
from docgen_core.store.atomic import sha256
from docgen_core.store.requests import RequestRecord
from docgen_core.store.seal import hash_file

__all__ = ["Clock", "Run", "RunFacts", "all_parts", "describe", "record_of", "with_files"]


class Clock:
    """When a run started, and how long it has taken."""

    def __init__(self) -> None:
        self.started = dt.datetime.now(tz=dt.UTC)
        self._mark = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._mark


@attrs.frozen(kw_only=True)
class Run:
    """One brief's run: what it was asked for, since when, and its requests."""

    recipe: Recipe
    clock: Clock = attrs.field(factory=Clock)
    timeline: Timeline = attrs.field()

    @timeline.default
    def _new_timeline(self) -> Timeline:
        return Timeline(self.recipe.run_id, in_utc(self.clock.started))


@attrs.frozen(kw_only=True)
class RunFacts:
    """What run.json says about the run as a whole.

    Attributes:
        status: `done`, `partial` or `interrupted`.
        server: Its address and kind.
        run_id: Names the run.
        started: When it started, UTC.
        seconds: How long it took.
        files: What was written.
        order: The document's sections in reading order, where earlier runs left some of them.
    """

    status: str
    server: Mapping[str, str]
    run_id: str
    started: dt.datetime
    seconds: float
    files: tuple[Path, ...]
    order: tuple[str, ...] = ()


def record_of(
    job: Job,
    tools: Tools,
    run: Run,
    status: str,
    files: tuple[Path, ...],
    *,
    order: tuple[str, ...] = (),
) -> RunRecord | None:
    """What run.json says of a run, or None without a run folder."""
    if job.folder is None:
        return None
    facts = RunFacts(
        status=status,
        server=run.recipe.server,
        run_id=run.recipe.run_id,
        started=run.clock.started,
        seconds=run.clock.seconds,
        files=files,
        order=order,
    )
    return describe(job, tools, facts, folder=job.folder.path)


def describe(job: Job, tools: Tools, facts: RunFacts, *, folder: Path) -> RunRecord:
    """Build the record of a run."""
    files = (*facts.files, *_earlier_files(job, tools, folder))
    hashes = {str(path.relative_to(folder)): hash_file(path) or "" for path in files}
    sections = {key: _section(key, job, tools, hashes) for key in tools.plan.order}
    sections |= {item.id: item for item in carried(job, tools)}
    order = dict.fromkeys([*(key for key in facts.order if key in sections), *sections])
    return RunRecord(
        docgen=__version__,
        status=facts.status,
        brief_sha256=sha256(job.brief.text),
        brief_title=job.brief.title,
        language=tools.config.language,
        server=facts.server,
        sections=tuple(sections[key] for key in order),
        files=hashes,
        started=in_utc(facts.started),
        seconds=round(facts.seconds, 3),
        run_id=facts.run_id,
        requests=_requests(job, tools),
        packs=packs_of(tools),
    )


def _earlier_files(job: Job, tools: Tools, folder: Path) -> list[Path]:
    """The files whose text this run did not write, as far as they are there."""
    earlier = (earlier_record(key, job, tools) for key in tools.plan.order)
    files = [folder / each.file for each in earlier if each is not None and each.file]
    return [file for file in files if file.is_file()]


def with_files(
    record: RunRecord, folder: Path, files: tuple[Path, ...], *, complete: bool
) -> RunRecord:
    """The record of a run that has written further files.

    Args:
        record: What is said of the run so far.
        folder: The run folder.
        files: The further files.
        complete: Whether all is there.
    """
    hashes = {str(path.relative_to(folder)): hash_file(path) or "" for path in files}
    status = "done" if complete else "partial"
    return attrs.evolve(record, files={**record.files, **hashes}, status=status)


def _requests(job: Job, tools: Tools) -> tuple[RequestRecord, ...]:
    """The requests of this run, after those of earlier ones that made what was taken again."""
    made = [key for key, result in job.results.items() if result.success]
    found = [request for key in made for request in job.requests.get(key, ())]
    kept = {item.id for item in carried(job, tools) if item.has_text}
    kept |= {key for key in tools.plan.order if earlier_record(key, job, tools) is not None}
    previous = None if job.folder is None else job.folder.previous
    found += [] if previous is None else _made_what_stands(previous, kept)
    own = job.timeline.requests
    earlier = dict.fromkeys(request for request in found if request not in own)
    return (*sorted(earlier, key=lambda each: (each.run_started, each.started)), *own)


def _made_what_stands(previous: RunRecord, kept: Collection[str]) -> list[RequestRecord]:
    """The requests to texts that are kept; those of a last run that failed made none of them."""
    lost = {section.id for section in previous.sections if section.status != "done"}
    return [
        each
        for each in previous.requests
        if each.deliverable in kept
        and not (each.deliverable in lost and each.run == previous.run_id)
    ]


def _section(key: str, job: Job, tools: Tools, hashes: Mapping[str, str]) -> SectionRecord:
    result, earlier = job.results.get(key), earlier_record(key, job, tools)
    if earlier is not None:
        error = "" if result is None else result.error_message or ""
        status = "not started" if result is None else "failed"
        return attrs.evolve(earlier, status=status, error=error)
    base = SectionRecord(
        id=key,
        title=tools.plan.deliverables[key].title,
        plugin=tools.releases.get(key, ""),
        inputs=tools.plan.inputs[key],
        instructions=fragments(key, job, tools),
        template=_template(job.templates.get(key), tools),
        parts=all_parts(key, job, tools),
        **_asked(job.questions.get(key)),
    )
    if result is None:
        return base
    generated = None if job.folder is None else job.folder.generated(key)
    return _with_result(base, result, hashes, "" if generated is None else sha256(generated))


def all_parts(key: str, job: Job, tools: Tools) -> dict[str, str]:
    """Everything that decides a section: what its answer came from, and its template's hash."""
    question, template = job.questions.get(key), job.templates.get(key)
    parts = {} if question is None else dict(question.parts)
    if template is not None:
        words = tools.templates.words(key, tools.config.language)
        parts["template"] = digest(f"{tools.templates.digest(template)}\n{sorted(words.items())}")
    return parts


def _template(name: str | None, tools: Tools) -> str:
    """The template's name and where the winning file came from."""
    if name is None:
        return ""
    return f"{name} ({tools.templates.which(name).origin})"


def _asked(question: Question | None) -> dict[str, Any]:
    if question is None:
        return {}
    prompt = "\n".join(message.content for message in question.request.messages)
    return {
        "parameters": question.parameters.as_record(),
        "prompt_sha256": sha256(prompt),
        "fingerprint": question.fingerprint,
        "instructions_from": tuple(fragment.source for fragment in question.fragments),
    }


def _with_result(
    base: SectionRecord, result: DeliverableResult, hashes: Mapping[str, str], generated: str
) -> SectionRecord:
    file = f"sections/{base.id}.md" if f"sections/{base.id}.md" in hashes else ""
    return attrs.evolve(
        base,
        status="done" if result.success else "failed",
        error=result.error_message or "",
        model=result.model,
        usage={} if result.usage is None else attrs.asdict(result.usage),
        finish_reason=result.finish_reason or "",
        attempts=result.attempts,
        cached=result.cached,
        seconds=round(result.execution_time, 3),
        time_to_first_token=result.time_to_first_token,
        warnings=result.warnings,
        rung=result.rung,
        rung_reason=result.rung_reason,
        file=file,
        sha256=generated,
    )
