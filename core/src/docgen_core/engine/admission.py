"""Lets requests in while what is in flight fits the model's context.

LM Studio's slots may share one context; if the sum overflows, every request in flight is aborted,
not only the one that was too much. So a request waits until its prompt and answer fit beside the
others. A request may also ask to be alone: a retry after such an overflow, or the first request
to a model that is not loaded (two at once would load it twice). When company turns out to be the
cause of failures, fewer are let in at once, and more again as requests succeed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator

__all__ = ["Admission"]

#: Successes in a row after which one more request is let in again.
_RECOVERY = 4


class Admission:
    """The gate in front of one model.

    Args:
        capacity: Tokens that all requests in flight may need together, or None for no bound.
    """

    def __init__(self, capacity: int | None) -> None:
        self._capacity = capacity
        self._condition = asyncio.Condition()
        self._tokens = 0
        self._count = 0
        self._exclusive = False
        self._queue: deque[object] = deque()
        self._limit: int | None = None
        self._successes = 0

    @contextlib.asynccontextmanager
    async def enter(self, tokens: int, *, alone: bool = False) -> AsyncIterator[None]:
        """Wait for room, then hold it while the block runs. First come, first in.

        Nobody passes the oldest waiter, so that a large request is not put off for ever by small
        ones that still fit.

        Args:
            tokens: What the request may need: its prompt and its longest answer.
            alone: Wait until nothing else is in flight, and let nothing in beside it.
        """
        await self._wait(tokens, alone=alone)
        try:
            yield
        finally:
            await asyncio.shield(self._leave(tokens))

    def crowded(self) -> None:
        """Note a failure that company may have caused: half as many from now on."""
        self._limit = max(1, self._count // 2)
        self._successes = 0

    def succeeded(self) -> None:
        """Note a success; after some in a row one more is let in."""
        if self._limit is None:
            return
        self._successes += 1
        if self._successes >= _RECOVERY:
            self._limit += 1
            self._successes = 0

    async def _wait(self, tokens: int, *, alone: bool) -> None:
        ticket = object()
        async with self._condition:
            self._queue.append(ticket)
            try:
                await self._condition.wait_for(
                    lambda: self._queue[0] is ticket and self._fits(tokens, alone=alone)
                )
                self._tokens += tokens
                self._count += 1
                self._exclusive = alone
            finally:
                self._queue.remove(ticket)
                self._condition.notify_all()

    async def _leave(self, tokens: int) -> None:
        async with self._condition:
            self._tokens -= tokens
            self._count -= 1
            self._exclusive = False
            self._condition.notify_all()

    def _fits(self, tokens: int, *, alone: bool) -> bool:
        if self._count == 0:
            return True
        if alone or self._exclusive:
            return False
        if self._limit is not None and self._count >= self._limit:
            return False
        return self._capacity is None or self._tokens + tokens <= self._capacity
