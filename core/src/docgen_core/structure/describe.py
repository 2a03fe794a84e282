"""Describes the JSON that is wanted in plain words, for the prompt and for the documentation."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from docgen_core.structure.derive import Ids, asked_slots, items_between, longest
from docgen_core.structure.slots import Shape, Slot

__all__ = ["describe_shape"]

_WORDS, _SENTENCE, _SENTENCES = 80, 200, 500
_END: Final = "Write the JSON object alone, nothing before it and nothing after it."


def describe_shape(
    shape: Shape, ids: Ids, *, only: Collection[str] | None = None, scale: float = 1.0
) -> str:
    """Say which keys the JSON has and what belongs there.

    Args:
        shape: The schema class, as `shape_of` or `with_counts` gives it.
        ids: The ids that exist, by prefix; what could only name others is left out.
        only: Names of the top-level fields to ask for; None for all.
        scale: Less than 1 for shorter texts and lists.
    """
    lines = list(_keys(shape, ids, scale, "", only))
    return "\n".join(["Write one JSON object with these keys:", "", *lines, "", _END])


def _keys(
    shape: Shape, ids: Ids, scale: float, indent: str, only: Collection[str] | None = None
) -> Iterator[str]:
    for slot in asked_slots(shape, ids):
        if only is not None and slot.name not in only:
            continue
        yield f'{indent}- "{slot.name}": {slot.description} ({_form(slot, ids, scale)})'
        if slot.shape is not None:
            yield from _keys(slot.shape, ids, scale, indent + "  ")


def _form(slot: Slot, ids: Ids, scale: float) -> str:
    one = _one(slot, ids, longest(slot, scale))
    if not slot.many:
        return f"{one} with the keys" if slot.shape is not None else one
    least, most = items_between(slot, scale)
    count = f"{least} to {most}" if 0 < least < most else f"up to {most}" if not least else most
    each = "objects with the keys" if slot.shape is not None else f"items, each {one}"
    return f"a list of {count} {each}"


def _one(slot: Slot, ids: Ids, limit: int) -> str:
    if slot.kind == "text":
        return _length(limit, lines=slot.lines)
    if slot.kind in {"choice", "reference"}:
        return "one of " + ", ".join(slot.choices or ids[slot.prefix])
    return {"flag": "true or false", "whole": "a whole number", "group": "an object"}[slot.kind]


def _length(limit: int, *, lines: bool) -> str:
    if lines:
        return "a text of several lines"
    names = ((_WORDS, "a few words"), (_SENTENCE, "one sentence"), (_SENTENCES, "two sentences"))
    return next((name for bound, name in names if limit <= bound), "a paragraph")
