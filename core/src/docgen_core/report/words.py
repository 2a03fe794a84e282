"""Says lengths of time, moments and titles as the report's readers do."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["breadth", "duration", "moment", "wrapped"]

_MINUTE: Final = 60
_HOUR: Final = 3600
#: What a damaged record says is not said again.
_AGES: Final = 10**9


def duration(seconds: float | None) -> str:
    """A length of time: `0.4 s`, `12.0 s`, `3 min 20 s`, `2 h 5 min`; a dash for none."""
    if seconds is None or not 0 <= seconds < _AGES:
        return "\N{EN DASH}"
    if round(seconds, 1) < _MINUTE:
        return f"{seconds:.1f} s"
    if round(seconds) < _HOUR:
        minutes, rest = divmod(round(seconds), _MINUTE)
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, rest = divmod(round(seconds / _MINUTE), _MINUTE)
    return f"{hours} h" + (f" {rest} min" if rest else "")


def moment(recorded: str) -> str:
    """A recorded moment such as `2026-11-23T04:14:05+00:00`, as `2026-11-23 04:14:05 UTC`."""
    return recorded.replace("T", " ", 1).replace("+00:00", " UTC")


def wrapped(title: str, limit: int) -> tuple[str, ...]:
    """A title in one line or two; what does not fit into these is left out.

    Args:
        title: The whole one.
        limit: How many narrow letters have room in a line; letters of East Asia count as two.
    """
    if breadth(title) <= limit:
        return (title,)
    first = _beginning(title, limit)
    rest = title[len(first) :]
    if " " in first and rest[:1] not in {"", " "}:
        first = first.rpartition(" ")[0] or first
        rest = title[len(first) :]
    rest = rest.strip()
    second = rest if breadth(rest) <= limit else _beginning(rest, limit - 1).rstrip() + "…"
    return (first.rstrip(), second)


def breadth(text: str) -> int:
    """How many columns a text takes: letters of East Asia take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1 for letter in text)


def _beginning(text: str, limit: int) -> str:
    """As much of a text as has room."""
    return next(text[:end] for end in range(len(text), -1, -1) if breadth(text[:end]) <= limit)
