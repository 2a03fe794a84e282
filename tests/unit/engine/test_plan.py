from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from docgen_core.engine.plan import make_plan
from docgen_core.errors import PlanError, PluginLoadError
from docgen_core.model import Deliverable


def lookup_of(**needs: Sequence[str]) -> Callable[[str, str], Deliverable]:
    """A lookup over deliverables that need what the keyword says."""
    items = {
        key: Deliverable(id=key, title=key.title(), summary="", needs=value)
        for key, value in needs.items()
    }
    return lambda key, _needed_by: items[key]


def test_what_is_needed_stands_before_what_needs_it() -> None:
    """Order follows the needs, whatever order was asked for."""
    plan = make_plan(["c", "a"], lookup_of(a=(), b=("a",), c=("b",)))
    assert plan.order == ("a", "b", "c")


def test_needed_deliverables_are_added_and_named() -> None:
    """The plan closes over needs and says what nobody asked for."""
    plan = make_plan(["c"], lookup_of(a=(), b=("a",), c=("b",)))
    assert plan.added == ("a", "b")


def test_ties_follow_the_order_that_was_asked_for() -> None:
    """Independent deliverables keep the user's order."""
    plan = make_plan(["z", "m", "a"], lookup_of(a=(), m=(), z=()))
    assert plan.order == ("z", "m", "a")


def test_used_deliverables_enter_only_if_they_are_part_of_the_run() -> None:
    """`uses` adds an edge, never a deliverable."""
    items = {
        "a": Deliverable(id="a", title="A", summary=""),
        "b": Deliverable(id="b", title="B", summary="", uses=("a",)),
    }
    alone = make_plan(["b"], lambda key, _: items[key])
    together = make_plan(["b", "a"], lambda key, _: items[key])
    assert (alone.inputs["b"], together.inputs["b"]) == ((), ("a",))


def test_inputs_stand_in_reading_order() -> None:
    """A fixed order of inputs keeps the shared start of the prompts the same."""
    plan = make_plan(["c"], lookup_of(a=(), b=("a",), c=("b", "a")))
    assert plan.inputs["c"] == ("a", "b")


def test_a_cycle_is_named() -> None:
    """The message shows the circle."""
    with pytest.raises(PlanError, match=r"a -> b -> a|b -> a -> b"):
        make_plan(["a"], lookup_of(a=("b",), b=("a",)))


def _broken(key: str, _needed_by: str) -> Deliverable:
    if key == "bad":
        raise PluginLoadError("bad failed to import")
    needs = {"good": (), "victim": ("bad",), "last": ("victim",)}[key]
    return Deliverable(id=key, title=key, summary="", needs=needs)


def test_a_broken_plugin_stops_what_was_asked_for() -> None:
    """An explicit wish that cannot be met is an error."""
    with pytest.raises(PluginLoadError):
        make_plan(["good", "victim"], _broken)


def test_a_tolerant_plan_leaves_out_what_a_broken_plugin_would_have_fed() -> None:
    """Only what needs the broken one is lost, however far away."""
    plan = make_plan(["good", "last", "victim"], _broken, tolerant=True)
    assert plan.order == ("good",)
    assert set(plan.broken) == {"bad", "victim", "last"}
    assert "needs bad" in str(plan.broken["victim"])


def test_the_lookup_is_told_which_deliverable_needs_the_id() -> None:
    """Messages can say who needs what."""
    asked: list[tuple[str, str]] = []

    def lookup(key: str, needed_by: str) -> Deliverable:
        asked.append((key, needed_by))
        return Deliverable(id=key, title=key, summary="", needs=("a",) if key == "b" else ())

    make_plan(["b"], lookup)
    assert asked == [("b", ""), ("a", "b")]


def test_a_tolerant_plan_with_nothing_left_is_the_reason_s_error() -> None:
    """There is nothing to write, so the broken plugin is what to tell."""
    with pytest.raises(PluginLoadError, match="bad failed"):
        make_plan(["bad"], _broken, tolerant=True)


def test_a_tolerant_plan_leaves_out_a_cycle_and_what_needs_it() -> None:
    """Two plugins that need each other stop nothing that has no part in it."""
    needs = lookup_of(a=("b",), b=("a",), c=("a",), d=(), x=("y",), y=("x",))
    plan = make_plan(["a", "b", "c", "d", "x", "y"], needs, tolerant=True)
    assert plan.order == ("d",)
    assert set(plan.broken) == {"a", "b", "c", "x", "y"}
    assert isinstance(plan.broken["a"], PlanError)
    assert "circle" in str(plan.broken["c"])


def test_a_tolerant_plan_that_is_one_cycle_is_an_error() -> None:
    """There is nothing to write."""
    with pytest.raises(PlanError, match="in a circle"):
        make_plan(["a", "b"], lookup_of(a=("b",), b=("a",)), tolerant=True)
