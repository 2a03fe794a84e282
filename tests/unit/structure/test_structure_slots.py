"""Checking schema classes, and deriving from them what is sent to the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import attrs
import pytest
from support.shapes import Case, Cases, People

from docgen_core.api import Field, Identity, Reference
from docgen_core.structure import check_schema, json_schema
from docgen_core.structure.slots import DEPTH, own_prefixes, shape_of


def made(**hints: Any) -> type[Any]:
    """A schema class with these annotations and no defaults."""
    fields: dict[str, Any] = {name: attrs.field() for name in hints}
    cls = attrs.make_class("Made", fields, frozen=True, kw_only=True)
    cls.__annotations__ = hints
    return cls


def deep(levels: int) -> type[Any]:
    """A class with so many levels of classes."""
    inner = made(a=Annotated[str, Field("a text")])
    for _ in range(levels - 1):
        inner = made(a=Annotated[inner, Field("the next")])
    return inner


WRONG = {
    "a: it needs one description": made(a=str),
    "a: int | None is not supported": made(a=Annotated[float, Field("x")]),
    "a: a union is not supported": made(a=Annotated[str | None, Field("x")]),
    "a: a list is written tuple": made(a=Annotated[tuple[str, str], Field("x")]),
    "a: a list holds": made(a=Annotated[tuple[int, ...], Field("x")]),
    "a: list is not supported": made(a=Annotated[list[str], Field("x")]),
    "a: limit must be 1 to": made(a=Annotated[str, Field("x", limit=5000)]),
    "a: a list has 1 to": made(a=Annotated[tuple[str, ...], Field("x", most=900)]),
    "a: least and most are for": made(a=Annotated[str, Field("x", least=2)]),
    'a: a Reference needs the default ""': made(a=Annotated[str, Reference("P", "x")]),
    "a: a Reference needs the default ()": made(a=Annotated[tuple[str, ...], Reference("P", "x")]),
    'a: an Identity is a str with the default ""': made(a=Annotated[str, Identity("P")]),
    "the schema is not an attrs class": int,
    "it has no field": made(),
    f"deeper than {DEPTH} classes": deep(DEPTH + 1),
}
WRONG["a: float is not supported"] = WRONG.pop("a: int | None is not supported")


@pytest.mark.parametrize("problem", WRONG)
def test_a_class_that_cannot_be_asked_for_is_told(problem: str) -> None:
    """Each problem names the field and what would be right."""
    assert any(problem in found for found in check_schema(WRONG[problem]))


@pytest.mark.parametrize("cls", [Cases, People, deep(DEPTH)])
def test_a_class_in_order_has_no_problems(cls: type[Any]) -> None:
    """What the documentation allows is allowed."""
    assert check_schema(cls) == []


def test_a_class_must_be_keyword_only() -> None:
    """Its objects are built by the names of the fields."""
    cls = attrs.make_class("Made", ["a"])
    cls.__annotations__ = {"a": Annotated[str, Field("x")]}
    assert "kw_only" in check_schema(cls)[0]


def test_reading_a_class_that_is_not_in_order_fails() -> None:
    """Nothing is derived from half a class."""
    with pytest.raises(TypeError, match="needs one description"):
        shape_of(made(a=str))


def nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All schema nodes, depth first."""
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from nodes(inner)
    if "items" in schema:
        yield from nodes(schema["items"])


IDS: dict[str, tuple[str, ...]] = {"P": ("P1", "P2")}


def test_the_schema_stays_within_the_subset() -> None:
    """No word that a server's grammar ignores or refuses, and nothing without a bound."""
    text = json.dumps(json_schema(shape_of(Cases), IDS))
    assert not any(word in text for word in ("$ref", "pattern", "format", "imum", "title", "anyOf"))
    for node in nodes(json_schema(shape_of(Cases), IDS)):
        if node["type"] == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
        if node["type"] == "array":
            assert 0 < node["maxItems"] <= 40
        if node["type"] == "string":
            assert "enum" in node or 0 < node["maxLength"] < 2000


def test_fields_keep_the_order_of_the_class() -> None:
    """What stands first is written first, also when the answer is cut off."""
    assert list(json_schema(shape_of(Cases), {})["properties"]) == [
        "summary",
        "cases",
        "days",
        "script",
        "ready",
    ]


def case_of(ids: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """The schema's properties of one case."""
    properties: dict[str, Any] = json_schema(shape_of(Cases), ids)["properties"]["cases"]["items"][
        "properties"
    ]
    return properties


def test_identities_are_not_asked_for() -> None:
    """The core numbers the items."""
    assert "id" not in case_of(IDS)


def test_references_are_enums_of_the_ids_that_exist() -> None:
    """A grammar made of it cannot write another."""
    assert case_of(IDS)["actor"]["enum"] == ["P1", "P2"]
    assert case_of(IDS)["helpers"]["items"]["enum"] == ["P1", "P2"]


def test_references_without_ids_are_left_out() -> None:
    """There is nothing that they could name."""
    assert not {"actor", "helpers", "after"} & set(case_of({}))


def test_a_small_whole_number_is_an_enum() -> None:
    """Bounds of numbers are not held by every grammar; enums are."""
    assert case_of({})["weight"] == {
        "type": "integer",
        "enum": [1, 2, 3, 4, 5],
        "description": "1 for low to 5 for high",
    }


def test_descriptions_stand_in_the_schema() -> None:
    """Servers that show the schema to the model show them too."""
    assert (
        json_schema(shape_of(Cases), {})["properties"]["summary"]["description"]
        == "what it is about"
    )


def test_single_fields_can_be_asked_for() -> None:
    """The last way out asks for one field at a time."""
    assert list(json_schema(shape_of(Cases), {}, only={"days"})["properties"]) == ["days"]


def test_a_smaller_scale_asks_for_less() -> None:
    """After an answer that was too long, bounds come down, the fewest items stay."""
    small = json_schema(shape_of(Cases), {}, scale=0.5)["properties"]
    assert small["summary"]["maxLength"] == 141
    assert small["cases"]["maxItems"] == 2


def test_own_prefixes_tell_what_a_deliverable_numbers() -> None:
    """With the most items that there may be."""
    assert list(own_prefixes(shape_of(Cases))) == [("UC", 4)]
    assert shape_of(Case).identity is not None
