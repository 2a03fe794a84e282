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
        self._waiting_alone = 0
        self._limit: int | None = None
        self._successes = 0

    @contextlib.asynccontextmanager
    async def enter(self, tokens: int, *, alone: bool = False) -> AsyncIterator[None]:
        """Wait for room, then hold it while the block runs.

        Args:
            tokens: What the request may need: its prompt and its longest answer.
            alone: Wait until nothing else is in flight, and let nothing in beside it. Others that
                come later wait behind it, so that it is not passed over for ever.
        """
        async with self._condition:
            self._waiting_alone += alone
            try:
                await self._condition.wait_for(lambda: self._fits(tokens, alone=alone))
            finally:
                self._waiting_alone -= alone
                self._condition.notify_all()
            self._tokens += tokens
            self._count += 1
            self._exclusive = alone
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

    async def _leave(self, tokens: int) -> None:
        async with self._condition:
            self._tokens -= tokens
            self._count -= 1
            self._exclusive = False
            self._condition.notify_all()

    def _fits(self, tokens: int, *, alone: bool) -> bool:
        if self._count == 0:
            return alone or self._waiting_alone == 0
        if alone or self._exclusive or self._waiting_alone:
            return False
        if self._limit is not None and self._count >= self._limit:
            return False
        return self._capacity is None or self._tokens + tokens <= self._capacity
