"""The timeline notes each request's times from the events alone."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from docgen_core.engine.timeline import Timeline
from docgen_core.errors import GenerationError
from docgen_core.events import (
    AttemptFailed,
    AttemptFinished,
    AttemptStarted,
    DeliverableFinished,
    DeliverableStarted,
    Event,
    TextArrived,
)
from docgen_core.model import DeliverableId, DeliverableResult, Usage
from docgen_core.store.requests import RequestRecord

ASKED = AttemptStarted(deliverable="a", attempt=1, model="m")
TEXT = TextArrived(deliverable="a", text="x")
ANSWERED = AttemptFinished(
    deliverable="a",
    attempt=1,
    usage=Usage(prompt_tokens=7, completion_tokens=3),
    finish_reason="stop",
)
OVER = DeliverableFinished(result=DeliverableResult(deliverable_type=DeliverableId("a")))


def told(*events: Event) -> tuple[RequestRecord, ...]:
    """The requests after these events, one second apart."""
    seconds: Iterator[float] = iter(range(100))
    timeline = Timeline(clock=lambda: float(next(seconds)))
    for event in events:
        timeline(event)
    return timeline.requests


def test_an_answered_request_has_all_its_times() -> None:
    """Waiting, reading the prompt, and writing can be told apart."""
    (request,) = told(DeliverableStarted(deliverable="a"), ASKED, TEXT, TEXT, ANSWERED, OVER)
    assert (request.ready, request.started, request.first_token) == (1.0, 2.0, 3.0)
    assert (request.ended, request.outcome) == (4.0, "answered")
    assert (request.prompt_tokens, request.completion_tokens) == (7, 3)


def test_a_failed_request_says_why_and_the_next_waits_from_then() -> None:
    """The pause before another attempt is waiting, not work."""
    error = GenerationError("the model crashed")
    failed = AttemptFailed(deliverable="a", attempt=1, error=error, retry_in=2.0)
    first, second = told(ASKED, failed, attrs.evolve(ASKED, attempt=2), ANSWERED)
    assert (first.outcome, first.error) == ("failed", "the model crashed")
    assert first.ended is not None
    assert first.ended < second.ready < second.started


def test_a_cached_answer_is_no_request_to_the_server() -> None:
    """It is shown as what it is."""
    (request,) = told(ASKED, attrs.evolve(ANSWERED, cached=True))
    assert request.outcome == "cached"


def test_a_request_that_was_given_up_is_closed() -> None:
    """No event says more about it."""
    (request,) = told(ASKED, OVER)
    assert request.outcome == "given up"


def test_an_open_request_is_there_too() -> None:
    """An interrupted run shows what was in flight."""
    (request,) = told(ASKED)
    assert (request.outcome, request.ended) == ("", None)
