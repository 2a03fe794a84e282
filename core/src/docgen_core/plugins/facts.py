"""Checks what a plugin says about its deliverables, so that nothing later has to."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from reprlib import repr as shortened
from typing import Any, Final

import attrs

from docgen_core.api import Deliverable, Generation

__all__ = ["faults", "is_api_version"]

_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_HOTTEST: Final = 2.0
#: Categories of characters that no heading holds: controls and halves of surrogate pairs.
_NOT_TEXT: Final = frozenset({"Cc", "Cs"})


def is_api_version(value: object) -> bool:
    """Tell whether a value is a hook API version: two whole numbers."""
    return isinstance(value, tuple) and len(value) == 2 and all(map(_is_whole, value))  # noqa: PLR2004 - major and minor


def faults(deliverable: Deliverable) -> Iterator[str]:
    """Give what is wrong with a deliverable's facts, each as `<field> must be ...`.

    Args:
        deliverable: As the plugin made it: any field may hold anything, whatever its type says.
    """
    item: Any = deliverable
    if not _is_heading(item.title):
        yield "title must be one line of text"
    if not isinstance(item.summary, str):
        yield f"summary must be text, got {type(item.summary).__name__}"
    for name, ids in (("needs", item.needs), ("uses", item.uses)):
        if not all(isinstance(each, str) and _ID.fullmatch(each) for each in ids):
            yield f"{name} must be ids that match [a-z][a-z0-9_]*, got {shortened(ids)}"
    for name, value in (("schema", item.schema), ("settings", item.settings)):
        if value is not None and not (isinstance(value, type) and attrs.has(value)):
            yield f"{name} must be an attrs class or None"
    if isinstance(item.generation, Generation):
        yield from _generation_faults(item.generation)
    else:
        yield f"generation must be a Generation, got {type(item.generation).__name__}"


def _generation_faults(generation: Generation) -> Iterator[str]:
    tokens: Any = generation.max_tokens
    if tokens is not None and not (_is_whole(tokens) and tokens >= 1):
        got = shortened(tokens)
        yield f"generation.max_tokens must be a whole number from 1 or None, got {got}"
    for name, high in (("temperature", _HOTTEST), ("top_p", 1.0)):
        value = getattr(generation, name)
        if value is not None and not (_is_number(value) and 0 <= value <= high):
            got = shortened(value)
            yield f"generation.{name} must be a number from 0 to {high:g} or None, got {got}"
    if not _is_json(generation.extra):
        yield "generation.extra must be values that JSON can hold, by name"


def _is_heading(value: object) -> bool:
    if not isinstance(value, str) or not value.strip() or len(value.splitlines()) > 1:
        return False
    return not any(unicodedata.category(character) in _NOT_TEXT for character in value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_json(value: Mapping[str, object]) -> bool:
    try:
        json.dumps(dict(value), sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return all(isinstance(key, str) for key in value)
