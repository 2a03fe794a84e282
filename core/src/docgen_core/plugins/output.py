"""Keeps what a plugin prints away from docgen's own standard output, within a bound.

`sys.stdout` belongs to the whole process, so the streams are routed by thread: what the
plugin's thread writes is kept, everybody else's output passes through untouched.
"""

from __future__ import annotations

import contextlib
import io
import sys
import threading
from collections.abc import Iterator
from typing import Any, Final, TextIO, cast

__all__ = ["Capture", "captured"]

#: Bytes of a plugin's output that are kept; the rest is counted and dropped.
KEPT: Final = 16_384

_STREAMS: Final = ("stdout", "stderr")

# Guards the swap of the process-wide streams, which every isolated call shares.
_swap = threading.Lock()


class Capture(io.BufferedIOBase):
    """A byte sink that keeps the first `KEPT` bytes and counts the others."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()
        self.total = 0

    def writable(self) -> bool:
        """Say that this is a stream to write to."""
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any object with the buffer protocol
        """Keep what fits, count all of it."""
        size = memoryview(data).nbytes
        self._kept += bytes(memoryview(data)[: max(0, KEPT - len(self._kept))])
        self.total += size
        return size

    def text(self) -> str:
        """What was kept, as text."""
        return self._kept.decode("utf-8", errors="replace")


class _Router:
    """Stands in for a standard stream and sends each thread's writes to that thread's sink."""

    def __init__(self, original: Any) -> None:  # noqa: ANN401 - whatever stands in sys.stdout
        self.original = original
        self.sinks: dict[int, TextIO] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute of a stream
        return getattr(self.sinks.get(threading.get_ident(), self.original), name)


@contextlib.contextmanager
def captured() -> Iterator[Capture]:
    """Capture what the current thread prints while the block runs."""
    capture = Capture()
    sink = io.TextIOWrapper(
        cast("Any", capture), encoding="utf-8", errors="replace", write_through=True
    )
    routers = [_attach(name, sink) for name in _STREAMS]
    try:
        yield capture
    finally:
        for name, router in zip(_STREAMS, routers, strict=True):
            _detach(name, router)
        with contextlib.suppress(ValueError):  # the plugin may have closed it
            sink.detach()


def _attach(name: str, sink: TextIO) -> _Router:
    with _swap:
        current = getattr(sys, name)
        router = current if isinstance(current, _Router) else _Router(current)
        router.sinks[threading.get_ident()] = sink
        setattr(sys, name, router)
        return router


def _detach(name: str, router: _Router) -> None:
    with _swap:
        router.sinks.pop(threading.get_ident(), None)
        if not router.sinks and getattr(sys, name) is router:
            setattr(sys, name, router.original)
