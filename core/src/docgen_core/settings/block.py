"""Writes a plugin's settings as a commented TOML block: help, range and default of each."""

from __future__ import annotations

import enum
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs

from docgen_core.settings.words import SettingDescription, describe

__all__ = ["limits", "settings_block"]

_WIDTH: Final = 96


def settings_block(name: str, cls: type[attrs.AttrsInstance], *, about: str = "") -> str:
    """Write the table `[settings.<name>]` with every default, ready for docgen.toml.

    A setting without a default, or whose default TOML cannot say, is commented out.

    Args:
        name: The plugin's id.
        cls: The attrs class that it declares.
        about: What the plugin is for, on one line.

    Returns:
        TOML that gives the class's defaults when it is read, as far as there are any.
    """
    fields = {field.alias: field for field in attrs.fields(cls)}
    lines = [*_comment(about), f"[settings.{name}]"]
    for setting in describe(cls):
        lines += ["", *_setting(setting, fields[setting.name])]
    return "\n".join(lines) + "\n"


def _setting(setting: SettingDescription, field: attrs.Attribute[Any]) -> Iterator[str]:
    yield from _comment(setting.help)
    bounds = limits(field.validator)
    yield from _comment(setting.expected + (f", {bounds}" if bounds else ""))
    value = None if setting.required else _toml(setting.default)
    if value is not None:
        yield f"{setting.name} = {value}"
    else:
        yield f"# {setting.name} =" + ("  # must be set" if setting.required else "")


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _toml(value: Any) -> str | None:  # noqa: ANN401 - any default
    """Write a default as TOML; None where TOML has no way to say it."""
    import tomlkit
    from tomlkit.exceptions import ConvertError

    try:
        return str(tomlkit.item(_plain(value)).as_string())
    except (ConvertError, TypeError, ValueError):
        return None


def _plain(value: Any) -> Any:  # noqa: ANN401 - any default
    if isinstance(value, enum.Enum):
        return value.value
    if attrs.has(type(value)):
        return _table({str(field.alias): getattr(value, field.name) for field in _fields(value)})
    if isinstance(value, Mapping):
        return _table(value)
    if isinstance(value, tuple | list | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_plain(each) for each in items]
    return value


def _fields(value: Any) -> tuple[attrs.Attribute[Any], ...]:  # noqa: ANN401 - an attrs object
    return tuple(field for field in attrs.fields(type(value)) if field.init)


def _table(values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - tomlkit's own type
    import tomlkit

    table = tomlkit.inline_table()
    table.update({key: _plain(each) for key, each in values.items() if each is not None})
    return table


def limits(validator: object) -> str:
    """Put what a field's validators allow into words: `from 3 to 5`; empty when they say nothing.

    The validators of attrs are told apart by the attributes that they document in their text
    form; one that is not known says nothing.
    """
    return ", ".join(_limits(validator))


def _limits(validator: object) -> Iterator[str]:
    known: Mapping[str, Callable[[Any], str]] = {
        "compare_op": lambda v: f"{v.compare_op} {v.bound}",
        "options": lambda v: "one of " + ", ".join(map(repr, v.options)),
        "min_length": lambda v: f"at least {v.min_length} long",
        "max_length": lambda v: f"at most {v.max_length} long",
        "pattern": lambda v: f"matching {v.pattern.pattern}",
    }
    for each in getattr(validator, "_validators", ()):
        yield from _limits(each)
    for attribute, words in known.items():
        if hasattr(validator, attribute):
            yield words(validator)
    for inner in ("validator", "member_validator"):
        if hasattr(validator, inner):
            yield from _limits(getattr(validator, inner))
