from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.engine.schedule import Graph, Progress, Window, window_size

PACK = {
    "problem": (),
    "personas": ("problem",),
    "cases": ("problem", "personas"),
    "outline": ("problem", "cases"),
    "steps": ("outline",),
    "slides": ("outline",),
    "kpis": ("outline",),
}
COSTS = dict.fromkeys(PACK, 1.0)


def simulate(briefs: int, slots: int, seed: int) -> tuple[float, float]:
    """Run the schedule on a virtual clock; return makespan and its lower bound."""
    rng = random.Random(seed)  # noqa: S311 - test data
    times = {(brief, key): rng.lognormvariate(0, 0.5) for brief in range(briefs) for key in PACK}
    graph = Graph.build(PACK, COSTS)
    window = Window(graph, range(briefs), size=window_size(slots))
    running: list[tuple[float, int, tuple[int, str]]] = []
    now, ticket = 0.0, itertools.count()
    while not window.finished:
        while (pick := window.next(total=slots, per_brief=slots)) is not None:
            heapq.heappush(running, (now + times[pick], next(ticket), pick))
        now, _, (brief, key) = heapq.heappop(running)
        window.succeed(brief, key)
    chains = []
    for brief in range(briefs):
        ends: dict[str, float] = {}
        for key, needs in PACK.items():
            ends[key] = max((ends[n] for n in needs), default=0.0) + times[brief, key]
        chains.append(max(ends.values()))
    return now, max(*chains, sum(times.values()) / slots)


def test_the_longest_remaining_path_goes_first() -> None:
    """Of two ready ids, the one that more work waits for is handed out."""
    graph = Graph.build(
        {"short": (), "long": (), "after": ("long",)},
        dict.fromkeys(("short", "long", "after"), 1.0),
    )
    assert Progress(graph).best_ready() == (2.0, "long")


def test_nothing_is_handed_out_before_its_inputs_are_done() -> None:
    """While the only ready id runs, there is nothing to do."""
    window = Window(Graph.build(PACK, COSTS), ["brief"], size=4)
    assert window.next(total=4, per_brief=4) == ("brief", "problem")
    assert window.next(total=4, per_brief=4) is None


def test_a_failure_takes_with_it_what_needs_it_and_nothing_else() -> None:
    """Ids that do not need the failed one stay."""
    graph = Graph.build({"a": (), "b": ("a",), "c": (), "d": ("b",)}, dict.fromkeys("abcd", 1.0))
    progress = Progress(graph)
    progress.start("a")
    assert progress.fail("a") == ("b", "d")
    assert progress.best_ready() == (1.0, "c")


def test_each_open_brief_has_one_request_before_any_has_two() -> None:
    """Slots go to several briefs first: one brief's prompt stays on one slot."""
    graph = Graph.build({"a": (), "b": ()}, {"a": 1.0, "b": 1.0})
    window = Window(graph, ["x", "y"], size=2)
    picks = [window.next(total=4, per_brief=4) for _ in range(4)]
    assert [pick[0] for pick in picks if pick] == ["x", "y", "x", "y"]


def test_briefs_are_pulled_only_when_there_is_room() -> None:
    """Memory stays bounded: no brief is read ahead of need."""
    pulled: list[int] = []

    def source() -> Iterator[int]:
        for number in range(100):
            pulled.append(number)
            yield number

    window = Window(Graph.build({"a": ()}, {"a": 1.0}), source(), size=3)
    window.next(total=3, per_brief=1)
    assert pulled == [0, 1, 2]


@pytest.mark.parametrize("seed", range(20))
def test_one_brief_on_enough_slots_takes_exactly_its_critical_path(seed: int) -> None:
    """No idle time is added to the longest chain."""
    makespan, bound = simulate(1, 4, seed)
    assert makespan == pytest.approx(bound)


def test_many_briefs_stay_within_two_percent_of_the_lower_bound() -> None:
    """Mean over 100 seeds, 32 briefs on 4 slots, on a virtual clock."""
    ratios = [makespan / bound for makespan, bound in (simulate(32, 4, s) for s in range(100))]
    assert sum(ratios) / len(ratios) <= 1.02


@given(
    st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8),
    st.integers(1, 4),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_every_id_of_every_brief_is_handed_out_exactly_once(
    needs: list[list[int]], slots: int, briefs: int, rng: random.Random
) -> None:
    """Whatever the graph, the slots and the order of completion."""
    inputs = {
        str(index): tuple({str(need) for need in row if need < index})
        for index, row in enumerate(needs)
    }
    window = Window(Graph.build(inputs, dict.fromkeys(inputs, 1.0)), range(briefs), size=slots)
    handed: list[tuple[int, str]] = []
    running: list[tuple[int, str]] = []
    while not window.finished:
        while (pick := window.next(total=slots, per_brief=slots)) is not None:
            handed.append(pick)
            running.append(pick)
        assert len(running) <= slots
        window.succeed(*running.pop(rng.randrange(len(running))))
    assert sorted(handed) == sorted((b, key) for b in range(briefs) for key in inputs)
