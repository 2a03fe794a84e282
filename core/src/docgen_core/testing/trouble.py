"""A share of the answers goes wrong, in every way that a server on a bad day has."""

from __future__ import annotations

import random
from collections.abc import Callable

from docgen_core.testing.replies import Reply
from docgen_core.testing.wire import RecordedRequest

__all__ = ["troubled"]

Respond = Callable[[RecordedRequest], Reply]

#: Longer than any client of a test waits.
_SILENCE = 3600.0


def troubled(respond: Respond, *, share: float, seed: int = 0) -> Respond:
    """Make a `respond` for the fake server that fails now and then.

    Args:
        respond: Gives the good answers.
        share: How many of the answers go wrong, 0 to 1.
        seed: Decides which; the same seed gives the same series.
    """
    rng = random.Random(seed)  # noqa: S311 - a reproducible series, not a secret

    def answer(request: RecordedRequest) -> Reply:
        reply = respond(request)
        return rng.choice(_TROUBLES)(reply) if rng.random() < share else reply

    return answer


_TROUBLES: tuple[Callable[[Reply], Reply], ...] = (
    lambda _: Reply.error(400, "Model unloaded."),
    lambda _: Reply.error(500, "Internal server error"),
    lambda _: Reply.error(503, "Service unavailable").with_header("Retry-After", "0"),
    lambda _: Reply.html("<html><title>Bad gateway</title></html>", status=502),
    lambda _: Reply.stream_error(
        "The model has crashed without additional information.", after="A"
    ),
    lambda _: Reply.silence(),
    lambda _: Reply.hang_up("reset"),
    lambda reply: reply.cut_after(4, "reset"),
    lambda reply: reply.cut_after(4, "close"),
    lambda reply: reply.delayed(first=_SILENCE),
    lambda reply: reply.delayed(each=_SILENCE),
)
