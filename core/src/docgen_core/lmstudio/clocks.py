"""Bounds a streamed request by four clocks with one timer.

The HTTP library's read timeout is of no use here: a server that sends keep-alive comments, or one
character a minute, never trips it.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from docgen_core.errors import GenerationError, Retry
from docgen_core.lmstudio.types import Timeouts

__all__ = ["Clocks"]

_HINT = "The server may still be working on it; raise the timeout, or use a smaller model."


class Clocks:
    """An async context that ends what takes too long with an error that names the clock.

    The hot path only notes the time: the timer is armed anew when it fires, not for each token.

    Args:
        timeouts: The limits in seconds.
        where: The address, for messages.
    """

    def __init__(self, timeouts: Timeouts, *, where: str) -> None:
        self._timeouts = timeouts
        self._where = where
        self._loop = asyncio.get_running_loop()
        self._scope = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None
        self._expired = ""
        self._linger_until: float | None = None
        self._started = self._loop.time()
        self._first: float | None = None
        self._finished: float | None = None
        self._latest = self._started

    def content(self) -> None:
        """Note that a piece of the answer came."""
        self._latest = self._loop.time()
        if self._first is None:
            self._first = self._latest
            self._arm()

    def linger(self, seconds: float) -> None:
        """Stop after so many seconds at the latest: the answer is whole, only figures may follow.

        Running out is not an error then.
        """
        now = self._loop.time()
        if self._finished is None:
            self._finished = now
        if self._linger_until is None or now + seconds < self._linger_until:
            self._linger_until = now + seconds
            self._arm()

    @property
    def time_to_first_token(self) -> float:
        """Seconds until the first piece of the answer."""
        return self.duration if self._first is None else self._first - self._started

    @property
    def duration(self) -> float:
        """Seconds until the answer was whole, or until now."""
        return (self._finished or self._loop.time()) - self._started

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        self._arm()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if self._timer is not None:
            self._timer.cancel()
        try:
            await self._scope.__aexit__(kind, error, trace)
        except TimeoutError:
            if self._linger_until is not None:
                return True
            raise self._error() from None
        return False

    def _deadline(self) -> tuple[float, str]:
        """Return when the request must end as things stand, and by which clock."""
        if self._linger_until is not None:
            return self._linger_until, "linger"
        total = (self._started + self._timeouts.total, "total")
        if self._first is None:
            return min(total, (self._started + self._timeouts.first_token, "first token"))
        return min(total, (self._latest + self._timeouts.gap, "gap"))

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline()[0], self._fire)

    def _fire(self) -> None:
        when, clock = self._deadline()
        # A tick of leeway: timers may fire a clock's resolution early.
        if when > self._loop.time() + 0.001:
            self._arm()
            return
        self._expired = clock
        self._scope.reschedule(self._loop.time())

    def _error(self) -> GenerationError:
        limits = self._timeouts
        problem = {
            "first token": f"sent no answer within {limits.first_token:g} s",
            "gap": f"stopped in the middle of the answer for {limits.gap:g} s",
            "total": f"did not finish the answer within {limits.total:g} s",
        }[self._expired]
        # The server may not have noticed: an immediate repeat would queue behind the first one.
        return GenerationError(
            f"The server at {self._where} {problem}", hint=_HINT, retry=Retry.LATER
        )
