"""How close the scheduler comes to the least possible makespan, on a virtual clock.

Exact: seven deliverables in their usual graph, four slots, 100 seeds of lognormal durations. In one
set of figures the scheduler knows how long each will take; in the other only how long it usually
takes, which bounds what any scheduler can do. The lower bound is the longer of the longest chain
and of all work spread over the slots.
"""

from __future__ import annotations

import heapq
import random
import statistics
from collections.abc import Mapping

import attrs
from benchmarks.harness import Figure

from docgen_core.engine.schedule import Graph, Progress, Window

_SLOTS = 4
_SIGMA = 0.5
_INPUTS: Mapping[str, tuple[str, ...]] = {
    "problem_statement": (),
    "personas": ("problem_statement",),
    "use_cases": ("problem_statement", "personas"),
    "tool_outline": ("problem_statement", "use_cases"),
    "implementation_instructions": ("tool_outline",),
    "presentation_prompt": ("tool_outline",),
    "effectiveness_assessment": ("tool_outline",),
}
_USUAL = dict(zip(_INPUTS, (4.0, 7.0, 9.0, 8.0, 10.0, 7.0, 6.0), strict=True))

Durations = list[dict[str, float]]


@attrs.frozen(kw_only=True)
class _Outcome:
    """Of one simulated run, both in units of the lower bound."""

    makespan: float
    first_brief: float


def measure(*, quick: bool) -> list[Figure]:
    """Simulate runs of 1, 4, 8 and 32 briefs."""
    seeds = range(10 if quick else 100)
    figures: list[Figure] = []
    for known in (True, False):
        for briefs in (1, 4, 8, 32):
            outcomes = [_simulate(_draw(briefs, seed), known=known) for seed in seeds]
            figures.append(_makespan(briefs, [each.makespan for each in outcomes], known=known))
    return [*figures, _first(briefs, [each.first_brief for each in outcomes])]


def _makespan(briefs: int, ratios: list[float], *, known: bool) -> Figure:
    lengths = "known" if known else "estimated"
    return Figure(
        what=f"makespan / lower bound, {_SLOTS} slots, lengths {lengths}, {briefs} brief(s)",
        value=f"{statistics.mean(ratios):.3f}x",
        spread=f"{min(ratios):.2f}-{max(ratios):.2f}",
        target="<= 1.02x" if known else "",
        detail=f"mean of {len(ratios)} seeds, virtual clock",
    )


def _first(briefs: int, ratios: list[float]) -> Figure:
    return Figure(
        what=f"first finished brief / bound, lengths estimated, {briefs} briefs",
        value=f"{statistics.mean(ratios):.3f}x",
        spread=f"{min(ratios):.2f}-{max(ratios):.2f}",
        target="<= 0.15x",
        detail=f"mean of {len(ratios)} seeds, virtual clock",
    )


def _draw(briefs: int, seed: int) -> Durations:
    source = random.Random(seed)  # noqa: S311 - a simulation
    return [
        {key: usual * source.lognormvariate(0, _SIGMA) for key, usual in _USUAL.items()}
        for _ in range(briefs)
    ]


def _simulate(durations: Durations, *, known: bool) -> _Outcome:
    window = Window(Graph.build(_INPUTS, _USUAL), range(len(durations)), size=_SLOTS)
    told = {brief: Graph.build(_INPUTS, drawn) for brief, drawn in enumerate(durations) if known}
    running: list[tuple[float, int, str]] = []
    now = first = 0.0
    while not window.finished:
        _tell(window, told)
        while (pick := _pick(window)) is not None:
            brief, key = pick
            heapq.heappush(running, (now + durations[brief][key], brief, key))
        now, brief, key = heapq.heappop(running)
        if window.succeed(brief, key) and not first:
            first = now
    bound = _lower_bound(durations)
    return _Outcome(makespan=now / bound, first_brief=first / bound)


def _tell(window: Window[int], graphs: dict[int, Graph]) -> None:
    """Give briefs that have just been opened a graph with their true lengths."""
    for brief in window.open.keys() & graphs.keys():
        window.open[brief] = Progress(graphs.pop(brief))


def _pick(window: Window[int]) -> tuple[int, str] | None:
    """As the engine does where slots pay: one request for each brief first, then more."""
    one_each = window.next(total=_SLOTS, per_brief=1)
    return one_each or window.next(total=_SLOTS, per_brief=_SLOTS)


def _lower_bound(durations: Durations) -> float:
    chains = (max(Graph.build(_INPUTS, drawn).ranks.values()) for drawn in durations)
    work = sum(sum(drawn.values()) for drawn in durations)
    return max(*chains, work / _SLOTS)
