"""Puts settings into words: types, defaults, near misses, and the commented list of a class."""

from __future__ import annotations

import datetime as dt
import difflib
import enum
import typing
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import attrs

__all__ = ["SettingDescription", "describe", "did_you_mean", "is_listing", "is_table", "type_words"]

_WORDS: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path as text",
    type(None): "nothing",
    dt.date: "a date",
    dt.datetime: "a date and time",
    dt.time: "a time",
    Any: "anything",
}


@attrs.frozen(kw_only=True)
class SettingDescription:
    """One setting of a plugin, for people.

    Attributes:
        name: The key under `[settings.<id>]`.
        expected: What it accepts, in words.
        default: The default, or None when there is none.
        required: Whether it must be set.
        help: What it does, from the field's metadata.
    """

    name: str
    expected: str
    default: Any = None
    required: bool = False
    help: str = ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean X?" for the closest known name, or an empty text."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def is_listing(kind: Any) -> bool:  # noqa: ANN401 - any annotation
    """Tell whether an annotation stands for a list, a tuple or a set."""
    origin = typing.get_origin(kind) or kind
    listed = isinstance(origin, type) and issubclass(origin, Sequence | AbstractSet)
    return listed and not issubclass(origin, str | bytes)


def is_table(kind: Any) -> bool:  # noqa: ANN401 - any annotation
    """Tell whether an annotation stands for a mapping or an attrs class."""
    origin = typing.get_origin(kind) or kind
    return isinstance(origin, type) and (attrs.has(origin) or issubclass(origin, Mapping))


def type_words(kind: Any) -> str:  # noqa: ANN401 - any annotation
    """Put an annotation into words: `tuple[str, ...]` is "a list, each item a text"."""
    args = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return "one of " + ", ".join(repr(arg) for arg in args)
    if is_table(kind):
        return "a table"
    if is_listing(kind):
        return "a list" + (f", each item {type_words(args[0])}" if args else "")
    if args:
        return " or ".join(type_words(arg) for arg in args)
    return _plain_words(kind)


def _plain_words(kind: Any) -> str:  # noqa: ANN401 - any annotation
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return "one of " + ", ".join(repr(member.value) for member in kind)
    return _WORDS.get(kind) or str(getattr(kind, "__name__", kind))


def describe(cls: type[attrs.AttrsInstance]) -> tuple[SettingDescription, ...]:
    """Describe every field of a settings class that a user may set.

    Args:
        cls: An attrs class, as a deliverable declares it in `settings`.

    Returns:
        One description for each field, in order.
    """
    attrs.resolve_types(cls)
    return tuple(_describe_field(field) for field in attrs.fields(cls) if field.init)


def _describe_field(field: attrs.Attribute[Any]) -> SettingDescription:
    required = field.default is attrs.NOTHING
    return SettingDescription(
        name=field.alias or field.name,
        expected=type_words(field.type),
        default=None if required else _default_of(field.default),
        required=required,
        help=str(field.metadata.get("help", "")),
    )


def _default_of(default: Any) -> Any:  # noqa: ANN401 - any default
    if not isinstance(default, attrs.Factory):  # type: ignore[arg-type] # a class at run time
        return default
    return None if default.takes_self else default.factory()
