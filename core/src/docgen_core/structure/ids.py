"""Numbers the items of structured data, and keeps an item's number when it is written again."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from docgen_core.structure.derive import Ids
from docgen_core.structure.slots import Shape, own_prefixes, shape_of

__all__ = ["assign_ids", "ids_in", "known_ids"]

#: How alike two items must be to be the same one. Names come back in other words, texts more so.
_ALIKE: Final = 0.6
_COMPARED = 400


def ids_in(data: object) -> dict[str, tuple[str, ...]]:
    """The ids of the items in structured data, by prefix, in their order."""
    found: dict[str, list[str]] = {}
    if attrs.has(type(data)):
        for prefix, item, name in _items(data, shape_of(type(data))):
            value = getattr(item, name)
            if value:
                found.setdefault(prefix, []).append(value)
    return {prefix: tuple(dict.fromkeys(ids)) for prefix, ids in found.items()}


def known_ids(shape: Shape, inputs: Iterable[object]) -> dict[str, tuple[str, ...]]:
    """The ids that an answer may refer to.

    Args:
        shape: The schema class of the answer.
        inputs: The data of what the deliverable reads; None for free Markdown.

    Returns:
        By prefix. Where no input has items of a kind that the answer itself numbers, these are
        the numbers that its own items will have in their order.
    """
    known: dict[str, tuple[str, ...]] = {}
    for data in inputs:
        for prefix, ids in ids_in(data).items():
            known[prefix] = tuple(dict.fromkeys((*known.get(prefix, ()), *ids)))
    own: dict[str, int] = {}
    for prefix, most in own_prefixes(shape):
        own[prefix] = own.get(prefix, 0) + most
    for prefix, most in own.items():
        known.setdefault(prefix, tuple(f"{prefix}{number}" for number in range(1, most + 1)))
    return known


def assign_ids(
    data: Any,  # noqa: ANN401 - an object of the plugin's class
    previous: Any = None,  # noqa: ANN401
    *,
    used: Mapping[str, Sequence[str]] | None = None,
    inputs: Ids | None = None,
) -> Any:  # noqa: ANN401
    """Give every item without an id one.

    An item that was there before keeps its id: items are matched by their texts. Others get the
    next number, which no item ever had.

    Args:
        data: The structured answer.
        previous: What it replaces, of the same class, or None.
        used: Ids that items of earlier answers had, by prefix.
        inputs: The ids of other deliverables, by prefix. References to other prefixes name the
            answer's own items by their place (`W1` is the first) and are made to name them by
            their ids.

    Returns:
        The data with ids.
    """
    shape = shape_of(type(data))
    same = previous if type(previous) is type(data) else None
    fresh = not ids_in(data)
    plan: dict[int, str] = {}
    places: dict[str, str] = {}
    for prefix, items in _by_prefix(data, shape).items():
        old = _by_prefix(same, shape).get(prefix, []) if same is not None else []
        taken = {*(used or {}).get(prefix, ()), *(inputs or {}).get(prefix, ())}
        ids = _numbered(prefix, items, old, taken)
        plan.update({id(item): given for (item, _name), given in zip(items, ids, strict=True)})
        if fresh and prefix not in (inputs or {}):
            places.update({f"{prefix}{place}": given for place, given in enumerate(ids, start=1)})
            places.setdefault(prefix, "")
    own = {prefix for prefix, _ in own_prefixes(shape)} - set(inputs or {}) if fresh else set()
    return _rebuilt(data, shape, plan, places, own)


def _items(data: Any, shape: Shape) -> Iterator[tuple[str, Any, str]]:  # noqa: ANN401
    """Each item that has an id: the prefix, the item, and the name of the field."""
    for slot in shape.slots:
        value = getattr(data, slot.name)
        if slot.kind == "identity":
            yield slot.prefix, data, slot.name
        elif slot.shape is not None:
            for inner in value if slot.many else (value,):
                if inner is not None:
                    yield from _items(inner, slot.shape)


def _by_prefix(data: Any, shape: Shape) -> dict[str, list[tuple[Any, str]]]:  # noqa: ANN401
    found: dict[str, list[tuple[Any, str]]] = {}
    for prefix, item, name in _items(data, shape):
        found.setdefault(prefix, []).append((item, name))
    return found


def _numbered(
    prefix: str,
    items: list[tuple[Any, str]],
    old: list[tuple[Any, str]],
    taken: set[str],
) -> list[str]:
    """The ids of the items, in their order."""
    given: dict[int, str] = {
        place: getattr(item, name)
        for place, (item, name) in enumerate(items)
        if getattr(item, name)
    }
    before = {getattr(item, name): _texts(item) for item, name in old if getattr(item, name)}
    taken = taken | before.keys() | set(given.values())
    free = {key: texts for key, texts in before.items() if key not in given.values()}
    texts = {place: _texts(item) for place, (item, _) in enumerate(items) if place not in given}
    pairs = sorted(
        ((_likeness(mine, theirs), -place, key) for place, mine in texts.items()
         for key, theirs in free.items()),
        key=lambda pair: pair[:2],
        reverse=True,
    )  # fmt: skip
    for likeness, place, key in pairs:
        if likeness >= _ALIKE and -place not in given and key not in given.values():
            given[-place] = key
    numbers = (int(digits[0]) for digits in (re.findall(r"\d+\Z", key) for key in taken) if digits)
    next_number = max(numbers, default=0) + 1
    for place in range(len(items)):
        if place not in given:
            given[place] = f"{prefix}{next_number}"
            next_number += 1
    return [given[place] for place in range(len(items))]


def _texts(item: Any) -> tuple[str, str]:  # noqa: ANN401 - an attrs object
    """The item's first text, which names it, and all of its texts."""
    texts = [
        value
        for slot in shape_of(type(item)).slots
        if slot.kind in {"text", "choice"}
        for value in ([getattr(item, slot.name)] if not slot.many else getattr(item, slot.name))
    ]
    words = [" ".join(re.findall(r"\w+", text.casefold())) for text in texts if text]
    return (words[0] if words else ""), " ".join(words)[:_COMPARED]


def _likeness(mine: tuple[str, str], theirs: tuple[str, str]) -> float:
    if mine == theirs:
        return 1.0
    name = difflib.SequenceMatcher(None, mine[0], theirs[0], autojunk=False).ratio()
    one, other = set(mine[1].split()), set(theirs[1].split())
    shared = len(one & other) / max(len(one | other), 1)
    # Below 1.0: an item that is the same letter for letter comes first.
    return 0.99 * max(name, (name + shared) / 2, shared)


def _rebuilt(
    data: Any,  # noqa: ANN401
    shape: Shape,
    plan: Mapping[int, str],
    places: Mapping[str, str],
    own: set[str],
) -> Any:  # noqa: ANN401
    changes: dict[str, Any] = {}
    mine = plan.get(id(data), "")
    for slot in shape.slots:
        value = getattr(data, slot.name)
        if slot.kind == "identity":
            changes[slot.name] = mine
        elif slot.kind == "reference" and slot.prefix in own:
            renamed = [places.get(each, "") for each in (value if slot.many else (value,))]
            kept = tuple(dict.fromkeys(each for each in renamed if each not in {"", mine}))
            changes[slot.name] = kept if slot.many else next(iter(kept), "")
        elif slot.shape is not None:
            inner = slot.shape
            made = [
                _rebuilt(each, inner, plan, places, own)
                for each in (value if slot.many else (value,))
                if each is not None
            ]
            changes[slot.name] = tuple(made) if slot.many else next(iter(made), None)
    return attrs.evolve(data, **changes)
