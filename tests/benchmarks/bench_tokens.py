"""Client CPU per streamed token: docgen's client against a plain httpx line loop and openai-python.

Answers of 500 tokens that the server sends in one burst, eight at a time.
"""

from __future__ import annotations

import asyncio
import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

from benchmarks.chat_clients import CLIENTS, Stream
from benchmarks.harness import Figure, fake_server, figure, interleave, worker

_TOKENS = 500
_AT_ONCE = 8
_WARM_UP = 8


def measure(*, quick: bool) -> list[Figure]:
    """Compare microseconds of CPU per token, one fresh process per client and round."""
    names = ["docgen", "httpx"]
    if importlib.util.find_spec("openai") is not None:
        names.append("openai")
    streams = 16 if quick else 96
    with fake_server(tokens=_TOKENS, parallel=_AT_ONCE) as url:
        subjects = {name: _subject(name, url, streams) for name in names}
        costs = interleave(subjects, 2 if quick else 5)
    return [
        _against(costs, "docgen", "httpx", "<= 0.85x"),
        *(_against(costs, name, "httpx", "") for name in names[2:]),
    ]


def work(name: str, url: str, streams: str) -> float:
    """Stream answers with one client; give microseconds of CPU per token."""
    return asyncio.run(_stream_all(name, url, int(streams)))


def _subject(name: str, url: str, streams: int) -> Callable[[], float]:
    return lambda: float(worker("tokens", name, url, str(streams)))


def _against(costs: Mapping[str, Sequence[float]], name: str, base: str, target: str) -> Figure:
    ratios = [a / b for a, b in zip(costs[name], costs[base], strict=True)]
    detail = f"{statistics.median(costs[name]):.1f} / {statistics.median(costs[base]):.1f} us"
    what = f"CPU per streamed token, {name} / {base} line loop"
    return figure(what, ratios, target=target, detail=detail)


async def _stream_all(name: str, url: str, streams: int) -> float:
    async with CLIENTS[name](url) as stream:
        await _batch(stream, _WARM_UP)
        started = time.process_time()
        await _batch(stream, streams)
        spent = time.process_time() - started
    return spent / (streams * _TOKENS) * 1e6


async def _batch(stream: Stream, count: int) -> None:
    left = iter(range(count))

    async def one_after_another() -> None:
        for _ in left:
            text = await stream(lambda: None)
            if len(text) < _TOKENS:
                msg = f"the answer was cut: {len(text)} characters"
                raise ValueError(msg)

    await asyncio.gather(*(one_after_another() for _ in range(_AT_ONCE)))
