"""Reduces objects to what JSON has, so that an untrusted template meets nothing it could call."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from docgen_core.errors import TemplateError

__all__ = ["plain"]

_DEEPEST: Final = 100

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]


def plain(value: object, *, depth: int = 0) -> Plain:
    """Give `value` as None, bool, int, float, str, list and dict only.

    An attrs object becomes a dict of its public fields, an enum member its value, a set a sorted
    list, a class its name, and anything else its text.

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
    names = (field.name for field in attrs.fields(type(value)))
    return ((name, getattr(value, name)) for name in names if not name.startswith("_"))
