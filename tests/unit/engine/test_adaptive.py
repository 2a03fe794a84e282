from __future__ import annotations

from collections.abc import Callable

from docgen_core.engine.adaptive import Limit, Observation


class VirtualServer:
    """A server on a virtual clock: how fast tokens arrive depends on what is in flight."""

    def __init__(self, rate_of: Callable[[int], float], *, prefill: float) -> None:
        self.now = 0.0
        self.rate_of = rate_of
        self.prefill = prefill
        self.limit = Limit(4, clock=lambda: self.now)

    def answer(self, in_flight: int, tokens: int = 200) -> None:
        """Send `in_flight` requests at once and let them all finish."""
        for _ in range(in_flight):
            self.limit.started()
        self.now += self.prefill * in_flight
        first = self.prefill * in_flight
        for _ in range(tokens * in_flight):
            self.now += 1 / self.rate_of(in_flight)
            self.limit.token_arrived()
        duration = first + tokens * in_flight / self.rate_of(in_flight)
        for _ in range(in_flight):
            self.limit.finished(
                Observation(
                    prompt_tokens=1500,
                    completion_tokens=tokens,
                    time_to_first_token=first,
                    duration=duration,
                )
            )


def test_it_starts_with_one_request() -> None:
    """Nothing is known yet, so one goes first."""
    limit = Limit(4, clock=lambda: 0.0)
    assert limit.allows_more()
    limit.started()
    assert not limit.allows_more()


def test_a_server_that_decodes_in_parallel_is_given_more() -> None:
    """Tokens per second double with two in flight: two it is."""
    server = VirtualServer(lambda n: 50.0 * n, prefill=0.2)
    server.answer(1)
    server.limit.started()
    assert server.limit.allows_more()
    server.limit.finished(None)
    server.answer(2)
    assert server.limit.value == 2


def test_a_server_that_only_shares_its_speed_is_kept_at_one() -> None:
    """Tokens per second do not grow with two in flight: back to one."""
    server = VirtualServer(lambda _: 50.0, prefill=0.2)
    server.answer(1)
    server.answer(2)
    assert server.limit.value == 1
    server.limit.started()
    assert not server.limit.allows_more()


def test_a_server_busy_with_prompts_is_never_tried() -> None:
    """Evaluating the prompt takes longer than all that overlap could save."""
    server = VirtualServer(lambda _: 70.0, prefill=9.0)
    server.answer(1)
    server.limit.started()
    assert not server.limit.allows_more()


def test_the_slots_are_never_exceeded() -> None:
    """However well it pays."""
    server = VirtualServer(lambda n: 50.0 * n, prefill=0.1)
    for level in (1, 2, 3, 4):
        server.answer(level)
    for _ in range(4):
        assert server.limit.allows_more()
        server.limit.started()
    assert not server.limit.allows_more()


def test_a_failed_request_teaches_nothing() -> None:
    """A failure frees its place and changes no measurement."""
    limit = Limit(4, clock=lambda: 0.0)
    limit.started()
    limit.finished(None)
    assert limit.allows_more()
    assert limit.value == 1
