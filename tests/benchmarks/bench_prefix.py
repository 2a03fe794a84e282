"""How much of the prompt text that deliverables share the embedded server took from its cache.

Seven deliverables of one long brief, one after another. What a prompt shares is its longest common
beginning with an earlier one; its tokens are counted by its share of the prompt's length. What the
cache gave is the server's own count.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import Any

from benchmarks.harness import Figure, SkippedError, worker
from benchmarks.pack import DELIVERABLES, long_brief

_SEED = 7

Run = dict[str, Any]


def measure(*, quick: bool) -> list[Figure]:
    """Run the pack once; the figure is made of token counts, which are exact."""
    del quick
    run: Run = worker("prefix", "sequential", pinned=False)
    shared, cached, total = (sum(run[name]) for name in ("shared", "cached", "prompt"))
    if not all(count is not None for count in run["cached"]):
        msg = "the server does not report cached tokens"
        raise SkippedError(msg)
    return [
        Figure(
            what="shared prompt tokens taken from the cache, 7 deliverables",
            value=f"{cached / shared:.0%}",
            target=">= 70%",
            detail=f"{cached} of {shared:.0f}; {total - cached} of {total} evaluated",
        )
    ]


def work(mode: str) -> Run:
    """Write the pack with the embedded server; give its wall time and token counts."""
    from docgen_core import OrchestrationConfig, OrchestrationEngine

    config = OrchestrationConfig(server="embedded", completion_mode=mode, seed=_SEED)
    with OrchestrationEngine(config) as engine:
        if not engine.initialize():
            raise SystemExit(str(engine.error))
        result = engine.orchestrate(long_brief(), DELIVERABLES)
    if result.error_count:
        raise SystemExit(str(next(x.error for x in result.deliverable_results if x.error)))
    results = result.deliverable_results
    usages = [each.usage for each in results if each.usage is not None]
    prompts = [each.prompt_used or "" for each in results]
    counts = [usage.prompt_tokens for usage in usages]
    return {
        "wall": result.total_execution_time,
        "prompt": counts,
        "cached": [usage.cached_tokens for usage in usages],
        "shared": _shared(prompts, counts),
        "completion": sum(usage.completion_tokens for usage in usages),
    }


def _shared(prompts: Sequence[str], counts: Sequence[int]) -> list[float]:
    """For each prompt, the tokens that it begins with in common with an earlier one."""
    shared = []
    for number, (prompt, count) in enumerate(zip(prompts, counts, strict=True)):
        earlier = (_common(prompt, other) for other in prompts[:number])
        shared.append(max(earlier, default=0) / len(prompt) * count)
    return shared


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    same = itertools.takewhile(bool, map(operator.eq, one, other))
    return sum(1 for _ in same)
