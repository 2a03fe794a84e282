"""Reads a schema class: which fields it has, what each may hold, and what is wrong with it.

Everything else in this room works on what is read here. Only attrs and `typing` are needed, so
that a plugin's class can be checked when the plugin is loaded.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Hashable, Iterator
from typing import Annotated, Any, Final, Literal

import attrs

from docgen_core.shape import Field, Identity, Reference

__all__ = ["DEPTH", "Shape", "Slot", "check_schema", "own_prefixes", "shape_of"]

#: Classes within classes, the outermost counted.
DEPTH: Final = 4
_TEXT_LIMIT, _LINES_LIMIT = 300, 1500
_MOST_ITEMS = 8
#: What grammars of local servers bear (llama.cpp refuses repetitions from 2,000).
_HIGHEST_LIMIT, _HIGHEST_MOST, _MOST_FIELDS = 1900, 40, 24

Kind = Literal["text", "whole", "flag", "choice", "reference", "identity", "group"]


@attrs.frozen(kw_only=True)
class Slot:
    """One field of a schema class.

    Attributes:
        name: The field's name.
        kind: What it holds, or what each item of its list holds.
        many: Whether it is a list.
        optional: Whether it has a default.
        description: What belongs there.
        limit: The most characters of a text.
        least: The fewest items of a list, or the smallest whole number, or None.
        most: The most items of a list, or the largest whole number, or None.
        lines: Whether a text may have several lines.
        setting: The setting that says how many items a list has, or empty.
        exact: Whether it says how many to ask for, not only the most.
        asked: How many items to ask for at least, where that is more than `least`.
        choices: What a choice may be.
        prefix: The prefix of an identity or reference.
        shape: The class of a group.
    """

    name: str
    kind: Kind
    many: bool = False
    optional: bool = False
    description: str = ""
    limit: int = _TEXT_LIMIT
    least: int | None = None
    most: int | None = None
    lines: bool = False
    setting: str = ""
    exact: bool = False
    asked: int = 0
    choices: tuple[str, ...] = ()
    prefix: str = ""
    shape: Shape | None = None


@attrs.frozen(kw_only=True)
class Shape:
    """A schema class as read.

    Attributes:
        cls: The class.
        slots: Its fields in their order.
    """

    cls: type[Any]
    slots: tuple[Slot, ...]

    @property
    def identity(self) -> Slot | None:
        """The field that holds an item's id, or None."""
        return next((slot for slot in self.slots if slot.kind == "identity"), None)


class _Problem(Exception):  # noqa: N818 - carries one line, is never seen outside
    """What is wrong with a field."""


def shape_of(cls: type[Any]) -> Shape:
    """Read a schema class that `check_schema` finds in order.

    Raises:
        TypeError: it is not in order; all problems.
    """
    return _shape_of(typing.cast("Hashable", cls))


# A class never changes, and a run reads the same few thousands of times.
@functools.lru_cache(maxsize=64)
def _shape_of(cls: Any) -> Shape:  # noqa: ANN401 - a class, and hashable
    problems = check_schema(cls)
    if problems:
        msg = f"{cls.__qualname__}: " + "; ".join(problems)
        raise TypeError(msg)
    return _read(cls, "", 1, [])


def check_schema(cls: object) -> list[str]:
    """Say what is wrong with a schema class, one line each; none when it is in order.

    Args:
        cls: What a plugin declares as `Deliverable(schema=...)`.
    """
    problems: list[str] = []
    shape = _read(cls, "", 1, problems)
    if not any(slot.kind != "identity" for slot in shape.slots) and not problems:
        problems.append("it has no field that the model could fill")
    return problems


def own_prefixes(shape: Shape) -> Iterator[tuple[str, int]]:
    """Each prefix of ids that a shape's own items carry, with the most items that may have it."""
    for slot in shape.slots:
        if slot.shape is None:
            continue
        count = slot.most if slot.many and slot.most is not None else 1
        if slot.shape.identity is not None:
            yield slot.shape.identity.prefix, count
        for prefix, inner in own_prefixes(slot.shape):
            yield prefix, count * inner


def _read(cls: object, path: str, depth: int, problems: list[str]) -> Shape:
    if not (isinstance(cls, type) and attrs.has(cls)):
        problems.append(f"{path or 'the schema'} is not an attrs class")
        return Shape(cls=object, slots=())
    if depth > DEPTH:
        problems.append(f"{path} lies deeper than {DEPTH} classes")
        return Shape(cls=cls, slots=())
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except (NameError, TypeError, AttributeError, SyntaxError) as error:
        problems.append(f"the annotations of {cls.__qualname__} cannot be resolved: {error}")
        return Shape(cls=cls, slots=())
    slots = []
    for field in attrs.fields(cls):
        where = f"{path}.{field.name}" if path else field.name
        try:
            slots.append(_slot(field, hints[field.name], where, depth, problems))
        except _Problem as problem:
            problems.append(f"{where}: {problem}")
    problems += _class_problems(cls, slots, path)
    return Shape(cls=cls, slots=tuple(slots))


