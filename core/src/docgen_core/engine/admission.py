"""Lets requests in while what is in flight fits the model's context.

LM Studio's slots may share one context; if the sum overflows, every request in flight is aborted,
not only the one that was too much. So a request waits until its prompt and answer fit beside the
others. A request may also ask to be alone: a retry after such an overflow, or the first request
to a model that is not loaded (two at once would load it twice).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

__all__ = ["Admission"]


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

    @contextlib.asynccontextmanager
    async def enter(self, tokens: int, *, alone: bool = False) -> AsyncIterator[None]:
        """Wait for room, then hold it while the block runs.

        Args:
            tokens: What the request may need: its prompt and its longest answer.
            alone: Wait until nothing else is in flight, and let nothing in beside it.
        """
        async with self._condition:
            await self._condition.wait_for(lambda: self._fits(tokens, alone=alone))
            self._tokens += tokens
            self._count += 1
            self._exclusive = alone
        try:
            yield
        finally:
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
        return self._capacity is None or self._tokens + tokens <= self._capacity
