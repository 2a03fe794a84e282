"""What the report says in figures and words: one line for each deliverable, and the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Final

import attrs

from docgen_core.report.graph import Graph, lay_out
from docgen_core.report.timeline import Timeline, draw
from docgen_core.report.words import moment
from docgen_core.store.record import RunRecord, SectionRecord
from docgen_core.store.requests import RequestRecord

__all__ = ["Line", "Mishap", "Panel", "Summary", "summarise"]

#: What arrives within less came in one piece; that says nothing about how fast it was written.
_LEAST_SECONDS: Final = 0.05

_RUNGS: Final = MappingProxyType(
    {
        "schema": "held to the schema",
        "prompt": "schema in the prompt",
        "repair": "one repair turn",
        "fields": "field by field",
    }
)


@attrs.frozen(kw_only=True)
class Line:
    """One deliverable.

    Attributes:
        title: Its section heading.
        state: `done`, `reused`, `refined`, `from the cache`, `failed`, `interrupted` or
            `not started`.
        made: When the run started that asked for it, where that was another one; else empty.
        requests: Requests that were made for it, in whichever run.
        prompt_tokens: Tokens of the prompts of its answer.
        completion_tokens: Tokens of its answer.
        rate: Tokens per second while it was written, or None.
        first_token: Seconds until the answer began, or None.
        rung: How the structured answer was got, in words; empty for free Markdown.
        reason: Why not in an earlier way.
        model: Who answered.
        remarks: What a reader should know.
    """

    title: str
    state: str
    made: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    rate: float | None
    first_token: float | None
    rung: str
    reason: str
    model: str
    remarks: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Mishap:
    """A request that failed or was interrupted.

    Attributes:
        title: The deliverable's title.
        attempt: Which attempt it was.
        model: Who was asked.
        outcome: `failed` or `interrupted`.
        seconds: When that was, from the start of its run.
        made: When that run started, where it was another one; else empty.
        reason: Why.
    """

    title: str
    attempt: int
    model: str
    outcome: str
    seconds: float | None
    made: str
    reason: str


@attrs.frozen(kw_only=True)
class Panel:
    """The requests of one run.

    Attributes:
        run: `this run`, `an earlier run`, or `a refinement` of a section.
        started: When it started.
        timeline: The drawing.
        narrow: The same for a phone.
    """

    run: str
    started: str
    timeline: Timeline
    narrow: Timeline


@attrs.frozen(kw_only=True)
class Summary:
    """The whole report. Its totals are those of the last run; sections may be of earlier ones.

    Moments are as run.json has them: UTC, seconds precision, ISO 8601.

    Attributes:
        title: The brief's title.
        status: `done`, `partial`, `failed` or `interrupted`.
        started: When the run started, UTC.
        seconds: How long it took.
        server: Address and kind of the server.
        models: Who answered, or where nobody did, who was asked.
        requests: Requests sent.
        cached: Answers that came from the user's cache.
        reused: Sections that were taken from earlier runs.
        failed: Requests that failed.
        interrupted: Requests that were cut off.
        prompt_tokens: Tokens of the prompts of all answered requests.
        completion_tokens: Tokens of their answers.
        lines: One for each deliverable, in reading order.
        mishaps: The requests that failed or were interrupted.
        panels: The drawings of when, the last run first; none when no run noted it.
        graph: The drawing of what reads what.
    """

    title: str
    status: str
    started: str
    seconds: float
    server: str
    models: tuple[str, ...]
    requests: int
    cached: int
    reused: int
    failed: int
    interrupted: int
    prompt_tokens: int
    completion_tokens: int
    lines: tuple[Line, ...]
    mishaps: tuple[Mishap, ...]
    panels: tuple[Panel, ...]
    graph: Graph

    @property
    def rate(self) -> float | None:
        """Tokens of answers per second of the whole run, or None."""
        if not (self.seconds and self.completion_tokens):
            return None
        return self.completion_tokens / self.seconds


def summarise(record: RunRecord) -> Summary:
    """Work out the report of a recorded run.

    Args:
        record: What run.json holds.
    """
    own = [request for request in record.requests if _is_own(request, record)]
    sent = [request for request in own if request.outcome != "cached"]
    answered = [request for request in sent if request.outcome == "answered"]
    titles = {section.id: section.title or section.id for section in record.sections}
    lines = tuple(_line(section, record) for section in record.sections)
    return Summary(
        title=record.brief_title,
        status=_status(record),
        started=record.started,
        seconds=record.seconds,
        server=" at ".join(
            filter(None, (record.server.get("kind"), record.server.get("base_url")))
        ),
        models=_models(record, own),
        requests=len(sent),
        cached=len(own) - len(sent),
        reused=sum(line.state == "reused" for line in lines),
        failed=sum(request.outcome == "failed" for request in own),
        interrupted=sum(request.outcome == "interrupted" for request in own),
        prompt_tokens=sum(request.prompt_tokens for request in answered),
        completion_tokens=sum(request.completion_tokens for request in answered),
        lines=lines,
        mishaps=tuple(_mishaps(record, titles)),
        panels=tuple(_panels(record, titles)),
        graph=lay_out([(s.id, titles[s.id], s.inputs) for s in record.sections]),
    )


def _status(record: RunRecord) -> str:
    """What became of the run; one whose every section failed is not done in part."""
    failed = {section.status for section in record.sections} == {"failed"}
    return "failed" if failed and record.status == "partial" else record.status


def _models(record: RunRecord, own: Sequence[RequestRecord]) -> tuple[str, ...]:
    """Who answered; where nobody did, who was asked."""
    answered = [section.model for section in record.sections if section.model]
    asked = [request.model for request in own if request.model]
    return tuple(dict.fromkeys(answered or asked))


def _is_own(request: RequestRecord, record: RunRecord) -> bool:
    return request.run in {"", record.run_id}


def _line(section: SectionRecord, record: RunRecord) -> Line:
    mine = [request for request in record.requests if request.deliverable == section.id]
    own = [request for request in mine if _is_own(request, record)]
    answers = [request for request in mine if request.outcome in {"answered", "cached"}]
    return Line(
        title=section.title or section.id,
        state=_state(section, mine, own),
        made=mine[-1].run_started if mine and not own else "",
        requests=sum(request.outcome != "cached" for request in mine),
        prompt_tokens=_count(section, "prompt_tokens"),
        completion_tokens=_count(section, "completion_tokens"),
        rate=_rate(answers[-1]) if answers else None,
        first_token=section.time_to_first_token,
        rung=_RUNGS.get(section.rung, section.rung),
        reason=section.rung_reason,
        model=section.model,
        remarks=tuple(_remarks(section)),
    )


def _remarks(section: SectionRecord) -> Iterator[str]:
    yield from section.warnings
    if section.error:
        yield section.error
    if section.text_from:
        yield f"The document keeps its text of the run of {moment(section.text_from)}."


def _state(
    section: SectionRecord, mine: Sequence[RequestRecord], own: Sequence[RequestRecord]
) -> str:
    if section.status != "done":
        stopped = any(request.outcome == "interrupted" for request in own)
        return "interrupted" if stopped else section.status
    if section.cached:
        return "from the cache"
    if own:
        return "done"
    return "refined" if mine and mine[-1].refined else "reused"


def _count(section: SectionRecord, name: str) -> int:
    value = section.usage.get(name)
    return value if isinstance(value, int) else 0


def _rate(request: RequestRecord) -> float | None:
    """Tokens per second while the answer was written; the first one marks the beginning."""
    began, ended = request.first_token, request.ended
    if request.outcome == "cached":
        began, ended = request.began, request.took
    if began is None or ended is None or ended - began < _LEAST_SECONDS:
        return None
    return max(request.completion_tokens - 1, 0) / (ended - began)


def _mishaps(record: RunRecord, titles: dict[str, str]) -> Iterator[Mishap]:
    for request in record.requests:
        if request.outcome in {"failed", "interrupted"}:
            yield Mishap(
                title=titles.get(request.deliverable, request.deliverable),
                attempt=request.attempt,
                model=request.model,
                outcome=request.outcome,
                seconds=request.ended,
                made="" if _is_own(request, record) else request.run_started,
                reason=request.error,
            )


def _panels(record: RunRecord, titles: dict[str, str]) -> Iterator[Panel]:
    runs: dict[str, list[RequestRecord]] = {}
    for request in record.requests:
        run = record.run_id if _is_own(request, record) else request.run
        runs.setdefault(run, []).append(request)
    latest_first = sorted(runs.items(), key=lambda run: run[1][0].run_started, reverse=True)
    for run, requests in sorted(latest_first, key=lambda item: item[0] != record.run_id):
        started = requests[0].run_started or record.started
        name = "a refinement" if requests[0].refined else "an earlier run"
        yield Panel(
            run="this run" if run == record.run_id else name,
            started=started,
            timeline=draw(requests, titles),
            narrow=draw(requests, titles, narrow=True),
        )
