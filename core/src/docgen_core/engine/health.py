"""Notices once what every request would notice: that the server is gone, or keeps failing.

Each deliverable has its own bound on retries. A run has two more: a budget of retries that
successes refill, so that a server which fails every other request does not stretch a run without
end; and a circuit that opens when connections fail again and again, so that a dead server is
noticed once and not by each deliverable in turn.
"""

from __future__ import annotations

from docgen_core.errors import ConnectError, ServerError

__all__ = ["Health"]

#: Retries that a run may have in hand, and what one success gives back.
_BUDGET = 20.0
_REFILL = 1.0
#: Connection failures in a row, over all deliverables, after which nothing more is tried.
_LOST_AFTER = 4


class Health:
    """What a run knows about its server."""

    def __init__(self) -> None:
        self._budget = _BUDGET
        self._refused = 0

    @property
    def lost(self) -> bool:
        """Whether the circuit is open: connections failed again and again."""
        return self._refused >= _LOST_AFTER

    def succeeded(self) -> None:
        """Note an answer: the server is there."""
        self._refused = 0
        self._budget = min(_BUDGET, self._budget + _REFILL)

    def failed(self, error: ServerError) -> None:
        """Note a failed attempt. Any answer at all, even an error, proves a connection."""
        self._refused = self._refused + 1 if isinstance(error, ConnectError) else 0

    def take_retry(self) -> bool:
        """Take one retry out of the run's budget; False when there is none or no server."""
        if self.lost or self._budget < 1:
            return False
        self._budget -= 1
        return True

    def last_word(self, error: ServerError) -> ServerError:
        """The error to end with, when it is the run's state and not the request that ends it."""
        if self.lost:
            return ConnectError(
                f"the server was lost: {error}",
                hint="Start it and run the same command again; what was finished is kept.",
            )
        return error
