"""How many requests of one brief may be in flight: up only while it pays.

Local servers differ. On a GPU, decoding several answers at once is nearly free; on a CPU each
extra slot evaluates the whole prompt again and loses (measured on llama.cpp: four at once 1.4 to
6 times slower than one after another). So BATCH starts with one request, tries another only where
the best that could be won is more than the extra prompt would cost, and stays up only if the
tokens that arrive per second grew.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

__all__ = ["Limit", "Observation"]

#: Tokens that must have arrived at a level before its rate counts.
_EVIDENCE = 48
#: Growth of tokens per second below which another request in flight does not pay.
_WORTH_IT = 1.08


@attrs.frozen(kw_only=True)
class Observation:
    """What one finished request showed about the server.

    Attributes:
        prompt_tokens: Tokens of its prompt that had to be evaluated.
        completion_tokens: Tokens of its answer.
        time_to_first_token: Seconds.
        duration: Seconds, from sending to the end.
    """

    prompt_tokens: int
    completion_tokens: int
    time_to_first_token: float
    duration: float


@attrs.define
class _Level:
    seconds: float = 0.0
    tokens: int = 0

    @property
    def rate(self) -> float:
        return self.tokens / self.seconds if self.seconds > 0 else 0.0

    @property
    def proven(self) -> bool:
        return self.tokens >= _EVIDENCE


class Limit:
    """The present limit for one run, and the measurements it rests on.

    Args:
        slots: The most that the server or the user allows.
        clock: Gives seconds; monotonic.
    """

    def __init__(self, slots: int, *, clock: Callable[[], float]) -> None:
        self._slots = slots
        self._clock = clock
        self._since = clock()
        self._in_flight = 0
        self._levels: dict[int, _Level] = {}
        self._seen: Observation | None = None
        self.value = 1

    def started(self) -> None:
        """Note that a request went out."""
        self._advance()
        self._in_flight += 1

    def token_arrived(self) -> None:
        """Note a piece of an answer."""
        self._level().tokens += 1

    def finished(self, observation: Observation | None) -> None:
        """Note that a request ended; `observation` is None when it failed."""
        self._advance()
        self._in_flight -= 1
        if observation is None:
            return
        if self._seen is None or observation.prompt_tokens > self._seen.prompt_tokens:
            self._seen = observation
        self._review()

    def allows_more(self) -> bool:
        """Whether one more request may start beside those in flight."""
        if self._in_flight >= self._slots:
            return False
        if self._in_flight < self.value:
            return True
        return (
            self._in_flight == self.value
            and self._untried(self._in_flight + 1)
            and self._could_win()
        )

    def _advance(self) -> None:
        now = self._clock()
        self._level().seconds += now - self._since
        self._since = now

    def _level(self) -> _Level:
        return self._levels.setdefault(self._in_flight, _Level())

    def _untried(self, level: int) -> bool:
        return level not in self._levels or not self._levels[level].proven

    def _could_win(self) -> bool:
        """Compare the most that overlap could save with what the extra prompt costs.

        With perfect batching the second answer's decoding is free; without a shared cache its
        whole prompt is evaluated again.
        """
        seen = self._seen
        return seen is not None and seen.duration > 2 * seen.time_to_first_token

    def _review(self) -> None:
        """Settle on the level with the best rate, asking for clear growth at each step up."""
        best = 1
        for level in range(2, self._slots + 1):
            here, below = self._levels.get(level), self._levels.get(best)
            if here is None or not here.proven:
                break
            if below is not None and below.proven and here.rate < below.rate * _WORTH_IT:
                break
            best = level
        self.value = best
