from __future__ import annotations

from docgen_core.engine.health import Health
from docgen_core.errors import ConnectError, GenerationError, Retry

REFUSED = ConnectError("refused", retry=Retry.SOON)
BUSY = GenerationError("unloaded", retry=Retry.SOON)


def test_connections_that_fail_again_and_again_open_the_circuit() -> None:
    """Nothing more is tried, and the last word says that the server was lost."""
    health = Health()
    for _ in range(4):
        health.failed(REFUSED)
    assert health.lost
    assert not health.take_retry()
    assert "server was lost" in str(health.last_word(REFUSED))


def test_any_answer_proves_that_the_server_is_there() -> None:
    """An error that the server sent is not a lost connection."""
    health = Health()
    for _ in range(3):
        health.failed(REFUSED)
    health.failed(BUSY)
    health.failed(REFUSED)
    assert not health.lost


def test_the_retries_of_a_run_are_bounded() -> None:
    """However many deliverables there are."""
    health = Health()
    taken = [health.take_retry() for _ in range(100)]
    assert taken.count(True) == 20


def test_successes_refill_the_budget() -> None:
    """A long run that mostly succeeds is not starved."""
    health = Health()
    for _ in range(100):
        assert health.take_retry()
        health.succeeded()


def test_an_error_of_the_request_keeps_its_own_words() -> None:
    """The run's state did not end it."""
    assert Health().last_word(BUSY) is BUSY
