"""What builds on what, and the table that shows it, whatever items are called."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen_core.document import merge_sections, words
from docgen_core.document.parse import parse
from docgen_core.document.trace import Item, Kind, Trace, read_trace
from docgen_core.engine.appendices import traceability
from docgen_core.model import Section

KINDS = (
    Kind(prefix="G", section="one", field="goals"),
    Kind(prefix="P", section="two", field="people"),
    Kind(prefix="U", section="three", field="cases", refers_to=("G", "P")),
    Kind(prefix="W", section="four", field="packages", refers_to=("U", "W")),
    Kind(prefix="R", section="four", field="risks", refers_to=("W",)),
)


def item(name: str, *references: str) -> Item:
    return Item(id=name, prefix=name[0], section="", references=references)


def trace(*items: Item, **more: Any) -> Trace:
    return attrs.evolve(Trace(kinds=KINDS, items=items), **more)


def names(items: Iterable[Item]) -> list[str]:
    return [each.id for each in items]


def test_columns_are_the_first_kind_of_each_section_that_builds_on_the_first() -> None:
    """People do not build on goals, and a plan is about packages, not about risks."""
    found = trace(item("G1"), item("P1"), item("U1", "G1"), item("W1", "U1"), item("R1", "W1"))
    assert [kind.prefix for kind in found.columns()] == ["G", "U", "W"]


def test_without_the_first_kind_the_next_one_takes_its_place() -> None:
    """A run of some deliverables only still shows what builds on what."""
    found = trace(item("P1"), item("U1", "P1"), item("W1", "U1"))
    assert [kind.prefix for kind in found.columns()] == ["P", "U", "W"]


def test_items_reach_through_others_and_through_circles() -> None:
    """Packages wait for each other; that must not go on for ever."""
    found = trace(item("G1"), item("U1", "G1"), item("W1", "U1", "W2"), item("W2", "W1"))
    assert names(found.onto(found.by_id["G1"])) == ["U1", "W1", "W2"]


@pytest.mark.parametrize(
    ("items", "unused"),
    [
        ((item("G1"), item("U1")), ["G1"]),
        ((item("G1"), item("U1", "G1")), []),
        ((item("W1"), item("W2")), []),
        ((item("U1", "G9"), item("W1")), ["U1"]),
        ((item("G1"),), []),
    ],
)
def test_an_item_is_unused_where_another_kind_could_use_it(
    items: tuple[Item, ...], unused: list[str]
) -> None:
    """Its own kind does not count, nor a kind that the run has nothing of."""
    assert names(trace(*items).unused()) == unused


def test_references_outside_of_items_count() -> None:
    """A slide that shows a feature uses it."""
    found = trace(item("G1"), item("G2"), loose=(("five", "G1"),), may_refer={"five": ("G",)})
    assert names(found.unused()) == ["G2"]


def test_references_to_nothing_are_told() -> None:
    """With where they come from."""
    found = trace(item("G1"), item("U1", "G1", "P9"), loose=(("five", "G7"),))
    assert list(found.dangling()) == [("", "U1", "P9"), ("five", "", "G7")]


def test_a_trace_survives_its_file() -> None:
    """And what is no trace gives none."""
    found = trace(item("G1"), item("U1", "G1"), loose=(("five", "G1"),), may_refer={"five": ("G",)})
    assert read_trace(json.loads(json.dumps(attrs.asdict(found)))) == found


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_a_damaged_trace_is_none(raw: object) -> None:
    """Whatever the file holds."""
    assert read_trace(raw) is None
    assert read_trace({"kinds": raw, "items": raw, "loose": raw, "may_refer": raw}) is None


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), st.text(max_size=20))
def test_the_table_holds_its_shape_whatever_items_are_called(
    labels: list[str], heading: str
) -> None:
    """Pipes, brackets, anchors and line ends in model text stay text."""
    goals = [
        Item(id=f"G{n}", prefix="G", section="one", label=label)
        for n, label in enumerate(labels, 1)
    ]
    found = trace(*goals, item("U1", "G1"))
    markdown = traceability(found, words("en"), lambda _kind: heading or "Goals")
    tokens = parse(markdown)
    assert [token.type for token in tokens].count("tr_open") == len(labels) + 1
    assert [token.type for token in tokens].count("td_open") == len(labels) * 2
    section = Section(id="appendix", title="Trace", markdown=markdown)
    merged = merge_sections([section], title="T", contents_title=None)
    body = merged.body.partition("\n\n")[2]
    again = merge_sections([attrs.evolve(section, markdown=body)], title="T", contents_title=None)
    assert again.body == merged.body
