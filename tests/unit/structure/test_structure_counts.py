"""A setting says how many items a list has: asked for, in words, and when an answer is read."""

from __future__ import annotations

from typing import Annotated, Any

import attrs
import pytest
from support.shapes import Case

from docgen_core.api import Field
from docgen_core.structure import (
    build,
    check_counts,
    check_schema,
    describe_shape,
    json_schema,
    known_ids,
    shape_of,
    shortfalls,
    with_counts,
)


@attrs.frozen(kw_only=True)
class Stop:
    """A stop of a tour."""

    name: Annotated[str, Field("its name", limit=60)]
    sights: Annotated[tuple[str, ...], Field("what to see", least=1, most=4, setting="sights")] = ()


@attrs.frozen(kw_only=True)
class Tour:
    """What is asked for."""

    stops: Annotated[
        tuple[Stop, ...], Field("the stops", least=2, most=6, setting="count", exact=True)
    ]


@attrs.frozen(kw_only=True)
class Settings:
    """What users may set."""

    count: int = 3
    sights: int | None = None
    name: str = ""
    quick: bool = False
    beyond: int = 7


def stops(number: int) -> dict[str, Any]:
    """An answer with so many stops."""
    return {"stops": [{"name": f"Stop {place}", "sights": ["A"]} for place in range(number)]}


