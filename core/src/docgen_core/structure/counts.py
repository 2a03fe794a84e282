"""Lets settings say how many items the lists of a schema class have, within its own bounds."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

import attrs

from docgen_core.structure.slots import Shape, Slot, check_schema, shape_of

__all__ = ["check_counts", "shortfalls", "with_counts"]


def with_counts(shape: Shape, settings: object) -> Shape:
    """The schema class with the numbers that the user's settings give to its lists.

    Args:
        shape: The class as read.
        settings: The settings object of the deliverable, or None.

    Returns:
        The same class with closer bounds. No number reaches beyond what the class allows.
    """
    return attrs.evolve(shape, slots=tuple(_counted(slot, settings) for slot in shape.slots))


def _counted(slot: Slot, settings: object) -> Slot:
    if slot.shape is not None:
        slot = attrs.evolve(slot, shape=with_counts(slot.shape, settings))
    number = getattr(settings, slot.setting, None) if slot.setting else None
    if type(number) is not int:
        return slot
    most = max(slot.least or 0, min(number, slot.most or number))
    return attrs.evolve(slot, most=most, asked=most if slot.exact else 0)


def shortfalls(shape: Shape, data: Any) -> Iterator[str]:  # noqa: ANN401 - of the shape's class
    """Say which lists have fewer items than were asked for.

    One item too few is no reason to throw the others away or to ask again: it is told.

    Args:
        shape: What `with_counts` gave.
        data: An object of its class.
    """
    for slot in shape.slots:
        value = getattr(data, slot.name)
        if slot.many and len(value) < slot.asked:
            held = f"{slot.name}: {len(value)} of the {slot.asked} that were asked for"
            yield f"{held}; the model wrote fewer, or repeated itself"
        if slot.shape is not None:
            for inner in value if slot.many else (value,):
                yield from () if inner is None else shortfalls(slot.shape, inner)


def check_counts(schema: type[Any], settings: type[Any] | None) -> list[str]:
    """Say which fields of a schema class name a setting that cannot say how many, one line each.

    Args:
        schema: What a plugin declares as `Deliverable(schema=...)`; one that is not in order
            has no lines here.
        settings: What it declares as `Deliverable(settings=...)`.
    """
    if check_schema(schema):
        return []
    counted = list(_settings_of(shape_of(schema), ""))
    kinds = _kinds(settings) if counted and settings is not None else {}
    return [
        f"{path}: the setting {slot.setting!r} {problem}"
        for path, slot in counted
        if (problem := _problem(slot, kinds))
    ]


def _settings_of(shape: Shape, path: str) -> Iterator[tuple[str, Slot]]:
    for slot in shape.slots:
        where = f"{path}.{slot.name}" if path else slot.name
        if slot.setting:
            yield where, slot
        if slot.shape is not None:
            yield from _settings_of(slot.shape, where)


def _kinds(settings: type[Any]) -> dict[str, tuple[object, object]]:
    """The type and the default of each setting, by name."""
    try:
        hints = typing.get_type_hints(settings)
    except (NameError, TypeError, AttributeError, SyntaxError):
        hints = {}
    fields = attrs.fields(settings) if attrs.has(settings) else ()
    return {field.name: (hints.get(field.name, field.type), field.default) for field in fields}


def _problem(slot: Slot, kinds: dict[str, tuple[object, object]]) -> str:
    if slot.setting not in kinds:
        return "does not exist; the settings: " + (", ".join(sorted(kinds)) or "none")
    kind, default = kinds[slot.setting]
    if kind is not int and not _whole_or_none(kind):
        return "is no whole number: its type must be int, or int | None"
    least, most = slot.least or 0, slot.most or 0
    if type(default) is int and not least <= default <= most:
        return f"is {default} by default, and the list has {least} to {most} items"
    return ""


def _whole_or_none(kind: object) -> bool:
    is_union = isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union
    return is_union and set(typing.get_args(kind)) == {int, type(None)}
