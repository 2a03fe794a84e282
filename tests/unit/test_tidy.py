"""Unit tests of `docgen_core.tidy`: what goes, and that nothing else does."""

from __future__ import annotations

from typing import Annotated

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.api import Field, Identity, Reference, tidy


@attrs.frozen(kw_only=True)
class Step:
    id: Annotated[str, Identity("S")] = ""
    name: Annotated[str, Field("the name", limit=20)]
    result: Annotated[str, Field("the result", limit=40)] = ""
    marks: Annotated[tuple[str, ...], Field("marks")] = ()
    after: Annotated[tuple[str, ...], Reference("S", "what comes before")] = ()
    best: Annotated[str, Reference("S", "the best one")] = ""


@attrs.frozen(kw_only=True)
class Plan:
    summary: Annotated[str, Field("the plan", limit=60)] = ""
    block: Annotated[str, Field("a block", lines=True)] = ""
    steps: Annotated[tuple[Step, ...], Field("the steps", least=1)] = ()
    weeks: Annotated[int, Field("weeks")] = 1


def named(*names: str) -> Plan:
    return Plan(steps=tuple(Step(id=f"S{n}", name=name) for n, name in enumerate(names, 1)))


CUT = "Nobody loses a lead and all enquiries are answered in one…"
WORDS = st.sampled_from(
    ["Call", "call.", "Sell it now", "", "TBD", "x" * 20, "Yes. Yes. No", "顧客。"]
)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("All is well.", "All is well."),
        ("One.  Two.\nOne.", "One. Two."),
        ("The firm loses no lead. It answers each enquiry within a day", "The firm loses no lead."),
        ("Nobody loses a lead and all enquiries are answered in one da", CUT),
        ("15 euro a month", "15 euro a month"),
    ],
)
def test_a_text_says_each_sentence_once_and_ends_where_one_does(
    given_text: str, expected: str
) -> None:
    """Repeated sentences go, and so does the end that a limit broke off."""
    assert expected == tidy(Plan(summary=given_text)).summary


def test_a_text_of_several_lines_stays_as_it_is() -> None:
    """A prompt to paste is not one line."""
    assert tidy(Plan(block="One.\n\nOne.\n")).block == "One.\n\nOne.\n"


def test_items_with_the_name_of_an_earlier_one_go() -> None:
    """Case and punctuation make no difference; ids stay with their items."""
    kept = tidy(named("Plan it", "plan it.", "Sell")).steps
    assert [(step.id, step.name) for step in kept] == [("S1", "Plan it"), ("S3", "Sell")]


def test_items_that_say_the_same_under_another_name_go() -> None:
    """A small model that has nothing more to say changes the name only."""
    marks = ("The owner sees which jobs came from which source",)
    steps = [Step(name=name, result="Each lead is kept", marks=marks) for name in ("One", "Two")]
    assert len(tidy(Plan(steps=tuple(steps))).steps) == 1


def test_items_that_share_only_a_few_words_stay() -> None:
    """Two reports may well go from the same person to the same others."""
    steps = [Step(name=name, result="Clerk", marks=("Owner", "weekly")) for name in ("One", "Two")]
    assert len(tidy(Plan(steps=tuple(steps))).steps) == 2


@pytest.mark.parametrize("text", ["", "...", "TBD", "n/a", "[insert name]", "Lorem ipsum dolor"])
def test_list_items_without_content_go(text: str) -> None:
    """A placeholder in a list is no item."""
    step = Step(name="One", marks=("Real", text))
    assert tidy(Plan(steps=(step,))).steps[0].marks == ("Real",)


def test_at_least_one_item_of_a_list_stays() -> None:
    """A list that has to have an item does not become empty."""
    assert len(tidy(named("TBD", "TBD")).steps) == 1


def test_references_to_items_that_went_go_too() -> None:
    """Nothing points at an item that is no longer there."""
    last = Step(id="S3", name="Sell", after=("S2", "S1", "S1", "P9"), best="S2")
    plan = tidy(Plan(steps=(*named("Plan", "Plan").steps, last)))
    assert (plan.steps[-1].after, plan.steps[-1].best) == (("S1", "P9"), "")


@given(st.lists(st.tuples(WORDS, WORDS, st.lists(WORDS, max_size=3)), max_size=6), WORDS)
def test_tidying_twice_changes_nothing_more(
    steps: list[tuple[str, str, list[str]]], summary: str
) -> None:
    """What was tidied is tidy."""
    plan = Plan(
        summary=summary,
        steps=tuple(Step(name=n, result=r, marks=tuple(marks)) for n, r, marks in steps),
    )
    once = tidy(plan)
    assert tidy(once) == once
