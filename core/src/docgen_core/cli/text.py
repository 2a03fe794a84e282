"""Small text tools of the command line: safe to show, in columns, in words."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from docgen_core.plain import clean

__all__ = ["clean", "columns", "count", "duration", "one_line", "slug"]

_GAP = "  "
_MINUTE = 60


def one_line(text: str) -> str:
    """Put a text on one line."""
    return " ".join(clean(text).split())


def columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Set rows in columns under a header; on a terminal, the last column is cut to fit.

    Args:
        header: The columns' names.
        rows: The cells, as many in each row as in the header.

    Yields:
        The lines without line ends.
    """
    table = [[one_line(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(header))]
    room = _room() - sum(width + len(_GAP) for width in widths[:-1])
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        cells[-1] = _cut(row[-1], room)
        yield _GAP.join(cells).rstrip()


def _room() -> int:
    """How wide a line may be; without a terminal, as wide as it likes."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


def _cut(text: str, room: int) -> str:
    room = max(room, 20)
    return text if len(text) <= room else text[: room - 1] + "…"


def count(number: int, noun: str) -> str:
    """Give a number with its noun: `1 plugin`, `2 plugins`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float) -> str:
    """Give a duration as people read it: `3.2 s`, `1:05`, `1:02:03`."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def slug(title: str, *, limit: int = 48) -> str:
    """Make a folder name from a title: lower-case letters, digits and hyphens only."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words)[:limit].strip("-") or "document"