def bounds(**settings: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the schema says of the stops, and of the sights of each."""
    shape = with_counts(shape_of(Tour), Settings(**settings))
    outer = json_schema(shape, {})["properties"]["stops"]
    return outer, outer["items"]["properties"]["sights"]


def test_an_exact_number_is_the_least_and_the_most() -> None:
    """The server's grammar stops at nothing else."""
    outer, _ = bounds(count=4)
    assert (outer["minItems"], outer["maxItems"]) == (4, 4)


def test_a_number_that_is_not_exact_is_the_most() -> None:
    """Also in a class within the class."""
    _, inner = bounds(sights=2)
    assert (inner["minItems"], inner["maxItems"]) == (1, 2)


def test_none_leaves_the_bounds_of_the_class() -> None:
    """A user who set nothing has no wish."""
    _, inner = bounds()
    assert (inner["minItems"], inner["maxItems"]) == (1, 4)


@pytest.mark.parametrize(("count", "kept"), [(1, 2), (0, 2), (-3, 2), (7, 6), (999, 6)])
def test_no_number_reaches_beyond_the_class(count: int, kept: int) -> None:
    """Its bounds are what a grammar bears."""
    outer, _ = bounds(count=count)
    assert (outer["minItems"], outer["maxItems"]) == (kept, kept)


@attrs.frozen(kw_only=True)
class Sights:
    """A list that may be left out."""

    title: Annotated[str, Field("the title")]
    sights: Annotated[
        tuple[str, ...], Field("what to see", least=0, most=4, setting="sights", exact=True)
    ] = ()


def test_none_at_all_leaves_the_field_out() -> None:
    """Where the class may do without; what is written all the same is dropped."""
    shape = with_counts(shape_of(Sights), Settings(sights=0))
    assert json_schema(shape, {})["properties"].keys() == {"title"}
    assert "sights" not in describe_shape(shape, {})
    built = build({"title": "A town", "sights": ["A tower"]}, shape, {})
    assert (built.data.sights, list(shortfalls(shape, built.data))) == ((), [])


def test_the_class_itself_stays_as_it_was() -> None:
    """Another run has other settings."""
    bounds(count=4)
    outer = json_schema(shape_of(Tour), {})["properties"]["stops"]
    assert (outer["minItems"], outer["maxItems"]) == (2, 6)


def test_the_prompt_names_the_number() -> None:
    """For servers that take no schema."""
    text = describe_shape(with_counts(shape_of(Tour), Settings(count=4)), {})
    assert "a list of 4 objects" in text


def test_a_number_that_was_asked_for_stays_where_answers_must_be_short() -> None:
    """Texts give way; other lists do, too."""
    shape = with_counts(shape_of(Tour), Settings(count=4, sights=4))
    outer = json_schema(shape, {}, scale=0.5)["properties"]["stops"]
    assert (outer["minItems"], outer["maxItems"]) == (4, 4)
    assert outer["items"]["properties"]["sights"]["maxItems"] == 2


def test_items_beyond_the_number_are_dropped() -> None:
    """Where no grammar held the model to it."""
    built = build(stops(5), with_counts(shape_of(Tour), Settings(count=3)), {})
    assert [stop.name for stop in built.data.stops] == ["Stop 0", "Stop 1", "Stop 2"]
    assert built.notes == ("stops: items beyond the first 3 were dropped",)


def test_fewer_items_than_asked_for_are_taken_and_told() -> None:
    """What is there is not thrown away, down to what the class needs."""
    shape = with_counts(shape_of(Tour), Settings(count=5))
    built = build(stops(3), shape, {})
    assert (len(built.data.stops), built.notes) == (3, ())
    told = "stops: 3 of the 5 that were asked for; the model wrote fewer, or repeated itself"
    assert list(shortfalls(shape, built.data)) == [told]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_as_many_items_as_asked_for_are_nothing_to_tell(count: int) -> None:
    """Nor are more than the fewest where the number is not exact."""
    shape = with_counts(shape_of(Tour), Settings(count=count, sights=4))
    built = build(stops(count), shape, {})
    assert list(shortfalls(shape, built.data)) == []


def test_fewer_items_than_the_class_needs_are_a_problem() -> None:
    """As without a setting."""
    built = build(stops(1), with_counts(shape_of(Tour), Settings(count=5)), {})
    assert [str(problem) for problem in built.problems] == ["stops: needs 2 items or more, has 1"]


def test_an_answer_may_refer_to_as_many_own_items_as_it_has() -> None:
    """Own ids are numbered up to the number that is asked for."""
    hint = Annotated[tuple[Case, ...], Field("the uses", least=1, most=4, setting="count")]
    shape = with_counts(shape_of(made(hint)), Settings(count=2))
    assert known_ids(shape, [])["UC"] == ("UC1", "UC2")


def made(hint: Any) -> type[Any]:
    """A schema class with one field."""
    cls = attrs.make_class("Made", {"field": attrs.field()}, frozen=True, kw_only=True)
    cls.__annotations__ = {"field": hint}
    return cls


def one(setting: str) -> type[Any]:
    """A schema class whose list names a setting."""
    marker = Field("some texts", least=1, most=6, setting=setting)
    return made(Annotated[tuple[str, ...], marker])


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("cuont", "does not exist; the settings: beyond, count, name, quick, sights"),
        ("name", "is no whole number: its type must be int, or int | None"),
        ("quick", "is no whole number: its type must be int, or int | None"),
        ("beyond", "is 7 by default, and the list has 1 to 6 items"),
    ],
)
def test_a_setting_that_cannot_say_how_many_is_named(setting: str, problem: str) -> None:
    """The plugin's author hears of it, with the field."""
    assert check_counts(one(setting), Settings) == [f"field: the setting {setting!r} {problem}"]


def test_a_field_that_names_a_setting_needs_settings() -> None:
    """A deliverable without any cannot have it."""
    problems = check_counts(one("count"), None)
    assert problems == ["field: the setting 'count' does not exist; the settings: none"]


@pytest.mark.parametrize("setting", ["count", "sights"])
def test_whole_numbers_are_in_order(setting: str) -> None:
    """Also those that may be left out."""
    assert check_counts(one(setting), Settings) == []


def test_a_setting_is_for_lists() -> None:
    """There is nothing to count in a text."""
    cls = made(Annotated[str, Field("a text", setting="count")])
    assert check_schema(cls) == ["field: a setting says how many items a list has; this is no list"]


def test_exact_needs_a_setting() -> None:
    """Without one, `least` and `most` say the number."""
    with pytest.raises(ValueError, match="exact needs a setting"):
        Field("some texts", exact=True)
