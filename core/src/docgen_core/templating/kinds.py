"""What a template can know about a value before it runs: a record, a list of something, words."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import attrs

from docgen_core.model import Deliverable, Draft, HookContext

__all__ = ["Kind", "Many", "Record", "Words", "kind_of", "member", "section_kinds"]

_SEQUENCES: Final = (tuple, list, Sequence)


@attrs.frozen
class Record:
    """An object of an attrs class.

    Attributes:
        cls: The class.
        told: Kinds of fields that the class itself says nothing about.
        methods: Whether it may be called; templates of the project folder see fields only.
    """

    cls: type[Any]
    told: Mapping[str, Kind] = attrs.field(factory=dict)
    methods: bool = True

    @property
    def names(self) -> Collection[str]:
        """What may stand behind the dot."""
        fields = {field.name for field in attrs.fields(self.cls)}
        members = {
            name
            for name in dir(self.cls)
            if self.methods or isinstance(getattr(self.cls, name, None), property)
        }
        return {name for name in fields | members if not name.startswith("_")}


@attrs.frozen
class Many:
    """A list.

    Attributes:
        item: The kind of its items.
    """

    item: Kind


@attrs.frozen
class Words:
    """The words of a deliverable.

    Attributes:
        keys: The words that there are.
    """

    keys: Collection[str]


#: None is a value of which nothing is known.
Kind = Record | Many | Words | None


def section_kinds(
    deliverable: Deliverable, words: Collection[str], *, methods: bool
) -> dict[str, Kind]:
    """Give the kinds of the variables that the template of a section sees.

    Args:
        deliverable: Whose section it is.
        words: The keys of its words.
        methods: Whether the template may call methods.
    """
    data = kind_of(deliverable.schema, methods=methods)
    settings = kind_of(deliverable.settings, methods=methods)
    return {
        "deliverable": Record(Deliverable, methods=methods),
        "draft": Record(Draft, {"data": data}, methods),
        "data": data,
        "layout": None,
        "context": Record(HookContext, {"settings": settings}, methods),
        "words": Words(words),
    }


def kind_of(hint: Any, *, methods: bool) -> Kind:  # noqa: ANN401 - a type hint can be anything
    """Give the kind that a type hint stands for."""
    if isinstance(hint, type) and attrs.has(hint):
        return Record(hint, methods=methods)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        kinds = [kind_of(part, methods=methods) for part in parts if part is not types.NoneType]
        return kinds[0] if len(kinds) == 1 else None
    if origin in _SEQUENCES and (origin is not tuple or parts[1:] == (...,)):
        return Many(kind_of(parts[0], methods=methods))
    return None


def member(record: Record, name: str) -> Kind:
    """Give the kind of a field; nothing is known of properties and methods."""
    if name in record.told:
        return record.told[name]
    cls: Any = record.cls
    return kind_of(_hints(cls).get(name), methods=record.methods)


@functools.cache
def _hints(cls: Any) -> Mapping[str, Any]:  # noqa: ANN401 - mypy takes no class for hashable
    try:
        return typing.get_type_hints(cls)
    except (NameError, TypeError):  # names that exist for the type checker only
        return {}
