"""Starts and stops the model server of a plugin, which may hang, raise or return anything."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Final

import attrs

from docgen_core.api import RunningServer, ServerOptions, ServerProvider
from docgen_core.errors import DocgenError, PluginLoadError, ServerError
from docgen_core.model import Generation
from docgen_core.plugins.isolate import Outcome, call_async

__all__ = ["HostedServer", "start_server"]

#: Seconds beyond the provider's own time limit, so that its message comes before ours.
_MARGIN: Final = 5.0
#: Seconds that a start may take to come back once nobody wants it any more.
_GRACE: Final = 3.0
#: Seconds that stopping may take.
_STOP_TIMEOUT: Final = 15.0

_log = logging.getLogger("docgen_core.engine")


@attrs.frozen(kw_only=True, eq=False)
class HostedServer:
    """A server that a plugin started, with its facts read once.

    Attributes:
        label: The plugin's distribution and version.
        base_url: The OpenAI-compatible root.
        description: One sentence for people.
        generation: Sampling defaults that suit the model.
    """

    label: str
    base_url: str
    description: str
    generation: Generation
    _stop: Callable[[], None]

    async def stop(self) -> None:
        """Stop it; a plugin that cannot is left behind and logged."""
        outcome = await call_async(self._stop, timeout=_STOP_TIMEOUT, label=f"stop {self.label}")
        if not outcome.ok:
            _log.warning("%s: stopping its server %s", self.label, outcome.reason)


async def start_server(
    provider: ServerProvider, options: ServerOptions, *, label: str
) -> HostedServer:
    """Start a plugin's server.

    A start that comes back after its time was up, or after a cancellation, is stopped again.

    Args:
        provider: The plugin's.
        options: What to start; `options.timeout` is enforced.
        label: The plugin's distribution and version, for messages.

    Raises:
        DocgenError: what the provider said.
        ServerError: it took too long.
        PluginLoadError: it raised something else, or returned something that is no server.
    """
    start = _Start(provider, options, label)
    limit = options.timeout + _MARGIN
    waiting = asyncio.ensure_future(call_async(start, timeout=limit, label=f"start {label}"))
    try:
        outcome = await asyncio.shield(waiting)
    except asyncio.CancelledError:
        await _leave(start, waiting)
        raise
    if outcome.value is not None:
        return outcome.value
    start.abandon()
    raise _error(outcome, label) from outcome.error


async def _leave(start: _Start, waiting: asyncio.Future[Outcome[HostedServer]]) -> None:
    """Give a start a moment to come back, and stop what came back."""
    try:
        await asyncio.wait({waiting}, timeout=_GRACE)
    finally:
        waiting.cancel()
        started = start.abandon()
        if started is not None:
            await started.stop()


def _error(outcome: Outcome[HostedServer], label: str) -> DocgenError:
    if isinstance(outcome.error, DocgenError):
        return outcome.error
    if outcome.timed_out:
        return ServerError(
            f"the server of {label} did not start: it {outcome.reason}",
            hint="Start LM Studio instead, or ask the plugin's author.",
        )
    return PluginLoadError(
        f"the server of {label} did not start: it {outcome.reason}",
        hint="Report it to the plugin's author, or use LM Studio (--server lmstudio).",
    )


class _Start:
    """One start, as the plugin's thread runs it; whoever comes last stops an unwanted server."""

    def __init__(self, provider: ServerProvider, options: ServerOptions, label: str) -> None:
        self._provider = provider
        self._options = options
        self._label = label
        self._lock = threading.Lock()
        self._abandoned = False
        self._started: HostedServer | None = None

    def __call__(self) -> HostedServer:
        running = self._provider.start(self._options)
        started = _facts_of(running, self._label)
        with self._lock:
            if not self._abandoned:
                self._started = started
                return started
        running.stop()
        return started

    def abandon(self) -> HostedServer | None:
        """Have a later server stopped by its own thread; give the one that is there already."""
        with self._lock:
            self._abandoned = True
            return self._started


def _facts_of(running: object, label: str) -> HostedServer:
    """Read what the plugin returned, which may be anything; stop it if it is no server."""
    try:
        return _checked(running, label)
    except BaseException:
        stop = getattr(running, "stop", None)
        if callable(stop):
            stop()
        raise


def _checked(running: object, label: str) -> HostedServer:
    if not isinstance(running, RunningServer):
        raise _wrong(label, "start returned", running, RunningServer)
    if not isinstance(running.base_url, str):
        raise _wrong(label, "base_url is", running.base_url, str)
    if not isinstance(running.description, str):
        raise _wrong(label, "description is", running.description, str)
    if not isinstance(running.generation, Generation):
        raise _wrong(label, "generation is", running.generation, Generation)
    return HostedServer(
        label=label,
        base_url=running.base_url,
        description=running.description,
        generation=running.generation,
        stop=running.stop,
    )


def _wrong(label: str, what: str, value: object, expected: type) -> PluginLoadError:
    return PluginLoadError(
        f"the server of {label} cannot be used: {what} a {type(value).__name__}, "
        f"expected a {expected.__name__}",
        hint="Report it to the plugin's author, or use LM Studio (--server lmstudio).",
    )
