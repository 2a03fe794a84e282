"""Makes answers from a schema: one with everything in it, one with only what is required."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from docgen_core.structure.slots import Shape, Slot, own_prefixes, shape_of

__all__ = ["Ids", "make_full", "make_least", "merged"]

Ids = Mapping[str, tuple[str, ...]]

_ITEMS: Final = 2
#: With a number first: texts that are the same are taken for one said twice.
_WORDS: Final = "{} *short* text | with <marks> & signs"
_LINES: Final = "{} first line\n# no heading\n```\nlast line"


def make_full(cls: type[Any], known: Ids) -> Any:  # noqa: ANN401 - the plugin's class
    """Make an answer in which every field is filled, with texts that Markdown could trip over.

    Args:
        cls: A schema class that is in order.
        known: The ids of the inputs, by prefix.
    """
    shape = shape_of(cls)
    return _Maker(known=merged(known, _own_ids(shape)), full=True).make(shape)


def make_least(cls: type[Any]) -> Any:  # noqa: ANN401 - the plugin's class
    """Make an answer in which everything that has a default keeps it, and lists are shortest."""
    return _Maker(known={}, full=False).make(shape_of(cls))


def merged(*tables: Ids) -> dict[str, tuple[str, ...]]:
    """Put tables of ids together."""
    together: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for prefix, ids in table.items():
            together[prefix] = tuple(dict.fromkeys((*together.get(prefix, ()), *ids)))
    return together


def _own_ids(shape: Shape) -> dict[str, tuple[str, ...]]:
    prefixes = dict.fromkeys(prefix for prefix, _ in own_prefixes(shape))
    return {prefix: (f"{prefix}1",) for prefix in prefixes}


@attrs.define(kw_only=True)
class _Maker:
    """Makes one answer; counts the ids and texts that it gives out."""

    known: Ids
    full: bool
    given: dict[str, int] = attrs.field(factory=dict)
    texts: int = 0

    def make(self, shape: Shape) -> Any:  # noqa: ANN401 - the plugin's class
        values = {slot.name: self._value(slot) for slot in shape.slots if self._wants(slot)}
        return shape.cls(**values)

    def _wants(self, slot: Slot) -> bool:
        return self.full or not slot.optional or slot.kind == "identity"

    def _value(self, slot: Slot) -> object:
        if slot.kind == "reference":
            ids = self.known.get(slot.prefix, ())
            return ids[: slot.most or 1] if slot.many else (ids or ("",))[0]
        make = self._one(slot)
        if not slot.many:
            return make()
        least, most = slot.least or 0, slot.most or 1
        count = max(least, min(most, _ITEMS)) if self.full else least
        return tuple(make() for _ in range(count))

    def _one(self, slot: Slot) -> Callable[[], object]:
        if slot.shape is not None:
            shape = slot.shape
            return lambda: self.make(shape)
        simple: dict[str, Callable[[], object]] = {
            "identity": lambda: self._next(slot.prefix),
            "text": lambda: self._text(slot),
            "whole": lambda: slot.least or 0,
            "flag": lambda: self.full,
            "choice": lambda: slot.choices[-1 if self.full else 0],
        }
        return simple[slot.kind]

    def _text(self, slot: Slot) -> str:
        self.texts += 1
        if not self.full:
            return f"x{self.texts}"[: slot.limit]
        return (_LINES if slot.lines else _WORDS).format(self.texts)[: slot.limit].rstrip()

    def _next(self, prefix: str) -> str:
        self.given[prefix] = self.given.get(prefix, 0) + 1
        return f"{prefix}{self.given[prefix]}"
