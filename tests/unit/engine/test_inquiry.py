from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest

from docgen_core.engine.inquiry import Answer, Inquiry
from docgen_core.errors import (
    AuthError,
    ConnectError,
    GenerationError,
    NoModelError,
    Retry,
    ServerError,
)
from docgen_core.events import AttemptFailed, AttemptStarted, Event
from docgen_core.lmstudio.retry import RetryPolicy
from docgen_core.lmstudio.types import ChatRequest, Completion, Message, ModelInfo
from docgen_core.model import Usage

REQUEST = ChatRequest(
    model="", messages=(Message(role="user", content="Hi"),), max_tokens=10, temperature=0.2, seed=7
)


def completion(model: str, finish_reason: str = "stop") -> Completion:
    return Completion(
        text="Hello",
        reasoning="",
        finish_reason=finish_reason,
        usage=Usage(prompt_tokens=5, completion_tokens=1),
        model=model,
        time_to_first_token=0.1,
        duration=0.2,
    )


class Wire:
    """Answers requests from a script: an exception is raised, anything else is a model's name."""

    def __init__(self, *script: ServerError | str) -> None:
        self.script = list(script)
        self.requests: list[ChatRequest] = []
        self.in_flight = 0
        self.peak = 0

    async def complete(
        self, request: ChatRequest, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        self.requests.append(request)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        for _ in range(10):  # long enough for whoever may join to join
            await asyncio.sleep(0)
        self.in_flight -= 1
        step = self.script.pop(0) if self.script else request.model
        if isinstance(step, ServerError):
            raise step
        if on_text is not None:
            on_text("Hello")
        return completion(step)


def run(
    wire: Wire, *models: ModelInfo, calls: int = 1, tokens: int = 10
) -> tuple[list[Answer], list[Event], list[float]]:
    """Ask `calls` times at once; return answers, events and the pauses that were made."""
    events: list[Event] = []
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def ask() -> list[Answer]:
        inquiry = Inquiry(
            wire.complete,
            models or (ModelInfo(id="demo", loaded=True),),
            policy=RetryPolicy(max_retries=2),
            emit=events.append,
            sleep=sleep,
            rng=random.Random(1),  # noqa: S311 - jitter
        )
        return await asyncio.gather(
            *(inquiry.ask(f"d{n}", REQUEST, tokens=tokens) for n in range(calls))
        )

    return asyncio.run(ask()), events, pauses


def passing() -> GenerationError:
    return GenerationError("Model unloaded.", retry=Retry.SOON)


def test_a_passing_fault_is_tried_again_after_a_pause() -> None:
    """The answer counts both attempts, and the failure was reported."""
    (answer,), events, pauses = run(Wire(passing()))
    failures = [event for event in events if isinstance(event, AttemptFailed)]
    assert answer.attempts == 2
    assert pauses == [failures[0].retry_in]


def test_retries_are_bounded() -> None:
    """After max_retries the last error comes out."""
    wire = Wire(*[passing() for _ in range(9)])
    with pytest.raises(GenerationError, match="unloaded"):
        run(wire)
    assert len(wire.requests) == 3


def test_a_fault_that_would_repeat_is_not_tried_again() -> None:
    """The same request would fail again, so it is not sent again."""
    wire = Wire(GenerationError("bad grammar", retry=Retry.NEVER))
    with pytest.raises(GenerationError, match="grammar"):
        run(wire)
    assert len(wire.requests) == 1


def test_an_unusable_answer_is_asked_for_with_other_sampling() -> None:
    """Warmer and with another seed, because the same draw would repeat."""
    wire = Wire(GenerationError("empty answer", retry=Retry.RESAMPLE))
    run(wire)
    first, second = wire.requests
    assert second.temperature is not None
    assert first.temperature is not None
    assert second.temperature > first.temperature
    assert (first.seed, second.seed) == (7, 8)


def test_the_next_model_answers_when_the_first_cannot() -> None:
    """In the user's order, and the warning says so."""
    wire = Wire(NoModelError("failed to load model"))
    (answer,), _, _ = run(
        wire, ModelInfo(id="big", loaded=True), ModelInfo(id="small", loaded=True)
    )
    assert [request.model for request in wire.requests] == ["big", "small"]
    assert "big failed" in answer.warnings[0]


def test_a_refused_token_asks_no_other_model() -> None:
    """Every model would refuse it."""
    wire = Wire(AuthError("401"))
    with pytest.raises(AuthError):
        run(wire, ModelInfo(id="big", loaded=True), ModelInfo(id="small", loaded=True))
    assert len(wire.requests) == 1


def test_another_model_that_answers_is_noted() -> None:
    """LM Studio answers with the loaded model when just-in-time loading is off."""
    (answer,), _, _ = run(Wire("other"))
    assert answer.warnings == ("other answered although demo was asked",)


@pytest.mark.parametrize("answered", ["demo@q4_k_m", "demo:2", "demo"])
def test_an_instance_of_the_asked_model_is_the_asked_model(answered: str) -> None:
    """A quantisation or an instance number is not another model."""
    (answer,), _, _ = run(Wire(answered))
    assert answer.warnings == ()


def test_the_first_request_to_a_cold_model_goes_alone() -> None:
    """Two first requests at once would load the model twice."""
    wire = Wire()
    run(wire, ModelInfo(id="cold", loaded=False), calls=2)
    assert wire.peak == 1


def test_a_warm_model_answers_several_at_once() -> None:
    """Nothing holds them back."""
    wire = Wire()
    run(wire, calls=3)
    assert wire.peak == 3


def test_what_is_in_flight_fits_the_shared_context() -> None:
    """Together they would overflow, and LM Studio would abort them all."""
    wire = Wire()
    run(wire, ModelInfo(id="m", loaded=True, context_length=100), calls=4, tokens=50)
    assert wire.peak == 2


def test_slots_with_contexts_of_their_own_need_not_share() -> None:
    """llama.cpp gives each slot its own context."""
    wire = Wire()
    model = ModelInfo(id="m", loaded=True, context_length=100, shared_context=False)
    run(wire, model, calls=4, tokens=50)
    assert wire.peak == 4


def test_each_attempt_is_announced() -> None:
    """Attempt numbers count from 1."""
    _, events, _ = run(Wire(passing()))
    assert [e.attempt for e in events if isinstance(e, AttemptStarted)] == [1, 2]


def test_once_it_is_warm_the_others_go_together() -> None:
    """Only the first request to a cold model goes alone."""
    wire = Wire()
    run(wire, ModelInfo(id="cold", loaded=False), calls=4)
    assert wire.peak == 3


def test_a_dead_server_is_not_asked_by_each_in_turn() -> None:
    """The circuit opens for the whole run."""
    wire = Wire(*[ConnectError("refused", retry=Retry.SOON) for _ in range(50)])
    with pytest.raises(ConnectError, match="refused"):
        run(wire, calls=10)
    assert len(wire.requests) < 20


def test_an_overflow_that_others_caused_is_tried_again_alone() -> None:
    """With nothing beside it, and then it is fine."""
    wire = Wire(GenerationError("Context size has been exceeded.", retry=Retry.ALONE))
    answers, _, _ = run(wire, calls=2)
    assert [answer.attempts for answer in answers] == [2, 1]
