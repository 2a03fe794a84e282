"""Derives the JSON Schema that a server's grammar is built from, in the subset that holds.

The subset, from what servers refuse or ignore: objects, arrays, texts, whole numbers, enums; no
`$ref`, pattern, format or bounds on numbers; every list and text bounded; every field required.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, cast

import attrs

from docgen_core.structure.slots import Shape, Slot, shape_of

__all__ = ["asked_slots", "items_between", "json_schema", "longest"]

Ids = Mapping[str, tuple[str, ...]]

#: A whole number with so few values is asked for as an enum, which every grammar holds.
_FEW = 21
_SHORTEST = 60
_UNKNOWN: Final = "?"


def json_schema(
    shape: Shape, ids: Ids, *, only: Collection[str] | None = None, scale: float = 1.0
) -> dict[str, Any]:
    """The JSON Schema of what the model is to write.

    Args:
        shape: The schema class, as `shape_of` or `with_counts` gives it.
        ids: The ids that exist, by prefix; references to prefixes without any are left out.
        only: Names of the top-level fields to ask for; None for all.
        scale: Less than 1 for shorter texts and lists.

    Returns:
        Plain data. The same arguments give the same data.
    """
    names = [slot.name for slot in shape.slots] if only is None else only
    return _fitted(_whole(cast("Hashable", shape.cls)), shape, ids, scale, names)


# Deriving takes milliseconds, and a run asks for the same few classes thousands of times.
@functools.lru_cache(maxsize=64)
def _whole(cls: Any) -> dict[str, Any]:  # noqa: ANN401 - a class, and hashable
    """The schema of a class with all its fields; `_UNKNOWN` stands for ids."""
    import msgspec

    schema = msgspec.json.schema(_struct(shape_of(cls), itertools.count(1)))
    return _reduced(schema, schema.get("$defs", {}))


def _fitted(
    schema: Mapping[str, Any], shape: Shape, ids: Ids, scale: float, names: Collection[str]
) -> dict[str, Any]:
    """A copy with the fields that are asked for, the ids that exist, and smaller bounds."""
    properties = {
        slot.name: _field(schema["properties"][slot.name], slot, ids, scale)
        for slot in asked_slots(shape, ids)
        if slot.name in names
    }
    return {**schema, "properties": properties, "required": list(properties)}


def _field(node: Mapping[str, Any], slot: Slot, ids: Ids, scale: float) -> dict[str, Any]:
    if slot.many:
        one = _field(node["items"], attrs.evolve(slot, many=False), ids, scale)
        least, most = items_between(slot, scale)
        return {**node, "items": one, "maxItems": most} | ({"minItems": least} if least else {})
    if slot.kind == "text":
        return {**node, "maxLength": longest(slot, scale)}
    if slot.kind in {"reference", "choice"}:
        # In their own order: msgspec sorts the values.
        return {**node, "enum": list(slot.choices or ids[slot.prefix])}
    if slot.shape is not None:
        inner = [each.name for each in slot.shape.slots]
        return _fitted(node, slot.shape, ids, scale, inner)
    return dict(node)


def asked_slots(shape: Shape, ids: Ids) -> Iterator[Slot]:
    """The fields that the model is asked for."""
    for slot in shape.slots:
        if slot.kind == "identity" or (slot.kind == "reference" and not ids.get(slot.prefix)):
            continue
        if slot.many and slot.most == 0 and slot.optional:  # a setting says: none
            continue
        yield slot


def longest(slot: Slot, scale: float) -> int:
    """The most characters of a text, made fewer by `scale`."""
    return max(min(_SHORTEST, slot.limit), int(slot.limit * math.sqrt(scale)))


def items_between(slot: Slot, scale: float) -> tuple[int, int]:
    """The fewest and the most items to ask for in a list, made fewer by `scale`.

    Lists give way sooner than texts: a sentence that is cut in the middle says nothing. A number
    that a person asked for stays.
    """
    least = max(slot.least or 0, slot.asked)
    return least, max(least, 1, int((slot.most or 1) * scale))


def _struct(shape: Shape, numbers: Iterator[int]) -> Any:  # noqa: ANN401 - a class made on the fly
    """The class as msgspec knows it, without what the model is never asked for."""
    import msgspec

    fields = [
        (slot.name, _annotation(slot, numbers)) for slot in shape.slots if slot.kind != "identity"
    ]
    # A number in the name: two classes of one name would become one definition.
    name = f"{shape.cls.__name__}{next(numbers)}"
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, kw_only=True)


def _annotation(slot: Slot, numbers: Iterator[int]) -> Any:  # noqa: ANN401 - a type
    import msgspec

    inner: Any
    if slot.kind == "text":
        inner = Annotated[str, msgspec.Meta(min_length=1, max_length=slot.limit)]
    elif slot.shape is not None:
        inner = _struct(slot.shape, numbers)
    else:
        inner = _simple(slot)
    if slot.many:
        bounds = msgspec.Meta(min_length=slot.least or 0, max_length=slot.most)
        inner = Annotated[list[inner], bounds]
    return Annotated[inner, msgspec.Meta(description=slot.description)]


def _simple(slot: Slot) -> Any:  # noqa: ANN401 - a type
    if slot.kind == "reference":
        return Literal[_UNKNOWN]
    if slot.kind == "choice":
        return Literal[slot.choices]
    if slot.kind == "flag":
        return bool
    if slot.least is not None and slot.most is not None and slot.most - slot.least < _FEW:
        return Literal[tuple(range(slot.least, slot.most + 1))]
    return int


_BOUNDS: Final = ("minItems", "maxItems", "minLength", "maxLength")
_KEPT: Final = frozenset(
    ("type", "properties", "required", "items", "enum", "description", *_BOUNDS)
)


def _reduced(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The node with its references replaced by what they name, and only what servers know."""
    if "$ref" in node:
        named = definitions[node["$ref"].rpartition("/")[2]]
        node = {**named, **{key: value for key, value in node.items() if key != "$ref"}}
    kept = {key: value for key, value in node.items() if key in _KEPT and value != 0}
    if "additionalProperties" in node:
        kept["additionalProperties"] = False
    if "properties" in kept:
        kept["properties"] = {
            name: _reduced(inner, definitions) for name, inner in kept["properties"].items()
        }
    if "items" in kept:
        kept["items"] = _reduced(kept["items"], definitions)
    if "enum" in kept:
        kept.setdefault("type", "integer" if isinstance(kept["enum"][0], int) else "string")
    return kept
