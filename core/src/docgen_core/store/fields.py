"""Converters that the store's data classes share."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["strings"]


def strings(values: Iterable[str]) -> tuple[str, ...]:
    """Make a tuple of what may be a list, as JSON holds it."""
    return tuple(values)
