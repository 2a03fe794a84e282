"""The drawing of which deliverable reads which: boxes in columns, an arrow for each input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from docgen_core.report.words import shortened

__all__ = ["Arrow", "Box", "Graph", "lay_out"]

_BOX_WIDTH: Final = 190.0
_BOX_HEIGHT: Final = 38.0
_ACROSS: Final = 70.0
_DOWN: Final = 18.0
_MARGIN: Final = 10.0
#: Longer titles are cut; the whole one stands in the box's title.
_LETTERS: Final = 25


@attrs.frozen(kw_only=True)
class Box:
    """One deliverable.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        width: How wide it is.
        height: How high it is.
        title: Its section heading.
        label: The same, short enough for the box.
    """

    x: float
    y: float
    width: float
    height: float
    title: str
    label: str


@attrs.frozen(kw_only=True)
class Arrow:
    """An input: from the box that is read to the one that reads it."""

    x1: float
    y1: float
    x2: float
    y2: float
    words: str

    @property
    def bend(self) -> float:
        """Where the curve's two handles stand."""
        return (self.x1 + self.x2) / 2


@attrs.frozen(kw_only=True)
class Graph:
    """The whole drawing, in units of a view box of `width` by `height`."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def lay_out(items: Sequence[tuple[str, str, Sequence[str]]]) -> Graph:
    """Place the deliverables so that each stands to the right of what it reads.

    Args:
        items: Id, title and the ids it reads, in reading order; a damaged record may name any.
    """
    depths = _depths({key: inputs for key, _, inputs in items})
    columns: dict[int, list[tuple[str, str]]] = {}
    for key, title, _ in items:
        columns.setdefault(depths[key], []).append((key, title))
    boxes = {
        key: _box(column, row, title)
        for column, members in columns.items()
        for row, (key, title) in enumerate(members)
    }
    return Graph(
        width=max((box.x + box.width for box in boxes.values()), default=0.0) + _MARGIN,
        height=max((box.y + box.height for box in boxes.values()), default=0.0) + _MARGIN,
        boxes=tuple(boxes[key] for key, _, _ in items),
        arrows=tuple(_arrows(items, boxes)),
    )


def _depths(inputs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many boxes stand to the left. What reads what stands after it, so one pass does."""
    depths: dict[str, int] = {}
    for key, needs in inputs.items():
        depths[key] = 1 + max((depths[need] for need in needs if need in depths), default=-1)
    return depths


def _box(column: int, row: int, title: str) -> Box:
    return Box(
        x=_MARGIN + column * (_BOX_WIDTH + _ACROSS),
        y=_MARGIN + row * (_BOX_HEIGHT + _DOWN),
        width=_BOX_WIDTH,
        height=_BOX_HEIGHT,
        title=title,
        label=shortened(title, _LETTERS),
    )


def _arrows(
    items: Sequence[tuple[str, str, Sequence[str]]], boxes: Mapping[str, Box]
) -> Iterator[Arrow]:
    for key, title, inputs in items:
        for source in (boxes[name] for name in inputs if name in boxes and name != key):
            target = boxes[key]
            yield Arrow(
                x1=source.x + source.width,
                y1=source.y + source.height / 2,
                x2=target.x,
                y2=target.y + target.height / 2,
                words=f"{title} reads {source.title}",
            )
