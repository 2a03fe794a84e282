"""One request of a run, as run.json tells of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

__all__ = ["RequestRecord", "requests_of"]


@attrs.frozen(kw_only=True)
class RequestRecord:
    """When a request waited, was read and was answered. Times are seconds from the run's start.

    Attributes:
        deliverable: The deliverable's id.
        attempt: Which attempt it was, from 1.
        model: The model that was asked.
        ready: When it could have been sent: its inputs were there, or the one before it ended.
        started: When it was sent.
        first_token: When the first piece of the answer arrived, or None.
        ended: When it was over, or None while it was not.
        outcome: `answered`, `cached`, `failed`, `given up`, or empty while it was open.
        error: Why it failed.
        finish_reason: Why the model stopped.
        prompt_tokens: Tokens of the prompt, of an answered request.
        completion_tokens: Tokens of the answer, of an answered request.
    """

    deliverable: str
    attempt: int = 1
    model: str = ""
    ready: float = 0.0
    started: float = 0.0
    first_token: float | None = None
    ended: float | None = None
    outcome: str = ""
    error: str = ""
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


def requests_of(raw: object) -> tuple[RequestRecord, ...]:
    """Read the requests of a run.json; what is not one is left out.

    Args:
        raw: What the file holds for them.
    """
    items = raw if isinstance(raw, list) else []
    return tuple(request for item in items for request in _request(item))


def _request(raw: object) -> Iterable[RequestRecord]:
    fields = {field.name: field for field in attrs.fields(RequestRecord)}
    if not isinstance(raw, dict) or not isinstance(raw.get("deliverable"), str):
        return
    facts = {name: raw[name] for name in fields if name in raw}
    if all(_fits(value, fields[name].default) for name, value in facts.items()):
        yield RequestRecord(**facts)


def _fits(value: Any, default: object) -> bool:  # noqa: ANN401 - what JSON held
    if isinstance(value, bool):
        return False
    if default is None or isinstance(default, float):
        return isinstance(value, int | float) or (value is None and default is None)
    return isinstance(value, int if isinstance(default, int) else str)
