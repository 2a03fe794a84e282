"""The one strict converter from TOML values to attrs classes, and the lines for what it refuses.

`"false"` is not a boolean, `"3"` not a number and `"abc"` not a list; an unknown key is an error.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from docgen_core.errors import SettingsError
from docgen_core.settings.coerce import from_home
from docgen_core.settings.rules import redact
from docgen_core.settings.words import did_you_mean, is_listing, is_table, type_words

if TYPE_CHECKING:
    import cattrs

__all__ = ["WrongValueError", "make_converter", "structure_settings"]

#: What attrs says of a number beyond the bound of a field's validator.
_BEYOND: Final = re.compile(
    r"'(?P<field>\w+)' must be (?P<sign>[<>]=?) (?P<bound>\S+): (?P<got>.*)"
)
_BOUNDS: Final = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_EXACT = (bool, int, str, dt.date, dt.datetime, dt.time)

_Settings = TypeVar("_Settings", bound=attrs.AttrsInstance)
_Hook = Callable[[Any, Any], Any]


class WrongValueError(Exception):
    """A value of the wrong type met the strict converter."""

    def __init__(self, value: object, expected: str) -> None:
        super().__init__(f"got {redact(value)}, expected {expected}")


def structure_settings(
    cls: type[_Settings], table: Mapping[str, Any], *, path: str, folder: Path | None = None
) -> _Settings:
    """Turn a raw `[settings.<id>]` table into the settings object that its plugin declared.

    Args:
        cls: The deliverable's or pack's settings class.
        table: The table as read.
        path: Where the table stands, for messages, for instance `settings.glossary`.
        folder: The folder in which relative paths begin, wherever the class says `Path`; None
            for the current one.

    Returns:
        An instance of `cls`.

    Raises:
        SettingsError: the table does not fit; every problem has its own line.
    """
    import cattrs

    try:
        return make_converter(folder or Path.cwd()).structure(table, cls)
    except (WrongValueError, cattrs.BaseValidationError) as error:
        problems = tuple(_lines(error, path))
        hint = f"Correct the table [{path}] in the configuration file."
        raise SettingsError(problems, hint=hint) from error


def _lines(error: BaseException, path: str) -> Iterator[str]:
    from cattrs import BaseValidationError, ForbiddenExtraKeysError

    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _lines(inner, path + _step(inner))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [field.alias or field.name for field in attrs.fields(error.cl)]
        for key in sorted(error.extra_fields):
            yield f"{path}.{key}: unknown key{did_you_mean(key, known)}"
    elif isinstance(error, KeyError):
        yield f"{path}: missing, but it must be set"
    elif isinstance(error, SettingsError):
        yield from (f"{path}: {problem}" for problem in error.problems)
    else:
        yield path + _refusal(error)


def _refusal(error: BaseException) -> str:
    """What a field's validator says. Those of attrs give the field and the value besides."""
    said = str(error.args[0] if error.args else error)
    beyond = _BEYOND.fullmatch(said)
    if beyond is None:
        return f": {said}"
    bound = f"{_BOUNDS[beyond['sign']]} {beyond['bound']}"
    return f".{beyond['field']}: got {beyond['got']}, expected {bound}"


def _step(error: BaseException) -> str:
    """Name the field or item that the converter noted on an error."""
    from cattrs.errors import AttributeValidationNote, IterableValidationNote

    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f".{note.name}"
        if isinstance(note, IterableValidationNote):
            return f"[{note.index!r}]"
    return ""


def make_converter(folder: Path | None = None) -> cattrs.Converter:
    """Build the strict converter: exact types, no unknown keys, every problem in one error.

    Args:
        folder: The folder in which relative paths begin; without one they stay as they are.
    """
    import cattrs

    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind in _EXACT:
        converter.register_structure_hook(kind, _exact(kind))
    converter.register_structure_hook(float, _to_float)
    converter.register_structure_hook(Path, _to_path(folder))
    converter.register_structure_hook_factory(_is_union, _union_factory(converter))
    converter.register_structure_hook_factory(_is_choice, _choice)
    _guard(converter, is_listing, (list, tuple))
    _guard(converter, is_table, (Mapping,))
    return converter


def _exact(kind: type) -> _Hook:
    def structure(value: Any, _kind: Any) -> Any:  # noqa: ANN401 - any TOML value
        if type(value) is not kind:
            raise WrongValueError(value, type_words(kind))
        return value

    return structure


def _to_float(value: Any, _kind: Any) -> float:  # noqa: ANN401 - any TOML value
    if type(value) not in {int, float}:
        raise WrongValueError(value, type_words(float))
    try:
        return float(value)
    except OverflowError:
        raise WrongValueError(value, "a number below 1.8e308") from None


def _to_path(folder: Path | None) -> _Hook:
    def structure(value: Any, _kind: Any) -> Path:  # noqa: ANN401 - any TOML value
        if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
            raise WrongValueError(value, type_words(Path))
        if folder is None:
            return Path(value)
        return folder.absolute() / from_home(value)

    return structure


def _is_choice(kind: Any) -> bool:  # noqa: ANN401 - any annotation
    literal = typing.get_origin(kind) is typing.Literal
    return literal or (isinstance(kind, type) and issubclass(kind, enum.Enum))


def _choice(kind: Any) -> _Hook:  # noqa: ANN401 - any annotation
    members = typing.get_args(kind) or tuple(kind)
    words = type_words(kind)

    def structure(value: Any, _kind: Any) -> Any:  # noqa: ANN401 - any TOML value
        for member in members:
            plain = member.value if isinstance(member, enum.Enum) else member
            if value is member or (type(value) is type(plain) and value == plain):
                return member
        raise WrongValueError(value, words)

    return structure


def _is_union(kind: Any) -> bool:  # noqa: ANN401 - any annotation
    return typing.get_origin(kind) in {typing.Union, types.UnionType}


def _union_factory(converter: cattrs.Converter) -> Callable[[Any], _Hook]:
    from cattrs import BaseValidationError

    def factory(kind: Any) -> _Hook:  # noqa: ANN401 - any annotation
        members = typing.get_args(kind)

        def structure(value: Any, _kind: Any) -> Any:  # noqa: ANN401 - any TOML value
            if value is None and type(None) in members:
                return None
            wanted = [member for member in members if member is not type(None)]
            if len(wanted) == 1:
                return converter.structure(value, wanted[0])
            for member in wanted:
                try:
                    return converter.structure(value, member)
                except (WrongValueError, BaseValidationError):
                    continue
            raise WrongValueError(value, type_words(kind))

        return structure

    return factory


def _guard(
    converter: cattrs.Converter, applies: Callable[[Any], bool], wanted: tuple[type, ...]
) -> None:
    """Look at a value before the library's own hook does, which would take a text for a list."""
    building: set[Any] = set()

    def still_to_guard(kind: Any) -> bool:  # noqa: ANN401 - any annotation
        return applies(kind) and kind not in building

    def factory(kind: Any) -> _Hook:  # noqa: ANN401 - any annotation
        building.add(kind)
        try:
            inner = converter.get_structure_hook(kind, cache_result=False)
        finally:
            building.discard(kind)

        def structure(value: Any, target: Any) -> Any:  # noqa: ANN401 - any TOML value
            if not isinstance(value, wanted):
                raise WrongValueError(value, type_words(kind))
            return inner(value, target)

        return structure

    converter.register_structure_hook_factory(still_to_guard, factory)
