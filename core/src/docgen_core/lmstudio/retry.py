"""Decides whether a failed request is sent again, and after how many seconds."""

from __future__ import annotations

from random import Random

import attrs

from docgen_core.errors import Retry, ServerError

__all__ = ["RetryPolicy"]

# Being alone proves whose fault an overflow was; the second try allows for one failure of
# another kind before it.
_ALONE_TRIES = 2


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """Exponential back-off with full jitter, by class of error.

    Attributes:
        max_retries: Attempts after the first one.
        base_soon: Seconds that the first pause after a passing fault has at most.
        base_later: The same when the server is busy.
        cap_soon: Seconds that any pause after a passing fault has at most.
        cap_later: The same when the server is busy. A server that asks for a longer pause is
            not asked again: coming back early would be rude, and waiting in silence for an
            hour would look like a hang.
    """

    max_retries: int = 3
    base_soon: float = 1.0
    base_later: float = 5.0
    cap_soon: float = 30.0
    cap_later: float = 120.0

    def delay(self, error: ServerError, attempt: int, random: Random) -> float | None:
        """Return the seconds to wait before the next attempt, or None to give up.

        Args:
            error: What went wrong.
            attempt: How many attempts have failed, 1 after the first.
            random: The source of jitter.
        """
        if self.reason_to_stop(error, attempt):
            return None
        if error.retry is Retry.RESAMPLE:
            # The server is well; only the draw was bad.
            return 0.0
        if error.retry_after is not None:
            return error.retry_after + random.uniform(0, self.base_soon)
        if error.retry is Retry.LATER:
            return random.uniform(0, _ceiling(self.base_later, self.cap_later, attempt))
        return random.uniform(0, _ceiling(self.base_soon, self.cap_soon, attempt))

    def reason_to_stop(self, error: ServerError, attempt: int) -> str:
        """Return why there will be no further attempt, as a phrase for messages, or "".

        Args:
            error: What went wrong.
            attempt: How many attempts have failed, 1 after the first.
        """
        if error.retry is Retry.NEVER:
            return "the same request would fail again"
        if attempt > self.max_retries:
            return f"gave up after {attempt} attempts"
        if error.retry is Retry.ALONE and attempt > _ALONE_TRIES:
            return "it failed alone as well"
        if error.retry_after is not None and error.retry_after > self.cap_later:
            wait = f"{error.retry_after:.0f} s"
            return f"the server asks to wait {wait}, longer than {self.cap_later:.0f} s"
        return ""


def _ceiling(base: float, cap: float, attempt: int) -> float:
    # The exponent is bounded so that a large attempt number cannot overflow a float.
    return min(cap, base * 2.0 ** min(attempt - 1, 30))
