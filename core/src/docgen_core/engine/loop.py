"""Lets coroutines do blocking work, and blocking callers run coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar, cast

from docgen_core.errors import PluginError, UsageError
from docgen_core.plugins.isolate import call_async

__all__ = ["OwnLoop", "off_loop"]

T = TypeVar("T")

#: Seconds that loading plugins may take in all; each one has a shorter time limit of its own.
_TIMEOUT: Final = 600.0


async def off_loop(function: Callable[[], T], *, label: str) -> T:
    """Run work that loads plugins without holding up the event loop.

    A cancellation ends the wait at once; the work is left behind in a daemon thread.

    Args:
        function: The work, without arguments.
        label: Names the thread, for people who debug.

    Returns:
        What it returned.

    Raises:
        PluginError: it did not end. What it raised is raised here.
    """
    outcome = await call_async(function, timeout=_TIMEOUT, label=label)
    if outcome.error is not None:
        raise outcome.error
    if not outcome.ok:
        raise PluginError(
            f"{label} {outcome.reason}",
            hint="`docgen plugins` lists them; switch one off with plugins.disable in docgen.toml.",
        )
    return cast("T", outcome.value)


class OwnLoop:
    """The event loop of a blocking caller, made when first used and kept between calls."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end.

        Raises:
            UsageError: an event loop is running in this thread already.
        """
        if _inside_a_loop():
            work.close()
            raise UsageError(
                "this method cannot be called inside a running event loop",
                hint="Await its async twin: the same name with an `a` before it.",
            )
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(work)

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `last()`, if there is a loop, and close the loop."""
        if self._runner is not None:
            self._runner.run(last())
            self._runner.close()
            self._runner = None


def _inside_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
