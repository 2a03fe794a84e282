from __future__ import annotations

from collections.abc import Callable

import pytest

from docgen_core.testing import Reply
from docgen_core.testing.trouble import troubled
from docgen_core.testing.wire import RecordedRequest

GOOD = Reply.text("Good.")


@pytest.fixture
def request_() -> RecordedRequest:
    return RecordedRequest(method="POST", path="/v1/chat/completions", headers={}, body=b"{}")


def series(respond: Callable[[RecordedRequest], Reply], request: RecordedRequest) -> list[Reply]:
    return [respond(request) for _ in range(400)]


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.1, 10, 90), (1.0, 400, 400)])
def test_about_so_many_answers_go_wrong(
    request_: RecordedRequest, share: float, least: int, most: int
) -> None:
    """The rest is what the server would have answered."""
    replies = series(troubled(lambda _: GOOD, share=share), request_)
    assert least <= sum(reply != GOOD for reply in replies) <= most


def test_a_seed_gives_the_same_trouble_again(request_: RecordedRequest) -> None:
    """A run that failed can be repeated."""
    one, two = (troubled(lambda _: GOOD, share=0.5, seed=4) for _ in range(2))
    assert series(one, request_) == series(two, request_)


def test_every_kind_of_trouble_comes(request_: RecordedRequest) -> None:
    """Statuses, hang-ups, silences and errors within a stream."""
    replies = series(troubled(lambda _: GOOD, share=1.0), request_)
    assert {400, 500, 502, 503} <= {reply.status for reply in replies}
    assert {None, "reset", "close"} == {reply.cut and reply.cut[1] for reply in replies}
    assert any(reply.first_delay for reply in replies)
    assert any(reply.each_delay for reply in replies)
    assert any(reply.answer and reply.answer.error for reply in replies)