def _class_problems(cls: type[Any], slots: list[Slot], path: str) -> Iterator[str]:
    where = path or "the schema"
    if not all(field.kw_only and field.init for field in attrs.fields(cls)):
        yield f"{where}: {cls.__qualname__} must be @attrs.frozen(kw_only=True)"
    if any(field.alias not in {None, field.name} for field in attrs.fields(cls)):
        yield f"{where}: a field of {cls.__qualname__} has another name in its constructor"
    if sum(slot.kind == "identity" for slot in slots) > 1:
        yield f"{where}: {cls.__qualname__} has more than one Identity"
    if len(slots) > _MOST_FIELDS:
        yield f"{where}: {cls.__qualname__} has more than {_MOST_FIELDS} fields"


def _slot(
    field: attrs.Attribute[Any], hint: object, path: str, depth: int, problems: list[str]
) -> Slot:
    marker, inner = _parted(hint)
    many, inner = _listed(inner)
    optional = field.default is not attrs.NOTHING
    if isinstance(marker, Identity):
        return _identity(field, marker, inner, many=many)
    if isinstance(marker, Reference):
        return _reference(field, marker, inner, many=many)
    kind, choices = _kind(inner)
    shape = _read(inner, path, depth + 1, problems) if kind == "group" else None
    slot = Slot(
        name=field.name,
        kind=kind,
        many=many,
        optional=optional,
        description=marker.description,
        limit=_limit(marker),
        least=marker.least,
        most=marker.most,
        lines=marker.lines,
        setting=marker.setting,
        exact=marker.exact,
        choices=choices,
        shape=shape,
    )
    return _bounded(slot, marker)


def _parted(hint: object) -> tuple[Field | Identity | Reference, object]:
    inner = hint
    marks: tuple[Field | Identity | Reference, ...] = ()
    if typing.get_origin(hint) is Annotated:
        inner, *rest = typing.get_args(hint)
        marks = tuple(mark for mark in rest if isinstance(mark, Field | Identity | Reference))
    if len(marks) != 1:
        raise _Problem('it needs one description: Annotated[<type>, Field("...")]')
    return marks[0], inner


def _listed(inner: object) -> tuple[bool, object]:
    if typing.get_origin(inner) is not tuple:
        return False, inner
    arguments = typing.get_args(inner)
    if len(arguments) != 2 or arguments[1] is not Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        raise _Problem("a list is written tuple[X, ...]")
    return True, arguments[0]


def _kind(inner: object) -> tuple[Kind, tuple[str, ...]]:
    plain: dict[object, Kind] = {str: "text", int: "whole", bool: "flag"}
    if inner in plain.keys():  # noqa: SIM118 - the type may be unhashable in a dict's own test
        return plain[inner], ()
    if typing.get_origin(inner) is Literal:
        choices = typing.get_args(inner)
        if not all(isinstance(choice, str) and choice.strip() for choice in choices):
            raise _Problem("the values of a Literal must be texts that are not empty")
        return "choice", choices
    if isinstance(inner, type) and attrs.has(inner):
        return "group", ()
    name = getattr(inner, "__name__", str(inner))
    if isinstance(inner, types.UnionType) or typing.get_origin(inner) is typing.Union:
        name = "a union"
    raise _Problem(
        f"{name} is not supported; use str, int, bool, Literal texts, an attrs class, or a tuple"
        " of texts or classes"
    )


def _identity(field: attrs.Attribute[Any], marker: Identity, inner: object, *, many: bool) -> Slot:
    if inner is not str or many or field.default != "":
        raise _Problem('an Identity is a str with the default ""')
    return Slot(name=field.name, kind="identity", prefix=marker.prefix, optional=True)


def _reference(
    field: attrs.Attribute[Any], marker: Reference, inner: object, *, many: bool
) -> Slot:
    if inner is not str:
        raise _Problem("a Reference is a str or a tuple[str, ...]")
    if field.default != (() if many else ""):
        wanted = "()" if many else '""'
        raise _Problem(f"a Reference needs the default {wanted}, for runs without such ids")
    return Slot(
        name=field.name,
        kind="reference",
        many=many,
        optional=True,
        description=marker.description,
        least=marker.least,
        most=(_MOST_ITEMS if marker.most is None else marker.most) if many else None,
        prefix=marker.prefix,
    )


def _limit(marker: Field) -> int:
    if marker.limit is None:
        return _LINES_LIMIT if marker.lines else _TEXT_LIMIT
    if not 0 < marker.limit <= _HIGHEST_LIMIT:
        raise _Problem(f"limit must be 1 to {_HIGHEST_LIMIT}, got {marker.limit}")
    return marker.limit


def _bounded(slot: Slot, marker: Field) -> Slot:
    if slot.many and slot.kind in {"whole", "flag"}:
        raise _Problem("a list holds texts, Literal texts or classes")
    if not slot.many:
        if slot.kind != "whole" and (marker.least is not None or marker.most is not None):
            raise _Problem("least and most are for lists and whole numbers")
        if marker.setting:
            raise _Problem("a setting says how many items a list has; this is no list")
        return slot
    most = _MOST_ITEMS if slot.most is None else slot.most
    least = slot.least if slot.least is not None else 0 if slot.optional else min(1, most)
    if not least <= most <= _HIGHEST_MOST or most == 0:
        raise _Problem(f"a list has 1 to {_HIGHEST_MOST} items, and least is not more than most")
    return attrs.evolve(slot, least=least, most=most)
