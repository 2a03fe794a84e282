"""What the report says in figures and words: one line for each deliverable, and the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from docgen_core.report.graph import Graph, lay_out
from docgen_core.report.timeline import Timeline, draw
from docgen_core.store.record import RunRecord, SectionRecord
from docgen_core.store.requests import RequestRecord

__all__ = ["Line", "Mishap", "Summary", "summarise"]


@attrs.frozen(kw_only=True)
class Line:
    """One deliverable.

    Attributes:
        title: Its section heading.
        state: `done`, `kept`, `from the cache`, `failed` or `not started`.
        requests: Requests that this run made for it.
        prompt_tokens: Tokens of the prompt of its answer.
        completion_tokens: Tokens of its answer.
        rate: Tokens per second while it was written, or None.
        first_token: Seconds until the answer began, or None.
        rung: How the structured answer was got; empty for free Markdown.
        reason: Why not in an earlier way.
        model: Who answered.
        remarks: What a reader should know.
    """

    title: str
    state: str
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
    """A request that failed.

    Attributes:
        title: The deliverable's title.
        attempt: Which attempt it was.
        seconds: When it failed, from the run's start.
        reason: Why.
    """

    title: str
    attempt: int
    seconds: float | None
    reason: str


@attrs.frozen(kw_only=True)
class Summary:
    """The whole report.

    Attributes:
        title: The brief's title.
        status: `done`, `partial` or `interrupted`.
        started: When the run started, UTC.
        seconds: How long it took.
        server: Address and kind of the server.
        models: Who answered.
        requests: Requests sent.
        cached: Answers that came from the user's cache.
        prompt_tokens: Tokens of the prompts of all answered requests.
        completion_tokens: Tokens of their answers.
        lines: One for each deliverable, in reading order.
        mishaps: The failed requests.
        timeline: The drawing of when; None when the run did not note it.
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
    prompt_tokens: int
    completion_tokens: int
    lines: tuple[Line, ...]
    mishaps: tuple[Mishap, ...]
    timeline: Timeline | None
    graph: Graph

    @property
    def rate(self) -> float | None:
        """Tokens of answers per second of the whole run, or None."""
        return self.completion_tokens / self.seconds if self.seconds and self.requests else None


def summarise(record: RunRecord) -> Summary:
    """Work out the report of a recorded run.

    Args:
        record: What run.json holds.
    """
    sent = [request for request in record.requests if request.outcome != "cached"]
    answered = [request for request in sent if request.outcome == "answered"]
    titles = {section.id: section.title or section.id for section in record.sections}
    return Summary(
        title=record.brief_title,
        status=record.status,
        started=record.started,
        seconds=record.seconds,
        server=" at ".join(
            filter(None, (record.server.get("kind"), record.server.get("base_url")))
        ),
        models=tuple(dict.fromkeys(s.model for s in record.sections if s.model)),
        requests=len(sent),
        cached=len(record.requests) - len(sent),
        prompt_tokens=sum(request.prompt_tokens for request in answered),
        completion_tokens=sum(request.completion_tokens for request in answered),
        lines=tuple(_line(section, record.requests) for section in record.sections),
        mishaps=tuple(_mishaps(record.requests, titles)),
        timeline=draw(record.requests, titles) if record.requests else None,
        graph=lay_out([(s.id, titles[s.id], s.inputs) for s in record.sections]),
    )


def _line(section: SectionRecord, requests: Sequence[RequestRecord]) -> Line:
    own = [request for request in requests if request.deliverable == section.id]
    last = own[-1] if own else None
    return Line(
        title=section.title or section.id,
        state=_state(section, own),
        requests=sum(request.outcome != "cached" for request in own),
        prompt_tokens=_count(section, "prompt_tokens"),
        completion_tokens=_count(section, "completion_tokens"),
        rate=None if last is None else _rate(last),
        first_token=section.time_to_first_token,
        rung=section.rung,
        reason=section.rung_reason,
        model=section.model,
        remarks=(*section.warnings, *([section.error] if section.error else [])),
    )


def _state(section: SectionRecord, own: Sequence[RequestRecord]) -> str:
    if section.status != "done":
        return section.status
    if section.cached:
        return "from the cache"
    return "done" if own else "kept"


def _count(section: SectionRecord, name: str) -> int:
    value = section.usage.get(name)
    return value if isinstance(value, int) else 0


def _rate(request: RequestRecord) -> float | None:
    """Tokens per second while the answer was written; the first one marks the beginning."""
    if request.first_token is None or request.ended is None or request.completion_tokens < 2:  # noqa: PLR2004 - an interval needs two
        return None
    seconds = request.ended - request.first_token
    return (request.completion_tokens - 1) / seconds if seconds > 0 else None


def _mishaps(requests: Sequence[RequestRecord], titles: dict[str, str]) -> Iterator[Mishap]:
    for request in requests:
        if request.outcome == "failed":
            yield Mishap(
                title=titles.get(request.deliverable, request.deliverable),
                attempt=request.attempt,
                seconds=request.ended,
                reason=request.error,
            )
