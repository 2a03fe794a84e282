"""Asks a server as a run does, from the wire to the decision to retry, without its pauses."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import attrs

from docgen_core.engine.inquiry import Answer, Inquiry
from docgen_core.errors import Retry, ServerError
from docgen_core.events import AttemptFailed, Event, TextArrived
from docgen_core.lmstudio.client import Client
from docgen_core.lmstudio.retry import RetryPolicy
from docgen_core.lmstudio.types import (
    ChatRequest,
    Completion,
    Endpoint,
    Message,
    ModelInfo,
    ServerInfo,
    Timeouts,
)
from docgen_core.testing import FakeLMStudio, Reply

__all__ = [
    "BRISK",
    "MODEL",
    "PATIENT",
    "REQUEST",
    "Asked",
    "ask",
    "check_fault",
    "complete",
    "discover",
]

MODEL = ModelInfo(id="demo-8b", loaded=True, context_length=8192, slots=4)
REQUEST = ChatRequest(
    model="demo-8b", messages=(Message(role="user", content="Write."),), max_tokens=400
)
#: Clocks that do not fire, however busy the machine is.
PATIENT = Timeouts(connect=60.0, first_token=60.0, gap=60.0, total=120.0)
#: Clocks for faults in which one has to fire.
BRISK = attrs.evolve(PATIENT, first_token=0.3, gap=0.3)


@attrs.frozen(kw_only=True)
class Asked:
    """What became of one question.

    Attributes:
        answers: The usable answers, one per call that got one.
        errors: The errors of the calls that got none.
        events: What listeners were told.
        pauses: Seconds that the run would have waited between attempts, in order.
    """

    answers: tuple[Answer, ...]
    errors: tuple[ServerError, ...]
    events: tuple[Event, ...]
    pauses: tuple[float, ...]

    @property
    def answer(self) -> Answer:
        """The one answer."""
        (answer,) = self.answers or [_none(self.errors)]
        return answer

    @property
    def error(self) -> ServerError:
        """The one error."""
        (error,) = self.errors
        return error

    @property
    def failures(self) -> tuple[AttemptFailed, ...]:
        """The failed attempts, in order."""
        return tuple(event for event in self.events if isinstance(event, AttemptFailed))

    @property
    def shown(self) -> str:
        """The text that a person watching saw arrive."""
        return "".join(event.text for event in self.events if isinstance(event, TextArrived))


def _none(errors: Sequence[ServerError]) -> Answer:
    raise AssertionError(f"no answer but {errors!r}")


def ask(
    url: str,
    *,
    request: ChatRequest = REQUEST,
    models: Sequence[ModelInfo] = (MODEL,),
    key: str | None = None,
    timeouts: Timeouts = PATIENT,
    policy: RetryPolicy | None = None,
    calls: int = 1,
) -> Asked:
    """Ask `calls` times at once, with retries and fallback models, and wait for all."""
    events: list[Event] = []
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async def main() -> list[Answer | BaseException]:
        async with Client(Endpoint(base_url=url, api_key=key), timeouts=timeouts) as client:
            inquiry = Inquiry(
                client.complete,
                models,
                policy=policy or RetryPolicy(),
                emit=events.append,
                sleep=sleep,
                rng=random.Random(1),  # noqa: S311 - jitter
            )
            questions = (inquiry.ask(f"d{number}", request, tokens=500) for number in range(calls))
            return await asyncio.gather(*questions, return_exceptions=True)

    outcomes = asyncio.run(main())
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, ServerError):
            raise outcome
    return Asked(
        answers=tuple(item for item in outcomes if isinstance(item, Answer)),
        errors=tuple(item for item in outcomes if isinstance(item, ServerError)),
        events=tuple(events),
        pauses=tuple(pauses),
    )


def check_fault(
    fake: FakeLMStudio,
    reply: Reply,
    kind: type[ServerError],
    retry: Retry,
    words: str,
    **options: Any,
) -> Asked:
    """Let the fake answer with `reply` once, and well from then on.

    A fault that would repeat ends the question after one request; any other is asked again and
    then answered.
    """
    fake.enqueue(reply)
    asked = ask(fake.base_url, **options)
    failed = asked.failures[0].error
    assert isinstance(failed, ServerError)
    assert (type(failed), failed.retry) == (kind, retry), repr(failed)
    assert words in str(failed)
    assert fake.chats == (1 if retry is Retry.NEVER else 2)
    assert len(asked.answers) == fake.chats - 1
    return asked


def complete(
    url: str,
    request: ChatRequest = REQUEST,
    *,
    key: str | None = None,
    timeouts: Timeouts = PATIENT,
) -> Completion:
    """Ask once, without retries."""

    async def main() -> Completion:
        async with Client(Endpoint(base_url=url, api_key=key), timeouts=timeouts) as client:
            return await client.complete(request)

    return asyncio.run(main())


def discover(url: str, *, key: str | None = None, timeouts: Timeouts = PATIENT) -> ServerInfo:
    """Ask the server what it has."""

    async def main() -> ServerInfo:
        async with Client(Endpoint(base_url=url, api_key=key), timeouts=timeouts) as client:
            return await client.discover()

    return asyncio.run(main())
