"""The one stream of typed events that leaves the engine.

The progress display and the JSON-lines log only listen to it. A listener is any callable that
takes an event; it runs in the event loop's thread and must return at once.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from docgen_core.errors import DocgenError
from docgen_core.model import DeliverableResult, Usage

__all__ = [
    "AttemptFailed",
    "AttemptFinished",
    "AttemptStarted",
    "DeliverableFinished",
    "DeliverableStarted",
    "Event",
    "Listener",
    "Notice",
    "RunFinished",
    "RunStarted",
    "ServerChosen",
    "TextArrived",
]


@attrs.frozen(kw_only=True)
class ServerChosen:
    """The run will talk to this server and model."""

    base_url: str
    model: str
    description: str


@attrs.frozen(kw_only=True)
class RunStarted:
    """The plan stands; nothing has been asked yet."""

    run_id: str
    deliverables: tuple[str, ...]
    titles: tuple[str, ...]


@attrs.frozen(kw_only=True)
class DeliverableStarted:
    """A deliverable's inputs are ready and it has a slot."""

    deliverable: str


@attrs.frozen(kw_only=True)
class AttemptStarted:
    """A request is about to be sent."""

    deliverable: str
    attempt: int
    model: str


@attrs.frozen(kw_only=True)
class TextArrived:
    """A piece of the answer arrived.

    Attributes:
        deliverable: The deliverable's id.
        text: The piece; empty for a piece of reasoning.
    """

    deliverable: str
    text: str


@attrs.frozen(kw_only=True)
class AttemptFailed:
    """A request failed.

    Attributes:
        deliverable: The deliverable's id.
        attempt: Which attempt it was, from 1.
        error: Why.
        retry_in: Seconds until the next attempt, or None when there is none.
    """

    deliverable: str
    attempt: int
    error: DocgenError
    retry_in: float | None


@attrs.frozen(kw_only=True)
class AttemptFinished:
    """A request was answered; whether the answer can be used shows later.

    Attributes:
        deliverable: The deliverable's id.
        attempt: Which attempt it was, from 1.
        usage: Its token counts.
        finish_reason: Why the model stopped.
        cached: True when nothing was sent, because the user's cache had the answer.
        seconds: How long the answer took; of a cached one, when a server was asked for it.
        time_to_first_token: The seconds of that until it began, or None.
    """

    deliverable: str
    attempt: int
    usage: Usage
    finish_reason: str
    cached: bool = False
    seconds: float = 0.0
    time_to_first_token: float | None = None


@attrs.frozen(kw_only=True)
class DeliverableFinished:
    """A deliverable is done, and durable if the run has a folder; or it failed."""

    result: DeliverableResult


@attrs.frozen(kw_only=True)
class Notice:
    """Something a user should know, as one sentence."""

    message: str


@attrs.frozen(kw_only=True)
class RunFinished:
    """Nothing is running any more."""

    success_count: int
    error_count: int
    elapsed: float


Event = (
    ServerChosen
    | RunStarted
    | DeliverableStarted
    | AttemptStarted
    | TextArrived
    | AttemptFailed
    | AttemptFinished
    | DeliverableFinished
    | Notice
    | RunFinished
)

Listener = Callable[[Event], None]
