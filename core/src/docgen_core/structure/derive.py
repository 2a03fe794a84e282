"""Derives the JSON Schema that a server's grammar is built from, in the subset that holds.

The subset, from what servers refuse or ignore: objects, arrays, texts, whole numbers, enums; no
`$ref`, pattern, format or bounds on numbers; every list and text bounded; every field required.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from docgen_core.structure.slots import Shape, Slot, shape_of

__all__ = ["asked_slots", "json_schema", "scaled"]

Ids = Mapping[str, tuple[str, ...]]

#: A whole number with so few values is asked for as an enum, which every grammar holds.
_FEW = 21
_SHORTEST = 60


def json_schema(
    cls: type[Any], ids: Ids, *, only: Collection[str] | None = None, scale: float = 1.0
) -> dict[str, Any]:
    """The JSON Schema of what the model is to write.

    Args:
        cls: The schema class.
        ids: The ids that exist, by prefix; references to prefixes without any are left out.
        only: Names of the top-level fields to ask for; None for all.
        scale: Less than 1 for shorter texts and lists.

    Returns:
        Plain data. The same arguments give the same data.
    """
    import msgspec

    struct = _struct(shape_of(cls), ids, scale, itertools.count(1), only)
    schema = msgspec.json.schema(struct)
    reduced: dict[str, Any] = _reduced(schema, schema.get("$defs", {}))
    return reduced


def asked_slots(shape: Shape, ids: Ids) -> Iterator[Slot]:
    """The fields that the model is asked for."""
    for slot in shape.slots:
        if slot.kind == "identity" or (slot.kind == "reference" and not ids.get(slot.prefix)):
            continue
        yield slot


def scaled(slot: Slot, scale: float) -> tuple[int, int]:
    """The most characters and the most items of a field, made smaller by `scale`.

    Lists give way sooner than texts: a sentence that is cut in the middle says nothing.
    """
    limit = max(min(_SHORTEST, slot.limit), int(slot.limit * math.sqrt(scale)))
    return limit, max(slot.least or 1, int((slot.most or 1) * scale))


def _struct(
    shape: Shape,
    ids: Ids,
    scale: float,
    numbers: Iterator[int],
    only: Collection[str] | None = None,
) -> Any:  # noqa: ANN401 - a class made on the fly
    """The class as msgspec knows it, without what the model is not asked for."""
    import msgspec

    fields = [
        (slot.name, _annotation(slot, ids, scale, numbers))
        for slot in asked_slots(shape, ids)
        if only is None or slot.name in only
    ]
    # A number in the name: two classes of one name would become one definition.
    name = f"{shape.cls.__name__}{next(numbers)}"
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, kw_only=True)


def _annotation(slot: Slot, ids: Ids, scale: float, numbers: Iterator[int]) -> Any:  # noqa: ANN401
    import msgspec

    limit, most = scaled(slot, scale)
    inner: Any
    if slot.kind == "text":
        inner = Annotated[str, msgspec.Meta(min_length=1, max_length=limit)]
    elif slot.kind == "group" and slot.shape is not None:
        inner = _struct(slot.shape, ids, scale, numbers)
    else:
        inner = _simple(slot, ids)
    if slot.many:
        bounds = msgspec.Meta(min_length=slot.least or 0, max_length=most)
        inner = Annotated[list[inner], bounds]
    return Annotated[inner, msgspec.Meta(description=slot.description)]


def _simple(slot: Slot, ids: Ids) -> Any:  # noqa: ANN401 - a type
    if slot.kind == "reference":
        return Literal[ids[slot.prefix]]
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
