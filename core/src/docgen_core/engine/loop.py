"""Lets coroutines do blocking work, and blocking callers run coroutines."""

from __future__ import annotations

import asyncio
import signal
import threading
import types
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
    """The event loop of a blocking caller, made when first used and kept between calls.

    Args:
        on_second_interrupt: Called in the signal handler when a second SIGINT comes while the
            first is being dealt with; None leaves that to asyncio.
    """

    def __init__(self, on_second_interrupt: Callable[[], None] | None = None) -> None:
        self._runner: asyncio.Runner | None = None
        self._on_second = on_second_interrupt

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
        return self._runner.run(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, T]) -> T:
        """Stand before asyncio's own handler, which is in place only while the loop runs."""
        usual = signal.getsignal(signal.SIGINT)
        if self._on_second is None or not callable(usual) or not _in_main_thread():
            return await work
        leave = self._on_second

        def first(number: int, frame: types.FrameType | None) -> None:
            signal.signal(signal.SIGINT, lambda *_: leave())
            usual(number, frame)

        signal.signal(signal.SIGINT, first)
        try:
            return await work
        finally:
            # After an interruption the short way out stays, for what is still to be closed.
            if signal.getsignal(signal.SIGINT) is first:
                signal.signal(signal.SIGINT, usual)

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `last()`, if there is a loop, and close the loop."""
        if self._runner is not None:
            self._runner.run(last())
            self._runner.close()
            self._runner = None


def _in_main_thread() -> bool:
    """Whether signal handlers may be set here."""
    return threading.current_thread() is threading.main_thread()


def _inside_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
