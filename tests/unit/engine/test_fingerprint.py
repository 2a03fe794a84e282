"""What counts as the same content, and what as the same question."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from docgen_core.engine.fingerprint import marked, source_of
from docgen_core.model import Draft, InputResult


@attrs.frozen
class Item:
    """Some data."""

    name: str
    tags: frozenset[str] = frozenset()
    other: object = None


def source(data: Any, markdown: str = "x") -> str:
    return source_of(Draft(deliverable="a", markdown=markdown, data=data))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (Item("x", frozenset("ab")), Item("x", frozenset("ba"))),
        (Item("x", other=object()), Item("x", other=object())),
        ((1, 2), [1, 2]),
    ],
)
def test_equal_data_says_the_same(one: object, other: object) -> None:
    """Whatever the order of a set, the address of an object."""
    assert source(one) == source(other)


@pytest.mark.parametrize("other", [Item("y"), Item("x", frozenset("a")), None])
def test_different_data_says_something_else(other: object) -> None:
    """So that what depends on it is asked for again."""
    assert source(Item("x")) != source(other)


def test_data_without_end_is_no_trouble() -> None:
    """A plugin's data may hold itself."""
    endless: list[object] = []
    endless.append(endless)
    assert source(endless) == source(endless)


def test_the_layout_of_an_input_is_not_part_of_the_question() -> None:
    """Neither its text nor its title, only what it says."""
    plain = InputResult(id="a", title="A", markdown="x")
    dressed = InputResult(id="a", title="Ah", markdown="**x**")
    assert marked([plain], {"a": "1"}) == marked([dressed], {"a": "1"})
    assert marked([plain], {"a": "1"}) != marked([plain], {"a": "2"})
