"""Endurance: 10,000 deliverables from a server of whose answers one in twenty goes wrong.

The fake server, in another process, unloads the model, resets and closes connections, falls silent,
and reports errors before and within its streams. Every deliverable has to finish or to end in one
of docgen's errors, and the process must not grow. Pauses before retries are cut to milliseconds;
everything else is the engine as users run it.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.harness import Figure, fake_server, worker
from benchmarks.pack import DELIVERABLES, short_briefs

_BRIEFS = 1429
_QUICK_BRIEFS = 290
_WARM = 1000
_SLOTS = 8
_PIECES, _PIECE_LENGTH = 20, 50
_CONTEXT = 32768
_TROUBLE = 0.05
#: Seconds after which a silent server is given up here; users give it a minute or ten.
_PATIENCE = 1.0
#: Seconds that a pause before a retry may have.
_PAUSE = 0.01


def measure(*, quick: bool) -> list[Figure]:
    """Run them in a fresh process and look at it after each brief."""
    briefs = _QUICK_BRIEFS if quick else _BRIEFS
    answer = {"tokens": _PIECES, "token_length": _PIECE_LENGTH, "trouble": _TROUBLE}
    with fake_server(**answer, parallel=_SLOTS, context_length=_CONTEXT) as url:
        run = worker("soak", url, str(briefs))
    count = briefs * len(DELIVERABLES)
    ends = ", ".join(f"{number} {name}" for name, number in sorted(run["ends"].items()))
    warm, peak = run["warm"], run["peak"]
    return [
        Figure(
            what=f"soak: {count:,} deliverables, 5 % faults: unfinished",
            value=str(count - sum(run["ends"].values())),
            target="0",
            detail=f"{ends}; {run['faults']:,} faults met in {run['seconds']:.0f} s",
        ),
        Figure(
            what=f"soak: memory growth after the first {_WARM:,}",
            value=f"{(peak['memory'] / warm['memory'] - 1) * 100:.1f} %",
            target="< 5 %",
            detail=f"{warm['memory']:.1f} MB to at most {peak['memory']:.1f} MB",
        ),
        Figure(
            what="soak: growth of open files after that",
            value=str(peak["files"] - warm["files"]),
            target=f"<= {_SLOTS}",
            detail=f"{warm['files']} to at most {peak['files']}, {run['files_left']} when closed",
        ),
        Figure(
            what="soak: tasks left at the end",
            value=str(run["tasks_left"]),
            target="0",
            detail=f"at most {peak['tasks']} while it ran",
        ),
    ]


def work(url: str, briefs: str) -> dict[str, Any]:
    """Write the briefs; give what became of them and how large the process was."""
    return asyncio.run(_soak(url, int(briefs)))


async def _soak(url: str, briefs: int) -> dict[str, Any]:
    from docgen_core.engine import workshop
    from docgen_core.lmstudio.retry import RetryPolicy

    hasty = functools.partial(
        RetryPolicy, base_soon=_PAUSE, base_later=_PAUSE, cap_soon=_PAUSE, cap_later=_PAUSE
    )
    with mock.patch.object(workshop, "RetryPolicy", hasty):
        return await _run(url, briefs)


async def _run(url: str, briefs: int) -> dict[str, Any]:
    from docgen_core import CompletionMode, OrchestrationConfig, OrchestrationEngine
    from docgen_core.events import AttemptFailed, Event

    config = OrchestrationConfig(
        lm_studio_base_url=url,
        server="lmstudio",
        completion_mode=CompletionMode.BATCH,
        first_token_timeout=_PATIENCE,
        request_timeout=_PATIENCE,
    )
    ends: Counter[str] = Counter()
    faults: Counter[str] = Counter()

    def count(event: Event) -> None:
        if isinstance(event, AttemptFailed):
            faults[type(event.error).__name__] += 1

    started = time.perf_counter()
    before = len(asyncio.all_tasks())
    warm, peak = dict[str, float](), dict[str, float]()
    async with OrchestrationEngine(config, listeners=[count]) as engine:
        async for result in engine.aorchestrate_many(short_briefs(briefs), DELIVERABLES):
            for item in result.deliverable_results:
                ends["done" if item.success else type(item.error).__name__] += 1
            now = _size()
            if ends.total() < _WARM:
                continue
            warm = warm or now
            peak = {key: max(value, peak.get(key, 0)) for key, value in now.items()}
    gc.collect()
    return {
        "ends": ends,
        "faults": faults.total(),
        "seconds": time.perf_counter() - started,
        "warm": warm,
        "peak": peak,
        "files_left": _size()["files"],
        "tasks_left": len(asyncio.all_tasks()) - before,
    }


def _size() -> dict[str, float]:
    """This process's resident memory in MB, its open files and its tasks."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "tasks": len(asyncio.all_tasks()),
    }
