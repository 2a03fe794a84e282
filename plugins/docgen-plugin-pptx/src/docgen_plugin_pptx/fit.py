"""How large text may be so that it stays on its slide, and where it goes on when it does not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import attrs

__all__ = ["Page", "Room", "fit_points", "fit_title"]

_SIZES: Final = (28, 26, 24, 22, 20, 18, 16)
_TITLE_SIZES: Final = (32, 28, 24)
_TITLE_LINES: Final = 2
#: The breadth of a letter, the height of a line and the space after a point, in sizes of the font.
_BREADTH: Final = 0.5
_LINE: Final = 1.25
_AFTER: Final = 0.65
#: Slides that one item may go on over; the rest is in its notes.
_MOST: Final = 6


@attrs.frozen
class Room:
    """A box for text, in points."""

    width: float
    height: float


@attrs.frozen
class Page:
    """What stands on one slide.

    Attributes:
        points: The points.
        size: The size of their font in points.
        cut: Whether more was to be said than slides may take.
    """

    points: tuple[str, ...]
    size: int
    cut: bool = False


def fit_points(points: Sequence[str], room: Room) -> tuple[Page, ...]:
    """Set points as large as fits, over several slides when the smallest size is not enough.

    Args:
        points: One text each.
        room: Where they stand.

    Returns:
        At least one page.
    """
    for size in _SIZES:
        if _height(points, size, room.width) <= room.height:
            return (Page(tuple(points), size),)
    pieces = [piece for point in points for piece in _pieces(point, room)]
    pages: list[Page] = []
    taken: list[str] = []
    for piece in pieces:
        if taken and _height([*taken, piece], _SIZES[-1], room.width) > room.height:
            pages.append(Page(tuple(taken), _SIZES[-1]))
            taken = []
        if len(pages) == _MOST:
            last = pages[-1]
            pages[-1] = Page((*last.points[:-1], f"{last.points[-1]} …"), last.size, cut=True)
            return tuple(pages)
        taken.append(piece)
    return (*pages, Page(tuple(taken), _SIZES[-1]))


def fit_title(title: str, width: float, suffix: str = "") -> tuple[str, int]:
    """Set a title in two lines at most.

    Args:
        title: The title.
        width: The width in points.
        suffix: What follows the title and is never shortened.

    Returns:
        The title with its suffix, shortened if it must be, and the size of its font.
    """
    for size in _TITLE_SIZES:
        if _lines(title + suffix, size, width) <= _TITLE_LINES:
            return title + suffix, size
    size = _TITLE_SIZES[-1]
    kept = title[: int(_TITLE_LINES * width / (size * _BREADTH))]
    while kept and _lines(f"{kept}…{suffix}", size, width) > _TITLE_LINES:
        kept = kept[: len(kept) * 9 // 10]
    return f"{kept.rstrip()}…{suffix}", size


def _pieces(point: str, room: Room) -> list[str]:
    """A point that fills more than half a slide, cut between words."""
    per_line = room.width / (_SIZES[-1] * _BREADTH)
    most = max(20, int(per_line * room.height / (_SIZES[-1] * _LINE) / 2))
    pieces: list[str] = []
    rest = point
    while _breadth(rest) > most and len(pieces) <= _MOST * 2:
        # Signs of East Asia are twice as broad.
        cut = most if _breadth(rest[:most]) <= most * 1.2 else most // 2
        at = rest.rfind(" ", cut // 2, cut)
        at = at if at > 0 else cut
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*pieces, rest] if rest else pieces


def _height(points: Sequence[str], size: int, width: float) -> float:
    lines = sum(_lines(point, size, width) for point in points)
    return lines * size * _LINE + len(points) * size * _AFTER


def _lines(text: str, size: int, width: float) -> int:
    # One letter in ten for words that go to the next line.
    return max(1, math.ceil(_breadth(text) * size * _BREADTH * 1.1 / width))


def _breadth(text: str) -> float:
    return len(text) + 0.9 * sum(1 for char in text if "\u2e80" <= char <= "\uffe6")
