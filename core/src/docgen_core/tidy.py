"""Tidies a structured answer: what small models repeat, leave blank or break off goes.

For the `postprocess` of plugins. It adds no word, and imports nothing beyond attrs.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeVar

import attrs

from docgen_core.shape import Field, Identity, Reference

__all__ = ["tidy"]

T = TypeVar("T")

_ENDS: Final = tuple(".!?…。！？)\"'»”")  # noqa: RUF001 - the marks of Japanese too
#: Between two sentences; a point inside a number ends none.
_BREAK: Final = re.compile(r"(?<=[.!?])(?= )|(?<=[。！？])")  # noqa: RUF001 - as above
_PLACEHOLDER: Final = re.compile(
    r"\W*(?:(?:tbd|tba|todo|n/?a|none|null|string|text|placeholder"
    r"|(?:lorem ipsum|insert)\b.*)\W*)?",
    re.IGNORECASE | re.DOTALL,
)
#: So many characters beside the first text must agree before two items count as the same.
_ENOUGH: Final = 60
#: The least share of a broken-off text that whole sentences must make up to stand alone.
_SHARE: Final = 3


def tidy(data: T) -> T:
    """Drop from a structured answer what a small model adds when it has nothing more to say.

    Dropped are sentences and list items that were said before, list items without a word in them
    or with a placeholder, the last sentence of a text that its limit broke off, and references to
    items that were dropped. Applying it again changes nothing.

    Args:
        data: An instance of a schema class.

    Returns:
        The same, tidied; at least one item of each list stays.
    """
    tidied: T = _record(data)
    lost = frozenset(_ids(data)) - frozenset(_ids(tidied))
    if lost:
        tidied = _without(tidied, lost)
    return tidied


def _record(data: Any) -> Any:  # noqa: ANN401 - an instance of any schema class
    values = ((name, _value(value, mark)) for name, value, mark in _fields(data))
    return attrs.evolve(data, **dict(values))


def _fields(data: Any) -> Iterator[tuple[str, Any, object]]:  # noqa: ANN401 - as above
    """Each field's name, value and marker."""
    hints = typing.get_type_hints(type(data), include_extras=True)
    for field in attrs.fields(type(data)):
        markers = getattr(hints[field.name], "__metadata__", (None,))
        yield field.name, getattr(data, field.name), markers[0]


def _value(value: Any, mark: object) -> Any:  # noqa: ANN401 - as above
    if isinstance(mark, Identity):
        return value
    if isinstance(mark, Reference):
        return tuple(dict.fromkeys(value)) if isinstance(value, tuple) else value
    if isinstance(value, tuple):
        return _items(_value(item, mark) for item in value)
    if isinstance(value, str):
        return _text(value, mark)
    return _record(value) if attrs.has(type(value)) else value


def _text(text: str, mark: object) -> str:
    if not isinstance(mark, Field) or mark.lines:
        return text
    return _ended(_unrepeated(" ".join(text.split())), mark.limit)


def _unrepeated(text: str) -> str:
    kept: dict[str, str] = {}
    for sentence in filter(None, _BREAK.split(text)):
        kept.setdefault(_key(sentence), sentence)
    return "".join(kept.values())


def _ended(text: str, limit: int | None) -> str:
    """Take the last sentence off a text that ends where its limit does."""
    if limit is None or len(text) < limit - 1 or text.endswith(_ENDS):
        return text
    whole = "".join(_BREAK.split(text)[:-1])
    if len(whole) * _SHARE >= len(text):
        return whole
    return (text.rpartition(" ")[0] or text[:-1]).rstrip(" ,;:-") + "…"


def _items(items: Iterable[Any]) -> tuple[Any, ...]:
    seen: set[object] = set()
    kept, every = [], []
    for item in items:
        every.append(item)
        keys = _keys(item)
        if not _says_nothing(item) and seen.isdisjoint(keys):
            kept.append(item)
        seen |= keys
    return tuple(kept or every[:1])


def _says_nothing(item: object) -> bool:
    texts = [item] if isinstance(item, str) else list(_texts(item))
    return bool(texts) and all(_PLACEHOLDER.fullmatch(text) for text in texts)


def _keys(item: object) -> set[object]:
    """What an item has in common with those that say the same."""
    if isinstance(item, str):
        return {_key(item)}
    texts = [_key(text) for text in _texts(item)]
    rest = tuple(texts[1:])
    return {*texts[:1], *([rest] if len(" ".join(rest)) >= _ENOUGH else [])}


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold())) or text


def _texts(item: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """Every text of an item but its ids."""
    for _, value, mark in _fields(item) if attrs.has(type(item)) else ():
        if isinstance(mark, Identity | Reference):
            continue
        for part in value if isinstance(value, tuple) else (value,):
            yield from [part] if isinstance(part, str) else _texts(part)


def _ids(data: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    for _, value, mark in _fields(data) if attrs.has(type(data)) else ():
        if isinstance(mark, Identity):
            yield value
        for part in value if isinstance(value, tuple) else (value,):
            yield from _ids(part)


def _without(data: Any, lost: frozenset[str]) -> Any:  # noqa: ANN401 - as above
    """Drop references to ids that are gone."""
    if isinstance(data, tuple):
        return tuple(_without(item, lost) for item in data)
    if not attrs.has(type(data)):
        return data
    changes = {}
    for name, value, mark in _fields(data):
        changes[name] = (
            _pruned(value, lost) if isinstance(mark, Reference) else _without(value, lost)
        )
    return attrs.evolve(data, **changes)


def _pruned(value: Any, lost: frozenset[str]) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, tuple):
        return tuple(item for item in value if item not in lost)
    return "" if value in lost else value
