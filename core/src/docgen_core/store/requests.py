"""One request of a run, as run.json tells of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

__all__ = ["REFINEMENT", "RequestRecord", "requests_of"]

#: How the names of refinements begin, where runs have theirs.
REFINEMENT: Final = "refine-"
#: No request took so many seconds or tokens.
_MOST: Final = 10**12


@attrs.frozen(kw_only=True)
class RequestRecord:
    """When a request waited, was read and was answered. Times are seconds from its run's start.

    Attributes:
        deliverable: The deliverable's id.
        run: The run that made it, or the refinement of a section; empty in a record of an older
            docgen, which kept its own only.
        run_started: When that run started (UTC, seconds precision, ISO 8601).
        attempt: Which attempt it was, from 1.
        model: The model that was asked.
        ready: When it could have been sent: its inputs were there, or the one before it ended.
        started: When it was sent.
        first_token: When the first piece of the answer arrived, or None.
        ended: When it was over, or None while it was not.
        outcome: `answered`, `cached`, `failed`, `interrupted`, or empty while it was open.
        error: Why it failed.
        finish_reason: Why the model stopped.
        prompt_tokens: Tokens of the prompt, of an answered request.
        completion_tokens: Tokens of the answer, of an answered request.
        took: Seconds that a cached answer took when a server was asked for it, or None.
        began: Seconds after which that answer began, or None.
    """

    deliverable: str
    run: str = ""
    run_started: str = ""
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
    took: float | None = None
    began: float | None = None

    @property
    def refined(self) -> bool:
        """Whether a refinement of the section made it, not a run of the whole."""
        return self.run.startswith(REFINEMENT)


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
    if value is None:
        return default is None
    if default is not None and not isinstance(default, int | float):
        return isinstance(value, str)
    # Neither infinite nor beyond what can be drawn.
    kinds = int if isinstance(default, int) else (int, float)
    return isinstance(value, kinds) and 0 <= value <= _MOST
