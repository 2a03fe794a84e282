"""Reduces objects to what JSON has, so that an untrusted template meets nothing it could call."""

from __future__ import annotations

import contextlib
import enum
import inspect
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from docgen_core.errors import TemplateError

__all__ = ["plain"]

_DEEPEST: Final = 100

#: What a property raises that has nothing to say for these fields.
_REFUSALS: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]


def plain(value: object, *, depth: int = 0) -> Plain:
    """Give `value` as None, bool, int, float, str, list and dict only.

    An attrs object becomes a dict of its public fields and properties, an enum member its value, a
    set a sorted list, a class its name, and anything else its text. A property that raises is left
    out.

    Raises:
        TemplateError: the value is nested too deeply, or contains itself.
    """
    if depth > _DEEPEST:
        msg = f"the data for the template is nested more than {_DEEPEST} levels deep"
        raise TemplateError(msg, hint="Make the schema flatter.")
    if isinstance(value, enum.Enum):
        return plain(value.value, depth=depth + 1)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, type):
        return value.__name__
    return _container(value, depth + 1)


def _container(value: object, depth: int) -> Plain:
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth=depth) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return [plain(item, depth=depth) for item in sorted(value, key=str)]
    if attrs.has(type(value)):
        return {name: plain(item, depth=depth) for name, item in _fields(value)}
    if isinstance(value, list | tuple):
        return [plain(item, depth=depth) for item in value]
    return str(value)


def _fields(value: Any) -> Iterable[tuple[str, object]]:  # noqa: ANN401 - an attrs instance
    for field in attrs.fields(type(value)):
        if not field.name.startswith("_"):
            yield field.name, getattr(value, field.name)
    for name, member in inspect.getmembers_static(type(value)):
        if isinstance(member, property) and not name.startswith("_"):
            with contextlib.suppress(*_REFUSALS):  # the template may well do without it
                yield name, getattr(value, name)
