"""Says lengths of time, moments and titles as the report's readers do."""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["duration", "moment", "shortened"]

_MINUTE: Final = 60
_HOUR: Final = 3600


def duration(seconds: float | None) -> str:
    """A length of time: `0.4 s`, `12.0 s`, `3 min 20 s`, `2 h 5 min`; a dash for None."""
    if seconds is None:
        return "\N{EN DASH}"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        minutes, rest = divmod(round(seconds), _MINUTE)
        return f"{minutes} min" + (f" {rest} s" if rest else "")
    hours, rest = divmod(round(seconds / _MINUTE), _MINUTE)
    return f"{hours} h" + (f" {rest} min" if rest else "")


def moment(recorded: str) -> str:
    """A recorded moment such as `2026-11-23T04:14:05+00:00`, as `2026-11-23 04:14:05 UTC`."""
    return recorded.replace("T", " ", 1).replace("+00:00", " UTC")


def shortened(title: str, limit: int) -> str:
    """A title that fits a label.

    Args:
        title: The whole one.
        limit: How many narrow letters have room; letters of East Asia count as two.
    """
    if sum(map(_columns, title)) <= limit:
        return title
    kept, room = "", limit - 1
    for letter in title:
        room -= _columns(letter)
        if room < 0:
            break
        kept += letter
    return kept.rstrip() + "…"


def _columns(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
