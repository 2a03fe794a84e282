"""The plan of a run: which deliverables, in which order, and what each one reads."""

from __future__ import annotations

import graphlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

import attrs

from docgen_core.errors import DocgenError, PlanError, PluginError
from docgen_core.model import Deliverable

__all__ = ["Plan", "make_plan"]

#: Gives the deliverable of an id; the second argument is the id that needs it, or empty.
Lookup = Callable[[str, str], Deliverable]


@attrs.frozen(kw_only=True)
class Plan:
    """What a run will write.

    Attributes:
        order: Ids in reading order: what is needed stands before what needs it.
        deliverables: The deliverables, by id.
        inputs: For each id, the ids whose results enter its prompt, in reading order.
        added: Ids that nobody asked for, but that others need.
        broken: Ids that were wanted only because everything was, with the reason they cannot run.
    """

    order: tuple[str, ...]
    deliverables: Mapping[str, Deliverable]
    inputs: Mapping[str, tuple[str, ...]]
    added: tuple[str, ...] = ()
    broken: Mapping[str, DocgenError] = attrs.field(factory=dict)


class _CircleError(PlanError):
    """Deliverables that need each other; the first of the nodes stands at the end again."""

    def __init__(self, nodes: Sequence[str]) -> None:
        super().__init__(
            f"the deliverables need each other in a circle: {' -> '.join(reversed(nodes))}",
            hint="Disable one of their plugins, or ask its author to drop a need "
            "(`docgen deliverables` shows what each one needs).",
        )
        self.members = tuple(sorted(set(nodes)))


def make_plan(wanted: Sequence[str], lookup: Lookup, *, tolerant: bool = False) -> Plan:
    """Close `wanted` over what it needs and put it in order.

    Args:
        wanted: Deliverable ids; their order breaks ties.
        lookup: Gives the deliverable of an id, told which id needs it (empty: the user asked);
            raises the error that says why it cannot.
        tolerant: Leave out deliverables whose plugin is broken or that need each other in a
            circle, with all that needs them.

    Raises:
        PlanError: the needs form a cycle, which the message names, unless `tolerant`.
        DocgenError: whatever `lookup` raised, unless `tolerant` and it is a PluginError; and if
            nothing is left, the first of those.
    """
    found, broken = _collect(wanted, lookup, tolerant=tolerant)
    inputs = _all_inputs(found)
    while (cycle := _cycle_in(inputs)) is not None:
        if not tolerant:
            raise cycle
        _break(cycle, found, broken)
        inputs = _all_inputs(found)
    if not found:
        raise next(iter(broken.values()))
    order = _in_order(inputs, [*dict.fromkeys(wanted), *sorted(found)])
    rank = {key: index for index, key in enumerate(order)}
    return Plan(
        order=order,
        deliverables=MappingProxyType({key: found[key] for key in order}),
        inputs=MappingProxyType(
            {key: tuple(sorted(inputs[key], key=rank.__getitem__)) for key in order}
        ),
        added=tuple(key for key in order if key not in set(wanted)),
        broken=MappingProxyType(broken),
    )


def _collect(
    wanted: Iterable[str], lookup: Lookup, *, tolerant: bool
) -> tuple[dict[str, Deliverable], dict[str, DocgenError]]:
    found: dict[str, Deliverable] = {}
    broken: dict[str, DocgenError] = {}
    waiting = [(key, "") for key in wanted]
    while waiting:
        key, needed_by = waiting.pop(0)
        if key in found or key in broken:
            continue
        try:
            found[key] = lookup(key, needed_by)
        except PluginError as error:
            if not tolerant:
                raise
            broken[key] = error
        else:
            waiting.extend((need, key) for need in found[key].needs)
    _spread(found, broken)
    return found, broken


def _spread(found: dict[str, Deliverable], broken: dict[str, DocgenError]) -> None:
    """Move what needs a broken deliverable to the broken ones."""
    doomed = _first_doomed(found, broken)
    while doomed is not None:
        key, missing = doomed
        del found[key]
        broken[key] = PluginError(
            f"{key} needs {missing}, which cannot be made: {broken[missing]}",
            hint=broken[missing].hint,
        )
        doomed = _first_doomed(found, broken)


def _first_doomed(
    found: Mapping[str, Deliverable], broken: Mapping[str, DocgenError]
) -> tuple[str, str] | None:
    pairs = ((key, need) for key, item in found.items() for need in item.needs if need in broken)
    return next(pairs, None)


def _break(
    cycle: _CircleError, found: dict[str, Deliverable], broken: dict[str, DocgenError]
) -> None:
    """Move a circle, and what needs its members, to the broken ones."""
    for key in cycle.members:
        del found[key]
        broken[key] = cycle
    _spread(found, broken)


def _all_inputs(found: Mapping[str, Deliverable]) -> dict[str, tuple[str, ...]]:
    return {key: _inputs_of(item, found) for key, item in found.items()}


def _inputs_of(item: Deliverable, found: Mapping[str, Deliverable]) -> tuple[str, ...]:
    used = [key for key in item.uses if key in found]
    return tuple(dict.fromkeys([*item.needs, *used]))


def _in_order(inputs: Mapping[str, tuple[str, ...]], preference: Sequence[str]) -> tuple[str, ...]:
    """Sort topologically; among those that could come next, the preferred one does."""
    position = {key: index for index, key in reversed(list(enumerate(preference)))}
    sorter = graphlib.TopologicalSorter(inputs)
    sorter.prepare()
    order: list[str] = []
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=position.__getitem__)
        order.append(ready.pop(0))
        sorter.done(order[-1])
    return tuple(order)


def _cycle_in(inputs: Mapping[str, tuple[str, ...]]) -> _CircleError | None:
    try:
        graphlib.TopologicalSorter(inputs).prepare()
    except graphlib.CycleError as error:
        return _CircleError(error.args[1])
    return None
