"""The one place where foreign code runs: in its own thread, for a bounded time, contained.

Python cannot stop a thread. A call that takes too long is left behind in a daemon thread, which
does not keep the process alive, and its result is ignored.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import traceback
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import attrs

from docgen_core.plugins.output import captured

__all__ = ["Outcome", "call", "call_async", "return_to", "working_folder"]

T = TypeVar("T")

#: Foreign code to run: a callable without arguments.
Function = Callable[[], T]

_REASON_LIMIT: Final = 500


@attrs.frozen(kw_only=True)
class Outcome(Generic[T]):
    """What became of a call into foreign code.

    Attributes:
        value: What it returned; None when it did not return.
        error: What it raised, or None. This may be any BaseException.
        reason: Why there is no value, as a verb phrase (`raised ...`); empty on success.
        timed_out: Whether it was left behind because its time was up.
        output: The beginning of what it printed.
        output_size: Bytes it printed in all.
    """

    value: T | None = None
    error: BaseException | None = None
    reason: str = ""
    timed_out: bool = False
    output: str = ""
    output_size: int = 0

    @property
    def ok(self) -> bool:
        """Whether the call returned."""
        return not self.reason


def call(function: Function[T], *, timeout: float, label: str) -> Outcome[T]:
    """Run `function` and wait for it.

    Args:
        function: Foreign code to run, without arguments.
        timeout: Seconds it may take.
        label: Names the thread, for people who debug.
    """
    box: queue.SimpleQueue[Outcome[T]] = queue.SimpleQueue()
    _start(function, label, box.put)
    try:
        return box.get(timeout=timeout)
    except queue.Empty:
        return _too_slow(timeout)


async def call_async(function: Function[T], *, timeout: float, label: str) -> Outcome[T]:  # noqa: ASYNC109 - part of the result, not a cancellation
    """Run `function` without holding up the event loop.

    Args:
        function: Foreign code to run, without arguments.
        timeout: Seconds it may take.
        label: Names the thread, for people who debug.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[Outcome[T]] = loop.create_future()

    def arrive(outcome: Outcome[T]) -> None:
        if not arrived.done():
            arrived.set_result(outcome)

    def deliver(outcome: Outcome[T]) -> None:
        try:
            loop.call_soon_threadsafe(arrive, outcome)
        except RuntimeError:  # the loop was closed while this call was left behind
            return

    _start(function, label, deliver)
    try:
        return await asyncio.wait_for(arrived, timeout)
    except TimeoutError:
        return _too_slow(timeout)


def working_folder() -> str:
    """Give the process's working folder; empty when it no longer exists."""
    try:
        return os.getcwd()  # noqa: PTH109 - compared and restored as it is, never used as a path
    except FileNotFoundError:
        return ""


def return_to(folder: str) -> None:
    """Undo a change of the working folder by foreign code: relative paths must keep their sense.

    Args:
        folder: What `working_folder` gave before that code ran.
    """
    if folder and working_folder() != folder:
        with contextlib.suppress(OSError):  # it was removed meanwhile
            os.chdir(folder)


def _start(function: Function[T], label: str, deliver: Callable[[Outcome[T]], None]) -> None:
    def work() -> None:
        with captured() as capture:
            outcome = _contain(function)
        deliver(attrs.evolve(outcome, output=capture.text(), output_size=capture.total))

    threading.Thread(target=work, name=f"docgen:{label}", daemon=True).start()


def _contain(function: Function[T]) -> Outcome[T]:
    try:
        return Outcome(value=function())
    except BaseException as error:  # noqa: BLE001 - the plugin boundary: SystemExit stops here too
        return Outcome(error=error, reason=_describe(error))


def _describe(error: BaseException) -> str:
    # The traceback module copes with exceptions whose own __str__ raises.
    text = " ".join("".join(traceback.format_exception_only(error)).split())
    if len(text) > _REASON_LIMIT:
        text = text[: _REASON_LIMIT - 1] + "…"
    return f"raised {text}"


def _too_slow(timeout: float) -> Outcome[T]:
    return Outcome(reason=f"took longer than {timeout:g} s", timed_out=True)
