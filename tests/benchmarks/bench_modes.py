"""Wall time of BATCH against SEQUENTIAL: seven deliverables of one long brief, embedded server."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from benchmarks.bench_prefix import Run
from benchmarks.harness import Figure, figure, interleave, worker


def measure(*, quick: bool) -> list[Figure]:
    """Run the pack in both modes, a fresh server each time."""
    runs = interleave({mode: _subject(mode) for mode in ("batch", "sequential")}, 1 if quick else 3)
    ratios = [
        batch["wall"] / one["wall"]
        for batch, one in zip(runs["batch"], runs["sequential"], strict=True)
    ]
    walls = (statistics.median(run["wall"] for run in runs[mode]) for mode in runs)
    detail = " / ".join(f"{wall:.1f} s" for wall in walls)
    evaluated = [_evaluated(runs["batch"][0]), _evaluated(runs["sequential"][0])]
    return [
        Figure(
            what="prompt tokens evaluated, BATCH / SEQUENTIAL",
            value=f"{evaluated[0] / evaluated[1]:.2f}x",
            detail=f"{evaluated[0]} / {evaluated[1]}",
        ),
        figure(
            "wall of BATCH / SEQUENTIAL, 7 deliverables", ratios, target="<= 1.05x", detail=detail
        ),
    ]


def _evaluated(run: Run) -> int:
    return sum(run["prompt"]) - sum(cached or 0 for cached in run["cached"])


def _subject(mode: str) -> Callable[[], Run]:
    def run() -> Run:
        measured: Run = worker("prefix", mode, pinned=False)
        return measured

    return run
