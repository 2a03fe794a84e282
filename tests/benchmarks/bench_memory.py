"""Memory growth of one process that writes 5,000 briefs of 2 KB, seven deliverables each.

Answers of about 1 KB come from the fake server in another process. Growth counts from the moment
when everything is imported and warm: a fiftieth of the way.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Figure, fake_server, worker
from benchmarks.pack import DELIVERABLES, short_briefs

_BRIEFS = 5000
_QUICK_BRIEFS = 200
_WARM = 50
_SLOTS = 8
_PIECES, _PIECE_LENGTH = 20, 50
_CONTEXT = 32768


def measure(*, quick: bool) -> list[Figure]:
    """Run them in a fresh process and look at its resident memory after each brief."""
    briefs = _QUICK_BRIEFS if quick else _BRIEFS
    answer = {"tokens": _PIECES, "token_length": _PIECE_LENGTH}
    with fake_server(**answer, parallel=_SLOTS, context_length=_CONTEXT) as url:
        run = worker("memory", url, str(briefs))
    each = run["cpu"] / (briefs * len(DELIVERABLES)) * 1000
    return [
        Figure(
            what=f"memory growth over {briefs:,} briefs x {len(DELIVERABLES)}",
            value=f"{run['peak'] - run['warm']:.1f} MB",
            target="<= 5 MB",
            detail=f"{run['warm']:.0f} MB when warm, {each:.1f} ms CPU per deliverable",
        )
    ]


def work(url: str, briefs: str) -> dict[str, float]:
    """Write the briefs; give resident memory when warm and at its peak after that, in MB."""
    count = int(briefs)
    started = time.process_time()
    sizes = list(_sizes(url, count))
    warm = count // _WARM
    return {
        "warm": sizes[warm],
        "peak": max(sizes[warm:]),
        "cpu": time.process_time() - started,
    }


def _sizes(url: str, count: int) -> Iterator[float]:
    """Resident memory after each finished brief."""
    from docgen_core import CompletionMode, OrchestrationConfig, OrchestrationEngine

    config = OrchestrationConfig(
        lm_studio_base_url=url, server="lmstudio", completion_mode=CompletionMode.BATCH
    )
    with OrchestrationEngine(config) as engine:
        for result in engine.orchestrate_many(short_briefs(count), DELIVERABLES):
            if result.error_count:
                raise SystemExit(str(next(x.error for x in result.deliverable_results if x.error)))
            yield _resident()


def _resident() -> float:
    """This process's resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
