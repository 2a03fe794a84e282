"""Time that docgen's client adds before the first token, over httpx handing out the raw bytes.

Wall time of streams one after another, from a server that answers at once.
"""

from __future__ import annotations

import asyncio
import importlib.util
import statistics
import time
from collections.abc import Callable, Sequence

from benchmarks.chat_clients import CLIENTS, Stream
from benchmarks.harness import Figure, fake_server, interleave, worker

_TOKENS = 20
_WARM_UP = 10


def measure(*, quick: bool) -> list[Figure]:
    """Compare the median time to the first token, one fresh process per client and round."""
    names = ["docgen", "httpx_raw", "httpx"]
    if importlib.util.find_spec("openai") is not None:
        names.append("openai")
    streams = 30 if quick else 120
    with fake_server(tokens=_TOKENS) as url:
        subjects = {name: _subject(name, url, streams) for name in names}
        times = interleave(subjects, 2 if quick else 7)
    base = times.pop("httpx_raw")
    targets = {"docgen": "<= +1.0 ms"}
    return [_added(name, mine, base, targets.get(name, "")) for name, mine in times.items()]


def work(name: str, url: str, streams: str) -> float:
    """Stream answers with one client; give its median milliseconds to the first token."""
    return asyncio.run(_stream_all(name, url, int(streams)))


def _subject(name: str, url: str, streams: int) -> Callable[[], float]:
    return lambda: float(worker("first_token", name, url, str(streams)))


def _added(name: str, mine: Sequence[float], base: Sequence[float], target: str) -> Figure:
    added = [a - b for a, b in zip(mine, base, strict=True)]
    label = {"httpx": "httpx line loop"}.get(name, name)
    return Figure(
        what=f"time to first token, {label} over raw httpx",
        value=f"{statistics.median(added):+.2f} ms",
        spread=f"{min(added):+.2f}-{max(added):+.2f}",
        target=target,
        detail=f"{statistics.median(mine):.2f} / {statistics.median(base):.2f} ms",
    )


async def _stream_all(name: str, url: str, streams: int) -> float:
    async with CLIENTS[name](url) as stream:
        for _ in range(_WARM_UP):
            await _first(stream)
        return statistics.median([await _first(stream) for _ in range(streams)]) * 1000


async def _first(stream: Stream) -> float:
    arrived: list[float] = []
    started = time.perf_counter()
    await stream(lambda: arrived.append(time.perf_counter()))
    return arrived[0] - started
