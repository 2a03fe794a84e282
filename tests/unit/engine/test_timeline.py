"""The timeline notes each request's times, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from docgen_core.engine.timeline import Timeline
from docgen_core.errors import GenerationError
from docgen_core.events import (
    AttemptFailed,
    AttemptFinished,
    AttemptStarted,
    Event,
    TextArrived,
)
from docgen_core.store.requests import RequestRecord
from docgen_core.usage import Usage

ASKED = AttemptStarted(deliverable="a", attempt=1, model="m")
TEXT = TextArrived(deliverable="a", text="x")
ANSWERED = AttemptFinished(
    deliverable="a",
    attempt=1,
    usage=Usage(prompt_tokens=7, completion_tokens=3),
    finish_reason="stop",
)


def told(*events: Event) -> tuple[RequestRecord, ...]:
    """The requests after these events, one second apart, when the deliverable is over."""
    seconds: Iterator[float] = iter(range(100))
    timeline = Timeline("r1", "2026-11-23T00:00:00+00:00", clock=lambda: float(next(seconds)))
    with timeline.working_on("a"):
        for event in events:
            timeline(event)
    return timeline.of("a")


def test_an_answered_request_has_all_its_times() -> None:
    """Waiting, reading the prompt, and writing can be told apart."""
    (request,) = told(ASKED, TEXT, TEXT, ANSWERED)
    assert (request.ready, request.started, request.first_token) == (1.0, 2.0, 3.0)
    assert (request.ended, request.outcome) == (4.0, "answered")
    assert (request.prompt_tokens, request.completion_tokens) == (7, 3)


def test_every_request_names_its_run() -> None:
    """It may be told of in the record of a later one."""
    (request,) = told(ASKED, ANSWERED)
    assert (request.run, request.run_started) == ("r1", "2026-11-23T00:00:00+00:00")


def test_a_failed_request_says_why_and_the_next_waits_from_then() -> None:
    """The pause before another attempt is waiting, not work."""
    error = GenerationError("the model crashed")
    failed = AttemptFailed(deliverable="a", attempt=1, error=error, retry_in=2.0)
    first, second = told(ASKED, failed, attrs.evolve(ASKED, attempt=2), ANSWERED)
    assert (first.outcome, first.error) == ("failed", "the model crashed")
    assert first.ended is not None
    assert first.ended < second.ready < second.started


def test_a_cached_answer_tells_what_it_took_when_it_was_asked_for() -> None:
    """It is shown as what it is: no request to the server."""
    cached = attrs.evolve(ANSWERED, cached=True, seconds=9.0, time_to_first_token=2.0)
    (request,) = told(ASKED, cached)
    assert (request.outcome, request.took, request.began) == ("cached", 9.0, 2.0)


def test_a_request_that_nothing_ended_was_interrupted() -> None:
    """The run was stopped while it was in flight."""
    (request,) = told(ASKED, TEXT)
    assert request.outcome == "interrupted"
    assert request.ended is not None


def test_a_request_in_flight_is_there_too() -> None:
    """Whoever asks in the middle of a run."""
    timeline = Timeline()
    with timeline.working_on("a"):
        timeline(ASKED)
        (request,) = timeline.requests
    assert (request.outcome, request.ended) == ("", None)
