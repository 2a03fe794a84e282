"""The drawing of which deliverable reads which: boxes in levels, an arrow for each input.

An arrow that passes a level has a lane between its boxes, which all arrows of one box share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from docgen_core.report.words import wrapped

__all__ = ["Arrow", "Box", "Graph", "lay_out"]

_BOX: Final = (190.0, 40.0)
_LANE: Final = 14.0
#: Between the boxes of a level.
_BESIDE: Final = 18.0
#: Between the levels, by whether they stand below each other.
_BETWEEN: Final = {True: 42.0, False: 64.0}
_MARGIN: Final = 10.0
#: What has room in one line of a box; there are two.
_LETTERS: Final = 25

Item = tuple[str, str, Sequence[str]]


@attrs.frozen(kw_only=True)
class Box:
    """One deliverable.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        width: How wide it is.
        height: How high it is.
        title: Its section heading.
        lines: The same in lines that fit the box.
    """

    x: float
    y: float
    width: float
    height: float
    title: str
    lines: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Arrow:
    """An input: from the box that is read to the one that reads it; `path` is SVG's."""

    path: str
    words: str


@attrs.frozen(kw_only=True)
class Graph:
    """The whole drawing, in units of a view box of `width` by `height`."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@attrs.frozen
class _Cell:
    """A place in a level: a deliverable's own, or the lane of its arrows through a later level."""

    key: str
    level: int
    lane: bool = False


def lay_out(items: Sequence[Item]) -> Graph:
    """Place the deliverables so that each stands after what it reads.

    Levels stand below or beside each other, whichever is narrower.

    Args:
        items: Id, title and the ids it reads, in reading order; a damaged record may name any.
    """
    known = {key for key, _, _ in items}
    items = [
        (key, title, [need for need in dict.fromkeys(inputs) if need in known and need != key])
        for key, title, inputs in items
    ]
    depths = _depths({key: inputs for key, _, inputs in items})
    # What reads itself in a circle, in a damaged record, has no arrow: it would point back.
    items = [
        (key, title, [need for need in inputs if depths[need] < depths[key]])
        for key, title, inputs in items
    ]
    return min((_Plan(items, depths, down=down).graph() for down in (True, False)), key=_width)


def _width(graph: Graph) -> float:
    return graph.width


def _depths(inputs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many levels stand before. What reads what stands after it, so one pass does."""
    depths: dict[str, int] = {}
    for key, needs in inputs.items():
        depths[key] = 1 + max((depths[need] for need in needs if need in depths), default=-1)
    return depths


class _Plan:
    """Where everything stands; `down` says that levels stand below each other."""

    def __init__(self, items: Sequence[Item], depths: Mapping[str, int], *, down: bool) -> None:
        self._items = items
        self._depths = depths
        self._down = down
        self._across, self._along = _BOX if down else _BOX[::-1]
        self._middles: dict[_Cell, float] = {}
        for cells in self._levels():
            self._place(cells)
        starts = [middle - self._size(cell) / 2 for cell, middle in self._middles.items()]
        shift = _MARGIN - min(starts, default=0.0)
        self._middles = {cell: middle + shift for cell, middle in self._middles.items()}

    def graph(self) -> Graph:
        """The drawing."""
        ends = [middle + self._size(cell) / 2 for cell, middle in self._middles.items()]
        across = max(ends, default=0.0) + _MARGIN
        along = self._edge(max(self._depths.values(), default=0)) + self._along + _MARGIN
        width, height = (across, along) if self._down else (along, across)
        boxes = tuple(self._box(key, title) for key, title, _ in self._items)
        return Graph(width=width, height=height, boxes=boxes, arrows=tuple(self._arrows()))

    def _levels(self) -> list[list[_Cell]]:
        last: dict[str, int] = {}
        for key, _, inputs in self._items:
            for need in inputs:
                last[need] = max(last.get(need, 0), self._depths[key])
        levels: list[list[_Cell]] = [[] for _ in range(max(self._depths.values(), default=-1) + 1)]
        for key, _, _ in self._items:
            levels[self._depths[key]].append(_Cell(key, self._depths[key]))
            for level in range(self._depths[key] + 1, last.get(key, 0)):
                levels[level].append(_Cell(key, level, lane=True))
        return levels

    def _place(self, cells: Sequence[_Cell]) -> None:
        """Put each cell of a level as near to what leads to it as its neighbours allow."""
        wished = {cell: self._wish(cell) for cell in cells}
        free = 0.0
        placed: dict[_Cell, float] = {}
        for cell in sorted(cells, key=wished.__getitem__):
            half = self._size(cell) / 2
            placed[cell] = max(wished[cell], free + half) if placed else wished[cell]
            free = placed[cell] + half + _BESIDE
        drift = sum(placed[cell] - wished[cell] for cell in cells) / len(cells)
        self._middles.update({cell: middle - drift for cell, middle in placed.items()})

    def _wish(self, cell: _Cell) -> float:
        if cell.lane:
            return self._middles[self._before(cell.key, cell.level)]
        inputs = next(inputs for key, _, inputs in self._items if key == cell.key)
        sources = [self._middles[self._before(need, cell.level)] for need in inputs]
        return sum(sources) / len(sources) if sources else 0.0

    def _before(self, key: str, level: int) -> _Cell:
        """Where the arrows of `key` come from, seen from a level: its lane, or its box."""
        own = self._depths[key]
        return _Cell(key, own) if level == own + 1 else _Cell(key, level - 1, lane=True)

    def _size(self, cell: _Cell) -> float:
        return _LANE if cell.lane else self._across

    def _edge(self, level: int) -> float:
        return _MARGIN + level * (self._along + _BETWEEN[self._down])

    def _box(self, key: str, title: str) -> Box:
        level = self._depths[key]
        corner = (self._middles[_Cell(key, level)] - self._across / 2, self._edge(level))
        x, y = corner if self._down else corner[::-1]
        lines = wrapped(title, _LETTERS)
        return Box(x=x, y=y, width=_BOX[0], height=_BOX[1], title=title, lines=lines)

    def _arrows(self) -> Iterator[Arrow]:
        titles = {key: title for key, title, _ in self._items}
        for key, title, inputs in self._items:
            for need in inputs:
                yield Arrow(path=self._path(need, key), words=f"{title} reads {titles[need]}")

    def _path(self, source: str, target: str) -> str:
        """A curve from level to level, and straight through the lanes."""
        first, last = self._depths[source], self._depths[target]
        here = self._middles[_Cell(source, first)]
        path = "M" + self._point(here, self._edge(first) + self._along)
        for level in range(first + 1, last + 1):
            cell = _Cell(target, last) if level == last else _Cell(source, level, lane=True)
            there, edge = self._middles[cell], self._edge(level)
            bend = edge - _BETWEEN[self._down] / 2
            path += " C" + self._point(here, bend) + " " + self._point(there, bend)
            path += " " + self._point(there, edge)
            if level != last:
                path += " L" + self._point(there, edge + self._along)
            here = there
        return path

    def _point(self, across: float, along: float) -> str:
        x, y = (across, along) if self._down else (along, across)
        return f"{x:.1f} {y:.1f}"
