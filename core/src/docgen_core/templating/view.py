"""What templates see of the model's data: the same objects, every text escaped for Markdown."""

from __future__ import annotations

import copy
import enum
import functools
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import attrs

__all__ = ["escape_text", "escaped_view"]

T = TypeVar("T")

#: An escape that is there already, or what also counts beside text that a template writes.
_MARKS: Final = re.compile(r"(\\.)|([\[\]|~])", re.DOTALL)
#: Ids are letters and digits: nothing to escape.
_ONE_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def escape_text(text: str) -> str:
    """Write plain text as one line of Markdown that shows just this text, wherever it stands.

    Args:
        text: Untrusted text, perhaps of several lines.

    Returns:
        Markdown for a heading, the start of a paragraph, a list item or the cell of a table.
    """
    if _ONE_WORD.fullmatch(text):
        return text
    from docgen_core.document import escape_inline
    from docgen_core.document.repairs import clean_characters

    line = escape_inline(clean_characters(text))
    line = _MARKS.sub(lambda found: found[1] or f"\\{found[2]}", line)
    return f"\\{line}" if line.startswith(":") else line


def escaped_view(value: T) -> T:
    """Copy data with every text in it escaped; the classes, and so their properties, stay.

    Args:
        value: What a deliverable's schema class describes, or plain data. It is not changed.

    Returns:
        The copy. A text that its class allows as one of a few (`Literal`) stays as it is, so that
        a template can compare it.
    """
    return _view(value)  # type: ignore[no-any-return] # a copy has the type of the original


def _view(value: Any) -> Any:  # noqa: ANN401 - data of any class
    if isinstance(value, str):
        return value if isinstance(value, enum.Enum) else escape_text(value)
    if isinstance(value, Mapping):
        return {key: _view(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(map(_view, value))
    if isinstance(value, list | tuple | set | frozenset):
        kind = next(base for base in (list, tuple, set, frozenset) if isinstance(value, base))
        return kind(map(_view, value))
    if attrs.has(type(value)):
        return _copy(value)
    return value


def _copy(value: Any) -> Any:  # noqa: ANN401 - an attrs instance
    # Not `evolve`: its validators are for what the model says, not for how it is escaped.
    twin = copy.copy(value)
    cls: Any = type(value)
    allowed = _allowed(cls)
    for field in attrs.fields(type(value)):
        item = getattr(value, field.name)
        object.__setattr__(twin, field.name, _field(item, allowed.get(field.name, frozenset())))
    return twin


def _field(value: Any, allowed: frozenset[object]) -> Any:  # noqa: ANN401 - data of any class
    if isinstance(value, str) and value in allowed:
        return value
    if isinstance(value, tuple) and allowed:
        return tuple(_field(item, allowed) for item in value)
    return _view(value)


@functools.cache
def _allowed(cls: Any) -> Mapping[str, frozenset[object]]:  # noqa: ANN401 - mypy takes no class for hashable
    """The texts that the class itself lists, by field."""
    try:
        hints = get_type_hints(cls)
    except (NameError, TypeError):  # a class made inside a function, with names of that function
        return {}
    return {name: frozenset(_choices(hint)) for name, hint in hints.items()}


def _choices(hint: object) -> tuple[object, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(choice for part in get_args(hint) for choice in _choices(part))
