"""Eases what a setting may be given as: an int for a float, a list for a tuple, a text for a path.

What does not fit is returned as it is; the setting's rule then refuses it with a message.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

__all__ = ["as_float", "as_level", "as_mapping", "as_names", "as_path", "as_tuple", "from_home"]


def as_float(value: object) -> object:
    """Take whole numbers for numbers."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return float(value)
    except OverflowError:  # more than 1e308: the rule refuses it
        return math.inf


def as_tuple(value: object) -> object:
    """Take any collection for a tuple."""
    return tuple(value) if isinstance(value, list | set | frozenset) else value


def as_path(value: object) -> object:
    """Take a text for a path."""
    return Path(value) if isinstance(value, str) and value else value


def from_home(value: str | Path) -> Path:
    """Put the home folder in the place of `~`; that of an unknown user stays as written."""
    path = Path(value)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def as_level(value: object) -> object:
    """Take a log level in any case."""
    return value.upper() if isinstance(value, str) else value


def as_mapping(value: object) -> object:
    """Freeze a mapping."""
    return MappingProxyType(dict(value)) if isinstance(value, Mapping) else value


def as_names(value: Iterable[str]) -> frozenset[str]:
    """Freeze a collection of names."""
    return frozenset(value)
