"""Checks of the schema class that a structured deliverable declares."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from docgen_core.api import Deliverable
from docgen_core.conformance.examples import make_full, make_least
from docgen_core.conformance.findings import Finding, Place
from docgen_core.conformance.places import Sources
from docgen_core.plugins import isolate
from docgen_core.structure.counts import check_counts
from docgen_core.structure.slots import Shape, check_schema, own_prefixes, shape_of

__all__ = ["check_answers", "check_references", "check_schema_class", "prefixes_of"]

_STRUCTURED: Final = (1, 1)
_SECONDS: Final = 10.0

#: Which rule a line of `check_schema` is about, by words in it; DG501 for all others.
_RULES: Final[Mapping[str, str]] = {
    "it needs one description": "DG502",
    "must be @attrs.frozen": "DG503",
    'with the default ""': "DG505",
    "needs the default": "DG505",
    "the setting '": "DG508",
}


def check_schema_class(item: Deliverable, sources: Sources, file: str) -> Iterator[Finding]:
    """Check the schema of a deliverable.

    Args:
        item: The deliverable; one without a schema has no faults.
        sources: The plugin's files.
        file: The file in which the deliverable is declared.
    """
    if item.schema is None:
        return
    if item.api < _STRUCTURED:
        place = sources.of_call(file, "Deliverable", item.id, "schema")
        yield Finding.at(place, "DG506", f"{item.id} has a schema and declares api={item.api}")
    for problem in check_schema(item.schema) or check_counts(item.schema, item.settings):
        code = next((code for words, code in _RULES.items() if words in problem), "DG501")
        path = problem.partition(":")[0] if ": " in problem else ""
        place = _place(item.schema, path, sources)
        yield Finding.at(place, code, f"{item.schema.__qualname__}: {problem}")


def check_answers(item: Deliverable, sources: Sources) -> Iterator[Finding]:
    """Check that a schema that is in order takes the answers that are asked for.

    Args:
        item: The deliverable; one without a schema has no faults.
        sources: The plugin's files.
    """
    schema = item.schema
    if schema is None or check_schema(schema):
        return
    for name, make in (("full", lambda: make_full(schema, {})), ("least", _least(schema))):
        outcome = isolate.call(make, timeout=_SECONDS, label=f"{schema.__qualname__}, {name}")
        if not outcome.ok:
            place = sources.of_error(outcome.error, sources.of_class(schema))
            message = f"making a {name} {schema.__qualname__} {outcome.reason}"
            yield Finding.at(place, "DG507", message)
            return


def _least(schema: type[Any]) -> Callable[[], Any]:
    return lambda: make_least(schema)


def check_references(
    item: Deliverable, read: Iterable[type[Any]], sources: Sources
) -> Iterator[Finding]:
    """Check that whatever a schema refers to can exist.

    Args:
        item: A deliverable whose schema is in order.
        read: The schemas of the deliverables that it needs or uses.
        sources: The plugin's files.
    """
    if item.schema is None:
        return
    known = set(prefixes_of(item.schema)).union(*map(prefixes_of, read))
    for cls, name, prefix in _references(shape_of(item.schema)):
        if prefix not in known:
            have = ", ".join(sorted(known)) or "none"
            message = f"{cls.__qualname__}.{name} refers to {prefix}; the ids it can know: {have}"
            yield Finding.at(sources.of_class(cls, name), "DG504", message)


def prefixes_of(cls: type[Any]) -> tuple[str, ...]:
    """Give the prefixes of the ids that answers in this shape have; none for a wrong class."""
    return () if check_schema(cls) else tuple(prefix for prefix, _ in own_prefixes(shape_of(cls)))


def _references(shape: Shape) -> Iterator[tuple[type[Any], str, str]]:
    for slot in shape.slots:
        if slot.kind == "reference":
            yield shape.cls, slot.name, slot.prefix
        elif slot.shape is not None:
            yield from _references(slot.shape)


def _place(cls: type[Any], path: str, sources: Sources) -> Place:
    """Give the line of a field by its path, or else that of the innermost class on the way."""
    names = path.split(".") if path and path != "the schema" else []
    place = sources.of_class(cls)
    for index, name in enumerate(names):
        if not attrs.has(cls) or name not in {field.name for field in attrs.fields(cls)}:
            break
        inner = _class_within(cls, name)
        if inner is None or index == len(names) - 1:
            return sources.of_class(cls, name)
        cls, place = inner, sources.of_class(inner)
    return place


def _class_within(cls: type[Any], name: str) -> type[Any] | None:
    """Find the attrs class in a field's annotation, as deep as it stands."""
    try:
        waiting = [typing.get_type_hints(cls).get(name)]
    except (NameError, TypeError, AttributeError, SyntaxError):
        return None
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, type) and attrs.has(hint):
            return hint
        waiting.extend(typing.get_args(hint))
    return None
